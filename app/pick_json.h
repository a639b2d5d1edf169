// What a page of `pick` is told and tells, as JSON.
#ifndef RIG_APP_PICK_JSON_H
#define RIG_APP_PICK_JSON_H

#include "app/pick_session.h"

// What a page sends.
typedef struct rig_pick_body {
    rig_points_file points;
    int n_rects;
    const char **rect_views;
    rig_rect *rects;
    const char *revision; // of the file that the page began with
    bool over;            // it is to be written whatever it holds now
} rig_pick_body;

enum { RIG_PICK_POINTS_MAX = 1000 };

// Read {points: [{name, p}], pixels: {view: {name: [x, y]}}, rects: {view: [x, y, w, h]}, revision, over}, of which all
// may be wanting. Fails with RIG_ERR_DATA, saying what is wrong: no JSON, a name that is no name or stands twice, a
// view that the rig does not have, numbers that are none or beyond a million.
RIG_CHECKED rig_status rig_pick_body_read(const char *text, size_t n, const rig_config *config, rig_pick_body *body,
                                          rig_arena *out, rig_err *err);

// The rig, its recordings, views and feeds, and the points.
RIG_CHECKED rig_status rig_pick_json_state(rig_pick_session *session, const rig_calibration *lenses,
                                           const char *lenses_why, const char **text, rig_arena *out, rig_err *err);
// Sizes, windows and numbers of frames in a recording; what cannot be opened says why.
RIG_CHECKED rig_status rig_pick_json_recording(rig_pick_session *session, int recording, const char **text,
                                               rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_pick_json_fits(const rig_pick_fit *fits, int n, const rig_points_file *points,
                                          const char **text, rig_arena *out, rig_err *err);
// {file, revision, why}
RIG_CHECKED rig_status rig_pick_json_saved(const char *file, const char *revision, const char *why, const char **text,
                                           rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_pick_json_error(const char *error, const char **text, rig_arena *out, rig_err *err);

#endif
