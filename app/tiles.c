#include "app/tiles.h"

#include "core/median.h"

#include <stdlib.h>

enum { SPLITS_MAX = 4, BESIDE = 12, BLOCKS = 24 };  // lines on each side that a seam is held against; parts of a line
static const double SEAM_RATIO = 3, SEAM_MIN = 4;   // times the typical step beside it; grey levels
static const double BLOCK_RATIO = 2, BLOCK_MIN = 2; // the same of a part of it
static const double BLOCKS_SHARE = 0.7;             // of its parts that show it: an edge of the scene ends somewhere

// Mean absolute step between pixel lines i - 1 and i, columns or rows, from pixel `from` to `to` along them.
static double line_step(const rig_image *grey, bool vertical, int i, int from, int to) {
    long sum = 0;
    for (int k = from; k < to; k++) {
        const unsigned char *at = vertical ? grey->data + k * grey->stride + i : grey->data + i * grey->stride + k;
        sum += abs(at[0] - at[vertical ? -1 : -grey->stride]);
    }
    return (double)sum / (to - from);
}

// The step across line i from `from` to `to`, and what is typical beside it: false where there is nothing beside.
static bool steps_take(const rig_image *grey, bool vertical, int i, int from, int to, double *step, double *typical) {
    double beside[2 * BESIDE];
    int n = 0, size = vertical ? grey->width : grey->height;
    for (int d = 2; d < 2 + BESIDE; d++) { // the nearest lines may be blurred into the seam
        if (i - d >= 1)
            beside[n++] = line_step(grey, vertical, i - d, from, to);
        if (i + d < size)
            beside[n++] = line_step(grey, vertical, i + d, from, to);
    }
    if (n < BESIDE)
        return false;
    *typical = rig_median(beside, n), *step = line_step(grey, vertical, i, from, to);
    return true;
}

static bool is_seam(const rig_image *grey, bool vertical, int i) {
    const int length = vertical ? grey->height : grey->width;
    double step, typical;
    int shown = 0;
    if (length < BLOCKS || !steps_take(grey, vertical, i, 0, length, &step, &typical) || step <= SEAM_MIN ||
        step <= SEAM_RATIO * typical)
        return false;
    for (int b = 0; b < BLOCKS; b++)
        shown += steps_take(grey, vertical, i, length * b / BLOCKS, length * (b + 1) / BLOCKS, &step, &typical) &&
                 step > BLOCK_MIN && step > BLOCK_RATIO * typical;
    return shown > BLOCKS_SHARE * BLOCKS;
}

static int splits(const rig_image *grey, bool vertical) {
    int size = vertical ? grey->width : grey->height;
    for (int n = SPLITS_MAX; n > 1; n--) {
        bool all = size % n == 0;
        for (int k = 1; all && k < n; k++)
            all = is_seam(grey, vertical, size / n * k);
        if (all)
            return n;
    }
    return 1;
}

void rig_tiles_guess(const rig_image *grey, int *cols, int *rows) {
    *cols = splits(grey, true);
    *rows = splits(grey, false);
}
