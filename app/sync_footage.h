// Clocks of the take's views from what their videos hold beside pictures: sound, and stamps.
#ifndef RIG_APP_SYNC_FOOTAGE_H
#define RIG_APP_SYNC_FOOTAGE_H

#include "app/session.h"
#include "triangulate/sync.h"

// All pairs of views by their sound; a view without any is told apart by last_s = first_s. Fails as
// rig_video_sound_read.
//   view_of  n places in the config
RIG_CHECKED rig_status rig_sync_by_sound(rig_session *session, const int *view_of, int n, rig_sync_view *views,
                                         rig_sync_pair *pairs, int n_pairs, rig_err *err);
// By time codes where all views' videos have them, else by the dates of those that state one. Fails as
// rig_video_stamp_read.
RIG_CHECKED rig_status rig_sync_by_stamps(rig_session *session, const int *view_of, int n, rig_sync_view *views,
                                          rig_sync_pair *pairs, int n_pairs, rig_err *err);

#endif
