// Frames of a recording: each feed decoded once, its views as windows into the decoded picture.
#ifndef RIG_IO_FRAMES_H
#define RIG_IO_FRAMES_H

#include "core/image.h"
#include "io/config.h"

// What a view of a recording is: the entry of 10_feeds.yaml.
typedef struct rig_view_source {
    int view; // of the config
    int feed;
    rig_rect rect; // in the feed
    int turns;
    int width, height; // after crop and turn; 0: not known (file is null)
    double fps;        // 0: not known
    int n_frames;      // of the feed's file; may be an estimate for videos until they were read
    double offset_s;
    int n_times;           // n_frames where the rate is not constant, else 0
    const double *times_s; // of each frame, from the first one's moment on; offset_s comes on top
} rig_view_source;

typedef struct rig_reader rig_reader; // one feed's file of one recording

// Open feed `feed` of recording `recording`. Fails with RIG_ERR_IO or RIG_ERR_FORMAT naming the file; RIG_ERR_CONFIG
// where a view's rectangle or the grid does not fit the picture: `rig.yaml:12: views.c3.rect: ..., picture is
// 1920x1080`.
RIG_CHECKED rig_status rig_reader_open(const rig_config *config, int recording, int feed, rig_reader **reader,
                                       rig_err *err);
// The sources of this feed's views, n_views of the feed.
const rig_view_source *rig_reader_sources(const rig_reader *reader);
// Of its pictures; 0: not known.
void rig_reader_size(const rig_reader *reader, int *width, int *height);
// The next frame within first..last by step; *frame is its number in the recording; *got = false at the end.
// A picture of another size than the first is refused, naming it. The picture (BGR) is the reader's until the next
// call. A video that ends more than 2 % and 5 frames before its container says fails with RIG_ERR_FORMAT ("truncated"),
// after all its readable frames were delivered.
RIG_CHECKED rig_status rig_reader_next(rig_reader *reader, int *frame, rig_image *picture, bool *got, rig_err *err);
// The view's part of a picture of its feed, as grey or BGR, turned; dst owns its pixels and is reused.
RIG_CHECKED rig_status rig_view_extract(const rig_view_source *source, const rig_image *picture, bool grey,
                                        rig_image *dst, rig_err *err);
void rig_reader_close(rig_reader *reader); // NULL is fine

#endif
