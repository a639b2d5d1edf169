#include "core/thumbnail.h"

#include "core/median.h"

#include <assert.h>
#include <math.h>

enum { SIDE = RIG_THUMBNAIL_SIDE, MEDIAN_MAX = 9 };
static const double FLAT = 3; // grey levels a cell: gradients well below it are noise, and weigh little

// --- making ----------------------------------------------------------------------------------------------------------

void rig_thumbnail_make(const rig_image *grey, rig_thumbnail *thumbnail) {
    assert(grey->channels == 1 && grey->width > 0 && grey->height > 0);
    thumbnail->known = true;
    for (int row = 0; row < SIDE; row++)
        for (int col = 0; col < SIDE; col++) {
            const int x0 = col * grey->width / SIDE, y0 = row * grey->height / SIDE;
            const int x1 = (col + 1) * grey->width / SIDE, y1 = (row + 1) * grey->height / SIDE;
            long sum = 0, n = 0;
            for (int y = y0; y < y1 || y == y0; y++)
                for (int x = x0; x < x1 || x == x0; x++, n++)
                    sum += grey->data[y * grey->stride + x];
            thumbnail->grey[row * SIDE + col] = (unsigned char)((sum + n / 2) / n);
        }
}

void rig_thumbnail_median(const rig_thumbnail *thumbnails, int n, rig_thumbnail *median) {
    assert(n > 0 && n <= MEDIAN_MAX);
    median->known = true;
    for (int i = 0; i < SIDE * SIDE; i++) {
        double values[MEDIAN_MAX];
        for (int k = 0; k < n; k++)
            values[k] = thumbnails[k].grey[i];
        median->grey[i] = (unsigned char)rig_median(values, n);
    }
}

// --- comparing -------------------------------------------------------------------------------------------------------

// The place in the picture before the turn, of a place (x, y) after it; from the middle.
static void unturn(rig_orientation how, double *x, double *y) {
    if (how.mirrored)
        *x = -*x;
    for (int t = 0; t < how.turns; t++) {
        const double x_before = *y;
        *y = -*x, *x = x_before;
    }
}

// The value between cells, linear; false outside.
static bool sample(const rig_thumbnail *thumbnail, double x, double y, double *value) {
    if (x < 0 || y < 0 || x > SIDE - 1 || y > SIDE - 1)
        return false;
    const int col = x < SIDE - 1 ? (int)x : SIDE - 2, row = y < SIDE - 1 ? (int)y : SIDE - 2;
    const unsigned char *at = thumbnail->grey + row * SIDE + col;
    const double u = x - col, v = y - row;
    *value = (1 - v) * ((1 - u) * at[0] + u * at[1]) + v * ((1 - u) * at[SIDE] + u * at[SIDE + 1]);
    return true;
}

static bool placed(const rig_thumbnail *before, rig_placing placing, int col, int row, double *value) {
    const double middle = (SIDE - 1) / 2.0;
    double x = (col - middle) / placing.scale, y = (row - middle) / placing.scale;
    unturn(placing.how, &x, &y);
    return sample(before, x + middle, y + middle, value);
}

// A gradient whose strength counts by its root: one window frame does not outweigh a room.
static void tame(double g[2]) {
    const double strength = hypot(g[0], g[1]), weight = strength > 0 ? sqrt(strength) / (strength + FLAT) : 0;
    g[0] *= weight, g[1] *= weight;
}

double rig_thumbnail_likeness(const rig_thumbnail *seen, const rig_thumbnail *before, rig_placing placing) {
    double both = 0, own = 0, other = 0;
    for (int row = 1; row < SIDE - 1; row++)
        for (int col = 1; col < SIDE - 1; col++) {
            const unsigned char *at = seen->grey + row * SIDE + col;
            double left, right, up, down;
            if (!placed(before, placing, col - 1, row, &left) || !placed(before, placing, col + 1, row, &right) ||
                !placed(before, placing, col, row - 1, &up) || !placed(before, placing, col, row + 1, &down))
                continue;
            double a[2] = {(at[1] - at[-1]) / 2.0, (at[SIDE] - at[-SIDE]) / 2.0};
            double b[2] = {(right - left) / 2, (down - up) / 2};
            tame(a), tame(b);
            both += a[0] * b[0] + a[1] * b[1];
            own += a[0] * a[0] + a[1] * a[1], other += b[0] * b[0] + b[1] * b[1];
        }
    return own > 0 && other > 0 ? both / sqrt(own * other) : 0;
}
