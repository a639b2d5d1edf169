#include "pose/confidence.h"

#include <math.h>

static const double AREA_OF_BOX = 0.53; // of a person, whose root is the scale of OKS
static const double NARROW = 0.25;      // of a box's longer side: its shorter counts as at least that

static double interpolate(const rig_confidence *c, const double *values, double heat) {
    int k = 1;
    while (k < c->n - 1 && heat > c->heat[k])
        k++;
    const double part = (heat - c->heat[k - 1]) / (c->heat[k] - c->heat[k - 1]);
    return values[k - 1] + fmin(fmax(part, 0), 1) * (values[k] - values[k - 1]);
}

static double scale_of(const rig_person2d *person, int n_joints) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int k = 0; k < n_joints; k++)
        for (int a = 0; a < 2 && person->joints[k].found; a++) {
            low[a] = fmin(low[a], person->joints[k].q[a]);
            high[a] = fmax(high[a], person->joints[k].q[a]);
        }
    const double w = high[0] - low[0], h = high[1] - low[1], least = NARROW * fmax(w, h);
    return low[0] <= high[0] ? sqrt(AREA_OF_BOX * fmax(w, least) * fmax(h, least)) : 0;
}

void rig_people_calibrate(const rig_confidence *confidence, const rig_skeleton *skeleton, rig_frame2d *people) {
    for (int i = 0; i < people->n && confidence->n > 0; i++) {
        const double scale = scale_of(&people->people[i], skeleton->n);
        for (int k = 0; k < skeleton->n; k++) {
            rig_joint2d *joint = &people->people[i].joints[k];
            joint->sigma_px = scale * skeleton->sigma[k] * interpolate(confidence, confidence->spread, joint->score);
            joint->score = interpolate(confidence, confidence->probability, joint->score);
            for (int o = 0; o < joint->n_others; o++)
                joint->others[o].score = interpolate(confidence, confidence->probability, joint->others[o].score);
        }
    }
}
