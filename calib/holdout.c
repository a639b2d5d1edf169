#include "calib/holdout.h"

#include <string.h>

// A copy in which nothing but the wanted views' boards can move.
static rig_status copy_held(const rig_bundle *bundle, const bool *wanted, rig_bundle *b, rig_arena *scratch,
                            rig_err *err) {
    *b = *bundle;
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    if (!b->cameras || !b->boards || !b->views)
        return rig_fail_memory(err, "the frames kept out");
    memcpy(b->boards, bundle->boards, sizeof *b->boards * (size_t)b->n_boards);
    for (int c = 0; c < b->n_cameras; c++) {
        b->cameras[c] = bundle->cameras[c];
        b->cameras[c].held_lens = RIG_BUNDLE_HOLD_LENS;
        b->cameras[c].held_pose = true;
    }
    b->n_views = 0;
    for (int v = 0; v < bundle->n_views; v++)
        if (wanted[v]) {
            b->views[b->n_views] = bundle->views[v];
            b->views[b->n_views].left_out = false;
            b->views[b->n_views++].used = NULL;
        }
    return RIG_OK;
}

rig_status rig_holdout_measure(const rig_bundle *bundle, const rig_bundle_options *options, const bool *wanted,
                               rig_holdout *holdout, rig_arena *out, rig_arena *scratch, rig_err *err) {
    holdout->squares = RIG_NEW(out, double, bundle->n_cameras);
    holdout->n = RIG_NEW(out, int, bundle->n_cameras);
    if (!holdout->squares || !holdout->n)
        return rig_fail_memory(err, "the frames kept out");
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle b;
    rig_bundle_report report;
    rig_status status = copy_held(bundle, wanted, &b, scratch, err);
    if (status == RIG_OK)
        status = rig_bundle_solve(&b, options, false, &report, scratch, scratch, err);
    for (int v = 0; status == RIG_OK && v < b.n_views; v++) {
        holdout->squares[b.views[v].camera] += b.views[v].n_used * b.views[v].rms_px * b.views[v].rms_px;
        holdout->n[b.views[v].camera] += b.views[v].n_used;
    }
    rig_arena_rewind(scratch, mark);
    return status;
}

double rig_holdout_rms(const rig_holdout *holdout, int from, int to) {
    double squares = 0;
    int n = 0;
    for (int c = from; c < to; c++)
        squares += holdout->squares[c], n += holdout->n[c];
    return n ? sqrt(squares / n) : 0;
}
