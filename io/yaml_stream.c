// A map with one long list: what stands beside the list is read first, then the list item by item. A map has no order,
// so keys may stand behind the list; where a glance at the text cannot rule that out, the file is read through once for
// them before its items are handed out. Items of a block may be had as text; libyaml then begins at the first that is
// asked for as a node, with what stands before the list and nothing of what lies between.
#include "cv/regular.h"
#include "io/yaml_items.h"
#include "io/yaml_tree.h"

#include <string.h>

enum { GLANCE = 1 << 18 }; // bytes looked at at a time

struct rig_yaml_stream {
    rig_yaml_tree tree;
    const char *file, *key;
    rig_arena head, again, kept, item; // the map; the map read twice; anchors' nodes; the item in hand
    rig_yaml root, current;
    const rig_yaml *list; // NULL: the map has none
    int place;            // of the next item
    bool in_memory;       // the list is a node as any other
    bool in_list;         // its items are being handed out
    bool ended;           // there are no more
    int key_line, key_column;
    bool flow;                  // the map stands in brackets
    int list_line, list_column; // of its first dash; 0: it stands in brackets
    rig_yaml_items *items;      // as text, or NULL
};

// --- is there a key behind the list? ---------------------------------------------------------------------------------

typedef struct glance {
    int line, from_line; // keys are looked for after line from_line
    char last;           // byte of the block before
} glance;

// A line of a block that may begin a key of the map, or end the document.
static bool begins_key(const char *text, size_t n) {
    if (strchr(" #\n\r\t", text[0]))
        return false;
    return text[0] != '-' || n < 2 || (text[1] != ' ' && text[1] != '\n' && text[1] != '\r');
}

// Line breaks that are no '\n', or bytes that are no text.
static bool is_odd(const char *text, size_t n) {
    unsigned char high = 0;
    if (n > 0 && (unsigned char)text[n - 1] >= 0x80) // perhaps the first half of one
        return true;
    if (memchr(text, '\r', n) || memchr(text, 0, n))
        return true;
    for (size_t i = 0; i < n; i++)
        high |= (unsigned char)text[i];
    if (high < 0x80)
        return false;
    for (size_t i = 0; i + 1 < n; i++)
        if (memcmp(text + i, "\xC2\x85", 2) == 0 || memcmp(text + i, "\xE2\x80", 2) == 0)
            return true;
    return false;
}

static bool block_may_have_key(glance *g, const char *text, size_t n) {
    if (is_odd(text, n))
        return true;
    for (const char *at = text, *end = text + n; at < end;) {
        if (g->last == '\n' && g->line > g->from_line && begins_key(at, (size_t)(end - at)))
            return true;
        const char *next = memchr(at, '\n', (size_t)(end - at));
        g->last = next ? '\n' : ' ';
        g->line += next != NULL;
        at = next ? next + 1 : end;
    }
    return false;
}

// false: surely not.
static bool keys_may_follow(rig_yaml_stream *s) {
    char *block = RIG_NEW(&s->item, char, GLANCE);
    FILE *stream;
    long long left;
    rig_err ignored;
    glance g = {1, s->key_line, '\n'};
    if (s->flow || s->key_column > 0 || rig_regular_open(s->file, &stream, &left, &ignored) != RIG_OK)
        return true;
    bool may = !block;
    for (size_t n = 1; !may && n > 0; left -= (long long)n) {
        n = fread(block, 1, left < GLANCE ? (size_t)left : GLANCE, stream);
        may = block_may_have_key(&g, block, n);
    }
    fclose(stream);
    return may;
}

// --- the map ---------------------------------------------------------------------------------------------------------

static void key_note(rig_yaml_stream *s, const rig_yaml_event *event) {
    const rig_yaml_tree *tree = &s->tree;
    if (tree->depth == 0 && event->kind == RIG_YAML_EVENT_MAP)
        s->flow = event->flow;
    if (tree->depth == 1 && !tree->levels[0].key && event->kind == RIG_YAML_EVENT_SCALAR)
        s->key_line = event->line, s->key_column = event->column;
}

