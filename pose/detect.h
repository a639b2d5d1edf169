// A picture in, people out: preprocess, run the network, fuse its outputs, decode.
#ifndef RIG_POSE_DETECT_H
#define RIG_POSE_DETECT_H

#include "core/arena.h"
#include "core/image.h"
#include "core/people.h"
#include "pose/maps.h"
#include "pose/model.h"

typedef struct rig_detector rig_detector;

// Load the network that model describes, and run its self-check. Fails with RIG_ERR_CONFIG (descriptor), RIG_ERR_IO,
// RIG_ERR_FORMAT (the self-check, too), RIG_ERR_CV.
RIG_CHECKED rig_status rig_detector_open(const rig_model *model, rig_detector **detector, rig_err *err);
// Find people in a BGR (or grey) picture of any size. Joints are in q_cam: pixels of the picture.
//   before  the people of the frame before, whom it looks for near where they were; NULL: in the whole picture
// Each run checks the descriptor against the tensors: RIG_ERR_CONFIG names what does not fit. A detector is for one
// thread at a time. Fails with RIG_ERR_CV, RIG_ERR_MEMORY, and RIG_ERR_DATA where the picture has no pixels.
RIG_CHECKED rig_status rig_detector_run(rig_detector *detector, const rig_image *picture, const rig_frame2d *before,
                                        rig_frame2d *frame, rig_arena *out, rig_arena *scratch, rig_err *err);
// One look of one network: at the picture or, where window is given (x, y, width, height; q_cam, of the aspect of the
// descriptor's size), at that part of it. Otherwise as rig_detector_run; frame's people are in the order of their
// scores.
RIG_CHECKED rig_status rig_detector_look(rig_detector *detector, const rig_image *picture, const double *window,
                                         rig_frame2d *frame, rig_arena *out, rig_arena *scratch, rig_err *err);
// The maps of the last run, valid until the next; q_cam = A_cam_hm q_hm.
const rig_maps *rig_detector_maps(const rig_detector *detector, double A_cam_hm[6]);
// How many values of the last run's tensors were not finite: they counted as 0, and a warning is due.
long rig_detector_not_finite(const rig_detector *detector);
void rig_detector_close(rig_detector *detector); // NULL is fine

#endif
