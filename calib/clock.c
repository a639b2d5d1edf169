#include "calib/clock.h"

#include "calib/adjustment.h"
#include "calib/observations.h"
#include "calib/pose_graph.h"
#include "calib/quality.h"
#include "calib/trajectory.h"

enum { MOMENTS_MIN = 8, MOMENTS_MOST = 240, SCAN_MOMENTS = 16, STEPS = 14 };
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
    double (*velocity)[2];      // room for a board's
} view_pair;

static rig_status pair_init(view_pair *p, rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)p->a->n, n_points = (size_t)rig_board_n(p->board);
    RIG_TRY(rig_board_trajectory_init(p->board, p->b, &p->track, scratch, err));
    double(*q)[2] = rig_arena_alloc(scratch, n, n_points * sizeof *q);
    bool *masks = RIG_NEW(scratch, bool, n *n_points);
    p->velocity = rig_arena_alloc(scratch, n_points, sizeof *q);
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
    int n = 0;
    const int stride = p->a->n / MOMENTS_MOST + 1;
    for (int i = 0; i < p->a->n; i += stride) {
        rig_board_view *b = &p->seen[1].boards[n];
        if (!rig_board_trajectory_at(&p->track, p->a->boards[i].frame - frames, b->q, p->velocity, b->seen))
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

// Whether a moment tells anything: at a wrong offset one view's board is left out, and the other fits by itself.
static bool both_used(const rig_adjustment *adjustment, int i) {
    const rig_board_observation *s = adjustment->observations.list;
    const rig_bundle_view *views = adjustment->bundle.views;
    return i > 0 && s[i].view == 1 && s[i - 1].moment == s[i].moment && !views[i].left_out && !views[i - 1].left_out;
}

// b's corners where the fit has them, as a track of their own; at: which of the bundle's views each board is. Their
// velocity is the fit's: as read from b's own corners it would have their noise, which between two frames is averaged
// and so would pull the root to the middle of them.
static rig_status fitted_track(const view_pair *p, const rig_adjustment *adjustment, rig_board_trajectory *track,
                               const int **at, rig_arena *scratch, rig_err *err) {
    const rig_bundle *bundle = &adjustment->bundle;
    const size_t n_points = (size_t)rig_board_n(p->board), room = (size_t)adjustment->observations.n;
    rig_view_corners fitted = {.boards = RIG_NEW(scratch, rig_board_view, room)};
    int *views = RIG_NEW(scratch, int, room);
    if (!fitted.boards || !views)
        return rig_fail_memory(err, "the fit's boards");
    for (int i = 0; i < adjustment->observations.n; i++) {
        const rig_bundle_view *view = &bundle->views[i];
        const rig_board_observation *s = &adjustment->observations.list[i];
        rig_board_view *board = &fitted.boards[fitted.n];
        if (!both_used(adjustment, i))
            continue;
        const rig_pose pose = rig_bundle_view_pose(view, bundle->cameras, bundle->boards);
        *board = (rig_board_view){.frame = p->seen[1].boards[s->at].frame,
                                  .q = rig_arena_alloc(scratch, n_points, sizeof *board->q),
                                  .seen = RIG_NEW(scratch, bool, n_points)};
        if (!board->q || !board->seen)
            return rig_fail_memory(err, "the fit's boards");
        for (size_t k = 0; k < n_points; k++) {
            double at_cam[3];
            rig_pose_apply(&pose, bundle->p[k], at_cam);
            board->seen[k] = view->used[k] && rig_camera_project(p->cameras[1], at_cam, board->q[k], NULL, NULL);
        }
        views[fitted.n++] = i;
    }
    *at = views;
    return rig_board_trajectory_init(p->board, &fitted, track, scratch, err);
}

// The slope, and what is known of it.
static rig_status slope_measure(const view_pair *p, const rig_adjustment *adjustment, offset_fit *f, rig_arena *scratch,
                                rig_err *err) {
    const size_t n_points = (size_t)rig_board_n(p->board);
    double squares = 0, speeds = 0, speeds_squares = 0;
    int n_corners = 0;
    rig_board_trajectory fitted;
    const int *at = NULL;
    RIG_TRY(fitted_track(p, adjustment, &fitted, &at, scratch, err));
    double(*q)[2] = rig_arena_alloc(scratch, n_points, sizeof *q),
    (*v)[2] = rig_arena_alloc(scratch, n_points, sizeof *v);
    bool *seen = RIG_NEW(scratch, bool, n_points);
    if (!q || !v || !seen)
        return rig_fail_memory(err, "a board's motion");
    for (int m = 0; m < fitted.n; m++) {
        const rig_bundle_view *view = &adjustment->bundle.views[at[m]];
        double slope = 0, speed2 = 0;
        if (!rig_board_trajectory_at(&fitted, fitted.frame[m], q, v, seen))
            continue;
        for (int i = 0; i < (int)n_points; i++) {
            const double *q_seen = view->q[rig_board_turn_corner(p->board, i, fitted.reading[m])];
            if (!seen[i])
                continue;
            speed2 += v[i][0] * v[i][0] + v[i][1] * v[i][1];
            n_corners++;
            slope += (q[i][0] - q_seen[0]) * v[i][0] + (q[i][1] - q_seen[1]) * v[i][1];
        }
        f->slope += slope, squares += slope * slope;
        speeds += speed2, speeds_squares += speed2 * speed2;
    }
    f->speed_px = n_corners ? sqrt(speeds / n_corners) : 0;
    f->slope_spread = sqrt(squares);
    f->worth = speeds_squares > 0 ? speeds * speeds / speeds_squares : 0;
    f->done = fitted.n >= MOMENTS_MIN && 2 * fitted.n > f->n;
    return RIG_OK;
}

static rig_status offset_refine(view_pair *p, double frames, offset_fit *f, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_adjustment adjustment = {
        .board = p->board, .n_views = 2, .seen = p->seen, .cameras = p->cameras, .fixed_lenses = true, .lenient = true};
    *f = (offset_fit){.n = shift(p, frames)};
    rig_status status = f->n < MOMENTS_MIN ? RIG_ERR_DATA : rig_adjustment_solve(&adjustment, scratch, scratch, err);
    if (status == RIG_OK)
        status = slope_measure(p, &adjustment, f, scratch, err);
    f->agrees = f->done;
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
        if (!now.done || !(curvature > 0)) { // too far for what lies within the limits of outliers
            x = (x + x_last) / 2;
            continue;
        }
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
