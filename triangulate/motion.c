#include "triangulate/motion.h"

#include "triangulate/path.h"
#include "triangulate/smooth.h"

#include <math.h>
#include <string.h>

enum { WINDOW = 4096 }; // frames, or twice the reach where that is more

static const double SIGMA_LEAST_M = 0.002, SIGMA_UNKNOWN_M = 0.02; // of a sample that is filtered

// Raw frames of a window.
typedef struct block {
    rig_arena arena; // of their people
    rig_frame3d *frames;
    int n, room;
} block;

// Where the joints of a person are at the end of a window, before they are filtered.
typedef struct tail {
    int id, first, n; // frame numbers
    double (*p)[3];   // n x joints
    bool *on;
} tail;

typedef struct person {
    rig_path path;
    tail tail;
    rig_arena arena; // of both
} person;

// The people of a window, and its frames.
typedef struct crowd {
    int n, room;
    person *people;
    rig_arena out;
} crowd;

struct rig_motion {
    const rig_body *body;
    const rig_bone_lengths *lengths;
    double fps;
    rig_motion_params params;
    int reach, window;
    bool started;
    long first, start;         // frame numbers: the take's first, the window's
    block before, now, behind; // windows: what is left of the last, the one in hand, the beginning of the next
    int n_context, room_context;
    rig_frame3d *context;    // the frames that the window in hand sees
    crowd crowds[2], *crowd; // crowd: that of the window in hand; the other one's frames are still in use
    int n_tails;
    tail *tails; // of the window before
    rig_arena tails_arena;
};

rig_motion_params rig_motion_defaults(void) {
    return (rig_motion_params){.fill_s = 0.2, .acceleration_m_s2 = 15, .filter = rig_filter_defaults(RIG_FILTER_NONE)};
}

static int fill_frames(const rig_motion *m) {
    return (int)floor(m->params.fill_s * m->fps + 1e-6);
}

rig_status rig_motion_open(const rig_body *body, const rig_bone_lengths *lengths, double fps,
                           const rig_motion_params *params, rig_motion **motion, rig_err *err) {
    rig_motion *made = rig_heap_resize(NULL, 1, sizeof *made);
    *motion = made;
    if (!made)
        return rig_fail_memory(err, "movement");
    *made = (rig_motion){.body = body, .lengths = lengths, .fps = fps, .params = *params};
    made->reach = rig_smooth_reach(body, fps, params->acceleration_m_s2) + fill_frames(made) +
                  rig_filter_reach(&params->filter, fps, params->acceleration_m_s2);
    made->window = 2 * made->reach > WINDOW ? 2 * made->reach : WINDOW;
    return RIG_OK;
}

// --- frames ----------------------------------------------------------------------------------------------------------

static rig_status frame_copy(const rig_motion *m, const rig_frame3d *frame, block *to, rig_err *err) {
    if (to->n == to->room) {
        int room = to->room ? 2 * to->room : 256;
        rig_frame3d *frames = rig_heap_resize(to->frames, (size_t)room, sizeof *frames);
        if (!frames)
            return rig_fail_memory(err, "frames");
        to->frames = frames, to->room = room;
    }
    RIG_TRY(rig_frame3d_copy(frame, m->body->n, &to->frames[to->n], &to->arena, err));
    to->n++;
    return RIG_OK;
}

static void block_clear(block *b) {
    rig_arena_clear(&b->arena);
    b->n = 0;
}

rig_status rig_motion_add(rig_motion *m, const rig_frame3d *frame, bool *more, rig_err *err) {
    if (!m->started)
        m->first = m->start = frame->frame;
    m->started = true;
    if (m->now.n == 0 && m->behind.n == 0) { // after a gap: the windows in it have nothing to refine
        long start = m->first + (frame->frame - m->first) / m->window * m->window;
        if (start > m->start)
            block_clear(&m->before), m->n_tails = 0;
        m->start = start;
    }
    *more = frame->frame < m->start + m->window + m->reach;
    return *more ? frame_copy(m, frame, frame->frame < m->start + m->window ? &m->now : &m->behind, err) : RIG_OK;
}

// --- a person --------------------------------------------------------------------------------------------------------

static rig_status filter_joint(rig_path *path, int j, int from, int to, double fps, const rig_motion_params *params,
                               double *x, double *sigma, rig_arena *scratch, rig_err *err) {
    for (int i = from; i < to; i++) {
        double s = path->joints[i * path->n_joints + j].sigma_m;
        sigma[i - from] = s > 0 ? fmax(s, SIGMA_LEAST_M) : SIGMA_UNKNOWN_M;
    }
    for (int k = 0; k < 3; k++) {
        for (int i = from; i < to; i++)
            x[i - from] = path->joints[i * path->n_joints + j].p[k];
        RIG_TRY(rig_filter_run(&params->filter, fps, x, sigma, params->acceleration_m_s2, to - from, scratch, err));
        for (int i = from; i < to; i++)
            path->joints[i * path->n_joints + j].p[k] = x[i - from];
    }
    return RIG_OK;
}

