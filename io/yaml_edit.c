// Changes are made to bytes: libyaml says where each key and value stands, and what lies between them is not touched.
#include "io/yaml_edit.h"

#include "io/yaml.h"

#include <string.h>
#include <yaml.h>

enum { LEVELS_MAX = 64 };

typedef struct place {
    bool map, flow, fixed;  // fixed: an alias, or the anchor of one
    bool lines;             // a map or list that is not in braces
    const char *key;        // of this item in its map
    size_t key_at, key_end; // bytes
    size_t at, end;         // of the value; a block ends where its last value does
    int n;
    struct place *parent, *first, *last, *before, *next;
} place;

typedef struct places {
    const char *text;
    size_t n, byte, index; // of text; a byte and the character that begins there
    yaml_parser_t parser;
    yaml_event_t event;
    bool has_event;
    int n_comments;
    size_t looked; // comments were counted up to here
    rig_arena *out;
    rig_err *err;
} places;

// libyaml counts characters. Marks come in order, so that each is found from the one before.
static size_t byte_of(places *p, size_t index) {
    if (index < p->index)
        p->byte = p->index = 0;
    for (; p->index < index && p->byte < p->n; p->index++)
        do
            p->byte++;
        while (p->byte < p->n && ((unsigned char)p->text[p->byte] & 0xC0) == 0x80);
    return p->byte;
}

// Comments between values: up to the one that begins at `at`; what lies in values is none.
static void comments_count(places *p, size_t at, size_t end) {
    bool in = false;
    for (size_t i = p->looked; i < at; i++) {
        const bool begins = p->text[i] == '#' && (i == 0 || strchr(" \t\r\n", p->text[i - 1]));
        p->n_comments += begins && !in;
        in = (in || begins) && p->text[i] != '\n';
    }
    p->looked = end > p->looked ? end : p->looked;
}

static rig_status event_next(places *p) {
    if (p->has_event)
        yaml_event_delete(&p->event);
    p->has_event = yaml_parser_parse(&p->parser, &p->event);
    if (p->has_event)
        return RIG_OK;
    if (p->parser.error == YAML_MEMORY_ERROR)
        return rig_fail_memory(p->err, "a YAML text");
    return rig_fail(p->err, RIG_ERR_FORMAT, "line %zu: %s", p->parser.problem_mark.line + 1,
                    p->parser.problem ? p->parser.problem : "not YAML");
}

static rig_status place_take(places *p, place *parent, const place *key, int depth);

static rig_status map_take(places *p, place *map, int depth) {
    for (;;) {
        RIG_TRY(event_next(p));
        if (p->event.type == YAML_MAPPING_END_EVENT)
            return RIG_OK;
        if (p->event.type != YAML_SCALAR_EVENT)
            return rig_fail(p->err, RIG_ERR_FORMAT, "line %zu: a key that is no plain text",
                            p->event.start_mark.line + 1);
        place key = {.key_at = byte_of(p, p->event.start_mark.index)};
        key.key_end = byte_of(p, p->event.end_mark.index);
        comments_count(p, key.key_at, key.key_end);
        key.key = rig_arena_strndup(p->out, (const char *)p->event.data.scalar.value, p->event.data.scalar.length);
        if (!key.key)
            return rig_fail_memory(p->err, "a YAML text");
        RIG_TRY(event_next(p));
        RIG_TRY(place_take(p, map, &key, depth));
    }
}

static rig_status list_take(places *p, place *list, int depth) {
    for (;;) {
        RIG_TRY(event_next(p));
        if (p->event.type == YAML_SEQUENCE_END_EVENT)
            return RIG_OK;
        RIG_TRY(place_take(p, list, &(place){.key = ""}, depth));
    }
}

// The value that the event at hand begins.
static rig_status place_take(places *p, place *parent, const place *key, int depth) {
    place *made = RIG_NEW(p->out, place, 1);
    const yaml_event_t *e = &p->event;
    if (!made)
        return rig_fail_memory(p->err, "a YAML text");
    if (depth > LEVELS_MAX)
        return rig_fail(p->err, RIG_ERR_FORMAT, "more than %d levels", LEVELS_MAX);
    *made = *key;
    made->parent = parent, made->before = parent->last;
    *(parent->last ? &parent->last->next : &parent->first) = made;
    parent->last = made, parent->n++;
    made->at = byte_of(p, e->start_mark.index);
    made->end = byte_of(p, e->end_mark.index);
    comments_count(p, made->at, e->type == YAML_SCALAR_EVENT ? made->end : made->at);
    made->map = e->type == YAML_MAPPING_START_EVENT;
    if (made->map) {
        made->flow = e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        made->fixed = e->data.mapping_start.anchor != NULL;
        RIG_TRY(map_take(p, made, depth + 1));
    } else if (e->type == YAML_SEQUENCE_START_EVENT) {
        made->flow = e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        made->fixed = e->data.sequence_start.anchor != NULL;
        RIG_TRY(list_take(p, made, depth + 1));
    } else {
        made->fixed = e->type == YAML_ALIAS_EVENT || e->data.scalar.anchor != NULL;
        while (made->end > made->at && strchr("\r\n", p->text[made->end - 1]))
            made->end--; // text in lines of its own ends where the next line begins
        return RIG_OK;
    }
    made->lines = !made->flow;
    made->end = made->flow ? byte_of(p, e->end_mark.index) : made->last->end;
    return RIG_OK;
}

