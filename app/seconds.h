// What differs between runs of equal results, in <out>/seconds.yaml: how long each stage took, and by what footage is
// known again without reading it.
#ifndef RIG_APP_SECONDS_H
#define RIG_APP_SECONDS_H

#include "app/session.h"

enum { RIG_SECONDS_MAX = 16, RIG_PLACE_MAX = 1024 };
typedef struct rig_seconds {
    char rig[RIG_PLACE_MAX]; // the rig YAML that made the last result, from the root on; "": not known
    int n;
    struct {
        char stage[32];
        double seconds;
    } items[RIG_SECONDS_MAX];
} rig_seconds;

// What is there; a file that is absent or not ours gives n = 0.
void rig_seconds_read(rig_session *session, rig_seconds *seconds);
// Warn where the last result was made by another rig YAML, which is still there: two that name one `out` replace each
// other's results.
void rig_seconds_warn_other(rig_session *session);
// Set one stage's time. Where that fails there is a warning: the stage's result is there, and matters more.
void rig_seconds_note(rig_session *session, const char *stage, double s);

// The stamp of a feed's files in a recording, to be read and set; set ones are written by the next rig_seconds_note.
// NULL when memory is out.
rig_footage_stamp *rig_session_stamp(rig_session *session, int recording, int feed);

#endif
