// libyaml's events to a tree. A node is one cache line; texts stand in blocks of their own, for arenas align each
// piece.
#include "io/yaml.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

enum {
    DEPTH_MAX = 64,
    ANCHORS_MAX = 1000,
    ALIASED_MAX = 1000000, // items that aliases may add, all together
    POOL_BLOCK = 32 * 1024,
    KEY_SLOTS = 256,
};
static const size_t BYTES_MAX = (size_t)1 << 30;

typedef struct level {
    size_t self;        // of the collection, in the stack; its items follow it
    const char *key;    // read, its value not yet
    int key_line;       //
    const char *anchor; // of the collection, or NULL
    size_t weight;      // items counted before it
    int height;         // of the tallest item
} level;

typedef struct anchor {
    const char *name;
    rig_yaml node;
    size_t weight;
    int height;
} anchor;

typedef struct reader {
    yaml_parser_t parser;
    FILE *stream;
    size_t bytes;
    int io_error;
    const char *file;
    rig_status status;
    rig_arena *out;
    rig_err *err;
    rig_yaml *stack; // the open collections and those of their items that are complete
    size_t n, size;
    level levels[DEPTH_MAX];
    int depth;
    anchor *anchors;
    int n_anchors;
    size_t weight, aliased; // items so far, with those of aliases; those of aliases alone
    char *pool;
    size_t pool_left;
    const char *keys[KEY_SLOTS]; // the key last seen with each hash: keys repeat
    bool done;
} reader;

static int source_read(void *self, unsigned char *buffer, size_t size, size_t *n) {
    reader *r = self;
    errno = 0;
    *n = fread(buffer, 1, size, r->stream);
    r->bytes += *n;
    if (ferror(r->stream))
        r->io_error = errno ? errno : EIO;
    return !r->io_error && r->bytes <= BYTES_MAX;
}

static rig_status fail_at(reader *r, int line, const char *what) {
    return rig_fail(r->err, r->status, "%s:%d: %s", r->file, line, what);
}

static int line_of(yaml_mark_t mark) {
    return (int)mark.line + 1;
}

// libyaml gives the place of a byte that it cannot read as an offset only.
static int line_at(FILE *stream, size_t offset) {
    int line = 1;
    if (fseek(stream, 0, SEEK_SET) != 0)
        return line;
    for (int c; offset > 0 && (c = getc(stream)) != EOF; offset--)
        line += c == '\n';
    return line;
}

static rig_status fail_size(reader *r) {
    return rig_fail(r->err, r->status, "'%s' is larger than 1 GiB, the most that is read", r->file);
}

static rig_status fail_parser(reader *r) {
    const yaml_parser_t *p = &r->parser;
    if (p->error == YAML_MEMORY_ERROR)
        return rig_fail_memory(r->err, r->file);
    if (r->io_error)
        return rig_fail(r->err, RIG_ERR_IO, "cannot read '%s': %s", r->file, strerror(r->io_error));
    if (r->bytes > BYTES_MAX)
        return fail_size(r);
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_READER_ERROR)
        return fail_at(r, line_at(r->stream, p->problem_offset), problem);
    if (!p->context || line_of(p->context_mark) == line_of(p->problem_mark))
        return fail_at(r, line_of(p->problem_mark), problem);
    return rig_fail(r->err, r->status, "%s:%d: %s, %s that begins in line %d", r->file, line_of(p->problem_mark),
                    problem, p->context, line_of(p->context_mark));
}

static char *pool_copy(reader *r, const void *text, size_t length) {
    if (length >= POOL_BLOCK / 4)
        return rig_arena_strndup(r->out, text, length);
    if (r->pool_left <= length) {
        char *block = RIG_NEW(r->out, char, POOL_BLOCK);
        if (!block)
            return NULL;
        r->pool = block;
        r->pool_left = POOL_BLOCK;
    }
    char *copy = memcpy(r->pool, text, length); // the block was zeroed: the 0 is there
    r->pool += length + 1;
    r->pool_left -= length + 1;
    return copy;
}

static const char *key_copy(reader *r, const void *text, size_t length) {
    unsigned hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)text)[i]) * 16777619u;
    const char **slot = &r->keys[(hash ^ hash >> 16) % KEY_SLOTS];
    if (!*slot || strlen(*slot) != length || memcmp(*slot, text, length) != 0)
        *slot = pool_copy(r, text, length);
    return *slot;
}

static rig_status push(reader *r, const rig_yaml *node) {
    if (r->n == r->size) {
        size_t size = r->size ? r->size * 2 : 256;
        rig_yaml *stack = rig_heap_resize(r->stack, size, sizeof *stack);
        if (!stack)
            return rig_fail_memory(r->err, r->file);
        r->stack = stack;
        r->size = size;
    }
    r->stack[r->n++] = *node;
    r->weight++;
    return RIG_OK;
}

