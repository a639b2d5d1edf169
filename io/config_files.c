// A recording's file for a feed: a video, a picture, numbered pictures, or a list of pictures.
#include "io/config_parts.h"
#include "io/file.h"

#include <string.h>
#include <strings.h>

enum { DIGITS_MAX = 15, FRAME_MAX = 1000000000 };
static const char *const PICTURES = ".png, .jpg, .jpeg, .webp, .bmp, .tif or .tiff";

bool rig_name_is_picture(const char *name) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0)
            return true;
    return false;
}

// --- patterns: `folder/name%04d.png`, read here and never handed to printf -------------------------------------------

typedef struct pattern {
    char *before, *after; // the texts around the number, %% resolved
    int width;            // digits at least, zeros in front
    int n;                // numbers in the pattern
} pattern;

// The conversion after a '%': "d" or "0<width>d"; NULL where it is another.
static const char *conversion_scan(const char *s, int *width) {
    *width = 1;
    if (*s == '0') {
        *width = 0;
        for (s++; *s >= '0' && *s <= '9' && *width <= DIGITS_MAX; s++)
            *width = *width * 10 + (*s - '0');
    }
    return *s == 'd' && *width >= 1 && *width <= DIGITS_MAX ? s + 1 : NULL;
}

static rig_status pattern_scan(const rig_yaml *node, pattern *p, rig_arena *out, rig_err *err) {
    size_t length = strlen(node->text);
    *p = (pattern){.before = RIG_NEW(out, char, length + 1), .after = RIG_NEW(out, char, length + 1)};
    if (!p->before || !p->after)
        return rig_fail_memory(err, node->file);
    char *put = p->before;
    for (const char *s = node->text; *s;) {
        if (*s != '%' || s[1] == '%') {
            *put++ = *s;
            s += *s == '%' ? 2 : 1;
            continue;
        }
        if (!(s = conversion_scan(s + 1, &p->width)) || ++p->n > 1)
            return rig_yaml_fail(node, err, "'%.80s' is not a pattern, expected one %%d or %%04d (and %%%% for a %%)",
                                 node->text);
        put = p->after;
    }
    return RIG_OK;
}

// The number in a name, or -1 where the pattern does not make this name.
static long long pattern_match(const pattern *p, const char *before, const char *name) {
    size_t n_before = strlen(before), n_after = strlen(p->after), n = strlen(name);
    if (n <= n_before + n_after || strncmp(name, before, n_before) != 0 || strcmp(name + n - n_after, p->after) != 0)
        return -1;
    const char *digits = name + n_before;
    size_t n_digits = n - n_before - n_after;
    if (n_digits > DIGITS_MAX || n_digits < (size_t)p->width || (n_digits > (size_t)p->width && digits[0] == '0'))
        return -1;
    long long number = 0;
    for (size_t i = 0; i < n_digits; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return -1;
        number = number * 10 + (digits[i] - '0');
    }
    return number;
}

// The names that the pattern makes become paths, their numbers frames. They stand in natural order, so the numbers
// rise.
static rig_status names_take(const rig_yaml *node, const pattern *p, char **names, int n, rig_feed_file *file,
                             rig_arena *out, rig_err *err) {
    const char *slash = strrchr(p->before, '/'), *before = slash ? slash + 1 : p->before;
    file->paths = RIG_NEW(out, const char *, n);
    file->frames = RIG_NEW(out, int, n);
    if (!file->paths || !file->frames)
        return rig_fail_memory(err, node->file);
    for (int i = 0; i < n; i++) {
        long long number = pattern_match(p, before, names[i]);
        if (number < 0)
            continue;
        if (number > FRAME_MAX)
            return rig_yaml_fail(
                node, err,
                "picture '%s' would be frame %lld, expected %d at most (a list of pictures is numbered by position)",
                names[i], number, FRAME_MAX);
        file->frames[file->n] = (int)number;
        file->paths[file->n] = rig_arena_printf(out, "%.*s%s", (int)(before - p->before), p->before, names[i]);
        if (!file->paths[file->n++])
            return rig_fail_memory(err, node->file);
    }
    return RIG_OK;
}

static rig_status pattern_resolve(const rig_yaml *node, pattern *p, rig_feed_file *file, rig_arena *out, rig_err *err) {
    const char *slash = strrchr(p->before, '/');
    const char *folder = slash ? rig_arena_strndup(out, p->before, (size_t)(slash + 1 - p->before)) : ".";
    char **names = NULL;
    int n = 0;
    if (!folder)
        return rig_fail_memory(err, node->file);
    rig_status status = rig_folder_list(folder, p->after, &names, &n, out, err);
    if (status == RIG_ERR_IO) // no such folder yet: opening the recording will say so
        return RIG_OK;
    return status == RIG_OK ? names_take(node, p, names, n, file, out, err) : status;
}

// --- the kinds -------------------------------------------------------------------------------------------------------

