// Single frames of the footage, encoded for a page. Each feed is kept open, so that the next frame is near.
#ifndef RIG_APP_PICK_PICTURES_H
#define RIG_APP_PICK_PICTURES_H

#include "io/frames.h"

typedef struct rig_pick_feed {
    rig_reader *reader;
    int recording;     // that it reads
    int at;            // place among the recording's frames of the picture at hand, -1: none yet
    rig_image picture; // the reader's
} rig_pick_feed;

typedef struct rig_pick_pictures {
    const rig_config *config;
    rig_pick_feed *feeds; // of the config
    rig_image cut;        // a view of it
} rig_pick_pictures;

//   config  of n_feeds; read there from the first picture on, as long as pictures are used
RIG_CHECKED rig_status rig_pick_pictures_init(rig_pick_pictures *pictures, const rig_config *config, int n_feeds,
                                              rig_arena *out, rig_err *err);
void rig_pick_pictures_release(rig_pick_pictures *pictures); // a zeroed one is fine

// A feed of a recording: the sources of its views, the picture's size, how many frames the recording has of it (0: not
// known). Fails as rig_reader_open.
RIG_CHECKED rig_status rig_pick_feed_look(rig_pick_pictures *pictures, int recording, int feed,
                                          const rig_view_source **sources, int size[2], int *n_frames, rig_err *err);

// Frame `at`, counted among the recording's frames, as a JPEG: of a view as pixels of points.yaml count, or (view -1)
// all of the feed's picture. A frame before the last one asked for means reading from the start. Fails with
// RIG_ERR_DATA where there are fewer frames; as rig_reader_open and rig_reader_next.
RIG_CHECKED rig_status rig_pick_picture(rig_pick_pictures *pictures, int recording, int feed, int view, int at,
                                        unsigned char **bytes, size_t *n, rig_arena *out, rig_err *err);

#endif
