// What a killed run left of people in 2D: documents that may end anywhere, each a whole part or the part in hand. Equal
// inputs give equal frames, so whatever of them is whole is taken for what it is, in the order of parts.
#include "io/results_people2d.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 100 };

typedef struct takeover {
    rig_people2d_writer *writer;
    long n;      // frames taken over
    bool remove; // documents that were taken over
    rig_arena arena;
    rig_status status;
    rig_err *err;
} takeover;

static bool is_same(const rig_people2d_writer *writer, const rig_people2d *head, const rig_yaml *root) {
    const rig_people2d *now = &writer->head;
    const rig_inputs *inputs = writer->frames.inputs;
    return inputs && rig_result_is_of(root, inputs) && strcmp(head->view, now->view) == 0 &&
           strcmp(head->skeleton, now->skeleton) == 0 && head->n_joints == now->n_joints &&
           head->has_tags == now->has_tags;
}

// Frames of a document from its first on, as far as they are whole. Those that are there already are passed over.
// Returns whether it was whole, and nothing lacks before it.
static bool frames_take(takeover *t, rig_people2d_reader *reader, long first) {
    for (;;) {
        rig_people2d chunk;
        rig_arena_clear(&t->arena);
        const rig_status status = rig_people2d_next(reader, CHUNK, &chunk, &t->arena, NULL);
        if (chunk.n_frames == 0)
            return status == RIG_OK;
        if (first > t->n)
            return false;
        const int there = (int)(t->n - first < chunk.n_frames ? t->n - first : chunk.n_frames);
        first += chunk.n_frames;
        chunk.frames += there, chunk.n_frames -= there;
        t->status = rig_people2d_add(t->writer, &chunk, t->err);
        if (t->status != RIG_OK)
            return false;
        t->n += chunk.n_frames;
        if (status != RIG_OK)
            return false; // where it was cut
    }
}

// Returns whether all of the document's frames are there now.
static bool document_take(takeover *t, const char *path) {
    rig_people2d_reader *reader = NULL;
    rig_people2d head;
    const rig_yaml *root;
    int part = 1;
    bool taken = false;
    if (t->status != RIG_OK || rig_people2d_open_alone(path, &reader, &head, &root, NULL) != RIG_OK)
        return false;
    if (is_same(t->writer, &head, root) && rig_result_maybe_int(root, "part", 1, INT_MAX, &part, NULL) == RIG_OK) {
        const long first = head.begins + (part - 1L) * RIG_PART_FRAMES - t->writer->head.begins;
        if (t->remove)
            unlink(path);
        else if (t->n < first + RIG_PART_FRAMES)
            taken = frames_take(t, reader, first);
        else
            taken = true;
    }
    rig_people2d_close(reader);
    return taken;
}

static void leftover_take(void *of, const char *path) {
    rig_arena names_arena = {0};
    char **names;
    int n = 0;
    if (!rig_folder_exists(path))
        document_take(of, path);
    else if (rig_folder_list(path, ".yaml", &names, &n, &names_arena, NULL) == RIG_OK)
        for (int i = 0; i < n; i++) {
            const char *part = rig_arena_printf(&names_arena, "%s/%s", path, names[i]);
            if (part && rig_name_is_part(names[i]))
                document_take(of, part);
        }
    rig_arena_release(&names_arena);
}

static void leftovers_take(takeover *t) {
    char folder[1024];
    rig_leftovers_visit(t->writer->frames.path, "", leftover_take, t);
    if (rig_result_folder(t->writer->frames.path, folder, sizeof folder))
        rig_leftovers_visit(folder, "", leftover_take, t);
}

rig_status rig_people2d_go_on(rig_people2d_writer *writer, long *kept, rig_err *err) {
    takeover t = {.writer = writer, .err = err};
    long before;
    do {
        before = t.n;
        leftovers_take(&t);
    } while (t.n > before);
    if (t.status == RIG_OK) {
        t.remove = true;
        leftovers_take(&t);
    }
    rig_arena_release(&t.arena);
    *kept = t.n;
    return t.status;
}

bool rig_people2d_made(const rig_people2d_writer *writer, const char *path) {
    rig_people2d_reader *reader = NULL;
    rig_people2d head;
    const rig_yaml *root;
    rig_seal seal = RIG_SEAL_NONE;
    bool made = rig_result_exists(path) && rig_result_seal(path, &seal, NULL) == RIG_OK && seal == RIG_SEAL_WHOLE;
    made = made && rig_people2d_open_alone(path, &reader, &head, &root, NULL) == RIG_OK && is_same(writer, &head, root);
    rig_people2d_close(reader);
    return made;
}

rig_status rig_people2d_join(rig_people2d_writer *writer, const char *path, long *kept, bool *joined, rig_err *err) {
    takeover t = {.writer = writer, .n = *kept, .err = err};
    rig_arena names = {0};
    char **paths;
    int n = 0;
    *joined = rig_people2d_made(writer, path) && rig_result_paths(path, &paths, &n, &names, NULL) == RIG_OK;
    for (int i = 0; i < n; i++)
        *joined = document_take(&t, paths[i]) && *joined;
    rig_arena_release(&t.arena);
    rig_arena_release(&names);
    *kept = t.n;
    return t.status;
}

bool rig_people2d_leave(rig_people2d_writer *writer) {
    const bool has_frames = writer && (writer->frames.n_parts > 0 || writer->frames.n_frames > 0);
    if (has_frames)
        rig_frames_writer_leave(&writer->frames);
    rig_people2d_drop(writer);
    return has_frames;
}
