#include "io/result.h"

#include <stdio.h>
#include <string.h>

static const char SCHEMA[] = "rigpose/feeds/1";
enum { TIME_DECIMALS = 6, THUMBNAIL_CELLS = RIG_THUMBNAIL_SIDE * RIG_THUMBNAIL_SIDE };
static const double BYTES_MAX = 9007199254740991.0; // whole numbers up to it are exact as doubles

// --- writing -------------------------------------------------------------------------------------

static void look_put(rig_yaml_writer *w, const rig_view_source *s) {
    const rig_rect c = s->look.content;
    char hex[2 * THUMBNAIL_CELLS + 1];
    if (c.w > 0 && (c.w < s->width || c.h < s->height))
        rig_result_put_ints(w, "content", (const int[]){c.x, c.y, c.w, c.h}, 4);
    if (!s->look.thumbnail.known)
        return;
    for (int i = 0; i < THUMBNAIL_CELLS; i++)
        snprintf(hex + 2 * i, 3, "%02x", s->look.thumbnail.grey[i]);
    rig_result_put_string(w, "thumbnail", hex);
}

static void entry_put(rig_yaml_writer *w, const rig_feeds_entry *e) {
    const rig_view_source *s = &e->source;
    rig_yaml_key(w, e->view);
    rig_yaml_begin_map(w, true);
    rig_result_put_string(w, "file", e->file);
    rig_result_put_string(w, "feed", e->feed);
    if (s->rect.w > 0)
        rig_result_put_ints(w, "rect", (const int[]){s->rect.x, s->rect.y, s->rect.w, s->rect.h}, 4);
    rig_result_put_int(w, "rotate", 90 * s->turns);
    if (s->as_stored) {
        rig_yaml_key(w, "as_stored");
        rig_yaml_put_bool(w, true);
    }
    if (s->width > 0)
        rig_result_put_ints(w, "size", (const int[]){s->width, s->height}, 2);
    if (s->fps > 0)
        rig_result_put_double(w, "fps", s->fps);
    if (s->n_frames > 0)
        rig_result_put_int(w, "frames", s->n_frames);
    rig_result_put_double(w, "offset_s", s->offset_s);
    if (s->n_times > 0) {
        rig_yaml_key(w, "stamps");
        rig_yaml_put_bool(w, true);
    }
    look_put(w, s);
    rig_yaml_end(w);
}

static void file_put(rig_yaml_writer *w, const rig_feeds_file *file) {
    const rig_footage *f = &file->footage;
    rig_yaml_key(w, file->feed);
    rig_yaml_begin_map(w, true);
    if (f->width > 0)
        rig_result_put_ints(w, "picture", (const int[]){f->width, f->height}, 2);
    if (f->asks.turns > 0)
        rig_result_put_int(w, "container_rotate", 90 * f->asks.turns);
    if (f->asks.mirrored) {
        rig_yaml_key(w, "container_mirror");
        rig_yaml_put_bool(w, true);
    }
    if (f->fps > 0)
        rig_result_put_double(w, "fps", f->fps);
    if (f->n_frames > 0)
        rig_result_put_int(w, "frames", f->n_frames);
    if (*f->digest) {
        rig_result_put_int(w, "bytes", (long)f->bytes);
        rig_result_put_string(w, "digest", f->digest);
    }
    if (f->n_times > 0) {
        rig_yaml_key(w, "times_s");
        rig_yaml_begin_list(w, true);
        for (int i = 0; i < f->n_times; i++)
            rig_yaml_put_rounded(w, f->times_s[i], TIME_DECIMALS);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
}

// Maps by recording, whose items stand together.
static void by_recording(rig_yaml_writer *w, const char *recording, const char *before) {
    if (before && strcmp(before, recording) == 0)
        return;
    if (before)
        rig_yaml_end(w);
    rig_yaml_key(w, recording);
    rig_yaml_begin_map(w, false);
}

rig_status rig_feeds_write(const char *path, const rig_feeds *feeds, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "recordings");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < feeds->n; i++) {
        by_recording(w, feeds->entries[i].recording, i ? feeds->entries[i - 1].recording : NULL);
        entry_put(w, &feeds->entries[i]);
    }
    for (int ends = 0; ends < 1 + (feeds->n > 0); ends++)
        rig_yaml_end(w);
    rig_yaml_key(w, "files");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < feeds->n_files; i++) {
        by_recording(w, feeds->files[i].recording, i ? feeds->files[i - 1].recording : NULL);
        file_put(w, &feeds->files[i]);
    }
    for (int ends = 0; ends < 1 + (feeds->n_files > 0); ends++)
        rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

