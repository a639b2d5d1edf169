#include "triangulate/body.h"

#include <math.h>

// Lengths between joint centres as detectors place them, of a person 1.75 m tall. Source: Drillis and Contini 1966.
static const struct {
    const char *a, *b;
    double length_m;
} BONES[] = {
    {"left_shoulder", "left_elbow", 0.29},     {"right_shoulder", "right_elbow", 0.29},
    {"left_elbow", "left_wrist", 0.25},        {"right_elbow", "right_wrist", 0.25},
    {"left_hip", "left_knee", 0.42},           {"right_hip", "right_knee", 0.42},
    {"left_knee", "left_ankle", 0.41},         {"right_knee", "right_ankle", 0.41},
    {"left_shoulder", "left_hip", 0.50},       {"right_shoulder", "right_hip", 0.50},
    {"left_shoulder", "right_shoulder", 0.35},
};
enum { N_BONES = sizeof BONES / sizeof BONES[0] };

static const double BODY_M = 0.7;   // COCO's sigmas are in units of the square root of a person's area, this long
static const double DETECTOR = 0.6; // and are of people who annotate; a detector follows their mean
static const double SPREAD_M = 1;   // a joint of another person lies anywhere in about a metre around
static const double SIGMA_UNKNOWN = 0.07;

void rig_body_set_sigma(rig_body *body, int joint, double sigma_m) {
    body->sigma_m[joint] = sigma_m;
    body->odds[joint] = log(SPREAD_M / (sigma_m * sqrt(2 * 3.14159265358979323846)));
}

rig_body rig_body_init(const rig_skeleton *skeleton) {
    rig_body body = {.n = skeleton->n};
    for (int j = 0; j < skeleton->n; j++) {
        double sigma = skeleton->sigma[j] > 0 ? skeleton->sigma[j] : SIGMA_UNKNOWN;
        rig_body_set_sigma(&body, j, DETECTOR * BODY_M * sigma);
        body.flip[j] = skeleton->flip[j];
    }
    for (int k = 0; k < N_BONES; k++) {
        int a = rig_skeleton_find(skeleton, BONES[k].a), b = rig_skeleton_find(skeleton, BONES[k].b);
        if (a >= 0 && b >= 0)
            body.bones[body.n_bones++] = (rig_bone){a, b, BONES[k].length_m};
    }
    return body;
}
