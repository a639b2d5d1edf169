#include "pose/confidence.h"

#include "pose/group.h"

#include <math.h>

static double interpolate(const rig_confidence *c, const double *values, double heat) {
    int k = 1;
    while (k < c->n - 1 && heat > c->heat[k])
        k++;
    const double part = (heat - c->heat[k - 1]) / (c->heat[k] - c->heat[k - 1]);
    return values[k - 1] + fmin(fmax(part, 0), 1) * (values[k] - values[k - 1]);
}

void rig_people_calibrate(const rig_confidence *confidence, const rig_skeleton *skeleton, rig_frame2d *people) {
    for (int i = 0; i < people->n && confidence->n > 0; i++) {
        const double scale = sqrt(rig_person_area(people->people[i].joints, skeleton->n));
        for (int k = 0; k < skeleton->n; k++) {
            rig_joint2d *joint = &people->people[i].joints[k];
            joint->sigma_px = scale * skeleton->sigma[k] * interpolate(confidence, confidence->spread, joint->score);
            joint->score = interpolate(confidence, confidence->probability, joint->score);
            for (int o = 0; o < joint->n_others; o++)
                joint->others[o].score = interpolate(confidence, confidence->probability, joint->others[o].score);
        }
    }
}
