// Where the people of each frame stand in a JSON file, so that no more than one frame's are in memory at a time.
#include "io/imports_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 26, SHOWN = 60 }; // bytes: of a value; of what a message shows of one

// A picture that a COCO file lists.
typedef struct picture {
    json_int_t id;
    int at; // its frame, or the place of its name
} picture;

typedef struct scanner {
    rig_import *in;
    long offset; // of the next character
    int line;
    int ahead; // the next character
    picture *pictures;
    int n_pictures, room;
    bool named, numbered, pictures_named; // entries have names, numbers; pictures have names
    bool from_one;                        // of MMPose's demos, whose frames count from 1
    bool is_frame;                        // the file is one frame's people
} scanner;

static void step(scanner *s) {
    s->line += s->ahead == '\n';
    s->offset++;
    s->ahead = getc_unlocked(s->in->stream);
}

static int next_solid(scanner *s) {
    while (s->ahead == ' ' || s->ahead == '\n' || s->ahead == '\t' || s->ahead == '\r')
        step(s);
    return s->ahead;
}

static rig_status json_fail(const scanner *s, const char *expected, rig_err *err) {
    if (s->ahead == EOF)
        return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: the file ends, expected %s", s->in->file, s->line,
                        expected);
    return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: not JSON: '%c', expected %s", s->in->file, s->line,
                    s->ahead > ' ' && s->ahead < 127 ? s->ahead : '?', expected);
}

// The text of the next value. Its brackets are counted; whether it is JSON is seen when it is parsed.
static rig_status value_take(scanner *s, rig_import_entry *entry, rig_err *err) {
    bool in_string = false, escaped = false;
    int depth = 0;
    const int first = next_solid(s);
    if (first == EOF || strchr(",:]}", first))
        return json_fail(s, "a value", err);
    *entry = (rig_import_entry){.offset = s->offset, .line = s->line};
    s->in->n_text = 0;
    for (;; step(s)) {
        const int c = s->ahead;
        if (c == EOF)
            return json_fail(s, "the end of a value", err);
        if (!in_string && depth == 0 && s->in->n_text > 0 && strchr(",:]} \n\t\r", c))
            break;
        if (in_string) {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            in_string = c == '"';
            depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
        }
        if (s->in->n_text >= TEXT_MAX)
            return rig_fail(err, RIG_ERR_FORMAT, "%s:%d: a value of more than %d bytes", s->in->file, entry->line,
                            (int)TEXT_MAX);
        RIG_TRY(rig_import_text_add(s->in, c, err));
        if (!in_string && depth == 0 && strchr("]}\"", c)) {
            step(s);
            break;
        }
    }
    entry->length = (int)s->in->n_text;
    return RIG_OK;
}

// --- frames ----------------------------------------------------------------------------------------------------------

static void value_show(const json_t *value, char shown[SHOWN + 4]) {
    memset(shown, 0, SHOWN + 4); // only parts that fit whole are written
    size_t n = value ? json_dumpb(value, shown, SHOWN, JSON_ENCODE_ANY | JSON_COMPACT) : 0;
    if (n >= SHOWN)
        memcpy(shown + strnlen(shown, SHOWN), "...", 4);
    if (!value)
        memcpy(shown, "absent", 7);
}

// A frame's number, or a picture's name. Names are sorted out when all are known.
static rig_status id_take(scanner *s, const char *key, const json_t *id, int place, int *frame, rig_err *err) {
    const double number = json_number_value(id);
    char shown[SHOWN + 4];
    if (json_is_string(id))
        return rig_import_name_add(s->in, json_string_value(id), json_string_length(id), frame, err);
    *frame = number >= 0 && number <= RIG_FRAME_MAX ? (int)number : -1;
    if (json_is_number(id) && *frame >= 0 && *frame == number)
        return RIG_OK;
    value_show(id, shown);
    return rig_fail(
        err, RIG_ERR_FORMAT,
        "%s: entry %d: %s is %s, expected a frame number from 0 to %d, or a name with it, such as \"16.jpg\"",
        s->in->file, place, key, shown, (int)RIG_FRAME_MAX);
}

