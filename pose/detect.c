#include "pose/detect.h"

#include "pose/blend.h"
#include "pose/confidence.h"
#include "pose/decode.h"
#include "pose/fuse.h"
#include "pose/preprocess.h"
#include "pose/zoom.h"

#include <math.h>
#include <string.h>

struct rig_detector {
    rig_model model;
    rig_net *net;
    rig_preprocess input;
    rig_fusion fusion;
    rig_blend blend;    // of several passes
    rig_maps maps;      // of the last run
    double A_cam_hm[6]; // q_cam = A_cam_hm q_hm
    long not_finite;
    rig_detector *second; // of the second look at each person, or NULL
    rig_arena work;       // the people of each look at one picture
};

static void tensors_name(const rig_model *model, rig_tensor tensors[RIG_OUTPUTS_MAX]) {
    memset(tensors, 0, sizeof *tensors * RIG_OUTPUTS_MAX);
    for (int i = 0; i < model->n_outputs; i++) {
        memcpy(tensors[i].name, model->outputs[i].name, sizeof tensors[i].name);
        tensors[i].place = model->outputs[i].place;
    }
}

static rig_status check_net(rig_net *net, const rig_model *model, rig_err *err) {
    rig_tensor tensors[RIG_OUTPUTS_MAX];
    double worst;
    if (!model->selfcheck.input[0])
        return RIG_OK;
    tensors_name(model, tensors);
    return rig_net_check(net, &model->selfcheck, model->input_width, model->input_height, tensors, model->n_outputs,
                         &worst, err);
}

rig_status rig_detector_open(const rig_model *model, rig_detector **detector, rig_err *err) {
    *detector = NULL;
    RIG_TRY(rig_model_check(model, err));
    rig_detector *made = rig_heap_resize(NULL, 1, sizeof *made);
    if (!made)
        return rig_fail_memory(err, "a detector");
    memset(made, 0, sizeof *made);
    made->model = *model;
    rig_status status = rig_net_open(model->file, model->input_name, &model->runtime, &made->net, err);
    if (status == RIG_OK)
        status = check_net(made->net, model, err);
    if (status == RIG_OK && model->zoom.when != RIG_ZOOM_OFF)
        status = rig_detector_open(model->zoom.model, &made->second, err);
    if (status == RIG_OK)
        *detector = made;
    else
        rig_detector_close(made);
    return status;
}

static rig_status run_net(rig_detector *detector, rig_tensor tensors[RIG_OUTPUTS_MAX], rig_err *err) {
    const rig_model *model = &detector->model;
    tensors_name(model, tensors);
    return rig_net_run(detector->net, detector->input.planar, detector->input.width, detector->input.height, tensors,
                       model->n_outputs, err);
}

// One look: preprocess, network, maps. A pass at another scale has another nominal size.
static rig_status look(rig_detector *detector, const rig_image *picture, const double *window, const rig_pass *pass,
                       rig_arena *scratch, rig_err *err) {
    rig_preprocess *input = &detector->input;
    rig_model *model = &detector->model;
    rig_tensor tensors[RIG_OUTPUTS_MAX];
    const int nominal[2] = {model->input_width, model->input_height}, multiple = model->multiple_of;
    if (fabs(pass->scale - 1) > 1e-9) {
        model->input_width = (int)rig_input_side(nominal[0] * pass->scale, multiple);
        model->input_height = (int)rig_input_side(nominal[1] * pass->scale, multiple);
    }
    rig_status status = window ? rig_preprocess_run_window(input, model, picture, window, err)
                               : rig_preprocess_run(input, model, picture, err);
    model->input_width = nominal[0];
    model->input_height = nominal[1];
    if (status != RIG_OK)
        return status;
    if (pass->flip)
        rig_preprocess_mirror(input);
    RIG_TRY(run_net(detector, tensors, err));
    RIG_TRY(rig_fusion_run(&detector->fusion, model, tensors, input->width, input->height, scratch, err));
    detector->not_finite += detector->fusion.not_finite;
    return RIG_OK;
}

