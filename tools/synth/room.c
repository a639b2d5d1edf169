#include "tools/synth/room.h"

#include <assert.h>

static const double PI = 3.14159265358979323846;

// One wall's frame while it is furnished: x along the wall, y into it, the wall itself at y = half.
typedef struct wall {
    rig_room *room;
    rig_rng *rng;
    rig_pose Rt_world_wall;
    double half_m;
} wall;

static rig_material *material_new(rig_room *room, rig_rng *rng, rig_paint paint, rig_vec3 colour) {
    assert(room->n_materials < RIG_ROOM_MATERIALS_MAX);
    rig_material *m = &room->materials[room->n_materials++];
    const float bright = (float)rig_rng_uniform(rng, 0.8, 1.2);
    *m = (rig_material){.paint = paint, .colour = rig_vec3_scale(colour, bright), .pitch_m = 0.1f};
    m->second = rig_vec3_scale(m->colour, 0.55f);
    m->seed = rig_rng_u32(rng);
    return m;
}

static rig_vec3 wood_draw(rig_rng *rng) {
    static const rig_vec3 woods[] = {{0.36f, 0.22f, 0.11f},
                                     {0.20f, 0.10f, 0.045f},
                                     {0.52f, 0.38f, 0.22f},
                                     {0.62f, 0.58f, 0.52f},
                                     {0.10f, 0.06f, 0.04f}};
    return woods[rig_rng_below(rng, (int)(sizeof woods / sizeof *woods))];
}

static rig_vec3 colour_draw(rig_rng *rng) {
    return rig_vec3_of(rig_rng_uniform(rng, 0.03, 0.55), rig_rng_uniform(rng, 0.03, 0.5),
                       rig_rng_uniform(rng, 0.03, 0.5));
}

// A box of a wall: its middle at (x, half - away, z), its whole size along x, y, z.
static rig_solid *box_add(const wall *w, double x, double away, double z, const double size[3], const rig_material *m) {
    rig_room *room = w->room;
    assert(room->n < RIG_ROOM_SOLIDS_MAX);
    rig_pose Rt_wall_box = rig_pose_identity();
    Rt_wall_box.t[0] = x;
    Rt_wall_box.t[1] = w->half_m - away;
    Rt_wall_box.t[2] = z;
    const rig_pose Rt = rig_pose_mul(&w->Rt_world_wall, &Rt_wall_box);
    rig_solid *box = &room->solids[room->n++];
    *box = rig_solid_box(&Rt, rig_vec3_of(size[0] / 2, size[1] / 2, size[2] / 2), m);
    box->owner = RIG_ROOM_OWNER + room->n_owners;
    box->texture_at.z = (float)(size[2] / 2);
    return box;
}

static void bookcase_add(const wall *w, double x) {
    const double height = rig_rng_uniform(w->rng, 1.2, 2.0),
                 size[3] = {rig_rng_uniform(w->rng, 0.7, 1.1), 0.32, height};
    rig_material *wood = material_new(w->room, w->rng, RIG_PAINT_PLAIN, wood_draw(w->rng));
    rig_material *books = material_new(w->room, w->rng, RIG_PAINT_BOOKS, wood->colour);
    books->second = wood->colour;
    books->pitch_m = 0.045f;
    rig_solid *box = box_add(w, x, 0.17, height / 2, size, wood);
    box->faces[2] = books; // towards the room
}

static void cabinet_add(const wall *w, double x) {
    const double size[3] = {rig_rng_uniform(w->rng, 0.8, 1.3), 0.42, rig_rng_uniform(w->rng, 0.6, 0.95)};
    rig_material *wood = material_new(w->room, w->rng, RIG_PAINT_PLANKS, wood_draw(w->rng));
    rig_material *knob = material_new(w->room, w->rng, RIG_PAINT_PLAIN, (rig_vec3){0.5f, 0.48f, 0.4f});
    wood->pitch_m = (float)size[2] / 2;
    knob->gloss = 0.6f;
    box_add(w, x, 0.23, size[2] / 2, size, wood);
    for (int i = 0; i < 4; i++) {
        const double handle[3] = {0.12, 0.025, 0.018};
        box_add(w, x + (i % 2 ? 0.25 : -0.25) * size[0], 0.45, size[2] * (i / 2 ? 0.8 : 0.35), handle, knob);
    }
    for (int i = rig_rng_below(w->rng, 3); i > 0; i--) {
        const double s = rig_rng_uniform(w->rng, 0.1, 0.24), thing[3] = {s, 0.7 * s, rig_rng_uniform(w->rng, 0.1, 0.4)};
        box_add(w, x + (i - 1.5) * 0.3 * size[0], 0.2, size[2] + thing[2] / 2, thing,
                material_new(w->room, w->rng, RIG_PAINT_PLAIN, colour_draw(w->rng)));
    }
}

