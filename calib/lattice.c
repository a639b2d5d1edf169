#include "calib/lattice.h"

#include "calib/saddles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATCH_MIN = 4, HOLES = 16 };    // one corner in HOLES may be missing
static const double REACH_SHARE = 0.3; // of the distance to the neighbour: how far off a predicted corner may lie
static const double REACH_MIN = 1.5, REACH_MAX = 10, TRIED = 0.5; // pixels
static const double TURNED = 0.5; // sine between a grown corner's edges and its neighbours', at most

typedef struct node {
    double q[2], i[2], j[2]; // its place, and its edges towards growing i and j
    bool filled;
    bool dark;       // the sector between i and j
    double tried[2]; // where not filled: where it was last looked for
} node;

typedef struct grid {
    const rig_saddle_map *map;
    int half, side; // cells -half .. half each way
    int limit;      // no wider and no higher than this
    int low[2], high[2], n;
    node *nodes;
} grid;

static node *node_at(const grid *g, int i, int j) {
    return &g->nodes[(j + g->half) * g->side + i + g->half];
}

// NULL where no corner is.
static const node *corner_at(const grid *g, int i, int j) {
    if (abs(i) > g->half || abs(j) > g->half)
        return NULL;
    const node *here = node_at(g, i, j);
    return here->filled ? here : NULL;
}

static bool has_room(const grid *g, int i, int j) {
    int at[2] = {i, j};
    for (int k = 0; k < 2; k++) {
        int low = at[k] < g->low[k] ? at[k] : g->low[k], high = at[k] > g->high[k] ? at[k] : g->high[k];
        if (abs(at[k]) > g->half || high - low + 1 > g->limit)
            return false;
    }
    return true;
}

static double dot(const double a[2], const double b[2]) {
    return a[0] * b[0] + a[1] * b[1];
}

static double cross(const double a[2], const double b[2]) {
    return a[0] * b[1] - a[1] * b[0];
}

// A saddle as a corner whose edges are as those of `like`, turned by no more than TURNED.
static bool as_corner(const rig_saddle *saddle, const node *like, node *corner) {
    int first = fabs(cross(saddle->edge[0], like->i)) > fabs(cross(saddle->edge[1], like->i));
    const double *a = saddle->edge[first], *b = saddle->edge[1 - first];
    double sign_a = dot(a, like->i) < 0 ? -1 : 1, sign_b = dot(b, like->j) < 0 ? -1 : 1;
    *corner = (node){.q = {saddle->q[0], saddle->q[1]}, .filled = true, .dark = sign_a * sign_b > 0};
    for (int k = 0; k < 2; k++)
        corner->i[k] = sign_a * a[k], corner->j[k] = sign_b * b[k];
    return fabs(cross(a, like->i)) <= TURNED && fabs(cross(b, like->j)) <= TURNED;
}

static void put(grid *g, int i, int j, const node *corner) {
    *node_at(g, i, j) = *corner;
    int at[2] = {i, j};
    for (int k = 0; k < 2; k++) {
        g->low[k] = at[k] < g->low[k] ? at[k] : g->low[k];
        g->high[k] = at[k] > g->high[k] ? at[k] : g->high[k];
    }
    g->n++;
}

typedef struct patch {
    int seed, n;
} patch;

static int by_size(const void *a, const void *b) {
    const patch *p = a, *q = b;
    return p->n != q->n ? q->n - p->n : p->seed - q->seed;
}

// Sets of linked saddles, the largest first; seed: its first member.
static int patches_find(const rig_saddle_links *links, int n, patch *patches, int *queue, bool *seen) {
    int n_patches = 0;
    memset(seen, 0, (size_t)n * sizeof *seen);
    for (int i = 0; i < n; i++) {
        if (seen[i])
            continue;
        int head = 0, tail = 0, best_degree = -1, seed = i;
        queue[tail++] = i, seen[i] = true;
        while (head < tail) {
            int at = queue[head++], degree = 0;
            for (int k = 0; k < 4; k++) {
                int to = links[at].to[k];
                degree += to >= 0;
                if (to >= 0 && !seen[to])
                    seen[to] = true, queue[tail++] = to;
            }
            if (degree > best_degree)
                best_degree = degree, seed = at;
        }
        if (tail >= PATCH_MIN)
            patches[n_patches++] = (patch){seed, tail};
    }
    qsort(patches, (size_t)n_patches, sizeof *patches, by_size);
    return n_patches;
}

