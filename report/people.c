#include "report/people.h"

#include <math.h>

enum { BYTES_JOINT3D = 1 + 6 + 6 + 2, BYTES_JOINT2D = 4, BYTES_PERSON = 2, PEOPLE_MOST = 255 };
static const double UNIT_LEAST_M = 1e-7, EIGHTHS = 8; // people of some millimetres have bones too

size_t rig_people_bytes_size(const rig_frame3d *frame, const rig_frame2d *const *views, int n_views, int n_joints) {
    size_t n = (size_t)frame->n * (size_t)(BYTES_PERSON + n_joints * BYTES_JOINT3D);
    for (int v = 0; v < n_views; v++)
        n += views[v] ? (size_t)views[v]->n * (size_t)(BYTES_PERSON + n_joints * BYTES_JOINT2D) : 0;
    return n;
}

rig_status rig_people_bytes_init(rig_people_bytes *bytes, int n_joints, int n_views, double reach_m, rig_arena *out,
                                 rig_err *err) {
    *bytes = (rig_people_bytes){.n_joints = n_joints, .n_views = n_views};
    bytes->unit_m = fmax(UNIT_LEAST_M, reach_m / INT16_MAX);
    bytes->moments = json_array();
    bytes->seen = RIG_NEW(out, rig_people2d_bytes, n_views);
    return bytes->moments && bytes->seen ? RIG_OK : rig_fail_memory(err, "the report");
}

static rig_status spread_add(rig_bytes *bytes, const rig_joint3d *joint, rig_err *err) {
    static const int at[3] = {0, 3, 5}, of[3][2] = {{0, 1}, {0, 2}, {1, 2}}, between[3] = {1, 2, 4};
    double sigma[3];
    for (int k = 0; k < 3; k++) {
        sigma[k] = joint->cov[at[k]] > 0 ? sqrt(joint->cov[at[k]]) : joint->sigma_m;
        RIG_TRY(rig_bytes_u8(bytes, rig_byte_of(1000 * sigma[k]), err));
    }
    for (int k = 0; k < 3; k++) {
        const double product = sigma[of[k][0]] * sigma[of[k][1]];
        const double r = product > 0 ? joint->cov[between[k]] / product : 0;
        RIG_TRY(rig_bytes_u8(bytes, (unsigned)lrint(127 * fmax(-1, fmin(r, 1))) & 255, err));
    }
    return RIG_OK;
}

static rig_status joint_add(rig_people_bytes *bytes, const rig_joint3d *joint, rig_err *err) {
    int views = 0;
    for (uint64_t bits = joint->views; bits; bits &= bits - 1)
        views++;
    RIG_TRY(rig_bytes_u8(&bytes->state, joint->state, err));
    for (int k = 0; k < 3; k++)
        RIG_TRY(rig_bytes_i16(&bytes->p, lrint(joint->p[k] / bytes->unit_m), err));
    RIG_TRY(spread_add(&bytes->spread, joint, err));
    RIG_TRY(rig_bytes_u8(&bytes->rms, rig_byte_of(joint->rms_px), err));
    return rig_bytes_u8(&bytes->views, (unsigned)views, err);
}

rig_status rig_people_bytes_add(rig_people_bytes *bytes, const rig_frame3d *frame, rig_err *err) {
    const int n = frame->n < PEOPLE_MOST ? frame->n : PEOPLE_MOST;
    RIG_TRY(rig_json_add(bytes->moments, json_integer(frame->frame), err));
    RIG_TRY(rig_bytes_u8(&bytes->count, (unsigned)n, err));
    for (int i = 0; i < n; i++) {
        RIG_TRY(rig_bytes_u16(&bytes->id, frame->people[i].id, err));
        for (int j = 0; j < bytes->n_joints; j++)
            RIG_TRY(joint_add(bytes, &frame->people[i].joints[j], err));
    }
    return RIG_OK;
}

rig_status rig_people_bytes_add_view(rig_people_bytes *bytes, int view, const rig_frame2d *frame,
                                     const rig_frame3d *frame3d, const int *who, rig_err *err) {
    rig_people2d_bytes *seen = &bytes->seen[view];
    const int n = !frame ? 0 : frame->n < PEOPLE_MOST ? frame->n : PEOPLE_MOST;
    RIG_TRY(rig_bytes_u8(&seen->count, (unsigned)n, err));
    for (int i = 0; i < n; i++) {
        RIG_TRY(rig_bytes_u16(&seen->who, who[i] < 0 ? 0 : frame3d->people[who[i]].id, err));
        for (int j = 0; j < bytes->n_joints; j++)
            for (int k = 0; k < 2; k++) {
                const rig_joint2d *joint = &frame->people[i].joints[j];
                const long eighths = lrint(fmax(0, fmin(joint->q[k] * EIGHTHS, UINT16_MAX)));
                RIG_TRY(rig_bytes_u16(&seen->q, joint->found ? 1 + eighths : 0, err));
            }
    }
    return RIG_OK;
}

static json_t *blob(const rig_bytes *bytes) {
    return rig_json_blob(bytes->data, bytes->n);
}

rig_status rig_people_bytes_put(const rig_people_bytes *bytes, json_t *people, rig_err *err) {
    RIG_TRY(rig_json_set(people, "unit_m", json_real(bytes->unit_m), err));
    RIG_TRY(rig_json_set(people, "n_joints", json_integer(bytes->n_joints), err));
    RIG_TRY(rig_json_set(people, "moments", json_incref(bytes->moments), err));
    RIG_TRY(rig_json_set(people, "count", blob(&bytes->count), err));
    RIG_TRY(rig_json_set(people, "id", blob(&bytes->id), err));
    RIG_TRY(rig_json_set(people, "state", blob(&bytes->state), err));
    RIG_TRY(rig_json_set(people, "p", blob(&bytes->p), err));
    RIG_TRY(rig_json_set(people, "spread", blob(&bytes->spread), err));
    RIG_TRY(rig_json_set(people, "rms", blob(&bytes->rms), err));
    RIG_TRY(rig_json_set(people, "views", blob(&bytes->views), err));
    json_t *seen = json_array();
    RIG_TRY(rig_json_set(people, "seen", seen, err));
    for (int v = 0; v < bytes->n_views; v++)
        RIG_TRY(rig_json_add(seen,
                             json_pack("{s:o, s:o, s:o}", "count", blob(&bytes->seen[v].count), "who",
                                       blob(&bytes->seen[v].who), "q", blob(&bytes->seen[v].q)),
                             err));
    return RIG_OK;
}

void rig_people_bytes_release(rig_people_bytes *bytes) {
    rig_bytes *const all[] = {&bytes->count,  &bytes->id,  &bytes->state, &bytes->p,
                              &bytes->spread, &bytes->rms, &bytes->views};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        rig_bytes_free(all[i]);
    for (int v = 0; bytes->seen && v < bytes->n_views; v++) {
        rig_bytes_free(&bytes->seen[v].count);
        rig_bytes_free(&bytes->seen[v].who);
        rig_bytes_free(&bytes->seen[v].q);
    }
    json_decref(bytes->moments);
}
