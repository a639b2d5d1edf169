// Events to a tree. A node is one cache line; texts stand in blocks of their own, for arenas align each piece.
#include "io/yaml_tree.h"

#include <limits.h>
#include <string.h>

enum {
    ANCHORS_MAX = 1000,
    ALIASED_MAX = 1000000, // items that aliases may add, all together
    POOL_BLOCK = 32 * 1024,
};

struct rig_yaml_anchor {
    const char *name;
    rig_yaml node;
    size_t weight;
    int height;
};

rig_status rig_yaml_tree_fail(const rig_yaml_tree *r, int line, const char *what) {
    return rig_fail(r->err, r->status, "%s:%d: %s", r->file, line, what);
}

rig_status rig_yaml_tree_open(rig_yaml_tree *r, const char *path, rig_status status, rig_arena *out, rig_err *err) {
    *r = (rig_yaml_tree){.file = path, .status = status, .out = out, .err = err};
    return rig_yaml_events_open(path, status, &r->events, err);
}

void rig_yaml_tree_close(rig_yaml_tree *r) {
    rig_yaml_events_close(r->events);
    rig_heap_free(r->stack);
    rig_heap_free(r->anchors);
    *r = (rig_yaml_tree){.depth = 0};
}

void rig_yaml_tree_move(rig_yaml_tree *r, rig_arena *out) {
    r->out = out;
    r->pool_left = 0;
    memset(r->keys, 0, sizeof r->keys);
}

rig_status rig_yaml_tree_next(rig_yaml_tree *r, rig_yaml_event *event) {
    RIG_TRY(rig_yaml_events_next(r->events, event, r->err));
    return rig_yaml_tree_take(r, event);
}

static char *pool_copy(rig_yaml_tree *r, const void *text, size_t length) {
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

static const char *key_copy(rig_yaml_tree *r, const void *text, size_t length) {
    unsigned hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ ((const unsigned char *)text)[i]) * 16777619u;
    const char **slot = &r->keys[(hash ^ hash >> 16) % RIG_YAML_KEY_SLOTS];
    if (!*slot || strlen(*slot) != length || memcmp(*slot, text, length) != 0)
        *slot = pool_copy(r, text, length);
    return *slot;
}

