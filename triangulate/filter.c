#include "triangulate/filter.h"

#include "core/linalg.h"

#include <math.h>
#include <string.h>

enum { DEGREE_MAX = RIG_FILTER_DEGREE_MAX };

static const double PI = 3.14159265358979323846;
static const double SPEED_CUTOFF_HZ = 1;  // one_euro: of the speed that it follows; Casiez et al.'s
static const double START_SPEED_M_S = 10; // kalman: 1 standard deviation, before anything is seen

static const char *const NAMES[RIG_FILTERS] = {"none", "butterworth", "one_euro", "kalman", "savitzky_golay"};

const char *rig_filter_name(rig_filter kind) {
    return NAMES[kind];
}

rig_filter_params rig_filter_defaults(rig_filter kind) {
    return (rig_filter_params){.kind = kind,
                               .cutoff_hz = kind == RIG_FILTER_ONE_EURO ? 1.5 : 6,
                               .cutoff_hz_per_m_s = 20,
                               .window_s = 0.25,
                               .degree = 3};
}

// --- Butterworth ----------------------------------------------------------------------------------------------------

typedef struct section {
    double b, a1, a2; // b (1 + 2 z^-1 + z^-2) / (1 + a1 z^-1 + a2 z^-2)
} section;

// Second order, so that two passes leave half of the power at the cutoff. Bilinear transform.
static section butterworth_section(double cutoff_hz, double fps) {
    double w = tan(PI * cutoff_hz / fps) / sqrt(sqrt(sqrt(2) - 1)), w2 = w * w, d = 1 + sqrt(2) * w + w2;
    return (section){w2 / d, 2 * (w2 - 1) / d, (1 - sqrt(2) * w + w2) / d};
}

// One pass in place, starting as if the first sample had stood for ever.
static void section_pass(const section *s, double *x, int n, int step) {
    double x1 = x[0], x2 = x[0], y1 = x[0], y2 = x[0];
    for (int i = 0; i < n; i++, x += step) {
        double y = s->b * (*x + 2 * x1 + x2) - s->a1 * y1 - s->a2 * y2;
        x2 = x1, x1 = *x, y2 = y1, y1 = y;
        *x = y;
    }
}

// The ends are continued by their own mirror image, turned about the last sample.
static rig_status butterworth(const rig_filter_params *params, double fps, double *x, int n, rig_arena *scratch,
                              rig_err *err) {
    int pad = (int)ceil(2 * fps / params->cutoff_hz);
    pad = pad < n - 1 ? pad : n - 1;
    double *padded = RIG_NEW(scratch, double, (size_t)n + 2 * (size_t)pad);
    if (!padded)
        return rig_fail_memory(err, "filter");
    for (int i = 0; i < pad; i++) {
        padded[pad - 1 - i] = 2 * x[0] - x[i + 1];
        padded[pad + n + i] = 2 * x[n - 1] - x[n - 2 - i];
    }
    memcpy(padded + pad, x, (size_t)n * sizeof *x);
    section s = butterworth_section(params->cutoff_hz, fps);
    section_pass(&s, padded, n + 2 * pad, 1);
    section_pass(&s, padded + n + 2 * pad - 1, n + 2 * pad, -1);
    memcpy(x, padded + pad, (size_t)n * sizeof *x);
    return RIG_OK;
}

// --- one euro -------------------------------------------------------------------------------------------------------

static double low_pass_share(double cutoff_hz, double fps) {
    double tau = fps / (2 * PI * cutoff_hz);
    return 1 / (1 + tau);
}

static void one_euro(const rig_filter_params *params, double fps, double *x, int n) {
    double speed = 0, last = x[0];
    for (int i = 1; i < n; i++) {
        double raw = x[i], share = low_pass_share(SPEED_CUTOFF_HZ, fps);
        speed += share * ((raw - last) * fps - speed);
        last = raw;
        double cutoff = params->cutoff_hz + params->cutoff_hz_per_m_s * fabs(speed);
        x[i] = x[i - 1] + low_pass_share(cutoff, fps) * (raw - x[i - 1]);
    }
}

