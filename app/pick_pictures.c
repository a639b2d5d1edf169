#include "app/pick_pictures.h"

#include "cv/cv.h"

enum { QUALITY = 95 }; // of JPEG: corners of single pixels stay where they are

rig_status rig_pick_pictures_init(rig_pick_pictures *pictures, const rig_config *config, int n_feeds, rig_arena *out,
                                  rig_err *err) {
    *pictures = (rig_pick_pictures){.config = config};
    pictures->feeds = RIG_NEW(out, rig_pick_feed, n_feeds);
    return pictures->feeds ? RIG_OK : rig_fail_memory(err, "feeds");
}

static void feed_close(rig_pick_feed *feed) {
    rig_reader_close(feed->reader);
    *feed = (rig_pick_feed){.reader = NULL};
}

void rig_pick_pictures_release(rig_pick_pictures *pictures) {
    for (int f = 0; pictures->feeds && f < pictures->config->n_feeds; f++)
        feed_close(&pictures->feeds[f]);
    rig_image_release(&pictures->cut);
    *pictures = (rig_pick_pictures){.feeds = NULL};
}

// Open the feed's file where another one is open, or one that is past frame `at`.
static rig_status feed_open(rig_pick_pictures *pictures, int recording, int f, int at, rig_err *err) {
    rig_pick_feed *feed = &pictures->feeds[f];
    if (feed->reader && feed->recording == recording && feed->at <= at)
        return RIG_OK;
    feed_close(feed);
    RIG_TRY(rig_reader_open(pictures->config, recording, f, NULL, &feed->reader, err));
    feed->recording = recording, feed->at = -1;
    return RIG_OK;
}

rig_status rig_pick_feed_look(rig_pick_pictures *pictures, int recording, int feed, const rig_view_source **sources,
                              int size[2], int *n_frames, rig_err *err) {
    const rig_recording_config *r = &pictures->config->recordings[recording];
    const rig_pick_feed *open = &pictures->feeds[feed];
    RIG_TRY(feed_open(pictures, recording, feed, open->reader ? open->at : 0, err));
    *sources = rig_reader_sources(open->reader);
    rig_reader_size(open->reader, &size[0], &size[1]);
    *n_frames = rig_footage_wanted(r, &r->files[feed], (*sources)->n_frames);
    return RIG_OK;
}

rig_status rig_pick_picture(rig_pick_pictures *pictures, int recording, int feed, int view, int at,
                            unsigned char **bytes, size_t *n, rig_arena *out, rig_err *err) {
    rig_pick_feed *open = &pictures->feeds[feed];
    int frame;
    bool got = true;
    RIG_TRY(feed_open(pictures, recording, feed, at, err));
    if (open->at < at) {
        rig_reader_skip(open->reader, at - open->at - 1);
        const rig_status status = rig_reader_next(open->reader, &frame, &open->picture, &got, err);
        open->at = at;
        if (status != RIG_OK || !got)
            feed_close(open);
        RIG_TRY(status);
    }
    if (!got)
        return rig_fail(err, RIG_ERR_DATA, "recording '%s', feed '%s': there is no picture %d",
                        pictures->config->recordings[recording].name, pictures->config->feeds[feed].name, at + 1);
    const rig_image *shown = &open->picture;
    if (view >= 0) {
        const int first = pictures->config->feeds[feed].first_view;
        RIG_TRY(rig_view_extract(&rig_reader_sources(open->reader)[view - first], &open->picture, false, &pictures->cut,
                                 err));
        shown = &pictures->cut;
    }
    return rig_cv_image_encode(shown, ".jpg", QUALITY, bytes, n, out, err);
}