static rig_status filter_path(rig_path *path, double fps, const rig_motion_params *params, rig_arena *scratch,
                              rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *x = RIG_NEW(scratch, double, path->n), *sigma = RIG_NEW(scratch, double, path->n);
    if (!x || !sigma)
        return rig_fail_memory(err, "filter");
    for (int j = 0; j < path->n_joints; j++)
        for (int from = 0, to; rig_path_next(path, j, &from, &to); from = to)
            RIG_TRY(filter_joint(path, j, from, to, fps, params, x, sigma, scratch, err));
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

// The tail of the window before, as what is settled of the path.
static rig_status path_settle(const rig_motion *m, rig_path *path, rig_arena *out, rig_err *err) {
    const tail *before = NULL;
    const size_t n_joints = (size_t)path->n_joints;
    for (int i = 0; i < m->n_tails; i++)
        before = m->tails[i].id == path->id ? &m->tails[i] : before;
    if (!before || path->first >= m->start)
        return RIG_OK;
    path->n_settled = (int)(m->start - path->first);
    double(*p)[3] = rig_arena_alloc(out, (size_t)path->n_settled * n_joints, sizeof *p);
    bool *on = RIG_NEW(out, bool, (size_t)path->n_settled *n_joints);
    if (!p || !on)
        return rig_fail_memory(err, "a person's path");
    for (int i = 0; i < path->n_settled; i++) {
        int at = path->first + i - before->first;
        if (at < 0 || at >= before->n)
            continue;
        memcpy(p + (size_t)i * n_joints, before->p + (size_t)at * n_joints, n_joints * sizeof *p);
        memcpy(on + (size_t)i * n_joints, before->on + (size_t)at * n_joints, n_joints * sizeof *on);
    }
    path->settled = (const double(*)[3])p, path->settled_on = on;
    return RIG_OK;
}

// The last frames of the window, as the next one is to join on to them.
static rig_status tail_keep(const rig_motion *m, const rig_path *path, tail *kept, rig_arena *out, rig_err *err) {
    long end = m->start + m->window, from = end - m->reach > path->first ? end - m->reach : path->first;
    long to = end < path->first + path->n ? end : path->first + path->n;
    *kept = (tail){.id = path->id, .first = (int)from, .n = to > from ? (int)(to - from) : 0};
    const size_t count = (size_t)kept->n * (size_t)path->n_joints;
    kept->p = rig_arena_alloc(out, count, sizeof *kept->p);
    kept->on = RIG_NEW(out, bool, count);
    if (!kept->p || !kept->on)
        return rig_fail_memory(err, "a person's path");
    const size_t at = (size_t)(from - path->first) * (size_t)path->n_joints;
    for (size_t i = 0; i < count; i++) {
        memcpy(kept->p[i], path->joints[at + i].p, sizeof kept->p[i]);
        kept->on[i] = path->on[at + i];
    }
    return RIG_OK;
}

rig_status rig_motion_person(rig_motion *m, int i, rig_arena *scratch, rig_err *err) {
    person *who = &m->crowd->people[i];
    rig_path *path = &who->path;
    const double *lengths = rig_bone_lengths_find(m->lengths, path->id);
    RIG_TRY(rig_path_collect(m->context, m->n_context, m->body->n, path->id, fill_frames(m), path, &who->arena, err));
    if (lengths)
        memcpy(path->length_m, lengths, sizeof path->length_m);
    RIG_TRY(path_settle(m, path, scratch, err));
    RIG_TRY(rig_smooth(path, m->body, m->fps, m->params.acceleration_m_s2, scratch, err));
    RIG_TRY(tail_keep(m, path, &who->tail, &who->arena, err));
    return filter_path(path, m->fps, &m->params, scratch, err);
}

// --- a window --------------------------------------------------------------------------------------------------------

static rig_status context_add(rig_motion *m, const block *from, long first, rig_err *err) {
    if (m->n_context + from->n > m->room_context) {
        int room = 2 * (m->n_context + from->n);
        rig_frame3d *context = rig_heap_resize(m->context, (size_t)room, sizeof *context);
        if (!context)
            return rig_fail_memory(err, "frames");
        m->context = context, m->room_context = room;
    }
    for (int f = 0; f < from->n; f++)
        if (from->frames[f].frame >= first)
            m->context[m->n_context++] = from->frames[f];
    return RIG_OK;
}

// Somebody of the window; ids rise.
static rig_status id_add(crowd *c, int id, rig_err *err) {
    int at = c->n;
    while (at > 0 && c->people[at - 1].path.id > id)
        at--;
    if (at > 0 && c->people[at - 1].path.id == id)
        return RIG_OK;
    if (c->n == c->room) {
        int room = c->room ? 2 * c->room : 16;
        person *people = rig_heap_resize(c->people, (size_t)room, sizeof *people);
        if (!people)
            return rig_fail_memory(err, "people");
        memset(people + c->room, 0, (size_t)(room - c->room) * sizeof *people);
        c->people = people, c->room = room;
    }
    person made = c->people[c->n]; // its arena is kept from the windows before
    memmove(c->people + at + 1, c->people + at, (size_t)(c->n++ - at) * sizeof *c->people);
    rig_arena_clear(&made.arena);
    made.path = (rig_path){.id = id};
    c->people[at] = made;
    return RIG_OK;
}

rig_status rig_motion_begin(rig_motion *m, int *n_people, rig_err *err) {
    m->crowd = m->crowd == m->crowds ? m->crowds + 1 : m->crowds;
    m->n_context = m->crowd->n = 0;
    rig_arena_clear(&m->crowd->out);
    RIG_TRY(context_add(m, &m->before, m->start - m->reach, err));
    RIG_TRY(context_add(m, &m->now, m->start, err));
    RIG_TRY(context_add(m, &m->behind, m->start, err));
    for (int f = 0; f < m->now.n; f++)
        for (int i = 0; i < m->now.frames[f].n; i++)
            RIG_TRY(id_add(m->crowd, m->now.frames[f].people[i].id, err));
    *n_people = m->crowd->n;
    return RIG_OK;
}

// Somebody is there where a joint is, or where the raw frame had them.
static bool has_somebody(const rig_path *path, const rig_frame3d *raw) {
    int at = raw->frame - path->first;
    if (at < 0 || at >= path->n)
        return false;
    for (int j = 0; j < path->n_joints; j++)
        if (path->on[at * path->n_joints + j])
            return true;
    for (int i = 0; i < raw->n; i++)
        if (raw->people[i].id == path->id)
            return true;
    return false;
}

static rig_status tails_take(rig_motion *m, rig_err *err) {
    const size_t n_joints = (size_t)m->body->n;
    rig_arena_clear(&m->tails_arena);
    m->tails = RIG_NEW(&m->tails_arena, tail, m->crowd->n);
    if (!m->tails)
        return rig_fail_memory(err, "people");
    m->n_tails = m->crowd->n;
    for (int i = 0; i < m->crowd->n; i++) {
        const tail *from = &m->crowd->people[i].tail;
        const size_t count = (size_t)from->n * n_joints;
        tail *to = &m->tails[i];
        *to = *from;
        to->p = rig_arena_alloc(&m->tails_arena, count, sizeof *to->p);
        to->on = RIG_NEW(&m->tails_arena, bool, count);
        if (!to->p || !to->on)
            return rig_fail_memory(err, "people");
        memcpy(to->p, from->p, count * sizeof *to->p);
        memcpy(to->on, from->on, count * sizeof *to->on);
    }
    return RIG_OK;
}

static rig_status frames_make(rig_motion *m, rig_frame3d **frames, rig_err *err) {
    crowd *c = m->crowd;
    *frames = RIG_NEW(&c->out, rig_frame3d, m->now.n);
    rig_person3d *people = RIG_NEW(&c->out, rig_person3d, (size_t)m->now.n * (size_t)c->n);
    if (!*frames || !people)
        return rig_fail_memory(err, "frames");
    for (int f = 0; f < m->now.n; f++) {
        rig_frame3d *frame = &(*frames)[f];
        *frame = (rig_frame3d){.frame = m->now.frames[f].frame, .people = people};
        for (int i = 0; i < c->n; i++) {
            const rig_path *path = &c->people[i].path;
            if (!has_somebody(path, &m->now.frames[f]))
                continue;
            size_t at = (size_t)(frame->frame - path->first) * (size_t)path->n_joints;
            frame->people[frame->n++] = (rig_person3d){.id = path->id, .joints = path->joints + at};
        }
        people += frame->n;
    }
    return RIG_OK;
}

rig_status rig_motion_end(rig_motion *m, rig_frame3d **frames, int *n_frames, rig_err *err) {
    RIG_TRY(frames_make(m, frames, err));
    RIG_TRY(tails_take(m, err));
    *n_frames = m->now.n;
    block emptied = m->before;
    m->before = m->now, m->now = m->behind, m->behind = emptied;
    block_clear(&m->behind);
    m->start += m->window;
    return RIG_OK;
}

void rig_motion_close(rig_motion *m) {
    if (!m)
        return;
    block *const blocks[] = {&m->before, &m->now, &m->behind};
    for (int i = 0; i < 3; i++) {
        rig_arena_release(&blocks[i]->arena);
        rig_heap_free(blocks[i]->frames);
    }
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < m->crowds[i].room; k++)
            rig_arena_release(&m->crowds[i].people[k].arena);
        rig_heap_free(m->crowds[i].people);
        rig_arena_release(&m->crowds[i].out);
    }
    rig_heap_free(m->context);
    rig_arena_release(&m->tails_arena);
    rig_heap_free(m);
}
