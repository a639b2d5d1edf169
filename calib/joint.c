#include "calib/joint.h"

#include "calib/agreement.h"
#include "calib/board_shape.h"
#include "calib/links.h"
#include "calib/moments.h"
#include "calib/reseat.h"

#include <string.h>

enum { LENS_BOARDS_MIN = 3 };       // fewer do not speak of a lens
static const double APART_MOST = 5; // times each board's own fit: no calibration
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};
static const rig_bundle_options ON_THE_WAY = {.corner_sigmas = 5, .view_ratio = 3, .rough = true};

static int n_lens_boards(const rig_joint *joint, int view) {
    return joint->lens_seen && joint->lens_seen[view] && !joint->fixed_lenses ? joint->lens_seen[view]->n : 0;
}

static rig_status allocate(rig_joint *joint, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &joint->bundle;
    const rig_sightings *s = &joint->sightings;
    *b = (rig_bundle){.n_points = s->n_points, .p = s->p, .n_cameras = joint->n_views};
    b->n_boards = s->n_moments;
    b->n_views = s->n;
    for (int v = 0; v < joint->n_views; v++) {
        b->n_boards += n_lens_boards(joint, v);
        b->n_views += n_lens_boards(joint, v);
    }
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    return b->cameras && b->boards && b->views ? RIG_OK : rig_fail_memory(err, "the rig's unknowns");
}

static void fill_cameras(rig_joint *joint, const rig_pose *Rt_view_first) {
    for (int v = 0; v < joint->n_views; v++) {
        bool few = joint->seen[v].n + n_lens_boards(joint, v) < LENS_BOARDS_MIN;
        joint->bundle.cameras[v] =
            (rig_bundle_camera){.camera = *joint->cameras[v],
                                .Rt_cam_world = Rt_view_first[v],
                                .held_lens = joint->fixed_lenses || few ? RIG_BUNDLE_HOLD_LENS : 0,
                                .held_pose = joint->surveyed ? joint->surveyed[v] != NULL : v == 0};
    }
}

// The chain carried over to the surveyed world by its first surveyed view; the others take their own places there.
static void survey(const rig_joint *joint, rig_pose *Rt_view_first) {
    int h = 0;
    while (!joint->surveyed[h])
        h++;
    const rig_pose Rt_first_h = rig_pose_invert(&Rt_view_first[h]);
    const rig_pose Rt_first_world = rig_pose_mul(&Rt_first_h, joint->surveyed[h]);
    for (int v = 0; v < joint->n_views; v++)
        Rt_view_first[v] = joint->surveyed[v] ? *joint->surveyed[v] : rig_pose_mul(&Rt_view_first[v], &Rt_first_world);
}

// A board that one view alone saw speaks of that view's lens, in its own frame.
static rig_status fill_moments(rig_joint *joint, const rig_pose *Rt_view_first, rig_arena *scratch, rig_err *err) {
    rig_sightings *s = &joint->sightings;
    for (int m = 0; m < s->n_moments; m++) {
        rig_bundle_board *board = &joint->bundle.boards[m];
        *board = (rig_bundle_board){.Rt_world_board = rig_pose_identity(), .own = s->first[m + 1] - s->first[m] == 1};
        bool settled = rig_moment_settle(s, m, Rt_view_first, &board->Rt_world_board);
        if (board->own && settled)
            board->Rt_world_board = s->list[s->first[m]].poses.Rt_cam_board[0];
        for (int i = s->first[m]; i < s->first[m + 1]; i++) {
            rig_bundle_view *view = &joint->bundle.views[i];
            *view = (rig_bundle_view){.camera = s->list[i].view, .board = m, .left_out = !settled};
            view->doubtful = s->list[i].doubtful;
            view->used = RIG_NEW(scratch, bool, s->n_points);
            if (!view->used)
                return rig_fail_memory(err, "a view's corners");
            RIG_TRY(rig_sighting_read(s, &s->list[i], view, scratch, err));
        }
    }
    return RIG_OK;
}

static rig_status fill_lens_boards(rig_joint *joint, rig_arena *scratch, rig_err *err) {
    int at_view = joint->sightings.n, at_board = joint->sightings.n_moments;
    for (int v = 0; v < joint->n_views; v++) {
        if (n_lens_boards(joint, v) == 0)
            continue;
        rig_sightings alone;
        RIG_TRY(rig_sightings_gather(joint->board, joint->lens_seen[v], 1, &joint->cameras[v], &alone, scratch, err));
        for (int i = 0; i < alone.n; i++, at_view++, at_board++) {
            const rig_plane_poses *poses = &alone.list[i].poses;
            joint->bundle.views[at_view] = (rig_bundle_view){.camera = v,
                                                             .board = at_board,
                                                             .q = alone.list[i].q,
                                                             .seen = alone.list[i].seen,
                                                             .used = RIG_NEW(scratch, bool, alone.n_points),
                                                             .left_out = poses->n == 0};
            if (!joint->bundle.views[at_view].used)
                return rig_fail_memory(err, "a lens's boards");
            joint->bundle.boards[at_board] = (rig_bundle_board){
                .own = true, .Rt_world_board = poses->n ? poses->Rt_cam_board[0] : rig_pose_identity()};
        }
    }
    return RIG_OK;
}

// After what was left out, every camera must still hang on the others by some board.
static rig_status check_links(const rig_joint *joint, rig_err *err) {
    const rig_bundle *b = &joint->bundle;
    for (int v = 0; v < joint->n_views; v++) {
        int n_shared = 0;
        for (int i = 0; i < joint->sightings.n; i++)
            n_shared += b->views[i].camera == v && !b->views[i].left_out && !b->boards[b->views[i].board].own;
        if (n_shared == 0 && joint->n_views > 1)
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': none of its %d boards fits what the other cameras saw at the same moment",
                            joint->seen[v].view, joint->seen[v].n);
    }
    return RIG_OK;
}

