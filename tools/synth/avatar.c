#include "tools/synth/avatar.h"

#include <assert.h>
#include <string.h>

const char *const rig_avatar_joint_names[RIG_AVATAR_JOINTS] = {
    "nose",           "left_eye",   "right_eye",   "left_ear",   "right_ear",   "left_shoulder",
    "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip",
    "right_hip",      "left_knee",  "right_knee",  "left_ankle", "right_ankle"};

// Where COCO's labels lie: on the face's surface, and in the middle of the limbs' joints. Shares of the stature.
static const struct {
    rig_segment segment;
    double at[3];
} joints[RIG_AVATAR_JOINTS] = {
    {RIG_SEGMENT_HEAD, {0.0755, 0, 0.030}},
    {RIG_SEGMENT_HEAD, {0.0580, 0.018, 0.051}},
    {RIG_SEGMENT_HEAD, {0.0580, -0.018, 0.051}},
    {RIG_SEGMENT_HEAD, {0.000, 0.049, 0.040}},
    {RIG_SEGMENT_HEAD, {0.000, -0.049, 0.040}},
    {RIG_SEGMENT_UPPER_ARM, {0}},
    {RIG_SEGMENT_UPPER_ARM_RIGHT, {0}},
    {RIG_SEGMENT_FOREARM, {0}},
    {RIG_SEGMENT_FOREARM_RIGHT, {0}},
    {RIG_SEGMENT_HAND, {0}},
    {RIG_SEGMENT_HAND_RIGHT, {0}},
    {RIG_SEGMENT_THIGH, {0}},
    {RIG_SEGMENT_THIGH_RIGHT, {0}},
    {RIG_SEGMENT_SHANK, {0}},
    {RIG_SEGMENT_SHANK_RIGHT, {0}},
    {RIG_SEGMENT_FOOT, {0}},
    {RIG_SEGMENT_FOOT_RIGHT, {0}},
};
static const float TRUNK_RADIUS_M = 0.13f;
static const double EYES_UP = 0.051; // over the head segment's origin: the face paint's own origin

// What a part of the anatomy is made of under these clothes; false: it is not there, or nothing of it shows.
static bool stuff_of(const rig_look *look, const rig_build *build, rig_region region, rig_stuff *stuff) {
    const bool hair = look->hairdo != RIG_HAIRDO_SHAVED;
    const bool full = hair && look->hairdo != RIG_HAIRDO_SHORT, trousers = look->legwear == RIG_LEGWEAR_TROUSERS;
    const bool legs = look->legwear != RIG_LEGWEAR_SKIRT, cuffs = look->sleeves == RIG_SLEEVES_LONG;
    const struct {
        bool there;
        rig_stuff stuff;
    } rules[] = {
        [RIG_REGION_SKIN] = {true, RIG_STUFF_SKIN},
        [RIG_REGION_ARM] = {!cuffs, RIG_STUFF_SKIN},
        [RIG_REGION_FOREARM] = {!cuffs, RIG_STUFF_SKIN},
        [RIG_REGION_HEAD] = {true, RIG_STUFF_FACE},
        [RIG_REGION_HAIR] = {hair, RIG_STUFF_HAIR},
        [RIG_REGION_HAIR_FULL] = {full, RIG_STUFF_HAIR},
        [RIG_REGION_HAIR_LONG] = {look->hairdo == RIG_HAIRDO_LONG, RIG_STUFF_HAIR},
        [RIG_REGION_HAIR_BUN] = {look->hairdo == RIG_HAIRDO_BUN, RIG_STUFF_HAIR},
        [RIG_REGION_TRUNK] = {true, RIG_STUFF_TOP},
        [RIG_REGION_HEM] = {true, RIG_STUFF_TOP},
        [RIG_REGION_BELLY] = {build->belly > 0.15, RIG_STUFF_TOP},
        [RIG_REGION_BUST] = {build->bust > 0.2, RIG_STUFF_TOP},
        [RIG_REGION_SLEEVE] = {look->sleeves != RIG_SLEEVES_NONE, RIG_STUFF_TOP},
        [RIG_REGION_CUFF] = {cuffs, RIG_STUFF_TOP},
        [RIG_REGION_HIPS] = {true, RIG_STUFF_BOTTOM},
        [RIG_REGION_THIGH] = {!trousers, RIG_STUFF_SKIN},
        [RIG_REGION_SHANK] = {!trousers, RIG_STUFF_SKIN},
        [RIG_REGION_LEG_UPPER] = {legs, RIG_STUFF_BOTTOM},
        [RIG_REGION_LEG_LOWER] = {trousers, RIG_STUFF_BOTTOM},
        [RIG_REGION_SKIRT] = {!legs, RIG_STUFF_BOTTOM},
        [RIG_REGION_SHOE] = {true, RIG_STUFF_SHOE},
    };
    *stuff = rules[region].stuff;
    return rules[region].there;
}

