// The assignment problem: which row goes with which column at least total cost.
#ifndef RIG_CORE_ASSIGN_H
#define RIG_CORE_ASSIGN_H

#include "core/arena.h"
#include "core/status.h"

#define RIG_ASSIGN_FORBIDDEN 1e12 // a cost at or above this is never chosen

// Choose for each row at most one column, each column at most once: as many allowed pairs as possible, then least cost.
//   cost       n_rows x n_cols row-major; finite, >= 0; >= RIG_ASSIGN_FORBIDDEN where the pair is not allowed
//   col_of_row n_rows, out; -1 where the row has no column
// Fails with RIG_ERR_MEMORY. Cost O(min(r, c)^2 max(r, c)). Source: Jonker and Volgenant 1987 (shortest paths).
RIG_CHECKED rig_status rig_assign(const double *cost, int n_rows, int n_cols, int *col_of_row, rig_arena *scratch,
                                  rig_err *err);

#endif
