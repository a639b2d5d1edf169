// What `pick` works on: a rig, its footage, its lenses, and the two files that a page may change.
#ifndef RIG_APP_PICK_SESSION_H
#define RIG_APP_PICK_SESSION_H

#include "app/pick_pictures.h"
#include "app/pick_solve.h"
#include "app/session.h"

typedef struct rig_pick_session {
    const char *path; // of the rig YAML
    rig_session rig;
    rig_pick_pictures pictures;
    int beside; // rig_points_save's, of the rig's points
} rig_pick_session;

// Fails as rig_session_open; with RIG_ERR_CONFIG where the rig has neither a file of scene points nor a feed of several
// views; as rig_points_read where the points are there and cannot be read.
RIG_CHECKED rig_status rig_pick_session_open(const char *path, rig_pick_session *session, rig_err *err);
void rig_pick_session_release(rig_pick_session *session);

// The points as they are on the disk; none where there is no file yet.
RIG_CHECKED rig_status rig_pick_points(const rig_pick_session *session, rig_points_file *points, rig_arena *out,
                                       rig_err *err);
// A hash of the points' file, and of the rig YAML: whoever saves says on which state of it. "" where there is no file.
RIG_CHECKED rig_status rig_pick_revision(const char *path, char hex[65], rig_err *err);

// Lenses, and the poses that boards gave, as the stages have them in out/.
//   why  out: NULL, or why there are none
RIG_CHECKED rig_status rig_pick_lenses(rig_pick_session *session, rig_calibration *lenses, const char **why,
                                       rig_arena *out, rig_err *err);

// Write the windows of views into the rig YAML, and go on with it as it is then. Fails as rig_config_rects_save; the
// rig then is as it was.
RIG_CHECKED rig_status rig_pick_rects_save(rig_pick_session *session, const char *const *views, const rig_rect *rects,
                                           int n, rig_arena *scratch, rig_err *err);

#endif
