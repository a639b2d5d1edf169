#include "io/result.h"

#include <string.h>

static const char SCHEMA[] = "rigpose/feeds/1";

// --- writing -------------------------------------------------------------------------------------

static void entry_put(rig_yaml_writer *w, const rig_feeds_entry *e) {
    const rig_view_source *s = &e->source;
    rig_yaml_key(w, e->view);
    rig_yaml_begin_map(w, true);
    rig_result_put_string(w, "file", e->file);
    rig_result_put_string(w, "feed", e->feed);
    if (s->rect.w > 0)
        rig_result_put_ints(w, "rect", (const int[]){s->rect.x, s->rect.y, s->rect.w, s->rect.h}, 4);
    rig_result_put_int(w, "rotate", 90 * s->turns);
    if (s->width > 0)
        rig_result_put_ints(w, "size", (const int[]){s->width, s->height}, 2);
    if (s->fps > 0)
        rig_result_put_double(w, "fps", s->fps);
    if (s->n_frames > 0)
        rig_result_put_int(w, "frames", s->n_frames);
    rig_result_put_double(w, "offset_s", s->offset_s);
    rig_yaml_end(w);
}

static bool is_first_of_recording(const rig_feeds *feeds, int i) {
    for (int j = 0; j < i; j++)
        if (strcmp(feeds->entries[j].recording, feeds->entries[i].recording) == 0)
            return false;
    return true;
}

rig_status rig_feeds_write(const char *path, const rig_feeds *feeds, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "recordings");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < feeds->n; i++) {
        if (!is_first_of_recording(feeds, i))
            continue;
        rig_yaml_key(w, feeds->entries[i].recording);
        rig_yaml_begin_map(w, false);
        for (int j = i; j < feeds->n; j++)
            if (strcmp(feeds->entries[j].recording, feeds->entries[i].recording) == 0)
                entry_put(w, &feeds->entries[j]);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status rect_parse(const rig_yaml *map, rig_rect *rect, rig_err *err) {
    const rig_yaml *list;
    RIG_TRY(rig_result_maybe(map, "rect", RIG_YAML_LIST, &list, err));
    if (!list)
        return RIG_OK;
    if (list->n != 4)
        return rig_yaml_fail(list, err, "%d numbers, expected [x, y, width, height]", list->n);
    RIG_TRY(rig_yaml_int(&list->items[0], 0, RIG_RESULT_SIDE_MAX, &rect->x, err));
    RIG_TRY(rig_yaml_int(&list->items[1], 0, RIG_RESULT_SIDE_MAX, &rect->y, err));
    RIG_TRY(rig_yaml_int(&list->items[2], 1, RIG_RESULT_SIDE_MAX, &rect->w, err));
    return rig_yaml_int(&list->items[3], 1, RIG_RESULT_SIDE_MAX, &rect->h, err);
}

static rig_status rotate_parse(const rig_yaml *map, int *turns, rig_err *err) {
    const rig_yaml *node = rig_yaml_find(map, "rotate");
    int degrees = 0;
    if (node)
        RIG_TRY(rig_yaml_int(node, 0, 270, &degrees, err));
    if (degrees % 90 != 0)
        return rig_yaml_fail(node, err, "%d, expected 0, 90, 180 or 270", degrees);
    *turns = degrees / 90;
    return RIG_OK;
}

static rig_status source_parse(const rig_yaml *map, rig_view_source *s, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    s->view = s->feed = -1; // places in a config, which the file does not know
    RIG_TRY(rect_parse(map, &s->rect, err));
    RIG_TRY(rotate_parse(map, &s->turns, err));
    if (rig_yaml_find(map, "size"))
        RIG_TRY(rig_result_size(map, &s->width, &s->height, err));
    RIG_TRY(rig_result_maybe_double(map, "fps", 0, max, &s->fps, err));
    RIG_TRY(rig_result_maybe_int(map, "frames", 0, RIG_RESULT_COUNT_MAX, &s->n_frames, err));
    return rig_result_maybe_double(map, "offset_s", -max, max, &s->offset_s, err);
}

static rig_status entry_parse(const rig_yaml *recording, const rig_yaml *map, rig_feeds_entry *e, rig_arena *out,
                              rig_err *err) {
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
    return source_parse(map, &e->source, err);
}

static rig_status feeds_parse(const rig_yaml *root, rig_feeds *feeds, rig_arena *out, rig_err *err) {
    const rig_yaml *recordings;
    int n = 0;
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
            RIG_TRY(entry_parse(recording, &recording->items[v], &feeds->entries[feeds->n++], out, err));
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
