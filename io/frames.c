#include "io/frames.h"

#include "core/arena.h"
#include "cv/cv.h"

#include <assert.h>
#include <string.h>

static const double TRUNCATED_SHARE = 0.02; // of the frames a container states: fewer missing is a loose count
enum { TRUNCATED_MIN = 5 };                 // frames
enum { SEEK_LEAST = 500 };                  // frames, worth more than the decoding from a key frame on

struct rig_reader {
    rig_arena arena; // holds this struct too
    const rig_feed_file *file;
    int first, last, step;
    long wanted;         // number of the next frame to deliver; may pass INT_MAX
    int at;              // number of the frame that the video would give next
    rig_footage footage; // what is known of the file: size, turn, rate, length
    int width, height;   // of its pictures as they are delivered
    bool as_stored;      // else turned as the file asks
    bool grey;
    rig_video *video;
    rig_image picture;    // of a sequence, as stored
    rig_orientation asks; // of that picture
    int loaded;           // which of the sequence, or -1
    rig_image shown;
    rig_view_source *sources;
};

// --- what the pictures are -----------------------------------------------------------------------

static const char *path_of(const rig_reader *reader) {
    return reader->file->paths[reader->video ? 0 : reader->loaded];
}

static rig_status size_check(const rig_reader *reader, const rig_image *picture, int frame, rig_err *err) {
    if (picture->width == reader->width && picture->height == reader->height)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_FORMAT, "'%s': frame %d is %dx%d, expected %dx%d as before it", path_of(reader), frame,
                    picture->width, picture->height, reader->width, reader->height);
}

static rig_status picture_load(rig_reader *reader, int i, rig_err *err) {
    if (reader->loaded == i)
        return RIG_OK;
    reader->loaded = -1;
    RIG_TRY(rig_cv_image_read(reader->file->paths[i], reader->grey, &reader->picture, &reader->asks, err));
    reader->loaded = i;
    return RIG_OK;
}

static rig_status video_start(rig_reader *reader, rig_err *err) {
    rig_video_info info;
    const char *path = reader->file->paths[0];
    RIG_TRY(reader->grey ? rig_video_open_grey(path, &reader->video, &info, err)
                         : rig_video_open(path, &reader->video, &info, err));
    reader->footage = (rig_footage){
        .width = info.width, .height = info.height, .asks = info.asks, .fps = info.fps, .n_frames = info.n_frames};
    return RIG_OK;
}

// A sequence's size is that of the first picture it delivers.
static rig_status sequence_start(rig_reader *reader, rig_err *err) {
    const rig_feed_file *file = reader->file;
    if (file->n == 0)
        return rig_fail(err, RIG_ERR_IO, "no picture matches '%s'", file->text);
    const int i = rig_footage_first(file, reader->first, reader->last, reader->step, 0);
    RIG_TRY(picture_load(reader, i < file->n ? i : 0, err));
    reader->footage = (rig_footage){
        .width = reader->picture.width, .height = reader->picture.height, .asks = reader->asks, .n_frames = file->n};
    return RIG_OK;
}

static rig_status start(rig_reader *reader, rig_err *err) {
    switch (reader->file->kind) {
    case RIG_FILE_VIDEO:
        return video_start(reader, err);
    case RIG_FILE_IMAGES:
        return sequence_start(reader, err);
    case RIG_FILE_NONE:
        break; // a recording without this feed: no frames, sizes not known
    }
    return RIG_OK;
}

// The views as they are known, which the pictures must have room for, or as the rig's layout has them.
static rig_status sources_set(rig_reader *reader, const rig_config *config, int feed, const rig_view_source *known,
                              rig_err *err) {
    const rig_feed_config *f = &config->feeds[feed];
    rig_view_source whole = {.as_stored = known && known->width > 0 ? known->as_stored : f->as_stored};
    rig_view_source_show(&whole, &reader->footage);
    reader->as_stored = whole.as_stored;
    reader->width = whole.picture_size[0], reader->height = whole.picture_size[1];
    reader->sources = RIG_NEW(&reader->arena, rig_view_source, f->n_views);
    if (!reader->sources)
        return rig_fail_memory(err, "the views of a feed");
    if (!known || known->width == 0)
        return rig_view_sources_make(config, feed, &reader->footage, reader->sources, err);
    memcpy(reader->sources, known, sizeof *known * (size_t)f->n_views);
    for (int i = 0; i < f->n_views; i++) {
        const rig_rect rect = known[i].rect;
        if (reader->width > 0 && !rig_rect_inside(rect, reader->width, reader->height))
            return rig_fail(err, RIG_ERR_DATA,
                            "view '%s': 10_feeds.yaml has it at [%d, %d, %d, %d], outside the picture of %dx%d (run "
                            "`rigpose crop` to remake it)",
                            config->views[f->first_view + i].name, rect.x, rect.y, rect.w, rect.h, reader->width,
                            reader->height);
    }
    return RIG_OK;
}

// --- reading -------------------------------------------------------------------------------------

static rig_status reader_open(const rig_config *config, int recording, int feed, const rig_view_source *known,
                              bool grey, rig_reader **reader, rig_err *err) {
    assert(recording >= 0 && recording < config->n_recordings && feed >= 0 && feed < config->n_feeds);
    const rig_recording_config *r = &config->recordings[recording];
    rig_arena arena = {0};
    *reader = NULL;
    rig_reader *opened = RIG_NEW(&arena, rig_reader, 1);
    if (!opened)
        return rig_fail_memory(err, "a feed's reader");
    *opened = (rig_reader){
        .arena = arena,
        .file = &r->files[feed],
        .first = r->first,
        .last = r->last,
        .step = r->step,
        .wanted = r->first,
        .loaded = -1,
        .grey = grey,
    };
    rig_status status = start(opened, err);
    if (status == RIG_OK)
        status = sources_set(opened, config, feed, known, err);
    if (status != RIG_OK)
        status = rig_fail_in(err, status, "recording '%s', feed '%s': ", r->name, config->feeds[feed].name);
    if (status == RIG_OK)
        *reader = opened;
    else
        rig_reader_close(opened);
    return status;
}

