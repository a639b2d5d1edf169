// What is wrong with a rig: findings with reasons, as 90_doctor.yaml has them.
#ifndef RIG_CHECKS_FINDINGS_H
#define RIG_CHECKS_FINDINGS_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

typedef enum rig_fault {
    RIG_FAULT_RESOLUTION, // pictures of another size than the calibration's
    RIG_FAULT_CORNERS,    // the board has another number of inner corners
    RIG_FAULT_LINKS,      // cameras that share no board
    RIG_FAULT_CLOCKS,     // a view's clock is late, or jumps
    RIG_FAULT_SWAPPED,    // two views' recordings are exchanged
    RIG_FAULT_ORDER,      // the stereo pair's left is its right
    RIG_FAULT_FOCUS,      // a camera's focal length changed
    RIG_FAULT_BUMPED,     // a camera moved
    RIG_FAULT_SCALE,      // lengths are not what they were measured to be
    RIG_FAULT_COUNT
} rig_fault;

typedef struct rig_finding {
    rig_fault what;
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
    bool looked[RIG_FAULT_COUNT]; // false: there was nothing to tell it by
} rig_findings;

const char *rig_fault_name(rig_fault what); // "clocks"
// How many findings there are of a kind.
int rig_findings_of(const rig_findings *findings, rig_fault what);

// Add a finding on a recording (NULL: none) and one or two views (NULL: none), with its texts; frame is -1. Beyond
// RIG_FINDINGS_MAX the last one is overwritten. says and advice are kept as they are; NULL (no memory for them) fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_finding_add(rig_findings *findings, rig_fault what, const char *recording,
                                       const char *view_a, const char *view_b, double value, double limit,
                                       const char *says, const char *advice, rig_err *err);

#endif