// The list of the key begins here.
static bool begins_list(const rig_yaml_stream *s, const rig_yaml_event *event) {
    const rig_yaml_tree *tree = &s->tree;
    return tree->depth == 1 && tree->levels[0].key && strcmp(tree->levels[0].key, s->key) == 0 &&
           event->kind == RIG_YAML_EVENT_LIST && !event->anchor;
}

// Read up to the list, or all where there is none.
static rig_status head_read(rig_yaml_stream *s) {
    rig_yaml_tree *tree = &s->tree;
    while (!tree->done && !s->in_list) {
        rig_yaml_event event;
        RIG_TRY(rig_yaml_events_next(tree->events, &event, tree->err));
        key_note(s, &event);
        s->in_list = begins_list(s, &event);
        s->list_line = event.flow ? 0 : event.line, s->list_column = event.column;
        RIG_TRY(rig_yaml_tree_take(tree, &event));
    }
    return tree->n ? RIG_OK : rig_yaml_tree_fail(tree, 1, "an empty file, expected YAML");
}

static const rig_yaml *list_find(const rig_yaml *root, const char *key) {
    for (int i = 0; root->kind == RIG_YAML_MAP && i < root->n; i++)
        if (strcmp(root->items[i].key, key) == 0)
            return root->items[i].kind == RIG_YAML_LIST ? &root->items[i] : NULL;
    return NULL;
}

// The map that was read to its end.
static void root_place(rig_yaml_stream *s) {
    s->root = s->tree.stack[0];
    rig_yaml_tree_adopt(&s->root);
    s->list = list_find(&s->root, s->key);
}

// The map up to the list, which is its last item.
static rig_status root_place_early(rig_yaml_stream *s, rig_err *err) {
    const rig_yaml *twin = NULL;
    int n = (int)s->tree.n - 1;
    s->root = s->tree.stack[0];
    s->root.n = n;
    s->root.items = RIG_NEW(&s->head, rig_yaml, n);
    if (!s->root.items)
        return rig_fail_memory(err, s->file);
    memcpy(s->root.items, s->tree.stack + 1, (size_t)n * sizeof *s->root.items);
    for (int i = 0; i < n; i++)
        rig_yaml_tree_adopt(&s->root.items[i]);
    rig_yaml_tree_adopt(&s->root);
    s->list = &s->root.items[n - 1];
    if (!rig_yaml_twin_find(s->root.items, n, &twin))
        return rig_fail_memory(err, s->file);
    return twin ? rig_fail(err, RIG_ERR_FORMAT, "%s:%d: duplicate key '%s'", s->file, twin->line, twin->key) : RIG_OK;
}

// --- the items -------------------------------------------------------------------------------------------------------

// The next item, in s->current, or the list's end.
static rig_status item_read(rig_yaml_stream *s) {
    rig_yaml_tree *tree = &s->tree;
    const size_t bottom = tree->levels[1].self + 1;
    rig_arena_clear(&s->item);
    rig_yaml_tree_move(tree, &s->item);
    rig_yaml_events_allow(tree->events);
    tree->aliased = 0;
    tree->kept = &s->kept;
    for (bool whole = false; !whole && s->in_list;) {
        rig_yaml_event event;
        RIG_TRY(rig_yaml_tree_next(tree, &event));
        s->in_list = tree->depth > 1;
        whole = tree->depth == 2 && tree->n > bottom;
    }
    if (!s->in_list)
        return RIG_OK;
    s->current = tree->stack[--tree->n];
    rig_yaml_tree_adopt(&s->current);
    return RIG_OK;
}

// From the list's end to the file's.
static rig_status tail_read(rig_yaml_stream *s, rig_arena *arena) {
    rig_yaml_tree *tree = &s->tree;
    rig_yaml_tree_move(tree, arena);
    tree->kept = NULL;
    while (!tree->done) {
        rig_yaml_event event;
        RIG_TRY(rig_yaml_tree_next(tree, &event));
    }
    return RIG_OK;
}

static rig_status open_again(rig_yaml_stream *s, const rig_yaml_gap *gap, rig_err *err) {
    rig_yaml_tree_close(&s->tree);
    s->in_list = false;
    RIG_TRY(rig_yaml_tree_open(&s->tree, s->file, RIG_ERR_FORMAT, &s->again, err));
    rig_yaml_events_skip(s->tree.events, gap);
    return head_read(s);
}

