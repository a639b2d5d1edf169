// A take's people in 2D, all views on the rig's clock, and the cameras that saw them.
#ifndef RIG_APP_TAKE_H
#define RIG_APP_TAKE_H

#include "app/session.h"
#include "checks/watch.h"

typedef struct rig_take {
    rig_skeleton skeleton; // that all people have
    int n_views;
    rig_people2d *people; // of each camera
    rig_calibration rig;  // only cameras with people; poses as of the moment that was asked for last
    const rig_view_source **sources;
    int *next;           // per view: the first frame after the moment
    rig_frame2d *made;   // per view: between two frames
    rig_arena between;   // of what they hold
    double fps;          // of the rig's clock; 0: not known
    int first, last;     // moments; last < first: no view has any frame
    rig_repairs repairs; // those of 75_repair.yaml
} rig_take;

// Read the people of all views that have a camera with a pose; views that have only one of them are told. Repairs in
// 75_repair.yaml hold. Fails with RIG_ERR_DATA where fewer than 2 views are left. release in any case.
RIG_CHECKED rig_status rig_take_open(rig_session *session, rig_take *take, rig_err *err);
// What each view saw at a moment, moments rising; NULL where it has no frame of it. Between two of a view's frames its
// people are between them too. They are the take's until the next call. *moved: take->rig has other poses than before.
RIG_CHECKED rig_status rig_take_views(rig_take *take, int moment, const rig_frame2d **views, bool *moved, rig_err *err);
void rig_take_release(rig_take *take);

#endif
