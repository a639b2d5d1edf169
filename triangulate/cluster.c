#include "triangulate/cluster.h"

#include <string.h>

enum { SWEEPS = 4 };

static const double GAIN = 1e-9; // a move must gain more, so that rounding does not move nodes for ever

// Join the two clusters with the largest affinity until none is positive. W is n x n, consumed.
static void contract(double *W, int n, int *label) {
    for (int i = 0; i < n; i++)
        label[i] = i;
    for (;;) {
        int a = -1, b = -1;
        double best = 0;
        for (int i = 0; i < n; i++)
            for (int j = i + 1; label[i] == i && j < n; j++)
                if (label[j] == j && W[i * n + j] > best)
                    best = W[i * n + j], a = i, b = j;
        if (a < 0)
            return;
        for (int k = 0; k < n; k++) {
            W[a * n + k] += W[b * n + k];
            W[k * n + a] = W[a * n + k];
            if (label[k] == b)
                label[k] = a;
        }
    }
}

// Move each node to the cluster where it gains most, or to one of its own.
static void move_nodes(const double *affinity, int n, int *label, double *gain) {
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        int moved = 0;
        for (int i = 0; i < n; i++) {
            memset(gain, 0, (size_t)(n + 1) * sizeof *gain);
            int empty = 0;
            for (int k = 0; k < n; k++)
                if (k != i)
                    gain[label[k]] += affinity[i * n + k];
            for (int c = 0; c < n; c++) {
                int used = 0;
                for (int k = 0; k < n && !used; k++)
                    used = k != i && label[k] == c;
                if (!used)
                    empty = c;
            }
            int to = label[i];
            double best = gain[to];
            if (best < -GAIN)
                to = empty, best = 0;
            for (int c = 0; c < n; c++)
                if (gain[c] > best + GAIN)
                    best = gain[c], to = c;
            moved += to != label[i];
            label[i] = to;
        }
        if (!moved)
            return;
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
    double *W = RIG_NEW(scratch, double, count), *gain = RIG_NEW(scratch, double, n + 1);
    int *number = RIG_NEW(scratch, int, n);
    if (!W || !gain || !number)
        return rig_fail_memory(err, "clusters");
    if (n > 0)
        memcpy(W, affinity, count * sizeof *W);
    contract(W, n, label);
    move_nodes(affinity, n, label, gain);
    *n_clusters = renumber(label, n, number);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
