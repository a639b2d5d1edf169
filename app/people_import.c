#include "app/people_import.h"

#include "app/import_check.h"
#include "app/inputs.h"
#include "app/known_cameras.h"
#include "app/talk.h"
#include "io/file.h"

#include <limits.h>
#include <string.h>

// --- what is wanted --------------------------------------------------------------------------------------------------

static rig_status layouts_read(rig_session *session, rig_import_plan *plan, rig_err *err) {
    const char *one;
    char **names;
    int n;
    RIG_TRY(rig_share_path(&session->arena, "configs/skeletons/coco17.yaml", &one, err));
    const char *folder = rig_arena_strndup(&session->arena, one, (size_t)(strrchr(one, '/') - one));
    if (!folder)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_list(folder, ".yaml", &names, &n, &session->arena, err));
    rig_skeleton *layouts = RIG_NEW(&session->arena, rig_skeleton, n);
    if (!layouts)
        return rig_fail_memory(err, "layouts");
    for (int i = 0; i < n; i++) {
        const char *path = rig_arena_printf(&session->arena, "%s/%s", folder, names[i]);
        if (!path)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_skeleton_read(path, &layouts[i], err));
    }
    plan->layouts = layouts, plan->n_layouts = n;
    return RIG_OK;
}

static rig_status layout_find(rig_session *session, rig_import_plan *plan, rig_err *err) {
    const rig_config *config = &session->config;
    char list[256];
    if (!config->layout)
        return RIG_OK;
    if (config->layout_path) {
        rig_skeleton *layout = RIG_NEW(&session->arena, rig_skeleton, 1);
        plan->layout = layout;
        return layout ? rig_skeleton_read(config->layout_path, layout, err) : rig_fail_memory(err, "a layout");
    }
    plan->layout = rig_layout_find(plan->layouts, plan->n_layouts, config->layout);
    if (plan->layout)
        return RIG_OK;
    rig_layouts_list(plan->layouts, plan->n_layouts, 0, NULL, list, sizeof list);
    return rig_fail(err, RIG_ERR_CONFIG, "%s: keypoints.layout: '%s', expected one of %s, or a skeleton YAML",
                    config->path, config->layout, list);
}

static rig_status plan_make(rig_session *session, rig_import_plan *plan, rig_err *err) {
    const rig_recording_config *take = &session->config.recordings[session->config.take];
    rig_skeleton *skeleton = RIG_NEW(&session->arena, rig_skeleton, 1);
    if (!skeleton)
        return rig_fail_memory(err, "a skeleton");
    *plan = (rig_import_plan){.skeleton = skeleton, .first = take->first, .last = take->last, .step = take->step};
    RIG_TRY(rig_session_skeleton(session, skeleton, err));
    RIG_TRY(layouts_read(session, plan, err));
    return layout_find(session, plan, err);
}

// A view's size: of its pictures, else of its known camera.
static rig_status view_size(rig_session *session, const rig_view_source *source, int size[2], rig_err *err) {
    size[0] = source->width, size[1] = source->height;
    if (size[0] > 0 || !session->config.cameras)
        return RIG_OK;
    rig_calibration cameras;
    RIG_TRY(rig_session_known_cameras(session, &cameras, err));
    const rig_view_camera *camera = rig_calibration_find(&cameras, session->config.views[source->view].name);
    if (camera)
        size[0] = camera->camera.width, size[1] = camera->camera.height;
    return RIG_OK;
}

// --- a view ----------------------------------------------------------------------------------------------------------

// Pixels of pictures of another size than the view's are brought to it; with centres at integers a scale s also shifts
// by (s - 1) / 2.
static void people_rescale(rig_people2d *people, const double from[2], const int to[2]) {
    const double s[2] = {to[0] / from[0], to[1] / from[1]};
    for (int f = 0; f < people->n_frames; f++)
        for (int p = 0; p < people->frames[f].n; p++)
            for (int j = 0; j < people->n_joints; j++)
                for (int a = 0; a < 2; a++) {
                    double *q = &people->frames[f].people[p].joints[j].q[a];
                    *q = (*q + 0.5) * s[a] - 0.5;
                }
}

