// What a folder of recordings holds, sorted into feeds and recordings by names, with a look at each feed's pictures.
#ifndef RIG_APP_FOUND_FEEDS_H
#define RIG_APP_FOUND_FEEDS_H

#include "app/found_files.h"
#include "app/tiles.h"

typedef struct rig_found_feed {
    const char *name;
    int width, height; // of its first picture
    rig_tiles tiles;   // a guess, that all its files share
    bool more_sizes;   // other files of it have pictures of another size
    double fps;        // 0: not known
} rig_found_feed;

typedef struct rig_found_footage {
    int feed, recording, n_frames, width, height; // of its first picture
    const rig_found_file *file;
} rig_found_footage;

typedef struct rig_found {
    int n_feeds, n_recordings, n_footage;
    rig_found_feed *feeds;
    const char **recordings;
    bool *by_order;             // a recording's files belong together by their order alone
    rig_found_footage *footage; // in the order of the recordings
    rig_found_files files;
} rig_found;

// Look through the folder. Files that cannot be read, and second files of a feed in a recording, are passed over. Fails
// as rig_found_files_look, and with RIG_ERR_DATA where there is no footage.
RIG_CHECKED rig_status rig_found_open(const char *folder, rig_found *found, rig_arena *out, rig_err *err);

#endif
