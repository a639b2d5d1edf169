// Scale: known lengths against the calibration's.
#include "calib/adjustment.h"
#include "checks/doctor.h"
#include "checks/group_jackknife.h"

#include <limits.h>
#include <string.h>

static const double LENGTH_OFF = 0.02; // of a known length: it is wrong by more

static double ratio_of(const rig_known_length *length) {
    return length->measured_m / length->known_m;
}

static bool is_off(const rig_known_length *length) {
    return fabs(ratio_of(length) - 1) > LENGTH_OFF;
}

static void frames_of(const rig_view_corners *seen, int *first, int *last) {
    if (seen->n > 0 && seen->boards[0].frame < *first)
        *first = seen->boards[0].frame;
    if (seen->n > 0 && seen->boards[seen->n - 1].frame > *last)
        *last = seen->boards[seen->n - 1].frame;
}

// All cameras without a part of the recordings.
static rig_status rig_without(const rig_doctor_recording *p, int part, rig_calibration *rig, bool *solved,
                              rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_view_corners *seen = RIG_NEW(out, rig_view_corners, p->n_views);
    const rig_camera **cameras = RIG_NEW(out, const rig_camera *, p->n_views);
    int first = INT_MAX, last = INT_MIN;
    *rig = (rig_calibration){.n = p->n_views, .cameras = RIG_NEW(out, rig_view_camera, p->n_views)};
    *solved = true;
    if (!seen || !cameras || !rig->cameras)
        return rig_fail_memory(err, "cameras");
    for (int v = 0; v < p->n_views; v++)
        frames_of(&p->seen[v], &first, &last);
    for (int v = 0; v < p->n_views && *solved; v++) {
        RIG_TRY(rig_jackknife_leave_out(&p->seen[v], first, last, part, &seen[v], out, err));
        RIG_TRY(rig_jackknife_camera(p, v, part, &rig->cameras[v].camera, solved, scratch, err));
        memcpy(rig->cameras[v].view, seen[v].view, sizeof seen[v].view);
        cameras[v] = &rig->cameras[v].camera;
    }
    rig_adjustment adjustment = {.board = p->board,
                                 .n_views = p->n_views,
                                 .seen = seen,
                                 .cameras = cameras,
                                 .fixed_lenses = true,
                                 .lenient = true};
    rig_err few;
    const rig_status status = *solved ? rig_adjustment_solve(&adjustment, out, out, &few) : RIG_OK;
    *solved &= status == RIG_OK;
    for (int v = 0; v < p->n_views && *solved; v++) {
        rig->cameras[v].has_pose = true;
        rig->cameras[v].Rt_cam_world = adjustment.bundle.cameras[v].Rt_cam_world;
    }
    return status == RIG_ERR_MEMORY ? rig_fail_memory(err, "cameras") : RIG_OK;
}

rig_status rig_doctor_length_sigmas(const rig_doctor_recording *p, const rig_known_length *lengths, int n,
                                    double *sigma_m, rig_arena *scratch, rig_err *err) {
    double(*x)[RIG_JACKKNIFE_PARTS] = rig_arena_alloc(scratch, (size_t)n, sizeof *x);
    bool solved = true, any = false;
    rig_arena out = {0};
    rig_status status = RIG_OK;
    if (!x)
        return rig_fail_memory(err, "known lengths");
    for (int i = 0; i < n; i++)
        sigma_m[i] = 0, any |= is_off(&lengths[i]);
    for (int part = 0; part < RIG_JACKKNIFE_PARTS && any && solved && status == RIG_OK; part++) {
        rig_calibration rig;
        status = rig_without(p, part, &rig, &solved, &out, scratch, err);
        for (int i = 0; i < n && solved && status == RIG_OK; i++) {
            rig_known_length length = lengths[i];
            rig_calibration_measure(&rig, &length);
            x[i][part] = length.measured_m;
        }
        rig_arena_clear(&out);
    }
    for (int i = 0; i < n && any; i++)
        sigma_m[i] = solved ? rig_jackknife_sigma(x[i]) : INFINITY;
    rig_arena_release(&out);
    return status;
}

rig_status rig_doctor_scale(const rig_known_length *lengths, const double *sigma_m, int n, double square_m,
                            rig_findings *findings, rig_arena *out, rig_err *err) {
    double low = INFINITY, high = 0;
    for (int i = 0; i < n; i++) {
        low = fmin(low, ratio_of(&lengths[i]));
        high = fmax(high, ratio_of(&lengths[i]));
    }
    const bool of_one = n > 0 && (low > 1 + LENGTH_OFF || high < 1 - LENGTH_OFF) && high < low * (1 + LENGTH_OFF);
    for (int i = 0; i < n; i++) {
        const rig_known_length *l = &lengths[i];
        const double ratio = ratio_of(l), sigma = sigma_m[i] / l->known_m;
        findings->looked[RIG_FAULT_SCALE] |= !is_off(l);
        if (fabs(ratio - 1) <= LENGTH_OFF + RIG_JACKKNIFE_SIGMAS * sigma) {
            if (is_off(l))
                findings->why[RIG_FAULT_SCALE] = "the boards determine the known lengths too poorly: film more of them";
            continue;
        }
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_SCALE, NULL, l->views[0], l->views[1], ratio, LENGTH_OFF,
            rig_arena_printf(out, "'%s' and '%s' are %.3f m apart in the calibration, %.3f m as measured", l->views[0],
                             l->views[1], l->measured_m, l->known_m),
            of_one ? rig_arena_printf(out, "board.square_m: %.6g instead of %.6g would correct this; measure a square",
                                      square_m / ratio, square_m)
                   : "measure it again: the lengths do not agree on one scale",
            err));
    }
    return RIG_OK;
}
