// Who stands where before a camera: people at places of the floor, none in another, and the window that frames them.
#ifndef RIG_TOOLS_SYNTH_CROWD_H
#define RIG_TOOLS_SYNTH_CROWD_H

#include "tools/synth/backdrop.h"
#include "tools/synth/figure.h"

enum { RIG_CROWD_MAX = 12 };

typedef struct rig_crowd {
    int n;
    rig_figure figures[RIG_CROWD_MAX];
} rig_crowd;

// Place up to n people, the first somewhere in the camera's view, the others around; who finds no place is left out.
//   bodies  n different ones
void rig_crowd_place(rig_crowd *crowd, const rig_backdrop *backdrop, const rig_avatar *const *bodies, int n,
                     rig_rng *rng);
// The square picture of size x size that shows one of them or all, from 40 px of 256 to more than the picture.
// camera: its pose is the backdrop's.
rig_backdrop_window rig_crowd_frame(const rig_crowd *crowd, const rig_backdrop *backdrop, int size, rig_rng *rng,
                                    rig_camera *camera);

#endif
