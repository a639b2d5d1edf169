// A panel with axes, and a scale of colours: what a map of numbers needs to be read.
#ifndef RIG_APP_PLOT_H
#define RIG_APP_PLOT_H

#include "app/overlay_marks.h"

// A window of a picture and the numbers at its edges: left and bottom, right and top.
typedef struct rig_plot {
    rig_image *image;
    rig_rect panel;
    double low[2], high[2]; // low[1] is at the bottom, and may be the larger
} rig_plot;

enum { RIG_PLOT_LEFT = 76, RIG_PLOT_BELOW = 64, RIG_PLOT_ABOVE = 36, RIG_PLOT_RIGHT = 110 }; // room for what is around

// Where numbers lie in the picture.
void rig_plot_place(const rig_plot *plot, const double x[2], double q[2]);
// Frame, ticks with their numbers, `units` of both axes, a title above.
void rig_plot_axes_draw(const rig_plot *plot, const char *const units[2], const char *title);

// Colours of numbers above 0, by their logarithm, which errors that differ by factors ask for. Zeroed: of none.
typedef struct rig_plot_scale {
    double low, high;
} rig_plot_scale;
// From the second to the 98th of a hundred of n numbers, those of 0 and below left out; sorts them.
rig_plot_scale rig_plot_scale_of(double *values, int n);
rig_colour rig_plot_colour(const rig_plot_scale *scale, double value);
// Beside a panel, with ticks and the unit.
void rig_plot_scale_draw(const rig_plot *plot, const rig_plot_scale *scale, const char *unit);

// A text in black, and how wide it is: its middle at q.
void rig_plot_text(rig_image *image, const double q[2], const char *text, double size);
void rig_plot_fill(rig_image *image, rig_rect rect, rig_colour colour);

#endif
