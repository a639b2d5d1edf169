// 70_people3d.yaml and 80_motion.yaml, written.
#include "io/result_frames.h"

#include <string.h>

static const char SCHEMA[] = "rigpose/people3d/1";
// A tenth of a millimetre is a hundredth of what a good detector errs by; a thousandth of one, where people are small
// or positions are differentiated. A tenth of a millirad.
enum {
    METRE_DECIMALS = 4,
    FINE_DECIMALS = 6,
    SCORE_DECIMALS = 2,
    RMS_DECIMALS = 2,
    COV_DECIMALS = 2,
    MOVE_DECIMALS = 4
};
static const double SMALL_SCALE = 0.5;   // of a body: below, a tenth of a millimetre is too coarse
static const double SIGMA_COARSE = 1e-3; // m: below, a sigma has fewer than two digits in tenths of a millimetre
static const double COV_COARSE = 30e-6;  // m^2: above, whole mm^2 say enough for a weight, which has a floor of 9 mm^2
// The part of a covariance by which its axes differ, against their mean. Beyond, one is more than 1.7 times as long as
// the others, and who weighs joints by sigma_m alone loses by it.
static const double ELONGATED = 1;

static bool has_point(rig_joint_state state) {
    return state == RIG_JOINT_OK || state == RIG_JOINT_FILLED;
}

// Whether sigma_m says too little of a covariance.
static bool is_elongated(const double cov[6]) {
    const double mean = (cov[0] + cov[3] + cov[5]) / 3, x = cov[0] - mean, y = cov[3] - mean, z = cov[5] - mean;
    const double apart = x * x + y * y + z * z + 2 * (cov[1] * cov[1] + cov[2] * cov[2] + cov[4] * cov[4]);
    return apart > ELONGATED * ELONGATED * mean * mean;
}

static void cov_put(rig_yaml_writer *w, const double cov[6], bool full) {
    const bool coarse = !full && (cov[0] + cov[3] + cov[5]) / 3 > COV_COARSE;
    rig_yaml_key(w, "cov_mm2");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 6; i++)
        rig_yaml_put_rounded(w, 1e6 * cov[i], coarse ? 0 : COV_DECIMALS);
    rig_yaml_end(w);
}

static void point_put(rig_yaml_writer *w, const rig_people3d *people, const rig_joint3d *joint) {
    const bool fine = people->fine || (people->body_scale > 0 && people->body_scale < SMALL_SCALE);
    rig_yaml_key(w, "p_m");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 3; i++)
        rig_yaml_put_rounded(w, joint->p[i], fine ? FINE_DECIMALS : METRE_DECIMALS);
    rig_yaml_end(w);
    if (joint->sigma_m > 0)
        rig_result_put_rounded(w, "sigma_m", joint->sigma_m,
                               fine || joint->sigma_m < SIGMA_COARSE ? FINE_DECIMALS : METRE_DECIMALS);
    if (joint->cov[0] > 0 && (people->all_cov || joint->sigma_m <= 0 || is_elongated(joint->cov)))
        cov_put(w, joint->cov, people->all_cov);
    rig_result_put_rounded(w, "score", joint->score, SCORE_DECIMALS);
}

static void vector_put(rig_yaml_writer *w, const char *key, const double v[3]) {
    rig_yaml_key(w, key);
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < 3; i++)
        rig_yaml_put_rounded(w, v[i], MOVE_DECIMALS);
    rig_yaml_end(w);
}

static void move_put(rig_yaml_writer *w, const rig_joint_move *move) {
    if (move->has_v)
        vector_put(w, "v_m_s", move->v);
    if (move->has_a)
        vector_put(w, "a_m_s2", move->a);
}

static void angles_put(rig_yaml_writer *w, const rig_people3d *people, const rig_joint_angle *angles) {
    rig_yaml_key(w, "angles_rad");
    rig_yaml_begin_map(w, true);
    for (int i = 0; i < people->n_angles; i++)
        if (angles[i].known)
            rig_result_put_rounded(w, people->angles[i], angles[i].rad, MOVE_DECIMALS);
        else
            rig_result_put_string(w, people->angles[i], NULL);
    rig_yaml_end(w);
}

static void joint_put(rig_yaml_writer *w, const rig_people3d *people, const rig_joint3d *joint,
                      const rig_joint_move *move) {
    rig_yaml_begin_map(w, true);
    if (joint->state != RIG_JOINT_OK)
        rig_result_put_string(w, "state", rig_joint_state_name(joint->state));
    if (has_point(joint->state))
        point_put(w, people, joint);
    if (joint->views) {
        rig_yaml_key(w, "views");
        rig_yaml_begin_list(w, true);
        for (int v = 0; v < people->n_views; v++)
            if (joint->views >> v & 1)
                rig_yaml_put_string(w, people->views[v]);
        rig_yaml_end(w);
    }
    if (joint->rms_px > 0)
        rig_result_put_rounded(w, "rms_px", joint->rms_px, RMS_DECIMALS);
    if (move)
        move_put(w, move);
    rig_yaml_end(w);
}

