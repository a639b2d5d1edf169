// The normal equations at the present state. Each view's are built in its lens and in the pose of the board as its
// camera sees it; that pose is a function of the camera's and the board's own poses, and the chain rule over those few
// numbers, once a view, is all that is left to do.
#include "calib/bundle_work.h"
#include "calib/threads.h"

#include <string.h>

enum { M = RIG_VIEW_COLUMNS };

// How small motions of the camera and of the board move the board as the camera sees it (calib/bundle_view.h), 6 x 6:
//   camera (turn w about its centre, shift v):  turn w, shift v + w x c   with c the board's middle, camera frame
//   board (turn w about its middle, shift v):   turn R w, shift R v      with R of Rt_cam_world
static void camera_chain(const double c[3], double A[36]) {
    memset(A, 0, 36 * sizeof *A);
    for (int i = 0; i < 6; i++)
        A[7 * i] = 1;
    A[18 + 1] = c[2], A[18 + 2] = -c[1];
    A[24 + 0] = -c[2], A[24 + 2] = c[0];
    A[30 + 0] = c[1], A[30 + 1] = -c[0];
}

static void board_chain(const double R[9], double B[36]) {
    memset(B, 0, 36 * sizeof *B);
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 3; j++)
            B[6 * i + j] = B[6 * (i + 3) + j + 3] = R[3 * i + j];
}

// C (n x 6) = A (n x 6, or its transpose) B (6 x 6).
static void mul6(const double *A, int n, bool transpose, const double B[36], double *C) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < 6; j++) {
            double sum = 0;
            for (int k = 0; k < 6; k++)
                sum += (transpose ? A[6 * k + i] : A[6 * i + k]) * B[6 * k + j];
            C[6 * i + j] = sum;
        }
}

typedef struct view_normal {
    int n_inner, m; // columns of the lens and the shape; and of the pose
    double H[M * M], g[M];
    double H_pose[36]; // of the seen pose, full
} view_normal;

// The camera's rows: G (n x 6) = H[camera's columns, seen pose], with the chain of its pose applied on the left.
static void camera_rows(const view_normal *v, const rig_bundle_slot *slot, const double A[36], double *G) {
    for (int i = 0; i < slot->n_inner; i++)
        for (int j = 0; j < 6; j++)
            G[6 * i + j] = v->H[(v->n_inner + j) * v->m + slot->inner[i]];
    if (slot->pose)
        mul6(A, 6, true, v->H_pose, G + 6 * slot->n_inner);
}

static void add_camera(const view_normal *v, const rig_bundle_slot *slot, const double A[36], const double *G,
                       double *H, double *g) {
    double GA[6 * M];
    for (int i = 0; i < slot->n_inner; i++) {
        for (int j = 0; j <= i; j++)
            H[M * i + j] += v->H[slot->inner[i] * v->m + slot->inner[j]];
        g[i] += v->g[slot->inner[i]];
    }
    if (!slot->pose)
        return;
    mul6(G, slot->n, false, A, GA); // columns: the camera's pose
    for (int i = 0; i < 6; i++) {
        double *row = H + M * (slot->n_inner + i);
        for (int j = 0; j < slot->n_inner; j++)
            row[j] += GA[6 * j + i];
        for (int j = 0; j <= i; j++)
            row[slot->n_inner + j] += GA[6 * (slot->n_inner + i) + j];
        for (int k = 0; k < 6; k++)
            g[slot->n_inner + i] += A[6 * k + i] * v->g[v->n_inner + k];
    }
}

static void add_board(const view_normal *v, const double B[36], double *H, double *g) {
    double HB[36], BHB[36];
    mul6(v->H_pose, 6, false, B, HB);
    mul6(B, 6, true, HB, BHB);
    for (int i = 0; i < 36; i++)
        H[i] += BHB[i];
    for (int i = 0; i < 6; i++)
        for (int k = 0; k < 6; k++)
            g[i] += B[6 * k + i] * v->g[v->n_inner + k];
}

// W (6 x slot.n) = (G B)^T
static void board_rows(const double *G, int n, const double B[36], double *W) {
    double GB[6 * M];
    mul6(G, n, false, B, GB);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 6; k++)
            W[M * k + i] = GB[6 * i + k];
}

