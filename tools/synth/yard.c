#include "tools/synth/backdrop.h"

// Outside: sky over a ground, houses and trees some way off.
#include "tools/synth/props.h"
#include "tools/synth/texture.h"

enum { HOUSES = 6, TREES = 4 };

static const double PI = 3.14159265358979323846;

static rig_vec3 sky(rig_vec3 v, rig_vec3 colour, uint32_t seed) {
    const float up = rig_maxf(v.z, 0), cloud = rig_noise2_octaves(3 * v.y / (0.2f + up), 2 / (0.2f + up), 0.05f, seed);
    const rig_vec3 white = {0.85f, 0.86f, 0.88f};
    return rig_vec3_mix(rig_vec3_mix(white, colour, rig_clampf(2 * up + 0.2f, 0, 1)), white,
                        rig_clampf(0.3f + cloud, 0, 0.8f));
}

static rig_material ground_draw(rig_rng *rng) {
    static const rig_vec3 colours[] = {{0.10f, 0.18f, 0.05f},
                                       {0.22f, 0.21f, 0.20f},
                                       {0.36f, 0.30f, 0.22f},
                                       {0.30f, 0.28f, 0.26f},
                                       {0.06f, 0.10f, 0.03f}};
    static const rig_paint paints[] = {RIG_PAINT_CARPET, RIG_PAINT_TILES, RIG_PAINT_PLASTER};
    rig_material m = {.paint = paints[rig_rng_below(rng, 3)], .colour = colours[rig_rng_below(rng, 5)]};
    m.pitch_m = (float)rig_rng_uniform(rng, 0.2, 0.7);
    m.second = rig_vec3_scale(m.colour, (float)rig_rng_uniform(rng, 0.5, 1.5));
    m.seed = rig_rng_u32(rng);
    return m;
}

static void ground_draw_on(rig_backdrop *backdrop, rig_rng *rng) {
    const rig_material ground = ground_draw(rng);
    const rig_vec3 blue = rig_vec3_of(rig_rng_uniform(rng, 0.15, 0.7), rig_rng_uniform(rng, 0.35, 0.75), 0.85);
    const rig_pose Rt_world_cam = rig_pose_invert(&backdrop->viewpoint.Rt_cam_world);
    const rig_lights seen = rig_lights_see(&backdrop->lights, &backdrop->viewpoint.Rt_cam_world);
    const float height = (float)Rt_world_cam.t[2], pixel = (float)(1 / backdrop->viewpoint.camera.K[0]);
    const rig_vec3 none = {0, 0, 0};
    const float bright = 1.2f * rig_lights_shade(&seen, none, seen.up, (rig_vec3){1, 1, 1}, 0, 1).y;
    float R[9];
    for (int i = 0; i < 9; i++)
        R[i] = (float)Rt_world_cam.R[i];
    rig_canvas *canvas = &backdrop->canvas;
    for (int y = 0; y < canvas->height; y++)
        for (int x = 0; x < canvas->width; x++) {
            const size_t at = (size_t)y * (size_t)canvas->width + (size_t)x;
            const rig_vec3 v = rig_vec3_map(R, rig_rays_at(&backdrop->viewpoint.rays, x, y));
            rig_vec3 light;
            if (v.z < -0.02f) {
                const float far = -height / v.z;
                const rig_spot spot = {.u = far * v.x, .v = far * v.y, .blur_m = far * pixel / rig_maxf(-v.z, 0.1f)};
                light = rig_vec3_scale(rig_material_colour(&ground, &spot), bright);
                canvas->z[at] = far;
            } else {
                light = sky(rig_vec3_unit(v), blue, ground.seed);
            }
            const float ink[3] = {rig_ink(light.z), rig_ink(light.y), rig_ink(light.x)};
            rig_canvas_put(canvas, at, ink);
        }
}

rig_status rig_yard_draw(rig_backdrop *backdrop, rig_rng *rng, rig_arena *scratch, rig_err *err) {
    rig_props *props = RIG_NEW(scratch, rig_props, 1);
    if (!props)
        return rig_fail_memory(err, "a yard");
    backdrop->lights.n = 1; // the sun
    const double high = rig_rng_uniform(rng, 12, 30), angle = rig_rng_uniform(rng, 0, 2 * PI);
    const double x = 20 * cos(angle), y = 20 * sin(angle), power = rig_rng_uniform(rng, 0.2, 1) * (high * high + 400);
    backdrop->lights.lamps[0].at = rig_vec3_of(backdrop->centre[0] + x, y, high);
    backdrop->lights.lamps[0].power = rig_vec3_of(power, 0.96 * power, 0.85 * power);
    RIG_TRY(rig_rays_make(&backdrop->viewpoint.camera, &backdrop->viewpoint.rays, scratch, err));
    ground_draw_on(backdrop, rng);
    for (int i = rig_rng_below(rng, HOUSES); i > 0; i--) {
        const double far = rig_rng_uniform(rng, 11, 28), place[2] = {far, far * rig_rng_uniform(rng, -0.9, 0.9)};
        const double half[3] = {rig_rng_uniform(rng, 0.3, 3), rig_rng_uniform(rng, 0.3, 5),
                                rig_rng_uniform(rng, 0.3, 4)};
        rig_props_box(props, place, half, rng);
    }
    for (int i = rig_rng_below(rng, TREES); i > 0; i--) {
        const double far = rig_rng_uniform(rng, 10, 20), place[2] = {far, far * rig_rng_uniform(rng, -0.8, 0.8)};
        rig_props_bush(props, place, rig_rng_uniform(rng, 0.7, 2.2), rig_rng_uniform(rng, 0.5, 4), rng);
    }
    return rig_draw_solids(&backdrop->canvas, &backdrop->viewpoint, &backdrop->lights, props->solids, props->n, scratch,
                           err);
}
