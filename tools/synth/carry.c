#include "tools/synth/carry.h"

#include <string.h>

static const double PI = 3.14159265358979323846;
static const double COS_STEEPEST = 0.42;     // between print and ray: 65 degrees
static const double PITCH_LEAST = 9.0 / 640; // of the width, between two neighbouring corners
enum { DRAWS = 160, VIEWS_MOST = 16, CELLS = 4, ENOUGH = 48 };

rig_pose rig_carry_board(const rig_carry *carry, const rig_board *board, const rig_pose *Rt_world_room, int frame,
                         int n) {
    const double turn = 2 * PI * frame / (n > 1 ? n : 1), *ph = carry->phase;
    // It lingers before the pair and opposite, where two or four cameras see it, and hurries past the sides.
    const double azimuth = carry->start + turn - 0.38 * sin(2 * turn) + 0.35 * sin(3 * turn + ph[0]);
    const double elevation = 0.72 + 0.30 * sin(3 * turn + ph[1]), roll = 0.6 * sin(2 * turn + ph[2]);
    const double lateral = 0.85 * sin(5 * turn + ph[3]), out = 0.2 + 0.5 * sin(3 * turn + ph[4]);
    const double height = 1.15 + 0.42 * sin(5 * turn + ph[5]);
    const double c = cos(azimuth), s = sin(azimuth), ce = cos(elevation), se = sin(elevation);
    const double facing[3] = {c * ce, s * ce, se}; // out of the print
    const double right[3] = {-s, c, 0};            // as the one who looks at the print sees it
    const double middle[3] = {board->square_m * (board->cols - 1) / 2, board->square_m * (board->rows - 1) / 2, 0};
    double down[3], back[3];
    rig_pose Rt;
    rig_cross3(right, facing, down); // z_board = -facing, y = z cross x
    for (int i = 0; i < 3; i++) {
        Rt.R[3 * i] = cos(roll) * right[i] + sin(roll) * down[i];
        Rt.R[3 * i + 1] = cos(roll) * down[i] - sin(roll) * right[i];
        Rt.R[3 * i + 2] = -facing[i];
    }
    rig_mat3_mul_vec(Rt.R, middle, back);
    Rt.t[0] = c * out - s * lateral - back[0];
    Rt.t[1] = s * out + c * lateral - back[1];
    Rt.t[2] = height - back[2];
    return rig_pose_mul(Rt_world_room, &Rt);
}

// A point of the board in the picture, away from its border; beyond 55 degrees off the axis no lens of ours is asked.
static bool point_seen(const rig_camera *camera, const rig_pose *Rt_cam_board, const double p[3], double q[2]) {
    double p_cam[3];
    const double border = camera->width / 256.0;
    rig_pose_apply(Rt_cam_board, p, p_cam);
    return hypot(p_cam[0], p_cam[1]) < 1.4 * p_cam[2] && rig_camera_project(camera, p_cam, q, NULL, NULL) &&
           q[0] > border && q[1] > border && q[0] < camera->width - 1 - border && q[1] < camera->height - 1 - border;
}

bool rig_carry_seen(const rig_board *board, const rig_pose *Rt_world_board, const rig_view_camera *camera,
                    double middle[2]) {
    const rig_pose Rt = rig_pose_mul(&camera->Rt_cam_world, Rt_world_board);
    const double s = board->square_m, last[2] = {board->cols - 1, board->rows - 1};
    const double p_middle[3] = {s * last[0] / 2, s * last[1] / 2, 0};
    double at[3];
    rig_pose_apply(&Rt, p_middle, at);
    const double cos_tilt = (Rt.R[2] * at[0] + Rt.R[5] * at[1] + Rt.R[8] * at[2]) / rig_norm3(at);
    if (cos_tilt < COS_STEEPEST || !point_seen(&camera->camera, &Rt, p_middle, middle))
        return false;
    for (int i = 0; i < 4; i++) {
        const double u = i & 1 ? last[0] : 0, v = i & 2 ? last[1] : 0;
        const double du = i & 1 ? 1 : -1, dv = i & 2 ? 1 : -1; // outward: the outermost squares must show too
        const double corner[3] = {s * u, s * v, 0}, outer[3] = {s * (u + du), s * (v + dv), 0};
        const double along[3] = {s * (u - du), s * v, 0}, across[3] = {s * u, s * (v - dv), 0};
        double q[2], q_outer[2], q_along[2], q_across[2];
        if (!point_seen(&camera->camera, &Rt, outer, q_outer) || !point_seen(&camera->camera, &Rt, corner, q) ||
            !point_seen(&camera->camera, &Rt, along, q_along) || !point_seen(&camera->camera, &Rt, across, q_across))
            return false;
        const double pitch =
            fmin(hypot(q_along[0] - q[0], q_along[1] - q[1]), hypot(q_across[0] - q[0], q_across[1] - q[1]));
        if (pitch < PITCH_LEAST * camera->camera.width)
            return false;
    }
    return true;
}

// The worst camera's frames, frames shared with a camera that is not its neighbour of the pair, and parts of the
// picture.
static double carry_score(const rig_carry *carry, const rig_board *board, const rig_pose *Rt_world_room,
                          const rig_view_camera *cameras, int n_cameras, int n) {
    int seen[VIEWS_MOST] = {0}, shared[VIEWS_MOST] = {0};
    unsigned parts[VIEWS_MOST] = {0};
    for (int f = 0; f < n; f++) {
        const rig_pose Rt_world_board = rig_carry_board(carry, board, Rt_world_room, f, n);
        bool sees[VIEWS_MOST];
        for (int v = 0; v < n_cameras; v++) {
            double q[2];
            sees[v] = rig_carry_seen(board, &Rt_world_board, &cameras[v], q);
            seen[v] += sees[v];
            if (sees[v])
                parts[v] |= 1u << ((int)(q[0] * CELLS / cameras[v].camera.width) +
                                   CELLS * (int)(q[1] * CELLS / cameras[v].camera.height));
        }
        for (int v = 0; v < n_cameras; v++) {
            bool with = false;
            for (int other = 0; other < n_cameras; other++)
                with = with || (sees[other] && v != other && !(v >= 4 && other >= 4));
            shared[v] += sees[v] && with;
        }
    }
    double least = INFINITY;
    for (int v = 0; v < n_cameras; v++) {
        const int covered = __builtin_popcount(parts[v]);
        least = fmin(least, fmin(seen[v], ENOUGH) + 0.3 * fmin(shared[v], ENOUGH) + covered);
    }
    return least;
}

rig_carry rig_carry_choose(const rig_board *board, const rig_pose *Rt_world_room, const rig_view_camera *cameras,
                           int n_cameras, int n, rig_rng *rng) {
    rig_carry best = {0};
    double highest = -1;
    for (int draw = 0; draw < DRAWS; draw++) {
        rig_carry carry = {.start = -PI / 2 + rig_rng_uniform(rng, -0.25, 0.25)};
        for (int i = 0; i < 6; i++)
            carry.phase[i] = rig_rng_uniform(rng, 0, 2 * PI);
        const double score = carry_score(&carry, board, Rt_world_room, cameras, n_cameras, n);
        if (score > highest) {
            highest = score;
            best = carry;
        }
    }
    return best;
}
