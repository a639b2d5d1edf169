#include "calib/adjustment.h"

#include "calib/board_shape.h"
#include "calib/intrinsics.h"
#include "calib/mirror.h"
#include "calib/observations.h"
#include "calib/pose_graph.h"
#include "calib/quality.h"

#include <string.h>

static const double APART_MOST = 5; // times each board's own fit: no calibration
static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};
static const rig_bundle_options ON_THE_WAY = {.corner_sigmas = 5, .view_ratio = 3, .rough = true};

static int n_lens_boards(const rig_adjustment *adjustment, int view) {
    return adjustment->lens_seen && adjustment->lens_seen[view] && !adjustment->fixed_lenses
               ? adjustment->lens_seen[view]->n
               : 0;
}

static rig_status bundle_allocate(rig_adjustment *adjustment, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &adjustment->bundle;
    const rig_board_observations *s = &adjustment->observations;
    *b = (rig_bundle){.n_points = s->n_points, .p = s->p, .n_cameras = adjustment->n_views};
    b->n_boards = s->n_moments;
    b->n_views = s->n;
    for (int v = 0; v < adjustment->n_views; v++) {
        b->n_boards += n_lens_boards(adjustment, v);
        b->n_views += n_lens_boards(adjustment, v);
    }
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    return b->cameras && b->boards && b->views ? RIG_OK : rig_fail_memory(err, "the rig's unknowns");
}

static void fill_cameras(rig_adjustment *adjustment, const rig_pose *Rt_view_first) {
    for (int v = 0; v < adjustment->n_views; v++) {
        bool few = adjustment->seen[v].n + n_lens_boards(adjustment, v) < RIG_LENS_BOARDS_MIN;
        adjustment->bundle.cameras[v] =
            (rig_bundle_camera){.camera = *adjustment->cameras[v],
                                .Rt_cam_world = Rt_view_first[v],
                                .held_lens = adjustment->fixed_lenses || few ? RIG_BUNDLE_HOLD_LENS : 0,
                                .held_pose = adjustment->surveyed ? adjustment->surveyed[v] != NULL : v == 0};
    }
}

// The chain carried over to the surveyed world by its first surveyed view; the others take their own places there.
static void survey(const rig_adjustment *adjustment, rig_pose *Rt_view_first) {
    int h = 0;
    while (!adjustment->surveyed[h])
        h++;
    const rig_pose Rt_first_h = rig_pose_invert(&Rt_view_first[h]);
    const rig_pose Rt_first_world = rig_pose_mul(&Rt_first_h, adjustment->surveyed[h]);
    for (int v = 0; v < adjustment->n_views; v++)
        Rt_view_first[v] =
            adjustment->surveyed[v] ? *adjustment->surveyed[v] : rig_pose_mul(&Rt_view_first[v], &Rt_first_world);
}

// A board that one view alone saw speaks of that view's lens, in its own frame.
static rig_status fill_moments(rig_adjustment *adjustment, const rig_pose *Rt_view_first, rig_arena *scratch,
                               rig_err *err) {
    rig_board_observations *s = &adjustment->observations;
    for (int m = 0; m < s->n_moments; m++) {
        rig_bundle_board *board = &adjustment->bundle.boards[m];
        *board = (rig_bundle_board){.Rt_world_board = rig_pose_identity(), .own = s->first[m + 1] - s->first[m] == 1};
        bool settled = rig_board_observations_pose(s, m, Rt_view_first, &board->Rt_world_board);
        if (board->own && settled)
            board->Rt_world_board = s->list[s->first[m]].poses.Rt_cam_board[0];
        for (int i = s->first[m]; i < s->first[m + 1]; i++) {
            rig_bundle_view *view = &adjustment->bundle.views[i];
            *view = (rig_bundle_view){.camera = s->list[i].view, .board = m, .left_out = !settled};
            view->doubtful = s->list[i].doubtful;
            view->used = RIG_NEW(scratch, bool, s->n_points);
            if (!view->used)
                return rig_fail_memory(err, "a view's corners");
            RIG_TRY(rig_board_observation_read(s, &s->list[i], view, scratch, err));
        }
    }
    return RIG_OK;
}

