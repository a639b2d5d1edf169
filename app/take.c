#include "app/take.h"

#include "app/clocks.h"
#include "app/talk.h"
#include "io/file.h"
#include "triangulate/frame2d.h"

#include <string.h>

static const double SAME_FRAMES = 0.02; // moments nearer than this are one
static const double APART_FRAMES = 2.5; // frames farther apart than this, and no slower than that, have a gap between

// --- chunks ----------------------------------------------------------------------------------------------------------

static rig_status map_init(rig_session *session, const rig_skeleton *skeleton, const rig_people2d *people,
                           rig_joint_map *map, rig_err *err) {
    rig_skeleton from = *skeleton;
    map->same = strcmp(people->skeleton, skeleton->name) == 0;
    if (!map->same)
        RIG_TRY(rig_skeleton_named(people->skeleton, &from, &session->arena, err));
    if (people->n_joints != 0 && people->n_joints != from.n) // 0: nobody is in it
        return rig_fail(err, RIG_ERR_DATA, "skeleton '%s' has %d joints, people of view '%s' have %d", from.name,
                        from.n, people->view, people->n_joints);
    if (!map->same && rig_skeleton_map(&from, skeleton, map->source_of) == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint of the same name", from.name,
                        skeleton->name);
    return RIG_OK;
}

// Joints of the file in the rig's skeleton, by name.
static rig_status people_map(const rig_joint_map *map, int n_joints, rig_people2d *people, rig_arena *out,
                             rig_err *err) {
    for (int f = 0; f < people->n_frames && !map->same; f++)
        for (int p = 0; p < people->frames[f].n; p++) {
            rig_person2d *person = &people->frames[f].people[p];
            rig_joint2d *joints = RIG_NEW(out, rig_joint2d, n_joints);
            if (!joints)
                return rig_fail_memory(err, "joints");
            for (int j = 0; j < n_joints; j++)
                if (map->source_of[j] >= 0)
                    joints[j] = person->joints[map->source_of[j]];
            person->joints = joints;
        }
    people->n_joints = n_joints;
    return RIG_OK;
}

static int ahead_of(const rig_take_view *view) {
    return (view->in_hand + 1) % RIG_TAKE_CHUNKS;
}

// On the rig's clock, in its frames.
static double frame_moment(const rig_take *t, int v, int frame) {
    const rig_view_source *source = t->views[v].source;
    double late = t->repairs.n_views ? t->repairs.offset_frames[v] : 0;
    return late + (source ? rig_source_moment(source, t->fps, frame) : frame);
}

// Whether a frame is of a moment that is asked for, or so near to one that it may lie between this frame and another.
static bool is_wanted(const void *self, int frame) {
    const rig_take_view *view = self;
    if (view->runs.every < 2)
        return true;
    const double moment = frame_moment(view->take, (int)(view - view->take->views), frame);
    return rig_frame_runs_have(&view->runs, (int)floor(moment - APART_FRAMES)) ||
           rig_frame_runs_have(&view->runs, (int)ceil(moment + APART_FRAMES));
}

static rig_status ahead_read(void *self, rig_err *err) {
    rig_take_view *view = self;
    rig_people2d *chunk = &view->chunks[ahead_of(view)];
    rig_arena *arena = &view->arenas[ahead_of(view)];
    rig_arena_clear(arena);
    RIG_TRY(rig_people2d_next(view->reader, view->take->chunk_frames, chunk, arena, err));
    return people_map(&view->map, view->take->skeleton.n, chunk, arena, err);
}

static void ahead_start(rig_take *t, rig_take_view *view) {
    view->has_ahead = false;
    view->runs = t->runs;
    rig_people2d_want(view->reader, is_wanted, view);
    view->reading = (rig_background_job){.run = ahead_read, .self = view};
    rig_background_start(t->background, &view->reading);
}

static rig_status ahead_finish(rig_take *t, rig_take_view *view, rig_err *err) {
    if (view->has_ahead)
        return RIG_OK;
    RIG_TRY(rig_background_finish(t->background, &view->reading, err));
    view->has_ahead = true;
    if (view == t->views)
        t->share = rig_people2d_share(view->reader);
    return RIG_OK;
}

// The chunk ahead in hand, and the one behind it is read.
static rig_status ahead_take(rig_take *t, rig_take_view *view, rig_err *err) {
    RIG_TRY(ahead_finish(t, view, err));
    view->in_hand = ahead_of(view);
    view->next = 0;
    if (view->chunks[view->in_hand].n_frames > 0) // nothing comes after nothing
        ahead_start(t, view);
    return RIG_OK;
}

static const rig_frame2d *next_frame(const rig_take_view *view) {
    const rig_people2d *chunk = &view->chunks[view->in_hand];
    return view->next < chunk->n_frames ? &chunk->frames[view->next] : NULL;
}

