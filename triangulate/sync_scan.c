#include "triangulate/sync_scan.h"

#include "core/median.h"
#include "triangulate/sync_look.h"

#include <stdlib.h>
#include <string.h>

enum {
    LAG_NODES = 2,
    SAMPLES_FIRST = 90, // moments of the first look at a shift where the geometry is known
    SAMPLES_KNOWN = 300,
    SAMPLES_FREE = 120,
    JOINTS_LEAST = 5,
    TRACKS_MOST = 6,
    LAGS_LEAST = 20,
    LAGS_CHANCE = 200, // shifts that tell chance
    LAGS_A_PEAK = 48,  // one shift of so many is looked at closely, with its neighbours
    PEAKS_LEAST = 40   // but so many at least
};
// Moments are an odd number of nodes apart, so that they lie everywhere between two frames at the usual rates: at one
// place between them a curve's errors of position and velocity go together, which moves the shift.
enum { STRIDE_LEAST = 3 };
static const double SECONDS_LEAST = 0.6;    // people in both views; and
static const double SPEED_LEAST = 0.15;     // of a person who moves, in heights a second
static const double EXCESS_ENOUGH = 3;      // no other people need to be tried
static const double SECONDS_FREE_LEAST = 4; // where the geometry is to be found from them as well

typedef struct lag_share {
    double share, seconds, F[9];
} lag_share;

typedef struct scan {
    const rig_sync_people *a, *b;
    int first_lag, n_lags; // in steps of LAG_NODES nodes
    lag_share *lags;       // seconds 0: nobody in common, or not looked at closely
    double *scores;        // of the first look at each shift, higher is better; below 0: nobody in common
    double *sorted;        // workspace
    bool *peak;            // shifts to look at closely
} scan;

double rig_sync_excess(double share, double chance, double seconds) {
    return fmax(0, share - chance) / fmax(0.1, 1 - chance) * sqrt(seconds);
}

double rig_sync_fit(const double F[9], const rig_sync_joint *a, const rig_sync_joint *b, int n_joints) {
    double sum = 0;
    int n = 0;
    for (int j = 0; j < n_joints; j++) {
        if (!a[j].known || !b[j].known)
            continue;
        const double x = (double)a[j].n[0], y = (double)a[j].n[1], u = (double)b[j].n[0], v = (double)b[j].n[1];
        const double l0 = F[0] * x + F[1] * y + F[2], l1 = F[3] * x + F[4] * y + F[5];
        const double m0 = F[0] * u + F[3] * v + F[6], m1 = F[1] * u + F[4] * v + F[7];
        const double g2 = (l0 * l0 + l1 * l1 + m0 * m0 + m1 * m1) * (RIG_SYNC_NEAR * RIG_SYNC_NEAR);
        const double r = u * l0 + v * l1 + F[6] * x + F[7] * y + F[8], r2 = r * r;
        sum += r2 < g2 ? 1 - r2 / g2 : 0;
        n++;
    }
    return n >= rig_joints_needed(n_joints, JOINTS_LEAST) ? sum / n : -1;
}

// Whether a person moves: someone who stands or sits fits at every shift.
static bool moves(const rig_sync_joint *joints, int n) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY}, speed = 0;
    int known = 0;
    for (int j = 0; j < n; j++) {
        for (int c = 0; c < 2 && joints[j].known; c++) {
            low[c] = fmin(low[c], (double)joints[j].n[c]);
            high[c] = fmax(high[c], (double)joints[j].n[c]);
        }
        const double v[2] = {(double)joints[j].v[0], (double)joints[j].v[1]};
        speed += joints[j].known ? sqrt(v[0] * v[0] + v[1] * v[1]) : 0;
        known += joints[j].known;
    }
    const double size = rig_joints_are_points(n) ? RIG_SYNC_POINT_SIZE : hypot(high[0] - low[0], high[1] - low[1]);
    return known >= rig_joints_needed(n, JOINTS_LEAST) && speed / known > SPEED_LEAST * size;
}

