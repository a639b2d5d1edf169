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

static bool is_same(const takeover *t, const rig_people2d *head, const rig_yaml *root) {
    const rig_people2d *now = &t->writer->head;
    const rig_inputs *inputs = t->writer->frames.inputs;
    const rig_yaml *made_by = rig_yaml_find(root, "made_by");
    rig_inputs then;
    bool has;
    const char *maker;
    return rig_result_inputs_of(root, &then, &has, NULL) == RIG_OK && has && inputs &&
           rig_inputs_equal(inputs, &then) && made_by && rig_yaml_string(made_by, &maker, NULL) == RIG_OK &&
           strcmp(maker, RIG_MADE_BY) == 0 && strcmp(head->view, now->view) == 0 &&
           strcmp(head->skeleton, now->skeleton) == 0 && head->n_joints == now->n_joints &&
           head->has_tags == now->has_tags;
}

// Frames of a document from its first on, as far as they are whole. Those that are there already are passed over.
static void frames_take(takeover *t, rig_people2d_reader *reader, long first) {
    for (;;) {
        rig_people2d chunk;
        rig_arena_clear(&t->arena);
        const rig_status status = rig_people2d_next(reader, CHUNK, &chunk, &t->arena, NULL);
        const int there = (int)(t->n - first < chunk.n_frames ? t->n - first : chunk.n_frames);
        first += chunk.n_frames;
        if (there > 0)
            chunk.frames += there, chunk.n_frames -= there;
        t->status = rig_people2d_add(t->writer, &chunk, t->err);
        if (t->status != RIG_OK)
            return;
        t->n += chunk.n_frames;
        if (status != RIG_OK || there + chunk.n_frames == 0)
            return; // the end, or where it was cut
    }
}

static void document_take(takeover *t, const char *path) {
    rig_people2d_reader *reader = NULL;
    rig_people2d head;
    const rig_yaml *root;
    int part = 1;
    if (t->status != RIG_OK || rig_people2d_open_alone(path, &reader, &head, &root, NULL) != RIG_OK)
        return;
    if (is_same(t, &head, root) && rig_result_maybe_int(root, "part", 1, INT_MAX, &part, NULL) == RIG_OK) {
        const long first = (part - 1L) * RIG_PART_FRAMES;
        if (t->remove)
            unlink(path);
        else if (first <= t->n && t->n < first + RIG_PART_FRAMES)
            frames_take(t, reader, first);
    }
    rig_people2d_close(reader);
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
