// The take's people in 2D, view by view, to be drawn.
#ifndef RIG_APP_OVERLAY_VIEWS2D_H
#define RIG_APP_OVERLAY_VIEWS2D_H

#include "app/session.h"
#include "io/people_cursor.h"

typedef struct rig_overlay_view2d {
    bool has; // its file is there
    rig_people2d_cursor people;
    rig_skeleton skeleton; // of what was found: the rig's, or a network's own
} rig_overlay_view2d;

// Open 60_people2d/ of every view of the take: views has config.n_views. Close in any case.
//   needed  whether each file must be there
// Fails as rig_people2d_open, and where nobody knows the people's skeleton.
RIG_CHECKED rig_status rig_overlay_views2d_open(rig_session *session, bool needed, rig_overlay_view2d *views,
                                                rig_err *err);
void rig_overlay_views2d_close(rig_overlay_view2d *views, int n);

#endif
