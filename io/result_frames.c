#include "io/result_frames.h"

#include "io/flow_text.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

static const char SUFFIX[] = ".yaml";

// The folder of a result's parts. false: the path is none of a YAML file.
bool rig_result_folder(const char *path, char *folder, size_t size) {
    size_t n = strlen(path), k = strlen(SUFFIX);
    if (n <= k || strcmp(path + n - k, SUFFIX) != 0 || n - k >= size)
        return false;
    snprintf(folder, size, "%.*s", (int)(n - k), path);
    return true;
}

// Where the result is a folder: one that holds parts. Others of that name hold something else.
static bool has_parts(const char *path, char *folder, size_t size) {
    return rig_result_folder(path, folder, size) && rig_folder_has_parts(folder);
}

bool rig_result_exists(const char *path) {
    char folder[1024];
    return rig_file_exists(path) || has_parts(path, folder, sizeof folder);
}

bool rig_result_stat(const char *path, rig_file_stamp *stamp) {
    char folder[1024];
    return rig_file_stat(path, stamp) || (has_parts(path, folder, sizeof folder) && rig_file_stat(folder, stamp));
}

// Names of parts that begin below 0 come first, from the one nearest to 0 on: turned round, they rise.
static void below_zero_turn(char **names, int n) {
    int k = 0;
    while (k < n && names[k][0] == '-')
        k++;
    for (int i = 0; i < k / 2; i++) {
        char *name = names[i];
        names[i] = names[k - 1 - i];
        names[k - 1 - i] = name;
    }
}

rig_status rig_result_paths(const char *path, char ***paths, int *n, rig_arena *out, rig_err *err) {
    char folder[1024];
    const bool parts = has_parts(path, folder, sizeof folder);
    if (parts && rig_file_exists(path))
        return rig_fail(err, RIG_ERR_IO, "both '%s' and the folder '%s' exist, expected one of them: remove the other",
                        path, folder);
    if (!parts) {
        *paths = RIG_NEW(out, char *, 1);
        *n = 1;
        return *paths && ((*paths)[0] = rig_arena_strdup(out, path)) ? RIG_OK : rig_fail_memory(err, path);
    }
    char **names;
    int n_names;
    RIG_TRY(rig_folder_list(folder, SUFFIX, &names, &n_names, out, err));
    *paths = names, *n = 0;
    for (int i = 0; i < n_names; i++)
        if (rig_name_is_part(names[i]))
            names[(*n)++] = names[i];
    below_zero_turn(*paths, *n);
    for (int i = 0; i < *n; i++)
        if (!((*paths)[i] = rig_arena_printf(out, "%s/%s", folder, (*paths)[i])))
            return rig_fail_memory(err, "a path");
    return *n > 0 ? RIG_OK : rig_fail(err, RIG_ERR_IO, "cannot read '%s': its parts are missing", folder);
}

rig_status rig_result_first(const char *path, const char **first, rig_arena *out, rig_err *err) {
    char **paths;
    int n;
    RIG_TRY(rig_result_paths(path, &paths, &n, out, err));
    *first = paths[0];
    return RIG_OK;
}

static rig_status digests_join(char **paths, int n, char hex[65], rig_arena *scratch, rig_err *err) {
    char *text = RIG_NEW(scratch, char, 64 * (size_t)n + 1);
    if (!text)
        return rig_fail_memory(err, "hashes");
    for (int i = 0; i < n; i++) {
        RIG_TRY(rig_file_sha256(paths[i], hex, err));
        memcpy(text + 64 * (size_t)i, hex, 64);
    }
    return rig_bytes_digest(text, 64 * (size_t)n, hex, err);
}