rig_status rig_reader_open(const rig_config *config, int recording, int feed, const rig_view_source *known,
                           rig_reader **reader, rig_err *err) {
    return reader_open(config, recording, feed, known, false, reader, err);
}

rig_status rig_reader_open_grey(const rig_config *config, int recording, int feed, const rig_view_source *known,
                                rig_reader **reader, rig_err *err) {
    return reader_open(config, recording, feed, known, true, reader, err);
}

const rig_view_source *rig_reader_sources(const rig_reader *reader) {
    return reader->sources;
}

void rig_reader_size(const rig_reader *reader, int *width, int *height) {
    *width = reader->width;
    *height = reader->height;
}

rig_status rig_reader_keep(rig_reader *reader, int n, bool *keeps, rig_err *err) {
    const rig_orientation asks = reader->footage.asks;
    *keeps = false;
    if (!reader->video || (!reader->as_stored && (asks.turns != 0 || asks.mirrored)))
        return RIG_OK;
    return rig_video_keep(reader->video, n, keeps, err);
}

// The video gave no more frames: its end, or a file that was cut.
static rig_status video_ended(const rig_reader *reader, rig_err *err) {
    int missing = rig_video_missing(reader->video);
    if (missing <= TRUNCATED_MIN || missing <= TRUNCATED_SHARE * reader->footage.n_frames)
        return RIG_OK;
    return rig_fail(err, RIG_ERR_FORMAT, "'%s' is truncated: %d frames can be read, its container says %d",
                    reader->file->paths[0], reader->at, reader->footage.n_frames);
}

static rig_status video_next(rig_reader *reader, rig_image *picture, bool *got, rig_err *err) {
    bool there = true;
    if (reader->at == 0 && reader->wanted >= SEEK_LEAST && reader->wanted < reader->footage.n_frames) {
        RIG_TRY(rig_video_seek(reader->video, (int)reader->wanted, &there, err));
        reader->at = there ? (int)reader->wanted : 0;
        there = true;
    }
    while (there && reader->at < reader->wanted) {
        RIG_TRY(rig_video_skip(reader->video, &there, err));
        reader->at += there;
    }
    if (there)
        RIG_TRY(rig_video_read(reader->video, picture, &there, err));
    if (!there)
        return video_ended(reader, err);
    reader->at++;
    *got = true;
    return RIG_OK;
}

static rig_status sequence_next(rig_reader *reader, rig_image *picture, bool *got, rig_err *err) {
    reader->at = rig_footage_first(reader->file, reader->first, reader->last, reader->step, reader->at);
    if (reader->at >= reader->file->n)
        return RIG_OK;
    RIG_TRY(picture_load(reader, reader->at, err));
    reader->wanted = rig_feed_file_frame(reader->file, reader->at++);
    *picture = reader->picture;
    *got = true;
    return RIG_OK;
}

rig_status rig_reader_next(rig_reader *reader, int *frame, rig_image *picture, bool *got, rig_err *err) {
    *got = false;
    if (reader->wanted > reader->last || reader->file->kind == RIG_FILE_NONE)
        return RIG_OK;
    bool there = false;
    RIG_TRY(reader->video ? video_next(reader, picture, &there, err) : sequence_next(reader, picture, &there, err));
    if (!there)
        return RIG_OK;
    *frame = (int)reader->wanted;
    const rig_orientation asks = reader->video ? reader->footage.asks : reader->asks;
    if (!reader->as_stored && (asks.turns != 0 || asks.mirrored)) {
        RIG_TRY(rig_image_orient(picture, asks, &reader->shown, err));
        *picture = reader->shown;
    }
    RIG_TRY(size_check(reader, picture, *frame, err));
    reader->wanted += reader->step;
    *got = true;
    return RIG_OK;
}

void rig_reader_skip(rig_reader *reader, long n) {
    if (reader->file->kind != RIG_FILE_IMAGES)
        reader->wanted += n * reader->step;
    for (; reader->file->kind == RIG_FILE_IMAGES && n > 0 && reader->at < reader->file->n; n--)
        reader->at = rig_footage_first(reader->file, reader->first, reader->last, reader->step, reader->at) + 1;
}

rig_status rig_view_extract(const rig_view_source *source, const rig_image *picture, bool grey, rig_image *dst,
                            rig_err *err) {
    rig_image window = rig_image_window(picture, source->rect);
    if (!grey || source->turns == 0)
        return grey ? rig_image_to_grey(&window, dst, err) : rig_image_rotate(&window, source->turns, dst, err);
    rig_image upright = {0};
    rig_status status = rig_image_to_grey(&window, &upright, err);
    if (status == RIG_OK)
        status = rig_image_rotate(&upright, source->turns, dst, err);
    rig_image_release(&upright);
    return status;
}

void rig_reader_close(rig_reader *reader) {
    if (!reader)
        return;
    rig_video_close(reader->video);
    rig_image_release(&reader->picture);
    rig_image_release(&reader->shown);
    rig_arena arena = reader->arena; // it holds the reader
    rig_arena_release(&arena);
}
