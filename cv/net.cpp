// Networks by OpenCV's dnn: always there, and slower.
#include "cv/net.hpp"

#include <opencv2/dnn.hpp>

#include <cstdio>

namespace {

struct opencv_net final : rig_net {
    cv::dnn::Net net;
    std::vector<cv::Mat> results; // of the last run

    rig_status run(const float *pixels, int width, int height, const std::vector<std::string> &names,
                   rig_tensor *tensors, rig_err *err) override {
        const int shape[4] = {1, 3, height, width};
        net.setInput(cv::Mat(4, shape, CV_32F, const_cast<float *>(pixels)));
        net.forward(results, std::vector<cv::String>(names.begin(), names.end()));
        for (std::size_t i = 0; i < names.size(); i++) {
            const cv::Mat &mat = results[i];
            if (mat.type() != CV_32F || !mat.isContinuous())
                return rig_fail(err, RIG_ERR_FORMAT, "'%s': output '%s' is no tensor of floats", path.c_str(),
                                names[i].c_str());
            std::vector<std::int64_t> dims(mat.size.p, mat.size.p + mat.dims);
            RIG_TRY(rig::tensor_fill(this, names[i], dims, mat.ptr<float>(), &tensors[i], err));
        }
        return RIG_OK;
    }
};

} // namespace

rig_status rig::opencv_net_open(const bytes &file, const char *path, net_ptr *net, rig_err *err) {
    std::unique_ptr<opencv_net> opened(new opencv_net);
    bytes taken;
    RIG_TRY(onnx_for_opencv(file, path, &taken, err));
    opened->net = cv::dnn::readNetFromONNX((const char *)taken.data(), taken.size());
    if (opened->net.empty())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' has no layers", path);
    opened->net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    opened->net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
    // Fusing a batch normalisation into a transposed convolution of groups gives wrong numbers in OpenCV 4.6,
    // without a word. Going without costs a MobileNet 0 to 4 % of its time.
    opened->net.enableFusion(false);
    opened->runtime = "opencv " CV_VERSION;
    *net = std::move(opened);
    return RIG_OK;
}
