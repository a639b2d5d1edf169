// triangulate: people of all views at one moment into people in space, frame by frame on the rig's clock.
#include "app/stages.h"
#include "app/take.h"
#include "app/talk.h"
#include "app/view_shares.h"
#include "checks/plausible.h"
#include "io/config_keys.h"
#include "triangulate/tracker.h"

#include <stdio.h>
#include <string.h>

enum { MEASURED_MOST = 5000 };        // moments that people are measured in
static const double USED_LEAST = 0.5; // of the people in views: where fewer are in skeletons, it is said why

// Frames that are written while the next ones are triangulated.
typedef struct written {
    rig_people3d people;
    rig_people3d_writer *writer;
    rig_background_job job;
    rig_arena arena; // of the frames
} written;

typedef struct triangulation {
    rig_session *session;
    rig_take *take;
    rig_tracker *tracker;
    rig_people3d people; // frames: the chunk in hand
    rig_people3d_writer *writer;
    written chunks[2]; // the one in hand, the one before
    int n_frames, ids;
    long skeletons, joints, missing;
    rig_reprojection reprojection;
    int n_single; // moments of which fewer than two views have a frame
    double size;  // people's, against adults
    rig_view_shares shares;
} triangulation;

static void frame_count(triangulation *t, const rig_frame3d *frame) {
    t->n_frames++;
    for (int p = 0; p < frame->n; p++) {
        const rig_person3d *person = &frame->people[p];
        t->skeletons++;
        t->ids = person->id > t->ids ? person->id : t->ids;
        for (int j = 0; j < t->people.n_joints; j++) {
            *(person->joints[j].state == RIG_JOINT_OK ? &t->joints : &t->missing) += 1;
            rig_reprojection_add(&t->reprojection, &person->joints[j]);
        }
    }
}

static int views_count(const rig_take *take, const rig_frame2d *const *views) {
    int n = 0;
    for (int v = 0; v < take->n_views; v++)
        n += views[v] != NULL;
    return n;
}

// How large people are, by the take's first moments; and back to its first.
static rig_status people_measure(triangulation *t, rig_err *err) {
    const rig_frame2d *views[RIG_VIEWS_MAX];
    int moment = t->take->first;
    bool more = t->take->has_frames, enough = false;
    for (int n = 0; more && !enough && n < MEASURED_MOST; n++) {
        bool moved;
        RIG_TRY(rig_take_views(t->take, moment, views, &moved, err));
        if (moved)
            rig_tracker_update_poses(t->tracker);
        RIG_TRY(rig_tracker_measure(t->tracker, views, &enough, &t->session->scratch, err));
        RIG_TRY(rig_take_step(t->take, &moment, &more, err));
    }
    RIG_TRY(rig_take_restart(t->session, t->take, err));
    rig_tracker_update_poses(t->tracker); // of a camera that moved meanwhile
    t->size = rig_tracker_settle(t->tracker);
    t->people.body_scale = rig_tracker_scale(t->tracker);
    return RIG_OK;
}

// The next moments, into one chunk. *moment, *more: the one that follows.
static rig_status chunk_run(triangulation *t, int *moment, bool *more, rig_arena *chunk, rig_err *err) {
    const rig_frame2d *views[RIG_VIEWS_MAX];
    rig_people3d *people = &t->people;
    rig_arena_clear(chunk);
    people->n_frames = 0;
    people->frames = RIG_NEW(chunk, rig_frame3d, t->take->chunk_frames);
    if (!people->frames)
        return rig_fail_memory(err, "frames");
    while (*more && people->n_frames < t->take->chunk_frames) {
        bool moved;
        rig_frame3d *frame = &people->frames[people->n_frames++];
        RIG_TRY(rig_take_views(t->take, *moment, views, &moved, err));
        if (moved)
            rig_tracker_update_poses(t->tracker);
        t->n_single += views_count(t->take, views) < 2;
        RIG_TRY(rig_tracker_next(t->tracker, *moment, views, frame, chunk, &t->session->scratch, err));
        rig_view_shares_add(&t->shares, &t->people, views, frame, t->session->config.triangulate.min_score);
        rig_arena_clear(&t->session->scratch);
        frame_count(t, frame);
        RIG_TRY(rig_take_step(t->take, moment, more, err));
    }
    return RIG_OK;
}

static rig_status chunk_write(void *self, rig_err *err) {
    written *chunk = self;
    return rig_people3d_add(chunk->writer, &chunk->people, err);
}

