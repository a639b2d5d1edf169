#include "tools/commands/evaluate.h"

#include "app/session.h"
#include "io/file.h"
#include "io/people_cursor.h"
#include "io/yaml.h"
#include "tools/commands/evaluate_keypoints.h"

#include <math.h>
#include <string.h>

typedef struct side {
    const char *calibration, *people, *people2d; // paths, or NULL; people2d: a folder of views
    const char *view;                            // people in 2D of one view
} side;

static const char *first_there(const char *folder, const char *const names[2], rig_arena *arena) {
    for (int i = 0; i < 2; i++) {
        const char *path = rig_arena_printf(arena, "%s/%s", folder, names[i]);
        if (path && rig_result_exists(path))
            return path;
    }
    return NULL;
}

// What a file is, by its schema.
static rig_status side_by_schema(const char *path, const rig_yaml *root, side *s, rig_err *err) {
    const char *schema;
    const rig_yaml *item;
    RIG_TRY(rig_yaml_need_kind(root, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need(root, "schema", &item, err));
    RIG_TRY(rig_yaml_string(item, &schema, err));
    if (strcmp(schema, "rigpose/people3d/1") == 0)
        s->people = path;
    else if (strcmp(schema, "rigpose/extrinsics/1") == 0 || strcmp(schema, "rigpose/intrinsics/1") == 0)
        s->calibration = path;
    else if (strcmp(schema, "rigpose/people2d/1") == 0)
        s->view = path;
    else
        return rig_yaml_fail(item, err,
                             "'%s' cannot be evaluated, expected extrinsics, intrinsics, people2d or people3d", schema);
    return RIG_OK;
}

static rig_status side_open(const char *path, side *s, rig_arena *arena, rig_err *err) {
    static const char *const calibrations[2] = {"40_extrinsics.yaml", "cameras.yaml"};
    static const char *const peoples[2] = {"70_people3d.yaml", "people3d.yaml"};
    *s = (side){0};
    if (rig_folder_exists(path)) {
        s->calibration = first_there(path, calibrations, arena);
        s->people = first_there(path, peoples, arena);
        s->people2d = rig_arena_printf(arena, "%s/60_people2d", path);
        if (s->people2d && !rig_folder_exists(s->people2d))
            s->people2d = NULL;
        return RIG_OK;
    }
    rig_yaml_stream *stream;
    const rig_yaml *root;
    const char *first;
    RIG_TRY(rig_result_first(path, &first, arena, err));
    RIG_TRY(rig_yaml_stream_open(first, "frames", &stream, &root, err));
    rig_status status = side_by_schema(path, root, s, err);
    rig_yaml_stream_close(stream);
    return status;
}

static rig_status evaluate_calibration(const side *result, const side *truth, rig_evaluation *e, rig_pose *gauge,
                                       rig_arena *arena, rig_err *err) {
    rig_calibration a, b;
    RIG_TRY(rig_calibration_read(result->calibration, &a, arena, err));
    RIG_TRY(rig_calibration_read(truth->calibration, &b, arena, err));
    e->cameras = RIG_NEW(arena, rig_camera_error, a.n + 1);
    if (!e->cameras)
        return rig_fail_memory(err, "camera errors");
    RIG_TRY(rig_eval_calibration(&a, &b, e->cameras, &e->n_cameras, gauge, arena, err));
    e->has_calibration = true;
    e->board_rms_px = a.rms_px;
    return RIG_OK;
}

// Two results of people side by side, and what is counted of them.
typedef struct people_pair {
    rig_people3d_cursor result, truth;
    rig_people_comparison *comparison;
    bool has_pcp;
    rig_pcp_count pcp;
    double sum_px2; // of the result's joints
    long n_px;
    rig_arena scratch;
} people_pair;

static void reprojection_add(people_pair *p, const rig_frame3d *frame) {
    for (int i = 0; i < frame->n; i++)
        for (int j = 0; j < p->result.chunk.n_joints; j++) {
            const rig_joint3d *joint = &frame->people[i].joints[j];
            if (joint->state == RIG_JOINT_OK)
                p->sum_px2 += joint->rms_px * joint->rms_px, p->n_px++;
        }
}

// Pass the result's frames below a number.
static rig_status result_pass(people_pair *p, const rig_frame3d *truth, const rig_frame3d **frame, rig_err *err) {
    for (;;) {
        RIG_TRY(rig_people3d_cursor_at(&p->result, frame, err));
        if (!*frame || (truth && (*frame)->frame >= truth->frame))
            return RIG_OK;
        reprojection_add(p, *frame);
        rig_people3d_cursor_pass(&p->result);
    }
}

static rig_status people_compare(people_pair *p, rig_err *err) {
    const rig_frame3d *truth, *result;
    for (;;) {
        RIG_TRY(rig_people3d_cursor_at(&p->truth, &truth, err));
        RIG_TRY(result_pass(p, truth, &result, err));
        if (!truth)
            return RIG_OK;
        if (result && result->frame != truth->frame)
            result = NULL;
        if (p->has_pcp)
            RIG_TRY(rig_eval_pcp_add(&p->pcp, result, truth, &p->scratch, err));
        RIG_TRY(rig_eval_people_add(p->comparison, result, truth, &p->scratch, err));
        rig_people3d_cursor_pass(&p->truth);
    }
}

static rig_status pair_evaluate(people_pair *p, const side *result, const side *truth, const rig_pose *gauge,
                                rig_evaluation *e, rig_arena *arena, rig_err *err) {
    rig_skeleton of_a, of_b;
    RIG_TRY(rig_people3d_cursor_open(&p->result, result->people, err));
    RIG_TRY(rig_people3d_cursor_open(&p->truth, truth->people, err));
    const rig_people3d *a = &p->result.chunk, *b = &p->truth.chunk;
    RIG_TRY(rig_skeleton_of(a->skeleton, a->n_joints, result->people, &of_a, arena, err));
    RIG_TRY(rig_skeleton_of(b->skeleton, b->n_joints, truth->people, &of_b, arena, err));
    p->has_pcp = strcmp(b->skeleton, "shelf14") == 0;
    if (p->has_pcp)
        RIG_TRY(rig_eval_pcp_begin(&of_a, b->n_joints, &p->pcp, err));
    RIG_TRY(rig_eval_people_open(&of_a, &of_b, gauge, &p->comparison, err));
    RIG_TRY(people_compare(p, err));
    if (p->has_pcp)
        RIG_TRY(rig_eval_pcp_end(&p->pcp, &e->pcp, err));
    e->has_pcp = p->has_pcp;
    RIG_TRY(rig_eval_people_end(p->comparison, &e->people, err));
    e->has_people = true;
    e->people_rms_px = p->n_px ? sqrt(p->sum_px2 / (double)p->n_px) : NAN;
    return RIG_OK;
}

static rig_status evaluate_people(const side *result, const side *truth, const rig_pose *gauge, rig_evaluation *e,
                                  rig_arena *arena, rig_err *err) {
    people_pair pair = {.has_pcp = false};
    rig_status status = pair_evaluate(&pair, result, truth, gauge, e, arena, err);
    rig_eval_people_close(pair.comparison);
    rig_people3d_cursor_close(&pair.result);
    rig_people3d_cursor_close(&pair.truth);
    rig_arena_release(&pair.scratch);
    return status;
}

static rig_status evaluate_keypoints(const side *result, const side *truth, rig_evaluation *e, rig_arena *arena,
                                     rig_err *err) {
    rig_calibration rig;
    RIG_TRY(rig_calibration_read(truth->calibration, &rig, arena, err));
    RIG_TRY(rig_evaluate_keypoints(result->people2d, &rig, truth->people, &e->keypoints, arena, err));
    e->has_keypoints = true;
    return RIG_OK;
}

// People of one view against those that somebody labelled in it.
static rig_status evaluate_view(const side *result, const side *truth, rig_evaluation *e, rig_arena *arena,
                                rig_err *err) {
    RIG_TRY(rig_evaluate_view(result->view, truth->view, &e->keypoints, arena, err));
    e->has_keypoints = true;
    return RIG_OK;
}

rig_status rig_evaluate(const char *result, const char *truth, rig_evaluation *e, rig_arena *out, rig_err *err) {
    side a, b;
    rig_pose gauge;
    *e = (rig_evaluation){0};
    RIG_TRY(side_open(result, &a, out, err));
    RIG_TRY(side_open(truth, &b, out, err));
    bool calibrations = a.calibration && b.calibration, peoples = a.people && b.people;
    bool keypoints = a.people2d && b.calibration && b.people;
    if (a.view && b.view)
        return evaluate_view(&a, &b, e, out, err);
    if (!calibrations && !peoples && !keypoints)
        return rig_fail(err, RIG_ERR_DATA, "'%s' and '%s' have nothing of the same kind to compare", result, truth);
    if (calibrations)
        RIG_TRY(evaluate_calibration(&a, &b, e, &gauge, out, err));
    if (peoples)
        RIG_TRY(evaluate_people(&a, &b, calibrations ? &gauge : NULL, e, out, err));
    if (keypoints)
        RIG_TRY(evaluate_keypoints(&a, &b, e, out, err));
    return RIG_OK;
}

static void put(rig_yaml_writer *w, const char *key, double value, int decimals) {
    rig_yaml_key(w, key);
    if (isfinite(value))
        rig_yaml_put_rounded(w, value, decimals);
    else
        rig_yaml_put_null(w);
}

static void print_reprojection(const rig_evaluation *e, rig_yaml_writer *w) {
    rig_yaml_key(w, "reprojection");
    rig_yaml_begin_map(w, true);
    if (e->has_calibration)
        put(w, "board_rms_px", e->board_rms_px, 4);
    if (e->has_people)
        put(w, "people_rms_px", e->people_rms_px, 3);
    rig_yaml_end(w);
}

static void print_cameras(const rig_evaluation *e, rig_yaml_writer *w) {
    rig_yaml_key(w, "cameras");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < e->n_cameras; i++) {
        rig_yaml_key(w, e->cameras[i].view);
        rig_yaml_begin_map(w, true);
        put(w, "focal_pct", e->cameras[i].focal_pct, 4);
        put(w, "centre_px", e->cameras[i].centre_px, 3);
        put(w, "position_mm", e->cameras[i].position_mm, 3);
        put(w, "rotation_mrad", e->cameras[i].rotation_mrad, 3);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

static void print_keypoints(const rig_keypoints_error *k, rig_yaml_writer *w) {
    rig_yaml_key(w, "people2d");
    rig_yaml_begin_map(w, true);
    put(w, "views", k->n_views, 0);
    put(w, "people", k->n_truth, 0);
    put(w, "found", k->n_result, 0);
    put(w, "ap", k->ap, 4);
    put(w, "ap50", k->ap50, 4);
    put(w, "ap75", k->ap75, 4);
    put(w, "median_px", k->median_px, 2);
    put(w, "p95_px", k->p95_px, 2);
    rig_yaml_end(w);
}

static void print_people(const rig_people_error *p, rig_yaml_writer *w) {
    rig_yaml_key(w, "people");
    rig_yaml_begin_map(w, true);
    put(w, "frames", p->n_frames, 0);
    put(w, "people", p->n_truth, 0);
    put(w, "found", p->n_found, 0);
    put(w, "false", p->n_false, 0);
    put(w, "mpjpe_mm", p->mpjpe_mm, 2);
    put(w, "median_mm", p->median_mm, 2);
    put(w, "p95_mm", p->p95_mm, 2);
    put(w, "joint_recall", p->joint_recall, 4);
    put(w, "id_switches", p->id_switches, 0);
    rig_yaml_end(w);
}

static void print_pcp(const rig_pcp *pcp, rig_yaml_writer *w) {
    rig_yaml_key(w, "pcp");
    rig_yaml_begin_map(w, true);
    put(w, "average", pcp->average, 2);
    rig_yaml_key(w, "persons");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < pcp->n_persons; i++)
        rig_yaml_put_rounded(w, pcp->pcp[i], 2);
    rig_yaml_end(w);
    rig_yaml_end(w);
}

rig_status rig_evaluation_print(const rig_evaluation *e, FILE *stream, rig_arena *arena, rig_err *err) {
    rig_yaml_writer *w;
    RIG_TRY(rig_yaml_writer_open(stream, &w, arena, err));
    rig_yaml_begin_map(w, false);
    if (e->has_calibration || e->has_people)
        print_reprojection(e, w);
    if (e->has_calibration)
        print_cameras(e, w);
    if (e->has_keypoints)
        print_keypoints(&e->keypoints, w);
    if (e->has_people)
        print_people(&e->people, w);
    if (e->has_pcp)
        print_pcp(&e->pcp, w);
    rig_yaml_end(w);
    return rig_yaml_writer_close(w, err);
}
