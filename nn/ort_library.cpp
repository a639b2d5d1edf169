#include "nn/ort_library.hpp"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <list>
#include <mutex>

namespace rig {

namespace {

// CUDA's options came with 11; later tables begin with the same places.
enum { API_VERSION = 11, LOG_FATAL = 4 };

struct ort_base {
    const void *const *(*api)(std::uint32_t version);
    const char *(*version)();
};

template <typename Function> void slot(const void *const *table, int place, Function *function) {
    static_assert(sizeof *function == sizeof *table, "a function's address is a pointer");
    std::memcpy(function, table + place, sizeof *function);
}

void table_read(const void *const *table, ort_api *api) {
    slot(table, 2, &api->error_message);
    slot(table, 3, &api->env_create);
    slot(table, 8, &api->session_create);
    slot(table, 9, &api->run);
    slot(table, 10, &api->options_create);
    slot(table, 23, &api->optimisation_set);
    slot(table, 24, &api->intra_threads_set);
    slot(table, 25, &api->inter_threads_set);
    slot(table, 49, &api->tensor_wrap);
    slot(table, 51, &api->tensor_data);
    slot(table, 60, &api->shape_type);
    slot(table, 61, &api->shape_count);
    slot(table, 62, &api->shape_dims);
    slot(table, 65, &api->tensor_shape);
    slot(table, 69, &api->cpu_memory);
    slot(table, 93, &api->status_release);
    slot(table, 94, &api->memory_release);
    slot(table, 95, &api->session_release);
    slot(table, 96, &api->value_release);
    slot(table, 99, &api->shape_release);
    slot(table, 100, &api->options_release);
    slot(table, 125, &api->providers);
    slot(table, 126, &api->providers_release);
    slot(table, 130, &api->entry_add);
    slot(table, 204, &api->cuda_append);
    slot(table, 205, &api->cuda_create);
    slot(table, 208, &api->cuda_release);
}

rig_status providers_read(ort_library *library, rig_err *err) {
    char **names = nullptr;
    int n = 0;
    const char *path = library->path.c_str();
    RIG_TRY(ort_took(library, path, library->api.providers(&names, &n), err));
    library->providers.assign(names, names + n);
    return ort_took(library, path, library->api.providers_release(names, n), err);
}

// Once loaded a library stays: its threads and its environment are the process's.
rig_status library_load(const std::string &path, ort_library *library, rig_err *err) {
    if (path.find('/') != std::string::npos)
        RIG_TRY(file_check(path.c_str(), err)); // the loader would wait for who writes a pipe
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle)
        return rig_fail(err, RIG_ERR_CONFIG, "%s", dlerror()); // it names the file
    const ort_base *(*base_get)() = nullptr;
    void *symbol = dlsym(handle, "OrtGetApiBase");
    if (!symbol)
        return rig_fail(err, RIG_ERR_CONFIG, "'%s' is not ONNX Runtime", path.c_str());
    std::memcpy(&base_get, &symbol, sizeof base_get);
    const ort_base *base = base_get();
    const void *const *table = base ? base->api(API_VERSION) : nullptr;
    if (!table)
        return rig_fail(err, RIG_ERR_CONFIG, "'%s' is too old, expected ONNX Runtime 1.11 or newer", path.c_str());
    library->path = path;
    library->version = base->version();
    table_read(table, &library->api);
    // From 1.30 on the library of npm writes an identifier into the home folder and tries to send usage data to its
    // makers; this alone stops both, before the environment is made.
    setenv("ORT_DISABLE_TELEMETRY", "1", 1);
    RIG_TRY(providers_read(library, err));
    return ort_took(library, path.c_str(), library->api.env_create(LOG_FATAL, "rigpose", &library->env), err);
}

struct attempt {
    std::string path;
    rig_status status;
    rig_err err;
    ort_library library;
};

const attempt &attempt_of(const std::string &path) {
    static std::mutex mutex;
    static std::list<attempt> attempts; // its items stay where they are
    std::lock_guard<std::mutex> lock(mutex);
    for (const attempt &known : attempts)
        if (known.path == path)
            return known;
    attempts.push_back(attempt{path, RIG_OK, {""}, {}});
    attempt &made = attempts.back();
    made.status = library_load(path, &made.library, &made.err);
    return made;
}

} // namespace

rig_status ort_library_find(const ort_library **library, rig_err *err) {
    const char *variable = std::getenv("RIGPOSE_ONNXRUNTIME");
    const std::string paths[] = {variable ? variable : "", "libonnxruntime.so.1"};
    std::string tried;
    *library = nullptr;
    for (const std::string &path : paths) {
        if (path.empty())
            continue;
        const attempt &made = attempt_of(path);
        if (made.status == RIG_OK) {
            *library = &made.library;
            return RIG_OK;
        }
        tried += (tried.empty() ? "" : "; ") + std::string(made.err.text);
    }
    return rig_fail(err, RIG_ERR_CONFIG, "no ONNX Runtime: %s", tried.c_str());
}

rig_status ort_took(const ort_library *library, const char *subject, ort_status *status, rig_err *err) {
    if (!status)
        return RIG_OK;
    rig_status failed = fail_runtime(subject, "onnxruntime", library->api.error_message(status), err);
    library->api.status_release(status);
    return failed;
}

} // namespace rig
