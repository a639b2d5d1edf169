#include "core/epipolar.h"
#include "core/median.h"
#include "triangulate/sync_scan.h"

#include <string.h>

enum { SAMPLES_FEW = 600, SAMPLES_MOST = 16000, STEPS = 12, DRIFT_STEPS = 10, MATCHES_LEAST = 100 };
static const double FIT_LEAST = 0.2;      // of two people who may be one
static const double SIGMA_LEAST = 0.0003; // of a joint's distance, normalised
static const double SECONDS_LEAST = 0.6;  // people are seen in both views
static const double SHARE_LEAST = 0.3;    // of joints that meet the constraint, above chance
static const double EXCESS_USUAL = 0.22;  // standard deviation of the excess at shifts that mean nothing
static const double ALIKE = 4;            // so many neighbouring shifts are one
static const double RATIO_MOST = 0.75;    // the second best shift against the best
static const double RATIO_FAINT = 0.5;    // the same, where the share of joints
static const double SHARE_FAINT = 0.6;    // above chance is below this
static const double SIGMA_MOST = 1;       // of a pair's shift, in frames: several pairs together tell more
static const double DRIFT_LOOSE = 500e-6; // one standard deviation, so that a short time in common determines it
static const double F_LOOSE = 0.003;  // of known cameras' epipolar geometry: 3 to 5 pixels at a focal length of 1000
static const double JUMP_LEAST = 0.5; // frames: half of one that was lost
static const double DRIFT_MOST = 1000e-6;
static const double SIDE_S = 0.005;    // to either side, for the curvature
static const double RATIO_LEAST = 0.1; // of curvatures
static const double SHARED = 1.2;      // pairs share their views' errors, and are joined as if they did not
static const double RUNAWAY_S = 0.2;   // from a candidate: farther away there are others

const char *rig_sync_refusal_name(rig_sync_refusal refusal) {
    static const char *const names[] = {"",          "nobody",       "still",  "overlap",  "periodic",
                                        "unmatched", "contradicted", "silent", "unstamped"};
    return names[refusal];
}

typedef struct pair_search {
    const rig_sync_view *a, *b;
    rig_sync_loose loose;
    rig_sync_samples few, all, samples; // for candidates, for the result; those in use
    rig_sync_joint *at;                 // a person of b
    rig_sync_joint *best;
    rig_sync_match *matches;
    int n_matches;
    double *distances;
    double share, overlap_s, first_s, last_s;
    double curvature; // of the cost, against that of Gauss and Newton
} pair_search;

// The person of view b who fits one of a best at that moment: s->best has the joints. -1: there is none.
static double best_fit(pair_search *s, const double F[9], const rig_sync_joint *joints, double t_b) {
    const int n_joints = s->a->people.n_joints;
    double best = -1;
    int n_tracks;
    const int *tracks = rig_sync_people_at(&s->b->people, t_b, &n_tracks);
    for (int k = 0; k < n_tracks; k++) {
        if (rig_sync_track_at(&s->b->people.tracks[tracks[k]], n_joints, t_b, s->at) == 0)
            continue;
        const double fit = rig_sync_fit(F, joints, s->at, n_joints);
        if (fit <= best)
            continue;
        best = fit;
        memcpy(s->best, s->at, (size_t)n_joints * sizeof *s->at);
    }
    return best;
}

// The joints that are seen at one moment by these clocks, each person of a with the one of b who fits best.
static void matches_gather(pair_search *s, const double F[9], const rig_sync_clocks *clocks) {
    const rig_sync_samples *samples = &s->samples;
    double total = 0;
    int n = 0;
    s->n_matches = 0;
    s->first_s = INFINITY, s->last_s = -INFINITY;
    for (int i = 0; i < samples->n;) {
        const int node = samples->of[i].node;
        const double t = node * RIG_SYNC_STEP_S;
        double best = -1;
        for (; i < samples->n && samples->of[i].node == node; i++) {
            const rig_sync_joint *joints = samples->of[i].joints;
            const double fit = best_fit(s, F, joints, t - clocks->shift_s - clocks->drift * (t - clocks->centre_s));
            best = fmax(best, fit);
            for (int j = 0; j < s->a->people.n_joints && fit >= FIT_LEAST; j++) {
                const rig_sync_joint *p = &joints[j], *q = &s->best[j];
                if (p->known && q->known)
                    s->matches[s->n_matches++] = (rig_sync_match){{(double)p->n[0], (double)p->n[1]},
                                                                  {(double)q->n[0], (double)q->n[1]},
                                                                  {(double)q->v[0], (double)q->v[1]},
                                                                  t,
                                                                  j};
            }
        }
        total += fmax(0, best);
        n += best >= 0;
        if (best >= 0)
            s->first_s = fmin(s->first_s, t), s->last_s = fmax(s->last_s, t);
    }
    s->share = n ? total / n : 0;
    s->overlap_s = n * samples->spacing_s;
}

