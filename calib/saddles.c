#include "calib/saddles.h"

#include "core/wide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FOUND_MAX = 16384, KEPT_MAX = 3072, BORDER = 4, STEPS_MAX = 4, HALF_RING = RIG_RING / 2 };
static const double RING_PX = 3.2;
static const double UNIT = 16;                  // of the smoothed values
static const double CURVE_MIN = 1.2;            // grey values a squared pixel: a corner of contrast 8, focused
static const double UNLIKE = 0.25;              // energy of the ring's odd part over that of its even part, at most
static const float QUICK = 0.5F;                // likewise, of the nearest pixels
static const double UNLIKE_NEAR = 0.8;          // where a corner is expected
static const double STEP_MAX = 2.5, NEAR = 1.2; // pixels
static const double SECTOR_MIN = 0.3;           // sine of the angle between the edges
static const double CONTRAST_MIN = 6;

typedef struct peak {
    rig_saddle saddle;
    int x, y;
    float curve;
} peak;

static int clamp(int i, int n) {
    return i < 0 ? 0 : i >= n ? n - 1 : i;
}

// One row of the picture smoothed down the columns, then along the row.
RIG_WIDE static void smooth_row(const rig_image *grey, int y, uint16_t *column, int16_t *out) {
    const unsigned char *row[5];
    int w = grey->width;
    for (int k = 0; k < 5; k++)
        row[k] = grey->data + clamp(y + k - 2, grey->height) * grey->stride;
    for (int x = 0; x < w; x++)
        column[x + 2] = (uint16_t)(row[0][x] + row[4][x] + 4 * (row[1][x] + row[3][x]) + 6 * row[2][x]);
    column[0] = column[1] = column[2];
    column[w + 2] = column[w + 3] = column[w + 1];
    for (int x = 0; x < w; x++) {
        const uint16_t *c = column + x;
        uint16_t sum = (uint16_t)(c[0] + c[4] + 4 * (c[1] + c[3]) + 6 * c[2]); // at most 255 * 256
        out[x] = (int16_t)(sum >> 4);
    }
}

rig_status rig_saddle_map_init(const rig_image *grey, rig_saddle_map *map, rig_arena *arena, rig_err *err) {
    *map = (rig_saddle_map){.width = grey->width, .height = grey->height};
    size_t w = (size_t)grey->width;
    map->smooth = rig_arena_alloc(arena, w * (size_t)grey->height, sizeof *map->smooth);
    uint16_t *column = RIG_NEW(arena, uint16_t, w + 4);
    if (!map->smooth || !column)
        return rig_fail_memory(err, "a picture's saddles");
    for (int y = 0; y < grey->height; y++)
        smooth_row(grey, y, column, map->smooth + (size_t)y * w);
    for (int k = 0; k < RIG_RING; k++) {
        double angle = k * 3.14159265358979323846 / HALF_RING;
        map->ring[k][0] = RING_PX * cos(angle), map->ring[k][1] = RING_PX * sin(angle);
    }
    return RIG_OK;
}

double rig_saddle_map_at(const rig_saddle_map *map, double x, double y) {
    x = x < 0 ? 0 : x > map->width - 1 ? map->width - 1 : x;
    y = y < 0 ? 0 : y > map->height - 1 ? map->height - 1 : y;
    int left = (int)x, top = (int)y;
    double fx = x - left, fy = y - top;
    const int16_t *a = map->smooth + (size_t)top * (size_t)map->width + left;
    int right = left + 1 < map->width, below = top + 1 < map->height ? map->width : 0;
    return ((1 - fy) * ((1 - fx) * a[0] + fx * a[right]) + fy * ((1 - fx) * a[below] + fx * a[below + right])) / UNIT;
}

// As rig_saddle_map_at, in sixteenths, where the picture is known to go on.
static double inside_at(const rig_saddle_map *map, double x, double y) {
    int left = (int)x, top = (int)y;
    double fx = x - left, fy = y - top;
    const int16_t *a = map->smooth + (size_t)top * (size_t)map->width + left, *b = a + map->width;
    return (1 - fy) * ((1 - fx) * a[0] + fx * a[1]) + fy * ((1 - fx) * b[0] + fx * b[1]);
}

// Second derivatives, four times, made of central differences applied twice: a straight edge of any direction then has
// no determinant. curve = minus the determinant, in sixteen times sixteenths squared.
RIG_WIDE static void curve_row(const rig_saddle_map *map, int y, float *curve) {
    ptrdiff_t w = map->width;
    const int16_t *p = map->smooth + y * w;
    for (int x = 2; x < w - 2; x++) {
        const int16_t *c = p + x;
        int xx = c[2] + c[-2] - 2 * c[0], yy = c[2 * w] + c[-2 * w] - 2 * c[0];
        int xy = c[w + 1] + c[-w - 1] - c[w - 1] - c[1 - w];
        curve[x] = (float)(xy * xy - xx * yy);
    }
}

