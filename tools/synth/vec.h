// Vectors of the renderer: three floats by value. Precise enough for pixels (1e-4 px) and half the cost of doubles.
#ifndef RIG_TOOLS_SYNTH_VEC_H
#define RIG_TOOLS_SYNTH_VEC_H

#include "core/geom.h"

#include <math.h>

typedef struct rig_vec3 {
    float x, y, z;
} rig_vec3;

static inline rig_vec3 rig_vec3_of(double x, double y, double z) {
    rig_vec3 v = {(float)x, (float)y, (float)z};
    return v;
}
static inline float rig_vec3_at(rig_vec3 v, int i) {
    return i == 0 ? v.x : i == 1 ? v.y : v.z;
}
static inline rig_vec3 rig_vec3_add(rig_vec3 a, rig_vec3 b) {
    rig_vec3 v = {a.x + b.x, a.y + b.y, a.z + b.z};
    return v;
}
static inline rig_vec3 rig_vec3_sub(rig_vec3 a, rig_vec3 b) {
    rig_vec3 v = {a.x - b.x, a.y - b.y, a.z - b.z};
    return v;
}
static inline rig_vec3 rig_vec3_scale(rig_vec3 a, float s) {
    rig_vec3 v = {a.x * s, a.y * s, a.z * s};
    return v;
}
static inline rig_vec3 rig_vec3_mul(rig_vec3 a, rig_vec3 b) { // by component: colours
    rig_vec3 v = {a.x * b.x, a.y * b.y, a.z * b.z};
    return v;
}
// a + s b
static inline rig_vec3 rig_vec3_along(rig_vec3 a, float s, rig_vec3 b) {
    rig_vec3 v = {a.x + s * b.x, a.y + s * b.y, a.z + s * b.z};
    return v;
}
static inline rig_vec3 rig_vec3_mix(rig_vec3 a, rig_vec3 b, float share) {
    rig_vec3 v = {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y), a.z + share * (b.z - a.z)};
    return v;
}
static inline float rig_vec3_dot(rig_vec3 a, rig_vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline rig_vec3 rig_vec3_cross(rig_vec3 a, rig_vec3 b) {
    rig_vec3 v = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
    return v;
}
static inline float rig_vec3_norm(rig_vec3 a) {
    return sqrtf(rig_vec3_dot(a, a));
}
static inline rig_vec3 rig_vec3_unit(rig_vec3 a) { // a itself where it is 0
    float norm = rig_vec3_norm(a);
    return norm > 0 ? rig_vec3_scale(a, 1 / norm) : a;
}
// M v and M^T v, M 3x3 row-major.
static inline rig_vec3 rig_vec3_map(const float M[9], rig_vec3 v) {
    rig_vec3 w = {M[0] * v.x + M[1] * v.y + M[2] * v.z, M[3] * v.x + M[4] * v.y + M[5] * v.z,
                  M[6] * v.x + M[7] * v.y + M[8] * v.z};
    return w;
}
static inline rig_vec3 rig_vec3_map_back(const float M[9], rig_vec3 v) {
    rig_vec3 w = {M[0] * v.x + M[3] * v.y + M[6] * v.z, M[1] * v.x + M[4] * v.y + M[7] * v.z,
                  M[2] * v.x + M[5] * v.y + M[8] * v.z};
    return w;
}

// As fminf and fmaxf, which are calls because of what they do with NaN.
static inline float rig_minf(float a, float b) {
    return a < b ? a : b;
}
static inline float rig_maxf(float a, float b) {
    return a > b ? a : b;
}
static inline float rig_clampf(float x, float low, float high) {
    return x < low ? low : x > high ? high : x;
}
static inline float rig_smoothstep(float x) { // 0 to 1 with level ends
    x = rig_clampf(x, 0, 1);
    return x * x * (3 - 2 * x);
}

#endif
