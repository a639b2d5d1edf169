// keypoints: people in each view of the take, by a network, or found by another tool and brought into our form.
#include "app/detect_take.h"
#include "app/inputs.h"
#include "app/keypoint_slices.h"
#include "app/network.h"
#include "app/people_height.h"
#include "app/people_import.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"
#include "nn/runtime.h"

#include <limits.h>
#include <string.h>

// OpenCV stands in where ONNX Runtime does not load, which shows in the time, and in the last digits.
static void runtime_warn(const rig_model *model) {
    rig_runtime runtime = model->runtime;
    rig_runtime_info info;
    rig_err err = {""};
    const bool is_auto = runtime.backend == RIG_BACKEND_AUTO;
    runtime.backend = RIG_BACKEND_ONNXRUNTIME;
    if (is_auto && rig_runtime_describe(&runtime, &info, &err) != RIG_OK)
        rig_warn("%s; using OpenCV to run the network, which is two to three times slower (`./run people` downloads "
                 "ONNX Runtime)",
                 err.text);
}

// --- by a network ----------------------------------------------------------------------------------------------------

// A view in which people are searched.
typedef struct view_result {
    rig_people2d head;
    rig_people2d_writer *writer;
    const char *path;
} view_result;

// The frames of each view that are asked for: first to until - 1, of which those before kept are there.
typedef struct take_frames {
    long *first, *kept, *until;
    long n_resumed, n_joined; // pictures that a stopped run, and slices, found
} take_frames;

static rig_status frame_take(void *taker, int view, const rig_frame2d *frame, rig_err *err) {
    view_result *result = &((view_result *)taker)[view];
    rig_frame2d one = *frame;
    rig_people2d chunk = result->head;
    chunk.frames = &one, chunk.n_frames = 1;
    return rig_people2d_add(result->writer, &chunk, err);
}

static rig_status result_path(rig_session *session, int view, rig_slice slice, const char **path, rig_err *err) {
    if (slice.n == 0)
        return rig_session_people2d_path(session, view, path, err);
    const char *name = rig_arena_printf(&session->arena, "%s.yaml", session->config.views[view].name);
    return name ? rig_slice_path(session, "keypoints", slice, name, path, err) : rig_fail_memory(err, "a name");
}

// Begins a view's result with what a run that was stopped left of it; all of it with what slices found.
static rig_status view_begin(rig_session *session, int view, rig_slice slice, const rig_inputs *inputs,
                             view_result *result, take_frames *frames, rig_err *err) {
    long kept = 0;
    RIG_TRY(result_path(session, view, slice, &result->path, err));
    RIG_TRY(rig_people2d_make(result->path, &result->head, inputs, &result->writer, err));
    RIG_TRY(rig_people2d_go_on(result->writer, &kept, err));
    frames->n_resumed += kept;
    frames->kept[view] = frames->first[view] + kept;
    if (slice.n == 0)
        return rig_keypoint_slices_join(session, view, result->writer, &frames->kept[view], &frames->n_joined, err);
    if (kept == 0 && rig_people2d_made(result->writer, result->path)) {
        rig_people2d_drop(result->writer);
        result->writer = NULL;
        frames->kept[view] = LONG_MAX;
    }
    return RIG_OK;
}

static rig_status views_begin(rig_session *session, const rig_model *model, rig_slice slice, const rig_inputs *inputs,
                              view_result *results, take_frames *frames, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        rig_people2d *head = &results[v].head;
        if (!rig_view_in_take(&session->config, v))
            continue;
        memcpy(head->view, session->config.views[v].name, sizeof head->view);
        memcpy(head->skeleton, model->skeleton.name, sizeof head->skeleton);
        head->n_joints = model->skeleton.n;
        head->has_tags = model->decode.people == RIG_PEOPLE_BY_TAGS;
        head->begins = frames->first[v];
        RIG_TRY(view_begin(session, v, slice, inputs, &results[v], frames, err));
    }
    if (frames->n_resumed > 0)
        rig_say("keypoints: resuming an interrupted run: %ld pictures already processed", frames->n_resumed);
    if (frames->n_joined > 0)
        rig_say("keypoints: %ld pictures were processed in slices", frames->n_joined);
    return RIG_OK;
}

// Views are completed one after the other. Where a run was stopped in between, the first of them are results already.
static void views_done_find(const rig_session *session, const rig_inputs *inputs, view_result *results,
                            take_frames *frames) {
    for (int v = 0; v < session->config.n_views && frames->n_resumed > 0; v++) {
        rig_inputs then;
        bool has;
        if (!results[v].writer || frames->kept[v] > frames->first[v] || !rig_result_exists(results[v].path) ||
            rig_result_inputs(results[v].path, "rigpose/people2d/1", &then, &has, NULL) != RIG_OK || !has ||
            !rig_inputs_equal(&then, inputs))
            continue;
        rig_people2d_drop(results[v].writer);
        results[v].writer = NULL;
        rig_leftovers_visit(results[v].path, "", NULL, NULL);
        frames->kept[v] = LONG_MAX;
    }
}