static double sigma_of(const pair_search *s, const double F[9]) {
    for (int i = 0; i < s->n_matches; i++)
        s->distances[i] = fabs(rig_sampson_distance(F, s->matches[i].a, s->matches[i].b));
    return fmin(fmax(SIGMA_LEAST, 1.4826 * rig_median(s->distances, s->n_matches)), RIG_SYNC_NEAR / 2);
}

// Refine the clocks, and F where it is free. false: they run away.
static bool refine(pair_search *s, double drift_loose, int steps, double F[9], rig_sync_clocks *clocks) {
    const double from = clocks->shift_s;
    s->loose.drift = drift_loose;
    for (int i = 0; i < steps; i++) {
        matches_gather(s, F, clocks);
        if (s->n_matches < MATCHES_LEAST)
            return false;
        const double step =
            rig_sync_step(s->matches, s->n_matches, RIG_SYNC_CAUCHY * sigma_of(s, F), &s->loose, F, clocks);
        if (!(fabs(clocks->shift_s - from) < RUNAWAY_S) || fabs(clocks->drift) > DRIFT_MOST)
            return false;
        if (step < 1e-6)
            break;
    }
    matches_gather(s, F, clocks);
    return s->n_matches >= MATCHES_LEAST;
}

static void centre_set(const pair_search *s, rig_sync_clocks *clocks) {
    double sum = 0;
    for (int i = 0; i < s->n_matches; i++)
        sum += s->matches[i].t_s;
    const double centre = s->n_matches ? sum / s->n_matches : 0;
    clocks->shift_s += clocks->drift * (centre - clocks->centre_s);
    clocks->centre_s = centre;
}

// The curvature of the cost by its slopes at either side, against that of Gauss and Newton: sigmas are larger where it
// is less.
static void sigmas_correct(pair_search *s, const double F[9], rig_sync_clocks *clocks) {
    const double sigma = RIG_SYNC_CAUCHY * sigma_of(s, F);
    double slopes[2], curvature, ignored;
    (void)rig_sync_slope(s->matches, s->n_matches, sigma, &s->loose, F, clocks, &curvature);
    for (int side = 0; side < 2; side++) {
        rig_sync_clocks moved = *clocks;
        moved.shift_s += side ? SIDE_S : -SIDE_S;
        matches_gather(s, F, &moved);
        slopes[side] = rig_sync_slope(s->matches, s->n_matches, sigma, &s->loose, F, &moved, &ignored);
    }
    s->curvature = fmin(fmax((slopes[1] - slopes[0]) / (2 * SIDE_S * curvature), RATIO_LEAST), 1);
    clocks->sigma_shift_s *= SHARED / s->curvature;
    clocks->sigma_drift *= SHARED / s->curvature;
    matches_gather(s, F, clocks);
}

// The clocks of all moments, with drift. false: they are not determined.
static bool drift_find(pair_search *s, double F[9], rig_sync_clocks *clocks) {
    s->samples = s->all;
    s->loose.biased = true;
    matches_gather(s, F, clocks);
    centre_set(s, clocks);
    if (!refine(s, DRIFT_LOOSE, DRIFT_STEPS, F, clocks))
        return false;
    sigmas_correct(s, F, clocks);
    return true;
}

// The best candidate, refined; and how the best of the others does against it.
static void candidates_refine(pair_search *s, rig_sync_candidates *candidates, rig_sync_pair *pair, double F[9]) {
    double best = 0, excess[RIG_SYNC_CANDIDATES] = {0};
    rig_sync_clocks refined[RIG_SYNC_CANDIDATES];
    for (int i = 0; i < candidates->n; i++) {
        rig_sync_candidate *c = &candidates->of[i];
        refined[i] = (rig_sync_clocks){.shift_s = c->shift_s};
        if (!refine(s, 0, STEPS, c->F, &refined[i]))
            continue;
        excess[i] = rig_sync_excess(s->share, pair->chance, s->overlap_s);
        if (excess[i] <= best)
            continue;
        best = excess[i];
        pair->share = s->share, pair->overlap_s = s->overlap_s, pair->length_s = s->last_s - s->first_s;
        pair->clocks = refined[i];
        memcpy(F, c->F, sizeof c->F);
    }
    for (int i = 0; i < candidates->n && best > 0; i++) {
        if (fabs(refined[i].shift_s - pair->clocks.shift_s) < RIG_SYNC_APART_S || excess[i] / best <= pair->ratio)
            continue;
        pair->ratio = excess[i] / best;
        pair->second_s = refined[i].shift_s;
    }
}

static void norm_make(double F[9]) {
    double norm = 0;
    for (int i = 0; i < 9; i++)
        norm += F[i] * F[i];
    for (int i = 0; i < 9; i++)
        F[i] /= sqrt(norm);
}

