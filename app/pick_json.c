#include "app/pick_json.h"

#include "core/text.h"

#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <string.h>

static const double NUMBER_MAX = 1e6;

// --- what a page sends -----------------------------------------------------------------------------------------------

static rig_status numbers_take(const json_t *list, size_t n, const char *of, double *values, rig_err *err) {
    if (!json_is_array(list) || json_array_size(list) != n)
        return rig_fail(err, RIG_ERR_DATA, "'%s': expected a list of %zu numbers", of, n);
    for (size_t i = 0; i < n; i++) {
        const json_t *item = json_array_get(list, i);
        if (!json_is_number(item) || !(fabs(json_number_value(item)) <= NUMBER_MAX))
            return rig_fail(err, RIG_ERR_DATA, "'%s': expected numbers within %g", of, NUMBER_MAX);
        values[i] = json_number_value(item);
    }
    return RIG_OK;
}

static rig_status name_check(const char *name, rig_err *err) {
    const size_t n = name ? strlen(name) : 0;
    if (n == 0 || n >= RIG_NAME_MAX)
        return rig_fail(err, RIG_ERR_DATA, "a name of %zu bytes, expected 1 to %d", n, RIG_NAME_MAX - 1);
    for (const unsigned char *s = (const unsigned char *)name; *s;) {
        unsigned code;
        const int k = rig_text_read(s, &code);
        if (k == 0 || rig_text_is_hidden(code) || code == '/')
            return rig_fail(err, RIG_ERR_DATA, "'%s': a name with '/' or a character that cannot be seen", name);
        s += k;
    }
    return RIG_OK;
}

static int point_find(const rig_points_file *points, const char *name) {
    for (int i = 0; i < points->n; i++)
        if (strcmp(points->names[i], name) == 0)
            return i;
    return -1;
}

static rig_status points_take(const json_t *list, rig_points_file *points, rig_arena *out, rig_err *err) {
    const size_t n = json_array_size(list); // 0 where it is no list
    if (n > RIG_PICK_POINTS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "%zu points, expected at most %d", n, RIG_PICK_POINTS_MAX);
    points->names = RIG_NEW(out, const char *, n);
    points->p = rig_arena_alloc(out, n, sizeof *points->p);
    if (!points->names || !points->p)
        return rig_fail_memory(err, "points");
    for (size_t i = 0; i < n; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));
        RIG_TRY(name_check(name, err));
        if (point_find(points, name) >= 0)
            return rig_fail(err, RIG_ERR_DATA, "two points are called '%s'", name);
        RIG_TRY(numbers_take(json_object_get(json_array_get(list, i), "p"), 3, name, points->p[i], err));
        points->names[i] = rig_arena_strdup(out, name);
        if (!points->names[i])
            return rig_fail_memory(err, "points");
        points->n++;
    }
    return RIG_OK;
}

static rig_status view_pixels_take(json_t *map, const char *view, rig_points_file *points, int v, rig_err *err) {
    const char *name;
    json_t *q;
    json_object_foreach(map, name, q) {
        const int i = point_find(points, name);
        if (i < 0)
            return rig_fail(err, RIG_ERR_DATA, "view '%s': a pixel of '%s', which is no point", view, name);
        RIG_TRY(numbers_take(q, 2, name, points->q[v][i], err));
        points->seen[v][i] = true;
    }
    return RIG_OK;
}

// Of any views: a file may serve several rigs.
static rig_status pixels_take(json_t *map, rig_points_file *points, rig_arena *out, rig_err *err) {
    const size_t n = json_object_size(map);
    const char *view;
    json_t *pixels;
    points->views = RIG_NEW(out, const char *, n);
    points->q = rig_arena_alloc(out, n, sizeof *points->q);
    points->seen = RIG_NEW(out, bool *, n);
    if (!points->views || !points->q || !points->seen)
        return rig_fail_memory(err, "pixels");
    json_object_foreach(map, view, pixels) {
        const int v = points->n_views;
        RIG_TRY(name_check(view, err));
        points->views[v] = rig_arena_strdup(out, view);
        points->q[v] = rig_arena_alloc(out, (size_t)points->n, sizeof *points->q[v]);
        points->seen[v] = RIG_NEW(out, bool, points->n);
        if (!points->views[v] || !points->q[v] || !points->seen[v])
            return rig_fail_memory(err, "pixels");
        RIG_TRY(view_pixels_take(pixels, view, points, v, err));
        points->n_views++;
    }
    return RIG_OK;
}

