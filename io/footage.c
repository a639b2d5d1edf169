#include "io/footage.h"

#include "cv/cv.h"

#include <assert.h>
#include <math.h>
#include <string.h>

// Of a frame: stamps nearer than this to where a constant rate puts them are rounded, not late.
static const double UNEVEN_FRAMES = 0.1;

static bool rate_is_constant(const rig_video_container *container, double fps) {
    const double most_s = fmax(UNEVEN_FRAMES / fps, 1.01 * container->tick_s);
    for (int i = 0; i < container->n; i++)
        if (fabs(container->times_s[i] - i / fps) > most_s)
            return false;
    return true;
}

static rig_status video_look(const char *path, rig_footage *footage, rig_arena *out, rig_err *err) {
    rig_video *video = NULL;
    rig_video_info info;
    rig_video_shape shape;
    rig_video_container container;
    rig_arena stamps = {0};
    RIG_TRY(rig_video_open(path, &video, &info, err));
    rig_video_close(video);
    RIG_TRY(rig_video_shape_read(path, &shape, err));
    rig_status status = rig_video_container_read(path, &container, &stamps, err);
    *footage = (rig_footage){.width = info.width,
                             .height = info.height,
                             .asks = info.asks,
                             .n_streams = info.n_streams,
                             .interlaced = shape.interlaced,
                             .pixel_aspect = shape.pixel_aspect,
                             .fps = info.fps,
                             .n_frames = container.n > 0 ? container.n : info.n_frames};
    if (status == RIG_OK && info.fps > 0 && !rate_is_constant(&container, info.fps)) {
        footage->times_s = RIG_NEW(out, double, container.n);
        if (footage->times_s)
            memcpy(footage->times_s, container.times_s, sizeof *footage->times_s * (size_t)container.n);
        else
            status = rig_fail_memory(err, "time stamps");
        footage->n_times = container.n;
    }
    rig_arena_release(&stamps);
    return status;
}

bool rig_pixels_are_oblong(const rig_footage *footage) {
    static const double SQUARE = 0.002;
    return footage->pixel_aspect > 0 && fabs(footage->pixel_aspect - 1) > SQUARE;
}

int rig_footage_first(const rig_feed_file *file, int first, int last, int step, int from) {
    for (int i = from; i < file->n; i++) {
        const int frame = rig_feed_file_frame(file, i);
        if (frame >= first && frame <= last && (frame - first) % step == 0)
            return i;
    }
    return file->n;
}

// A sequence's size is that of the first picture that the recording uses.
static rig_status sequence_look(const rig_feed_file *file, int at, rig_footage *footage, rig_err *err) {
    rig_image picture = {0};
    rig_orientation asks;
    if (file->n == 0)
        return rig_fail(err, RIG_ERR_IO, "no picture matches '%s'", file->text);
    rig_status status = rig_cv_image_read(file->paths[at < file->n ? at : 0], false, &picture, &asks, err);
    if (status == RIG_OK)
        *footage = (rig_footage){.width = picture.width, .height = picture.height, .asks = asks, .n_frames = file->n};
    rig_image_release(&picture);
    return status;
}

int rig_footage_wanted(const rig_recording_config *r, const rig_feed_file *file, int n_frames) {
    int n = 0;
    if (file->kind != RIG_FILE_IMAGES) {
        const int last = r->last < n_frames ? r->last : n_frames - 1;
        return last < r->first ? 0 : (last - r->first) / r->step + 1;
    }
    for (int i = 0; (i = rig_footage_first(file, r->first, r->last, r->step, i)) < file->n; i++)
        n++;
    return n;
}

rig_status rig_footage_range_check(const rig_config *config, int recording, int feed, const rig_footage *footage,
                                   rig_err *err) {
    const rig_recording_config *r = &config->recordings[recording];
    const rig_feed_file *file = &r->files[feed];
    const bool sequence = file->kind == RIG_FILE_IMAGES && file->n > 0;
    const int low = sequence ? rig_feed_file_frame(file, 0) : 0;
    const int high = sequence ? rig_feed_file_frame(file, file->n - 1) : footage->n_frames - 1;
    if (footage->n_frames == 0 ||
        (sequence ? rig_footage_first(file, r->first, r->last, r->step, 0) < file->n : r->first <= high))
        return RIG_OK;
    return rig_fail(err, RIG_ERR_CONFIG,
                    "recording '%s', feed '%s': none of its frames %d to %d is in the recording, which starts at %d "
                    "with a step of %d",
                    r->name, config->feeds[feed].name, low, high, r->first, r->step);
}

