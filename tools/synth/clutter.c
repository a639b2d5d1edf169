#include "tools/synth/backdrop.h"

// Clutter without depth: noise, then boxes, stripes, spots and slants of any paint, one over the other.
#include "tools/synth/props.h"

enum { SHAPES = 44 };

static const double PI = 3.14159265358979323846;
static const double SIDE_M = 3; // a canvas is that wide where its paints have metres

typedef struct shape {
    double x, y, half[2], c, s; // pixels, and its turn
    bool round;
    rig_vec3 light; // of its left edge and its right, as one ramp
    float ramp;
    const rig_material *material;
} shape;

static void shape_draw(const shape *it, rig_canvas *canvas) {
    const double reach = hypot(it->half[0], it->half[1]), m = SIDE_M / canvas->width;
    const int x0 = (int)fmax(0, it->x - reach), x1 = (int)fmin(canvas->width - 1, it->x + reach);
    const int y0 = (int)fmax(0, it->y - reach), y1 = (int)fmin(canvas->height - 1, it->y + reach);
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            const double dx = x - it->x, dy = y - it->y;
            const float u = (float)((it->c * dx + it->s * dy) / it->half[0]),
                        v = (float)((it->c * dy - it->s * dx) / it->half[1]);
            if (it->round ? u * u + v * v > 1 : fabsf(u) > 1 || fabsf(v) > 1)
                continue;
            const rig_spot spot = {
                .u = u * (float)(it->half[0] * m), .v = v * (float)(it->half[1] * m), .blur_m = (float)m};
            const rig_vec3 light =
                rig_vec3_mul(rig_material_colour(it->material, &spot), rig_vec3_scale(it->light, 1 + it->ramp * u));
            const float ink[3] = {rig_ink(light.z), rig_ink(light.y), rig_ink(light.x)};
            rig_canvas_put(canvas, (size_t)y * (size_t)canvas->width + (size_t)x, ink);
        }
}

static void shape_choose(shape *it, const rig_material *material, int side, int i, rig_rng *rng) {
    const double size = side * 0.45 * pow(0.06, rig_rng_uniform(rng, 0, 1)),
                 slim = pow(0.08, rig_rng_uniform(rng, 0, 1));
    const double turn = rig_rng_below(rng, 3) ? 0.05 * rig_rng_normal(rng) : rig_rng_uniform(rng, 0, PI);
    const bool tall = rig_rng_below(rng, 2);
    *it = (shape){.x = rig_rng_uniform(rng, 0, side), .y = rig_rng_uniform(rng, 0, side), .material = material};
    it->half[0] = 1 + (tall ? size * slim : size);
    it->half[1] = 1 + (tall ? size : size * slim);
    it->c = cos(turn);
    it->s = sin(turn);
    it->round = rig_rng_below(rng, 4) == 0;
    const double bright = rig_rng_uniform(rng, 0.3, 1.5), warm = 0.15 * rig_rng_normal(rng);
    it->light = rig_vec3_of(bright * (1 + warm), bright, bright * (1 - warm));
    it->ramp = (float)rig_rng_uniform(rng, -0.5, 0.5);
    if (i == 0) { // the first lies under all
        it->x = it->y = side / 2.0;
        it->half[0] = it->half[1] = side;
        it->round = false;
    }
}

void rig_clutter_draw(rig_canvas *canvas, rig_rng *rng) {
    rig_props paints = {0};
    const int n = 1 + rig_rng_below(rng, SHAPES);
    for (int i = 0; i < n; i++) {
        shape it;
        shape_choose(&it, rig_props_material(&paints, rng), canvas->width, i, rng);
        shape_draw(&it, canvas);
    }
}
