#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/videoio.hpp>

#include <cassert>
#include <climits>
#include <cmath>
#include <memory>

static const double FPS_MAX = 10000; // above, a container states its clock, not a rate

struct rig_video {
    cv::VideoCapture capture;
    cv::Mat frame;
    std::string path;
    rig_video_info info;
    int n;         // frames passed
    double last_s; // time stamp of the last of them
};

// FFmpeg takes `word:...` for a protocol; "./" makes sure that a path is one.
static std::string path_plain(const char *path) {
    return path[0] == '/' ? path : std::string("./") + path;
}

static rig_video_info info_of(const cv::VideoCapture &capture) {
    double fps = capture.get(cv::CAP_PROP_FPS), n = capture.get(cv::CAP_PROP_FRAME_COUNT);
    return rig_video_info{
        (int)capture.get(cv::CAP_PROP_FRAME_WIDTH),
        (int)capture.get(cv::CAP_PROP_FRAME_HEIGHT),
        fps > 0 && fps <= FPS_MAX ? fps : 0,
        n > 0 && n < INT_MAX ? (int)n : 0,
        0,
        {},
    };
}

rig_status rig_video_open(const char *path, rig_video **video, rig_video_info *info, rig_err *err) {
    *video = nullptr;
    return rig::opencv_guard(path, err, [&] {
        RIG_TRY(rig::file_check(path, err));
        std::unique_ptr<rig_video> opened(new rig_video{{}, {}, path, {}, 0, 0});
        // As stored: OpenCV's own turn is the wrong way round in some of its versions, and leaves mirrors out.
        rig_video_info head = {};
        if (opened->capture.open(path_plain(path), cv::CAP_FFMPEG))
            opened->capture.set(cv::CAP_PROP_ORIENTATION_AUTO, 0);
        else if (rig_video_head(path, &head, err) == RIG_OK)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a readable video, or is damaged", path);
        else
            return RIG_ERR_FORMAT;
        *info = info_of(opened->capture);
        RIG_TRY(rig_video_head(path, info, err));
        opened->info = *info;
        if (info->width <= 0 || info->height <= 0)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' has no pictures", path);
        RIG_TRY(rig::size_check(path, info->width, info->height, err));
        *video = opened.release();
        return RIG_OK;
    });
}

// Pass one frame; false at the end.
static bool advance(rig_video *video) {
    if (!video->capture.grab())
        return false;
    video->n++;
    video->last_s = video->capture.get(cv::CAP_PROP_POS_MSEC) / 1000;
    return true;
}

rig_status rig_video_read(rig_video *video, rig_image *frame, bool *got, rig_err *err) {
    *got = false;
    return rig::opencv_guard(video->path.c_str(), err, [&] {
        if (!advance(video))
            return RIG_OK;
        if (!video->capture.retrieve(video->frame) || video->frame.type() != CV_8UC3)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s': frame %d cannot be converted to 8-bit BGR", video->path.c_str(),
                            video->n - 1);
        *frame = rig::unwrap(video->frame);
        *got = true;
        return RIG_OK;
    });
}

rig_status rig_video_skip(rig_video *video, bool *got, rig_err *err) {
    *got = false;
    return rig::opencv_guard(video->path.c_str(), err, [&] {
        *got = advance(video);
        return RIG_OK;
    });
}

int rig_video_missing(const rig_video *video) {
    const rig_video_info *info = &video->info;
    double missing = info->n_frames - video->n;
    if (info->fps > 0 && video->last_s > 0)
        missing = std::fmin(missing, info->n_frames - 1 - video->last_s * info->fps);
    return missing > 0 ? (int)std::lround(missing) : 0;
}

void rig_video_close(rig_video *video) {
    delete video;
}
