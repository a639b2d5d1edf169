#include "tools/synth/props.h"

#include <stddef.h>

static const double PI = 3.14159265358979323846;

enum { LEAVES = 14 };

rig_material *rig_props_material(rig_props *props, rig_rng *rng) {
    static const rig_paint paints[] = {RIG_PAINT_PLAIN,  RIG_PAINT_PLAIN,   RIG_PAINT_PLAIN,   RIG_PAINT_PLANKS,
                                       RIG_PAINT_BRICKS, RIG_PAINT_STRIPES, RIG_PAINT_BARS,    RIG_PAINT_CHECKS,
                                       RIG_PAINT_TILES,  RIG_PAINT_BOOKS,   RIG_PAINT_PLASTER, RIG_PAINT_WINDOW};
    if (props->n_materials >= RIG_PROPS_MATERIALS_MAX)
        return NULL;
    rig_material *m = &props->materials[props->n_materials++];
    const double grey = rig_rng_uniform(rng, 0.01, 0.6), vivid = rig_rng_uniform(rng, 0, 0.8);
    double colour[3];
    for (int c = 0; c < 3; c++)
        colour[c] = grey * (1 - vivid) + vivid * rig_rng_uniform(rng, 0.01, 0.6);
    *m = (rig_material){.paint = paints[rig_rng_below(rng, (int)(sizeof paints / sizeof *paints))]};
    m->colour = rig_vec3_of(colour[0], colour[1], colour[2]);
    m->second = rig_vec3_scale(m->colour, (float)rig_rng_uniform(rng, 0.3, 1.7));
    m->pitch_m = (float)rig_rng_uniform(rng, 0.04, 0.3);
    m->gloss = rig_rng_below(rng, 3) ? 0 : (float)rig_rng_uniform(rng, 0, 0.5);
    m->seed = rig_rng_u32(rng);
    return m;
}

void rig_props_box(rig_props *props, const double place[2], const double half[3], rig_rng *rng) {
    const rig_material *material = rig_props_material(props, rng);
    if (!material || props->n >= RIG_PROPS_SOLIDS_MAX)
        return;
    const double rvec[3] = {0, 0, rig_rng_uniform(rng, 0, PI)}, t[3] = {place[0], place[1], half[2]};
    const rig_pose Rt = rig_pose_from_rvec(rvec, t);
    rig_solid *box = &props->solids[props->n++];
    *box = rig_solid_box(&Rt, rig_vec3_of(half[0], half[1], half[2]), material);
    box->owner = RIG_PROPS_OWNER + props->n_owners++;
}

void rig_props_pole(rig_props *props, const double place[2], double r, double up, rig_rng *rng) {
    const rig_material *material = rig_props_material(props, rng);
    if (!material || props->n >= RIG_PROPS_SOLIDS_MAX)
        return;
    const double foot[3] = {place[0], place[1], 0}, flat[3] = {1, 0, 0};
    const double tip[3] = {place[0] + 0.03 * up * rig_rng_normal(rng), place[1] + 0.03 * up * rig_rng_normal(rng), up};
    rig_solid *pole = &props->solids[props->n++];
    *pole = rig_solid_cone(foot, tip, r, r * rig_rng_uniform(rng, 0.7, 1), flat, 1);
    pole->faces[0] = material;
    pole->owner = RIG_PROPS_OWNER + props->n_owners++;
}

void rig_props_bush(rig_props *props, const double place[2], double r, double up, rig_rng *rng) {
    if (props->n + LEAVES + 1 > RIG_PROPS_SOLIDS_MAX || props->n_materials + 2 > RIG_PROPS_MATERIALS_MAX)
        return;
    rig_props_pole(props, place, 0.06 * r, up, rng);
    const int owner = RIG_PROPS_OWNER + props->n_owners++;
    rig_material *leaf = rig_props_material(props, rng);
    leaf->paint = RIG_PAINT_CAMO;
    leaf->colour = rig_vec3_of(rig_rng_uniform(rng, 0.02, 0.2), rig_rng_uniform(rng, 0.08, 0.25), 0.03);
    leaf->second = rig_vec3_scale(leaf->colour, 0.45f);
    leaf->pitch_m = (float)(0.18 * r);
    leaf->bump = 0.9f;
    leaf->bump_m = (float)(0.08 * r);
    for (int i = 0; i < LEAVES; i++) {
        rig_pose Rt = rig_pose_identity();
        double half[3];
        for (int axis = 0; axis < 3; axis++) {
            Rt.t[axis] = (axis < 2 ? place[axis] : up) + 0.45 * r * fmax(-2, fmin(2, rig_rng_normal(rng)));
            half[axis] = r * rig_rng_uniform(rng, 0.12, 0.4);
        }
        rig_solid *ball = &props->solids[props->n++];
        *ball = rig_solid_ellipsoid(&Rt, rig_vec3_of(half[0], half[1], half[2]));
        ball->faces[0] = leaf;
        ball->owner = owner;
    }
}
