#include "tools/synth/material.h"

#include "tools/synth/texture.h"

// A colour's own brightness varied by a share of `amount` times noise in -1..1.
static rig_vec3 vary(rig_vec3 colour, float amount, float noise) {
    return rig_vec3_scale(colour, rig_maxf(0.05f, 1 + amount * noise));
}

static rig_vec3 mottled(const rig_material *m, const rig_spot *s, float pitch_m, float amount) {
    const float noise = rig_noise2_octaves(s->u / pitch_m, s->v / pitch_m, s->blur_m / pitch_m, m->seed);
    return vary(m->colour, amount, noise);
}

static rig_vec3 striped(const rig_material *m, float x, const rig_spot *s) {
    return rig_vec3_mix(m->colour, m->second, rig_wave(x / m->pitch_m, 0.5f, s->blur_m / m->pitch_m));
}

static rig_vec3 checked(const rig_material *m, const rig_spot *s) {
    const float blur = s->blur_m / m->pitch_m;
    const float share = (rig_wave(s->u / m->pitch_m, 0.4f, blur) + rig_wave(s->v / m->pitch_m, 0.4f, blur)) / 2;
    return rig_vec3_mix(m->colour, m->second, share);
}

static rig_vec3 dotted(const rig_material *m, const rig_spot *s) {
    const rig_cell cell = rig_cells(s->u, s->v, m->pitch_m, m->pitch_m, 0.5f, 0, s->blur_m, m->seed);
    const float x = cell.x - 0.5f, y = cell.y - 0.5f, soft = rig_maxf(s->blur_m / m->pitch_m, 0.02f);
    return rig_vec3_mix(m->colour, m->second, rig_clampf(0.5f - (sqrtf(x * x + y * y) - 0.25f) / soft, 0, 1));
}

// Worn paler where it is broad, dark fine grain.
static rig_vec3 denim(const rig_material *m, const rig_spot *s) {
    const float worn = rig_noise2(s->u / 0.11f, s->v / 0.19f, m->seed);
    const float grain = rig_noise2_octaves(s->u / 0.008f, s->v / 0.02f, s->blur_m / 0.008f, m->seed + 9);
    return vary(rig_vec3_mix(m->colour, m->second, rig_clampf(0.25f + 0.5f * worn, 0, 1)), 0.25f, grain);
}

static rig_vec3 camouflage(const rig_material *m, const rig_spot *s) {
    const float a = rig_noise2_octaves(s->u / m->pitch_m, s->v / m->pitch_m, s->blur_m / m->pitch_m, m->seed);
    const float b = rig_noise2(s->u / m->pitch_m + 7, s->v / m->pitch_m, m->seed + 5);
    const float soft = rig_maxf(s->blur_m / m->pitch_m, 0.05f);
    const rig_vec3 two = rig_vec3_mix(m->colour, m->second, rig_clampf(0.5f + a / soft, 0, 1));
    return rig_vec3_scale(two, 1 - 0.5f * rig_clampf((b - 0.2f) / soft, 0, 1));
}

static rig_vec3 hair(const rig_material *m, const rig_spot *s) {
    const float strand = rig_noise2_octaves(s->u / 0.006f, s->v / 0.05f, s->blur_m / 0.02f, m->seed);
    return vary(m->colour, 0.25f, strand);
}

// A white sole, the rest plain. The shoe's own x points up (see the anatomy's feet).
static rig_vec3 shoe(const rig_material *m, const rig_spot *s) {
    const float sole = rig_clampf(0.5f + (-0.012f - s->p.x) / rig_maxf(s->blur_m, 0.003f), 0, 1);
    return rig_vec3_mix(m->colour, m->second, sole);
}

static rig_vec3 planks(const rig_material *m, const rig_spot *s) {
    const rig_cell cell = rig_cells(s->u, s->v, 1.1f, m->pitch_m, -1, 0.004f, s->blur_m, m->seed);
    const float tone = 2 * rig_hash_unit(rig_hash2(cell.column, cell.row, m->seed + 1)) - 1;
    const float shift = 40 * rig_hash_unit(rig_hash2(cell.column, cell.row, m->seed + 2));
    const float grain = rig_noise2_octaves(s->u / 0.25f + shift, s->v / 0.012f, s->blur_m / 0.02f, m->seed + 3);
    const rig_vec3 wood = rig_vec3_mix(m->colour, m->second, rig_clampf(0.5f + 0.35f * tone + 0.25f * grain, 0, 1));
    return rig_vec3_scale(wood, 1 - 0.7f * cell.joint);
}

static rig_vec3 tiles(const rig_material *m, const rig_spot *s) {
    const rig_cell cell = rig_cells(s->u, s->v, m->pitch_m, m->pitch_m, 0, 0.008f, s->blur_m, m->seed);
    const float tone = 2 * rig_hash_unit(rig_hash2(cell.column, cell.row, m->seed)) - 1;
    const float cloud = rig_noise2_octaves(s->u / 0.13f, s->v / 0.13f, s->blur_m / 0.13f, m->seed + 4);
    return rig_vec3_mix(vary(m->colour, 0.12f, tone + cloud), m->second, cell.joint);
}

