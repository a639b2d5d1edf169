#include "app/pick_answer.h"

#include "app/pick_json.h"
#include "io/file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { HTTP_OK = 200, HTTP_WRONG = 400, HTTP_CONFLICT = 409, HTTP_FAILED = 500 };

typedef struct route {
    const char *path;
    bool post;
    rig_status (*answer)(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                         rig_arena *out, rig_err *err);
} route;

static void reply_json(rig_pick_reply *reply, const char *text) {
    *reply = (rig_pick_reply){HTTP_OK, "application/json", text, strlen(text), reply->last};
}

// --- the page --------------------------------------------------------------------------------------------------------

static const struct {
    const char *path, *file, *type;
} FILES[] = {
    {"", "web/pick.html", "text/html; charset=utf-8"},
    {"page.css", "web/page.css", "text/css; charset=utf-8"},
    {"pick/pick.css", "web/pick/pick.css", "text/css; charset=utf-8"},
    {"pick/main.js", "web/pick/main.js", "text/javascript; charset=utf-8"},
    {"pick/api.js", "web/pick/api.js", "text/javascript; charset=utf-8"},
    {"pick/model.js", "web/pick/model.js", "text/javascript; charset=utf-8"},
    {"pick/canvas.js", "web/pick/canvas.js", "text/javascript; charset=utf-8"},
    {"pick/points.js", "web/pick/points.js", "text/javascript; charset=utf-8"},
    {"pick/tiles.js", "web/pick/tiles.js", "text/javascript; charset=utf-8"},
};

static rig_status file_send(int i, rig_pick_reply *reply, rig_arena *out, rig_err *err) {
    const char *path;
    char *text;
    size_t n;
    RIG_TRY(rig_share_path(out, FILES[i].file, &path, err));
    RIG_TRY(rig_file_read(path, &text, &n, out, err));
    *reply = (rig_pick_reply){HTTP_OK, FILES[i].type, text, n, false};
    return RIG_OK;
}

// --- what is there ---------------------------------------------------------------------------------------------------

static rig_status state_send(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                             rig_arena *out, rig_err *err) {
    rig_calibration lenses;
    const char *why, *text;
    (void)request;
    RIG_TRY(rig_pick_lenses(session, &lenses, &why, out, err));
    RIG_TRY(rig_pick_json_state(session, &lenses, why, &text, out, err));
    reply_json(reply, text);
    return RIG_OK;
}

static rig_status recording_need(const rig_pick_session *session, const rig_pick_request *request, const char *key,
                                 int *recording, rig_err *err) {
    const rig_config *config = &session->rig.config;
    const char *name = rig_pick_query(request, key);
    for (*recording = 0; name && *recording < config->n_recordings; ++*recording)
        if (strcmp(config->recordings[*recording].name, name) == 0)
            return RIG_OK;
    return rig_fail(err, RIG_ERR_DATA, "there is no recording '%s'", name ? name : "");
}

static rig_status recording_send(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                                 rig_arena *out, rig_err *err) {
    int recording;
    const char *text;
    RIG_TRY(recording_need(session, request, "name", &recording, err));
    RIG_TRY(rig_pick_json_recording(session, recording, &text, out, err));
    reply_json(reply, text);
    return RIG_OK;
}

static rig_status picture_send(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                               rig_arena *out, rig_err *err) {
    const rig_config *config = &session->rig.config;
    const char *view = rig_pick_query(request, "view"), *feed = rig_pick_query(request, "feed");
    const char *number = rig_pick_query(request, "at");
    char *end = NULL;
    const long at = number ? strtol(number, &end, 10) : 0;
    int recording, v = view ? rig_config_find_view(config, view) : -1, f = v >= 0 ? config->views[v].feed : -1;
    unsigned char *bytes;
    size_t n;
    RIG_TRY(recording_need(session, request, "recording", &recording, err));
    for (int i = 0; !view && feed && i < config->n_feeds; i++)
        f = strcmp(config->feeds[i].name, feed) == 0 ? i : f;
    if (f < 0 || config->recordings[recording].files[f].kind == RIG_FILE_NONE)
        return rig_fail(err, RIG_ERR_DATA, "recording '%s' has no pictures of '%s'", config->recordings[recording].name,
                        view   ? view
                        : feed ? feed
                               : "");
    if (end && (*end || end == number || at < 0 || at >= INT_MAX))
        return rig_fail(err, RIG_ERR_DATA, "'%s': expected the number of a picture, from 0", number);
    RIG_TRY(rig_pick_picture(&session->pictures, recording, f, v, (int)at, &bytes, &n, out, err));
    *reply = (rig_pick_reply){HTTP_OK, "image/jpeg", bytes, n, false};
    return RIG_OK;
}

// --- what a page has done --------------------------------------------------------------------------------------------