static rig_status fill_lens_boards(rig_adjustment *adjustment, rig_arena *scratch, rig_err *err) {
    int at_view = adjustment->observations.n, at_board = adjustment->observations.n_moments;
    for (int v = 0; v < adjustment->n_views; v++) {
        if (n_lens_boards(adjustment, v) == 0)
            continue;
        rig_board_observations alone;
        RIG_TRY(rig_board_observations_gather(adjustment->board, adjustment->lens_seen[v], 1, &adjustment->cameras[v],
                                              &alone, scratch, err));
        for (int i = 0; i < alone.n; i++, at_view++, at_board++) {
            const rig_plane_poses *poses = &alone.list[i].poses;
            adjustment->bundle.views[at_view] = (rig_bundle_view){.camera = v,
                                                                  .board = at_board,
                                                                  .q = alone.list[i].q,
                                                                  .seen = alone.list[i].seen,
                                                                  .sigma_px = alone.list[i].sigma_px,
                                                                  .used = RIG_NEW(scratch, bool, alone.n_points),
                                                                  .left_out = poses->n == 0};
            if (!adjustment->bundle.views[at_view].used)
                return rig_fail_memory(err, "a lens's boards");
            adjustment->bundle.boards[at_board] = (rig_bundle_board){
                .own = true, .Rt_world_board = poses->n ? poses->Rt_cam_board[0] : rig_pose_identity()};
        }
    }
    return RIG_OK;
}

// After what was left out, every camera must still share some board with the others.
static rig_status check_links(const rig_adjustment *adjustment, rig_err *err) {
    const rig_bundle *b = &adjustment->bundle;
    for (int v = 0; v < adjustment->n_views; v++) {
        int n_shared = 0;
        for (int i = 0; i < adjustment->observations.n; i++)
            n_shared += b->views[i].camera == v && !b->views[i].left_out && !b->boards[b->views[i].board].own;
        if (n_shared == 0 && adjustment->n_views > 1)
            return rig_fail(
                err, RIG_ERR_DATA,
                "camera '%s': none of its %d boards agrees with what the other cameras saw at the same moment",
                adjustment->seen[v].view, adjustment->seen[v].n);
    }
    return RIG_OK;
}

// Boards that fit alone and not together are of no one moment, or of cameras that moved.
static rig_status check_agreement(const rig_adjustment *adjustment, rig_err *err) {
    for (int v = 0; v < adjustment->n_views; v++) {
        const rig_consistency a = rig_consistency_measure(&adjustment->bundle, v);
        if (rig_consistency_lacks(&a, APART_MOST))
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': its boards disagree with those of the other cameras: rms %.2f px together, "
                            "%.2f px each on its own: is it synchronised, did a camera move?",
                            adjustment->seen[v].view, a.together_px, a.alone_px);
    }
    return RIG_OK;
}

static rig_status cameras_place(rig_adjustment *adjustment, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)adjustment->n_views;
    rig_pose *Rt_view_first = RIG_NEW(scratch, rig_pose, n);
    const char **names = RIG_NEW(scratch, const char *, n);
    if (!Rt_view_first || !names)
        return rig_fail_memory(err, "the cameras' poses");
    for (int v = 0; v < adjustment->n_views; v++) {
        names[v] = adjustment->seen[v].view;
        if (adjustment->seen[v].n == 0)
            return rig_fail(err, RIG_ERR_DATA, "camera '%s': no board was found in any of its %d frames", names[v],
                            adjustment->seen[v].n_searched);
    }
    RIG_TRY(rig_board_observations_gather(adjustment->board, adjustment->seen, adjustment->n_views, adjustment->cameras,
                                          &adjustment->observations, scratch, err));
    RIG_TRY(rig_pose_graph_tree(&adjustment->observations, names, Rt_view_first, scratch, err));
    if (adjustment->surveyed)
        survey(adjustment, Rt_view_first);
    RIG_TRY(bundle_allocate(adjustment, scratch, err));
    fill_cameras(adjustment, Rt_view_first);
    RIG_TRY(fill_moments(adjustment, Rt_view_first, scratch, err));
    return fill_lens_boards(adjustment, scratch, err);
}

