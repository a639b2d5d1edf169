#include "cv/cv.h"
#include "cv/internal.hpp"

#include <opencv2/videoio.hpp>

#include <memory>

static const int MJPG_QUALITY = 95; // of 100: sharp squares stay sharp

struct rig_video_writer {
    cv::VideoWriter out;
    std::string path;
    int width, height, n;
};

static rig_status ending_check(const std::string &ending, const char *path, int width, int height, rig_err *err) {
    if (ending != "mp4" && ending != "avi")
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': expected a name ending in .mp4 or .avi", path);
    if (ending == "mp4" && (width % 2 || height % 2)) // OpenCV would drop the last column or row
        return rig_fail(err, RIG_ERR_IO,
                        "cannot write '%s': frames of %dx%d, an mp4 needs even sizes (an avi does not)", path, width,
                        height);
    return RIG_OK;
}

rig_status rig_video_writer_open(const char *path, int width, int height, double fps, rig_video_writer **writer,
                                 rig_err *err) {
    *writer = nullptr;
    return rig::opencv_guard(path, err, [&] {
        std::string ending = rig::path_ending(path);
        RIG_TRY(ending_check(ending, path, width, height, err));
        std::unique_ptr<rig_video_writer> made(new rig_video_writer{{}, path, width, height, 0});
        bool mp4 = ending == "mp4";
        int api = mp4 ? cv::CAP_FFMPEG : cv::CAP_OPENCV_MJPEG;
        int codec = mp4 ? cv::VideoWriter::fourcc('m', 'p', '4', 'v') : cv::VideoWriter::fourcc('M', 'J', 'P', 'G');
        if (!made->out.open(path, api, codec, fps, cv::Size(width, height)))
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': cannot start a video of %dx%d at %g frames/s there",
                            path, width, height, fps);
        if (!mp4)
            made->out.set(cv::VIDEOWRITER_PROP_QUALITY, MJPG_QUALITY);
        *writer = made.release();
        return RIG_OK;
    });
}

rig_status rig_video_writer_add(rig_video_writer *writer, const rig_image *frame, rig_err *err) {
    const char *path = writer->path.c_str();
    if (frame->width != writer->width || frame->height != writer->height || frame->channels != 3)
        return rig_fail(err, RIG_ERR_DATA, "'%s': frame %d is %dx%d in %d channels, expected %dx%d in 3", path,
                        writer->n, frame->width, frame->height, frame->channels, writer->width, writer->height);
    return rig::opencv_guard(path, err, [&] {
        writer->out.write(rig::wrap(frame));
        writer->n++;
        return RIG_OK;
    });
}

// OpenCV does not say when a disk is full; the file itself does.
static rig_status written_check(const char *path, int n, rig_err *err) {
    rig_video *video = nullptr;
    rig_video_info info;
    rig_err why = {""};
    if (rig_video_open(path, &video, &info, &why) != RIG_OK)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %d frames were written, then: %s", path, n, why.text);
    rig_video_close(video);
    if (info.n_frames != n)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %d frames were written, the file has %d", path, n,
                        info.n_frames);
    return RIG_OK;
}

rig_status rig_video_writer_close(rig_video_writer *writer, rig_err *err) {
    if (!writer)
        return RIG_OK;
    std::unique_ptr<rig_video_writer> owned(writer);
    return rig::opencv_guard(writer->path.c_str(), err, [&] {
        writer->out.release();
        return written_check(writer->path.c_str(), writer->n, err);
    });
}