// The next frame is now the one before.
static rig_status frame_pass(rig_take *t, rig_take_view *view, rig_err *err) {
    view->before = next_frame(view);
    if (++view->next < view->chunks[view->in_hand].n_frames)
        return RIG_OK;
    return ahead_take(t, view, err);
}

// --- open ------------------------------------------------------------------------------------------------------------

// The views that have both people and a camera; each one that has only one of them is told.
static rig_status take_views(rig_session *session, const rig_calibration *all, const rig_view_source *sources,
                             rig_take *t, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *name = session->config.views[v].name, *path;
        const rig_view_camera *camera = rig_calibration_find(all, name);
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        bool found = rig_result_exists(path);
        if (found && !rig_view_in_take(&session->config, v)) {
            rig_warn("view '%s' has people but is not part of the take: not used", name);
            continue;
        }
        if (found && (!camera || !camera->has_pose))
            rig_warn("view '%s' has people but no camera pose: not used", name);
        if (!found && camera && rig_view_in_take(&session->config, v))
            rig_warn("view '%s' has no 60_people2d/%s.yaml: not used", name, name);
        if (!found || !camera || !camera->has_pose)
            continue;
        if (sources[v].view >= 0 && sources[v].unsynced) {
            rig_warn("view '%s' has no clock in 65_sync.yaml: not used", name);
            continue;
        }
        rig_take_view *view = &t->views[t->n_views++];
        view->take = t;
        rig_people2d head;
        RIG_TRY(rig_people2d_open(path, &view->reader, &head, err));
        if (strcmp(head.view, name) != 0)
            return rig_fail(err, RIG_ERR_DATA,
                            "%s: view: %s, expected %s: these are the people of another view, or the file was renamed",
                            path, head.view, name);
        RIG_TRY(map_init(session, &t->skeleton, &head, &view->map, err));
        t->calibrated[t->rig.n] = camera->Rt_cam_world;
        t->rig.cameras[t->rig.n++] = *camera;
        view->source = sources[v].view >= 0 ? &sources[v] : NULL;
    }
    if (t->n_views < 2)
        return rig_fail(err, RIG_ERR_DATA, "need people and poses in >= 2 views, got %d", t->n_views);
    return RIG_OK;
}

// Each view's first chunk in hand, and the first moment that any has.
static rig_status take_begin(rig_take *t, rig_err *err) {
    for (int v = 0; v < t->n_views; v++)
        ahead_start(t, &t->views[v]);
    for (int v = 0; v < t->n_views; v++) {
        rig_take_view *view = &t->views[v];
        RIG_TRY(ahead_take(t, view, err));
        if (!next_frame(view))
            continue;
        int moment = (int)lrint(frame_moment(t, v, next_frame(view)->frame));
        t->first = !t->has_frames || moment < t->first ? moment : t->first;
        t->has_frames = true;
    }
    return RIG_OK;
}

static rig_status repairs_read(rig_session *session, rig_take *t, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "75_repair.yaml", &path, err));
    if (!rig_file_exists(path))
        return RIG_OK;
    RIG_TRY(rig_repairs_read(path, &t->rig, &t->repairs, &session->arena, err));
    rig_say("corrections of 75_repair.yaml are applied");
    return RIG_OK;
}

rig_status rig_take_restart(rig_session *session, rig_take *take, rig_err *err) {
    for (int v = 0; v < take->n_views; v++) {
        rig_take_view *view = &take->views[v];
        rig_people2d head;
        const char *path;
        const int at = rig_config_find_view(&session->config, take->rig.cameras[v].view);
        RIG_TRY(rig_session_people2d_path(session, at, &path, err));
        RIG_TRY(rig_background_finish(take->background, &view->reading, err));
        rig_people2d_close(view->reader);
        view->reader = NULL;
        RIG_TRY(rig_people2d_open(path, &view->reader, &head, err));
        view->in_hand = view->next = 0;
        view->before = NULL;
        take->rig.cameras[v].Rt_cam_world = take->calibrated[v];
    }
    return take_begin(take, err);
}

static rig_status take_open(rig_session *session, const rig_calibration *all, rig_take *take, rig_err *err) {
    int n = session->config.n_views;
    rig_view_source *sources;
    *take = (rig_take){.chunk_frames = rig_session_chunk(session),
                       .step = session->config.recordings[session->config.take].step};
    RIG_TRY(rig_session_skeleton(session, &take->skeleton, err));
    RIG_TRY(rig_session_take_clocks(session, &sources, err));
    take->views = RIG_NEW(&session->arena, rig_take_view, n);
    take->rig.cameras = RIG_NEW(&session->arena, rig_view_camera, n);
    take->calibrated = RIG_NEW(&session->arena, rig_pose, n);
    if (!take->views || !take->rig.cameras || !take->calibrated)
        return rig_fail_memory(err, "views");
    RIG_TRY(rig_background_open(&take->background, err));
    RIG_TRY(rig_sources_rate(&session->config, session->config.take, sources, &take->fps, err));
    return take_views(session, all, sources, take, err);
}