// Where every view that saw both moments saw the board at rest, and some view did.
static bool moments_rest(const void *self, int a, int b) {
    const rig_adjustment *adjustment = self;
    const rig_board_observations *s = &adjustment->observations;
    int n = 0;
    for (int i = s->first[a]; i < s->first[a + 1]; i++)
        for (int j = s->first[b]; j < s->first[b + 1]; j++) {
            const rig_board_observation *x = &s->list[i], *y = &s->list[j];
            if (x->view != y->view)
                continue;
            if (!rig_board_view_rests(&adjustment->seen[x->view], x->at, y->at, s->n_points))
                return false;
            n++;
        }
    return n > 0;
}

// Of each board its group: of moments at which it did not move, then of those of lens_seen, view by view.
static rig_status boards_group(const rig_adjustment *adjustment, int **group, int *n_groups, rig_arena *scratch,
                               rig_err *err) {
    int at = adjustment->observations.n_moments, from = 0;
    *group = RIG_NEW(scratch, int, adjustment->bundle.n_boards);
    if (!*group)
        return rig_fail_memory(err, "the frames kept out");
    *n_groups = rig_holdout_group(at, moments_rest, adjustment, *group);
    for (int v = 0; v < adjustment->n_views; v++) {
        const int n = n_lens_boards(adjustment, v);
        const int n_own =
            n ? rig_holdout_groups(adjustment->lens_seen[v], adjustment->observations.n_points, *group + at) : 0;
        for (int i = 0; i < n; i++)
            (*group)[at++] += from;
        from += n_own;
    }
    return RIG_OK;
}

// A fit to four fifths of the groups of moments, and of boards that speak of a lens alone, held against the last; where
// it fails there is no figure, and the start stays.
static rig_status check_kept_out(rig_adjustment *adjustment, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &adjustment->bundle;
    const size_t n_views = (size_t)b->n_views, cameras = sizeof *b->cameras * (size_t)b->n_cameras;
    const size_t boards = sizeof *b->boards * (size_t)b->n_boards;
    rig_bundle_report report;
    int *group, n_groups = 0;
    if (adjustment->observations.n_moments < RIG_HOLDOUT_FRAMES_MIN)
        return RIG_OK;
    RIG_TRY(boards_group(adjustment, &group, &n_groups, scratch, err));
    if (n_groups < RIG_HOLDOUT_FRAMES_MIN)
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
        const bool kept_out = rig_holdout_keeps(group[views[v].board]);
        wanted[v] = kept_out && !views[v].left_out && v < adjustment->observations.n;
        b->views[v].left_out |= kept_out;
    }
    rig_status status = rig_bundle_solve(b, &ON_THE_WAY, false, &report, scratch, scratch, err);
    if (status == RIG_OK)
        status = rig_holdout_measure(b, &ON_THE_WAY, wanted, &adjustment->holdout, scratch, scratch, err);
    if (status != RIG_OK) {
        memcpy(b->cameras, start, cameras);
        memcpy(b->boards, start_boards, boards);
        adjustment->holdout.squares = NULL;
    }
    memcpy(b->views, views, sizeof *views * n_views);
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

