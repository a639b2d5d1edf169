// The parts of a model descriptor's reader. Private to io/.
#ifndef RIG_IO_MODEL_PARTS_H
#define RIG_IO_MODEL_PARTS_H

#include "io/yaml.h"
#include "pose/model.h"

// What a section's reader needs.
typedef struct rig_model_reader {
    const char *path; // of the descriptor
    bool second;      // the network of another's second look, which has none of its own
    rig_model *model;
    rig_arena *tree, *out;
    rig_err *err;
} rig_model_reader;

// The place of a key's word in a NULL ended list; an absent key leaves *index as it is.
RIG_CHECKED rig_status rig_model_choice(const rig_yaml *map, const char *key, const char *const *words, int *index,
                                        rig_err *err);
// A map of these keys; *map is NULL where it is absent.
RIG_CHECKED rig_status rig_model_section(const rig_yaml *root, const char *key, const char *const *keys,
                                         const rig_yaml **map, rig_err *err);
// `size: [width, height]`, which must be there.
RIG_CHECKED rig_status rig_model_size(const rig_yaml *map, int *width, int *height, rig_err *err);
// A path, taken from the descriptor's folder.
RIG_CHECKED rig_status rig_model_path(rig_model_reader *r, const rig_yaml *node, char *out, size_t size);

// `runtime`, `selfcheck`, `tta`, `confidence` and `zoom`; each may be absent.
RIG_CHECKED rig_status rig_model_runtime(rig_model_reader *r, const rig_yaml *root);
RIG_CHECKED rig_status rig_model_selfcheck(rig_model_reader *r, const rig_yaml *root);
RIG_CHECKED rig_status rig_model_passes(rig_model_reader *r, const rig_yaml *root);
RIG_CHECKED rig_status rig_model_confidence(rig_model_reader *r, const rig_yaml *root);
RIG_CHECKED rig_status rig_model_zoom(rig_model_reader *r, const rig_yaml *root);

// rig_model_read, also of a second network.
RIG_CHECKED rig_status rig_model_read_as(const char *path, bool second, rig_model *model, rig_arena *out, rig_err *err);

#endif
