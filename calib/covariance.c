#include "calib/covariance.h"

#include "calib/bundle_work.h"
#include "core/linalg.h"

#include <string.h>

enum { M = RIG_VIEW_COLUMNS };

// A copy with all cameras free: how the board's pose depends on them is what is asked.
static rig_status copy_free(const rig_bundle *bundle, rig_bundle *b, rig_arena *scratch, rig_err *err) {
    *b = *bundle;
    b->shape = (rig_bundle_shape){0};
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    if (!b->cameras || !b->views)
        return rig_fail_memory(err, "the board's cameras");
    memcpy(b->views, bundle->views, sizeof *b->views * (size_t)b->n_views);
    for (int c = 0; c < b->n_cameras; c++)
        b->cameras[c] = (rig_bundle_camera){bundle->cameras[c].camera, bundle->cameras[c].Rt_cam_world, 0, false};
    return RIG_OK;
}

// From turns about c to turns about the origin: shift + c x turn.
static void move_centre(const double c[3], double *rows, ptrdiff_t n) {
    for (ptrdiff_t j = 0; j < n; j++) {
        const double w[3] = {rows[j], rows[n + j], rows[2 * n + j]};
        double shift[3];
        rig_cross3(c, w, shift);
        for (int k = 0; k < 3; k++)
            rows[(3 + k) * n + j] += shift[k];
    }
}

static void noise_of(const double *H_inverse, const double c[3], double noise[36]) {
    memcpy(noise, H_inverse, 36 * sizeof *noise);
    for (int pass = 0; pass < 2; pass++) { // S H^-1 S^T: on the columns, then on those of the transpose
        double turned[36];
        move_centre(c, noise, 6);
        for (int i = 0; i < 36; i++)
            turned[i % 6 * 6 + i / 6] = noise[i];
        memcpy(noise, turned, sizeof turned);
    }
}

static rig_status follow(rig_bundle_work *work, double *G, double noise[36], rig_err *err) {
    const rig_bundle *b = work->bundle;
    const ptrdiff_t n = work->n_free;
    double inverse[36], c[3];
    const rig_bundle_state state = rig_bundle_state_of(b);
    rig_bundle_normal_build(work, &state, &work->at);
    memcpy(inverse, work->at.H_board, sizeof inverse);
    if (!isfinite(work->at.cost) || !rig_cholesky(inverse, 6) || !rig_cholesky_invert(inverse, 6))
        return rig_fail(err, RIG_ERR_NUMERIC, "the observations do not determine the board's pose");
    memset(G, 0, sizeof *G * 6 * (size_t)n);
    for (int v = work->first[0]; v < work->first[1]; v++) {
        const rig_bundle_slot *slot = &work->slots[b->views[work->order[v]].camera];
        const double *W = work->at.W + (ptrdiff_t)6 * M * work->order[v];
        for (int k = 0; k < 36 && b->views[work->order[v]].n_used; k++)
            for (int i = 0; i < slot->n; i++)
                G[k / 6 * n + slot->at + i] -= inverse[k] * W[M * (k % 6) + i];
    }
    rig_pose_apply(&b->boards[0].Rt_world_board, work->centre, c);
    move_centre(c, G, n);
    noise_of(inverse, c, noise);
    return RIG_OK;
}

