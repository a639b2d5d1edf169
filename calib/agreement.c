#include "calib/agreement.h"

#include "calib/bundle_view.h"
#include "calib/plane_pose.h"

#include <string.h>

enum { ASKED_MOST = 16, ITERATIONS = 10 };

static bool counts(const rig_bundle *b, int v, int camera) {
    const rig_bundle_view *view = &b->views[v];
    return view->camera == camera && !view->left_out && view->used && !b->boards[view->board].own;
}

rig_agreement rig_agreement_measure(const rig_bundle *b, int camera) {
    int n = 0, at = 0, n_corners = 0;
    double together = 0, alone = 0;
    for (int v = 0; v < b->n_views; v++)
        n += counts(b, v, camera);
    const int step = (n + ASKED_MOST - 1) / ASKED_MOST;
    for (int v = 0; v < b->n_views; v++) {
        const rig_bundle_view *view = &b->views[v];
        if (!counts(b, v, camera) || at++ % step > 0)
            continue;
        rig_view_points points = {.n = b->n_points, .p = b->p, .q = view->q, .use = view->used};
        rig_points_centre(b->p, b->n_points, points.centre);
        rig_pose pose = rig_pose_mul(&b->cameras[camera].Rt_cam_world, &b->boards[view->board].Rt_world_board);
        together += 2 * rig_view_cost(&b->cameras[camera].camera, &pose, &points);
        alone += 2 * rig_pose_refine(&b->cameras[camera].camera, &points, ITERATIONS, &pose);
        n_corners += view->n_used;
    }
    return n_corners ? (rig_agreement){sqrt(together / n_corners), sqrt(alone / n_corners)} : (rig_agreement){0, 0};
}
