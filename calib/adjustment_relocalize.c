#include "calib/adjustment.h"

#include "calib/pose_graph.h"

enum { TRIES = 24 };
static const double LOST_SHARE = 0.6; // of a camera's shared boards left out: its place is wrong
static const double NEAR_GATE = 0.25; // of rig_board_observation_gate: the other cameras know where the board was

// Whether other cameras' views that are used tell where a observation's board was.
static bool board_known(const rig_adjustment *adjustment, int observation) {
    const rig_board_observations *s = &adjustment->observations;
    const int moment = s->list[observation].moment;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        if (s->list[i].view != s->list[observation].view && !adjustment->bundle.views[i].left_out)
            return true;
    return false;
}

static bool is_lost(const rig_adjustment *adjustment, int v) {
    const rig_board_observations *s = &adjustment->observations;
    int n = 0, n_out = 0;
    for (int i = 0; i < s->n; i++) {
        if (s->list[i].view != v || !board_known(adjustment, i))
            continue;
        n++;
        n_out += adjustment->bundle.views[i].left_out;
    }
    return n > 0 && n_out >= LOST_SHARE * n;
}

// The misfit of a observation whose board is known, in the reading that fits it best.
static double misfit_at(const rig_adjustment *adjustment, int observation, const rig_pose *Rt_cam_world, int *reading) {
    const rig_board_observations *s = &adjustment->observations;
    const rig_board_observation *seen = &s->list[observation];
    const double near = NEAR_GATE * rig_board_observation_gate(s, seen);
    rig_pose pose = rig_pose_mul(Rt_cam_world, &adjustment->bundle.boards[seen->moment].Rt_world_board);
    double least = near;
    *reading = seen->reading;
    for (int k = 0; k < 4; k += rig_board_turn_step(s->board)) {
        double misfit = rig_board_observation_residual(s, seen, &pose, k, near);
        if (misfit < least)
            least = misfit, *reading = k;
    }
    return least;
}

typedef struct placement {
    int v, n;
    const int *known; // its observations whose boards are known
    rig_pose Rt_cam_world;
    double misfit;
} placement;

static void try_placement(const rig_adjustment *adjustment, placement *best, const rig_pose *Rt_cam_board,
                          int observation) {
    rig_pose Rt_board_world =
        rig_pose_invert(&adjustment->bundle.boards[adjustment->observations.list[observation].moment].Rt_world_board);
    rig_pose tried = rig_pose_mul(Rt_cam_board, &Rt_board_world);
    double sum = 0;
    int reading;
    for (int i = 0; i < best->n && sum < best->misfit; i++)
        sum += misfit_at(adjustment, best->known[i], &tried, &reading);
    if (sum < best->misfit)
        best->misfit = sum, best->Rt_cam_world = tried;
}

// Every place that one of its boards gives, over some of them.
static void find_placement(const rig_adjustment *adjustment, placement *best) {
    const rig_board_observations *s = &adjustment->observations;
    best->misfit = INFINITY;
    for (int t = 0; t < TRIES && t < best->n; t++) {
        const int i = best->known[best->n <= TRIES ? t : (int)((ptrdiff_t)t * best->n / TRIES)];
        for (int p = 0; p < s->list[i].poses.n; p++)
            for (int k = 0; k < 4; k += rig_board_turn_step(s->board)) {
                rig_pose turn = rig_board_turn(s, k), pose = rig_pose_mul(&s->list[i].poses.Rt_cam_board[p], &turn);
                try_placement(adjustment, best, &pose, i);
            }
    }
}

// Its views as they are to be tried: those near their boards at once, the others where they then fit.
static rig_status take_placement(rig_adjustment *adjustment, const placement *best, rig_arena *scratch, rig_err *err) {
    const rig_board_observations *s = &adjustment->observations;
    for (int k = 0; k < best->n; k++) {
        const int i = best->known[k];
        rig_board_observation *seen = &s->list[i];
        rig_bundle_view *view = &adjustment->bundle.views[i];
        int reading;
        double misfit = misfit_at(adjustment, i, &best->Rt_cam_world, &reading);
        view->doubtful = misfit >= NEAR_GATE * rig_board_observation_gate(s, seen);
        seen->reading = reading;
        RIG_TRY(rig_board_observation_read(s, seen, view, scratch, err));
    }
    adjustment->bundle.cameras[best->v].Rt_cam_world = best->Rt_cam_world;
    return RIG_OK;
}

// The first camera, which is held, is the world again.
static void restore_world(rig_bundle *b) {
    const rig_pose Rt_new_old = b->cameras[0].Rt_cam_world, Rt_old_new = rig_pose_invert(&Rt_new_old);
    for (int c = 0; c < b->n_cameras; c++)
        b->cameras[c].Rt_cam_world = rig_pose_mul(&b->cameras[c].Rt_cam_world, &Rt_old_new);
    b->cameras[0].Rt_cam_world = rig_pose_identity();
    for (int i = 0; i < b->n_boards; i++)
        if (!b->boards[i].own)
            b->boards[i].Rt_world_board = rig_pose_mul(&Rt_new_old, &b->boards[i].Rt_world_board);
}

static rig_status find_placements(const rig_adjustment *adjustment, placement *placements, int *n_placements,
                                  rig_arena *scratch, rig_err *err) {
    const rig_board_observations *s = &adjustment->observations;
    *n_placements = 0;
    for (int v = 0; v < adjustment->n_views; v++) {
        if (!is_lost(adjustment, v) || (adjustment->surveyed && adjustment->surveyed[v]))
            continue;
        int *known = RIG_NEW(scratch, int, s->n);
        placement *found = &placements[*n_placements];
        if (!known)
            return rig_fail_memory(err, "a camera's boards");
        *found = (placement){.v = v, .known = known};
        for (int i = 0; i < s->n; i++)
            if (s->list[i].view == v && s->list[i].poses.n > 0 && board_known(adjustment, i))
                known[found->n++] = i;
        find_placement(adjustment, found);
        *n_placements += isfinite(found->misfit);
    }
    return RIG_OK;
}

rig_status rig_adjustment_relocalize(rig_adjustment *adjustment, int *n_lost, rig_arena *scratch, rig_err *err) {
    placement *placements = RIG_NEW(scratch, placement, adjustment->n_views);
    if (!placements)
        return rig_fail_memory(err, "cameras to relocalize");
    RIG_TRY(find_placements(adjustment, placements, n_lost, scratch, err));
    if (*n_lost == 0)
        return RIG_OK;
    rig_bundle_readmit(&adjustment->bundle);
    for (int k = 0; k < *n_lost; k++)
        RIG_TRY(take_placement(adjustment, &placements[k], scratch, err));
    if (!adjustment->surveyed)
        restore_world(&adjustment->bundle);
    return RIG_OK;
}
