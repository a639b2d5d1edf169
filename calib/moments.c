#include "calib/moments.h"

#include "calib/links.h"

// The misfit of all sightings of a moment under one pose of the board, each read as it fits better.
static double misfit_of(rig_sightings *s, int moment, const rig_pose *Rt_cam_world, const rig_pose *Rt_world_board,
                        bool mark) {
    double sum = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        rig_sighting *sighting = &s->list[i];
        rig_pose pose = rig_pose_mul(&Rt_cam_world[sighting->view], Rt_world_board);
        double reach = rig_sighting_reach(s, sighting);
        double given = rig_sighting_misfit(s, sighting, &pose, false, reach);
        bool agrees = rig_sighting_agrees(given, reach);
        double turned = agrees ? reach : rig_sighting_misfit(s, sighting, &pose, true, reach);
        sum += fmin(given, turned);
        if (mark) {
            sighting->turned = turned < given;
            sighting->doubtful = !rig_sighting_agrees(fmin(given, turned), reach);
        }
    }
    return sum;
}

// Read every sighting from its other end, and the board with them: the picture stays the same.
static void turn_all(rig_sightings *s, int moment, rig_pose *Rt_world_board) {
    rig_pose half = rig_board_half_turn(s);
    *Rt_world_board = rig_pose_mul(Rt_world_board, &half);
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        s->list[i].turned = !s->list[i].turned;
}

bool rig_moment_settle(rig_sightings *sightings, int moment, const rig_pose *Rt_cam_world, rig_pose *Rt_world_board) {
    rig_sightings *s = sightings;
    double best = INFINITY;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        for (int k = 0; k < s->list[i].poses.n; k++) {
            rig_pose Rt_world_cam = rig_pose_invert(&Rt_cam_world[s->list[i].view]);
            rig_pose tried = rig_pose_mul(&Rt_world_cam, &s->list[i].poses.Rt_cam_board[k]);
            double misfit = misfit_of(s, moment, Rt_cam_world, &tried, false);
            if (misfit < best) {
                best = misfit;
                *Rt_world_board = tried;
            }
        }
    if (!isfinite(best))
        return false;
    misfit_of(s, moment, Rt_cam_world, Rt_world_board, true);
    int n = s->first[moment + 1] - s->first[moment], n_turned = 0, n_sure = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        n_turned += s->list[i].turned && !s->list[i].doubtful;
        n_sure += !s->list[i].doubtful;
    }
    if (2 * n_turned > n_sure)
        turn_all(s, moment, Rt_world_board);
    if (n > 1 && n_sure == 1) // it agrees with itself only
        for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
            s->list[i].doubtful = true;
    return true;
}