// How many people there are in a result, and how tall.
static rig_status view_review(rig_session *session, const rig_model *model, const rig_view_source *source,
                              const char *path, rig_err *err) {
    rig_people_height height = {0};
    rig_people2d_reader *reader;
    rig_people2d chunk;
    long n = 0, n_frames = 0;
    RIG_TRY(rig_people2d_open(path, &reader, &chunk, err));
    rig_status status;
    do {
        rig_arena_clear(&session->scratch);
        status = rig_people2d_next(reader, rig_session_chunk(session), &chunk, &session->scratch, err);
        n_frames += chunk.n_frames;
        for (int f = 0; status == RIG_OK && f < chunk.n_frames; f++) {
            n += chunk.frames[f].n;
            status = rig_people_height_add(&height, &chunk.frames[f], chunk.n_joints, err);
        }
    } while (status == RIG_OK && chunk.n_frames > 0);
    if (status == RIG_OK)
        status = rig_people_height_warn(&height, chunk.view, model, source->width, source->height, err);
    if (status == RIG_OK)
        rig_say("keypoints: %s: %ld people in %ld frames", chunk.view, n, n_frames);
    if (status == RIG_OK && n == 0)
        rig_warn("view '%s': nobody was found in %ld frames", chunk.view, n_frames);
    rig_people_height_release(&height);
    rig_people2d_close(reader);
    return status;
}

static rig_status views_end(rig_session *session, const rig_model *model, const rig_view_source *sources,
                            rig_slice slice, view_result *results, rig_err *err) {
    int done = 0;
    for (int v = 0; v < session->config.n_views; v++) {
        if (!rig_view_in_take(&session->config, v))
            continue;
        rig_people2d_writer *writer = results[v].writer;
        results[v].writer = NULL;
        if (writer)
            RIG_TRY(rig_people2d_commit(writer, err));
        done += writer != NULL;
        if (slice.n == 0)
            RIG_TRY(view_review(session, model, &sources[v], results[v].path, err));
    }
    if (slice.n == 0)
        rig_slices_remove(session, "keypoints");
    else
        rig_say("keypoints: slice %d of %d %s", slice.k, slice.n, done > 0 ? "is done" : "is up to date");
    return RIG_OK;
}

static rig_status take_detect(rig_session *session, const rig_inputs *inputs, rig_slice slice, rig_err *err) {
    const rig_config *config = &session->config;
    rig_model model;
    const char *path;
    rig_view_source *sources;
    RIG_TRY(rig_session_model(session, &model, &path, err));
    for (int f = 0; f < config->n_feeds; f++)
        RIG_TRY(rig_feed_pictures_check(config, f, err));
    runtime_warn(&model);
    RIG_TRY(rig_session_feeds(session, config->take, &sources, err));
    view_result *results = RIG_NEW(&session->arena, view_result, config->n_views);
    take_frames frames = {.first = RIG_NEW(&session->arena, long, config->n_views),
                          .kept = RIG_NEW(&session->arena, long, config->n_views),
                          .until = RIG_NEW(&session->arena, long, config->n_views)};
    if (!results || !frames.first || !frames.kept || !frames.until)
        return rig_fail_memory(err, "views");
    rig_keypoint_slice_frames(config, &model, sources, slice, frames.first, frames.until);
    rig_status status = views_begin(session, &model, slice, inputs, results, &frames, err);
    if (status == RIG_OK) {
        views_done_find(session, inputs, results, &frames);
        status = rig_take_detect(session, &model, frames.kept, frames.until, frame_take, results, err);
    }
    if (status == RIG_OK)
        status = views_end(session, &model, sources, slice, results, err);
    bool left = false;
    for (int v = 0; v < config->n_views; v++)
        left |= rig_people2d_leave(results[v].writer);
    if (left)
        rig_say("keypoints: progress is saved; the next run resumes from there");
    rig_arena_clear(&session->scratch);
    return status;
}

rig_status rig_stage_keypoints(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                               rig_err *err) {
    const char *folder;
    if (options->slice.n > 0 && session->config.source != RIG_SOURCE_ONNX)
        return rig_fail(err, RIG_ERR_USAGE,
                        "option '--slice': people are imported from files, only a network's work has slices");
    if (options->slice.n > 0)
        return take_detect(session, inputs, options->slice, err);
    RIG_TRY(rig_session_path(session, "60_people2d", &folder, err));
    RIG_TRY(rig_folder_make(folder, err));
    return session->config.source == RIG_SOURCE_ONNX ? take_detect(session, inputs, options->slice, err)
                                                     : rig_take_import(session, inputs, err);
}
