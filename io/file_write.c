// Writing: all or nothing.
#include "io/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
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

// Where the owner cannot stay, the group may; where neither can, others' group gets no more than anybody.
static void permissions_take(int handle, const struct stat *old) {
    mode_t mode = old->st_mode & 0777;
    if (fchown(handle, old->st_uid, old->st_gid) != 0 && fchown(handle, (uid_t)-1, old->st_gid) != 0)
        mode &= (mode_t) ~(070 & ~((mode & 07) << 3));
    if (fchmod(handle, mode) != 0)
        return; // a disk that knows no permissions
}

rig_status rig_file_writer_open_edit(rig_file_writer *writer, const char *path, rig_arena *scratch, rig_err *err) {
    struct stat old;
    const char *real = rig_path_real(scratch, path);
    if (!real)
        return rig_fail_memory(err, "a path");
    const bool exists = stat(real, &old) == 0;
    if (exists && access(real, W_OK) != 0)
        return fail_write(err, path, errno);
    RIG_TRY(rig_file_writer_open(writer, real, err));
    if (exists)
        permissions_take(writer->temporary.handle, &old);
    return RIG_OK;
}

rig_status rig_file_writer_put(rig_file_writer *writer, const char *text, rig_err *err) {
    errno = 0;
    if (fputs(text, writer->stream) >= 0 && fflush(writer->stream) == 0)
        return RIG_OK;
    return fail_write(err, writer->path, errno ? errno : EIO);
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
