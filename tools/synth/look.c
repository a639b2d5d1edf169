#include "tools/synth/avatar.h"

enum { N_SKINS = 7, N_HAIRS = 7, N_CLOTHS = 16 };

// Linear light, from pale to dark.
static const rig_vec3 skins[N_SKINS] = {{0.66f, 0.43f, 0.33f}, {0.58f, 0.36f, 0.26f},  {0.48f, 0.29f, 0.19f},
                                        {0.36f, 0.20f, 0.12f}, {0.23f, 0.120f, 0.07f}, {0.14f, 0.070f, 0.042f},
                                        {0.09f, 0.046f, 0.03f}};
static const rig_vec3 hairs[N_HAIRS] = {{0.010f, 0.009f, 0.008f}, {0.030f, 0.018f, 0.011f}, {0.075f, 0.040f, 0.020f},
                                        {0.18f, 0.100f, 0.045f},  {0.42f, 0.28f, 0.120f},   {0.22f, 0.070f, 0.022f},
                                        {0.30f, 0.29f, 0.280f}};
static const rig_vec3 cloths[N_CLOTHS] = {
    {0.72f, 0.70f, 0.66f},   {0.32f, 0.33f, 0.34f}, {0.09f, 0.09f, 0.10f}, {0.020f, 0.020f, 0.022f},
    {0.020f, 0.035f, 0.10f}, {0.04f, 0.12f, 0.36f}, {0.20f, 0.40f, 0.62f}, {0.40f, 0.025f, 0.03f},
    {0.62f, 0.10f, 0.05f},   {0.68f, 0.38f, 0.05f}, {0.05f, 0.22f, 0.08f}, {0.14f, 0.17f, 0.07f},
    {0.42f, 0.32f, 0.20f},   {0.15f, 0.08f, 0.04f}, {0.24f, 0.06f, 0.26f}, {0.60f, 0.30f, 0.36f},
};

static rig_vec3 shaken(rig_rng *rng, rig_vec3 colour, double amount) {
    const double bright = rig_rng_uniform(rng, 1 - amount, 1 + amount);
    return rig_vec3_of((double)colour.x * bright * rig_rng_uniform(rng, 1 - amount / 3, 1 + amount / 3),
                       (double)colour.y * bright,
                       (double)colour.z * bright * rig_rng_uniform(rng, 1 - amount / 3, 1 + amount / 3));
}

static float brightness(rig_vec3 c) {
    return 0.3f * c.x + 0.6f * c.y + 0.1f * c.z;
}

// Cloth of the colour of skin would look like none.
static bool skin_like(rig_vec3 c, rig_vec3 skin) {
    return fabsf(logf(brightness(c) / brightness(skin))) < 0.5f && c.x > 1.2f * c.z && c.x < 6 * c.z;
}

static rig_material cloth_draw(rig_rng *rng, rig_vec3 skin) {
    static const rig_paint paints[] = {RIG_PAINT_PLAIN,  RIG_PAINT_PLAIN, RIG_PAINT_PLAIN,   RIG_PAINT_STRIPES,
                                       RIG_PAINT_CHECKS, RIG_PAINT_DOTS,  RIG_PAINT_STRIPES, RIG_PAINT_CAMO};
    rig_material m = {.paint = paints[rig_rng_below(rng, (int)(sizeof paints / sizeof *paints))]};
    do
        m.colour = shaken(rng, cloths[rig_rng_below(rng, N_CLOTHS)], 0.2);
    while (skin_like(m.colour, skin));
    do
        m.second = shaken(rng, cloths[rig_rng_below(rng, N_CLOTHS)], 0.2);
    while (fabsf(brightness(m.second) - brightness(m.colour)) < 0.05f);
    m.pitch_m = (float)rig_rng_uniform(rng, 0.04, 0.12) * (m.paint == RIG_PAINT_CAMO ? 1.5f : 1);
    m.bump = (float)rig_rng_uniform(rng, 0.08, 0.2);
    m.bump_m = (float)rig_rng_uniform(rng, 0.03, 0.06);
    m.seed = rig_rng_u32(rng);
    return m;
}

static rig_material legwear_draw(rig_rng *rng, rig_legwear legwear, rig_vec3 skin) {
    rig_material m = cloth_draw(rng, skin);
    if (legwear == RIG_LEGWEAR_SKIRT)
        return m;
    m.paint = rig_rng_below(rng, 5) ? RIG_PAINT_PLAIN : RIG_PAINT_CAMO;
    if (rig_rng_below(rng, 3) == 0) {
        m.paint = RIG_PAINT_DENIM;
        m.colour = shaken(rng, (rig_vec3){0.025f, 0.05f, 0.13f}, 0.3);
        m.second = rig_vec3_scale(m.colour, 2.6f);
    }
    return m;
}

rig_look rig_look_draw(rig_rng *rng) {
    rig_look look = {.sleeves = RIG_SLEEVES_SHORT, .loose = rig_rng_uniform(rng, 0, 1)};
    const int sleeves = rig_rng_below(rng, 10), legwear = rig_rng_below(rng, 10);
    look.sleeves = sleeves < 1 ? RIG_SLEEVES_NONE : sleeves < 6 ? RIG_SLEEVES_SHORT : RIG_SLEEVES_LONG;
    look.legwear = legwear < 6 ? RIG_LEGWEAR_TROUSERS : legwear < 8 ? RIG_LEGWEAR_SHORTS : RIG_LEGWEAR_SKIRT;
    look.hairdo = (rig_hairdo)rig_rng_below(rng, RIG_HAIRDO_SHAVED + 1);
    const rig_vec3 skin = shaken(rng, skins[rig_rng_below(rng, N_SKINS)], 0.12);
    const rig_vec3 hair = shaken(rng, hairs[rig_rng_below(rng, N_HAIRS)], 0.2);
    look.stuff[RIG_STUFF_SKIN] = (rig_material){
        .paint = RIG_PAINT_PLAIN, .colour = skin, .second = skin, .gloss = 0.12f, .seed = rig_rng_u32(rng)};
    look.stuff[RIG_STUFF_FACE] = look.stuff[RIG_STUFF_SKIN];
    look.stuff[RIG_STUFF_FACE].paint = RIG_PAINT_FACE;
    look.stuff[RIG_STUFF_FACE].second = look.hairdo == RIG_HAIRDO_SHAVED ? rig_vec3_mix(skin, hair, 0.35f) : hair;
    look.stuff[RIG_STUFF_HAIR] = (rig_material){.paint = RIG_PAINT_HAIR,
                                                .colour = hair,
                                                .gloss = 0.15f,
                                                .bump = 0.5f,
                                                .bump_m = 0.018f,
                                                .seed = rig_rng_u32(rng)};
    look.stuff[RIG_STUFF_TOP] = cloth_draw(rng, skin);
    look.stuff[RIG_STUFF_BOTTOM] = legwear_draw(rng, look.legwear, skin);
    look.stuff[RIG_STUFF_SHOE] = (rig_material){.paint = RIG_PAINT_SHOE,
                                                .colour = shaken(rng, cloths[rig_rng_below(rng, N_CLOTHS)], 0.2),
                                                .second = rig_rng_below(rng, 2) ? (rig_vec3){0.6f, 0.58f, 0.55f}
                                                                                : (rig_vec3){0.02f, 0.02f, 0.02f},
                                                .gloss = (float)rig_rng_uniform(rng, 0, 0.5),
                                                .seed = rig_rng_u32(rng)};
    return look;
}