rig_status rig_footage_read(const rig_config *config, int recording, int feed, rig_footage *footage, rig_arena *out,
                            rig_err *err) {
    const rig_recording_config *r = &config->recordings[recording];
    const rig_feed_file *file = &r->files[feed];
    rig_status status = RIG_OK;
    *footage = (rig_footage){0};
    if (file->kind == RIG_FILE_VIDEO)
        status = video_look(file->paths[0], footage, out, err);
    else if (file->kind == RIG_FILE_IMAGES)
        status = sequence_look(file, rig_footage_first(file, r->first, r->last, r->step, 0), footage, err);
    if (status != RIG_OK)
        return rig_fail_in(err, status, "recording '%s', feed '%s': ", r->name, config->feeds[feed].name);
    return RIG_OK;
}

static rig_status view_rect(const rig_config *config, const rig_view_config *view, int width, int height, bool turned,
                            rig_rect *rect, rig_err *err) {
    const rig_feed_config *feed = &config->feeds[view->feed];
    *rect = view->rect;
    if (rect->w == 0) {
        assert(view->tile < feed->cols * feed->rows);
        if (width % feed->cols || height % feed->rows)
            return rig_fail(err, RIG_ERR_CONFIG,
                            "%s:%d: feeds.%s.grid: [%d, %d] does not divide the picture of %dx%d evenly, "
                            "expected another grid or a rect for view '%s'",
                            config->path, feed->line, feed->name, feed->cols, feed->rows, width, height, view->name);
        int w = width / feed->cols, h = height / feed->rows;
        *rect = (rig_rect){view->tile % feed->cols * w, view->tile / feed->cols * h, w, h};
    }
    if (!rig_rect_inside(*rect, width, height))
        return rig_fail(
            err, RIG_ERR_CONFIG, "%s:%d: views.%s.rect: [%d, %d, %d, %d] lies outside the picture of %dx%d%s",
            config->path, view->line, view->name, rect->x, rect->y, rect->w, rect->h, width, height,
            turned ? ", which is rotated as the file's metadata asks (an explicit `rotate` takes it as stored)" : "");
    return RIG_OK;
}

void rig_view_source_show(rig_view_source *source, const rig_footage *footage) {
    source->shown = source->as_stored ? (rig_orientation){0} : footage->asks;
    const bool across = source->shown.turns % 2;
    source->picture_size[0] = across ? footage->height : footage->width;
    source->picture_size[1] = across ? footage->width : footage->height;
}

rig_status rig_view_sources_make(const rig_config *config, int feed, const rig_footage *footage,
                                 rig_view_source *sources, rig_err *err) {
    const rig_feed_config *f = &config->feeds[feed];
    const bool stated = f->fps > 0, known = footage->width > 0;
    for (int i = 0; i < f->n_views; i++) {
        const rig_view_config *view = &config->views[f->first_view + i];
        rig_rect rect = view->rect;
        rig_view_source made = {.as_stored = f->as_stored};
        rig_view_source_show(&made, footage);
        if (known)
            RIG_TRY(
                view_rect(config, view, made.picture_size[0], made.picture_size[1], made.shown.turns > 0, &rect, err));
        const int w = known ? rect.w : 0, h = known ? rect.h : 0;
        sources[i] = (rig_view_source){
            .view = f->first_view + i,
            .feed = feed,
            .as_stored = made.as_stored,
            .shown = made.shown,
            .rect = rect,
            .turns = view->turns,
            .width = view->turns % 2 ? h : w,
            .height = view->turns % 2 ? w : h,
            .fps = stated ? f->fps : footage->fps,
            .n_frames = footage->n_frames,
            .offset_s = view->offset_s,
            .picture_size = {made.picture_size[0], made.picture_size[1]},
            .n_times = stated ? 0 : footage->n_times,
            .times_s = stated ? NULL : footage->times_s,
        };
    }
    return RIG_OK;
}
