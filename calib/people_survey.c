#include "calib/people_survey.h"

#include "calib/covariance.h"
#include "core/linalg.h"
#include "core/median.h"

#include <string.h>

static const double OFF_RAD = 0.0175, OFF_SHARE = 1.0 / 30;       // beyond either a known pose does not hold
static const double FREE_RAD = 0.3, FREE_M = 3, FREE_SCALE = 0.3; // one standard deviation of the rig's place and size
static const double FLOOR_RAD = 2e-4, FLOOR_M = 1e-3;             // no known pose is surer

static double between(const rig_pose *a, const rig_pose *b) {
    double c_a[3], c_b[3];
    rig_pose_centre(a, c_a);
    rig_pose_centre(b, c_b);
    const double d[3] = {c_a[0] - c_b[0], c_a[1] - c_b[1], c_a[2] - c_b[2]};
    return rig_norm3(d);
}

// The rig scaled about a camera and moved to where this one is known to be: where that puts another camera.
static rig_pose carried(const rig_calibration *rig, const rig_survey_view *views, int a, int b, double scale) {
    const rig_pose back = rig_pose_invert(&rig->cameras[a].Rt_cam_world);
    rig_pose Rt_b_a = rig_pose_mul(&rig->cameras[b].Rt_cam_world, &back);
    for (int k = 0; k < 3; k++)
        Rt_b_a.t[k] *= scale;
    return rig_pose_mul(&Rt_b_a, &views[a].Rt_cam_world);
}

static double scale_from(const rig_calibration *rig, const rig_survey_view *views, int a) {
    double ratios[256];
    int n = 0;
    for (int b = 0; b < rig->n && n < 256; b++)
        if (b != a && views[b].is_known && rig->cameras[b].has_pose)
            ratios[n++] = between(&views[a].Rt_cam_world, &views[b].Rt_cam_world) /
                          between(&rig->cameras[a].Rt_cam_world, &rig->cameras[b].Rt_cam_world);
    return n ? rig_median(ratios, n) : 1;
}

// How many agree with the rig laid on camera a, and by how much each is off.
static int agreeing(const rig_calibration *rig, rig_survey_view *views, int a, double scale) {
    int n = 0;
    for (int b = 0; b < rig->n; b++) {
        rig_survey_view *view = &views[b];
        if (!view->is_known || !rig->cameras[b].has_pose)
            continue;
        const rig_pose by_people = carried(rig, views, a, b, scale);
        view->off_rad = rig_rotation_angle_between(by_people.R, view->Rt_cam_world.R);
        view->off_m = between(&by_people, &view->Rt_cam_world);
        view->holds = view->off_rad < OFF_RAD &&
                      view->off_m < OFF_SHARE * between(&views[a].Rt_cam_world, &view->Rt_cam_world) + FLOOR_M;
        n += view->holds;
    }
    return n;
}

static rig_status reference_find(const rig_calibration *rig, rig_survey_view *views, int *reference, double *scale,
                                 rig_err *err) {
    int most = 0, known = 0;
    for (int a = 0; a < rig->n; a++) {
        if (!views[a].is_known || !rig->cameras[a].has_pose)
            continue;
        const double by = scale_from(rig, views, a);
        const int n = agreeing(rig, views, a, by);
        known++;
        if (n > most)
            most = n, *reference = a, *scale = by;
    }
    if (known < 2)
        return rig_fail(err, RIG_ERR_DATA, "%d of the cameras that people placed have a known pose, need >= 2", known);
    if (most < 2 || 2 * most < known)
        return rig_fail(err, RIG_ERR_DATA,
                        "%d of the %d cameras with a known pose stand to each other as people say, need half of them "
                        "and >= 2: did the others move, are their lenses right?",
                        most < 2 ? 0 : most, known);
    agreeing(rig, views, *reference, *scale);
    return RIG_OK;
}

static void rig_scale(rig_calibration *rig, double by) {
    const int n = rig->n_covariance;
    for (int c = 0; c < rig->n; c++) {
        const int at = rig_calibration_at(rig, c + 1) - 3;
        for (int k = 0; k < 3 && rig->cameras[c].has_pose; k++) {
            rig->cameras[c].Rt_cam_world.t[k] *= by;
            for (int j = 0; j < n; j++)
                rig->covariance[(ptrdiff_t)(at + k) * n + j] *= by, rig->covariance[(ptrdiff_t)j * n + at + k] *= by;
        }
    }
}

