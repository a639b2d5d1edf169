#include "calib/quality.h"

#include "calib/bundle_view.h"
#include "calib/pnp.h"

#include <stddef.h>
#include <string.h>

// A copy in which nothing but the wanted views' boards can move.
static rig_status copy_held(const rig_bundle *bundle, const bool *wanted, rig_bundle *b, rig_arena *scratch,
                            rig_err *err) {
    *b = *bundle;
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    if (!b->cameras || !b->boards || !b->views)
        return rig_fail_memory(err, "the frames kept out");
    b->shape = (rig_bundle_shape){0};
    memcpy(b->boards, bundle->boards, sizeof *b->boards * (size_t)b->n_boards);
    for (int c = 0; c < b->n_cameras; c++) {
        b->cameras[c] = bundle->cameras[c];
        b->cameras[c].held_lens = RIG_BUNDLE_HOLD_LENS;
        b->cameras[c].held_pose = true;
    }
    b->n_views = 0;
    for (int v = 0; v < bundle->n_views; v++)
        if (wanted[v]) {
            b->views[b->n_views] = bundle->views[v];
            b->views[b->n_views].left_out = false;
            b->views[b->n_views++].used = NULL;
        }
    return RIG_OK;
}

static const double AT_REST = 0.005; // of the picture's diagonal

bool rig_board_view_rests(const rig_view_corners *seen, int a, int b, int n_points) {
    const rig_board_view *x = &seen->boards[a], *y = &seen->boards[b];
    const double limit_px = AT_REST * hypot(seen->width, seen->height);
    double sum = 0;
    int n = 0;
    for (int i = 0; i < n_points && sum < limit_px * n_points; i++)
        if ((!x->seen || x->seen[i]) && (!y->seen || y->seen[i])) {
            sum += hypot(x->q[i][0] - y->q[i][0], x->q[i][1] - y->q[i][1]);
            n++;
        }
    return n > 0 && sum < limit_px * n;
}

int rig_holdout_group(int n, bool (*rests)(const void *self, int a, int b), const void *self, int *group) {
    int n_groups = 0;
    for (int i = 0; i < n; i++) {
        group[i] = n_groups;
        for (int j = 0, g = 0; j < i && group[i] == n_groups; j++)
            if (group[j] == g) { // the first of group g
                g++;
                if (rests(self, j, i))
                    group[i] = group[j];
            }
        n_groups += group[i] == n_groups;
    }
    return n_groups;
}

typedef struct boards {
    const rig_view_corners *seen;
    int n_points;
} boards;

static bool boards_rest(const void *self, int a, int b) {
    const boards *of = self;
    return rig_board_view_rests(of->seen, a, b, of->n_points);
}

int rig_holdout_groups(const rig_view_corners *seen, int n_points, int *group) {
    const boards of = {seen, n_points};
    return rig_holdout_group(seen->n, boards_rest, &of, group);
}

static void distances_report(const rig_bundle *b, const bool *wanted, double *d_px) {
    for (int v = 0, from = 0; d_px && from < b->n_views; v++) {
        if (!wanted[v])
            continue;
        const rig_bundle_view *view = &b->views[from++];
        const rig_pose pose = rig_bundle_view_pose(view, b->cameras, b->boards);
        rig_view_distances(&b->cameras[view->camera].camera, &pose, b->p, view->q, b->n_points,
                           d_px + (ptrdiff_t)v * b->n_points);
        for (int i = 0; i < b->n_points; i++)
            d_px[(ptrdiff_t)v * b->n_points + i] /= rig_corner_sigma(view->sigma_px, i);
    }
}

rig_status rig_holdout_measure(const rig_bundle *bundle, const rig_bundle_options *options, const bool *wanted,
                               rig_holdout *holdout, rig_arena *out, rig_arena *scratch, rig_err *err) {
    holdout->squares = RIG_NEW(out, double, bundle->n_cameras);
    holdout->n = RIG_NEW(out, int, bundle->n_cameras);
    if (!holdout->squares || !holdout->n)
        return rig_fail_memory(err, "the frames kept out");
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle b;
    rig_bundle_report report;
    rig_status status = copy_held(bundle, wanted, &b, scratch, err);
    if (status == RIG_OK)
        status = rig_bundle_solve(&b, options, false, &report, scratch, scratch, err);
    for (int v = 0; status == RIG_OK && v < b.n_views; v++) {
        holdout->squares[b.views[v].camera] += b.views[v].n_used * b.views[v].rms_px * b.views[v].rms_px;
        holdout->n[b.views[v].camera] += b.views[v].n_used;
    }
    if (status == RIG_OK)
        distances_report(&b, wanted, holdout->d_px);
    rig_arena_rewind(scratch, mark);
    return status;
}

double rig_holdout_rms(const rig_holdout *holdout, int from, int to) {
    double squares = 0;
    int n = 0;
    for (int c = from; c < to; c++)
        squares += holdout->squares[c], n += holdout->n[c];
    return n ? sqrt(squares / n) : 0;
}

