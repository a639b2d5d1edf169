// How long each stage took, in <out>/seconds.yaml: beside the results, not in them, since results of equal inputs are
// equal.
#ifndef RIG_APP_SECONDS_H
#define RIG_APP_SECONDS_H

#include "app/session.h"

enum { RIG_SECONDS_MAX = 16 };
typedef struct rig_seconds {
    int n;
    struct {
        char stage[32];
        double seconds;
    } items[RIG_SECONDS_MAX];
} rig_seconds;

// What is there; a file that is absent or not ours gives n = 0.
void rig_seconds_read(rig_session *session, rig_seconds *seconds);
// Set one stage's time. Where that fails there is a warning: the stage's result is there, and matters more.
void rig_seconds_note(rig_session *session, const char *stage, double s);

#endif
