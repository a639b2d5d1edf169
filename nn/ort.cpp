// Networks by ONNX Runtime, where its library is found.
#include "nn/net.hpp"
#include "nn/ort_library.hpp"

#include <algorithm>
#include <cstdio>

namespace {

enum { FLOAT = 1, ALLOCATOR_ARENA = 1, MEMORY_DEFAULT = 0, OPTIMISE_ALL = 99 };
const char CUDA[] = "CUDAExecutionProvider";

struct ort_net final : rig_net {
    const rig::ort_library *library;
    rig::ort_session *session = nullptr;
    rig::ort_memory *memory = nullptr;
    std::vector<rig::ort_value *> results; // of the last run

    explicit ort_net(const rig::ort_library *library_) : library(library_) {}
    ort_net(const ort_net &) = delete;
    ort_net &operator=(const ort_net &) = delete;
    ~ort_net() override {
        results_release();
        if (session)
            library->api.session_release(session);
        if (memory)
            library->api.memory_release(memory);
    }

    void results_release() {
        for (rig::ort_value *value : results)
            if (value)
                library->api.value_release(value);
        results.clear();
    }

    rig_status took(rig::ort_status *status, rig_err *err) const {
        return rig::ort_took(library, path.c_str(), status, err);
    }

    rig_status shape_read(const rig::ort_shape *shape, int *type, std::vector<std::int64_t> *dims, rig_err *err) const {
        std::size_t n = 0;
        RIG_TRY(took(library->api.shape_type(shape, type), err));
        RIG_TRY(took(library->api.shape_count(shape, &n), err));
        dims->resize(n);
        return took(library->api.shape_dims(shape, dims->data(), n), err);
    }

    rig_status tensor_read(rig::ort_value *value, const std::string &name, rig_tensor *tensor, rig_err *err) const {
        rig::ort_shape *shape = nullptr;
        std::vector<std::int64_t> dims;
        int type = 0;
        void *data = nullptr;
        RIG_TRY(took(library->api.tensor_shape(value, &shape), err));
        rig_status status = shape_read(shape, &type, &dims, err);
        library->api.shape_release(shape);
        if (status != RIG_OK)
            return status;
        if (type != FLOAT)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s': output '%s' is not a tensor of floats", path.c_str(),
                            name.c_str());
        RIG_TRY(took(library->api.tensor_data(value, &data), err));
        return rig::tensor_fill(this, name, dims, (const float *)data, tensor, err);
    }

    rig_status run(const float *pixels, int width, int height, const std::vector<std::string> &names,
                   rig_tensor *tensors, rig_err *err) override {
        const std::int64_t dims[4] = {1, 3, height, width};
        const std::size_t bytes = sizeof *pixels * 3 * (std::size_t)width * (std::size_t)height;
        rig::ort_value *image = nullptr;
        const char *input_name = input.c_str();
        std::vector<const char *> wanted;
        for (const std::string &name : names)
            wanted.push_back(name.c_str());
        results_release();
        results.resize(names.size());
        RIG_TRY(
            took(library->api.tensor_wrap(memory, const_cast<float *>(pixels), bytes, dims, 4, FLOAT, &image), err));
        rig::ort_status *ran =
            library->api.run(session, nullptr, &input_name, &image, 1, wanted.data(), wanted.size(), results.data());
        library->api.value_release(image);
        RIG_TRY(took(ran, err));
        for (std::size_t i = 0; i < names.size(); i++)
            RIG_TRY(tensor_read(results[i], names[i], &tensors[i], err));
        return RIG_OK;
    }
};

std::string list_of(const std::vector<std::string> &names) {
    std::string list;
    for (const std::string &name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list;
}

rig_status cuda_append(const rig::ort_library *library, rig::ort_options *options, rig_err *err) {
    const std::vector<std::string> &has = library->providers;
    const char *path = library->path.c_str();
    rig::ort_cuda_options *cuda = nullptr;
    if (std::find(has.begin(), has.end(), CUDA) == has.end())
        return rig_fail(err, RIG_ERR_CONFIG, "runtime.provider: cuda: '%s' has no %s, it has %s", path, CUDA,
                        list_of(has).c_str());
    RIG_TRY(rig::ort_took(library, path, library->api.cuda_create(&cuda), err));
    rig::ort_status *appended = library->api.cuda_append(options, cuda);
    library->api.cuda_release(cuda);
    if (rig::ort_took(library, path, appended, err) != RIG_OK)
        return rig_fail_in(err, RIG_ERR_CONFIG, "runtime.provider: cuda: ");
    return RIG_OK;
}

// Threads that spin while they wait take from the other views' what they need.
rig_status options_fill(const rig::ort_library *library, const rig_runtime *runtime, rig::ort_options *options,
                        rig_err *err) {
    const rig::ort_api &api = library->api;
    const char *path = library->path.c_str();
    const int threads = runtime->threads > 0 ? runtime->threads : 1;
    RIG_TRY(rig::ort_took(library, path, api.optimisation_set(options, OPTIMISE_ALL), err));
    RIG_TRY(rig::ort_took(library, path, api.intra_threads_set(options, threads), err));
    RIG_TRY(rig::ort_took(library, path, api.inter_threads_set(options, 1), err));
    RIG_TRY(rig::ort_took(library, path, api.entry_add(options, "session.intra_op.allow_spinning", "0"), err));
    RIG_TRY(rig::ort_took(library, path, api.entry_add(options, "session.inter_op.allow_spinning", "0"), err));
    return runtime->cuda ? cuda_append(library, options, err) : RIG_OK;
}

} // namespace

rig_status rig::ort_net_open(const rig_runtime *runtime, const bytes &file, const char *path, net_ptr *net,
                             rig_err *err) {
    const ort_library *library;
    ort_options *options = nullptr;
    RIG_TRY(ort_library_find(&library, err));
    std::unique_ptr<ort_net> opened(new ort_net(library));
    opened->path = path;
    opened->runtime = "onnxruntime " + library->version + (runtime->cuda ? " cuda" : "");
    RIG_TRY(opened->took(library->api.cpu_memory(ALLOCATOR_ARENA, MEMORY_DEFAULT, &opened->memory), err));
    RIG_TRY(opened->took(library->api.options_create(&options), err));
    rig_status status = options_fill(library, runtime, options, err);
    if (status == RIG_OK)
        status = opened->took(
            library->api.session_create(library->env, file.data(), file.size(), options, &opened->session), err);
    library->api.options_release(options);
    if (status == RIG_OK)
        *net = std::move(opened);
    return status;
}

// A library may be built for CUDA and lack the part that does it: trying tells.
static bool cuda_works(const rig::ort_library *library) {
    rig::ort_options *options = nullptr;
    rig_err why;
    if (rig::ort_took(library, "", library->api.options_create(&options), &why) != RIG_OK)
        return false;
    rig_status status = cuda_append(library, options, &why);
    library->api.options_release(options);
    return status == RIG_OK;
}

rig_status rig::ort_describe(rig_runtime_info *info, rig_err *err) {
    const ort_library *library;
    RIG_TRY(ort_library_find(&library, err));
    std::snprintf(info->version, sizeof info->version, "%s", library->version.c_str());
    std::snprintf(info->library, sizeof info->library, "%s", library->path.c_str());
    std::snprintf(info->providers, sizeof info->providers, "%s", cuda_works(library) ? "cpu cuda" : "cpu");
    return RIG_OK;
}
