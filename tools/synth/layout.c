#include "tools/synth/layout.h"

#include <stdio.h>
#include <string.h>

rig_pose rig_layout_floor_board(void) {
    return (rig_pose){{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}};
}

rig_pose rig_layout_room(const rig_board *board, rig_rng *rng) {
    const double rvec[3] = {0, 0, rig_rng_uniform(rng, -0.25, 0.25)};
    const double t[3] = {board->square_m * (board->cols - 1) / 2, -board->square_m * (board->rows - 1) / 2, 0};
    return rig_pose_from_rvec(rvec, t);
}

// A camera at `at` that looks at `to`, turned by roll about its axis; both world, m.
static rig_pose look_at(const double at[3], const double to[3], double roll) {
    const double up[3] = {0, 0, 1};
    double x[3], y[3], z[3];
    rig_pose Rt;
    for (int i = 0; i < 3; i++)
        z[i] = to[i] - at[i];
    rig_cross3(z, up, x);
    const double length = rig_norm3(z), across = rig_norm3(x);
    for (int i = 0; i < 3; i++) {
        z[i] /= length;
        x[i] /= across;
    }
    rig_cross3(z, x, y);
    for (int i = 0; i < 3; i++) {
        Rt.R[i] = cos(roll) * x[i] + sin(roll) * y[i];
        Rt.R[3 + i] = cos(roll) * y[i] - sin(roll) * x[i];
        Rt.R[6 + i] = z[i];
    }
    rig_mat3_mul_vec(Rt.R, at, Rt.t);
    for (int i = 0; i < 3; i++)
        Rt.t[i] = -Rt.t[i];
    return Rt;
}

// A lens by seed: barrel distortion that stays one to one over the picture, its centre some pixels off.
static rig_camera lens_draw(int width, int height, double focal, rig_rng *rng) {
    rig_camera camera = {.width = width, .height = height, .lens = RIG_LENS_PINHOLE5};
    const double scale = width / 640.0;
    camera.K[0] = focal * width * rig_rng_uniform(rng, 0.97, 1.03);
    camera.K[1] = camera.K[0] * rig_rng_uniform(rng, 0.997, 1.003);
    camera.K[2] = (width - 1) / 2.0 + scale * rig_rng_uniform(rng, -12, 12);
    camera.K[3] = (height - 1) / 2.0 + scale * rig_rng_uniform(rng, -9, 9);
    camera.dist[0] = rig_rng_uniform(rng, -0.27, -0.20);
    camera.dist[1] = rig_rng_uniform(rng, 0.06, 0.09);
    camera.dist[2] = rig_rng_uniform(rng, -0.0012, 0.0012);
    camera.dist[3] = rig_rng_uniform(rng, -0.0012, 0.0012);
    camera.dist[4] = rig_rng_uniform(rng, -0.012, -0.004);
    return camera;
}

static rig_pose placed(const rig_pose *Rt_world_room, const double at_room[3], const double to_room[3], double roll) {
    double at[3], to[3];
    rig_pose_apply(Rt_world_room, at_room, at);
    rig_pose_apply(Rt_world_room, to_room, to);
    return look_at(at, to, roll);
}

void rig_layout_cameras(const rig_pose *Rt_world_room, double half_m, int width, int height, rig_rng *rng,
                        rig_view_camera cameras[RIG_LAYOUT_VIEWS]) {
    const double corner = 0.76 * half_m;
    for (int i = 0; i < 4; i++) { // c1 front left as the pair sees the room, then clockwise seen from above
        const double sx = i == 0 || i == 3 ? -1 : 1, sy = i < 2 ? 1 : -1;
        const double at[3] = {sx * corner + rig_rng_uniform(rng, -0.15, 0.15),
                              sy * corner + rig_rng_uniform(rng, -0.12, 0.12), rig_rng_uniform(rng, 2.5, 2.65)};
        const double to[3] = {rig_rng_uniform(rng, -0.15, 0.15), rig_rng_uniform(rng, -0.15, 0.15),
                              rig_rng_uniform(rng, 0.75, 0.9)};
        snprintf(cameras[i].view, sizeof cameras[i].view, "c%d", i + 1);
        cameras[i].camera = lens_draw(width, height, 0.95, rng);
        cameras[i].Rt_cam_world = placed(Rt_world_room, at, to, rig_rng_uniform(rng, -0.04, 0.04));
    }
    for (int i = 0; i < 2; i++) {
        const double x = i ? 0.125 : -0.125, y = -0.92 * half_m;
        const double at[3] = {x, y + rig_rng_uniform(rng, -0.004, 0.004), 1.65 + rig_rng_uniform(rng, -0.004, 0.004)};
        const double to[3] = {0.9 * x + rig_rng_uniform(rng, -0.03, 0.03), 0.2,
                              0.85 + rig_rng_uniform(rng, -0.02, 0.02)};
        strcpy(cameras[4 + i].view, i ? "right" : "left");
        cameras[4 + i].camera = lens_draw(width, height, 0.90, rng);
        cameras[4 + i].Rt_cam_world = placed(Rt_world_room, at, to, rig_rng_uniform(rng, -0.01, 0.01));
    }
    for (int i = 0; i < RIG_LAYOUT_VIEWS; i++)
        cameras[i].has_pose = true;
}
