// Videos of a recording's views, with what was found drawn on them: each feed is decoded once, feeds at the same time.
#ifndef RIG_APP_OVERLAY_FILM_H
#define RIG_APP_OVERLAY_FILM_H

#include "app/session.h"
#include "cv/cv.h"
#include "io/temporary.h"

enum { RIG_OVERLAY_NOTES = 2, RIG_OVERLAY_NOTE = 160 };
typedef struct rig_overlay_notes { // lines of text under the view's name; "": none
    char line[RIG_OVERLAY_NOTES][RIG_OVERLAY_NOTE];
} rig_overlay_notes;

// Draws a frame of a view, in its pixels. Frames of a view come in order; several views' may come at the same time.
typedef struct rig_overlay_painter {
    void *self;
    rig_status (*draw)(void *self, const rig_view_source *source, int frame, rig_image *image, rig_overlay_notes *notes,
                       rig_err *err);
} rig_overlay_painter;

// Write folder/VIEW.mp4 of every view of a recording that has footage, as fast as it was recorded. Makes the folder.
// Fails as readers, painter and rig_web_video do; with RIG_ERR_IO where no feed of it has footage.
RIG_CHECKED rig_status rig_overlay_film(rig_session *session, int recording, const char *folder,
                                        const rig_overlay_painter *painter, rig_err *err);

// One such video, all or nothing: written beside its place. NULL video: not open.
typedef struct rig_overlay_video {
    char path[1024];
    rig_temporary temporary;
    rig_web_video *video;
} rig_overlay_video;
// fps 0: not known.
RIG_CHECKED rig_status rig_overlay_video_open(rig_overlay_video *video, const char *folder, const char *name, int width,
                                              int height, double fps, rig_err *err);
// Finish and put in place where status is RIG_OK, else remove. Returns status, or how finishing failed.
RIG_CHECKED rig_status rig_overlay_video_close(rig_overlay_video *video, rig_status status, rig_err *err);

void rig_overlay_warn_unplayable(const rig_overlay_video *video); // where browsers do not play it

// Name, time on the rig's clock and frame of a view, and the notes, at the top of its picture.
void rig_overlay_head(rig_image *image, const char *name, const rig_view_source *source, int frame,
                      const rig_overlay_notes *notes);

#endif
