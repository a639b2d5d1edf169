// What a folder of recordings holds: videos, and folders of pictures, sorted into feeds and recordings by their names.
#ifndef RIG_APP_FOUND_FEEDS_H
#define RIG_APP_FOUND_FEEDS_H

#include "core/arena.h"
#include "core/status.h"

typedef struct rig_found_feed {
    const char *name;
    int width, height, cols, rows; // of its first picture; the grid is a guess
    double fps;                    // 0: not known
} rig_found_feed;

typedef struct rig_found {
    int n_feeds, n_recordings, n_files;
    rig_found_feed *feeds;
    const char **recordings;
    struct rig_found_file {
        int feed, recording, n_frames;
        const char *path; // as the rig YAML would say it: a video, or a flow list of pictures
    } * files;
} rig_found;

// Look at every video in the folder and every folder of pictures in it. Names like board_quad.mp4 are recording_feed
// where all have that form; else each file is a feed of the one recording `take`. Fails with RIG_ERR_IO, RIG_ERR_DATA
// (nothing found), RIG_ERR_MEMORY; a file that cannot be read fails by name.
RIG_CHECKED rig_status rig_found_open(const char *folder, rig_found *found, rig_arena *out, rig_err *err);

#endif
