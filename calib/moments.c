#include "calib/moments.h"

#include "calib/links.h"

// The reading of a sighting that fits a pose of the board best; the given one where that agrees.
static double best_reading(const rig_sightings *s, const rig_sighting *sighting, const rig_pose *Rt_cam_board,
                           double reach, int *reading) {
    const int step = rig_board_turn_step(s->board);
    double least = rig_sighting_misfit(s, sighting, Rt_cam_board, 0, reach);
    *reading = 0;
    for (int k = step; k < 4 && !rig_sighting_agrees(least, reach); k += step) {
        double misfit = rig_sighting_misfit(s, sighting, Rt_cam_board, k, reach);
        if (misfit < least)
            least = misfit, *reading = k;
    }
    return least;
}

// The misfit of all sightings of a moment under one pose of the board, each read as it fits better.
static double misfit_of(rig_sightings *s, int moment, const rig_pose *Rt_cam_world, const rig_pose *Rt_world_board,
                        bool mark) {
    double sum = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        rig_sighting *sighting = &s->list[i];
        rig_pose pose = rig_pose_mul(&Rt_cam_world[sighting->view], Rt_world_board);
        double reach = rig_sighting_reach(s, sighting);
        int reading;
        double misfit = best_reading(s, sighting, &pose, reach, &reading);
        sum += misfit;
        if (mark) {
            sighting->reading = reading;
            sighting->doubtful = !rig_sighting_agrees(misfit, reach);
        }
    }
    return sum;
}

// Turn every sighting's reading, and the board with them: the picture stays the same.
static void turn_all(rig_sightings *s, int moment, int quarters, rig_pose *Rt_world_board) {
    rig_pose turn = rig_board_turn(s, quarters);
    *Rt_world_board = rig_pose_mul(Rt_world_board, &turn);
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
        s->list[i].reading = (s->list[i].reading + quarters) & 3;
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
    int n = s->first[moment + 1] - s->first[moment], n_sure = 0, n_read[4] = {0}, most = 0;
    for (int i = s->first[moment]; i < s->first[moment + 1]; i++) {
        n_read[s->list[i].reading] += !s->list[i].doubtful;
        n_sure += !s->list[i].doubtful;
    }
    for (int k = 1; k < 4; k++)
        most = n_read[k] > n_read[most] ? k : most;
    if (most)
        turn_all(s, moment, 4 - most, Rt_world_board);
    if (n > 1 && n_sure == 1) // it agrees with itself only
        for (int i = s->first[moment]; i < s->first[moment + 1]; i++)
            s->list[i].doubtful = true;
    return true;
}
