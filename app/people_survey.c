#include "app/people_survey.h"

#include "app/person_tally.h"
#include "app/stages.h"
#include "app/talk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct tallies {
    const rig_skeleton *skeleton;
    int n, room;
    rig_person_tally *people;
    rig_export_take *take;
    int last; // frame
} tallies;

// --- which result ----------------------------------------------------------------------------------------------------

static rig_status result_choose(rig_session *session, rig_people_survey *s, rig_err *err) {
    const rig_stage *refine = rig_stage_find("refine");
    const bool refined = refine->applies(&session->config);
    rig_err why;
    s->file = "80_motion.yaml";
    if (!refined || rig_stage_need(session, "export", refine, &why) != RIG_OK) {
        s->file = "70_people3d.yaml";
        RIG_TRY(rig_stage_need(session, "export", rig_stage_find("triangulate"), err));
        if (refined)
            rig_warn("export: using 70_people3d.yaml: %s", why.text);
    }
    return rig_session_path(session, s->file, &s->path, err);
}

// A world that is a camera's frame does not know where up is.
static bool world_has_up(const rig_config *config) {
    return config->cameras || config->world != RIG_WORLD_CAMERA;
}

// --- who and when ----------------------------------------------------------------------------------------------------

// The middle of the joints that have a place; false: none has.
static bool middle_of(const rig_joint3d *joints, int n_joints, double middle[3]) {
    int n = 0;
    memset(middle, 0, 3 * sizeof *middle);
    for (int j = 0; j < n_joints; j++)
        if (rig_export_has_place(&joints[j])) {
            n++;
            for (int i = 0; i < 3; i++)
                middle[i] += joints[j].p[i];
        }
    for (int i = 0; i < 3 && n > 0; i++)
        middle[i] /= n;
    return n > 0;
}

static rig_status person_tally(tallies *t, int id, rig_person_tally **found, rig_err *err) {
    for (int i = t->n - 1; i >= 0; i--) // who is there came late
        if (t->people[i].id == id) {
            *found = &t->people[i];
            return RIG_OK;
        }
    if (t->n == t->room) {
        const int room = t->room ? 2 * t->room : 16;
        rig_person_tally *people = rig_heap_resize(t->people, (size_t)room, sizeof *people);
        if (!people)
            return rig_fail_memory(err, "people");
        t->people = people, t->room = room;
    }
    *found = &t->people[t->n++];
    **found = (rig_person_tally){.id = id};
    return RIG_OK;
}

static int greatest_divisor(int a, int b) {
    return b ? greatest_divisor(b, a % b) : a;
}

static rig_status frame_tally(tallies *t, const rig_frame3d *frame, rig_err *err) {
    rig_export_take *take = t->take;
    if (take->n_frames == 0)
        take->first = frame->frame;
    else
        take->step = greatest_divisor(take->step, frame->frame - t->last);
    t->last = frame->frame;
    take->n_frames++;
    for (int p = 0; p < frame->n; p++) {
        const rig_joint3d *joints = frame->people[p].joints;
        rig_person_tally *person = NULL;
        double middle[3];
        if (!middle_of(joints, t->skeleton->n, middle))
            continue;
        RIG_TRY(person_tally(t, frame->people[p].id, &person, err));
        person->first = person->n_seen ? person->first : frame->frame;
        person->last = frame->frame;
        person->n_seen++;
        person->distance_sum_m += hypot(middle[0], middle[1]);
        for (int j = 0; j < t->skeleton->n; j++)
            for (int i = 0; i < 3 && rig_export_has_place(&joints[j]); i++)
                take->reach_m = fmax(take->reach_m, fabs(joints[j].p[i]));
    }
    return RIG_OK;
}

static int by_id(const void *a, const void *b) {
    const int x = ((const rig_person_tally *)a)->id, y = ((const rig_person_tally *)b)->id;
    return (x > y) - (x < y);
}

