#include "tools/synth/draw.h"

#include "tools/synth/texture.h"

#include <assert.h>
#include <string.h>

enum { NOBODY = 0xffff, SAMPLES = 4, CANDIDATES_MAX = 9 };
static const float SEAM_M = 0.03f;  // parts of one owner whose depths differ by less flow into one another
static const float BLEND_M = 0.03f; // how far a neighbour's surface bends a normal

// Four samples on a turned square: the edge of anything upright or level meets four steps, not two.
static const float sample_at[SAMPLES][2] = {{-0.125f, -0.375f}, {0.375f, -0.125f}, {0.125f, 0.375f}, {-0.375f, 0.125f}};

// Which solid each pixel of a rectangle of the picture shows, and how far away it is. A border of one pixel around the
// rectangle, where nobody is, spares every look at a neighbour its question.
typedef struct hits {
    rig_rect rect;
    ptrdiff_t row; // from one row to the next
    float *z;
    uint16_t *id;
    const rig_target *targets;
} hits;

static ptrdiff_t hit_at(const hits *found, int x, int y) {
    return (y - found->rect.y + 1) * found->row + (x - found->rect.x + 1);
}

bool rig_viewpoint_project(const rig_viewpoint *viewpoint, const double p_cam[3], double q[2]) {
    for (int axis = 0; axis < 2; axis++) { // beyond the field the lens may fold back into the picture
        const double n = p_cam[axis] / p_cam[2];
        if (!(p_cam[2] > 0) || n < viewpoint->rays.n_least[axis] || n > viewpoint->rays.n_most[axis])
            return false;
    }
    return rig_camera_project(&viewpoint->camera, p_cam, q, NULL, NULL) && q[0] >= -0.5 && q[1] >= -0.5 &&
           q[0] < viewpoint->camera.width - 0.5 && q[1] < viewpoint->camera.height - 0.5;
}

static rig_rect rect_join(rig_rect a, rig_rect b) {
    if (!a.w || !b.w)
        return a.w ? a : b;
    const int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
    const int right = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w;
    const int below = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    return (rig_rect){x, y, right - x, below - y};
}

static void target_raster(hits *found, int id, const rig_rays *rays) {
    const rig_target *target = &found->targets[id];
    const rig_rect r = target->rect;
    for (int y = r.y; y < r.y + r.h; y++) {
        float *z = found->z + hit_at(found, r.x, y);
        uint16_t *ids = found->id + hit_at(found, r.x, y);
        for (int x = 0; x < r.w; x++) {
            const float t = rig_target_hit(target, rig_rays_at(rays, r.x + x, y));
            if (t < z[x]) {
                z[x] = t;
                ids[x] = (uint16_t)id;
            }
        }
    }
}

// Normals flow from one part of a body into the next: each neighbour counts the more the nearer its surface is.
static rig_vec3 blended_normal(const rig_target *target, rig_vec3 p, rig_vec3 normal) {
    rig_vec3 sum = normal;
    for (int i = 0; i < RIG_SOLID_NEIGHBOURS && target->solid->neighbours[i]; i++) {
        rig_vec3 other;
        const float outside = rig_target_distance(target + target->solid->neighbours[i], p, &other);
        const float near = 1 - rig_maxf(outside, 0) / BLEND_M;
        if (near > 0)
            sum = rig_vec3_along(sum, near * near, other);
    }
    return rig_vec3_unit(sum);
}

// Folds and grain: the normal leans against the slope of a noise on the surface.
static rig_vec3 bumped_normal(const rig_target *target, const rig_surface *surface, rig_vec3 normal) {
    const rig_material *m = surface->material;
    rig_vec3 slope;
    const rig_vec3 p = surface->spot.p, at = {p.x / m->bump_m, p.y / m->bump_m, 0.35f * (p.z + 0.5f * p.x) / m->bump_m};
    rig_noise3(at, m->seed, &slope);
    slope = rig_target_from_texture(target, slope);
    const float fade = rig_clampf(2 - 3 * surface->spot.blur_m / m->bump_m, 0, 1);
    slope = rig_vec3_along(slope, -rig_vec3_dot(slope, normal), normal);
    return rig_vec3_unit(rig_vec3_along(normal, -m->bump * fade, slope));
}

static rig_vec3 shade(const rig_target *target, rig_vec3 p, const rig_lights *lights, float pixel) {
    rig_surface surface = rig_target_surface(target, p);
    rig_vec3 normal = surface.normal;
    if (target->solid->kind == RIG_SOLID_CONE)
        normal = blended_normal(target, p, normal);
    const float distance = rig_vec3_norm(p);
    const float facing = fabsf(rig_vec3_dot(p, surface.normal)) / distance;
    surface.spot.blur_m = p.z * pixel / rig_maxf(facing, 0.25f);
    if (surface.material->bump > 0)
        normal = bumped_normal(target, &surface, normal);
    const rig_vec3 colour = rig_material_colour(surface.material, &surface.spot);
    return rig_lights_shade(lights, p, normal, colour, surface.material->gloss, 1);
}

static bool seam(const hits *found, ptrdiff_t a, ptrdiff_t b) {
    const int i = found->id[a], j = found->id[b];
    if (i == j)
        return false;
    if (i == NOBODY || j == NOBODY)
        return true;
    const rig_solid *one = found->targets[i].solid, *other = found->targets[j].solid;
    return one->owner != other->owner || one->faces[0] != other->faces[0] || fabsf(found->z[a] - found->z[b]) > SEAM_M;
}

static bool edge(const hits *found, ptrdiff_t here) {
    return seam(found, here, here - 1) || seam(found, here, here + 1) || seam(found, here, here - found->row) ||
           seam(found, here, here + found->row);
}

