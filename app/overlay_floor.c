#include "app/overlay_floor.h"

#include "app/overlay_marks.h"
#include "app/overlay_project.h"
#include "cv/cv.h"

#include <stdio.h>

enum { LINES_MOST = 8, PIECES = 12 }; // of the longer side; of a line from one to the next, which lenses bend

// 1, 2 or 5 times a power of ten, of which at most LINES_MOST make the length.
static double step_for(double length) {
    const double least = fmax(length, 1e-3) / LINES_MOST, decade = pow(10, floor(log10(least)));
    return least <= decade ? decade : least <= 2 * decade ? 2 * decade : least <= 5 * decade ? 5 * decade : 10 * decade;
}

rig_overlay_floor rig_overlay_floor_of(const rig_calibration *rig) {
    rig_overlay_floor f = {.step_m = 1};
    for (int i = 0; i < rig->n; i++) {
        double centre[3];
        if (!rig->cameras[i].has_pose)
            continue;
        rig_pose_centre(&rig->cameras[i].Rt_cam_world, centre);
        for (int k = 0; k < 2; k++) {
            f.low[k] = fmin(f.low[k], centre[k]);
            f.high[k] = fmax(f.high[k], centre[k]);
        }
    }
    f.step_m = step_for(fmax(f.high[0] - f.low[0], f.high[1] - f.low[1]));
    for (int k = 0; k < 2; k++) {
        f.low[k] = (floor(f.low[k] / f.step_m) - 1) * f.step_m;
        f.high[k] = (ceil(f.high[k] / f.step_m) + 1) * f.step_m;
    }
    return f;
}

// A line in space, in pieces.
static void line_draw(rig_image *image, const rig_view_camera *camera, const double a[3], const double b[3],
                      rig_colour colour, int thickness) {
    double last[2] = {0}, q[2];
    bool had = false;
    for (int i = 0; i <= PIECES; i++) {
        const double t = (double)i / PIECES;
        const double p[3] = {a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])};
        const bool has = rig_overlay_project(camera, p, q);
        if (has && had)
            rig_draw_line(image, last, q, colour.bgr, thickness);
        had = has;
        last[0] = q[0], last[1] = q[1];
    }
}

// How far along an axis it is, at the crossings, but not so near each other that they cover one another.
static void metres_draw(rig_image *image, const rig_view_camera *camera, const rig_overlay_floor *f, int axis) {
    const double scale = rig_mark_scale(image), apart = fmax(60 * scale, 36);
    double last[2] = {-INFINITY, -INFINITY};
    for (int i = (int)lrint(f->low[axis] / f->step_m); i <= lrint(f->high[axis] / f->step_m); i++) {
        double p[3] = {0}, q[2];
        char text[32];
        p[axis] = i * f->step_m;
        if (i == 0 || i == 1 || !rig_overlay_project(camera, p, q) || q[0] < 0 || q[1] < 0 || q[0] >= image->width ||
            q[1] >= image->height || hypot(q[0] - last[0], q[1] - last[1]) < apart)
            continue; // the axes stand at 0 and have their names at 1
        snprintf(text, sizeof text, "%s %.4g m", axis == 0 ? "x" : "y", p[axis]);
        rig_label_draw(image, q, text, 0.6 * scale, rig_grey);
        last[0] = q[0], last[1] = q[1];
    }
}

static void axes_draw(rig_image *image, const rig_view_camera *camera, double length, double scale) {
    const rig_colour colours[3] = {rig_vermillion, rig_green, rig_blue};
    const double origin[3] = {0};
    for (int k = 0; k < 3; k++) {
        double tip[3] = {0}, q[2];
        char text[32];
        tip[k] = length;
        snprintf(text, sizeof text, "%c %.4g m", "xyz"[k], length);
        line_draw(image, camera, origin, tip, rig_white, rig_mark_pixels(7, scale));
        line_draw(image, camera, origin, tip, colours[k], rig_mark_pixels(4, scale));
        if (rig_overlay_project(camera, tip, q))
            rig_label_draw(image, q, text, 0.8 * scale, colours[k]);
    }
}

void rig_overlay_floor_draw(rig_image *image, const rig_overlay_floor *f, const rig_view_camera *camera) {
    const double scale = rig_mark_scale(image);
    const int thin = rig_mark_pixels(1, scale);
    for (int k = 0; k < 2; k++) // lines of constant x, then of constant y, from crossing to crossing
        for (int i = (int)lrint(f->low[k] / f->step_m); i <= lrint(f->high[k] / f->step_m); i++)
            for (int j = (int)lrint(f->low[1 - k] / f->step_m); j < lrint(f->high[1 - k] / f->step_m); j++) {
                double a[3] = {0}, b[3] = {0};
                a[k] = b[k] = i * f->step_m;
                a[1 - k] = j * f->step_m, b[1 - k] = (j + 1) * f->step_m;
                line_draw(image, camera, a, b, rig_white, thin);
            }
    for (int k = 0; k < 2; k++)
        metres_draw(image, camera, f, k);
    axes_draw(image, camera, f->step_m, scale);
}