static rig_status solve(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                        rig_arena *out, rig_err *err) {
    const rig_config *config = &session->rig.config;
    rig_arena *scratch = &session->rig.scratch;
    rig_pick_body body;
    rig_calibration lenses;
    rig_pick_fit *fits;
    const char *why, *text;
    const char **views = RIG_NEW(out, const char *, config->n_views);
    if (!views)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < config->n_views; v++)
        views[v] = config->views[v].name;
    RIG_TRY(rig_pick_body_read(request->body, request->n_body, config, &body, out, err));
    RIG_TRY(rig_pick_lenses(session, &lenses, &why, out, err));
    RIG_TRY(rig_pick_solve(&lenses, &body.points, views, config->n_views, &fits, out, scratch, err));
    rig_arena_clear(scratch);
    RIG_TRY(rig_pick_json_fits(fits, config->n_views, &body.points, &text, out, err));
    reply_json(reply, text);
    return RIG_OK;
}

// Whether the file is as the page read it; else the reply says so.
static rig_status unchanged_check(const char *path, const rig_pick_body *body, bool *unchanged, rig_pick_reply *reply,
                                  rig_arena *out, rig_err *err) {
    char revision[65];
    const char *text;
    RIG_TRY(rig_pick_revision(path, revision, err));
    *unchanged = body->over || strcmp(revision, body->revision) == 0;
    if (*unchanged)
        return RIG_OK;
    RIG_TRY(
        rig_pick_json_error(rig_arena_printf(out, "'%s' was changed since this page read it", path), &text, out, err));
    reply_json(reply, text);
    reply->code = HTTP_CONFLICT;
    return RIG_OK;
}

static rig_status saved_send(const char *path, const char *written, const char *why, rig_pick_reply *reply,
                             rig_arena *out, rig_err *err) {
    char revision[65];
    const char *text;
    RIG_TRY(rig_pick_revision(path, revision, err));
    RIG_TRY(rig_pick_json_saved(written, revision, why, &text, out, err));
    reply_json(reply, text);
    return RIG_OK;
}

static rig_status save(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                       rig_arena *out, rig_err *err) {
    const char *path = session->rig.config.world_points, *written, *why;
    rig_pick_body body;
    bool unchanged;
    if (!path)
        return rig_fail(err, RIG_ERR_DATA,
                        "the rig names no file of points: expected `extrinsics: {world: {points: "
                        "FILE}}`");
    RIG_TRY(rig_pick_body_read(request->body, request->n_body, &session->rig.config, &body, out, err));
    RIG_TRY(unchanged_check(path, &body, &unchanged, reply, out, err));
    if (!unchanged)
        return RIG_OK;
    RIG_TRY(rig_points_save(path, &body.points, &session->beside, &written, &why, out, err));
    return saved_send(path, written, why, reply, out, err);
}

static rig_status rects(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                        rig_arena *out, rig_err *err) {
    rig_pick_body body;
    bool unchanged;
    RIG_TRY(rig_pick_body_read(request->body, request->n_body, &session->rig.config, &body, out, err));
    RIG_TRY(unchanged_check(session->path, &body, &unchanged, reply, out, err));
    if (!unchanged)
        return RIG_OK;
    RIG_TRY(rig_pick_rects_save(session, body.rect_views, body.rects, body.n_rects, out, err));
    return saved_send(session->path, session->path, NULL, reply, out, err);
}

static rig_status alive(rig_pick_session *session, const rig_pick_request *request, rig_pick_reply *reply,
                        rig_arena *out, rig_err *err) {
    (void)session, (void)out, (void)err;
    reply->last = strcmp(request->path, "done") == 0;
    reply_json(reply, "{}");
    return RIG_OK;
}

// ---------------------------------------------------------------------------------------------------------------------

static const route ROUTES[] = {
    {"state", false, state_send},
    {"recording", false, recording_send},
    {"picture", false, picture_send},
    {"solve", true, solve},
    {"save", true, save},
    {"rects", true, rects},
    {"alive", true, alive},
    {"done", true, alive},
};

void rig_pick_respond(void *of, const rig_pick_request *request, rig_pick_reply *reply, rig_arena *out) {
    rig_err err = {""};
    rig_status status = RIG_OK;
    const char *text = NULL;
    for (size_t i = 0; i < sizeof ROUTES / sizeof *ROUTES; i++)
        if (strcmp(ROUTES[i].path, request->path) == 0 && ROUTES[i].post == request->post)
            status = ROUTES[i].answer(of, request, reply, out, &err);
    for (size_t i = 0; i < sizeof FILES / sizeof *FILES; i++)
        if (strcmp(FILES[i].path, request->path) == 0 && !request->post)
            status = file_send((int)i, reply, out, &err);
    if (status == RIG_OK)
        return;
    if (rig_pick_json_error(err.text, &text, out, NULL) != RIG_OK)
        text = "{}";
    reply_json(reply, text);
    reply->code = status == RIG_ERR_DATA ? HTTP_WRONG : HTTP_FAILED;
}
