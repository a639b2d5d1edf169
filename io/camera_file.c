// A calibration of whatever tool: which, and its files.
#include "core/text.h"
#include "io/camera_parts.h"
#include "io/foreign_trees.h"
#include "io/results.h"

#include <ctype.h>
#include <string.h>

enum { CAMERAS_MAX = 1000 }; // of a folder with a file each

// --- a file --------------------------------------------------------------------------------------

// The first line that says something, without the space before it.
static const char *line_first(const char *text) {
    for (; *text; text += *text != 0) {
        text += strspn(text, " \t\r\n");
        if (*text != '#')
            break;
        text += strcspn(text, "\n");
    }
    return text;
}

static bool is_xml(const rig_foreign *file) {
    const unsigned char *b = (const unsigned char *)file->text;
    const bool wide = file->length >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF));
    return wide || file->text[strspn(file->text, " \t\r\n")] == '<';
}

// `[table]` alone in its line, or `key = value`.
static bool is_toml(const char *line) {
    const char *at = line;
    while (*at == '[' && at < line + 2)
        at++;
    const size_t n = strcspn(at, "=]#\n,{:");
    for (size_t i = 0; i < n; i++)
        if (!isalnum((unsigned char)at[i]) && !strchr("_-.\"' \t", at[i]))
            return false;
    if (at == line)
        return n > 0 && at[n] == '=';
    return n > 0 && at[n] == ']' && strchr("\r\n#] \t", at[n + 1]) && !strchr("-0123456789", *at);
}

// COLMAP's `1 OPENCV 1920 1080 ...`.
static bool is_lines(const char *line) {
    const char *word = line + strspn(line, "0123456789");
    return word > line && *word == ' ' && isupper((unsigned char)word[1]);
}

// Read a file and its tree.
static rig_status foreign_open(const char *path, rig_foreign *file, rig_arena *out, rig_err *err) {
    char *text;
    rig_yaml *root = NULL;
    *file = (rig_foreign){.path = path};
    RIG_TRY(rig_file_read(path, &text, &file->length, out, err));
    const size_t mark = rig_text_mark(text, file->length);
    text += mark, file->length -= mark;
    file->text = text;
    const char *line = line_first(text);
    if (is_xml(file))
        RIG_TRY(rig_xml_tree(path, text, file->length, &root, out, err));
    else if (is_toml(line))
        RIG_TRY(rig_toml_tree(path, text, file->length, &root, out, err));
    else if (file->length > 1 && text[0] == '\x80')
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: a Python pickle, which can run arbitrary code when read, expected another format: convert "
                        "it to JSON or TOML (docs/formats.md has the lines for OpenCap's)",
                        path);
    else if (!is_lines(line))
        RIG_TRY(rig_yaml_read(path, &root, out, err));
    file->root = root;
    return RIG_OK;
}

static const rig_camera_format *format_of(const rig_foreign *file) {
    const rig_camera_format *of = rig_camera_formats;
    while (of->name && !(of->is && of->is(file)))
        of++;
    return of->name ? of : NULL;
}

static bool is_ours(const rig_foreign *file) {
    const rig_yaml *schema =
        file->root && file->root->kind == RIG_YAML_MAP ? rig_yaml_find(file->root, "schema") : NULL;
    return schema && schema->kind == RIG_YAML_SCALAR && strncmp(schema->text, "rigpose/", 8) == 0;
}

static rig_status fail_unknown(const char *path, rig_err *err) {
    char known[512] = "rigpose";
    size_t n = strlen(known);
    for (const rig_camera_format *of = rig_camera_formats; of->name; of++)
        if (of->is && n < sizeof known)
            n += (size_t)snprintf(known + n, sizeof known - n, ", %s", of->tool);
    return rig_fail(err, RIG_ERR_FORMAT, "%s: not a calibration of any known tool, expected one of %s", path, known);
}

// Lengths in metres where the format says what they are in.
static void unit_apply(const rig_camera_format *format, rig_calibration *rig) {
    for (int c = 0; c < rig->n && !format->unit_open; c++)
        for (int k = 0; k < 3; k++)
            rig->cameras[c].Rt_cam_world.t[k] *= format->unit_m;
}

static rig_status names_differ(const char *path, const rig_calibration *rig, rig_err *err) {
    for (int i = 0; i < rig->n; i++)
        if (rig_calibration_find(rig, rig->cameras[i].view) != &rig->cameras[i])
            return rig_fail(err, RIG_ERR_FORMAT, "%s: duplicate camera '%s'", path, rig->cameras[i].view);
    return rig->n > 0 ? RIG_OK : rig_fail(err, RIG_ERR_FORMAT, "%s: no cameras", path);
}

