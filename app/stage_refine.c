// refine: the movement of the people of a take, from where they were triangulated frame by frame. The take is read
// twice: for how long people's bones are, and to refine it, window by window. While a window is refined, the one before
// it is written and the next one read.
#include "app/people_ahead.h"
#include "app/session.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/config_keys.h"
#include "triangulate/kinematics.h"
#include "triangulate/motion.h"

#include <limits.h>
#include <stdatomic.h>
#include <string.h>

enum { LANES_MAX = 16 };

// Frames whose movement is not known before the frame after them is.
typedef struct kept_frames {
    rig_frame3d frames[2]; // the last one written, and one that waits
    int n, n_written;
    rig_arena arena;
} kept_frames;

struct refinement;

// One of those who refine the people of a window: each takes the next person.
typedef struct lane {
    struct refinement *r;
    rig_background_job job;
    rig_arena scratch;
    int first; // of its people whose refinement failed
} lane;

// The window that is written.
typedef struct written_window {
    rig_background_job job;
    rig_frame3d *frames;
    int n;
    bool ended; // nothing follows
} written_window;

typedef struct refinement {
    rig_session *session;
    rig_background *background;
    rig_skeleton skeleton;
    rig_body body;
    rig_people3d head; // of the result
    bool has_movement;
    rig_kinematics kinematics;
    rig_bone_lengths *lengths;
    rig_motion *motion;
    rig_people3d_writer *writer;
    kept_frames kept; // this, the next two and filled are the window's that is written
    rig_arena written;
    written_window window;
    lane lanes[LANES_MAX];
    int n_people; // of the window that is refined
    atomic_int next_person;
    long before, filled; // joints
} refinement;

