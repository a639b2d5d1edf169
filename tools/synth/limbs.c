#include "tools/synth/limbs.h"

enum { PELVIS, BELLY, CHEST, SHOULDERS, HEAD, UPPER_ARM, FOREARM = 7, THIGH = 9, SHANK = 11, FOOT = 13 };

// Ends in their segment's frame and radii, shares of the stature; the right side mirrored.
static const struct {
    rig_segment segment;
    double a[3], b[3], r;
    bool paired;
} rows[] = {
    {RIG_SEGMENT_PELVIS, {-0.004, 0.028, 0.015}, {-0.004, -0.028, 0.015}, 0.064, false},
    {RIG_SEGMENT_LUMBAR, {0.004, 0.022, 0.045}, {0.004, -0.022, 0.045}, 0.058, false},
    {RIG_SEGMENT_CHEST, {0.002, 0.030, 0.050}, {0.002, -0.030, 0.050}, 0.066, false},
    {RIG_SEGMENT_CHEST, {-0.004, 0.075, 0.120}, {-0.004, -0.075, 0.120}, 0.042, false},
    {RIG_SEGMENT_HEAD, {0.010, 0, 0.018}, {0.004, 0, 0.066}, 0.056, false},
    {RIG_SEGMENT_UPPER_ARM, {0, 0, -0.020}, {0, 0, -0.186}, 0.029, true},
    {RIG_SEGMENT_FOREARM, {0, 0, 0}, {0, 0, -0.230}, 0.023, true},
    {RIG_SEGMENT_THIGH, {0, 0, -0.040}, {0, 0, -0.245}, 0.044, true},
    {RIG_SEGMENT_SHANK, {0, 0, 0}, {0, 0, -0.236}, 0.033, true},
    {RIG_SEGMENT_FOOT, {-0.020, 0, -0.020}, {0.085, 0, -0.0225}, 0.0185, true},
};

void rig_limbs_make(const rig_build *build, const rig_pose Rt_world_segment[RIG_SEGMENTS], rig_limb limbs[RIG_LIMBS]) {
    const double h = build->stature_m;
    int n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int side = 0; side <= rows[i].paired; side++) {
            double a[3], b[3];
            for (int k = 0; k < 3; k++) {
                const double scale = k == 1 && side ? -h : h;
                a[k] = scale * rows[i].a[k];
                b[k] = scale * rows[i].b[k];
            }
            if (rows[i].segment == RIG_SEGMENT_THIGH ||
                rows[i].segment == RIG_SEGMENT_SHANK) // a long leg ends where it ends
                b[2] = build->at[rows[i].segment + 2][2];
            const rig_pose *Rt = &Rt_world_segment[(int)rows[i].segment + side];
            rig_pose_apply(Rt, a, limbs[n].a);
            rig_pose_apply(Rt, b, limbs[n].b);
            limbs[n].r = h * rows[i].r * (n <= SHOULDERS ? build->trunk : 1);
            n++;
        }
}

static double clamp01(double x) {
    return fmin(fmax(x, 0), 1);
}

// The distance of two lines: the nearest point of each to the other's by turns. Source: Ericson 2005, 5.1.9.
static double lines_distance(const rig_limb *one, const rig_limb *other) {
    double u[3], v[3], w[3], apart[3];
    for (int i = 0; i < 3; i++) {
        u[i] = one->b[i] - one->a[i];
        v[i] = other->b[i] - other->a[i];
        w[i] = one->a[i] - other->a[i];
    }
    const double uu = rig_dot3(u, u), vv = rig_dot3(v, v), uv = rig_dot3(u, v), uw = rig_dot3(u, w),
                 vw = rig_dot3(v, w);
    const double square = uu * vv - uv * uv;
    double s = square > 1e-12 ? clamp01((uv * vw - uw * vv) / square) : 0;
    const double t = vv > 0 ? clamp01((uv * s + vw) / vv) : 0;
    s = uu > 0 ? clamp01((uv * t - uw) / uu) : 0;
    for (int i = 0; i < 3; i++)
        apart[i] = w[i] + s * u[i] - t * v[i];
    return rig_norm3(apart);
}

double rig_limb_depth(const rig_limb *one, const rig_limb *other) {
    return one->r + other->r - lines_distance(one, other);
}

double rig_limbs_depth(const rig_limb one[RIG_LIMBS], const rig_limb other[RIG_LIMBS]) {
    double most = -INFINITY;
    for (int i = 0; i < RIG_LIMBS; i++)
        for (int j = 0; j < RIG_LIMBS; j++)
            most = fmax(most, rig_limb_depth(&one[i], &other[j]));
    return most;
}

double rig_limbs_depth_own(const rig_limb limbs[RIG_LIMBS]) {
    static const int pairs[][2] = {
        {FOREARM, PELVIS},        {FOREARM, BELLY},     {FOREARM, CHEST},    {FOREARM, SHOULDERS}, {FOREARM, HEAD},
        {FOREARM, THIGH},         {FOREARM, THIGH + 1}, {FOREARM, SHANK},    {FOREARM, SHANK + 1}, {FOREARM, FOOT},
        {FOREARM, UPPER_ARM + 1}, {UPPER_ARM, HEAD},    {UPPER_ARM, PELVIS}, {UPPER_ARM, BELLY},   {UPPER_ARM, THIGH},
        {SHANK, THIGH + 1},       {SHANK, FOOT + 1},    {THIGH, CHEST},      {THIGH, SHOULDERS},   {THIGH, HEAD},
        {SHANK, CHEST},           {SHANK, HEAD},        {FOOT, PELVIS},
    };
    static const int twins[] = {FOREARM, SHANK, FOOT};
    double most = -INFINITY;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
        most = fmax(most, rig_limb_depth(&limbs[twins[i]], &limbs[twins[i] + 1]));
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        for (int side = 0; side < 2; side++) {
            int pair[2];
            for (int k = 0; k < 2; k++) // odd from UPPER_ARM on: the left one, whose right one follows
                pair[k] = pairs[i][k] < UPPER_ARM || !side ? pairs[i][k] : ((pairs[i][k] - 1) ^ 1) + 1;
            most = fmax(most, rig_limb_depth(&limbs[pair[0]], &limbs[pair[1]]));
        }
    return most;
}

double rig_limbs_low(const rig_limb limbs[RIG_LIMBS]) {
    double low = INFINITY;
    for (int i = 0; i < RIG_LIMBS; i++)
        low = fmin(low, fmin(limbs[i].a[2], limbs[i].b[2]) - limbs[i].r);
    return low;
}

void rig_limbs_solids(const rig_limb limbs[RIG_LIMBS], rig_solid *solids) {
    const double flat[3] = {1, 0, 0};
    for (int i = 0; i < RIG_LIMBS; i++)
        solids[i] = rig_solid_cone(limbs[i].a, limbs[i].b, limbs[i].r, limbs[i].r, flat, 1);
}
