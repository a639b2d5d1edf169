// What a video's container says of when and how its frames are to be shown; nothing is decoded.
#include "cv/cv.h"

#include <libavformat/avformat.h>

#include <limits.h>
#include <math.h>
#include <stdlib.h>

static AVStream *stream_find(AVFormatContext *container) {
    for (unsigned i = 0; i < container->nb_streams; i++)
        if (container->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
            return container->streams[i];
    return NULL;
}

// The first stream of pictures, which is the one that is decoded too; all others are passed over.
static rig_status container_open(const char *path, AVFormatContext **container, AVStream **stream, rig_arena *out,
                                 rig_err *err) {
    char *url = rig_arena_printf(out, "file:%s", path); // FFmpeg takes "word:" at the front of a path for a protocol
    if (!url)
        return rig_fail_memory(err, "a path");
    if (avformat_open_input(container, url, NULL, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a video that can be read, or is damaged", path);
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

// A table of all frames, evenly spaced: then so are the times at which they are shown, whatever their order.
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
    return n > 1 && step > 0;
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

// Packets come in the order of decoding. One without a stamp leaves the times unknown: *known = false.
static rig_status packets_read(AVFormatContext *container, const AVStream *stream, stamps *s, bool *known,
                               rig_err *err) {
    AVPacket *packet = av_packet_alloc();
    if (!packet)
        return rig_fail_memory(err, "a packet");
    rig_status status = RIG_OK;
    for (*known = true; status == RIG_OK && *known && av_read_frame(container, packet) >= 0; av_packet_unref(packet)) {
        if (packet->stream_index != stream->index || packet->flags & AV_PKT_FLAG_DISCARD)
            continue;
        *known = packet->pts != AV_NOPTS_VALUE;
        if (*known)
            status = stamp_add(s, packet->pts, err);
    }
    av_packet_free(&packet);
    return status;
}

static int rising(const void *a, const void *b) {
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static rig_status times_from(AVFormatContext *container, AVStream *stream, stamps *s, rig_video_container *made,
                             rig_arena *out, rig_err *err) {
    const int n_table = avformat_index_get_entries_count(stream);
    bool known = true;
    if (stream->nb_frames == n_table && table_is_even(stream, n_table))
        for (int i = 0; i < n_table; i++)
            RIG_TRY(stamp_add(s, avformat_index_get_entry(stream, i)->timestamp, err));
    else
        RIG_TRY(packets_read(container, stream, s, &known, err));
    if (!known || s->n == 0)
        return RIG_OK;
    qsort(s->ticks, (size_t)s->n, sizeof *s->ticks, rising);
    made->times_s = RIG_NEW(out, double, s->n);
    if (!made->times_s)
        return rig_fail_memory(err, "time stamps");
    made->tick_s = av_q2d(stream->time_base);
    for (int i = 0; i < s->n; i++)
        made->times_s[i] = (double)(s->ticks[i] - s->ticks[0]) * made->tick_s;
    made->n = s->n;
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
                        "'%s': its container asks players to turn the picture by %.1f degrees, expected quarter turns "
                        "(ffmpeg turns it where it encodes it anew)",
                        path, atan2(y, x) * 180 / M_PI);
    asks->mirrored = x * m[4] - y * m[3] < 0;
    const double right = asks->mirrored ? -x : x; // where a step to the right leads before the mirror
    asks->turns = fabs(x) > slant ? (right > 0 ? 0 : 2) : y > 0 ? 1 : 3;
    return RIG_OK;
}

rig_status rig_video_orientation(const char *path, rig_orientation *asks, rig_err *err) {
    AVFormatContext *opened = NULL;
    AVStream *stream = NULL;
    rig_arena scratch = {0};
    rig_status status = container_open(path, &opened, &stream, &scratch, err);
    if (status == RIG_OK)
        status = orientation_of(path, stream, asks, err);
    avformat_close_input(&opened);
    rig_arena_release(&scratch);
    return status;
}

rig_status rig_video_container_read(const char *path, rig_video_container *container, rig_arena *out, rig_err *err) {
    AVFormatContext *opened = NULL;
    AVStream *stream = NULL;
    stamps s = {NULL, 0, 0};
    *container = (rig_video_container){0};
    rig_status status = container_open(path, &opened, &stream, out, err);
    if (status == RIG_OK)
        status = times_from(opened, stream, &s, container, out, err);
    rig_heap_free(s.ticks);
    avformat_close_input(&opened);
    return status;
}
