// A dressed body: solids hung on segments, and where COCO's seventeen joints lie in them. Built once by seed, then
// posed.
#ifndef RIG_TOOLS_SYNTH_AVATAR_H
#define RIG_TOOLS_SYNTH_AVATAR_H

#include "tools/synth/posture.h"
#include "tools/synth/solid.h"

enum { RIG_AVATAR_PARTS_MAX = 96, RIG_AVATAR_JOINTS = 17 };

extern const char *const rig_avatar_joint_names[RIG_AVATAR_JOINTS]; // COCO's, in COCO's order

typedef enum rig_sleeves { RIG_SLEEVES_NONE, RIG_SLEEVES_SHORT, RIG_SLEEVES_LONG } rig_sleeves;
typedef enum rig_legwear { RIG_LEGWEAR_TROUSERS, RIG_LEGWEAR_SHORTS, RIG_LEGWEAR_SKIRT } rig_legwear;
typedef enum rig_hairdo {
    RIG_HAIRDO_SHORT,
    RIG_HAIRDO_FULL,
    RIG_HAIRDO_LONG,
    RIG_HAIRDO_BUN,
    RIG_HAIRDO_SHAVED
} rig_hairdo;

typedef enum rig_stuff {
    RIG_STUFF_SKIN,
    RIG_STUFF_FACE,
    RIG_STUFF_HAIR,
    RIG_STUFF_TOP,
    RIG_STUFF_BOTTOM,
    RIG_STUFF_SHOE,
    RIG_STUFFS
} rig_stuff;

// What a person wears and looks like.
typedef struct rig_look {
    rig_sleeves sleeves;
    rig_legwear legwear;
    rig_hairdo hairdo;
    double loose; // of the clothes, 0 tight .. 1
    rig_material stuff[RIG_STUFFS];
} rig_look;

rig_look rig_look_draw(rig_rng *rng);

// One solid of a body, in the frame of its segment.
typedef struct rig_part {
    rig_segment segment;
    rig_solid solid; // Rt_world_solid: here Rt_segment_solid
} rig_part;

typedef struct rig_avatar {
    rig_build build;
    rig_look look;
    int n;
    rig_part parts[RIG_AVATAR_PARTS_MAX];
    rig_segment joint_segment[RIG_AVATAR_JOINTS];
    double joint_at[RIG_AVATAR_JOINTS][3]; // in its segment's frame, m
} rig_avatar;

// Build a body in place: its parts point to its own look, so it may not be moved afterwards.
void rig_avatar_make(rig_avatar *body, const rig_build *build, const rig_look *look);
// Pose it: body->n solids (at most RIG_AVATAR_PARTS_MAX) that belong to `owner`, and the joints in the world.
void rig_avatar_pose(const rig_avatar *body, const rig_pose Rt_world_segment[RIG_SEGMENTS], int owner,
                     rig_solid *solids);
void rig_avatar_joints(const rig_avatar *body, const rig_pose Rt_world_segment[RIG_SEGMENTS],
                       double p[RIG_AVATAR_JOINTS][3]);

// The parts of a body before it is built: the anatomy's table, for the left side and the middle.
typedef enum rig_region {
    RIG_REGION_SKIN,
    RIG_REGION_ARM,     // upper arm's flesh
    RIG_REGION_FOREARM, // hidden by long sleeves
    RIG_REGION_HEAD,
    RIG_REGION_HAIR,      // all but the shaved
    RIG_REGION_HAIR_FULL, // full, long and bun
    RIG_REGION_HAIR_LONG,
    RIG_REGION_HAIR_BUN,
    RIG_REGION_TRUNK, // under the top
    RIG_REGION_HEM,   // of the top, over the hips
    RIG_REGION_BELLY,
    RIG_REGION_BUST,
    RIG_REGION_SLEEVE,
    RIG_REGION_CUFF, // the lower half of long sleeves
    RIG_REGION_HIPS, // under the legwear
    RIG_REGION_THIGH,
    RIG_REGION_SHANK,
    RIG_REGION_LEG_UPPER, // legwear's
    RIG_REGION_LEG_LOWER,
    RIG_REGION_SKIRT,
    RIG_REGION_SHOE
} rig_region;

typedef struct rig_anatomy {
    rig_region region;
    rig_segment segment;
    bool paired; // mirrored for the right side
    // Shares of the stature. A cone from p0 to p1 with radii r0, r1, `flatness` deep along axis `flat` of the segment;
    // an ellipsoid at p0 with half axes p1 where r0 is 0.
    double p0[3], p1[3], r0, r1;
    int flat;
    double flatness;
    bool cut; // ends flat at p1, as cloth does
} rig_anatomy;

extern const rig_anatomy rig_anatomy_parts[];
extern const int rig_anatomy_n;

#endif