// A node for the value that an event begins: in a map it takes the key that waits, and the key's line.
static rig_yaml node_of(reader *r, rig_yaml_kind kind, int line) {
    rig_yaml node = {.kind = kind, .line = line, .key = "", .text = "", .file = r->file, .status = r->status};
    level *in = r->depth ? &r->levels[r->depth - 1] : NULL;
    if (in && in->key) {
        node.key = in->key;
        node.line = in->key_line;
        in->key = NULL;
    }
    return node;
}

static bool wants_key(const reader *r) {
    if (!r->depth)
        return false;
    const level *in = &r->levels[r->depth - 1];
    return r->stack[in->self].kind == RIG_YAML_MAP && !in->key;
}

static void height_note(reader *r, int height) {
    if (r->depth && r->levels[r->depth - 1].height < height)
        r->levels[r->depth - 1].height = height;
}

static rig_status anchor_add(reader *r, const char *name, const rig_yaml *node, size_t weight, int height) {
    if (r->n_anchors == ANCHORS_MAX)
        return fail_at(r, node->line, "more than 1000 anchors");
    if (!r->anchors)
        r->anchors = rig_heap_resize(NULL, ANCHORS_MAX, sizeof *r->anchors);
    if (!r->anchors)
        return rig_fail_memory(r->err, r->file);
    r->anchors[r->n_anchors++] = (anchor){name, *node, weight, height};
    return RIG_OK;
}

static rig_status on_key(reader *r, const yaml_event_t *event) {
    int line = line_of(event->start_mark);
    if (event->type != YAML_SCALAR_EVENT)
        return fail_at(r, line, "a key that is not a plain word, expected `key: value`");
    if (event->data.scalar.anchor)
        return fail_at(r, line, "an anchor on a key");
    if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return fail_at(r, line, "a character 0 in a key");
    level *in = &r->levels[r->depth - 1];
    in->key = key_copy(r, event->data.scalar.value, event->data.scalar.length);
    in->key_line = line;
    return in->key ? RIG_OK : rig_fail_memory(r->err, r->file);
}

static rig_status on_scalar(reader *r, const yaml_event_t *event) {
    int line = line_of(event->start_mark);
    const char *tag = (const char *)event->data.scalar.tag, *name = (const char *)event->data.scalar.anchor;
    if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
        return fail_at(r, line, "a character 0 in a string");
    rig_yaml node = node_of(r, RIG_YAML_SCALAR, line);
    node.quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    if (tag && (strcmp(tag, "!") == 0 || strcmp(tag, YAML_STR_TAG) == 0))
        node.quoted = true;
    node.text = pool_copy(r, event->data.scalar.value, event->data.scalar.length);
    if (!node.text)
        return rig_fail_memory(r->err, r->file);
    RIG_TRY(push(r, &node));
    if (!name)
        return RIG_OK;
    name = pool_copy(r, name, strlen(name));
    return name ? anchor_add(r, name, &node, 1, 0) : rig_fail_memory(r->err, r->file);
}

static rig_status on_begin(reader *r, const yaml_event_t *event, rig_yaml_kind kind, const yaml_char_t *name) {
    int line = line_of(event->start_mark);
    if (r->depth == DEPTH_MAX)
        return fail_at(r, line, "nested deeper than 64 levels");
    level begun = {.self = r->n, .weight = r->weight};
    if (name && !(begun.anchor = pool_copy(r, name, strlen((const char *)name))))
        return rig_fail_memory(r->err, r->file);
    rig_yaml node = node_of(r, kind, line);
    RIG_TRY(push(r, &node));
    r->levels[r->depth++] = begun;
    return RIG_OK;
}

// An alias shares the items of what its anchor names; only the node itself is new.
static rig_status on_alias(reader *r, const yaml_event_t *event) {
    int line = line_of(event->start_mark), i = r->n_anchors - 1;
    const char *name = (const char *)event->data.alias.anchor;
    while (i >= 0 && strcmp(r->anchors[i].name, name) != 0)
        i--;
    if (i < 0)
        return rig_fail(r->err, r->status, "%s:%d: alias '%s' has no finished anchor before it", r->file, line, name);
    const anchor *named = &r->anchors[i];
    r->aliased += named->weight;
    if (r->aliased > ALIASED_MAX)
        return fail_at(r, line, "aliases that add up to more than 1000000 items");
    if (r->depth + named->height > DEPTH_MAX)
        return fail_at(r, line, "nested deeper than 64 levels, aliases resolved");
    rig_yaml node = node_of(r, named->node.kind, line);
    node.alias = true;
    node.quoted = named->node.quoted;
    node.text = named->node.text;
    node.n = named->node.n;
    node.items = named->node.items;
    RIG_TRY(push(r, &node));
    r->weight += named->weight - 1;
    height_note(r, named->height);
    return RIG_OK;
}

