#include "tools/synth/synth.h"

#include "tools/synth/chart.h"
#include "tools/synth/scene.h"
#include "tools/synth/shadow.h"

#include <assert.h>
#include <string.h>

static const double ROOM_HALF_M = 3, ROOM_HEIGHT_M = 3, WALK_RADIUS_M = 1.3, EACH_MORE_M = 0.12;
static const double NOISE_LEVELS = 1.6; // of 255, one standard deviation

rig_synth_params rig_synth_defaults(void) {
    return (rig_synth_params){
        .seed = 1, .n_people = 2, .width = 640, .height = 480, .fps = 25, .n_board = 120, .n_floor = 5, .n_take = 150};
}

static rig_status params_check(const rig_synth_params *p, rig_err *err) {
    if (p->n_people < 1 || p->n_people > RIG_SYNTH_PEOPLE_MAX)
        return rig_fail(err, RIG_ERR_USAGE, "people: %d, expected 1 to %d", p->n_people, RIG_SYNTH_PEOPLE_MAX);
    if (p->width < 64 || p->height < 48 || p->width > 8192 || p->height > 8192)
        return rig_fail(err, RIG_ERR_USAGE, "size: %d x %d, expected 64 x 48 to 8192 x 8192", p->width, p->height);
    if (p->height > p->width)
        return rig_fail(err, RIG_ERR_USAGE, "size: %d x %d, expected a picture not higher than wide", p->width,
                        p->height);
    if (!(p->fps > 0 && p->fps <= 1000))
        return rig_fail(err, RIG_ERR_USAGE, "fps: %g, expected above 0 and at most 1000", p->fps);
    if (p->n_board < 0 || p->n_floor < 0 || p->n_take < 0)
        return rig_fail(err, RIG_ERR_USAGE, "frames: %d, %d and %d, expected none below 0", p->n_board, p->n_floor,
                        p->n_take);
    return RIG_OK;
}

static rig_status skeleton_take(rig_synth *synth, const rig_skeleton *coco17, rig_err *err) {
    synth->skeleton = *coco17;
    if (coco17->n != RIG_AVATAR_JOINTS)
        return rig_fail(err, RIG_ERR_CONFIG, "skeleton '%s': %d joints, expected %d", coco17->name, coco17->n,
                        RIG_AVATAR_JOINTS);
    for (int j = 0; j < RIG_AVATAR_JOINTS; j++) {
        synth->joint_of[j] = rig_skeleton_find(coco17, rig_avatar_joint_names[j]);
        if (synth->joint_of[j] < 0)
            return rig_fail(err, RIG_ERR_CONFIG, "skeleton '%s': joint '%s' is missing", coco17->name,
                            rig_avatar_joint_names[j]);
    }
    return RIG_OK;
}

static rig_status layout_make(rig_synth *synth, rig_err *err) {
    rig_rng rng = rig_rng_seed(synth->params.seed, RIG_STREAM_RIG);
    synth->board = (rig_board){.kind = RIG_BOARD_CHESSBOARD, .cols = 9, .rows = 6, .square_m = 0.1};
    synth->room = RIG_NEW(&synth->arena, rig_room, 1);
    synth->rig.n = RIG_LAYOUT_VIEWS;
    synth->rig.cameras = RIG_NEW(&synth->arena, rig_view_camera, RIG_LAYOUT_VIEWS);
    if (!synth->room || !synth->rig.cameras)
        return rig_fail_memory(err, "a rig");
    const rig_pose Rt_world_room = rig_layout_room(&synth->board, &rng);
    rig_layout_cameras(&Rt_world_room, ROOM_HALF_M, synth->params.width, synth->params.height, &rng,
                       synth->rig.cameras);
    rig_rng room = rig_rng_seed(synth->params.seed, RIG_STREAM_ROOM);
    rig_room_make(synth->room, &Rt_world_room, ROOM_HALF_M, ROOM_HEIGHT_M, RIG_LAYOUT_STEREO_WALL, &room);
    rig_rng board = rig_rng_seed(synth->params.seed, RIG_STREAM_BOARD);
    synth->carry = rig_carry_choose(&synth->board, &Rt_world_room, synth->rig.cameras, synth->rig.n,
                                    synth->params.n_board, &board);
    return rig_noise_make(&synth->noise, synth->params.width, NOISE_LEVELS, synth->params.seed, &synth->arena, err);
}

