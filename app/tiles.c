#include "app/tiles.h"

#include "core/median.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SPLITS_MAX = 4, BESIDE = 12, BLOCKS = 24 }; // lines on each side that a seam is held against; parts of a line
enum { SIDE_MIN = 32, CUTS_MAX = 8 };              // pixels of a tile; cuts of a window
enum { BORDER_MIN = 8, STRIPE_MIN = 2 }; // black lines: at an edge, where codecs and cameras leave some; within
static const double SEAM_RATIO = 3, SEAM_MIN = 4;   // times the typical step beside it; grey levels
static const double BLOCK_RATIO = 2, BLOCK_MIN = 2; // the same of a part of it
static const double BLOCKS_SHARE = 0.7;             // of its parts that show it: an edge of the scene ends somewhere
static const double BLOCKS_SHARE_ODD = 0.95;        // the same off an even grid, where any edge might be taken for one
static const int BLACK = 24, BLACK_SPREAD = 6;      // grey levels: video black with its noise; around the line's mean
static const double BLACK_SHARE = 0.98;             // of a line's pixels: codecs ring
static const int BRIGHT = 48;                       // grey levels: what a room in the dark hardly reaches
static const double BRIGHT_SHARE = 0.01, TILES_SHARE = 0.2; // of a tile's pixels; of the picture's, all tiles

typedef struct pictures {
    const rig_image *greys;
    int n;
    rig_arena *scratch;
} pictures;

// --- black borders ---------------------------------------------------------------------------------------------------

// Pixel k of line i of a window: of a column, or of a row.
static const unsigned char *pixel_at(const rig_image *grey, rig_rect r, bool column, int i, int k) {
    return grey->data + (r.y + (column ? k : i)) * grey->stride + r.x + (column ? i : k);
}

static bool line_is_black(const rig_image *grey, rig_rect r, bool column, int i) {
    const int length = column ? r.h : r.w;
    long sum = 0;
    int near = 0;
    for (int k = 0; k < length; k++)
        sum += *pixel_at(grey, r, column, i, k);
    const int mean = (int)(sum / length);
    for (int k = 0; k < length; k++)
        near += abs(*pixel_at(grey, r, column, i, k) - mean) <= BLACK_SPREAD;
    return mean <= BLACK && near >= BLACK_SHARE * length;
}

static bool is_black(const rig_image *greys, int n, rig_rect r, bool column, int i) {
    bool all = true;
    for (int p = 0; p < n && all; p++)
        all = line_is_black(&greys[p], r, column, i);
    return all;
}

// How many lines at the start, or the end, of a window are black; fewer than BORDER_MIN are none, unless they are all.
static int border_of(const rig_image *greys, int n, rig_rect r, bool column, bool end) {
    const int size = column ? r.w : r.h;
    int lines = 0;
    while (lines < size && is_black(greys, n, r, column, end ? size - 1 - lines : lines))
        lines++;
    return lines < BORDER_MIN && lines < size ? 0 : lines;
}

rig_rect rig_tiles_content(const rig_image *greys, int n, rig_rect window) {
    rig_rect r = window;
    const int left = border_of(greys, n, r, true, false), right = border_of(greys, n, r, true, true);
    if (left + right >= r.w)
        return window;
    r.x += left, r.w -= left + right;
    const int top = border_of(greys, n, r, false, false), bottom = border_of(greys, n, r, false, true);
    if (top + bottom >= r.h) // narrow bright lines: too few pixels of any row
        return window;
    r.y += top, r.h -= top + bottom;
    return r;
}

// --- seams -----------------------------------------------------------------------------------------------------------

// Mean absolute steps between lines i - 1 and i of a window, columns or rows: of the whole line, and of its parts.
typedef struct steps {
    double all, parts[BLOCKS];
    bool black[BLOCKS]; // the part and what it is beside: nothing can be told of it
} steps;

static void steps_take(const rig_image *grey, rig_rect r, bool column, int i, steps *s) {
    const int length = column ? r.h : r.w;
    s->all = 0;
    for (int b = 0; b < BLOCKS; b++) {
        const int from = length * b / BLOCKS, to = length * (b + 1) / BLOCKS;
        long sum = 0, grey_sum = 0;
        for (int k = from; k < to; k++) {
            const int here = *pixel_at(grey, r, column, i, k), before = *pixel_at(grey, r, column, i - 1, k);
            sum += abs(here - before), grey_sum += here > before ? here : before;
        }
        s->parts[b] = (double)sum / (to - from);
        s->black[b] = grey_sum <= (long)BLACK * (to - from);
        s->all += (double)sum / length;
    }
}

