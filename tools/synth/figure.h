// A person in a picture: a body in a stance at a place, what it sits on, and its nineteen labelled joints.
#ifndef RIG_TOOLS_SYNTH_FIGURE_H
#define RIG_TOOLS_SYNTH_FIGURE_H

#include "tools/synth/act.h"
#include "tools/synth/avatar.h"
#include "tools/synth/draw.h"
#include "tools/synth/limbs.h"

enum { RIG_FIGURE_JOINTS = 19, RIG_FIGURE_NECK = 17, RIG_FIGURE_HEAD_TOP = 18 }; // after COCO's seventeen

typedef struct rig_figure {
    const rig_avatar *body;
    rig_pose segments[RIG_SEGMENTS];
    rig_limb limbs[RIG_LIMBS];
    double joints[RIG_FIGURE_JOINTS][3]; // world, m; the neck in the middle of the shoulders
    double seat_m, heading;              // of what it sits on; 0: nothing
} rig_figure;

void rig_figure_make(rig_figure *figure, const rig_avatar *body, rig_act act, const double place[2], double heading,
                     rig_rng *rng);
// Nothing it sits on, whatever the segments are.
void rig_figure_pose(rig_figure *figure, const rig_avatar *body, const rig_pose Rt_world_segment[RIG_SEGMENTS]);
// The seat as a box under the pelvis.
rig_solid rig_figure_seat(const rig_figure *figure, const rig_material *material, int owner);

typedef enum rig_visibility { RIG_VISIBILITY_OUTSIDE, RIG_VISIBILITY_HIDDEN, RIG_VISIBILITY_SEEN } rig_visibility;

// Where a camera sees the joints and whether it does: hidden by another owner's solid, by what the canvas holds nearer
// (before anybody was drawn on it), or by more of the own body than the flesh around the joint.
//   targets  n, all that is in the picture; this figure's belong to owner
//   behind   the empty scene
//   q        19 x 2, pixels
void rig_figure_see(const rig_figure *figure, int owner, const rig_viewpoint *viewpoint, const rig_target *targets,
                    int n, const rig_canvas *behind, float q[RIG_FIGURE_JOINTS][2],
                    rig_visibility visibility[RIG_FIGURE_JOINTS]);

#endif
