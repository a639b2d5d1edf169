// Networks in ONNX files, whatever computes them. Nothing of a runtime's types or exceptions passes: every failure is a
// status with its text copied out.
#ifndef RIG_NN_NET_H
#define RIG_NN_NET_H

#include "nn/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_net rig_net;
typedef struct rig_tensor {
    char name[RIG_NAME_MAX];
    int place; // where it has no name: which of the file's outputs, from 1; 0: as it lies among those asked for
    int n_dims, dims[6];
    const float *data; // owned by the net until its next run
} rig_tensor;

// Load an ONNX network, for one thread at a time.
//   input    the name of its only input; "": whatever it is
//   runtime  what is to compute it; auto: ONNX Runtime where its library loads, else OpenCV
// Fails with RIG_ERR_IO, RIG_ERR_FORMAT (no ONNX, truncated), naming onnx_path, RIG_ERR_CONFIG (no such input, runtime
// or provider) and RIG_ERR_CV (what the runtime says of the network: an operation that it lacks).
RIG_CHECKED rig_status rig_net_open(const char *onnx_path, const char *input, const rig_runtime *runtime, rig_net **net,
                                    rig_err *err);
// What computes it: "opencv 4.6.0", "onnxruntime 1.30.0".
const char *rig_net_runtime(const rig_net *net);
// Run on a 1 x 3 x height x width input (planar, already normalised). outputs, in/out: where a name is given, that
// tensor; else the one at its place in the file's order. Fails with RIG_ERR_CONFIG (no such output, naming those that
// there are), RIG_ERR_CV (the network does not take this size).
RIG_CHECKED rig_status rig_net_run(rig_net *net, const float *input, int width, int height, rig_tensor *outputs,
                                   int n_outputs, rig_err *err);
void rig_net_close(rig_net *net); // NULL is fine

// A stored input and the outputs it gives: raw float32 files. Zeroed: none.
typedef struct rig_selfcheck {
    int width, height; // of the input; 0: the nominal size
    char input[1024], output[1024];
    double tolerance;
} rig_selfcheck;

// Run on a stored input and compare with the stored outputs: the input planar, the outputs one after the other.
//   width, height  of the input, pixels, where check does not say
//   outputs        as rig_net_run takes them
//   worst          the largest difference
// Fails with RIG_ERR_FORMAT where it is above tolerance, naming output and runtime, or a file has another length than
// it should; and as rig_net_run does.
RIG_CHECKED rig_status rig_net_check(rig_net *net, const rig_selfcheck *check, int width, int height,
                                     rig_tensor *outputs, int n_outputs, double *worst, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