static rig_status push(rig_yaml_tree *r, const rig_yaml *node) {
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
static rig_yaml node_of(rig_yaml_tree *r, rig_yaml_kind kind, const rig_yaml_event *event) {
    int column = event->column;
    rig_yaml node = {.kind = kind, .line = event->line, .key = "", .text = "", .file = r->file, .status = r->status};
    rig_yaml_level *in = r->depth ? &r->levels[r->depth - 1] : NULL;
    if (in && in->key) {
        node.key = in->key;
        node.line = in->key_line;
        column = in->key_column;
        in->key = NULL;
    }
    node.column = (unsigned short)(column < USHRT_MAX ? column : USHRT_MAX);
    return node;
}

static bool wants_key(const rig_yaml_tree *r) {
    if (!r->depth)
        return false;
    const rig_yaml_level *in = &r->levels[r->depth - 1];
    return r->stack[in->self].kind == RIG_YAML_MAP && !in->key;
}

static void height_note(rig_yaml_tree *r, int height) {
    if (r->depth && r->levels[r->depth - 1].height < height)
        r->levels[r->depth - 1].height = height;
}

// A node with all below it, from r->kept. What an alias shares lies there already.
static bool node_keep(rig_yaml_tree *r, rig_yaml *node) {
    if (node->alias)
        return true;
    if (node->kind == RIG_YAML_SCALAR)
        return (node->text = rig_arena_strdup(r->kept, node->text)) != NULL;
    rig_yaml *items = RIG_NEW(r->kept, rig_yaml, node->n);
    if (!items)
        return false;
    if (node->n > 0)
        memcpy(items, node->items, (size_t)node->n * sizeof *items);
    node->items = items;
    for (int i = 0; i < node->n; i++) {
        items[i].parent = node;
        if (!(items[i].key = rig_arena_strdup(r->kept, items[i].key)) || !node_keep(r, &items[i]))
            return false;
    }
    return true;
}

static rig_status anchor_keep(rig_yaml_tree *r, rig_yaml_anchor *anchor) {
    anchor->node.parent = NULL;
    anchor->name = rig_arena_strdup(r->kept, anchor->name);
    return anchor->name && node_keep(r, &anchor->node) ? RIG_OK : rig_fail_memory(r->err, r->file);
}

static rig_status anchor_add(rig_yaml_tree *r, const char *name, const rig_yaml *node, size_t weight, int height) {
    if (r->n_anchors == ANCHORS_MAX)
        return rig_yaml_tree_fail(r, node->line, "more than 1000 anchors");
    if (!r->anchors)
        r->anchors = rig_heap_resize(NULL, ANCHORS_MAX, sizeof *r->anchors);
    if (!r->anchors)
        return rig_fail_memory(r->err, r->file);
    rig_yaml_anchor *made = &r->anchors[r->n_anchors++];
    *made = (rig_yaml_anchor){name, *node, weight, height};
    return r->kept ? anchor_keep(r, made) : RIG_OK;
}

static rig_status on_key(rig_yaml_tree *r, const rig_yaml_event *event) {
    int line = event->line;
    if (event->kind != RIG_YAML_EVENT_SCALAR)
        return rig_yaml_tree_fail(r, line, "a key that is not a plain word, expected `key: value`");
    if (event->anchor)
        return rig_yaml_tree_fail(r, line, "an anchor on a key");
    if (memchr(event->text, 0, event->length))
        return rig_yaml_tree_fail(r, line, "a NUL character in a key");
    if (!event->quoted && strcmp(event->text, "<<") == 0)
        return rig_yaml_tree_fail(r, line,
                                  "a merge key (<<), which is not supported, expected the keys themselves; an alias "
                                  "can stand for a whole value");
    rig_yaml_level *in = &r->levels[r->depth - 1];
    in->key = key_copy(r, event->text, event->length);
    in->key_line = line, in->key_column = event->column;
    return in->key ? RIG_OK : rig_fail_memory(r->err, r->file);
}

static rig_status on_scalar(rig_yaml_tree *r, const rig_yaml_event *event) {
    int line = event->line;
    const char *name = event->anchor;
    if (memchr(event->text, 0, event->length))
        return rig_yaml_tree_fail(r, line, "a NUL character in a string");
    rig_yaml node = node_of(r, RIG_YAML_SCALAR, event);
    node.quoted = event->quoted;
    node.text = pool_copy(r, event->text, event->length);
    if (!node.text)
        return rig_fail_memory(r->err, r->file);
    RIG_TRY(push(r, &node));
    if (!name)
        return RIG_OK;
    name = pool_copy(r, name, strlen(name));
    return name ? anchor_add(r, name, &node, 1, 0) : rig_fail_memory(r->err, r->file);
}

static rig_status on_begin(rig_yaml_tree *r, const rig_yaml_event *event, rig_yaml_kind kind) {
    int line = event->line;
    const char *name = event->anchor;
    if (r->depth == RIG_YAML_DEPTH_MAX)
        return rig_yaml_tree_fail(r, line, "nested deeper than 64 levels");
    rig_yaml_level begun = {.self = r->n, .weight = r->weight};
    if (name && !(begun.anchor = pool_copy(r, name, strlen(name))))
        return rig_fail_memory(r->err, r->file);
    rig_yaml node = node_of(r, kind, event);
    RIG_TRY(push(r, &node));
    r->levels[r->depth++] = begun;
    return RIG_OK;
}

// An alias shares the items of what its anchor names; only the node itself is new.
static rig_status on_alias(rig_yaml_tree *r, const rig_yaml_event *event) {
    int line = event->line, i = r->n_anchors - 1;
    const char *name = event->anchor;
    while (i >= 0 && strcmp(r->anchors[i].name, name) != 0)
        i--;
    if (i < 0)
        return rig_fail(r->err, r->status, "%s:%d: alias '%s' has no complete anchor before it", r->file, line, name);
    const rig_yaml_anchor *named = &r->anchors[i];
    r->aliased += named->weight;
    if (r->aliased > ALIASED_MAX)
        return rig_yaml_tree_fail(r, line, "aliases that expand to more than 1000000 items");
    if (r->depth + named->height > RIG_YAML_DEPTH_MAX)
        return rig_yaml_tree_fail(r, line, "nested deeper than 64 levels, aliases resolved");
    rig_yaml node = node_of(r, named->node.kind, event);
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

static rig_status keys_check(rig_yaml_tree *r, const rig_yaml *items, int n) {
    const rig_yaml *twin = NULL;
    if (!rig_yaml_twin_find(items, n, &twin))
        return rig_fail_memory(r->err, r->file);
    if (!twin)
        return RIG_OK;
    return rig_fail(r->err, r->status, "%s:%d: duplicate key '%s'", r->file, twin->line, twin->key);
}

// Nodes get their place when the collection around them ends; only then can what hangs below point back at them.
void rig_yaml_tree_adopt(rig_yaml *node) {
    for (int i = 0; !node->alias && i < node->n; i++)
        node->items[i].parent = node;
}

static rig_status on_end(rig_yaml_tree *r) {
    rig_yaml_level ended = r->levels[--r->depth];
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
            rig_yaml_tree_adopt(&node->items[i]);
    }
    r->n = ended.self + 1;
    height_note(r, ended.height + 1);
    return ended.anchor ? anchor_add(r, ended.anchor, node, r->weight - ended.weight, ended.height + 1) : RIG_OK;
}

rig_status rig_yaml_tree_take(rig_yaml_tree *r, const rig_yaml_event *event) {
    bool value = event->kind == RIG_YAML_EVENT_SCALAR || event->kind == RIG_YAML_EVENT_ALIAS ||
                 event->kind == RIG_YAML_EVENT_LIST || event->kind == RIG_YAML_EVENT_MAP;
    if (value && wants_key(r))
        return on_key(r, event);
    switch (event->kind) {
    case RIG_YAML_EVENT_DOCUMENT:
        return r->n ? rig_yaml_tree_fail(r, event->line, "a second document, expected one") : RIG_OK;
    case RIG_YAML_EVENT_SCALAR:
        return on_scalar(r, event);
    case RIG_YAML_EVENT_ALIAS:
        return on_alias(r, event);
    case RIG_YAML_EVENT_LIST:
        return on_begin(r, event, RIG_YAML_LIST);
    case RIG_YAML_EVENT_MAP:
        return on_begin(r, event, RIG_YAML_MAP);
    case RIG_YAML_EVENT_END:
        return on_end(r);
    case RIG_YAML_EVENT_FILE_END:
        r->done = true;
        return RIG_OK;
    default:
        return RIG_OK;
    }
}
