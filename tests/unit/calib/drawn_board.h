// Boards drawn by casting rays, for the tests of corners: squares (or tags) of 1; a chessboard's at corners 0, 1, cols,
// cols + 1 is dark.
#ifndef RIG_TESTS_DRAWN_BOARD_H
#define RIG_TESTS_DRAWN_BOARD_H

#include "core/board.h"
#include "core/camera.h"
#include "core/image.h"
#include "core/markers.h"
#include "core/rng.h"
#include "tests/support/support.h"

enum { DRAWN_RAYS = 4 }; // squared, a pixel

typedef struct drawn {
    rig_board board;
    const rig_markers *markers; // of the board, and how many cells wide their border is
    int border;
    rig_camera camera; // says the picture's size
    rig_pose Rt_cam_board;
    double dark, bright;   // grey values of the squares
    double shade;          // the light falls by this share from the picture's left to its right
    double blur_px, noise; // sigmas
    unsigned seed;         // of the noise
} drawn;

static inline drawn drawn_board(int cols, int rows, int width, int height) {
    return (drawn){.board = {.cols = cols, .rows = rows, .square_m = 1},
                   .camera = {.width = width, .height = height, .K = {700, 700, width / 2.0, height / 2.0 - 2}},
                   .dark = 30,
                   .bright = 220};
}

// Turned by rvec about its middle, which the camera sees at pixel q_middle, squares about pitch_px wide.
static inline void drawn_place(drawn *d, const double rvec[3], const double q_middle[2], double pitch_px) {
    double n[2], zero[3] = {0, 0, 0}, turned[3], z = d->camera.K[0] / pitch_px;
    double centre[3] = {rig_board_along(&d->board, d->board.cols - 1) / 2,
                        rig_board_along(&d->board, d->board.rows - 1) / 2, 0};
    assert_true(rig_camera_unproject(&d->camera, q_middle, n));
    d->Rt_cam_board = rig_pose_from_rvec(rvec, zero);
    rig_mat3_mul_vec(d->Rt_cam_board.R, centre, turned);
    const double at[3] = {n[0] * z, n[1] * z, z};
    for (int k = 0; k < 3; k++)
        d->Rt_cam_board.t[k] = at[k] - turned[k];
}

static inline void drawn_truth(const drawn *d, double (*q)[2]) {
    for (int i = 0; i < rig_board_n(&d->board); i++) {
        double p[3], at[3];
        rig_board_point(&d->board, i, p);
        rig_pose_apply(&d->Rt_cam_board, p, at);
        assert_true(rig_camera_project(&d->camera, at, q[i], NULL, NULL));
    }
}

// Whether marker i is dark at (u, v), 0 .. 1 each way.
static inline bool drawn_marker_dark(const drawn *d, int i, double u, double v) {
    int side = d->markers->side, n = side + 2 * d->border, x = (int)(u * n) - d->border, y = (int)(v * n) - d->border;
    if (x < 0 || y < 0 || x >= side || y >= side)
        return true;
    return !(d->markers->codes[i] >> (side * side - 1 - y * side - x) & 1);
}

static inline int drawn_marker_at(const drawn *d, int column, int row) {
    for (int i = 0; i < d->markers->n; i++) {
        int at[2];
        rig_board_marker_corner(&d->board, i, &at[0], &at[1]);
        if (at[0] == column && at[1] == row)
            return i;
    }
    return -1;
}

static inline bool drawn_chess_dark(const drawn *d, double a, double b) {
    int x = (int)floor(a), y = (int)floor(b), i;
    if (a < -1 || b < -1 || a >= d->board.cols || b >= d->board.rows)
        return false;
    bool dark = ((x + y) % 2 == 0) != (d->board.kind == RIG_BOARD_CHARUCO && d->board.other_way);
    if (dark || d->board.kind == RIG_BOARD_CHESSBOARD || (i = drawn_marker_at(d, x, y)) < 0)
        return dark;
    double m = (1 - d->board.marker_m) / 2, u = (a - x - m) / (1 - 2 * m), v = (b - y - m) / (1 - 2 * m);
    return u >= 0 && v >= 0 && u < 1 && v < 1 && drawn_marker_dark(d, i, u, v);
}

static inline bool drawn_tags_dark(const drawn *d, double a, double b) {
    double gap = d->board.gap_m, pitch = 1 + gap, last_a = rig_board_along(&d->board, d->board.cols - 1),
           last_b = rig_board_along(&d->board, d->board.rows - 1);
    int x = (int)floor(a / pitch), y = (int)floor(b / pitch);
    double u = a - x * pitch, v = b - y * pitch;
    if (a < -gap || b < -gap || a >= last_a + gap || b >= last_b + gap)
        return false;
    if (u >= 1 || v >= 1)
        return u >= 1 && v >= 1;
    int i = drawn_marker_at(d, 2 * x, 2 * y);
    return i >= 0 && drawn_marker_dark(d, i, u, v);
}

// What the ray through q sees; background where it is not the board.
static inline double drawn_ray(const drawn *d, const rig_pose *Rt_board_cam, const double q[2], double background) {
    double n[2], v[3];
    if (!rig_camera_unproject(&d->camera, q, n))
        return background;
    const double ray[3] = {n[0], n[1], 1};
    rig_mat3_mul_vec(Rt_board_cam->R, ray, v);
    double s = -Rt_board_cam->t[2] / v[2];
    double a = Rt_board_cam->t[0] + s * v[0], b = Rt_board_cam->t[1] + s * v[1];
    double last_a = rig_board_along(&d->board, d->board.cols - 1),
           last_b = rig_board_along(&d->board, d->board.rows - 1);
    if (!(s > 0 && a >= -2 && b >= -2 && a < last_a + 2 && b < last_b + 2))
        return background;
    bool dark = d->board.kind == RIG_BOARD_APRILGRID ? drawn_tags_dark(d, a, b) : drawn_chess_dark(d, a, b);
    return dark ? d->dark : d->bright;
}

