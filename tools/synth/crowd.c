#include "tools/synth/crowd.h"

static const double PI = 3.14159265358979323846;
static const double APART_M = 0.01, SEATS_APART_M = 0.75, CAMERA_APART_M = 0.75;

enum { TRIES = 10 };

static bool fits(const rig_crowd *crowd, const rig_figure *figure, const rig_backdrop *backdrop) {
    double eye[3];
    rig_pose_centre(&backdrop->viewpoint.Rt_cam_world, eye);
    const double *p = figure->segments[RIG_SEGMENT_PELVIS].t;
    if (hypot(p[0] - backdrop->centre[0], p[1] - backdrop->centre[1]) > backdrop->radius_m)
        return false;
    for (int i = 0; i < RIG_LIMBS; i++) {
        const rig_limb *limb = &figure->limbs[i];
        const double away[3] = {limb->b[0] - eye[0], limb->b[1] - eye[1], limb->b[2] - eye[2]};
        if (rig_norm3(away) < CAMERA_APART_M)
            return false;
    }
    for (int i = 0; i < crowd->n; i++) {
        const rig_figure *other = &crowd->figures[i];
        const double *q = other->segments[RIG_SEGMENT_PELVIS].t, distance = hypot(p[0] - q[0], p[1] - q[1]);
        if ((figure->seat_m > 0 || other->seat_m > 0) && distance < SEATS_APART_M)
            return false;
        if (distance < 2.2 && rig_limbs_depth(figure->limbs, other->limbs) > -APART_M)
            return false;
    }
    return true;
}

// A place in the camera's view, 1.5 to 8 m away.
static void first_place(const rig_backdrop *backdrop, rig_rng *rng, double place[2]) {
    double eye[3];
    const double *forward = &backdrop->viewpoint.Rt_cam_world.R[6],
                 far = 1.4 + 6.6 * pow(rig_rng_uniform(rng, 0, 1), 1.5);
    const double half = atan(backdrop->viewpoint.camera.width / (2 * backdrop->viewpoint.camera.K[0]));
    const double angle = atan2(forward[1], forward[0]) + 0.8 * half * rig_rng_uniform(rng, -1, 1);
    rig_pose_centre(&backdrop->viewpoint.Rt_cam_world, eye);
    place[0] = eye[0] + far * cos(angle);
    place[1] = eye[1] + far * sin(angle);
}

// Towards the camera more often than not, seen from a place.
static double heading_draw(const rig_backdrop *backdrop, const double place[2], rig_rng *rng) {
    double eye[3];
    rig_pose_centre(&backdrop->viewpoint.Rt_cam_world, eye);
    const double to = atan2(eye[1] - place[1], eye[0] - place[0]);
    return rig_rng_below(rng, 3) == 0 ? to + 0.6 * rig_rng_normal(rng) : rig_rng_uniform(rng, 0, 2 * PI);
}

void rig_crowd_place(rig_crowd *crowd, const rig_backdrop *backdrop, const rig_avatar *const *bodies, int n,
                     rig_rng *rng) {
    const double near = rig_rng_uniform(rng, 0.4, 1.2) * (n > 3 ? 1.5 : 1);
    const rig_act shared = rig_act_choose(rng);
    const bool alike = rig_rng_below(rng, 3) == 0; // people often do what the others do
    crowd->n = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < TRIES; k++) {
            rig_figure *figure = &crowd->figures[crowd->n];
            double place[2];
            first_place(backdrop, rng, place);
            if (crowd->n) {
                const double *first = crowd->figures[0].segments[RIG_SEGMENT_PELVIS].t;
                place[0] = first[0] + near * rig_rng_normal(rng);
                place[1] = first[1] + near * rig_rng_normal(rng);
            }
            const rig_act act = alike ? shared : rig_act_choose(rng);
            rig_figure_make(figure, bodies[i], act, place, heading_draw(backdrop, place, rng), rng);
            if (fits(crowd, figure, backdrop)) {
                crowd->n++;
                break;
            }
        }
}

// Widen a box of the plane z = 1 by a figure's limbs; those behind the camera are left out.
static void box_widen(const rig_figure *figure, const rig_pose *Rt_cam_world, double low[2], double high[2]) {
    for (int i = 0; i < 2 * RIG_LIMBS; i++) {
        const rig_limb *limb = &figure->limbs[i / 2];
        double p[3];
        rig_pose_apply(Rt_cam_world, i % 2 ? limb->b : limb->a, p);
        if (p[2] < 0.3)
            continue;
        for (int axis = 0; axis < 2; axis++) {
            low[axis] = fmin(low[axis], (p[axis] - limb->r) / p[2]);
            high[axis] = fmax(high[axis], (p[axis] + limb->r) / p[2]);
        }
    }
}

rig_backdrop_window rig_crowd_frame(const rig_crowd *crowd, const rig_backdrop *backdrop, int size, rig_rng *rng,
                                    rig_camera *camera) {
    const rig_camera *whole = &backdrop->viewpoint.camera;
    const int side = whole->width, n = rig_rng_below(rng, 5) < 3 ? crowd->n : (crowd->n > 0);
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, middle[2] = {0, 0}, extent = 1;
    for (int i = 0; i < n; i++)
        box_widen(&crowd->figures[i], &backdrop->viewpoint.Rt_cam_world, low, high);
    const int kind = rig_rng_below(rng, 20); // whole people, close ones, far ones
    const double share = kind < 14 ? rig_rng_uniform(rng, 0.35, 1) : kind < 18 ? rig_rng_uniform(rng, 1, 2) : 0.25;
    if (high[0] > low[0]) {
        extent = fmax(high[0] - low[0], high[1] - low[1]);
        for (int axis = 0; axis < 2; axis++)
            middle[axis] = low[axis] + (high[axis] - low[axis]) * (0.5 + 0.12 * share * rig_rng_normal(rng));
    }
    // Not wider than the backdrop, not so near that it blurs.
    double f = share * size / extent, step = whole->K[0] / f;
    if (backdrop->deep)
        step = fmin(fmax(step, 0.4), (side - 1.0) / (size - 1.0));
    f = whole->K[0] / step;
    const double loose = fmax(0, 0.5 - 0.5 * share) * size; // where the middle may fall, around the picture's
    double c[2];
    for (int axis = 0; axis < 2; axis++)
        c[axis] = (size - 1) / 2.0 + rig_rng_uniform(rng, -loose, loose) * 0.8 - f * middle[axis];
    rig_backdrop_window window = {.step = step};
    if (backdrop->deep) { // inside the backdrop
        double corner[2];
        for (int axis = 0; axis < 2; axis++) {
            corner[axis] = fmin(fmax(whole->K[2 + axis] - step * c[axis], 0), side - 1 - step * (size - 1));
            c[axis] = (whole->K[2 + axis] - corner[axis]) / step;
        }
        window.x0 = corner[0];
        window.y0 = corner[1];
    } else {
        window.step = rig_rng_uniform(rng, 0.5, (side - 1.0) / (size - 1.0));
        window.x0 = rig_rng_uniform(rng, 0, side - 1 - window.step * (size - 1));
        window.y0 = rig_rng_uniform(rng, 0, side - 1 - window.step * (size - 1));
        window.mirrored = rig_rng_below(rng, 2);
    }
    *camera = (rig_camera){.width = size, .height = size, .lens = RIG_LENS_PINHOLE0, .K = {f, f, c[0], c[1]}};
    return window;
}
