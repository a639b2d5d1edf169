// What the files of this room share: the door that no exception passes, images as matrices, files as bytes.
#ifndef RIG_CV_INTERNAL_HPP
#define RIG_CV_INTERNAL_HPP

#include "core/image.h"

#include <opencv2/core.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace rig {

using bytes = std::vector<unsigned char>;

// The exception in flight as a status, its text copied out: `subject: what it says`. Only inside a catch block.
RIG_CHECKED rig_status failure(const char *subject, rig_err *err) noexcept;

// RIG_ERR_CV, in one line: `subject: who: text`.
RIG_CHECKED rig_status fail_runtime(const char *subject, const char *who, const char *text, rig_err *err);

// Run work, which returns a status; whatever it throws becomes one.
template <typename Work> RIG_CHECKED rig_status guard(const char *subject, rig_err *err, Work work) noexcept {
    try {
        return work();
    } catch (...) {
        return failure(subject, err);
    }
}

// The image's own pixels as a matrix: no copy. A const image must not be written through it.
cv::Mat wrap(const rig_image *image);
// The matrix's own pixels (8-bit, 1 or 3 channels) as an image: no copy, valid as long as the matrix.
rig_image unwrap(const cv::Mat &mat);

// Fails with RIG_ERR_IO where path is not there, is no regular file or cannot be read, RIG_ERR_FORMAT where it is
// empty.
RIG_CHECKED rig_status file_check(const char *path, rig_err *err);
// The whole file. Fails as file_check does.
RIG_CHECKED rig_status file_bytes(const char *path, bytes *out, rig_err *err);
// The lower-case ending of path, without its dot; "" where it has none.
std::string path_ending(const char *path);

// Whether bytes that begin as a JPEG or a PNG lack their end. Other formats: false; their decoders notice.
bool picture_is_cut(const bytes &file);

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
