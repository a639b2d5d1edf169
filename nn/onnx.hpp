// ONNX files as bytes: what they call their inputs and outputs, and rewritten for the runtimes.
#ifndef RIG_NN_ONNX_HPP
#define RIG_NN_ONNX_HPP

#include "cv/guard.hpp"

namespace rig {

// The names in an ONNX file, in its order; inputs are those that are no weights.
struct onnx_names {
    std::vector<std::string> inputs, outputs;
};
// Fails with RIG_ERR_FORMAT: truncated, or no ONNX; path is for the text only.
RIG_CHECKED rig_status onnx_names_read(const bytes &file, const char *path, onnx_names *names, rig_err *err);

// The same network for pictures of any size: height and width of its input, and what the file says of sizes behind it,
// are left to be found. Networks of convolutions work at any size, and are exported for one. The file must be whole.
bytes onnx_loosen(const bytes &file, const std::string &input);

// The same network with what OpenCV's importer lacks in words that it has: Clip's limits, where they are constants, as
// attributes. The file must be whole. Fails with RIG_ERR_FORMAT: an operation reads what nothing gives.
RIG_CHECKED rig_status onnx_for_opencv(const bytes &file, const char *path, bytes *taken, rig_err *err);

} // namespace rig

#endif