rig_status rig_bundle_board_sensitivity(const rig_bundle *bundle, double *G, double noise[36], rig_arena *scratch,
                                        rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle b;
    rig_bundle_work work;
    rig_status status = copy_free(bundle, &b, scratch, err);
    if (status == RIG_OK)
        status = rig_bundle_work_init(&work, &b, scratch, err);
    if (status == RIG_OK)
        status = follow(&work, G, noise, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

static void cross_matrix(const double a[3], double C[9]) {
    const double rows[9] = {0, -a[2], a[1], a[2], 0, -a[0], -a[1], a[0], 0};
    memcpy(C, rows, sizeof rows);
}

static void put_block(double *A, int n, int row, int col, const double B[9], double scale) {
    for (int i = 0; i < 9; i++)
        A[(row + i / 3) * n + col + i % 3] = scale * B[i];
}

// T (6 x 6): change of (rvec, t) by a small turn w and shift v in the camera's frame: R' = exp(w) R, t' = t + w x t +
// v. Source: the inverse left Jacobian of SO(3), Chirikjian 2012, "Stochastic models", 10.8.
static void file_chain(const rig_pose *pose, double T[36]) {
    const double one[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double r[3], X[9], XX[9], J[9];
    rig_rotation_to_rvec(pose->R, r);
    cross_matrix(r, X);
    rig_mat3_mul(X, X, XX);
    const double angle = rig_norm3(r), half = angle / 2;
    const double second = angle > 1e-4 ? (1 - half / tan(half)) / (angle * angle) : 1.0 / 12;
    for (int i = 0; i < 9; i++)
        J[i] = one[i] - X[i] / 2 + second * XX[i];
    memset(T, 0, 36 * sizeof *T);
    put_block(T, 6, 0, 0, J, 1);
    put_block(T, 6, 3, 3, one, 1);
    cross_matrix(pose->t, X);
    put_block(T, 6, 3, 0, X, -1);
}

// Its inverse: J w = dr, v = dt + t x w.
static void local_chain(const rig_pose *pose, double T[36]) {
    const double one[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    double F[36], J[9], inverse[9] = {0}, X[9], XJ[9];
    file_chain(pose, F);
    for (int i = 0; i < 9; i++)
        J[i] = F[i / 3 * 6 + i % 3];
    rig_mat3_invert(J, inverse); // never singular below a full turn
    cross_matrix(pose->t, X);
    rig_mat3_mul(X, inverse, XJ);
    memset(T, 0, 36 * sizeof *T);
    put_block(T, 6, 0, 0, inverse, 1);
    put_block(T, 6, 3, 3, one, 1);
    put_block(T, 6, 3, 0, XJ, 1);
}

// C (n x n) = T C T^T where T acts on six of its unknowns.
static void transform6(double *C, int n, int at, const double T[36]) {
    double six[6];
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < 6; i++)
            six[i] = C[(ptrdiff_t)(at + i) * n + j];
        for (int i = 0; i < 6; i++) {
            double sum = 0;
            for (int k = 0; k < 6; k++)
                sum += T[6 * i + k] * six[k];
            C[(ptrdiff_t)(at + i) * n + j] = sum;
        }
    }
    for (int j = 0; j < n; j++) {
        double *row = C + (ptrdiff_t)j * n + at;
        memcpy(six, row, sizeof six);
        for (int i = 0; i < 6; i++) {
            row[i] = 0;
            for (int k = 0; k < 6; k++)
                row[i] += T[6 * i + k] * six[k];
        }
    }
}

void rig_covariance_localize(const rig_calibration *rig, int rows, double *G) {
    for (int c = 0; c < rig->n; c++) {
        double T[36];
        if (!rig->cameras[c].has_pose)
            continue;
        file_chain(&rig->cameras[c].Rt_cam_world, T);
        for (int r = 0; r < rows; r++) {
            double *g = G + (ptrdiff_t)r * rig->n_covariance + rig_calibration_at(rig, c + 1) - 6, six[6];
            memcpy(six, g, sizeof six);
            for (int j = 0; j < 6; j++) {
                g[j] = 0;
                for (int k = 0; k < 6; k++)
                    g[j] += six[k] * T[6 * k + j];
            }
        }
    }
}

static void transform_poses(rig_calibration *rig, void (*chain)(const rig_pose *, double[36])) {
    for (int c = 0; c < rig->n; c++) {
        double T[36];
        if (!rig->cameras[c].has_pose)
            continue;
        chain(&rig->cameras[c].Rt_cam_world, T);
        transform6(rig->covariance, rig->n_covariance, rig_calibration_at(rig, c + 1) - 6, T);
    }
}

static void read_sigma(rig_calibration *rig, int c) {
    rig_view_camera *camera = &rig->cameras[c];
    int at = rig_calibration_at(rig, c), n_dist = rig_lens_n_dist(camera->camera.lens);
    double sigma[RIG_INTRINSICS_MAX + 6];
    for (int i = 0; i < 10 + n_dist; i++)
        sigma[i] = sqrt(fmax(0, rig->covariance[(ptrdiff_t)(at + i) * (rig->n_covariance + 1)]));
    memcpy(camera->sigma.K, sigma, sizeof camera->sigma.K);
    memcpy(camera->sigma.dist, sigma + 4, sizeof *sigma * (size_t)n_dist);
    memcpy(camera->sigma.rvec, sigma + 4 + n_dist, sizeof camera->sigma.rvec);
    memcpy(camera->sigma.t, sigma + 7 + n_dist, sizeof camera->sigma.t);
}

rig_status rig_covariance_set_camera(rig_calibration *rig, int camera, const double *own, rig_arena *out,
                                     rig_err *err) {
    const int at = rig_calibration_at(rig, camera), n_own = rig_calibration_at(rig, camera + 1) - at;
    double T[36];
    if (!rig->covariance) {
        rig->n_covariance = rig_calibration_at(rig, rig->n);
        rig->covariance = RIG_NEW(out, double, (size_t)rig->n_covariance *(size_t)rig->n_covariance);
        if (!rig->covariance)
            return rig_fail_memory(err, "the covariance");
    }
    for (int i = 0; i < n_own; i++)
        memcpy(rig->covariance + (ptrdiff_t)(at + i) * rig->n_covariance + at, own + (ptrdiff_t)i * n_own,
               sizeof *own * (size_t)n_own);
    file_chain(&rig->cameras[camera].Rt_cam_world, T);
    transform6(rig->covariance, rig->n_covariance, at + n_own - 6, T);
    read_sigma(rig, camera);
    return RIG_OK;
}

// Where a bundle camera's j-th free unknown stands in the rig's covariance.
static int place_of(const rig_calibration *rig, const rig_bundle_camera *camera, int c, int j) {
    int at = rig_calibration_at(rig, c), n_lens = 4 + rig_lens_n_dist(camera->camera.lens);
    for (int i = 0; i < n_lens; i++)
        if (!(camera->held_lens >> i & 1) && j-- == 0)
            return at + i;
    return at + n_lens + j;
}

rig_status rig_covariance_set(const rig_bundle *bundle, const rig_bundle_report *report, const int *camera_of,
                              rig_calibration *rig, rig_arena *out, rig_err *err) {
    const int n = rig_calibration_at(rig, rig->n), n_free = report->n_free;
    const int n_cameras = n_free - bundle->shape.n; // the shape's unknowns, the last, are not the cameras'
    int *places = RIG_NEW(out, int, n_free);
    rig->covariance = RIG_NEW(out, double, (size_t)n *(size_t)n);
    if (!places || !rig->covariance)
        return rig_fail_memory(err, "the covariance");
    rig->n_covariance = n;
    for (int b = 0, i = 0; b < bundle->n_cameras; b++) {
        const rig_bundle_camera *camera = &bundle->cameras[b];
        int n_own = camera->held_pose ? 0 : 6;
        for (int k = 0; k < 4 + rig_lens_n_dist(camera->camera.lens); k++)
            n_own += !(camera->held_lens >> k & 1);
        for (int j = 0; j < n_own; j++)
            places[i++] = place_of(rig, camera, camera_of[b], j);
        rig->cameras[camera_of[b]].has_sigma = true;
    }
    for (int i = 0; i < n_cameras; i++)
        for (int j = 0; j < n_cameras; j++)
            rig->covariance[(ptrdiff_t)places[i] * n + places[j]] =
                report->variance_px2 * report->covariance[(ptrdiff_t)i * n_free + j];
    transform_poses(rig, file_chain);
    for (int b = 0; b < bundle->n_cameras; b++)
        read_sigma(rig, camera_of[b]);
    return RIG_OK;
}

void rig_pose_adjoint(const rig_pose *T, double Ad[36]) {
    double X[9], XR[9];
    cross_matrix(T->t, X);
    rig_mat3_mul(X, T->R, XR);
    memset(Ad, 0, 36 * sizeof *Ad);
    put_block(Ad, 6, 0, 0, T->R, 1);
    put_block(Ad, 6, 3, 3, T->R, 1);
    put_block(Ad, 6, 3, 0, XR, 1);
}

// B (n x 6): each camera's pose by a small motion of the new frame.
static void frame_columns(const rig_calibration *rig, double *B) {
    memset(B, 0, sizeof *B * 6 * (size_t)rig->n_covariance);
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].has_pose)
            rig_pose_adjoint(&rig->cameras[c].Rt_cam_world, B + 6 * (ptrdiff_t)(rig_calibration_at(rig, c + 1) - 6));
}

