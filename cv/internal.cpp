#include "cv/internal.hpp"

namespace rig {

rig_status opencv_failure(const char *subject, const cv::Exception &e, rig_err *err) noexcept {
    if (e.code == cv::Error::StsNoMem)
        return rig_fail_memory(err, subject);
    return fail_runtime(subject, "opencv", e.err.c_str(), err);
}

cv::Mat wrap(const rig_image *image) {
    return cv::Mat(image->height, image->width, CV_8UC(image->channels), image->data, (std::size_t)image->stride);
}

rig_image unwrap(const cv::Mat &mat) {
    return rig_image{mat.cols, mat.rows, mat.channels(), (std::ptrdiff_t)mat.step[0], mat.data};
}

} // namespace rig