// Lay a patch out on the grid from its seed; what comes to lie where another does, or beyond the limit, is left out.
static void lay_out(grid *g, const rig_saddle *saddles, const rig_saddle_links *links, int seed, int (*queue)[3],
                    bool *seen) {
    const rig_saddle *first = &saddles[seed];
    node corner = {.filled = true};
    int head = 0, tail = 0;
    memset(g->nodes, 0, (size_t)g->side * (size_t)g->side * sizeof *g->nodes);
    g->low[0] = g->low[1] = g->high[0] = g->high[1] = g->n = 0;
    memcpy(corner.i, first->edge[0], sizeof corner.i);
    memcpy(corner.j, first->edge[1], sizeof corner.j);
    if (!as_corner(first, &corner, &corner))
        return;
    put(g, 0, 0, &corner);
    queue[tail][0] = seed, queue[tail][1] = 0, queue[tail++][2] = 0, seen[seed] = true;
    while (head < tail) {
        int at = queue[head][0], i = queue[head][1], j = queue[head++][2];
        const node *here = node_at(g, i, j);
        for (int k = 0; k < 4; k++) {
            int to = links[at].to[k];
            if (to < 0 || seen[to])
                continue;
            double way[2] = {saddles[to].q[0] - here->q[0], saddles[to].q[1] - here->q[1]}, far = hypot(way[0], way[1]);
            bool along_i = fabs(dot(way, here->i)) / far > fabs(dot(way, here->j)) / far;
            int step = dot(way, along_i ? here->i : here->j) > 0 ? 1 : -1;
            int u = i + (along_i ? step : 0), v = j + (along_i ? 0 : step);
            if (!has_room(g, u, v) || corner_at(g, u, v) || !as_corner(&saddles[to], here, &corner) ||
                corner.dark == here->dark)
                continue;
            put(g, u, v, &corner);
            queue[tail][0] = to, queue[tail][1] = u, queue[tail++][2] = v, seen[to] = true;
        }
    }
}

