#include "triangulate/sync_sound.h"

#include "core/median.h"

#include <stdlib.h>
#include <string.h>

static const double QUIET = 0.1;         // of the median energy: below it nothing is a sound
static const double OVERLAP_LEAST_S = 4; // both record
static const double APART_S = 0.2;       // from the best shift: another one
static const double STANDS_OUT = 15;     // the best shift, in standard deviations of all: by chance it reaches 12
static const double RATIO_MOST = 0.75;   // the second best against the best
static const double WINDOW_S = 10;       // whose shift is found by itself
static const double REACH_S = 0.05;      // from the shift of all, or from the line so far
static const double AGREES = 0.2;        // the least correlation of a window
static const double SIGMA_LEAST_S = 0.0005;
static const double DRIFT_MOST = 1000e-6;
enum { STEPS_A_BIN = 20, SMOOTH = 2, RISE = 3, WINDOWS_MOST = 256, WINDOWS_LINE = 4, ROBUST_STEPS = 4 };

// Rises of the logarithm of `energy`, smoothed over 2 * smooth + 1 steps, within `rise` steps.
static void rises_make(const double *energy, int n, double quiet, int smooth, int rise, float *made) {
    double before[RISE] = {0};
    for (int i = 0; i < n; i++) {
        double sum = 0;
        int count = 0;
        for (int k = i - smooth; k <= i + smooth; k++)
            if (k >= 0 && k < n)
                sum += energy[k], count++;
        const double loud = log(sum / count + quiet);
        made[i] = (float)(i >= rise ? fmax(0, loud - before[i % rise]) : 0);
        before[i % rise] = loud;
    }
}

rig_status rig_sync_sound_make(const float *energy, int n, rig_sync_sound *sound, rig_arena *out, rig_err *err) {
    const int n_coarse = n / STEPS_A_BIN;
    double *fine = RIG_NEW(out, double, n), *coarse = RIG_NEW(out, double, n_coarse);
    *sound = (rig_sync_sound){.fine = RIG_NEW(out, float, n), .coarse = RIG_NEW(out, float, n_coarse)};
    if (!fine || !coarse || !sound->fine || !sound->coarse)
        return rig_fail_memory(err, "sound");
    for (int i = 0; i < n; i++)
        fine[i] = (double)energy[i];
    const double quiet = n > 0 ? QUIET * rig_median(fine, n) : 0;
    double loudest = 0;
    for (int i = 0; i < n; i++) {
        fine[i] = (double)energy[i], loudest = fmax(loudest, fine[i]);
        if (i / STEPS_A_BIN < n_coarse)
            coarse[i / STEPS_A_BIN] += fine[i] / STEPS_A_BIN;
    }
    if (loudest == 0)
        return RIG_OK;
    const double floor_energy = fmax(quiet, 1e-9 * loudest);
    rises_make(fine, n, floor_energy, SMOOTH, RISE, sound->fine);
    rises_make(coarse, n_coarse, floor_energy, 1, 1, sound->coarse);
    sound->n_fine = n, sound->n_coarse = n_coarse;
    return RIG_OK;
}

// The correlation of a's steps from..to with b's `lag` steps before.
static double correlation(const float *a, int from, int to, const float *b, int n_b, int lag, int *n) {
    double s_a = 0, s_b = 0, s_aa = 0, s_bb = 0, s_ab = 0;
    from = from - lag < 0 ? lag : from;
    to = to - lag > n_b ? n_b + lag : to;
    *n = to > from ? to - from : 0;
    for (int i = from; i < to; i++) {
        const double x = (double)a[i], y = (double)b[i - lag];
        s_a += x, s_b += y, s_aa += x * x, s_bb += y * y, s_ab += x * y;
    }
    const double v_a = s_aa - s_a * s_a / fmax(1, *n), v_b = s_bb - s_b * s_b / fmax(1, *n);
    return v_a > 0 && v_b > 0 ? (s_ab - s_a * s_b / *n) / sqrt(v_a * v_b) : 0;
}