static void person_put(rig_yaml_writer *w, const rig_people3d *people, const rig_person3d *person) {
    rig_yaml_begin_map(w, true);
    rig_result_put_int(w, "id", person->id);
    rig_yaml_key(w, "joints");
    rig_yaml_begin_list(w, true);
    const rig_movement *movement = person->movement;
    for (int k = 0; k < people->n_joints; k++)
        joint_put(w, people, &person->joints[k], movement && movement->moves ? &movement->moves[k] : NULL);
    rig_yaml_end(w);
    if (movement && movement->angles)
        angles_put(w, people, movement->angles);
    rig_yaml_end(w);
}

static void frame_put(rig_yaml_writer *w, const rig_people3d *people, const rig_frame3d *frame) {
    rig_yaml_begin_map(w, false);
    rig_yaml_writer_dense(w, true);
    rig_result_put_int(w, "frame", frame->frame);
    rig_yaml_key(w, "people");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < frame->n; i++)
        person_put(w, people, &frame->people[i]);
    rig_yaml_end(w);
    rig_yaml_writer_dense(w, false);
    rig_yaml_end(w);
}

static void names_put(rig_yaml_writer *w, const char *key, const char *const *names, int n) {
    rig_yaml_key(w, key);
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < n; i++)
        rig_yaml_put_string(w, names[i]);
    rig_yaml_end(w);
}

static void lengths_put(rig_yaml_writer *w, const rig_people3d *people) {
    rig_yaml_key(w, "lengths");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < people->n_lengths; i++) {
        rig_yaml_begin_map(w, true);
        rig_result_put_int(w, "id", people->lengths[i].id);
        rig_yaml_key(w, "bone");
        rig_yaml_begin_list(w, true);
        rig_yaml_put_string(w, people->lengths[i].a);
        rig_yaml_put_string(w, people->lengths[i].b);
        rig_yaml_end(w);
        rig_result_put_rounded(w, "length_m", people->lengths[i].m, FINE_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

struct rig_people3d_writer {
    rig_frames_writer frames;
    rig_people3d head;
};

static void head_put(rig_yaml_writer *w, const void *head) {
    const rig_people3d *people = head;
    rig_result_put_string(w, "skeleton", people->skeleton);
    rig_result_put_int(w, "n_joints", people->n_joints);
    if (people->fps > 0)
        rig_result_put_double(w, "fps", people->fps);
    else
        rig_result_put_string(w, "fps", NULL);
    if (people->body_scale > 0 && people->body_scale != 1)
        rig_result_put_double(w, "body_scale", people->body_scale);
    names_put(w, "views", people->views, people->n_views);
    if (people->n_repaired)
        names_put(w, "repaired", people->repaired, people->n_repaired);
    if (people->n_lengths)
        lengths_put(w, people);
}

rig_status rig_people3d_make(const char *path, const rig_people3d *head, const rig_inputs *inputs,
                             rig_people3d_writer **writer, rig_err *err) {
    rig_people3d_writer *made = rig_heap_resize(NULL, 1, sizeof *made);
    *writer = NULL;
    if (!made)
        return rig_fail_memory(err, path);
    made->head = *head;
    rig_status status = rig_frames_writer_open(&made->frames, path, SCHEMA, inputs, head_put, &made->head, err);
    if (status == RIG_OK)
        *writer = made;
    else
        rig_people3d_drop(made);
    return status;
}

rig_status rig_people3d_add(rig_people3d_writer *writer, const rig_people3d *chunk, rig_err *err) {
    for (int i = 0; i < chunk->n_frames; i++) {
        RIG_TRY(rig_frames_writer_next(&writer->frames, chunk->frames[i].frame, err));
        frame_put(writer->frames.result.yaml, &writer->head, &chunk->frames[i]);
    }
    return RIG_OK;
}

rig_status rig_people3d_commit(rig_people3d_writer *writer, rig_err *err) {
    rig_status status = rig_frames_writer_commit(&writer->frames, err);
    rig_people3d_drop(writer);
    return status;
}

void rig_people3d_drop(rig_people3d_writer *writer) {
    if (!writer)
        return;
    rig_frames_writer_abandon(&writer->frames);
    rig_heap_free(writer);
}

rig_status rig_people3d_write(const char *path, const rig_people3d *people, const rig_inputs *inputs, rig_err *err) {
    rig_people3d_writer *writer;
    RIG_TRY(rig_people3d_make(path, people, inputs, &writer, err));
    rig_status status = rig_people3d_add(writer, people, err);
    if (status == RIG_OK)
        return rig_people3d_commit(writer, err);
    rig_people3d_drop(writer);
    return status;
}
