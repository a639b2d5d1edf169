#include "calib/saddle_fit.h"

#include "core/linalg.h"
#include "core/wide.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

enum {
    CX,
    CY,
    TURN_I,
    TURN_J,
    SHARP,
    LEVEL,
    SLOPE_X,
    SLOPE_Y,
    CONTRAST,
    N_PARAMS,
    N_PAIRS = N_PARAMS * (N_PARAMS + 1) / 2,
    STEPS_MAX = 10,
    STEP_REACH = 3,
    BATCH = 8,
    CHUNK = 64
};
typedef float lanes __attribute__((vector_size(4 * BATCH)));
// Half the window, in steps to the neighbours: it ends before the neighbours' own edges are seen. Small squares take
// more.
static const double WINDOW = 0.7;
static const double WINDOW_MAX = 0.85;
static const double WINDOW_MIN = 6;                    // pixels
static const double ARMS = 4;                          // times what is clear about an edge: so far along it, at most
static const double PITCH_MIN = 2;                     // pixels, between a square's sides: no corner can be told below
static const double SHARP_MIN = 0.15, SHARP_MAX = 1.5; // 1 / pixels; sharper ones would jump from pixel to pixel
static const double EDGE = 1;         // pixels from the picture's edge, at least: half a corner misleads
static const double CONTRAST_MIN = 2; // grey values: what the pixels' steps alone may give
static const double SIGMA_MAX = 1;    // pixels: a worse corner tells nothing
static const double SHARP_FIRST = 0.6, RIDGE = 1e-6;
static const double MOVE_MAX = 1, TURN_MAX = 0.2; // pixels and radians, a step
static const double WEIGHT_MIN = 6;               // pixels: fewer do not tell nine unknowns
static const double STILL = 5e-3;                 // pixels
static const double STILL_SHARP = 0.02; // 1 / pixels: the misfit, and sigma by it, is that before the last step
static const double AWAY = 0.5;         // of the step to a neighbour: so far from its start a corner is another one

typedef struct window {
    const rig_image *grey;
    float to_window[4]; // from the corner, pixels: to -1 .. 1 each way
    float cross[2];     // of that: what lies farther than 1 / cross from both edges is not looked at
    int x0, y0, x1, y1; // all that it may cover
} window;

// Pixels, BATCH side by side in the processor's registers, and CHUNK at a time so that sums stay there; floats are
// exact enough, as the normal equations only steer and their right side is a sum of small numbers where it matters, at
// the end.
typedef struct chunk {
    int n; // a multiple of BATCH when it is added
    float dx[CHUNK], dy[CHUNK], value[CHUNK], use[CHUNK];
} chunk;

typedef struct sums {
    float H[N_PAIRS][BATCH], g[N_PARAMS][BATCH], misfit[BATCH], weight[BATCH];
} sums;

// The pixels' weights: 1 at the corner, falling smoothly to 0 at the window's edge, and to the end of what is clear
// about the edges.
static inline void weigh(const window *win, const chunk *b, float w[CHUNK]) {
    for (int l = 0; l < b->n; l++) {
        float i = fabsf(win->to_window[0] * b->dx[l] + win->to_window[1] * b->dy[l]);
        float j = fabsf(win->to_window[2] * b->dx[l] + win->to_window[3] * b->dy[l]);
        float far = i > j ? i : j, inside = 1 - far * far, aside = i * win->cross[0], aside_j = j * win->cross[1];
        aside = aside < aside_j ? aside : aside_j;
        float clear = 1 - aside * aside;
        inside = inside > 0 && clear > 0 ? inside * clear : 0;
        w[l] = b->use[l] * inside * inside;
    }
}

// How far off the edge through the corner along (c, s), and the smooth step there and its slope: from -1 to 1 over
// [-3, 3], an approximant of tanh whose slope ends at 0.
static inline void step(const chunk *b, float c, float s, float sharp, float off[CHUNK], float value[CHUNK],
                        float slope[CHUNK]) {
    for (int l = 0; l < b->n; l++) {
        off[l] = c * b->dy[l] - s * b->dx[l];
        float x = off[l] * sharp;
        x = x < -STEP_REACH ? -STEP_REACH : x > STEP_REACH ? STEP_REACH : x;
        float square = x * x, below = 1 / (27 + 9 * square);
        value[l] = x * (27 + square) * below;
        slope[l] = (27 + 3 * square - 18 * x * value[l]) * below;
    }
}

// sum += a * b, lane by lane.
static inline void products_add(const float a[CHUNK], const float b[CHUNK], int n, float sum[BATCH]) {
    lanes s, x, y;
    memcpy(&s, sum, sizeof s);
    for (int l = 0; l < n; l += BATCH) {
        memcpy(&x, a + l, sizeof x);
        memcpy(&y, b + l, sizeof y);
        s += x * y;
    }
    memcpy(sum, &s, sizeof s);
}