// A value is a frame's people, or one of them, or a picture's name beside them.
static rig_status entry_take(scanner *s, rig_import_entry entry, rig_err *err) {
    rig_import *in = s->in;
    json_t *root = NULL;
    RIG_TRY(rig_import_json(in, in->text, in->n_text, entry.line, &root, err));
    const json_t *image = json_object_get(root, "image_id"), *frame = json_object_get(root, "frame_id");
    rig_status status = RIG_OK;
    entry.place = in->n_entries;
    if (image || frame) {
        const json_t *id = image ? image : frame;
        *(json_is_string(id) ? &s->named : &s->numbered) = true;
        in->people_only = in->people_only || image;
        in->one_a_frame = in->one_a_frame || frame;
        status = id_take(s, image ? "image_id" : "frame_id", id, entry.place, &entry.frame, err);
    } else if (json_is_array(root))
        entry.frame = entry.place, s->numbered = true;
    else if (json_object_get(root, "keypoint_scores") && entry.place == 0)
        s->is_frame = true;
    else if (!s->is_frame)
        status = id_take(s, "image_id", NULL, entry.place, &entry.frame, err);
    if (status == RIG_OK)
        status = rig_import_entry_add(in, entry, err);
    json_decref(root);
    return status;
}

// A picture of COCO's `images`.
static rig_status picture_take(scanner *s, rig_import_entry entry, rig_err *err) {
    json_t *root = NULL;
    picture made = {0};
    RIG_TRY(rig_import_json(s->in, s->in->text, s->in->n_text, entry.line, &root, err));
    const json_t *id = json_object_get(root, "id"), *name = json_object_get(root, "file_name");
    rig_status status = RIG_OK;
    const bool named = json_is_string(name);
    if (!json_is_integer(id) || (s->n_pictures > 0 && named != s->pictures_named))
        status = rig_fail(err, RIG_ERR_FORMAT, "%s: image %d: expected an id that is a whole number, and a file_name",
                          s->in->file, s->n_pictures);
    s->pictures_named = named;
    made.id = json_integer_value(id);
    if (status == RIG_OK)
        status = id_take(s, named ? "file_name" : "id", named ? name : id, s->n_pictures, &made.at, err);
    json_decref(root);
    RIG_TRY(status);
    if (s->n_pictures == s->room) {
        const int room = s->room ? 2 * s->room : 256;
        picture *pictures = rig_heap_resize(s->pictures, (size_t)room, sizeof *pictures);
        if (!pictures)
            return rig_fail_memory(err, s->in->file);
        s->pictures = pictures, s->room = room;
    }
    s->pictures[s->n_pictures++] = made;
    return RIG_OK;
}