static rig_status head_check(const refinement *r, const char *path, const rig_people3d *raw, rig_err *err) {
    if (strcmp(raw->skeleton, r->skeleton.name) != 0 || (raw->n_joints != 0 && raw->n_joints != r->skeleton.n))
        return rig_fail(err, RIG_ERR_DATA, "'%s' has people of skeleton '%s' with %d joints, expected '%s' with %d",
                        path, raw->skeleton, raw->n_joints, r->skeleton.name, r->skeleton.n);
    if (raw->fps <= 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s' has no frame rate: set fps of the rig's feeds", path);
    return RIG_OK;
}

// Frames that were read, in a unit in which the people are as large as adults: what is known of them is in that.
static void to_adults(const refinement *r, rig_people3d *chunk) {
    for (int f = 0; f < chunk->n_frames; f++)
        rig_frame3d_scale(&chunk->frames[f], r->skeleton.n, 1 / r->head.body_scale);
}

// --- bones -----------------------------------------------------------------------------------------------------------

static rig_status bones_measure(refinement *r, rig_people_ahead *people, rig_err *err) {
    rig_people3d *raw = &r->head;
    RIG_TRY(rig_bone_lengths_open(&r->body, &r->lengths, err));
    do {
        RIG_TRY(rig_people_ahead_next(people, raw, err));
        to_adults(r, raw);
        for (int f = 0; f < raw->n_frames; f++)
            RIG_TRY(rig_bone_lengths_add(r->lengths, &raw->frames[f], err));
    } while (raw->n_frames > 0);
    RIG_TRY(rig_bone_lengths_end(r->lengths, err));
    RIG_TRY(rig_bone_lengths_list(r->lengths, &r->skeleton, &raw->lengths, &raw->n_lengths, &r->session->arena, err));
    for (int i = 0; i < raw->n_lengths; i++)
        raw->lengths[i].m *= raw->body_scale;
    return RIG_OK;
}

// --- frames that are refined -----------------------------------------------------------------------------------------

static void joints_count(refinement *r, const rig_frame3d *frame) {
    for (int p = 0; p < frame->n; p++)
        for (int j = 0; j < r->skeleton.n; j++)
            r->filled += frame->people[p].joints[j].state == RIG_JOINT_FILLED;
}

// Write what was kept and the frames that follow, but for the last one, which may wait for its next.
static rig_status frames_write(refinement *r, const rig_frame3d *frames, int n, bool ended, rig_err *err) {
    kept_frames *kept = &r->kept;
    const int n_all = kept->n + n, from = kept->n_written, to = ended || !r->has_movement ? n_all : n_all - 1;
    rig_frame3d *all = RIG_NEW(&r->written, rig_frame3d, n_all);
    if (!all)
        return rig_fail_memory(err, "frames");
    memcpy(all, kept->frames, (size_t)kept->n * sizeof *all);
    if (n > 0)
        memcpy(all + kept->n, frames, (size_t)n * sizeof *all);
    if (r->has_movement)
        RIG_TRY(rig_kinematics_run(&r->kinematics, all, n_all, from, to, r->skeleton.n, &r->written, err));
    rig_people3d chunk = r->head;
    chunk.frames = all + from, chunk.n_frames = to - from;
    RIG_TRY(rig_people3d_add(r->writer, &chunk, err));
    for (int f = from; f < to; f++)
        joints_count(r, &all[f]);
    rig_arena old = kept->arena; // a frame to keep may be one that was kept before
    *kept = (kept_frames){.n_written = to > 0 && r->has_movement};
    rig_status status = RIG_OK;
    for (int f = to - kept->n_written; f < n_all && r->has_movement && !ended && status == RIG_OK; f++)
        status = rig_frame3d_copy(&all[f], r->skeleton.n, &kept->frames[kept->n++], &kept->arena, err);
    rig_arena_release(&old);
    rig_arena_clear(&r->written);
    return status;
}

static rig_status window_write(void *self, rig_err *err) {
    refinement *r = self;
    for (int f = 0; f < r->window.n; f++)
        rig_frame3d_scale(&r->window.frames[f], r->skeleton.n, r->head.body_scale);
    return frames_write(r, r->window.frames, r->window.n, r->window.ended, err);
}

// Start to write frames, if there are any, once those before are written.
static rig_status window_start(refinement *r, rig_frame3d *frames, int n, bool ended, rig_err *err) {
    RIG_TRY(rig_background_finish(r->background, &r->window.job, err));
    if (n == 0 && !ended)
        return RIG_OK;
    r->window = (written_window){{.run = window_write, .self = r}, frames, n, ended};
    rig_background_start(r->background, &r->window.job);
    return RIG_OK;
}

static rig_status lane_run(void *self, rig_err *err) {
    lane *l = self;
    rig_status status = RIG_OK;
    for (;;) {
        const int i = atomic_fetch_add(&l->r->next_person, 1);
        if (i >= l->r->n_people)
            return RIG_OK;
        l->first = i;
        status = rig_motion_person(l->r->motion, i, &l->scratch, err);
        rig_arena_clear(&l->scratch);
        if (status != RIG_OK)
            return status;
    }
}

// Refine all people of the window in hand. Of several who fail it is the first that is told of.
static rig_status people_refine(refinement *r, rig_err *err) {
    const int n = rig_background_threads(r->background) < LANES_MAX ? rig_background_threads(r->background) : LANES_MAX;
    rig_status status = RIG_OK;
    int first = INT_MAX;
    r->next_person = 0;
    for (int i = 0; i < n; i++) {
        r->lanes[i].r = r;
        r->lanes[i].job = (rig_background_job){.run = lane_run, .self = &r->lanes[i]};
        rig_background_start(r->background, &r->lanes[i].job);
    }
    for (int i = 0; i < n; i++) {
        rig_err why;
        const rig_status done = rig_background_finish(r->background, &r->lanes[i].job, &why);
        if (done != RIG_OK && r->lanes[i].first < first) {
            first = r->lanes[i].first;
            status = rig_fail(err, done, "%s", why.text);
        }
    }
    return status;
}

static rig_status window_refine(refinement *r, int *n_frames, rig_err *err) {
    rig_frame3d *frames;
    RIG_TRY(rig_motion_begin(r->motion, &r->n_people, err));
    RIG_TRY(people_refine(r, err));
    RIG_TRY(rig_motion_end(r->motion, &frames, n_frames, err));
    return window_start(r, frames, *n_frames, false, err);
}

// --- the take --------------------------------------------------------------------------------------------------------

static rig_status frame_refine(refinement *r, const rig_frame3d *frame, rig_err *err) {
    bool more = false;
    int n_frames;
    for (int p = 0; p < frame->n; p++)
        for (int j = 0; j < r->skeleton.n; j++)
            r->before += frame->people[p].joints[j].state == RIG_JOINT_OK;
    RIG_TRY(rig_motion_add(r->motion, frame, &more, err));
    while (!more) {
        RIG_TRY(window_refine(r, &n_frames, err));
        RIG_TRY(rig_motion_add(r->motion, frame, &more, err));
    }
    return RIG_OK;
}

static rig_status take_refine(refinement *r, rig_people_ahead *people, rig_err *err) {
    rig_progress progress = rig_progress_begin("refine", 0);
    rig_people3d raw;
    int n_frames = 1;
    do {
        RIG_TRY(rig_people_ahead_next(people, &raw, err));
        to_adults(r, &raw);
        for (int f = 0; f < raw.n_frames; f++)
            RIG_TRY(frame_refine(r, &raw.frames[f], err));
        rig_progress_share(&progress, raw.n_frames, people->share);
    } while (raw.n_frames > 0);
    rig_progress_end(&progress);
    while (n_frames > 0)
        RIG_TRY(window_refine(r, &n_frames, err));
    RIG_TRY(window_start(r, NULL, 0, true, err));
    return rig_background_finish(r->background, &r->window.job, err);
}

static rig_status result_begin(refinement *r, const rig_inputs *inputs, rig_err *err) {
    const rig_motion_config *config = &r->session->config.motion;
    const rig_yaml *rig = r->session->config.root;
    rig_motion_params params = {config->fill_s, config->acceleration_m_s2, config->filter};
    if (rig_key_is_stated(rig, "motion.acceleration_m_s2"))
        params.acceleration_m_s2 /= r->head.body_scale;
    if (rig_key_is_stated(rig, "motion.cutoff_hz_per_m_s"))
        params.filter.cutoff_hz_per_m_s *= r->head.body_scale;
    const char *path;
    r->has_movement = config->derivatives || config->angles;
    r->kinematics = rig_kinematics_init(&r->skeleton, r->head.fps, config->derivatives, config->angles);
    if (r->has_movement)
        r->head.angles = r->kinematics.angles, r->head.n_angles = r->kinematics.n_angles;
    r->head.all_cov = r->session->config.triangulate.covariance, r->head.fine = true;
    RIG_TRY(rig_motion_open(&r->body, r->lengths, r->head.fps, &params, &r->motion, err));
    RIG_TRY(rig_session_path(r->session, "80_motion.yaml", &path, err));
    return rig_people3d_make(path, &r->head, inputs, &r->writer, err);
}

static rig_status refine(refinement *r, rig_people_ahead people[2], const rig_inputs *inputs, rig_err *err) {
    const int chunk = rig_session_chunk(r->session);
    rig_people3d again;
    const char *path;
    RIG_TRY(rig_session_skeleton(r->session, &r->skeleton, err));
    r->body = rig_body_init(&r->skeleton);
    RIG_TRY(rig_session_path(r->session, "70_people3d.yaml", &path, err));
    RIG_TRY(rig_background_open(&r->background, err));
    RIG_TRY(rig_people_ahead_open(&people[0], path, r->background, chunk, &r->head, err));
    RIG_TRY(head_check(r, path, &r->head, err));
    RIG_TRY(bones_measure(r, &people[0], err));
    RIG_TRY(rig_people_ahead_open(&people[1], path, r->background, chunk, &again, err));
    RIG_TRY(result_begin(r, inputs, err));
    RIG_TRY(take_refine(r, &people[1], err));
    rig_status status = rig_people3d_commit(r->writer, err);
    r->writer = NULL;
    if (status == RIG_OK)
        rig_say("refine: %ld joints, and %ld filled", r->before, r->filled);
    return status;
}

rig_status rig_stage_refine(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                            rig_err *err) {
    (void)options;
    refinement r = {.session = session};
    rig_people_ahead people[2] = {{.reader = NULL}};
    rig_status status = refine(&r, people, inputs, err);
    for (int i = 0; i < 2; i++)
        rig_people_ahead_close(&people[i]);
    rig_background_close(r.background); // nothing is written any more
    rig_people3d_drop(r.writer);
    rig_motion_close(r.motion);
    rig_bone_lengths_close(r.lengths);
    for (int i = 0; i < LANES_MAX; i++)
        rig_arena_release(&r.lanes[i].scratch);
    rig_arena_release(&r.written);
    rig_arena_release(&r.kept.arena);
    return status;
}
