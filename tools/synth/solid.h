// Solids: rounded cones (a ball is one without length), boxes and rooms, each in its own scaled frame, so that one cone
// makes an arm, a flat chest or an egg of a head. Built in the world, then seen by a camera, whose rays begin at 0.
#ifndef RIG_TOOLS_SYNTH_SOLID_H
#define RIG_TOOLS_SYNTH_SOLID_H

#include "core/image.h"
#include "tools/synth/material.h"
#include "tools/synth/rays.h"

// CONE: the hull of a ball of radius r0 at 0 and one of r1 at (0, 0, length). BOX: |x|, |y|, |z| <= 1. ROOM: a box seen
// from inside. All times scale.
typedef enum rig_solid_kind { RIG_SOLID_CONE, RIG_SOLID_BOX, RIG_SOLID_ROOM } rig_solid_kind;

enum { RIG_SOLID_FACES = 6, RIG_SOLID_NEIGHBOURS = 5 };

typedef struct rig_solid {
    rig_solid_kind kind;
    rig_pose Rt_world_solid;
    rig_vec3 scale;                             // m; the solid's own units along its x, y, z
    float r0, r1, length;                       // of a cone, in its own units; length > |r0 - r1|, or 0
    float cut;                                  // a cone ends flat at this z of its own, as a sleeve does; 0: round
    const rig_material *faces[RIG_SOLID_FACES]; // box: -x +x -y +y -z +z. Cone: [0]
    float R_texture_solid[9];                   // from the solid's own frame (m) to its texture's
    rig_vec3 texture_at;                        // m; where the solid's origin lies in its texture
    float unroll_m;                       // of a cone: the radius at which its texture is wound around the texture's z
    int owner;                            // of one body, or one piece of furniture: edges inside are not smoothed
    int neighbours[RIG_SOLID_NEIGHBOURS]; // solids whose surface flows into this one's, as steps in the array
} rig_solid;

// A solid as a camera sees it: its own point is A p_cam + b.
typedef struct rig_target {
    const rig_solid *solid;
    float A[9];
    rig_vec3 b;
    float sin, cos; // of a cone's flank
    float c_flank, c_ball0, c_ball1;
    rig_rect rect; // of the picture, no pixel of the solid lies outside; w = 0: not in the picture
} rig_target;

rig_target rig_target_see(const rig_solid *solid, const rig_camera *camera, const rig_rays *rays,
                          const rig_pose *Rt_cam_world);
// The distance t > 0 along v at which the ray t v meets the solid first; INFINITY where it does not.
float rig_target_hit(const rig_target *target, rig_vec3 v);
// How far p (camera frame) is outside the solid, to first order, and the outward normal there.
float rig_target_distance(const rig_target *target, rig_vec3 p, rig_vec3 *normal);
// What a point of the surface is made of and where in its texture it lies.
typedef struct rig_surface {
    rig_vec3 normal; // camera frame, outward, unit
    const rig_material *material;
    rig_spot spot;
} rig_surface;
rig_surface rig_target_surface(const rig_target *target, rig_vec3 p);
// A direction of the solid's texture (metres) in the camera's frame.
rig_vec3 rig_target_from_texture(const rig_target *target, rig_vec3 v);

// A cone from p0 to p1 (world, m) with radii r0, r1 (m) across; along `flat` (unit; its part across the axis counts)
// the cross-section is `flatness` times as deep.
rig_solid rig_solid_cone(const double p0[3], const double p1[3], double r0, double r1, const double flat[3],
                         double flatness);
// An ellipsoid with half axes along the axes of Rt, m.
rig_solid rig_solid_ellipsoid(const rig_pose *Rt_world_solid, rig_vec3 half);
rig_solid rig_solid_box(const rig_pose *Rt_world_solid, rig_vec3 half, const rig_material *material);

#endif
