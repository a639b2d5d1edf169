#include "triangulate/sync_step.h"

#include "core/geom.h"
#include "core/linalg.h"
#include "core/skeleton.h"

#include <string.h>

static const double BLOCK_S = 1;         // moments this far apart err independently
static const double STRETCH_S = 4;       // for which a joint's bias is one number
static const double CORRELATED = 2;      // so many matches of a joint say as much as one
static const double JOINTS_ALIKE = 2;    // variance of a sum over joints, whose errors are not independent either
static const double DAMPING = 1e-7;      // of the diagonal: F of people on a line or in a plane is not unique
static const double DRIFT_REACH_S = 100; // moments that a drift is to be right at, before and after the centre
enum { CLOCKS = 2, PARAMS = CLOCKS + 9, BLOCKS_LEAST = 12, JOINTS_LEAST = 8, BIAS_STEPS = 2 };

// The sums of one joint over a stretch.
typedef struct joint_sums {
    double J[PARAMS], x, w, bias;
} joint_sums;

typedef struct normal {
    const rig_sync_clocks *clocks;
    const double *F;
    double sigma;
    bool is_free[3]; // shift, drift, F
    double H[PARAMS * PARAMS], g[PARAMS];
    double block[PARAMS], spread[PARAMS * PARAMS]; // jackknife over seconds
    double of_joint[RIG_JOINTS_MAX][PARAMS];       // and over joints
    double bias2, sigma2;                          // variances of the joints' biases and of a match
    joint_sums stretch[RIG_JOINTS_MAX];
    int block_at, n_blocks;
} normal;

static double weight_of(double x, double sigma) {
    return 1 / (1 + x * x / (sigma * sigma));
}

// The distance of a match, and its slopes over the shift and F.
static bool distance_of(const rig_sync_match *m, const double F[9], double *x, double *slope, double dx_dF[9]) {
    const double a[3] = {m->a[0], m->a[1], 1}, b[3] = {m->b[0], m->b[1], 1};
    double l[3];
    rig_mat3_mul_vec(F, a, l);
    const double m0 = F[0] * b[0] + F[3] * b[1] + F[6], m1 = F[1] * b[0] + F[4] * b[1] + F[7];
    const double g = sqrt(l[0] * l[0] + l[1] * l[1] + m0 * m0 + m1 * m1);
    if (!(g > 0))
        return false;
    *x = rig_dot3(b, l) / g;
    *slope = -(m->v_b[0] * l[0] + m->v_b[1] * l[1]) / g; // t of b's clock falls as the shift grows
    for (int i = 0; i < 9; i++)
        dx_dF[i] = b[i / 3] * a[i % 3] / g;
    return true;
}

bool rig_sync_slope_of(const rig_sync_match *match, const double F[9], double *x, double *slope) {
    double ignored[9];
    return distance_of(match, F, x, slope, ignored);
}

static bool gradient_of(const normal *s, const rig_sync_match *m, double *x, double J[PARAMS]) {
    if (!distance_of(m, s->F, x, &J[0], J + CLOCKS))
        return false;
    J[1] = s->is_free[1] ? J[0] * (m->t_s - s->clocks->centre_s) : 0;
    for (int i = 0; i < 9; i++)
        J[CLOCKS + i] = s->is_free[2] ? J[CLOCKS + i] : 0;
    return true;
}

static void block_end(normal *s) {
    for (int i = 0; i < PARAMS; i++)
        for (int j = 0; j < PARAMS; j++)
            s->spread[PARAMS * i + j] += s->block[i] * s->block[j];
    memset(s->block, 0, sizeof s->block);
    s->n_blocks++;
}

static void match_add(normal *s, const rig_sync_match *m) {
    double x, J[PARAMS];
    if (!gradient_of(s, m, &x, J))
        return;
    joint_sums *joint = &s->stretch[m->joint];
    const double w = weight_of(x - joint->bias, s->sigma);
    const int block = (int)floor(m->t_s / BLOCK_S);
    if (s->n_blocks == 0 || block != s->block_at)
        block_end(s);
    s->block_at = block;
    joint->w += w;
    for (int i = 0; i < PARAMS; i++) {
        const double score = w * J[i] * (x - joint->bias);
        joint->J[i] += w * J[i];
        s->g[i] += score;
        s->block[i] += score;
        s->of_joint[m->joint][i] += score;
        for (int j = 0; j <= i; j++)
            s->H[PARAMS * i + j] += w * J[i] * J[j];
    }
}

