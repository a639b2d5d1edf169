// Talk to the person on stderr: lines, warnings, errors, and how far a long job is (a bar with the time left on a
// terminal, a line every tenth elsewhere). The run's log (app/journal.h) and the events (app/events.h) get it, too.
#ifndef RIG_APP_TALK_H
#define RIG_APP_TALK_H

#include <stdbool.h>

typedef enum rig_loudness { RIG_QUIET, RIG_NORMAL, RIG_VERBOSE } rig_loudness;

// How much is told (RIG_QUIET: warnings and errors alone), and whether `warning:` and `error:` are coloured. Once,
// before any other call.
void rig_talk_set(rig_loudness loudness, bool color);

// The session of what is told from now on, of several; NULL: none. The name must stay where it is.
void rig_talk_session(const char *session);

void rig_detail(const char *format, ...) __attribute__((format(printf, 1, 2))); // with RIG_VERBOSE alone
void rig_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rig_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void rig_tell_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

typedef struct rig_progress {
    const char *what, *unit;
    long n, done;           // n = 0: not known
    double start_s, told_s; // monotonic clock; of the last event
    int shown;              // tenths or percent last shown
} rig_progress;

// Of n frames; of something else where .unit is set.
rig_progress rig_progress_begin(const char *what, long n);
void rig_progress_add(rig_progress *progress, long done);
// The same where only the share of all that is done is known, 0..1.
void rig_progress_share(rig_progress *progress, long done, double share);
void rig_progress_end(rig_progress *progress); // clears the bar

double rig_now_s(void); // monotonic clock

#endif