static rig_status keys_check(reader *r, const rig_yaml *items, int n) {
    const rig_yaml *twin = NULL;
    if (!rig_yaml_twin_find(items, n, &twin))
        return rig_fail_memory(r->err, r->file);
    if (!twin)
        return RIG_OK;
    return rig_fail(r->err, r->status, "%s:%d: key '%s' stands twice in its map", r->file, twin->line, twin->key);
}

// Nodes get their place when the collection around them ends; only then can what hangs below point back at them.
static void adopt(rig_yaml *node) {
    for (int i = 0; !node->alias && i < node->n; i++)
        node->items[i].parent = node;
}

static rig_status on_end(reader *r) {
    level ended = r->levels[--r->depth];
    rig_yaml *node = &r->stack[ended.self];
    node->n = (int)(r->n - ended.self - 1);
    if (node->n > 0) {
        if (node->kind == RIG_YAML_MAP)
            RIG_TRY(keys_check(r, node + 1, node->n));
        node->items = RIG_NEW(r->out, rig_yaml, node->n);
        if (!node->items)
            return rig_fail_memory(r->err, r->file);
        memcpy(node->items, node + 1, (size_t)node->n * sizeof *node);
        for (int i = 0; i < node->n; i++)
            adopt(&node->items[i]);
    }
    r->n = ended.self + 1;
    height_note(r, ended.height + 1);
    return ended.anchor ? anchor_add(r, ended.anchor, node, r->weight - ended.weight, ended.height + 1) : RIG_OK;
}

static rig_status on_event(reader *r, const yaml_event_t *event) {
    bool value = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT ||
                 event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
    if (value && wants_key(r))
        return on_key(r, event);
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->n ? fail_at(r, line_of(event->start_mark), "a second document, expected one") : RIG_OK;
    case YAML_SCALAR_EVENT:
        return on_scalar(r, event);
    case YAML_ALIAS_EVENT:
        return on_alias(r, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_begin(r, event, RIG_YAML_LIST, event->data.sequence_start.anchor);
    case YAML_MAPPING_START_EVENT:
        return on_begin(r, event, RIG_YAML_MAP, event->data.mapping_start.anchor);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_end(r);
    case YAML_STREAM_END_EVENT:
        r->done = true;
        return RIG_OK;
    default:
        return RIG_OK;
    }
}

static rig_status read_events(reader *r) {
    while (!r->done) {
        yaml_event_t event;
        if (!yaml_parser_parse(&r->parser, &event))
            return fail_parser(r);
        rig_status status = on_event(r, &event);
        yaml_event_delete(&event);
        RIG_TRY(status);
    }
    return r->n ? RIG_OK : fail_at(r, 1, "an empty file, expected YAML");
}

static rig_status source_check(reader *r) {
    struct stat info = {.st_mode = 0};
    if (fstat(fileno(r->stream), &info) == 0 && S_ISDIR(info.st_mode))
        return rig_fail(r->err, RIG_ERR_IO, "cannot read '%s': %s", r->file, strerror(EISDIR));
    return S_ISREG(info.st_mode) && info.st_size > (off_t)BYTES_MAX ? fail_size(r) : RIG_OK;
}

static rig_status root_place(reader *r, rig_yaml **root) {
    RIG_TRY(read_events(r));
    if (!(*root = RIG_NEW(r->out, rig_yaml, 1)))
        return rig_fail_memory(r->err, r->file);
    **root = r->stack[0];
    adopt(*root);
    return RIG_OK;
}

static rig_status stream_read(reader *r, rig_yaml **root) {
    RIG_TRY(source_check(r));
    if (!yaml_parser_initialize(&r->parser))
        return rig_fail_memory(r->err, r->file);
    yaml_parser_set_input(&r->parser, source_read, r);
    rig_status status = root_place(r, root);
    yaml_parser_delete(&r->parser);
    rig_heap_free(r->stack);
    rig_heap_free(r->anchors);
    return status;
}

rig_status rig_yaml_read_as(const char *path, rig_status status, rig_yaml **root, rig_arena *out, rig_err *err) {
    reader r = {.status = status, .out = out, .err = err, .file = rig_arena_strdup(out, path)};
    if (!r.file)
        return rig_fail_memory(err, path);
    r.stream = fopen(path, "rb");
    if (!r.stream)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    status = stream_read(&r, root);
    fclose(r.stream);
    return status;
}

rig_status rig_yaml_read(const char *path, rig_yaml **root, rig_arena *out, rig_err *err) {
    return rig_yaml_read_as(path, RIG_ERR_FORMAT, root, out, err);
}