// The saddle of the parabola through the 5 x 5 pixels about (x, y), which moves there until it stays. Between pixels a
// step may lead too far, and the next one back: the saddle is then half-way between what both say.
static bool settle(const rig_saddle_map *map, int x, int y, double q[2]) {
    ptrdiff_t w = map->width;
    int last_x = -1, last_y = -1;
    bool near = false;
    for (int step = 0; step < STEPS_MAX; step++) {
        if (x < 2 || y < 2 || x >= map->width - 2 || y >= map->height - 2)
            return false;
        const int16_t *c = map->smooth + y * w + x;
        double xx = c[2] + c[-2] - 2 * c[0], yy = c[2 * w] + c[-2 * w] - 2 * c[0];
        double xy = c[w + 1] + c[-w - 1] - c[w - 1] - c[1 - w];
        double gx = 2 * (c[1] - c[-1]), gy = 2 * (c[w] - c[-w]), det = xx * yy - xy * xy;
        double dx = (xy * gy - yy * gx) / det, dy = (xy * gx - xx * gy) / det;
        if (!(det < 0 && fabs(dx) <= STEP_MAX && fabs(dy) <= STEP_MAX))
            return false;
        int to_x = (int)lround(x + dx), to_y = (int)lround(y + dy);
        near = fabs(dx) <= NEAR && fabs(dy) <= NEAR;
        if (near && to_x == last_x && to_y == last_y) {
            q[0] = (q[0] + x + dx) / 2, q[1] = (q[1] + y + dy) / 2;
            return true;
        }
        q[0] = x + dx, q[1] = y + dy;
        if (to_x == x && to_y == y)
            return true;
        last_x = x, last_y = y, x = to_x, y = to_y;
    }
    return near;
}

// Where the even part of the ring crosses its middle between samples k - 1 and k, as a unit vector.
static void crossing(const double *even, double middle, int k, double edge[2]) {
    double before = even[(k + HALF_RING - 1) % HALF_RING] - middle, after = even[k] - middle;
    double angle = (k - after / (after - before)) * 3.14159265358979323846 / HALF_RING;
    edge[0] = cos(angle), edge[1] = sin(angle);
}

// Two dark and two bright sectors, the same half a turn on.
static bool ring_test(const rig_saddle_map *map, const double q[2], double unlike, rig_saddle *saddle) {
    double even[HALF_RING], odd_sum = 0, even_sum = 0, low = INFINITY, high = -INFINITY;
    if (q[0] < BORDER || q[1] < BORDER || q[0] > map->width - 1 - BORDER || q[1] > map->height - 1 - BORDER)
        return false;
    for (int k = 0; k < HALF_RING; k++) {
        double a = inside_at(map, q[0] + map->ring[k][0], q[1] + map->ring[k][1]);
        double b = inside_at(map, q[0] - map->ring[k][0], q[1] - map->ring[k][1]);
        even[k] = (a + b) / 2;
        odd_sum += (a - b) * (a - b) / 4;
        low = fmin(low, even[k]), high = fmax(high, even[k]);
    }
    double middle = (low + high) / 2;
    int into = 0, out_of = 0, n = 0;
    for (int k = 0; k < HALF_RING; k++) {
        bool was = even[(k + HALF_RING - 1) % HALF_RING] < middle, is = even[k] < middle;
        even_sum += (even[k] - middle) * (even[k] - middle);
        if (was != is)
            *(is ? &into : &out_of) = k, n++;
    }
    if (n != 2 || high - low < CONTRAST_MIN * UNIT || odd_sum > unlike * even_sum)
        return false;
    saddle->q[0] = q[0], saddle->q[1] = q[1];
    saddle->contrast = (high - low) / UNIT;
    crossing(even, middle, into, saddle->edge[0]);
    crossing(even, middle, out_of, saddle->edge[1]);
    double *a = saddle->edge[0], *b = saddle->edge[1], sine = a[0] * b[1] - a[1] * b[0];
    if (sine < 0)
        b[0] = -b[0], b[1] = -b[1];
    return fabs(sine) >= SECTOR_MIN;
}

static float larger(float a, float b) {
    return a > b ? a : b;
}

// Which pixels of the middle row curve at least so much, and more than the eight about them. Without branches: in
// clutter they would be guessed wrong at every other pixel.
RIG_WIDE static void peaks_mark(float *const rows[3], int width, float least, int *mark) {
    const float *up = rows[0], *here = rows[1], *down = rows[2];
    for (int x = 1; x < width - 1; x++) {
        float before = larger(larger(up[x - 1], up[x]), larger(up[x + 1], here[x - 1]));
        float after = larger(larger(down[x - 1], down[x]), larger(down[x + 1], here[x + 1]));
        mark[x] = (here[x] > before) & (here[x] >= after) & (here[x] >= least);
    }
}

