#include "calib/changes.h"

#include <assert.h>
#include <stdlib.h>

enum {
    BLOCK = 8, // pixels of the level that is compared
    // Grey values, a block's mean difference: noise of 6 in the picture gives 1.7, the edge of a board that has moved
    // by a pixel 10 and more.
    CHANGED = 3,
};

const rig_image *rig_changes_level(const rig_pyramid *pyramid) {
    return &pyramid->level[pyramid->n > RIG_CHANGE_LEVEL ? RIG_CHANGE_LEVEL : pyramid->n - 1];
}

static bool block_changed(const rig_image *a, const rig_image *b, int x0, int y0) {
    const int x1 = x0 + BLOCK < a->width ? x0 + BLOCK : a->width, y1 = y0 + BLOCK < a->height ? y0 + BLOCK : a->height;
    int sum = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            sum += abs(a->data[y * a->stride + x] - b->data[y * b->stride + x]);
    return sum > CHANGED * (x1 - x0) * (y1 - y0);
}

rig_rect rig_changes_find(const rig_pyramid *now, const rig_image *then) {
    const rig_image *level = rig_changes_level(now), *whole = &now->level[0];
    assert(level->width == then->width && level->height == then->height);
    int low[2] = {level->width, level->height}, high[2] = {0, 0};
    for (int y = 0; y < level->height; y += BLOCK)
        for (int x = 0; x < level->width; x += BLOCK)
            if (block_changed(level, then, x, y)) {
                low[0] = x < low[0] ? x : low[0], high[0] = x > high[0] ? x : high[0];
                low[1] = y < low[1] ? y : low[1], high[1] = y > high[1] ? y : high[1];
            }
    if (low[0] > high[0])
        return (rig_rect){0};
    // A block more on each side, which may have changed a little; the last blocks may be cut by the picture's end.
    const int scale = 1 << (level - now->level), margin = BLOCK * scale;
    const int x0 = low[0] * scale - margin, y0 = low[1] * scale - margin;
    const int x1 = (high[0] + BLOCK) * scale + margin, y1 = (high[1] + BLOCK) * scale + margin;
    rig_rect r = {x0 < 0 ? 0 : x0, y0 < 0 ? 0 : y0, 0, 0};
    r.w = (x1 > whole->width - margin ? whole->width : x1) - r.x;
    r.h = (y1 > whole->height - margin ? whole->height : y1) - r.y;
    return r;
}