rig_status rig_sync_samples_make(const rig_sync_people *people, int track, int most, rig_sync_samples *samples,
                                 rig_arena *out, rig_err *err) {
    long nodes = 0;
    for (int i = 0; i < people->n_tracks; i++)
        nodes += track < 0 || track == i ? people->tracks[i].n_nodes : 0;
    const int stride = (int)fmax(STRIDE_LEAST, ceil((double)nodes / most)) | 1;
    *samples = (rig_sync_samples){.spacing_s = stride * RIG_SYNC_STEP_S};
    samples->of = RIG_NEW(out, rig_sync_sample, nodes / stride + people->n_tracks);
    if (!samples->of)
        return rig_fail_memory(err, "moments");
    const int first = (int)floor(people->first_s / RIG_SYNC_STEP_S), last = (int)ceil(people->last_s / RIG_SYNC_STEP_S);
    for (int node = first - first % stride; node <= last; node += stride) {
        int n;
        const int *at = rig_sync_people_at(people, node * RIG_SYNC_STEP_S, &n);
        for (int i = 0; i < n; i++) {
            const rig_sync_track *t = &people->tracks[at[i]];
            const int k = node - t->first;
            if ((track >= 0 && track != at[i]) || k < 0 || k >= t->n_nodes)
                continue;
            const rig_sync_joint *joints = &t->nodes[(long)k * people->n_joints];
            if (moves(joints, people->n_joints))
                samples->of[samples->n++] = (rig_sync_sample){node, at[i], joints};
        }
    }
    return RIG_OK;
}

// Of each moment the person counts who fits best: others may be seen by one view alone.
static lag_share share_known(const scan *s, const rig_sync_samples *samples, int lag, const double F[9]) {
    lag_share made = {.share = 0};
    int n = 0;
    for (int i = 0; i < samples->n;) {
        const int at = samples->of[i].node, node = at - lag;
        double best = -1;
        int n_tracks;
        const int *tracks = rig_sync_people_at(s->b, node * RIG_SYNC_STEP_S, &n_tracks);
        for (; i < samples->n && samples->of[i].node == at; i++)
            for (int k = 0; k < n_tracks; k++) {
                const rig_sync_joint *joints = rig_sync_joints_at(s->b, tracks[k], node);
                best = joints ? fmax(best, rig_sync_fit(F, samples->of[i].joints, joints, s->a->n_joints)) : best;
            }
        made.share += fmax(0, best);
        n += best >= 0;
    }
    memcpy(made.F, F, sizeof made.F);
    made.share = n ? made.share / n : 0;
    made.seconds = n * samples->spacing_s;
    return made;
}

// The middle of a track's points and the scale that makes them of the order of 1.
static void extent(const rig_sync_people *people, int track, double centre[2], double *scale) {
    const rig_sync_track *t = &people->tracks[track];
    double sum[2] = {0}, squares = 0;
    long n = 0;
    for (long i = 0; i < (long)t->n_nodes * people->n_joints; i++)
        for (int c = 0; c < 2 && t->nodes[i].known; c++) {
            sum[c] += (double)t->nodes[i].n[c];
            squares += (double)t->nodes[i].n[c] * (double)t->nodes[i].n[c];
            n += c;
        }
    centre[0] = n ? sum[0] / (double)n : 0, centre[1] = n ? sum[1] / (double)n : 0;
    const double variance = n ? squares / (double)n - centre[0] * centre[0] - centre[1] * centre[1] : 1;
    *scale = sqrt(2 / fmax(variance, 1e-12));
}

// Add a person's joints at a moment to the sums, every third of them in turn; F not NULL: less, the farther they are
// from it.
static void joints_add(rig_eight_point *sums, const rig_sync_joint *p, const rig_sync_joint *q, int first, int n_joints,
                       const double *F) {
    const int step = rig_sync_joints_step(n_joints);
    for (int j = first % step; j < n_joints; j += step) {
        if (!p[j].known || !q[j].known)
            continue;
        const double a[2] = {(double)p[j].n[0], (double)p[j].n[1]}, b[2] = {(double)q[j].n[0], (double)q[j].n[1]};
        const double d = F ? rig_sampson_distance(F, a, b) / RIG_SYNC_NEAR : 0;
        rig_eight_point_add(sums, a, b, 1 / (1 + d * d));
    }
}

// The geometry of one person at a shift: fitted to all joints, then to those that meet it; and how many do.
static lag_share share_free(const scan *s, const rig_sync_samples *samples, int track, int lag,
                            const rig_eight_point *empty) {
    lag_share made = {.share = 0};
    double total = 0;
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
        rig_eight_point sums = *empty;
        n = 0;
        for (int i = 0; i < samples->n; i++) {
            const rig_sync_joint *joints = rig_sync_joints_at(s->b, track, samples->of[i].node - lag);
            if (joints)
                joints_add(&sums, samples->of[i].joints, joints, i % RIG_SYNC_JOINTS_STEP, s->a->n_joints,
                           pass ? made.F : NULL);
            n += joints != NULL;
        }
        if (n * samples->spacing_s < SECONDS_FREE_LEAST || !rig_eight_point_solve(&sums, made.F))
            return (lag_share){.share = 0};
    }
    n = 0;
    for (int i = 0; i < samples->n; i++) {
        const rig_sync_joint *joints = rig_sync_joints_at(s->b, track, samples->of[i].node - lag);
        const double fit = joints ? rig_sync_fit(made.F, samples->of[i].joints, joints, s->a->n_joints) : -1;
        total += fmax(0, fit);
        n += fit >= 0;
    }
    made.seconds = n * samples->spacing_s;
    made.share = n ? total / n : 0;
    return made;
}

