// What the files of this room share: images as matrices.
#ifndef RIG_CV_INTERNAL_HPP
#define RIG_CV_INTERNAL_HPP

#include "core/image.h"
#include "cv/guard.hpp"

#include <opencv2/core.hpp>

namespace rig {

// OpenCV's exception as a status, its text copied out.
RIG_CHECKED rig_status opencv_failure(const char *subject, const cv::Exception &e, rig_err *err) noexcept;
// guard() for work that calls OpenCV.
template <typename Work> RIG_CHECKED rig_status opencv_guard(const char *subject, rig_err *err, Work work) noexcept {
    return guard(subject, err, [&]() -> rig_status {
        try {
            return work();
        } catch (const cv::Exception &e) {
            return opencv_failure(subject, e, err);
        }
    });
}

// The image's own pixels as a matrix: no copy. A const image must not be written through it.
cv::Mat wrap(const rig_image *image);
// The matrix's own pixels (8-bit, 1 or 3 channels) as an image: no copy, valid as long as the matrix.
rig_image unwrap(const cv::Mat &mat);

// Whether bytes begin as a picture that is read: JPEG, PNG, BMP, TIFF, WebP, PGM or PPM.
// OpenCV as Debian builds it would hand anything else to GDAL and to a reader of medical pictures, which abort() on
// some.
bool picture_is_known(const bytes &file);
// Whether bytes that begin as a JPEG or a PNG lack their end. Other formats: false; their decoders notice.
bool picture_is_cut(const bytes &file);
bool is_tiff(const bytes &file);
// What a JPEG, PNG, BMP or TIFF says of its size. Other formats, or too short: false. Their decoders have limits of
// their own.
bool picture_size(const bytes &file, double *width, double *height);
// Fails with RIG_ERR_FORMAT where a picture has more pixels than are decoded.
enum { PIXELS_MAX = 268000000 }; // 16384 x 16384, about; 0.8 GB
RIG_CHECKED rig_status size_check(const char *path, double width, double height, rig_err *err);

// How it asks viewers to show it; as it is where it does not say.
rig_orientation picture_orientation(const bytes &file);

} // namespace rig

#endif
