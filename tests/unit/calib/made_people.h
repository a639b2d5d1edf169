// Made-up people who walk before made-up cameras, and how far a rig that was found by them is from the truth.
#ifndef RIG_TESTS_MADE_PEOPLE_H
#define RIG_TESTS_MADE_PEOPLE_H

#include "calib/people_rig.h"
#include "core/rng.h"
#include "tests/unit/calib/made_rig.h"

enum { MADE_JOINTS = 17, MADE_PEOPLE_MOST = 4, MADE_WAVES = 4 };

// Walk about, each in one place, along a line, or the second half a turn about the middle from the first.
typedef enum made_motion { MADE_WALKS, MADE_STANDS, MADE_LINE, MADE_OPPOSITE } made_motion;

typedef struct made_take {
    int n_cameras, n_people, n_moments;
    double fps, room_m; // people walk within room_m of the middle
    made_motion motion;
    double noise_px;                        // a coordinate, of each joint on its own
    double drift_px, drift_s;               // and what is alike for that long
    double bias_m;                          // off its place by as much, by joint and by the side that a view sees
    double outliers, missing, away, ghosts; // shares: joints elsewhere, joints not found, people not found, things
                                            // taken for people
    double late_s[MADE_CAMERAS_MAX];        // of a camera's clock: what nobody knows of it
    double clock_sigma_s[MADE_CAMERAS_MAX]; // what is known of that; 0: exact
    double height_m[MADE_PEOPLE_MOST];
    rig_camera cameras[MADE_CAMERAS_MAX];
    rig_pose Rt_cam_world[MADE_CAMERAS_MAX];
    const char *names[MADE_CAMERAS_MAX];
    double wave[MADE_PEOPLE_MOST][2][MADE_WAVES][3];
    double drift[MADE_CAMERAS_MAX][MADE_PEOPLE_MOST][MADE_JOINTS][2];
    double bias[MADE_JOINTS][3][2];
    rig_rng rng;
} made_take;

