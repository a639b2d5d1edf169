// A body model: how exactly each joint is found, how long bones are, how fast joints may change their velocities.
#ifndef RIG_TRIANGULATE_BODY_H
#define RIG_TRIANGULATE_BODY_H

#include "triangulate/joint_set.h"

enum { RIG_BONES_MAX = 32 };

typedef struct rig_bone {
    int a, b;        // joints
    double length_m; // of an adult of 1.75 m
} rig_bone;

typedef struct rig_body {
    int n;                          // joints
    double sigma_m[RIG_JOINTS_MAX]; // how far, on the body, a good detector is off: 1 standard deviation a coordinate
    double odds[RIG_JOINTS_MAX];    // log-odds, an axis, that two joints without a residual are one (affinity.h)
    int flip[RIG_JOINTS_MAX];       // the skeleton's: the joint of the other side
    double agility[RIG_JOINTS_MAX]; // how fast its velocity changes, 1: as fast as that of hands and feet
    int n_bones;                    // long bones, which measure the person
    rig_bone bones[RIG_BONES_MAX];  // those of the skeleton, by the joints' names; none where it has other names
    int n_rigid;                    // short bones, behind the long ones in bones: they keep their length, that is all
} rig_body;

rig_body rig_body_init(const rig_skeleton *skeleton);
// Set a joint's sigma_m and the odds that follow from it.
void rig_body_set_sigma(rig_body *body, int joint, double sigma_m);

#endif