static rig_status document_take(places *p, place *top) {
    do
        RIG_TRY(event_next(p));
    while (p->event.type == YAML_STREAM_START_EVENT || p->event.type == YAML_DOCUMENT_START_EVENT);
    if (p->event.type != YAML_MAPPING_START_EVENT)
        return rig_fail(p->err, RIG_ERR_FORMAT, "not a map of YAML");
    RIG_TRY(place_take(p, top, &(place){.key = ""}, 0));
    comments_count(p, p->n, p->n);
    return RIG_OK;
}

// The places of all values; *n_comments of the text.
static rig_status places_find(const char *text, place *top, int *n_comments, rig_arena *out, rig_err *err) {
    places p = {.text = text, .n = strlen(text), .out = out, .err = err};
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        return rig_fail(err, RIG_ERR_FORMAT, "line 1: begins with a byte order mark");
    if (!yaml_parser_initialize(&p.parser))
        return rig_fail_memory(err, "a YAML text");
    yaml_parser_set_input_string(&p.parser, (const unsigned char *)text, p.n);
    *top = (place){.at = 0};
    rig_status status = document_take(&p, top);
    *n_comments = p.n_comments;
    if (p.has_event)
        yaml_event_delete(&p.event);
    yaml_parser_delete(&p.parser);
    return status;
}

static rig_status child_find(const place *map, const char *key, place **child, rig_err *err) {
    *child = NULL;
    for (place *c = map->map ? map->first : NULL; c; c = c->next) {
        if (strcmp(c->key, key) != 0)
            continue;
        if (*child)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' stands twice", key);
        *child = c;
    }
    return RIG_OK;
}

// The deepest place on path; *depth: how many keys led there.
static rig_status path_follow(place *root, const rig_yaml_path *path, place **deepest, int *depth, rig_err *err) {
    *deepest = root, *depth = 0;
    for (place *c = root; c; *depth += c != NULL) {
        if (c->fixed)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' has an anchor or an alias", c->key);
        *deepest = c, c = NULL;
        if (*depth < path->n)
            RIG_TRY(child_find(*deepest, path->keys[*depth], &c, err));
    }
    return RIG_OK;
}

// The text with `with` in the place of its bytes at..end. Fails where that leaves fewer comments.
static rig_status spliced(const char **text, size_t at, size_t end, const char *with, int n_comments, rig_arena *out,
                          rig_err *err) {
    place top;
    int n_left;
    char *made = rig_arena_printf(out, "%.*s%s%s", (int)at, *text, with, *text + end);
    if (!made)
        return rig_fail_memory(err, "a YAML text");
    RIG_TRY(places_find(made, &top, &n_left, out, err));
    if (n_left < n_comments)
        return rig_fail(err, RIG_ERR_FORMAT, "a comment stands within what is to be changed");
    *text = made;
    return RIG_OK;
}

