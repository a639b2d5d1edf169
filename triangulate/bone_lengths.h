// How long people's bones are, over a whole take, measured frame by frame.
#ifndef RIG_TRIANGULATE_BONE_LENGTHS_H
#define RIG_TRIANGULATE_BONE_LENGTHS_H

#include "core/arena.h"
#include "core/people.h"
#include "triangulate/body.h"

// Medians over the moments that show both ends of a bone, the surer a moment the more it counts; a bone that fewer than
// five moments show is not known. Of a person of more than 16,384 moments those count whose frame number is a multiple
// of the least power of two that leaves no more; who was away for more than 20,000 frames keeps the lengths from
// before. So memory is bounded by how many people there are at a time, not by the take's length.
typedef struct rig_bone_lengths rig_bone_lengths;

// body must outlive it. From the heap.
RIG_CHECKED rig_status rig_bone_lengths_open(const rig_body *body, rig_bone_lengths **lengths, rig_err *err);
// The next frame, frames rising. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_bone_lengths_add(rig_bone_lengths *lengths, const rig_frame3d *frame, rig_err *err);
// No more frames come. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_bone_lengths_end(rig_bone_lengths *lengths, rig_err *err);
// After end: those of a person, one a bone of the body, m; 0: not known. NULL: no such person.
const double *rig_bone_lengths_find(const rig_bone_lengths *lengths, int id);
// After end: all that are known, by id rising, with the names of skeleton's joints. From out.
RIG_CHECKED rig_status rig_bone_lengths_list(const rig_bone_lengths *lengths, const rig_skeleton *skeleton,
                                             rig_bone_length **list, int *n, rig_arena *out, rig_err *err);
void rig_bone_lengths_close(rig_bone_lengths *lengths); // NULL is fine

#endif
