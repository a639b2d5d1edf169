// Networks by OpenCV's dnn: always there, and slower.
#include "cv/dnn.h"
#include "nn/net.hpp"

namespace {

struct opencv_net final : rig_net {
    rig_cv_net *net = nullptr;

    opencv_net() = default;
    opencv_net(const opencv_net &) = delete;
    opencv_net &operator=(const opencv_net &) = delete;
    ~opencv_net() override {
        rig_cv_net_close(net);
    }

    rig_status run(const float *pixels, int width, int height, const std::vector<std::string> &names,
                   rig_tensor *tensors, rig_err *err) override {
        std::vector<const char *> wanted;
        for (const std::string &name : names)
            wanted.push_back(name.c_str());
        std::vector<rig_cv_tensor> found(names.size());
        RIG_TRY(rig_cv_net_run(net, pixels, width, height, wanted.data(), (int)wanted.size(), found.data(), err));
        for (std::size_t i = 0; i < names.size(); i++) {
            const std::vector<std::int64_t> dims(found[i].dims, found[i].dims + found[i].n_dims);
            RIG_TRY(rig::tensor_fill(this, names[i], dims, found[i].data, &tensors[i], err));
        }
        return RIG_OK;
    }
};

} // namespace

rig_status rig::opencv_net_open(const bytes &file, const char *path, net_ptr *net, rig_err *err) {
    std::unique_ptr<opencv_net> opened(new opencv_net);
    bytes taken;
    RIG_TRY(onnx_for_opencv(file, path, &taken, err));
    RIG_TRY(rig_cv_net_import(taken.data(), taken.size(), path, &opened->net, err));
    opened->runtime = std::string("opencv ") + rig_cv_version();
    *net = std::move(opened);
    return RIG_OK;
}
