// Runs that a signal stops: what must not be left goes first, and the log tells of it.
#ifndef RIG_APP_STOPPED_H
#define RIG_APP_STOPPED_H

// From now on SIGINT, SIGTERM, SIGHUP and SIGABRT, where they are not ignored, end the log and the events, remove the
// output folder's lock (io/lock.h), and then end the program as they do by themselves.
void rig_stopped_guard(void);

#endif