// By how much of a joint's mean distance its bias is, of weights w.
static double shrunk(const normal *s, double w) {
    return w > 0 ? w * s->bias2 / (s->sigma2 + w * s->bias2) : 0;
}

// The matches of a stretch. A bias is integrated out: each joint has its mean distance, shrunk, taken from it.
static void stretch_add(normal *s, const rig_sync_match *matches, int n) {
    memset(s->stretch, 0, sizeof s->stretch);
    for (int pass = 0; pass < BIAS_STEPS && s->bias2 > 0; pass++) {
        for (int i = 0; i < n; i++) {
            joint_sums *joint = &s->stretch[matches[i].joint];
            const double x = rig_sampson_distance(s->F, matches[i].a, matches[i].b);
            const double w = weight_of(x - joint->bias, s->sigma);
            joint->x += w * x, joint->w += w;
        }
        for (int j = 0; j < RIG_JOINTS_MAX; j++) {
            joint_sums *joint = &s->stretch[j];
            joint->bias = joint->w > 0 ? shrunk(s, joint->w) * joint->x / joint->w : 0;
            joint->x = joint->w = 0;
        }
    }
    for (int i = 0; i < n; i++)
        match_add(s, &matches[i]);
    for (int k = 0; k < RIG_JOINTS_MAX && s->bias2 > 0; k++) {
        const joint_sums *joint = &s->stretch[k];
        const double share = joint->w > 0 ? shrunk(s, joint->w) / joint->w : 0;
        for (int i = 0; i < PARAMS && share > 0; i++)
            for (int j = 0; j <= i; j++)
                s->H[PARAMS * i + j] -= share * joint->J[i] * joint->J[j];
    }
}

static int stretch_end(const rig_sync_match *matches, int from, int n) {
    int to = from;
    while (to < n && matches[to].t_s < matches[from].t_s + STRETCH_S)
        to++;
    return to;
}

// The variance of the joints' biases: by how much their mean distances vary more than a match's own variance makes
// them.
static double bias_variance(normal *s, const rig_sync_match *matches, int n) {
    double squares = 0, weights = 0;
    long n_means = 0;
    for (int from = 0, to; from < n; from = to) {
        to = stretch_end(matches, from, n);
        memset(s->stretch, 0, sizeof s->stretch);
        for (int i = from; i < to; i++) {
            joint_sums *joint = &s->stretch[matches[i].joint];
            const double x = rig_sampson_distance(s->F, matches[i].a, matches[i].b), w = weight_of(x, s->sigma);
            joint->x += w * x, joint->w += w;
        }
        for (int j = 0; j < RIG_JOINTS_MAX; j++) {
            const joint_sums *joint = &s->stretch[j];
            squares += joint->w > 0 ? joint->x * joint->x / joint->w : 0;
            weights += joint->w;
            n_means += joint->w > 0;
        }
    }
    return weights > 0 ? fmax(0, (squares - CORRELATED * s->sigma2 * (double)n_means) / weights) : 0;
}

static void system_make(normal *s, const rig_sync_match *matches, int n, bool biased) {
    s->sigma2 = s->sigma * s->sigma / (RIG_SYNC_CAUCHY * RIG_SYNC_CAUCHY);
    s->bias2 = biased ? bias_variance(s, matches, n) : 0;
    for (int from = 0, to; from < n; from = to) {
        to = stretch_end(matches, from, n);
        stretch_add(s, matches + from, to - from);
    }
    block_end(s);
}

// Few seconds say little of how much they vary; joints say more.
static void spread_by_joints(normal *s) {
    int n = 0;
    for (int k = 0; k < RIG_JOINTS_MAX; k++)
        n += s->of_joint[k][0] != 0;
    if (s->n_blocks > BLOCKS_LEAST || n < JOINTS_LEAST)
        return;
    memset(s->spread, 0, sizeof s->spread);
    for (int k = 0; k < RIG_JOINTS_MAX; k++)
        for (int i = 0; i < PARAMS; i++)
            for (int j = 0; j < PARAMS; j++)
                s->spread[PARAMS * i + j] += JOINTS_ALIKE * s->of_joint[k][i] * s->of_joint[k][j];
}