static const double COVERAGE_LEAST = 0.5, TILT_LEAST = 20.0 / 180 * 3.14159265358979, DEPTH_LEAST = 1.3;
enum { BOARDS_LEAST = 10, CELLS = RIG_VARIETY_COLS * RIG_VARIETY_ROWS, SEARCHES = 2 };

static int cell_of(double q, int size, int n) {
    int cell = (int)floor((q + 0.5) / size * n);
    return cell < 0 ? 0 : cell < n ? cell : n - 1;
}

// The view whose board is turned farthest from a view's, and the cosine between.
static int farthest_turned(const rig_bundle *b, int from, double *cosine) {
    rig_pose pose = rig_bundle_view_pose(&b->views[from], b->cameras, b->boards);
    int farthest = from;
    *cosine = 1;
    for (int v = 0; v < b->n_views; v++) {
        if (b->views[v].camera != b->views[from].camera || b->views[v].left_out)
            continue;
        rig_pose other = rig_bundle_view_pose(&b->views[v], b->cameras, b->boards);
        double c = pose.R[2] * other.R[2] + pose.R[5] * other.R[5] + pose.R[8] * other.R[8];
        if (c < *cosine)
            *cosine = c, farthest = v;
    }
    return farthest;
}

rig_variety rig_variety_measure(const rig_bundle *b, int camera) {
    const rig_camera *lens = &b->cameras[camera].camera;
    bool seen[CELLS] = {false};
    double centre[3], middle[3], nearest = INFINITY, farthest = 0, cosine = 1;
    int first = -1, n_seen = 0;
    rig_points_centre(b->p, b->n_points, centre);
    for (int v = 0; v < b->n_views; v++) {
        const rig_bundle_view *view = &b->views[v];
        if (view->camera != camera || view->left_out)
            continue;
        first = first < 0 ? v : first;
        rig_pose pose = rig_bundle_view_pose(view, b->cameras, b->boards);
        rig_pose_apply(&pose, centre, middle);
        nearest = fmin(nearest, rig_norm3(middle));
        farthest = fmax(farthest, rig_norm3(middle));
        for (int i = 0; i < b->n_points; i++)
            if (!view->seen || view->seen[i])
                seen[cell_of(view->q[i][1], lens->height, RIG_VARIETY_ROWS) * RIG_VARIETY_COLS +
                     cell_of(view->q[i][0], lens->width, RIG_VARIETY_COLS)] = true;
    }
    for (int i = 0; i < CELLS; i++)
        n_seen += seen[i];
    for (int i = 0, from = first; i < SEARCHES && from >= 0; i++)
        from = farthest_turned(b, from, &cosine);
    return (rig_variety){(double)n_seen / CELLS, acos(fmax(-1, cosine)), first >= 0 ? farthest / nearest : 0};
}

void rig_variety_report(const rig_bundle *b, int camera, rig_view_camera *out) {
    const rig_variety variety = rig_variety_measure(b, camera);
    int n_boards = 0, n = 0;
    for (int v = 0; v < b->n_views; v++)
        n_boards += b->views[v].camera == camera && !b->views[v].left_out;
    if (n_boards < BOARDS_LEAST)
        out->warnings[n++] = "few_boards";
    if (variety.coverage < COVERAGE_LEAST)
        out->warnings[n++] = "coverage";
    if (variety.tilt < TILT_LEAST)
        out->warnings[n++] = "tilt";
    if (variety.depth < DEPTH_LEAST)
        out->warnings[n++] = "depth";
    out->variety = variety;
    out->n_warnings = n;
}

enum { ASKED_MOST = 16, ITERATIONS = 10 };

static bool counts(const rig_bundle *b, int v, int camera) {
    const rig_bundle_view *view = &b->views[v];
    return view->camera == camera && !view->left_out && view->used && !b->boards[view->board].own;
}

rig_consistency rig_consistency_measure(const rig_bundle *b, int camera) {
    int n = 0, at = 0, n_corners = 0;
    double together = 0, alone = 0;
    for (int v = 0; v < b->n_views; v++)
        n += counts(b, v, camera);
    const int step = (n + ASKED_MOST - 1) / ASKED_MOST;
    for (int v = 0; v < b->n_views; v++) {
        const rig_bundle_view *view = &b->views[v];
        if (!counts(b, v, camera) || at++ % step > 0)
            continue;
        rig_view_points points = {
            .n = b->n_points, .p = b->p, .q = view->q, .use = view->used, .sigma_px = view->sigma_px};
        rig_points_centre(b->p, b->n_points, points.centre);
        rig_pose pose = rig_pose_mul(&b->cameras[camera].Rt_cam_world, &b->boards[view->board].Rt_world_board);
        together += 2 * rig_view_cost(&b->cameras[camera].camera, &pose, &points);
        alone += 2 * rig_pose_refine(&b->cameras[camera].camera, &points, ITERATIONS, &pose);
        n_corners += view->n_used;
    }
    return n_corners ? (rig_consistency){sqrt(together / n_corners), sqrt(alone / n_corners)} : (rig_consistency){0, 0};
}