static rig_status file_read(const char *path, const rig_camera_format **format, rig_calibration *rig, rig_arena *out,
                            rig_err *err) {
    rig_arena tree = {NULL};
    rig_foreign file;
    *format = NULL;
    rig_status status = foreign_open(path, &file, &tree, err);
    if (status == RIG_OK && is_ours(&file))
        status = rig_calibration_read(path, rig, out, err);
    else if (status == RIG_OK && !(*format = format_of(&file)))
        status = fail_unknown(path, err);
    else if (status == RIG_OK)
        status = (*format)->read(&file, rig, out, err);
    rig_arena_release(&tree);
    return status;
}

// --- a folder ------------------------------------------------------------------------------------

// Files that may be calibrations, by their names: a folder may have pictures too.
static rig_status folder_files(const char *folder, char ***paths, int *n, rig_arena *out, rig_err *err) {
    static const char *const endings[] = {".yml", ".yaml", ".json", ".toml",       ".txt",
                                          ".xml", ".xcp",  ".mcal", ".cameramodel"};
    char **names;
    int n_names;
    RIG_TRY(rig_folder_list(folder, "", &names, &n_names, out, err));
    *paths = RIG_NEW(out, char *, n_names);
    *n = 0;
    if (!*paths)
        return rig_fail_memory(err, folder);
    for (int i = 0; i < n_names; i++)
        for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
            const char *dot = strrchr(names[i], '.');
            if (!dot || dot == names[i] || strcmp(dot, endings[k]) != 0)
                continue;
            if (!((*paths)[(*n)++] = rig_arena_printf(out, "%s/%s", folder, names[i])))
                return rig_fail_memory(err, folder);
        }
    return RIG_OK;
}

const rig_camera_format *rig_camera_format_of(const char *path) {
    rig_arena tree = {NULL};
    rig_foreign file;
    rig_err dropped;
    const rig_camera_format *format = foreign_open(path, &file, &tree, &dropped) == RIG_OK ? format_of(&file) : NULL;
    rig_arena_release(&tree);
    return format;
}

// The calibrations of a folder: one file, or files of one format with a camera each; put first in paths.
static rig_status folder_look(const char *folder, char **paths, int *n, const rig_camera_format **format,
                              rig_err *err) {
    int n_found = 0;
    *format = NULL;
    for (int i = 0; i < *n; i++) {
        const rig_camera_format *of = rig_camera_format_of(paths[i]);
        if (!of)
            continue;
        if (*format && (of != *format || !of->a_file_each))
            return rig_fail(err, RIG_ERR_FORMAT, "%s: '%s' and '%s' are both calibrations, expected one: give its file",
                            folder, paths[0], paths[i]);
        *format = of;
        paths[n_found++] = paths[i];
    }
    *n = n_found;
    if (n_found == 0)
        return fail_unknown(folder, err);
    return n_found <= CAMERAS_MAX
               ? RIG_OK
               : rig_fail(err, RIG_ERR_FORMAT, "%s: %d cameras, expected at most %d", folder, n_found, CAMERAS_MAX);
}

static rig_status folder_read(const char *folder, const rig_camera_format **format, rig_calibration *rig,
                              rig_arena *out, rig_err *err) {
    char **paths;
    int n;
    RIG_TRY(folder_files(folder, &paths, &n, out, err));
    RIG_TRY(folder_look(folder, paths, &n, format, err));
    if (n == 1)
        return file_read(paths[0], format, rig, out, err);
    RIG_TRY(rig_cameras_new(rig, n, out, err));
    for (int i = 0; i < n; i++) {
        rig_calibration one;
        RIG_TRY(file_read(paths[i], format, &one, out, err));
        rig->cameras[i] = one.cameras[0];
    }
    return RIG_OK;
}

// -------------------------------------------------------------------------------------------------

rig_status rig_cameras_read(const char *path, const rig_camera_format **format, rig_calibration *rig, rig_arena *out,
                            rig_err *err) {
    RIG_TRY(rig_folder_exists(path) ? folder_read(path, format, rig, out, err)
                                    : file_read(path, format, rig, out, err));
    if (!*format)
        return RIG_OK;
    unit_apply(*format, rig);
    return names_differ(path, rig, err);
}

rig_status rig_cameras_files(const char *path, char ***paths, int *n, bool *ours, rig_arena *out, rig_err *err) {
    *ours = false;
    if (rig_folder_exists(path))
        return folder_files(path, paths, n, out, err);
    const rig_camera_format *format = rig_camera_format_of(path);
    *ours = !format; // what is no calibration at all is refused where it is read
    *paths = RIG_NEW(out, char *, 2);
    *n = 0;
    if (*paths && ((*paths)[(*n)++] = rig_arena_strdup(out, path)) &&
        (!format || !format->beside || ((*paths)[(*n)++] = rig_path_beside(out, path, format->beside))))
        return RIG_OK;
    return rig_fail_memory(err, path);
}
