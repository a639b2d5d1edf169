// Events to nodes: what yaml_read.c (a whole file) and yaml_stream.c (a long list, item by item) share. Private to
// io/yaml_*.c.
#ifndef RIG_IO_YAML_TREE_H
#define RIG_IO_YAML_TREE_H

#include "io/yaml.h"
#include "io/yaml_events.h"

enum { RIG_YAML_DEPTH_MAX = 64, RIG_YAML_KEY_SLOTS = 256 };

typedef struct rig_yaml_level {
    size_t self;     // of the collection, in the stack; its items follow it
    const char *key; // read, its value not yet
    int key_line, key_column;
    const char *anchor; // of the collection, or NULL
    size_t weight;      // items counted before it
    int height;         // of the tallest item
} rig_yaml_level;

typedef struct rig_yaml_anchor rig_yaml_anchor;

typedef struct rig_yaml_tree {
    rig_yaml_events *events;
    const char *file;
    rig_status status;
    rig_arena *out;  // where nodes and texts go
    rig_arena *kept; // where anchors' nodes go that must outlive `out`; NULL: `out` outlives them
    rig_err *err;
    rig_yaml *stack; // the open collections and those of their items that are complete
    size_t n, size;
    rig_yaml_level levels[RIG_YAML_DEPTH_MAX];
    int depth;
    rig_yaml_anchor *anchors;
    int n_anchors;
    size_t weight, aliased; // items so far, with those of aliases; those of aliases alone
    char *pool;
    size_t pool_left;
    const char *keys[RIG_YAML_KEY_SLOTS]; // the key last seen with each hash: keys repeat
    bool done;
} rig_yaml_tree;

// path must outlive the tree. close in any case.
RIG_CHECKED rig_status rig_yaml_tree_open(rig_yaml_tree *tree, const char *path, rig_status status, rig_arena *out,
                                          rig_err *err);
// Nodes go to another arena from here on.
void rig_yaml_tree_move(rig_yaml_tree *tree, rig_arena *out);
// Read the next event and take it; take one that was read before.
RIG_CHECKED rig_status rig_yaml_tree_next(rig_yaml_tree *tree, rig_yaml_event *event);
RIG_CHECKED rig_status rig_yaml_tree_take(rig_yaml_tree *tree, const rig_yaml_event *event);
// The items of a node that has found its place point back at it.
void rig_yaml_tree_adopt(rig_yaml *node);
// Fail with `file:line: what`.
RIG_CHECKED rig_status rig_yaml_tree_fail(const rig_yaml_tree *tree, int line, const char *what);
void rig_yaml_tree_close(rig_yaml_tree *tree);

#endif
