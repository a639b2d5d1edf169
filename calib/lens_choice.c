#include "calib/lens_choice.h"

#include "calib/holdout.h"

static const double AS_GOOD = 1.01; // times the least held-out rms

static rig_status choose(const rig_board *board, const rig_view_corners *seen, rig_view_camera *camera, rig_arena *out,
                         rig_arena *scratch, rig_err *err) {
    rig_view_camera tried[RIG_LENS_COUNT] = {0};
    double least = INFINITY, rms_px[RIG_LENS_COUNT] = {0};
    int best = -1, n_solved = 0;
    if (seen->n < RIG_HOLDOUT_FRAMES_MIN)
        return rig_fail(err, RIG_ERR_DATA, "camera '%s': lens 'auto' needs >= %d boards, got %d", seen->view,
                        RIG_HOLDOUT_FRAMES_MIN, seen->n);
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        rig_status status = rig_intrinsics_solve(board, seen, (rig_lens)lens, &tried[lens], out, scratch, err);
        if (status == RIG_ERR_MEMORY)
            return status;
        n_solved += status == RIG_OK;
        rms_px[lens] = status == RIG_OK ? tried[lens].held_out_rms_px : 0;
        if (rms_px[lens] > 0 && rms_px[lens] < least)
            least = rms_px[lens];
    }
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++) {
        const int n = rig_lens_n_dist((rig_lens)lens);
        if (rms_px[lens] > 0 && rms_px[lens] <= AS_GOOD * least && (best < 0 || n < rig_lens_n_dist((rig_lens)best)))
            best = lens;
    }
    if (best < 0 && n_solved > 0)
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': lens 'auto' cannot choose: no lens could be fitted without a fifth of its boards",
                        seen->view);
    if (best < 0) // err says what was wrong with the last
        return RIG_ERR_DATA;
    *camera = tried[best];
    for (int lens = 0; lens < RIG_LENS_COUNT; lens++)
        camera->lens_rms_px[lens] = rms_px[lens];
    return RIG_OK;
}

rig_status rig_intrinsics_choose_all(const rig_board *board, const rig_view_corners *seen, int n,
                                     rig_view_camera *cameras, rig_arena *out, rig_arena *scratch, rig_err *err) {
    for (int v = 0; v < n; v++)
        RIG_TRY(choose(board, &seen[v], &cameras[v], out, scratch, err));
    return RIG_OK;
}
