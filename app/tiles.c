#include "app/tiles.h"

#include "core/median.h"

#include <stdlib.h>

enum { SPLITS_MAX = 4, BESIDE = 12 };             // lines on each side that a seam is held against
static const double SEAM_RATIO = 3, SEAM_MIN = 4; // times the typical step beside it; grey levels

// Mean absolute step between pixel lines i - 1 and i, columns or rows.
static double line_step(const rig_image *grey, bool vertical, int i) {
    int n = vertical ? grey->height : grey->width;
    long sum = 0;
    for (int k = 0; k < n; k++) {
        const unsigned char *at = vertical ? grey->data + k * grey->stride + i : grey->data + i * grey->stride + k;
        sum += abs(at[0] - at[vertical ? -1 : -grey->stride]);
    }
    return (double)sum / n;
}

static bool is_seam(const rig_image *grey, bool vertical, int i) {
    double beside[2 * BESIDE];
    int n = 0, size = vertical ? grey->width : grey->height;
    for (int d = 2; d < 2 + BESIDE; d++) { // the nearest lines may be blurred into the seam
        if (i - d >= 1)
            beside[n++] = line_step(grey, vertical, i - d);
        if (i + d < size)
            beside[n++] = line_step(grey, vertical, i + d);
    }
    if (n < BESIDE)
        return false;
    double typical = rig_median(beside, n), step = line_step(grey, vertical, i);
    return step > SEAM_MIN && step > SEAM_RATIO * typical;
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
