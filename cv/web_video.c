// Videos that browsers play: H.264 in mp4, by whichever encoder FFmpeg has.
#include "cv/cv.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>

#include <stdlib.h>

enum {
    THREADS = 4, // of an encoder: the bytes depend on how many, so that they are no more where there are more cores
    RATE_MOST = 1000, // frames a second, and the largest denominator of a rate
    DENOMINATOR_MOST = 100000,
    KEY_S = 1, // a key frame at least so often, that players find any place at once
};
static const char QUALITY[] = "20";                               // x264's rate factor: thin lines stay clean
static const double BITS_PER_PIXEL = 0.25;                        // of encoders that are told a bit rate
static const int QUANTISER_OF_MPEG4 = 3;                          // 1 (best) to 31
static const char *const ENCODERS[] = {"libx264", "libopenh264"}; // those that need no hardware

struct rig_web_video {
    char *path;
    int width, height, n; // of the frames that are added; how many were
    AVFormatContext *container;
    AVCodecContext *codec;
    AVStream *stream;
    AVFrame *frame;
    AVPacket *packet;
    rig_arena arena; // of the path
};

static rig_status av_fail(const rig_web_video *video, int code, const char *what, rig_err *err) {
    char why[AV_ERROR_MAX_STRING_SIZE] = "";
    av_strerror(code, why, sizeof why);
    return rig_fail(err, code == AVERROR(ENOMEM) ? RIG_ERR_MEMORY : RIG_ERR_IO, "cannot write '%s': %s: %s",
                    video->path, what, why);
}

// --- colours ---------------------------------------------------------------------------------------------------------

// BT.601 in its limited range, in 1/256: what `colorspace` of the codec says.
static unsigned char luma_of(const unsigned char *bgr) {
    return (unsigned char)((25 * bgr[0] + 129 * bgr[1] + 66 * bgr[2] + 128) / 256 + 16);
}

// One pixel of U and V from four of the picture; at an odd edge its last column or row counts twice.
static void chroma_put(const unsigned char *const p[4], unsigned char *u, unsigned char *v) {
    int sum[3] = {0};
    for (int i = 0; i < 4; i++)
        for (int c = 0; c < 3; c++)
            sum[c] += p[i][c];
    *u = (unsigned char)((112 * sum[0] - 74 * sum[1] - 38 * sum[2] + (128 << 10) + 512) / 1024);
    *v = (unsigned char)((-18 * sum[0] - 94 * sum[1] + 112 * sum[2] + (128 << 10) + 512) / 1024);
}

static void planes_fill(const rig_image *image, AVFrame *frame) {
    const int last_x = image->width - 1, last_y = image->height - 1;
    for (int y = 0; y < frame->height; y++) {
        const unsigned char *row = image->data + (y < last_y ? y : last_y) * image->stride;
        unsigned char *luma = frame->data[0] + y * frame->linesize[0];
        for (int x = 0; x <= last_x; x++)
            luma[x] = luma_of(row + 3 * x);
        if (frame->width > image->width)
            luma[last_x + 1] = luma[last_x];
    }
    for (int y = 0; y < frame->height / 2; y++) {
        const unsigned char *upper = image->data + 2 * y * image->stride;
        const unsigned char *lower = 2 * y < last_y ? upper + image->stride : upper;
        for (int x = 0; x < frame->width / 2; x++) {
            const int left = 6 * x, right = 2 * x < last_x ? left + 3 : left;
            const unsigned char *const p[4] = {upper + left, upper + right, lower + left, lower + right};
            chroma_put(p, frame->data[1] + y * frame->linesize[1] + x, frame->data[2] + y * frame->linesize[2] + x);
        }
    }
}

// --- open ------------------------------------------------------------------------------------------------------------

static const AVCodec *encoder_find(void) {
    for (size_t i = 0; i < sizeof ENCODERS / sizeof *ENCODERS; i++) {
        const AVCodec *codec = avcodec_find_encoder_by_name(ENCODERS[i]);
        if (codec)
            return codec;
    }
    return avcodec_find_encoder(AV_CODEC_ID_MPEG4);
}

static void quality_set(AVCodecContext *codec) {
    const double fps = av_q2d(codec->framerate);
    if (av_opt_set(codec->priv_data, "crf", QUALITY, 0) == 0)
        av_opt_set(codec->priv_data, "preset", "veryfast", 0);
    else if (codec->codec_id == AV_CODEC_ID_H264)
        codec->bit_rate = (int64_t)(BITS_PER_PIXEL * fps * codec->width * codec->height);
    else {
        codec->flags |= AV_CODEC_FLAG_QSCALE;
        codec->global_quality = QUANTISER_OF_MPEG4 * FF_QP2LAMBDA;
    }
}

static rig_status codec_open(rig_web_video *video, const AVCodec *encoder, AVRational rate, rig_err *err) {
    AVCodecContext *codec = video->codec = avcodec_alloc_context3(encoder);
    if (!codec)
        return rig_fail_memory(err, "an encoder");
    codec->width = video->width + video->width % 2;
    codec->height = video->height + video->height % 2;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->time_base = av_inv_q(rate);
    codec->framerate = rate;
    codec->gop_size = (int)(KEY_S * av_q2d(rate)) + 1;
    codec->thread_count = THREADS;
    codec->color_range = AVCOL_RANGE_MPEG;
    codec->colorspace = AVCOL_SPC_SMPTE170M;
    codec->color_primaries = AVCOL_PRI_BT709;
    codec->color_trc = AVCOL_TRC_BT709;
    if (video->container->oformat->flags & AVFMT_GLOBALHEADER)
        codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    quality_set(codec);
    const int code = avcodec_open2(codec, encoder, NULL);
    return code < 0 ? av_fail(video, code, "cannot start the encoder", err) : RIG_OK;
}

