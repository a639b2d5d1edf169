#include "calib/clock.h"

#include "calib/agreement.h"
#include "calib/joint.h"
#include "calib/links.h"
#include "calib/track.h"

#include <string.h>

enum { MOMENTS_MIN = 8, MOMENTS_MOST = 240, SCAN_MOMENTS = 16, STEPS = 10 };
static const double STEP_FIRST = 0.5, STEP_MOST = 2, STEP_LEAST = 0.004; // frames
static const double APART = 2;         // times each board's own fit: no offset explains what was seen
static const double JUMPS = 5;         // times the rms where it fits, a frame beside
static const double MOVED = 3;         // times the rms, from board to board: less may be noise
static const double SIGMA_MOST = 0.25; // frames; beyond, the board's motion says nothing

typedef struct pair {
    const rig_board *board;
    const rig_view_corners *a, *b;
    const rig_camera *cameras[2];
    rig_track track;          // of b
    rig_view_corners seen[2]; // a's boards, and b's as they were at the same moments
    double (*velocity)[2];    // of b's
} pair;

static rig_status pair_init(pair *p, rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)p->a->n, n_points = (size_t)rig_board_n(p->board);
    RIG_TRY(rig_track_init(p->board, p->b, &p->track, scratch, err));
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
static int shift(pair *p, double frames) {
    const ptrdiff_t n_points = rig_board_n(p->board);
    int n = 0;
    const int stride = p->a->n / MOMENTS_MOST + 1;
    for (int i = 0; i < p->a->n; i += stride) {
        rig_board_view *b = &p->seen[1].boards[n];
        if (!rig_track_at(&p->track, p->a->boards[i].frame - frames, b->q, p->velocity + n * n_points, b->seen))
            continue;
        b->frame = p->a->boards[i].frame;
        p->seen[0].boards[n++] = p->a->boards[i];
    }
    return p->seen[0].n = p->seen[1].n = n;
}

// Some of the moments are enough to choose by.
static void thin_out(pair *p) {
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
static rig_status scan(pair *p, int reach, int *best, bool *found, rig_arena *scratch, rig_err *err) {
    double least = INFINITY;
    *found = false;
    for (int frames = -reach; frames <= reach; frames++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        rig_sightings s;
        if (shift(p, frames) < MOMENTS_MIN)
            continue;
        thin_out(p);
        RIG_TRY(rig_sightings_gather(p->board, p->seen, 2, p->cameras, &s, scratch, err));
        int(*pairs)[2] = rig_arena_alloc(scratch, (size_t)s.n_moments, sizeof *pairs);
        if (!pairs)
            return rig_fail_memory(err, "moments in common");
        rig_link link = rig_link_find(&s, 0, 1, pairs);
        if (link.usable && link.misfit_px < least)
            least = link.misfit_px, *best = frames, *found = true;
        rig_arena_rewind(scratch, mark);
    }
    return RIG_OK;
}

// The joint refinement at an offset: how steep its cost is there (px^2 a frame). A corner of b is seen velocity x
// frames earlier, and by the envelope theorem nothing else counts at the optimum.
typedef struct fit {
    bool done, agrees;
    double slope, rms_px, variance_px2;
    double speed_px; // of b's corners, a frame; root mean square
    int n;
} fit;

static rig_status refine(pair *p, double frames, fit *f, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_joint joint = {.board = p->board, .n_views = 2, .seen = p->seen, .cameras = p->cameras, .fixed_lenses = true};
    *f = (fit){.n = shift(p, frames)};
    rig_status status = f->n < MOMENTS_MIN ? RIG_ERR_DATA : rig_joint_solve(&joint, scratch, scratch, err);
    const ptrdiff_t n_points = rig_board_n(p->board);
    int n_corners = 0;
    for (int i = 0; status == RIG_OK && i < joint.sightings.n; i++) {
        const rig_sighting *s = &joint.sightings.list[i];
        const rig_bundle_view *view = &joint.bundle.views[i];
        if (s->view != 1 || view->left_out)
            continue;
        rig_pose pose =
            rig_pose_mul(&joint.bundle.cameras[1].Rt_cam_world, &joint.bundle.boards[view->board].Rt_world_board);
        for (int k = 0; k < n_points; k++) {
            double at[3], q[2];
            rig_pose_apply(&pose, joint.bundle.p[k], at);
            if (!view->used[k] || !rig_camera_project(p->cameras[1], at, q, NULL, NULL))
                continue;
            const double *v = p->velocity[s->at * n_points + rig_board_turn_corner(p->board, k, s->reading)];
            f->speed_px += v[0] * v[0] + v[1] * v[1];
            n_corners++;
            f->slope += (q[0] - view->q[k][0]) * v[0] + (q[1] - view->q[k][1]) * v[1];
        }
    }
    f->speed_px = n_corners ? sqrt(f->speed_px / n_corners) : 0;
    f->done = f->agrees = status == RIG_OK;
    for (int c = 0; c < 2 && f->done; c++) {
        const rig_agreement a = rig_agreement_measure(&joint.bundle, c);
        f->agrees &= !rig_agreement_lacks(&a, APART);
    }
    f->rms_px = joint.report.rms_px;
    f->variance_px2 = joint.report.variance_px2;
    rig_arena_rewind(scratch, mark);
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

// The root of the slope, by secants.
static rig_status find_root(pair *p, int start, rig_clock_offset *offset, rig_arena *scratch, rig_err *err) {
    fit last, now;
    double x_last = start, x;
    RIG_TRY(refine(p, x_last, &last, scratch, err));
    x = x_last + (last.slope > 0 ? -STEP_FIRST : STEP_FIRST);
    for (int step = 0; step < STEPS && last.done; step++) {
        RIG_TRY(refine(p, x, &now, scratch, err));
        double curvature = (now.slope - last.slope) / (x - x_last);
        if (!now.done || !(curvature > 0))
            break;
        double by = fmax(-STEP_MOST, fmin(STEP_MOST, -now.slope / curvature));
        *offset = (rig_clock_offset){.frames = x + by, .rms_px = now.rms_px, .n = now.n};
        offset->sigma_frames = sqrt(now.variance_px2 / curvature);
        offset->known =
            now.agrees && offset->sigma_frames < SIGMA_MOST && now.speed_px * p->track.usual_gap > MOVED * now.rms_px;
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
static rig_status find_whole(pair *p, int start, rig_clock_offset *offset, rig_arena *scratch, rig_err *err) {
    fit here, beside;
    RIG_TRY(refine(p, start, &here, scratch, err));
    if (!here.agrees)
        return RIG_OK;
    for (int by = -1; by <= 1; by += 2) {
        RIG_TRY(refine(p, start + by, &beside, scratch, err));
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
    pair p = {.board = board, .a = a, .b = b, .cameras = {cam_a, cam_b}};
    int start = 0;
    bool found = false;
    fit at_0;
    *offset = (rig_clock_offset){.known = false};
    rig_status status = pair_init(&p, scratch, err);
    if (status == RIG_OK)
        status = scan(&p, reach, &start, &found, scratch, err);
    if (status == RIG_OK && found)
        status = find_root(&p, start, offset, scratch, err);
    if (status == RIG_OK && found && !offset->known)
        status = find_whole(&p, start, offset, scratch, err);
    if (status == RIG_OK && offset->known) {
        status = refine(&p, 0, &at_0, scratch, err);
        offset->rms_at_0_px = at_0.done ? at_0.rms_px : INFINITY;
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
