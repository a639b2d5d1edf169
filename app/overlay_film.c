#include "app/overlay_film.h"

#include "app/overlay_marks.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

// --- a video ---------------------------------------------------------------------------------------------------------

rig_status rig_overlay_video_open(rig_overlay_video *v, const char *folder, const char *name, int width, int height,
                                  double fps, rig_err *err) {
    if (snprintf(v->path, sizeof v->path, "%s/%s.mp4", folder, name) >= (int)sizeof v->path)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s/%s.mp4': its path is too long", folder, name);
    rig_leftovers_visit(v->path, ".mp4", NULL, NULL); // of runs that were interrupted: films are large
    RIG_TRY(rig_temporary_make(&v->temporary, v->path, ".mp4", false, err));
    const rig_status status =
        rig_web_video_open(v->temporary.path, width, height, fps > 0 ? fps : RIG_FPS_UNKNOWN, &v->video, err);
    if (status != RIG_OK) {
        rig_temporary_name_place(&v->temporary, v->path, err);
        rig_temporary_remove(&v->temporary);
    }
    return status;
}

rig_status rig_overlay_video_close(rig_overlay_video *v, rig_status status, rig_err *err) {
    if (!v->video)
        return status;
    rig_status closed = rig_web_video_close(v->video, status == RIG_OK ? err : NULL);
    status = status == RIG_OK ? closed : status;
    v->video = NULL;
    if (status == RIG_OK)
        status = rig_temporary_place(&v->temporary, v->path, ".mp4", err);
    else
        rig_temporary_name_place(&v->temporary, v->path, err);
    rig_temporary_remove(&v->temporary);
    return status;
}

void rig_overlay_warn_unplayable(const rig_overlay_video *v) {
    if (!rig_web_video_plays(v->video))
        rig_warn(
            "FFmpeg has no H.264 encoder (libx264 or libopenh264): the videos are MPEG-4 part 2, which video players "
            "play but browsers do not");
}

void rig_overlay_head(rig_image *image, const char *name, const rig_view_source *source, int frame,
                      const rig_overlay_notes *notes) {
    char text[160];
    const char *lines[1 + RIG_OVERLAY_NOTES] = {text};
    const bool stamped = source->n_times > frame;
    if (stamped || source->fps > 0)
        snprintf(text, sizeof text, "%s   %.2f s   frame %d", name,
                 (stamped ? source->times_s[frame] : frame / source->fps) + source->offset_s, frame);
    else
        snprintf(text, sizeof text, "%s   frame %d", name, frame);
    for (int i = 0; i < RIG_OVERLAY_NOTES; i++)
        lines[1 + i] = notes->line[i];
    rig_head_draw(image, lines, 1 + RIG_OVERLAY_NOTES);
}

// --- a recording -----------------------------------------------------------------------------------------------------

typedef struct film {
    rig_session *session;
    int recording;
    const char *folder;
    const rig_overlay_painter *painter;
    rig_progress progress;
    bool told; // that browsers do not play the videos
} film;

typedef struct feed_film {
    rig_reader *reader;
    int n;
    rig_image images[RIG_VIEWS_MAX];
    rig_overlay_video videos[RIG_VIEWS_MAX];
} feed_film;

static rig_status feed_open(film *f, int feed, feed_film *of, rig_err *err) {
    const rig_config *config = &f->session->config;
    RIG_TRY(rig_session_reader_open(f->session, f->recording, feed, &of->reader, err));
    const rig_view_source *sources = rig_reader_sources(of->reader);
    for (int n = config->feeds[feed].n_views; of->n < n; of->n++) {
        const rig_view_source *s = &sources[of->n];
        const double fps = s->fps / config->recordings[f->recording].step;
        RIG_TRY(rig_overlay_video_open(&of->videos[of->n], f->folder, config->views[s->view].name, s->width, s->height,
                                       fps, err));
        if (!f->told)
            rig_overlay_warn_unplayable(&of->videos[of->n]);
        f->told = true;
    }
    return RIG_OK;
}

