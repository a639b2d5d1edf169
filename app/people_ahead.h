// People in 3D in chunks that are read ahead in the background, a few of them, while earlier ones are worked on.
#ifndef RIG_APP_PEOPLE_AHEAD_H
#define RIG_APP_PEOPLE_AHEAD_H

#include "app/background.h"
#include "io/results.h"

enum { RIG_AHEAD_CHUNKS = 8 }; // about a window of refinement

typedef struct rig_ahead_chunk {
    rig_people3d people;
    rig_arena arena;
    double share; // of the file that was read with it
} rig_ahead_chunk;

typedef struct rig_people_ahead {
    rig_people3d_reader *reader;
    int chunk_frames;
    rig_ahead_chunk chunks[RIG_AHEAD_CHUNKS]; // a ring
    long n_read, n_taken;                     // chunks; the last one that was taken is in use
    bool ended, stop;
    pthread_mutex_t lock; // guards the two lines above
    pthread_cond_t moved;
    bool has_lock, has_thread;
    rig_background reading;
} rig_people_ahead;

// Open a result and begin to read. Fails as rig_people3d_open, with nothing to close. It must not move meanwhile.
RIG_CHECKED rig_status rig_people_ahead_open(rig_people_ahead *ahead, const char *path, int chunk_frames,
                                             rig_people3d *head, rig_err *err);
// The next chunk, which is the caller's to change until the next call; n_frames = 0 at the end. Fails as
// rig_people3d_next, once the chunks before are taken. *share: of the file, 0..1, about; may be NULL.
RIG_CHECKED rig_status rig_people_ahead_next(rig_people_ahead *ahead, rig_people3d *chunk, double *share, rig_err *err);
void rig_people_ahead_close(rig_people_ahead *ahead); // fine on a zeroed one

#endif
