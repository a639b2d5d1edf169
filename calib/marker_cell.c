#include "calib/marked.h"

#include <math.h>

enum { SIDE_MAX = 7 + 2, ASIDE = 3, SAMPLES = 3 };
static const double SPREAD = 0.25;    // of a cell: between its samples
static const double CONTRAST_MIN = 8; // grey values
static const int BORDER_WRONG = 8;    // one border cell in so many

// From the unit square to the four corners.
typedef struct quad {
    double H[9];
} quad;

// Source: Heckbert 1989, "Fundamentals of texture mapping and image warping", 2.2.3.
static quad quad_of(const double (*q)[2]) {
    const double *a = q[0], *b = q[1], *c = q[3], *d = q[2]; // around
    double ux = b[0] - c[0], uy = b[1] - c[1], vx = d[0] - c[0], vy = d[1] - c[1];
    double sx = a[0] - b[0] + c[0] - d[0], sy = a[1] - b[1] + c[1] - d[1], det = ux * vy - vx * uy;
    double g = (sx * vy - vx * sy) / det, h = (ux * sy - sx * uy) / det;
    return (quad){{b[0] - a[0] + g * b[0], d[0] - a[0] + h * d[0], a[0], b[1] - a[1] + g * b[1], d[1] - a[1] + h * d[1],
                   a[1], g, h, 1}};
}

static double grey_at(const rig_image *grey, const quad *to, double u, double v) {
    const double *H = to->H, w = H[6] * u + H[7] * v + H[8];
    double x = (H[0] * u + H[1] * v + H[2]) / w, y = (H[3] * u + H[4] * v + H[5]) / w;
    x = fmin(fmax(x, 0), grey->width - 1), y = fmin(fmax(y, 0), grey->height - 1); // NaN: 0
    int left = (int)x, top = (int)y, right = left + 1 < grey->width ? 1 : 0;
    const unsigned char *a = grey->data + top * grey->stride + left, *b = top + 1 < grey->height ? a + grey->stride : a;
    double fx = x - left, fy = y - top;
    return (1 - fy) * ((1 - fx) * a[0] + fx * a[right]) + fy * ((1 - fx) * b[0] + fx * b[right]);
}

static double cell_at(const rig_image *grey, const quad *to, double u, double v, double cell) {
    double sum = 0;
    for (int k = 0; k < SAMPLES * SAMPLES; k++)
        sum += grey_at(grey, to, u + cell * SPREAD * (k % SAMPLES - 1), v + cell * SPREAD * (k / SAMPLES - 1));
    return sum / (SAMPLES * SAMPLES);
}

// The mean about the marker.
static double around(const rig_image *grey, const quad *to, double clear) {
    double sum = 0;
    for (int k = 0; k < ASIDE; k++) {
        double t = (k + 1.0) / (ASIDE + 1);
        sum += grey_at(grey, to, t, clear) + grey_at(grey, to, t, 1 - clear) + grey_at(grey, to, clear, t) +
               grey_at(grey, to, 1 - clear, t);
    }
    return sum / (4 * ASIDE);
}

rig_marker_place rig_marker_place_of(const rig_board *board) {
    double aside = (1 - board->marker_m / board->square_m) / 2;
    return board->kind == RIG_BOARD_APRILGRID ? (rig_marker_place){0, -board->gap_m / board->square_m / 2}
                                              : (rig_marker_place){aside, aside / 2};
}

// False: its border is not black.
static bool code_read(const rig_image *grey, const quad *to, const rig_marker_place *at, double bright, int side,
                      int border, uint64_t *code) {
    int n = side + 2 * border, n_border = n * n - side * side, wrong = 0;
    double value[(SIDE_MAX + 2) * (SIDE_MAX + 2)], cell = (1 - 2 * at->from) / n, dark = 0;
    for (int k = 0; k < n * n; k++) {
        int x = k % n, y = k / n;
        bool inside = x >= border && y >= border && x < n - border && y < n - border;
        value[k] = cell_at(grey, to, at->from + (x + 0.5) * cell, at->from + (y + 0.5) * cell, cell);
        dark += inside ? 0 : value[k] / n_border;
    }
    double middle = (bright + dark) / 2;
    *code = 0;
    for (int k = 0; k < n * n; k++) {
        int x = k % n, y = k / n;
        if (x >= border && y >= border && x < n - border && y < n - border)
            *code = *code << 1 | (value[k] > middle);
        else
            wrong += value[k] > middle;
    }
    return bright - dark >= CONTRAST_MIN && wrong * BORDER_WRONG <= n_border;
}

int rig_marker_read(const rig_image *grey, const double (*q)[2], const rig_board *board, const rig_markers *markers,
                    int *quarters) {
    const rig_marker_place at = rig_marker_place_of(board);
    const quad to = quad_of(q);
    const int borders = board->kind == RIG_BOARD_APRILGRID ? 2 : 1;
    double bright = around(grey, &to, at.clear);
    int which = -1;
    for (int border = 1; border <= borders && which < 0; border++) {
        uint64_t code;
        if (code_read(grey, &to, &at, bright, markers->side, border, &code))
            which = rig_marker_find(markers, code, quarters);
    }
    return which;
}
