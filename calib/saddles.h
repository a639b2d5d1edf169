// Saddles of a grey picture at one scale: points where two dark and two bright sectors meet, as at a chessboard's
// inner corners, with the directions of the edges between them.
#ifndef RIG_CALIB_SADDLES_H
#define RIG_CALIB_SADDLES_H

#include "core/arena.h"
#include "core/image.h"

#include <stdint.h>

enum { RIG_RING = 32 }; // samples around a saddle

// Sectors and edges about q: from edge[0] to edge[1], by growing angle (x towards y), it is dark; likewise half a turn
// on. Unit vectors, less than half a turn apart.
typedef struct rig_saddle {
    double q[2];
    double edge[2][2];
    double contrast; // bright minus dark, in grey values
} rig_saddle;

// A picture smoothed by a binomial of sigma 1, values in sixteenths.
typedef struct rig_saddle_map {
    int width, height;
    int16_t *smooth;
    double ring[RIG_RING][2];
} rig_saddle_map;

RIG_CHECKED rig_status rig_saddle_map_init(const rig_image *grey, rig_saddle_map *map, rig_arena *arena, rig_err *err);

// The saddles of a picture, at most 3072 (those that curve most), in rows. Fails with RIG_ERR_MEMORY.
// Source: the determinant of the Hessian as a measure (Beaudet 1978; Chen & Zhang 2005 for chessboards), and a ring of
// samples that must be the same half a turn on (as ChESS: Bennett & Lasenby 2014), which needs no threshold of grey.
RIG_CHECKED rig_status rig_saddles_find(const rig_saddle_map *map, rig_saddle **saddles, int *n, rig_arena *out,
                                        rig_arena *scratch, rig_err *err);

// The strongest saddle within `reach` pixels of q, by a ring test less strict than that of the search.
bool rig_saddle_near(const rig_saddle_map *map, const double q[2], double reach, rig_saddle *saddle);

// The smoothed grey value at q, clamped to the picture.
double rig_saddle_map_at(const rig_saddle_map *map, double x, double y);

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
