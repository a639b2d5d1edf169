#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/core/version.hpp>
#ifdef RIG_OPENCV_MARKERS
#if CV_VERSION_MAJOR * 100 + CV_VERSION_MINOR >= 407
#include <opencv2/objdetect/aruco_dictionary.hpp>
#else
#include <opencv2/aruco/dictionary.hpp>
#endif
#endif

#include <cassert>

#ifdef RIG_OPENCV_MARKERS
enum { FIRST_APRILTAG = 17 }; // of OpenCV's list; those before it are ArUco's, in the order of ours

#if CV_VERSION_MAJOR * 100 + CV_VERSION_MINOR >= 407
static cv::aruco::Dictionary open(int which) {
    return cv::aruco::getPredefinedDictionary(which);
}
#else
static cv::aruco::Dictionary open(int which) {
    return *cv::aruco::getPredefinedDictionary(which);
}
#endif

static std::uint64_t code_of(const cv::aruco::Dictionary &dictionary, int i, bool upside_down) {
    const cv::Mat cells =
        cv::aruco::Dictionary::getBitsFromByteList(dictionary.bytesList.row(i), dictionary.markerSize);
    const int n = dictionary.markerSize * dictionary.markerSize;
    std::uint64_t code = 0;
    for (int k = 0; k < n; k++) {
        const int at = upside_down ? n - 1 - k : k;
        code = code << 1 | (cells.at<unsigned char>(at / dictionary.markerSize, at % dictionary.markerSize) != 0);
    }
    return code;
}

rig_status rig_cv_markers_load(const rig_board *board, rig_markers *markers, rig_arena *out, rig_err *err) {
    assert(rig_board_has_markers(board));
    return rig::opencv_guard("loading a dictionary of markers", err, [&] {
        // OpenCV keeps AprilTag's families turned by half: there, too, a tag's top is to be AprilTag's own
        const bool april = board->kind == RIG_BOARD_APRILGRID;
        const cv::aruco::Dictionary dictionary = open(board->dictionary + (april ? FIRST_APRILTAG : 0));
        const int first = board->first_id, n = rig_board_markers(board);
        if (first < 0 || n > dictionary.bytesList.rows - first)
            return rig_fail(err, RIG_ERR_CONFIG, "board: markers %d to %d, but dictionary '%s' ends at %d", first,
                            first + n - 1, rig_markers_names(board->kind)[board->dictionary],
                            dictionary.bytesList.rows - 1);
        std::uint64_t *codes = RIG_NEW(out, std::uint64_t, n);
        if (!codes)
            return rig_fail_memory(err, "a dictionary of markers");
        for (int i = 0; i < n; i++)
            codes[i] = code_of(dictionary, first + i, april);
        *markers = {};
        markers->side = dictionary.markerSize;
        markers->n = n;
        markers->codes = codes;
        markers->correct = rig_markers_correctable(codes, n, dictionary.markerSize);
        return RIG_OK;
    });
}
#else
rig_status rig_cv_markers_load(const rig_board *, rig_markers *, rig_arena *, rig_err *err) {
    return rig_fail(err, RIG_ERR_CONFIG, "boards with markers need OpenCV's aruco module, which this build lacks");
}
#endif
