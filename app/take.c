#include "app/take.h"

#include "app/talk.h"
#include "io/file.h"
#include "triangulate/frame2d.h"

#include <limits.h>
#include <string.h>

static const double SAME_FRAMES = 0.02; // moments nearer than this are one
static const double APART_FRAMES = 2.5; // frames farther apart than this, and no slower than that, have a gap between

// Joints of the file in the rig's skeleton, by name.
static rig_status people_map(rig_session *session, const rig_skeleton *skeleton, rig_people2d *people, rig_err *err) {
    rig_skeleton from = *skeleton;
    int source_of[RIG_JOINTS_MAX];
    const bool same = strcmp(people->skeleton, skeleton->name) == 0;
    if (!same)
        RIG_TRY(rig_skeleton_named(people->skeleton, &from, &session->arena, err));
    if (people->n_joints != 0 && people->n_joints != from.n) // 0: nobody is in it
        return rig_fail(err, RIG_ERR_DATA, "skeleton '%s' has %d joints, people of view '%s' have %d", from.name,
                        from.n, people->view, people->n_joints);
    people->n_joints = skeleton->n;
    if (same)
        return RIG_OK;
    if (rig_skeleton_map(&from, skeleton, source_of) == 0)
        return rig_fail(err, RIG_ERR_DATA, "skeletons '%s' and '%s' have no joint of the same name", from.name,
                        skeleton->name);
    for (int f = 0; f < people->n_frames; f++)
        for (int p = 0; p < people->frames[f].n; p++) {
            rig_person2d *person = &people->frames[f].people[p];
            rig_joint2d *joints = RIG_NEW(&session->arena, rig_joint2d, skeleton->n);
            if (!joints)
                return rig_fail_memory(err, "joints");
            for (int j = 0; j < skeleton->n; j++)
                if (source_of[j] >= 0)
                    joints[j] = person->joints[source_of[j]];
            person->joints = joints;
        }
    return RIG_OK;
}

// The views that have both people and a camera; each one that has only one of them is told.
static rig_status take_views(rig_session *session, const rig_calibration *all, const rig_view_source *sources,
                             rig_take *t, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *name = session->config.views[v].name, *path;
        const rig_view_camera *camera = rig_calibration_find(all, name);
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        bool found = rig_file_exists(path);
        if (found && !rig_view_in_take(&session->config, v)) {
            rig_warn("view '%s' has people but no part in the take: not used", name);
            continue;
        }
        if (found && (!camera || !camera->has_pose))
            rig_warn("view '%s' has people but no camera pose: not used", name);
        if (!found && camera && rig_view_in_take(&session->config, v))
            rig_warn("view '%s' has no 60_people2d/%s.yaml: not used", name, name);
        if (!found || !camera || !camera->has_pose)
            continue;
        RIG_TRY(rig_people2d_read(path, &t->people[t->n_views], &session->arena, err));
        RIG_TRY(people_map(session, &t->skeleton, &t->people[t->n_views], err));
        t->rig.cameras[t->rig.n++] = *camera;
        t->sources[t->n_views++] = sources[v].view >= 0 ? &sources[v] : NULL;
    }
    if (t->n_views < 2)
        return rig_fail(err, RIG_ERR_DATA, "need people and poses in >= 2 views, got %d", t->n_views);
    return RIG_OK;
}

// On the rig's clock, in its frames.
static double frame_moment(const rig_take *t, int v, int i) {
    int frame = t->people[v].frames[i].frame;
    double late = t->repairs.n_views ? t->repairs.offset_frames[v] : 0;
    return late + (t->sources[v] ? rig_source_moment(t->sources[v], t->fps, frame) : frame);
}

// First and last moment that any view has.
static void take_span(rig_take *t) {
    t->first = INT_MAX, t->last = INT_MIN;
    for (int v = 0; v < t->n_views; v++)
        if (t->people[v].n_frames) {
            int a = (int)lrint(frame_moment(t, v, 0)), b = (int)lrint(frame_moment(t, v, t->people[v].n_frames - 1));
            t->first = a < t->first ? a : t->first;
            t->last = b > t->last ? b : t->last;
        }
}

static rig_status repairs_read(rig_session *session, rig_take *t, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "75_repair.yaml", &path, err));
    if (!rig_file_exists(path))
        return RIG_OK;
    RIG_TRY(rig_repairs_read(path, &t->rig, &t->repairs, &session->arena, err));
    rig_say("repairs of 75_repair.yaml hold");
    return RIG_OK;
}

rig_status rig_take_open(rig_session *session, rig_take *take, rig_err *err) {
    int n = session->config.n_views;
    rig_calibration all;
    rig_view_source *sources;
    *take = (rig_take){.last = -1};
    RIG_TRY(rig_session_skeleton(session, &take->skeleton, err));
    RIG_TRY(rig_session_take_calibration(session, &all, err));
    RIG_TRY(rig_session_feeds(session, session->config.take, &sources, err));
    take->people = RIG_NEW(&session->arena, rig_people2d, n);
    take->rig.cameras = RIG_NEW(&session->arena, rig_view_camera, n);
    take->sources = RIG_NEW(&session->arena, const rig_view_source *, n);
    take->next = RIG_NEW(&session->arena, int, n);
    take->made = RIG_NEW(&session->arena, rig_frame2d, n);
    if (!take->people || !take->rig.cameras || !take->sources || !take->next || !take->made)
        return rig_fail_memory(err, "views");
    RIG_TRY(rig_sources_rate(&session->config, session->config.take, sources, &take->fps, err));
    RIG_TRY(take_views(session, &all, sources, take, err));
    RIG_TRY(repairs_read(session, take, err));
    take_span(take);
    return RIG_OK;
}

// The view at a moment: a frame of it, or what is between two.
static rig_status view_at(rig_take *t, int v, int moment, const rig_frame2d **view, rig_err *err) {
    const rig_people2d *people = &t->people[v];
    int *next = &t->next[v];
    *view = NULL;
    while (*next < people->n_frames && frame_moment(t, v, *next) <= moment + SAME_FRAMES)
        ++*next;
    double before = *next > 0 ? moment - frame_moment(t, v, *next - 1) : INFINITY;
    double after = *next < people->n_frames ? frame_moment(t, v, *next) - moment : INFINITY;
    double step = before + after; // of the view's own frames, on the rig's clock
    if (before <= SAME_FRAMES)
        *view = &people->frames[*next - 1];
    else if (step <= APART_FRAMES) {
        RIG_TRY(rig_frame2d_interpolate(&people->frames[*next - 1], &people->frames[*next], before / step,
                                        people->n_joints, &t->made[v], &t->between, err));
        *view = &t->made[v];
    } else if (fmin(before, after) <= 0.5)
        *view = &people->frames[before <= after ? *next - 1 : *next];
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

void rig_take_release(rig_take *take) {
    rig_arena_release(&take->between);
}