// All frames of a view, a chunk at a time.
static rig_status frames_import(rig_session *session, int view, const rig_import_plan *plan, rig_import *import,
                                rig_people2d_writer *writer, rig_import_check *check, rig_err *err) {
    const double *from = session->config.people_size[view];
    rig_people2d chunk;
    do {
        rig_arena_clear(&session->scratch);
        RIG_TRY(rig_import_next(import, rig_session_chunk(session), &chunk, &session->scratch, err));
        if (from[0] > 0)
            people_rescale(&chunk, from, check->size);
        rig_import_check_add(check, &chunk, plan->skeleton);
        RIG_TRY(rig_people2d_add(writer, &chunk, err));
    } while (chunk.n_frames > 0);
    return RIG_OK;
}

// What was taken of the files, and what not.
static rig_status view_tell(rig_session *session, const char *view, const char *path, const rig_import_check *check,
                            const rig_import_counts *counts, const rig_view_source *source, rig_err *err) {
    const rig_recording_config *take = &session->config.recordings[session->config.take];
    const bool is_video = take->files[source->feed].kind == RIG_FILE_VIDEO;
    char last[24] = "the end";
    if (take->last < INT_MAX)
        snprintf(last, sizeof last, "%d", take->last);
    if (counts->n_strays > 0)
        rig_warn("'%s': skipped %d files without a frame number, the first is '%s'", path, counts->n_strays,
                 counts->stray);
    if (check->n_frames == 0 && counts->unwanted > 0)
        return rig_fail(
            err, RIG_ERR_DATA,
            "view '%s': '%s' has frames %d to %d, none of which is in recording '%s': frames %d to %s, step %d", view,
            path, counts->low, counts->high, take->name, take->first, last, take->step);
    rig_say("keypoints: %s: %ld people in %ld frames, %d to %d%s%s", view, check->n_people, check->n_frames,
            check->first, check->last, counts->layout[0] ? ", joints of " : "", counts->layout);
    if (counts->n_lacking > 0)
        rig_say("keypoints: %s: %s lacks %d joints of skeleton '%s'", view, counts->layout, counts->n_lacking,
                session->config.skeleton);
    if (counts->unwanted > 0)
        rig_say("keypoints: %s: has frames %d to %d; those outside %d to %s, step %d, are skipped", view, counts->low,
                counts->high, take->first, last, take->step);
    if (check->n_people > 0 && counts->jointless > 0 && !counts->named)
        rig_say("keypoints: %s: skipped %ld people without a joint of the skeleton that has a position and a score",
                view, counts->jointless);
    if (check->n_people > 0 && counts->bodiless > 0)
        rig_say("keypoints: %s: skipped %ld people with only hands or a face", view, counts->bodiless);
    if (is_video && source->n_frames > 0 && check->last > source->n_frames + source->n_frames / 50 + 5)
        rig_warn("view '%s': '%s' goes to frame %d, its video has %d frames", view, path, check->last,
                 source->n_frames);
    return RIG_OK;
}

static rig_status view_import(rig_session *session, int view, const rig_import_plan *plan,
                              const rig_view_source *source, const rig_inputs *inputs, rig_import_check *check,
                              rig_err *err) {
    rig_people2d head = {.n_joints = plan->skeleton->n};
    rig_people2d_writer *writer = NULL;
    rig_import *import;
    const char *path, *from;
    memcpy(head.view, session->config.views[view].name, sizeof head.view);
    memcpy(head.skeleton, plan->skeleton->name, sizeof head.skeleton);
    RIG_TRY(view_size(session, source, check->size, err));
    const double *sizes = session->config.people_size[view];
    if (sizes[0] > 0 && check->size[0] == 0)
        return rig_fail(err, RIG_ERR_CONFIG, "keypoints.sizes: the picture size of view '%s' is unknown", head.view);
    if ((sizes[0] - sizes[1]) * (check->size[0] - check->size[1]) < 0)
        rig_warn("keypoints.sizes: view '%s' has %gx%g, its picture is %dx%d, expected width, then height", head.view,
                 sizes[0], sizes[1], check->size[0], check->size[1]);
    RIG_TRY(rig_session_import_path(session, view, &from, err));
    RIG_TRY(rig_session_people2d_path(session, view, &path, err));
    RIG_TRY(rig_import_open(from, plan, &import, err));
    rig_status status = rig_people2d_make(path, &head, inputs, &writer, err);
    if (status == RIG_OK)
        status = frames_import(session, view, plan, import, writer, check, err);
    if (status == RIG_OK)
        status = view_tell(session, head.view, from, check, rig_import_count(import), source, err);
    if (status == RIG_OK)
        status = rig_import_check_end(check, head.view, from, rig_import_count(import), plan, err);
    rig_import_close(import);
    if (status == RIG_OK)
        return rig_people2d_commit(writer, err);
    rig_people2d_drop(writer);
    return status;
}

