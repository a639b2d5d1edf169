// crop: what each view of each recording is. Views are windows into their feeds; files only with --write.
#include "app/feeds.h"
#include "app/stages.h"
#include "app/talk.h"
#include "app/view_videos.h"

#include <stdio.h>
#include <string.h>

static rig_status videos_fill(rig_reader *reader, const rig_view_videos *videos, rig_image *image, rig_err *err) {
    const rig_view_source *sources = rig_reader_sources(reader);
    rig_progress progress = rig_progress_begin("crop", videos->n ? sources[0].n_frames : 0);
    rig_status status = RIG_OK;
    bool got = true;
    while (status == RIG_OK && got) {
        rig_image picture;
        int frame;
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        for (int i = 0; i < videos->n && status == RIG_OK && got; i++) {
            status = rig_view_extract(&sources[i], &picture, false, image, err);
            if (status == RIG_OK)
                status = rig_video_writer_add(videos->writers[i], image, err);
        }
        rig_progress_add(&progress, got);
    }
    rig_progress_end(&progress);
    return status;
}

static rig_status views_write(rig_session *session, int recording, int feed, rig_err *err) {
    const rig_config *config = &session->config;
    rig_reader *reader = NULL;
    rig_view_videos videos = {0};
    rig_image image = {0};
    const char *folder =
        rig_arena_printf(&session->arena, "%s/views/%s", config->out, config->recordings[recording].name);
    if (!folder)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_reader_open(config, recording, feed, NULL, &reader, err));
    rig_status status = rig_view_videos_open(session, recording, folder, rig_reader_sources(reader),
                                             config->feeds[feed].n_views, &videos, err);
    if (status == RIG_OK)
        status = videos_fill(reader, &videos, &image, err);
    status = rig_view_videos_close(&videos, status, err);
    rig_image_release(&image);
    rig_reader_close(reader);
    return status;
}

static rig_status feeds_write(rig_session *session, const rig_feeds *feeds, const rig_inputs *inputs, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "10_feeds.yaml", &path, err));
    RIG_TRY(rig_feeds_write(path, feeds, inputs, err));
    rig_feeds_written(session);
    rig_say("crop: %d views of %d feeds; recordings: %d", session->config.n_views, session->config.n_feeds,
            session->config.n_recordings);
    return RIG_OK;
}

rig_status rig_stage_crop(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                          rig_err *err) {
    const rig_config *config = &session->config;
    rig_feeds feeds;
    RIG_TRY(rig_feeds_collect(session, &feeds, NULL, err));

    for (int r = 0; options->write && r < config->n_recordings; r++)
        for (int f = 0; f < config->n_feeds; f++)
            if (config->recordings[r].files[f].kind != RIG_FILE_NONE)
                RIG_TRY(views_write(session, r, f, err));

    return feeds_write(session, &feeds, inputs, err);
}

// A 10_feeds.yaml that does not know all of the footage is made again by whatever needs it next.
rig_status rig_crop_known(rig_session *session, rig_inputs *inputs, rig_err *err) {
    rig_feeds feeds;
    bool whole = true;
    RIG_TRY(rig_feeds_collect(session, &feeds, &whole, err));
    for (int i = 0; i < inputs->n && !whole; i++)
        if (strcmp(inputs->items[i].name, "footage") == 0)
            snprintf(inputs->items[i].hash, sizeof inputs->items[i].hash, "incomplete");
    return feeds_write(session, &feeds, inputs, err);
}
