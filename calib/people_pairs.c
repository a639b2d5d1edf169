#include "calib/people_pairs.h"

#include "core/epipolar.h"
#include "core/median.h"

#include <string.h>

enum { COUPLES = 24 };                              // of tracks that are tried
enum { COUPLE_MOMENTS = 8, COUPLE_JOINTS = 60 };    // a couple's least
enum { PAIRS_MOST = 300, TRIES = 80, ASKED = 120 }; // of a couple; samples; moments that a pose is held against
enum { ROUNDS = 4, FIT_MOST = 6000, MATCHED_MOST = 400 };
enum { MOMENTS_LEAST = 20, INLIERS_LEAST = 200, COMMON_LEAST = 3 };
static const double GATE = 9;             // squared sigmas, of the misfit of a joint
static const double ONE_PERSON = 4.5;     // mean misfit of two who may be one
static const double ONE_POINT = 0.99;     // of the gate: one joint alone
static const double SHARE_LEAST = 0.5;    // of the joints
static const double MOMENTS_SHARE = 0.33; // of the moments at which both see somebody
static const double RIVAL = 0.9;          // of the best score: a pose that fits as well
static const double WORTH = 0.7;          // of it: a pose that is worth refining
static const double OTHER_RAD = 0.2;      // poses that differ by more are different
static const double SOFT = 2;             // sigmas

double rig_people_pair_limit(const rig_people_seen *seen) {
    return rig_joints_are_points(seen->n_joints) ? ONE_POINT * GATE : ONE_PERSON;
}

static int every_of(const rig_people_seen *seen, int of_people) {
    const int moments = rig_people_seen_moments(seen, of_people);
    return (seen->n + moments - 1) / moments;
}

double rig_people_pair_misfit(const rig_people_seen *seen, const double E[9], const rig_seen_person *a,
                              const rig_seen_person *b, int *n) {
    const rig_pair_sigma sigma = {seen->sigma[a->view], seen->sigma[b->view]};
    double sum = 0;
    *n = 0;
    for (int j = 0; j < seen->n_joints; j++) {
        const rig_seen_joint *p = &a->joints[j], *q = &b->joints[j];
        if (!(p->sigma_px > 0) || !(q->sigma_px > 0))
            continue;
        const rig_point_pair pair = {{p->n[0], p->n[1]}, {q->n[0], q->n[1]}};
        const double r = rig_point_pair_residual(E, &pair, sigma);
        sum += fmin(r * r, GATE);
        ++*n;
    }
    return *n ? sum / *n : GATE;
}

// --- couples of tracks -----------------------------------------------------------------------------------------------

typedef struct couple {
    int track_a, track_b, n_joints, n_moments;
} couple;

static int common_joints(const rig_people_seen *seen, const rig_seen_person *a, const rig_seen_person *b) {
    int n = 0;
    for (int j = 0; j < seen->n_joints; j++)
        n += a->joints[j].sigma_px > 0 && b->joints[j].sigma_px > 0;
    return n;
}

// All couples, those of most joints kept, most first.
static int couples_find(const rig_people_seen *seen, int a, int b, couple *kept, couple *all) {
    const int n_b = seen->n_tracks[b];
    int n = 0;
    memset(all, 0, sizeof *all * (size_t)seen->n_tracks[a] * (size_t)n_b);
    for (int m = 0; m < seen->n; m++)
        for (int i = 0; i < seen->moments[m].n; i++)
            for (int k = 0; k < seen->moments[m].n; k++) {
                const rig_seen_person *p = &seen->moments[m].people[i], *q = &seen->moments[m].people[k];
                if (p->view != a || q->view != b)
                    continue;
                couple *c = &all[(ptrdiff_t)p->track * n_b + q->track];
                c->track_a = p->track, c->track_b = q->track;
                c->n_joints += common_joints(seen, p, q), c->n_moments++;
            }
    for (ptrdiff_t i = 0; i < (ptrdiff_t)seen->n_tracks[a] * n_b; i++) {
        if (all[i].n_moments < COUPLE_MOMENTS || all[i].n_joints < COUPLE_JOINTS)
            continue;
        int at = n;
        while (at > 0 && kept[at - 1].n_joints < all[i].n_joints)
            at--;
        if (at == COUPLES)
            continue;
        n += n < COUPLES;
        for (int k = n - 1; k > at; k--)
            kept[k] = kept[k - 1];
        kept[at] = all[i];
    }
    return n;
}

static void joints_add(const rig_people_seen *seen, const rig_seen_person *a, const rig_seen_person *b, int every,
                       int *counter, rig_point_pair *pairs, int most, int *n) {
    for (int j = 0; j < seen->n_joints; j++) {
        const rig_seen_joint *p = &a->joints[j], *q = &b->joints[j];
        if (p->sigma_px > 0 && q->sigma_px > 0 && (*counter)++ % every == 0 && *n < most)
            pairs[(*n)++] = (rig_point_pair){{p->n[0], p->n[1]}, {q->n[0], q->n[1]}};
    }
}

