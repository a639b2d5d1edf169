// Whether people are as tall in the pictures as a network can find them.
#ifndef RIG_APP_PEOPLE_HEIGHT_H
#define RIG_APP_PEOPLE_HEIGHT_H

#include "core/arena.h"
#include "core/people.h"
#include "pose/model.h"

// How tall each of a view's people is: the longer side of the box around the joints. Zeroed: nobody yet.
typedef struct rig_people_height {
    double *sides; // pixels
    size_t n, room;
} rig_people_height;

// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_people_height_add(rig_people_height *height, const rig_frame2d *frame, int n_joints,
                                             rig_err *err);
// Warn where the people of a view of width x height_px pixels are outside input.people_px: by the median of how tall
// they are at the network's input, so that a stray detection does not count. Fails as rig_preprocess_fit.
RIG_CHECKED rig_status rig_people_height_warn(rig_people_height *height, const char *view, const rig_model *model,
                                              int width, int height_px, rig_err *err);
void rig_people_height_release(rig_people_height *height);

#endif