// The rig's size is free, about camera a.
static void scale_free(rig_calibration *rig, int a, double *g) {
    const int n = rig->n_covariance;
    double c_a[3], at_a[3];
    rig_pose_centre(&rig->cameras[a].Rt_cam_world, c_a);
    memset(g, 0, sizeof *g * (size_t)n);
    for (int c = 0; c < rig->n; c++) {
        if (!rig->cameras[c].has_pose)
            continue;
        rig_pose_apply(&rig->cameras[c].Rt_cam_world, c_a, at_a); // t = at_a - R c_a, and at_a grows with the rig
        memcpy(g + rig_calibration_at(rig, c + 1) - 3, at_a, sizeof at_a);
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            rig->covariance[(ptrdiff_t)i * n + j] += FREE_SCALE * FREE_SCALE * g[i] * g[j];
}

// Known less placed, as (rvec, t); the turn by the shorter of the two ways that say it.
static void difference(const rig_pose *known, const rig_pose *placed, double d[6]) {
    double r_known[3], r_placed[3], other[3], near[3];
    rig_rotation_to_rvec(known->R, r_known);
    rig_rotation_to_rvec(placed->R, r_placed);
    const double angle = rig_norm3(r_known);
    for (int k = 0; k < 3; k++) {
        near[k] = r_known[k] - r_placed[k];
        other[k] = (angle > 0 ? (1 - 6.28318530717959 / angle) * r_known[k] : 0) - r_placed[k];
        d[3 + k] = known->t[k] - placed->t[k];
    }
    memcpy(d, rig_norm3(near) <= rig_norm3(other) ? near : other, sizeof near);
}

// What the known poses say of the others.
static rig_status condition(rig_calibration *rig, const rig_survey_view *views, rig_arena *scratch, rig_err *err) {
    const ptrdiff_t n = rig->n_covariance;
    ptrdiff_t m = 0;
    int *at = RIG_NEW(scratch, int, n);
    double *S = RIG_NEW(scratch, double, n *n), *W = RIG_NEW(scratch, double, n *n), *r = RIG_NEW(scratch, double, n);
    if (!at || !S || !W || !r)
        return rig_fail_memory(err, "the known poses");
    for (int c = 0; c < rig->n; c++) {
        if (!views[c].is_known || !views[c].holds)
            continue;
        difference(&views[c].Rt_cam_world, &rig->cameras[c].Rt_cam_world, r + m);
        for (int k = 0; k < 6; k++)
            at[m++] = rig_calibration_at(rig, c + 1) - 6 + k;
    }
    for (ptrdiff_t i = 0, c = 0; i < m; i++) {
        while (rig_calibration_at(rig, (int)c + 1) <= at[i])
            c++;
        for (ptrdiff_t j = 0; j < m; j++)
            S[i * m + j] = rig->covariance[at[i] * n + at[j]];
        const double sigma = i % 6 < 3 ? hypot(views[c].sigma_turn, FLOOR_RAD) : hypot(views[c].sigma_m, FLOOR_M);
        S[i * (m + 1)] += sigma * sigma;
    }
    if (!rig_cholesky(S, (int)m))
        return rig_fail(err, RIG_ERR_NUMERIC, "the known poses do not determine where the rig is");
    for (ptrdiff_t i = 0; i < m; i++) // W = C_HX, n columns
        for (ptrdiff_t j = 0; j < n; j++)
            W[j * m + i] = rig->covariance[at[i] * n + j];
    rig_cholesky_solve(S, (int)m, r, 1);
    double *solved = RIG_NEW(scratch, double, n *m);
    if (!solved)
        return rig_fail_memory(err, "the known poses");
    memcpy(solved, W, sizeof *W * (size_t)(n * m));
    for (ptrdiff_t j = 0; j < n; j++)
        rig_cholesky_solve(S, (int)m, solved + j * m, 1);
    for (int c = 0; c < rig->n; c++) {
        rig_pose *pose = &rig->cameras[c].Rt_cam_world;
        double rvec[3], d[6] = {0};
        const ptrdiff_t own = rig_calibration_at(rig, c + 1) - 6;
        if (!rig->cameras[c].has_pose || (views[c].is_known && views[c].holds))
            continue;
        for (int k = 0; k < 6; k++)
            for (ptrdiff_t i = 0; i < m; i++)
                d[k] += W[(own + k) * m + i] * r[i];
        rig_rotation_to_rvec(pose->R, rvec);
        for (int k = 0; k < 3; k++)
            rvec[k] += d[k], pose->t[k] += d[3 + k];
        rig_rotation_from_rvec(rvec, pose->R, NULL);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j < n; j++)
            for (ptrdiff_t k = 0; k < m; k++)
                rig->covariance[i * n + j] -= W[i * m + k] * solved[j * m + k];
    return RIG_OK;
}

static rig_status survey(rig_calibration *rig, rig_survey_view *views, rig_arena *scratch, rig_err *err) {
    int a = -1;
    double scale = 1, noise[36] = {0};
    const rig_pose none = rig_pose_identity();
    RIG_TRY(reference_find(rig, views, &a, &scale, err));
    double *g = RIG_NEW(scratch, double, rig->n_covariance);
    if (!g)
        return rig_fail_memory(err, "the known poses");
    rig_scale(rig, scale);
    const rig_pose back = rig_pose_invert(&rig->cameras[a].Rt_cam_world),
                   Rt_old_new = rig_pose_mul(&back, &views[a].Rt_cam_world);
    for (int k = 0; k < 6; k++)
        noise[7 * k] = k < 3 ? FREE_RAD * FREE_RAD : FREE_M * FREE_M;
    RIG_TRY(rig_covariance_move(rig, &Rt_old_new, NULL, noise, err));
    scale_free(rig, a, g);
    RIG_TRY(condition(rig, views, scratch, err));
    for (int c = 0; c < rig->n; c++) {
        rig_view_camera *camera = &rig->cameras[c];
        if (!views[c].is_known || !camera->has_pose)
            continue;
        views[c].off_rad = rig_rotation_angle_between(camera->Rt_cam_world.R, views[c].Rt_cam_world.R);
        views[c].off_m = between(&camera->Rt_cam_world, &views[c].Rt_cam_world);
        if (views[c].holds)
            camera->Rt_cam_world = views[c].Rt_cam_world;
        camera->surveyed = views[c].holds;
    }
    return rig_covariance_move(rig, &none, NULL, NULL, err); // sigmas follow
}

rig_status rig_survey_by_people(rig_calibration *rig, rig_survey_view *views, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const rig_status status = survey(rig, views, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
