#include "io/imports_parts.h"

#include "core/text.h"
#include "cv/regular.h"
#include "io/file.h"
#include "io/result_frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAGIC = 8 }; // bytes that tell a file's kind

// --- gathering -------------------------------------------------------------------------------------------------------

rig_status rig_import_entry_add(rig_import *in, rig_import_entry entry, rig_err *err) {
    if (in->n_entries == in->room) {
        const int room = in->room ? 2 * in->room : 256;
        rig_import_entry *entries = rig_heap_resize(in->entries, (size_t)room, sizeof *entries);
        if (!entries)
            return rig_fail_memory(err, in->file);
        in->entries = entries, in->room = room;
    }
    in->entries[in->n_entries++] = entry;
    return RIG_OK;
}

rig_status rig_import_name_add(rig_import *in, const char *name, size_t length, int *place, rig_err *err) {
    *place = in->n_names - 1;
    if (in->n_names > 0 && strcmp(in->names[*place], name) == 0)
        return RIG_OK;
    if (in->n_names == in->names_room) {
        const int room = in->names_room ? 2 * in->names_room : 256;
        char **names = rig_heap_resize(in->names, (size_t)room, sizeof *names);
        if (!names)
            return rig_fail_memory(err, in->file);
        in->names = names, in->names_room = room;
    }
    *place = in->n_names;
    in->names[in->n_names] = rig_arena_strndup(&in->arena, name, length);
    return in->names[in->n_names++] ? RIG_OK : rig_fail_memory(err, in->file);
}

rig_status rig_import_text_add(rig_import *in, int c, rig_err *err) {
    if (in->n_text == in->text_room) {
        const size_t room = in->text_room ? 2 * in->text_room : 4096;
        char *text = rig_heap_resize(in->text, room, 1);
        if (!text)
            return rig_fail_memory(err, in->file);
        in->text = text, in->text_room = room;
    }
    in->text[in->n_text++] = (char)c;
    return RIG_OK;
}

static int by_frame(const void *a, const void *b) {
    const rig_import_entry *x = a, *y = b;
    return x->frame != y->frame ? (x->frame > y->frame) - (x->frame < y->frame)
                                : (x->place > y->place) - (x->place < y->place);
}

// Names become the frames they tell; entries without one go.
static rig_status names_apply(rig_import *in, rig_err *err) {
    int *numbers = RIG_NEW(&in->scratch, int, in->n_names), n = 0;
    if (!numbers)
        return rig_fail_memory(err, in->path);
    RIG_TRY(rig_frame_numbers(in->path, in->names, in->n_names, in->kind == RIG_IMPORT_FOLDER, numbers, err));
    for (int i = 0; i < in->n_entries; i++) {
        rig_import_entry entry = in->entries[i];
        const char *name = in->names[entry.frame];
        entry.frame = numbers[entry.frame];
        if (entry.frame >= 0)
            in->entries[n++] = entry;
        else if (in->counts.n_strays++ == 0)
            in->counts.stray = name;
    }
    in->n_entries = n;
    return RIG_OK;
}

// Entries in the order of their frames, of those that are wanted.
static rig_status entries_settle(rig_import *in, rig_err *err) {
    const rig_import_plan *plan = &in->plan;
    rig_import_counts *counts = &in->counts;
    int n = 0;
    if (in->by_name)
        RIG_TRY(names_apply(in, err));
    counts->low = RIG_FRAME_MAX, counts->high = -1;
    for (int i = 0; i < in->n_entries; i++) {
        const int frame = in->entries[i].frame;
        counts->low = frame < counts->low ? frame : counts->low;
        counts->high = frame > counts->high ? frame : counts->high;
        if (frame < plan->first || frame > plan->last || (frame - plan->first) % plan->step)
            counts->unwanted++;
        else
            in->entries[n++] = in->entries[i];
    }
    in->n_entries = n;
    if (n > 0)
        qsort(in->entries, (size_t)n, sizeof *in->entries, by_frame);
    for (int i = 1; i < n && in->one_a_frame; i++)
        if (in->entries[i].frame == in->entries[i - 1].frame)
            return rig_fail(err, RIG_ERR_FORMAT,
                            "%s: duplicate frame %d, in lines %d and %d, expected one run on one view", in->path,
                            in->entries[i].frame, in->entries[i - 1].line, in->entries[i].line);
    return RIG_OK;
}

