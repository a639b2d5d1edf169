#include "calib/clock.h"

#include "calib/adjustment.h"
#include "calib/observations.h"
#include "calib/pose_graph.h"
#include "calib/quality.h"
#include "core/median.h"

#include <string.h>

enum { GAPS = 2, GAP_LEAST = 3 }; // of the usual gap; frames

static double distance2(const double a[2], const double b[2]) {
    return (a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]);
}

static bool has(const rig_board_trajectory *t, int k, int i) {
    return !t->seen[k] || t->seen[k][i];
}

// Between two frames a board moves less than it would by being read from another end: the mean over corners of both.
static int reading_as_before(const rig_board_trajectory *t, int k, const rig_board_view *board) {
    const int n = rig_board_n(t->board), step = rig_board_turn_step(t->board);
    double least = INFINITY;
    int reading = 0;
    for (int turn = 0; turn < 4 && k > 0; turn += step) {
        double sum = 0;
        int n_both = 0;
        for (int i = 0; i < n; i++) {
            const int from = rig_board_turn_corner(t->board, i, turn);
            if (!has(t, k - 1, i) || (board->seen && !board->seen[from]))
                continue;
            sum += distance2(board->q[from], t->q[(ptrdiff_t)(k - 1) * n + i]);
            n_both++;
        }
        if (n_both && sum / n_both < least)
            least = sum / n_both, reading = turn;
    }
    return reading;
}

static rig_status read_as_before(rig_board_trajectory *t, int k, const rig_board_view *board, const bool **mask,
                                 rig_arena *arena, rig_err *err) {
    const int n = rig_board_n(t->board), reading = reading_as_before(t, k, board);
    bool *seen = board->seen ? RIG_NEW(arena, bool, n) : NULL;
    if (board->seen && !seen)
        return rig_fail_memory(err, "a board's track");
    for (int i = 0; i < n; i++) {
        const int from = rig_board_turn_corner(t->board, i, reading);
        memcpy(t->q[(ptrdiff_t)k * n + i], board->q[from], sizeof *t->q);
        if (seen)
            seen[i] = board->seen[from];
    }
    *mask = seen;
    return RIG_OK;
}

rig_status rig_board_trajectory_init(const rig_board *board, const rig_view_corners *seen, rig_board_trajectory *track,
                                     rig_arena *arena, rig_err *err) {
    const size_t n = (size_t)seen->n, n_points = (size_t)rig_board_n(board);
    int *frame = RIG_NEW(arena, int, n);
    double *gaps = RIG_NEW(arena, double, n + 1);
    const bool **masks = RIG_NEW(arena, const bool *, n);
    *track = (rig_board_trajectory){.board = board, .n = seen->n, .frame = frame, .seen = masks};
    track->q = rig_arena_alloc(arena, n, n_points * sizeof *track->q);
    if (!frame || !gaps || !masks || !track->q)
        return rig_fail_memory(err, "a board's track");
    for (int k = 0; k < track->n; k++) {
        frame[k] = seen->boards[k].frame;
        gaps[k] = k ? frame[k] - frame[k - 1] : 0;
        RIG_TRY(read_as_before(track, k, &seen->boards[k], &masks[k], arena, err));
    }
    track->usual_gap = track->n > 1 ? (int)rig_median(gaps + 1, track->n - 1) : 1;
    track->gap = GAPS * track->usual_gap > GAP_LEAST ? GAPS * track->usual_gap : GAP_LEAST;
    return RIG_OK;
}

static bool joined(const rig_board_trajectory *t, int k) { // k to k + 1
    return k >= 0 && k + 1 < t->n && t->frame[k + 1] - t->frame[k] <= t->gap;
}

// A corner's velocity at its own frame k: over both neighbours where they are, else to the one there is.
static double slope(const rig_board_trajectory *t, int k, int i, int axis) {
    const ptrdiff_t n = rig_board_n(t->board);
    int from = joined(t, k - 1) && has(t, k - 1, i) ? k - 1 : k, to = joined(t, k) && has(t, k + 1, i) ? k + 1 : k;
    return from == to ? 0 : (t->q[to * n + i][axis] - t->q[from * n + i][axis]) / (t->frame[to] - t->frame[from]);
}