static rig_status chunks_run(triangulation *t, rig_err *err) {
    int moment = t->take->first, at = 0;
    bool more = t->take->has_frames;
    rig_progress progress = rig_progress_begin("triangulate", 0);
    for (; more; at = 1 - at) {
        written *chunk = &t->chunks[at];
        RIG_TRY(chunk_run(t, &moment, &more, &chunk->arena, err));
        rig_progress_share(&progress, t->people.n_frames, rig_take_share(t->take));
        RIG_TRY(rig_background_finish(t->take->background, &t->chunks[1 - at].job, err));
        chunk->people = t->people, chunk->writer = t->writer;
        chunk->job = (rig_background_job){.run = chunk_write, .self = chunk};
        rig_background_start(t->take->background, &chunk->job);
    }
    RIG_TRY(rig_background_finish(t->take->background, &t->chunks[1 - at].job, err));
    rig_progress_end(&progress);
    return RIG_OK;
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

static rig_status head_make(rig_session *session, const rig_take *take, rig_people3d *people, rig_err *err) {
    const char **names = RIG_NEW(&session->arena, const char *, take->n_views);
    if (!names)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < take->n_views; v++)
        names[v] = take->rig.cameras[v].view;
    *people = (rig_people3d){.n_joints = take->skeleton.n, .fps = take->fps, .n_views = take->n_views, .views = names};
    memcpy(people->skeleton, take->skeleton.name, sizeof people->skeleton);
    return repaired_list(session, take, people, err);
}

static rig_tracker_params params_of(const rig_config *rig, int n_joints) {
    const rig_triangulate_config *config = &rig->triangulate;
    rig_tracker_params params = rig_tracker_defaults();
    params.gate_as_is = rig_key_is_stated(rig->root, "triangulate.gate_m");
    params.speed_as_is = rig_key_is_stated(rig->root, "triangulate.max_speed_m_s");
    params.detection = (rig_detection_params){config->min_score, config->gate_m, config->gate_px};
    params.min_joints = rig_key_is_stated(rig->root, "triangulate.min_joints")
                            ? config->min_joints
                            : rig_joints_needed(n_joints, config->min_joints);
    params.keep_s = config->keep_s;
    params.max_speed_m_s = config->max_speed_m_s;
    return params;
}

// What the ranges of the keys alone cannot tell.
static void params_warn(const triangulation *t, const rig_tracker_params *params, double fps) {
    const char *path = t->session->config.path;
    const rig_skeleton *skeleton = &t->take->skeleton;
    if (params->keep_s * fps < 0.999)
        rig_warn(
            "%s: triangulate.keep_s: %g s is shorter than a frame at %g frames/s: people get a new id in every frame",
            path, params->keep_s, fps);
    if (params->min_joints > skeleton->n)
        rig_warn("%s: triangulate.min_joints: %d is more than the %d joints of skeleton '%s': nobody will be found",
                 path, params->min_joints, skeleton->n, skeleton->name);
}

// Why people whom views saw are in no skeleton, the most frequent reason first.
static void reasons_say(const triangulation *t) {
    const rig_tracker_tally *tally = rig_tracker_tally_of(t->tracker);
    struct {
        long n;
        const char *why;
    } reasons[] = {
        {tally->alone, "seen while no other view saw anybody"},
        {tally->unmatched, "that match nobody in the other views (wrong calibration, clock or footage?)"},
        {tally->parallel, "seen along parallel rays"},
        {tally->behind, "whose rays meet behind a camera"},
        {tally->disagree, "whose views agree on too few joints (triangulate.gate_m, gate_px)"},
        {tally->few_2d, "with fewer than 3 joints inside the picture that score triangulate.min_score or more"},
        {tally->few_3d, "with fewer than triangulate.min_joints joints in 3D"},
        {tally->unsure, "tracked too briefly"},
    };
    enum { N = sizeof reasons / sizeof *reasons };
    if (t->people.n_views >= 2 && t->n_frames > 0 && t->n_single == t->n_frames)
        rig_warn("triangulate: no two views have frames at the same time (check frame numbers, offset_s, fps)");
    if (tally->n == 0)
        rig_warn("triangulate: no view saw anybody");
    if (tally->n == 0 || (double)tally->used >= USED_LEAST * (double)tally->n)
        return;
    char text[1024] = "";
    for (int done = 0, at = 0; done < N; done++) {
        int most = 0;
        for (int k = 1; k < N; k++)
            most = reasons[k].n > reasons[most].n ? k : most;
        if (reasons[most].n == 0)
            break;
        at += snprintf(text + at, sizeof text - (size_t)at, "%s%ld %s", done ? "; " : "", reasons[most].n,
                       reasons[most].why);
        reasons[most].n = 0;
    }
    rig_warn("triangulate: of %ld 2D detections, %ld are part of a skeleton; not used: %s", tally->n, tally->used,
             text);
}

