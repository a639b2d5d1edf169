// COCO results: a list of people in any order, as frames. A first look at the text finds where each entry stands and of
// which frame it is, so that no more than one entry is in memory at a time.
#include "cv/regular.h"
#include "io/imports_parts.h"
#include "io/result_frames.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_ID_MAX = 9999999, WORD_MAX = 24, ENTRY_MAX = 1 << 26 };

// --- the entry's text ------------------------------------------------------------------------------------------------

static rig_status entry_load(rig_import *in, const rig_coco_entry *entry, json_t **root, rig_err *err) {
    rig_arena_clear(&in->scratch);
    char *text = RIG_NEW(&in->scratch, char, entry->length + 1);
    if (!text)
        return rig_fail_memory(err, in->file);
    if (ftell(in->stream) != entry->offset && fseek(in->stream, entry->offset, SEEK_SET) != 0)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->file, strerror(errno));
    if (fread(text, 1, (size_t)entry->length, in->stream) != (size_t)entry->length)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': it became shorter meanwhile", in->file);
    return rig_import_json(in, text, (size_t)entry->length, entry->line, root, err);
}

// What is wrong with an entry that has no frame number that can be used.
static rig_status entry_fail(rig_import *in, const rig_coco_entry *entry, rig_err *err) {
    json_t *root = NULL;
    RIG_TRY(entry_load(in, entry, &root, err));
    json_decref(root);
    return rig_fail(err, RIG_ERR_FORMAT, "%s: entry %d: image_id is no frame number, expected 0 to %d", in->file,
                    entry->place, (int)IMAGE_ID_MAX);
}

// --- where entries stand ---------------------------------------------------------------------------------------------

// A walk over the text, a character at a time.
typedef struct scanner {
    rig_import *in;
    long offset; // of the next character
    int line;
    int depth; // of brackets
    bool in_string, escaped;
    char word[WORD_MAX]; // the last string or number of the entry's own level
    int n_word;
    bool is_id; // the value of image_id comes
    int id;     // -1: none yet, or none that can be used
    rig_coco_entry entry;
    bool wants_comma;
} scanner;

static rig_status entry_add(scanner *s, rig_err *err) {
    rig_import *in = s->in;
    long length = s->offset - s->entry.offset;
    if (length > ENTRY_MAX)
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: an entry of more than %d bytes", in->file, s->entry.line,
                        (int)ENTRY_MAX);
    s->entry.length = (int)length, s->entry.frame = s->id, s->entry.place = in->n_entries;
    if (s->id < 0)
        return entry_fail(in, &s->entry, err);
    if (in->n_entries == in->room) {
        int room = in->room ? 2 * in->room : 256;
        rig_coco_entry *entries = rig_heap_resize(in->entries, (size_t)room, sizeof *entries);
        if (!entries)
            return rig_fail_memory(err, in->file);
        in->entries = entries, in->room = room;
    }
    in->entries[in->n_entries++] = s->entry;
    return RIG_OK;
}

// The value of image_id ends.
static void id_end(scanner *s) {
    char *end;
    s->word[s->n_word] = 0;
    long id = strtol(s->word, &end, 10);
    bool good = s->n_word > 0 && s->word[0] != '+' && *end == 0 && id >= 0 && id <= IMAGE_ID_MAX;
    s->id = good ? (int)id : -1;
    s->is_id = false;
}

static void word_add(scanner *s, int c) {
    if (s->n_word < WORD_MAX - 1)
        s->word[s->n_word++] = (char)c;
}

// A character outside of strings, inside an entry.
static void entry_char(scanner *s, int c) {
    const bool own = s->depth == 2, space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (c == '{' || c == '[')
        s->depth++;
    if (own && s->is_id && (c == ',' || c == '}'))
        id_end(s);
    if (c == '}' || c == ']')
        s->depth--;
    if (own && c == ':') {
        s->is_id = s->n_word == 8 && memcmp(s->word, "image_id", 8) == 0;
        s->n_word = 0;
    } else if (own && c == ',')
        s->n_word = 0;
    else if (own && !space)
        word_add(s, c);
}

static bool string_char(scanner *s, int c) {
    if (!s->in_string) {
        s->in_string = c == '"';
        if (s->in_string && s->depth == 2)
            s->n_word = 0;
        if (s->in_string && s->is_id) // a string is no number
            word_add(s, '"');
        return s->in_string;
    }
    if (!s->escaped && c == '"')
        s->in_string = false;
    else if (s->depth == 2)
        word_add(s, c);
    s->escaped = !s->escaped && c == '\\';
    return true;
}

// A character between entries: a comma, the next entry, or the list's end.
static rig_status between_char(scanner *s, int c, rig_err *err) {
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r')
        return RIG_OK;
    if (c == ']' && (s->wants_comma || s->in->n_entries == 0)) {
        s->depth = 0;
        return RIG_OK;
    }
    if (c == ',' && s->wants_comma) {
        s->wants_comma = false;
        return RIG_OK;
    }
    if (s->wants_comma)
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: ']' or ',' expected", s->in->file, s->line);
    s->entry = (rig_coco_entry){.offset = s->offset - 1, .line = s->line, .length = 1, .place = s->in->n_entries};
    if (c != '{') {
        const bool value = strchr("\"-0123456789tfn[", c) != NULL;
        return value ? rig_fail(err, RIG_ERR_FORMAT, "%s: entry %d: image_id is no frame number, expected 0 to %d",
                                s->in->file, s->entry.place, (int)IMAGE_ID_MAX)
                     : rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: invalid token", s->in->file, s->line);
    }
    s->depth = 2, s->id = -1, s->is_id = false, s->n_word = 0;
    return RIG_OK;
}

