#include "pose/detect.h"

#include "cv/cv.h"
#include "pose/decode.h"
#include "pose/fuse.h"
#include "pose/preprocess.h"

#include <string.h>

struct rig_detector {
    rig_model model;
    rig_net *net;
    rig_preprocess input;
    rig_fusion fusion;
};

static void tensors_name(const rig_model *model, rig_tensor tensors[RIG_OUTPUTS_MAX]) {
    memset(tensors, 0, sizeof *tensors * RIG_OUTPUTS_MAX);
    for (int i = 0; i < model->n_outputs; i++)
        memcpy(tensors[i].name, model->outputs[i].name, sizeof tensors[i].name);
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

static void affine_apply(const double A[6], double q[2]) {
    double x = q[0], y = q[1];
    q[0] = A[0] * x + A[1] * y + A[2];
    q[1] = A[3] * x + A[4] * y + A[5];
}

// From the grid to the picture. What lies in the padding is no sight of anything; who has only such joints is nobody.
static void to_picture(const rig_detector *detector, const rig_image *picture, rig_frame2d *frame) {
    int kept = 0;
    for (int i = 0; i < frame->n; i++) {
        int n_found = 0;
        for (int k = 0; k < detector->model.skeleton.n; k++) {
            rig_joint2d *joint = &frame->people[i].joints[k];
            if (!joint->found)
                continue;
            affine_apply(detector->fusion.A_net_hm, joint->q);
            affine_apply(detector->input.A_cam_net, joint->q);
            joint->found = joint->q[0] >= -0.5 && joint->q[0] <= picture->width - 0.5 && joint->q[1] >= -0.5 &&
                           joint->q[1] <= picture->height - 0.5;
            n_found += joint->found;
        }
        if (n_found > 0)
            frame->people[kept++] = frame->people[i];
    }
    frame->n = kept;
}

rig_status rig_detector_run(rig_detector *detector, const rig_image *picture, rig_frame2d *frame, rig_arena *out,
                            rig_arena *scratch, rig_err *err) {
    const rig_model *model = &detector->model;
    rig_preprocess *input = &detector->input;
    rig_tensor tensors[RIG_OUTPUTS_MAX];
    frame->n = 0;
    frame->people = NULL;
    RIG_TRY(rig_preprocess_run(input, model, picture, err));
    RIG_TRY(run_net(detector, tensors, err));
    RIG_TRY(rig_fusion_run(&detector->fusion, model, tensors, input->width, input->height, scratch, err));
    RIG_TRY(rig_maps_decode(&detector->fusion.maps, model, frame, out, scratch, err));
    to_picture(detector, picture, frame);
    return RIG_OK;
}

long rig_detector_not_finite(const rig_detector *detector) {
    return detector->fusion.not_finite;
}

void rig_detector_close(rig_detector *detector) {
    if (!detector)
        return;
    rig_net_close(detector->net);
    rig_preprocess_release(&detector->input);
    rig_fusion_release(&detector->fusion);
    rig_heap_free(detector);
}
