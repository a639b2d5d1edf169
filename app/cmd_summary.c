// summary: the key figures of a finished session, read from its results, as YAML on stdout. What was not made is left
// out.
#include "app/commands.h"
#include "app/seconds.h"
#include "app/session.h"
#include "app/stages.h"
#include "app/talk.h"
#include "io/file.h"

#include <string.h>

typedef rig_status (*section)(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err);

static void put_int(rig_yaml_writer *w, const char *key, long value) {
    rig_yaml_key(w, key);
    rig_yaml_put_int(w, value);
}

static void put_number(rig_yaml_writer *w, const char *key, double value, int decimals) {
    rig_yaml_key(w, key);
    rig_yaml_put_rounded(w, value, decimals);
}

// A view's boards over all recordings.
static void corners_count(const rig_corners_file *file, const char *view, long *frames, long *found) {
    *frames = *found = 0;
    for (int r = 0; r < file->n; r++)
        for (int v = 0; v < file->recordings[r].n_views; v++)
            if (strcmp(file->recordings[r].views[v].view, view) == 0) {
                *frames += file->recordings[r].views[v].n_searched;
                *found += file->recordings[r].views[v].n;
            }
}

static rig_status put_corners(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    rig_corners_file file;
    RIG_TRY(rig_corners_read(path, &file, &session->scratch, err));
    rig_yaml_key(w, "corners");
    rig_yaml_begin_map(w, false);
    for (int v = 0; v < session->config.n_views; v++) {
        long frames, found;
        corners_count(&file, session->config.views[v].name, &frames, &found);
        if (frames == 0)
            continue;
        rig_yaml_key(w, session->config.views[v].name);
        rig_yaml_begin_map(w, true);
        put_int(w, "frames", frames);
        put_int(w, "found", found);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    return RIG_OK;
}

static rig_status put_intrinsics(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    rig_calibration rig;
    RIG_TRY(rig_calibration_read(path, &rig, &session->scratch, err));
    rig_yaml_key(w, "intrinsics");
    rig_yaml_begin_map(w, false);
    for (int c = 0; c < rig.n; c++)
        put_number(w, rig.cameras[c].view, rig.cameras[c].rms_px, 4);
    rig_yaml_end(w);
    return RIG_OK;
}

static rig_status put_extrinsics(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    rig_calibration rig;
    RIG_TRY(rig_calibration_read(path, &rig, &session->scratch, err));
    rig_yaml_key(w, "extrinsics");
    rig_yaml_begin_map(w, true);
    put_number(w, "rms_px", rig.rms_px, 4);
    put_int(w, "cameras", rig.n);
    rig_yaml_end(w);
    return RIG_OK;
}

static rig_status put_stereo(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    (void)session;
    rig_stereo stereo;
    RIG_TRY(rig_stereo_read(path, &stereo, err));
    rig_yaml_key(w, "stereo");
    rig_yaml_begin_map(w, true);
    put_number(w, "rms_px", stereo.rms_px, 4);
    put_number(w, "baseline_m", stereo.baseline_m, 6);
    put_number(w, "epipolar_rms_px", stereo.epipolar_rms_px, 4);
    rig_yaml_end(w);
    return RIG_OK;
}

// What a result of people has, counted chunk by chunk.
typedef struct people_count {
    long frames, with, people, joints, missing; // frames with people; joints triangulated, and not
    int ids;
    rig_reprojection reprojection;
} people_count;

static rig_status count_people2d(rig_session *session, const char *path, people_count *count, rig_err *err) {
    rig_people2d_reader *reader;
    rig_people2d chunk;
    RIG_TRY(rig_people2d_open(path, &reader, &chunk, err));
    rig_status status;
    do {
        rig_arena_clear(&session->scratch);
        status = rig_people2d_next(reader, rig_session_chunk(session), &chunk, &session->scratch, err);
        count->frames += chunk.n_frames;
        for (int f = 0; f < chunk.n_frames; f++)
            count->people += chunk.frames[f].n;
    } while (status == RIG_OK && chunk.n_frames > 0);
    rig_people2d_close(reader);
    return status;
}

static rig_status put_people2d(rig_session *session, const char *folder, rig_yaml_writer *w, rig_err *err) {
    (void)folder;
    rig_yaml_key(w, "people2d");
    rig_yaml_begin_map(w, false);
    for (int v = 0; v < session->config.n_views; v++) {
        const char *path;
        people_count count = {0};
        RIG_TRY(rig_session_people2d_path(session, v, &path, err));
        if (!rig_result_exists(path))
            continue;
        RIG_TRY(count_people2d(session, path, &count, err));
        rig_yaml_key(w, session->config.views[v].name);
        rig_yaml_begin_map(w, true);
        put_int(w, "frames", count.frames);
        put_int(w, "people", count.people);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    return RIG_OK;
}

static void count_chunk(const rig_people3d *chunk, people_count *count) {
    count->frames += chunk->n_frames;
    for (int f = 0; f < chunk->n_frames; f++) {
        count->people += chunk->frames[f].n;
        count->with += chunk->frames[f].n > 0;
        for (int p = 0; p < chunk->frames[f].n; p++) {
            const rig_person3d *person = &chunk->frames[f].people[p];
            count->ids = person->id > count->ids ? person->id : count->ids;
            for (int j = 0; j < chunk->n_joints; j++) {
                *(person->joints[j].state == RIG_JOINT_OK ? &count->joints : &count->missing) += 1;
                rig_reprojection_add(&count->reprojection, &person->joints[j]);
            }
        }
    }
}

static rig_status count_people3d(rig_session *session, const char *path, people_count *count, rig_err *err) {
    rig_people3d_reader *reader;
    rig_people3d chunk;
    RIG_TRY(rig_people3d_open(path, &reader, &chunk, err));
    rig_status status;
    do {
        rig_arena_clear(&session->scratch);
        status = rig_people3d_next(reader, rig_session_chunk(session), &chunk, &session->scratch, err);
        if (status == RIG_OK)
            count_chunk(&chunk, count);
    } while (status == RIG_OK && chunk.n_frames > 0);
    rig_people3d_close(reader);
    return status;
}

static rig_status put_people(rig_session *session, const char *path, const char *key, rig_yaml_writer *w,
                             rig_err *err) {
    people_count count = {0};
    RIG_TRY(count_people3d(session, path, &count, err));
    rig_yaml_key(w, key);
    rig_yaml_begin_map(w, true);
    put_int(w, "frames", count.frames);
    put_int(w, "frames_with_people", count.with);
    put_int(w, "people", count.people);
    put_int(w, "ids", count.ids);
    put_int(w, "joints", count.joints);
    put_int(w, "missing", count.missing);
    put_number(w, "rms_px", rig_reprojection_rms_px(&count.reprojection), 2);
    rig_yaml_end(w);
    return RIG_OK;
}

static rig_status put_people3d(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    return put_people(session, path, "people3d", w, err);
}

static rig_status put_motion(rig_session *session, const char *path, rig_yaml_writer *w, rig_err *err) {
    return put_people(session, path, "motion", w, err);
}

static void put_seconds(rig_session *session, rig_yaml_writer *w) {
    rig_seconds seconds;
    rig_seconds_read(session, &seconds);
    rig_yaml_key(w, "seconds");
    rig_yaml_begin_map(w, true);
    for (int i = 0; i < seconds.n; i++)
        put_number(w, seconds.items[i].stage, seconds.items[i].seconds, 2);
    rig_yaml_end(w);
}

// Figures of what has changed since are told as such.
static void stale_tell(rig_session *session) {
    for (int i = 0; i < rig_stages_n; i++) {
        const rig_stage *stage = &rig_stages[i];
        rig_result_state state;
        char why[128];
        rig_err ignored;
        if (stage->applies(&session->config) && rig_stage_state(session, stage, &state, why, &ignored) == RIG_OK &&
            state == RIG_RESULT_STALE)
            rig_warn("summary: %s is stale: %s", stage->makes, why);
    }
}

static rig_status summary_write(rig_session *session, rig_yaml_writer *w, rig_err *err) {
    static const struct {
        const char *name;
        section put;
    } sections[] = {{"20_corners.yaml", put_corners},       {"30_intrinsics.yaml", put_intrinsics},
                    {"40_extrinsics.yaml", put_extrinsics}, {"50_stereo.yaml", put_stereo},
                    {"60_people2d", put_people2d},          {"70_people3d.yaml", put_people3d},
                    {"80_motion.yaml", put_motion}};
    rig_yaml_begin_map(w, false);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const char *path;
        RIG_TRY(rig_session_path(session, sections[i].name, &path, err));
        if (rig_result_exists(path) || rig_folder_exists(path))
            RIG_TRY(sections[i].put(session, path, w, err));
        rig_arena_clear(&session->scratch);
    }
    put_seconds(session, w);
    rig_yaml_end(w);
    return RIG_OK;
}

rig_status rig_command_summary(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_yaml_writer *w;
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && !rig_folder_exists(session.config.out))
        status = rig_fail(err, RIG_ERR_DATA, "no results in '%s': run `rigpose run %s` first", session.config.out,
                          arguments->operands[0]);
    if (status == RIG_OK)
        status = rig_yaml_writer_open(stdout, &w, &session.arena, err);
    if (status == RIG_OK)
        status = summary_write(&session, w, err);
    if (status == RIG_OK)
        status = rig_yaml_writer_close(w, err);
    if (status == RIG_OK)
        stale_tell(&session);
    rig_session_release(&session);
    return status;
}