static rig_status next_char(scanner *s, int c, rig_err *err) {
    s->offset++;
    s->line += c == '\n';
    if (s->depth == 0)
        return strchr(" \n\t\r", c)
                   ? RIG_OK
                   : rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: end of file expected", s->in->file, s->line);
    if (s->depth == 1)
        return between_char(s, c, err);
    if (string_char(s, c))
        return RIG_OK;
    entry_char(s, c);
    s->wants_comma = s->depth <= 1;
    return s->depth <= 1 ? entry_add(s, err) : RIG_OK;
}

// What begins with something else than a list.
static rig_status no_list(rig_import *in, long length, rig_err *err) {
    const rig_coco_entry all = {.length = length < ENTRY_MAX ? (int)length : ENTRY_MAX, .line = 1};
    json_t *root = NULL;
    RIG_TRY(entry_load(in, &all, &root, err));
    json_decref(root);
    return rig_fail(err, RIG_ERR_FORMAT, "%s: not a list, expected COCO results", in->file);
}

static int by_frame(const void *a, const void *b) {
    const rig_coco_entry *x = a, *y = b;
    return x->frame != y->frame ? (x->frame > y->frame) - (x->frame < y->frame)
                                : (x->place > y->place) - (x->place < y->place);
}

static rig_status entries_find(rig_import *in, long length, rig_err *err) {
    scanner s = {.in = in, .line = 1, .depth = 1};
    int c = getc(in->stream);
    for (; c != EOF && strchr(" \n\t\r", c); c = getc(in->stream))
        s.offset++, s.line += c == '\n';
    if (c != '[')
        return no_list(in, length, err);
    s.offset++;
    while (s.offset < length && (c = getc_unlocked(in->stream)) != EOF)
        RIG_TRY(next_char(&s, c, err));
    if (ferror(in->stream))
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->file, strerror(errno));
    if (s.depth > 0)
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: the list does not end", in->file, s.line);
    if (in->n_entries > 0)
        qsort(in->entries, (size_t)in->n_entries, sizeof *in->entries, by_frame);
    return RIG_OK;
}

rig_status rig_coco_open(const char *path, const rig_skeleton *skeleton, const double scale[2], rig_import **import,
                         rig_err *err) {
    rig_status status = rig_import_init(path, skeleton, scale, import, err);
    long long length;
    if (status == RIG_OK)
        status = rig_regular_open(path, &(*import)->stream, &length, err);
    if (status == RIG_OK)
        status = entries_find(*import, (long)length, err);
    if (status == RIG_OK)
        return RIG_OK;
    rig_import_close(*import);
    *import = NULL;
    return status;
}

// --- frames ----------------------------------------------------------------------------------------------------------

static rig_status entry_take(rig_import *in, const rig_coco_entry *entry, rig_frame2d *frame, rig_err *err) {
    json_t *root = NULL;
    rig_person2d *person = &frame->people[frame->n];
    bool any = false;
    RIG_TRY(entry_load(in, entry, &root, err));
    const json_t *id = json_object_get(root, "image_id"), *score = json_object_get(root, "score");
    rig_status status = RIG_OK;
    if (!json_is_integer(id) || json_integer_value(id) != entry->frame) // it stands twice
        status = rig_fail(err, RIG_ERR_FORMAT, "%s: entry %d: image_id is no frame number, expected 0 to %d", in->file,
                          entry->place, (int)IMAGE_ID_MAX);
    if (status == RIG_OK)
        status = rig_import_person(in, "entry", entry->place, json_object_get(root, "keypoints"), person, &any, err);
    if (json_is_number(score))
        person->score = json_number_value(score);
    frame->n += any;
    json_decref(root);
    return status;
}

rig_status rig_coco_next(rig_import *in, int most, rig_people2d *chunk, rig_arena *out, rig_err *err) {
    rig_frame_list list = {NULL, 0, 0};
    while (list.n < most && in->next < in->n_entries) {
        const rig_coco_entry *entries = in->entries + in->next;
        if (entries->frame - in->frame > RIG_GAP_FRAMES)
            in->frame = entries->frame;
        rig_frame2d *frame = rig_frame_list_add(&list, sizeof *frame, out);
        if (!frame)
            return rig_fail_memory(err, "frames");
        frame->frame = in->frame++;
        int k = 0;
        while (in->next + k < in->n_entries && entries[k].frame == frame->frame)
            k++;
        if (k > 0)
            RIG_TRY(rig_import_people(in, (size_t)k, &frame->people, out, err));
        for (int i = 0; i < k; i++)
            RIG_TRY(entry_take(in, &entries[i], frame, err));
        in->next += k;
    }
    chunk->frames = list.frames, chunk->n_frames = list.n;
    return RIG_OK;
}
