// Lenses in the bundle of people: focal length, principal point and the first two coefficients, with what is known of
// them beforehand.
#include "calib/people_bundle_work.h"

#include <string.h>

void rig_point_lens_columns(rig_point_work *w) {
    for (int c = 0; c < w->b->n_cameras; c++)
        for (int i = 0; i < RIG_LENS_FREE; i++)
            w->column[c][RIG_POINT_LENS + i] = w->b->lenses && w->b->lenses[c].sigma[i] > 0 ? w->n++ : -1;
}

void rig_point_lens_row(const rig_point_work *w, int camera, const double p_cam[3], double by, rig_point_row *row) {
    const rig_camera *lens = &w->b->cameras[camera];
    const int n_dist = rig_lens_n_dist(lens->lens), n = 4 + n_dist;
    double q[2], dq_db[2 * RIG_INTRINSICS_MAX];
    if (!w->b->lenses || !rig_camera_project(lens, p_cam, q, NULL, dq_db))
        return;
    for (int k = 0; k < 2; k++) { // of the logarithm: fx acts on x, fy on y
        row->Jc[k][RIG_POINT_LENS + RIG_LENS_FOCAL] = by * dq_db[k * n + k] * lens->K[k];
        for (int i = RIG_LENS_CX; i < RIG_LENS_FREE; i++)
            row->Jc[k][RIG_POINT_LENS + i] = i - RIG_LENS_K1 < n_dist ? by * dq_db[k * n + i + 1] : 0;
    }
}

double rig_point_lens_cost(const rig_point_bundle *b) {
    double cost = 0;
    for (int c = 0; c < b->n_cameras && b->lenses; c++)
        for (int i = 0; i < RIG_LENS_FREE; i++)
            if (b->lenses[c].sigma[i] > 0) {
                const double x = b->lenses[c].moved[i] / b->lenses[c].sigma[i];
                cost += x * x / 2;
            }
    return cost;
}

void rig_point_lens_build(rig_point_work *w) {
    for (int c = 0; c < w->b->n_cameras && w->b->lenses; c++)
        for (int i = 0; i < RIG_LENS_FREE; i++) {
            const int at = w->column[c][RIG_POINT_LENS + i];
            const rig_bundle_lens *lens = &w->b->lenses[c];
            if (at < 0)
                continue;
            w->g[at] += lens->moved[i] / (lens->sigma[i] * lens->sigma[i]);
            w->H[(ptrdiff_t)at * (w->n + 1)] += 1 / (lens->sigma[i] * lens->sigma[i]);
        }
}

void rig_point_lens_step(rig_point_work *w) {
    for (int c = 0; c < w->b->n_cameras && w->b->lenses; c++) {
        rig_camera *camera = &w->b->cameras[c];
        w->lenses_old[c] = w->b->lenses[c], w->cameras_old[c] = *camera;
        for (int i = 0; i < RIG_LENS_FREE; i++) {
            const int at = w->column[c][RIG_POINT_LENS + i];
            if (at < 0)
                continue;
            w->b->lenses[c].moved[i] += w->step[at];
            for (int k = 0; k < 2 && i == RIG_LENS_FOCAL; k++)
                camera->K[k] *= exp(w->step[at]);
            if (i == RIG_LENS_CX || i == RIG_LENS_CY)
                camera->K[2 + i - RIG_LENS_CX] += w->step[at];
            if (i >= RIG_LENS_K1)
                camera->dist[i - RIG_LENS_K1] += w->step[at];
        }
    }
}

void rig_point_lens_undo(rig_point_work *w) {
    if (!w->b->lenses)
        return;
    memcpy(w->b->lenses, w->lenses_old, sizeof *w->lenses_old * (size_t)w->b->n_cameras);
    memcpy(w->b->cameras, w->cameras_old, sizeof *w->cameras_old * (size_t)w->b->n_cameras);
}

rig_status rig_point_lens_report(const rig_point_work *w, const double *all, rig_point_bundle_report *report,
                                 rig_arena *out, rig_err *err) {
    if (!w->b->lenses)
        return RIG_OK;
    report->lens_sigma = rig_arena_alloc(out, (size_t)w->b->n_cameras, sizeof *report->lens_sigma);
    if (!report->lens_sigma)
        return rig_fail_memory(err, "the sigmas of lenses");
    for (int c = 0; c < w->b->n_cameras; c++)
        for (int i = 0; i < RIG_LENS_FREE; i++) {
            const int at = w->column[c][RIG_POINT_LENS + i];
            report->lens_sigma[c][i] = at < 0 ? 0 : sqrt(all[(ptrdiff_t)at * (w->n + 1)]);
        }
    return RIG_OK;
}