// --- the take --------------------------------------------------------------------------------------------------------

// A view that counts from 1 beside one that counts from 0, of as many frames.
static void counts_tell(const rig_session *session, const rig_import_check *checks) {
    const rig_config *config = &session->config;
    int zero = -1;
    for (int v = 0; v < config->n_views && zero < 0; v++)
        zero = checks[v].n_frames > 0 && checks[v].first == 0 ? v : -1;
    for (int v = 0; v < config->n_views && zero >= 0; v++)
        if (checks[v].n_frames == checks[zero].n_frames && checks[v].first == 1)
            rig_warn("view '%s' has frames %d to %d, view '%s' 0 to %d: if its tool counts from 1, its people are a "
                     "frame late (views: {%s: {offset_s: ...}})",
                     config->views[v].name, checks[v].first, checks[v].last, config->views[zero].name,
                     checks[zero].last, config->views[v].name);
}

// What only all views together tell: people in the first quarter of every picture were found in pictures of half the
// size; frames of every view that begin at 1 may be counted from there.
static void views_tell(const rig_session *session, const rig_import_check *checks) {
    const rig_config *config = &session->config;
    int views = 0, quarters = 0, ones = 0;
    for (int v = 0; v < config->n_views; v++) {
        const rig_feed_file *file = &config->recordings[config->take].files[config->views[v].feed];
        if (checks[v].n_people == 0)
            continue;
        views++;
        quarters += checks[v].size[0] > 0 && checks[v].beyond_half * 100 <= checks[v].n_joints;
        ones += checks[v].first == 1 && file->kind == RIG_FILE_VIDEO;
    }
    if (views > 1 && quarters == views)
        rig_warn("the people of all %d views lie in the upper left quarter of their pictures: were they detected in "
                 "smaller ones? set keypoints.sizes",
                 views);
    if (views > 0 && ones == views)
        rig_say("keypoints: the frames of all views start at 1, the second picture of a video: if the tool counts from "
                "1, people are a frame late");
}

rig_status rig_take_import(rig_session *session, const rig_inputs *inputs, rig_err *err) {
    const int n = session->config.n_views;
    rig_import_plan plan;
    rig_view_source *sources;
    RIG_TRY(plan_make(session, &plan, err));
    RIG_TRY(rig_session_feeds(session, session->config.take, &sources, err));
    rig_import_check *checks = RIG_NEW(&session->arena, rig_import_check, n);
    if (!checks)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < n; v++)
        if (sources[v].view >= 0)
            RIG_TRY(view_import(session, v, &plan, &sources[v], inputs, &checks[v], err));
    views_tell(session, checks);
    counts_tell(session, checks);
    return RIG_OK;
}

rig_status rig_take_import_check(rig_session *session, int view, rig_err *err) {
    rig_import_plan plan;
    rig_import *import;
    rig_people2d chunk;
    const char *path;
    RIG_TRY(plan_make(session, &plan, err));
    RIG_TRY(rig_session_import_path(session, view, &path, err));
    RIG_TRY(rig_import_open(path, &plan, &import, err));
    rig_arena_clear(&session->scratch);
    rig_status status = rig_import_next(import, rig_session_chunk(session), &chunk, &session->scratch, err);
    rig_import_close(import);
    return status;
}
