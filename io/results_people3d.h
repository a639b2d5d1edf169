// What the two readers of people in 3D share: that of nodes, and that of text laid out as ours. Private to io/.
#ifndef RIG_IO_RESULTS_PEOPLE3D_H
#define RIG_IO_RESULTS_PEOPLE3D_H

#include "io/result_frames.h"

struct rig_people3d_reader {
    rig_frames_reader frames;
    rig_people3d head;
    const char *views[RIG_VIEWS_MAX]; // head.n_views in use
    int part, last;                   // of the last frame
    rig_arena names;
    rig_arena *out;
    rig_err *err;
};

// Put the person that was read last to its place among the ids before it. false: its id is there already.
bool rig_frame3d_settle(rig_person3d *people, int last);
// A frame's text into *frame, memory from reader->out. false: it is laid out otherwise than ours, or is to be refused,
// which its node tells: *frame and the reader are then as before, and what was allocated is the caller's to rewind.
bool rig_frame3d_scan(rig_people3d_reader *reader, const char *text, size_t n, rig_frame3d *frame);

#endif
