// Writing: all or nothing.
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static rig_status fail_write(rig_err *err, const char *path, int error) {
    return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, strerror(error));
}

rig_status rig_file_writer_open(rig_file_writer *writer, const char *path, rig_err *err) {
    memset(writer, 0, sizeof *writer);
    if (strlen(path) >= sizeof writer->path)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%.80s...': its path is longer than %zu bytes", path,
                        sizeof writer->path - 1);
    snprintf(writer->path, sizeof writer->path, "%s", path);
    snprintf(writer->temporary, sizeof writer->temporary, "%s.tmp-%ld", path, (long)getpid());
    if (rig_folder_exists(path))
        return fail_write(err, path, EISDIR);
    writer->stream = fopen(writer->temporary, "wb");
    return writer->stream ? RIG_OK : fail_write(err, path, errno);
}

// The rename itself must reach the disk. Where it does not, a crash leaves the old file, as whole as the new one: no
// failure.
static void folder_sync(const char *path) {
    char folder[sizeof((rig_file_writer *)NULL)->path] = ".";
    const char *slash = strrchr(path, '/');
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    int handle = open(folder, O_RDONLY | O_DIRECTORY);
    if (handle < 0)
        return;
    fsync(handle);
    close(handle);
}

// Bytes down to the disk; 0 or the error. An earlier failed write is remembered by the stream, without its reason.
static int stream_finish(rig_file_writer *writer) {
    int error = 0;
    if (fflush(writer->stream) != 0 || fsync(fileno(writer->stream)) != 0)
        error = errno;
    else if (ferror(writer->stream))
        error = EIO;
    if (fclose(writer->stream) != 0 && !error)
        error = errno;
    writer->stream = NULL;
    return error;
}

rig_status rig_file_writer_commit(rig_file_writer *writer, rig_err *err) {
    int error = stream_finish(writer);
    if (!error && rename(writer->temporary, writer->path) != 0)
        error = errno;
    if (error) {
        unlink(writer->temporary);
        return fail_write(err, writer->path, error);
    }
    folder_sync(writer->path);
    return RIG_OK;
}

void rig_file_writer_abandon(rig_file_writer *writer) {
    if (!writer->stream)
        return;
    fclose(writer->stream);
    writer->stream = NULL;
    unlink(writer->temporary);
}
