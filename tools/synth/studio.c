#include "tools/synth/studio.h"

#include "tools/synth/film.h"
#include "tools/synth/props.h"
#include "tools/synth/shadow.h"

#include <string.h>

enum { CAST = 40, BACKDROPS = 4, BACKDROP_PICTURES = 16 }; // bodies and scenes at hand; one scene is changed every 16
enum { STREAM_CAST = 1, STREAM_SCENES = 2, STREAM_PICTURES = 3, MOVING_ONE_OF = 6 };
static const double NOISE_LEVELS = 2; // of 255, one standard deviation

struct rig_studio {
    rig_arena arena, scratch; // arena holds the rig_studio itself
    rig_studio_params params;
    rig_rng cast_rng, scenes_rng, rng;
    uint64_t taken;
    rig_avatar *cast[CAST];
    rig_backdrop backdrops[BACKDROPS];
    rig_canvas canvas;
    rig_noise noise;
    rig_film film;
    rig_props props;
    rig_crowd crowd;
};

// One picture while it is made.
typedef struct shot {
    rig_viewpoint viewpoint;
    rig_lights lights;
    rig_solid *solids; // people's first, each one's together, then things
    int n, start[RIG_CROWD_MAX + 1];
    rig_visibility visibility[RIG_CROWD_MAX][RIG_FIGURE_JOINTS];
} shot;

static rig_status params_check(const rig_studio_params *p, rig_err *err) {
    if (p->size < 64 || p->size > 512)
        return rig_fail(err, RIG_ERR_USAGE, "size: %d, expected 64 to 512", p->size);
    if (p->people_max < 1 || p->people_max > RIG_CROWD_MAX)
        return rig_fail(err, RIG_ERR_USAGE, "people: %d, expected 1 to %d", p->people_max, RIG_CROWD_MAX);
    return RIG_OK;
}

static void body_cast(rig_studio *studio, int i) {
    const rig_build build = rig_build_draw(&studio->cast_rng);
    const rig_look look = rig_look_draw(&studio->cast_rng);
    rig_avatar_make(studio->cast[i], &build, &look);
}

static rig_status scene_change(rig_studio *studio, int i, rig_err *err) {
    const rig_status status = rig_backdrop_draw(&studio->backdrops[i], studio->params.photos, studio->params.n_photos,
                                                &studio->scenes_rng, &studio->scratch, err);
    rig_arena_clear(&studio->scratch);
    return status;
}

static rig_status studio_fill(rig_studio *studio, rig_err *err) {
    const int size = studio->params.size;
    RIG_TRY(rig_canvas_make(&studio->canvas, size, size, &studio->arena, err));
    RIG_TRY(rig_noise_make(&studio->noise, size, NOISE_LEVELS, studio->params.seed, &studio->arena, err));
    for (int i = 0; i < CAST; i++) {
        studio->cast[i] = RIG_NEW(&studio->arena, rig_avatar, 1);
        if (!studio->cast[i])
            return rig_fail_memory(err, "a cast");
        body_cast(studio, i);
    }
    for (int i = 0; i < BACKDROPS; i++) {
        RIG_TRY(rig_backdrop_make(&studio->backdrops[i], size, &studio->arena, err));
        RIG_TRY(scene_change(studio, i, err));
    }
    return RIG_OK;
}

rig_status rig_studio_open(const rig_studio_params *params, rig_studio **studio, rig_err *err) {
    rig_arena arena = {NULL};
    *studio = NULL;
    RIG_TRY(params_check(params, err));
    rig_studio *made = RIG_NEW(&arena, rig_studio, 1);
    if (!made)
        return rig_fail_memory(err, "a studio");
    made->arena = arena;
    made->params = *params;
    made->cast_rng = rig_rng_seed(params->seed, STREAM_CAST);
    made->scenes_rng = rig_rng_seed(params->seed, STREAM_SCENES);
    made->rng = rig_rng_seed(params->seed, STREAM_PICTURES);
    const rig_status status = studio_fill(made, err);
    if (status == RIG_OK)
        *studio = made;
    else
        rig_studio_close(made);
    return status;
}

void rig_studio_close(rig_studio *studio) {
    if (!studio)
        return;
    rig_arena arena = studio->arena; // which holds studio itself
    rig_arena_release(&studio->scratch);
    rig_arena_release(&arena);
}

// Mostly one to three, sometimes a crowd.
static int people_count(rig_studio *studio) {
    const int most = studio->params.people_max, luck = rig_rng_below(&studio->rng, 100);
    const int n = luck < 45 ? 1 : luck < 70 ? 2 : luck < 84 ? 3 : 4 + rig_rng_below(&studio->rng, RIG_CROWD_MAX - 3);
    return n < most ? n : most;
}

static void bodies_choose(rig_studio *studio, int n, const rig_avatar *bodies[RIG_CROWD_MAX]) {
    const int first = rig_rng_below(&studio->rng, CAST),
              step = 1 + 2 * rig_rng_below(&studio->rng, 2); // 1, 3: prime to 40
    for (int i = 0; i < n; i++)
        bodies[i] = studio->cast[(first + step * i) % CAST];
}

