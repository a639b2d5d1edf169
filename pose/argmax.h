// People without grouping: each joint where its map is highest, near where a centre expects it or anywhere.
#ifndef RIG_POSE_ARGMAX_H
#define RIG_POSE_ARGMAX_H

#include "core/arena.h"
#include "core/people.h"
#include "pose/maps.h"
#include "pose/model.h"

// One person a centre (decode.people: centres), or one in all (one). All joints are found; those below
// detection_threshold are marked filled. frame: out, score falling, cells of the grid; a score is the mean over joints.
//   centres  a joint is where its heat times a Gaussian about the place expected is highest
//   one      where its heat is highest
// smooth is maps, or maps smoothed: the place is looked for there, and the score is the heat of maps, 0 where that is
// negative. Fails with RIG_ERR_MEMORY. Cost: a look at the cells near each joint, or at all. Source: MoveNet's model
// card; Papandreou et al. 2017 for one person a picture.
RIG_CHECKED rig_status rig_maps_decode_argmax(const rig_maps *maps, const rig_maps *smooth, const rig_model *model,
                                              rig_frame2d *frame, rig_arena *out, rig_err *err);

#endif