// --- Kalman ---------------------------------------------------------------------------------------------------------

typedef struct belief {
    double x, v, xx, xv, vv;
} belief;

static belief predicted(const belief *b, double dt, double q) {
    belief a = *b;
    a.x += dt * b->v;
    a.xx += 2 * dt * b->xv + dt * dt * b->vv + q * dt * dt * dt * dt / 4;
    a.xv += dt * b->vv + q * dt * dt * dt / 2;
    a.vv += q * dt * dt;
    return a;
}

static void measured(belief *b, double x, double r) {
    double gain_x = b->xx / (b->xx + r), gain_v = b->xv / (b->xx + r), e = x - b->x;
    b->x += gain_x * e;
    b->v += gain_v * e;
    b->vv -= gain_v * b->xv;
    b->xv -= gain_x * b->xv;
    b->xx -= gain_x * b->xx;
}

static rig_status kalman(double acceleration, double fps, double *x, const double *sigma, int n, rig_arena *scratch,
                         rig_err *err) {
    double dt = 1 / fps, q = acceleration * acceleration;
    belief *at = RIG_NEW(scratch, belief, n);
    if (!at)
        return rig_fail_memory(err, "filter");
    at[0] = (belief){x[0], 0, sigma[0] * sigma[0], 0, START_SPEED_M_S * START_SPEED_M_S};
    for (int i = 1; i < n; i++) {
        at[i] = predicted(&at[i - 1], dt, q);
        measured(&at[i], x[i], sigma[i] * sigma[i]);
    }
    x[n - 1] = at[n - 1].x;
    double v = at[n - 1].v;
    for (int i = n - 2; i >= 0; i--) {
        const belief *b = &at[i];
        belief a = predicted(b, dt, q);
        // The smoother's gain P F^T A^-1, 2x2.
        double det = a.xx * a.vv - a.xv * a.xv, c0 = b->xx + dt * b->xv, c1 = b->xv, c2 = b->xv + dt * b->vv,
               c3 = b->vv;
        double g0 = (c0 * a.vv - c1 * a.xv) / det, g1 = (c1 * a.xx - c0 * a.xv) / det;
        double g2 = (c2 * a.vv - c3 * a.xv) / det, g3 = (c3 * a.xx - c2 * a.xv) / det;
        double ex = x[i + 1] - a.x, ev = v - a.v;
        x[i] = b->x + g0 * ex + g1 * ev;
        v = b->v + g2 * ex + g3 * ev;
    }
    return RIG_OK;
}

// --- Savitzky and Golay ---------------------------------------------------------------------------------------------

// What each of the window's 2 half + 1 samples adds to the fitted polynomial at `at`, from -half to half.
static void polynomial_weights(int half, int degree, int at, double *weight) {
    int n = degree + 1;
    double G[(DEGREE_MAX + 1) * (DEGREE_MAX + 1)] = {0}, c[DEGREE_MAX + 1], t = (double)at / half, power = 1;
    for (int i = -half; i <= half; i++)
        for (int r = 0; r < n; r++)
            for (int k = 0; k < n; k++)
                G[r * n + k] += pow((double)i / half, r + k);
    for (int r = 0; r < n; r++, power *= t)
        c[r] = power;
    if (!rig_cholesky(G, n)) // not for half > 0 and degree <= 2 half
        return;
    rig_cholesky_solve(G, n, c, 1);
    for (int i = -half; i <= half; i++) {
        double s = (double)i / half, sum = 0;
        for (int r = n - 1; r >= 0; r--)
            sum = sum * s + c[r];
        weight[half + i] = sum;
    }
}

static double weighted(const double *x, const double *weight, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += weight[i] * x[i];
    return sum;
}