static void table_add(const wall *w, double x) {
    const double top[3] = {rig_rng_uniform(w->rng, 0.9, 1.4), 0.55, 0.035}, leg[3] = {0.045, 0.045, 0.71};
    rig_material *wood = material_new(w->room, w->rng, RIG_PAINT_PLANKS, wood_draw(w->rng));
    rig_material *legs = material_new(w->room, w->rng, RIG_PAINT_PLAIN, wood_draw(w->rng));
    wood->pitch_m = 0.14f;
    box_add(w, x, 0.32, 0.7275, top, wood);
    for (int i = 0; i < 4; i++)
        box_add(w, x + (i % 2 ? 0.5 : -0.5) * (top[0] - 0.08), i / 2 ? 0.08 : 0.55, 0.355, leg, legs);
    const double screen[3] = {0.5, 0.03, 0.3}, foot[3] = {0.2, 0.14, 0.02};
    rig_material *dark = material_new(w->room, w->rng, RIG_PAINT_PLAIN, (rig_vec3){0.02f, 0.02f, 0.022f});
    dark->gloss = 0.5f;
    box_add(w, x + 0.1, 0.22, 0.98, screen, dark);
    box_add(w, x + 0.1, 0.22, 0.755, foot, dark);
}

static void boxes_add(const wall *w, double x) {
    double z = 0;
    for (int i = 0; i < 3; i++) {
        const double s = 0.5 - 0.09 * i, size[3] = {s, 0.8 * s, rig_rng_uniform(w->rng, 0.2, 0.4)};
        rig_material *card = material_new(w->room, w->rng, RIG_PAINT_PLAIN, (rig_vec3){0.36f, 0.24f, 0.13f});
        box_add(w, x + rig_rng_uniform(w->rng, -0.05, 0.05), 0.28, z + size[2] / 2, size, card);
        z += size[2];
    }
}

static void door_add(const wall *w, double x) {
    const double frame[3] = {1.02, 0.05, 2.1}, leaf[3] = {0.9, 0.06, 2.04}, handle[3] = {0.13, 0.03, 0.02};
    const rig_vec3 paint = wood_draw(w->rng);
    box_add(w, x, 0.025, frame[2] / 2, frame,
            material_new(w->room, w->rng, RIG_PAINT_PLAIN, rig_vec3_scale(paint, 0.7f)));
    box_add(w, x, 0.035, leaf[2] / 2, leaf, material_new(w->room, w->rng, RIG_PAINT_PLAIN, paint));
    box_add(w, x + 0.36, 0.08, 1.02, handle,
            material_new(w->room, w->rng, RIG_PAINT_PLAIN, (rig_vec3){0.5f, 0.5f, 0.5f}));
}

static void window_add(const wall *w, double x) {
    const double frame[3] = {1.3, 0.07, 1.15}, sill[3] = {1.4, 0.16, 0.035};
    rig_material *wood = material_new(w->room, w->rng, RIG_PAINT_PLAIN, (rig_vec3){0.6f, 0.58f, 0.55f});
    rig_material *panes = material_new(w->room, w->rng, RIG_PAINT_WINDOW, wood->colour);
    panes->second = (rig_vec3){0.75f, 0.88f, 1.0f};
    panes->pitch_m = 0.62f;
    rig_solid *box = box_add(w, x, 0.035, 1.6, frame, wood);
    box->faces[2] = panes;
    box->texture_at.x = 0.62f;
    box->texture_at.z = 0.60f;
    box_add(w, x, 0.1, 1.0, sill, wood);
}

static void picture_add(const wall *w, double x) {
    const double wide = rig_rng_uniform(w->rng, 0.6, 1.2), size[3] = {wide, 0.03, 0.7 * wide};
    rig_material *frame = material_new(w->room, w->rng, RIG_PAINT_PLAIN, wood_draw(w->rng));
    rig_material *view = material_new(w->room, w->rng, RIG_PAINT_PICTURE, colour_draw(w->rng));
    view->second = colour_draw(w->rng);
    view->pitch_m = (float)(wide / 2);
    rig_solid *box = box_add(w, x, 0.02, rig_rng_uniform(w->rng, 1.45, 1.7), size, frame);
    box->faces[2] = view;
    box->texture_at.z = 0;
}

static void wall_furnish(const wall *w, bool free_middle) {
    static void (*const pieces[])(const wall *, double) = {bookcase_add, cabinet_add, table_add,  boxes_add,
                                                           door_add,     window_add,  picture_add};
    for (int slot = -1; slot <= 1; slot++) {
        w->room->n_owners++;
        const double x = slot * 0.52 * w->half_m + rig_rng_uniform(w->rng, -0.1, 0.1);
        const int piece = rig_rng_below(w->rng, (int)(sizeof pieces / sizeof *pieces));
        if (!(free_middle && slot == 0)) {
            pieces[piece](w, x);
            if (piece == 1 || piece == 3) // room for a picture over what is low
                picture_add(w, x);
        }
    }
    const double skirting[3] = {2 * w->half_m, 0.02, 0.09};
    w->room->n_owners++;
    box_add(w, 0, 0.01, 0.045, skirting, &w->room->materials[0]);
}

