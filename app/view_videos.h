// Videos of a feed's views, and pictures, all or nothing: written beside their names and renamed when they are whole.
#ifndef RIG_APP_VIEW_VIDEOS_H
#define RIG_APP_VIEW_VIDEOS_H

#include "app/session.h"
#include "core/people.h"
#include "cv/cv.h"
#include "io/temporary.h"

typedef struct rig_view_videos {
    int n;
    rig_video_writer *writers[RIG_VIEWS_MAX]; // add frames to them, each of its view's size
    rig_temporary temporary[RIG_VIEWS_MAX];
    const char *paths[RIG_VIEWS_MAX], *ending[RIG_VIEWS_MAX];
} rig_view_videos;

// folder/VIEW.mp4 for each of n sources of a recording, or .avi where a side is odd, as fast as it was recorded, also
// where only every step-th frame is in it. Makes the folder. Fails with RIG_ERR_IO; close in any case.
RIG_CHECKED rig_status rig_view_videos_open(rig_session *session, int recording, const char *folder,
                                            const rig_view_source *sources, int n, rig_view_videos *videos,
                                            rig_err *err);
// Finish and rename where status is RIG_OK, else remove. Returns status, or how finishing failed.
RIG_CHECKED rig_status rig_view_videos_close(rig_view_videos *videos, rig_status status, rig_err *err);

// A picture. Fails as rig_cv_image_write.
RIG_CHECKED rig_status rig_picture_write(const char *path, const rig_image *image, rig_err *err);

#endif
