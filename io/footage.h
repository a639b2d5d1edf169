// Footage: what a feed's file of a recording is, and what the feed's views are of it. 10_feeds.yaml keeps both, so that
// only stages that look at pictures open a file again.
#ifndef RIG_IO_FOOTAGE_H
#define RIG_IO_FOOTAGE_H

#include "core/thumbnail.h"
#include "io/config.h"

// A feed's file in a recording: a video, or a sequence of pictures.
typedef struct rig_footage {
    int width, height;    // of its pictures as they are stored; 0: not known
    rig_orientation asks; // how its container asks players to show them, or Exif data of the first picture used
    int n_streams;        // of pictures in a video just looked at, the first of which is read
    bool interlaced;      // a video just looked at; 10_feeds.yaml keeps neither this nor the next
    double pixel_aspect;  // width of a pixel over its height; 0: not known
    double fps;           // as its container states; 0: not known
    int n_frames;         // 0: not known
    int n_times;          // n_frames where the rate is not constant, else 0
    double *times_s;      // of each frame, from the first one on
    long long bytes;      // all its files together
    char digest[65];      // of their contents; "": not known
} rig_footage;

// What a view shows in the first pictures of a recording.
typedef struct rig_view_look {
    rig_rect content;        // what is not black border; w = 0: not known
    rig_thumbnail thumbnail; // of the content
} rig_view_look;

// A view of a recording.
typedef struct rig_view_source {
    int view; // of the config
    int feed;
    bool as_stored;        // its feed's pictures are not turned as their file asks
    rig_orientation shown; // how they are turned so, before rect
    rig_rect rect;         // in the feed
    int turns;
    int width, height; // after crop and turn; 0: not known
    double fps;        // 0: not known
    int n_frames;      // of the feed's file; 0: not known
    double offset_s;
    double drift;          // its clock's second is 1 + drift of the rig's; 10_feeds.yaml does not keep it
    bool unsynced;         // its clock is not known: 65_sync.yaml refuses it
    int picture_size[2];   // of the feed's pictures as they are shown; 0: not known
    int n_times;           // n_frames where the rate is not constant, else 0
    const double *times_s; // of each frame, from the first one's moment on; offset_s comes on top
    rig_view_look look;
} rig_view_source;

// Open a feed's file for a moment; bytes and digest stay unknown. times_s lie in out. A recording without the file
// gives zeros. Fails as rig_reader_open; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_footage_read(const rig_config *config, int recording, int feed, rig_footage *footage,
                                        rig_arena *out, rig_err *err);
// Whether its pixels are not square, as far as is known.
bool rig_pixels_are_oblong(const rig_footage *footage);
// How many frames of a file are the recording's, by its frames and step.
//   n_frames  of a video, 0: not known
int rig_footage_wanted(const rig_recording_config *recording, const rig_feed_file *file, int n_frames);
// Fails with RIG_ERR_CONFIG where the recording's `frames` and `step` leave none of the file's.
RIG_CHECKED rig_status rig_footage_range_check(const rig_config *config, int recording, int feed,
                                               const rig_footage *footage, rig_err *err);
// The place of the first picture from `from` on that is one of the frames first..last by step; file->n: there is none.
int rig_footage_first(const rig_feed_file *file, int first, int last, int step, int from);
// Set what a source has of its pictures: shown and picture_size, by as_stored.
void rig_view_source_show(rig_view_source *source, const rig_footage *footage);
// The views of a feed, sources[n_views of the feed], which point to footage's times. A rate that the rig states goes
// before the file's own, and before its time stamps. Fails with RIG_ERR_CONFIG where a view's rectangle or the grid
// does not fit the picture: `rig.yaml:12: views.c3.rect: ..., picture is 1920x1080`.
RIG_CHECKED rig_status rig_view_sources_make(const rig_config *config, int feed, const rig_footage *footage,
                                             rig_view_source *sources, rig_err *err);

#endif
