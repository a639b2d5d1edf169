#include "tools/commands/evaluate_keypoints.h"

#include "app/session.h"
#include "io/file.h"
#include "io/results.h"

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

static rig_status view_project(const rig_view_camera *camera, const rig_people3d *truth, rig_people2d **seen,
                               rig_arena *arena, rig_err *err) {
    *seen = RIG_NEW(arena, rig_people2d, 1);
    if (!*seen)
        return rig_fail_memory(err, "a view");
    (*seen)->n_joints = truth->n_joints;
    (*seen)->n_frames = truth->n_frames;
    (*seen)->frames = RIG_NEW(arena, rig_frame2d, truth->n_frames);
    if (!(*seen)->frames)
        return rig_fail_memory(err, "frames");
    for (int f = 0; f < truth->n_frames; f++)
        RIG_TRY(frame_project(camera, &truth->frames[f], truth->n_joints, &(*seen)->frames[f], arena, err));
    return RIG_OK;
}

rig_status rig_evaluate_keypoints(const char *folder, const rig_calibration *truth_rig, const rig_people3d *truth,
                                  const rig_skeleton *truth_skeleton, rig_keypoints_error *error, rig_arena *arena,
                                  rig_err *err) {
    rig_people2d found[RIG_VIEWS_MAX];
    const rig_people2d *results[RIG_VIEWS_MAX], *truths[RIG_VIEWS_MAX];
    rig_skeleton skeleton;
    int n = 0;
    for (int c = 0; c < truth_rig->n && n < RIG_VIEWS_MAX; c++) {
        const rig_view_camera *camera = &truth_rig->cameras[c];
        const char *path = rig_arena_printf(arena, "%s/%s.yaml", folder, camera->view);
        if (!path)
            return rig_fail_memory(err, "a path");
        if (!camera->has_pose || !rig_file_exists(path))
            continue;
        rig_people2d *seen;
        RIG_TRY(rig_people2d_read(path, &found[n], arena, err));
        RIG_TRY(rig_skeleton_of(found[n].skeleton, found[n].n_joints, path, &skeleton, arena, err));
        if (strcmp(found[n].skeleton, found[0].skeleton) != 0)
            return rig_fail(err, RIG_ERR_DATA, "'%s' has people of skeleton '%s', the views before it of '%s'", path,
                            found[n].skeleton, found[0].skeleton);
        RIG_TRY(view_project(camera, truth, &seen, arena, err));
        results[n] = &found[n];
        truths[n++] = seen;
    }
    if (n == 0)
        return rig_fail(err, RIG_ERR_DATA, "%s: no view of which the truth has a camera", folder);
    return rig_eval_keypoints(results, &skeleton, truths, truth_skeleton, n, error, arena, err);
}