static rig_status view_add(film *f, feed_film *of, int v, int frame, const rig_image *picture, rig_err *err) {
    const rig_view_source *source = &rig_reader_sources(of->reader)[v];
    rig_overlay_notes notes = {{""}};
    RIG_TRY(rig_view_extract(source, picture, false, &of->images[v], err));
    RIG_TRY(f->painter->draw(f->painter->self, source, frame, &of->images[v], &notes, err));
    rig_overlay_head(&of->images[v], f->session->config.views[source->view].name, source, frame, &notes);
    return rig_web_video_add(of->videos[v].video, &of->images[v], err);
}

static rig_status feed_fill(film *f, feed_film *of, rig_err *err) {
    bool got = true;
    while (got) {
        rig_image picture;
        int frame;
        RIG_TRY(rig_reader_next(of->reader, &frame, &picture, &got, err));
        for (int v = 0; v < of->n && got; v++)
            RIG_TRY(view_add(f, of, v, frame, &picture, err));
#pragma omp critical(rig_overlay)
        rig_progress_add(&f->progress, got);
    }
    return RIG_OK;
}

static rig_status feed_close(feed_film *of, rig_status status, rig_err *err) {
    for (int v = 0; v < of->n; v++) {
        status = rig_overlay_video_close(&of->videos[v], status, err);
        rig_image_release(&of->images[v]);
    }
    rig_reader_close(of->reader);
    return status;
}

static rig_status feed_write(film *f, int feed, rig_err *err) {
    feed_film *of = rig_heap_resize(NULL, 1, sizeof *of);
    rig_status status = of ? RIG_OK : rig_fail_memory(err, "a feed's views");
    if (!of)
        return status;
    memset(of, 0, sizeof *of);
#pragma omp critical(rig_overlay)
    status = feed_open(f, feed, of, err); // the session serves one at a time
    if (status == RIG_OK)
        status = feed_fill(f, of, err);
    status = feed_close(of, status, err);
    rig_heap_free(of);
    return status;
}

static rig_status feeds_find(const rig_config *config, int recording, int *feeds, int *n, rig_err *err) {
    *n = 0;
    for (int i = 0; i < config->n_feeds; i++)
        if (config->recordings[recording].files[i].kind != RIG_FILE_NONE)
            feeds[(*n)++] = i;
    if (*n == 0)
        return rig_fail(err, RIG_ERR_IO, "recording '%s' has no footage to draw on",
                        config->recordings[recording].name);
    return RIG_OK;
}

rig_status rig_overlay_film(rig_session *session, int recording, const char *folder, const rig_overlay_painter *painter,
                            rig_err *err) {
    film f = {.session = session, .recording = recording, .folder = folder, .painter = painter};
    const rig_config *config = &session->config;
    rig_view_source *sources;
    int feeds[RIG_VIEWS_MAX], n;
    long n_frames = 0;
    rig_status status[RIG_VIEWS_MAX] = {RIG_OK};
    rig_err errors[RIG_VIEWS_MAX];
    RIG_TRY(feeds_find(config, recording, feeds, &n, err));
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    for (int i = 0; i < n; i++)
        n_frames += rig_footage_wanted(&config->recordings[recording], &config->recordings[recording].files[feeds[i]],
                                       sources[config->feeds[feeds[i]].first_view].n_frames);
    RIG_TRY(rig_folder_make(folder, err));
    f.progress = rig_progress_begin("overlay", n_frames);
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < n; i++)
        status[i] = feed_write(&f, feeds[i], &errors[i]);
    rig_progress_end(&f.progress);
    for (int i = 0; i < n; i++)
        if (status[i] != RIG_OK)
            return rig_fail(err, status[i], "%s", errors[i].text);
    return RIG_OK;
}
