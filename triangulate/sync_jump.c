#include "triangulate/sync_jump.h"

#include "core/linalg.h"

#include <math.h>

static const double WINDOW_S = 1;   // whose shift is one measurement
static const double SIGMAS = 6;     // a jump stands out from
static const double END_S = 5;      // a jump nearer to an end is told from nothing
static const double TRUSTED = 0.05; // of the usual weight, that a window needs

typedef struct window {
    double t_s, left_s, weight; // left_s: of the shift, beside the clocks
} window;

// What each second says of the shift.
static int windows_make(const rig_sync_match *matches, int n, double sigma, const double F[9],
                        const rig_sync_clocks *clocks, window *made) {
    int count = 0;
    double total = 0;
    for (int from = 0, to; from < n; from = to) {
        double g = 0, h = 0, t = 0;
        const double end = (floor(matches[from].t_s / WINDOW_S) + 1) * WINDOW_S;
        for (to = from; to < n && matches[to].t_s < end; to++) {
            double x, slope;
            if (!rig_sync_slope_of(&matches[to], F, &x, &slope))
                continue;
            const double w = 1 / (1 + x * x / (sigma * sigma));
            g += w * slope * x, h += w * slope * slope, t += w * slope * slope * (matches[to].t_s - clocks->centre_s);
        }
        if (h > 0)
            made[count++] = (window){t / h, -g / h, h};
        total += h;
    }
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (made[i].weight > TRUSTED * total / count)
            made[kept++] = made[i];
    return kept;
}

// The jump before window `at`, in a line with a jump there; its standard deviation by what the line leaves.
static bool jump_at(const window *w, int n, int at, double *size, double *sigma) {
    double H[9] = {0}, g[3] = {0}, rest = 0;
    for (int i = 0; i < n; i++) {
        const double J[3] = {1, w[i].t_s, i >= at};
        for (int r = 0; r < 3; r++) {
            g[r] += w[i].weight * J[r] * w[i].left_s;
            for (int c = 0; c <= r; c++)
                H[3 * r + c] += w[i].weight * J[r] * J[c];
        }
    }
    if (!rig_cholesky(H, 3))
        return false;
    rig_cholesky_solve(H, 3, g, 1);
    for (int i = 0; i < n; i++) {
        const double r = w[i].left_s - g[0] - g[1] * w[i].t_s - (i >= at ? g[2] : 0);
        rest += w[i].weight * r * r;
    }
    if (!rig_cholesky_invert(H, 3))
        return false;
    *size = g[2];
    *sigma = sqrt(H[8] * rest / (n - 3));
    return true;
}

rig_status rig_sync_jump_find(const rig_sync_match *matches, int n, double sigma, const double F[9],
                              const rig_sync_clocks *clocks, double least_s, rig_sync_jump *jump, rig_arena *scratch,
                              rig_err *err) {
    *jump = (rig_sync_jump){.found = false};
    const double length_s = n > 0 ? matches[n - 1].t_s - matches[0].t_s : 0;
    window *windows = RIG_NEW(scratch, window, (long)(length_s / WINDOW_S) + 2);
    double best = SIGMAS;
    if (!windows)
        return rig_fail_memory(err, "seconds");
    const int count = windows_make(matches, n, sigma, F, clocks, windows);
    for (int i = 1; i < count; i++) {
        double size, deviation;
        const bool inside = windows[i].t_s > windows[0].t_s + END_S && windows[i].t_s < windows[count - 1].t_s - END_S;
        if (!inside || !jump_at(windows, count, i, &size, &deviation) || !(fabs(size) > best * deviation))
            continue;
        best = fabs(size) / deviation;
        *jump = (rig_sync_jump){fabs(size) >= least_s, 0.5 * (windows[i - 1].t_s + windows[i].t_s) + clocks->centre_s,
                                size, deviation};
    }
    return RIG_OK;
}
