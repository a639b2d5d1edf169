#include "app/overlay_marks.h"

#include "cv/cv.h"

#include <math.h>
#include <string.h>

static const double FONT = 0.9, FONT_LEAST = 0.45; // of a picture of 1280 x 720; below which letters are no letters
static const double TAG_TURN = 8;                  // tags round the colour circle once

// --- colours ---------------------------------------------------------------------------------------------------------

const rig_colour rig_blue = {{0xB2, 0x72, 0x00}}, rig_orange = {{0x00, 0x9F, 0xE6}}, rig_green = {{0x73, 0x9E, 0x00}},
                 rig_purple = {{0xA7, 0x79, 0xCC}}, rig_sky = {{0xE9, 0xB4, 0x56}},
                 rig_vermillion = {{0x00, 0x5E, 0xD5}}, rig_yellow = {{0x42, 0xE4, 0xF0}},
                 rig_grey = {{0x99, 0x99, 0x99}}, rig_white = {{255, 255, 255}}, rig_black = {{0, 0, 0}};

rig_colour rig_person_colour(int i) {
    const rig_colour *const palette[RIG_PALETTE] = {&rig_blue, &rig_orange,     &rig_green, &rig_purple,
                                                    &rig_sky,  &rig_vermillion, &rig_yellow};
    return *palette[(i % RIG_PALETTE + RIG_PALETTE) % RIG_PALETTE];
}

rig_colour rig_ramp_colour(double share) {
    static const unsigned char stops[][3] = {
        {220, 90, 70}, {200, 150, 20}, {120, 190, 60}, {60, 215, 170}, {40, 230, 250}};
    enum { LAST = sizeof stops / sizeof *stops - 1 };
    const double at = fmin(fmax(share, 0), 1) * LAST;
    const int k = at >= LAST ? LAST - 1 : (int)at;
    rig_colour colour;
    for (int c = 0; c < 3; c++)
        colour.bgr[c] = (unsigned char)lrint(stops[k][c] + (at - k) * (stops[k + 1][c] - stops[k][c]));
    return colour;
}

rig_colour rig_tag_colour(double tag) {
    const double turn = tag / TAG_TURN - floor(tag / TAG_TURN);
    rig_colour colour;
    for (int c = 0; c < 3; c++) { // blue, green and red are thirds of the circle apart
        double away = fabs(turn - (2 - c) / 3.0);
        away = fmin(away, 1 - away) * 6;
        colour.bgr[c] = (unsigned char)lrint(255 * fmin(fmax(2 - away, 0), 1));
    }
    return colour;
}

// --- people ----------------------------------------------------------------------------------------------------------

double rig_mark_scale(const rig_image *image) {
    return sqrt((double)image->width * image->height) / sqrt(1280.0 * 720.0);
}

int rig_mark_pixels(double size, double scale) {
    return (int)fmax(rint(size * scale), 1);
}

void rig_figure_draw(rig_image *image, const rig_skeleton *skeleton, const rig_mark_joint *joints,
                     const rig_mark_style *style) {
    for (int under = 1; under >= 0 && style->line > 0; under--) // the rim, that any picture lets the colour stand out
        for (int i = 0; i < skeleton->n_limbs && (style->rim > 0 || !under); i++) {
            const rig_mark_joint *a = &joints[skeleton->limbs[i][0]], *b = &joints[skeleton->limbs[i][1]];
            if (a->shown && b->shown)
                rig_draw_line(image, a->q, b->q, (under ? rig_black : style->colour).bgr,
                              style->line + 2 * style->rim * under);
        }
    for (int k = 0; k < skeleton->n && style->radius > 0; k++) {
        if (!joints[k].shown)
            continue;
        rig_draw_disc(image, joints[k].q, style->radius + style->rim, rig_black.bgr);
        rig_draw_disc(image, joints[k].q, style->radius, joints[k].colour.bgr);
        if (joints[k].hollow)
            rig_draw_disc(image, joints[k].q, (style->radius + 1) / 2, rig_black.bgr);
    }
}