// Where the corner (i, j) should lie, from those about it; near: its nearest corner. False: too few to tell.
static bool predict(const grid *g, int i, int j, double q[2], const node **near) {
    static const int ways[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
    double sum[2] = {0, 0}, weight = 0;
    *near = NULL;
    for (int k = 0; k < 4; k++) {
        int u = ways[k][0], v = ways[k][1];
        const node *a = corner_at(g, i + u, j + v), *b = corner_at(g, i + 2 * u, j + 2 * v),
                   *c = corner_at(g, i + 3 * u, j + 3 * v), *opposite = corner_at(g, i - u, j - v);
        if (!a)
            continue;
        *near = *near ? *near : a;
        for (int d = 0; d < 2; d++) {
            if (opposite)
                sum[d] += 2 * (a->q[d] + opposite->q[d]); // twice, as a is met from both sides: weight 4 a side
            else if (b && c)
                sum[d] += 2 * (3 * a->q[d] - 3 * b->q[d] + c->q[d]);
            else if (b)
                sum[d] += 2 * a->q[d] - b->q[d];
        }
        weight += opposite ? 4 : b && c ? 2 : b ? 1 : 0;
        for (int s = -1; s <= 1; s += 2) { // the fourth corner of a square
            const node *side = corner_at(g, i + s * v, j + s * u), *far = corner_at(g, i + u + s * v, j + v + s * u);
            if (side && far) {
                for (int d = 0; d < 2; d++)
                    sum[d] += (a->q[d] + side->q[d] - far->q[d]) / 2;
                weight += 0.5;
            }
        }
    }
    if (!(weight > 0))
        return false;
    q[0] = sum[0] / weight, q[1] = sum[1] / weight;
    return true;
}

static bool grow_at(grid *g, int i, int j) {
    const node *near;
    rig_saddle saddle;
    node corner;
    double q[2];
    if (!has_room(g, i, j) || !predict(g, i, j, q, &near))
        return false;
    double *tried = node_at(g, i, j)->tried, pitch = hypot(q[0] - near->q[0], q[1] - near->q[1]);
    if (hypot(q[0] - tried[0], q[1] - tried[1]) < TRIED)
        return false;
    memcpy(tried, q, sizeof q);
    if (!rig_saddle_near(g->map, q, fmin(fmax(REACH_SHARE * pitch, REACH_MIN), REACH_MAX), &saddle) ||
        !as_corner(&saddle, near, &corner) || corner.dark == near->dark ||
        hypot(corner.q[0] - near->q[0], corner.q[1] - near->q[1]) < 0.5 * pitch)
        return false;
    put(g, i, j, &corner);
    return true;
}

// Until no corner is found next to those there are.
static void grow(grid *g) {
    for (bool grown = true; grown;) {
        grown = false;
        int low[2] = {g->low[0] - 1, g->low[1] - 1}, high[2] = {g->high[0] + 1, g->high[1] + 1};
        for (int j = low[1]; j <= high[1]; j++)
            for (int i = low[0]; i <= high[0]; i++)
                if (abs(i) <= g->half && abs(j) <= g->half && !corner_at(g, i, j) && grow_at(g, i, j))
                    grown = true;
    }
}

static int holes(const grid *g, int i, int j, int w, int h) {
    int n = 0;
    for (int v = j; v < j + h; v++)
        for (int u = i; u < i + w; u++)
            n += !corner_at(g, u, v);
    return n;
}

typedef struct rectangle {
    int i, j, w, h;
    int holes;
    bool across; // its rows run along i
} rectangle;

// The rectangle of the board's corners with the fewest holes. False: it has too many, another has no more, or a whole
// row or column adjoins it.
static bool rectangle_find(const grid *g, int cols, int rows, rectangle *best) {
    int ways = cols == rows ? 1 : 2, n = 0;
    *best = (rectangle){.holes = cols * rows / HOLES + 1};
    for (int way = 0; way < ways; way++) {
        int w = way ? rows : cols, h = way ? cols : rows;
        for (int j = g->low[1]; j + h - 1 <= g->high[1]; j++)
            for (int i = g->low[0]; i + w - 1 <= g->high[0]; i++) {
                rectangle r = {i, j, w, h, holes(g, i, j, w, h), way == 0};
                n = r.holes < best->holes ? 1 : n + (r.holes == best->holes);
                if (r.holes < best->holes)
                    *best = r;
            }
    }
    const rectangle *r = best;
    return n == 1 && r->w && holes(g, r->i - 1, r->j, 1, r->h) && holes(g, r->i + r->w, r->j, 1, r->h) &&
           holes(g, r->i, r->j - 1, r->w, 1) && holes(g, r->i, r->j + r->h, r->w, 1);
}

// A corner or two that the ring test missed are put where they should lie: whether they are there, the fit will say.
static bool holes_fill(grid *g, const rectangle *r) {
    for (int j = r->j; j < r->j + r->h; j++)
        for (int i = r->i; i < r->i + r->w; i++) {
            const node *near;
            node corner = {.filled = true};
            if (corner_at(g, i, j))
                continue;
            if (!predict(g, i, j, corner.q, &near))
                return false;
            memcpy(corner.i, near->i, sizeof corner.i);
            memcpy(corner.j, near->j, sizeof corner.j);
            corner.dark = !near->dark;
            put(g, i, j, &corner);
        }
    return true;
}

// The grey value in the middle of the square from corner (i, j) on.
static double square_at(const grid *g, int i, int j) {
    double x = 0, y = 0;
    for (int k = 0; k < 4; k++) {
        const node *corner = corner_at(g, i + k % 2, j + k / 2);
        x += corner->q[0] / 4, y += corner->q[1] / 4;
    }
    return rig_saddle_map_at(g->map, x, y);
}

// Squares alternate: each is darker or brighter, as its corners say, than its neighbours.
static bool squares_alternate(const grid *g, const rectangle *r) {
    int right = 0, n = 0;
    for (int j = r->j; j + 1 < r->j + r->h; j++)
        for (int i = r->i; i + 1 < r->i + r->w; i++)
            for (int k = 1; k < 3; k++) {
                int u = i + (k == 1), v = j + (k == 2);
                if (u + 1 == r->i + r->w || v + 1 == r->j + r->h)
                    continue;
                double here = square_at(g, i, j), there = square_at(g, u, v);
                right += corner_at(g, i, j)->dark ? here < there : here > there;
                n++;
            }
    return 10 * right >= 9 * n;
}

// The board on the grid, its corners into q where it is larger in the picture than `area`, which it then becomes.
static bool board_take(grid *g, int cols, int rows, double *area, double (*q)[2]) {
    rectangle r;
    if (!rectangle_find(g, cols, rows, &r) || !holes_fill(g, &r))
        return false;
    const node *a = corner_at(g, r.i, r.j), *b = corner_at(g, r.i + r.w - 1, r.j),
               *c = corner_at(g, r.i + r.w - 1, r.j + r.h - 1), *d = corner_at(g, r.i, r.j + r.h - 1);
    double ac[2] = {c->q[0] - a->q[0], c->q[1] - a->q[1]}, bd[2] = {d->q[0] - b->q[0], d->q[1] - b->q[1]};
    double covers = fabs(cross(ac, bd)) / 2;
    if (covers <= *area || !squares_alternate(g, &r))
        return false;
    *area = covers;
    for (int y = 0; y < rows; y++)
        for (int x = 0; x < cols; x++)
            memcpy(q[y * cols + x], corner_at(g, r.i + (r.across ? x : y), r.j + (r.across ? y : x))->q, sizeof *q);
    return true;
}

// What patches are found with; all of it in scratch.
typedef struct layout {
    grid g;
    const rig_saddle *saddles;
    rig_saddle_links *links;
    patch *patches;
    int n, n_patches, (*queue)[3];
    bool *seen;
} layout;

static rig_status layout_init(layout *l, const rig_saddle_map *map, const rig_saddle *saddles, int n, int limit,
                              double reach, rig_arena *scratch, rig_err *err) {
    *l = (layout){.g = {.map = map, .half = limit, .side = 2 * limit + 1, .limit = limit}, .saddles = saddles, .n = n};
    l->g.nodes = RIG_NEW(scratch, node, l->g.side * l->g.side);
    l->patches = RIG_NEW(scratch, patch, n);
    l->queue = rig_arena_alloc(scratch, (size_t)n, sizeof *l->queue);
    l->seen = RIG_NEW(scratch, bool, n);
    if (!l->g.nodes || !l->patches || !l->queue || !l->seen)
        return rig_fail_memory(err, "a grid of saddles");
    RIG_TRY(rig_saddles_link(map, saddles, n, reach, &l->links, scratch, scratch, err));
    l->n_patches = patches_find(l->links, n, l->patches, &l->queue[0][0], l->seen);
    l->n_patches = l->n_patches < RIG_PATCHES_MAX ? l->n_patches : RIG_PATCHES_MAX;
    return RIG_OK;
}

static void layout_take(layout *l, int which, bool even) {
    memset(l->seen, 0, (size_t)l->n * sizeof *l->seen);
    lay_out(&l->g, l->saddles, l->links, l->patches[which].seed, l->queue, l->seen);
    if (even)
        grow(&l->g);
}

rig_status rig_lattice_find(const rig_saddle_map *map, const rig_saddle *saddles, int n, int cols, int rows,
                            double (*q)[2], bool *found, rig_arena *scratch, rig_err *err) {
    int longer = cols > rows ? cols : rows, shorter = cols + rows - longer;
    double reach = hypot(map->width, map->height) / (shorter > 1 ? shorter - 1 : 1), area = 0;
    layout l;
    *found = false;
    if (n < PATCH_MIN)
        return RIG_OK;
    RIG_TRY(layout_init(&l, map, saddles, n, longer + 1, reach, scratch, err));
    for (int k = 0; k < l.n_patches; k++) {
        layout_take(&l, k, true);
        if (board_take(&l.g, cols, rows, &area, q))
            *found = true;
    }
    return RIG_OK;
}

static rig_status patch_copy(const grid *g, rig_patch *to, rig_arena *arena, rig_err *err) {
    *to = (rig_patch){.w = g->high[0] - g->low[0] + 1, .h = g->high[1] - g->low[1] + 1};
    rig_patch_corner *corners = RIG_NEW(arena, rig_patch_corner, to->w * to->h);
    if (!corners)
        return rig_fail_memory(err, "a patch of corners");
    for (int k = 0; k < to->w * to->h; k++) {
        const node *from = corner_at(g, g->low[0] + k % to->w, g->low[1] + k / to->w);
        if (from)
            corners[k] = (rig_patch_corner){.q = {from->q[0], from->q[1]}, .there = true, .dark = from->dark}, to->n++;
    }
    to->corners = corners;
    return RIG_OK;
}

rig_status rig_lattice_patches(const rig_saddle_map *map, const rig_saddle *saddles, int n, int limit, bool even,
                               rig_patch patches[RIG_PATCHES_MAX], int *n_patches, rig_arena *scratch, rig_err *err) {
    layout l;
    *n_patches = 0;
    if (n < PATCH_MIN)
        return RIG_OK;
    RIG_TRY(layout_init(&l, map, saddles, n, limit, hypot(map->width, map->height) / 2, scratch, err));
    for (int k = 0; k < l.n_patches; k++) {
        layout_take(&l, k, even);
        RIG_TRY(patch_copy(&l.g, &patches[k], scratch, err));
        *n_patches = k + 1;
    }
    return RIG_OK;
}
