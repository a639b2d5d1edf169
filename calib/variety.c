#include "calib/variety.h"

#include "calib/bundle_view.h"

static const double COVERAGE_LEAST = 0.5, TILT_LEAST = 20.0 / 180 * 3.14159265358979, DEPTH_LEAST = 1.3;
enum { BOARDS_LEAST = 10, CELLS = RIG_VARIETY_COLS * RIG_VARIETY_ROWS, SEARCHES = 2 };

static int cell_of(double q, int size, int n) {
    int cell = (int)floor((q + 0.5) / size * n);
    return cell < 0 ? 0 : cell < n ? cell : n - 1;
}

static rig_pose seen_pose(const rig_bundle *b, const rig_bundle_view *view) {
    const rig_bundle_board *board = &b->boards[view->board];
    return board->own ? board->Rt_world_board
                      : rig_pose_mul(&b->cameras[view->camera].Rt_cam_world, &board->Rt_world_board);
}

// The view whose board is turned farthest from a view's, and the cosine between.
static int farthest_turned(const rig_bundle *b, int from, double *cosine) {
    rig_pose pose = seen_pose(b, &b->views[from]);
    int farthest = from;
    *cosine = 1;
    for (int v = 0; v < b->n_views; v++) {
        if (b->views[v].camera != b->views[from].camera || b->views[v].left_out)
            continue;
        rig_pose other = seen_pose(b, &b->views[v]);
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
        rig_pose pose = seen_pose(b, view);
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
