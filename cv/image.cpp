#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include <cassert>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>

// To 8 bits. Cameras put 10, 12 or 14 bits into 16 and leave the upper ones empty: what counts is the fewest bits that
// hold the brightest pixel. Floats are shares of white, or such counts.
static rig_status depth_to_8(const char *path, cv::Mat *picture, rig_err *err) {
    const int depth = picture->depth();
    double low, high, unit = 1;
    if (picture->empty() || depth == CV_8U)
        return RIG_OK;
    cv::minMaxLoc(picture->reshape(1), &low, &high);
    if (!cv::checkRange(*picture) || low < 0 || high > 65535)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "'%s': its pixel values are %g to %g, or not finite, expected 0 to 1, or 0 to 65535", path, low,
                        high);
    while (high / unit >= 256)
        unit *= 4; // 8, 10, 12, 14, 16 bits
    const bool floats = depth == CV_32F || depth == CV_64F;
    picture->convertTo(*picture, CV_8U, floats && high <= 1 ? 255 : 1 / unit, floats ? 0 : (1 - unit) / (2 * unit));
    return RIG_OK;
}

// OpenCV's TIFF reader gives some depths, floats among them, only as they are.
static rig_status unchanged_decode(const char *path, const rig::bytes &file, bool grey, cv::Mat *picture,
                                   rig_err *err) {
    *picture = cv::imdecode(file, cv::IMREAD_UNCHANGED);
    RIG_TRY(depth_to_8(path, picture, err));
    const int n = picture->empty() ? 0 : picture->channels();
    if (n == 1 && !grey)
        cv::cvtColor(*picture, *picture, cv::COLOR_GRAY2BGR);
    else if (n == 4 || (n == 3 && grey))
        cv::cvtColor(*picture, *picture, n == 3 ? cv::COLOR_BGR2GRAY : grey ? cv::COLOR_BGRA2GRAY : cv::COLOR_BGRA2BGR);
    return RIG_OK;
}

// A TIFF may hold a whole recording, of which the first picture alone would be read. Pages of another size are
// previews.
static bool picture_is_stack(const char *path, const rig::bytes &file, const cv::Mat &picture) {
    std::vector<cv::Mat> second;
    return rig::is_tiff(file) && cv::imcount(path) > 1 && cv::imreadmulti(path, second, 1, 1, cv::IMREAD_UNCHANGED) &&
           second.size() == 1 && second[0].size() == picture.size();
}

// The file's bytes are read here, not by OpenCV: "cannot open" and "not a picture" are different faults.
static rig_status picture_decode(const char *path, bool grey, cv::Mat *picture, rig_orientation *asks, rig_err *err) {
    rig::bytes file;
    RIG_TRY(rig::file_bytes(path, &file, err));
    if (!rig::picture_is_known(file))
        return rig_fail(err, RIG_ERR_FORMAT,
                        "'%s' is not a picture, or is damaged: expected JPEG, PNG, BMP, TIFF, WebP, PGM or PPM", path);
    if (rig::picture_is_cut(file))
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is truncated", path);
    *asks = rig::picture_orientation(file);
    double width, height;
    if (rig::picture_size(file, &width, &height))
        RIG_TRY(rig::size_check(path, width, height, err));
    int how = (grey ? cv::IMREAD_GRAYSCALE : cv::IMREAD_COLOR) | cv::IMREAD_ANYDEPTH | cv::IMREAD_IGNORE_ORIENTATION;
    try {
        *picture = cv::imdecode(file, how);
        if (picture->empty())
            RIG_TRY(unchanged_decode(path, file, grey, picture, err));
    } catch (const cv::Exception &e) {
        if (e.code == cv::Error::StsNoMem)
            throw;
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' cannot be decoded as a picture: %s", path, e.err.c_str());
    }
    if (picture->empty())
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a picture, or is damaged", path);
    if (picture_is_stack(path, file, *picture))
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' contains several pictures, expected one per file, or a video", path);
    return depth_to_8(path, picture, err);
}

rig_status rig_cv_image_read(const char *path, bool grey, rig_image *image, rig_orientation *asks, rig_err *err) {
    return rig::opencv_guard(path, err, [&] {
        cv::Mat picture;
        rig_orientation asked;
        RIG_TRY(picture_decode(path, grey, &picture, &asked, err));
        const rig_image stored = rig::unwrap(picture);
        if (asks)
            *asks = asked;
        return rig_image_orient(&stored, asks ? rig_orientation{} : asked, image, err);
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
    return rig::opencv_guard(path, err, [&] {
        std::string ending = rig::path_ending(path);
        if (ending != "png" && ending != "jpg" && ending != "jpeg" && ending != "webp")
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': expected a name ending in .png, .jpg or .webp", path);
        rig::bytes file;
        if (!cv::imencode("." + ending, rig::wrap(image), file))
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': the picture cannot be encoded", path);
        return bytes_write(path, file, err);
    });
}

rig_status rig_cv_image_encode(const rig_image *image, const char *ending, int quality, unsigned char **bytes,
                               size_t *n, rig_arena *out, rig_err *err) {
    return rig::opencv_guard("a picture", err, [&] {
        rig::bytes file;
        const int flag = std::string(ending) == ".webp" ? cv::IMWRITE_WEBP_QUALITY : cv::IMWRITE_JPEG_QUALITY;
        if (!cv::imencode(ending, rig::wrap(image), file, {flag, quality}))
            return rig_fail(err, RIG_ERR_CV, "a picture cannot be encoded as %s", ending);
        *n = file.size();
        *bytes = RIG_NEW(out, unsigned char, *n);
        if (!*bytes)
            return rig_fail_memory(err, "an encoded picture");
        std::memcpy(*bytes, file.data(), *n);
        return RIG_OK;
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
    return rig::opencv_guard("warping an image", err, [&] {
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

rig_status rig_cv_image_remap(const rig_image *src, const float (*map)[2], rig_image *dst, rig_err *err) {
    assert(dst->width > 0 && dst->height > 0 && src->channels == dst->channels && src->data != dst->data);
    return rig::opencv_guard("resampling an image", err, [&] {
        const cv::Mat from = rig::wrap(src);
        const cv::Mat at(dst->height, dst->width, CV_32FC2, const_cast<float(*)[2]>(map));
        cv::Mat to = rig::wrap(dst);
        cv::remap(from, to, at, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_CONSTANT);
        return RIG_OK;
    });
}