static rig_status one_path(const rig_yaml *node, const char *path, rig_feed_file *file, rig_arena *out, rig_err *err) {
    file->paths = RIG_NEW(out, const char *, 1);
    if (!file->paths)
        return rig_fail_memory(err, node->file);
    file->paths[0] = path;
    file->n = 1;
    file->kind = rig_name_is_picture(path) ? RIG_FILE_IMAGES : RIG_FILE_VIDEO;
    return RIG_OK;
}

static rig_status text_read(const rig_yaml *node, const char *path_config, rig_feed_file *file, rig_arena *out,
                            rig_err *err) {
    const char *text = "";
    pattern p;
    RIG_TRY(rig_yaml_string(node, &text, err));
    if (!*text)
        return rig_yaml_fail(node, err, "an empty path, expected a video, a pattern or a list of pictures");
    RIG_TRY(pattern_scan(node, &p, out, err));
    file->text = text;
    p.before = rig_path_beside(out, path_config, p.before);
    if (!p.before)
        return rig_fail_memory(err, node->file);
    if (p.n == 0)
        return one_path(node, p.before, file, out, err);
    file->kind = RIG_FILE_IMAGES;
    if (strchr(p.after, '/'))
        return rig_yaml_fail(node, err, "a number in a folder's name, expected it in the pictures' names");
    if (!rig_name_is_picture(p.after))
        return rig_yaml_fail(node, err, "a pattern of files that are not pictures, expected %s", PICTURES);
    return pattern_resolve(node, &p, file, out, err);
}

// The last number in a picture's name; -1: it has none that could be a frame's.
static long long name_number(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *end = strrchr(name, '.');
    long long number = 0, unit = 1;
    while (end > name && !(end[-1] >= '0' && end[-1] <= '9'))
        end--;
    if (end == name)
        return -1;
    for (const char *digit = end; digit > name && digit[-1] >= '0' && digit[-1] <= '9'; digit--, unit *= 10) {
        number += unit * (digit[-1] - '0');
        if (unit > FRAME_MAX || number > FRAME_MAX)
            return -1;
    }
    return number;
}

// Frames of a list go by the numbers in its names where they rise, else by place.
static rig_status list_number(const rig_yaml *list, rig_feed_file *file, rig_arena *out, rig_err *err) {
    int *frames = RIG_NEW(out, int, file->n);
    bool rising = file->n > 1;
    if (!frames)
        return rig_fail_memory(err, list->file);
    for (int i = 0; i < file->n && rising; i++) {
        const long long number = name_number(file->paths[i]);
        rising = number > (i ? frames[i - 1] : -1);
        frames[i] = (int)number;
    }
    file->frames = rising ? frames : NULL;
    return RIG_OK;
}

static bool any_shared(const rig_feed_file *a, const rig_feed_file *b) {
    for (int i = 0, j = 0; i < a->n && j < b->n;) {
        if (a->frames[i] == b->frames[j])
            return true;
        a->frames[i] < b->frames[j] ? i++ : j++;
    }
    return false;
}

void rig_feed_lists_settle(rig_feed_file *files, int n) {
    bool apart = false;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++)
            if (files[i].is_list && files[j].is_list)
                apart |= !files[i].frames || !files[j].frames || !any_shared(&files[i], &files[j]);
    for (int i = 0; i < n; i++)
        if (apart && files[i].is_list)
            files[i].frames = NULL;
}

static rig_status list_read(const rig_yaml *list, const char *path_config, rig_feed_file *file, rig_arena *out,
                            rig_err *err) {
    if (list->n == 0)
        return rig_yaml_fail(list, err, "an empty list, expected pictures (null where there is no file)");
    file->kind = RIG_FILE_IMAGES;
    file->paths = RIG_NEW(out, const char *, list->n);
    if (!file->paths)
        return rig_fail_memory(err, list->file);
    for (int i = 0; i < list->n; i++) {
        const char *text = "";
        RIG_TRY(rig_yaml_string(&list->items[i], &text, err));
        if (!rig_name_is_picture(text))
            return rig_yaml_fail(&list->items[i], err, "'%.80s' is not a picture, expected %s", text, PICTURES);
        file->paths[i] = rig_path_beside(out, path_config, text);
        if (!file->paths[i])
            return rig_fail_memory(err, list->file);
    }
    file->n = list->n;
    file->is_list = true;
    RIG_TRY(list_number(list, file, out, err));
    file->text = rig_arena_printf(out, "%s, ... (%d pictures)", list->items[0].text, list->n);
    return file->text ? RIG_OK : rig_fail_memory(err, list->file);
}

rig_status rig_feed_file_read(const rig_yaml *node, const char *path_config, rig_feed_file *file, rig_arena *out,
                              rig_err *err) {
    *file = (rig_feed_file){.text = ""};
    if (rig_yaml_is_null(node))
        return RIG_OK;
    if (node->kind == RIG_YAML_LIST)
        return list_read(node, path_config, file, out, err);
    if (node->kind == RIG_YAML_MAP)
        return rig_yaml_fail(node, err, "wrong type, expected a video, a pattern, a list of pictures, or null");
    return text_read(node, path_config, file, out, err);
}