static const char *const MADE_JOINT_NAMES[MADE_JOINTS] = {
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle"};

// Forward, to the left, up, of somebody 1.75 m tall; how far each joint swings forward.
static const double MADE_BODY[MADE_JOINTS][4] = {
    {.10, 0, 1.60, 0},     {.08, .03, 1.64, 0},   {.08, -.03, 1.64, 0}, {0, .08, 1.61, 0},    {0, -.08, 1.61, 0},
    {0, .18, 1.43, .02},   {0, -.18, 1.43, -.02}, {0, .21, 1.13, -.10}, {0, -.21, 1.13, .10}, {.05, .22, .88, -.25},
    {.05, -.22, .88, .25}, {0, .10, .93, -.02},   {0, -.10, .93, .02},  {0, .10, .50, .15},   {0, -.10, .50, -.15},
    {0, .10, .08, .3},     {0, -.10, .08, -.3}};

static inline rig_skeleton made_skeleton(void) {
    rig_skeleton skeleton = {.name = "coco17", .n = MADE_JOINTS};
    for (int j = 0; j < MADE_JOINTS; j++)
        snprintf(skeleton.names[j], RIG_NAME_MAX, "%s", MADE_JOINT_NAMES[j]);
    return skeleton;
}

// Cameras all round the room, none quite where a pattern would put it.
static inline void made_take_init(made_take *take, int n_cameras, int n_people, double seconds, uint64_t seed) {
    static const char *const NAMES[MADE_CAMERAS_MAX] = {"c1", "c2",  "c3",  "c4",  "c5",  "c6",  "c7",  "c8",
                                                        "c9", "c10", "c11", "c12", "c13", "c14", "c15", "c16"};
    rig_rng *rng = &take->rng;
    *take = (made_take){.n_cameras = n_cameras,
                        .n_people = n_people,
                        .fps = 15,
                        .n_moments = (int)(15 * seconds),
                        .noise_px = 2,
                        .outliers = 0.03,
                        .missing = 0.1,
                        .away = 0.05,
                        .ghosts = 0.02};
    *rng = rig_rng_seed(seed, 5);
    take->room_m = rig_rng_uniform(rng, 1.5, 3);
    const double first = rig_rng_uniform(rng, 0, 6.28), round = rig_rng_uniform(rng, 3.5, 6.28);
    for (int c = 0; c < n_cameras; c++) {
        const double angle = first + round * (c + rig_rng_uniform(rng, -0.2, 0.2)) / n_cameras;
        const double far = take->room_m + rig_rng_uniform(rng, 2, 3.5), f = rig_rng_uniform(rng, 900, 1400);
        const double centre[3] = {far * cos(angle), far * sin(angle), rig_rng_uniform(rng, 1.2, 3)};
        const double target[3] = {rig_rng_uniform(rng, -0.5, 0.5), rig_rng_uniform(rng, -0.5, 0.5),
                                  rig_rng_uniform(rng, 0.8, 1.2)};
        take->cameras[c] = (rig_camera){
            .width = 1920, .height = 1080, .lens = RIG_LENS_PINHOLE5, .K = {f, f, 960, 540}, .dist = {-0.1, 0.02}};
        take->Rt_cam_world[c] = made_look_at(centre, target);
        take->names[c] = NAMES[c];
    }
    for (int p = 0; p < MADE_PEOPLE_MOST; p++) {
        take->height_m[p] = rig_rng_uniform(rng, 1.55, 1.95);
        for (int i = 0; i < 2 * MADE_WAVES; i++) {
            double *wave = take->wave[p][i / MADE_WAVES][i % MADE_WAVES];
            wave[0] = rig_rng_uniform(rng, 0.3, 1);
            wave[1] = rig_rng_uniform(rng, 0.15, 0.6);
            wave[2] = rig_rng_uniform(rng, 0, 6.28);
        }
    }
    for (int i = 0; i < MADE_JOINTS * 6; i++)
        take->bias[i / 6][i % 6 / 2][i % 2] = rig_rng_normal(rng);
}

static inline double made_place(const made_take *take, int p, int axis, double t) {
    double sum = 0, all = 0;
    for (int i = 0; i < MADE_WAVES; i++) {
        const double *wave = take->wave[p][axis][i];
        sum += wave[0] * sin(wave[1] * t + wave[2]), all += wave[0];
    }
    return take->room_m * 1.6 * sum / all;
}

static inline void made_joints(const made_take *take, int p, double t, double joints[MADE_JOINTS][3], double *heading) {
    const bool opposite = take->motion == MADE_OPPOSITE && p == 1;
    if (opposite)
        p = 0;
    double x = made_place(take, p, 0, t), y = made_place(take, p, 1, t);
    double vx = made_place(take, p, 0, t + 0.05) - x, vy = made_place(take, p, 1, t + 0.05) - y;
    double swing = sin(5.5 * t + p);
    if (take->motion == MADE_STANDS)
        x = 0.3, y = -0.2 + p, vx = 1, vy = 0, swing = 0.1 * sin(t);
    if (take->motion == MADE_LINE)
        y = 0.1, vx = 1, vy = 0;
    *heading = atan2(vy, vx);
    if (opposite)
        x = -x, y = -y, *heading += 3.14159265358979;
    const double size = take->height_m[p] / 1.75;
    for (int j = 0; j < MADE_JOINTS; j++) {
        const double *b = MADE_BODY[j], forward = size * (b[0] + b[3] * swing), left = size * b[1];
        joints[j][0] = x + cos(*heading) * forward - sin(*heading) * left;
        joints[j][1] = y + sin(*heading) * forward + cos(*heading) * left;
        joints[j][2] = size * b[2];
    }
}

static inline bool made_look(made_take *take, int c, int p, double joints[MADE_JOINTS][3], double heading,
                             rig_person2d *person) {
    const rig_camera *camera = &take->cameras[c];
    rig_rng *rng = &take->rng;
    double centre[3];
    rig_pose_centre(&take->Rt_cam_world[c], centre);
    const double aside = heading - atan2(centre[1] - joints[0][1], centre[0] - joints[0][0]);
    int n = 0;
    *person = (rig_person2d){.score = 0.8, .joints = person->joints};
    for (int j = 0; j < MADE_JOINTS; j++) {
        rig_joint2d *joint = &person->joints[j];
        double at[3], q[2], *drift = take->drift[c][p][j];
        *joint = (rig_joint2d){.score = 0.8};
        rig_pose_apply(&take->Rt_cam_world[c], joints[j], at);
        const double keep = take->drift_px > 0 ? exp(-1 / (take->fps * take->drift_s)) : 0;
        for (int k = 0; k < 2; k++)
            drift[k] = keep * drift[k] + sqrt(1 - keep * keep) * take->drift_px * rig_rng_normal(rng);
        const bool missing = rig_rng_uniform(rng, 0, 1) < take->missing,
                   wrong = rig_rng_uniform(rng, 0, 1) < take->outliers;
        if (missing || at[2] < 0.3 || !rig_camera_project(camera, at, q, NULL, NULL))
            continue;
        for (int k = 0; k < 2; k++) {
            double(*b)[2] = take->bias[j];
            const double off = b[0][k] + b[1][k] * cos(aside) + b[2][k] * sin(aside);
            q[k] += take->noise_px * rig_rng_normal(rng) + drift[k] + take->bias_m * camera->K[0] / at[2] * off;
            q[k] += wrong ? 60 * rig_rng_normal(rng) : 0;
        }
        joint->found = q[0] > 0 && q[0] < camera->width && q[1] > 0 && q[1] < camera->height;
        memcpy(joint->q, q, sizeof q);
        n += joint->found;
    }
    return n >= 5 && rig_rng_uniform(rng, 0, 1) > take->away;
}

// Something that is taken for a person.
static inline void made_ghost(made_take *take, rig_person2d *person) {
    const double x = rig_rng_uniform(&take->rng, 100, 1800), y = rig_rng_uniform(&take->rng, 100, 900);
    for (int j = 0; j < MADE_JOINTS; j++)
        person->joints[j] =
            (rig_joint2d){.found = true,
                          .score = 0.5,
                          .q = {x + 80 * rig_rng_normal(&take->rng), y + 80 * rig_rng_normal(&take->rng)}};
}

// Everybody at every moment, in an order of its own in each picture.
static inline rig_status made_take_see(made_take *take, rig_people_seen *seen, rig_arena *arena, rig_err *err) {
    *seen = (rig_people_seen){.n_views = take->n_cameras,
                              .n_joints = MADE_JOINTS,
                              .cameras = take->cameras,
                              .names = take->names,
                              .fps = take->fps,
                              .clock_sigma_s = take->clock_sigma_s,
                              .room = take->n_moments,
                              .moments = RIG_NEW(arena, rig_seen_moment, take->n_moments)};
    if (!seen->moments)
        return rig_fail_memory(err, "moments");
    static rig_joint2d joints2d[MADE_CAMERAS_MAX][MADE_PEOPLE_MOST + 1][MADE_JOINTS];
    for (int m = 0; m < take->n_moments; m++) {
        rig_frame2d frames[MADE_CAMERAS_MAX];
        rig_person2d people[MADE_CAMERAS_MAX][MADE_PEOPLE_MOST + 1];
        const rig_frame2d *views[MADE_CAMERAS_MAX];
        for (int c = 0; c < take->n_cameras; c++) {
            const int first = rig_rng_below(&take->rng, take->n_people);
            frames[c] = (rig_frame2d){m, 0, people[c]};
            for (int i = 0; i < take->n_people; i++) {
                double joints[MADE_JOINTS][3], heading;
                const int p = (first + i) % take->n_people;
                people[c][frames[c].n].joints = joints2d[c][frames[c].n];
                made_joints(take, p, m / take->fps + take->late_s[c], joints, &heading);
                frames[c].n += made_look(take, c, p, joints, heading, &people[c][frames[c].n]);
            }
            people[c][frames[c].n].joints = joints2d[c][frames[c].n];
            people[c][frames[c].n].score = 0.5;
            if (rig_rng_uniform(&take->rng, 0, 1) < take->ghosts)
                made_ghost(take, &people[c][frames[c].n++]);
            views[c] = &frames[c];
        }
        RIG_TRY(rig_people_seen_add(seen, m, views, arena, err));
    }
    return rig_people_seen_follow(seen, (int)take->fps, arena, err);
}

typedef struct made_error {
    double mm[MADE_CAMERAS_MAX], deg[MADE_CAMERAS_MAX]; // a camera in the order of the rig, after a similarity
    double scale;                                       // metres in a unit of the rig
    int n, within;                                      // numbers of poses, and how many of them within 1.96 sigmas
    double squares;                                     // sum of theirs, over their variances
} made_error;

// In the frame of the first camera, where errors and sigmas are said.
static inline void made_within(const made_take *take, const rig_people_rig *rig, made_error *error) {
    const rig_pose first = rig_pose_invert(&take->Rt_cam_world[rig->view_of[0]]);
    const int n = 6 * (rig->n - 1);
    double along = 0, length = 0;
    for (int c = 1; c < rig->n; c++) {
        const rig_pose true_pose = rig_pose_mul(&take->Rt_cam_world[rig->view_of[c]], &first);
        along += rig_dot3(true_pose.t, rig->Rt_cam_world[c].t), length += rig_dot3(true_pose.t, true_pose.t);
    }
    for (int c = 1; c < rig->n; c++) {
        const rig_pose true_pose = rig_pose_mul(&take->Rt_cam_world[rig->view_of[c]], &first);
        double Rt[9], dR[9], d[6], turned[3];
        rig_mat3_transpose(rig->Rt_cam_world[c].R, Rt);
        rig_mat3_mul(true_pose.R, Rt, dR);
        rig_rotation_to_rvec(dR, d);
        for (int k = 0; k < 3; k++)
            d[3 + k] = true_pose.t[k] * along / length - rig->Rt_cam_world[c].t[k];
        rig_cross3(rig->Rt_cam_world[c].t, d, turned); // of the camera's centre
        for (int k = 0; k < 3; k++)
            d[3 + k] += turned[k];
        for (int k = 0; k < 6; k++) {
            const ptrdiff_t at = 6 * (c - 1) + k;
            error->squares += d[k] * d[k] / rig->report.covariance[at * n + at];
            error->n++;
            error->within += fabs(d[k]) < 1.96 * sqrt(rig->report.covariance[at * n + at]);
        }
    }
}

static inline made_error made_compare(const made_take *take, const rig_people_rig *rig) {
    made_error error = {.n = 0};
    double found[MADE_CAMERAS_MAX][3], truth[MADE_CAMERAS_MAX][3];
    rig_pose to_truth;
    for (int c = 0; c < rig->n; c++) {
        rig_pose_centre(&rig->Rt_cam_world[c], found[c]);
        rig_pose_centre(&take->Rt_cam_world[rig->view_of[c]], truth[c]);
    }
    made_within(take, rig, &error);
    if (!rig_pose_align((const double(*)[3])found, (const double(*)[3])truth, rig->n, &to_truth, &error.scale))
        return error;
    for (int c = 0; c < rig->n; c++) {
        double d[3], Rt[9], R[9];
        rig_mat3_mul_vec(to_truth.R, found[c], d);
        for (int k = 0; k < 3; k++)
            d[k] = error.scale * d[k] + to_truth.t[k] - truth[c][k];
        error.mm[c] = 1000 * rig_norm3(d);
        rig_mat3_transpose(to_truth.R, Rt);
        rig_mat3_mul(rig->Rt_cam_world[c].R, Rt, R);
        error.deg[c] = rig_rotation_angle_between(R, take->Rt_cam_world[rig->view_of[c]].R) * 180 / 3.14159265358979;
    }
    return error;
}

#endif