// first: the unknown that the equations begin with; those before it are not asked.
RIG_WIDE static void chunk_add(const window *win, const float p[N_PARAMS], const float turn[4], int first,
                               const chunk *b, sums *sum) {
    float J[N_PARAMS][CHUNK], w[CHUNK], r[CHUNK], wr[CHUNK], off_i[CHUNK], off_j[CHUNK], s_i[CHUNK], s_j[CHUNK],
        d_i[CHUNK], d_j[CHUNK];
    weigh(win, b, w);
    step(b, turn[0], turn[1], p[SHARP], off_i, s_i, d_i);
    step(b, turn[2], turn[3], p[SHARP], off_j, s_j, d_j);
    for (int l = 0; l < b->n; l++) {
        float dx = b->dx[l], dy = b->dy[l];
        float by_i = p[CONTRAST] * d_i[l] * s_j[l], by_j = p[CONTRAST] * s_i[l] * d_j[l];
        J[SHARP][l] = by_i * off_i[l] + by_j * off_j[l];
        by_i *= p[SHARP], by_j *= p[SHARP];
        J[CX][l] = by_i * turn[1] + by_j * turn[3];
        J[CY][l] = -by_i * turn[0] - by_j * turn[2];
        J[TURN_I][l] = -by_i * (turn[0] * dx + turn[1] * dy);
        J[TURN_J][l] = -by_j * (turn[2] * dx + turn[3] * dy);
        J[LEVEL][l] = 1;
        J[SLOPE_X][l] = dx;
        J[SLOPE_Y][l] = dy;
        J[CONTRAST][l] = s_i[l] * s_j[l];
        r[l] = b->value[l] - (p[LEVEL] + p[SLOPE_X] * dx + p[SLOPE_Y] * dy + p[CONTRAST] * J[CONTRAST][l]);
        wr[l] = w[l] * r[l];
    }
    products_add(wr, r, b->n, sum->misfit);
    products_add(w, J[LEVEL], b->n, sum->weight);
    for (int k = first; k < N_PARAMS; k++) {
        float wj[CHUNK];
        for (int l = 0; l < b->n; l++)
            wj[l] = w[l] * J[k][l];
        products_add(wj, r, b->n, sum->g[k]);
        for (int m = first; m <= k; m++)
            products_add(wj, J[m], b->n, sum->H[k * (k + 1) / 2 + m]);
    }
}

static double batch_sum(const float v[BATCH]) {
    double sum = 0;
    for (int l = 0; l < BATCH; l++)
        sum += v[l];
    return sum;
}

// The columns of row y that lie inside the window about (cx, cy).
static void row_span(const window *win, double cx, double dy, int *x0, int *x1) {
    double low = *x0, high = *x1;
    for (int k = 0; k < 2; k++) {
        double slope = win->to_window[2 * k], at = win->to_window[2 * k + 1] * dy;
        if (fabs(slope) < 1e-9)
            continue;
        double a = cx + (-1 - at) / slope, b = cx + (1 - at) / slope;
        low = fmax(low, fmin(a, b)), high = fmin(high, fmax(a, b));
    }
    *x0 = (int)ceil(low), *x1 = (int)floor(high);
}

// Whether a pixel lies too far from both edges to have a weight.
static bool is_aside(const window *win, float dx, float dy) {
    return fabsf(win->to_window[0] * dx + win->to_window[1] * dy) * win->cross[0] >= 1 &&
           fabsf(win->to_window[2] * dx + win->to_window[3] * dy) * win->cross[1] >= 1;
}

