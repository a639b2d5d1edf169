// The writers, readers and marks of the formats, as the table has them (io/camera_formats.c). Private to io/.
#ifndef RIG_IO_CAMERA_READERS_H
#define RIG_IO_CAMERA_READERS_H

#include "io/camera_formats.h"

#define RIG_CAMERA_WRITE(name)                                                                                         \
    RIG_CHECKED rig_status rig_camera_##name##_write(const char *folder, const rig_calibration *rig,                   \
                                                     const rig_stereo *stereo, rig_err *err)
#define RIG_CAMERA_READ(name)                                                                                          \
    RIG_CHECKED rig_status rig_camera_##name##_read(const rig_foreign *file, rig_calibration *rig, rig_arena *out,     \
                                                    rig_err *err);                                                     \
    bool rig_camera_##name##_is(const rig_foreign *file)

// OpenCV FileStorage YAML: a <view>.yml each, and with stereo intrinsics.yml (M1 D1 M2 D2) and extrinsics.yml (R T R1
// R2 P1 P2 Q), as OpenCV's stereo_calib names them. Fails with RIG_ERR_DATA, by name: a camera of the pair that is not
// in rig or is fisheye, or a view called as a file of the pair.
RIG_CAMERA_WRITE(opencv);
RIG_CAMERA_READ(opencv);
// Fails with RIG_ERR_DATA for a view whose name makes no key.
RIG_CAMERA_WRITE(easymocap);
RIG_CAMERA_READ(easymocap);
RIG_CAMERA_WRITE(anipose);
RIG_CAMERA_WRITE(pose2sim);
RIG_CAMERA_WRITE(caliscope);
RIG_CAMERA_READ(anipose); // of all three
RIG_CAMERA_WRITE(kalibr);
RIG_CAMERA_READ(kalibr);
RIG_CAMERA_WRITE(colmap);
RIG_CAMERA_READ(colmap);
RIG_CAMERA_WRITE(ros);
RIG_CAMERA_READ(ros);
RIG_CAMERA_WRITE(mccalib);
RIG_CAMERA_READ(mccalib);
RIG_CAMERA_WRITE(mrcal);
RIG_CAMERA_READ(mrcal);
RIG_CAMERA_WRITE(panoptic);
RIG_CAMERA_READ(panoptic);
RIG_CAMERA_WRITE(voxelpose);
RIG_CAMERA_READ(voxelpose);
RIG_CAMERA_WRITE(qualisys);
RIG_CAMERA_READ(qualisys);
RIG_CAMERA_READ(vicon);
RIG_CAMERA_READ(optitrack);

#endif
