#include "cv/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *kind_of(mode_t mode) {
    return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ? "a socket" : "a device";
}

rig_status rig_regular_open(const char *path, FILE **stream, long long *length, rig_err *err) {
    struct stat info = {0};
    *stream = NULL;
    int error = stat(path, &info) != 0 ? errno : 0; // before it is opened: a device may act on that, a socket cannot be
    const int handle = error || !S_ISREG(info.st_mode) ? -1 : open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (!error && S_ISREG(info.st_mode) && (handle < 0 || fstat(handle, &info) != 0)) // it may be another by now
        error = errno;
    if (!error && S_ISREG(info.st_mode) && !(*stream = fdopen(handle, "rb")))
        error = errno;
    *length = (long long)info.st_size;
    if (*stream)
        return RIG_OK;
    if (handle >= 0)
        close(handle);
    return error ? rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", path, strerror(error))
                 : rig_fail(err, RIG_ERR_IO, "cannot read '%s': it is %s, expected a regular file", path,
                            kind_of(info.st_mode));
}
