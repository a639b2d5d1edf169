// What a run of corners has found so far, on the disk as it is found: a run that was killed goes on from there.
#ifndef RIG_APP_CORNERS_KEPT_H
#define RIG_APP_CORNERS_KEPT_H

#include "app/session.h"
#include "calib/corners.h"

typedef struct rig_corners_kept rig_corners_kept;

// Begin with what earlier runs left that had equal inputs and were of this version. It lives in session->arena until
// close. path: of the result. Fails with RIG_ERR_IO, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_corners_kept_open(rig_session *session, const char *path, const rig_inputs *inputs,
                                             rig_corners_kept **kept, rig_err *err);
// Pictures that are there from earlier runs.
long rig_corners_kept_n(const rig_corners_kept *kept);
// What an earlier run found in a view's frame; false: it was not looked at. May be called from several threads, also
// while another puts.
//   found  ready by rig_found_board_init
//   *way   how it was found, as put was told
bool rig_corners_kept_get(const rig_corners_kept *kept, int recording, int view, int frame, rig_found_board *found,
                          int *way);
// The same of the i-th frame of a view, in order; false: there are no more.
bool rig_corners_kept_at(const rig_corners_kept *kept, int recording, int view, int i, int *frame,
                         rig_found_board *found, int *way);
// Frames of a view must ascend. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_corners_kept_put(rig_corners_kept *kept, int recording, int view, int frame,
                                            const rig_found_board *found, int way, rig_err *err);
// All frames of a recording are there; whether an earlier run said so.
RIG_CHECKED rig_status rig_corners_kept_finish(rig_corners_kept *kept, int recording, rig_err *err);
bool rig_corners_kept_has_all(const rig_corners_kept *kept, int recording);
// The result is there, or there will be none: NULL is fine.
void rig_corners_kept_close(rig_corners_kept *kept, bool done);

#endif
