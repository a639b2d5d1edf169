#include "app/session.h"

#include "app/journal.h"
#include "app/known_cameras.h"
#include "app/out_lock.h"
#include "app/talk.h"
#include "io/file.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

rig_status rig_session_open(const char *path, rig_session *session, rig_err *err) {
    *session = (rig_session){0};
    return rig_config_read(path, &session->config, &session->arena, err);
}

void rig_session_release(rig_session *session) {
    if (session->has_out)
        rig_lock_release(session->lock);
    session->has_out = false;
    rig_arena_release(&session->arena);
    rig_arena_release(&session->scratch);
    rig_arena_release(&session->kept);
}

rig_status rig_session_begin(rig_session *session, rig_err *err) {
    if (session->has_out)
        return RIG_OK;
    RIG_TRY(rig_folder_make(session->config.out, err));
    RIG_TRY(rig_out_lock_take(session, session->config.out, err));
    session->has_out = true;
    rig_journal_begin(session->config.out);
    const char *seconds; // of no stage: what a killed run left of it is swept here
    RIG_TRY(rig_session_path(session, "seconds.yaml", &seconds, err));
    rig_leftovers_visit(seconds, "", NULL, NULL);
    return RIG_OK;
}

int rig_session_chunk(const rig_session *session) {
    return session->chunk_frames > 0 ? session->chunk_frames : RIG_CHUNK_FRAMES;
}

rig_status rig_session_path(rig_session *session, const char *name, const char **path, rig_err *err) {
    *path = rig_arena_printf(&session->arena, "%s/%s", session->config.out, name);
    return *path ? RIG_OK : rig_fail_memory(err, "a path");
}

rig_status rig_session_people2d_path(rig_session *session, int view, const char **path, rig_err *err) {
    *path = rig_arena_printf(&session->arena, "%s/60_people2d/%s.yaml", session->config.out,
                             session->config.views[view].name);
    return *path ? RIG_OK : rig_fail_memory(err, "a path");
}

bool rig_recording_has_boards(const rig_config *config, int recording) {
    return recording == config->intrinsics_from || recording == config->extrinsics_from ||
           recording == config->stereo_from ||
           (config->world == RIG_WORLD_BOARD && recording == config->world_recording);
}

bool rig_view_in_take(const rig_config *config, int view) {
    return config->take >= 0 && config->recordings[config->take].has[config->views[view].feed];
}

static const double RATES_APART = 1000; // of the views of a recording

rig_status rig_sources_rate(const rig_config *config, int recording, const rig_view_source *sources, double *fps,
                            rig_err *err) {
    *fps = 0;
    for (int v = 0; v < config->n_views && *fps == 0; v++)
        if (sources[v].view >= 0)
            *fps = sources[v].fps;
    for (int v = 0; v < config->n_views && *fps == 0; v++)
        if (sources[v].view >= 0 && sources[v].offset_s != 0)
            return rig_fail(err, RIG_ERR_CONFIG,
                            "%s:%d: views.%s.offset_s: recording '%s' has no frame rate to convert %g s with, expected "
                            "its footage, or `fps` of feed '%s'",
                            config->path, config->views[v].line, config->views[v].name,
                            config->recordings[recording].name, sources[v].offset_s,
                            config->feeds[sources[v].feed].name);
    for (int v = 0; v < config->n_views;
         v++) { // each frame of a slow view spans as many moments as the rates differ by
        const double own = sources[v].view >= 0 ? sources[v].fps : 0;
        if (own > 0 && (own * RATES_APART < *fps || own > RATES_APART * *fps))
            return rig_fail(err, RIG_ERR_CONFIG,
                            "%s:%d: view '%s' has %g frames/s, recording '%s' has %g, expected rates within a factor "
                            "of %g: set `fps` of feed '%s'",
                            config->path, config->views[v].line, config->views[v].name, own,
                            config->recordings[recording].name, *fps, RATES_APART, config->feeds[sources[v].feed].name);
    }
    return RIG_OK;
}

double rig_source_moment(const rig_view_source *source, double fps_ref, int frame) {
    double fps = source->fps > 0 ? source->fps : fps_ref;
    if (fps <= 0 || fps_ref <= 0)
        return frame;
    const int last = source->n_times - 1; // frames beyond the time stamps go on at the rate
    if (last < 0)
        return (frame / fps * (1 + source->drift) + source->offset_s) * fps_ref;
    const double t = frame <= last ? source->times_s[frame] : source->times_s[last] + (frame - last) / fps;
    return (t * (1 + source->drift) + source->offset_s) * fps_ref;
}