static rig_status actors_make(rig_synth *synth, rig_err *err) {
    const int n = synth->params.n_people;
    double pace[RIG_SYNTH_PEOPLE_MAX], stride[RIG_SYNTH_PEOPLE_MAX];
    rig_walk walks[RIG_SYNTH_PEOPLE_MAX];
    for (int i = 0; i < n; i++) {
        rig_actor *actor = &synth->actors[i];
        rig_rng rng = rig_rng_seed(synth->params.seed, RIG_STREAM_PERSON + (uint64_t)i);
        actor->body = RIG_NEW(&synth->arena, rig_avatar, 1);
        if (!actor->body)
            return rig_fail_memory(err, "a body");
        const rig_build build = rig_build_draw(&rng);
        const rig_look look = rig_look_draw(&rng);
        rig_avatar_make(actor->body, &build, &look);
        actor->gait = rig_gait_draw(&build, &rng);
        pace[i] = actor->gait.pace_m_s;
        stride[i] = actor->gait.stride_m;
    }
    const double *middle = synth->room->Rt_world_room.t;
    const rig_walk_area area = {{middle[0], middle[1]}, WALK_RADIUS_M + EACH_MORE_M * (n - 2)};
    rig_rng rng = rig_rng_seed(synth->params.seed, RIG_STREAM_WALKS);
    RIG_TRY(rig_walks_make(&area, synth->params.n_take / synth->params.fps, n, pace, stride, &rng, walks, &synth->arena,
                           err));
    for (int i = 0; i < n; i++)
        synth->actors[i].walk = walks[i];
    return RIG_OK;
}

void rig_synth_segments(const rig_synth *synth, int person, int frame, rig_pose Rt_world_segment[RIG_SEGMENTS]) {
    const rig_actor *actor = &synth->actors[person];
    rig_posture posture;
    rig_gait_posture(&actor->gait, &actor->body->build, &actor->walk, frame / synth->params.fps, &posture);
    rig_posture_segments(&actor->body->build, &posture, Rt_world_segment);
}

int rig_synth_people_solids(const rig_synth *synth, int frame, rig_solid *solids) {
    int n = 0;
    for (int i = 0; i < synth->params.n_people; i++) {
        rig_pose segments[RIG_SEGMENTS];
        rig_synth_segments(synth, i, frame, segments);
        rig_avatar_pose(synth->actors[i].body, segments, i + 1, solids + n);
        n += synth->actors[i].body->n;
    }
    return n;
}

// Which views have the point in their picture, as bits.
static uint64_t views_of(const rig_synth *synth, const double p[3]) {
    uint64_t views = 0;
    for (int v = 0; v < synth->rig.n; v++) {
        const rig_view_camera *camera = &synth->rig.cameras[v];
        double p_cam[3], q[2];
        rig_pose_apply(&camera->Rt_cam_world, p, p_cam);
        if (rig_viewpoint_project(&synth->viewpoints[v], p_cam, q))
            views |= (uint64_t)1 << v;
    }
    return views;
}