static void exchanges_say(const triangulation *t) {
    const int n_views = t->people.n_views;
    int n = 0;
    for (int v = 0; v < n_views; v++)
        n += rig_tracker_exchange_of(t->tracker, v) != RIG_EXCHANGED_NOT;
    if (n_views > 2 && 2 * n > n_views) { // most views agree with each other where few are exchanged
        rig_warn(
            "triangulate: the people of %d of the %d views match those of no other view: were they detected in "
            "pictures of another size than the calibration's (keypoints.sizes), or is the calibration of another rig?",
            n, n_views);
        return;
    }
    for (int v = 0; v < n_views; v++) {
        const rig_exchange how = rig_tracker_exchange_of(t->tracker, v);
        const char *view = t->people.views[v], *either = n_views == 2 ? " (or the other view's)" : "";
        if (how == RIG_EXCHANGED_NAMES)
            rig_warn("triangulate: left and right joints of view '%s'%s are swapped: its people match the other views' "
                     "once they are swapped back",
                     view, either);
        else if (how != RIG_EXCHANGED_NOT)
            rig_warn("triangulate: the picture of view '%s'%s is mirrored with respect to its calibration: its people "
                     "match the other views' once it is flipped",
                     view, either);
    }
}

static void result_say(const triangulation *t) {
    bool told[RIG_VIEWS_MAX];
    rig_say("triangulate: %ld skeletons of %d people in %d frames; %ld joints, %ld missing; reprojection rms %.2f px",
            t->skeletons, t->ids, t->n_frames, t->joints, t->missing, rig_reprojection_rms_px(&t->reprojection));
    reasons_say(t);
    exchanges_say(t);
    for (int v = 0; v < t->people.n_views; v++)
        told[v] = rig_tracker_exchange_of(t->tracker, v) != RIG_EXCHANGED_NOT;
    rig_view_shares_say(&t->shares, &t->people, told);
    const char *wrong = rig_implausible_people(t->size, &t->take->skeleton, &t->session->scratch);
    const rig_config *config = &t->session->config;
    if (wrong)
        rig_warn("triangulate: %s (%s)", wrong,
                 config->cameras             ? "t_m in cameras"
                 : config->extrinsics_people ? "extrinsics.scale, lengths"
                                             : "board.square_m, points, surveyed");
    else if (t->people.body_scale != 1)
        rig_say("triangulate: bodies are %.3g times the size of an adult's; defaults are scaled accordingly",
                t->people.body_scale);
}

static rig_status triangulate(triangulation *t, const rig_inputs *inputs, rig_err *err) {
    const rig_tracker_params params = params_of(&t->session->config, t->take->skeleton.n);
    rig_take *take = t->take;
    const double fps = take->fps > 0 ? take->fps : RIG_FPS_UNKNOWN;
    const char *path;
    RIG_TRY(head_make(t->session, take, &t->people, err));
    t->people.all_cov = t->session->config.triangulate.covariance;
    RIG_TRY(rig_session_path(t->session, "70_people3d.yaml", &path, err));
    params_warn(t, &params, fps);
    RIG_TRY(rig_tracker_open(&take->rig, &take->skeleton, fps, &params, &t->tracker, err));
    RIG_TRY(people_measure(t, err));
    RIG_TRY(rig_people3d_make(path, &t->people, inputs, &t->writer, err));
    RIG_TRY(chunks_run(t, err));
    rig_status status = rig_people3d_commit(t->writer, err);
    t->writer = NULL;
    if (status == RIG_OK)
        result_say(t);
    return status;
}

rig_status rig_stage_triangulate(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                                 rig_err *err) {
    (void)options;
    rig_take take;
    triangulation t = {.session = session, .take = &take};
    rig_status status = rig_take_open(session, &take, err);
    if (status == RIG_OK)
        status = triangulate(&t, inputs, err);
    rig_take_release(&take); // no chunk is written any more
    rig_people3d_drop(t.writer);
    rig_tracker_close(t.tracker);
    for (int i = 0; i < 2; i++)
        rig_arena_release(&t.chunks[i].arena);
    return status;
}
