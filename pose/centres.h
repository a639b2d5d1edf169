// Centre networks: a heatmap of people's centres, and from each centre a regression to the person's joints. They have
// no tags; a joint's tag is the centre that reaches nearest to it, and the decoder goes on as with any other tags.
#ifndef RIG_POSE_CENTRES_H
#define RIG_POSE_CENTRES_H

#include "core/arena.h"
#include "core/skeleton.h"
#include "pose/maps.h"

enum { RIG_CENTRES_MAX = 20 };

typedef struct rig_centre {
    int x, y;                    // cell
    double score;                // its heat, 0..1
    double q[RIG_JOINTS_MAX][2]; // where it expects each joint, cells
    double size;                 // cells: root of the area of the box around those, at least 3
    double narrow, log_score;    // of its likelihood: 1 / (2 variance), cells^-2; half the logarithm of its score
} rig_centre;

typedef struct rig_centres {
    int n;
    rig_centre list[RIG_CENTRES_MAX]; // score falling
} rig_centres;

// The centres of one map, and the joints that each expects.
//   centre      heat of people's centres
//   regression  2 n_joints planes of the map's size, joint major: y, then x, in cells from the centre
//   centres     out: the RIG_CENTRES_MAX of most heat
// Fails with RIG_ERR_MEMORY. Source: Zhou, Wang, Krähenbühl 2019, "Objects as Points"; MoveNet's model card.
RIG_CHECKED rig_status rig_centres_find(rig_map centre, const float *regression, int n_joints, rig_centres *centres,
                                        rig_arena *scratch, rig_err *err);
// The tag of a joint at a cell: that of the most likely centre, or one of the cell's own where no centre is near
// enough. A centre's likelihood is its score's root times a Gaussian about the joint it expects. Two different tags are
// at least 10 apart: only a tag_threshold below that tells centres from each other.
double rig_centres_tag(const rig_centres *centres, int joint, int width, int x, int y);

#endif
