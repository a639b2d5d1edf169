// Focus: a camera's focal length in one set of boards and in another.
#include "calib/intrinsics.h"
#include "checks/doctor.h"
#include "checks/group_jackknife.h"

static const double LENS_SHARE = 0.01, LENS_SIGMAS = 6;

// How well the boards tell the focal length; infinite where parts of them tell none.
static rig_status focal_sigma(const rig_board *board, const rig_view_corners *seen, rig_lens lens, double *sigma,
                              rig_arena *out, rig_arena *scratch, rig_err *err) {
    double x[RIG_JACKKNIFE_PARTS];
    const int first = seen->boards[0].frame, last = seen->boards[seen->n - 1].frame;
    *sigma = INFINITY;
    for (int part = 0; part < RIG_JACKKNIFE_PARTS; part++) {
        rig_view_corners rest;
        rig_view_camera camera;
        RIG_TRY(rig_jackknife_leave_out(seen, first, last, part, &rest, out, err));
        const rig_status status = rig_intrinsics_solve(board, &rest, lens, &camera, out, scratch, err);
        if (status != RIG_OK)
            return status == RIG_ERR_MEMORY ? status : RIG_OK;
        x[part] = camera.camera.K[0];
    }
    *sigma = rig_jackknife_sigma(x);
    return RIG_OK;
}

rig_status rig_doctor_focus(const rig_board *board, const char *recording, const rig_view_corners *a,
                            const rig_view_corners *b, rig_lens lens, const char *words_a, const char *words_b,
                            rig_findings *findings, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_view_camera first, second;
    rig_err ignored;
    rig_arena fits = {0};
    rig_status status = rig_intrinsics_solve(board, a, lens, &first, &fits, scratch, &ignored);
    if (status == RIG_OK)
        status = rig_intrinsics_solve(board, b, lens, &second, &fits, scratch, &ignored);
    if (status == RIG_OK) {
        const double focal = first.camera.K[0], ratio = second.camera.K[0] / focal - 1;
        const double sigma = hypot(first.sigma.K[0], second.sigma.K[0]) / focal;
        double of[2] = {0, 0};
        findings->looked[RIG_FAULT_FOCUS] |= LENS_SIGMAS * sigma < LENS_SHARE;
        const bool seems = fabs(ratio) > LENS_SHARE && fabs(ratio) > LENS_SIGMAS * sigma;
        for (int k = 0; k < 2 && seems && status == RIG_OK; k++)
            status = focal_sigma(board, k ? b : a, lens, &of[k], &fits, scratch, &ignored);
        if (status == RIG_OK && seems && fabs(ratio) > LENS_SHARE + RIG_JACKKNIFE_SIGMAS * hypot(of[0], of[1]) / focal)
            status = rig_finding_add(findings, RIG_FAULT_FOCUS, recording, a->view, NULL, ratio, LENS_SHARE,
                                     rig_arena_printf(out, "its focal length is %.1f px in %s and %.1f px in %s", focal,
                                                      words_a, second.camera.K[0], words_b),
                                     "lock focus and zoom, and calibrate with the settings of the take", err);
    }
    rig_arena_release(&fits);
    return status == RIG_ERR_MEMORY ? rig_fail_memory(err, "a lens") : RIG_OK;
}
