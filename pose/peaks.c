#include "pose/peaks.h"

#include <string.h>

// Cells looked at together when a row is searched: long enough to vectorise, short enough to skip most of a row.
enum { BLOCK = 32 };

typedef struct search {
    rig_map map;
    int half, window;
    float threshold;
    float *padded;       // a row of cells with `half` empty ones on either side
    float *row_max;      // ring of `window` rows: maximum along x
    int *row_of;         // the row that each holds, -1: none
    float *best;         // maximum of the whole window, of one row
    unsigned char *seen; // cells of plateaus already visited; NULL until there is one
    int *stack;
    rig_arena *scratch;
} search;

static bool search_init(search *s) {
    size_t width = (size_t)s->map.width, window = (size_t)s->window;
    s->padded = RIG_NEW(s->scratch, float, width + window);
    s->row_max = RIG_NEW(s->scratch, float, width *window);
    s->row_of = RIG_NEW(s->scratch, int, window);
    s->best = RIG_NEW(s->scratch, float, width);
    if (!s->padded || !s->row_max || !s->row_of || !s->best)
        return false;
    for (int i = 0; i < s->window; i++)
        s->row_of[i] = -1;
    return true;
}

bool rig_cells_any_above(const float *row, int n, float threshold) {
    int any = 0;
    for (int x = 0; x < n; x++)
        any |= row[x] > threshold;
    return any != 0;
}

// out[x] = the maximum of in[x] .. in[x + span - 1], for n cells.
static void slide_max(const float *restrict in, int span, float *restrict out, int n) {
    memcpy(out, in, (size_t)n * sizeof *out);
    for (int d = 1; d < span; d++)
        for (int x = 0; x < n; x++)
            out[x] = out[x] > in[x + d] ? out[x] : in[x + d];
}

static const float *row_max(search *s, int y) {
    int slot = y % s->window, width = s->map.width;
    float *out = s->row_max + (size_t)slot * (size_t)width;
    if (s->row_of[slot] == y)
        return out;
    const float *row = s->map.data + (size_t)y * (size_t)width;
    float *padded = s->padded;
    for (int i = 0; i < s->half; i++)
        padded[i] = padded[s->half + width + i] = -FLT_MAX;
    for (int x = 0; x < width; x++)
        padded[s->half + x] = fabsf(row[x]) <= FLT_MAX ? row[x] : 0;
    slide_max(padded, s->window, out, width);
    s->row_of[slot] = y;
    return out;
}

static void window_max(search *s, int y) {
    int from = y - s->half, to = y + s->half;
    from = from < 0 ? 0 : from;
    to = to >= s->map.height ? s->map.height - 1 : to;
    float *restrict best = s->best;
    memcpy(best, row_max(s, from), (size_t)s->map.width * sizeof *best);
    for (int row = from + 1; row <= to; row++) {
        const float *restrict other = row_max(s, row);
        for (int x = 0; x < s->map.width; x++)
            best[x] = best[x] > other[x] ? best[x] : other[x];
    }
}

// Raster order decides between equal cells of a window: the first stays.
static bool first_of_equals(const search *s, int x, int y, double value) {
    for (int v = y - s->half < 0 ? 0 : y - s->half; v <= y; v++)
        for (int u = x - s->half < 0 ? 0 : x - s->half; u <= x + s->half && u < s->map.width; u++) {
            if (v == y && u == x)
                return true;
            if (rig_map_at(s->map, u, v) >= value)
                return false;
        }
    return true;
}

static bool touches_equal(const search *s, int x, int y, double value) {
    for (int v = y - 1; v <= y + 1; v++)
        for (int u = x - 1; u <= x + 1; u++)
            if (u >= 0 && v >= 0 && u < s->map.width && v < s->map.height && (u != x || v != y) &&
                rig_map_at(s->map, u, v) == value)
                return true;
    return false;
}

// What the flood over a plateau finds.
typedef struct plateau {
    int cells;
    double sum[2];
    int low[2], high[2]; // its box
    bool topped;         // a higher cell touches it
} plateau;

static int flood_cell(search *s, int x, int y, double value, int depth, plateau *found) {
    int width = s->map.width;
    found->cells++;
    const int at[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        found->sum[i] += at[i];
        found->low[i] = at[i] < found->low[i] ? at[i] : found->low[i];
        found->high[i] = at[i] > found->high[i] ? at[i] : found->high[i];
    }
    for (int v = y - 1; v <= y + 1; v++)
        for (int u = x - 1; u <= x + 1; u++) {
            if (u < 0 || v < 0 || u >= width || v >= s->map.height || s->seen[v * width + u])
                continue;
            double other = rig_map_at(s->map, u, v);
            found->topped = found->topped || other > value;
            if (other != value)
                continue;
            s->seen[v * width + u] = 1;
            s->stack[depth++] = v * width + u;
        }
    return depth;
}

