#include "app/export_cameras.h"

#include "app/stages.h"
#include "app/talk.h"
#include "calib/lens_refit.h"
#include "io/camera_formats.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const double READ_BACK_PX = 1e-3; // what a file that was read back may be off

// The stereo pair of a rig that has one.
static rig_status stereo_read(rig_session *session, rig_stereo *stereo, bool *has, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "50_stereo.yaml", &path, err));
    *has = session->config.stereo_from >= 0 && rig_file_exists(path);
    if (!*has)
        return RIG_OK;
    RIG_TRY(rig_stage_need(session, "export", rig_stage_find("stereo"), err));
    return rig_stereo_read(path, stereo, err);
}

// --- what the format can hold --------------------------------------------------------------------

static rig_status lens_fit(const rig_camera_format *format, rig_view_camera *camera, rig_err *err) {
    const rig_lens lens = camera->camera.lens;
    rig_refit refit;
    const bool has = rig_lens_refit(&camera->camera, format->lenses, &refit);
    if (!has)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': format %s has no lens model that can represent %s",
                        camera->view, format->name, rig_lens_name(lens));
    if (refit.max_px > RIG_REFIT_MOST_PX)
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': format %s cannot represent lens %s: the closest model, %s, deviates by up to "
                        "%.3g px, expected at most %g px; calibrate with `intrinsics: {lens: %s}` for it",
                        camera->view, format->name, rig_lens_name(lens), rig_lens_name(refit.camera.lens), refit.max_px,
                        RIG_REFIT_MOST_PX, rig_lens_name(refit.camera.lens));
    if (refit.max_px > 0)
        rig_say("camera '%s': lens %s written as %s, with a deviation of %.3g px rms, %.3g px at most, over %.0f %% of "
                "the picture",
                camera->view, rig_lens_name(lens), rig_lens_name(refit.camera.lens), refit.rms_px, refit.max_px,
                100 * refit.share);
    camera->camera = refit.camera;
    return RIG_OK;
}

static rig_status camera_fit(const rig_camera_format *format, rig_view_camera *camera, rig_err *err) {
    if (camera->camera.width == 0)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': its picture size is unknown", camera->view);
    if (format->needs_poses && !camera->has_pose)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': has no pose, which format %s requires", camera->view,
                        format->name);
    camera->has_pose = camera->has_pose && format->has_poses;
    return lens_fit(format, camera, err);
}

// --- what was written ----------------------------------------------------------------------------

// Every camera must see what ours sees. Formats without names keep the order.
static rig_status read_back(const rig_camera_format *format, const char *folder, const rig_calibration *rig,
                            rig_arena *scratch, rig_err *err) {
    const rig_camera_format *found;
    rig_calibration read;
    rig_status status = rig_cameras_read(folder, &found, &read, scratch, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "%s: cannot read back what was written: ", format->name);
    if (!found || found->read != format->read || read.n != rig->n)
        return rig_fail(err, RIG_ERR_DATA, "%s: reads back as %d cameras of %s, expected %d", format->name, read.n,
                        found ? found->tool : "rigpose", rig->n);
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *ours = &rig->cameras[i];
        const rig_view_camera *same = format->has_names ? rig_calibration_find(&read, ours->view) : &read.cameras[i];
        rig_view_camera theirs = same ? *same : *ours;
        for (int k = 0; found->unit_open && k < 3; k++)
            theirs.Rt_cam_world.t[k] *= format->unit_m;
        if (theirs.camera.width == 0) // of a format that has no sizes
            theirs.camera.width = ours->camera.width, theirs.camera.height = ours->camera.height;
        const double off = same ? rig_cameras_apart_px(ours, &theirs) : INFINITY;
        if (!(off <= READ_BACK_PX))
            return rig_fail(err, RIG_ERR_DATA,
                            "%s: camera '%s' reads back with a deviation of %.3g px, expected at most %g px",
                            format->name, ours->view, off, READ_BACK_PX);
    }
    return RIG_OK;
}

// Files of a folder in the making go up into the folder above it, or away.
static void files_remove(void *of, const char *folder) {
    rig_arena arena = {NULL};
    char **names, path[2048];
    int n = 0;
    (void)of;
    if (rig_folder_list(folder, "", &names, &n, &arena, NULL) == RIG_OK)
        for (int i = 0; i < n; i++)
            if (snprintf(path, sizeof path, "%s/%s", folder, names[i]) < (int)sizeof path)
                unlink(path);
    rmdir(folder);
    rig_arena_release(&arena);
}

// An earlier export is replaced, a file that is anything else is not.
static rig_status place_check(const rig_camera_format *format, const char *from, const char *to, rig_err *err) {
    if (!rig_file_exists(to) || rig_camera_format_of(to) == rig_camera_format_of(from))
        return RIG_OK;
    return rig_fail(err, RIG_ERR_DATA, "'%s' exists and is not of format %s, expected another folder (--dir)", to,
                    format->name);
}

