#include "tools/synth/shadow.h"

static const double CELL_M = 0.04;
static const float FLOOR_M = 0.01f; // a pixel this near to z = 0 shows the floor

rig_shadow *rig_shadow_make(const double centre[2], rig_arena *out) {
    rig_shadow *shadow = RIG_NEW(out, rig_shadow, 1);
    if (!shadow)
        return NULL;
    const double half = CELL_M * (RIG_SHADOW_CELLS - 1) / 2;
    shadow->cell_m = CELL_M;
    shadow->x = centre[0] - half;
    shadow->y = centre[1] - half;
    shadow->low[0] = shadow->low[1] = RIG_SHADOW_CELLS;
    shadow->high[0] = shadow->high[1] = -1;
    return shadow;
}

// A round spot that fades to nothing at its radius (m).
static void spot_add(rig_shadow *shadow, double x, double y, double radius, float weight) {
    const double place[2] = {(x - shadow->x) / shadow->cell_m, (y - shadow->y) / shadow->cell_m};
    const double r = radius / shadow->cell_m;
    int low[2], high[2];
    for (int axis = 0; axis < 2; axis++) {
        low[axis] = (int)fmax(0, ceil(place[axis] - r));
        high[axis] = (int)fmin(RIG_SHADOW_CELLS - 1, floor(place[axis] + r));
        if (low[axis] > high[axis])
            return;
    }
    for (int axis = 0; axis < 2; axis++) {
        shadow->low[axis] = low[axis] < shadow->low[axis] ? low[axis] : shadow->low[axis];
        shadow->high[axis] = high[axis] > shadow->high[axis] ? high[axis] : shadow->high[axis];
    }
    const float fade = (float)(1 / (r * r));
    for (int j = low[1]; j <= high[1]; j++)
        for (int i = low[0]; i <= high[0]; i++) {
            const float dx = (float)(i - place[0]), dy = (float)(j - place[1]);
            const float left = 1 - fade * (dx * dx + dy * dy);
            if (left > 0)
                shadow->dark[j * RIG_SHADOW_CELLS + i] += weight * left * left;
        }
}

// A ball of radius r: the nearer to the floor, the darker and sharper; away from each lamp, by how strong the lamp is.
static void ball_add(rig_shadow *shadow, const rig_lights *lights, const double p[3], double r, float weight) {
    const double height = fmax(p[2] - r, 0), wide = 2.1 * r + 0.7 * height;
    spot_add(shadow, p[0], p[1], wide, weight * (float)(2.6 * r * r / (wide * wide)));
    for (int i = 0; i < lights->n; i++) {
        const rig_lamp *lamp = &lights->lamps[i];
        const double lx = (double)lamp->at.x, ly = (double)lamp->at.y, lz = (double)lamp->at.z;
        if (p[2] > 0.9 * lz)
            continue;
        const double grow = lz / (lz - p[2]), sharp = 1.3 * r * grow + 0.12 * p[2];
        spot_add(shadow, lx + (p[0] - lx) * grow, ly + (p[1] - ly) * grow, sharp,
                 weight * 0.55f * (float)(r * r * grow * grow / (sharp * sharp)));
    }
}

static void cone_add(rig_shadow *shadow, const rig_lights *lights, const rig_solid *solid) {
    const double s[3] = {(double)solid->scale.x, (double)solid->scale.y, (double)solid->scale.z};
    const double length = s[2] * (double)solid->length;
    const double wide = sqrt(s[0] * s[1]) * (double)(solid->r0 + solid->r1) / 2;
    const int n = length > 0 ? 1 + (int)(length / (1.5 * wide)) : 1;
    for (int i = 0; i < n; i++) {
        const double share = n > 1 ? (double)i / (n - 1) : 0.5;
        const double own[3] = {0, 0, length * share};
        double p[3];
        rig_pose_apply(&solid->Rt_world_solid, own, p);
        const double r = sqrt(s[0] * s[1]) * ((1 - share) * (double)solid->r0 + share * (double)solid->r1);
        ball_add(shadow, lights, p, r, 0.7f);
    }
}

