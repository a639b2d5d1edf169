// A person's path made one that a body could go: bones keep their lengths, joints do not jump.
#ifndef RIG_TRIANGULATE_SMOOTH_H
#define RIG_TRIANGULATE_SMOOTH_H

#include "triangulate/path.h"

// Move the path's joints to where all that is known of them fits best: where the views had each (to second order of
// its reprojection errors, which is what its covariance says; outliers count less), how long its bones are, and that
// velocities change by acceleration_m_s2 (1 standard deviation, an axis; of hands and feet, of others by body->agility
// as much) and no faster.
//   fps    frames a second
//   joints of the path: p in and out; cov and sigma_m of filled joints, out. Settled ones go where they are settled,
//   and what follows joins on to them without a jump
// Cost: linear in the path's length. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_smooth(rig_path *path, const rig_body *body, double fps, double acceleration_m_s2,
                                  rig_arena *scratch, rig_err *err);

// How many frames away what is seen still moves a joint by more than a billionth part.
int rig_smooth_reach(const rig_body *body, double fps, double acceleration_m_s2);

#endif
