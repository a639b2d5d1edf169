#include "cv/video_luma.h"

#include "cv/container.h"

#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>

enum { ERRORS_MOST = 4096 }; // packets without a frame, one after the other: then it is the end

struct rig_luma {
    rig_arena arena; // holds this struct too
    const char *path;
    AVFormatContext *container;
    AVStream *stream;
    AVCodecContext *codec;
    AVPacket *packet;
    AVFrame **frames; // kept
    int n_kept, next; // of them: the one that the next frame takes, which is the oldest
    int n;            // frames passed
    bool drains;      // no packet is left to be sent
    bool ended;
};

// Pixel formats whose first plane is 8 bits of luma a pixel.
static bool has_luma(enum AVPixelFormat format) {
    const AVPixFmtDescriptor *d = av_pix_fmt_desc_get(format);
    const uint64_t other = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM |
                           AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_BAYER;
    return d && !(d->flags & other) && d->comp[0].plane == 0 && d->comp[0].depth == 8 && d->comp[0].step == 1 &&
           d->comp[0].offset == 0;
}

rig_status rig_luma_keep(rig_luma *luma, int n, rig_err *err) {
    AVFrame **frames = RIG_NEW(&luma->arena, AVFrame *, n);
    if (!frames)
        return rig_fail_memory(err, "frames");
    for (int i = 0; i < luma->n_kept; i++)
        av_frame_free(&luma->frames[i]);
    luma->frames = frames, luma->n_kept = n, luma->next = 0;
    for (int i = 0; i < n; i++)
        if (!(frames[i] = av_frame_alloc()))
            return rig_fail_memory(err, "frames");
    return RIG_OK;
}

static rig_status codec_open(rig_luma *luma, rig_err *err) {
    const AVCodec *codec = avcodec_find_decoder(luma->stream->codecpar->codec_id);
    if (!codec || avformat_find_stream_info(luma->container, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a readable video, or is damaged", luma->path);
    luma->codec = avcodec_alloc_context3(codec);
    luma->packet = av_packet_alloc();
    if (!luma->codec || !luma->packet)
        return rig_fail_memory(err, "a decoder");
    RIG_TRY(rig_luma_keep(luma, 1, err));
    luma->codec->thread_count = 0; // as many as there are cores
    if (avcodec_parameters_to_context(luma->codec, luma->stream->codecpar) < 0 ||
        avcodec_open2(luma->codec, codec, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' cannot be decoded", luma->path);
    return RIG_OK;
}

rig_status rig_luma_open(const char *path, rig_luma **luma, rig_err *err) {
    rig_arena arena = {0};
    *luma = NULL;
    rig_luma *made = RIG_NEW(&arena, rig_luma, 1);
    if (!made)
        return rig_fail_memory(err, "a decoder");
    *made = (rig_luma){.arena = arena};
    made->path = rig_arena_printf(&made->arena, "%s", path);
    rig_status status = made->path ? rig_container_open(path, &made->container, &made->stream, &made->arena, err)
                                   : rig_fail_memory(err, "a path");
    if (status == RIG_OK)
        status = codec_open(made, err);
    if (status == RIG_OK && has_luma(made->codec->pix_fmt))
        *luma = made;
    else
        rig_luma_close(made);
    return status;
}

// The frame that the decoder gives next. Packets that give none are passed over, as players do; one that the decoder
// refuses to take ends the video.
static bool frame_receive(rig_luma *luma, AVFrame *frame) {
    int errors = 0;
    for (;;) {
        int got = avcodec_receive_frame(luma->codec, frame);
        if (got >= 0)
            return true;
        if (got != AVERROR(EAGAIN) && (luma->drains || ++errors > ERRORS_MOST))
            return false;
        do {
            av_packet_unref(luma->packet);
            got = av_read_frame(luma->container, luma->packet);
        } while (got == AVERROR(EAGAIN) || (got >= 0 && luma->packet->stream_index != luma->stream->index));
        luma->drains = got < 0;
        if (avcodec_send_packet(luma->codec, luma->drains ? NULL : luma->packet) < 0)
            return false;
    }
}

rig_status rig_luma_next(rig_luma *luma, rig_image *frame, double *time_s, bool *got, rig_err *err) {
    AVFrame *f = luma->frames[luma->next];
    *got = !luma->ended && frame_receive(luma, f);
    luma->ended = !*got;
    if (luma->ended)
        return RIG_OK;
    if (!has_luma((enum AVPixelFormat)f->format))
        return rig_fail(err, RIG_ERR_FORMAT, "'%s': frame %d has another pixel format than the first", luma->path,
                        luma->n);
    if (frame) {
        *frame = (rig_image){f->width, f->height, 1, f->linesize[0], f->data[0]};
        luma->next = (luma->next + 1) % luma->n_kept;
    }
    if (f->best_effort_timestamp != AV_NOPTS_VALUE) {
        const int64_t start = luma->stream->start_time == AV_NOPTS_VALUE ? 0 : luma->stream->start_time;
        *time_s = (double)(f->best_effort_timestamp - start) * av_q2d(luma->stream->time_base);
    }
    luma->n++;
    return RIG_OK;
}

void rig_luma_close(rig_luma *luma) {
    if (!luma)
        return;
    av_packet_free(&luma->packet);
    for (int i = 0; i < luma->n_kept; i++)
        av_frame_free(&luma->frames[i]);
    avcodec_free_context(&luma->codec);
    avformat_close_input(&luma->container);
    rig_arena arena = luma->arena; // it holds the decoder
    rig_arena_release(&arena);
}
