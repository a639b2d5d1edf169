#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/imgproc.hpp>

#include <cmath>

enum { SHIFT = 4 };               // OpenCV's fixed point: 1/16 pixel
static const double MARGIN = 256; // pixels beyond the picture that a line is drawn to: its width may show

static cv::Scalar colour_of(const unsigned char bgr[3]) {
    return cv::Scalar(bgr[0], bgr[1], bgr[2]);
}

static cv::Point fixed_of(double x, double y) {
    return cv::Point((int)std::lround(x * (1 << SHIFT)), (int)std::lround(y * (1 << SHIFT)));
}

// Keep the part [from, to] of a segment where low <= at + t * along <= high.
static void clip(double at, double along, double low, double high, double *from, double *to) {
    double t_low = (low - at) / along, t_high = (high - at) / along;
    if (along == 0) {
        if (at < low || at > high)
            *to = *from - 1;
        return;
    }
    *from = std::fmax(*from, std::fmin(t_low, t_high));
    *to = std::fmin(*to, std::fmax(t_low, t_high));
}

// A point that projects far away must not overflow fixed point, nor bend the line.
static bool segment_clip(const rig_image *image, double a[2], double b[2]) {
    const double along[2] = {b[0] - a[0], b[1] - a[1]}, start[2] = {a[0], a[1]};
    const int size[2] = {image->width, image->height};
    double from = 0, to = 1;
    if (!std::isfinite(along[0]) || !std::isfinite(along[1]))
        return false;
    for (int k = 0; k < 2; k++)
        clip(start[k], along[k], -MARGIN, size[k] + MARGIN, &from, &to);
    for (int k = 0; k < 2; k++) {
        a[k] = start[k] + from * along[k];
        b[k] = start[k] + to * along[k];
    }
    return from <= to;
}

static bool is_near(const rig_image *image, const double q[2]) {
    return q[0] > -MARGIN && q[1] > -MARGIN && q[0] < image->width + MARGIN && q[1] < image->height + MARGIN;
}

// Drawing has no way to fail but memory; what cannot be drawn is left out.
template <typename Work> static void draw(Work work) {
    rig_status status = rig::opencv_guard("drawing", nullptr, [&] {
        work();
        return RIG_OK;
    });
    (void)status;
}

void rig_draw_line(rig_image *image, const double a[2], const double b[2], const unsigned char bgr[3], int thickness) {
    draw([&] {
        double from[2] = {a[0], a[1]}, to[2] = {b[0], b[1]};
        cv::Mat mat = rig::wrap(image);
        if (segment_clip(image, from, to))
            cv::line(mat, fixed_of(from[0], from[1]), fixed_of(to[0], to[1]), colour_of(bgr), thickness, cv::LINE_AA,
                     SHIFT);
    });
}

void rig_draw_disc(rig_image *image, const double q[2], int radius, const unsigned char bgr[3]) {
    draw([&] {
        cv::Mat mat = rig::wrap(image);
        if (is_near(image, q))
            cv::circle(mat, fixed_of(q[0], q[1]), radius * (1 << SHIFT), colour_of(bgr), cv::FILLED, cv::LINE_AA,
                       SHIFT);
    });
}

void rig_draw_ring(rig_image *image, const double q[2], int radius, int thickness, const unsigned char bgr[3]) {
    draw([&] {
        cv::Mat mat = rig::wrap(image);
        if (is_near(image, q))
            cv::circle(mat, fixed_of(q[0], q[1]), radius * (1 << SHIFT), colour_of(bgr), thickness, cv::LINE_AA, SHIFT);
    });
}

// Letters of any size are about as fat.
static int stroke_of(double scale) {
    return (int)std::fmax(std::lround(1.6 * scale), 1);
}

void rig_draw_text(rig_image *image, const double q[2], const char *text, double scale, const unsigned char bgr[3]) {
    draw([&] {
        cv::Mat mat = rig::wrap(image);
        if (is_near(image, q))
            cv::putText(mat, text, cv::Point((int)std::lround(q[0]), (int)std::lround(q[1])), cv::FONT_HERSHEY_SIMPLEX,
                        scale, colour_of(bgr), stroke_of(scale), cv::LINE_AA);
    });
}

void rig_draw_text_extent(const char *text, double scale, double *width, double *above, double *below) {
    *width = *above = *below = 0;
    draw([&] {
        int tails = 0;
        const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, stroke_of(scale), &tails);
        *width = size.width, *above = size.height, *below = tails;
    });
}
