// Frames of a recording: each feed decoded once, its views as windows into the decoded picture.
#ifndef RIG_IO_FRAMES_H
#define RIG_IO_FRAMES_H

#include "io/footage.h"

typedef struct rig_reader rig_reader; // one feed's file of one recording

// Open feed `feed` of recording `recording`. Its pictures are delivered as players show them, or as they are stored
// where the views say so.
//   known  the feed's views as 10_feeds.yaml has them; NULL, or of no size: made from the picture's size and the rig
// Fails with RIG_ERR_IO or RIG_ERR_FORMAT naming the file; as rig_view_sources_make, or RIG_ERR_DATA where a known view
// lies outside the picture.
RIG_CHECKED rig_status rig_reader_open(const rig_config *config, int recording, int feed, const rig_view_source *known,
                                       rig_reader **reader, rig_err *err);
// The same for pictures in grey (rig_video_open_grey says which).
RIG_CHECKED rig_status rig_reader_open_grey(const rig_config *config, int recording, int feed,
                                            const rig_view_source *known, rig_reader **reader, rig_err *err);
// The sources of this feed's views, n_views of the feed.
const rig_view_source *rig_reader_sources(const rig_reader *reader);
// Of its pictures; 0: not known.
void rig_reader_size(const rig_reader *reader, int *width, int *height);
// Keep the pixels of the last n pictures, before the first; *keeps = false: such a feed keeps one alone. Fails with
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_reader_keep(rig_reader *reader, int n, bool *keeps, rig_err *err);
// The next frame within first..last by step; *frame is its number in the recording; *got = false at the end.
// A picture of another size than the first is refused, naming it. The picture (BGR, or grey) is the reader's until
// the next call. A video that ends more than 2 % and 5 frames before its container says fails with RIG_ERR_FORMAT
// ("truncated"), after all its readable frames were delivered.
RIG_CHECKED rig_status rig_reader_next(rig_reader *reader, int *frame, rig_image *picture, bool *got, rig_err *err);
// Pass over the next n frames of those that rig_reader_next would give.
void rig_reader_skip(rig_reader *reader, long n);
// The view's part of a picture of its feed, as grey or BGR, turned; dst owns its pixels and is reused.
RIG_CHECKED rig_status rig_view_extract(const rig_view_source *source, const rig_image *picture, bool grey,
                                        rig_image *dst, rig_err *err);
void rig_reader_close(rig_reader *reader); // NULL is fine

#endif
