#include "triangulate/body.h"

#include <math.h>
#include <string.h>

// Lengths between joint centres as detectors place them, of a person 1.75 m tall. Source: Drillis and Contini 1966.
typedef struct named_bone {
    const char *a, *b;
    double length_m;
} named_bone;

static const named_bone BONES[] = {
    {"left_shoulder", "left_elbow", 0.29},     {"right_shoulder", "right_elbow", 0.29},
    {"left_elbow", "left_wrist", 0.25},        {"right_elbow", "right_wrist", 0.25},
    {"left_hip", "left_knee", 0.42},           {"right_hip", "right_knee", 0.42},
    {"left_knee", "left_ankle", 0.41},         {"right_knee", "right_ankle", 0.41},
    {"left_shoulder", "left_hip", 0.50},       {"right_shoulder", "right_hip", 0.50},
    {"left_shoulder", "right_shoulder", 0.35},
};
// Bones too short to measure a person by, or to reject a joint by.
static const named_bone RIGID[] = {
    {"left_ear", "right_ear", 0.15},
    {"nose", "left_ear", 0.13},
    {"nose", "right_ear", 0.13},
    {"left_eye", "right_eye", 0.065},
    {"nose", "left_eye", 0.045},
    {"nose", "right_eye", 0.045},
    {"left_hip", "right_hip", 0.2},
    {"neck", "left_shoulder", 0.18},
    {"neck", "right_shoulder", 0.18},
    {"mid_hip", "left_hip", 0.1},
    {"mid_hip", "right_hip", 0.1},
    {"left_ankle", "left_heel", 0.09},
    {"right_ankle", "right_heel", 0.09},
    {"left_ankle", "left_big_toe", 0.19},
    {"right_ankle", "right_big_toe", 0.19},
    {"left_heel", "left_big_toe", 0.22},
    {"right_heel", "right_big_toe", 0.22},
    {"left_big_toe", "left_small_toe", 0.06},
    {"right_big_toe", "right_small_toe", 0.06},
};
enum { N_BONES = sizeof BONES / sizeof BONES[0], N_RIGID = sizeof RIGID / sizeof RIGID[0] };
_Static_assert(N_BONES + N_RIGID <= RIG_BONES_MAX, "room for all bones");

// Accelerations of joints when people walk, against those of hands and feet; the trunk includes the head.
static const double AGILITY_TRUNK = 0.35, AGILITY_MIDDLE = 0.6;

// COCO's sigmas are those of people who annotate, in units of the square root of the person's area in the picture.
static const double BODY_M = 0.7;   // that square root, of a person of 1.75 m
static const double DETECTOR = 0.6; // a detector's spread against the annotators': it follows their mean
static const double SPREAD_M = 1;   // a joint of another person lies anywhere within about this far
static const double SIGMA_UNKNOWN = 0.07;

void rig_body_set_sigma(rig_body *body, int joint, double sigma_m) {
    body->sigma_m[joint] = sigma_m;
    body->odds[joint] = log(SPREAD_M / (sigma_m * sqrt(2 * 3.14159265358979323846)));
}

static double joint_agility(const char *name) {
    static const char *const ends[] = {"wrist", "ankle", "toe", "heel", "hand", "foot", "thumb", "finger"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strstr(name, ends[i]))
            return 1;
    return strstr(name, "elbow") || strstr(name, "knee") ? AGILITY_MIDDLE : AGILITY_TRUNK;
}

// The named bones whose joints the skeleton has. Returns how many.
static int bones_find(const rig_skeleton *skeleton, const named_bone *named, int n, rig_bone *bones) {
    int count = 0;
    for (int k = 0; k < n; k++) {
        int a = rig_skeleton_find(skeleton, named[k].a), b = rig_skeleton_find(skeleton, named[k].b);
        if (a >= 0 && b >= 0)
            bones[count++] = (rig_bone){a, b, named[k].length_m};
    }
    return count;
}

rig_body rig_body_init(const rig_skeleton *skeleton) {
    rig_body body = {.n = skeleton->n};
    for (int j = 0; j < skeleton->n; j++) {
        double sigma = skeleton->sigma[j] > 0 ? skeleton->sigma[j] : SIGMA_UNKNOWN;
        rig_body_set_sigma(&body, j, DETECTOR * BODY_M * sigma);
        body.flip[j] = skeleton->flip[j];
        body.agility[j] = rig_joints_are_points(skeleton->n) ? 1 : joint_agility(skeleton->names[j]);
    }
    body.n_bones = bones_find(skeleton, BONES, N_BONES, body.bones);
    body.n_rigid = bones_find(skeleton, RIGID, N_RIGID, body.bones + body.n_bones);
    return body;
}