// The best shift of all, in bins; the pair gets what speaks for it.
static rig_status coarse_find(const rig_sync_sound *a, const rig_sync_sound *b, double search_s, rig_sync_pair *pair,
                              int *best_lag, rig_arena *scratch, rig_err *err) {
    const int reach = (int)(search_s / RIG_SYNC_SOUND_COARSE_S),
              least = (int)(OVERLAP_LEAST_S / RIG_SYNC_SOUND_COARSE_S);
    const int low = -reach > least - b->n_coarse ? -reach : least - b->n_coarse;
    const int high = reach < a->n_coarse - least ? reach : a->n_coarse - least;
    const int n_lags = high >= low ? high - low + 1 : 0, apart = (int)(APART_S / RIG_SYNC_SOUND_COARSE_S);
    double *scores = RIG_NEW(scratch, double, 2 * (long)n_lags), *sizes = scores + n_lags, second = 0;
    int best = 0, n;
    if (!scores)
        return rig_fail_memory(err, "shifts");
    pair->refusal = RIG_SYNC_OVERLAP;
    if (n_lags == 0)
        return RIG_OK;
    for (int l = 0; l < n_lags; l++) {
        const double r = correlation(a->coarse, 0, a->n_coarse, b->coarse, b->n_coarse, low + l, &n);
        scores[l] = r * sqrt(n);
        sizes[l] = fabs(scores[l]);
        best = scores[l] > scores[best] ? l : best;
    }
    for (int l = 0; l < n_lags; l++)
        second = abs(l - best) > apart ? fmax(second, scores[l]) : second;
    for (int l = 0; l < n_lags && scores[best] > 0; l++)
        pair->second_s = scores[l] == second ? (low + l) * RIG_SYNC_SOUND_COARSE_S : pair->second_s;
    *best_lag = low + best;
    pair->share = correlation(a->coarse, 0, a->n_coarse, b->coarse, b->n_coarse, *best_lag, &n);
    pair->overlap_s = pair->length_s = n * RIG_SYNC_SOUND_COARSE_S;
    pair->ratio = scores[best] > 0 ? second / scores[best] : 0;
    const double usual = 1.4826 * rig_median(sizes, n_lags), top = scores[best];
    pair->refusal = top < STANDS_OUT * usual   ? RIG_SYNC_UNMATCHED
                    : pair->ratio > RATIO_MOST ? RIG_SYNC_PERIODIC
                                               : RIG_SYNC_KNOWN;
    return RIG_OK;
}

typedef struct sound_window {
    double t_s, shift_s, weight;
} sound_window;

// The shift of one window near `about`, to a fraction of a step. false: the sounds there do not agree.
static bool window_find(const rig_sync_sound *a, const rig_sync_sound *b, int from, int to, double about_s,
                        sound_window *made) {
    const int centre = (int)lround(about_s / RIG_SYNC_SOUND_FINE_S), reach = (int)(REACH_S / RIG_SYNC_SOUND_FINE_S);
    double best = AGREES;
    int at = 0, n;
    bool found = false;
    for (int lag = centre - reach; lag <= centre + reach; lag++) {
        const double r = correlation(a->fine, from, to, b->fine, b->n_fine, lag, &n);
        if (r > best)
            best = r, at = lag, found = true;
    }
    if (!found)
        return false;
    const double before = correlation(a->fine, from, to, b->fine, b->n_fine, at - 1, &n);
    const double after = correlation(a->fine, from, to, b->fine, b->n_fine, at + 1, &n);
    const double bend = before + after - 2 * best, part = bend < 0 ? 0.5 * (before - after) / bend : 0;
    *made = (sound_window){0.5 * (from + to) * RIG_SYNC_SOUND_FINE_S,
                           (at + fmax(-0.5, fmin(0.5, part))) * RIG_SYNC_SOUND_FINE_S, best * best};
    return true;
}

