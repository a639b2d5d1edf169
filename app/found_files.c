#include "app/found_files.h"

#include "app/found_pictures.h"
#include "core/text.h"
#include "io/config.h"
#include "io/file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 6, LOOKED_MAX = 200000, CALIBRATIONS_MAX = 64, CALIBRATION_BYTES_MAX = 8 << 20 };

static const char *const video_endings[] = {".mp4", ".avi", ".mov",  ".mkv", ".webm",
                                            ".m4v", ".mpg", ".mpeg", ".mts", NULL};
static const char *const json_endings[] = {".json", NULL};

typedef struct search {
    const char *root;
    rig_found_files *found;
    rig_arena *out;
    long looked;
    long long above[DEPTH_MAX + 1]; // the folders that this one lies in: links may lead back
} search;

static bool ends_with_any(const char *name, const char *const endings[]) {
    size_t n = strlen(name);
    for (int i = 0; endings[i]; i++)
        if (n > strlen(endings[i]) && strcasecmp(name + n - strlen(endings[i]), endings[i]) == 0)
            return true;
    return false;
}

rig_status rig_found_files_pass(rig_found_files *found, rig_arena *out, rig_err *err, const char *format, ...) {
    char text[512];
    va_list args;
    if (found->n_passed == RIG_FOUND_FILES_MAX)
        return RIG_OK;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *kept = found->passed[found->n_passed++] = rig_arena_strdup(out, text);
    return kept ? RIG_OK : rig_fail_memory(err, "skipped files");
}

// Text that a YAML file can hold: else no key could name the file.
static bool is_utf8(const char *text) {
    unsigned code;
    for (int n; *text; text += n)
        if ((n = rig_text_read((const unsigned char *)text, &code)) == 0)
            return false;
    return true;
}

// What rigpose itself writes. A calibration alone was put there by somebody.
static bool is_results(const char *path, rig_arena *out) {
    static const char *const names[] = {"10_feeds.yaml", "20_corners.yaml", "70_people3d.yaml"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *file = rig_arena_printf(out, "%s/%s", path, names[i]);
        if (file && rig_file_exists(file))
            return true;
    }
    return false;
}

// --- files -----------------------------------------------------------------------------------------------------------

static rig_status file_add(search *s, const rig_found_file *file, rig_err *err) {
    if (s->found->n == RIG_FOUND_FILES_MAX)
        return rig_fail(err, RIG_ERR_DATA, "'%s': more than %d videos and picture sequences in it", s->root,
                        RIG_FOUND_FILES_MAX);
    s->found->files[s->found->n++] = *file;
    return RIG_OK;
}

static rig_status video_add(search *s, const char *below, const char *path, rig_err *err) {
    rig_file_stamp stamp;
    if (rig_file_stat(path, &stamp) && stamp.bytes == 0)
        return rig_found_files_pass(s->found, s->out, err, "%s: an empty file", below);
    const char *dot = strrchr(below, '.');
    rig_found_file file = {.name = rig_arena_strndup(s->out, below, (size_t)(dot - below)),
                           .first = below,
                           .text = rig_pattern_escape(below, s->out)};
    return file.name && file.text ? file_add(s, &file, err) : rig_fail_memory(err, "a video's name");
}

static rig_status pictures_add(search *s, const char *below, char **names, int n, rig_err *err) {
    rig_found_file *made;
    int n_made;
    RIG_TRY(rig_pictures_group(below, names, n, &made, &n_made, s->out, err));
    for (int i = 0; i < n_made; i++)
        RIG_TRY(file_add(s, &made[i], err));
    return RIG_OK;
}

// Files that may hold a calibration, by their names and sizes. A folder with more JSON files than a rig has cameras is
// of people.
static void calibration_keep(search *s, const char *below, const char *path, int n_json) {
    static const char *const endings[] = {".yml", ".yaml", ".toml",        ".txt", ".xml",
                                          ".xcp", ".mcal", ".cameramodel", NULL};
    rig_file_stamp stamp;
    if (s->found->n_calibrations == RIG_FOUND_FILES_MAX || !rig_file_stat(path, &stamp) ||
        stamp.bytes > CALIBRATION_BYTES_MAX)
        return;
    if (ends_with_any(below, endings) || (n_json <= CALIBRATIONS_MAX && ends_with_any(below, json_endings)))
        s->found->calibrations[s->found->n_calibrations++] = below;
}

// The calibration of an earlier run.
static void results_keep(search *s, const char *below, const char *path) {
    static const char *const names[] = {"40_extrinsics.yaml", "30_intrinsics.yaml"};
    for (int i = 0; i < 2; i++) {
        const char *file = rig_arena_printf(s->out, "%s/%s", path, names[i]);
        const char *kept = rig_arena_printf(s->out, "%s/%s", below, names[i]);
        if (!file || !kept || !rig_file_exists(file))
            continue;
        calibration_keep(s, kept, file, 0);
        return;
    }
}

// --- folders ---------------------------------------------------------------------------------------------------------

static rig_status folder_look(search *s, const char *below, int depth, rig_err *err);