// What is expected of the drift and of F, as further observations.
static void expect(normal *s, const rig_sync_loose *loose) {
    double weight[PARAMS] = {0};
    weight[1] = loose->drift > 0 ? s->sigma2 / (loose->drift * loose->drift) : 0;
    s->g[1] += weight[1] * s->clocks->drift;
    for (int i = 0; i < 9 && loose->F > 0 && isfinite(loose->F); i++) {
        weight[CLOCKS + i] = s->sigma2 / (loose->F * loose->F);
        s->g[CLOCKS + i] += weight[CLOCKS + i] * (s->F[i] - loose->F_expected[i]);
    }
    for (int i = 0; i < PARAMS; i++) {
        s->H[(PARAMS + 1) * i] += weight[i];
        s->spread[(PARAMS + 1) * i] += s->sigma2 * weight[i];
    }
}

// H's inverse in place; what is held has none. false: singular.
static bool normal_invert(normal *s) {
    double trace = 0;
    for (int i = CLOCKS; i < PARAMS; i++)
        trace += s->H[(PARAMS + 1) * i];
    for (int i = CLOCKS; i < PARAMS && s->is_free[2]; i++)
        for (int j = CLOCKS; j <= i; j++) // F's length is no matter
            s->H[PARAMS * i + j] += trace * s->F[i - CLOCKS] * s->F[j - CLOCKS];
    for (int i = 0; i < PARAMS; i++) {
        const bool free = s->is_free[i < CLOCKS ? i : CLOCKS];
        s->H[(PARAMS + 1) * i] = free ? s->H[(PARAMS + 1) * i] * (1 + DAMPING) : 1;
    }
    return rig_cholesky(s->H, PARAMS) && rig_cholesky_invert(s->H, PARAMS);
}

static double variance_of(const normal *s, int i, int j) {
    double sum = 0;
    for (int k = 0; k < PARAMS; k++)
        for (int m = 0; m < PARAMS; m++)
            sum += s->H[PARAMS * i + k] * s->spread[PARAMS * k + m] * s->H[PARAMS * j + m];
    return sum;
}

static void clocks_move(const normal *s, const double step[PARAMS], rig_sync_clocks *clocks) {
    const double variance = variance_of(s, 0, 0), drift = variance_of(s, 1, 1), both = variance_of(s, 0, 1);
    clocks->shift_s += step[0];
    clocks->drift += step[1];
    clocks->sigma_shift_s = sqrt(variance);
    clocks->sigma_drift = s->is_free[1] ? sqrt(drift) : 0;
    if (clocks->sigma_drift > 0) { // where shift and drift err independently
        const double move = -both / drift;
        clocks->centre_s += move;
        clocks->shift_s += clocks->drift * move;
        clocks->sigma_shift_s = sqrt(fmax(0, variance + move * both));
    }
}

double rig_sync_step(const rig_sync_match *matches, int n, double sigma, const rig_sync_loose *loose, double F[9],
                     rig_sync_clocks *clocks) {
    normal s = {.clocks = clocks, .F = F, .sigma = sigma, .is_free = {true, loose->drift > 0, loose->F > 0}};
    double step[PARAMS] = {0}, norm = 0;
    system_make(&s, matches, n, loose->biased);
    spread_by_joints(&s);
    expect(&s, loose);
    if (n == 0 || !(s.H[0] > 0) || !normal_invert(&s))
        return INFINITY;
    for (int i = 0; i < PARAMS; i++)
        for (int j = 0; j < PARAMS; j++)
            step[i] -= s.H[PARAMS * i + j] * s.g[j];
    clocks_move(&s, step, clocks);
    for (int i = 0; i < 9 && s.is_free[2]; i++) {
        F[i] += step[CLOCKS + i];
        norm += F[i] * F[i];
    }
    for (int i = 0; i < 9 && s.is_free[2]; i++)
        F[i] /= sqrt(norm);
    return fabs(step[0]) + DRIFT_REACH_S * fabs(step[1]);
}

double rig_sync_slope(const rig_sync_match *matches, int n, double sigma, const rig_sync_loose *loose,
                      const double F[9], const rig_sync_clocks *clocks, double *curvature) {
    normal s = {.clocks = clocks, .F = F, .sigma = sigma, .is_free = {true}};
    system_make(&s, matches, n, loose->biased);
    *curvature = s.H[0];
    return s.g[0];
}
