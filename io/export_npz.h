// NumPy's NPZ: a zip, without compression, of arrays that numpy.load reads.
//   points   float64 [frame, person, joint, 3], m, the world's axes; NaN: no place
//   sigma_m  float64 [frame, person, joint]; NaN: not known
//   views    uint8   [frame, person, joint]: how many the joint was made from; 0: filled in, or no place
//   frames   int64 [frame], of the rig's clock; times_s float64 [frame]; ids int64 [person]; names U63 [joint]; fps
//   float64 []
// Source: numpy.lib.format, version 1.0; PKWARE's APPNOTE.
#ifndef RIG_IO_EXPORT_NPZ_H
#define RIG_IO_EXPORT_NPZ_H

#include "io/export_columns.h"
#include "io/export_take.h"

enum { RIG_NPZ_ARRAYS = 8 };

typedef struct rig_npz {
    FILE *stream;
    const rig_export_take *take;
    rig_column arrays[RIG_NPZ_ARRAYS];
    long long headers[RIG_NPZ_ARRAYS], end; // where each array's zip header is, and what follows the last array
} rig_npz;

// All that does not depend on frames. Fails with RIG_ERR_DATA where the arrays would not fit into a zip of 4 GiB,
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_npz_begin(rig_npz *npz, FILE *stream, const rig_export_take *take, rig_arena *out,
                                     rig_err *err);
void rig_npz_add(rig_npz *npz, const rig_frame3d *frame);
// false: other frames came than the take has.
bool rig_npz_end(rig_npz *npz);

#endif