// C = (I + B G) C (I + B G)^T + B noise B^T
static void spread(const rig_calibration *rig, const double *B, const double *G, const double *noise, double *A,
                   double *AC, double *C) {
    const int n = rig->n_covariance;
    memset(A, 0, sizeof *A * (size_t)n * (size_t)n);
    if (G)
        rig_gemm(A, n, n, 6, 1, B, false, G, 0);
    for (ptrdiff_t i = 0; i < n; i++)
        A[i * (n + 1)] += 1;
    rig_gemm(AC, n, n, n, 1, A, false, C, 0);
    for (ptrdiff_t i = 0; i < n; i++)
        for (ptrdiff_t j = 0; j < n; j++) {
            double sum = 0;
            for (ptrdiff_t k = 0; k < n; k++)
                sum += AC[i * n + k] * A[j * n + k];
            for (int k = 0; noise && k < 36; k++)
                sum += B[6 * i + k / 6] * noise[k] * B[6 * j + k % 6];
            C[i * n + j] = sum;
        }
}

static void move_poses(rig_calibration *rig, const rig_pose *Rt_old_new) {
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].has_pose)
            rig->cameras[c].Rt_cam_world = rig_pose_mul(&rig->cameras[c].Rt_cam_world, Rt_old_new);
}

rig_status rig_covariance_move(rig_calibration *rig, const rig_pose *Rt_old_new, const double *G, const double *noise,
                               rig_err *err) {
    if (!rig->covariance) {
        move_poses(rig, Rt_old_new);
        return RIG_OK;
    }
    const size_t n = (size_t)rig->n_covariance;
    rig_arena scratch = {0};
    double *work = RIG_NEW(&scratch, double, n *(2 * n + 6));
    if (!work)
        return rig_fail_memory(err, "the covariance in another frame");
    transform_poses(rig, local_chain);
    frame_columns(rig, work);
    spread(rig, work, G, noise, work + 6 * n, work + 6 * n + n * n, rig->covariance);
    move_poses(rig, Rt_old_new);
    transform_poses(rig, file_chain);
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].has_pose)
            read_sigma(rig, c);
    rig_arena_release(&scratch);
    return RIG_OK;
}