static rig_vec3 bricks(const rig_material *m, const rig_spot *s) {
    const rig_cell cell = rig_cells(s->u, s->v, 0.25f, m->pitch_m, 0.5f, 0.012f, s->blur_m, m->seed);
    const float tone = 2 * rig_hash_unit(rig_hash2(cell.column, cell.row, m->seed)) - 1;
    const float rough = rig_noise2_octaves(s->u / 0.03f, s->v / 0.03f, s->blur_m / 0.03f, m->seed + 4);
    return rig_vec3_mix(vary(m->colour, 0.25f, tone + 0.6f * rough), m->second, cell.joint);
}

static rig_vec3 plaster(const rig_material *m, const rig_spot *s) {
    const float broad = rig_noise2_octaves(s->u / 0.7f, s->v / 0.7f, s->blur_m / 0.7f, m->seed);
    const float fine = rig_noise2_octaves(s->u / 0.05f, s->v / 0.05f, s->blur_m / 0.05f, m->seed + 7);
    return vary(m->colour, 0.1f, broad + 0.5f * fine);
}

static rig_vec3 carpet(const rig_material *m, const rig_spot *s) {
    const float pile = rig_noise2_octaves(s->u / 0.015f, s->v / 0.015f, s->blur_m / 0.015f, m->seed);
    const float walked = rig_noise2(s->u / 0.6f, s->v / 0.6f, m->seed + 3);
    return vary(rig_vec3_mix(m->colour, m->second, rig_clampf(0.3f + 0.4f * walked, 0, 1)), 0.3f, pile);
}

// Spines side by side in shelves, each of its own colour and height.
static rig_vec3 books(const rig_material *m, const rig_spot *s) {
    const float shelf_m = 0.32f, board_m = 0.03f;
    const rig_cell cell = rig_cells(s->u, s->v, m->pitch_m, shelf_m, -1, 0.003f, s->blur_m, m->seed);
    const float up = cell.y * shelf_m;
    const uint32_t h = rig_hash2(cell.column, cell.row, m->seed + 1);
    const float top = board_m + 0.17f + 0.09f * rig_hash_unit(h * 2654435761u);
    if (up < board_m)
        return m->second;
    if (up > top || h % 11 == 0)
        return (rig_vec3){0.015f, 0.012f, 0.01f};
    const rig_vec3 spine = {0.04f + 0.5f * rig_hash_unit(h), 0.04f + 0.4f * rig_hash_unit(h * 40503u),
                            0.04f + 0.4f * rig_hash_unit(h * 69069u)};
    const bool title = up > top - 0.09f && up < top - 0.05f;
    return rig_vec3_scale(spine, (1 - 0.6f * cell.joint) * (title ? 1.8f : 1));
}

// A landscape of noise in a frame; the texture's origin is the picture's middle, pitch_m its half width.
static rig_vec3 picture(const rig_material *m, const rig_spot *s) {
    const float u = s->u / m->pitch_m, v = s->v / m->pitch_m;
    if (fabsf(u) > 0.92f || fabsf(v) > 0.62f)
        return (rig_vec3){0.05f, 0.035f, 0.02f};
    const float hill = 0.35f * rig_noise2(2.5f * u + 11, 3, m->seed), land = v < hill ? 1 : 0;
    const float cloud = rig_noise2_octaves(2 * u, 4 * v, s->blur_m / m->pitch_m, m->seed + 2);
    const rig_vec3 sky = vary(m->colour, 0.35f, cloud + v);
    const rig_vec3 ground = vary(m->second, 0.5f, cloud + 2 * (v - hill));
    return rig_vec3_mix(sky, ground, land);
}

// Panes and bars, bright: it is day outside.
static rig_vec3 window(const rig_material *m, const rig_spot *s) {
    const rig_cell cell = rig_cells(s->u, s->v, m->pitch_m, m->pitch_m, 0, 0.05f, s->blur_m, m->seed);
    const rig_vec3 sky = vary(m->second, 0.2f, rig_noise2_octaves(s->u, 2 * s->v, s->blur_m, m->seed) + s->v / 2);
    return rig_vec3_mix(sky, m->colour, cell.joint);
}

rig_vec3 rig_material_colour(const rig_material *m, const rig_spot *s) {
    switch (m->paint) {
    case RIG_PAINT_PLAIN:
        return mottled(m, s, 0.09f, 0.08f);
    case RIG_PAINT_STRIPES:
        return striped(m, s->v, s);
    case RIG_PAINT_BARS:
        return striped(m, s->u, s);
    case RIG_PAINT_CHECKS:
        return checked(m, s);
    case RIG_PAINT_DOTS:
        return dotted(m, s);
    case RIG_PAINT_DENIM:
        return denim(m, s);
    case RIG_PAINT_CAMO:
        return camouflage(m, s);
    case RIG_PAINT_HAIR:
        return hair(m, s);
    case RIG_PAINT_FACE:
        return rig_face_colour(m, s);
    case RIG_PAINT_SHOE:
        return shoe(m, s);
    case RIG_PAINT_PLANKS:
        return planks(m, s);
    case RIG_PAINT_TILES:
        return tiles(m, s);
    case RIG_PAINT_BRICKS:
        return bricks(m, s);
    case RIG_PAINT_PLASTER:
        return plaster(m, s);
    case RIG_PAINT_CARPET:
        return carpet(m, s);
    case RIG_PAINT_BOOKS:
        return books(m, s);
    case RIG_PAINT_PICTURE:
        return picture(m, s);
    case RIG_PAINT_WINDOW:
        return window(m, s);
    }
    return m->colour;
}