rig_status rig_result_digest(const char *path, char hex[65], rig_err *err) {
    rig_arena scratch = {NULL};
    char **paths;
    int n = 0;
    rig_status status = rig_result_paths(path, &paths, &n, &scratch, err);
    if (status == RIG_OK)
        status =
            strcmp(paths[0], path) == 0 ? rig_file_sha256(path, hex, err) : digests_join(paths, n, hex, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

// --- reading -------------------------------------------------------------------------------------

static rig_status part_open(rig_frames_reader *r, int part, rig_err *err) {
    rig_yaml_stream_close(r->stream);
    r->stream = NULL;
    r->part = part;
    RIG_TRY(rig_yaml_stream_open(r->paths[part], "frames", &r->stream, &r->root, err));
    RIG_TRY(rig_yaml_need_kind(r->root, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need_schema(r->root, r->schema, err));
    int number = part + 1; // other programs need not number their parts
    RIG_TRY(rig_result_maybe_int(r->root, "part", 1, INT_MAX, &number, err));
    if (number != part + 1 && !r->alone)
        return rig_yaml_fail(rig_yaml_find(r->root, "part"), err, "%d, expected %d: a part of the result is missing",
                             number, part + 1);
    return RIG_OK;
}

rig_status rig_frames_reader_open(rig_frames_reader *r, const char *path, const char *schema, bool alone,
                                  rig_err *err) {
    *r = (rig_frames_reader){.schema = schema, .alone = alone};
    RIG_TRY(rig_result_paths(path, &r->paths, &r->n_parts, &r->arena, err));
    return part_open(r, 0, err);
}

// Whether a frame is to be passed over. One whose number cannot be told is read, and refused then.
static bool is_unwanted(const rig_frames_reader *r, const rig_frames_item *frame) {
    flow_people people;
    bool more;
    int number;
    const rig_yaml *node;
    if (!r->wanted)
        return false;
    if (frame->text)
        return flow_people_begin(&people, frame->text, frame->n, -RIG_RESULT_FRAME_MAX, RIG_RESULT_FRAME_MAX, &number,
                                 &more) &&
               !r->wanted(r->wanted_self, number);
    node = frame->node && frame->node->kind == RIG_YAML_MAP ? rig_yaml_find(frame->node, "frame") : NULL;
    return node && rig_yaml_int(node, -RIG_RESULT_FRAME_MAX, RIG_RESULT_FRAME_MAX, &number, NULL) == RIG_OK &&
           !r->wanted(r->wanted_self, number);
}

static rig_status any_next(rig_frames_reader *r, rig_frames_item *frame, rig_err *err) {
    *frame = (rig_frames_item){NULL, 0, NULL};
    while (!rig_yaml_stream_text(r->stream, &frame->text, &frame->n)) {
        RIG_TRY(rig_yaml_stream_next(r->stream, &frame->node, err));
        if (frame->node || r->part + 1 == r->n_parts)
            return RIG_OK;
        RIG_TRY(part_open(r, r->part + 1, err));
    }
    return RIG_OK;
}

rig_status rig_frames_reader_next(rig_frames_reader *r, rig_frames_item *frame, rig_err *err) {
    do
        RIG_TRY(any_next(r, frame, err));
    while (is_unwanted(r, frame));
    return RIG_OK;
}

rig_status rig_frames_reader_back(rig_frames_reader *r, rig_frames_item *frame, rig_err *err) {
    frame->text = NULL;
    return rig_yaml_stream_back(r->stream, &frame->node, err);
}

static rig_status joints_count(const rig_yaml *frame, int *n_joints, rig_err *err) {
    const rig_yaml *people = rig_yaml_find(frame, "people"), *joints;
    if (!people || people->kind != RIG_YAML_LIST || people->n == 0)
        return RIG_OK;
    RIG_TRY(rig_result_need(&people->items[0], "joints", RIG_YAML_LIST, &joints, err));
    if (joints->n < 1 || joints->n > RIG_JOINTS_MAX)
        return rig_yaml_fail(joints, err, "%d joints, expected 1 to %d", joints->n, (int)RIG_JOINTS_MAX);
    *n_joints = joints->n;
    return RIG_OK;
}

rig_status rig_frames_reader_joints(rig_frames_reader *r, int *n_joints, rig_err *err) {
    rig_frames_item frame;
    *n_joints = 0;
    RIG_TRY(rig_result_maybe_int(r->root, "n_joints", 1, RIG_JOINTS_MAX, n_joints, err));
    if (*n_joints > 0)
        return RIG_OK;
    do {
        RIG_TRY(rig_frames_reader_next(r, &frame, err));
        if (frame.text)
            RIG_TRY(rig_frames_reader_back(r, &frame, err));
        if (frame.node)
            RIG_TRY(joints_count(frame.node, n_joints, err));
    } while (frame.node && *n_joints == 0);
    return part_open(r, 0, err);
}

double rig_frames_reader_share(const rig_frames_reader *r) {
    return (r->part + rig_yaml_stream_share(r->stream)) / r->n_parts;
}

void rig_frames_reader_close(rig_frames_reader *r) {
    rig_yaml_stream_close(r->stream);
    rig_arena_release(&r->arena);
    *r = (rig_frames_reader){.part = 0};
}

void *rig_frame_list_add(rig_frame_list *list, size_t size, rig_arena *out) {
    if (list->n == list->room) {
        int room = list->room ? 2 * list->room : 64;
        char *frames = RIG_NEW(out, char, size *(size_t)room);
        if (!frames)
            return NULL;
        if (list->n > 0)
            memcpy(frames, list->frames, size * (size_t)list->n);
        list->frames = frames, list->room = room;
    }
    return (char *)list->frames + size * (size_t)list->n++;
}

// --- writing -------------------------------------------------------------------------------------

static rig_status part_begin(rig_frames_writer *w, const char *path, rig_err *err) {
    RIG_TRY(rig_result_open(&w->result, path, w->schema, w->inputs, err));
    w->is_open = true;
    w->n_frames = 0;
    w->head_put(w->result.yaml, w->head);
    if (w->n_parts > 0)
        rig_result_put_int(w->result.yaml, "part", w->n_parts + 1);
    rig_yaml_key(w->result.yaml, "frames");
    rig_yaml_begin_list(w->result.yaml, false);
    return RIG_OK;
}

rig_status rig_frames_writer_open(rig_frames_writer *w, const char *path, const char *schema, const rig_inputs *inputs,
                                  void (*head_put)(rig_yaml_writer *w, const void *head), const void *head,
                                  rig_err *err) {
    *w = (rig_frames_writer){.schema = schema, .inputs = inputs, .head_put = head_put, .head = head};
    RIG_TRY(part_begin(w, path, err));
    snprintf(w->path, sizeof w->path, "%s", path);
    return RIG_OK;
}

// The part in hand is complete: it goes to the folder of parts.
static rig_status part_end(rig_frames_writer *w, bool more, rig_err *err) {
    char folder[1024];
    if (w->n_parts == 0) {
        if (!rig_result_folder(w->path, folder, sizeof folder))
            return rig_fail(err, RIG_ERR_IO, "cannot write '%s': more than %d frames, expected a name that ends in %s",
                            w->path, (int)RIG_PART_FRAMES, SUFFIX);
        RIG_TRY(rig_temporary_make(&w->folder, folder, "", true, err));
    }
    int n = snprintf(w->result.file.path, sizeof w->result.file.path, "%s/%06d%s", w->folder.path, w->first, SUFFIX);
    if (n < 0 || (size_t)n >= sizeof w->result.file.path)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%.80s...': its path is too long", w->folder.path);
    w->n_parts++;
    w->is_open = false;
    w->result.more = more;
    rig_yaml_end(w->result.yaml);
    return rig_result_commit(&w->result, err);
}

rig_status rig_frames_writer_next(rig_frames_writer *w, int number, rig_err *err) {
    if (w->n_frames == RIG_PART_FRAMES) {
        RIG_TRY(part_end(w, true, err));
        RIG_TRY(part_begin(w, w->path, err));
    }
    if (w->n_frames++ == 0)
        w->first = number;
    return RIG_OK;
}

// What is there in the other form, a file or a folder, goes first: after a kill in between the result is absent, never
// there twice.
rig_status rig_frames_writer_commit(rig_frames_writer *w, rig_err *err) {
    char folder[1024];
    const bool has_folder = rig_result_folder(w->path, folder, sizeof folder);
    if (w->n_parts > 0) {
        RIG_TRY(part_end(w, false, err));
        rig_leftovers_visit(w->path, "", NULL, NULL);
        unlink(w->path);
        return rig_temporary_place(&w->folder, folder, "", err);
    }
    if (has_folder) {
        rig_leftovers_visit(folder, "", NULL, NULL);
        if (rig_folder_has_parts(folder))
            RIG_TRY(rig_folder_clear(folder, err));
    }
    w->is_open = false;
    rig_yaml_end(w->result.yaml);
    return rig_result_commit(&w->result, err);
}

void rig_frames_writer_abandon(rig_frames_writer *w) {
    if (w->is_open)
        rig_result_abandon(&w->result);
    rig_temporary_remove(&w->folder);
    *w = (rig_frames_writer){.n_parts = 0};
}

void rig_frames_writer_leave(rig_frames_writer *w) {
    if (w->is_open)
        rig_result_leave(&w->result);
    rig_temporary_leave(&w->folder);
    *w = (rig_frames_writer){.n_parts = 0};
}
