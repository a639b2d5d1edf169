// Which camera and which recording a file's path speaks of: cam1/walk.mp4, walk_cam1.mp4, walk/cam1.mp4,
// videos/cam1.mp4.
#ifndef RIG_APP_FOUND_NAMES_H
#define RIG_APP_FOUND_NAMES_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

// Letters in the names of recordings that show boards, each list NULL ended.
extern const char *const rig_intrinsics_words[], *const rig_extrinsics_words[], *const rig_board_words[],
                                                                                    *const rig_floor_words[];

// A name has a word for a camera in it (cam01, Camera_2, c3, left); the text before `at` ends in one that lacks its
// number.
bool rig_names_camera_in(const char *name);
bool rig_names_camera_before(const char *name, size_t at);

typedef struct rig_found_name {
    const char *camera, *recording;
    bool by_order; // the recording is one of several whose names tell nothing: they are counted
} rig_found_name;

// Names of n files from their paths, without endings. Cameras whose names differ in case, separators or leading zeros
// are one. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_names_tell(const char *const *paths, int n, rig_found_name *names, rig_arena *out,
                                      rig_err *err);

#endif