static int couple_pairs(const rig_people_seen *seen, int a, int b, const couple *c, rig_point_pair *pairs) {
    const int every = (c->n_joints + PAIRS_MOST - 1) / PAIRS_MOST;
    int n = 0, counter = 0;
    for (int m = 0; m < seen->n; m++)
        for (int i = 0; i < seen->moments[m].n; i++)
            for (int k = 0; k < seen->moments[m].n; k++) {
                const rig_seen_person *p = &seen->moments[m].people[i], *q = &seen->moments[m].people[k];
                if (p->view == a && q->view == b && p->track == c->track_a && q->track == c->track_b)
                    joints_add(seen, p, q, every | 1, &counter, pairs, PAIRS_MOST, &n);
            }
    return n;
}

// --- all people ------------------------------------------------------------------------------------------------------

// What two people do not match by is the gate, or more.
static void misfits_find(const rig_people_seen *seen, const double E[9], int a, int b, const rig_seen_moment *now,
                         int n, float (*misfit)[RIG_PAIR_PEOPLE_MOST]) {
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n && now->people[i].view == a; k++) {
            int n_common;
            if (now->people[k].view != b)
                continue;
            const double m = rig_people_pair_misfit(seen, E, &now->people[i], &now->people[k], &n_common);
            misfit[i][k] = n_common >= rig_joints_needed(seen->n_joints, COMMON_LEAST) ? (float)m : (float)GATE;
        }
}

void rig_people_pair_match(const rig_people_seen *seen, const double E[9], int a, int b, const rig_seen_moment *now,
                           int other[RIG_PAIR_PEOPLE_MOST]) {
    float misfit[RIG_PAIR_PEOPLE_MOST][RIG_PAIR_PEOPLE_MOST];
    bool taken[RIG_PAIR_PEOPLE_MOST] = {false};
    const int n = now->n < RIG_PAIR_PEOPLE_MOST ? now->n : RIG_PAIR_PEOPLE_MOST;
    misfits_find(seen, E, a, b, now, n, misfit);
    for (int i = 0; i < n; i++)
        other[i] = -1;
    for (;;) {
        double least = rig_people_pair_limit(seen);
        int at_a = -1, at_b = -1;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n && now->people[i].view == a && other[i] < 0; k++)
                if (now->people[k].view == b && !taken[k] && misfit[i][k] < least)
                    least = misfit[i][k], at_a = i, at_b = k;
        if (at_a < 0)
            return;
        other[at_a] = at_b, taken[at_b] = true;
    }
}

// How much all people speak for a pose: joints of those who match, each the more the better it fits.
static double score_of(const rig_people_seen *seen, const rig_pose *pose, int a, int b) {
    const int every = every_of(seen, ASKED);
    double E[9], score = 0;
    rig_essential_from_pose(pose, E);
    for (int m = 0; m < seen->n; m += every) {
        const rig_seen_moment *now = &seen->moments[m];
        int other[RIG_PAIR_PEOPLE_MOST], n;
        rig_people_pair_match(seen, E, a, b, now, other);
        for (int i = 0; i < now->n && i < RIG_PAIR_PEOPLE_MOST; i++)
            if (now->people[i].view == a && other[i] >= 0) {
                const double misfit = rig_people_pair_misfit(seen, E, &now->people[i], &now->people[other[i]], &n);
                score += n * (1 - misfit / GATE);
            }
    }
    return score;
}

static double poses_angle(const rig_pose *a, const rig_pose *b) {
    const double along = rig_dot3(a->t, b->t);
    return fmax(rig_rotation_angle_between(a->R, b->R), acos(fmax(-1, fmin(1, along))));
}

typedef struct hypotheses {
    rig_pose poses[COUPLES];
    double scores[COUPLES];
    int n, best;
} hypotheses;

static bool sees(const rig_seen_moment *now, int view) {
    for (int i = 0; i < now->n; i++)
        if (now->people[i].view == view)
            return true;
    return false;
}

static int both_count(const rig_people_seen *seen, int a, int b) {
    int n = 0;
    for (int m = 0; m < seen->n; m++)
        n += sees(&seen->moments[m], a) && sees(&seen->moments[m], b);
    return n;
}

// All joints of those who match; *n_moments: at how many moments somebody does.
static int matched_pairs(const rig_people_seen *seen, const rig_pose *pose, int a, int b, rig_point_pair *pairs,
                         int *n_moments, int *n_both) {
    const int step = every_of(seen, MATCHED_MOST);
    const int every = 1 + seen->n / step * seen->n_joints / FIT_MOST;
    double E[9];
    int n = 0, counter = 0;
    rig_essential_from_pose(pose, E);
    *n_moments = *n_both = 0;
    for (int m = 0; m < seen->n; m += step) {
        const rig_seen_moment *now = &seen->moments[m];
        int other[RIG_PAIR_PEOPLE_MOST], before = counter;
        rig_people_pair_match(seen, E, a, b, now, other);
        for (int i = 0; i < now->n && i < RIG_PAIR_PEOPLE_MOST; i++)
            if (now->people[i].view == a && other[i] >= 0)
                joints_add(seen, &now->people[i], &now->people[other[i]], every, &counter, pairs, FIT_MOST, &n);
        *n_moments += counter > before;
        *n_both += sees(now, a) && sees(now, b);
    }
    return n;
}

