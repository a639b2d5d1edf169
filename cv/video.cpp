#include "cv/cv.h"
#include "cv/internal.hpp"
#include "cv/video_luma.h"

#include <opencv2/videoio.hpp>

#include <cassert>
#include <climits>
#include <cmath>
#include <memory>

static const double FPS_MAX = 10000; // above, a container states its clock, not a rate

struct rig_video {
    cv::VideoCapture capture; // closed where luma is open
    cv::Mat frame;
    rig_luma *luma; // NULL: frames are asked for in colour, or have none
    rig_image grey; // of frames that are asked for as grey and have colours alone
    bool as_grey;
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

static rig_status video_open(const char *path, bool as_grey, rig_video **video, rig_video_info *info, rig_err *err) {
    *video = nullptr;
    return rig::opencv_guard(path, err, [&] {
        RIG_TRY(rig::file_check(path, err));
        std::unique_ptr<rig_video, void (*)(rig_video *)> opened(new rig_video{}, rig_video_close);
        opened->path = path;
        opened->as_grey = as_grey;
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
        if (as_grey)
            RIG_TRY(rig_luma_open(path, &opened->luma, err));
        if (opened->luma)
            opened->capture.release();
        *video = opened.release();
        return RIG_OK;
    });
}

rig_status rig_video_open(const char *path, rig_video **video, rig_video_info *info, rig_err *err) {
    return video_open(path, false, video, info, err);
}

rig_status rig_video_open_grey(const char *path, rig_video **video, rig_video_info *info, rig_err *err) {
    return video_open(path, true, video, info, err);
}

// Pass one frame; *got = false at the end. Its luma, where the video is read so.
static rig_status advance(rig_video *video, rig_image *luma, bool *got, rig_err *err) {
    if (video->luma) {
        RIG_TRY(rig_luma_next(video->luma, luma, &video->last_s, got, err));
    } else {
        *got = video->capture.grab();
        if (*got)
            video->last_s = video->capture.get(cv::CAP_PROP_POS_MSEC) / 1000;
    }
    video->n += *got;
    return RIG_OK;
}

rig_status rig_video_keep(rig_video *video, int n, bool *keeps, rig_err *err) {
    *keeps = video->luma != nullptr;
    return *keeps ? rig_luma_keep(video->luma, n, err) : RIG_OK;
}

rig_status rig_video_read(rig_video *video, rig_image *frame, bool *got, rig_err *err) {
    *got = false;
    return rig::opencv_guard(video->path.c_str(), err, [&] {
        rig_image luma = {};
        RIG_TRY(advance(video, &luma, got, err));
        if (!*got || video->luma) {
            *frame = luma;
            return RIG_OK;
        }
        *got = false;
        if (!video->capture.retrieve(video->frame) || video->frame.type() != CV_8UC3)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s': frame %d cannot be converted to 8-bit BGR", video->path.c_str(),
                            video->n - 1);
        *frame = rig::unwrap(video->frame);
        if (video->as_grey) {
            RIG_TRY(rig_image_to_grey(frame, &video->grey, err));
            *frame = video->grey;
        }
        *got = true;
        return RIG_OK;
    });
}

rig_status rig_video_skip(rig_video *video, bool *got, rig_err *err) {
    *got = false;
    return rig::opencv_guard(video->path.c_str(), err, [&] { return advance(video, nullptr, got, err); });
}

// Whether the frame just passed, whose time stamp is `s` after the first's, is frame i by the container's stamps, and
// by no doubt its neighbour.
static bool is_frame(const rig_video_container &container, int i, double s) {
    const double *t = container.times_s;
    const double before = t[i] - t[i - 1], after = i + 1 < container.n ? t[i + 1] - t[i] : before;
    return std::fabs(s - t[i]) < std::fmin(before, after) / 4;
}

static rig_status seek(rig_video *video, int n, const rig_video_container &container, bool *there) {
    if (n < 2 || n > container.n || !video->capture.grab())
        return RIG_OK;
    const double first_s = video->capture.get(cv::CAP_PROP_POS_MSEC) / 1000;
    if (!video->capture.set(cv::CAP_PROP_POS_FRAMES, n - 1) || !video->capture.grab())
        return RIG_OK;
    video->last_s = video->capture.get(cv::CAP_PROP_POS_MSEC) / 1000;
    *there = is_frame(container, n - 1, video->last_s - first_s);
    video->n = *there ? n : 0;
    return RIG_OK;
}

rig_status rig_video_seek(rig_video *video, int n, bool *there, rig_err *err) {
    rig_arena scratch = {};
    rig_video_container container = {};
    assert(video->n == 0);
    *there = false;
    if (video->luma) // frames of boards are all read
        return RIG_OK;
    rig_status status = rig_video_container_read(video->path.c_str(), &container, &scratch, err);
    if (status == RIG_OK)
        status = rig::opencv_guard(video->path.c_str(), err, [&] {
            RIG_TRY(seek(video, n, container, there));
            if (*there)
                return RIG_OK;
            video->last_s = 0;
            if (!video->capture.open(path_plain(video->path.c_str()), cv::CAP_FFMPEG))
                return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a readable video, or is damaged",
                                video->path.c_str());
            video->capture.set(cv::CAP_PROP_ORIENTATION_AUTO, 0);
            return RIG_OK;
        });
    rig_arena_release(&scratch);
    return status;
}

int rig_video_missing(const rig_video *video) {
    const rig_video_info *info = &video->info;
    double missing = info->n_frames - video->n;
    if (info->fps > 0 && video->last_s > 0)
        missing = std::fmin(missing, info->n_frames - 1 - video->last_s * info->fps);
    return missing > 0 ? (int)std::lround(missing) : 0;
}

void rig_video_close(rig_video *video) {
    if (video) {
        rig_luma_close(video->luma);
        rig_image_release(&video->grey);
    }
    delete video;
}
