// OpenCV's networks (dnn), for nn/ alone: the pipeline opens networks by nn/net.h.
#ifndef RIG_CV_DNN_H
#define RIG_CV_DNN_H

#include "core/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_cv_net rig_cv_net;
typedef struct rig_cv_tensor {
    int n_dims;
    const int *dims;
    const float *data; // both owned by the net until its next run
} rig_cv_tensor;

// OpenCV's version: "4.6.0".
const char *rig_cv_version(void);
// Import an ONNX network of n bytes; path is for texts. For one thread at a time. Fails with RIG_ERR_CV (what OpenCV
// says: an operation that it lacks), RIG_ERR_FORMAT (no layers), RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_cv_net_import(const unsigned char *onnx, size_t n, const char *path, rig_cv_net **net,
                                         rig_err *err);
// Run on a 1 x 3 x height x width input; outputs[i] is the tensor called names[i]. Fails with RIG_ERR_CV (the network
// does not take this size) and RIG_ERR_FORMAT (an output is not a tensor of floats).
RIG_CHECKED rig_status rig_cv_net_run(rig_cv_net *net, const float *input, int width, int height,
                                      const char *const *names, int n, rig_cv_tensor *outputs, rig_err *err);
void rig_cv_net_close(rig_cv_net *net); // NULL is fine

#ifdef __cplusplus
}
#endif
#endif
