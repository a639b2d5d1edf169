// Calibrations as other tools read them. What a format cannot hold is refused, never dropped.
#ifndef RIG_IO_EXPORTS_H
#define RIG_IO_EXPORTS_H

#include "core/rig.h"

// OpenCV FileStorage YAML in `folder`: a <view>.yml each (image_width, image_height, fisheye_model, camera_matrix,
// distortion_coefficients, and rvec, tvec, R where there is a pose), and with stereo not NULL intrinsics.yml (M1 D1 M2
// D2) and extrinsics.yml (R T R1 R2 P1 P2 Q), as OpenCV's stereo_calib names them. Fails with RIG_ERR_IO, RIG_ERR_DATA:
// by name, a camera of the pair that is not in rig or is fisheye, or a view called as a file of the pair.
RIG_CHECKED rig_status rig_export_opencv(const char *folder, const rig_calibration *rig, const rig_stereo *stereo,
                                         rig_err *err);
// EasyMocap's intri.yml and extri.yml in `folder`. Fails with RIG_ERR_DATA for a lens of more than 5 coefficients or
// fisheye, for a camera without pose, and for a view whose name makes no key, by name.
RIG_CHECKED rig_status rig_export_easymocap(const char *folder, const rig_calibration *rig, rig_err *err);

#endif
