// Rigs that nobody synchronised, and people who wander before them: walk somewhere, stand, turn, move their arms.
#ifndef RIG_TESTS_WANDERERS_H
#define RIG_TESTS_WANDERERS_H

#include "core/rng.h"
#include "triangulate/sync.h"

#include <string.h>

enum { WANDER_JOINTS = 17, WANDER_VIEWS = 8, WANDER_PEOPLE = 3, WANDER_HZ = 100 };

typedef enum wander_motion { WANDER_WALK, WANDER_TREADMILL, WANDER_STAND } wander_motion;

typedef struct wander_config {
    int n_views, n_people;
    double seconds; // of each view
    double offset_s[WANDER_VIEWS], drift[WANDER_VIEWS], fps[WANDER_VIEWS];
    double noise_px, miss, wrong; // of the detector: standard deviation, shares of joints
    bool known;                   // the cameras are
    bool empty[WANDER_VIEWS];     // nobody is in this view
    int lost_view, lost_at, lost; // a view whose recorder lost frames before one of them; lost = 0: none
    wander_motion motion;
    uint64_t seed;
} wander_config;

typedef struct wander_state {
    double x, y, heading, phase, arm; // m, rad
} wander_state;

typedef struct wanderers {
    double first_s;
    int n;
    wander_state *states; // n moments x people
} wanderers;

// Paths from first_s to last_s of the rig's clock.
static inline bool wanderers_make(const wander_config *c, double first_s, double last_s, wanderers *made,
                                  rig_arena *out) {
    *made = (wanderers){first_s, (int)((last_s - first_s) * WANDER_HZ) + 2, NULL};
    made->states = RIG_NEW(out, wander_state, (long)made->n * c->n_people);
    for (int k = 0; k < c->n_people && made->states; k++) {
        rig_rng rng = rig_rng_seed(c->seed, 100 + (uint64_t)k);
        wander_state s = {.x = rig_rng_uniform(&rng, -2, 2), .y = rig_rng_uniform(&rng, -2, 2)};
        double to[2] = {0, 0}, speed = 0, wanted = 1.2, pause = 0, arm_rate = 0, arm_speed = 0;
        s.heading = rig_rng_uniform(&rng, 0, 6.28);
        for (int i = 0; i < made->n; i++) {
            const double dt = 1.0 / WANDER_HZ, far = hypot(to[0] - s.x, to[1] - s.y);
            if (c->motion == WANDER_WALK) {
                if (far < 0.3) {
                    to[0] = rig_rng_uniform(&rng, -2.5, 2.5), to[1] = rig_rng_uniform(&rng, -2.5, 2.5);
                    wanted = rig_rng_uniform(&rng, 0.6, 1.6);
                    pause = rig_rng_uniform(&rng, 0, 1) < 0.3 ? rig_rng_uniform(&rng, 0.5, 3) : 0;
                }
                pause -= dt;
                const double aim = atan2(to[1] - s.y, to[0] - s.x) - s.heading;
                const double turn = atan2(sin(aim), cos(aim));
                s.heading += fmin(fmax(2 * turn, -2), 2) * dt;
                speed += ((pause > 0 ? 0 : wanted * fmax(0.2, cos(turn))) - speed) * 3 * dt;
                arm_rate += (-0.5 * arm_rate - 6 * s.arm) * dt + 4 * sqrt(dt) * rig_rng_normal(&rng);
                arm_speed = arm_rate;
            } else if (c->motion == WANDER_TREADMILL) {
                s.x = s.y = 0, s.heading = 0, speed = 0;
                s.phase += 2 * 3.14159265 * 0.95 * dt;
            }
            s.x += speed * cos(s.heading) * dt, s.y += speed * sin(s.heading) * dt;
            s.phase += speed * 4.4 * dt, s.arm += arm_speed * dt;
            made->states[(long)i * c->n_people + k] = s;
        }
    }
    return made->states != NULL;
}

static inline void wander_joints(const wander_state *s, double p[WANDER_JOINTS][3]) {
    // Forward, to the left, up; metres.
    static const double STANDING[WANDER_JOINTS][3] = {
        {0.10, 0, 1.60},     {0.08, 0.03, 1.64}, {0.08, -0.03, 1.64}, {0, 0.08, 1.61},  {0, -0.08, 1.61},
        {0, 0.18, 1.42},     {0, -0.18, 1.42},   {0, 0.21, 1.13},     {0, -0.21, 1.13}, {0.05, 0.22, 0.88},
        {0.05, -0.22, 0.88}, {0, 0.10, 0.92},    {0, -0.10, 0.92},    {0, 0.10, 0.50},  {0, -0.10, 0.50},
        {0, 0.10, 0.09},     {0, -0.10, 0.09}};
    static const double SWING[WANDER_JOINTS] = {0,     0,    0,     0,    0,    0.02,  -0.02, -0.10, 0.10,
                                                -0.25, 0.25, -0.02, 0.02, 0.15, -0.15, 0.3,   -0.3};
    const double c = cos(s->heading), n = sin(s->heading), swing = sin(s->phase);
    for (int j = 0; j < WANDER_JOINTS; j++) {
        double forward = STANDING[j][0] + swing * SWING[j], up = STANDING[j][2];
        if (j >= 15) // feet leave the floor
            up += 0.08 * fmax(0, cos(s->phase) * (j == 15 ? 1 : -1));
        if (j == 10) // an arm that is lifted
            forward += 0.5 * sin(fmin(fabs(s->arm), 1.5)), up += 0.4 * (1 - cos(fmin(fabs(s->arm), 1.5)));
        p[j][0] = s->x + c * forward - n * STANDING[j][1];
        p[j][1] = s->y + n * forward + c * STANDING[j][1];
        p[j][2] = up;
    }
}