static int hex_value(char c) {
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

static rig_status look_parse(const rig_yaml *map, rig_view_source *s, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, "thumbnail");
    const char *text;
    s->look.content = (rig_rect){0, 0, s->width, s->height};
    RIG_TRY(rig_result_rect(map, "content", &s->look.content, err));
    if (s->width > 0 && !rig_rect_inside(s->look.content, s->width, s->height))
        return rig_yaml_fail(rig_yaml_find(map, "content"), err, "outside the view of %dx%d", s->width, s->height);
    if (!node)
        return RIG_OK;
    RIG_TRY(rig_yaml_string(node, &text, err));
    s->look.thumbnail.known = strlen(text) == 2 * THUMBNAIL_CELLS;
    for (int i = 0; i < THUMBNAIL_CELLS && s->look.thumbnail.known; i++) {
        const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        s->look.thumbnail.known = high >= 0 && low >= 0;
        s->look.thumbnail.grey[i] = (unsigned char)(16 * high + low);
    }
    if (!s->look.thumbnail.known)
        return rig_yaml_fail(node, err, "expected %d hexadecimal digits", 2 * THUMBNAIL_CELLS);
    return RIG_OK;
}

static rig_status source_parse(const rig_yaml *map, rig_view_source *s, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    s->view = s->feed = -1; // places in a config, which the file does not know
    RIG_TRY(rig_result_rect(map, "rect", &s->rect, err));
    RIG_TRY(rig_result_turns(map, "rotate", &s->turns, err));
    RIG_TRY(rig_result_maybe_bool(map, "as_stored", &s->as_stored, err));
    if (rig_yaml_find(map, "size"))
        RIG_TRY(rig_result_size(map, "size", &s->width, &s->height, err));
    RIG_TRY(rig_result_maybe_double(map, "fps", 0, max, &s->fps, err));
    RIG_TRY(rig_result_maybe_int(map, "frames", 0, RIG_RESULT_COUNT_MAX, &s->n_frames, err));
    RIG_TRY(rig_result_maybe_double(map, "offset_s", -max, max, &s->offset_s, err));
    return look_parse(map, s, err);
}

static rig_status times_parse(const rig_yaml *map, rig_footage *f, rig_arena *out, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "times_s", RIG_YAML_LIST, &list, err));
    if (!list)
        return RIG_OK;
    if (list->n != f->n_frames)
        return rig_yaml_fail(list, err, "%d times, expected one for each of %d frames", list->n, f->n_frames);
    f->times_s = RIG_NEW(out, double, list->n);
    if (!f->times_s)
        return rig_fail_memory(err, "time stamps");
    f->n_times = list->n;
    for (int i = 0; i < list->n; i++)
        RIG_TRY(
            rig_yaml_double(&list->items[i], i ? f->times_s[i - 1] : 0, RIG_RESULT_NUMBER_MAX, &f->times_s[i], err));
    return RIG_OK;
}

static rig_status footage_parse(const rig_yaml *map, rig_footage *f, rig_arena *out, rig_err *err) {
    const rig_yaml *node;
    double bytes = 0;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    if (rig_yaml_find(map, "picture"))
        RIG_TRY(rig_result_size(map, "picture", &f->width, &f->height, err));
    RIG_TRY(rig_result_turns(map, "container_rotate", &f->asks.turns, err));
    RIG_TRY(rig_result_maybe_bool(map, "container_mirror", &f->asks.mirrored, err));
    RIG_TRY(rig_result_maybe_double(map, "fps", 0, RIG_RESULT_NUMBER_MAX, &f->fps, err));
    RIG_TRY(rig_result_maybe_int(map, "frames", 0, RIG_RESULT_COUNT_MAX, &f->n_frames, err));
    RIG_TRY(rig_result_maybe_double(map, "bytes", 0, BYTES_MAX, &bytes, err));
    f->bytes = (long long)bytes;
    if ((node = rig_yaml_find(map, "digest"))) {
        const char *text;
        RIG_TRY(rig_yaml_string(node, &text, err));
        if (strlen(text) >= sizeof f->digest)
            return rig_yaml_fail(node, err, "too long, expected %zu bytes", sizeof f->digest - 1);
        snprintf(f->digest, sizeof f->digest, "%s", text);
    }
    return times_parse(map, f, out, err);
}

static rig_status files_parse(const rig_yaml *root, rig_feeds *feeds, rig_arena *out, rig_err *err) {
    const rig_yaml *recordings;
    int n = 0;
    RIG_TRY(rig_result_maybe(root, "files", RIG_YAML_MAP, &recordings, err));
    for (int r = 0; recordings && r < recordings->n; r++) {
        RIG_TRY(rig_yaml_need_kind(&recordings->items[r], RIG_YAML_MAP, err));
        n += recordings->items[r].n;
    }
    feeds->files = RIG_NEW(out, rig_feeds_file, n);
    if (!feeds->files)
        return rig_fail_memory(err, "files");
    for (int r = 0; recordings && r < recordings->n; r++)
        for (int f = 0; f < recordings->items[r].n; f++) {
            rig_feeds_file *file = &feeds->files[feeds->n_files++];
            RIG_TRY(rig_yaml_key_name(&recordings->items[r], file->recording, err));
            RIG_TRY(rig_yaml_key_name(&recordings->items[r].items[f], file->feed, err));
            RIG_TRY(footage_parse(&recordings->items[r].items[f], &file->footage, out, err));
        }
    return RIG_OK;
}

