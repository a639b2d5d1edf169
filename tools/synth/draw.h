// The rasteriser: solids through the real lens onto a canvas, nearest first, silhouettes smoothed, each pixel shaded
// once.
#ifndef RIG_TOOLS_SYNTH_DRAW_H
#define RIG_TOOLS_SYNTH_DRAW_H

#include "tools/synth/canvas.h"
#include "tools/synth/light.h"
#include "tools/synth/solid.h"

// A camera ready to be drawn through.
typedef struct rig_viewpoint {
    rig_camera camera;
    rig_pose Rt_cam_world;
    rig_rays rays;
} rig_viewpoint;

// Where a point of the camera's frame falls in the picture; false: beside it, or behind the camera.
bool rig_viewpoint_project(const rig_viewpoint *viewpoint, const double p_cam[3], double q[2]);

// Draw n solids over what the canvas holds, hidden where it is nearer. Workspace comes from scratch.
// Fails with RIG_ERR_MEMORY. Cost: the pixels of the solids' rectangles, and the shading of those that show.
RIG_CHECKED rig_status rig_draw_solids(rig_canvas *canvas, const rig_viewpoint *viewpoint, const rig_lights *lights,
                                       const rig_solid *solids, int n, rig_arena *scratch, rig_err *err);

// Does one of n targets, other than skip_owner's, stand well before p (camera frame)?
bool rig_targets_hide(const rig_target *targets, int n, rig_vec3 p, int skip_owner);

#endif