// The solids in a pixel and its eight neighbours: the only ones that a sample inside the pixel can meet (nearly
// always).
static int candidates_find(const hits *found, ptrdiff_t here, int ids[CANDIDATES_MAX]) {
    int n = 0;
    for (int i = 0; i < CANDIDATES_MAX; i++) {
        const int id = found->id[here + (i / 3 - 1) * found->row + (i % 3 - 1)];
        bool known = id == NOBODY;
        for (int k = 0; k < n && !known; k++)
            known = ids[k] == id;
        if (!known)
            ids[n++] = id;
    }
    return n;
}

static void add_ink(float ink[3], rig_vec3 light, float weight) {
    ink[0] += weight * rig_ink(light.z);
    ink[1] += weight * rig_ink(light.y);
    ink[2] += weight * rig_ink(light.x);
}

// An edge pixel: four samples, each of which sees one candidate or what the canvas held.
static void edge_resolve(rig_canvas *canvas, const hits *found, const rig_viewpoint *viewpoint,
                         const rig_lights *lights, int x, int y) {
    int ids[CANDIDATES_MAX];
    const int n = candidates_find(found, hit_at(found, x, y), ids);
    const size_t pixel = (size_t)y * (size_t)canvas->width + (size_t)x;
    const rig_ray_differential ray = rig_rays_slope(&viewpoint->rays, x, y);
    float ink[3] = {0};
    for (int s = 0; s < SAMPLES; s++) {
        const rig_vec3 v = rig_ray_differential_at(&ray, sample_at[s][0], sample_at[s][1]);
        const rig_target *best = NULL;
        float nearest = canvas->z[pixel];
        for (int i = 0; i < n; i++) {
            const float t = rig_target_hit(&found->targets[ids[i]], v);
            if (t < nearest) {
                nearest = t;
                best = &found->targets[ids[i]];
            }
        }
        if (best)
            add_ink(ink, shade(best, rig_vec3_scale(v, nearest), lights, (float)(1 / viewpoint->camera.K[0])),
                    1.0f / SAMPLES);
        else
            for (int c = 0; c < 3; c++)
                ink[c] += (float)canvas->ink[pixel][c] / SAMPLES;
    }
    rig_canvas_put(canvas, pixel, ink);
}

static void hits_resolve(rig_canvas *canvas, const hits *found, const rig_viewpoint *viewpoint,
                         const rig_lights *lights) {
    const rig_rect all = found->rect;
    const float pixel_size = (float)(1 / viewpoint->camera.K[0]);
    for (int y = all.y; y < all.y + all.h; y++)
        for (int x = all.x; x < all.x + all.w; x++) {
            const ptrdiff_t here = hit_at(found, x, y);
            const size_t pixel = (size_t)y * (size_t)canvas->width + (size_t)x;
            if (edge(found, here)) {
                edge_resolve(canvas, found, viewpoint, lights, x, y);
            } else if (found->id[here] != NOBODY) {
                float ink[3] = {0};
                const rig_vec3 p = rig_vec3_scale(rig_rays_at(&viewpoint->rays, x, y), found->z[here]);
                add_ink(ink, shade(&found->targets[found->id[here]], p, lights, pixel_size), 1);
                rig_canvas_put(canvas, pixel, ink);
            }
            if (found->id[here] != NOBODY)
                canvas->z[pixel] = found->z[here];
        }
}

// Room for the hits of a rectangle of the picture, as far away as what the canvas holds.
static rig_status hits_make(hits *found, const rig_canvas *canvas, rig_arena *scratch, rig_err *err) {
    const rig_rect all = found->rect;
    const size_t rows = (size_t)all.h + 2;
    found->row = all.w + 2;
    found->z = RIG_NEW(scratch, float, rows *(size_t)found->row);
    found->id = RIG_NEW(scratch, uint16_t, rows * (size_t)found->row);
    if (!found->z || !found->id)
        return rig_fail_memory(err, "solids to draw");
    memset(found->id, 0xff, rows * (size_t)found->row * sizeof *found->id);
    for (int y = all.y; y < all.y + all.h; y++)
        memcpy(found->z + hit_at(found, all.x, y), canvas->z + (size_t)y * (size_t)canvas->width + (size_t)all.x,
               (size_t)all.w * sizeof *found->z);
    return RIG_OK;
}

rig_status rig_draw_solids(rig_canvas *canvas, const rig_viewpoint *viewpoint, const rig_lights *lights,
                           const rig_solid *solids, int n, rig_arena *scratch, rig_err *err) {
    assert(n < NOBODY);
    rig_target *targets = RIG_NEW(scratch, rig_target, n);
    if (!targets)
        return rig_fail_memory(err, "solids to draw");
    hits found = {.targets = targets};
    for (int i = 0; i < n; i++) {
        targets[i] = rig_target_see(&solids[i], &viewpoint->camera, &viewpoint->rays, &viewpoint->Rt_cam_world);
        found.rect = rect_join(found.rect, targets[i].rect);
    }
    if (!found.rect.w)
        return RIG_OK;
    RIG_TRY(hits_make(&found, canvas, scratch, err));
    for (int i = 0; i < n; i++)
        target_raster(&found, i, &viewpoint->rays);
    const rig_lights seen = rig_lights_see(lights, &viewpoint->Rt_cam_world);
    hits_resolve(canvas, &found, viewpoint, &seen);
    return RIG_OK;
}

bool rig_targets_hide(const rig_target *targets, int n, rig_vec3 p, int skip_owner) {
    const float BEFORE = 0.98f; // of the way: what lies at the point itself does not hide it
    for (int i = 0; i < n; i++)
        if (targets[i].solid->owner != skip_owner && targets[i].rect.w && rig_target_hit(&targets[i], p) < BEFORE)
            return true;
    return false;
}