typedef struct linearization {
    const rig_bundle_work *work;
    const rig_bundle_state *state;
    rig_bundle_normal *normal;
} linearization;

// A view's share, its own normal equations given; H and g are of all cameras.
static void add_view(const linearization *l, int at, const rig_pose *Rt_cam_board, view_normal *v, double *H,
                     double *g) {
    const rig_bundle_view *view = &l->work->bundle->views[at];
    const rig_bundle_board *board = &l->state->boards[view->board];
    rig_bundle_slot slot = l->work->slots[view->camera];
    for (int i = 0; i < 6; i++)
        for (int j = 0; j <= i; j++)
            v->H_pose[6 * i + j] = v->H_pose[6 * j + i] = v->H[(v->n_inner + i) * v->m + v->n_inner + j];

    double A[36], B[36], G[6 * M], c[3];
    const rig_pose identity = rig_pose_identity();
    rig_pose_apply(Rt_cam_board, l->work->centre, c);
    camera_chain(c, A);
    board_chain(board->own ? identity.R : l->state->cameras[view->camera].Rt_cam_world.R, B);
    if (board->own && slot.pose) // the camera's pose does not enter, and its columns of W stay 0
        slot.n -= 6, slot.pose = false;
    camera_rows(v, &slot, A, G);
    add_camera(v, &slot, A, G, H + (ptrdiff_t)M * M * view->camera, g + (ptrdiff_t)M * view->camera);
    if (!board->held) {
        add_board(v, B, l->normal->H_board + 36 * (ptrdiff_t)view->board,
                  l->normal->g_board + 6 * (ptrdiff_t)view->board);
        board_rows(G, slot.n, B, l->normal->W + (ptrdiff_t)6 * M * at);
    }
}

static void linearize_chunk(void *self, int k) {
    const linearization *l = self;
    const rig_bundle_work *work = l->work;
    ptrdiff_t n = work->bundle->n_cameras, first = work->chunks[k], count = work->chunks[k + 1] - first;
    double *H = work->chunk_H + n * M * (M + 1) * k, *g = H + n * M * M, cost = 0;
    memset(H, 0, sizeof *H * (size_t)(n * M * (M + 1)));
    memset(l->normal->H_board + 36 * first, 0, sizeof *H * 36 * (size_t)count);
    memset(l->normal->g_board + 6 * first, 0, sizeof *g * 6 * (size_t)count);
    for (int j = work->first[first]; j < work->first[first + count] && isfinite(cost); j++) {
        const int at = work->order[j];
        const rig_bundle_view *view = &work->bundle->views[at];
        const rig_camera *camera = &l->state->cameras[view->camera].camera;
        const bool lens = work->slots[view->camera].n_lens > 0;
        if (view->n_used == 0)
            continue;
        const rig_pose pose = rig_bundle_view_pose(view, l->state->cameras, l->state->boards);
        const rig_view_points points = rig_bundle_points(work, at, l->state->p);
        view_normal v;
        v.n_inner = (lens ? 4 + rig_lens_n_dist(camera->lens) : 0) + points.n_shape;
        v.m = v.n_inner + 6;
        cost += rig_view_normal(camera, &pose, &points, lens, v.H, v.g);
        if (isfinite(cost))
            add_view(l, at, &pose, &v, H, g);
    }
    work->chunk_cost[k] = cost;
}

void rig_bundle_normal_build(const rig_bundle_work *work, const rig_bundle_state *state, rig_bundle_normal *normal) {
    linearization l = {work, state, normal};
    const ptrdiff_t n = (ptrdiff_t)work->bundle->n_cameras * M * (M + 1);
    rig_threads_run(linearize_chunk, &l, work->n_chunks);
    normal->cost = 0;
    memset(normal->H, 0, sizeof *normal->H * (size_t)n);
    for (int k = 0; k < work->n_chunks; k++) {
        normal->cost += work->chunk_cost[k];
        for (ptrdiff_t i = 0; i < n; i++) // g stands behind H
            normal->H[i] += work->chunk_H[n * k + i];
    }
}
