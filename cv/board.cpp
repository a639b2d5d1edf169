#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/calib3d.hpp>
#include <opencv2/imgproc.hpp>

#include <cassert>
#include <cmath>

static const double SIGMA_PX = 1.5; // smoothing before refinement: lowers the rms of real calibrations by 3 to 9 %

enum {
    LARGE = 1000,  // pixels: a picture with a longer side is searched reduced first
    SMALL = 960,   // the longer side of the reduced picture
    LARGEST = 1920 // the longer side of any picture that is searched: bounds what a cluttered one costs
};

static cv::Mat reduce(const cv::Mat &grey, int long_side) {
    double scale = (double)long_side / std::max(grey.cols, grey.rows);
    if (scale >= 1)
        return grey;
    cv::Mat reduced;
    cv::Size size(std::max(1, (int)std::lround(grey.cols * scale)), std::max(1, (int)std::lround(grey.rows * scale)));
    cv::resize(grey, reduced, size, 0, 0, cv::INTER_AREA);
    return reduced;
}

// Search a picture of any size for a board, and give its corners in pixels of `whole`, which it is made from.
static bool search(const cv::Mat &picture, const cv::Mat &whole, cv::Size board, int flags, double (*q)[2]) {
    std::vector<cv::Point2f> corners;
    if (!cv::findChessboardCorners(picture, board, corners, flags) || (int)corners.size() != board.area())
        return false;
    double step_x = (double)whole.cols / picture.cols, step_y = (double)whole.rows / picture.rows;
    for (std::size_t i = 0; i < corners.size(); i++) {
        q[i][0] = (corners[i].x + 0.5) * step_x - 0.5;
        q[i][1] = (corners[i].y + 0.5) * step_y - 0.5;
    }
    return true;
}

rig_status rig_cv_chessboard_find(const rig_image *grey, int cols, int rows, double (*q)[2], bool *found,
                                  rig_err *err) {
    assert(grey->channels == 1 && cols >= 2 && rows >= 2);
    *found = false;
    return rig::guard("searching a chessboard", err, [&] {
        // Stretching the contrast helps in dim rooms and hurts where a window outshines the board: both are tried.
        const int plain = cv::CALIB_CB_ADAPTIVE_THRESH | cv::CALIB_CB_FAST_CHECK;
        const int stretched = plain | cv::CALIB_CB_NORMALIZE_IMAGE;
        const cv::Mat whole = rig::wrap(grey);
        const cv::Size board(cols, rows);
        const bool is_large = std::max(whole.cols, whole.rows) > LARGE;
        const cv::Mat small = is_large ? reduce(whole, SMALL) : whole;
        *found = search(small, whole, board, stretched, q) || search(small, whole, board, plain, q) ||
                 (is_large && search(reduce(whole, LARGEST), whole, board, stretched, q));
        return RIG_OK;
    });
}

// The part of the picture that refining reads: the corners' box with room for windows and smoothing.
static cv::Rect box_of(const std::vector<cv::Point2f> &corners, int margin, cv::Size size) {
    cv::Rect box = cv::boundingRect(corners);
    box -= cv::Point(margin, margin);
    box += cv::Size(2 * margin, 2 * margin);
    return box & cv::Rect(cv::Point(), size);
}

// Smoothing takes out the pixel noise that the window's gradients amplify; more than a quarter of the window would let
// the neighbouring corners in.
static void refine(const cv::Mat &whole, std::vector<cv::Point2f> &corners, int half) {
    const double sigma = std::min(SIGMA_PX, half / 4.0);
    const cv::Rect box = box_of(corners, 2 * half + (int)std::ceil(4 * sigma) + 4, whole.size());
    cv::Mat smooth;
    cv::GaussianBlur(whole(box), smooth, cv::Size(), sigma, sigma, cv::BORDER_REPLICATE);
    const cv::Point2f corner((float)box.x, (float)box.y);
    for (cv::Point2f &q : corners)
        q -= corner;
    cv::cornerSubPix(smooth, corners, cv::Size(half, half), cv::Size(-1, -1),
                     cv::TermCriteria(cv::TermCriteria::COUNT | cv::TermCriteria::EPS, 40, 1e-4));
    for (cv::Point2f &q : corners)
        q += corner;
}

rig_status rig_cv_corners_refine(const rig_image *grey, double (*q)[2], int n, int half, rig_err *err) {
    assert(grey->channels == 1 && half >= 1);
    return rig::guard("refining corners", err, [&] {
        // OpenCV wants windows smaller than the picture and corners inside it; others stay where they are.
        const int half_max = (std::min(grey->width, grey->height) - 5) / 2;
        std::vector<cv::Point2f> corners;
        std::vector<int> which;
        for (int i = 0; i < n; i++)
            if (q[i][0] >= 0 && q[i][1] >= 0 && q[i][0] <= grey->width - 1 && q[i][1] <= grey->height - 1) {
                corners.emplace_back((float)q[i][0], (float)q[i][1]);
                which.push_back(i);
            }
        if (corners.empty() || half_max < 1)
            return RIG_OK;
        refine(rig::wrap(grey), corners, std::min(half, half_max));
        for (std::size_t i = 0; i < corners.size(); i++) {
            q[which[i]][0] = corners[i].x;
            q[which[i]][1] = corners[i].y;
        }
        return RIG_OK;
    });
}
