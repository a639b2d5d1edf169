// What is wrong with a rig: findings with reasons, as 90_doctor.yaml has them.
#ifndef RIG_CHECKS_FINDINGS_H
#define RIG_CHECKS_FINDINGS_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rig_illness {
    RIG_ILL_RESOLUTION, // pictures of another size than the calibration's
    RIG_ILL_CORNERS,    // the board has another number of inner corners
    RIG_ILL_LINKS,      // cameras that share no board
    RIG_ILL_CLOCKS,     // a view's clock is late, or jumps
    RIG_ILL_SWAPPED,    // two views' recordings are exchanged
    RIG_ILL_ORDER,      // the stereo pair's left is its right
    RIG_ILL_FOCUS,      // a camera's focal length changed
    RIG_ILL_BUMPED,     // a camera moved
    RIG_ILL_SCALE,      // lengths are not what they were measured to be
    RIG_ILL_COUNT
} rig_illness;

typedef struct rig_finding {
    rig_illness what;
    char recording[RIG_NAME_MAX]; // "": of the rig as a whole
    int n_views;
    char views[2][RIG_NAME_MAX];
    int frame;           // of the recording, from which on; -1: always
    double value, limit; // what was found, and from where on it is told; the text says what of
    const char *says, *advice;
} rig_finding;

enum { RIG_FINDINGS_MAX = 64 };

typedef struct rig_findings {
    int n;
    rig_finding list[RIG_FINDINGS_MAX];
    bool looked[RIG_ILL_COUNT]; // false: there was nothing to tell it by
} rig_findings;

const char *rig_illness_name(rig_illness what); // "clocks"
// How many findings there are of a kind.
int rig_findings_of(const rig_findings *findings, rig_illness what);

// Add a finding on a recording (NULL: none) and one or two views (NULL: none), with its texts; frame is -1. Beyond
// RIG_FINDINGS_MAX the last one is overwritten. says and advice are kept as they are; NULL (no memory for them) fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_finding_add(rig_findings *findings, rig_illness what, const char *recording,
                                       const char *view_a, const char *view_b, double value, double limit,
                                       const char *says, const char *advice, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
