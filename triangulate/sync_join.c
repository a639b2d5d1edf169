#include "core/linalg.h"
#include "triangulate/sync.h"

#include <string.h>

static const double SIGMA_LEAST_S = 0.0005;         // of a pair's shift: what models leave out
static const double SIGMA_DRIFT_LEAST = 1e-6;       // and of its drift
static const double CONTRADICTED_SIGMAS = 6;        // a pair that is farther from the others than this, and
static const double CONTRADICTED_FRAMES = 0.5;      // than this, contradicts them
static const double DRIFT_USUAL = 50e-6;            // of a view's clock against the rig's, one standard deviation
static const double DRIFT_TOLD = 0.8;               // of that: a drift that is less sure is not told by the people
static const double AS_GOOD = 2, AS_GOOD_MORE = 20; // chi-square: another pair may as well be the wrong one
enum { TRIED_MOST = 8 };

typedef struct network {
    const rig_sync_view *views;
    int n_views, n_pairs;
    rig_sync_pair *pairs;
    rig_sync_clock *clocks;
    int *group; // of each view; 0: that of the rig's clock
    double *H, *g;
    bool *left_out; // pairs, on trial
} network;

static bool in_use(const network *w, int i) {
    return w->pairs[i].refusal == RIG_SYNC_KNOWN && !w->pairs[i].dropped && !w->left_out[i];
}

// Views that pairs join have one number, the least of them; views that are held likewise.
static void groups_make(const network *w, int *group) {
    int held = -1;
    for (int v = 0; v < w->n_views; v++) {
        held = held < 0 && w->clocks[v].held ? v : held;
        group[v] = w->clocks[v].held ? held : v;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < w->n_pairs; i++) {
            const rig_sync_pair *p = &w->pairs[i];
            if (!in_use(w, i) || group[p->a] == group[p->b])
                continue;
            const int low = group[p->a] < group[p->b] ? group[p->a] : group[p->b];
            const int high = group[p->a] + group[p->b] - low;
            for (int v = 0; v < w->n_views; v++)
                group[v] = group[v] == high ? low : group[v];
            changed = true;
        }
    }
}

// The rig's clock: that of the views that are held, or else of the first of the largest group.
static int reference_choose(network *w) {
    int best = -1, most = 0;
    for (int v = 0; v < w->n_views; v++)
        if (w->clocks[v].held)
            return w->group[v];
    for (int v = 0; v < w->n_views; v++) {
        int n = 0;
        for (int k = 0; k < w->n_views; k++)
            n += w->group[k] == v;
        if (n > most)
            most = n, best = v;
    }
    return best;
}

// What a pair measured less what the views' clocks say: of the shift and of the drift.
static void residuals(const network *w, const rig_sync_pair *p, double r[2], double sigma[2]) {
    const rig_sync_clock *a = &w->clocks[p->a], *b = &w->clocks[p->b];
    const rig_sync_clocks *c = &p->clocks;
    r[0] = c->shift_s - (b->offset_s - a->offset_s + (c->centre_s - c->shift_s) * b->drift - c->centre_s * a->drift);
    r[1] = c->sigma_drift > 0 ? c->drift - (b->drift - a->drift) : 0;
    sigma[0] = hypot(c->sigma_shift_s, SIGMA_LEAST_S);
    sigma[1] = hypot(c->sigma_drift, SIGMA_DRIFT_LEAST);
}

static void row_add(const network *w, const int at[4], const double J[4], double r, double sigma) {
    const int n = 2 * w->n_views;
    for (int i = 0; i < 4; i++) {
        w->g[at[i]] += J[i] * r / (sigma * sigma);
        for (int k = 0; k < 4; k++)
            if (at[k] <= at[i])
                w->H[n * at[i] + at[k]] += J[i] * J[k] / (sigma * sigma);
    }
}

