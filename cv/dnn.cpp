#include "cv/dnn.h"
#include "cv/internal.hpp"

#include <opencv2/dnn.hpp>

#include <memory>

struct rig_cv_net {
    cv::dnn::Net net;
    std::string path;
    std::vector<cv::Mat> results; // of the last run
};

const char *rig_cv_version(void) {
    return CV_VERSION;
}

rig_status rig_cv_net_import(const unsigned char *onnx, std::size_t n, const char *path, rig_cv_net **net,
                             rig_err *err) {
    *net = nullptr;
    return rig::opencv_guard(path, err, [&] {
        std::unique_ptr<rig_cv_net> opened(new rig_cv_net{cv::dnn::readNetFromONNX((const char *)onnx, n), path, {}});
        if (opened->net.empty())
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' has no layers", path);
        opened->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        opened->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        // Fusing a batch normalisation into a transposed convolution of groups gives wrong numbers in OpenCV 4.6,
        // without a word. Going without costs a MobileNet 0 to 4 % of its time.
        opened->net.enableFusion(false);
        *net = opened.release();
        return RIG_OK;
    });
}

rig_status rig_cv_net_run(rig_cv_net *net, const float *input, int width, int height, const char *const *names, int n,
                          rig_cv_tensor *outputs, rig_err *err) {
    return rig::opencv_guard(net->path.c_str(), err, [&] {
        const int shape[4] = {1, 3, height, width};
        net->net.setInput(cv::Mat(4, shape, CV_32F, const_cast<float *>(input)));
        net->net.forward(net->results, std::vector<cv::String>(names, names + n));
        for (int i = 0; i < n; i++) {
            const cv::Mat &mat = net->results[(std::size_t)i];
            if (mat.type() != CV_32F || !mat.isContinuous())
                return rig_fail(err, RIG_ERR_FORMAT, "'%s': output '%s' is not a tensor of floats", net->path.c_str(),
                                names[i]);
            outputs[i] = rig_cv_tensor{mat.dims, mat.size.p, mat.ptr<float>()};
        }
        return RIG_OK;
    });
}

void rig_cv_net_close(rig_cv_net *net) {
    delete net;
}
