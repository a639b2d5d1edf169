// Opening and running a network: reads what the file says of itself, chooses the runtime, finds tensors by name.
#include "nn/net.hpp"
#include "cv/dnn.h"
#include "nn/ort_library.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <cstring>

static std::string list_of(const std::vector<std::string> &names) {
    std::string list;
    for (const std::string &name : names)
        list += (list.empty() ? "'" : ", '") + name + "'";
    return list;
}

static rig_status input_choose(const char *path, const char *wanted, const std::vector<std::string> &inputs,
                               std::string *input, rig_err *err) {
    if (inputs.size() != 1)
        return rig_fail(err, RIG_ERR_CONFIG, "'%s' has %zu inputs: %s, expected one", path, inputs.size(),
                        list_of(inputs).c_str());
    if (*wanted && inputs[0] != wanted)
        return rig_fail(err, RIG_ERR_CONFIG, "'%s' has no input '%s', it has '%s'", path, wanted, inputs[0].c_str());
    *input = inputs[0];
    return RIG_OK;
}

// auto is ONNX Runtime where it loads. What OpenCV cannot import, ONNX Runtime often can: say so.
static rig_status backend_open(const rig_runtime *runtime, const rig::bytes &file, const std::string &input,
                               const char *path, rig::net_ptr *net, rig_err *err) {
    rig_err why;
    const rig::ort_library *library;
    bool ort = runtime->backend == RIG_BACKEND_ONNXRUNTIME || runtime->cuda;
    if (!ort && runtime->backend == RIG_BACKEND_AUTO)
        ort = rig::ort_library_find(&library, &why) == RIG_OK;
    if (ort)
        return rig::ort_net_open(runtime, rig::onnx_loosen(file, input), path, net, err);
    rig_status status = rig::guard(path, err, [&] { return rig::opencv_net_open(file, path, net, err); });
    if (status == RIG_ERR_CV && err) {
        std::size_t used = std::strlen(err->text);
        std::snprintf(err->text + used, sizeof err->text - used, "; ONNX Runtime supports more networks than OpenCV%s",
                      runtime->backend == RIG_BACKEND_AUTO ? ", but was not found" : "");
    }
    return status;
}

rig_status rig_net_open(const char *onnx_path, const char *input, const rig_runtime *runtime, rig_net **net,
                        rig_err *err) {
    *net = nullptr;
    return rig::guard(onnx_path, err, [&] {
        rig::bytes file;
        rig::onnx_names names;
        rig::net_ptr opened;
        std::string own_input;
        RIG_TRY(rig::file_bytes(onnx_path, &file, err));
        RIG_TRY(rig::onnx_names_read(file, onnx_path, &names, err));
        RIG_TRY(input_choose(onnx_path, input, names.inputs, &own_input, err));
        RIG_TRY(backend_open(runtime, file, own_input, onnx_path, &opened, err));
        opened->path = onnx_path;
        opened->input = own_input;
        opened->outputs = names.outputs;
        *net = opened.release();
        return RIG_OK;
    });
}

// The names of the wanted tensors, each known to the file.
static rig_status names_find(const rig_net *net, const rig_tensor *outputs, int n, std::vector<std::string> *names,
                             rig_err *err) {
    for (int i = 0; i < n; i++) {
        std::string name = outputs[i].name;
        const int place = outputs[i].place ? outputs[i].place : i + 1;
        if (name.empty() && place <= (int)net->outputs.size())
            name = net->outputs[(std::size_t)place - 1];
        if (name.empty())
            return rig_fail(err, RIG_ERR_CONFIG, "'%s' has no output %d, it has %zu: %s", net->path.c_str(), place,
                            net->outputs.size(), list_of(net->outputs).c_str());
        if (std::find(net->outputs.begin(), net->outputs.end(), name) == net->outputs.end())
            return rig_fail(err, RIG_ERR_CONFIG, "'%s' has no output '%s', it has %s", net->path.c_str(), name.c_str(),
                            list_of(net->outputs).c_str());
        names->push_back(name);
    }
    return RIG_OK;
}

rig_status rig::tensor_fill(const rig_net *net, const std::string &name, const std::vector<std::int64_t> &dims,
                            const float *data, rig_tensor *tensor, rig_err *err) {
    const std::size_t dims_max = sizeof tensor->dims / sizeof *tensor->dims;
    if (dims.size() > dims_max)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s': output '%s' has %zu axes, expected at most %zu", net->path.c_str(),
                        name.c_str(), dims.size(), dims_max);
    std::snprintf(tensor->name, sizeof tensor->name, "%s", name.c_str());
    tensor->n_dims = (int)dims.size();
    std::memset(tensor->dims, 0, sizeof tensor->dims);
    for (std::size_t k = 0; k < dims.size(); k++)
        tensor->dims[k] = (int)dims[k];
    tensor->data = data;
    return RIG_OK;
}

rig_status rig_net_run(rig_net *net, const float *input, int width, int height, rig_tensor *outputs, int n_outputs,
                       rig_err *err) {
    assert(width > 0 && height > 0 && n_outputs > 0);
    rig_status status = rig::guard(net->path.c_str(), err, [&] {
        std::vector<std::string> names;
        RIG_TRY(names_find(net, outputs, n_outputs, &names, err));
        return net->run(input, width, height, names, outputs, err);
    });
    return status == RIG_ERR_CV ? rig_fail_in(err, status, "network input of %dx%d: ", width, height) : status;
}

const char *rig_net_runtime(const rig_net *net) {
    return net->runtime.c_str();
}

void rig_net_close(rig_net *net) {
    delete net;
}

rig_status rig_runtime_describe(const rig_runtime *runtime, rig_runtime_info *info, rig_err *err) {
    *info = rig_runtime_info{};
    if (runtime->backend != RIG_BACKEND_OPENCV)
        return rig::guard("ONNX Runtime", err, [&] { return rig::ort_describe(info, err); });
    std::snprintf(info->version, sizeof info->version, "%s", rig_cv_version());
    std::snprintf(info->providers, sizeof info->providers, "cpu");
    return RIG_OK;
}