// The windows' line: the shift at their middle, and the drift where there are enough.
static bool line_fit(sound_window *w, int n, rig_sync_clocks *clocks) {
    double distance[WINDOWS_MOST], sorted[WINDOWS_MOST], scale = INFINITY;
    for (int step = 0; step < ROBUST_STEPS; step++) {
        double s = 0, s_t = 0, s_x = 0, s_tt = 0, s_tx = 0, s_rr = 0;
        int used = 0;
        for (int i = 0; i < n; i++) {
            const double k = step == 0 || distance[i] <= 3 * scale ? w[i].weight : 0;
            s += k, s_t += k * w[i].t_s, s_x += k * w[i].shift_s, used += k > 0;
        }
        if (used == 0)
            return false;
        clocks->centre_s = s_t / s;
        for (int i = 0; i < n; i++) {
            const double k = step == 0 || distance[i] <= 3 * scale ? w[i].weight : 0, t = w[i].t_s - clocks->centre_s;
            s_tt += k * t * t, s_tx += k * t * (w[i].shift_s - s_x / s);
        }
        clocks->shift_s = s_x / s;
        clocks->drift = used >= WINDOWS_LINE && s_tt > 0 ? s_tx / s_tt : 0;
        for (int i = 0; i < n; i++) {
            const double r = w[i].shift_s - clocks->shift_s - clocks->drift * (w[i].t_s - clocks->centre_s);
            const double k = step == 0 || distance[i] <= 3 * scale ? w[i].weight : 0;
            s_rr += k * r * r;
            sorted[i] = fabs(r);
        }
        memcpy(distance, sorted, sizeof *sorted * (size_t)n);
        scale = fmax(SIGMA_LEAST_S, 1.4826 * rig_median(sorted, n));
        const double variance = fmax(s_rr / s * used / fmax(1, used - 2), SIGMA_LEAST_S * SIGMA_LEAST_S);
        clocks->sigma_shift_s = sqrt(variance / used);
        clocks->sigma_drift = used >= WINDOWS_LINE && s_tt > 0 ? sqrt(variance * s / used / s_tt) : 0;
    }
    return fabs(clocks->drift) <= DRIFT_MOST;
}

static bool windows_find(const rig_sync_sound *a, const rig_sync_sound *b, double shift_s, rig_sync_clocks *clocks) {
    sound_window windows[WINDOWS_MOST];
    const int lag = (int)lround(shift_s / RIG_SYNC_SOUND_FINE_S);
    const int first = lag > 0 ? lag : 0, last = a->n_fine < b->n_fine + lag ? a->n_fine : b->n_fine + lag;
    const int count = (int)fmax(1, fmin(WINDOWS_MOST, floor((last - first) * RIG_SYNC_SOUND_FINE_S / WINDOW_S)));
    int n = 0;
    for (int i = 0; i < count; i++) {
        const int from = first + (int)((double)(last - first) * i / count);
        const int to = first + (int)((double)(last - first) * (i + 1) / count);
        n += window_find(a, b, from, to, shift_s, &windows[n]);
    }
    return n > 0 && line_fit(windows, n, clocks);
}

rig_status rig_sync_sound_pair_find(const rig_sync_sound *sounds, int a, int b, double search_s, rig_sync_pair *pair,
                                    rig_arena *scratch, rig_err *err) {
    const rig_arena_mark mark = rig_arena_tell(scratch);
    int lag = 0;
    *pair = (rig_sync_pair){.a = a, .b = b, .refusal = RIG_SYNC_SILENT};
    if (sounds[a].n_coarse == 0 || sounds[b].n_coarse == 0)
        return RIG_OK;
    const rig_status status = coarse_find(&sounds[a], &sounds[b], search_s, pair, &lag, scratch, err);
    rig_arena_rewind(scratch, mark);
    if (status != RIG_OK || pair->refusal != RIG_SYNC_KNOWN)
        return status;
    if (!windows_find(&sounds[a], &sounds[b], lag * RIG_SYNC_SOUND_COARSE_S, &pair->clocks))
        pair->refusal = RIG_SYNC_UNMATCHED;
    return RIG_OK;
}
