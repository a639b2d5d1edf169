#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/calib3d.hpp>

#include <cassert>
#include <cstring>

enum { DIST_MAX = 12 };

static cv::Matx33d matrix_of(const double K[4]) {
    return cv::Matx33d(K[0], 0, K[2], 0, K[1], K[3], 0, 0, 1);
}

// OpenCV takes 4, 5, 8 or 12 coefficients; those that a lens lacks are 0.
static cv::Mat dist_of(const double *dist, int n) {
    assert(n >= 0 && n <= DIST_MAX);
    cv::Mat all = cv::Mat::zeros(1, n <= 5 ? 5 : n <= 8 ? 8 : DIST_MAX, CV_64F);
    if (n > 0)
        std::memcpy(all.ptr<double>(), dist, sizeof *dist * (std::size_t)n);
    return all;
}

static void copy_out(const cv::Mat &mat, double *values) {
    assert(mat.type() == CV_64F && mat.isContinuous());
    std::memcpy(values, mat.ptr<double>(), sizeof *values * mat.total());
}

rig_status rig_cv_stereo_rectify(const double K_left[4], const double *dist_left, int n_left, const double K_right[4],
                                 const double *dist_right, int n_right, int width, int height, const double R[9],
                                 const double t[3], double alpha, double R1[9], double R2[9], double P1[12],
                                 double P2[12], double Q[16], rig_err *err) {
    return rig::opencv_guard("rectifying a stereo pair", err, [&] {
        cv::Mat made_R1, made_R2, made_P1, made_P2, made_Q;
        cv::stereoRectify(matrix_of(K_left), dist_of(dist_left, n_left), matrix_of(K_right),
                          dist_of(dist_right, n_right), cv::Size(width, height), cv::Matx33d(R), cv::Vec3d(t), made_R1,
                          made_R2, made_P1, made_P2, made_Q, cv::CALIB_ZERO_DISPARITY, alpha);
        copy_out(made_R1, R1);
        copy_out(made_R2, R2);
        copy_out(made_P1, P1);
        copy_out(made_P2, P2);
        copy_out(made_Q, Q);
        return RIG_OK;
    });
}
