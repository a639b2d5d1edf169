// points.yaml changed as its author would change it, by what differs from it.
#include "io/result.h"
#include "io/yaml_edit.h"

#include <string.h>

static const char EMPTY[] = "schema: rigpose/points/1\n"
                            "points: {} # name: [x, y, z], metres\n"
                            "pixels: {} # view: {name: [x, y]}, (0, 0) is the centre of the first pixel\n";

static int name_find(const char *const *names, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

// The pixel of a point in a view, NULL: not seen.
static const double *pixel_of(const rig_points_file *points, const char *view, const char *name) {
    const int v = name_find(points->views, points->n_views, view), i = name_find(points->names, points->n, name);
    return v >= 0 && i >= 0 && points->seen[v][i] ? points->q[v][i] : NULL;
}

static rig_status gone_remove(const char **text, const rig_points_file *was, const rig_points_file *points,
                              rig_arena *out, rig_err *err) {
    for (int v = 0; v < was->n_views; v++)
        for (int i = 0; i < was->n; i++) {
            const rig_yaml_path path = {3, {"pixels", was->views[v], was->names[i]}};
            const bool gone = name_find(points->names, points->n, was->names[i]) < 0;
            // `null` says of a point that is still there what leaving it out does
            if (gone || (was->seen[v][i] && !pixel_of(points, was->views[v], was->names[i])))
                RIG_TRY(rig_yaml_text_remove(text, &path, out, err));
        }
    for (int i = 0; i < was->n; i++)
        if (name_find(points->names, points->n, was->names[i]) < 0)
            RIG_TRY(rig_yaml_text_remove(text, &(rig_yaml_path){2, {"points", was->names[i]}}, out, err));
    return RIG_OK;
}

static rig_status new_set(const char **text, const rig_points_file *was, const rig_points_file *points, rig_arena *out,
                          rig_err *err) {
    for (int i = 0; i < points->n; i++) {
        const int k = name_find(was->names, was->n, points->names[i]);
        if (k < 0 || memcmp(was->p[k], points->p[i], sizeof *was->p) != 0)
            RIG_TRY(
                rig_yaml_text_set(text, &(rig_yaml_path){2, {"points", points->names[i]}}, points->p[i], 3, out, err));
    }
    for (int v = 0; v < points->n_views; v++)
        for (int i = 0; i < points->n; i++) {
            const double *old = pixel_of(was, points->views[v], points->names[i]);
            const rig_yaml_path path = {3, {"pixels", points->views[v], points->names[i]}};
            if (points->seen[v][i] && (!old || memcmp(old, points->q[v][i], sizeof *points->q[v]) != 0))
                RIG_TRY(rig_yaml_text_set(text, &path, points->q[v][i], 2, out, err));
        }
    return RIG_OK;
}

// Whether all of a is in b.
static bool points_within(const rig_points_file *a, const rig_points_file *b) {
    for (int i = 0; i < a->n; i++) {
        const int k = name_find(b->names, b->n, a->names[i]);
        if (k < 0 || memcmp(a->p[i], b->p[k], sizeof *a->p) != 0)
            return false;
    }
    for (int v = 0; v < a->n_views; v++)
        for (int i = 0; i < a->n; i++) {
            const double *q = pixel_of(b, a->views[v], a->names[i]);
            if (a->seen[v][i] && (!q || memcmp(q, a->q[v][i], sizeof *a->q[v]) != 0))
                return false;
        }
    return true;
}

static void tidy_put(const rig_points_file *points, rig_yaml_writer *w) {
    rig_yaml_begin_map(w, false);
    rig_result_put_string(w, "schema", "rigpose/points/1");
    rig_yaml_key(w, "points");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < points->n; i++)
        rig_result_put_doubles(w, points->names[i], points->p[i], 3);
    rig_yaml_end(w);
    rig_yaml_key(w, "pixels");
    rig_yaml_begin_map(w, false);
    for (int v = 0; v < points->n_views; v++) {
        rig_yaml_key(w, points->views[v]);
        rig_yaml_begin_map(w, false);
        for (int i = 0; i < points->n; i++)
            if (points->seen[v][i])
                rig_result_put_doubles(w, points->names[i], points->q[v][i], 2);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    rig_yaml_end(w);
}

// Write a text, or (NULL) the points in our own layout, and read it back before it counts.
static rig_status file_write(const char *path, const char *text, const rig_points_file *points, rig_arena *out,
                             rig_err *err) {
    rig_file_writer writer;
    rig_yaml_writer *w;
    rig_points_file read;
    RIG_TRY(rig_file_writer_open_edit(&writer, path, out, err));
    rig_status status = RIG_OK;
    if (!text && (status = rig_yaml_writer_open(writer.stream, &w, out, err)) == RIG_OK) {
        tidy_put(points, w);
        status = rig_yaml_writer_close(w, err);
    }
    if (status == RIG_OK)
        status = rig_file_writer_put(&writer, text ? text : "", err);
    if (status == RIG_OK) {
        status = rig_points_read(writer.temporary.path, &read, out, err);
        if (status == RIG_OK && !(points_within(&read, points) && points_within(points, &read)))
            status = rig_fail(err, RIG_ERR_FORMAT, "the changed text does not read back as it should");
    }
    if (status == RIG_OK)
        return rig_file_writer_commit(&writer, err);
    rig_file_writer_abandon(&writer);
    return status;
}

static rig_status text_change(const char *path, const char *text, const rig_points_file *was,
                              const rig_points_file *points, rig_arena *out, rig_err *err) {
    RIG_TRY(gone_remove(&text, was, points, out, err));
    RIG_TRY(new_set(&text, was, points, out, err));
    return file_write(path, text, points, out, err);
}

// A file beside path: the one that is the caller's, else one that is not there yet.
static const char *beside_name(const char *path, int *beside, rig_arena *out) {
    const size_t length = strlen(path), ending = length > 5 && strcmp(path + length - 5, ".yaml") == 0 ? 5 : 0;
    const int stem = (int)(length - ending);
    for (int k = *beside > 0 ? *beside : 1;; k++) {
        const char *name = k > 1 ? rig_arena_printf(out, "%.*s.picked-%d.yaml", stem, path, k)
                                 : rig_arena_printf(out, "%.*s.picked.yaml", stem, path);
        if (name && k != *beside && rig_file_exists(name))
            continue;
        *beside = k;
        return name;
    }
}

rig_status rig_points_save(const char *path, const rig_points_file *points, int *beside, const char **written,
                           const char **why, rig_arena *out, rig_err *err) {
    rig_points_file was = {0};
    rig_err reason = {""};
    char *old = NULL;
    size_t n;
    *written = path, *why = NULL;
    if (rig_file_exists(path)) {
        RIG_TRY(rig_points_read(path, &was, out, err));
        RIG_TRY(rig_file_read(path, &old, &n, out, err));
    }
    const rig_status status = text_change(path, old ? old : EMPTY, &was, points, out, &reason);
    if (status != RIG_ERR_FORMAT) {
        if (err)
            *err = reason;
        return status;
    }
    *written = beside_name(path, beside, out);
    *why = rig_arena_strdup(out, reason.text);
    return *written && *why ? file_write(*written, NULL, points, out, err) : rig_fail_memory(err, "a path");
}
