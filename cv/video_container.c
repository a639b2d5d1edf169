// What a video's container says of when and how its frames are to be shown; nothing is decoded.
#include "cv/container.h"
#include "cv/cv.h"

#include <libavcodec/avcodec.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_video(const AVStream *stream) { // a cover is none
    return stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !(stream->disposition & AV_DISPOSITION_ATTACHED_PIC);
}

static AVStream *stream_find(AVFormatContext *container) {
    for (unsigned i = 0; i < container->nb_streams; i++)
        if (is_video(container->streams[i]))
            return container->streams[i];
    return NULL;
}

rig_status rig_container_open(const char *path, AVFormatContext **container, AVStream **stream, rig_arena *out,
                              rig_err *err) {
    char *url = rig_arena_printf(out, "file:%s", path); // FFmpeg takes "word:" at the front of a path for a protocol
    if (!url)
        return rig_fail_memory(err, "a path");
    if (avformat_open_input(container, url, NULL, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a readable video, or is damaged", path);
    *stream = stream_find(*container);
    if (!*stream && avformat_find_stream_info(*container, NULL) >= 0) // a container without a header
        *stream = stream_find(*container);
    if (!*stream)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' has no pictures", path);
    for (unsigned i = 0; i < (*container)->nb_streams; i++)
        if ((*container)->streams[i] != *stream)
            (*container)->streams[i]->discard = AVDISCARD_ALL;
    return RIG_OK;
}

// Whether the container has a table of all its frames. Avi counts moments, some of which may have no frame.
static bool has_table(const AVFormatContext *container, AVStream *stream, int n) {
    if (n < 2 || stream->nb_frames <= 0)
        return false;
    const int64_t last = avformat_index_get_entry(stream, n - 1)->timestamp;
    const int64_t step = last - avformat_index_get_entry(stream, n - 2)->timestamp;
    return n == stream->nb_frames || (strcmp(container->iformat->name, "avi") == 0 && last + step >= stream->nb_frames);
}

// How many frames of the table are shown: where a file was cut without encoding it anew, some are there for others'
// sake.
static int table_shown(AVStream *stream, int n) {
    int shown = 0;
    for (int i = 0; i < n; i++)
        shown += !(avformat_index_get_entry(stream, i)->flags & AVINDEX_DISCARD_FRAME);
    return shown;
}

// A table of frames that are all shown, evenly spaced: then so are the times, whatever their order.
static bool table_is_even(AVStream *stream, int n) {
    int64_t first = 0, step = 0;
    for (int i = 0; i < n; i++) {
        const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
        if (entry->flags & AVINDEX_DISCARD_FRAME)
            return false;
        first = i == 0 ? entry->timestamp : first;
        step = i == 1 ? entry->timestamp - first : step;
        if (entry->timestamp != first + i * step)
            return false;
    }
    return step > 0;
}

typedef struct stamps {
    int64_t *ticks;
    int n, room;
} stamps;

static rig_status stamp_add(stamps *s, int64_t tick, rig_err *err) {
    if (s->n == s->room) {
        const int room = s->room ? 2 * s->room : 4096;
        int64_t *grown = s->room > INT_MAX / 2 ? NULL : rig_heap_resize(s->ticks, (size_t)room, sizeof *grown);
        if (!grown)
            return rig_fail_memory(err, "time stamps");
        s->ticks = grown, s->room = room;
    }
    s->ticks[s->n++] = tick;
    return RIG_OK;
}

// What a packet says of its frame's size: OpenCV goes on with the last picture of the old size where it changes.
static rig_status size_check(const char *path, AVCodecParserContext *parser, AVCodecContext *codec, int size[2],
                             const AVPacket *packet, int frame, rig_err *err) {
    uint8_t *data;
    int n;
    if (!parser)
        return RIG_OK;
    av_parser_parse2(parser, codec, &data, &n, packet->data, packet->size, packet->pts, packet->dts, packet->pos);
    if (size[0] == 0)
        size[0] = parser->width, size[1] = parser->height;
    if (parser->width <= 0 || (parser->width == size[0] && parser->height == size[1]))
        return RIG_OK;
    return rig_fail(err, RIG_ERR_FORMAT, "'%s': frame %d is %dx%d, expected %dx%d as before it", path, frame,
                    parser->width, parser->height, size[0], size[1]);
}

// Packets come in the order of decoding. Where some lack the moment at which they are shown, the moments of decoding,
// which are as many and as far apart, stand in; without these the times are unknown.
static rig_status packets_take(const char *path, AVFormatContext *container, const AVStream *stream, stamps *s,
                               AVPacket *packet, AVCodecParserContext *parser, AVCodecContext *codec, rig_err *err) {
    int size[2] = {0, 0};
    if (parser)
        parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
    for (; av_read_frame(container, packet) >= 0; av_packet_unref(packet)) {
        if (packet->stream_index != stream->index || packet->flags & AV_PKT_FLAG_DISCARD)
            continue;
        RIG_TRY(size_check(path, parser, codec, size, packet, s[0].n, err));
        const int64_t before = s[1].n > 0 ? s[1].ticks[s[1].n - 1] : AV_NOPTS_VALUE;
        if (before != AV_NOPTS_VALUE && packet->dts != AV_NOPTS_VALUE && packet->dts < before)
            return rig_fail(err, RIG_ERR_FORMAT,
                            "'%s': time stamps jump back at frame %d, as in files that were joined byte by byte, "
                            "expected one recording per file (ffmpeg's concat joins them)",
                            path, s[0].n);
        RIG_TRY(stamp_add(&s[0], packet->pts, err));
        RIG_TRY(stamp_add(&s[1], packet->dts, err));
    }
    return RIG_OK;
}

static rig_status packets_read(const char *path, AVFormatContext *container, const AVStream *stream, stamps *s,
                               rig_err *err) {
    AVPacket *packet = av_packet_alloc();
    AVCodecParserContext *parser = av_parser_init((int)stream->codecpar->codec_id);
    AVCodecContext *codec = avcodec_alloc_context3(NULL);
    const bool made = packet && codec && avcodec_parameters_to_context(codec, stream->codecpar) >= 0;
    rig_status status = made ? packets_take(path, container, stream, s, packet, parser, codec, err)
                             : rig_fail_memory(err, "packets of a video");
    av_packet_free(&packet);
    av_parser_close(parser);
    avcodec_free_context(&codec);
    return status;
}

static bool all_known(const stamps *s) {
    for (int i = 0; i < s->n; i++)
        if (s->ticks[i] == AV_NOPTS_VALUE)
            return false;
    return s->n > 0;
}

static int rising(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static rig_status times_from(const char *path, AVFormatContext *container, AVStream *stream, stamps *s,
                             rig_video_container *made, rig_arena *out, rig_err *err) {
    const int n_table = avformat_index_get_entries_count(stream);
    if (has_table(container, stream, n_table) && table_is_even(stream, n_table))
        for (int i = 0; i < n_table; i++)
            RIG_TRY(stamp_add(s, avformat_index_get_entry(stream, i)->timestamp, err));
    else
        RIG_TRY(packets_read(path, container, stream, s, err));
    const stamps *known = all_known(&s[0]) ? &s[0] : &s[1];
    if (!all_known(known))
        return RIG_OK;
    qsort(known->ticks, (size_t)known->n, sizeof *known->ticks, rising);
    made->times_s = RIG_NEW(out, double, known->n);
    if (!made->times_s)
        return rig_fail_memory(err, "time stamps");
    made->tick_s = av_q2d(stream->time_base);
    for (int i = 0; i < known->n; i++)
        made->times_s[i] = (double)(known->ticks[i] - known->ticks[0]) * made->tick_s;
    made->n = known->n;
    return RIG_OK;
}

// FFmpeg's display matrix takes (x, y) to (m0 x + m3 y, m1 x + m4 y), in 16.16. Of a quarter turn and a mirror one of
// m0 and m1 is 0, and one of m3 and m4.
static rig_status orientation_of(const char *path, const AVStream *stream, rig_orientation *asks, rig_err *err) {
    const int32_t *m = (const int32_t *)(const void *)av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, NULL);
    *asks = (rig_orientation){0};
    if (!m || (m[0] == 0 && m[1] == 0))
        return RIG_OK;
    const double x = m[0], y = m[1], slant = 0.02 * hypot(x, y);
    if (fmin(fabs(x), fabs(y)) > slant)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "'%s': its metadata asks for a rotation by %.1f degrees, expected a multiple of 90 "
                        "(re-encoding with ffmpeg applies the rotation)",
                        path, atan2(y, x) * 180 / M_PI);
    asks->mirrored = x * m[4] - y * m[3] < 0;
    const double right = asks->mirrored ? -x : x; // where a step to the right leads before the mirror
    asks->turns = fabs(x) > slant ? (right > 0 ? 0 : 2) : y > 0 ? 1 : 3;
    return RIG_OK;
}

rig_status rig_video_head(const char *path, rig_video_info *info, rig_err *err) {
    AVFormatContext *opened = NULL;
    AVStream *stream = NULL;
    rig_arena scratch = {0};
    rig_status status = rig_container_open(path, &opened, &stream, &scratch, err);
    if (status == RIG_OK) {
        const int n_table = avformat_index_get_entries_count(stream);
        if (has_table(opened, stream, n_table))
            info->n_frames = table_shown(stream, n_table);
        for (unsigned i = 0; i < opened->nb_streams; i++)
            info->n_streams += is_video(opened->streams[i]);
        status = orientation_of(path, stream, &info->asks, err);
    }
    avformat_close_input(&opened);
    rig_arena_release(&scratch);
    return status;
}

rig_status rig_video_container_read(const char *path, rig_video_container *container, rig_arena *out, rig_err *err) {
    AVFormatContext *opened = NULL;
    AVStream *stream = NULL;
    stamps s[2] = {{NULL, 0, 0}, {NULL, 0, 0}}; // when frames are shown; when they are decoded
    *container = (rig_video_container){0};
    rig_status status = rig_container_open(path, &opened, &stream, out, err);
    if (status == RIG_OK)
        status = times_from(path, opened, stream, s, container, out, err);
    rig_heap_free(s[0].ticks);
    rig_heap_free(s[1].ticks);
    avformat_close_input(&opened);
    return status;
}

rig_status rig_video_shape_read(const char *path, rig_video_shape *shape, rig_err *err) {
    AVFormatContext *opened = NULL;
    AVStream *stream = NULL;
    rig_arena scratch = {0};
    *shape = (rig_video_shape){.pixel_aspect = 1};
    rig_status status = rig_container_open(path, &opened, &stream, &scratch, err);
    if (status == RIG_OK && avformat_find_stream_info(opened, NULL) >= 0) {
        const enum AVFieldOrder order = stream->codecpar->field_order;
        const AVRational aspect = av_guess_sample_aspect_ratio(opened, stream, NULL);
        shape->interlaced = order != AV_FIELD_UNKNOWN && order != AV_FIELD_PROGRESSIVE;
        if (aspect.num > 0 && aspect.den > 0)
            shape->pixel_aspect = av_q2d(aspect);
    }
    avformat_close_input(&opened);
    rig_arena_release(&scratch);
    return status;
}
