#include "report/person_fit.h"

#include <math.h>

enum { SHARED_LEAST = 3, PEOPLE_MOST = 128 };
static const double NEAR = 0.05; // of the picture's diagonal: beyond it nobody is matched

void rig_person_fit_add(rig_person_fit *fit, const rig_frame3d *frame, int n_joints) {
    fit->frames++;
    fit->frames_with += frame->n > 0;
    fit->people += frame->n;
    for (int i = 0; i < frame->n; i++) {
        const rig_person3d *person = &frame->people[i];
        fit->n_ids = person->id > fit->n_ids ? person->id : fit->n_ids;
        for (int j = 0; j < n_joints; j++) {
            const rig_joint3d *joint = &person->joints[j];
            fit->states[joint->state]++;
            rig_reprojection_add(&fit->reprojection, joint);
            for (int k = 0; k < 3; k++)
                fit->reach_m = fmax(fit->reach_m, fabs(joint->p[k]));
        }
    }
}

// Found less reprojected. False where the joint is not in both.
static bool residual(const rig_view_camera *camera, const rig_joint3d *joint, const rig_joint2d *found, double d[2]) {
    double p[3], q[2];
    if (!found->found || (joint->state != RIG_JOINT_OK && joint->state != RIG_JOINT_FILLED))
        return false;
    rig_pose_apply(&camera->Rt_cam_world, joint->p, p);
    if (!rig_camera_project(&camera->camera, p, q, NULL, NULL))
        return false;
    d[0] = found->q[0] - q[0];
    d[1] = found->q[1] - q[1];
    return true;
}

// Infinite where too few joints are in both.
static double distance(const rig_view_camera *camera, const rig_person2d *seen, const rig_person3d *person,
                       int n_joints) {
    double sum = 0, d[2];
    int n = 0;
    for (int j = 0; j < n_joints; j++)
        if (residual(camera, &person->joints[j], &seen->joints[j], d)) {
            sum += hypot(d[0], d[1]);
            n++;
        }
    return n < rig_joints_needed(n_joints, SHARED_LEAST) ? INFINITY : sum / n;
}

static void matched_add(rig_view_fit *fit, const rig_view_camera *camera, const rig_person2d *seen,
                        const rig_person3d *person, int n_joints) {
    double d[2];
    fit->matched++;
    for (int j = 0; j < n_joints; j++)
        if (residual(camera, &person->joints[j], &seen->joints[j], d)) {
            fit->joints++;
            fit->sum[0] += d[0];
            fit->sum[1] += d[1];
            fit->squares += d[0] * d[0] + d[1] * d[1];
        }
}

// Whether most of a person's joints lie in the camera's picture: there it should have been found.
static bool in_picture(const rig_view_camera *camera, const rig_person3d *person, int n_joints) {
    int inside = 0, placed = 0;
    for (int j = 0; j < n_joints; j++) {
        const rig_joint3d *joint = &person->joints[j];
        double p[3], q[2];
        if (joint->state != RIG_JOINT_OK && joint->state != RIG_JOINT_FILLED)
            continue;
        placed++;
        rig_pose_apply(&camera->Rt_cam_world, joint->p, p);
        inside += rig_camera_project(&camera->camera, p, q, NULL, NULL) && q[0] > -0.5 && q[1] > -0.5 &&
                  q[0] < camera->camera.width - 0.5 && q[1] < camera->camera.height - 0.5;
    }
    return placed >= rig_joints_needed(n_joints, SHARED_LEAST) && 2 * inside > placed;
}

void rig_person_fit_match(const rig_view_camera *camera, const rig_frame2d *frame2d, const rig_frame3d *frame3d,
                          int n_joints, int *who, rig_view_fit *fit) {
    float apart[PEOPLE_MOST][PEOPLE_MOST]; // pixels; infinite: no pair, or one of them is taken
    const int n2 = frame2d->n < PEOPLE_MOST ? frame2d->n : PEOPLE_MOST;
    const int n3 = !frame3d || !camera->has_pose ? 0 : frame3d->n < PEOPLE_MOST ? frame3d->n : PEOPLE_MOST;
    fit->frames++;
    fit->frames_with += frame2d->n > 0;
    fit->people += frame2d->n;
    for (int i = 0; i < frame2d->n; i++)
        who[i] = -1;
    for (int k = 0; k < n3; k++) {
        fit->expected += in_picture(camera, &frame3d->people[k], n_joints);
        for (int i = 0; i < n2; i++)
            apart[i][k] = (float)distance(camera, &frame2d->people[i], &frame3d->people[k], n_joints);
    }
    for (int round = 0; round < n3; round++) {
        double best = NEAR * fit->diagonal_px;
        int at[2] = {-1, -1};
        for (int i = 0; i < n2; i++)
            for (int k = 0; k < n3; k++)
                if ((double)apart[i][k] < best) {
                    best = (double)apart[i][k];
                    at[0] = i;
                    at[1] = k;
                }
        if (at[0] < 0)
            return;
        who[at[0]] = at[1];
        for (int i = 0; i < n2; i++)
            apart[i][at[1]] = INFINITY;
        for (int k = 0; k < n3; k++)
            apart[at[0]][k] = INFINITY;
        matched_add(fit, camera, &frame2d->people[at[0]], &frame3d->people[at[1]], n_joints);
    }
}

double rig_view_fit_rms_px(const rig_view_fit *fit) {
    return fit->joints ? sqrt(fit->squares / (double)fit->joints) : 0;
}

double rig_view_fit_bias_px(const rig_view_fit *fit) {
    return fit->joints ? hypot(fit->sum[0], fit->sum[1]) / (double)fit->joints : 0;
}
