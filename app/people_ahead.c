#include "app/people_ahead.h"

#include <string.h>

static rig_ahead_chunk *chunk_of(rig_people_ahead *a, long i) {
    return &a->chunks[i % RIG_AHEAD_CHUNKS];
}

// One chunk, or the file's end.
static rig_status chunk_read(rig_people_ahead *a, rig_err *err) {
    rig_ahead_chunk *chunk = chunk_of(a, a->n_read);
    rig_arena_clear(&chunk->arena);
    RIG_TRY(rig_people3d_next(a->reader, a->chunk_frames, &chunk->people, &chunk->arena, err));
    chunk->share = rig_people3d_share(a->reader);
    return RIG_OK;
}

// Whether there is room for one more; waits for it. The chunk in use is not written over.
static bool room_wait(rig_people_ahead *a) {
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->n_read - a->n_taken + 1 >= RIG_AHEAD_CHUNKS)
        pthread_cond_wait(&a->moved, &a->lock);
    const bool goes_on = !a->stop;
    pthread_mutex_unlock(&a->lock);
    return goes_on;
}

static void read_told(rig_people_ahead *a, bool got, bool ended) {
    pthread_mutex_lock(&a->lock);
    a->n_read += got;
    a->ended = ended;
    pthread_cond_signal(&a->moved);
    pthread_mutex_unlock(&a->lock);
}

static rig_status all_read(void *self, rig_err *err) {
    rig_people_ahead *a = self;
    rig_status status = RIG_OK;
    for (bool ended = false; !ended && room_wait(a);) {
        status = chunk_read(a, err);
        ended = status != RIG_OK || chunk_of(a, a->n_read)->people.n_frames == 0;
        read_told(a, status == RIG_OK, ended);
    }
    return status;
}

rig_status rig_people_ahead_open(rig_people_ahead *a, const char *path, int chunk_frames, rig_people3d *head,
                                 rig_err *err) {
    memset(a, 0, sizeof *a);
    a->chunk_frames = chunk_frames;
    RIG_TRY(rig_people3d_open(path, &a->reader, head, err));
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->moved, NULL);
    a->has_lock = true;
    a->has_thread = rig_background_try(&a->reading, all_read, a);
    return RIG_OK;
}

static void chunks_release(rig_people_ahead *a) {
    for (int i = 0; i < RIG_AHEAD_CHUNKS; i++)
        rig_arena_release(&a->chunks[i].arena);
}

// Wait until there is a chunk to take; false: no more comes.
static bool chunk_wait(rig_people_ahead *a) {
    pthread_mutex_lock(&a->lock);
    while (a->n_read == a->n_taken && !a->ended)
        pthread_cond_wait(&a->moved, &a->lock);
    const bool has = a->n_read > a->n_taken;
    a->n_taken += has;
    pthread_cond_signal(&a->moved);
    pthread_mutex_unlock(&a->lock);
    return has;
}

rig_status rig_people_ahead_next(rig_people_ahead *a, rig_people3d *chunk, double *share, rig_err *err) {
    if (!a->has_thread) {
        RIG_TRY(chunk_read(a, err));
        a->n_read++, a->n_taken++;
    } else if (!chunk_wait(a)) {
        chunk->n_frames = 0;
        return rig_background_wait(&a->reading, err);
    }
    const rig_ahead_chunk *taken = chunk_of(a, a->n_taken - 1);
    *chunk = taken->people;
    if (share)
        *share = taken->share;
    if (chunk->n_frames == 0)
        chunks_release(a);
    return RIG_OK;
}

void rig_people_ahead_close(rig_people_ahead *a) {
    if (a->has_thread) {
        pthread_mutex_lock(&a->lock);
        a->stop = true;
        pthread_cond_signal(&a->moved);
        pthread_mutex_unlock(&a->lock);
        rig_background_end(&a->reading);
    }
    if (a->has_lock) {
        pthread_cond_destroy(&a->moved);
        pthread_mutex_destroy(&a->lock);
    }
    rig_people3d_close(a->reader);
    chunks_release(a);
    memset(a, 0, sizeof *a);
}
