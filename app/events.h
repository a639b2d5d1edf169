// What happens in a run, for programs: a JSON object a line (docs/formats.md, "Progress"), beside what talk.h tells
// people.
#ifndef RIG_APP_EVENTS_H
#define RIG_APP_EVENTS_H

#include "core/status.h"

#include <stdbool.h>

// Write events from now on: "json" to stderr, which then carries nothing else; "json:FILE" to the end of a file, which
// may be a pipe; "bar" nowhere. Fails with RIG_ERR_USAGE for any other, and with RIG_ERR_IO where FILE cannot be
// opened.
RIG_CHECKED rig_status rig_events_open(const char *to, rig_err *err);
// The same to a handle that is open, which is then the only place where anything is told.
void rig_events_to(int handle);
bool rig_events_alone(void); // nothing is to be told to people beside them
bool rig_events_wanted(void);

// One event with `t_s`, seconds since the program began, and the stage at work; more members as json_pack takes them
// ("s:s, s:i", "stage", name, "n", 3), without braces; "" for none. Values (`o`) are made for it only where events are
// wanted. Where it cannot be written it is lost.
void rig_event(const char *event, const char *members, ...);
// The stage of the events that follow; NULL: none. The name must stay where it is.
void rig_events_stage(const char *stage);
// The session of the events that follow, of several; NULL: none. The name must stay where it is.
void rig_events_session(const char *session);
// An event of another process: with this one's session and time. It is changed.
struct json_t;
void rig_event_pass(struct json_t *event);
// The last event of a run that a signal ends, from the signal's handler.
void rig_events_stopped(const char signal[2]);

#endif
