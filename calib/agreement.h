// Whether the boards' places agree among the cameras, beyond each board's own fit.
#ifndef RIG_CALIB_AGREEMENT_H
#define RIG_CALIB_AGREEMENT_H

#include "calib/bundle.h"

#ifdef __cplusplus
extern "C" {
#endif

// A camera's boards, those of them that other cameras saw too and that are used; at most 16 of them are asked.
typedef struct rig_agreement {
    double together_px; // rms where all cameras' boards are where the refinement has them; 0: none was asked
    double alone_px;    // rms of the same corners, each board where this camera alone would have it
} rig_agreement;

// What is late or has moved fits alone and not together; noise and lens errors do both.
rig_agreement rig_agreement_measure(const rig_bundle *bundle, int camera);

// Together more than `times` as far off as alone, and more than half a pixel.
static inline bool rig_agreement_lacks(const rig_agreement *a, double times) {
    return a->together_px > 0.5 && a->together_px > times * a->alone_px;
}

#ifdef __cplusplus
}
#endif
#endif
