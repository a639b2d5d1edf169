// What computes networks: OpenCV, or ONNX Runtime where its library is found.
#ifndef RIG_NN_RUNTIME_H
#define RIG_NN_RUNTIME_H

#include "core/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rig_backend { RIG_BACKEND_AUTO, RIG_BACKEND_OPENCV, RIG_BACKEND_ONNXRUNTIME } rig_backend;

// What computes a network. Zeroed: ONNX Runtime where its library is found, else OpenCV; one thread of the CPU. Where
// that library is only the environment and the system say ($RIGPOSE_ONNXRUNTIME): loading one runs its code.
typedef struct rig_runtime {
    rig_backend backend;
    bool cuda;   // by ONNX Runtime's provider
    int threads; // ONNX Runtime's for one network; 0: 1
} rig_runtime;

typedef struct rig_runtime_info {
    char version[32], library[1024]; // library: "" for OpenCV
    char providers[32];              // "cpu", "cpu cuda"
} rig_runtime_info;
// What rig_net_open would take: OpenCV for RIG_BACKEND_OPENCV, else ONNX Runtime. Fails with RIG_ERR_CONFIG: no ONNX
// Runtime, and what was tried.
RIG_CHECKED rig_status rig_runtime_describe(const rig_runtime *runtime, rig_runtime_info *info, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