// What most peaks of clutter fail: the ring of the nearest pixels, its odd part against what is even and not constant.
static bool quick_test(const rig_saddle_map *map, int x, int y) {
    static const int ring[8][2] = {{3, 0}, {3, 1}, {2, 2}, {1, 3}, {0, 3}, {-1, 3}, {-2, 2}, {-3, 1}};
    ptrdiff_t w = map->width;
    const int16_t *c = map->smooth + y * w + x;
    float odd = 0, sum = 0, squares = 0;
    for (int k = 0; k < 8; k++) {
        ptrdiff_t to = ring[k][1] * w + ring[k][0];
        float even = (float)(c[to] + c[-to]), difference = (float)(c[to] - c[-to]);
        odd += difference * difference;
        sum += even, squares += even * even;
    }
    return odd < QUICK * (squares - sum * sum / 8);
}

static int by_curve(const void *a, const void *b) {
    const peak *p = a, *q = b;
    if (p->curve != q->curve)
        return p->curve < q->curve ? 1 : -1;
    return p->y != q->y ? p->y - q->y : p->x - q->x;
}

static int by_place(const void *a, const void *b) {
    const peak *p = a, *q = b;
    return p->y != q->y ? p->y - q->y : p->x - q->x;
}

rig_status rig_saddles_find(const rig_saddle_map *map, rig_saddle **saddles, int *n, rig_arena *out, rig_arena *scratch,
                            rig_err *err) {
    const float least = (float)(CURVE_MIN * CURVE_MIN * UNIT * UNIT * 16);
    size_t w = (size_t)map->width;
    float *rows[3];
    *saddles = RIG_NEW(out, rig_saddle, KEPT_MAX); // before the mark: out may be scratch
    rig_arena_mark mark = rig_arena_tell(scratch);
    peak *peaks = RIG_NEW(scratch, peak, FOUND_MAX);
    float *buffer = RIG_NEW(scratch, float, 3 * w);
    int *marked = RIG_NEW(scratch, int, w);
    *n = 0;
    if (!peaks || !buffer || !marked || !*saddles)
        return rig_fail_memory(err, "a picture's saddles");
    for (int k = 0; k < 3; k++)
        rows[k] = buffer + (size_t)k * w;
    int found = 0;
    for (int y = 2; y < map->height - 2; y++) {
        float *oldest = rows[0];
        rows[0] = rows[1], rows[1] = rows[2], rows[2] = oldest;
        curve_row(map, y, rows[2]);
        if (y - 1 < BORDER || y - 1 >= map->height - BORDER)
            continue;
        peaks_mark(rows, map->width, least, marked);
        for (int x = BORDER; x < map->width - BORDER && found < FOUND_MAX; x++) {
            peak *p = &peaks[found];
            double q[2];
            if (marked[x] && quick_test(map, x, y - 1) && settle(map, x, y - 1, q) &&
                ring_test(map, q, UNLIKE, &p->saddle))
                p->x = x, p->y = y - 1, p->curve = rows[1][x], found++;
        }
    }
    if (found > KEPT_MAX) {
        qsort(peaks, (size_t)found, sizeof *peaks, by_curve);
        found = KEPT_MAX;
        qsort(peaks, (size_t)found, sizeof *peaks, by_place);
    }
    for (int i = 0; i < found; i++)
        (*saddles)[i] = peaks[i].saddle;
    *n = found;
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

bool rig_saddle_near(const rig_saddle_map *map, const double q[2], double reach, rig_saddle *saddle) {
    ptrdiff_t w = map->width;
    int x0 = (int)lround(q[0] - reach), x1 = (int)lround(q[0] + reach), y0 = (int)lround(q[1] - reach),
        y1 = (int)lround(q[1] + reach), best_x = -1, best_y = -1;
    double best = 0;
    for (int y = y0 < 2 ? 2 : y0; y <= y1 && y < map->height - 2; y++)
        for (int x = x0 < 2 ? 2 : x0; x <= x1 && x < map->width - 2; x++) {
            const int16_t *c = map->smooth + y * w + x;
            double xx = c[2] + c[-2] - 2 * c[0], yy = c[2 * w] + c[-2 * w] - 2 * c[0];
            double xy = c[w + 1] + c[-w - 1] - c[w - 1] - c[1 - w], curve = xy * xy - xx * yy;
            if (curve > best)
                best = curve, best_x = x, best_y = y;
        }
    double at[2];
    return best > 0 && settle(map, best_x, best_y, at) && ring_test(map, at, UNLIKE_NEAR, saddle);
}