static rig_status truth_make(rig_synth *synth, rig_err *err) {
    rig_arena *arena = &synth->arena;
    const int n_people = synth->params.n_people;
    rig_people3d *people = &synth->people;
    people->fine = true;
    const char **views = RIG_NEW(arena, const char *, RIG_LAYOUT_VIEWS);
    people->frames = RIG_NEW(arena, rig_frame3d, synth->params.n_take);
    if (!views || !people->frames)
        return rig_fail_memory(err, "people");
    memcpy(people->skeleton, synth->skeleton.name, sizeof people->skeleton);
    for (int v = 0; v < RIG_LAYOUT_VIEWS; v++)
        views[v] = synth->rig.cameras[v].view;
    people->views = views;
    people->n_views = RIG_LAYOUT_VIEWS;
    people->n_joints = RIG_AVATAR_JOINTS;
    people->fps = synth->params.fps;
    people->n_frames = synth->params.n_take;
    for (int f = 0; f < people->n_frames; f++) {
        rig_person3d *all = RIG_NEW(arena, rig_person3d, n_people);
        rig_joint3d *joints = RIG_NEW(arena, rig_joint3d, n_people * RIG_AVATAR_JOINTS);
        if (!all || !joints)
            return rig_fail_memory(err, "people");
        people->frames[f] = (rig_frame3d){.frame = f, .n = n_people, .people = all};
        for (int i = 0; i < n_people; i++) {
            rig_pose segments[RIG_SEGMENTS];
            double p[RIG_AVATAR_JOINTS][3];
            all[i] = (rig_person3d){.id = i + 1, .joints = joints + i * RIG_AVATAR_JOINTS};
            rig_synth_segments(synth, i, f, segments);
            rig_avatar_joints(synth->actors[i].body, segments, p);
            for (int j = 0; j < RIG_AVATAR_JOINTS; j++) {
                rig_joint3d *joint = &all[i].joints[synth->joint_of[j]];
                *joint = (rig_joint3d){.state = RIG_JOINT_OK, .score = 1, .views = views_of(synth, p[j])};
                memcpy(joint->p, p[j], sizeof joint->p);
            }
        }
    }
    return RIG_OK;
}

static rig_status views_make(rig_synth *synth, rig_err *err) {
    rig_arena scratch = {NULL};
    rig_status status = RIG_OK;
    const double *middle = synth->room->Rt_world_room.t;
    rig_shadow *shadow = rig_shadow_make(middle, &scratch);
    if (!shadow)
        return rig_fail_memory(err, "a room's shadows");
    rig_shadow_add(shadow, &synth->room->lights, synth->room->solids, synth->room->n);
    const rig_arena_mark mark = rig_arena_tell(&scratch);
    for (int v = 0; v < RIG_LAYOUT_VIEWS && status == RIG_OK; v++) {
        rig_viewpoint *viewpoint = &synth->viewpoints[v];
        rig_canvas *canvas = &synth->empty[v];
        viewpoint->camera = synth->rig.cameras[v].camera;
        viewpoint->Rt_cam_world = synth->rig.cameras[v].Rt_cam_world;
        status = rig_rays_make(&viewpoint->camera, &viewpoint->rays, &synth->arena, err);
        if (status == RIG_OK)
            status = rig_canvas_make(canvas, viewpoint->camera.width, viewpoint->camera.height, &synth->arena, err);
        if (status == RIG_OK)
            status = rig_draw_solids(canvas, viewpoint, &synth->room->lights, synth->room->solids, synth->room->n,
                                     &scratch, err);
        if (status == RIG_OK)
            rig_shadow_draw(shadow, viewpoint, canvas);
        rig_arena_rewind(&scratch, mark);
    }
    rig_arena_release(&scratch);
    return status;
}

rig_status rig_synth_open(const rig_synth_params *params, const rig_skeleton *coco17, rig_synth **synth, rig_err *err) {
    rig_arena arena = {NULL};
    *synth = NULL;
    RIG_TRY(params_check(params, err));
    rig_synth *made = RIG_NEW(&arena, rig_synth, 1);
    if (!made)
        return rig_fail_memory(err, "a synthetic session");
    made->arena = arena;
    made->params = *params;
    rig_status status = skeleton_take(made, coco17, err);
    if (status == RIG_OK)
        status = layout_make(made, err);
    if (status == RIG_OK)
        status = actors_make(made, err);
    if (status == RIG_OK)
        status = views_make(made, err);
    if (status == RIG_OK)
        status = truth_make(made, err);
    if (status == RIG_OK)
        *synth = made;
    else
        rig_synth_close(made);
    return status;
}

