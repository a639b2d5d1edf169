#include "app/found_cameras.h"

#include "app/known_cameras.h"
#include "checks/plausible.h"
#include "io/camera_formats.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

// --- views -----------------------------------------------------------------------------------------------------------

static int views_count(const rig_found *found) {
    int n = 0;
    for (int f = 0; f < found->n_feeds; f++)
        n += found->feeds[f].tiles.n;
    return n;
}

static int known_count(const rig_found *found, const rig_calibration *rig, rig_arena *out) {
    int n = 0;
    for (int f = 0; f < found->n_feeds; f++)
        for (int t = 0; t < found->feeds[f].tiles.n; t++) {
            const char *view = rig_found_view(&found->feeds[f], t, out);
            n += view && rig_calibration_find(rig, view);
        }
    return n;
}

// --- what a calibration is -------------------------------------------------------------------------------------------

static int poses_count(const rig_calibration *rig) {
    int n = 0;
    for (int c = 0; c < rig->n; c++)
        n += rig->cameras[c].has_pose;
    return n;
}

// What lies beside the results of an earlier stage was made by a run of rigpose on this footage, or on other.
static bool is_of_run(const char *path, rig_arena *out) {
    const char *feeds = path ? rig_path_beside(out, path, "10_feeds.yaml") : NULL;
    return feeds && rig_file_exists(feeds);
}

static void judge(const rig_found *found, const char *path, const rig_camera_format *format, rig_found_calibration *c,
                  rig_arena *out) {
    const int n_known = known_count(found, &c->rig, out), n = c->rig.n;
    const double span = rig_cameras_span(&c->rig);
    const double unit_m = !format ? 1 : format->unit_open ? rig_plausible_unit_m(span) : format->unit_m;
    const bool poses = poses_count(&c->rig) > 0;
    c->by_order = n_known == 0 && n == views_count(found);
    c->unit_missing = poses && unit_m == 0;
    if (!format && is_of_run(path, out))
        c->unusable = "made by an earlier run";
    else if (!poses)
        c->unusable = "it has lenses and no poses";
    else if (poses_count(&c->rig) < 2)
        c->unusable = "it has the pose of one camera alone";
    else if (n_known == 0 && !c->by_order)
        c->unusable = "no camera is named as a view";
    const char *unit = !poses            ? "no poses"
                       : c->unit_missing ? "the unit of lengths is not known"
                                         : rig_arena_printf(out, "lengths in %s", rig_unit_name(unit_m));
    c->account =
        rig_arena_printf(out, "%s, %d camera%s, %s; %s%s", format ? format->tool : "rigpose", n, n > 1 ? "s" : "",
                         c->by_order ? "taken for the views by their order"
                                     : rig_arena_printf(out, "%d of them named as views", n_known),
                         unit ? unit : "",
                         format && format->unit_open && !c->unit_missing && poses ? ", by the cameras' distances" : "");
}

// --- the files -------------------------------------------------------------------------------------------------------

static const char *name_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// Whether two paths are in one folder.
static bool are_siblings(const char *a, const char *b) {
    const size_t n = (size_t)(name_of(a) - a);
    return n == (size_t)(name_of(b) - b) && strncmp(a, b, n) == 0;
}

typedef struct candidate {
    const char *path;
    const rig_camera_format *format; // NULL: rigpose's own
    bool is;                         // a calibration
} candidate;

static bool is_json(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot && strcmp(dot, ".json") == 0;
}

// It is neither one of the people's files nor one of no use.
static void uncount(rig_found_files *files, const char *path) {
    for (int i = 0; i < files->n_people && is_json(path); i++) {
        const size_t n = strlen(files->people[i]);
        if (strncmp(path, files->people[i], n) == 0 && name_of(path) == path + n + (n > 0))
            files->n_json[i]--;
    }
    files->n_others -= !is_json(path) && files->n_others > 0;
}

// Whether somebody called a file a calibration: that it cannot be read is worth a word.
static bool is_named_so(const char *path) {
    static const char *const words[] = {"calib", "Calib", "intrinsic", "extrinsic", ".qca.", ".xcp"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(name_of(path), words[i]))
            return true;
    return !is_json(path) && strstr(name_of(path), "camera"); // in JSON it may well be a view's people
}

