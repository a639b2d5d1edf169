// Swaps: views whose recordings were exchanged, by their lenses or by the places of their boards; and views whose left
// and right were.
#include "calib/mirror.h"
#include "calib/observations.h"
#include "calib/pose_graph.h"
#include "checks/doctor.h"
#include "core/median.h"

#include <string.h>

enum { BOARDS_MOST = 16, BOARDS_LEAST = 4 };                    // of a view, that are posed
static const double BETTER = 0.7, WORSE_PX = 0.1;               // of the rms under its own lens
static const double PLACE_AGREES = 0.25, PLACE_DISAGREES = 0.5; // of rig_board_observation_gate

// The median rms of a view's boards under a lens, each board posed where it fits best.
static rig_status rms_under(const rig_doctor_recording *p, int view, const rig_camera *camera, double *rms_px,
                            rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_view_corners some = p->seen[view];
    rig_board_observations s;
    double all[BOARDS_MOST];
    int n = 0;
    some.n = p->seen[view].n < BOARDS_MOST ? p->seen[view].n : BOARDS_MOST;
    some.boards = RIG_NEW(scratch, rig_board_view, some.n);
    if (!some.boards)
        return rig_fail_memory(err, "boards");
    for (int i = 0; i < some.n; i++)
        some.boards[i] = p->seen[view].boards[(ptrdiff_t)i * p->seen[view].n / some.n];
    RIG_TRY(rig_board_observations_gather(p->board, &some, 1, &camera, &s, scratch, err));
    for (int i = 0; i < s.n; i++)
        if (s.list[i].poses.n > 0)
            all[n++] = s.list[i].poses.rms_px[0];
    *rms_px = n >= BOARDS_LEAST ? rig_median(all, n) : INFINITY;
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

static rig_status swap_report(const rig_doctor_recording *p, int a, int b, double value, double limit, const char *says,
                              rig_findings *findings, rig_arena *out, rig_err *err) {
    return rig_finding_add(findings, RIG_FAULT_SWAPPED, p->recording, p->seen[a].view, p->seen[b].view, value, limit,
                           says,
                           rig_arena_printf(out, "swap the files (or tiles) of '%s' and '%s' in this recording",
                                            p->seen[a].view, p->seen[b].view),
                           err);
}

rig_status rig_doctor_lenses_swapped(const rig_doctor_recording *p, rig_findings *findings, rig_arena *out,
                                     rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)p->n_views;
    double *rms = RIG_NEW(scratch, double, n *n); // rms[v][u]: v's boards under u's lens
    if (!rms)
        return rig_fail_memory(err, "lenses");
    for (int v = 0; v < p->n_views; v++)
        for (int u = 0; u < p->n_views; u++)
            RIG_TRY(rms_under(p, v, p->cameras[u], &rms[v * p->n_views + u], scratch, err));
    for (int a = 0; a < p->n_views; a++)
        for (int b = a + 1; b < p->n_views; b++) {
            const double aa = rms[a * p->n_views + a], bb = rms[b * p->n_views + b];
            const double ab = rms[a * p->n_views + b], ba = rms[b * p->n_views + a];
            if (!isfinite(aa + bb + ab + ba))
                continue;
            findings->looked[RIG_FAULT_SWAPPED] = true;
            if (ab > BETTER * aa - WORSE_PX || ba > BETTER * bb - WORSE_PX)
                continue;
            RIG_TRY(swap_report(p, a, b, fmax(ab / aa, ba / bb), BETTER,
                                rig_arena_printf(out,
                                                 "the boards of '%s' fit the lens of '%s' with %.2f px and its own "
                                                 "with %.2f px, and vice versa with %.2f and %.2f px",
                                                 p->seen[a].view, p->seen[b].view, ab, aa, ba, bb),
                                findings, out, err));
        }
    return RIG_OK;
}