// Things before people: on the way from the camera to somebody, beside it, or standing about.
static void things_place(rig_studio *studio, const rig_backdrop *backdrop) {
    rig_props *props = &studio->props;
    rig_rng *rng = &studio->rng;
    double eye[3];
    rig_pose_centre(&backdrop->viewpoint.Rt_cam_world, eye);
    for (int i = rig_rng_below(rng, 4) ? 0 : 1 + rig_rng_below(rng, 3); i > 0 && studio->crowd.n; i--) {
        const rig_figure *whom = &studio->crowd.figures[rig_rng_below(rng, studio->crowd.n)];
        const double *p = whom->segments[RIG_SEGMENT_PELVIS].t, way = hypot(p[0] - eye[0], p[1] - eye[1]);
        const double share = rig_rng_uniform(rng, 0.3, 1 - fmin(0.6, 0.7 / way)), aside = 0.3 * rig_rng_normal(rng);
        const double place[2] = {eye[0] + share * (p[0] - eye[0]) + aside * (p[1] - eye[1]) / way,
                                 eye[1] + share * (p[1] - eye[1]) - aside * (p[0] - eye[0]) / way};
        const double half[3] = {rig_rng_uniform(rng, 0.05, 0.3), rig_rng_uniform(rng, 0.05, 0.3),
                                rig_rng_uniform(rng, 0.1, 0.7)};
        bool taken = false;
        for (int k = 0; k < studio->crowd.n; k++) {
            const double *q = studio->crowd.figures[k].segments[RIG_SEGMENT_PELVIS].t;
            taken = taken || hypot(q[0] - place[0], q[1] - place[1]) < 0.65;
        }
        if (taken)
            continue;
        const int kind = rig_rng_below(rng, 5);
        if (kind < 2)
            rig_props_box(props, place, half, rng);
        else if (kind < 4)
            rig_props_pole(props, place, rig_rng_uniform(rng, 0.015, 0.08), rig_rng_uniform(rng, 0.8, 3), rng);
        else
            rig_props_bush(props, place, rig_rng_uniform(rng, 0.12, 0.3), rig_rng_uniform(rng, 0.3, 1.6), rng);
    }
}

static rig_status solids_make(rig_studio *studio, shot *it, rig_err *err) {
    const rig_crowd *crowd = &studio->crowd;
    rig_props *props = &studio->props;
    it->solids =
        RIG_NEW(&studio->scratch, rig_solid, RIG_CROWD_MAX * (RIG_AVATAR_PARTS_MAX + 1) + RIG_PROPS_SOLIDS_MAX);
    if (!it->solids)
        return rig_fail_memory(err, "people to draw");
    for (int i = 0; i < crowd->n; i++) {
        it->start[i] = it->n;
        rig_avatar_pose(crowd->figures[i].body, crowd->figures[i].segments, i + 1, it->solids + it->n);
        it->n += crowd->figures[i].body->n;
    }
    it->start[crowd->n] = it->n;
    for (int i = 0; i < crowd->n; i++) {
        const rig_material *material = crowd->figures[i].seat_m > 0 ? rig_props_material(props, &studio->rng) : NULL;
        if (material)
            it->solids[it->n++] = rig_figure_seat(&crowd->figures[i], material, RIG_PROPS_OWNER - 1 - i);
    }
    memcpy(it->solids + it->n, props->solids, (size_t)props->n * sizeof *props->solids);
    it->n += props->n;
    return RIG_OK;
}

static rig_status shadows_draw(rig_studio *studio, const shot *it, const rig_backdrop *backdrop, rig_err *err) {
    const rig_crowd *crowd = &studio->crowd;
    const double *at = crowd->n ? crowd->figures[0].segments[RIG_SEGMENT_PELVIS].t : backdrop->centre;
    rig_shadow *shadow = rig_shadow_make(at, &studio->scratch);
    if (!shadow)
        return rig_fail_memory(err, "people's shadows");
    for (int i = 0; i < crowd->n; i++) {
        rig_solid limbs[RIG_LIMBS];
        rig_limbs_solids(crowd->figures[i].limbs, limbs);
        rig_shadow_add(shadow, &it->lights, limbs, RIG_LIMBS);
    }
    const int things = it->start[crowd->n];
    rig_shadow_add(shadow, &it->lights, it->solids + things, it->n - things);
    rig_shadow_draw(shadow, &it->viewpoint, &studio->canvas);
    return RIG_OK;
}

