// ONNX Runtime's library: found and loaded while the program runs, by declarations of our own. OrtApi is a table of
// functions that only ever grows; the numbers in ort_library.cpp are places in it, as onnxruntime_c_api.h orders them.
#ifndef RIG_NN_ORT_LIBRARY_HPP
#define RIG_NN_ORT_LIBRARY_HPP

#include "cv/guard.hpp"
#include "nn/runtime.h"

#include <cstdint>

namespace rig {

// Opaque to us.
struct ort_status;
struct ort_env;
struct ort_session;
struct ort_options;
struct ort_memory;
struct ort_value;
struct ort_shape;
struct ort_allocator;
struct ort_cuda_options;

// Those of its functions that are used. A status of NULL is success.
struct ort_api {
    const char *(*error_message)(const ort_status *);
    ort_status *(*env_create)(int log_level, const char *id, ort_env **);
    ort_status *(*session_create)(const ort_env *, const void *file, std::size_t bytes, const ort_options *,
                                  ort_session **);
    ort_status *(*run)(ort_session *, const void *run_options, const char *const *input_names,
                       const ort_value *const *inputs, std::size_t n_inputs, const char *const *output_names,
                       std::size_t n_outputs, ort_value **outputs);
    ort_status *(*options_create)(ort_options **);
    ort_status *(*optimisation_set)(ort_options *, int level);
    ort_status *(*intra_threads_set)(ort_options *, int);
    ort_status *(*inter_threads_set)(ort_options *, int);
    ort_status *(*tensor_wrap)(const ort_memory *, void *data, std::size_t bytes, const std::int64_t *dims,
                               std::size_t n_dims, int type, ort_value **);
    ort_status *(*tensor_data)(ort_value *, void **);
    ort_status *(*shape_type)(const ort_shape *, int *);
    ort_status *(*shape_count)(const ort_shape *, std::size_t *);
    ort_status *(*shape_dims)(const ort_shape *, std::int64_t *, std::size_t);
    ort_status *(*tensor_shape)(const ort_value *, ort_shape **);
    ort_status *(*cpu_memory)(int allocator, int type, ort_memory **);
    void (*status_release)(ort_status *);
    void (*memory_release)(ort_memory *);
    void (*session_release)(ort_session *);
    void (*value_release)(ort_value *);
    void (*shape_release)(ort_shape *);
    void (*options_release)(ort_options *);
    ort_status *(*providers)(char ***, int *);
    ort_status *(*providers_release)(char **, int);
    ort_status *(*entry_add)(ort_options *, const char *key, const char *value);
    ort_status *(*cuda_append)(ort_options *, const ort_cuda_options *);
    ort_status *(*cuda_create)(ort_cuda_options **);
    void (*cuda_release)(ort_cuda_options *);
};

struct ort_library {
    std::string path, version;
    std::vector<std::string> providers; // "CPUExecutionProvider", ...
    ort_api api;
    ort_env *env; // lives as long as the process
};

// The first that loads: $RIGPOSE_ONNXRUNTIME, the system's. Loaded once a process. Fails with
// RIG_ERR_CONFIG, saying what was tried. For any thread.
RIG_CHECKED rig_status ort_library_find(const ort_library **library, rig_err *err);

// What a function returned, as a status of ours; it is released. Fails with RIG_ERR_CV.
RIG_CHECKED rig_status ort_took(const ort_library *library, const char *subject, ort_status *status, rig_err *err);

} // namespace rig

#endif