int rig_source_clock(const rig_view_source *source, double fps_ref, int frame) {
    return (int)lrint(rig_source_moment(source, fps_ref, frame));
}

// Where rigpose's own files are: beside an installed binary (../share/rigpose) or above a built one (build/<preset>/).
rig_status rig_share_path(rig_arena *arena, const char *name, const char **path, rig_err *err) {
    static const char *const places[] = {"../share/rigpose", "../..", "..", "."};
    char exe[1024];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return rig_fail(err, RIG_ERR_IO, "cannot find the program's own path");
    exe[n] = 0;
    char *slash = strrchr(exe, '/');
    *slash = 0;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        *path = rig_arena_printf(arena, "%s/%s/%s", exe, places[i], name);
        if (!*path)
            return rig_fail_memory(err, "a path");
        if (rig_file_exists(*path))
            return RIG_OK;
    }
    return rig_fail(err, RIG_ERR_CONFIG, "cannot find '%s' next to the program in %s", name, exe);
}

rig_status rig_session_model(rig_session *session, rig_model *model, const char **path, rig_err *err) {
    *path = session->config.model;
    if (!strchr(*path, '/') && !strchr(*path, '.')) {
        const char *file = rig_arena_printf(&session->arena, "data/models/%s.yaml", *path);
        if (!file)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_share_path(&session->arena, file, path, err));
    }
    RIG_TRY(rig_model_read(*path, model, &session->arena, err));
    if (session->config.has_zoom && session->config.zoom != RIG_ZOOM_OFF && !model->zoom.model)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: keypoints.zoom: model '%s' has no second network",
                        session->config.path, *path);
    if (session->config.has_zoom)
        model->zoom.when = session->config.zoom;
    return RIG_OK;
}

static rig_status named_path(const char *name, const char **path, rig_arena *arena, rig_err *err) {
    const char *file = rig_arena_printf(arena, "configs/skeletons/%s.yaml", name);
    return file ? rig_share_path(arena, file, path, err) : rig_fail_memory(err, "a path");
}

rig_status rig_skeleton_named(const char *name, rig_skeleton *skeleton, rig_arena *arena, rig_err *err) {
    const char *path;
    RIG_TRY(named_path(name, &path, arena, err));
    return rig_skeleton_read(path, skeleton, err);
}

rig_status rig_skeleton_of(const char *name, int n_joints, const char *whose, rig_skeleton *skeleton, rig_arena *arena,
                           rig_err *err) {
    RIG_TRY(rig_skeleton_named(name, skeleton, arena, err));
    if (n_joints != 0 && n_joints != skeleton->n)
        return rig_fail(err, RIG_ERR_DATA, "skeleton '%s' has %d joints, people of '%s' have %d", name, skeleton->n,
                        whose, n_joints);
    return RIG_OK;
}

rig_status rig_session_skeleton_path(rig_session *session, const char **path, rig_err *err) {
    const char *name = session->config.skeleton;
    if (!strchr(name, '/') && !strstr(name, ".yaml"))
        return named_path(name, path, &session->arena, err);
    *path = rig_path_beside(&session->arena, session->config.path, name);
    return *path ? RIG_OK : rig_fail_memory(err, "a path");
}

rig_status rig_session_skeleton(rig_session *session, rig_skeleton *skeleton, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_skeleton_path(session, &path, err));
    return rig_skeleton_read(path, skeleton, err);
}

rig_status rig_session_calibration(rig_session *session, rig_calibration *calibration, rig_err *err) {
    const rig_config *config = &session->config;
    const char *path;
    if (config->cameras)
        return rig_session_known_cameras(session, calibration, err);
    RIG_TRY(
        rig_session_path(session, config->has_extrinsics ? "40_extrinsics.yaml" : "30_intrinsics.yaml", &path, err));
    return rig_calibration_read(path, calibration, &session->arena, err);
}