static rig_status stream_begin(rig_yaml_stream *s, rig_err *err) {
    RIG_TRY(rig_yaml_tree_open(&s->tree, s->file, RIG_ERR_FORMAT, &s->head, err));
    RIG_TRY(head_read(s));
    s->in_memory = !s->in_list;
    if (s->in_memory) {
        root_place(s);
        return RIG_OK;
    }
    if (!keys_may_follow(s)) {
        RIG_TRY(root_place_early(s, err));
        return s->list_line ? rig_yaml_items_open(s->file, s->list_line, s->list_column, &s->items, err) : RIG_OK;
    }
    while (s->in_list)
        RIG_TRY(item_read(s));
    RIG_TRY(tail_read(s, &s->head));
    root_place(s);
    return open_again(s, &(rig_yaml_gap){0}, err);
}

rig_status rig_yaml_stream_open(const char *path, const char *key, rig_yaml_stream **stream, const rig_yaml **root,
                                rig_err *err) {
    rig_yaml_stream *made = rig_heap_resize(NULL, 1, sizeof *made);
    *stream = NULL;
    if (!made)
        return rig_fail_memory(err, path);
    memset(made, 0, sizeof *made);
    made->file = rig_arena_strdup(&made->head, path);
    made->key = rig_arena_strdup(&made->head, key);
    rig_status status = made->file && made->key ? stream_begin(made, err) : rig_fail_memory(err, path);
    if (status == RIG_OK) {
        *stream = made;
        *root = &made->root;
    } else {
        rig_yaml_stream_close(made);
    }
    return status;
}

bool rig_yaml_stream_text(rig_yaml_stream *s, const char **text, size_t *n) {
    const bool has = s->items && rig_yaml_items_next(s->items, text, n);
    s->place += has;
    return has;
}

// From here on items are nodes, the first of them the one at a place.
static rig_status nodes_begin(rig_yaml_stream *s, rig_yaml_place from, rig_err *err) {
    const rig_yaml_place first = rig_yaml_items_first(s->items);
    const rig_yaml_gap gap = {first.offset, from.offset, first.line, from.line};
    rig_yaml_items_close(s->items);
    s->items = NULL;
    if (gap.from == gap.to) // the tree stands there
        return RIG_OK;
    RIG_TRY(open_again(s, &gap, err));
    return s->in_list ? RIG_OK : rig_yaml_tree_fail(&s->tree, from.line, "it was changed while being read");
}

rig_status rig_yaml_stream_back(rig_yaml_stream *s, const rig_yaml **item, rig_err *err) {
    s->place--;
    RIG_TRY(nodes_begin(s, rig_yaml_items_last(s->items), err));
    return rig_yaml_stream_next(s, item, err);
}

rig_status rig_yaml_stream_next(rig_yaml_stream *s, const rig_yaml **item, rig_err *err) {
    *item = NULL;
    if (s->items)
        RIG_TRY(nodes_begin(s, rig_yaml_items_after(s->items), err));
    if (s->in_memory) {
        if (s->list && s->place < s->list->n)
            *item = &s->list->items[s->place++];
        return RIG_OK;
    }
    if (s->ended)
        return RIG_OK;
    s->tree.err = err;
    RIG_TRY(item_read(s));
    if (s->in_list) {
        s->current.parent = (rig_yaml *)s->list;
        s->current.place = s->place++;
        *item = &s->current;
        return RIG_OK;
    }
    s->ended = true;
    return tail_read(s, &s->again);
}

double rig_yaml_stream_share(const rig_yaml_stream *s) {
    return s->items ? rig_yaml_items_share(s->items) : rig_yaml_events_share(s->tree.events);
}

void rig_yaml_stream_close(rig_yaml_stream *s) {
    if (!s)
        return;
    rig_yaml_tree_close(&s->tree);
    rig_yaml_items_close(s->items);
    rig_arena_release(&s->head);
    rig_arena_release(&s->again);
    rig_arena_release(&s->kept);
    rig_arena_release(&s->item);
    rig_heap_free(s);
}
