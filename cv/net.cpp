#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/dnn.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>

struct rig_net {
    cv::dnn::Net net;
    std::string path;
    std::vector<std::string> outputs; // of the file, in its order
    std::vector<cv::Mat> results;     // of the last run
};

rig_status rig_net_open(const char *onnx_path, rig_net **net, rig_err *err) {
    *net = nullptr;
    return rig::guard(onnx_path, err, [&] {
        rig::bytes file;
        std::unique_ptr<rig_net> opened(new rig_net);
        opened->path = onnx_path;
        RIG_TRY(rig::file_bytes(onnx_path, &file, err));
        RIG_TRY(rig::onnx_outputs(file, onnx_path, &opened->outputs, err));
        opened->net = cv::dnn::readNetFromONNX((const char *)file.data(), file.size());
        if (opened->net.empty())
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' has no layers", onnx_path);
        opened->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        opened->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        // Fusing a batch normalisation into a transposed convolution of groups gives wrong numbers in OpenCV 4.6,
        // without a word. Going without costs a MobileNet 3 to 5 % of its time.
        opened->net.enableFusion(false);
        *net = opened.release();
        return RIG_OK;
    });
}

static std::string list_of(const std::vector<std::string> &names) {
    std::string list;
    for (const std::string &name : names)
        list += (list.empty() ? "'" : ", '") + name + "'";
    return list;
}

// The names of the wanted tensors, each known to the file.
static rig_status names_find(const rig_net *net, const rig_tensor *outputs, int n, std::vector<cv::String> *names,
                             rig_err *err) {
    for (int i = 0; i < n; i++) {
        std::string name = outputs[i].name;
        if (name.empty() && i < (int)net->outputs.size())
            name = net->outputs[(std::size_t)i];
        if (name.empty())
            return rig_fail(err, RIG_ERR_CONFIG, "'%s' has no output %d, it has %zu: %s", net->path.c_str(), i + 1,
                            net->outputs.size(), list_of(net->outputs).c_str());
        if (std::find(net->outputs.begin(), net->outputs.end(), name) == net->outputs.end())
            return rig_fail(err, RIG_ERR_CONFIG, "'%s' has no output '%s', it has %s", net->path.c_str(), name.c_str(),
                            list_of(net->outputs).c_str());
        names->push_back(name);
    }
    return RIG_OK;
}

static rig_status tensor_fill(const rig_net *net, const std::string &name, const cv::Mat &mat, rig_tensor *tensor,
                              rig_err *err) {
    const int dims_max = (int)(sizeof tensor->dims / sizeof *tensor->dims);
    if (mat.type() != CV_32F || mat.dims > dims_max || !mat.isContinuous())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s': output '%s' is no tensor of floats with up to %d axes",
                        net->path.c_str(), name.c_str(), dims_max);
    std::snprintf(tensor->name, sizeof tensor->name, "%s", name.c_str());
    tensor->n_dims = mat.dims;
    std::memset(tensor->dims, 0, sizeof tensor->dims);
    for (int k = 0; k < mat.dims; k++)
        tensor->dims[k] = mat.size[k];
    tensor->data = mat.ptr<float>();
    return RIG_OK;
}

rig_status rig_net_run(rig_net *net, const float *input, int width, int height, rig_tensor *outputs, int n_outputs,
                       rig_err *err) {
    assert(width > 0 && height > 0 && n_outputs > 0);
    std::vector<cv::String> names;
    rig_status status = rig::guard(net->path.c_str(), err, [&] {
        RIG_TRY(names_find(net, outputs, n_outputs, &names, err));
        const int shape[4] = {1, 3, height, width};
        net->net.setInput(cv::Mat(4, shape, CV_32F, const_cast<float *>(input)));
        net->net.forward(net->results, names);
        for (int i = 0; i < n_outputs; i++)
            RIG_TRY(tensor_fill(net, names[(std::size_t)i], net->results[(std::size_t)i], &outputs[i], err));
        return RIG_OK;
    });
    return status == RIG_ERR_CV ? rig_fail_in(err, status, "network input of %dx%d: ", width, height) : status;
}

void rig_net_close(rig_net *net) {
    delete net;
}