static rig_status sights_find(rig_studio *studio, shot *it, rig_labels *labels, rig_err *err) {
    rig_target *targets = RIG_NEW(&studio->scratch, rig_target, it->n);
    if (!targets)
        return rig_fail_memory(err, "joints to see");
    for (int i = 0; i < it->n; i++)
        targets[i] =
            rig_target_see(&it->solids[i], &it->viewpoint.camera, &it->viewpoint.rays, &it->viewpoint.Rt_cam_world);
    labels->n = 0;
    for (int i = 0; i < studio->crowd.n; i++) {
        float q[RIG_FIGURE_JOINTS][2];
        rig_figure_see(&studio->crowd.figures[i], i + 1, &it->viewpoint, targets, it->n, &studio->canvas, q,
                       it->visibility[i]);
        bool seen = false;
        for (int j = 0; j < RIG_FIGURE_JOINTS; j++) {
            float *joint = labels->joints[labels->n][j];
            joint[0] = q[j][0];
            joint[1] = q[j][1];
            joint[2] = (float)it->visibility[i][j];
            seen = seen || it->visibility[i][j] == RIG_VISIBILITY_SEEN;
        }
        labels->n += seen;
    }
    return RIG_OK;
}

// All but one person are drawn at once; that one, if it moved, afterwards, so that what it covers is known.
static rig_status all_draw(rig_studio *studio, const shot *it, rig_err *err) {
    const int people = studio->crowd.n, moving = people ? rig_rng_below(&studio->rng, MOVING_ONE_OF) : 1;
    rig_canvas *canvas = &studio->canvas;
    const int first = moving ? 0 : it->start[1];
    RIG_TRY(
        rig_draw_solids(canvas, &it->viewpoint, &it->lights, it->solids + first, it->n - first, &studio->scratch, err));
    if (moving)
        return RIG_OK;
    const size_t pixels = (size_t)canvas->width * (size_t)canvas->height;
    float *before = RIG_NEW(&studio->scratch, float, pixels);
    unsigned char *only = RIG_NEW(&studio->scratch, unsigned char, pixels);
    if (!before || !only)
        return rig_fail_memory(err, "somebody who moves");
    memcpy(before, canvas->z, pixels * sizeof *before);
    RIG_TRY(rig_draw_solids(canvas, &it->viewpoint, &it->lights, it->solids, first, &studio->scratch, err));
    for (size_t i = 0; i < pixels; i++)
        only[i] = canvas->z[i] < before[i];
    const double angle = rig_rng_uniform(&studio->rng, -0.4, 0.4), length = canvas->width / 256.0;
    const double way = length * rig_rng_uniform(&studio->rng, 2, 10), smear[2] = {way * cos(angle), way * sin(angle)};
    return rig_film_smear(canvas, only, smear, &studio->scratch, err);
}

static rig_lights lights_vary(const rig_lights *lights, rig_rng *rng) {
    rig_lights varied = *lights;
    for (int i = 0; i < varied.n; i++)
        varied.lamps[i].power = rig_vec3_scale(varied.lamps[i].power, (float)rig_rng_uniform(rng, 0.6, 1.5));
    varied.sky = rig_vec3_scale(varied.sky, (float)rig_rng_uniform(rng, 0.7, 1.3));
    return varied;
}

static rig_status shoot(rig_studio *studio, rig_image *image, rig_labels *labels, rig_err *err) {
    rig_rng *rng = &studio->rng;
    const rig_backdrop *backdrop = &studio->backdrops[rig_rng_below(rng, BACKDROPS)];
    const rig_avatar *bodies[RIG_CROWD_MAX];
    const int n = people_count(studio);
    shot it = {.viewpoint.Rt_cam_world = backdrop->viewpoint.Rt_cam_world,
               .lights = lights_vary(&backdrop->lights, rng)};
    bodies_choose(studio, n, bodies);
    rig_crowd_place(&studio->crowd, backdrop, bodies, n, rng);
    const rig_backdrop_window window =
        rig_crowd_frame(&studio->crowd, backdrop, studio->params.size, rng, &it.viewpoint.camera);
    RIG_TRY(rig_rays_make(&it.viewpoint.camera, &it.viewpoint.rays, &studio->scratch, err));
    rig_backdrop_show(backdrop, &window, &it.viewpoint, &studio->canvas);
    studio->props.n = studio->props.n_materials = studio->props.n_owners = 0;
    things_place(studio, backdrop);
    RIG_TRY(solids_make(studio, &it, err));
    RIG_TRY(shadows_draw(studio, &it, backdrop, err));
    RIG_TRY(sights_find(studio, &it, labels, err));
    RIG_TRY(all_draw(studio, &it, err));
    rig_film_draw(&studio->film, studio->params.size, rng);
    return rig_film_develop(&studio->film, &studio->noise, &studio->canvas, image, &studio->scratch, err);
}

rig_status rig_studio_shoot(rig_studio *studio, rig_image *image, rig_labels *labels, rig_err *err) {
    if (studio->taken % BACKDROP_PICTURES == BACKDROP_PICTURES - 1)
        RIG_TRY(scene_change(studio, (int)(studio->taken / BACKDROP_PICTURES % BACKDROPS), err));
    body_cast(studio, (int)(studio->taken % CAST));
    const rig_status status = shoot(studio, image, labels, err);
    rig_arena_clear(&studio->scratch);
    studio->taken++;
    return status;
}
