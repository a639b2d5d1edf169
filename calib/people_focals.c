// What people say of focal lengths that were taken for exact.
#include "calib/people_rig.h"
#include "calib/people_who.h"

enum { MOMENTS = 150, ITERATIONS = 20 };

static rig_status bundle_solve(rig_people_seen *seen, const rig_people_rig *rig, rig_bundle_lens *lenses,
                               rig_arena *out, rig_arena *scratch, rig_err *err) {
    const int moments = rig_people_seen_moments(seen, MOMENTS);
    rig_placed_views placed = {.n = rig->n};
    rig_point_bundle bundle;
    rig_point_bundle_report report;
    rig_rig_joint *joints;
    for (int c = 0; c < rig->n; c++) {
        placed.view_of[c] = rig->view_of[c];
        placed.Rt_cam_world[c] = rig->Rt_cam_world[c];
        placed.late_s[c] = rig->late_s ? rig->late_s[c] : 0;
    }
    RIG_TRY(rig_people_points(seen, &placed, seen->n > moments ? seen->n / moments : 1, &bundle, &joints, out, err));
    RIG_TRY(rig_point_bundle_solve(&bundle, true, ITERATIONS, &report, out, scratch, err));
    for (int c = 0; c < rig->n; c++) {
        lenses[rig->view_of[c]].moved[RIG_LENS_FOCAL] = bundle.lenses[c].moved[RIG_LENS_FOCAL];
        lenses[rig->view_of[c]].sigma[RIG_LENS_FOCAL] = report.lens_sigma[c][RIG_LENS_FOCAL];
    }
    return RIG_OK;
}

rig_status rig_people_rig_focals(rig_people_seen *seen, const rig_people_rig *rig, double sigma,
                                 rig_bundle_lens *lenses, rig_arena *scratch, rig_err *err) {
    rig_arena out = {NULL};
    for (int v = 0; v < seen->n_views; v++)
        lenses[v] = (rig_bundle_lens){.sigma[RIG_LENS_FOCAL] = sigma};
    seen->lenses = lenses;
    const rig_status status = bundle_solve(seen, rig, lenses, &out, scratch, err);
    seen->lenses = NULL;
    rig_arena_release(&out);
    return status;
}
