// People in space, a chunk of frames after the other; the next one is read in the background.
#ifndef RIG_APP_PEOPLE_AHEAD_H
#define RIG_APP_PEOPLE_AHEAD_H

#include "app/background.h"
#include "io/results.h"

typedef struct rig_people_ahead {
    rig_background *background;
    rig_people3d_reader *reader;
    int chunk_frames;
    double share;           // of the file that was read, 0..1, about
    rig_frame_runs runs;    // frames that are asked for, from the next chunk but one on: the caller's to change
    rig_frame_runs reads;   // these when it began to read
    int ahead;              // the chunk that is read
    rig_people3d chunks[2]; // that one, and the one in hand
    rig_arena arenas[2];
    rig_background_job reading;
} rig_people_ahead;

// Open a file and begin to read. head: out, as rig_people3d_open gives it. background must outlive it, and it must stay
// where it is. Fails as rig_people3d_open; there is nothing to close then.
RIG_CHECKED rig_status rig_people_ahead_open(rig_people_ahead *people, const char *path, rig_background *background,
                                             int chunk_frames, rig_people3d *head, rig_err *err);
// The next frames, valid until the next call; none at the end. Fails as rig_people3d_next.
RIG_CHECKED rig_status rig_people_ahead_next(rig_people_ahead *people, rig_people3d *chunk, rig_err *err);
void rig_people_ahead_close(rig_people_ahead *people); // fine on a zeroed one

#endif