// --- opening ---------------------------------------------------------------------------------------------------------

static rig_status folder_open(rig_import *in, rig_err *err) {
    char **files;
    int n, place;
    RIG_TRY(rig_folder_list(in->path, ".json", &files, &n, &in->arena, err));
    in->kind = RIG_IMPORT_FOLDER;
    in->by_name = true;
    for (int i = 0; i < n; i++) {
        if (files[i][0] == '.') // macOS keeps what its disks cannot in `._NAME`
            continue;
        RIG_TRY(rig_import_name_add(in, files[i], strlen(files[i]), &place, err));
        RIG_TRY(rig_import_entry_add(in, (rig_import_entry){.place = place, .frame = place}, err));
    }
    return in->n_entries > 0 ? RIG_OK
                             : rig_fail(err, RIG_ERR_FORMAT, "no *.json in '%s', expected one per frame", in->path);
}

static rig_status kind_fail(const rig_import *in, const unsigned char *magic, rig_err *err) {
    if (memcmp(magic, "\x89HDF", 4) == 0)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: HDF5, expected a CSV: DeepLabCut's analyze_videos with "
                        "save_as_csv=True, or SLEAP's `Export Analysis CSV`",
                        in->file);
    if (magic[0] == 0xff || magic[0] == 0xfe)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: UTF-16, expected UTF-8", in->file);
    return rig_fail(err, RIG_ERR_FORMAT,
                    "%s: neither JSON nor a CSV of DeepLabCut or SLEAP, which begins with "
                    "`scorer` or `track`",
                    in->file);
}

// What the file is, by its first bytes; a byte order mark is skipped.
static rig_status file_open(rig_import *in, rig_err *err) {
    unsigned char magic[MAGIC + 1] = {0};
    long long length;
    RIG_TRY(rig_regular_open(in->path, &in->stream, &length, err));
    const size_t n = fread(magic, 1, MAGIC, in->stream);
    if (ferror(in->stream))
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->path, strerror(errno));
    const long mark = (long)rig_text_mark((const char *)magic, n);
    const char *text = (const char *)magic + mark, *solid = text + strspn(text, " \t\r\n");
    if (fseek(in->stream, mark, SEEK_SET) != 0)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->path, strerror(errno));
    if (*solid == '[' || *solid == '{' || *solid == 0) {
        in->kind = RIG_IMPORT_JSON;
        return rig_import_scan_json(in, err);
    }
    if (memcmp(text, "score", 5) != 0 && memcmp(text, "track", 5) != 0 && memcmp(text, "frame", 5) != 0)
        return kind_fail(in, magic, err);
    in->kind = RIG_IMPORT_CSV;
    return rig_import_scan_csv(in, err);
}

rig_status rig_import_open(const char *path, const rig_import_plan *plan, rig_import **import, rig_err *err) {
    rig_import *in = rig_heap_resize(NULL, 1, sizeof *in);
    *import = in;
    if (!in)
        return rig_fail_memory(err, path);
    *in = (rig_import){.plan = *plan};
    if (in->plan.step > RIG_FRAME_MAX) // as good as any: none follows
        in->plan.step = RIG_FRAME_MAX + 1;
    in->file = in->path = rig_arena_strdup(&in->arena, path);
    rig_status status = !in->path                 ? rig_fail_memory(err, path)
                        : rig_folder_exists(path) ? folder_open(in, err)
                                                  : file_open(in, err);
    if (status == RIG_OK)
        status = entries_settle(in, err);
    if (status == RIG_OK)
        return RIG_OK;
    rig_import_close(in);
    *import = NULL;
    return status;
}

