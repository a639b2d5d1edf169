#include "app/people_ahead.h"

static rig_status chunk_read(void *self, rig_err *err) {
    rig_people_ahead *p = self;
    rig_arena_clear(&p->arenas[p->ahead]);
    return rig_people3d_next(p->reader, p->chunk_frames, &p->chunks[p->ahead], &p->arenas[p->ahead], err);
}

static bool is_wanted(const void *self, int frame) {
    return rig_frame_runs_have(self, frame);
}

static void reading_start(rig_people_ahead *p) {
    p->reads = p->runs;
    rig_people3d_want(p->reader, is_wanted, &p->reads);
    p->reading = (rig_background_job){.run = chunk_read, .self = p};
    rig_background_start(p->background, &p->reading);
}

rig_status rig_people_ahead_open(rig_people_ahead *p, const char *path, rig_background *background, int chunk_frames,
                                 rig_people3d *head, rig_err *err) {
    *p = (rig_people_ahead){.background = background, .chunk_frames = chunk_frames};
    RIG_TRY(rig_people3d_open(path, &p->reader, head, err));
    reading_start(p);
    return RIG_OK;
}

rig_status rig_people_ahead_next(rig_people_ahead *p, rig_people3d *chunk, rig_err *err) {
    RIG_TRY(rig_background_finish(p->background, &p->reading, err));
    *chunk = p->chunks[p->ahead];
    p->share = rig_people3d_share(p->reader);
    p->ahead = 1 - p->ahead;
    if (chunk->n_frames > 0)
        reading_start(p);
    else
        p->chunks[p->ahead].n_frames = 0; // and so it is from now on
    return RIG_OK;
}

void rig_people_ahead_close(rig_people_ahead *p) {
    rig_background_wait(p->background, &p->reading);
    rig_people3d_close(p->reader);
    for (int i = 0; i < 2; i++)
        rig_arena_release(&p->arenas[i]);
}