// What is typical of the lines beside line i, of the whole (part < 0) or of a part; the nearest may be blurred into it.
static double beside(const steps *lines, int size, int i, int part) {
    double near[2 * BESIDE];
    int n = 0;
    for (int d = 2; d < 2 + BESIDE; d++) {
        if (i - d >= 1)
            near[n++] = part < 0 ? lines[i - d].all : lines[i - d].parts[part];
        if (i + d < size)
            near[n++] = part < 0 ? lines[i + d].all : lines[i + d].parts[part];
    }
    return rig_median(near, n);
}

static bool is_seam(const steps *lines, int size, int i, double share) {
    const double typical = beside(lines, size, i, -1);
    int shown = 0, told = 0;
    if (lines[i].all <= SEAM_MIN || lines[i].all <= SEAM_RATIO * typical)
        return false;
    for (int b = 0; b < BLOCKS; b++)
        if (!lines[i].black[b]) {
            shown += lines[i].parts[b] > BLOCK_MIN && lines[i].parts[b] > BLOCK_RATIO * beside(lines, size, i, b);
            told++;
        }
    return told > BLOCKS / 2 && shown > share * told;
}

// Whether line i ends one of 2 to SPLITS_MAX equal parts.
static bool is_even(int size, int i) {
    bool even = false;
    for (int n = 2; n <= SPLITS_MAX; n++)
        even = even || (size % n == 0 && i % (size / n) == 0);
    return even;
}

// The lines of a window that are seams in every picture: found[i].
static rig_status seams_find(const pictures *p, rig_rect r, bool column, bool *found, rig_err *err) {
    const int size = column ? r.w : r.h, length = column ? r.h : r.w;
    steps *lines = RIG_NEW(p->scratch, steps, size);
    if (!lines)
        return rig_fail_memory(err, "the lines of a picture");
    for (int i = 0; i < size; i++)
        found[i] = length >= BLOCKS && i >= SIDE_MIN && i <= size - SIDE_MIN;
    for (int k = 0; k < p->n && length >= BLOCKS; k++) {
        for (int i = 1; i < size; i++)
            steps_take(&p->greys[k], r, column, i, &lines[i]);
        for (int i = SIDE_MIN; i <= size - SIDE_MIN; i++)
            found[i] = found[i] && is_seam(lines, size, i, is_even(size, i) ? BLOCKS_SHARE : BLOCKS_SHARE_ODD);
    }
    return RIG_OK;
}

// --- tiles -----------------------------------------------------------------------------------------------------------

// Where a window is cut, its ends included: at seams, and at both sides of black stripes.
static rig_status cuts_find(const pictures *p, rig_rect r, bool column, int cuts[CUTS_MAX + 2], int *n, rig_err *err) {
    const int size = column ? r.w : r.h;
    const rig_arena_mark mark = rig_arena_tell(p->scratch);
    bool *seams = RIG_NEW(p->scratch, bool, size);
    if (!seams)
        return rig_fail_memory(err, "the seams of a picture");
    RIG_TRY(seams_find(p, r, column, seams, err));
    *n = 0;
    cuts[(*n)++] = 0;
    for (int i = 1, black = 0; i < size && *n < CUTS_MAX; i++) {
        const bool dark = is_black(p->greys, p->n, r, column, i);
        if (!dark && black >= STRIPE_MIN && i - black > 1) { // a stripe has ended here
            cuts[(*n)++] = i - black;
            cuts[(*n)++] = i;
        } else if (seams[i] && i - cuts[*n - 1] > 2) // a blurred seam is two lines
            cuts[(*n)++] = i;
        black = dark ? black + 1 : 0;
    }
    cuts[(*n)++] = size;
    rig_arena_rewind(p->scratch, mark);
    return RIG_OK;
}

static bool add(const pictures *p, rig_tiles *tiles, rig_rect r) {
    if (r.w < SIDE_MIN || r.h < SIDE_MIN || border_of(p->greys, p->n, r, true, false) == r.w)
        return true; // a stripe between tiles, or black
    if (tiles->n == RIG_TILES_MAX)
        return false;
    tiles->rects[tiles->n++] = r;
    return true;
}

