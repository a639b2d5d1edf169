// triangulate: people of all views at one moment into people in space, frame by frame on the rig's clock.
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"
#include "triangulate/people.h"

#include <limits.h>
#include <string.h>

static const double FPS_UNKNOWN = 25; // only sets how far people may move and how long tracks are kept

typedef struct take {
    int n_views;
    rig_people2d *people; // of each camera
    rig_calibration rig;  // only cameras with people
    const rig_view_source **sources;
    int *next; // per view: first frame not yet used
    double fps;
    long without_moment; // 2D frames passed over: a slower clock has no place for them
} take;

// Joints of the file in the rig's skeleton, by name.
static rig_status people_map(rig_session *session, const rig_skeleton *skeleton, rig_people2d *people, rig_err *err) {
    if (strcmp(people->skeleton, skeleton->name) == 0)
        return RIG_OK;
    rig_skeleton from;
    int source_of[RIG_JOINTS_MAX];
    RIG_TRY(rig_skeleton_named(people->skeleton, &from, &session->arena, err));
    if (from.n != people->n_joints)
        return rig_fail(err, RIG_ERR_DATA, "skeleton '%s' has %d joints, people of view '%s' have %d", from.name,
                        from.n, people->view, people->n_joints);
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
    people->n_joints = skeleton->n;
    return RIG_OK;
}

// The views that have both people and a camera; each one that has only one of them is told.
static rig_status take_views(rig_session *session, const rig_calibration *all, const rig_skeleton *skeleton,
                             const rig_view_source *sources, take *t, rig_err *err) {
    for (int v = 0; v < session->config.n_views; v++) {
        const char *name = session->config.views[v].name, *path;
        const rig_view_camera *camera = rig_calibration_find(all, name);
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        bool found = rig_file_exists(path);
        if (found && (!camera || !camera->has_pose))
            rig_warn("view '%s' has people but no camera pose: not used", name);
        if (!found && camera && rig_view_in_take(&session->config, v))
            rig_warn("view '%s' has no 60_people2d/%s.yaml: not used", name, name);
        if (!found || !camera || !camera->has_pose)
            continue;
        RIG_TRY(rig_people2d_read(path, &t->people[t->n_views], &session->arena, err));
        RIG_TRY(people_map(session, skeleton, &t->people[t->n_views], err));
        t->rig.cameras[t->rig.n++] = *camera;
        t->sources[t->n_views++] = sources[v].view >= 0 ? &sources[v] : NULL;
    }
    if (t->n_views < 2)
        return rig_fail(err, RIG_ERR_DATA, "need people and poses in >= 2 views, got %d", t->n_views);
    return RIG_OK;
}

static rig_status take_open(rig_session *session, const rig_skeleton *skeleton, take *t, rig_err *err) {
    int n = session->config.n_views;
    rig_calibration all;
    rig_view_source *sources;
    RIG_TRY(rig_session_take_calibration(session, &all, err));
    RIG_TRY(rig_session_sources(session, session->config.take, &sources, err));
    t->people = RIG_NEW(&session->arena, rig_people2d, n);
    t->rig.cameras = RIG_NEW(&session->arena, rig_view_camera, n);
    t->sources = RIG_NEW(&session->arena, const rig_view_source *, n);
    t->next = RIG_NEW(&session->arena, int, n);
    if (!t->people || !t->rig.cameras || !t->sources || !t->next)
        return rig_fail_memory(err, "views");
    t->fps = rig_sources_fps(sources, n);
    return take_views(session, &all, skeleton, sources, t, err);
}

static int frame_moment(const take *t, int v, int i) {
    int frame = t->people[v].frames[i].frame;
    return t->sources[v] ? rig_source_clock(t->sources[v], t->fps, frame) : frame;
}