// A box: balls over its three half axes' grid, as many as fit the least of the broad sides.
static void box_add(rig_shadow *shadow, const rig_lights *lights, const rig_solid *solid) {
    const double s[3] = {(double)solid->scale.x, (double)solid->scale.y, (double)solid->scale.z};
    const double r = fmin(fmax(fmin(s[0], s[1]), 0.04), 0.25);
    int n[3];
    for (int axis = 0; axis < 3; axis++)
        n[axis] = 1 + (int)fmin(s[axis] / r, 8);
    for (int i = 0; i < n[0] * n[1] * n[2]; i++) {
        const int at[3] = {i % n[0], i / n[0] % n[1], i / n[0] / n[1]};
        double own[3], p[3];
        for (int axis = 0; axis < 3; axis++)
            own[axis] = n[axis] > 1 ? (2.0 * at[axis] / (n[axis] - 1) - 1) * fmax(s[axis] - r, 0) : 0;
        rig_pose_apply(&solid->Rt_world_solid, own, p);
        ball_add(shadow, lights, p, r, 0.5f);
    }
}

void rig_shadow_add(rig_shadow *shadow, const rig_lights *lights, const rig_solid *solids, int n) {
    for (int i = 0; i < n; i++)
        if (solids[i].kind == RIG_SOLID_CONE)
            cone_add(shadow, lights, &solids[i]);
        else if (solids[i].kind == RIG_SOLID_BOX)
            box_add(shadow, lights, &solids[i]);
}

// How much ink stays at a place of the floor: bilinear between cells, and never quite black.
static float ink_kept(const rig_shadow *shadow, float x, float y) {
    const float u = (x - (float)shadow->x) / (float)shadow->cell_m, v = (y - (float)shadow->y) / (float)shadow->cell_m;
    if (!(u >= (float)shadow->low[0] - 1 && v >= (float)shadow->low[1] - 1 && u < (float)shadow->high[0] + 1 &&
          v < (float)shadow->high[1] + 1))
        return 1;
    if (!(u >= 0 && v >= 0 && u < RIG_SHADOW_CELLS - 1 && v < RIG_SHADOW_CELLS - 1))
        return 1;
    const int i = (int)u, j = (int)v;
    const float *d = shadow->dark + j * RIG_SHADOW_CELLS + i, s = u - (float)i, t = v - (float)j;
    const float low = d[0] + s * (d[1] - d[0]);
    const float high = d[RIG_SHADOW_CELLS] + s * (d[RIG_SHADOW_CELLS + 1] - d[RIG_SHADOW_CELLS]);
    const float dark = low + t * (high - low);
    return dark <= 0 ? 1 : sqrtf(0.25f + 0.75f / (1 + 1.6f * dark));
}

// The part of the picture that can show the map's used cells, by its corners and edges' middles.
static rig_rect rect_of_map(const rig_shadow *shadow, const rig_viewpoint *viewpoint) {
    rig_pose Rt = rig_pose_identity();
    double half[2];
    for (int axis = 0; axis < 2; axis++) {
        half[axis] = shadow->cell_m * ((shadow->high[axis] - shadow->low[axis]) / 2.0 + 1);
        Rt.t[axis] = (axis ? shadow->y : shadow->x) + shadow->cell_m * (shadow->high[axis] + shadow->low[axis]) / 2.0;
    }
    const rig_solid mat = rig_solid_box(&Rt, rig_vec3_of(half[0], half[1], 1e-3), NULL);
    return rig_target_see(&mat, &viewpoint->camera, &viewpoint->rays, &viewpoint->Rt_cam_world).rect;
}

void rig_shadow_draw(const rig_shadow *shadow, const rig_viewpoint *viewpoint, rig_canvas *canvas) {
    if (shadow->low[0] > shadow->high[0])
        return;
    const rig_rect rect = rect_of_map(shadow, viewpoint);
    const rig_pose Rt_world_cam = rig_pose_invert(&viewpoint->Rt_cam_world);
    float R[9];
    for (int i = 0; i < 9; i++)
        R[i] = (float)Rt_world_cam.R[i];
    const rig_vec3 t = rig_vec3_of(Rt_world_cam.t[0], Rt_world_cam.t[1], Rt_world_cam.t[2]);
    for (int y = rect.y; y < rect.y + rect.h; y++)
        for (int x = rect.x; x < rect.x + rect.w; x++) {
            const size_t pixel = (size_t)y * (size_t)canvas->width + (size_t)x;
            const rig_vec3 v = rig_rays_at(&viewpoint->rays, x, y);
            const float z = canvas->z[pixel], down = R[6] * v.x + R[7] * v.y + R[8];
            if (fabsf(t.z + z * down) > FLOOR_M)
                continue;
            const rig_vec3 p = rig_vec3_along(t, z, rig_vec3_map(R, v));
            const float kept = ink_kept(shadow, p.x, p.y);
            for (int c = 0; c < 3; c++)
                canvas->ink[pixel][c] = (int16_t)(kept * (float)canvas->ink[pixel][c]);
        }
}