// Cut a window along one direction, and what results along the other, until nothing is cut. *fits = false: too many.
static rig_status window_cut(const pictures *p, rig_rect window, bool column, bool was_cut, rig_tiles *tiles,
                             bool *fits, rig_err *err) {
    int cuts[CUTS_MAX + 2], n = 0;
    const rig_rect r = rig_tiles_content(p->greys, p->n, window);
    RIG_TRY(cuts_find(p, r, column, cuts, &n, err));
    if (n == 2 && !was_cut) {
        *fits = *fits && add(p, tiles, r);
        return RIG_OK;
    }
    for (int i = 0; i + 1 < n; i++) {
        rig_rect part = r;
        *(column ? &part.x : &part.y) += cuts[i];
        *(column ? &part.w : &part.h) = cuts[i + 1] - cuts[i];
        if (part.w >= SIDE_MIN && part.h >= SIDE_MIN)
            RIG_TRY(window_cut(p, part, !column, n > 2, tiles, fits, err));
    }
    return RIG_OK;
}

// Tiles whose upper edges differ by less than half the lower one's height are of one row.
static int row_by_row(const void *a, const void *b) {
    const rig_rect *x = a, *y = b;
    const int apart = x->y - y->y, least = x->h < y->h ? x->h : y->h;
    return abs(apart) > least / 2 ? (apart > 0) - (apart < 0) : (x->x > y->x) - (x->x < y->x);
}

// Whether a tile fills a cell but for a narrow border.
static bool fills(rig_rect r, rig_rect cell) {
    return r.x >= cell.x && r.y >= cell.y && r.x + r.w <= cell.x + cell.w && r.y + r.h <= cell.y + cell.h &&
           r.x - cell.x < BORDER_MIN && r.y - cell.y < BORDER_MIN && cell.x + cell.w - r.x - r.w < BORDER_MIN &&
           cell.y + cell.h - r.y - r.h < BORDER_MIN;
}

// Tiles that fill the cells of an even grid are its cells.
static void grid_take(rig_tiles *tiles, int cols, int rows, int width, int height) {
    rig_rect cells[RIG_TILES_MAX];
    bool all = cols * rows == tiles->n && width % cols == 0 && height % rows == 0;
    for (int i = 0; i < tiles->n && all; i++) {
        cells[i] = (rig_rect){i % cols * (width / cols), i / cols * (height / rows), width / cols, height / rows};
        all = all && fills(tiles->rects[i], cells[i]);
    }
    if (all)
        memcpy(tiles->rects, cells, sizeof *cells * (size_t)tiles->n), tiles->cols = cols, tiles->rows = rows;
}

static bool is_dark(const pictures *p, rig_rect r) {
    long bright = 0;
    for (int k = 0; k < p->n; k++)
        for (int y = r.y; y < r.y + r.h; y++)
            for (int x = r.x; x < r.x + r.w; x++)
                bright += p->greys[k].data[y * p->greys[k].stride + x] > BRIGHT;
    return (double)bright < BRIGHT_SHARE * p->n * r.w * r.h;
}

// Uneven tiles that stand for views: a dark room, with a few lit windows or without, has black in it as well.
static void layout_take(const pictures *p, rig_tiles *tiles) {
    double area = 0;
    int n = 0;
    for (int t = 0; t < tiles->n; t++)
        if (!is_dark(p, tiles->rects[t])) {
            area += (double)tiles->rects[t].w * tiles->rects[t].h;
            tiles->rects[n++] = tiles->rects[t];
        }
    tiles->n = area < TILES_SHARE * p->greys->width * p->greys->height ? 0 : n;
}

rig_status rig_tiles_find(const rig_image *greys, int n, rig_tiles *tiles, rig_arena *scratch, rig_err *err) {
    assert(n >= 1 && n <= RIG_TILES_PICTURES);
    const rig_rect whole = {0, 0, greys->width, greys->height};
    const pictures p = {greys, n, scratch};
    bool fits = true;
    memset(tiles, 0, sizeof *tiles);
    RIG_TRY(window_cut(&p, whole, false, true, tiles, &fits, err));
    qsort(tiles->rects, (size_t)tiles->n, sizeof *tiles->rects, row_by_row);
    for (int cells = SPLITS_MAX * SPLITS_MAX, i = 1; i < cells && fits && tiles->cols == 0; i++)
        grid_take(tiles, i % SPLITS_MAX + 1, i / SPLITS_MAX + 1, whole.w, whole.h);
    if (tiles->cols == 0)
        layout_take(&p, tiles);
    if (!fits || tiles->n <= 1) // borders around a view are left to it
        *tiles = (rig_tiles){1, 1, 1, {whole}};
    return RIG_OK;
}

bool rig_tiles_same(const rig_tiles *a, const rig_tiles *b) {
    bool same = a->n == b->n;
    for (int i = 0; i < a->n && same; i++)
        same = a->rects[i].x == b->rects[i].x && a->rects[i].y == b->rects[i].y && a->rects[i].w == b->rects[i].w &&
               a->rects[i].h == b->rects[i].h;
    return same;
}