// First and last moment that any view has.
static void take_span(const take *t, int *first, int *last) {
    *first = INT_MAX, *last = INT_MIN;
    for (int v = 0; v < t->n_views; v++)
        if (t->people[v].n_frames) {
            int a = frame_moment(t, v, 0), b = frame_moment(t, v, t->people[v].n_frames - 1);
            *first = a < *first ? a : *first;
            *last = b > *last ? b : *last;
        }
}

// What each view saw at a moment; NULL where it has no frame of it.
static void moment_views(take *t, int moment, const rig_frame2d **views) {
    for (int v = 0; v < t->n_views; v++) {
        int *i = &t->next[v];
        views[v] = NULL;
        while (*i < t->people[v].n_frames && frame_moment(t, v, *i) <= moment) {
            t->without_moment += views[v] != NULL;
            views[v] = &t->people[v].frames[(*i)++];
        }
    }
}

static rig_status take_triangulate(rig_session *session, take *t, const rig_skeleton *skeleton, rig_people3d *people,
                                   rig_err *err) {
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker = NULL;
    const rig_frame2d *views[RIG_VIEWS_MAX];
    int first, last;
    take_span(t, &first, &last);
    if (first > last)
        return RIG_OK; // views without a single frame: people of no frames
    people->frames = RIG_NEW(&session->arena, rig_frame3d, (size_t)((long)last - first + 1));
    if (!people->frames)
        return rig_fail_memory(err, "frames");
    RIG_TRY(rig_tracker_open(&t->rig, skeleton, t->fps > 0 ? t->fps : FPS_UNKNOWN, &params, &tracker, err));
    rig_progress progress = rig_progress_begin("triangulate", (long)last - first + 1);
    rig_status status = RIG_OK;
    for (int moment = first; status == RIG_OK && moment <= last; moment++) {
        moment_views(t, moment, views);
        status = rig_tracker_next(tracker, moment, views, &people->frames[people->n_frames++], &session->arena,
                                  &session->scratch, err);
        rig_arena_clear(&session->scratch);
        rig_progress_add(&progress, 1);
    }
    rig_progress_end(&progress);
    rig_tracker_close(tracker);
    return status;
}

static void people_say(const rig_people3d *people) {
    long n = 0, joints = 0, missing = 0;
    int ids = 0;
    for (int f = 0; f < people->n_frames; f++)
        for (int p = 0; p < people->frames[f].n; p++) {
            const rig_person3d *person = &people->frames[f].people[p];
            n++;
            ids = person->id > ids ? person->id : ids;
            for (int j = 0; j < people->n_joints; j++)
                *(person->joints[j].state == RIG_JOINT_OK ? &joints : &missing) += 1;
        }
    rig_say("triangulate: %ld skeletons of %d people in %d frames; %ld joints, %ld missing", n, ids, people->n_frames,
            joints, missing);
}

rig_status rig_stage_triangulate(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                                 rig_err *err) {
    (void)options;
    rig_skeleton skeleton;
    const char *path;
    take t = {0};
    RIG_TRY(rig_session_skeleton(session, &skeleton, err));
    RIG_TRY(take_open(session, &skeleton, &t, err));

    const char **names = RIG_NEW(&session->arena, const char *, t.n_views);
    if (!names)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < t.n_views; v++)
        names[v] = t.rig.cameras[v].view;
    rig_people3d people = {.n_joints = skeleton.n, .fps = t.fps, .n_views = t.n_views, .views = names};
    memcpy(people.skeleton, skeleton.name, sizeof people.skeleton);
    RIG_TRY(take_triangulate(session, &t, &skeleton, &people, err));
    if (t.without_moment)
        rig_warn("%ld frames of faster views were passed over: the rig's clock runs at %g frames/s", t.without_moment,
                 t.fps);

    RIG_TRY(rig_session_path(session, "70_people3d.yaml", &path, err));
    RIG_TRY(rig_people3d_write(path, &people, inputs, err));
    people_say(&people);
    return RIG_OK;
}
