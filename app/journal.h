// The log of a run: OUT/log/<UTC time>-<command>.log, what was told to people with the seconds at which it was. Of no
// result; the last RIG_JOURNALS_KEPT are kept.
#ifndef RIG_APP_JOURNAL_H
#define RIG_APP_JOURNAL_H

#include "core/status.h"

enum { RIG_JOURNALS_KEPT = 20 };

// The command line, for the log's head; once, before any other call.
void rig_journal_command(int argc, char **argv);
const char *rig_journal_command_line(void);
// Begin the log of an output folder. What was told before is in it; where it cannot be made there is a warning.
void rig_journal_begin(const char *out);
// What was told before is of no concern to the log that comes: this process goes on with a part of the work.
void rig_journal_forget(void);
// A line of it: prefix and text on one line. Kept for the log's begin where there is none yet.
void rig_journal_line(const char *prefix, const char *text);
// The last line: exit code, seconds.
void rig_journal_end(int code);
void rig_journal_stopped(const char signal[2]); // the same from a signal's handler

#endif
