#include "app/corner_slices.h"

#include <string.h>

bool rig_feed_has_boards(const rig_config *config, int recording, int feed) {
    return rig_recording_has_boards(config, recording) &&
           config->recordings[recording].files[feed].kind != RIG_FILE_NONE;
}

static long feeds_count(const rig_config *config) {
    long n = 0;
    for (int r = 0; r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++)
            n += rig_feed_has_boards(config, r, f);
    return n;
}

rig_status rig_corners_size(rig_session *session, rig_stage_size *size, rig_err *err) {
    const rig_config *config = &session->config;
    *size = (rig_stage_size){.slices = feeds_count(config)};
    for (int r = 0; r < config->n_recordings; r++) {
        rig_view_source *sources;
        RIG_TRY(rig_session_feeds(session, r, &sources, err));
        for (int v = 0; v < config->n_views; v++)
            if (sources[v].view >= 0 && rig_feed_has_boards(config, r, sources[v].feed))
                size->pictures += rig_footage_wanted(
                    &config->recordings[r], &config->recordings[r].files[sources[v].feed], sources[v].n_frames);
    }
    return RIG_OK;
}

rig_status rig_corner_slices_path(rig_session *session, rig_slice slice, const char **path, rig_err *err) {
    return slice.n > 0 ? rig_slice_path(session, "corners", slice, "20_corners.yaml", path, err)
                       : rig_session_path(session, "20_corners.yaml", path, err);
}

static rig_status slice_read(rig_session *session, const rig_inputs *inputs, rig_slice slice, rig_corners_file *file,
                             bool *read, rig_err *err) {
    const char *path;
    RIG_TRY(rig_corner_slices_path(session, slice, &path, err));
    *read = rig_result_is_made(path, "rigpose/corners/1", inputs) &&
            rig_corners_read(path, file, &session->arena, NULL) == RIG_OK;
    return RIG_OK;
}

rig_status rig_corner_slices_read(rig_session *session, const rig_inputs *inputs, rig_slice slice,
                                  rig_corner_slices *slices, rig_err *err) {
    int *numbers, n_numbers, n = 0;
    *slices = (rig_corner_slices){.slice = slice, .total = feeds_count(&session->config)};
    if (slice.n > 0)
        return RIG_OK;
    RIG_TRY(rig_slices_find(session, "corners", &numbers, &n_numbers, err));
    for (int i = 0; i < n_numbers; i++)
        n += numbers[i];
    slices->files = RIG_NEW(&session->arena, rig_corners_file, n + 1);
    if (!slices->files)
        return rig_fail_memory(err, "slices");
    for (int i = 0; i < n_numbers; i++)
        for (rig_slice one = {1, numbers[i]}; one.k <= one.n; one.k++) {
            bool read;
            RIG_TRY(slice_read(session, inputs, one, &slices->files[slices->n], &read, err));
            slices->n += read;
        }
    return RIG_OK;
}

bool rig_corner_slices_next(rig_corner_slices *slices) {
    long first = 0, end = slices->total;
    if (slices->slice.n > 0)
        rig_slice_range(slices->slice, slices->total, &first, &end);
    const long at = slices->at++;
    return first <= at && at < end;
}

static const rig_view_corners *views_find(const rig_corner_slices *slices, const char *recording, const char *view,
                                          int n_views) {
    for (int i = 0; i < slices->n; i++)
        for (int r = 0; r < slices->files[i].n; r++) {
            const rig_recording_corners *found = &slices->files[i].recordings[r];
            for (int v = 0; v + n_views <= found->n_views && strcmp(found->recording, recording) == 0; v++)
                if (strcmp(found->views[v].view, view) == 0)
                    return &found->views[v];
        }
    return NULL;
}

bool rig_corner_slices_take(const rig_corner_slices *slices, const rig_config *config, int recording, int feed,
                            rig_recording_corners *corners) {
    const rig_feed_config *f = &config->feeds[feed];
    const rig_view_corners *found =
        views_find(slices, config->recordings[recording].name, config->views[f->first_view].name, f->n_views);
    if (!found)
        return false;
    memcpy(&corners->views[corners->n_views], found, sizeof *found * (size_t)f->n_views);
    corners->n_views += f->n_views;
    return true;
}