// The normal equations at p, of the pixels weighted about p; zero before the unknown `first`.
static void normal(const window *win, const double p[N_PARAMS], int first, double H[N_PARAMS * N_PARAMS],
                   double g[N_PARAMS], double *misfit, double *weight) {
    float turn[4] = {(float)cos(p[TURN_I]), (float)sin(p[TURN_I]), (float)cos(p[TURN_J]), (float)sin(p[TURN_J])};
    float p32[N_PARAMS];
    sums sum;
    chunk b;
    b.n = 0;
    memset(&sum, 0, sizeof sum);
    for (int k = 0; k < N_PARAMS; k++)
        p32[k] = (float)p[k];
    for (int y = win->y0; y <= win->y1; y++) {
        int x0 = win->x0, x1 = win->x1;
        row_span(win, p[CX], y - p[CY], &x0, &x1);
        const unsigned char *row = win->grey->data + y * win->grey->stride;
        for (int x = x0; x <= x1; x++) {
            b.dx[b.n] = (float)(x - p[CX]), b.dy[b.n] = (float)(y - p[CY]);
            if (win->cross[0] > 0 && is_aside(win, b.dx[b.n], b.dy[b.n]))
                continue;
            b.value[b.n] = row[x], b.use[b.n] = 1;
            if (++b.n == CHUNK)
                chunk_add(win, p32, turn, first, &b, &sum), b.n = 0;
        }
    }
    for (; b.n % BATCH; b.n++)
        b.dx[b.n] = b.dy[b.n] = b.value[b.n] = b.use[b.n] = 0;
    chunk_add(win, p32, turn, first, &b, &sum);
    for (int k = 0, pair = 0; k < N_PARAMS; k++) {
        g[k] = batch_sum(sum.g[k]);
        for (int m = 0; m <= k; m++, pair++)
            H[k * N_PARAMS + m] = H[m * N_PARAMS + k] = batch_sum(sum.H[pair]);
    }
    *misfit = batch_sum(sum.misfit), *weight = batch_sum(sum.weight);
}

static int clamp(double x, int n) {
    return x < 0 ? 0 : x > n - 1 ? n - 1 : (int)x;
}

static bool window_set(const rig_image *grey, const double q[2], const double i[2], const double j[2], double clear,
                       window *win) {
    double area = i[0] * j[1] - i[1] * j[0], share[2], reach[2];
    double high_i = fabs(area) / hypot(j[0], j[1]), high_j = fabs(area) / hypot(i[0], i[1]);
    if (!(high_i >= PITCH_MIN && high_j >= PITCH_MIN))
        return false;
    double wide = clear > 0 ? fmin(WINDOW, ARMS * clear) : WINDOW;
    share[0] = fmin(fmax(wide, WINDOW_MIN / high_i), WINDOW_MAX);
    share[1] = fmin(fmax(wide, WINDOW_MIN / high_j), WINDOW_MAX);
    for (int k = 0; k < 2; k++) {
        reach[k] = share[0] * fabs(i[k]) + share[1] * fabs(j[k]) + 1;
        win->to_window[k] = (float)((k ? -j[0] : j[1]) / area / share[0]);
        win->to_window[2 + k] = (float)((k ? i[0] : -i[1]) / area / share[1]);
        win->cross[k] = clear > 0 ? (float)(share[k] / clear) : 0;
    }
    win->grey = grey;
    win->x0 = clamp(q[0] - reach[0], grey->width), win->x1 = clamp(q[0] + reach[0], grey->width);
    win->y0 = clamp(q[1] - reach[1], grey->height), win->y1 = clamp(q[1] + reach[1], grey->height);
    return true;
}

// One step of Gauss and Newton; H is then its Cholesky factor. First only what is linear moves: level, slopes,
// contrast.
static bool step_take(double p[N_PARAMS], double H[N_PARAMS * N_PARAMS], double g[N_PARAMS], bool linear_only,
                      double *move) {
    for (int a = 0; linear_only && a < LEVEL; a++) {
        for (int b = 0; b < N_PARAMS; b++)
            H[a * N_PARAMS + b] = H[b * N_PARAMS + a] = 0;
        H[a * N_PARAMS + a] = 1, g[a] = 0;
    }
    for (int a = 0; a < N_PARAMS; a++)
        H[a * N_PARAMS + a] *= 1 + RIDGE;
    if (!rig_cholesky(H, N_PARAMS))
        return false;
    rig_cholesky_solve(H, N_PARAMS, g, 1);
    *move = hypot(g[CX], g[CY]);
    double shrink = fmin(1, MOVE_MAX / fmax(*move, 1e-9));
    shrink = fmin(shrink, TURN_MAX / fmax(fmax(fabs(g[TURN_I]), fabs(g[TURN_J])), 1e-9));
    for (int a = 0; a < N_PARAMS; a++)
        p[a] += (a < LEVEL ? shrink : 1) * g[a];
    p[SHARP] = fmin(fmax(p[SHARP], SHARP_MIN), SHARP_MAX);
    return true;
}

