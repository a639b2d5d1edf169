// Whether each view has its share in the skeletons. Cameras that are not where their calibration says, clocks that are
// off and people of another view lose their joints, or make skeletons of their own, without an error.
#ifndef RIG_APP_VIEW_SHARES_H
#define RIG_APP_VIEW_SHARES_H

#include "core/people.h"

typedef struct rig_view_shares { // zeroed: of nothing
    long could[RIG_VIEWS_MAX];   // joints that a view saw, at most as many as there are in the skeletons of the moment
    long gave[RIG_VIEWS_MAX];    // joints of skeletons that it has a part in
    long both[RIG_VIEWS_MAX][RIG_VIEWS_MAX]; // joints that two views have a part in
} rig_view_shares;

// A moment: what the views saw (NULL: no frame), and the skeletons made of it.
//   min_score  of joints that count
void rig_view_shares_add(rig_view_shares *shares, const rig_people3d *people, const rig_frame2d *const *views,
                         const rig_frame3d *frame, double min_score);
// Warn of views that gave little of what they could, and of views that have nobody in common with the others.
//   told  of each view: what is wrong with it was said
void rig_view_shares_say(const rig_view_shares *shares, const rig_people3d *people, const bool *told);

#endif
