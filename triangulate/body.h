// What is known of a body before it is seen: how well a joint is found, how long the long bones are.
#ifndef RIG_TRIANGULATE_BODY_H
#define RIG_TRIANGULATE_BODY_H

#include "core/joint_set.h"

enum { RIG_BONES_MAX = 32 };

typedef struct rig_bone {
    int a, b;        // joints
    double length_m; // of an adult
} rig_bone;

typedef struct rig_body {
    int n;                          // joints
    double sigma_m[RIG_JOINTS_MAX]; // how far, on the body, a good detector is off: 1 standard deviation a coordinate
    double odds[RIG_JOINTS_MAX];    // log-odds, an axis, of two sights at one place to be of one person
    int flip[RIG_JOINTS_MAX];       // the skeleton's
    double agility[RIG_JOINTS_MAX]; // how fast its velocity changes, 1: as fast as that of hands and feet
    int n_bones;
    rig_bone bones[RIG_BONES_MAX]; // those of the skeleton, by the joints' names; none where it has other names
    int n_rigid;                   // behind them in bones: short ones, which keep their length, but measure nobody
} rig_body;

void rig_body_set_sigma(rig_body *body, int joint, double sigma_m);
rig_body rig_body_init(const rig_skeleton *skeleton);

#endif
