// Peaks of a map: where a joint may be.
#ifndef RIG_POSE_PEAKS_H
#define RIG_POSE_PEAKS_H

#include "core/arena.h"
#include "pose/maps.h"
#include "pose/model.h"

#include <stdbool.h>

typedef struct rig_peak {
    int x, y;    // cell
    bool flat;   // a plateau of three cells or more along an axis: q is its centroid, to which no offset is due
    double q[2]; // cells, centre of a cell at its integer
    double score;
    double tag[RIG_TAG_DIMS_MAX]; // the grouping's business; 0 here
} rig_peak;

// Whether one of n cells in a row is above threshold (an infinite one is): the quick look that spares the slow ones.
bool rig_cells_any_above(const float *row, int n, float threshold);

// Find the cells above threshold that are the maximum of the window around them.
//   window  cells, odd; cut off at the border
//   max     >= 1: the highest are kept
//   peaks   out, `max` of them: score falling, equal ones in raster order; q is the cell or, where flat, the centroid
//   n       out: how many
// A plateau of equal cells gives one peak, none where a higher cell touches it.
// Fails with RIG_ERR_MEMORY. Cost: one pass, then about 2 * window operations a cell in rows that hold a high cell.
// Source: separable max filter, thresholded first.
RIG_CHECKED rig_status rig_peaks_find(rig_map map, int window, double threshold, int max, rig_peak *peaks, int *n,
                                      rig_arena *scratch, rig_err *err);

// The offset of the true peak from the cell (x, y) along each axis, within half a cell; 0 at the border.
// RIG_SUBPIXEL_LOG_PARABOLA is exact for a Gaussian and falls back to a quarter cell where a neighbour is not positive.
// Source: quarter: Newell et al. 2016; log-parabola: a Gaussian's logarithm is a parabola.
void rig_peak_offset(rig_map map, int x, int y, rig_subpixel how, double offset[2]);

#endif