// How much wider than the average body this part is, and how far the cloth stands off it (shares of the stature).
static void girth_of(const rig_look *look, const rig_build *build, rig_region region, double *girth, double *cloth) {
    const double loose = look->loose;
    *girth = 1;
    *cloth = 0;
    switch (region) {
    case RIG_REGION_BELLY:
        *girth = build->trunk * (0.86 + 0.28 * build->belly);
        *cloth = 0.002;
        break;
    case RIG_REGION_BUST:
        *girth = build->trunk * (0.7 + 0.4 * build->bust);
        break;
    case RIG_REGION_TRUNK:
    case RIG_REGION_HEM:
        *girth = build->trunk;
        *cloth = 0.001 + 0.005 * loose;
        break;
    case RIG_REGION_HIPS:
    case RIG_REGION_SKIRT:
        *girth = build->trunk * build->hips;
        break;
    case RIG_REGION_SLEEVE:
    case RIG_REGION_CUFF:
        *girth = build->limb;
        *cloth = 0.007 * loose;
        break;
    case RIG_REGION_LEG_UPPER:
    case RIG_REGION_LEG_LOWER:
        *girth = build->limb;
        *cloth = 0.006 * loose - 0.001;
        break;
    case RIG_REGION_ARM:
    case RIG_REGION_FOREARM:
    case RIG_REGION_THIGH:
    case RIG_REGION_SHANK:
        *girth = build->limb;
        break;
    default:
        break;
    }
}

// One row of the anatomy on one side, as a solid of its segment.
static rig_solid part_solid(const rig_anatomy *a, const rig_build *build, const rig_look *look, bool right) {
    double p0[3], p1[3], girth, cloth;
    const double h = build->stature_m, mirror = right ? -1 : 1;
    const double broad = a->segment == RIG_SEGMENT_CHEST    ? build->shoulders
                         : a->segment == RIG_SEGMENT_PELVIS ? build->hips
                                                            : 1;
    girth_of(look, build, a->region, &girth, &cloth);
    for (int i = 0; i < 3; i++) {
        p0[i] = h * a->p0[i] * (i == 1 ? mirror * broad : 1);
        p1[i] = h * a->p1[i] * (i == 1 ? mirror * broad : 1);
    }
    if (!(a->r0 > 0)) {
        rig_pose Rt = rig_pose_identity();
        memcpy(Rt.t, p0, sizeof Rt.t);
        const double grown = h * cloth;
        return rig_solid_ellipsoid(&Rt, rig_vec3_of(h * girth * a->p1[0] + grown, h * girth * a->p1[1] + grown,
                                                    h * (0.5 + 0.5 * girth) * a->p1[2] + grown));
    }
    const double flat[3] = {a->flat == 0, a->flat == 1, a->flat == 2};
    rig_solid solid =
        rig_solid_cone(p0, p1, h * (girth * a->r0 + cloth), h * (girth * a->r1 + cloth), flat, a->flatness);
    const bool on = (a->region == RIG_REGION_SLEEVE && look->sleeves == RIG_SLEEVES_LONG) ||
                    (a->region == RIG_REGION_LEG_UPPER && look->legwear == RIG_LEGWEAR_TROUSERS); // cloth goes on
    solid.cut = a->cut && !on ? solid.length : 0;
    return solid;
}

// One texture for all parts of the face, or of the trunk: in the frame of their segment, raised by `up`.
static void texture_of_segment(rig_solid *solid, double up, float unroll_m) {
    const double *t = solid->Rt_world_solid.t;
    for (int i = 0; i < 9; i++)
        solid->R_texture_solid[i] = (float)solid->Rt_world_solid.R[i];
    solid->texture_at = rig_vec3_of(t[0], t[1], t[2] + up);
    solid->unroll_m = unroll_m;
}

// Of a segment of the trunk over the pelvis, standing, so that stripes run on from one to the next.
static double trunk_height(const rig_build *build, rig_segment segment) {
    double height = 0;
    for (int b = RIG_SEGMENT_LUMBAR; b <= (int)segment; b++)
        height += build->at[b][2];
    return height;
}

