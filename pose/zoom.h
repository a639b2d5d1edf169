// A second look: each person found is looked at again in a crop of the full picture, at the scale that the second
// network knows best, and both looks are fused.
#ifndef RIG_POSE_ZOOM_H
#define RIG_POSE_ZOOM_H

#include "pose/detect.h"

#ifdef __cplusplus
extern "C" {
#endif

// Look again at each of `first`.
//   second    the network of the second look
//   first     people in q_cam: of the first look at this picture or, where followed, of the frame before
//   followed  there was no first look: positions come from the second alone, and who is not seen again is gone
//   work      keeps what is looked at until the caller clears it
//   frame     out: those people, score falling, without duplicates
// Fails as rig_detector_look. Cost: one run of the second network a person.
RIG_CHECKED rig_status rig_people_zoom(rig_detector *second, const rig_model *model, const rig_image *picture,
                                       const rig_frame2d *first, bool followed, rig_frame2d *frame, rig_arena *out,
                                       rig_arena *work, rig_arena *scratch, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
