#include "app/keypoint_slices.h"

#include <limits.h>

int rig_keypoint_group(const rig_config *config, const rig_model *model, const rig_view_source *source) {
    return rig_zoom_period(&model->zoom, source->fps / config->recordings[config->take].step);
}

static long frames_wanted(const rig_config *config, const rig_view_source *source) {
    const rig_recording_config *take = &config->recordings[config->take];
    return rig_footage_wanted(take, &take->files[source->feed], source->n_frames);
}

static long groups_wanted(const rig_config *config, const rig_model *model, const rig_view_source *source) {
    const long every = rig_keypoint_group(config, model, source);
    return (frames_wanted(config, source) + every - 1) / every;
}

void rig_keypoint_slice_frames(const rig_config *config, const rig_model *model, const rig_view_source *sources,
                               rig_slice slice, long *first, long *until) {
    for (int v = 0; v < config->n_views; v++) {
        first[v] = 0, until[v] = LONG_MAX;
        if (slice.n == 0 || sources[v].view < 0)
            continue;
        const long every = rig_keypoint_group(config, model, &sources[v]);
        rig_slice_range(slice, groups_wanted(config, model, &sources[v]), &first[v], &until[v]);
        first[v] *= every;
        until[v] = slice.k == slice.n ? LONG_MAX : until[v] * every;
    }
}

rig_status rig_keypoint_slices_join(rig_session *session, int view, rig_people2d_writer *writer, long *kept,
                                    long *n_joined, rig_err *err) {
    const char *name = rig_arena_printf(&session->arena, "%s.yaml", session->config.views[view].name);
    const long before = *kept;
    int *numbers, n;
    if (!name)
        return rig_fail_memory(err, "a name");
    RIG_TRY(rig_slices_find(session, "keypoints", &numbers, &n, err));
    for (int i = 0; i < n; i++) {
        bool all = true;
        for (rig_slice slice = {1, numbers[i]}; slice.k <= slice.n; slice.k++) {
            const char *path;
            bool joined;
            RIG_TRY(rig_slice_path(session, "keypoints", slice, name, &path, err));
            RIG_TRY(rig_people2d_join(writer, path, kept, &joined, err));
            all = all && joined;
        }
        if (all) {
            *n_joined += *kept - before;
            *kept = LONG_MAX;
            return RIG_OK;
        }
    }
    *n_joined += *kept - before;
    return RIG_OK;
}

rig_status rig_keypoints_size(rig_session *session, rig_stage_size *size, rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    rig_model model;
    const char *path;
    *size = (rig_stage_size){0};
    if (config->source != RIG_SOURCE_ONNX) // people are imported, which costs little
        return RIG_OK;
    RIG_TRY(rig_session_model(session, &model, &path, err));
    RIG_TRY(rig_session_feeds(session, config->take, &sources, err));
    for (int v = 0; v < config->n_views; v++) {
        if (sources[v].view < 0)
            continue;
        const long groups = groups_wanted(config, &model, &sources[v]);
        size->pictures += frames_wanted(config, &sources[v]);
        size->slices = groups > size->slices ? groups : size->slices;
    }
    return RIG_OK;
}
