// From a picture to what a network takes in, and the way back for its coordinates.
#ifndef RIG_POSE_PREPROCESS_H
#define RIG_POSE_PREPROCESS_H

#include "core/image.h"
#include "pose/model.h"

#include <stddef.h>

// Zeroed is a valid empty one; buffers are kept from picture to picture.
typedef struct rig_preprocess {
    int width, height;   // of the network's input
    double A_net_cam[6]; // q_net = A_net_cam q_cam: 2x3, row-major
    double A_cam_net[6];
    float *planar; // 3 x height x width, in the descriptor's colour order, normalised
    size_t room;   // floats that planar has room for
    rig_image colour, warped;
} rig_preprocess;

// The smallest multiple of `multiple` that is not less than side.
double rig_input_side(double side, int multiple);
// Only the sizes and affines, for a picture of width x height. The picture keeps its aspect and is padded.
//   fixed       the input is input_width x input_height
//   short_side  the picture's short side becomes the smaller of the two, the other side follows
//   long_side   likewise the long side and the larger
// Sides are rounded up to multiple_of (not when fixed). A picture longer than 4 of its short sides is scaled to fit 4,
// lest a strip of a few pixels ask for an input of millions. Fails with RIG_ERR_DATA (no pixels) or RIG_ERR_CONFIG (an
// input too large).
RIG_CHECKED rig_status rig_preprocess_fit(rig_preprocess *input, const rig_model *model, int width, int height,
                                          rig_err *err);
// All of it: fit, warp, colour order, x * scale, - mean, / std. picture is BGR or grey.
// Fails as fit does, and with RIG_ERR_MEMORY and RIG_ERR_CV.
RIG_CHECKED rig_status rig_preprocess_run(rig_preprocess *input, const rig_model *model, const rig_image *picture,
                                          rig_err *err);
// The same with a window of the picture (x, y of its upper left corner, width, height; q_cam, of the input's aspect) in
// place of all of it; what lies outside the picture is padding.
RIG_CHECKED rig_status rig_preprocess_run_window(rig_preprocess *input, const rig_model *model,
                                                 const rig_image *picture, const double window[4], rig_err *err);
// C = A B, 2x3 affines: B first.
void rig_affine_compose(const double A[6], const double B[6], double C[6]);
// Mirror the input, left to right; the affines stay those of the picture as it was.
void rig_preprocess_mirror(rig_preprocess *input);
void rig_preprocess_release(rig_preprocess *input);

#endif
