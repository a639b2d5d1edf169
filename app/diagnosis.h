// What doctor and uncertainty find, for those commands and for the report.
#ifndef RIG_APP_DIAGNOSIS_H
#define RIG_APP_DIAGNOSIS_H

#include "app/session.h"

// Run every check of doctor that the rig allows, and write 90_doctor.yaml. Fails as the readers of what it needs;
// findings made before a failure stand.
RIG_CHECKED rig_status rig_session_findings(rig_session *session, rig_findings *findings, rig_err *err);

// How precisely points in the volume are known, by 40_extrinsics.yaml and 40_covariance.yaml, which must be there and
// current: RIG_ERR_DATA.
RIG_CHECKED rig_status rig_session_uncertainty(rig_session *session, rig_uncertainty *uncertainty, rig_calibration *rig,
                                               rig_inputs *inputs, rig_err *err);
// Medians over the volume's points; 0 where there are none. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_uncertainty_medians(const rig_uncertainty *uncertainty, double *keypoints_m,
                                               double *calibration_m, rig_arena *scratch, rig_err *err);

#endif