// --- what stands out -------------------------------------------------------------------------------------------------

static int by_size(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static bool is_peak(const scan *s, int l) {
    const double at = s->scores[l];
    return at > 0 && (l == 0 || at >= s->scores[l - 1]) && (l + 1 == s->n_lags || at > s->scores[l + 1]);
}

// By the first look: the shifts that stand out among their neighbours, the best of them, and those neighbours.
static void peaks_choose(scan *s) {
    const int most = (int)fmax(PEAKS_LEAST, s->n_lags / LAGS_A_PEAK);
    int n = 0;
    for (int l = 0; l < s->n_lags; l++)
        if (is_peak(s, l))
            s->sorted[n++] = s->scores[l];
    qsort(s->sorted, (size_t)n, sizeof *s->sorted, by_size);
    memset(s->peak, 0, sizeof *s->peak * (size_t)s->n_lags);
    for (int l = 0; l < s->n_lags; l++)
        if (is_peak(s, l) && (n <= most || s->scores[l] >= s->sorted[most - 1]))
            s->peak[l > 0 ? l - 1 : 0] = s->peak[l] = s->peak[l + 1 < s->n_lags ? l + 1 : l] = true;
}

// Between the shifts that tell chance.
static int chance_stride(const scan *s) {
    return s->n_lags > LAGS_CHANCE ? s->n_lags / LAGS_CHANCE : 1;
}

// Which shifts need a close look: those that stand out, and an even choice of all, which tells chance.
static bool is_chosen(const scan *s, int l) {
    return s->peak[l] || l % chance_stride(s) == 0;
}

// The median share of an even choice of shifts, of those that have one.
static double chance_of(const scan *s, int stride) {
    int n = 0;
    for (int l = 0; l < s->n_lags; l += stride)
        if (s->lags[l].seconds >= SECONDS_LEAST)
            s->sorted[n++] = s->lags[l].share;
    return n >= LAGS_LEAST ? rig_median(s->sorted, n) : 0;
}

static void candidate_add(rig_sync_candidates *c, const rig_sync_candidate *added) {
    int at = 0, twin = -1;
    for (int i = 0; i < c->n; i++)
        if (fabs(c->of[i].shift_s - added->shift_s) < RIG_SYNC_APART_S)
            twin = i;
    if (twin >= 0 && c->of[twin].excess >= added->excess)
        return;
    if (twin >= 0)
        memmove(&c->of[twin], &c->of[twin + 1], (size_t)(--c->n - twin) * sizeof *c->of);
    while (at < c->n && c->of[at].excess >= added->excess)
        at++;
    if (at == RIG_SYNC_CANDIDATES)
        return;
    c->n -= c->n == RIG_SYNC_CANDIDATES;
    memmove(&c->of[at + 1], &c->of[at], (size_t)(c->n++ - at) * sizeof *c->of);
    c->of[at] = *added;
}

static void candidates_take(const scan *s, double chance, rig_sync_candidates *candidates) {
    for (int i = 0; i < s->n_lags; i++) {
        const lag_share *lag = &s->lags[i];
        candidates->seconds = fmax(candidates->seconds, lag->seconds);
        if (lag->seconds < SECONDS_LEAST)
            continue;
        rig_sync_candidate one = {.shift_s = (s->first_lag + i) * LAG_NODES * RIG_SYNC_STEP_S,
                                  .excess = rig_sync_excess(lag->share, chance, lag->seconds),
                                  .share = lag->share,
                                  .seconds = lag->seconds};
        memcpy(one.F, lag->F, sizeof one.F);
        candidate_add(candidates, &one);
    }
}

// The tracks that go farthest, at most TRACKS_MOST.
static int farthest(const rig_sync_people *people, int tracks[TRACKS_MOST]) {
    int n = 0;
    for (int i = 0; i < people->n_tracks; i++) {
        int at = n;
        while (at > 0 && people->tracks[tracks[at - 1]].path < people->tracks[i].path)
            at--;
        if (at == TRACKS_MOST)
            continue;
        n -= n == TRACKS_MOST;
        memmove(&tracks[at + 1], &tracks[at], (size_t)(n++ - at) * sizeof *tracks);
        tracks[at] = i;
    }
    return n;
}

// The shifts of one person of each view.
static rig_status scan_tracks(scan *s, int of_a, int of_b, rig_sync_candidates *candidates, rig_arena *scratch,
                              rig_err *err) {
    rig_sync_samples samples;
    rig_eight_point empty = {.moments = {0}};
    RIG_TRY(rig_sync_samples_make(s->a, of_a, SAMPLES_FREE, &samples, scratch, err));
    extent(s->a, of_a, empty.centre[0], &empty.scale[0]);
    extent(s->b, of_b, empty.centre[1], &empty.scale[1]);
    const rig_sync_look look = {s->b, of_b, s->first_lag, s->n_lags, LAG_NODES, SECONDS_FREE_LEAST};
    RIG_TRY(rig_sync_look_free(&look, &samples, s->a->n_joints, &empty, s->scores, scratch, err));
    peaks_choose(s);
    for (int l = 0; l < s->n_lags; l++)
        s->lags[l] = is_chosen(s, l) ? share_free(s, &samples, of_b, (s->first_lag + l) * LAG_NODES, &empty)
                                     : (lag_share){.share = 0};
    const double chance = chance_of(s, chance_stride(s));
    candidates->chance = fmax(candidates->chance, chance);
    candidates_take(s, chance, candidates);
    return RIG_OK;
}

// Of each view's people, who may be followed in pieces, those who go farthest first, until a shift stands out.
static rig_status scan_free(scan *s, rig_sync_candidates *candidates, rig_arena *scratch, rig_err *err) {
    int of_a[TRACKS_MOST], of_b[TRACKS_MOST];
    const int n_a = farthest(s->a, of_a), n_b = farthest(s->b, of_b);
    for (int rank = 0; rank < n_a + n_b - 1; rank++)
        for (int i = 0; i < n_a; i++) {
            const int k = rank - i;
            const rig_arena_mark mark = rig_arena_tell(scratch);
            if (k < 0 || k >= n_b || (candidates->n > 0 && candidates->of[0].excess >= EXCESS_ENOUGH))
                continue;
            RIG_TRY(scan_tracks(s, of_a[i], of_b[k], candidates, scratch, err));
            rig_arena_rewind(scratch, mark);
        }
    return RIG_OK;
}

static rig_status scan_known(scan *s, const double *F, rig_sync_candidates *candidates, rig_arena *scratch,
                             rig_err *err) {
    rig_sync_samples first, samples;
    RIG_TRY(rig_sync_samples_make(s->a, -1, SAMPLES_FIRST, &first, scratch, err));
    RIG_TRY(rig_sync_samples_make(s->a, -1, SAMPLES_KNOWN, &samples, scratch, err));
    for (int l = 0; l < s->n_lags; l++)
        s->lags[l] = share_known(s, &first, (s->first_lag + l) * LAG_NODES, F);
    const double usual = chance_of(s, 1);
    for (int l = 0; l < s->n_lags; l++)
        s->scores[l] = s->lags[l].seconds > 0 ? rig_sync_excess(s->lags[l].share, usual, s->lags[l].seconds) : -1;
    peaks_choose(s);
    for (int l = 0; l < s->n_lags; l++)
        s->lags[l] =
            is_chosen(s, l) ? share_known(s, &samples, (s->first_lag + l) * LAG_NODES, F) : (lag_share){.share = 0};
    candidates->chance = chance_of(s, chance_stride(s));
    candidates_take(s, candidates->chance, candidates);
    return RIG_OK;
}

rig_status rig_sync_scan(const rig_sync_view *a, const rig_sync_view *b, double search_s, const double *F,
                         rig_sync_candidates *candidates, rig_arena *scratch, rig_err *err) {
    const rig_sync_people *p = &a->people, *q = &b->people;
    const double step = LAG_NODES * RIG_SYNC_STEP_S;
    const double low = fmax(-search_s, p->first_s - q->last_s), high = fmin(search_s, p->last_s - q->first_s);
    scan s = {.a = p, .b = q, .first_lag = (int)ceil(low / step)};
    *candidates = (rig_sync_candidates){.n = 0};
    s.n_lags = (int)fmax(0, floor(high / step) - s.first_lag + 1);
    candidates->n_lags = s.n_lags;
    s.lags = RIG_NEW(scratch, lag_share, s.n_lags);
    s.scores = RIG_NEW(scratch, double, s.n_lags);
    s.sorted = RIG_NEW(scratch, double, s.n_lags);
    s.peak = RIG_NEW(scratch, bool, s.n_lags);
    if (!s.lags || !s.scores || !s.sorted || !s.peak)
        return rig_fail_memory(err, "shifts");
    return F ? scan_known(&s, F, candidates, scratch, err) : scan_free(&s, candidates, scratch, err);
}
