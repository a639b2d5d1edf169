#include "calib/saddles.h"

#include <math.h>

enum { BIN = 16, NEAR_MAX = 64 };  // pixels; saddles looked at from each: few lie between a board's corners
static const double ALONG = 0.25;  // sine of the angle between an edge and the way to the neighbour, at most
static const double ALIKE = 0.4;   // sine of the angle between two neighbours' edges, at most
static const double FADED = 0.3;   // the contrast across the edge over that of the saddle, at least
static const double UNEQUAL = 3.5; // between neighbours' contrasts, at most

typedef struct bins {
    int across, down;
    int *first; // of each bin, and one more
    int *members;
    double (*q)[2]; // of the members, side by side
} bins;

static int bin_of(const bins *b, const double q[2]) {
    return (int)q[1] / BIN * b->across + (int)q[0] / BIN;
}

static rig_status bins_fill(const rig_saddle_map *map, const rig_saddle *saddles, int n, bins *b, rig_arena *scratch,
                            rig_err *err) {
    b->across = map->width / BIN + 1, b->down = map->height / BIN + 1;
    int n_bins = b->across * b->down;
    b->first = RIG_NEW(scratch, int, n_bins + 2);
    b->members = RIG_NEW(scratch, int, n);
    b->q = rig_arena_alloc(scratch, (size_t)n, sizeof *b->q);
    if (!b->first || !b->members || !b->q)
        return rig_fail_memory(err, "saddles");
    for (int i = 0; i < n; i++)
        b->first[bin_of(b, saddles[i].q) + 2]++;
    for (int k = 2; k < n_bins + 2; k++)
        b->first[k] += b->first[k - 1];
    for (int i = 0; i < n; i++) {
        const int at = b->first[bin_of(b, saddles[i].q) + 1]++;
        b->members[at] = i;
        b->q[at][0] = saddles[i].q[0], b->q[at][1] = saddles[i].q[1];
    }
    return RIG_OK;
}

static double cross(const double a[2], const double b[2]) {
    return a[0] * b[1] - a[1] * b[0];
}

static double dot(const double a[2], const double b[2]) {
    return a[0] * b[0] + a[1] * b[1];
}

// Dark on the one side and bright on the other all along, well inside both corners' own edges.
static bool edge_between(const rig_saddle_map *map, const rig_saddle *a, const rig_saddle *b, const double way[2],
                         double far, bool dark_left) {
    double off = fmin(fmax(0.1 * far, 1.5), 4), side[2] = {-way[1] * off, way[0] * off};
    double least = FADED * fmin(a->contrast, b->contrast) * (dark_left ? -1 : 1);
    for (int k = 1; k <= 3; k++) {
        double x = a->q[0] + k / 4.0 * (b->q[0] - a->q[0]), y = a->q[1] + k / 4.0 * (b->q[1] - a->q[1]);
        double difference =
            rig_saddle_map_at(map, x + side[0], y + side[1]) - rig_saddle_map_at(map, x - side[0], y - side[1]);
        if (dark_left ? difference > least : difference < least)
            return false;
    }
    return true;
}

typedef struct nearest {
    double far[4];
    int to[4];
} nearest;

// q: of saddle `to`. Most lie along neither edge.
static void consider(const rig_saddle_map *map, const rig_saddle *saddles, int from, int to, const double q[2],
                     nearest *best) {
    const rig_saddle *a = &saddles[from], *b = &saddles[to];
    double way[2] = {q[0] - a->q[0], q[1] - a->q[1]}, square = dot(way, way);
    const double off[2] = {cross(a->edge[0], way), cross(a->edge[1], way)}, most = ALONG * ALONG * square;
    if ((off[0] * off[0] > most) & (off[1] * off[1] > most))
        return;
    for (int k = 0; k < 2; k++) {
        if (off[k] * off[k] > most)
            continue;
        int direction = 2 * k + (dot(a->edge[k], way) < 0);
        double far = sqrt(square);
        if (!(far > 0 && far < best->far[direction]))
            continue;
        double unit[2] = {way[0] / far, way[1] / far};
        // past the corner dark and bright have changed places, so that its first edge is this one's second
        if (fabs(cross(b->edge[1 - k], unit)) <= ALIKE && fabs(cross(b->edge[k], a->edge[1 - k])) <= ALIKE &&
            a->contrast <= UNEQUAL * b->contrast && b->contrast <= UNEQUAL * a->contrast &&
            edge_between(map, a, b, unit, far, k == 0))
            best->far[direction] = far, best->to[direction] = to;
    }
}

// Bins in growing squares about the saddle's own, until none that is left can hold a nearer one.
static nearest neighbours_find(const rig_saddle_map *map, const rig_saddle *saddles, const bins *b, int from,
                               double reach) {
    nearest best = {{reach, reach, reach, reach}, {-1, -1, -1, -1}};
    int looked_at = 0, home = bin_of(b, saddles[from].q), x = home % b->across, y = home / b->across;
    for (int r = 0; r <= (int)(reach / BIN) + 1; r++) {
        double widest = fmax(fmax(best.far[0], best.far[1]), fmax(best.far[2], best.far[3]));
        if ((r - 1) * BIN > widest || looked_at > NEAR_MAX)
            break;
        for (int v = y - r; v <= y + r; v++)
            for (int u = x - r; u <= x + r; u += (v == y - r || v == y + r) ? 1 : 2 * r) {
                if (u >= 0 && v >= 0 && u < b->across && v < b->down)
                    for (int m = b->first[v * b->across + u]; m < b->first[v * b->across + u + 1]; m++)
                        if (b->members[m] != from)
                            consider(map, saddles, from, b->members[m], b->q[m], &best), looked_at++;
                if (r == 0)
                    break;
            }
    }
    return best;
}

rig_status rig_saddles_link(const rig_saddle_map *map, const rig_saddle *saddles, int n, double reach,
                            rig_saddle_links **links, rig_arena *out, rig_arena *scratch, rig_err *err) {
    bins b;
    *links = RIG_NEW(out, rig_saddle_links, n);
    rig_saddle_links *oneway = RIG_NEW(scratch, rig_saddle_links, n);
    if (!*links || !oneway)
        return rig_fail_memory(err, "saddles");
    RIG_TRY(bins_fill(map, saddles, n, &b, scratch, err));
    for (int i = 0; i < n; i++) {
        nearest best = neighbours_find(map, saddles, &b, i, reach);
        for (int k = 0; k < 4; k++)
            oneway[i].to[k] = best.to[k];
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < 4; k++) {
            int to = oneway[i].to[k];
            bool mutual = false;
            for (int back = 0; to >= 0 && back < 4; back++)
                mutual = mutual || oneway[to].to[back] == i;
            (*links)[i].to[k] = mutual ? to : -1;
        }
    return RIG_OK;
}