bool rig_board_trajectory_at(const rig_board_trajectory *t, double x, double (*q)[2], double (*velocity)[2],
                             bool *seen) {
    const ptrdiff_t n = rig_board_n(t->board);
    int low = 0, high = t->n; // the first frame after x
    while (low < high) {
        int middle = (low + high) / 2;
        if (t->frame[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    const int k = low - 1;
    if (k < 0 || (t->frame[k] < x && !joined(t, k)))
        return false;
    const bool between = t->frame[k] < x;
    const double h = between ? t->frame[k + 1] - t->frame[k] : 1, u = (x - t->frame[k]) / h;
    const double h00 = (1 + 2 * u) * (1 - u) * (1 - u), h10 = u * (1 - u) * (1 - u), h01 = 1 - h00;
    const double h11 = u * u * (u - 1), d00 = 6 * u * (u - 1), d10 = (1 - u) * (1 - 3 * u), d11 = u * (3 * u - 2);
    for (int i = 0; i < n; i++) {
        seen[i] = has(t, k, i) && (!between || has(t, k + 1, i));
        for (int axis = 0; axis < 2 && seen[i]; axis++) {
            const double a = t->q[k * n + i][axis], m = slope(t, k, i, axis);
            if (!between) {
                q[i][axis] = a;
                velocity[i][axis] = m;
                continue;
            }
            const double b = t->q[(k + 1) * n + i][axis], mb = slope(t, k + 1, i, axis); // cubic Hermite
            q[i][axis] = h00 * a + h01 * b + h * (h10 * m + h11 * mb);
            velocity[i][axis] = d00 * (a - b) / h + d10 * m + d11 * mb;
        }
    }
    return true;
}

enum { MOMENTS_MIN = 8, MOMENTS_MOST = 240, SCAN_MOMENTS = 16, STEPS = 10 };
static const double STEP_FIRST = 0.5, STEP_MOST = 2, STEP_LEAST = 0.004; // frames
static const double APART = 2;         // times each board's own fit: no offset explains what was seen
static const double JUMPS = 5;         // times the rms where it fits, a frame beside
static const double MOVED = 3;         // times the rms, from board to board: less may be noise
static const double WORTH_LEAST = 4;   // moments of equal motion: a board that rests but for a few tells nothing
static const double SIGMA_MOST = 0.25; // frames; beyond, the board's motion says nothing

typedef struct view_pair {
    const rig_board *board;
    const rig_view_corners *a, *b;
    const rig_camera *cameras[2];
    rig_board_trajectory track; // of b
    rig_view_corners seen[2];   // a's boards, and b's as they were at the same moments
    double (*velocity)[2];      // of b's
} view_pair;

static rig_status pair_init(view_pair *p, rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)p->a->n, n_points = (size_t)rig_board_n(p->board);
    RIG_TRY(rig_board_trajectory_init(p->board, p->b, &p->track, scratch, err));
    double(*q)[2] = rig_arena_alloc(scratch, n, n_points * sizeof *q);
    bool *masks = RIG_NEW(scratch, bool, n *n_points);
    p->velocity = rig_arena_alloc(scratch, n, n_points * sizeof *q);
    p->seen[0] = *p->a;
    p->seen[1] = *p->b;
    p->seen[0].boards = RIG_NEW(scratch, rig_board_view, n);
    p->seen[1].boards = RIG_NEW(scratch, rig_board_view, n);
    if (!q || !masks || !p->velocity || !p->seen[0].boards || !p->seen[1].boards)
        return rig_fail_memory(err, "boards between frames");
    for (size_t i = 0; i < n; i++)
        p->seen[1].boards[i] = (rig_board_view){.q = q + i * n_points, .seen = masks + i * n_points};
    return RIG_OK;
}

// The moments of a at which b, so many frames late, saw the board too; how many.
static int shift(view_pair *p, double frames) {
    const ptrdiff_t n_points = rig_board_n(p->board);
    int n = 0;
    const int stride = p->a->n / MOMENTS_MOST + 1;
    for (int i = 0; i < p->a->n; i += stride) {
        rig_board_view *b = &p->seen[1].boards[n];
        if (!rig_board_trajectory_at(&p->track, p->a->boards[i].frame - frames, b->q, p->velocity + n * n_points,
                                     b->seen))
            continue;
        b->frame = p->a->boards[i].frame;
        p->seen[0].boards[n++] = p->a->boards[i];
    }
    return p->seen[0].n = p->seen[1].n = n;
}

// Some of the moments are enough to choose by.
static void thin_out(view_pair *p) {
    const int n = p->seen[0].n, kept = n < SCAN_MOMENTS ? n : SCAN_MOMENTS;
    for (int i = 0; i < kept; i++) {
        const int from = (int)((ptrdiff_t)i * n / kept);
        p->seen[0].boards[i] = p->seen[0].boards[from];
        const rig_board_view held = p->seen[1].boards[i]; // its corners' memory stays
        p->seen[1].boards[i] = p->seen[1].boards[from];
        p->seen[1].boards[from] = held;
    }
    p->seen[0].n = p->seen[1].n = kept;
}

// The whole number of frames at which the boards' poses agree best.
static rig_status scan(view_pair *p, int reach, int *best, bool *found, rig_arena *scratch, rig_err *err) {
    double least = INFINITY;
    *found = false;
    for (int frames = -reach; frames <= reach; frames++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        rig_board_observations s;
        if (shift(p, frames) < MOMENTS_MIN)
            continue;
        thin_out(p);
        RIG_TRY(rig_board_observations_gather(p->board, p->seen, 2, p->cameras, &s, scratch, err));
        int(*pairs)[2] = rig_arena_alloc(scratch, (size_t)s.n_moments, sizeof *pairs);
        if (!pairs)
            return rig_fail_memory(err, "moments in common");
        rig_relative_pose relative = rig_relative_pose_find(&s, 0, 1, pairs);
        if (relative.usable && relative.misfit_px < least)
            least = relative.misfit_px, *best = frames, *found = true;
        rig_arena_rewind(scratch, mark);
    }
    return RIG_OK;
}

// The bundle adjustment at an offset: how steep its cost is there (px^2 a frame). A corner of b is seen velocity x
// frames earlier, and by the envelope theorem nothing else counts at the optimum.
typedef struct offset_fit {
    bool done, agrees;
    double slope, rms_px, variance_px2;
    double speed_px; // of b's corners, a frame; root mean square
    double
        slope_spread; // of the slope, by how its moments scatter: all corners of a moment err together between frames
    double worth;     // how many moments of equal motion those are worth
    int n;
} offset_fit;

static rig_status offset_refine(view_pair *p, double frames, offset_fit *f, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_adjustment adjustment = {
        .board = p->board, .n_views = 2, .seen = p->seen, .cameras = p->cameras, .fixed_lenses = true};
    *f = (offset_fit){.n = shift(p, frames)};
    rig_status status = f->n < MOMENTS_MIN ? RIG_ERR_DATA : rig_adjustment_solve(&adjustment, scratch, scratch, err);
    const ptrdiff_t n_points = rig_board_n(p->board);
    double squares = 0, speeds = 0, speeds_squares = 0;
    int n_corners = 0;
    for (int i = 0; status == RIG_OK && i < adjustment.observations.n; i++) {
        const rig_board_observation *s = &adjustment.observations.list[i];
        const rig_bundle_view *view = &adjustment.bundle.views[i];
        if (s->view != 1 || view->left_out)
            continue;
        rig_pose pose = rig_pose_mul(&adjustment.bundle.cameras[1].Rt_cam_world,
                                     &adjustment.bundle.boards[view->board].Rt_world_board);
        double slope = 0, speed2 = 0;
        for (int k = 0; k < n_points; k++) {
            double at[3], q[2];
            rig_pose_apply(&pose, adjustment.bundle.p[k], at);
            if (!view->used[k] || !rig_camera_project(p->cameras[1], at, q, NULL, NULL))
                continue;
            const double *v = p->velocity[s->at * n_points + rig_board_turn_corner(p->board, k, s->reading)];
            speed2 += v[0] * v[0] + v[1] * v[1];
            n_corners++;
            slope += (q[0] - view->q[k][0]) * v[0] + (q[1] - view->q[k][1]) * v[1];
        }
        f->slope += slope, squares += slope * slope;
        speeds += speed2, speeds_squares += speed2 * speed2;
    }
    f->speed_px = n_corners ? sqrt(speeds / n_corners) : 0;
    f->slope_spread = sqrt(squares);
    f->worth = speeds_squares > 0 ? speeds * speeds / speeds_squares : 0;
    f->done = f->agrees = status == RIG_OK;
    for (int c = 0; c < 2 && f->done; c++) {
        const rig_consistency a = rig_consistency_measure(&adjustment.bundle, c);
        f->agrees &= !rig_consistency_lacks(&a, APART);
    }
    f->rms_px = adjustment.report.rms_px;
    f->variance_px2 = adjustment.report.variance_px2;
    rig_arena_rewind(scratch, mark);
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

// The root of the slope, by secants.
static rig_status find_root(view_pair *p, int start, rig_clock_offset *offset, rig_arena *scratch, rig_err *err) {
    offset_fit last, now;
    double x_last = start, x;
    RIG_TRY(offset_refine(p, x_last, &last, scratch, err));
    x = x_last + (last.slope > 0 ? -STEP_FIRST : STEP_FIRST);
    for (int step = 0; step < STEPS && last.done; step++) {
        RIG_TRY(offset_refine(p, x, &now, scratch, err));
        double curvature = (now.slope - last.slope) / (x - x_last);
        if (!now.done || !(curvature > 0))
            break;
        double by = fmax(-STEP_MOST, fmin(STEP_MOST, -now.slope / curvature));
        *offset = (rig_clock_offset){.frames = x + by, .rms_px = now.rms_px, .n = now.n};
        offset->sigma_frames = fmax(sqrt(now.variance_px2 / curvature), now.slope_spread / curvature);
        offset->known = now.agrees && now.worth >= WORTH_LEAST && offset->sigma_frames < SIGMA_MOST &&
                        now.speed_px * p->track.usual_gap > MOVED * now.rms_px;
        if (fabs(by) < STEP_LEAST)
            return RIG_OK;
        last = now;
        x_last = x;
        x += by;
    }
    offset->known = false;
    return RIG_OK;
}

// A board that jumps from frame to frame is nowhere between them: the offset is the whole number at which it fits,
// where the ones next to it do not.
static rig_status find_whole(view_pair *p, int start, rig_clock_offset *offset, rig_arena *scratch, rig_err *err) {
    offset_fit here, beside;
    RIG_TRY(offset_refine(p, start, &here, scratch, err));
    if (!here.agrees)
        return RIG_OK;
    for (int by = -1; by <= 1; by += 2) {
        RIG_TRY(offset_refine(p, start + by, &beside, scratch, err));
        if (beside.done && beside.rms_px < JUMPS * here.rms_px)
            return RIG_OK;
    }
    *offset = (rig_clock_offset){.known = true, .frames = start, .rms_px = here.rms_px, .n = here.n};
    return RIG_OK;
}

rig_status rig_clock_offset_find(const rig_board *board, const rig_view_corners *a, const rig_view_corners *b,
                                 const rig_camera *cam_a, const rig_camera *cam_b, int reach, rig_clock_offset *offset,
                                 rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    view_pair p = {.board = board, .a = a, .b = b, .cameras = {cam_a, cam_b}};
    int start = 0;
    bool found = false;
    offset_fit at_0;
    *offset = (rig_clock_offset){.known = false};
    rig_status status = pair_init(&p, scratch, err);
    if (status == RIG_OK)
        status = scan(&p, reach, &start, &found, scratch, err);
    if (status == RIG_OK && found)
        status = find_root(&p, start, offset, scratch, err);
    if (status == RIG_OK && found && !offset->known)
        status = find_whole(&p, start, offset, scratch, err);
    if (status == RIG_OK && offset->known) {
        status = offset_refine(&p, 0, &at_0, scratch, err);
        offset->rms_at_0_px = at_0.done ? at_0.rms_px : INFINITY;
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
