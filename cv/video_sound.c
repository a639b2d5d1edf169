// A video's sound as its loudness through time, and when its container says it was taken.
#include "cv/cv.h"
#include "cv/regular.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/parseutils.h>
#include <libavutil/timecode.h>

#include <math.h>
#include <string.h>

static const double LENGTH_MOST_S = 86400;

typedef struct sound {
    AVFormatContext *container;
    AVStream *pictures, *stream; // stream: of the sound, or NULL
    AVCodecContext *codec;
    float *energy;
    int n, room;
    double next_s, before; // after the last sample, and its value
} sound;

static rig_status container_open(const char *path, sound *s, rig_arena *scratch, rig_err *err) {
    char *url = rig_arena_printf(scratch, "file:%s", path); // FFmpeg takes "word:" at the front for a protocol
    FILE *regular;
    long long length;
    RIG_TRY(rig_regular_open(path, &regular, &length, err));
    fclose(regular);
    if (!url)
        return rig_fail_memory(err, "a path");
    if (avformat_open_input(&s->container, url, NULL, NULL) < 0 || avformat_find_stream_info(s->container, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a readable video, or is damaged", path);
    for (unsigned i = 0; i < s->container->nb_streams; i++) {
        AVStream *stream = s->container->streams[i];
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_VIDEO && !s->pictures)
            s->pictures = stream;
        if (stream->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !s->stream)
            s->stream = stream;
    }
    return RIG_OK;
}

static void sound_release(sound *s) {
    avcodec_free_context(&s->codec);
    avformat_close_input(&s->container);
    rig_heap_free(s->energy);
}

// --- loudness --------------------------------------------------------------------------------------------------------

static double sample_of(const AVFrame *frame, int channel, int i) {
    const int n = frame->ch_layout.nb_channels;
    const bool planar = av_sample_fmt_is_planar((enum AVSampleFormat)frame->format);
    const uint8_t *data = frame->extended_data[planar ? channel : 0];
    const int at = planar ? i : i * n + channel;
    switch (av_get_packed_sample_fmt((enum AVSampleFormat)frame->format)) {
    case AV_SAMPLE_FMT_U8:
        return (data[at] - 128) / 128.0;
    case AV_SAMPLE_FMT_S16:
        return ((const int16_t *)(const void *)data)[at] / 32768.0;
    case AV_SAMPLE_FMT_S32:
        return ((const int32_t *)(const void *)data)[at] / 2147483648.0;
    case AV_SAMPLE_FMT_FLT:
        return (double)((const float *)(const void *)data)[at];
    case AV_SAMPLE_FMT_DBL:
        return ((const double *)(const void *)data)[at];
    default:
        return 0;
    }
}

static rig_status room_make(sound *s, int n, rig_err *err) {
    if (n <= s->n)
        return RIG_OK;
    if (n > s->room) {
        const int room = 2 * n;
        float *grown = rig_heap_resize(s->energy, (size_t)room, sizeof *grown);
        if (!grown)
            return rig_fail_memory(err, "sound");
        s->energy = grown, s->room = room;
    }
    memset(s->energy + s->n, 0, (size_t)(n - s->n) * sizeof *s->energy);
    s->n = n;
    return RIG_OK;
}

static double picture_start(const sound *s) {
    const bool known = s->pictures && s->pictures->start_time != AV_NOPTS_VALUE;
    return known ? (double)s->pictures->start_time * av_q2d(s->pictures->time_base) : 0;
}

static rig_status frame_add(sound *s, const AVFrame *frame, rig_err *err) {
    const int rate = frame->sample_rate, channels = frame->ch_layout.nb_channels;
    if (rate <= 0 || channels <= 0)
        return RIG_OK;
    if (frame->best_effort_timestamp != AV_NOPTS_VALUE)
        s->next_s = (double)frame->best_effort_timestamp * av_q2d(s->stream->time_base) - picture_start(s);
    for (int i = 0; i < frame->nb_samples; i++) {
        const double t = s->next_s + (double)i / rate;
        double value = 0;
        for (int c = 0; c < channels; c++)
            value += sample_of(frame, c, i) / channels;
        const double step = value - s->before;
        s->before = value;
        if (!(t >= 0 && t < LENGTH_MOST_S) || !isfinite(step))
            continue;
        const int at = (int)(t / RIG_SOUND_STEP_S);
        RIG_TRY(room_make(s, at + 1, err));
        s->energy[at] += (float)(step * step / (rate * RIG_SOUND_STEP_S));
    }
    s->next_s += (double)frame->nb_samples / rate;
    return RIG_OK;
}

// What is damaged is passed over: the next packet has a time stamp of its own.
static rig_status packets_decode(sound *s, AVPacket *packet, AVFrame *frame, rig_err *err) {
    for (bool more = true; more;) {
        more = av_read_frame(s->container, packet) >= 0;
        if (more && packet->stream_index != s->stream->index) {
            av_packet_unref(packet);
            continue;
        }
        if (avcodec_send_packet(s->codec, more ? packet : NULL) >= 0)
            while (avcodec_receive_frame(s->codec, frame) >= 0)
                RIG_TRY(frame_add(s, frame, err));
        av_packet_unref(packet);
    }
    return RIG_OK;
}

static rig_status sound_decode(const char *path, sound *s, rig_err *err) {
    const AVCodec *decoder = avcodec_find_decoder(s->stream->codecpar->codec_id);
    s->codec = decoder ? avcodec_alloc_context3(decoder) : NULL;
    if (!s->codec || avcodec_parameters_to_context(s->codec, s->stream->codecpar) < 0 ||
        avcodec_open2(s->codec, decoder, NULL) < 0)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s': its sound cannot be decoded", path);
    s->codec->pkt_timebase = s->stream->time_base;
    for (unsigned i = 0; i < s->container->nb_streams; i++)
        if (s->container->streams[i] != s->stream)
            s->container->streams[i]->discard = AVDISCARD_ALL;
    AVPacket *packet = av_packet_alloc();
    AVFrame *frame = av_frame_alloc();
    const rig_status status =
        packet && frame ? packets_decode(s, packet, frame, err) : rig_fail_memory(err, "packets of a video");
    av_packet_free(&packet);
    av_frame_free(&frame);
    return status;
}

rig_status rig_video_sound_read(const char *path, rig_video_sound *made, rig_arena *out, rig_err *err) {
    sound s = {.n = 0};
    *made = (rig_video_sound){0};
    rig_status status = container_open(path, &s, out, err);
    if (status == RIG_OK && s.stream)
        status = sound_decode(path, &s, err);
    if (status == RIG_OK && s.n > 0) {
        made->energy = RIG_NEW(out, float, s.n);
        if (made->energy)
            memcpy(made->energy, s.energy, (size_t)s.n * sizeof *s.energy);
        else
            status = rig_fail_memory(err, "sound");
        made->n = made->energy ? s.n : 0;
    }
    sound_release(&s);
    return status;
}

// --- when it was taken -----------------------------------------------------------------------------------------------

static const char *tag_find(const sound *s, const char *name) {
    const AVDictionaryEntry *entry = av_dict_get(s->container->metadata, name, NULL, 0);
    for (unsigned i = 0; i < s->container->nb_streams && !entry; i++)
        entry = av_dict_get(s->container->streams[i]->metadata, name, NULL, 0);
    return entry ? entry->value : NULL;
}

static void stamp_read(const sound *s, rig_video_stamp *stamp) {
    const char *created = tag_find(s, "creation_time"), *code = tag_find(s, "timecode");
    int64_t microseconds;
    AVTimecode timecode;
    if (created && av_parse_time(&microseconds, created, 0) >= 0)
        stamp->has_date = true, stamp->date_s = 1e-6 * (double)microseconds;
    const AVRational rate = s->pictures ? s->pictures->avg_frame_rate : (AVRational){0, 1};
    if (code && rate.num > 0 && rate.den > 0 && av_timecode_init_from_string(&timecode, rate, code, NULL) >= 0) {
        stamp->has_code = true;
        stamp->code_s = timecode.start / av_q2d(rate);
        stamp->code_step_s = 1 / av_q2d(rate);
    }
}

rig_status rig_video_stamp_read(const char *path, rig_video_stamp *stamp, rig_err *err) {
    sound s = {.n = 0};
    rig_arena scratch = {0};
    *stamp = (rig_video_stamp){0};
    const rig_status status = container_open(path, &s, &scratch, err);
    if (status == RIG_OK)
        stamp_read(&s, stamp);
    sound_release(&s);
    rig_arena_release(&scratch);
    return status;
}