rig_status rig_take_open(rig_session *session, rig_take *take, rig_err *err) {
    rig_calibration all;
    *take = (rig_take){.n_views = 0};
    RIG_TRY(rig_session_take_calibration(session, &all, err));
    RIG_TRY(take_open(session, &all, take, err));
    RIG_TRY(repairs_read(session, take, err));
    return take_begin(take, err);
}

rig_status rig_take_open_with(rig_session *session, const rig_calibration *cameras, rig_take *take, rig_err *err) {
    RIG_TRY(take_open(session, cameras, take, err));
    return take_begin(take, err);
}

// --- moments ---------------------------------------------------------------------------------------------------------

// The view at a moment: a frame of it, or what is between two.
static rig_status view_at(rig_take *t, int v, int moment, const rig_frame2d **frame, rig_err *err) {
    rig_take_view *view = &t->views[v];
    *frame = NULL;
    while (next_frame(view) && frame_moment(t, v, next_frame(view)->frame) <= moment + SAME_FRAMES)
        RIG_TRY(frame_pass(t, view, err));
    const rig_frame2d *next = next_frame(view);
    double before = view->before ? moment - frame_moment(t, v, view->before->frame) : INFINITY;
    double after = next ? frame_moment(t, v, next->frame) - moment : INFINITY;
    double step = before + after; // of the view's own frames, on the rig's clock
    if (before <= SAME_FRAMES)
        *frame = view->before;
    else if (step <= APART_FRAMES) {
        RIG_TRY(
            rig_frame2d_interpolate(view->before, next, before / step, t->skeleton.n, &view->made, &t->between, err));
        *frame = &view->made;
    } else if (fmin(before, after) <= 0.5)
        *frame = before <= after ? view->before : next;
    return RIG_OK;
}

static bool poses_set(rig_take *t, int moment) {
    bool moved = false;
    for (int i = 0; i < t->repairs.n_poses; i++) {
        const rig_repaired_pose *pose = &t->repairs.poses[i];
        rig_pose *now = &t->rig.cameras[pose->view].Rt_cam_world;
        bool last = i + 1 == t->repairs.n_poses || pose[1].view != pose->view || pose[1].from > moment;
        if (pose->from > moment || !last || memcmp(now, &pose->Rt_cam_world, sizeof *now) == 0)
            continue;
        *now = pose->Rt_cam_world;
        moved = true;
    }
    return moved;
}

rig_status rig_take_views(rig_take *take, int moment, const rig_frame2d **views, bool *moved, rig_err *err) {
    rig_arena_clear(&take->between);
    for (int v = 0; v < take->n_views; v++)
        RIG_TRY(view_at(take, v, moment, &views[v], err));
    *moved = poses_set(take, moment);
    return RIG_OK;
}

void rig_take_thin(rig_take *take, const rig_frame_runs *runs) {
    take->runs = *runs;
}

// Whether the view has a frame that is nearer to a later moment.
static rig_status view_goes_on(rig_take *t, int v, int moment, bool *goes_on, rig_err *err) {
    rig_take_view *view = &t->views[v];
    const rig_people2d *in_hand = &view->chunks[view->in_hand], *ahead = &view->chunks[ahead_of(view)];
    *goes_on =
        in_hand->n_frames > 0 && lrint(frame_moment(t, v, in_hand->frames[in_hand->n_frames - 1].frame)) > moment;
    if (*goes_on || in_hand->n_frames == 0)
        return RIG_OK;
    RIG_TRY(ahead_finish(t, view, err));
    *goes_on = ahead->n_frames > 0 && lrint(frame_moment(t, v, ahead->frames[ahead->n_frames - 1].frame)) > moment;
    return RIG_OK;
}

rig_status rig_take_step(rig_take *take, int *moment, bool *more, rig_err *err) {
    double soonest = INFINITY;
    *more = false;
    for (int v = 0; v < take->n_views; v++) {
        bool goes_on;
        RIG_TRY(view_goes_on(take, v, *moment, &goes_on, err));
        *more = *more || goes_on;
        if (next_frame(&take->views[v]))
            soonest = fmin(soonest, frame_moment(take, v, next_frame(&take->views[v])->frame));
    }
    const double gap = take->step > 1 ? 0 : fmax(RIG_GAP_FRAMES, 2 * take->fps);
    *moment = *more && soonest - *moment - 1 > gap ? (int)ceil(soonest - 0.5) : *moment + 1;
    return RIG_OK;
}

double rig_take_share(const rig_take *take) {
    return take->share;
}

void rig_take_release(rig_take *take) {
    rig_background_close(take->background);
    for (int v = 0; v < take->n_views; v++) {
        rig_people2d_close(take->views[v].reader);
        for (int i = 0; i < RIG_TAKE_CHUNKS; i++)
            rig_arena_release(&take->views[v].arenas[i]);
    }
    rig_arena_release(&take->between);
}
