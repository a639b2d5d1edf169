// A network as this room knows it: what its file says, and a runtime that computes it.
#ifndef RIG_NN_NET_HPP
#define RIG_NN_NET_HPP

#include "nn/net.h"
#include "nn/onnx.hpp"

#include <cstdint>
#include <memory>

struct rig_net {
    std::string path, runtime;
    std::vector<std::string> outputs; // of the file, in its order
    std::string input;                // the only one

    rig_net() = default;
    rig_net(const rig_net &) = delete;
    rig_net &operator=(const rig_net &) = delete;
    virtual ~rig_net() = default;
    // names: one a tensor, each of `outputs`. May throw.
    virtual rig_status run(const float *pixels, int width, int height, const std::vector<std::string> &names,
                           rig_tensor *tensors, rig_err *err) = 0;
};

namespace rig {

using net_ptr = std::unique_ptr<rig_net>;

// Fails with RIG_ERR_CV: an operation that OpenCV lacks.
RIG_CHECKED rig_status opencv_net_open(const bytes &file, const char *path, net_ptr *net, rig_err *err);
// file: freed of its size (onnx_loosen). Fails with RIG_ERR_CONFIG (no library, no such provider) and RIG_ERR_CV (what
// ONNX Runtime says of the network).
RIG_CHECKED rig_status ort_net_open(const rig_runtime *runtime, const bytes &file, const char *path, net_ptr *net,
                                    rig_err *err);
RIG_CHECKED rig_status ort_describe(rig_runtime_info *info, rig_err *err);

// Fails with RIG_ERR_FORMAT: more axes than a rig_tensor has.
RIG_CHECKED rig_status tensor_fill(const rig_net *net, const std::string &name, const std::vector<std::int64_t> &dims,
                                   const float *data, rig_tensor *tensor, rig_err *err);

} // namespace rig

#endif
