// 20_corners.yaml, one recording of it: what the calibration stages begin with.
#ifndef RIG_APP_CORNERS_FOR_H
#define RIG_APP_CORNERS_FOR_H

#include "app/session.h"

// Read corners of the rig's board: RIG_ERR_DATA where the file's has other corners. Its lengths become the rig's.
RIG_CHECKED rig_status rig_corners_of_board(rig_session *session, const char *path, rig_corners_file *file,
                                            rig_err *err);
// Read 20_corners.yaml so and point *seen at one recording's.
// Fails as rig_corners_read, and with RIG_ERR_DATA where the recording is not in the file.
RIG_CHECKED rig_status rig_corners_for(rig_session *session, int recording, rig_corners_file *file,
                                       const rig_recording_corners **seen, rig_err *err);
// A recording's corners with frames on the rig's clock, so that one number is one moment in every view; as they are
// where no rate is known. Boards that were seen between two of its frames are read at the nearer one (rig_boards_at).
// late, of each view: the mean of by how much its boards are of later moments still, frames, by the clock that the rig
// states; NULL: not asked for. Fails as rig_session_feeds, and with RIG_ERR_CONFIG where
// views have offsets and no rate is known.
RIG_CHECKED rig_status rig_corners_on_clock(rig_session *session, int recording, const rig_recording_corners *seen,
                                            rig_view_corners **views, double **late, rig_err *err);

#endif
