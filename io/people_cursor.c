#include "io/people_cursor.h"

rig_status rig_people2d_cursor_open(rig_people2d_cursor *c, const char *path, rig_err *err) {
    *c = (rig_people2d_cursor){.at = 0};
    return rig_people2d_open(path, &c->reader, &c->chunk, err);
}

rig_status rig_people3d_cursor_open(rig_people3d_cursor *c, const char *path, rig_err *err) {
    *c = (rig_people3d_cursor){.at = 0};
    return rig_people3d_open(path, &c->reader, &c->chunk, err);
}

rig_status rig_people2d_cursor_at(rig_people2d_cursor *c, const rig_frame2d **frame, rig_err *err) {
    if (c->at == c->chunk.n_frames) {
        rig_arena_clear(&c->arena);
        c->at = 0;
        RIG_TRY(rig_people2d_next(c->reader, RIG_CHUNK_FRAMES, &c->chunk, &c->arena, err));
    }
    *frame = c->at < c->chunk.n_frames ? &c->chunk.frames[c->at] : NULL;
    return RIG_OK;
}

rig_status rig_people3d_cursor_at(rig_people3d_cursor *c, const rig_frame3d **frame, rig_err *err) {
    if (c->at == c->chunk.n_frames) {
        rig_arena_clear(&c->arena);
        c->at = 0;
        RIG_TRY(rig_people3d_next(c->reader, RIG_CHUNK_FRAMES, &c->chunk, &c->arena, err));
    }
    *frame = c->at < c->chunk.n_frames ? &c->chunk.frames[c->at] : NULL;
    return RIG_OK;
}

void rig_people2d_cursor_pass(rig_people2d_cursor *c) {
    c->at += c->at < c->chunk.n_frames;
}

void rig_people3d_cursor_pass(rig_people3d_cursor *c) {
    c->at += c->at < c->chunk.n_frames;
}

rig_status rig_people2d_cursor_find(rig_people2d_cursor *c, int number, const rig_frame2d **frame, rig_err *err) {
    RIG_TRY(rig_people2d_cursor_at(c, frame, err));
    while (*frame && (*frame)->frame < number) {
        rig_people2d_cursor_pass(c);
        RIG_TRY(rig_people2d_cursor_at(c, frame, err));
    }
    if (*frame && (*frame)->frame > number)
        *frame = NULL;
    return RIG_OK;
}

rig_status rig_people3d_cursor_find(rig_people3d_cursor *c, int number, const rig_frame3d **frame, rig_err *err) {
    RIG_TRY(rig_people3d_cursor_at(c, frame, err));
    while (*frame && (*frame)->frame < number) {
        rig_people3d_cursor_pass(c);
        RIG_TRY(rig_people3d_cursor_at(c, frame, err));
    }
    if (*frame && (*frame)->frame > number)
        *frame = NULL;
    return RIG_OK;
}

void rig_people2d_cursor_close(rig_people2d_cursor *c) {
    rig_people2d_close(c->reader);
    rig_arena_release(&c->arena);
    *c = (rig_people2d_cursor){.at = 0};
}

void rig_people3d_cursor_close(rig_people3d_cursor *c) {
    rig_people3d_close(c->reader);
    rig_arena_release(&c->arena);
    *c = (rig_people3d_cursor){.at = 0};
}