static rig_status search_make(const rig_sync_view *a, const rig_sync_view *b, pair_search *s, rig_arena *scratch,
                              rig_err *err) {
    const int n_joints = a->people.n_joints;
    *s = (pair_search){.a = a, .b = b, .loose.F = a->has_pose && b->has_pose ? F_LOOSE : INFINITY};
    if (s->loose.F == F_LOOSE) {
        const rig_pose a_world = rig_pose_invert(&a->Rt_cam_world), Rt_b_a = rig_pose_mul(&b->Rt_cam_world, &a_world);
        rig_essential_from_pose(&Rt_b_a, s->loose.F_expected);
        norm_make(s->loose.F_expected);
    }
    RIG_TRY(rig_sync_samples_make(&a->people, -1, SAMPLES_FEW, &s->few, scratch, err));
    RIG_TRY(rig_sync_samples_make(&a->people, -1, SAMPLES_MOST, &s->all, scratch, err));
    s->samples = s->few;
    s->at = RIG_NEW(scratch, rig_sync_joint, n_joints);
    s->best = RIG_NEW(scratch, rig_sync_joint, n_joints);
    s->matches = RIG_NEW(scratch, rig_sync_match, (long)s->all.n * n_joints);
    s->distances = RIG_NEW(scratch, double, (long)s->all.n *n_joints);
    return s->at && s->best && s->matches && s->distances ? RIG_OK : rig_fail_memory(err, "moments");
}

// Why a pair is refused, by its figures.
//   n_lags  shifts that were tried: of more, a higher excess comes by chance
static rig_sync_refusal verdict(const rig_sync_pair *pair, double excess, int n_lags, double frame_s) {
    const bool faint = pair->share - pair->chance < SHARE_FAINT * (1 - pair->chance);
    if (pair->share - pair->chance < SHARE_LEAST * (1 - pair->chance))
        return RIG_SYNC_UNMATCHED;
    if (excess < EXCESS_USUAL * sqrt(2 * log(fmax(2, n_lags / ALIKE))))
        return RIG_SYNC_OVERLAP;
    if (pair->ratio > (faint ? RATIO_FAINT : RATIO_MOST))
        return RIG_SYNC_PERIODIC;
    return pair->clocks.sigma_shift_s > SIGMA_MOST * frame_s ? RIG_SYNC_STILL : RIG_SYNC_KNOWN;
}

static rig_status pair_find(const rig_sync_view *a, const rig_sync_view *b, double search_s, rig_sync_pair *pair,
                            rig_arena *scratch, rig_err *err) {
    pair_search s;
    rig_sync_candidates candidates;
    double F[9] = {0};
    if (a->people.n_tracks == 0 || b->people.n_tracks == 0)
        return RIG_OK;
    RIG_TRY(search_make(a, b, &s, scratch, err));
    pair->refusal = RIG_SYNC_STILL;
    if (s.samples.n * s.samples.spacing_s < SECONDS_LEAST)
        return RIG_OK;
    RIG_TRY(rig_sync_scan(a, b, search_s, s.loose.F == F_LOOSE ? s.loose.F_expected : NULL, &candidates, scratch, err));
    pair->refusal = RIG_SYNC_OVERLAP;
    if (candidates.n == 0 || candidates.seconds < SECONDS_LEAST)
        return RIG_OK;
    pair->chance = candidates.chance;
    candidates_refine(&s, &candidates, pair, F);
    pair->refusal =
        verdict(pair, rig_sync_excess(pair->share, pair->chance, pair->overlap_s), candidates.n_lags, b->frame_s);
    if (pair->refusal != RIG_SYNC_KNOWN)
        return RIG_OK;
    if (!drift_find(&s, F, &pair->clocks) || pair->clocks.sigma_shift_s > SIGMA_MOST * b->frame_s)
        pair->refusal = RIG_SYNC_STILL;
    if (pair->refusal != RIG_SYNC_KNOWN)
        return RIG_OK;
    const double least_s = JUMP_LEAST * fmin(a->frame_s, b->frame_s), sigma = RIG_SYNC_CAUCHY * sigma_of(&s, F);
    RIG_TRY(rig_sync_jump_find(s.matches, s.n_matches, sigma, F, &pair->clocks, least_s * s.curvature, &pair->jump,
                               scratch, err));
    pair->jump.size_s /= s.curvature;
    pair->jump.sigma_s /= s.curvature;
    return RIG_OK;
}

rig_status rig_sync_pair_find(const rig_sync_view *views, int a, int b, double search_s, rig_sync_pair *pair,
                              rig_arena *scratch, rig_err *err) {
    const rig_arena_mark mark = rig_arena_tell(scratch);
    *pair = (rig_sync_pair){.a = a, .b = b, .refusal = RIG_SYNC_NOBODY};
    const rig_status status = pair_find(&views[a], &views[b], search_s, pair, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