static int by_id(const void *a, const void *b) {
    const picture *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

// Entries are of pictures that have other names or numbers than their ids. Pictures without people are frames too.
static rig_status pictures_apply(scanner *s, rig_err *err) {
    rig_import *in = s->in;
    const int n = in->n_entries;
    if (s->named)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: image_id is a name, expected the id of one of its images", in->file);
    qsort(s->pictures, (size_t)s->n_pictures, sizeof *s->pictures, by_id);
    for (int i = 0; i < n; i++) {
        const picture key = {.id = in->entries[i].frame};
        const picture *found = bsearch(&key, s->pictures, (size_t)s->n_pictures, sizeof key, by_id);
        if (!found)
            return rig_fail(err, RIG_ERR_FORMAT, "%s: entry %d: image_id is %d, which is the id of none of its images",
                            in->file, in->entries[i].place, in->entries[i].frame);
        in->entries[i].frame = found->at;
    }
    for (int i = 0; i < s->n_pictures; i++)
        RIG_TRY(rig_import_entry_add(in, (rig_import_entry){.place = n + i, .frame = s->pictures[i].at}, err));
    in->people_only = false;
    return RIG_OK;
}

// --- the file --------------------------------------------------------------------------------------------------------

static rig_status list_scan(scanner *s, rig_status (*take)(scanner *s, rig_import_entry entry, rig_err *err),
                            rig_err *err) {
    rig_import_entry entry;
    step(s);
    if (next_solid(s) == ']') {
        step(s);
        return RIG_OK;
    }
    for (;;) {
        RIG_TRY(value_take(s, &entry, err));
        RIG_TRY(take(s, entry, err));
        if (next_solid(s) != ',' && s->ahead != ']')
            return json_fail(s, "',' or ']'", err);
        const bool ends = s->ahead == ']';
        step(s);
        if (ends)
            return RIG_OK;
    }
}

// What MMPose says of its joints: a data set's name, else the joints' own.
static rig_status meta_take(rig_import *in, const json_t *meta, rig_err *err) {
    const json_t *set = json_object_get(meta, "dataset_name"), *names = json_object_get(meta, "keypoint_id2name");
    const size_t n = json_object_size(names);
    if (in->plan.layout || n < 1 || n > RIG_JOINTS_MAX)
        return RIG_OK;
    const rig_skeleton *layout =
        json_is_string(set) ? rig_layout_find(in->plan.layouts, in->plan.n_layouts, json_string_value(set)) : NULL;
    if (layout && (size_t)layout->n == n) {
        in->plan.layout = layout;
        return RIG_OK;
    }
    for (in->named.n = 0; in->named.n < (int)n; in->named.n++) {
        char key[16];
        snprintf(key, sizeof key, "%d", in->named.n);
        const char *name = json_string_value(json_object_get(names, key));
        if (!name || strlen(name) >= RIG_NAME_MAX)
            return RIG_OK;
        memcpy(in->named.names[in->named.n], name, strlen(name) + 1);
    }
    return rig_import_named(in, err);
}

// COCO's categories name their joints. Names that are not the skeleton's, as those of other languages, say nothing.
static rig_status category_take(scanner *s, rig_import_entry entry, rig_err *err) {
    rig_import *in = s->in;
    json_t *root = NULL;
    RIG_TRY(rig_import_json(in, in->text, in->n_text, entry.line, &root, err));
    const json_t *names = json_object_get(root, "keypoints");
    const size_t n = json_array_size(names);
    int n_ours = 0, n_read = 0;
    if (!in->plan.layout && !in->counts.named && n <= RIG_JOINTS_MAX)
        for (; n_read < (int)n; n_read++) {
            const char *name = json_string_value(json_array_get(names, (size_t)n_read));
            if (!name || strlen(name) >= RIG_NAME_MAX)
                break;
            memcpy(in->named.names[n_read], name, strlen(name) + 1);
            n_ours += rig_skeleton_find(in->plan.skeleton, name) >= 0;
        }
    json_decref(root);
    if (n_read < (int)n || 2 * n_ours <= (int)n)
        return RIG_OK;
    in->named.n = n_read;
    return rig_import_named(in, err);
}

static bool is_frame_of_people(const json_t *value) {
    return json_is_array(json_object_get(value, "people")) || json_is_array(json_object_get(value, "bodies"));
}

// A key of the file's map, with its value.
static rig_status member_take(scanner *s, const char *key, size_t n_key, rig_err *err) {
    rig_import *in = s->in;
    const bool is_list = next_solid(s) == '[';
    rig_import_entry entry;
    json_t *root = NULL;
    if (is_list && (strcmp(key, "annotations") == 0 || strcmp(key, "instance_info") == 0)) {
        s->from_one = key[0] == 'i';
        return list_scan(s, entry_take, err);
    }
    if (is_list && strcmp(key, "images") == 0)
        return list_scan(s, picture_take, err);
    if (is_list && strcmp(key, "categories") == 0)
        return list_scan(s, category_take, err);
    if (is_list && (strcmp(key, "people") == 0 || strcmp(key, "bodies") == 0)) {
        s->is_frame = true;
        RIG_TRY(list_scan(s, entry_take, err));
        return in->n_entries > 0 ? RIG_OK : rig_import_entry_add(in, (rig_import_entry){.place = 0}, err);
    }
    char *kept = rig_arena_strndup(&in->arena, key, n_key); // the text is overwritten
    if (!kept)
        return rig_fail_memory(err, in->file);
    RIG_TRY(value_take(s, &entry, err));
    RIG_TRY(rig_import_json(in, in->text, in->n_text, entry.line, &root, err));
    rig_status status = RIG_OK;
    if (strcmp(kept, "meta_info") == 0)
        status = meta_take(in, root, err);
    else if (is_frame_of_people(root)) {
        entry.place = in->n_entries;
        s->named = true;
        status = rig_import_name_add(in, kept, n_key, &entry.frame, err);
        if (status == RIG_OK)
            status = rig_import_entry_add(in, entry, err);
    }
    json_decref(root);
    return status;
}

static rig_status map_scan(scanner *s, rig_err *err) {
    rig_import_entry entry;
    step(s);
    bool ends = next_solid(s) == '}';
    if (ends)
        step(s);
    while (!ends) {
        json_t *key = NULL;
        if (next_solid(s) != '"')
            return json_fail(s, "a key", err);
        RIG_TRY(value_take(s, &entry, err));
        RIG_TRY(rig_import_json(s->in, s->in->text, s->in->n_text, entry.line, &key, err));
        rig_status status = next_solid(s) == ':' ? RIG_OK : json_fail(s, "':'", err);
        if (status == RIG_OK) {
            step(s);
            status = member_take(s, json_string_value(key), json_string_length(key), err);
        }
        json_decref(key);
        RIG_TRY(status);
        if (next_solid(s) != ',' && s->ahead != '}')
            return json_fail(s, "',' or '}'", err);
        ends = s->ahead == '}';
        step(s);
    }
    return RIG_OK;
}

// Entries' ids become frames.
static rig_status frames_settle(scanner *s, rig_err *err) {
    rig_import *in = s->in;
    if (s->n_pictures > 0)
        RIG_TRY(pictures_apply(s, err));
    else if (s->named && s->numbered)
        return rig_fail(err, RIG_ERR_FORMAT,
                        "%s: some image_ids are numbers and some are names, expected one or the other", in->file);
    in->by_name = s->named || s->pictures_named;
    if (s->is_frame) { // a picture's people, whose number is in the file's name
        int frame;
        char *name = (char *)(uintptr_t)in->path;
        RIG_TRY(rig_frame_numbers(in->path, &name, 1, false, &frame, err));
        for (int i = 0; i < in->n_entries; i++)
            in->entries[i].frame = frame;
    }
    for (int i = 0; i < in->n_entries && s->from_one; i++)
        s->from_one = in->entries[i].frame > 0;
    for (int i = 0; i < in->n_entries && s->from_one && !s->is_frame && !in->by_name; i++)
        in->entries[i].frame--;
    return RIG_OK;
}

rig_status rig_import_scan_json(rig_import *in, rig_err *err) {
    scanner s = {.in = in, .line = 1, .offset = ftell(in->stream) - 1};
    step(&s);
    const int first = next_solid(&s);
    rig_status status = first == '['   ? list_scan(&s, entry_take, err)
                        : first == '{' ? map_scan(&s, err)
                                       : json_fail(&s, "a list or a map", err);
    if (status == RIG_OK && next_solid(&s) != EOF)
        status = json_fail(&s, "the file's end", err);
    if (status == RIG_OK && ferror(in->stream))
        status = rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", in->file, strerror(errno));
    if (status == RIG_OK && first == '{' && in->n_entries == 0 && s.n_pictures == 0)
        status = rig_fail(err, RIG_ERR_FORMAT,
                          "%s: no people in it, expected a list (COCO results, AlphaPose, MMPose), "
                          "a map with `annotations` or `instance_info`, or frames by name",
                          in->file);
    if (status == RIG_OK)
        status = frames_settle(&s, err);
    rig_heap_free(s.pictures);
    return status;
}