void rig_person_draw(rig_image *image, const rig_person2d *person, const rig_skeleton *skeleton, rig_colour colour,
                     bool tags, double scale) {
    rig_mark_joint joints[RIG_JOINTS_MAX];
    const double size = skeleton->n > RIG_MANY_JOINTS ? scale / 2 : scale;
    const rig_mark_style style = {colour, rig_mark_pixels(3, size), rig_mark_pixels(5, size), rig_mark_pixels(1, size)};
    for (int k = 0; k < skeleton->n; k++) {
        const rig_joint2d *joint = &person->joints[k];
        joints[k] = (rig_mark_joint){joint->found, joint->filled, {joint->q[0], joint->q[1]}, colour};
        if (tags)
            joints[k].colour = rig_tag_colour(joint->tag);
    }
    rig_figure_draw(image, skeleton, joints, &style);
}

// --- texts -----------------------------------------------------------------------------------------------------------

static void box_fill(rig_image *image, const double low[2], const double high[2], rig_colour paper, double share) {
    const int x1 = (int)fmin(high[0], image->width - 1), y1 = (int)fmin(high[1], image->height - 1);
    for (int y = (int)fmax(low[1], 0); y <= y1; y++)
        for (int x = (int)fmax(low[0], 0); x <= x1; x++) {
            unsigned char *pixel = image->data + y * image->stride + 3 * x;
            for (int c = 0; c < 3; c++)
                pixel[c] = (unsigned char)lrint(share * paper.bgr[c] + (1 - share) * pixel[c]);
        }
}

// Black on light paper, white on dark (ITU-R BT.601's weights).
static rig_colour ink_for(rig_colour paper) {
    return 0.114 * paper.bgr[0] + 0.587 * paper.bgr[1] + 0.299 * paper.bgr[2] > 127 ? rig_black : rig_white;
}

// The box's margin around the letters.
static double label_margin(const char *text, double font, double size[2]) {
    double tails;
    rig_draw_text_extent(text, font, &size[0], &size[1], &tails);
    const double margin = size[1] / 3;
    size[0] += 2 * margin, size[1] += 2 * margin;
    return margin;
}

static double label_font(double scale) {
    return fmax(FONT * scale, FONT_LEAST);
}

void rig_label_extent(const char *text, double scale, double size[2]) {
    label_margin(text, label_font(scale), size);
}

void rig_label_draw(rig_image *image, const double q[2], const char *text, double scale, rig_colour paper) {
    double box[2];
    if (!isfinite(q[0]) || !isfinite(q[1]))
        return;
    const double margin = label_margin(text, label_font(scale), box);
    const double low[2] = {fmax(fmin(q[0], image->width - 1 - box[0]), 0),
                           fmax(fmin(q[1] - box[1], image->height - 1 - box[1]), 0)};
    const double high[2] = {low[0] + box[0], low[1] + box[1]};
    box_fill(image, low, high, paper, 1);
    rig_draw_text(image, (const double[]){low[0] + margin, high[1] - margin}, text, label_font(scale),
                  ink_for(paper).bgr);
}

void rig_head_draw(rig_image *image, const char *const *lines, int n) {
    double font = fmax(FONT * rig_mark_scale(image), FONT_LEAST), widest = 0, above = 0, tails = 0;
    for (int i = 0; i < n; i++) {
        double width;
        rig_draw_text_extent(lines[i], font, &width, &above, &tails);
        widest = fmax(widest, width);
    }
    if (widest + 2 * above > image->width) { // letters too small to read are better than none
        font *= image->width / (widest + 2 * above);
        rig_draw_text_extent("0", font, &widest, &above, &tails);
        widest = image->width;
    }
    const double margin = above / 2, step = above + tails + 1;
    int n_shown = 0;
    for (int i = 0; i < n; i++)
        n_shown += lines[i][0] != 0;
    box_fill(image, (const double[]){0, 0}, (const double[]){widest + 2 * margin, n_shown * step + margin}, rig_black,
             0.6);
    for (int i = 0, row = 1; i < n; i++)
        if (lines[i][0])
            rig_draw_text(image, (const double[]){margin, margin + row++ * step - tails}, lines[i], font,
                          rig_white.bgr);
}

void rig_cross_draw(rig_image *image, const double q[2], int radius, int line, rig_colour colour) {
    for (int k = -1; k <= 1; k += 2)
        rig_draw_line(image, (const double[]){q[0] - radius, q[1] - k * radius},
                      (const double[]){q[0] + radius, q[1] + k * radius}, colour.bgr, line);
}
