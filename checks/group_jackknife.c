#include "checks/group_jackknife.h"
#include "calib/intrinsics.h"

#include <math.h>
#include <string.h>

enum { N = RIG_JACKKNIFE_PARTS };

rig_status rig_jackknife_leave_out(const rig_view_corners *seen, int first, int last, int part, rig_view_corners *rest,
                                   rig_arena *out, rig_err *err) {
    *rest = *seen;
    rest->boards = RIG_NEW(out, rig_board_view, seen->n);
    if (!rest->boards)
        return rig_fail_memory(err, "parts of the boards");
    rest->n = 0;
    for (int i = 0; i < seen->n; i++)
        if ((long)N * (seen->boards[i].frame - first) / (last - first + 1) != part)
            rest->boards[rest->n++] = seen->boards[i];
    return RIG_OK;
}

static rig_status lens_solve(const rig_doctor_recording *p, const rig_view_corners *seen, int part, rig_camera *camera,
                             bool *solved, rig_arena *fits, rig_arena *scratch, rig_err *err) {
    rig_view_corners rest;
    rig_view_camera made;
    rig_err few;
    *solved = false;
    if (seen->n == 0)
        return RIG_OK;
    RIG_TRY(
        rig_jackknife_leave_out(seen, seen->boards[0].frame, seen->boards[seen->n - 1].frame, part, &rest, fits, err));
    const rig_status status = rig_intrinsics_solve(p->board, &rest, p->lens, &made, fits, scratch, &few);
    *solved = status == RIG_OK;
    if (*solved)
        *camera = made.camera;
    return status == RIG_ERR_MEMORY ? rig_fail_memory(err, "a lens") : RIG_OK;
}

rig_status rig_jackknife_camera(const rig_doctor_recording *p, int view, int part, rig_camera *camera, bool *solved,
                                rig_arena *scratch, rig_err *err) {
    rig_arena fits = {0};
    rig_status status = RIG_OK;
    *camera = *p->cameras[view];
    *solved = true;
    for (int u = 0; p->lenses && u < p->lenses->n_views; u++)
        if (strcmp(p->lenses->views[u].view, p->seen[view].view) == 0) {
            status = lens_solve(p, &p->lenses->views[u], part, camera, solved, &fits, scratch, err);
            break;
        }
    rig_arena_release(&fits);
    return status;
}

double rig_jackknife_sigma(const double x[N]) {
    double mean = 0, sum = 0;
    for (int k = 0; k < N; k++)
        mean += x[k] / N;
    for (int k = 0; k < N; k++)
        sum += (x[k] - mean) * (x[k] - mean);
    return sqrt(sum * (N - 1) / N);
}
