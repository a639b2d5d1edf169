// A second look: each person found is detected again in a crop of the full picture, at the scale that the second
// network knows best, and both results are fused.
#ifndef RIG_POSE_ZOOM_H
#define RIG_POSE_ZOOM_H

#include "pose/detect.h"

// Look again at each of `first`.
//   second    the network of the second look
//   model     of the first look; its zoom says how
//   picture   BGR or grey, all of it
//   first     people in q_cam: of the first look at this picture or, where followed, of the frame before
//   followed  there was no first look: positions come from the second alone, and who is not seen again is gone
//   work      keeps the people of each crop until the caller clears it
//   frame     out: those people in q_cam, score falling, without duplicates; where not followed also
//             people of the crops who were not among first. Joints keep the tags of first; those others have tags
//             of the second network's own
// Fails as rig_detector_look, and with RIG_ERR_MEMORY. Cost: one run of the second network a person.
RIG_CHECKED rig_status rig_people_zoom(rig_detector *second, const rig_model *model, const rig_image *picture,
                                       const rig_frame2d *first, bool followed, rig_frame2d *frame, rig_arena *out,
                                       rig_arena *work, rig_arena *scratch, rig_err *err);

#endif