static rig_status camera_fit_size(rig_view_camera *c, const rig_view_source *s, bool tell, rig_err *err) {
    if (c->camera.width == s->height && c->camera.height == s->width && s->shown.turns % 2)
        return rig_fail(
            err, RIG_ERR_DATA,
            "camera '%s': calibrated at %dx%d, its view is %dx%d, rotated as the file's metadata asks, expected a "
            "calibration of rotated pictures, or `views: {%s: {rotate: 0}}`, which takes them as stored",
            c->view, c->camera.width, c->camera.height, s->width, s->height, c->view);
    if (!rig_shape_same(s->width, s->height, c->camera.width, c->camera.height)) {
        const bool lies = s->turns % 2;
        const rig_rect in = rig_rect_of_shape(s->width, s->height, c->camera.width, c->camera.height);
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': calibrated at %dx%d, its view is %dx%d: the aspect ratios differ, expected "
                        "pictures of the calibrated shape, or a window of that shape, such as `views: {%s: {rect: [%d, "
                        "%d, %d, %d]}}` in the middle",
                        c->view, c->camera.width, c->camera.height, s->width, s->height, c->view,
                        s->rect.x + (lies ? in.y : in.x), s->rect.y + (lies ? in.x : in.y), lies ? in.h : in.w,
                        lies ? in.w : in.h);
    }
    if (tell)
        rig_warn("camera '%s': calibrated at %dx%d, its view is %dx%d: treated as scaled, not cropped", c->view,
                 c->camera.width, c->camera.height, s->width, s->height);
    c->camera = rig_camera_rescale(&c->camera, s->width, s->height);
    return RIG_OK;
}

rig_crop rig_crop_of(const rig_config *config, const rig_view_source *s) {
    rig_crop crop = {"", {s->picture_size[0], s->picture_size[1]}, s->rect, s->turns};
    memcpy(crop.feed, config->feeds[s->feed].name, sizeof crop.feed);
    return crop;
}

rig_status rig_session_crops(rig_session *session, int recording, rig_calibration *calibration, rig_err *err) {
    rig_view_source *sources;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    for (int c = 0; c < calibration->n; c++) {
        rig_view_camera *camera = &calibration->cameras[c];
        const int v = rig_config_find_view(&session->config, camera->view);
        if (v >= 0 && sources[v].view >= 0 && sources[v].picture_size[0] > 0 && camera->crop.rect.w == 0)
            camera->crop = rig_crop_of(&session->config, &sources[v]);
    }
    return RIG_OK;
}

rig_status rig_camera_fit(const rig_config *config, rig_view_camera *c, const rig_view_source *s, bool tell,
                          rig_err *err) {
    if (c->camera.width == 0) { // of a tool whose files do not say it
        if (tell)
            rig_say("camera '%s': its calibration has no picture size: assuming that of its view, %dx%d", c->view,
                    s->width, s->height);
        c->camera.width = s->width, c->camera.height = s->height;
    }
    const rig_crop crop = rig_crop_of(config, s);
    const rig_rect was = c->crop.rect;
    const bool same_window = memcmp(&was, &s->rect, sizeof was) == 0;
    if (!same_window && s->picture_size[0] > 0 && rig_view_camera_recrop(c, &crop)) {
        if (tell)
            rig_say("camera '%s': calibrated at [%d, %d, %d, %d] of its feed, its view is at [%d, %d, %d, %d]: shifted "
                    "accordingly",
                    c->view, was.x, was.y, was.w, was.h, crop.rect.x, crop.rect.y, crop.rect.w, crop.rect.h);
        return RIG_OK;
    }
    const bool same_size = c->camera.width == s->width && c->camera.height == s->height;
    if (tell && same_size && was.w > 0 && s->picture_size[0] > 0 && (!same_window || c->crop.turns != s->turns))
        rig_warn("camera '%s': calibrated at [%d, %d, %d, %d] of feed '%s' (%dx%d), turned by %d degrees, its view is "
                 "at [%d, %d, %d, %d] of feed '%s' (%dx%d), turned by %d: treated as the same picture",
                 c->view, was.x, was.y, was.w, was.h, c->crop.feed, c->crop.picture[0], c->crop.picture[1],
                 90 * c->crop.turns, s->rect.x, s->rect.y, s->rect.w, s->rect.h, crop.feed, crop.picture[0],
                 crop.picture[1], 90 * s->turns);
    return same_size ? RIG_OK : camera_fit_size(c, s, tell, err);
}

rig_status rig_session_take_calibration(rig_session *session, rig_calibration *calibration, rig_err *err) {
    RIG_TRY(rig_session_calibration(session, calibration, err));
    return rig_session_take_fit(session, calibration, err);
}

rig_status rig_session_take_fit(rig_session *session, rig_calibration *calibration, rig_err *err) {
    rig_view_source *sources;
    RIG_TRY(rig_session_feeds(session, session->config.take, &sources, err));
    for (int i = 0; i < calibration->n; i++) {
        rig_view_camera *c = &calibration->cameras[i];
        int v = rig_config_find_view(&session->config, c->view);
        if (v >= 0 && sources[v].view >= 0 && sources[v].width > 0)
            RIG_TRY(rig_camera_fit(&session->config, c, &sources[v], !session->fits_told, err));
    }
    session->fits_told = true;
    return RIG_OK;
}