static void part_add(rig_avatar *body, const rig_anatomy *a, bool right) {
    rig_stuff stuff;
    if (!stuff_of(&body->look, &body->build, a->region, &stuff))
        return;
    assert(body->n < RIG_AVATAR_PARTS_MAX);
    rig_part *part = &body->parts[body->n++];
    part->segment = (rig_segment)(a->segment + (right ? 1 : 0));
    if (a->segment == RIG_SEGMENT_HEAD || a->segment == RIG_SEGMENT_NECK || a->segment == RIG_SEGMENT_CHEST ||
        a->segment == RIG_SEGMENT_PELVIS)
        part->segment = a->segment; // one segment has both sides
    part->solid = part_solid(a, &body->build, &body->look, right);
    const rig_material *material = &body->look.stuff[stuff];
    for (int i = 0; i < RIG_SOLID_FACES; i++)
        part->solid.faces[i] = material;
    if (stuff == RIG_STUFF_FACE)
        texture_of_segment(&part->solid, -EYES_UP * body->build.stature_m, part->solid.unroll_m);
    else if (stuff == RIG_STUFF_TOP && a->segment <= RIG_SEGMENT_CHEST)
        texture_of_segment(&part->solid, trunk_height(&body->build, a->segment), TRUNK_RADIUS_M);
}

// How far apart the surfaces of two solids are at most, by the ends and the middle of the first one's axis; standing.
static double gap_between(const rig_solid *a, const rig_solid *b) {
    double least = INFINITY;
    const rig_pose Rt_b_world = rig_pose_invert(&b->Rt_world_solid);
    for (int i = 0; i <= 2; i++) {
        const double share = i / 2.0, own[3] = {0, 0, share * (double)(a->length * a->scale.z)};
        double p[3], q[3];
        rig_pose_apply(&a->Rt_world_solid, own, p);
        rig_pose_apply(&Rt_b_world, p, q);
        q[2] -= fmin(fmax(q[2], 0), (double)(b->length * b->scale.z));
        const double ra = (double)a->scale.y * ((1 - share) * (double)a->r0 + share * (double)a->r1);
        least = fmin(least, rig_norm3(q) - ra - (double)(b->scale.y * rig_maxf(b->r0, b->r1)));
    }
    return least;
}

// Surfaces of one stuff that touch flow into one another: each part remembers the few that it is deepest in.
static void neighbours_find(rig_avatar *body) {
    rig_posture standing = {.Rt_world_pelvis = rig_pose_identity()};
    rig_pose segments[RIG_SEGMENTS];
    rig_solid solids[RIG_AVATAR_PARTS_MAX];
    rig_posture_segments(&body->build, &standing, segments);
    rig_avatar_pose(body, segments, 0, solids);
    for (int i = 0; i < body->n; i++) {
        bool taken[RIG_AVATAR_PARTS_MAX] = {false};
        for (int k = 0; k < RIG_SOLID_NEIGHBOURS; k++) {
            int best = -1;
            double least = 0;
            for (int j = 0; j < body->n; j++) {
                const bool skin = solids[i].faces[0] < &body->look.stuff[RIG_STUFF_HAIR] &&
                                  solids[j].faces[0] < &body->look.stuff[RIG_STUFF_HAIR]; // face and skin are one
                if (j == i || taken[j] || (!skin && solids[i].faces[0] != solids[j].faces[0]))
                    continue;
                const double gap = fmin(gap_between(&solids[i], &solids[j]), gap_between(&solids[j], &solids[i]));
                if (gap < least) {
                    least = gap;
                    best = j;
                }
            }
            if (best < 0)
                break;
            taken[best] = true;
            body->parts[i].solid.neighbours[k] = best - i;
        }
    }
}

void rig_avatar_make(rig_avatar *body, const rig_build *build, const rig_look *look) {
    *body = (rig_avatar){.build = *build, .look = *look};
    for (int i = 0; i < rig_anatomy_n; i++)
        for (int side = 0; side <= (rig_anatomy_parts[i].paired ? 1 : 0); side++)
            part_add(body, &rig_anatomy_parts[i], side);
    neighbours_find(body);
    for (int j = 0; j < RIG_AVATAR_JOINTS; j++) {
        body->joint_segment[j] = joints[j].segment;
        for (int i = 0; i < 3; i++)
            body->joint_at[j][i] = build->stature_m * joints[j].at[i];
    }
}

void rig_avatar_pose(const rig_avatar *body, const rig_pose Rt_world_segment[RIG_SEGMENTS], int owner,
                     rig_solid *solids) {
    for (int i = 0; i < body->n; i++) {
        const rig_part *part = &body->parts[i];
        solids[i] = part->solid;
        solids[i].owner = owner;
        solids[i].Rt_world_solid = rig_pose_mul(&Rt_world_segment[part->segment], &part->solid.Rt_world_solid);
    }
}

void rig_avatar_joints(const rig_avatar *body, const rig_pose Rt_world_segment[RIG_SEGMENTS],
                       double p[RIG_AVATAR_JOINTS][3]) {
    for (int j = 0; j < RIG_AVATAR_JOINTS; j++)
        rig_pose_apply(&Rt_world_segment[body->joint_segment[j]], body->joint_at[j], p[j]);
}
