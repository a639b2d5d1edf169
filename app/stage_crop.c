// crop: what each view of each recording is. Views are windows into their feeds; files only with --write.
#include "app/stages.h"
#include "app/talk.h"
#include "core/people.h"
#include "cv/cv.h"
#include "io/file.h"

#include <string.h>

static void feeds_add(rig_feeds *feeds, const rig_config *config, int recording, const rig_view_source *source) {
    struct rig_feeds_entry *e = &feeds->entries[feeds->n++];
    const rig_feed_file *file = &config->recordings[recording].files[source->feed];
    memcpy(e->recording, config->recordings[recording].name, sizeof e->recording);
    memcpy(e->view, config->views[source->view].name, sizeof e->view);
    memcpy(e->feed, config->feeds[source->feed].name, sizeof e->feed);
    e->file = file->kind == RIG_FILE_NONE ? NULL : file->text;
    e->source = *source;
}

static rig_status feeds_collect(rig_session *session, rig_feeds *feeds, rig_err *err) {
    const rig_config *config = &session->config;
    feeds->entries = RIG_NEW(&session->arena, struct rig_feeds_entry, config->n_recordings * config->n_views + 1);
    if (!feeds->entries)
        return rig_fail_memory(err, "the views of all recordings");
    for (int r = 0; r < config->n_recordings; r++) {
        rig_view_source *sources;
        RIG_TRY(rig_session_sources(session, r, &sources, err));
        for (int v = 0; v < config->n_views; v++)
            if (sources[v].view >= 0)
                feeds_add(feeds, config, r, &sources[v]);
    }
    return RIG_OK;
}

// The views of one feed of one recording as videos.
typedef struct view_files {
    const rig_view_source *sources;
    int n;
    rig_video_writer *writers[RIG_VIEWS_MAX];
    char temporary[RIG_VIEWS_MAX][1100];
    const char *paths[RIG_VIEWS_MAX];
    rig_image image;
} view_files;

static rig_status view_files_open(rig_session *session, int recording, view_files *files, rig_err *err) {
    const rig_config *config = &session->config;
    const char *folder =
        rig_arena_printf(&session->arena, "%s/views/%s", config->out, config->recordings[recording].name);
    if (!folder)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_make(folder, err));
    for (int i = 0; i < files->n; i++) {
        const rig_view_source *s = &files->sources[i];
        const char *name = config->views[s->view].name;
        const char *ending = s->width % 2 || s->height % 2 ? "avi" : "mp4"; // MPEG-4 has no odd sizes
        files->paths[i] = rig_arena_printf(&session->arena, "%s/%s.%s", folder, name, ending);
        if (!files->paths[i])
            return rig_fail_memory(err, "a path");
        snprintf(files->temporary[i], sizeof files->temporary[i], "%s/%s.part.%s", folder, name, ending);
        RIG_TRY(rig_video_writer_open(files->temporary[i], s->width, s->height, s->fps > 0 ? s->fps : 25,
                                      &files->writers[i], err));
    }
    return RIG_OK;
}

static rig_status view_files_fill(rig_reader *reader, view_files *files, rig_progress *progress, rig_err *err) {
    for (;;) {
        rig_image picture;
        bool got;
        int frame;
        RIG_TRY(rig_reader_next(reader, &frame, &picture, &got, err));
        if (!got)
            return RIG_OK;
        for (int i = 0; i < files->n; i++) {
            RIG_TRY(rig_view_extract(&files->sources[i], &picture, false, &files->image, err));
            RIG_TRY(rig_video_writer_add(files->writers[i], &files->image, err));
        }
        rig_progress_add(progress, 1);
    }
}

static rig_status view_files_close(view_files *files, rig_status status, rig_err *err) {
    for (int i = 0; i < files->n; i++) {
        bool opened = files->writers[i] != NULL;
        rig_status closed = rig_video_writer_close(files->writers[i], status == RIG_OK ? err : NULL);
        status = status == RIG_OK ? closed : status;
        if (status == RIG_OK && rename(files->temporary[i], files->paths[i]) != 0)
            status = rig_fail(err, RIG_ERR_IO, "%s: cannot rename to '%s'", files->temporary[i], files->paths[i]);
        else if (status != RIG_OK && opened)
            remove(files->temporary[i]);
    }
    rig_image_release(&files->image);
    return status;
}

static rig_status views_write(rig_session *session, int recording, int feed, rig_err *err) {
    rig_reader *reader = NULL;
    RIG_TRY(rig_reader_open(&session->config, recording, feed, &reader, err));
    view_files files = {.sources = rig_reader_sources(reader), .n = session->config.feeds[feed].n_views};
    rig_progress progress = rig_progress_begin("crop", files.n ? files.sources[0].n_frames : 0);
    rig_status status = view_files_open(session, recording, &files, err);
    if (status == RIG_OK)
        status = view_files_fill(reader, &files, &progress, err);
    rig_progress_end(&progress);
    status = view_files_close(&files, status, err);
    rig_reader_close(reader);
    return status;
}

rig_status rig_stage_crop(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                          rig_err *err) {
    const rig_config *config = &session->config;
    rig_feeds feeds = {0};
    const char *path;
    RIG_TRY(feeds_collect(session, &feeds, err));

    for (int r = 0; options->write && r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++)
            if (config->recordings[r].files[f].kind != RIG_FILE_NONE)
                RIG_TRY(views_write(session, r, f, err));

    RIG_TRY(rig_session_path(session, "10_feeds.yaml", &path, err));
    RIG_TRY(rig_feeds_write(path, &feeds, inputs, err));
    rig_say("crop: %d views of %d feeds in %d recordings", feeds.n, config->n_feeds, config->n_recordings);
    return RIG_OK;
}