// The clocks of the group of `reference` by least squares; chi-square of its pairs.
static double solve(network *w, int reference) {
    const int n = 2 * w->n_views;
    bool *fixed = w->left_out + w->n_pairs;
    double chi2 = 0;
    memset(w->H, 0, sizeof *w->H * (size_t)(n * n));
    memset(w->g, 0, sizeof *w->g * (size_t)n);
    for (int v = 0; v < w->n_views; v++) {
        rig_sync_clock *c = &w->clocks[v];
        const bool outside = w->group[v] != reference;
        fixed[2 * v] = fixed[2 * v + 1] = c->held || outside;
        if (!c->held)
            c->offset_s = c->drift = 0;
    }
    for (int i = 0; i < w->n_pairs; i++) {
        const rig_sync_pair *p = &w->pairs[i];
        if (!in_use(w, i) || w->group[p->a] != reference)
            continue;
        const rig_sync_clocks *c = &p->clocks;
        const int at[4] = {2 * p->a, 2 * p->a + 1, 2 * p->b, 2 * p->b + 1};
        double r[2], sigma[2];
        residuals(w, p, r, sigma);
        row_add(w, at, (double[]){-1, -c->centre_s, 1, c->centre_s - c->shift_s}, r[0], sigma[0]);
        if (c->sigma_drift > 0)
            row_add(w, at, (double[]){0, -1, 0, 1}, r[1], sigma[1]);
    }
    for (int v = 0; v < w->n_views; v++)
        w->H[(n + 1) * (2 * v + 1)] += 1 / (DRIFT_USUAL * DRIFT_USUAL);
    for (int i = 0; i < n; i++) { // scaled so that seconds and drifts are of one order
        for (int k = 0; k < n; k++)
            w->H[n * i + k] *= fixed[i] || fixed[k] ? 0 : (i % 2 ? 1e-4 : 1) * (k % 2 ? 1e-4 : 1);
        w->g[i] *= fixed[i] ? 0 : i % 2 ? 1e-4 : 1;
        w->H[n * i + i] += fixed[i] ? 1 : 0;
    }
    if (!rig_cholesky(w->H, n))
        return INFINITY;
    rig_cholesky_solve(w->H, n, w->g, 1);
    for (int v = 0; v < w->n_views; v++) {
        w->clocks[v].offset_s += fixed[2 * v] ? 0 : w->g[2 * v];
        w->clocks[v].drift += fixed[2 * v + 1] ? 0 : 1e-4 * w->g[2 * v + 1];
    }
    for (int i = 0; i < w->n_pairs; i++) {
        double r[2], sigma[2];
        if (!in_use(w, i) || w->group[w->pairs[i].a] != reference)
            continue;
        residuals(w, &w->pairs[i], r, sigma);
        chi2 += r[0] * r[0] / (sigma[0] * sigma[0]) + r[1] * r[1] / (sigma[1] * sigma[1]);
    }
    return rig_cholesky_invert(w->H, n) ? chi2 : INFINITY;
}

// Group, choose the rig's clock and solve, without the pairs that are left out.
static double join(network *w, int *reference) {
    bool chosen = false;
    for (int v = 0; v < w->n_views; v++) {
        w->clocks[v].held = w->views[v].held;
        w->clocks[v].offset_s = w->views[v].held ? w->views[v].offset_s : 0;
        w->clocks[v].drift = 0;
        chosen = chosen || w->views[v].held;
    }
    groups_make(w, w->group);
    *reference = reference_choose(w);
    if (!chosen)
        w->clocks[*reference].held = true;
    return solve(w, *reference);
}

// How far a pair is from the others, in standard deviations; 0 where within what is allowed.
static double contradiction(const network *w, int i, int reference) {
    const rig_sync_pair *p = &w->pairs[i];
    double r[2], sigma[2];
    if (!in_use(w, i) || w->group[p->a] != reference)
        return 0;
    residuals(w, p, r, sigma);
    const double sigmas = fabs(r[0]) / sigma[0];
    return fabs(r[0]) > CONTRADICTED_FRAMES * w->views[p->b].frame_s && sigmas > CONTRADICTED_SIGMAS ? sigmas : 0;
}

// Leave out the pair without which the others agree best, and all without which they would agree as well.
static bool worst_drop(network *w, int reference) {
    int tried[TRIED_MOST], n = 0, at;
    double sigmas[TRIED_MOST], chi2[TRIED_MOST], best = INFINITY;
    bool contradicted = false;
    for (int i = 0; i < w->n_pairs; i++) { // by size of the residual in standard deviations
        double r[2], sigma[2];
        if (!in_use(w, i) || w->group[w->pairs[i].a] != reference)
            continue;
        contradicted = contradicted || contradiction(w, i, reference) > 0;
        residuals(w, &w->pairs[i], r, sigma);
        const double size = fabs(r[0]) / sigma[0];
        for (at = n; at > 0 && sigmas[at - 1] < size; at--)
            ;
        if (at == TRIED_MOST)
            continue;
        n -= n == TRIED_MOST;
        memmove(&tried[at + 1], &tried[at], (size_t)(n - at) * sizeof *tried);
        memmove(&sigmas[at + 1], &sigmas[at], (size_t)(n++ - at) * sizeof *sigmas);
        tried[at] = i, sigmas[at] = size;
    }
    if (!contradicted)
        return false;
    for (int k = 0; k < n; k++) {
        int without;
        w->left_out[tried[k]] = true;
        chi2[k] = join(w, &without);
        w->left_out[tried[k]] = false;
        best = fmin(best, chi2[k]);
    }
    for (int k = 0; k < n; k++)
        w->pairs[tried[k]].dropped = chi2[k] <= AS_GOOD * best + AS_GOOD_MORE;
    return true;
}