void rig_synth_close(rig_synth *synth) {
    if (!synth)
        return;
    rig_arena arena = synth->arena; // which holds synth itself
    rig_arena_release(&arena);
}

const rig_calibration *rig_synth_rig(const rig_synth *synth) {
    return &synth->rig;
}
const rig_board *rig_synth_board(const rig_synth *synth) {
    return &synth->board;
}
const rig_people3d *rig_synth_people(const rig_synth *synth) {
    return &synth->people;
}

static rig_status board_draw(const rig_synth *synth, const rig_viewpoint *viewpoint, const rig_pose *Rt_world_board,
                             bool floor, rig_canvas *canvas, rig_arena *scratch, rig_err *err) {
    if (!floor) { // on the floor it has no shadow to speak of
        rig_shadow *shadow = rig_shadow_make(synth->room->Rt_world_room.t, scratch);
        if (!shadow)
            return rig_fail_memory(err, "a board's shadow");
        const rig_solid solid = rig_chart_solid(&synth->board, Rt_world_board);
        rig_shadow_add(shadow, &synth->room->lights, &solid, 1);
        rig_shadow_draw(shadow, viewpoint, canvas);
    }
    rig_chart_draw(canvas, viewpoint, &synth->room->lights, &synth->board, Rt_world_board);
    return RIG_OK;
}

static rig_status people_draw(const rig_synth *synth, const rig_viewpoint *viewpoint, int frame, rig_canvas *canvas,
                              rig_arena *scratch, rig_err *err) {
    rig_shadow *shadow = rig_shadow_make(synth->room->Rt_world_room.t, scratch);
    rig_solid *solids = RIG_NEW(scratch, rig_solid, RIG_SYNTH_PEOPLE_MAX * RIG_AVATAR_PARTS_MAX);
    if (!shadow || !solids)
        return rig_fail_memory(err, "people to draw");
    const int n = rig_synth_people_solids(synth, frame, solids);
    rig_shadow_add(shadow, &synth->room->lights, solids, n);
    rig_shadow_draw(shadow, viewpoint, canvas);
    return rig_draw_solids(canvas, viewpoint, &synth->room->lights, solids, n, scratch, err);
}

rig_status rig_synth_draw(const rig_synth *synth, rig_synth_recording recording, int frame, int view, rig_image *image,
                          rig_err *err) {
    assert(view >= 0 && view < RIG_LAYOUT_VIEWS && frame >= 0);
    rig_arena scratch = {NULL};
    rig_canvas canvas;
    const rig_viewpoint *viewpoint = &synth->viewpoints[view];
    const bool floor = recording == RIG_SYNTH_FLOOR;
    const rig_pose board = floor ? rig_layout_floor_board()
                                 : rig_carry_board(&synth->carry, &synth->board, &synth->room->Rt_world_room, frame,
                                                   synth->params.n_board);
    const uint32_t picture = (uint32_t)frame * 32 + (uint32_t)view * 4 + (uint32_t)recording;
    rig_status status = rig_canvas_copy(&synth->empty[view], &canvas, &scratch, err);
    if (status == RIG_OK && recording == RIG_SYNTH_TAKE)
        status = people_draw(synth, viewpoint, frame, &canvas, &scratch, err);
    else if (status == RIG_OK)
        status = board_draw(synth, viewpoint, &board, floor, &canvas, &scratch, err);
    if (status == RIG_OK)
        status = rig_canvas_develop(&canvas, &synth->noise, picture, image, err);
    rig_arena_release(&scratch);
    return status;
}
