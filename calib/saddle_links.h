// Which saddles are neighbours along an edge.
#ifndef RIG_CALIB_SADDLE_LINKS_H
#define RIG_CALIB_SADDLE_LINKS_H

#include "calib/saddles.h"

// A saddle's neighbours along +edge[0], -edge[0], +edge[1], -edge[1]; -1: none.
typedef struct rig_saddle_links {
    int to[4];
} rig_saddle_links;

// The nearest saddle along each edge, at most reach pixels away, where that one's nearest is this one and the edge
// between them is dark and bright on the sides that both tell. Fails with RIG_ERR_MEMORY.
// Cost: n times the number of saddles within reach.
RIG_CHECKED rig_status rig_saddles_link(const rig_saddle_map *map, const rig_saddle *saddles, int n, double reach,
                                        rig_saddle_links **links, rig_arena *out, rig_arena *scratch, rig_err *err);

#endif
