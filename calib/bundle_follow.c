#include "calib/bundle_work.h"
#include "core/linalg.h"

#include <string.h>

enum { M = RIG_VIEW_COLUMNS };

// A copy with all cameras free: how the board hangs on them is what is asked.
static rig_status copy_free(const rig_bundle *bundle, rig_bundle *b, rig_arena *scratch, rig_err *err) {
    *b = *bundle;
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
    rig_bundle_normal_build(work, b->cameras, b->boards, &work->at);
    memcpy(inverse, work->at.H_board, sizeof inverse);
    if (!isfinite(work->at.cost) || !rig_cholesky(inverse, 6) || !rig_cholesky_invert(inverse, 6))
        return rig_fail(err, RIG_ERR_NUMERIC, "what was seen does not determine the board's pose");
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

rig_status rig_bundle_board_follow(const rig_bundle *bundle, double *G, double noise[36], rig_arena *scratch,
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
