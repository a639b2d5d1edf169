// Lens `auto`: all models tried on the same corners.
#include "calib/intrinsics_try.h"
#include "calib/quality.h"
#include "calib/threads.h"

#include <math.h>
#include <stddef.h>

enum { WORTH = 6 };                 // independent numbers that a board is worth: its errors are common to its corners
static const double CAP_SIGMAS = 5; // of the best lens: farther off, a corner counts as so far
static const double CAP_LEAST_PX = 0.2;    // no nearer
static const double ROOT_TWO = 1.41421356; // rms of both axes over sigma of one

typedef struct trial {
    rig_arena out, scratch; // its own, so that all can run side by side
    rig_status status;
    rig_err err;
    rig_view_camera camera;
    double *d_px; // of every corner, as rig_intrinsics_try has it
} trial;

typedef struct trials {
    const rig_board *board;
    const rig_view_corners *seen;
    trial *list; // RIG_LENS_COUNT a camera
} trials;

static void try_lens(void *self, int k) {
    const trials *all = self;
    const rig_view_corners *seen = &all->seen[k / RIG_LENS_COUNT];
    trial *t = &all->list[k];
    t->d_px = rig_arena_alloc(&t->out, (size_t)seen->n, (size_t)rig_board_n(all->board) * sizeof *t->d_px);
    t->status = t->d_px ? rig_intrinsics_try(all->board, seen, (rig_lens)(k % RIG_LENS_COUNT), &t->camera, t->d_px,
                                             &t->out, &t->scratch, &t->err)
                        : rig_fail_memory(&t->err, "the corners' distances");
}

// One camera's lenses on the corners that any of them reaches.
typedef struct comparison {
    const rig_view_corners *seen;
    int n_points;
    const int *group;
    int n_groups;
    trial *list; // RIG_LENS_COUNT
    double cap_px;
} comparison;

static bool reached(const comparison *c, int at) {
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++)
        if (c->list[lens].status == RIG_OK && c->list[lens].d_px[at] <= c->cap_px)
            return true;
    return false;
}

// The rms over the boards held out, and what the lens gives up of the others.
static double error_of(const comparison *c, const trial *t) {
    double held_out = 0, lost = 0;
    int n_held_out = 0, n_others = 0;
    for (int v = 0; v < c->seen->n; v++)
        for (int i = 0; i < c->n_points; i++) {
            const int at = v * c->n_points + i;
            const double d = fmin(t->d_px[at], c->cap_px);
            if ((c->seen->boards[v].seen && !c->seen->boards[v].seen[i]) || !reached(c, at))
                continue;
            if (rig_holdout_keeps(c->group[v]))
                held_out += d * d, n_held_out++;
            else
                lost += d < c->cap_px ? 0 : d * d, n_others++;
        }
    return n_held_out && n_others ? sqrt(held_out / n_held_out + lost / n_others) : 0;
}

// The lens of the least error, where each coefficient must earn its place; -1 where none was fitted. Each one's error
// in rms_px. What its covariance says of places where no board was does not count: a lens of the wrong kind is as sure
// of them as the right one. But a real board errs alike in all pictures, and coefficients that follow it are wrong
// there. Source: Schwarz 1978, "Estimating the dimension of a model".
static int choose(const comparison *c, double rms_px[RIG_LENS_COUNT]) {
    const double n = WORTH * c->n_groups, price = log(n) / (2 * n);
    double least = INFINITY;
    int best = -1;
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        const trial *t = &c->list[lens];
        rms_px[lens] = t->status == RIG_OK && t->camera.held_out_rms_px > 0 ? error_of(c, t) : 0;
        const double worth = rms_px[lens] * exp(price * rig_lens_n_dist((rig_lens)lens));
        if (worth > 0 && worth < least)
            least = worth, best = lens;
    }
    return best;
}

static rig_status camera_choose(const trials *all, int v, rig_view_camera *camera, rig_arena *scratch, rig_err *err) {
    comparison c = {.seen = &all->seen[v], .list = all->list + (ptrdiff_t)RIG_LENS_COUNT * v};
    c.n_points = rig_board_n(all->board);
    int *group = RIG_NEW(scratch, int, c.seen->n), n_solved = 0;
    double rms_px[RIG_LENS_COUNT], least_rms_px = INFINITY;
    if (!group)
        return rig_fail_memory(err, "groups of boards");
    const int n_groups = rig_holdout_groups(c.seen, c.n_points, group);
    c.group = group, c.n_groups = n_groups;
    if (n_groups < RIG_HOLDOUT_FRAMES_MIN)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': lens 'auto' needs >= %d boards, got %d%s", c.seen->view,
                        RIG_HOLDOUT_FRAMES_MIN, n_groups,
                        n_groups < c.seen->n ? " in different places: move it more" : "");
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        if (c.list[lens].status == RIG_ERR_MEMORY)
            return rig_fail(err, RIG_ERR_MEMORY, "%s", c.list[lens].err.text);
        n_solved += c.list[lens].status == RIG_OK;
        if (c.list[lens].status == RIG_OK)
            least_rms_px = fmin(least_rms_px, c.list[lens].camera.rms_px);
    }
    c.cap_px = fmax(CAP_LEAST_PX, CAP_SIGMAS * least_rms_px / ROOT_TWO);
    const int best = choose(&c, rms_px);
    if (best < 0 && n_solved > 0)
        return rig_fail(
            err, RIG_ERR_DATA,
            "camera '%s': lens 'auto' cannot choose: no lens could be fitted with a fifth of its boards held out",
            c.seen->view);
    if (best < 0)
        return rig_fail(err, RIG_ERR_DATA, "%s", c.list[RIG_LENS_PINHOLE0].err.text);
    *camera = c.list[best].camera;
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++)
        camera->lens_rms_px[lens] = rms_px[lens];
    return RIG_OK;
}

rig_status rig_intrinsics_choose_all(const rig_board *board, const rig_view_corners *seen, int n,
                                     rig_view_camera *cameras, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const int n_trials = n * RIG_LENS_COUNT;
    trials all = {board, seen, RIG_NEW(scratch, trial, n_trials)};
    if (!all.list)
        return rig_fail_memory(err, "lenses");
    rig_threads_run(try_lens, &all, n_trials);
    rig_status status = RIG_OK;
    for (int v = 0; v < n && status == RIG_OK; v++) {
        status = camera_choose(&all, v, &cameras[v], scratch, err);
        if (status == RIG_OK)
            status = rig_intrinsics_keep(&cameras[v], out, err);
    }
    for (int k = 0; k < n_trials; k++) {
        rig_arena_release(&all.list[k].out);
        rig_arena_release(&all.list[k].scratch);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
