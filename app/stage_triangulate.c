// triangulate: people of all views at one moment into people in space, frame by frame on the rig's clock.
#include "app/stages.h"
#include "app/take.h"
#include "app/talk.h"
#include "triangulate/tracker.h"

#include <string.h>

static const double FPS_UNKNOWN = 25; // only sets how far people may move and how long tracks are kept

static rig_status moments_run(rig_session *session, rig_take *take, rig_tracker *tracker, rig_people3d *people,
                              rig_err *err) {
    const rig_frame2d *views[RIG_VIEWS_MAX];
    rig_progress progress = rig_progress_begin("triangulate", (long)take->last - take->first + 1);
    for (int moment = take->first; moment <= take->last; moment++) {
        bool moved;
        RIG_TRY(rig_take_views(take, moment, views, &moved, err));
        if (moved)
            rig_tracker_update_poses(tracker);
        RIG_TRY(rig_tracker_next(tracker, moment, views, &people->frames[people->n_frames++], &session->arena,
                                 &session->scratch, err));
        rig_arena_clear(&session->scratch);
        rig_progress_add(&progress, 1);
    }
    rig_progress_end(&progress);
    return RIG_OK;
}

static rig_tracker_params params_of(const rig_triangulate_config *config) {
    rig_tracker_params params = rig_tracker_defaults();
    params.detection = (rig_detection_params){config->min_score, config->gate_m, config->gate_px};
    params.min_joints = config->min_joints;
    params.keep_s = config->keep_s;
    params.max_speed_m_s = config->max_speed_m_s;
    return params;
}

static rig_status take_triangulate(rig_session *session, rig_take *take, rig_people3d *people, rig_err *err) {
    rig_tracker_params params = params_of(&session->config.triangulate);
    rig_tracker *tracker = NULL;
    if (take->first > take->last)
        return RIG_OK; // views without a single frame: people of no frames
    people->frames = RIG_NEW(&session->arena, rig_frame3d, (size_t)((long)take->last - take->first + 1));
    if (!people->frames)
        return rig_fail_memory(err, "frames");
    RIG_TRY(
        rig_tracker_open(&take->rig, &take->skeleton, take->fps > 0 ? take->fps : FPS_UNKNOWN, &params, &tracker, err));
    rig_status status = moments_run(session, take, tracker, people, err);
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

// The views of which something was repaired.
static rig_status repaired_list(rig_session *session, const rig_take *take, rig_people3d *people, rig_err *err) {
    const char **names = RIG_NEW(&session->arena, const char *, take->n_views);
    if (!names)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < take->n_views; v++) {
        bool repaired = take->repairs.n_views && take->repairs.offset_frames[v] != 0;
        for (int i = 0; i < take->repairs.n_poses; i++)
            repaired = repaired || take->repairs.poses[i].view == v;
        if (repaired)
            names[people->n_repaired++] = take->rig.cameras[v].view;
    }
    people->repaired = names;
    return RIG_OK;
}

static rig_status triangulate(rig_session *session, rig_take *take, const rig_inputs *inputs, rig_err *err) {
    const char *path, **names = RIG_NEW(&session->arena, const char *, take->n_views);
    if (!names)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < take->n_views; v++)
        names[v] = take->rig.cameras[v].view;
    rig_people3d people = {.n_joints = take->skeleton.n, .fps = take->fps, .n_views = take->n_views, .views = names};
    memcpy(people.skeleton, take->skeleton.name, sizeof people.skeleton);
    RIG_TRY(repaired_list(session, take, &people, err));
    RIG_TRY(take_triangulate(session, take, &people, err));

    RIG_TRY(rig_session_path(session, "70_people3d.yaml", &path, err));
    RIG_TRY(rig_people3d_write(path, &people, inputs, err));
    people_say(&people);
    return RIG_OK;
}

rig_status rig_stage_triangulate(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                                 rig_err *err) {
    (void)options;
    rig_take take;
    rig_status status = rig_take_open(session, &take, err);
    if (status == RIG_OK)
        status = triangulate(session, &take, inputs, err);
    rig_take_release(&take);
    return status;
}
