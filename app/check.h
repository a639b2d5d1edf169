// What `check` holds a rig against: a subject is a file, app/check_<subject>.c, and a line of the table in cmd_check.c.
#ifndef RIG_APP_CHECK_H
#define RIG_APP_CHECK_H

#include "app/session.h"

typedef struct rig_check {
    rig_session *session;
    int n_problems, n_warnings;
    rig_view_source *sources; // [recording * n_views + view], of the footage itself; view -1: not in it, or not known
} rig_check;

// Tell a problem (what keeps a run from its end, or makes its results wrong) or a warning, and count it.
void rig_check_problem(rig_check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rig_check_warn(rig_check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
// A failure is a problem. Returns whether it is none.
bool rig_check_try(rig_check *check, rig_status status, const rig_err *err);

// The names of views as `'a', 'b', 'c'`; ends in `...` where they do not fit. NULL: there are none.
const char *rig_check_views(const rig_check *check, const bool *which, char text[256]);
// What is known of a view in a recording, or NULL.
const rig_view_source *rig_check_source(const rig_check *check, int recording, int view);

// The subjects, in the order in which they are told. Those after `yaml` find a config whose every part is either as it
// should be or absent.
void rig_check_yaml(rig_check *check);    // the rig YAML's own problems, with the lines they stand in
void rig_check_footage(rig_check *check); // files, first pictures, lengths, rates
void rig_check_sizes(rig_check *check);   // views of the take against their calibration
void rig_check_uses(rig_check *check);    // recordings, views and boards against what the stages ask of them
void rig_check_limits(rig_check *check);  // numbers that what the footage is refuses
void rig_check_people(rig_check *check);  // networks, people of other tools, skeletons
void rig_check_files(rig_check *check);   // known cameras, points, earlier results
void rig_check_lengths(rig_check *check); // whether they can be metres
void rig_check_out(rig_check *check);     // the folder of the results, and what a run will do

#endif
