// What stands behind people: a furnished room, a yard, loose clutter, or a photograph. Drawn once, larger than a
// picture, then seen through windows of it.
#ifndef RIG_TOOLS_SYNTH_BACKDROP_H
#define RIG_TOOLS_SYNTH_BACKDROP_H

#include "core/rng.h"
#include "tools/synth/draw.h"

typedef struct rig_backdrop {
    rig_canvas canvas;       // square
    rig_viewpoint viewpoint; // its rays are of the drawing only
    bool deep;               // it has depth: its camera is the picture's; else any camera will do
    rig_lights lights;
    double centre[2], radius_m; // world: where people may stand
} rig_backdrop;

// An empty one for pictures of size x size. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_backdrop_make(rig_backdrop *backdrop, int size, rig_arena *out, rig_err *err);
// Draw another into it. photos: n_photos BGR pictures to choose from, besides what is made up.
// Fails with RIG_ERR_MEMORY. Cost: a room takes 10 ms for 256 x 256 pixels.
RIG_CHECKED rig_status rig_backdrop_draw(rig_backdrop *backdrop, const rig_image *photos, int n_photos, rig_rng *rng,
                                         rig_arena *scratch, rig_err *err);

// A square of the backdrop as a picture: its pixel (x, y) shows the backdrop's (x0 + step x, y0 + step y).
typedef struct rig_backdrop_window {
    double x0, y0, step;
    bool mirrored; // only where the backdrop is not deep
} rig_backdrop_window;

// Fill a canvas from a window; viewpoint (with rays) is the picture's and gives the floor its depth where the backdrop
// has none.
void rig_backdrop_show(const rig_backdrop *backdrop, const rig_backdrop_window *window, const rig_viewpoint *viewpoint,
                       rig_canvas *canvas);

// A camera at p that looks along yaw (0 along x), down by pitch, its right side down by roll; rad.
rig_pose rig_backdrop_camera(const double p[3], double yaw, double pitch, double roll);
// For the kinds of backdrop, each in its own file.
RIG_CHECKED rig_status rig_yard_draw(rig_backdrop *backdrop, rig_rng *rng, rig_arena *scratch, rig_err *err);
void rig_clutter_draw(rig_canvas *canvas, rig_rng *rng);

#endif
