// People found by other tools, as our people2d.
#ifndef RIG_IO_IMPORTS_H
#define RIG_IO_IMPORTS_H

#include "core/arena.h"
#include "core/people.h"

// The joints of OpenPose layouts, by count: 25 (BODY_25), 18 (COCO_18), 17 (COCO's 17). NULL for another count. Names
// only, for rig_skeleton_map: no mirrors, sigmas or limbs.
const rig_skeleton *rig_openpose_skeleton(int n_joints);

// The people of another tool, frame by frame, of a skeleton's joints, by name.
//   scale   2: multiplied onto x and y (1, 1: none)
//   shift is none: pixel (0, 0) is the centre of the first
// A joint of (0, 0, 0), of score 0 or less, or not finite, is not found. Persons without any joint are left out.
// Fails with RIG_ERR_IO, RIG_ERR_FORMAT (naming the file: not JSON, wrong joint count, nothing in the folder),
// RIG_ERR_MEMORY; so does rig_import_next.
typedef struct rig_import rig_import;
// A folder of one OpenPose JSON file a frame, in name order; frame = place in that order.
RIG_CHECKED rig_status rig_openpose_open(const char *folder, const rig_skeleton *skeleton, const double scale[2],
                                         rig_import **import, rig_err *err);
// A COCO results JSON (a list of {image_id, category_id, keypoints, score}), in any order; frame = image_id, which must
// be whole numbers. Frames 0 to the greatest are there, with or without people, but for those of gaps of more than
// RIG_GAP_FRAMES. The list is looked through once before; its people are read as they are asked for.
RIG_CHECKED rig_status rig_coco_open(const char *path, const rig_skeleton *skeleton, const double scale[2],
                                     rig_import **import, rig_err *err);
// The next frames, at most `most` of them; n_frames = 0 at the end. From out.
RIG_CHECKED rig_status rig_import_next(rig_import *import, int most, rig_people2d *chunk, rig_arena *out, rig_err *err);
void rig_import_close(rig_import *import); // NULL is fine

#endif