// Boards that fit alone and not together are of no one moment, or of cameras that moved.
static rig_status check_agreement(const rig_joint *joint, rig_err *err) {
    for (int v = 0; v < joint->n_views; v++) {
        const rig_agreement a = rig_agreement_measure(&joint->bundle, v);
        if (rig_agreement_lacks(&a, APART_MOST))
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': its boards lie elsewhere than the other cameras have them: rms %.2f px, each "
                            "board alone %.2f px: is it synchronous, did a camera move?",
                            joint->seen[v].view, a.together_px, a.alone_px);
    }
    return RIG_OK;
}

static rig_status place(rig_joint *joint, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)joint->n_views;
    rig_pose *Rt_view_first = RIG_NEW(scratch, rig_pose, n);
    const char **names = RIG_NEW(scratch, const char *, n);
    if (!Rt_view_first || !names)
        return rig_fail_memory(err, "the cameras' poses");
    for (int v = 0; v < joint->n_views; v++) {
        names[v] = joint->seen[v].view;
        if (joint->seen[v].n == 0)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': no board was found in any of its %d frames", names[v],
                            joint->seen[v].n_searched);
    }
    RIG_TRY(rig_sightings_gather(joint->board, joint->seen, joint->n_views, joint->cameras, &joint->sightings, scratch,
                                 err));
    RIG_TRY(rig_links_chain(&joint->sightings, names, Rt_view_first, scratch, err));
    if (joint->surveyed)
        survey(joint, Rt_view_first);
    RIG_TRY(allocate(joint, scratch, err));
    fill_cameras(joint, Rt_view_first);
    RIG_TRY(fill_moments(joint, Rt_view_first, scratch, err));
    return fill_lens_boards(joint, scratch, err);
}

// What is kept out: every fifth moment, and every fifth board of those that speak of a lens alone.
static bool kept_out(const rig_joint *joint, int view) {
    const int board = joint->bundle.views[view].board, n = joint->sightings.n_moments;
    return rig_holdout_keeps(board < n ? board : board - n);
}

// A fit to four fifths of the moments, held against the last; where it fails there is no figure, and the start stays.
static rig_status check_kept_out(rig_joint *joint, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &joint->bundle;
    const size_t n_views = (size_t)b->n_views, cameras = sizeof *b->cameras * (size_t)b->n_cameras;
    const size_t boards = sizeof *b->boards * (size_t)b->n_boards;
    rig_bundle_report report;
    if (joint->sightings.n_moments < RIG_HOLDOUT_FRAMES_MIN)
        return RIG_OK;
    rig_bundle_camera *start = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    rig_bundle_board *start_boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    rig_bundle_view *views = RIG_NEW(scratch, rig_bundle_view, n_views);
    bool *wanted = RIG_NEW(scratch, bool, n_views);
    if (!start || !start_boards || !views || !wanted)
        return rig_fail_memory(err, "the frames kept out");
    memcpy(start, b->cameras, cameras);
    memcpy(start_boards, b->boards, boards);
    memcpy(views, b->views, sizeof *views * n_views);
    for (int v = 0; v < b->n_views; v++) {
        wanted[v] = kept_out(joint, v) && !views[v].left_out && v < joint->sightings.n;
        b->views[v].left_out |= kept_out(joint, v);
    }
    rig_status status = rig_bundle_solve(b, &ON_THE_WAY, false, &report, scratch, scratch, err);
    if (status == RIG_OK)
        status = rig_holdout_measure(b, &ON_THE_WAY, wanted, &joint->holdout, scratch, scratch, err);
    if (status != RIG_OK) {
        memcpy(b->cameras, start, cameras);
        memcpy(b->boards, start_boards, boards);
        joint->holdout.squares = NULL;
    }
    memcpy(b->views, views, sizeof *views * n_views);
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

static rig_status solve(rig_joint *joint, rig_arena *out, rig_arena *scratch, rig_err *err) {
    return rig_bundle_solve(&joint->bundle, &OPTIONS, joint->judged, &joint->report, out, scratch, err);
}

// Whether the refinement came to its end, though perhaps without a covariance.
static bool refined(const rig_joint *joint, rig_status status) {
    return status == RIG_OK || (status == RIG_ERR_NUMERIC && joint->report.covariance);
}

rig_status rig_joint_solve(rig_joint *joint, rig_arena *out, rig_arena *scratch, rig_err *err) {
    int n_reseated = 0;
    RIG_TRY(place(joint, scratch, err));
    if (joint->judged)
        RIG_TRY(check_kept_out(joint, scratch, err));
    rig_status status = solve(joint, out, scratch, err);
    if (refined(joint, status))
        RIG_TRY(rig_joint_reseat(joint, &n_reseated, scratch, err));
    if (n_reseated > 0)
        status = solve(joint, out, scratch, err);
    if (refined(joint, status) && (joint->warp || joint->square)) {
        RIG_TRY(rig_joint_shape_refine(joint, out, scratch, err));
        if (joint->judged)
            RIG_TRY(check_kept_out(joint, scratch, err));
        status = solve(joint, out, scratch, err);
    }
    if (joint->lenient)
        return status;
    if (refined(joint, status)) // what it leaves open has a reason, then
        RIG_TRY(check_links(joint, err));
    return status == RIG_OK ? check_agreement(joint, err) : status;
}
