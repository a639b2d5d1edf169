// keypoints in slices: runs of groups of frames of all views.
#ifndef RIG_APP_KEYPOINT_SLICES_H
#define RIG_APP_KEYPOINT_SLICES_H

#include "app/slices.h"

// How many frames of a view make a group: in its first people are looked for in the whole picture, without the frame
// before.
int rig_keypoint_group(const rig_config *config, const rig_model *model, const rig_view_source *source);
// The frames of each view that a slice has, by their place in the take: first[v] to until[v] - 1, both where a group
// begins; the last slice has all that come. Without slices (n = 0) a view has all of them.
void rig_keypoint_slice_frames(const rig_config *config, const rig_model *model, const rig_view_source *sources,
                               rig_slice slice, long *first, long *until);
// Take over what slices found of a view, as far as they follow the *kept frames that are there. Where they are all
// there, *kept becomes LONG_MAX. *n_joined grows by the frames taken over. Fails as rig_people2d_join.
RIG_CHECKED rig_status rig_keypoint_slices_join(rig_session *session, int view, rig_people2d_writer *writer, long *kept,
                                                long *n_joined, rig_err *err);
// rig_stage's size.
RIG_CHECKED rig_status rig_keypoints_size(rig_session *session, rig_stage_size *size, rig_err *err);

#endif
