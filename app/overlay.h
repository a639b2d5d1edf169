// Videos that show what a stage found, drawn on the footage: folder/VIEW.mp4, from results as they are.
#ifndef RIG_APP_OVERLAY_H
#define RIG_APP_OVERLAY_H

#include "app/session.h"

// All fail as the results' readers and rig_overlay_film do.

// The board's corners of 20_corners.yaml in each recording of it, folder/RECORDING/VIEW.mp4: numbered by a ramp of
// colours along the rows.
RIG_CHECKED rig_status rig_overlay_corners(rig_session *session, const char *folder, rig_err *err);
// The board through each camera's lens of 30_intrinsics.yaml, or as all cameras of 40_extrinsics.yaml together place it
// at a moment, beside the corners found; in the latter the world's axes and floor too.
RIG_CHECKED rig_status rig_overlay_intrinsics(rig_session *session, const char *folder, rig_err *err);
RIG_CHECKED rig_status rig_overlay_extrinsics(rig_session *session, const char *folder, rig_err *err);
// The pair of 50_stereo.yaml, rectified and side by side, folder/RECORDING.mp4 of the boards and, where people of both
// views are there, of the take: rows through corners, or joints, of the left one.
RIG_CHECKED rig_status rig_overlay_stereo(rig_session *session, const char *folder, rig_err *err);
// People of 60_people2d/, in a colour that each keeps from frame to frame; joints coloured by tag where there are tags.
RIG_CHECKED rig_status rig_overlay_people2d(rig_session *session, const char *folder, rig_err *err);
// People of a file of the people in space (70_people3d.yaml, 80_motion.yaml) as the cameras see them, in the colour of
// their id in all views, over those of 60_people2d/, thin, where these are there.
RIG_CHECKED rig_status rig_overlay_people3d(rig_session *session, const char *file, const char *folder, rig_err *err);

// The board that a view saw in a frame, or NULL.
const rig_board_view *rig_overlay_board_find(const rig_view_corners *view, int frame);

#endif
