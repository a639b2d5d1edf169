// recordings of the rig YAML: which files hold the feeds, and which of their frames count.
#include "io/config_parts.h"

#include <limits.h>
#include <string.h>

// [first, last], both included; a last of null is the end.
static rig_status frames_read(const rig_yaml *node, rig_recording_config *recording, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    if (node->n != 2)
        return rig_yaml_fail(node, err, "a list of %d, expected [first, last]", node->n);
    RIG_TRY(rig_key_int_of(&node->items[0], "recordings.RECORDING.frames", &recording->first, err));
    if (rig_yaml_is_null(&node->items[1]))
        return RIG_OK;
    RIG_TRY(rig_key_int_of(&node->items[1], "recordings.RECORDING.frames", &recording->last, err));
    if (recording->last < recording->first)
        return rig_yaml_fail(node, err, "the last frame, %d, comes before the first, %d", recording->last,
                             recording->first);
    return RIG_OK;
}

static rig_status item_read(const rig_config *config, const rig_yaml *node, rig_recording_config *recording,
                            rig_arena *out, rig_err *err) {
    bool null = rig_yaml_is_null(node);
    if (strcmp(node->key, "frames") == 0)
        return null ? RIG_OK : frames_read(node, recording, err);
    if (strcmp(node->key, "step") == 0)
        return RIG_OK; // read with the recording
    int f;
    rig_status status =
        rig_config_need(node, "feed", node->key, config->feeds, config->n_feeds, sizeof *config->feeds, &f, err);
    if (status != RIG_OK)
        return config->names_lost ? rig_config_fail_silent(err) : status;
    recording->has[f] = true;
    return rig_feed_file_read(node, config->path, &recording->files[f], out, err);
}

static rig_status recording_feeds_read(rig_config *config, const rig_yaml *node, rig_recording_config *recording,
                                       rig_arena *out, rig_err *err) {
    bool some = false;
    for (int i = 0; i < node->n; i++) {
        rig_status status = item_read(config, &node->items[i], recording, out, err);
        recording->feeds_lost = recording->feeds_lost || status != RIG_OK;
        RIG_NOTE(status);
    }
    rig_feed_lists_settle(recording->files, config->n_feeds);
    for (int f = 0; f < config->n_feeds; f++)
        some = some || recording->has[f];
    if (some || recording->feeds_lost)
        return RIG_OK;
    recording->feeds_lost = true;
    return rig_yaml_fail(node, err, "no feed, expected a file for at least one");
}

static rig_status recording_read(rig_config *config, const rig_yaml *node, rig_recording_config *recording,
                                 rig_arena *out, rig_err *err) {
    *recording = (rig_recording_config){
        .files = RIG_NEW(out, rig_feed_file, config->n_feeds),
        .has = RIG_NEW(out, bool, config->n_feeds),
        .last = INT_MAX,
        .step = 1,
        .line = node->line,
    };
    if (!recording->files || !recording->has)
        return rig_fail_memory(err, config->path);
    recording->feeds_lost = true; // until they are read
    RIG_TRY(rig_yaml_key_name(node, recording->name, err));
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_MAP, err));
    RIG_NOTE(rig_key_int(node, "recordings.RECORDING.step", &recording->step, err));
    recording->feeds_lost = false;
    return recording_feeds_read(config, node, recording, out, err);
}

static rig_status recordings_need(const rig_yaml *recordings, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(recordings, RIG_YAML_MAP, err));
    if (recordings->n > rig_key_find("recordings")->high)
        return rig_yaml_fail(recordings, err, "%d recordings, expected at most %g", recordings->n,
                             rig_key_find("recordings")->high);
    return RIG_OK;
}

rig_status rig_config_read_recordings(rig_config *config, rig_arena *out, rig_err *err) {
    const rig_yaml *recordings = rig_yaml_find(config->root, "recordings");
    if (!recordings)
        return RIG_OK;
    rig_status status = recordings_need(recordings, err);
    const int n = status == RIG_OK ? recordings->n : 0;
    config->names_lost = config->names_lost || status != RIG_OK;
    RIG_NOTE(status);
    config->recordings = RIG_NEW(out, rig_recording_config, n + 1);
    if (!config->recordings)
        return rig_fail_memory(err, config->path);
    for (int r = 0; r < n; r++)
        RIG_NOTE(recording_read(config, &recordings->items[r], &config->recordings[r], out, err));
    config->n_recordings = n;
    return RIG_OK;
}