static void shell_add(rig_room *room, rig_rng *rng) {
    static const rig_vec3 walls[] = {{0.55f, 0.52f, 0.46f},
                                     {0.38f, 0.45f, 0.50f},
                                     {0.50f, 0.40f, 0.30f},
                                     {0.42f, 0.48f, 0.38f},
                                     {0.60f, 0.58f, 0.56f}};
    static const rig_paint floors[] = {RIG_PAINT_PLANKS, RIG_PAINT_TILES, RIG_PAINT_CARPET};
    rig_pose Rt = rig_pose_identity();
    Rt.t[2] = room->height_m / 2;
    Rt = rig_pose_mul(&room->Rt_world_room, &Rt);
    material_new(room, rng, RIG_PAINT_PLAIN, wood_draw(rng)); // the first: the skirting's
    rig_material *plaster =
        material_new(room, rng, RIG_PAINT_PLASTER, walls[rig_rng_below(rng, (int)(sizeof walls / sizeof *walls))]);
    rig_material *bricks = material_new(room, rng, RIG_PAINT_BRICKS, (rig_vec3){0.34f, 0.13f, 0.08f});
    bricks->pitch_m = 0.075f;
    bricks->second = (rig_vec3){0.42f, 0.40f, 0.37f};
    rig_material *bars = material_new(room, rng, RIG_PAINT_BARS, plaster->colour);
    bars->second = rig_vec3_scale(bars->colour, 0.78f);
    bars->pitch_m = 0.24f;
    rig_material *ceiling = material_new(room, rng, RIG_PAINT_PLASTER, (rig_vec3){0.6f, 0.6f, 0.58f});
    rig_material *floor = material_new(room, rng, floors[rig_rng_below(rng, 3)], wood_draw(rng));
    floor->pitch_m = floor->paint == RIG_PAINT_PLANKS ? 0.13f : 0.4f;
    if (floor->paint == RIG_PAINT_CARPET)
        floor->colour = rig_vec3_mix(floor->colour, colour_draw(rng), 0.6f);
    rig_solid *shell = &room->solids[room->n++];
    *shell = rig_solid_box(&Rt, rig_vec3_of(room->half_m, room->half_m, room->height_m / 2), plaster);
    shell->kind = RIG_SOLID_ROOM;
    shell->owner = RIG_ROOM_OWNER;
    shell->texture_at.z = (float)room->height_m / 2;
    shell->faces[rig_rng_below(rng, 4)] = bricks;
    shell->faces[rig_rng_below(rng, 4)] = bars;
    shell->faces[4] = floor;
    shell->faces[5] = ceiling;
}

static void lights_hang(rig_room *room, rig_rng *rng) {
    rig_lights *lights = &room->lights;
    const double warm = rig_rng_uniform(rng, 0, 0.16), ambient = rig_rng_uniform(rng, 0.2, 0.36);
    lights->up = (rig_vec3){0, 0, 1};
    lights->sky = rig_vec3_of(ambient, ambient, ambient * 1.04);
    lights->ground = rig_vec3_of(0.62 * ambient, 0.56 * ambient, 0.5 * ambient);
    lights->n = 3;
    for (int i = 0; i < lights->n; i++) {
        const double angle = 2 * PI * i / lights->n + rig_rng_uniform(rng, -0.5, 0.5);
        const double r = room->half_m * rig_rng_uniform(rng, 0.45, 0.7),
                     own[3] = {r * cos(angle), r * sin(angle), room->height_m - 0.12};
        const double power = rig_rng_uniform(rng, 1.4, 3.6);
        double p[3];
        rig_pose_apply(&room->Rt_world_room, own, p);
        lights->lamps[i].at = rig_vec3_of(p[0], p[1], p[2]);
        lights->lamps[i].power = rig_vec3_of(power * (1 + warm), power, power * (1 - warm));
    }
}

void rig_room_make(rig_room *room, const rig_pose *Rt_world_room, double half_m, double height_m, int free_wall,
                   rig_rng *rng) {
    *room = (rig_room){.Rt_world_room = *Rt_world_room, .half_m = half_m, .height_m = height_m};
    shell_add(room, rng);
    for (int side = 0; side < 4; side++) {
        const double rvec[3] = {0, 0, PI / 2 * side}, t[3] = {0};
        const rig_pose Rt_room_wall = rig_pose_from_rvec(rvec, t);
        const wall w = {room, rng, rig_pose_mul(Rt_world_room, &Rt_room_wall), half_m};
        wall_furnish(&w, side == free_wall);
    }
    lights_hang(room, rng);
}
