#include "tools/synth/light.h"

static const float WRAP = 0.15f; // lamps are wide: they reach a little beyond the edge of their light

static rig_vec3 transform(const rig_pose *Rt, rig_vec3 v, double with_t) {
    const double a[3] = {(double)v.x, (double)v.y, (double)v.z};
    double b[3];
    rig_mat3_mul_vec(Rt->R, a, b);
    return rig_vec3_of(b[0] + with_t * Rt->t[0], b[1] + with_t * Rt->t[1], b[2] + with_t * Rt->t[2]);
}

rig_lights rig_lights_see(const rig_lights *lights, const rig_pose *Rt_cam_world) {
    rig_lights seen = *lights;
    seen.up = transform(Rt_cam_world, lights->up, 0);
    for (int i = 0; i < lights->n; i++)
        seen.lamps[i].at = transform(Rt_cam_world, lights->lamps[i].at, 1);
    return seen;
}

rig_vec3 rig_lights_shade(const rig_lights *lights, rig_vec3 p, rig_vec3 n, rig_vec3 colour, float gloss, float open) {
    const float up = 0.5f + 0.5f * rig_vec3_dot(n, lights->up);
    rig_vec3 light = rig_vec3_scale(rig_vec3_mix(lights->ground, lights->sky, up), open), shine = {0};
    const rig_vec3 eye = rig_vec3_unit(rig_vec3_scale(p, -1));
    for (int i = 0; i < lights->n; i++) {
        const rig_lamp *lamp = &lights->lamps[i];
        rig_vec3 to = rig_vec3_sub(lamp->at, p);
        const float distance2 = rig_vec3_dot(to, to);
        to = rig_vec3_scale(to, 1 / sqrtf(distance2));
        const float facing = (rig_vec3_dot(n, to) + WRAP) / (1 + WRAP);
        if (facing <= 0)
            continue;
        light = rig_vec3_along(light, facing / (0.3f + distance2), lamp->power);
        if (gloss > 0) {
            const rig_vec3 half = rig_vec3_unit(rig_vec3_add(to, eye));
            float spec = rig_maxf(rig_vec3_dot(n, half), 0);
            spec *= spec, spec *= spec, spec *= spec, spec *= spec; // to the 16th
            shine = rig_vec3_along(shine, 0.5f * gloss * spec / (0.3f + distance2), lamp->power);
        }
    }
    return rig_vec3_add(rig_vec3_mul(light, colour), shine);
}