static rig_status savitzky_golay(int half, int degree, double *x, int n, rig_arena *scratch, rig_err *err) {
    int width = 2 * half + 1;
    double *weight = RIG_NEW(scratch, double, width), *y = RIG_NEW(scratch, double, n);
    if (!weight || !y)
        return rig_fail_memory(err, "filter");
    for (int i = 0; i < half; i++) { // the ends: the first and last windows, off their middle
        polynomial_weights(half, degree, i - half, weight);
        y[i] = weighted(x, weight, width);
        polynomial_weights(half, degree, half - i, weight);
        y[n - 1 - i] = weighted(x + n - width, weight, width);
    }
    polynomial_weights(half, degree, 0, weight);
    for (int i = half; i < n - half; i++)
        y[i] = weighted(x + i - half, weight, width);
    memcpy(x, y, (size_t)n * sizeof *x);
    return RIG_OK;
}

// --------------------------------------------------------------------------------------------------------------------

static rig_status run(const rig_filter_params *params, double fps, double *x, const double *sigma,
                      double acceleration_m_s2, int n, rig_arena *scratch, rig_err *err) {
    int half = (int)lround(params->window_s * fps / 2);
    bool cuts = params->kind == RIG_FILTER_BUTTERWORTH || params->kind == RIG_FILTER_ONE_EURO;
    if (cuts && 2 * params->cutoff_hz >= fps)
        return rig_fail(err, RIG_ERR_DATA, "cutoff_hz %g at %g frames/s: expected less than %g", params->cutoff_hz, fps,
                        fps / 2);
    if (params->kind == RIG_FILTER_SAVITZKY_GOLAY && (half < 1 || 2 * half < params->degree))
        return rig_fail(err, RIG_ERR_DATA, "window_s %g is %d frames at %g frames/s: degree %d needs more than %d",
                        params->window_s, 2 * half + 1, fps, params->degree, params->degree);
    if (n < 2)
        return RIG_OK;
    switch (params->kind) {
    case RIG_FILTER_BUTTERWORTH:
        return butterworth(params, fps, x, n, scratch, err);
    case RIG_FILTER_ONE_EURO:
        one_euro(params, fps, x, n);
        return RIG_OK;
    case RIG_FILTER_KALMAN:
        return kalman(acceleration_m_s2, fps, x, sigma, n, scratch, err);
    case RIG_FILTER_SAVITZKY_GOLAY:
        return n > 2 * half ? savitzky_golay(half, params->degree, x, n, scratch, err) : RIG_OK;
    default:
        return RIG_OK;
    }
}

rig_status rig_filter_run(const rig_filter_params *params, double fps, double *x, const double *sigma,
                          double acceleration_m_s2, int n, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_status status = run(params, fps, x, sigma, acceleration_m_s2, n, scratch, err);
    rig_arena_rewind(scratch, mark);
    return status;
}

int rig_filter_reach(const rig_filter_params *params, double fps, double acceleration_m_s2) {
    const double e_folds = 24, turn = 2 * PI, sigma_m = 0.05; // a joint that is less sure is hardly one
    switch (params->kind) {
    case RIG_FILTER_BUTTERWORTH: // its slowest pole, at 45 degrees on the circle of the cutoff
        return (int)ceil(e_folds * sqrt(2) / (turn * params->cutoff_hz) * fps);
    case RIG_FILTER_ONE_EURO: // at rest, and the speed that it follows
        return (int)ceil(e_folds * (1 + (1 / params->cutoff_hz + 1 / SPEED_CUTOFF_HZ) / turn * fps));
    case RIG_FILTER_KALMAN:
        return (int)ceil(e_folds * sqrt(2 * sigma_m / acceleration_m_s2) * fps);
    case RIG_FILTER_SAVITZKY_GOLAY:
        return 2 * (int)lround(params->window_s * fps / 2) + 1;
    default:
        return 0;
    }
}