// A window sees only a part of a large plateau; the whole of it gives one peak. *is_peak: the first time, if nothing is
// higher.
static rig_status judge_plateau(search *s, rig_peak *peak, bool *is_peak, rig_err *err) {
    int width = s->map.width;
    size_t cells = (size_t)width * (size_t)s->map.height;
    if (!s->seen) {
        s->seen = RIG_NEW(s->scratch, unsigned char, cells);
        s->stack = RIG_NEW(s->scratch, int, cells);
        if (!s->seen || !s->stack)
            return rig_fail_memory(err, "peaks");
    }
    plateau found = {.low = {peak->x, peak->y}, .high = {peak->x, peak->y}};
    int depth = 0, start = peak->y * width + peak->x;
    *is_peak = !s->seen[start];
    if (!*is_peak)
        return RIG_OK;
    s->seen[start] = 1;
    s->stack[depth++] = start;
    while (depth > 0) {
        int cell = s->stack[--depth];
        depth = flood_cell(s, cell % width, cell / width, peak->score, depth, &found);
    }
    *is_peak = !found.topped;
    // Two equal cells side by side are a peak half way between, which the sub-pixel fit finds by itself.
    if (found.high[0] - found.low[0] < 2 && found.high[1] - found.low[1] < 2)
        return RIG_OK;
    peak->flat = true;
    peak->q[0] = found.sum[0] / found.cells;
    peak->q[1] = found.sum[1] / found.cells;
    return RIG_OK;
}

// Into the list of the best: score falling, equals in the order of their coming.
static int keep(rig_peak *peaks, int n, int max, const rig_peak *peak) {
    int at = n;
    while (at > 0 && peaks[at - 1].score < peak->score)
        at--;
    if (at == max)
        return n;
    if (n == max)
        n--;
    memmove(peaks + at + 1, peaks + at, (size_t)(n - at) * sizeof *peaks);
    peaks[at] = *peak;
    return n + 1;
}

static rig_status consider(search *s, int x, int y, int max, rig_peak *peaks, int *n, rig_err *err) {
    double value = rig_map_at(s->map, x, y);
    if (!(value > (double)s->threshold) || !first_of_equals(s, x, y, value))
        return RIG_OK; // the first test again: an infinite cell counts as 0
    rig_peak peak = {.x = x, .y = y, .q = {x, y}, .score = value};
    bool is_peak = true;
    if (touches_equal(s, x, y, value))
        RIG_TRY(judge_plateau(s, &peak, &is_peak, err));
    if (is_peak)
        *n = keep(peaks, *n, max, &peak);
    return RIG_OK;
}

static rig_status search_row(search *s, int y, int max, rig_peak *peaks, int *n, rig_err *err) {
    const float *row = s->map.data + (size_t)y * (size_t)s->map.width;
    window_max(s, y);
    for (int from = 0; from < s->map.width; from += BLOCK) {
        int to = from + BLOCK < s->map.width ? from + BLOCK : s->map.width, any = 0;
        for (int x = from; x < to; x++)
            any |= (row[x] > s->threshold) & (row[x] >= s->best[x]);
        for (int x = from; any && x < to; x++)
            if (row[x] > s->threshold && row[x] >= s->best[x])
                RIG_TRY(consider(s, x, y, max, peaks, n, err));
    }
    return RIG_OK;
}

rig_status rig_peaks_find(rig_map map, int window, double threshold, int max, rig_peak *peaks, int *n,
                          rig_arena *scratch, rig_err *err) {
    search s = {.map = map, .half = window / 2, .window = window / 2 * 2 + 1, .threshold = (float)threshold};
    s.scratch = scratch;
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = search_init(&s) ? RIG_OK : rig_fail_memory(err, "peaks");
    *n = 0;
    for (int y = 0; y < map.height && status == RIG_OK; y++)
        if (rig_cells_any_above(map.data + (size_t)y * (size_t)map.width, map.width, s.threshold))
            status = search_row(&s, y, max, peaks, n, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

// low, centre, high: values one cell before, at and after the peak.
static double offset_1d(double low, double centre, double high, rig_subpixel how) {
    if (how == RIG_SUBPIXEL_NONE)
        return 0;
    if (how == RIG_SUBPIXEL_QUARTER || !(low > 0 && centre > 0 && high > 0))
        return high > low ? 0.25 : high < low ? -0.25 : 0;
    double a = log(low), b = log(centre), c = log(high), bend = 2 * b - a - c;
    if (!(bend > 0))
        return 0;
    double offset = 0.5 * (c - a) / bend;
    return offset > 0.5 ? 0.5 : offset < -0.5 ? -0.5 : offset;
}

void rig_peak_offset(rig_map map, int x, int y, rig_subpixel how, double offset[2]) {
    double centre = rig_map_at(map, x, y);
    offset[0] = offset[1] = 0;
    if (x > 0 && x + 1 < map.width)
        offset[0] = offset_1d(rig_map_at(map, x - 1, y), centre, rig_map_at(map, x + 1, y), how);
    if (y > 0 && y + 1 < map.height)
        offset[1] = offset_1d(rig_map_at(map, x, y - 1), centre, rig_map_at(map, x, y + 1), how);
}