// A path, read: its calibration, or what there is to say.
static rig_status one_read(const char *folder, const char *below, rig_found *found, rig_found_calibrations *made,
                           candidate *seen, rig_arena *out, rig_err *err) {
    rig_found_calibration *c = &made->of[made->n];
    *c = (rig_found_calibration){.path = *below ? below : "."};
    rig_err why = {""};
    const char *path = *below ? rig_arena_printf(out, "%s/%s", folder, below) : folder;
    if (!path)
        return rig_fail_memory(err, "a path");
    const rig_status status = rig_cameras_read(path, &seen->format, &c->rig, out, &why);
    if (status == RIG_ERR_MEMORY)
        return rig_fail(err, status, "%s", why.text);
    if (status != RIG_OK && seen->format)
        return rig_found_files_pass(&found->files, out, err, "%s: a calibration of %s, but: %s", below,
                                    seen->format->tool, why.text);
    if (status != RIG_OK && is_named_so(below)) {
        uncount(&found->files, below);
        return rig_found_files_pass(&found->files, out, err, "%s: named as a calibration, but: %s", below, why.text);
    }
    if (status != RIG_OK)
        return RIG_OK; // no calibration
    seen->is = true;
    judge(found, path, seen->format, c, out);
    if (!c->account)
        return rig_fail_memory(err, "a calibration");
    made->n++;
    return RIG_OK;
}

// A camera a file, and the folder is the rig: read again as one.
static rig_status folder_join(const char *folder, rig_found *found, rig_found_calibrations *made, candidate *seen,
                              int i, rig_arena *out, rig_err *err) {
    const char *path = seen[i].path, *name = name_of(path);
    const char *below = rig_arena_strndup(out, path, name > path ? (size_t)(name - path) - 1 : 0);
    candidate whole = {.path = below};
    if (!below)
        return rig_fail_memory(err, "a path");
    made->n--; // the file's own, which was the last
    return one_read(folder, below, found, made, &whole, out, err);
}

// The first of the files that are one calibration with path i; i itself where there is none.
static int first_of(const candidate *seen, int i) {
    const rig_camera_format *format = seen[i].format;
    for (int k = 0; k < i && format; k++)
        if (seen[k].is && seen[k].format == format && format->a_file_each && are_siblings(seen[k].path, seen[i].path))
            return k;
    return i;
}

rig_status rig_found_calibrations_look(const char *folder, rig_found *found, rig_found_calibrations *made,
                                       rig_arena *out, rig_err *err) {
    rig_found_files *files = &found->files;
    candidate *seen = RIG_NEW(out, candidate, files->n_calibrations + 1);
    *made = (rig_found_calibrations){.of = RIG_NEW(out, rig_found_calibration, files->n_calibrations + 1)};
    if (!seen || !made->of)
        return rig_fail_memory(err, "calibrations");
    int joined = -1;
    for (int i = 0; i < files->n_calibrations; i++) {
        seen[i].path = files->calibrations[i];
        RIG_TRY(one_read(folder, seen[i].path, found, made, &seen[i], out, err));
        if (!seen[i].is)
            continue;
        if (!is_of_run(rig_arena_printf(out, "%s/%s", folder, seen[i].path), out))
            uncount(files, seen[i].path);
        const int first = first_of(seen, i);
        if (first == i)
            continue;
        made->n--; // of a rig whose folder is read as one
        if (joined == first)
            continue;
        joined = first;
        RIG_TRY(folder_join(folder, found, made, seen, first, out, err));
    }
    for (int i = 0; i < made->n; i++)
        made->n_usable += !made->of[i].unusable;
    for (int i = 0; i < made->n && made->n_usable == 1; i++)
        if (!made->of[i].unusable)
            made->chosen = &made->of[i];
    return RIG_OK;
}

// --- pictures of another shape ---------------------------------------------------------------------------------------

static const rig_view_camera *camera_of(const rig_found *found, const rig_found_calibration *c, int feed) {
    int v = 0;
    if (!c->by_order)
        return rig_calibration_find(&c->rig, found->feeds[feed].name);
    for (int f = 0; f < feed; f++)
        v += found->feeds[f].tiles.n;
    return &c->rig.cameras[v];
}

rig_status rig_found_misfits(const rig_found *found, int take, const rig_found_calibration *calibration,
                             rig_found_misfit **misfits, int *n, rig_arena *out, rig_err *err) {
    *n = 0;
    if (!(*misfits = RIG_NEW(out, rig_found_misfit, found->n_footage + 1)))
        return rig_fail_memory(err, "misfits");
    for (int i = 0; i < found->n_footage; i++) {
        const rig_found_footage *f = &found->footage[i];
        const rig_found_feed *feed = &found->feeds[f->feed];
        if (f->recording != take || feed->tiles.n > 1)
            continue;
        const rig_view_camera *c = camera_of(found, calibration, f->feed);
        if (!c || c->camera.width == 0 || rig_shape_same(f->width, f->height, c->camera.width, c->camera.height) ||
            rig_shape_same(f->height, f->width, c->camera.width, c->camera.height)) // turned, as `check` says
            continue;
        (*misfits)[(*n)++] = (rig_found_misfit){
            feed->name,       f->width,
            f->height,        c->camera.width,
            c->camera.height, rig_rect_of_shape(f->width, f->height, c->camera.width, c->camera.height)};
    }
    return RIG_OK;
}