// Cameras of an earlier export, which would be read as cameras of this one.
static rig_status others_tell(const rig_camera_format *format, const char *folder, char *const *ours, int n_ours,
                              rig_arena *scratch, rig_err *err) {
    char **names;
    const char *first = NULL;
    int n, n_others = 0;
    RIG_TRY(rig_folder_list(folder, "", &names, &n, scratch, err));
    for (int i = 0; i < n; i++) {
        bool is_ours = false;
        for (int k = 0; k < n_ours; k++)
            is_ours = is_ours || strcmp(names[i], ours[k]) == 0;
        const char *path = rig_arena_printf(scratch, "%s/%s", folder, names[i]);
        if (!path)
            return rig_fail_memory(err, "a path");
        if (!is_ours && rig_camera_format_of(path) == format)
            first = first ? first : names[i], n_others++;
    }
    if (first)
        rig_warn("export: '%s' also contains cameras that this export did not write (%d), such as %s", folder, n_others,
                 first);
    return RIG_OK;
}

static rig_status files_place(const rig_camera_format *format, const char *from, const char *to, rig_arena *scratch,
                              rig_err *err) {
    char **names;
    int n;
    RIG_TRY(rig_folder_list(from, "", &names, &n, scratch, err));
    const char **old = RIG_NEW(scratch, const char *, n), **new = RIG_NEW(scratch, const char *, n);
    for (int i = 0; i < n; i++) {
        if (!old || !new || !(old[i] = rig_arena_printf(scratch, "%s/%s", from, names[i])) ||
            !(new[i] = rig_arena_printf(scratch, "%s/%s", to, names[i])))
            return rig_fail_memory(err, "a path");
        RIG_TRY(place_check(format, old[i], new[i], err));
    }
    for (int i = 0; i < n; i++)
        if (rename(old[i], new[i]) != 0)
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s'", new[i]);
    return format->a_file_each ? others_tell(format, to, names, n, scratch, err) : RIG_OK;
}

// Write beside, read back, put in place.
static rig_status cameras_write(const rig_camera_format *format, const char *folder, const rig_calibration *rig,
                                const rig_stereo *stereo, rig_arena *scratch, rig_err *err) {
    const char *place = rig_arena_printf(scratch, "%s/%s", folder, format->name);
    const bool was_there = rig_folder_exists(folder);
    rig_temporary made = {.path = ""};
    if (!place)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_make(folder, err));
    rig_leftovers_visit(place, "", files_remove, NULL);
    rig_status status = rig_temporary_make(&made, place, "", true, err);
    if (status == RIG_OK)
        status = format->write(made.path, rig, stereo, err);
    if (status == RIG_OK)
        status = read_back(format, made.path, rig, scratch, err);
    if (status == RIG_OK)
        status = files_place(format, made.path, folder, scratch, err);
    if (*made.path)
        files_remove(NULL, made.path);
    rig_temporary_remove(&made);
    if (status != RIG_OK && !was_there)
        rmdir(folder);
    return status;
}

// --- what the take has ---------------------------------------------------------------------------

// Cameras are written as they were calibrated. Later stages adapt them to pictures of another size; other tools do not.
static void view_check(const rig_view_camera *c, const rig_view_source *s) {
    const rig_rect was = c->crop.rect;
    if (c->camera.width != s->width || c->camera.height != s->height)
        rig_warn("camera '%s': exported for pictures of %dx%d, as it was calibrated, but those of the take are %dx%d",
                 c->view, c->camera.width, c->camera.height, s->width, s->height);
    else if (was.w > 0 && s->picture_size[0] > 0 && memcmp(&was, &s->rect, sizeof was) != 0)
        rig_warn("camera '%s': exported for the window [%d, %d, %d, %d] of its feed, as it was calibrated, but that of "
                 "the take is [%d, %d, %d, %d]",
                 c->view, was.x, was.y, was.w, was.h, s->rect.x, s->rect.y, s->rect.w, s->rect.h);
}

static rig_status take_check(rig_session *session, const rig_calibration *rig, rig_err *err) {
    const char *path;
    rig_view_source *sources;
    RIG_TRY(rig_session_path(session, "10_feeds.yaml", &path, err));
    if (session->config.take < 0 || !rig_file_exists(path))
        return RIG_OK;
    RIG_TRY(rig_session_feeds(session, session->config.take, &sources, err));
    for (int i = 0; i < rig->n; i++) {
        const int v = rig_config_find_view(&session->config, rig->cameras[i].view);
        if (v >= 0 && sources[v].view >= 0 && sources[v].width > 0 && rig->cameras[i].camera.width > 0)
            view_check(&rig->cameras[i], &sources[v]);
    }
    return RIG_OK;
}

// What is exported together must be of one calibration: nothing stale.
rig_status rig_export_cameras(rig_session *session, const char *name, const char *folder, rig_err *err) {
    const rig_camera_format *format = rig_camera_format_find(name);
    const rig_config *config = &session->config;
    rig_calibration rig;
    rig_stereo stereo;
    bool has_stereo = false;
    if (!config->cameras)
        RIG_TRY(rig_stage_need(session, "export", rig_stage_find(config->has_extrinsics ? "extrinsics" : "intrinsics"),
                               err));
    RIG_TRY(rig_session_calibration(session, &rig, err));
    RIG_TRY(take_check(session, &rig, err));
    if (format->has_pair)
        RIG_TRY(stereo_read(session, &stereo, &has_stereo, err));
    for (int i = 0; i < rig.n; i++)
        RIG_TRY(camera_fit(format, &rig.cameras[i], err));
    return cameras_write(format, folder, &rig, has_stereo ? &stereo : NULL, &session->scratch, err);
}