static inline void wander_at(const wander_config *c, const wanderers *w, double t_s, int k,
                             double p[WANDER_JOINTS][3]) {
    const double at = (t_s - w->first_s) * WANDER_HZ;
    const int i = (int)fmin(fmax(floor(at), 0), w->n - 2);
    const double u = at - i;
    const wander_state *a = &w->states[(long)i * c->n_people + k], *b = a + c->n_people;
    const wander_state s = {a->x + u * (b->x - a->x), a->y + u * (b->y - a->y),
                            a->heading + u * (b->heading - a->heading), a->phase + u * (b->phase - a->phase),
                            a->arm + u * (b->arm - a->arm)};
    wander_joints(&s, p);
}

// A camera on a ring, somewhere, that looks at about the middle.
static inline rig_pose wander_pose(const wander_config *c, int view) {
    rig_rng rng = rig_rng_seed(c->seed, 10 + (uint64_t)view);
    const double angle = 6.2832 * view / c->n_views + rig_rng_uniform(&rng, -0.3, 0.3);
    const double far = rig_rng_uniform(&rng, 4.5, 6.5), high = rig_rng_uniform(&rng, 1.2, 2.8);
    const double centre[3] = {far * cos(angle), far * sin(angle), high};
    const double look[3] = {rig_rng_uniform(&rng, -0.3, 0.3), rig_rng_uniform(&rng, -0.3, 0.3), 0.9};
    rig_pose pose;
    double x[3], y[3], z[3], length = 0;
    for (int k = 0; k < 3; k++)
        z[k] = look[k] - centre[k], length += z[k] * z[k];
    for (int k = 0; k < 3; k++)
        z[k] /= sqrt(length);
    rig_cross3(z, (double[]){0, 0, 1}, x);
    length = rig_norm3(x);
    for (int k = 0; k < 3; k++)
        x[k] /= length;
    rig_cross3(z, x, y);
    memcpy(pose.R, x, sizeof x), memcpy(pose.R + 3, y, sizeof y), memcpy(pose.R + 6, z, sizeof z);
    for (int k = 0; k < 3; k++)
        pose.t[k] = -rig_dot3(pose.R + 3 * k, centre);
    return pose;
}

// What view v makes of them. focal 1000 px; a picture of 1280 x 960, outside of which nobody is seen.
static inline bool wander_view(const wander_config *c, const wanderers *w, int v, rig_sync_view *view, rig_arena *out) {
    const double focal = 1000;
    rig_rng rng = rig_rng_seed(c->seed, 1000 + (uint64_t)v);
    rig_sync_builder *builder;
    const rig_pose pose = wander_pose(c, v);
    const int n_frames = c->empty[v] ? 0 : (int)(c->seconds * c->fps[v]);
    *view = (rig_sync_view){.frame_s = 1 / c->fps[v], .has_pose = c->known, .Rt_cam_world = pose};
    if (rig_sync_builder_make(WANDER_JOINTS, 1 / c->fps[v], &builder, out, NULL) != RIG_OK)
        return false;
    for (int f = 0; f < n_frames; f++) {
        rig_sync_joint joints[WANDER_PEOPLE][WANDER_JOINTS];
        const int lost = v == c->lost_view && f >= c->lost_at ? c->lost : 0;
        const double t = f / c->fps[v], rig_s = c->offset_s[v] + (f + lost) / c->fps[v] * (1 + c->drift[v]);
        int n = 0;
        memset(joints, 0, sizeof joints);
        for (int k = 0; k < c->n_people; k++) {
            double p[WANDER_JOINTS][3], p_cam[3];
            int seen = 0;
            wander_at(c, w, rig_s, k, p);
            for (int j = 0; j < WANDER_JOINTS; j++) {
                rig_sync_joint *joint = &joints[n][j];
                rig_pose_apply(&pose, p[j], p_cam);
                const double dice = rig_rng_uniform(&rng, 0, 1), dx = rig_rng_normal(&rng), dy = rig_rng_normal(&rng);
                const double noise = (c->noise_px + (dice > 1 - c->wrong ? 60 : 0)) / focal;
                const double x = p_cam[0] / p_cam[2], y = p_cam[1] / p_cam[2];
                joint->known = p_cam[2] > 0.3 && fabs(x) < 0.64 && fabs(y) < 0.48 && dice >= c->miss;
                joint->n[0] = (float)(x + noise * dx), joint->n[1] = (float)(y + noise * dy);
                seen += joint->known;
            }
            n += seen >= 3;
            if (seen < 3)
                memset(joints[n], 0, sizeof joints[n]);
        }
        if (rig_sync_builder_add(builder, t, joints[0], n, NULL) != RIG_OK)
            return false;
    }
    const bool made = rig_sync_builder_end(builder, &view->people, out, NULL) == RIG_OK;
    view->first_s = view->people.first_s, view->last_s = view->people.last_s;
    return made;
}

// All views of a rig.
static inline bool wander_rig(const wander_config *c, rig_sync_view *views, rig_arena *out) {
    double first = INFINITY, last = -INFINITY;
    wanderers w;
    for (int v = 0; v < c->n_views; v++) {
        first = fmin(first, c->offset_s[v] - 1);
        last = fmax(last, c->offset_s[v] + c->seconds * 1.01 + 1);
    }
    if (!wanderers_make(c, first, last, &w, out))
        return false;
    for (int v = 0; v < c->n_views; v++)
        if (!wander_view(c, &w, v, &views[v], out))
            return false;
    return true;
}

#endif