// Videos that a tool drew what it found into, as FreeMoCap's annotated_videos/: no footage.
static bool is_drawn_into(const char *below) {
    static const char *const words[] = {"annotated", "overlay", "rendered", "visualization", "visualisation"};
    const char *slash = strrchr(below, '/'), *name = slash ? slash + 1 : below;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (strncasecmp(name, words[w], strlen(words[w])) == 0)
            return true;
    return false;
}

static rig_status folder_enter(search *s, const char *below, const char *path, int depth, rig_err *err) {
    rig_file_stamp stamp;
    if (is_results(path, s->out)) {
        results_keep(s, below, path);
        return rig_found_files_pass(s->found, s->out, err, "%s/: results of an earlier run", below);
    }
    if (is_drawn_into(below))
        return rig_found_files_pass(s->found, s->out, err, "%s/: named like a folder of rendered videos", below);
    if (access(path, R_OK | X_OK) != 0)
        return rig_found_files_pass(s->found, s->out, err, "%s/: %s", below, strerror(errno));
    if (depth == DEPTH_MAX)
        return rig_found_files_pass(s->found, s->out, err, "%s/: nested more than %d folders deep", below, DEPTH_MAX);
    if (!rig_file_stat(path, &stamp))
        return RIG_OK;
    for (int d = 0; d <= depth; d++)
        if (s->above[d] == stamp.id)
            return rig_found_files_pass(s->found, s->out, err, "%s/: a link to a folder that contains it", below);
    s->above[depth + 1] = stamp.id;
    return folder_look(s, below, depth + 1, err);
}

// What is neither a folder nor a picture.
static rig_status other_look(search *s, const char *below, const char *path, int n_json, rig_err *err) {
    struct stat info;
    if (stat(path, &info) != 0)
        return rig_found_files_pass(s->found, s->out, err, "%s: %s", below,
                                    errno == ENOENT ? "a broken link" : strerror(errno));
    if (!S_ISREG(info.st_mode))
        return rig_found_files_pass(s->found, s->out, err, "%s: not a regular file", below);
    if (access(path, R_OK) != 0)
        return rig_found_files_pass(s->found, s->out, err, "%s: %s", below, strerror(errno));
    if (ends_with_any(below, video_endings))
        return video_add(s, below, path, err);
    s->found->n_others += !ends_with_any(below, json_endings);
    calibration_keep(s, below, path, n_json);
    return RIG_OK;
}

static rig_status folder_look(search *s, const char *below, int depth, rig_err *err) {
    const char *path = *below ? rig_arena_printf(s->out, "%s/%s", s->root, below) : s->root;
    char **names, **pictures, **folders;
    int n, n_pictures = 0, n_folders = 0, hidden = 0, n_json = 0;
    if (!path)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_list(path, "", &names, &n, s->out, err));
    pictures = RIG_NEW(s->out, char *, n + 1), folders = RIG_NEW(s->out, char *, n + 1);
    s->looked += n;
    if (s->looked > LOOKED_MAX)
        return rig_fail(err, RIG_ERR_DATA, "'%s': more than %d files in it", s->root, LOOKED_MAX);
    for (int i = 0; i < n; i++)
        n_json += ends_with_any(names[i], json_endings);
    for (int i = 0; i < n; i++) {
        const char *one = rig_arena_printf(s->out, "%s%s%s", below, *below ? "/" : "", names[i]);
        const char *whole = one ? rig_arena_printf(s->out, "%s/%s", s->root, one) : NULL;
        if (!pictures || !folders || !whole)
            return rig_fail_memory(err, "a path");
        if (names[i][0] == '.')
            hidden++;
        else if (!is_utf8(names[i]))
            RIG_TRY(rig_found_files_pass(s->found, s->out, err, "%s: its name is not UTF-8", one));
        else if (rig_folder_exists(whole))
            folders[n_folders++] = names[i];
        else if (rig_file_exists(whole) && rig_name_is_picture(names[i]))
            pictures[n_pictures++] = names[i];
        else
            RIG_TRY(other_look(s, one, whole, n_json, err));
    }
    if (hidden)
        RIG_TRY(rig_found_files_pass(s->found, s->out, err, "%s%s%d hidden", below, *below ? "/: " : "", hidden));
    if (n_json > 0 && s->found->n_people < RIG_FOUND_FILES_MAX)
        s->found->n_json[s->found->n_people] = n_json, s->found->people[s->found->n_people++] = below;
    RIG_TRY(pictures_add(s, below, pictures, n_pictures, err));
    for (int i = 0; i < n_folders; i++) {
        const char *one = rig_arena_printf(s->out, "%s%s%s", below, *below ? "/" : "", folders[i]);
        const char *whole = one ? rig_arena_printf(s->out, "%s/%s", s->root, one) : NULL;
        if (!whole)
            return rig_fail_memory(err, "a path");
        RIG_TRY(folder_enter(s, one, whole, depth, err));
    }
    return RIG_OK;
}

rig_status rig_found_files_look(const char *folder, rig_found_files *found, rig_arena *out, rig_err *err) {
    search s = {.root = folder, .found = found, .out = out};
    rig_file_stamp stamp;
    memset(found, 0, sizeof *found);
    if (rig_file_stat(folder, &stamp))
        s.above[0] = stamp.id;
    return folder_look(&s, "", 0, err);
}