// The pixels that the board may cover, from .. to - 1 each way.
static inline void drawn_reach(const drawn *d, int from[2], int to[2]) {
    enum { STEPS = 16, MARGIN = 2 };
    const int size[2] = {d->camera.width, d->camera.height};
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (int i = 0; i <= STEPS; i++)
        for (int j = 0; j <= STEPS; j++) {
            double a = -2 + (rig_board_along(&d->board, d->board.cols - 1) + 4) * i / STEPS;
            double b = -2 + (rig_board_along(&d->board, d->board.rows - 1) + 4) * j / STEPS;
            double at[3], q[2] = {0, 0};
            rig_pose_apply(&d->Rt_cam_board, (double[3]){a, b, 0}, at);
            if (!(at[2] > 0) || !rig_camera_project(&d->camera, at, q, NULL, NULL))
                low[0] = low[1] = -INFINITY, high[0] = high[1] = INFINITY;
            for (int k = 0; k < 2; k++)
                low[k] = fmin(low[k], q[k]), high[k] = fmax(high[k], q[k]);
        }
    for (int k = 0; k < 2; k++) {
        from[k] = (int)fmin(fmax(low[k] - MARGIN, 0), size[k]);
        to[k] = (int)fmin(fmax(high[k] + MARGIN + 1, 0), size[k]);
    }
}

// A small Gaussian, along rows and columns.
static inline void drawn_blur(const rig_image *grey, double sigma, double *buffer) {
    int w = grey->width, h = grey->height, half = (int)ceil(3 * sigma);
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < w * h; i++)
            buffer[i] = grey->data[i / w * grey->stride + i % w];
        for (int i = 0; i < w * h; i++) {
            int x = i % w, y = i / w;
            double sum = 0, total = 0;
            for (int k = -half; k <= half; k++) {
                int u = pass ? x : x + k, v = pass ? y + k : y;
                if (u < 0 || v < 0 || u >= w || v >= h)
                    continue;
                double weight = exp(-k * k / (2 * sigma * sigma));
                sum += weight * buffer[v * w + u], total += weight;
            }
            grey->data[y * grey->stride + x] = (unsigned char)lround(sum / total);
        }
    }
}

// The mean of a pixel's rays. Where its four outermost see the same, all do.
static inline double drawn_pixel(const drawn *d, const rig_pose *Rt_board_cam, int x, int y, double background) {
    enum { N = DRAWN_RAYS };
    static const int order[4] = {0, N * N - 1, N - 1, N * N - N};
    double sum = 0, first = 0;
    bool alike = true;
    for (int k = 0; k < 4 && alike; k++) {
        const double at[2] = {x + (order[k] % N + 0.5) / N - 0.5, y + (order[k] / N + 0.5) / N - 0.5};
        double seen = drawn_ray(d, Rt_board_cam, at, background);
        first = k ? first : seen;
        alike = !(fabs(seen - first) > 0);
    }
    for (int k = 0; k < N * N && !alike; k++) {
        const double at[2] = {x + (k % N + 0.5) / N - 0.5, y + (k / N + 0.5) / N - 0.5};
        sum += drawn_ray(d, Rt_board_cam, at, background) / (N * N);
    }
    return alike ? first : sum;
}

// Draw over what the picture shows where `over`, else over grey; the board's truth goes into q where not NULL.
static inline void drawn_draw(const drawn *d, bool over, rig_image *grey, double (*q)[2]) {
    rig_err err;
    rig_pose Rt_board_cam = rig_pose_invert(&d->Rt_cam_board);
    rig_rng rng = rig_rng_seed(5, d->seed);
    rig_arena arena = {0};
    int w = d->camera.width, h = d->camera.height;
    if (!over)
        assert_ok(rig_image_resize(grey, w, h, 1, &err));
    int from[2], to[2];
    drawn_reach(d, from, to);
    for (int i = 0; i < w * h; i++) {
        int x = i % w, y = i / w;
        unsigned char *pixel = grey->data + y * grey->stride + x;
        bool near = x >= from[0] && y >= from[1] && x < to[0] && y < to[1];
        double background = over ? *pixel : 120,
               value = near ? drawn_pixel(d, &Rt_board_cam, x, y, background) : background;
        *pixel = (unsigned char)lround(value * (1 - d->shade * x / w));
    }
    if (d->blur_px > 0)
        drawn_blur(grey, d->blur_px, RIG_NEW(&arena, double, w *h));
    for (int i = 0; d->noise > 0 && i < w * h; i++) {
        unsigned char *pixel = grey->data + i / w * grey->stride + i % w;
        *pixel = (unsigned char)lround(fmin(fmax(*pixel + d->noise * rig_rng_normal(&rng), 0), 255));
    }
    if (q)
        drawn_truth(d, q);
    rig_arena_release(&arena);
}

// The root of the mean of squared distances; `turned`: b read from its other end.
static inline double drawn_rms(const double (*a)[2], const double (*b)[2], int n, bool turned) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double *c = b[turned ? n - 1 - i : i];
        sum += ((a[i][0] - c[0]) * (a[i][0] - c[0]) + (a[i][1] - c[1]) * (a[i][1] - c[1])) / n;
    }
    return sqrt(sum);
}

#endif