// The mean residual, as a share of its gate, of the boards that two views or more saw, cameras a and b exchanged.
static rig_status residual_swapped(const rig_doctor_recording *p, const rig_pose *Rt_cam_world, int a, int b,
                                   double *misfit, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const rig_camera **cameras = RIG_NEW(scratch, const rig_camera *, p->n_views);
    rig_pose *poses = RIG_NEW(scratch, rig_pose, p->n_views);
    rig_board_observations s;
    double sum = 0;
    int n = 0;
    if (!cameras || !poses)
        return rig_fail_memory(err, "cameras");
    for (int v = 0; v < p->n_views; v++) {
        const int from = v == a ? b : v == b ? a : v;
        cameras[v] = p->cameras[from];
        poses[v] = Rt_cam_world[from];
    }
    RIG_TRY(rig_board_observations_gather(p->board, p->seen, p->n_views, cameras, &s, scratch, err));
    for (int m = 0; m < s.n_moments; m++) {
        rig_pose Rt_world_board;
        if (s.first[m + 1] - s.first[m] < 2 || !rig_board_observations_pose(&s, m, poses, &Rt_world_board))
            continue;
        for (int i = s.first[m]; i < s.first[m + 1]; i++, n++) {
            rig_pose pose = rig_pose_mul(&poses[s.list[i].view], &Rt_world_board);
            double gate = rig_board_observation_gate(&s, &s.list[i]);
            sum += rig_board_observation_residual(&s, &s.list[i], &pose, s.list[i].reading, gate) / gate;
        }
    }
    *misfit = n ? sum / n : INFINITY;
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

rig_status rig_doctor_places_swapped(const rig_doctor_recording *p, const rig_pose *Rt_cam_world,
                                     rig_findings *findings, rig_arena *out, rig_arena *scratch, rig_err *err) {
    double as_is, least = INFINITY;
    int best[2] = {0, 0};
    RIG_TRY(residual_swapped(p, Rt_cam_world, -1, -1, &as_is, scratch, err));
    if (!isfinite(as_is))
        return RIG_OK;
    findings->looked[RIG_FAULT_SWAPPED] = true;
    for (int a = 0; a < p->n_views; a++)
        for (int b = a + 1; b < p->n_views; b++) {
            double misfit;
            const rig_camera *x = p->cameras[a], *y = p->cameras[b];
            if (x->width != y->width || x->height != y->height || p->seen[a].n == 0 || p->seen[b].n == 0)
                continue;
            RIG_TRY(residual_swapped(p, Rt_cam_world, a, b, &misfit, scratch, err));
            if (misfit < least)
                least = misfit, best[0] = a, best[1] = b;
        }
    if (least > PLACE_AGREES || least > PLACE_DISAGREES * as_is)
        return RIG_OK;
    return swap_report(
        p, best[0], best[1], least / as_is, PLACE_DISAGREES,
        "the board's poses agree with the cameras of the other recordings only once these two are swapped", findings,
        out, err);
}

rig_status rig_doctor_mirrored(const rig_doctor_recording *p, rig_findings *findings, rig_arena *out,
                               rig_arena *scratch, rig_err *err) {
    bool *mirrored = RIG_NEW(scratch, bool, p->n_views);
    int n, n_views = p->n_views;
    if (!mirrored)
        return rig_fail_memory(err, "views");
    findings->looked[RIG_FAULT_MIRRORED] = n_views >= 2 && !rig_board_has_markers(p->board);
    RIG_TRY(rig_mirrored_find(p->board, p->seen, n_views, p->cameras, mirrored, &n, scratch, err));
    if (n == 0)
        return RIG_OK;
    const char *view = NULL;
    for (int v = 0; v < n_views && 2 * n < n_views; v++)
        view = mirrored[v] && !view ? p->seen[v].view : view;
    return rig_finding_add(
        findings, RIG_FAULT_MIRRORED, p->recording, view, NULL, n, 0,
        rig_mirrored_says(p->seen, n_views, mirrored, out),
        "record without mirroring (webcam and capture programs have a setting), or flip the footage (ffmpeg -vf hflip)",
        err);
}
