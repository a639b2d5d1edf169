#include "tools/synth/material.h"

// Soft membership of an ellipse: 1 inside, 0 outside, the edge as wide as a pixel.
static float inside(float y, float z, float half_y, float half_z, float blur) {
    const float r = sqrtf(y * y / (half_y * half_y) + z * z / (half_z * half_z));
    return rig_clampf(0.5f + (1 - r) * rig_minf(half_y, half_z) / rig_maxf(blur, 0.0008f), 0, 1);
}

// Eyes, brows, lips, cheeks and the hair's edge, all m on a head 0.225 m high; mirrored, so |y|.
rig_vec3 rig_face_colour(const rig_material *m, const rig_spot *s) {
    const rig_vec3 skin = m->colour, p = s->p;
    const float side = fabsf(p.y), blur = s->blur_m;
    const float hairline =
        0.058f - 0.9f * rig_maxf(0, 0.045f - p.x); // falls behind the temples, above the ears to the nape
    const float haired = rig_clampf(0.5f + (p.z - hairline) / rig_maxf(blur, 0.006f), 0, 1);
    rig_vec3 colour = skin;
    if (p.x > 0.03f) {
        const rig_vec3 lip = {skin.x * 0.85f, skin.y * 0.5f, skin.z * 0.5f};
        const rig_vec3 white = {0.62f, 0.6f, 0.58f}, iris = {0.03f, 0.02f, 0.015f};
        const rig_vec3 flush = {skin.x, skin.y * 0.82f, skin.z * 0.8f};
        colour = rig_vec3_mix(colour, flush, 0.7f * inside(side - 0.036f, p.z + 0.03f, 0.02f, 0.018f, 0.01f));
        colour =
            rig_vec3_mix(colour, rig_vec3_scale(skin, 0.6f), 0.6f * inside(side - 0.03f, p.z, 0.017f, 0.011f, 0.006f));
        colour = rig_vec3_mix(colour, white, inside(side - 0.031f, p.z, 0.0130f, 0.0050f, blur));
        colour = rig_vec3_mix(colour, iris, inside(side - 0.031f, p.z, 0.0055f, 0.0052f, blur));
        colour = rig_vec3_mix(colour, m->second, 0.85f * inside(side - 0.031f, p.z - 0.019f, 0.018f, 0.0035f, blur));
        colour = rig_vec3_mix(colour, lip, 0.9f * inside(side, p.z + 0.072f, 0.024f, 0.008f, blur));
        colour = rig_vec3_mix(colour, rig_vec3_scale(lip, 0.3f), inside(side, p.z + 0.072f, 0.023f, 0.0012f, blur));
    }
    return rig_vec3_mix(colour, m->second, haired);
}
