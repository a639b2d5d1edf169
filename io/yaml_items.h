// The items of a block list as the bytes of a file, for readers that know how they are laid out. Nothing is understood
// here but where an item ends: before a line that begins with the list's indentation and a dash. Private to
// io/yaml_*.c.
#ifndef RIG_IO_YAML_ITEMS_H
#define RIG_IO_YAML_ITEMS_H

#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct rig_yaml_items rig_yaml_items;

// The list's first dash stands in that line (from 1) after `column` characters; lines end in '\n'. *items is NULL where
// that is not so, or the file cannot be opened. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_yaml_items_open(const char *path, int line, int column, rig_yaml_items **items,
                                           rig_err *err);
// The next item with the end of its line, and RIG_YAML_ITEM_PAD readable bytes behind it; valid until the next call.
// false: it is the last one, or larger than is held in memory, or what follows is no item.
enum { RIG_YAML_ITEM_PAD = 64 };
bool rig_yaml_items_next(rig_yaml_items *items, const char **text, size_t *n);
// Where in the file something stands: its offset, the line that it is in.
typedef struct rig_yaml_place {
    long long offset;
    int line;
} rig_yaml_place;
rig_yaml_place rig_yaml_items_first(const rig_yaml_items *items); // of the list
rig_yaml_place rig_yaml_items_last(const rig_yaml_items *items);  // of the item that `next` gave last
rig_yaml_place rig_yaml_items_after(const rig_yaml_items *items); // behind that
double rig_yaml_items_share(const rig_yaml_items *items);         // of the file, 0..1
void rig_yaml_items_close(rig_yaml_items *items);                 // NULL is fine

#endif