rig_status rig_covariance_move_to_board(const rig_bundle *bundle, const int *camera_of, double variance_px2,
                                        rig_calibration *rig, const rig_pose *Rt_old_new, rig_arena *scratch,
                                        rig_err *err) {
    if (!rig->covariance)
        return rig_covariance_move(rig, Rt_old_new, NULL, NULL, err);
    const ptrdiff_t n = rig->n_covariance;
    ptrdiff_t n_bundle = 0;
    double noise[36];
    for (int b = 0; b < bundle->n_cameras; b++)
        n_bundle += 4 + rig_lens_n_dist(bundle->cameras[b].camera.lens) + 6;
    double *G = RIG_NEW(scratch, double, 6 * n), *G_bundle = RIG_NEW(scratch, double, 6 * n_bundle);
    if (!G || !G_bundle)
        return rig_fail_memory(err, "the covariance in another frame");
    RIG_TRY(rig_bundle_board_sensitivity(bundle, G_bundle, noise, scratch, err));
    for (ptrdiff_t b = 0, from = 0; b < bundle->n_cameras; b++) {
        const int n_own = 4 + rig_lens_n_dist(bundle->cameras[b].camera.lens) + 6;
        const ptrdiff_t to = rig_calibration_at(rig, camera_of[b]);
        for (int k = 0; k < 6; k++)
            memcpy(G + n * k + to, G_bundle + n_bundle * k + from, sizeof *G * (size_t)n_own);
        from += n_own;
    }
    for (int i = 0; i < 36; i++)
        noise[i] *= variance_px2;
    return rig_covariance_move(rig, Rt_old_new, G, noise, err);
}