// The first refinement is of a flat board: its corners' limits are then no narrower than the warp lets them be off.
// What they left out is asked again where the shape is free.
static rig_status free_shape(rig_adjustment *adjustment, rig_arena *scratch, rig_err *err) {
    int n_surveyed = 0;
    for (int v = 0; v < adjustment->n_views && adjustment->surveyed; v++)
        n_surveyed += adjustment->surveyed[v] != NULL;
    if (adjustment->square && n_surveyed < 2)
        return rig_fail(
            err, RIG_ERR_DATA,
            "the square's size cannot be estimated with fewer than two surveyed cameras: all lengths scale with it");
    rig_bundle_readmit(&adjustment->bundle);
    return rig_board_shape_free(adjustment->board, adjustment->warp, adjustment->square, &adjustment->bundle, scratch,
                                err);
}

// Whether the refinement came to its end, though perhaps without a covariance.
static bool refined(const rig_adjustment *adjustment, rig_status status) {
    return status == RIG_OK || (status == RIG_ERR_NUMERIC && adjustment->report.covariance);
}

// The shape's own refinement, from the flat board's.
static rig_status check_shape(const rig_adjustment *adjustment, rig_status status, rig_err *err) {
    if (status == RIG_ERR_NUMERIC && adjustment->report.covariance)
        return rig_fail(err, RIG_ERR_DATA,
                        "the observations do not determine the board's shape or a camera: tilt the board more, nearer "
                        "to the cameras");
    return status;
}

// Where boards do not fit together: whether that is because pictures are mirrored.
static rig_status say_mirrored(const rig_adjustment *adjustment, rig_status status, rig_arena *scratch, rig_err *err) {
    bool *mirrored = RIG_NEW(scratch, bool, adjustment->n_views);
    int n = 0;
    rig_err memory;
    if (!mirrored || rig_mirrored_find(adjustment->board, adjustment->seen, adjustment->n_views, adjustment->cameras,
                                       mirrored, &n, scratch, &memory) != RIG_OK)
        return status;
    const char *says = n ? rig_mirrored_says(adjustment->seen, adjustment->n_views, mirrored, scratch) : NULL;
    return says ? rig_fail(err, status, "%s: the boards agree once these are flipped", says) : status;
}

static rig_status adjustment_try(rig_adjustment *adjustment, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_bundle *b = &adjustment->bundle;
    rig_bundle_report *report = &adjustment->report;
    const bool shape = adjustment->warp || adjustment->square, covariance = adjustment->measure_errors && !shape;
    int n_relocalized = 0;
    RIG_TRY(cameras_place(adjustment, scratch, err));
    if (covariance)
        RIG_TRY(check_kept_out(adjustment, scratch, err));
    rig_status status = rig_bundle_solve(b, &OPTIONS, covariance, report, out, scratch, err);
    if (refined(adjustment, status))
        RIG_TRY(rig_adjustment_relocalize(adjustment, &n_relocalized, scratch, err));
    if (n_relocalized > 0)
        status = rig_bundle_solve(b, &OPTIONS, covariance, report, out, scratch, err);
    if (shape && refined(adjustment, status)) {
        RIG_TRY(free_shape(adjustment, scratch, err));
        if (adjustment->measure_errors)
            RIG_TRY(check_kept_out(adjustment, scratch, err));
        RIG_TRY(check_shape(adjustment, rig_bundle_solve(b, &OPTIONS, true, report, out, scratch, err), err));
        adjustment->shape = rig_board_shape_found(adjustment->board, adjustment->warp, adjustment->square, b, report);
    }
    if (adjustment->lenient)
        return status;
    if (!refined(adjustment, status))
        return status;
    if (status != RIG_OK) // the fit stands; report.open says what is not known of it
        report->covariance = NULL;
    RIG_TRY(check_links(adjustment, err));
    return check_agreement(adjustment, err);
}

rig_status rig_adjustment_solve(rig_adjustment *adjustment, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_status status = adjustment_try(adjustment, out, scratch, err);
    return status == RIG_ERR_DATA && !adjustment->lenient ? say_mirrored(adjustment, status, scratch, err) : status;
}