static rig_status rects_take(json_t *map, const rig_config *config, rig_pick_body *body, rig_arena *out, rig_err *err) {
    const char *view;
    json_t *rect;
    body->rect_views = RIG_NEW(out, const char *, json_object_size(map));
    body->rects = RIG_NEW(out, rig_rect, json_object_size(map));
    if (!body->rect_views || !body->rects)
        return rig_fail_memory(err, "windows");
    json_object_foreach(map, view, rect) {
        double v[4];
        if (rig_config_find_view(config, view) < 0)
            return rig_fail(err, RIG_ERR_DATA, "'%s' is no view of the rig", view);
        RIG_TRY(numbers_take(rect, 4, view, v, err));
        for (int i = 0; i < 4; i++)
            if (v[i] != floor(v[i]) || v[i] < (i < 2 ? 0 : 1))
                return rig_fail(err, RIG_ERR_DATA, "'%s': expected [x, y, width, height] in whole pixels", view);
        body->rects[body->n_rects] = (rig_rect){(int)v[0], (int)v[1], (int)v[2], (int)v[3]};
        body->rect_views[body->n_rects] = rig_arena_strdup(out, view);
        if (!body->rect_views[body->n_rects++])
            return rig_fail_memory(err, "windows");
    }
    return RIG_OK;
}

rig_status rig_pick_body_read(const char *text, size_t n, const rig_config *config, rig_pick_body *body, rig_arena *out,
                              rig_err *err) {
    json_error_t wrong;
    *body = (rig_pick_body){0};
    json_t *root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &wrong);
    if (!json_is_object(root)) {
        json_decref(root);
        return rig_fail(err, RIG_ERR_DATA, "not JSON as expected: %s", root ? "no object" : wrong.text);
    }
    rig_status status = points_take(json_object_get(root, "points"), &body->points, out, err);
    if (status == RIG_OK)
        status = pixels_take(json_object_get(root, "pixels"), &body->points, out, err);
    if (status == RIG_OK)
        status = rects_take(json_object_get(root, "rects"), config, body, out, err);
    const char *revision = json_string_value(json_object_get(root, "revision"));
    body->revision = rig_arena_strdup(out, revision ? revision : "");
    body->over = json_is_true(json_object_get(root, "over"));
    json_decref(root);
    return status == RIG_OK && !body->revision ? rig_fail_memory(err, "a revision") : status;
}

// --- what it is told -------------------------------------------------------------------------------------------------

// The text of an object, which goes with it. What memory was wanting for shows here at the latest.
static rig_status text_of(json_t *root, const char **text, rig_arena *out, rig_err *err) {
    const size_t n = root ? json_dumpb(root, NULL, 0, JSON_COMPACT) : 0;
    char *made = n ? RIG_NEW(out, char, n + 1) : NULL;
    if (made)
        json_dumpb(root, made, n, JSON_COMPACT);
    json_decref(root);
    *text = made;
    return made ? RIG_OK : rig_fail_memory(err, "JSON");
}

static json_t *numbers(const double *values, int n) {
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_real(values[i]));
    return list;
}

static json_t *size_of(int width, int height) {
    return json_pack("[ii]", width, height);
}

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *points_json(const rig_points_file *points) {
    json_t *list = json_array();
    for (int i = 0; i < points->n; i++)
        json_array_append_new(list, json_pack("{s:s, s:o}", "name", points->names[i], "p", numbers(points->p[i], 3)));
    return list;
}

static json_t *pixels_json(const rig_points_file *points) {
    json_t *map = json_object();
    for (int v = 0; v < points->n_views; v++) {
        json_t *view = json_object();
        for (int i = 0; i < points->n; i++)
            if (points->seen[v][i])
                json_object_set_new(view, points->names[i], numbers(points->q[v][i], 2));
        json_object_set_new(map, points->views[v], view);
    }
    return map;
}

static json_t *views_json(const rig_config *config, const rig_calibration *lenses) {
    json_t *list = json_array();
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_config *view = &config->views[v];
        const rig_view_camera *camera = rig_calibration_find(lenses, view->name);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o}", "name", view->name, "feed", config->feeds[view->feed].name, "lens",
                            camera ? size_of(camera->camera.width, camera->camera.height) : json_null()));
    }
    return list;
}