// --- frames ----------------------------------------------------------------------------------------------------------

// The text of an entry in hand.
static rig_status entry_load(rig_import *in, const rig_import_entry *entry, rig_err *err) {
    if (in->text_room < (size_t)entry->length) {
        char *text = rig_heap_resize(in->text, (size_t)entry->length, 1);
        if (!text)
            return rig_fail_memory(err, in->file);
        in->text = text, in->text_room = (size_t)entry->length;
    }
    if (ftell(in->stream) != entry->offset && fseek(in->stream, entry->offset, SEEK_SET) != 0)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->file, strerror(errno));
    in->n_text = (size_t)entry->length;
    if (fread(in->text, 1, in->n_text, in->stream) != in->n_text)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': it was truncated while being read", in->file);
    return RIG_OK;
}

static rig_status json_take(rig_import *in, const rig_import_entry *entry, rig_frame2d *frame, rig_arena *out,
                            rig_err *err) {
    char *text = in->text;
    size_t length = in->n_text;
    json_t *root = NULL;
    if (in->kind == RIG_IMPORT_FOLDER) {
        in->file = rig_arena_printf(&in->scratch, "%s/%s", in->path, in->names[entry->place]);
        if (!in->file)
            return rig_fail_memory(err, "a path");
        RIG_TRY(rig_file_read(in->file, &text, &length, &in->scratch, err));
        const size_t mark = rig_text_mark(text, length);
        text += mark, length -= mark;
    }
    RIG_TRY(rig_import_json(in, text, length, in->kind == RIG_IMPORT_FOLDER ? 1 : entry->line, &root, err));
    rig_status status = rig_import_json_people(in, entry, root, frame, out, err);
    json_decref(root);
    return status;
}

static rig_status entry_take(rig_import *in, const rig_import_entry *entry, rig_frame2d *frame, rig_arena *out,
                             rig_err *err) {
    rig_arena_clear(&in->scratch);
    if (in->kind == RIG_IMPORT_FOLDER)
        return json_take(in, entry, frame, out, err);
    if (entry->length == 0)
        return RIG_OK;
    RIG_TRY(entry_load(in, entry, err));
    return in->kind == RIG_IMPORT_CSV ? rig_import_csv_people(in, entry, frame, out, err)
                                      : json_take(in, entry, frame, out, err);
}

rig_status rig_import_next(rig_import *in, int most, rig_people2d *chunk, rig_arena *out, rig_err *err) {
    rig_frame_list list = {NULL, 0, 0};
    *chunk = (rig_people2d){.n_joints = in->plan.skeleton->n};
    memcpy(chunk->skeleton, in->plan.skeleton->name, sizeof chunk->skeleton);
    while (list.n < most && in->next < in->n_entries) {
        const int number = in->entries[in->next].frame;
        if (!in->people_only || in->next == 0 || number - in->frame > RIG_GAP_FRAMES)
            in->frame = number;
        rig_frame2d *frame = rig_frame_list_add(&list, sizeof *frame, out);
        if (!frame)
            return rig_fail_memory(err, "frames");
        frame->frame = in->frame;
        in->frame += in->plan.step;
        in->people_room = 0;
        for (; in->next < in->n_entries && in->entries[in->next].frame == frame->frame; in->next++)
            RIG_TRY(entry_take(in, &in->entries[in->next], frame, out, err));
    }
    chunk->frames = list.frames, chunk->n_frames = list.n;
    return RIG_OK;
}

const rig_import_counts *rig_import_count(const rig_import *in) {
    return &in->counts;
}

void rig_import_close(rig_import *in) {
    if (!in)
        return;
    if (in->stream)
        fclose(in->stream);
    rig_heap_free(in->entries);
    rig_heap_free(in->names);
    rig_heap_free(in->text);
    rig_arena_release(&in->arena);
    rig_arena_release(&in->scratch);
    rig_heap_free(in);
}
