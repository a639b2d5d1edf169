// Light: lamps under the ceiling, and what the room itself gives back from above and below.
#ifndef RIG_TOOLS_SYNTH_LIGHT_H
#define RIG_TOOLS_SYNTH_LIGHT_H

#include "tools/synth/material.h"
#include "tools/synth/vec.h"

enum { RIG_LAMPS_MAX = 4 };

typedef struct rig_lamp {
    rig_vec3 at;    // m
    rig_vec3 power; // what reaches a surface that faces it, at 1 m
} rig_lamp;

typedef struct rig_lights {
    int n;
    rig_lamp lamps[RIG_LAMPS_MAX];
    rig_vec3 sky, ground; // ambient on what faces up, and down
    rig_vec3 up;
} rig_lights;

// The same lights in the frame of a camera.
rig_lights rig_lights_see(const rig_lights *lights, const rig_pose *Rt_cam_world);
// What leaves p (unit normal n) towards the camera at 0, linear light.
//   open   share of the ambient light that reaches p, 0..1
rig_vec3 rig_lights_shade(const rig_lights *lights, rig_vec3 p, rig_vec3 n, rig_vec3 colour, float gloss, float open);

#endif
