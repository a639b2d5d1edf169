#include "io/temporary.h"

#include "io/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_KEPT = 200, DIGITS = 16, TRIES = 100 }; // bytes of a name of at most 255; of the random number
static const char MARK[] = ".tmp-";

static rig_status fail_write(rig_err *err, const char *path, int error) {
    return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, strerror(error));
}

// Where the name begins in a path, and how much of it stands in the names of what is in the making.
static const char *name_of(const char *path, int *kept) {
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const size_t n = strlen(name);
    *kept = (int)(n < NAME_KEPT ? n : NAME_KEPT);
    return name;
}

// --- in the making -------------------------------------------------------------------------------

static int make(const char *path, bool folder) {
    if (!folder)
        return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return mkdir(path, 0777) == 0 ? open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
}

// Whether a handle is locked now, and of something that is still there. A disk that knows no locks is taken as it is:
// then nothing on it is ever seen as left over.
static bool is_ours(int handle) {
    struct stat info;
    return (flock(handle, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) && fstat(handle, &info) == 0 &&
           info.st_nlink > 0;
}

rig_status rig_temporary_make(rig_temporary *t, const char *path, const char *ending, bool folder, rig_err *err) {
    int kept;
    const char *name = name_of(path, &kept);
    t->path[0] = 0;
    for (int i = 0; i < TRIES; i++) {
        uint64_t number;
        if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
            return fail_write(err, path, errno);
        const int n = snprintf(t->path, sizeof t->path, "%.*s%s%016llx%s", (int)(name - path) + kept, path, MARK,
                               (unsigned long long)number, ending);
        t->handle = n < (int)sizeof t->path ? make(t->path, folder) : (errno = ENAMETOOLONG, -1);
        if (t->handle >= 0 && is_ours(t->handle))
            return RIG_OK;
        const int error = errno;
        if (t->handle >= 0)
            close(t->handle); // another run took it for a leftover in the moment before it was locked
        else if (error != EEXIST) {
            t->path[0] = 0;
            return fail_write(err, path, error);
        }
    }
    t->path[0] = 0;
    return fail_write(err, path, EEXIST);
}

// The rename itself must reach the disk. Where it does not, a crash leaves the old file, as whole as the new one: no
// failure.
static void folder_sync(const char *path) {
    int kept;
    char folder[sizeof((rig_temporary *)NULL)->path];
    const int n = (int)(name_of(path, &kept) - path);
    snprintf(folder, sizeof folder, "%.*s", n > 0 ? n : 1, n > 0 ? path : ".");
    const int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return;
    fsync(handle);
    close(handle);
}

rig_status rig_folder_clear(const char *path, rig_err *err) {
    rig_temporary old;
    if (!rig_folder_exists(path))
        return RIG_OK;
    RIG_TRY(rig_temporary_make(&old, path, "", true, err));
    rig_status status = RIG_OK;
    if (rename(path, old.path) != 0) // onto the empty folder
        status = fail_write(err, path, errno);
    rig_temporary_remove(&old);
    return status;
}

// The rename comes last, so that nothing is left over where the new one is there.
rig_status rig_temporary_place(rig_temporary *t, const char *path, const char *ending, rig_err *err) {
    struct stat info;
    rig_status status = RIG_OK;
    rig_leftovers_visit(path, ending, NULL, NULL);
    if (fstat(t->handle, &info) == 0 && S_ISDIR(info.st_mode))
        status = rig_folder_clear(path, err);
    if (status == RIG_OK && rename(t->path, path) != 0)
        status = fail_write(err, path, errno);
    if (status != RIG_OK) {
        rig_temporary_remove(t);
        return status;
    }
    rig_temporary_leave(t);
    folder_sync(path);
    return RIG_OK;
}

static void remove_any(const char *path) {
    if (unlink(path) != 0)
        rig_folder_remove(path);
}

void rig_temporary_remove(rig_temporary *t) {
    if (t->path[0])
        remove_any(t->path);
    rig_temporary_leave(t);
}

void rig_temporary_name_place(const rig_temporary *t, const char *path, rig_err *err) {
    char *at = err && t->path[0] ? strstr(err->text, t->path) : NULL;
    for (; at; at = strstr(at + strlen(path), t->path)) {
        char rest[sizeof err->text];
        snprintf(rest, sizeof rest, "%s", at + strlen(t->path));
        snprintf(at, sizeof err->text - (size_t)(at - err->text), "%s%s", path, rest); // path is shorter
    }
}

void rig_temporary_leave(rig_temporary *t) {
    if (t->path[0])
        close(t->handle);
    t->path[0] = 0;
}

// --- left over -----------------------------------------------------------------------------------

static bool is_leftover(const char *name, const char *of, int kept, const char *ending) {
    const size_t k = (size_t)kept, mark = strlen(MARK);
    return strncmp(name, of, k) == 0 && strncmp(name + k, MARK, mark) == 0 &&
           strspn(name + k + mark, "0123456789abcdef") == DIGITS && strcmp(name + k + mark + DIGITS, ending) == 0;
}

// Locked, so that nobody else takes it, and still what the name stands for. -1: it is not to be touched.
static int leftover_take(int folder, const char *name) {
    struct stat info, named;
    const int handle = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle < 0)
        return -1;
    if (fstat(handle, &info) == 0 && (S_ISREG(info.st_mode) || S_ISDIR(info.st_mode)) && info.st_uid == geteuid() &&
        flock(handle, LOCK_EX | LOCK_NB) == 0 && fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
        named.st_ino == info.st_ino && named.st_dev == info.st_dev)
        return handle;
    close(handle);
    return -1;
}

void rig_leftovers_visit(const char *path, const char *ending, void (*visit)(void *of, const char *leftover),
                         void *of) {
    char at[sizeof((rig_temporary *)NULL)->path + 256];
    int kept;
    const char *name = name_of(path, &kept);
    const int n = (int)(name - path);
    snprintf(at, sizeof at, "%.*s", n > 0 ? n : 1, n > 0 ? path : ".");
    DIR *folder = opendir(at);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));) {
        int handle = -1;
        if (!is_leftover(entry->d_name, name, kept, ending) ||
            (handle = leftover_take(dirfd(folder), entry->d_name)) < 0)
            continue;
        snprintf(at, sizeof at, "%.*s%s", n, path, entry->d_name);
        if (visit)
            visit(of, at);
        else
            remove_any(at);
        close(handle);
    }
    closedir(folder);
}