// What most speaks against a view that no pair joins to the others.
static rig_sync_refusal reason(const network *w, int v) {
    int count[RIG_SYNC_REFUSALS] = {0};
    rig_sync_refusal most = RIG_SYNC_OVERLAP;
    if (w->views[v].last_s == w->views[v].first_s)
        return RIG_SYNC_NOBODY;
    for (int i = 0; i < w->n_pairs; i++) {
        const rig_sync_pair *p = &w->pairs[i];
        if (p->a == v || p->b == v)
            count[p->refusal == RIG_SYNC_KNOWN ? RIG_SYNC_CONTRADICTED : p->refusal]++;
    }
    count[RIG_SYNC_NOBODY] = count[RIG_SYNC_SILENT] = count[RIG_SYNC_UNSTAMPED] = 0; // those are the other view's
    for (int r = 1; r < RIG_SYNC_REFUSALS; r++)
        most = count[r] > count[most] ? (rig_sync_refusal)r : most;
    return most;
}

static double sigma_at(const network *w, int v, double t_s) {
    const int n = 2 * w->n_views, at = 2 * v;
    const double *H = w->H;
    return sqrt(H[n * at + at] + 2e-4 * t_s * H[n * at + at + 1] + 1e-8 * t_s * t_s * H[n * (at + 1) + at + 1]);
}

// The largest sigma of a view's clock while it and another view see people: at either end of that time.
static double sigma_largest(const network *w, int v) {
    const rig_sync_clock *c = &w->clocks[v];
    const rig_sync_view *view = &w->views[v];
    double first = INFINITY, last = -INFINITY;
    for (int k = 0; k < w->n_views; k++) {
        if (k == v || w->group[k] != w->group[v])
            continue;
        const rig_sync_clock *other = &w->clocks[k];
        first = fmin(first, other->offset_s + w->views[k].first_s);
        last = fmax(last, other->offset_s + w->views[k].last_s);
    }
    return fmax(sigma_at(w, v, fmax(view->first_s, first - c->offset_s)),
                sigma_at(w, v, fmin(view->last_s, last - c->offset_s)));
}

rig_status rig_sync_join(const rig_sync_view *views, int n_views, rig_sync_pair *pairs, int n_pairs, double sigma_most,
                         rig_sync_clock *clocks, rig_arena *scratch, rig_err *err) {
    const rig_arena_mark mark = rig_arena_tell(scratch);
    const int n = 2 * n_views;
    network w = {views,
                 n_views,
                 n_pairs,
                 pairs,
                 clocks,
                 RIG_NEW(scratch, int, n),
                 RIG_NEW(scratch, double, n *n),
                 RIG_NEW(scratch, double, n),
                 RIG_NEW(scratch, bool, n_pairs + n)};
    int reference = 0;
    if (!w.group || !w.H || !w.g || !w.left_out) {
        rig_arena_rewind(scratch, mark);
        return rig_fail_memory(err, "clocks");
    }
    for (int v = 0; v < n_views; v++)
        clocks[v] = (rig_sync_clock){.held = false};
    join(&w, &reference);
    while (worst_drop(&w, reference))
        join(&w, &reference);
    for (int v = 0; v < n_views; v++) {
        rig_sync_clock *c = &clocks[v];
        bool joined = false; // to another view
        for (int k = 0; k < n_views; k++)
            joined = joined || (k != v && w.group[k] == w.group[v] && w.group[v] == reference);
        c->refusal = views[v].held || joined ? RIG_SYNC_KNOWN : reason(&w, v);
        c->held = c->drift_known = c->held && c->refusal == RIG_SYNC_KNOWN;
        if (c->held || c->refusal != RIG_SYNC_KNOWN)
            continue;
        c->sigma_s = sigma_largest(&w, v);
        c->sigma_drift = 1e-4 * sqrt(w.H[(n + 1) * (2 * v + 1)]);
        c->drift_known = c->sigma_drift < DRIFT_TOLD * DRIFT_USUAL;
        if (c->sigma_s > sigma_most * views[v].frame_s)
            c->refusal = RIG_SYNC_OVERLAP;
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
