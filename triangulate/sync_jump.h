// A jump of one clock against another: frames that a recorder lost, or wrote twice, without saying so.
#ifndef RIG_TRIANGULATE_SYNC_JUMP_H
#define RIG_TRIANGULATE_SYNC_JUMP_H

#include "triangulate/sync_step.h"

typedef struct rig_sync_jump {
    bool found;
    double at_s;            // on a's clock
    double size_s, sigma_s; // by how much the shift grows there: b lost so much, or a repeated it
} rig_sync_jump;

// Of seconds that a pair of views has in common, the moment at which a jump beside offset and drift explains most of
// what the clocks leave. Jumps below `least_s` are none, nor are those within 6 standard deviations or 5 s of an end.
// Source: Quandt 1958, "The estimation of the parameters of a linear regression system obeying two separate regimes".
// Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_sync_jump_find(const rig_sync_match *matches, int n, double sigma, const double F[9],
                                          const rig_sync_clocks *clocks, double least_s, rig_sync_jump *jump,
                                          rig_arena *scratch, rig_err *err);

#endif
