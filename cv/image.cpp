#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

// The file's bytes are read here, not by OpenCV: "cannot open" and "not a picture" are different faults.
static rig_status picture_decode(const char *path, bool grey, cv::Mat *picture, rig_err *err) {
    rig::bytes file;
    RIG_TRY(rig::file_bytes(path, &file, err));
    if (rig::picture_is_cut(file))
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is truncated: the picture lacks its end", path);
    int width, height;
    if (rig::picture_size(file, &width, &height))
        RIG_TRY(rig::size_check(path, width, height, err));
    int how = (grey ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR) | cv::IMREAD_IGNORE_ORIENTATION;
    try {
        *picture = cv::imdecode(file, how);
    } catch (const cv::Exception &e) {
        if (e.code == cv::Error::StsNoMem)
            throw;
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' cannot be decoded as a picture: %s", path, e.err.c_str());
    }
    if (picture->empty())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a picture, or is damaged", path);
    return RIG_OK;
}

rig_status rig_cv_image_read(const char *path, bool grey, rig_image *image, rig_err *err) {
    return rig::guard(path, err, [&] {
        cv::Mat picture;
        RIG_TRY(picture_decode(path, grey, &picture, err));
        RIG_TRY(rig_image_resize(image, picture.cols, picture.rows, picture.channels(), err));
        picture.copyTo(rig::wrap(image));
        return RIG_OK;
    });
}

static rig_status bytes_write(const char *path, const rig::bytes &file, rig_err *err) {
    errno = 0;
    FILE *stream = std::fopen(path, "wb");
    bool done = stream && std::fwrite(file.data(), 1, file.size(), stream) == file.size();
    if (stream && std::fclose(stream) != 0)
        done = false;
    return done ? RIG_OK : rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, std::strerror(errno));
}

rig_status rig_cv_image_write(const char *path, const rig_image *image, rig_err *err) {
    return rig::guard(path, err, [&] {
        std::string ending = rig::path_ending(path);
        if (ending != "png" && ending != "jpg" && ending != "jpeg" && ending != "webp")
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': expected an ending of png, jpg or webp", path);
        rig::bytes file;
        if (!cv::imencode("." + ending, rig::wrap(image), file))
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': the picture cannot be encoded", path);
        return bytes_write(path, file, err);
    });
}

static int interpolation_flag(rig_interpolation how) {
    return how == RIG_INTERP_CUBIC ? cv::INTER_CUBIC : cv::INTER_LINEAR;
}

// Where A shrinks, all pixels of src count: src is shrunk by area averages and A made to continue from there.
// A pixel's left edge, not its centre, is what scales: x_src = (x_small + 0.5) / scale - 0.5.
static void shrink_by_area(cv::Mat *src, double A[6]) {
    const double length[2] = {std::hypot(A[0], A[3]), std::hypot(A[1], A[4])};
    const int size[2] = {src->cols, src->rows};
    int small[2];
    for (int k = 0; k < 2; k++) {
        small[k] = (int)std::lround(std::fmin(length[k], 1) * size[k]);
        small[k] = small[k] < 1 ? 1 : small[k];
    }
    if (small[0] == size[0] && small[1] == size[1])
        return;
    cv::Mat shrunk;
    cv::resize(*src, shrunk, cv::Size(small[0], small[1]), 0, 0, cv::INTER_AREA);
    *src = shrunk;
    for (int row = 0; row < 2; row++)
        for (int k = 0; k < 2; k++) {
            double step = (double)size[k] / small[k];
            A[3 * row + 2] += A[3 * row + k] * (0.5 * step - 0.5);
            A[3 * row + k] *= step;
        }
}

rig_status rig_cv_image_warp(const rig_image *src, const double A_dst_src[6], rig_interpolation how,
                             const double pad[3], rig_image *dst, rig_err *err) {
    assert(src->channels == dst->channels && dst->width > 0 && dst->height > 0 && src->data != dst->data);
    return rig::guard("warping an image", err, [&] {
        cv::Mat from = rig::wrap(src), to = rig::wrap(dst);
        double A[6];
        std::memcpy(A, A_dst_src, sizeof A);
        if (how == RIG_INTERP_AREA)
            shrink_by_area(&from, A);
        cv::warpAffine(from, to, cv::Mat(2, 3, CV_64F, A), to.size(), interpolation_flag(how), cv::BORDER_CONSTANT,
                       cv::Scalar(pad[0], pad[1], pad[2]));
        return RIG_OK;
    });
}