static rig_status look_at_all(rig_detector *detector, const rig_image *picture, const double *window,
                              rig_arena *scratch, rig_err *err) {
    rig_pass list[RIG_PASSES_MAX];
    const int n = rig_passes_list(&detector->model.passes, list);
    if (n == 1) {
        RIG_TRY(look(detector, picture, window, &list[0], scratch, err));
        detector->maps = detector->fusion.maps;
        rig_affine_compose(detector->input.A_cam_net, detector->fusion.A_net_hm, detector->A_cam_hm);
        return RIG_OK;
    }
    for (int i = 0; i < n; i++) {
        RIG_TRY(look(detector, picture, window, &list[i], scratch, err));
        RIG_TRY(rig_blend_add(&detector->blend, &detector->model, &detector->fusion, &detector->input, &list[i], i == 0,
                              n, scratch, err));
    }
    detector->maps = detector->blend.maps;
    memcpy(detector->A_cam_hm, detector->blend.A_cam_hm, sizeof detector->A_cam_hm);
    return RIG_OK;
}

static void affine_apply(const double A[6], double q[2]) {
    double x = q[0], y = q[1];
    q[0] = A[0] * x + A[1] * y + A[2];
    q[1] = A[3] * x + A[4] * y + A[5];
}

static bool place(const double A_cam_hm[6], const rig_image *picture, double q[2]) {
    affine_apply(A_cam_hm, q);
    return q[0] >= -0.5 && q[0] <= picture->width - 0.5 && q[1] >= -0.5 && q[1] <= picture->height - 0.5;
}

static void joint_to_picture(const double A_cam_hm[6], const rig_image *picture, rig_joint2d *joint) {
    int kept = 0;
    joint->found = joint->found && place(A_cam_hm, picture, joint->q);
    for (int i = 0; i < joint->n_others; i++)
        if (place(A_cam_hm, picture, joint->others[i].q))
            joint->others[kept++] = joint->others[i];
    joint->n_others = kept;
}

// From the grid to the picture. What lies in the padding is no sight of anything; who has too few others is nobody.
static void to_picture(const rig_detector *detector, const rig_image *picture, rig_frame2d *frame) {
    int kept = 0;
    for (int i = 0; i < frame->n; i++) {
        int n_found = 0;
        for (int k = 0; k < detector->model.skeleton.n; k++) {
            joint_to_picture(detector->A_cam_hm, picture, &frame->people[i].joints[k]);
            n_found += frame->people[i].joints[k].found;
        }
        if (n_found >= detector->model.decode.min_joints)
            frame->people[kept++] = frame->people[i];
    }
    frame->n = kept;
}

rig_status rig_detector_look(rig_detector *detector, const rig_image *picture, const double *window, rig_frame2d *frame,
                             rig_arena *out, rig_arena *scratch, rig_err *err) {
    frame->n = 0;
    frame->people = NULL;
    RIG_TRY(look_at_all(detector, picture, window, scratch, err));
    RIG_TRY(rig_maps_decode(&detector->maps, &detector->model, frame, out, scratch, err));
    to_picture(detector, picture, frame);
    return RIG_OK;
}

rig_status rig_detector_run(rig_detector *detector, const rig_image *picture, const rig_frame2d *before,
                            rig_frame2d *frame, rig_arena *out, rig_arena *scratch, rig_err *err) {
    detector->not_finite = 0;
    if (!detector->second) {
        RIG_TRY(rig_detector_look(detector, picture, NULL, frame, out, scratch, err));
        rig_people_calibrate(&detector->model.confidence, &detector->model.skeleton, frame);
        return RIG_OK;
    }
    rig_frame2d first = {0};
    rig_arena_clear(&detector->work);
    detector->second->not_finite = 0;
    if (!before)
        RIG_TRY(rig_detector_look(detector, picture, NULL, &first, &detector->work, scratch, err));
    RIG_TRY(rig_people_zoom(detector->second, &detector->model, picture, before ? before : &first, before != NULL,
                            frame, out, &detector->work, scratch, err));
    rig_people_calibrate(&detector->second->model.confidence, &detector->model.skeleton, frame);
    return RIG_OK;
}

const rig_maps *rig_detector_maps(const rig_detector *detector, double A_cam_hm[6]) {
    memcpy(A_cam_hm, detector->A_cam_hm, sizeof detector->A_cam_hm);
    return &detector->maps;
}

long rig_detector_not_finite(const rig_detector *detector) {
    return detector->not_finite + (detector->second ? detector->second->not_finite : 0);
}

void rig_detector_close(rig_detector *detector) {
    if (!detector)
        return;
    rig_net_close(detector->net);
    rig_preprocess_release(&detector->input);
    rig_fusion_release(&detector->fusion);
    rig_blend_release(&detector->blend);
    rig_arena_release(&detector->work);
    rig_detector_close(detector->second);
    rig_heap_free(detector);
}
