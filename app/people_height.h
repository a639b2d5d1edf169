// Whether people are as tall in the pictures as a network can find them.
#ifndef RIG_APP_PEOPLE_HEIGHT_H
#define RIG_APP_PEOPLE_HEIGHT_H

#include "core/arena.h"
#include "core/people.h"
#include "pose/model.h"

// Warn where the people of a view of width x height pixels are outside input.people_px: by the median of how tall they
// are at the network's input, so that a stray detection does not count. Tall is the longer side of the box around the
// joints. Fails with RIG_ERR_MEMORY, and as rig_preprocess_fit.
RIG_CHECKED rig_status rig_people_height_warn(const rig_people2d *people, const rig_model *model, int width, int height,
                                              rig_arena *scratch, rig_err *err);

#endif