bool rig_saddle_fit_at(const rig_image *grey, const double q[2], const double i[2], const double j[2], double clear,
                       rig_saddle_fit *fit) {
    double p[N_PARAMS] = {q[0], q[1], atan2(i[1], i[0]), atan2(j[1], j[0]), SHARP_FIRST}, H[N_PARAMS * N_PARAMS],
           g[N_PARAMS], weight = 0, misfit = 0, move = INFINITY;
    double away = AWAY * fmin(hypot(i[0], i[1]), hypot(j[0], j[1]));
    window win;
    if (!window_set(grey, q, i, j, clear, &win))
        return false;
    for (int k = 0; k < STEPS_MAX && (k < 2 || move >= STILL || fabs(g[SHARP]) >= STILL_SHARP); k++) {
        normal(&win, p, k == 0 ? LEVEL : 0, H, g, &misfit, &weight);
        if (!(weight >= WEIGHT_MIN) || !step_take(p, H, g, k == 0, &move) ||
            !(hypot(p[CX] - q[0], p[CY] - q[1]) <= away))
            return false;
    }
    if (!rig_cholesky_invert(H, N_PARAMS))
        return false;
    fit->q[0] = p[CX], fit->q[1] = p[CY], fit->contrast = p[CONTRAST], fit->blur = STEP_REACH / p[SHARP];
    fit->misfit = sqrt(misfit / weight) / fabs(p[CONTRAST]);
    fit->sigma = sqrt((H[CX * N_PARAMS + CX] + H[CY * N_PARAMS + CY]) / 2 * misfit / weight);
    return fabs(p[CONTRAST]) >= CONTRAST_MIN && fit->sigma <= SIGMA_MAX && fmin(p[CX], p[CY]) >= EDGE &&
           p[CX] <= grey->width - 1 - EDGE && p[CY] <= grey->height - 1 - EDGE;
}

enum { SHORT_SIDE_MIN = 160 };
// Pixels: a larger square's corners are fitted on a reduced picture, as exact there; and what is clear about its edges
// is to be so wide.
static const double FIT_PITCH = 24, FIT_CLEAR = 8;

// Half of two rows; in steps that the compiler computes side by side.
RIG_WIDE static void halve_rows(const unsigned char *a, const unsigned char *b, int width, uint16_t *sum,
                                unsigned char *out) {
    for (int x = 0; x < 2 * width; x++)
        sum[x] = (uint16_t)(a[x] + b[x]);
    for (int x = 0; x < width; x++) {
        uint32_t two;
        memcpy(&two, sum + 2 * x, sizeof two);
        out[x] = (unsigned char)(((two & 0xffff) + (two >> 16) + 2) >> 2);
    }
}

// Half the size; a pixel is the mean of four.
static rig_status halve(const rig_image *from, rig_image *to, rig_arena *arena, rig_err *err) {
    *to = (rig_image){.width = from->width / 2, .height = from->height / 2, .channels = 1, .stride = from->width / 2};
    to->data = RIG_NEW(arena, unsigned char, (size_t)to->width *(size_t)to->height);
    uint16_t *sum = RIG_NEW(arena, uint16_t, 2 * to->width + 2);
    if (!to->data || !sum)
        return rig_fail_memory(err, "a reduced picture");
    for (int y = 0; y < to->height; y++) {
        const unsigned char *row = from->data + 2 * y * from->stride;
        halve_rows(row, row + from->stride, to->width, sum, to->data + y * to->stride);
    }
    return RIG_OK;
}

rig_status rig_pyramid_init(const rig_image *grey, rig_pyramid *p, rig_arena *arena, rig_err *err) {
    *p = (rig_pyramid){.level = {*grey}, .n = 1};
    while (p->n < RIG_LEVELS_MAX) {
        const rig_image *last = &p->level[p->n - 1];
        if ((last->width < last->height ? last->width : last->height) < 2 * SHORT_SIDE_MIN)
            break;
        RIG_TRY(halve(last, &p->level[p->n], arena, err));
        p->n++;
    }
    return RIG_OK;
}

static void pyramid_down(const double q[2], int level, double at[2]) {
    for (int k = 0; k < 2; k++)
        at[k] = ldexp(q[k] + 0.5, -level) - 0.5;
}

void rig_pyramid_up(const double at[2], int level, double q[2]) {
    for (int k = 0; k < 2; k++)
        q[k] = ldexp(at[k] + 0.5, level) - 0.5;
}

bool rig_pyramid_fit(const rig_pyramid *p, const double q[2], const double i[2], const double j[2], double clear,
                     rig_saddle_fit *fit) {
    double pitch = fmin(hypot(i[0], i[1]), hypot(j[0], j[1])), at[2], scaled[2][2];
    double least = clear > 0 ? fmax(FIT_PITCH, FIT_CLEAR / clear) : FIT_PITCH;
    int level = 0;
    while (level + 1 < p->n && ldexp(pitch, -level) > least)
        level++;
    pyramid_down(q, level, at);
    for (int k = 0; k < 2; k++)
        scaled[0][k] = ldexp(i[k], -level), scaled[1][k] = ldexp(j[k], -level);
    if (!rig_saddle_fit_at(&p->level[level], at, scaled[0], scaled[1], clear, fit))
        return false;
    rig_pyramid_up(fit->q, level, fit->q);
    fit->sigma = ldexp(fit->sigma, level);
    return true;
}
