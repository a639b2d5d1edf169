// What the readers of the rig YAML's parts share. Private to io/config*.c.
#ifndef RIG_IO_CONFIG_PARTS_H
#define RIG_IO_CONFIG_PARTS_H

#include "io/config.h"
#include "io/config_keys.h"
#include "io/config_problems.h"

// The parts, in the order in which they refer to each other. Each reads its sections of config->root.
RIG_CHECKED rig_status rig_config_read_feeds(rig_config *config, rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_config_read_recordings(rig_config *config, rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_config_read_calibration(rig_config *config, rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_config_read_people(rig_config *config, rig_arena *out, rig_err *err);
// A recording's file for a feed: null, a video, a printf pattern or a list of pictures.
RIG_CHECKED rig_status rig_feed_file_read(const rig_yaml *node, const char *path_config, rig_feed_file *file,
                                          rig_arena *out, rig_err *err);
// Lists of one recording that have no number of a picture in common, or of which one has none, go by places: they were
// put side by side.
void rig_feed_lists_settle(rig_feed_file *files, int n);

// A key that is a path, taken relative to the rig YAML's folder; its default, or left alone, where it is absent.
RIG_CHECKED rig_status rig_config_path(const rig_config *config, const rig_yaml *map, const char *key,
                                       const char **path, rig_arena *out, rig_err *err);

// `text` must be a view or recording of the config; else fails at node, naming what there is.
RIG_CHECKED rig_status rig_config_need_view(const rig_config *config, const rig_yaml *node, const char *text, int *view,
                                            rig_err *err);
RIG_CHECKED rig_status rig_config_need_recording(const rig_config *config, const rig_yaml *node, int *recording,
                                                 rig_err *err);
// Which of n structs, `stride` bytes each, that begin with a name has this one; else fails at node, naming what there
// is.
RIG_CHECKED rig_status rig_config_need(const rig_yaml *node, const char *noun, const char *text, const void *names,
                                       int n, size_t stride, int *index, rig_err *err);

#endif
