#include "io/yaml_items.h"

#include "core/arena.h"
#include "cv/regular.h"

#include <string.h>

enum { ROOM = 1 << 18, ROOM_MAX = 1 << 24 }; // bytes in hand, and the most

struct rig_yaml_items {
    FILE *stream;
    long long length, left; // of the file; not yet read
    char *text;
    size_t room, n, at; // bytes in hand; where the next item begins
    int indent;
    rig_yaml_place first, last, next;
};

// More of the file, behind what is in hand from `at` on. false: there is no more, or no room.
static bool fill(rig_yaml_items *items) {
    if (items->left <= 0)
        return false;
    if (items->at > 0) {
        memmove(items->text, items->text + items->at, items->n - items->at);
        items->n -= items->at;
        items->at = 0;
    }
    if (items->n == items->room) {
        const size_t room = items->room * 2;
        char *text = room <= ROOM_MAX ? rig_heap_resize(items->text, room + RIG_YAML_ITEM_PAD, 1) : NULL;
        if (!text)
            return false;
        items->text = text, items->room = room;
    }
    size_t most = items->room - items->n;
    most = (long long)most < items->left ? most : (size_t)items->left;
    const size_t n = fread(items->text + items->n, 1, most, items->stream);
    items->left = n > 0 ? items->left - (long long)n : 0;
    items->n += n;
    memset(items->text + items->n, 0, RIG_YAML_ITEM_PAD);
    return n > 0;
}

// Whether an item begins at a line's begin; false, too, where too little is in hand to tell.
static bool begins_item(const rig_yaml_items *items, size_t at) {
    const size_t indent = (size_t)items->indent;
    if (at + indent + 2 > items->n)
        return false;
    const char *line = items->text + at;
    for (size_t i = 0; i < indent; i++)
        if (line[i] != ' ')
            return false;
    return line[indent] == '-' && line[indent + 1] == ' ';
}

// Go to a line.
static bool line_find(rig_yaml_items *items, int line) {
    for (int now = 1; now < line;) {
        const char *end = memchr(items->text + items->at, '\n', items->n - items->at);
        if (end) {
            const size_t next = (size_t)(end - items->text) + 1;
            items->first.offset += (long long)(next - items->at);
            items->at = next;
            now++;
        } else if (!fill(items)) {
            return false;
        }
    }
    while (items->n - items->at < (size_t)items->indent + 2)
        if (!fill(items))
            return false;
    return begins_item(items, items->at);
}

static bool begin(rig_yaml_items *items, const char *path, int line, rig_err *err) {
    if (rig_regular_open(path, &items->stream, &items->length, err) != RIG_OK)
        return false;
    items->left = items->length;
    if (!line_find(items, line))
        return false;
    items->first.line = line;
    items->last = items->next = items->first;
    return true;
}

rig_status rig_yaml_items_open(const char *path, int line, int column, rig_yaml_items **items, rig_err *err) {
    rig_err ignored;
    rig_yaml_items *made = rig_heap_resize(NULL, 1, sizeof *made);
    *items = NULL;
    if (!made)
        return rig_fail_memory(err, path);
    *made = (rig_yaml_items){.room = ROOM, .indent = column};
    made->text = rig_heap_resize(NULL, ROOM + RIG_YAML_ITEM_PAD, 1);
    if (!made->text) {
        rig_yaml_items_close(made);
        return rig_fail_memory(err, path);
    }
    if (column < ROOM / 2 && begin(made, path, line, &ignored))
        *items = made;
    else
        rig_yaml_items_close(made);
    return RIG_OK;
}

bool rig_yaml_items_next(rig_yaml_items *items, const char **text, size_t *n) {
    size_t from = items->at; // where its end is looked for
    int lines = 0;
    for (;;) {
        const char *end = memchr(items->text + from, '\n', items->n - from);
        size_t behind = end ? (size_t)(end - items->text) + 1 : items->n;
        if (end && begins_item(items, behind)) {
            *text = items->text + items->at, *n = behind - items->at;
            items->last = items->next;
            items->next.offset += (long long)*n;
            items->next.line += lines + 1;
            items->at = behind;
            return true;
        }
        if (end && behind + (size_t)items->indent + 2 <= items->n) { // the item goes on
            from = behind;
            lines++;
            continue;
        }
        const size_t done = from - items->at;
        if (!fill(items))
            return false;
        from = items->at + done;
    }
}

rig_yaml_place rig_yaml_items_first(const rig_yaml_items *items) {
    return items->first;
}

rig_yaml_place rig_yaml_items_last(const rig_yaml_items *items) {
    return items->last;
}

rig_yaml_place rig_yaml_items_after(const rig_yaml_items *items) {
    return items->next;
}

double rig_yaml_items_share(const rig_yaml_items *items) {
    return items->length > 0 ? (double)items->next.offset / (double)items->length : 0;
}

void rig_yaml_items_close(rig_yaml_items *items) {
    if (!items)
        return;
    if (items->stream)
        fclose(items->stream);
    rig_heap_free(items->text);
    rig_heap_free(items);
}
