// A studio makes training pictures without end: people in a scene, and where each joint is and whether it shows.
#ifndef RIG_TOOLS_SYNTH_STUDIO_H
#define RIG_TOOLS_SYNTH_STUDIO_H

#include "tools/synth/crowd.h"

typedef struct rig_studio_params {
    int size;       // of the square pictures, pixels: 64..512
    int people_max; // 1..RIG_CROWD_MAX
    uint64_t seed;
    const rig_image *photos; // n_photos BGR pictures for backgrounds; they must outlive the studio
    int n_photos;
} rig_studio_params;

typedef struct rig_labels {
    int n;                                             // people of whom at least one joint is seen
    float joints[RIG_CROWD_MAX][RIG_FIGURE_JOINTS][3]; // x, y in pixels, and a rig_visibility
} rig_labels;

// Pictures depend on the parameters and on how many were taken before, and on nothing else.
typedef struct rig_studio rig_studio;

// Fails with RIG_ERR_USAGE for a parameter out of range, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_studio_open(const rig_studio_params *params, rig_studio **studio, rig_err *err);
// The next picture (image is resized), BGR. Fails with RIG_ERR_MEMORY. Cost: about 5 ms for 256 x 256.
RIG_CHECKED rig_status rig_studio_shoot(rig_studio *studio, rig_image *image, rig_labels *labels, rig_err *err);
void rig_studio_close(rig_studio *studio); // NULL is fine

#endif