const rig_footage *rig_feeds_footage(const rig_feeds *feeds, const char *recording, const char *feed) {
    for (int i = 0; i < feeds->n_files; i++)
        if (strcmp(feeds->files[i].recording, recording) == 0 && strcmp(feeds->files[i].feed, feed) == 0)
            return &feeds->files[i].footage;
    return NULL;
}

// What the view has of its feed's file.
static rig_status stamps_parse(const rig_yaml *map, const rig_feeds *feeds, rig_feeds_entry *e, rig_err *err) {
    const rig_footage *footage = rig_feeds_footage(feeds, e->recording, e->feed);
    bool stamps = false;
    RIG_TRY(rig_result_maybe_bool(map, "stamps", &stamps, err));
    if (footage)
        rig_view_source_show(&e->source, footage);
    if (!stamps)
        return RIG_OK;
    if (!footage || footage->n_times == 0)
        return rig_yaml_fail(rig_yaml_find(map, "stamps"), err, "files.%s.%s has no times_s", e->recording, e->feed);
    e->source.n_times = footage->n_times, e->source.times_s = footage->times_s;
    return RIG_OK;
}

// A view's size is its window's, turned, and the window lies in the picture, where all that is known.
static rig_status window_check(const rig_yaml *map, const rig_view_source *s, rig_err *err) {
    const int w = s->turns % 2 ? s->rect.h : s->rect.w, h = s->turns % 2 ? s->rect.w : s->rect.h;
    if (s->rect.w > 0 && s->width > 0 && (s->width != w || s->height != h))
        return rig_yaml_fail(rig_yaml_find(map, "size"), err, "%dx%d, expected %dx%d as the view's rect and rotate say",
                             s->width, s->height, w, h);
    if (s->rect.w > 0 && s->picture_size[0] > 0 && !rig_rect_inside(s->rect, s->picture_size[0], s->picture_size[1]))
        return rig_yaml_fail(rig_yaml_find(map, "rect"), err, "outside the picture of %dx%d", s->picture_size[0],
                             s->picture_size[1]);
    return RIG_OK;
}

static rig_status entry_parse(const rig_yaml *recording, const rig_yaml *map, const rig_feeds *feeds,
                              rig_feeds_entry *e, rig_arena *out, rig_err *err) {
    const rig_yaml *node;
    const char *text;
    RIG_TRY(rig_yaml_key_name(recording, e->recording, err));
    RIG_TRY(rig_yaml_key_name(map, e->view, err));
    RIG_TRY(rig_yaml_need(map, "feed", &node, err));
    RIG_TRY(rig_yaml_name(node, e->feed, err));
    if ((node = rig_yaml_find(map, "file"))) {
        RIG_TRY(rig_yaml_string(node, &text, err));
        e->file = rig_arena_strdup(out, text);
        if (!e->file)
            return rig_fail_memory(err, "a file's name");
    }
    RIG_TRY(source_parse(map, &e->source, err));
    RIG_TRY(stamps_parse(map, feeds, e, err));
    return window_check(map, &e->source, err);
}

static rig_status feeds_parse(const rig_yaml *root, rig_feeds *feeds, rig_arena *out, rig_err *err) {
    const rig_yaml *recordings;
    int n = 0;
    RIG_TRY(files_parse(root, feeds, out, err));
    RIG_TRY(rig_result_need(root, "recordings", RIG_YAML_MAP, &recordings, err));
    for (int r = 0; r < recordings->n; r++) {
        RIG_TRY(rig_yaml_need_kind(&recordings->items[r], RIG_YAML_MAP, err));
        n += recordings->items[r].n;
    }
    feeds->entries = RIG_NEW(out, rig_feeds_entry, n);
    if (!feeds->entries)
        return rig_fail_memory(err, "feeds");
    for (int r = 0; r < recordings->n; r++) {
        const rig_yaml *recording = &recordings->items[r];
        for (int v = 0; v < recording->n; v++)
            RIG_TRY(entry_parse(recording, &recording->items[v], feeds, &feeds->entries[feeds->n++], out, err));
    }
    return RIG_OK;
}

rig_status rig_feeds_read(const char *path, rig_feeds *feeds, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *feeds = (rig_feeds){0};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = feeds_parse(root, feeds, out, err);
    rig_arena_release(&tree);
    return status;
}
