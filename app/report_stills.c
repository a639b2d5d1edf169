// Pictures for the report: each view's, spread evenly over the recording, small.
#include "app/clocks.h"
#include "app/report_take.h"
#include "app/talk.h"
#include "cv/cv.h"
#include "report/json.h"

#include <math.h>
#include <string.h>

enum { WIDTH_MOST = 640, BYTES_MOST = 9000000, STILLS_MOST = 250, STILLS_LEAST = 3, QUALITY = 72 };

typedef struct stills {
    rig_session *session;
    int recording, each;  // most pictures a view
    size_t room, largest; // bytes a view may take; those of the feed's largest picture so far
    double fps;
    const rig_view_source *clocks; // of all views
    json_t *views;
    rig_image view, small;
} stills;

static json_t *still_json(stills *s, int moment) {
    unsigned char *bytes;
    size_t n;
    rig_err ignored;
    if (rig_cv_image_encode(&s->small, ".jpg", QUALITY, &bytes, &n, &s->session->scratch, &ignored) != RIG_OK)
        return NULL;
    s->largest = n > s->largest ? n : s->largest;
    return json_pack("{s:i, s:o}", "moment", moment, "jpg", rig_json_blob(bytes, n));
}

static rig_status still_add(stills *s, const rig_view_source *source, const rig_image *picture, int frame,
                            rig_err *err) {
    json_t *of = json_object_get(s->views, s->session->config.views[source->view].name);
    RIG_TRY(rig_view_extract(source, picture, false, &s->view, err));
    const double scale = fmin(1, (double)WIDTH_MOST / fmax(s->view.width, s->view.height));
    const int width = (int)lrint(scale * s->view.width), height = (int)lrint(scale * s->view.height);
    const double A[6] = {scale, 0, 0.5 * scale - 0.5, 0, scale, 0.5 * scale - 0.5}, pad[3] = {0};
    RIG_TRY(rig_image_resize(&s->small, width, height, s->view.channels, err));
    RIG_TRY(rig_cv_image_warp(&s->view, A, RIG_INTERP_AREA, pad, &s->small, err));
    const rig_status status =
        rig_json_add(of, still_json(s, rig_source_clock(&s->clocks[source->view], s->fps, frame)), err);
    rig_arena_clear(&s->session->scratch);
    return status;
}

// Every so many frames of a feed.
static rig_status feed_read(stills *s, rig_reader *reader, int n_views, rig_err *err) {
    const rig_view_source *sources = rig_reader_sources(reader);
    const rig_recording_config *recording = &s->session->config.recordings[s->recording];
    const int frames = sources[0].n_frames / (recording->step > 0 ? recording->step : 1);
    int each = s->each, step = 1;
    s->largest = 1;
    for (int taken = 0; taken < each; taken++) {
        rig_image picture;
        int frame;
        bool got;
        RIG_TRY(rig_reader_next(reader, &frame, &picture, &got, err));
        if (!got)
            return RIG_OK;
        for (int v = 0; v < n_views; v++)
            RIG_TRY(still_add(s, &sources[v], &picture, frame, err));
        if (taken == 0) { // the others are about as large
            const size_t fit = s->room / s->largest;
            each = fit < (size_t)each ? (int)fit : each;
            each = each > STILLS_LEAST ? each : STILLS_LEAST;
            step = frames > each ? (frames + each - 1) / each : 1;
        }
        rig_reader_skip(reader, step - 1);
    }
    return RIG_OK;
}

static rig_status feed_stills(stills *s, int feed, rig_err *err) {
    rig_reader *reader;
    rig_err lost;
    const rig_status opened = rig_session_reader_open(s->session, s->recording, feed, &reader, &lost);
    if (opened != RIG_OK) {
        rig_warn("report: no pictures of feed '%s': %s", s->session->config.feeds[feed].name, lost.text);
        return opened == RIG_ERR_MEMORY ? rig_fail_memory(err, "pictures") : RIG_OK;
    }
    const rig_status status = feed_read(s, reader, s->session->config.feeds[feed].n_views, &lost);
    rig_reader_close(reader);
    if (status == RIG_ERR_MEMORY)
        return rig_fail_memory(err, "pictures");
    if (status != RIG_OK)
        rig_warn("report: pictures of feed '%s' end early: %s", s->session->config.feeds[feed].name, lost.text);
    return RIG_OK;
}

static rig_status stills_read(stills *s, rig_err *err) {
    const rig_config *config = &s->session->config;
    rig_view_source *sources;
    rig_err not_yet; // a report may be made before sync
    RIG_TRY(rig_session_feeds(s->session, s->recording, &sources, err));
    RIG_TRY(rig_sources_rate(config, s->recording, sources, &s->fps, err));
    s->clocks = sources;
    if (s->recording == config->take && rig_session_take_clocks(s->session, &sources, &not_yet) == RIG_OK)
        s->clocks = sources;
    for (int v = 0; v < config->n_views; v++)
        RIG_TRY(rig_json_set(s->views, config->views[v].name, json_array(), err));
    const int n_views = config->n_views > 0 ? config->n_views : 1;
    s->room = (size_t)(BYTES_MOST / n_views);
    s->each = STILLS_MOST / n_views;
    for (int f = 0; f < config->n_feeds; f++)
        if (config->recordings[s->recording].files[f].kind != RIG_FILE_NONE)
            RIG_TRY(feed_stills(s, f, err));
    return RIG_OK;
}

rig_status rig_report_stills(rig_session *session, json_t *page, rig_err *err) {
    const rig_config *config = &session->config;
    stills s = {.session = session, .views = json_object()};
    s.recording = config->take >= 0              ? config->take
                  : config->extrinsics_from >= 0 ? config->extrinsics_from
                                                 : config->intrinsics_from;
    RIG_TRY(rig_json_set(page, "stills", s.views, err));
    if (s.recording < 0)
        return RIG_OK;
    const rig_status status = stills_read(&s, err);
    rig_image_release(&s.view);
    rig_image_release(&s.small);
    return status;
}
