// corners in slices: whole feeds of recordings, in their order.
#ifndef RIG_APP_CORNER_SLICES_H
#define RIG_APP_CORNER_SLICES_H

#include "app/slices.h"

typedef struct rig_corner_slices {
    rig_slice slice; // what is asked for; n 0: all
    long at, total;  // feeds of recordings that were asked about, and all
    int n;           // what finished slices of the same inputs found
    rig_corners_file *files;
} rig_corner_slices;

// Read what slices found, where all is asked for. Fails as rig_slices_find; a slice that is not whole is passed over.
RIG_CHECKED rig_status rig_corner_slices_read(rig_session *session, const rig_inputs *inputs, rig_slice slice,
                                              rig_corner_slices *slices, rig_err *err);
// Whether the next feed of a recording, in the order of both, is asked for.
bool rig_corner_slices_next(rig_corner_slices *slices);
// Add the views of a feed to those of a recording, as a slice found them; false: none looked there.
bool rig_corner_slices_take(const rig_corner_slices *slices, const rig_config *config, int recording, int feed,
                            rig_recording_corners *corners);
// 20_corners.yaml, or the file of the slice.
RIG_CHECKED rig_status rig_corner_slices_path(rig_session *session, rig_slice slice, const char **path, rig_err *err);
// Whether a recording's feed is searched for boards.
bool rig_feed_has_boards(const rig_config *config, int recording, int feed);
// rig_stage's size.
RIG_CHECKED rig_status rig_corners_size(rig_session *session, rig_stage_size *size, rig_err *err);

#endif
