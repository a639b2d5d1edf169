// A hash of what a YAML node says, whatever its layout.
#include "io/file.h"
#include "io/yaml.h"

#include <stdlib.h>
#include <string.h>

// The node's canonical form: kinds, lengths and texts, maps in the order of their keys.
typedef struct canon {
    char *bytes;
    size_t n, size;
} canon;

static bool canon_put(canon *c, const void *bytes, size_t n) {
    if (c->size - c->n < n) {
        size_t size = (c->n + n) * 2;
        char *grown = rig_heap_resize(c->bytes, size, 1);
        if (!grown)
            return false;
        c->bytes = grown;
        c->size = size;
    }
    memcpy(c->bytes + c->n, bytes, n);
    c->n += n;
    return true;
}

static bool canon_put_text(canon *c, char kind, const char *text) {
    char head[32];
    int k = snprintf(head, sizeof head, "%c%zu:", kind, strlen(text));
    return canon_put(c, head, (size_t)k) && canon_put(c, text, strlen(text));
}

static int by_key(const void *a, const void *b) {
    return strcmp((*(rig_yaml *const *)a)->key, (*(rig_yaml *const *)b)->key);
}

static bool canon_put_node(canon *c, const rig_yaml *node);

static bool canon_put_map(canon *c, const rig_yaml *map) {
    const rig_yaml **order = rig_heap_resize(NULL, (size_t)map->n, sizeof *order);
    if (!order)
        return false;
    for (int i = 0; i < map->n; i++)
        order[i] = &map->items[i];
    qsort(order, (size_t)map->n, sizeof *order, by_key);
    bool good = true;
    for (int i = 0; good && i < map->n; i++)
        good = canon_put_text(c, 'k', order[i]->key) && canon_put_node(c, order[i]);
    rig_heap_free(order);
    return good;
}

static bool canon_put_node(canon *c, const rig_yaml *node) {
    if (node->kind == RIG_YAML_SCALAR)
        return rig_yaml_is_null(node) ? canon_put(c, "n", 1) : canon_put_text(c, 's', node->text);
    char head[32];
    int k = snprintf(head, sizeof head, "%c%d:", node->kind == RIG_YAML_MAP ? 'm' : 'l', node->n);
    if (!canon_put(c, head, (size_t)k))
        return false;
    if (node->kind == RIG_YAML_MAP)
        return canon_put_map(c, node);
    for (int i = 0; i < node->n; i++)
        if (!canon_put_node(c, &node->items[i]))
            return false;
    return true;
}

rig_status rig_yaml_digest(const rig_yaml *node, char hex[65], rig_err *err) {
    canon c = {NULL, 0, 0};
    rig_status status;
    if (canon_put_node(&c, node))
        status = rig_bytes_digest(c.bytes, c.n, hex, err);
    else
        status = rig_fail_memory(err, "a digest");
    rig_heap_free(c.bytes);
    return status;
}
