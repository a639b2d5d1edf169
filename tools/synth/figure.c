#include "tools/synth/figure.h"

#include <string.h>

static const double HEAD_TOP[3] = {0.004, 0, 0.118}; // in the head's frame, shares of the stature
static const double AVERAGE_M = 1.72;
static const float FURNITURE_M = 0.1f, OTHER_M = 0.02f; // how much nearer than the joint hides it

// How deep each joint lies in its own flesh at most, m, on an average body.
static const float flesh_m[RIG_FIGURE_JOINTS] = {0.035f, 0.030f, 0.030f, 0.035f, 0.035f, 0.11f, 0.11f,
                                                 0.065f, 0.065f, 0.065f, 0.065f, 0.14f,  0.14f, 0.09f,
                                                 0.09f,  0.08f,  0.08f,  0.11f,  0.05f};

void rig_figure_make(rig_figure *figure, const rig_avatar *body, rig_act act, const double place[2], double heading,
                     rig_rng *rng) {
    rig_act_posture stance;
    rig_pose segments[RIG_SEGMENTS];
    rig_act_draw(act, &body->build, rng, &stance);
    rig_act_posture_move(&stance, place, heading);
    rig_posture_segments(&body->build, &stance.posture, segments);
    rig_figure_pose(figure, body, segments);
    figure->seat_m = stance.seat_m;
    figure->heading = heading;
}

void rig_figure_pose(rig_figure *figure, const rig_avatar *body, const rig_pose segments[RIG_SEGMENTS]) {
    *figure = (rig_figure){.body = body};
    memcpy(figure->segments, segments, sizeof figure->segments);
    rig_limbs_make(&body->build, figure->segments, figure->limbs);
    rig_avatar_joints(body, figure->segments, figure->joints);
    double top[3];
    for (int i = 0; i < 3; i++) {
        figure->joints[RIG_FIGURE_NECK][i] = (figure->joints[5][i] + figure->joints[6][i]) / 2;
        top[i] = body->build.stature_m * HEAD_TOP[i];
    }
    rig_pose_apply(&figure->segments[RIG_SEGMENT_HEAD], top, figure->joints[RIG_FIGURE_HEAD_TOP]);
}

rig_solid rig_figure_seat(const rig_figure *figure, const rig_material *material, int owner) {
    const double h = figure->body->build.stature_m, rvec[3] = {0, 0, figure->heading};
    const double *pelvis = figure->segments[RIG_SEGMENT_PELVIS].t, back = 0.03 * h; // shanks stay before the box
    const double t[3] = {pelvis[0] - back * cos(figure->heading), pelvis[1] - back * sin(figure->heading),
                         figure->seat_m / 2};
    const rig_pose Rt = rig_pose_from_rvec(rvec, t);
    rig_solid box = rig_solid_box(&Rt, rig_vec3_of(0.105 * h, 0.135 * h, figure->seat_m / 2), material);
    box.owner = owner;
    return box;
}

static bool rect_holds(rig_rect r, int x, int y) {
    return x >= r.x - 1 && y >= r.y - 1 && x <= r.x + r.w && y <= r.y + r.h;
}

// Does anything stand before the joint at p (camera frame), which falls on pixel (x, y)?
static bool hidden(rig_vec3 p, int x, int y, int owner, float flesh, const rig_target *targets, int n,
                   const rig_canvas *behind) {
    const float distance = rig_vec3_norm(p);
    if (behind->z[(size_t)y * (size_t)behind->width + (size_t)x] < p.z - FURNITURE_M)
        return true;
    for (int i = 0; i < n; i++) {
        if (!rect_holds(targets[i].rect, x, y))
            continue;
        const float before = (1 - rig_target_hit(&targets[i], p)) * distance;
        if (before > (targets[i].solid->owner == owner ? flesh : OTHER_M))
            return true;
    }
    return false;
}

void rig_figure_see(const rig_figure *figure, int owner, const rig_viewpoint *viewpoint, const rig_target *targets,
                    int n, const rig_canvas *behind, float q[RIG_FIGURE_JOINTS][2],
                    rig_visibility visibility[RIG_FIGURE_JOINTS]) {
    const double scale = figure->body->build.stature_m / AVERAGE_M * figure->body->build.trunk;
    for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
        double p[3], at[2] = {0, 0};
        rig_pose_apply(&viewpoint->Rt_cam_world, figure->joints[j], p);
        visibility[j] = RIG_VISIBILITY_OUTSIDE;
        const bool inside = rig_viewpoint_project(viewpoint, p, at);
        q[j][0] = (float)at[0];
        q[j][1] = (float)at[1];
        if (!inside)
            continue;
        const int x = (int)lround(at[0]), y = (int)lround(at[1]);
        const bool covered =
            hidden(rig_vec3_of(p[0], p[1], p[2]), x, y, owner, flesh_m[j] * (float)scale, targets, n, behind);
        visibility[j] = covered ? RIG_VISIBILITY_HIDDEN : RIG_VISIBILITY_SEEN;
    }
}
