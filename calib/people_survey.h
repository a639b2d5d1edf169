// Cameras placed by people, some of which have poses that are known: a survey, or a calibration by boards.
#ifndef RIG_CALIB_PEOPLE_SURVEY_H
#define RIG_CALIB_PEOPLE_SURVEY_H

#include "core/arena.h"
#include "core/rig.h"

typedef struct rig_survey_view {
    bool is_known; // in: it has a pose that is known,
    rig_pose Rt_cam_world;
    double sigma_turn, sigma_m; // one standard deviation of it, an axis
    bool holds;                 // out: people agree; false: it stands elsewhere now
    double off_rad, off_m;      // out: by so much
} rig_survey_view;

// Bring a rig that people placed into the world of poses that are known, and correct the others by what these say: the
// rig's errors are normal, with its covariance; where it is, how it is turned and how large it is are free. A known
// pose that people contradict, by a degree and more or a thirtieth of the distance, does not hold; most of them do.
//   rig    in and out: poses by people with their covariance, in about the right unit
//   views  rig->n
// Fails with RIG_ERR_DATA: fewer than two cameras are known, or no two agree with people or fewer than half;
// RIG_ERR_MEMORY.
// Source: conditioning of a normal distribution, Bishop 2006, 2.3.1.
RIG_CHECKED rig_status rig_survey_by_people(rig_calibration *rig, rig_survey_view *views, rig_arena *scratch,
                                            rig_err *err);

#endif