static json_t *recordings_json(const rig_config *config) {
    json_t *list = json_array();
    for (int r = 0; r < config->n_recordings; r++)
        json_array_append_new(list, json_string(config->recordings[r].name));
    return list;
}

static json_t *feeds_json(const rig_config *config) {
    json_t *list = json_array();
    for (int f = 0; f < config->n_feeds; f++)
        json_array_append_new(
            list, json_pack("{s:s, s:i}", "name", config->feeds[f].name, "n_views", config->feeds[f].n_views));
    return list;
}

rig_status rig_pick_json_state(rig_pick_session *session, const rig_calibration *lenses, const char *lenses_why,
                               const char **text, rig_arena *out, rig_err *err) {
    const rig_config *config = &session->rig.config;
    char revision[65], rig_revision[65];
    rig_points_file points;
    RIG_TRY(rig_pick_revision(config->world_points, revision, err));
    RIG_TRY(rig_pick_revision(session->path, rig_revision, err));
    RIG_TRY(rig_pick_points(session, &points, out, err));
    return text_of(json_pack("{s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "rig", session->path, "file",
                             text_or_null(config->world_points), "revision", revision, "rig_revision", rig_revision,
                             "recording", config->recordings[config->take >= 0 ? config->take : 0].name, "lenses_why",
                             text_or_null(lenses_why), "recordings", recordings_json(config), "views",
                             views_json(config, lenses), "feeds", feeds_json(config), "points", points_json(&points),
                             "pixels", pixels_json(&points)),
                   text, out, err);
}

static void feed_tell(rig_pick_session *session, int recording, int f, json_t *feeds, json_t *views) {
    const rig_config *config = &session->rig.config;
    const rig_feed_config *feed = &config->feeds[f];
    const rig_view_source *sources;
    int size[2], n;
    rig_err err = {""};
    const bool absent = config->recordings[recording].files[f].kind == RIG_FILE_NONE;
    const rig_status status =
        absent ? RIG_ERR_DATA : rig_pick_feed_look(&session->pictures, recording, f, &sources, size, &n, &err);
    json_object_set_new(feeds, feed->name,
                        status == RIG_OK ? json_pack("{s:o, s:i}", "size", size_of(size[0], size[1]), "n", n)
                                         : json_pack("{s:s}", "why", absent ? "no footage of it" : err.text));
    for (int i = 0; i < feed->n_views && status == RIG_OK; i++) {
        const rig_rect rect = sources[i].rect;
        json_object_set_new(views, config->views[feed->first_view + i].name,
                            json_pack("{s:o, s:[iiii]}", "size", size_of(sources[i].width, sources[i].height), "rect",
                                      rect.x, rect.y, rect.w, rect.h));
    }
}

rig_status rig_pick_json_recording(rig_pick_session *session, int recording, const char **text, rig_arena *out,
                                   rig_err *err) {
    json_t *feeds = json_object(), *views = json_object();
    for (int f = 0; f < session->rig.config.n_feeds; f++)
        feed_tell(session, recording, f, feeds, views);
    return text_of(json_pack("{s:o, s:o}", "feeds", feeds, "views", views), text, out, err);
}

static json_t *fit_json(const rig_pick_fit *fit, const rig_points_file *points) {
    json_t *map = json_object();
    for (int i = 0; i < points->n && fit->placed; i++)
        if (fit->in_front[i])
            json_object_set_new(map, points->names[i], numbers(fit->q[i], 2));
    return json_pack("{s:i, s:b, s:f, s:o, s:o}", "n", fit->n, "placed", fit->placed, "rms_px", fit->rms_px, "why",
                     text_or_null(fit->why), "q", map);
}

rig_status rig_pick_json_fits(const rig_pick_fit *fits, int n, const rig_points_file *points, const char **text,
                              rig_arena *out, rig_err *err) {
    json_t *map = json_object();
    for (int i = 0; i < n; i++)
        json_object_set_new(map, fits[i].view, fit_json(&fits[i], points));
    return text_of(map, text, out, err);
}

rig_status rig_pick_json_saved(const char *file, const char *revision, const char *why, const char **text,
                               rig_arena *out, rig_err *err) {
    return text_of(json_pack("{s:s, s:s, s:o}", "file", file, "revision", revision, "why", text_or_null(why)), text,
                   out, err);
}

rig_status rig_pick_json_error(const char *error, const char **text, rig_arena *out, rig_err *err) {
    return text_of(json_pack("{s:s}", "error", error), text, out, err);
}
