// Skeleton definitions: joint names, mirror partners, limbs. The definitions themselves are YAML (configs/skeletons).
#ifndef RIG_CORE_SKELETON_H
#define RIG_CORE_SKELETON_H

#include "core/status.h"

#include <stdbool.h>

enum { RIG_JOINTS_MAX = 144, RIG_LIMBS_MAX = 160 };

typedef struct rig_skeleton {
    char name[RIG_NAME_MAX];
    int n; // joints
    char names[RIG_JOINTS_MAX][RIG_NAME_MAX];
    int flip[RIG_JOINTS_MAX];     // the mirror partner of each joint; itself where it has none
    double sigma[RIG_JOINTS_MAX]; // COCO's per-joint constants for OKS
    int n_limbs;
    int limbs[RIG_LIMBS_MAX][2]; // pairs of joints
} rig_skeleton;

// The index of a joint, or -1.
int rig_skeleton_find(const rig_skeleton *skeleton, const char *joint);
// Skeletons of up to 3 joints are points (a ball, a drone, the ends of a wand): they have no size that is known.
bool rig_joints_are_points(int n_joints);
// Of points one joint is enough, where people need `of_people`.
int rig_joints_needed(int n_joints, int of_people);
// source_of[i] = the joint of `from` that has the name of joint i of `to`, or -1. Returns how many were found.
int rig_skeleton_map(const rig_skeleton *from, const rig_skeleton *to, int source_of[RIG_JOINTS_MAX]);

#endif
