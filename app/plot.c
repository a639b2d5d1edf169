#include "app/plot.h"

#include "cv/cv.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICKS_MOST = 7, TICK = 6, BAR = 18, GAP = 14 };
static const double FONT = 0.5;
static const double RANGE_LEAST = 3; // of a scale: below, what hardly differs would look as if it did

void rig_plot_fill(rig_image *image, rig_rect rect, rig_colour colour) {
    for (int y = rect.y < 0 ? 0 : rect.y; y < rect.y + rect.h && y < image->height; y++)
        for (int x = rect.x < 0 ? 0 : rect.x; x < rect.x + rect.w && x < image->width; x++)
            memcpy(image->data + y * image->stride + 3 * x, colour.bgr, 3);
}

void rig_plot_text(rig_image *image, const double q[2], const char *text, double size) {
    double width, above, below;
    rig_draw_text_extent(text, size, &width, &above, &below);
    rig_draw_text(image, (const double[]){q[0] - width / 2, q[1] + above / 2}, text, size, rig_black.bgr);
}

void rig_plot_place(const rig_plot *p, const double x[2], double q[2]) {
    const rig_rect r = p->panel;
    q[0] = r.x - 0.5 + r.w * (x[0] - p->low[0]) / (p->high[0] - p->low[0]);
    q[1] = r.y - 0.5 + r.h * (p->high[1] - x[1]) / (p->high[1] - p->low[1]);
}

// 1, 2 or 5 times a power of ten, of which at most TICKS_MOST make the length.
static double step_for(double length) {
    const double least = length / TICKS_MOST, decade = pow(10, floor(log10(least)));
    return least <= decade ? decade : least <= 2 * decade ? 2 * decade : least <= 5 * decade ? 5 * decade : 10 * decade;
}

static void axis_draw(const rig_plot *p, int axis) {
    const double low = fmin(p->low[axis], p->high[axis]), high = fmax(p->low[axis], p->high[axis]);
    const double step = step_for(high - low), from = ceil(low / step - 1e-9), to = floor(high / step + 1e-9);
    for (double i = from; i <= to; i++) {
        double x[2] = {p->low[0], p->low[1]}, q[2];
        char text[32];
        x[axis] = i * step;
        rig_plot_place(p, x, q);
        const double out[2] = {q[0] - (axis == 1) * TICK, q[1] + (axis == 0) * TICK};
        rig_draw_line(p->image, q, out, rig_black.bgr, 1);
        snprintf(text, sizeof text, "%.4g", i == 0 ? 0 : x[axis]);
        const double beside[2] = {out[0] - (axis == 1) * 24, out[1] + (axis == 0) * 12};
        rig_plot_text(p->image, beside, text, FONT);
    }
}

void rig_plot_axes_draw(const rig_plot *p, const char *const units[2], const char *title) {
    const double left = p->panel.x - 1, right = p->panel.x + p->panel.w, top = p->panel.y - 1,
                 bottom = p->panel.y + p->panel.h;
    const double corners[5][2] = {{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}};
    for (int i = 0; i < 4; i++)
        rig_draw_line(p->image, corners[i], corners[i + 1], rig_black.bgr, 1);
    for (int axis = 0; axis < 2; axis++)
        axis_draw(p, axis);
    rig_plot_text(p->image, (const double[]){(left + right) / 2, bottom + 40}, units[0], FONT);
    rig_draw_text(p->image, (const double[]){left - RIG_PLOT_LEFT + 8, top - 14}, units[1], FONT, rig_black.bgr);
    rig_plot_text(p->image, (const double[]){(left + right) / 2, top - 14}, title, 1.2 * FONT);
}

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

rig_plot_scale rig_plot_scale_of(double *values, int n) {
    int first = 0;
    qsort(values, (size_t)n, sizeof *values, rising);
    while (first < n && values[first] <= 0)
        first++;
    if (first == n)
        return (rig_plot_scale){0};
    const int last = n - 1 - first; // places after the first
    rig_plot_scale s = {values[first + last * 2 / 100], values[first + last * 98 / 100]};
    const double lacks = sqrt(fmax(RANGE_LEAST * s.low / s.high, 1));
    s.low /= lacks, s.high *= lacks;
    return s;
}

static double share_of(const rig_plot_scale *s, double value) {
    return s->low > 0 ? fmin(fmax(log(value / s->low) / log(s->high / s->low), 0), 1) : 0;
}

rig_colour rig_plot_colour(const rig_plot_scale *scale, double value) {
    return rig_ramp_colour(share_of(scale, value));
}

void rig_plot_scale_draw(const rig_plot *p, const rig_plot_scale *s, const char *unit) {
    const rig_rect bar = {p->panel.x + p->panel.w + GAP, p->panel.y, BAR, p->panel.h};
    for (int y = 0; y < bar.h; y++)
        rig_plot_fill(p->image, (rig_rect){bar.x, bar.y + bar.h - 1 - y, bar.w, 1},
                      rig_ramp_colour((double)y / fmax(bar.h - 1, 1)));
    const double beside = bar.x + bar.w + TICK;
    rig_draw_text(p->image, (const double[]){bar.x, bar.y - 8}, unit, FONT, rig_black.bgr);
    for (int k = (int)floor(log10(fmax(s->low, 1e-30))); s->low > 0 && k <= log10(s->high); k++)
        for (int m = 1; m <= 9; m++) { // 1, 2, 5 where the scale goes through a decade
            if (m != 1 && m != 2 && m != 5 && s->high > 10 * s->low)
                continue;
            const double value = m * pow(10, k), y = bar.y + bar.h - 1 - share_of(s, value) * (bar.h - 1);
            char text[32];
            if (value < s->low || value > s->high)
                continue;
            rig_draw_line(p->image, (const double[]){bar.x + bar.w, y}, (const double[]){beside, y}, rig_black.bgr, 1);
            snprintf(text, sizeof text, "%.4g", value);
            rig_draw_text(p->image, (const double[]){beside + 4, y + 5}, text, FONT, rig_black.bgr);
        }
}
