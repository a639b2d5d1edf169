// The one door by which files are opened for reading. What a session names may be anything: a pipe that nobody writes,
// a device without end, a folder.
#ifndef RIG_CV_REGULAR_H
#define RIG_CV_REGULAR_H

#include "core/status.h"

#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// Open a regular file and tell its length; nothing waits. Who reads no more than that many bytes comes to an end where
// the file grows meanwhile. Fails with RIG_ERR_IO: not there, not allowed, or not a regular file, naming what it is.
RIG_CHECKED rig_status rig_regular_open(const char *path, FILE **stream, long long *length, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