static rig_status people_keep(rig_session *session, tallies *t, rig_people_survey *s, rig_err *err) {
    rig_export_take *take = &s->take;
    int kept = -1;
    char why[160];
    if (t->n == 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s' has nobody with a 3D joint: nothing to export", s->path);
    qsort(t->people, (size_t)t->n, sizeof *t->people, by_id);
    RIG_TRY(rig_person_tally_main(&session->config, t->people, t->n, &kept, why, err));
    if (kept >= 0)
        rig_say("export: %s", why);
    take->people = RIG_NEW(&session->arena, rig_export_person, t->n);
    if (!take->people)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < t->n; i++)
        if (kept < 0 || i == kept)
            take->people[take->n_people++] =
                (rig_export_person){t->people[i].id, t->people[i].first, t->people[i].last, t->people[i].n_seen};
    s->n_all = t->n;
    return RIG_OK;
}

static rig_status take_tally(rig_people3d_cursor *cursor, tallies *t, rig_err *err) {
    const rig_frame3d *frame;
    RIG_TRY(rig_people3d_cursor_at(cursor, &frame, err));
    while (frame) {
        RIG_TRY(frame_tally(t, frame, err));
        rig_people3d_cursor_pass(cursor);
        RIG_TRY(rig_people3d_cursor_at(cursor, &frame, err));
    }
    return RIG_OK;
}

static rig_status survey_read(rig_session *session, rig_people3d_cursor *cursor, tallies *t, rig_people_survey *s,
                              rig_err *err) {
    RIG_TRY(rig_people3d_cursor_open(cursor, s->path, err));
    const rig_people3d *head = &cursor->chunk;
    RIG_TRY(rig_session_skeleton(session, &s->skeleton, err));
    if (strcmp(head->skeleton, s->skeleton.name) != 0 || (head->n_joints != 0 && head->n_joints != s->skeleton.n))
        return rig_fail(err, RIG_ERR_DATA, "'%s' has people of skeleton '%s' with %d joints, expected '%s' with %d",
                        s->path, head->skeleton, head->n_joints, s->skeleton.name, s->skeleton.n);
    if (head->fps <= 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s' has no frame rate: set fps of the rig's feeds", s->path);
    s->take = (rig_export_take){.name = session->config.recordings[session->config.take].name,
                                .skeleton = &s->skeleton,
                                .fps = head->fps,
                                .has_up = world_has_up(&session->config)};
    RIG_TRY(take_tally(cursor, t, err));
    s->take.step = s->take.step > 0 ? s->take.step : 1; // of a single frame
    return people_keep(session, t, s, err);
}

rig_status rig_people_survey_make(rig_session *session, rig_people_survey *s, rig_err *err) {
    rig_people3d_cursor cursor = {.at = 0};
    tallies t = {.skeleton = &s->skeleton, .take = &s->take};
    *s = (rig_people_survey){.n_all = 0};
    if (session->config.take < 0)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: the rig has no take to export people from", session->config.path);
    RIG_TRY(result_choose(session, s, err));
    rig_status status = survey_read(session, &cursor, &t, s, err);
    rig_people3d_cursor_close(&cursor);
    rig_heap_free(t.people);
    return status;
}

// --- frames ----------------------------------------------------------------------------------------------------------

static bool is_kept(const rig_export_take *take, int id) {
    int low = 0, high = take->n_people;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (take->people[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < take->n_people && take->people[low].id == id;
}

// The frame with those who are exported, in the place of all.
static rig_frame3d frame_keep(const rig_people_survey *s, const rig_frame3d *frame) {
    rig_frame3d kept = {frame->frame, 0, frame->people};
    double middle[3];
    for (int p = 0; p < frame->n; p++)
        if (is_kept(&s->take, frame->people[p].id) && middle_of(frame->people[p].joints, s->skeleton.n, middle))
            kept.people[kept.n++] = frame->people[p];
    return kept;
}

rig_status rig_people_survey_visit(const rig_people_survey *s,
                                   rig_status (*visit)(void *of, const rig_frame3d *frame, rig_err *err), void *of,
                                   rig_err *err) {
    rig_people3d_cursor cursor = {.at = 0};
    const rig_frame3d *frame = NULL;
    rig_status status = rig_people3d_cursor_open(&cursor, s->path, err);
    if (status == RIG_OK)
        status = rig_people3d_cursor_at(&cursor, &frame, err);
    while (status == RIG_OK && frame) {
        const rig_frame3d kept = frame_keep(s, frame);
        status = visit(of, &kept, err);
        rig_people3d_cursor_pass(&cursor);
        if (status == RIG_OK)
            status = rig_people3d_cursor_at(&cursor, &frame, err);
    }
    rig_people3d_cursor_close(&cursor);
    return status;
}
