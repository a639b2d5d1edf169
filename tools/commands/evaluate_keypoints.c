#include "tools/commands/evaluate_keypoints.h"

#include "app/session.h"
#include "io/people_cursor.h"

#include <string.h>

static void joint_project(const rig_view_camera *camera, const rig_joint3d *truth, rig_joint2d *joint) {
    double p_cam[3];
    if (truth->state != RIG_JOINT_OK)
        return;
    rig_pose_apply(&camera->Rt_cam_world, truth->p, p_cam);
    joint->found = rig_camera_project(&camera->camera, p_cam, joint->q, NULL, NULL) && joint->q[0] >= -0.5 &&
                   joint->q[0] <= camera->camera.width - 0.5 && joint->q[1] >= -0.5 &&
                   joint->q[1] <= camera->camera.height - 0.5;
}

// The truth's people as a camera sees them.
static rig_status frame_project(const rig_view_camera *camera, const rig_frame3d *truth, int n_joints,
                                rig_frame2d *frame, rig_arena *arena, rig_err *err) {
    *frame = (rig_frame2d){truth->frame, truth->n, RIG_NEW(arena, rig_person2d, truth->n)};
    if (!frame->people)
        return rig_fail_memory(err, "people");
    for (int p = 0; p < truth->n; p++) {
        frame->people[p].joints = RIG_NEW(arena, rig_joint2d, n_joints);
        if (!frame->people[p].joints)
            return rig_fail_memory(err, "joints");
        for (int j = 0; j < n_joints; j++)
            joint_project(camera, &truth->people[p].joints[j], &frame->people[p].joints[j]);
    }
    return RIG_OK;
}

// What was found, and the truth's people in space or in the view.
typedef struct keypoints_pair {
    rig_people2d_cursor found, labelled;
    rig_people3d_cursor truth;
    rig_keypoints_comparison *comparison;
    char skeleton[RIG_NAME_MAX]; // of what was found in the first view
    rig_arena scratch;
} keypoints_pair;

// All frames of one view.
static rig_status view_compare(keypoints_pair *p, const rig_view_camera *camera, rig_err *err) {
    for (;;) {
        const rig_frame3d *truth;
        const rig_frame2d *found;
        rig_frame2d seen;
        RIG_TRY(rig_people3d_cursor_at(&p->truth, &truth, err));
        if (!truth)
            return RIG_OK;
        rig_arena_clear(&p->scratch);
        RIG_TRY(frame_project(camera, truth, p->truth.chunk.n_joints, &seen, &p->scratch, err));
        RIG_TRY(rig_people2d_cursor_find(&p->found, truth->frame, &found, err));
        RIG_TRY(rig_eval_keypoints_add(p->comparison, found, &seen, &p->scratch, err));
        rig_people3d_cursor_pass(&p->truth);
    }
}

static rig_status view_evaluate(keypoints_pair *p, const rig_view_camera *camera, const char *path,
                                const char *truth_path, rig_arena *arena, rig_err *err) {
    rig_skeleton of_found, of_truth;
    RIG_TRY(rig_people2d_cursor_open(&p->found, path, err));
    RIG_TRY(rig_people3d_cursor_open(&p->truth, truth_path, err));
    const rig_people2d *found = &p->found.chunk;
    const rig_people3d *truth = &p->truth.chunk;
    RIG_TRY(rig_skeleton_of(found->skeleton, found->n_joints, path, &of_found, arena, err));
    RIG_TRY(rig_skeleton_of(truth->skeleton, truth->n_joints, truth_path, &of_truth, arena, err));
    if (!p->comparison) {
        memcpy(p->skeleton, found->skeleton, sizeof p->skeleton);
        RIG_TRY(rig_eval_keypoints_open(&of_found, &of_truth, &p->comparison, err));
    }
    if (strcmp(found->skeleton, p->skeleton) != 0)
        return rig_fail(err, RIG_ERR_DATA, "'%s' has people of skeleton '%s', expected '%s' as in the views before it",
                        path, found->skeleton, p->skeleton);
    return view_compare(p, camera, err);
}

static rig_status views_evaluate(keypoints_pair *p, const char *folder, const rig_calibration *rig,
                                 const char *truth_path, rig_keypoints_error *error, rig_arena *arena, rig_err *err) {
    int n = 0;
    for (int c = 0; c < rig->n && n < RIG_VIEWS_MAX; c++) {
        const rig_view_camera *camera = &rig->cameras[c];
        const char *path = rig_arena_printf(arena, "%s/%s.yaml", folder, camera->view);
        if (!path)
            return rig_fail_memory(err, "a path");
        if (!camera->has_pose || !rig_result_exists(path))
            continue;
        RIG_TRY(view_evaluate(p, camera, path, truth_path, arena, err));
        rig_people2d_cursor_close(&p->found);
        rig_people3d_cursor_close(&p->truth);
        n++;
    }
    if (n == 0)
        return rig_fail(err, RIG_ERR_DATA, "%s: no view whose camera is in the truth", folder);
    return rig_eval_keypoints_end(p->comparison, n, error, err);
}

static void pair_close(keypoints_pair *p) {
    rig_eval_keypoints_close(p->comparison);
    rig_people2d_cursor_close(&p->found);
    rig_people2d_cursor_close(&p->labelled);
    rig_people3d_cursor_close(&p->truth);
    rig_arena_release(&p->scratch);
}

rig_status rig_evaluate_keypoints(const char *folder, const rig_calibration *truth_rig, const char *truth,
                                  rig_keypoints_error *error, rig_arena *arena, rig_err *err) {
    keypoints_pair pair = {.comparison = NULL};
    rig_status status = views_evaluate(&pair, folder, truth_rig, truth, error, arena, err);
    pair_close(&pair);
    return status;
}

static rig_status labels_compare(keypoints_pair *p, const char *found_path, const char *labelled_path,
                                 rig_keypoints_error *error, rig_arena *arena, rig_err *err) {
    rig_skeleton of_a, of_b;
    RIG_TRY(rig_people2d_cursor_open(&p->found, found_path, err));
    RIG_TRY(rig_people2d_cursor_open(&p->labelled, labelled_path, err));
    const rig_people2d *a = &p->found.chunk, *b = &p->labelled.chunk;
    RIG_TRY(rig_skeleton_of(a->skeleton, a->n_joints, found_path, &of_a, arena, err));
    RIG_TRY(rig_skeleton_of(b->skeleton, b->n_joints, labelled_path, &of_b, arena, err));
    RIG_TRY(rig_eval_keypoints_open(&of_a, &of_b, &p->comparison, err));
    for (;;) {
        const rig_frame2d *found, *labelled;
        RIG_TRY(rig_people2d_cursor_at(&p->labelled, &labelled, err));
        if (!labelled)
            return rig_eval_keypoints_end(p->comparison, 1, error, err);
        RIG_TRY(rig_people2d_cursor_find(&p->found, labelled->frame, &found, err));
        RIG_TRY(rig_eval_keypoints_add(p->comparison, found, labelled, &p->scratch, err));
        rig_people2d_cursor_pass(&p->labelled);
    }
}

rig_status rig_evaluate_view(const char *found, const char *labelled, rig_keypoints_error *error, rig_arena *arena,
                             rig_err *err) {
    keypoints_pair pair = {.comparison = NULL};
    rig_status status = labels_compare(&pair, found, labelled, error, arena, err);
    pair_close(&pair);
    return status;
}