static size_t line_start(const char *text, size_t at) {
    while (at > 0 && text[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const char *text, size_t at) {
    return at + strcspn(text + at, "\r\n");
}

// `a: {b: [1, 2]}` in braces, or each key in a line of its own, indented; the first of path's keys is keys[from].
static rig_status entry_text(const rig_yaml_path *path, int from, const double *values, int n, bool flow, int indent,
                             const char **entry, rig_arena *out, rig_err *err) {
    size_t size = 64 + 32 * (size_t)n;
    for (int k = from; k < path->n; k++)
        size += 6 * strlen(path->keys[k]) + 8;
    char *lines = RIG_NEW(out, char, size);
    FILE *stream = lines ? fmemopen(lines, size, "w") : NULL;
    rig_yaml_writer *w;
    if (!stream)
        return rig_fail_memory(err, "a YAML text");
    rig_status status = rig_yaml_writer_open(stream, &w, out, err);
    if (status == RIG_OK) {
        for (int k = from; k < path->n; k++) {
            rig_yaml_begin_map(w, flow);
            rig_yaml_key(w, path->keys[k]);
        }
        rig_yaml_put_doubles(w, values, n);
        for (int k = from; k < path->n; k++)
            rig_yaml_end(w);
        status = rig_yaml_writer_close(w, err);
    }
    fclose(stream);
    RIG_TRY(status);
    lines[strlen(lines) - 1] = 0; // the last line's end
    const char *made = "";
    if (flow) { // without its own braces
        lines[strlen(lines) - 1] = 0;
        *entry = lines + 1;
        return RIG_OK;
    }
    for (char *line = strtok(lines, "\n"); line && made; line = strtok(NULL, "\n"))
        made = rig_arena_printf(out, "%s\n%*s%s", made, indent, "", line);
    *entry = made;
    return made ? RIG_OK : rig_fail_memory(err, "a YAML text");
}

static bool place_is_empty(const char *text, const place *p) {
    const size_t n = p->end - p->at;
    if (p->map)
        return p->n == 0;
    return n == 0 || (n == 1 && text[p->at] == '~') || (n == 4 && strncmp(text + p->at, "null", 4) == 0);
}

static bool stands_in_braces(const place *p) {
    while (p && !p->flow)
        p = p->parent;
    return p != NULL;
}

// The keys of path from `from` on, which `into` lacks.
static rig_status entry_insert(const char **text, place *into, const rig_yaml_path *path, int from,
                               const double *values, int n, int n_comments, rig_arena *out, rig_err *err) {
    const char *entry;
    const bool empty = place_is_empty(*text, into);
    if (!empty && !into->map)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is no map", into->key);
    if (into->flow && !empty) {
        RIG_TRY(entry_text(path, from, values, n, true, 0, &entry, out, err));
        entry = rig_arena_printf(out, ", %s", entry);
        return entry ? spliced(text, into->last->end, into->last->end, entry, n_comments, out, err)
                     : rig_fail_memory(err, "a YAML text");
    }
    if (empty && stands_in_braces(into->parent)) {
        RIG_TRY(entry_text(path, from, values, n, true, 0, &entry, out, err));
        entry = rig_arena_printf(out, "%s{%s}", (*text)[into->at - 1] == ':' ? " " : "", entry);
        return entry ? spliced(text, into->at, into->end, entry, n_comments, out, err)
                     : rig_fail_memory(err, "a YAML text");
    }
    const size_t first = empty ? into->key_at : into->first->key_at;
    const int indent = (int)(first - line_start(*text, first)) + (empty && from > 0 ? 2 : 0);
    RIG_TRY(entry_text(path, from, values, n, false, indent, &entry, out, err));
    if (!empty) {
        const size_t at = line_end(*text, into->last->end);
        return spliced(text, at, at, entry, n_comments, out, err);
    }
    const size_t rest = line_end(*text, into->end); // what follows `{}` in its line is a comment
    entry = rig_arena_printf(out, "%.*s%s", (int)(rest - into->end), *text + into->end, entry);
    const size_t at = into->at - (into->end > into->at && into->at > 0 && (*text)[into->at - 1] == ' ');
    return entry ? spliced(text, at, rest, entry, n_comments, out, err) : rig_fail_memory(err, "a YAML text");
}

rig_status rig_yaml_text_set(const char **text, const rig_yaml_path *path, const double *values, int n, rig_arena *out,
                             rig_err *err) {
    place top, *at;
    int depth, n_comments;
    const char *entry;
    RIG_TRY(places_find(*text, &top, &n_comments, out, err));
    RIG_TRY(path_follow(top.first, path, &at, &depth, err));
    if (depth < path->n)
        return entry_insert(text, at, path, depth, values, n, n_comments, out, err);
    RIG_TRY(entry_text(&(rig_yaml_path){1, {"x"}}, 0, values, n, true, 0, &entry, out, err)); // x: [...]
    const size_t colon = at->key_end + strcspn(*text + at->key_end, ":");
    const size_t from = at->lines || at->at == colon + 1 ? colon + 1 : at->at; // lines become one, after the key
    return spliced(text, from, at->end, from == colon + 1 ? entry + 2 : entry + 3, n_comments, out, err);
}

rig_status rig_yaml_text_remove(const char **text, const rig_yaml_path *path, rig_arena *out, rig_err *err) {
    place top, *at;
    int depth, n_comments;
    RIG_TRY(places_find(*text, &top, &n_comments, out, err));
    RIG_TRY(path_follow(top.first, path, &at, &depth, err));
    if (depth < path->n)
        return RIG_OK;
    const place *in = at->parent;
    if (in->n == 1)
        return spliced(text, at->key_at, at->end, in->flow ? "" : "{}", n_comments, out, err);
    if (in->flow)
        return spliced(text, at->next ? at->key_at : at->before->end, at->next ? at->next->key_at : at->end, "",
                       n_comments, out, err);
    const size_t end = line_end(*text, at->end), blank = at->end + strspn(*text + at->end, " \t");
    if (blank < end) // a comment
        return spliced(text, at->key_at, blank, "", n_comments, out, err);
    const char *after = *text + end; // the line goes with its end
    after += *after == '\r';
    after += *after == '\n';
    return spliced(text, line_start(*text, at->key_at), (size_t)(after - *text), "", n_comments, out, err);
}
