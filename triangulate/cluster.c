#include "triangulate/cluster.h"

#include <string.h>

enum { SWEEPS = 4 };

static const double GAIN = 1e-9; // a move must gain more, so that rounding does not move nodes for ever

// Greedy additive edge contraction. A cluster goes by its first node; W holds the affinities between clusters.
typedef struct contraction {
    double *W;
    int n;
    int *label;
    int *best; // of each cluster: the one with the largest affinity to it, -1 where it is alone
} contraction;

static void find_best(contraction *c, int i) {
    const double *row = c->W + (size_t)i * (size_t)c->n;
    c->best[i] = -1;
    for (int k = 0; k < c->n; k++)
        if (k != i && c->label[k] == k && (c->best[i] < 0 || row[k] > row[c->best[i]]))
            c->best[i] = k;
}

static void join(contraction *c, int a, int b) {
    const size_t n = (size_t)c->n;
    for (int k = 0; k < c->n; k++) {
        c->W[(size_t)a * n + (size_t)k] += c->W[(size_t)b * n + (size_t)k];
        c->W[(size_t)k * n + (size_t)a] = c->W[(size_t)a * n + (size_t)k];
        if (c->label[k] == b)
            c->label[k] = a;
    }
    for (int k = 0; k < c->n; k++) {
        if (c->label[k] != k)
            continue;
        const double *row = c->W + (size_t)k * n;
        if (k == a || c->best[k] == a || c->best[k] == b)
            find_best(c, k);
        else if (row[a] > row[c->best[k]])
            c->best[k] = a;
    }
}

// Join the two clusters with the largest affinity until no affinity is positive.
static void contract(contraction *c) {
    for (int i = 0; i < c->n; i++)
        c->label[i] = i;
    for (int i = 0; i < c->n; i++)
        find_best(c, i);
    for (;;) {
        int a = -1;
        double most = 0;
        for (int i = 0; i < c->n; i++) {
            if (c->label[i] != i || c->best[i] < 0)
                continue;
            double w = c->W[(size_t)i * (size_t)c->n + (size_t)c->best[i]];
            if (w > most)
                most = w, a = i;
        }
        if (a < 0)
            return;
        int b = c->best[a];
        join(c, a < b ? a : b, a < b ? b : a);
    }
}

// The label where node i gains most. Without i at least one of the n labels is unused: there a node gains 0, and is
// alone.
//   gain  n, workspace
static int best_cluster(const double *row, int n, int i, const int *label, double *gain) {
    memset(gain, 0, (size_t)n * sizeof *gain);
    for (int k = 0; k < n; k++)
        if (k != i)
            gain[label[k]] += row[k];
    int to = label[i];
    for (int c = 0; c < n; c++)
        if (gain[c] > gain[to] + GAIN)
            to = c;
    return to;
}

static void move_nodes(const double *affinity, int n, int *label, double *gain) {
    for (int sweep = 0, moved = 1; sweep < SWEEPS && moved; sweep++) {
        moved = 0;
        for (int i = 0; i < n; i++) {
            int to = best_cluster(affinity + (size_t)i * (size_t)n, n, i, label, gain);
            moved += to != label[i];
            label[i] = to;
        }
    }
}

static int renumber(int *label, int n, int *number) {
    int count = 0;
    for (int i = 0; i < n; i++)
        number[i] = -1;
    for (int i = 0; i < n; i++) {
        if (number[label[i]] < 0)
            number[label[i]] = count++;
        label[i] = number[label[i]];
    }
    return count;
}

rig_status rig_cluster(const double *affinity, int n, int *label, int *n_clusters, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    size_t count = (size_t)n * (size_t)n;
    double *W = RIG_NEW(scratch, double, count), *gain = RIG_NEW(scratch, double, n);
    int *number = RIG_NEW(scratch, int, n);
    if (!W || !gain || !number)
        return rig_fail_memory(err, "clusters");
    if (n > 0)
        memcpy(W, affinity, count * sizeof *W);
    contract(&(contraction){W, n, label, number});
    move_nodes(affinity, n, label, gain);
    *n_clusters = renumber(label, n, number);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
