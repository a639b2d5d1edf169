#include "io/yaml_keys.h"

#include <stdlib.h>
#include <string.h>

enum { PAIRWISE_MAX = 16 }; // keys up to which comparing all pairs is cheaper than sorting

static int by_key_then_place(const void *a, const void *b) {
    const rig_yaml *x = *(rig_yaml *const *)a, *y = *(rig_yaml *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

static const rig_yaml *find_sorted(const rig_yaml **order, const rig_yaml *items, int n) {
    for (int i = 0; i < n; i++)
        order[i] = &items[i];
    qsort(order, (size_t)n, sizeof *order, by_key_then_place);
    for (int i = 1; i < n; i++)
        if (strcmp(order[i - 1]->key, order[i]->key) == 0)
            return order[i];
    return NULL;
}

static const rig_yaml *find_pairwise(const rig_yaml *items, int n) {
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(items[i].key, items[j].key) == 0)
                return &items[i];
    return NULL;
}

bool rig_yaml_twin_find(const rig_yaml *items, int n, const rig_yaml **twin) {
    if (n <= PAIRWISE_MAX) {
        *twin = find_pairwise(items, n);
        return true;
    }
    const rig_yaml **order = rig_heap_resize(NULL, (size_t)n, sizeof *order);
    if (!order)
        return false;
    *twin = find_sorted(order, items, n);
    rig_heap_free(order);
    return true;
}