// Those that fit nearly as well as the best one are first refined over all people, and then held against it.
static void hypotheses_judge(const rig_people_seen *seen, int a, int b, hypotheses *h, rig_point_pair *pairs,
                             rig_people_pair *pair) {
    const rig_pair_sigma sigma = {seen->sigma[a], seen->sigma[b]};
    double most = 0;
    int n_moments, n_both;
    for (int i = 0; i < h->n; i++)
        most = fmax(most, h->scores[i]);
    for (int i = 0; i < h->n; i++) {
        for (int round = 0; round < 2 && h->scores[i] > WORTH * most; round++) {
            const int n = matched_pairs(seen, &h->poses[i], a, b, pairs, &n_moments, &n_both);
            rig_essential_refine(pairs, n, sigma, SOFT, 10, &h->poses[i]);
            h->scores[i] = score_of(seen, &h->poses[i], a, b);
        }
        if (h->scores[i] > h->scores[h->best])
            h->best = i;
    }
    for (int i = 0; i < h->n; i++)
        pair->open = pair->open || (h->scores[i] > RIVAL * h->scores[h->best] &&
                                    poses_angle(&h->poses[i], &h->poses[h->best]) > OTHER_RAD);
}

static void figures_set(const rig_point_pair *pairs, int n, rig_pair_sigma sigma, double *angles,
                        rig_people_pair *pair) {
    double E[9];
    int n_angles = 0;
    rig_essential_from_pose(&pair->Rt_b_a, E);
    pair->n_inliers = 0;
    for (int i = 0; i < n; i++) {
        const double v_a[3] = {pairs[i].a[0], pairs[i].a[1], 1}, v_b[3] = {pairs[i].b[0], pairs[i].b[1], 1};
        double d[3], z_a, z_b;
        if (fabs(rig_point_pair_residual(E, &pairs[i], sigma)) > 3 ||
            !rig_point_pair_depths(&pair->Rt_b_a, &pairs[i], &z_a, &z_b) || z_a < 0 || z_b < 0)
            continue;
        rig_mat3_mul_vec(pair->Rt_b_a.R, v_a, d);
        angles[n_angles++] = acos(fmax(-1, fmin(1, rig_dot3(d, v_b) / (rig_norm3(d) * rig_norm3(v_b)))));
        pair->n_inliers++;
    }
    pair->inliers = n > 0 ? (double)pair->n_inliers / n : 0;
    pair->angle_rad = n_angles > 0 ? rig_median(angles, n_angles) : 0;
}

static rig_status pair_find(const rig_people_seen *seen, int a, int b, rig_people_pair *pair, rig_arena *scratch,
                            rig_err *err) {
    couple couples[COUPLES], *all = RIG_NEW(scratch, couple, (size_t)seen->n_tracks[a] * (size_t)seen->n_tracks[b] + 1);
    rig_point_pair *pairs = RIG_NEW(scratch, rig_point_pair, FIT_MOST);
    double *angles = RIG_NEW(scratch, double, FIT_MOST);
    hypotheses h = {.n = 0};
    const rig_pair_sigma sigma = {seen->sigma[a], seen->sigma[b]};
    rig_rng rng = rig_rng_seed(7, (uint64_t)(a * RIG_VIEWS_MAX + b));
    if (!all || !pairs || !angles)
        return rig_fail_memory(err, "pairs of tracks");
    const int n_couples = couples_find(seen, a, b, couples, all);
    for (int i = 0; i < n_couples; i++) {
        int inliers;
        const int n = couple_pairs(seen, a, b, &couples[i], pairs);
        if (rig_essential_search(pairs, n, sigma, TRIES, &rng, &h.poses[h.n], &inliers)) {
            h.scores[h.n] = score_of(seen, &h.poses[h.n], a, b);
            h.n++;
        }
    }
    pair->n_both = both_count(seen, a, b);
    if (h.n == 0)
        return RIG_OK;
    hypotheses_judge(seen, a, b, &h, pairs, pair);
    pair->Rt_b_a = h.poses[h.best];
    int n = 0;
    for (int round = 0; round < ROUNDS; round++) {
        n = matched_pairs(seen, &pair->Rt_b_a, a, b, pairs, &pair->n_moments, &pair->n_both);
        rig_essential_refine(pairs, n, sigma, SOFT, 20, &pair->Rt_b_a);
    }
    figures_set(pairs, n, sigma, angles, pair);
    pair->usable = pair->n_moments >= MOMENTS_LEAST && pair->n_inliers >= INLIERS_LEAST &&
                   pair->inliers > SHARE_LEAST && pair->n_moments > MOMENTS_SHARE * pair->n_both;
    return RIG_OK;
}

rig_status rig_people_pair_find(const rig_people_seen *seen, int view_a, int view_b, rig_people_pair *pair,
                                rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    *pair = (rig_people_pair){.usable = false};
    const rig_status status = pair_find(seen, view_a, view_b, pair, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}
