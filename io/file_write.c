// Writing: all or nothing.
#include "io/file.h"

#include <errno.h>
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
    if (rig_folder_exists(path))
        return fail_write(err, path, EISDIR);
    RIG_TRY(rig_temporary_make(&writer->temporary, path, "", false, err));
    const int handle = dup(writer->temporary.handle); // the lock outlives the stream
    writer->stream = handle >= 0 ? fdopen(handle, "w+b") : NULL;
    if (writer->stream)
        return RIG_OK;
    const int error = errno;
    if (handle >= 0)
        close(handle);
    rig_temporary_remove(&writer->temporary);
    return fail_write(err, path, error);
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
    const int error = stream_finish(writer);
    if (error) {
        rig_temporary_remove(&writer->temporary);
        return fail_write(err, writer->path, error);
    }
    return rig_temporary_place(&writer->temporary, writer->path, "", err);
}

void rig_file_writer_abandon(rig_file_writer *writer) {
    if (!writer->stream)
        return;
    fclose(writer->stream);
    writer->stream = NULL;
    rig_temporary_remove(&writer->temporary);
}

void rig_file_writer_leave(rig_file_writer *writer) {
    if (!writer->stream)
        return;
    fclose(writer->stream);
    writer->stream = NULL;
    rig_temporary_leave(&writer->temporary);
}