static rig_status file_begin(rig_web_video *video, rig_err *err) {
    AVDictionary *options = NULL;
    int code = avcodec_parameters_from_context(video->stream->codecpar, video->codec);
    video->stream->time_base = video->codec->time_base;
    video->stream->avg_frame_rate = video->codec->framerate;
    if (code >= 0)
        code = avio_open(&video->container->pb, video->container->url, AVIO_FLAG_WRITE);
    if (code >= 0)
        code = av_dict_set(&options, "movflags", "+faststart", 0);
    if (code >= 0)
        code = avformat_write_header(video->container, &options);
    av_dict_free(&options);
    return code < 0 ? av_fail(video, code, "cannot start the file", err) : RIG_OK;
}

static rig_status frame_make(rig_web_video *video, rig_err *err) {
    video->frame = av_frame_alloc();
    video->packet = av_packet_alloc();
    if (!video->frame || !video->packet)
        return rig_fail_memory(err, "a frame");
    video->frame->format = video->codec->pix_fmt;
    video->frame->width = video->codec->width;
    video->frame->height = video->codec->height;
    return av_frame_get_buffer(video->frame, 0) < 0 ? rig_fail_memory(err, "a frame") : RIG_OK;
}

static rig_status video_begin(rig_web_video *video, double fps, rig_err *err) {
    const AVCodec *encoder = encoder_find();
    if (!encoder)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': FFmpeg has no encoder for H.264 or MPEG-4", video->path);
    if (!(fps > 0 && fps <= RATE_MOST))
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %g frames a second, expected more than 0, at most %d",
                        video->path, fps, RATE_MOST);
    char *url = rig_arena_printf(&video->arena, "file:%s", video->path); // "word:" at the front would be a protocol
    if (!url)
        return rig_fail_memory(err, "a path");
    avformat_alloc_output_context2(&video->container, NULL, "mp4", url);
    video->stream = video->container ? avformat_new_stream(video->container, NULL) : NULL;
    if (!video->stream)
        return rig_fail_memory(err, "a video");
    RIG_TRY(codec_open(video, encoder, av_d2q(fps, DENOMINATOR_MOST), err));
    RIG_TRY(frame_make(video, err));
    return file_begin(video, err);
}

static void video_free(rig_web_video *video) {
    if (video->container && video->container->pb)
        avio_closep(&video->container->pb);
    avformat_free_context(video->container);
    avcodec_free_context(&video->codec);
    av_frame_free(&video->frame);
    av_packet_free(&video->packet);
    rig_arena_release(&video->arena);
    rig_heap_free(video);
}

// As rig_cv_init has it for all of FFmpeg, which only OpenCV's readers tell it.
static void log_level_set(void) {
    const char *level = getenv("OPENCV_FFMPEG_LOGLEVEL");
    if (level)
        av_log_set_level((int)strtol(level, NULL, 10));
}

rig_status rig_web_video_open(const char *path, int width, int height, double fps, rig_web_video **video,
                              rig_err *err) {
    *video = NULL;
    rig_web_video *made = rig_heap_resize(NULL, 1, sizeof *made);
    if (!made)
        return rig_fail_memory(err, "a video");
    *made = (rig_web_video){.width = width, .height = height};
    log_level_set();
    made->path = rig_arena_printf(&made->arena, "%s", path);
    rig_status status = made->path ? video_begin(made, fps, err) : rig_fail_memory(err, "a path");
    if (status != RIG_OK)
        video_free(made);
    else
        *video = made;
    return status;
}

// --- frames ----------------------------------------------------------------------------------------------------------

// frame NULL: no more will come.
static rig_status packets_pass(rig_web_video *video, const AVFrame *frame, rig_err *err) {
    int code = avcodec_send_frame(video->codec, frame);
    while (code >= 0) {
        code = avcodec_receive_packet(video->codec, video->packet);
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF)
            return RIG_OK;
        if (code < 0)
            break;
        video->packet->stream_index = video->stream->index;
        video->packet->duration = 1;
        av_packet_rescale_ts(video->packet, video->codec->time_base, video->stream->time_base);
        code = av_interleaved_write_frame(video->container, video->packet);
    }
    return av_fail(video, code, "cannot add a frame", err);
}

rig_status rig_web_video_add(rig_web_video *video, const rig_image *frame, rig_err *err) {
    if (frame->width != video->width || frame->height != video->height || frame->channels != 3)
        return rig_fail(err, RIG_ERR_DATA, "'%s': frame %d is %dx%d in %d channels, expected %dx%d in 3", video->path,
                        video->n, frame->width, frame->height, frame->channels, video->width, video->height);
    if (av_frame_make_writable(video->frame) < 0)
        return rig_fail_memory(err, "a frame");
    planes_fill(frame, video->frame);
    video->frame->pts = video->n++;
    return packets_pass(video, video->frame, err);
}

bool rig_web_video_plays(const rig_web_video *video) {
    return video->codec->codec_id == AV_CODEC_ID_H264;
}

rig_status rig_web_video_close(rig_web_video *video, rig_err *err) {
    if (!video)
        return RIG_OK;
    rig_status status = packets_pass(video, NULL, err);
    int code = av_write_trailer(video->container);
    if (code >= 0)
        code = avio_closep(&video->container->pb);
    if (status == RIG_OK && video->n == 0)
        status = rig_fail(err, RIG_ERR_IO, "cannot write '%s': the video has no frames", video->path);
    else if (status == RIG_OK && code < 0)
        status = av_fail(video, code, "cannot finish the file", err);
    video_free(video);
    return status;
}
