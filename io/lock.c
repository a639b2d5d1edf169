#include "io/lock.h"

#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TRIES = 100, BEAT_STACK_BYTES = 1024 * 1024 };

static const char *volatile held_path; // for rig_lock_stopped

static rig_status fail_write(rig_err *err, const char *path) {
    return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
}

// --- busy -----------------------------------------------------------------------------------------------------------

// age_s: since its last sign of life, where that is what it lives by; < 0 otherwise.
static rig_status fail_busy(const rig_lock_holder *other, const char *folder, double age_s, rig_err *err) {
    char lease[128] = "";
    if (age_s >= 0)
        snprintf(lease, sizeof lease, "; last seen %.0f s ago, so that its lock ends in %.0f s if it is gone", age_s,
                 RIG_LOCK_LEASE_S - age_s);
    if (!*other->process) // it has just begun, or its system has no processes to name
        return rig_fail(err, RIG_ERR_IO, "another rigpose is running in '%s'%s", folder, lease);
    return rig_fail(err, RIG_ERR_IO, "another rigpose is running in '%s': process %s on host '%s', since %s (`%s`)%s",
                    folder, other->process, other->host, other->utc, other->command, lease);
}

// --- the file -------------------------------------------------------------------------------------------------------

// Make run.lock with all of its contents at once; *there: it is another's.
static rig_status file_make(const rig_temporary *made, const char *path, const rig_lock_holder *self, bool *there,
                            rig_err *err) {
    struct stat info;
    *there = false;
    if (link(made->path, path) == 0 || (fstat(made->handle, &info) == 0 && info.st_nlink == 2))
        return RIG_OK; // a network may lose the answer of a link that was made
    *there = errno == EEXIST;
    if (*there)
        return RIG_OK;
    const int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666); // no links on this disk
    *there = handle < 0 && errno == EEXIST;
    if (handle < 0)
        return *there ? RIG_OK : fail_write(err, path);
    const rig_status status = rig_lock_holder_write(self, handle, path, err);
    close(handle);
    return status;
}

static double age_of(const struct stat *file, const struct stat *now) {
    return (double)(now->st_mtim.tv_sec - file->st_mtim.tv_sec) +
           1e-9 * (double)(now->st_mtim.tv_nsec - file->st_mtim.tv_nsec);
}

// Whether the run.lock that is there may be taken over. Its age is by the clock that stamps the files of this folder,
// which is one for all systems that share it.
static bool file_is_stale(const rig_temporary *made, const char *path, const rig_lock_holder *self,
                          rig_lock_holder *other, double *age_s, bool *sure) {
    struct stat file, now;
    *age_s = -1, *sure = false;
    const bool readable = rig_lock_holder_read(path, other, NULL) == RIG_OK;
    const rig_lock_life life = readable ? rig_lock_holder_life(other, self) : RIG_LOCK_UNKNOWN;
    if (life != RIG_LOCK_UNKNOWN) {
        *sure = true;
        return life == RIG_LOCK_DEAD;
    }
    if (lstat(path, &file) != 0)
        return false; // it has just gone: the next try makes it
    if (futimens(made->handle, NULL) != 0 || fstat(made->handle, &now) != 0)
        return false;
    *age_s = age_of(&file, &now);
    return *age_s > RIG_LOCK_LEASE_S;
}

typedef enum owner { OURS, ANOTHERS, NOT_KNOWN } owner;

static owner owner_of(const rig_lock *lock) {
    rig_lock_holder now;
    if (rig_lock_holder_read(lock->path, &now, NULL) != RIG_OK)
        return NOT_KNOWN;
    return strcmp(now.number, lock->self.number) == 0 ? OURS : ANOTHERS;
}

// Put ours in the place of a dead one's. Where that is known by its lease, another system may do the same at this
// moment: the last one has it.
static bool take_over(const rig_lock *lock, const rig_temporary *made, bool sure) {
    const struct timespec settle = {.tv_sec = RIG_LOCK_SETTLE_S};
    if (rename(made->path, lock->path) != 0)
        return false;
    if (!sure)
        nanosleep(&settle, NULL);
    return owner_of(lock) == OURS;
}

static rig_status file_take(const rig_lock *lock, const rig_temporary *made, const char *folder, bool *busy,
                            rig_err *err) {
    rig_lock_holder other = {0};
    double age_s = -1;
    for (int i = 0; i < TRIES; i++) {
        bool there, sure;
        RIG_TRY(file_make(made, lock->path, &lock->self, &there, err));
        if (!there)
            return RIG_OK;
        if (file_is_stale(made, lock->path, &lock->self, &other, &age_s, &sure)) {
            if (take_over(lock, made, sure))
                return RIG_OK;
        } else if (rig_file_exists(lock->path))
            break;
    }
    *busy = true;
    return fail_busy(&other, folder, age_s, err);
}

// --- signs of life --------------------------------------------------------------------------------------------------

// Ours is renewed; one that a person removed is made again. False: it is another's.
static bool beat(const rig_lock *lock) {
    const owner now = owner_of(lock);
    if (now == OURS)
        utimensat(AT_FDCWD, lock->path, NULL, AT_SYMLINK_NOFOLLOW);
    const int handle =
        now == NOT_KNOWN ? open(lock->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666) : -1;
    if (handle < 0)
        return now != ANOTHERS;
    if (rig_lock_holder_write(&lock->self, handle, lock->path, NULL) != RIG_OK)
        unlink(lock->path); // the next beat tries again
    close(handle);
    return true;
}

static void *beats(void *of) {
    rig_lock *lock = of;
    bool ours = true;
    pthread_mutex_lock(&lock->mutex);
    while (!lock->ended && ours) {
        struct timespec next;
        clock_gettime(CLOCK_MONOTONIC, &next);
        next.tv_sec += RIG_LOCK_BEAT_S;
        const int waited = pthread_cond_timedwait(&lock->ends, &lock->mutex, &next);
        if (!lock->ended && waited == ETIMEDOUT)
            ours = beat(lock);
    }
    const bool lost = !lock->ended;
    pthread_mutex_unlock(&lock->mutex);
    if (lost)
        lock->lost(lock->path);
    return NULL;
}

// Signals are the main thread's.
static bool beats_begin(rig_lock *lock) {
    pthread_attr_t small;
    pthread_condattr_t clock;
    sigset_t all, before;
    if (pthread_attr_init(&small) != 0)
        return false;
    pthread_attr_setstacksize(&small, BEAT_STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&lock->ends, &clock);
    pthread_condattr_destroy(&clock);
    lock->ended = false;
    const bool begun = pthread_create(&lock->beating, &small, beats, lock) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&small);
    return begun;
}

// --- take and release -----------------------------------------------------------------------------------------------

static rig_status folder_take(rig_lock *lock, const char *folder, const char *command, bool flocked, bool *busy,
                              rig_err *err) {
    rig_temporary made;
    RIG_TRY(rig_lock_holder_self(&lock->self, lock->folder, command, flocked, err));
    rig_leftovers_visit(lock->path, "", NULL, NULL);
    RIG_TRY(rig_temporary_make(&made, lock->path, "", false, err));
    rig_status status = rig_lock_holder_write(&lock->self, made.handle, lock->path, err);
    if (status == RIG_OK)
        status = file_take(lock, &made, folder, busy, err);
    rig_temporary_remove(&made);
    return status;
}

rig_status rig_lock_take(rig_lock *lock, const char *folder, const char *command, void (*lost)(const char *path),
                         bool *busy, rig_err *err) {
    *lock = (rig_lock){.lost = lost};
    *busy = false;
    if (snprintf(lock->path, sizeof lock->path, "%s/run.lock", folder) >= (int)sizeof lock->path)
        return rig_fail(err, RIG_ERR_IO, "cannot lock '%.80s...': its path is too long", folder);
    lock->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock->folder < 0)
        return rig_fail(err, RIG_ERR_IO, "cannot open folder '%s': %s", folder, strerror(errno));
    rig_lock_holder other = {0};
    rig_status status = RIG_OK;
    const bool flocked = flock(lock->folder, LOCK_EX | LOCK_NB) == 0;
    if (!flocked && errno == EWOULDBLOCK) {
        *busy = true;
        if (rig_lock_holder_read(lock->path, &other, NULL) != RIG_OK)
            other = (rig_lock_holder){0};
        status = fail_busy(&other, folder, -1, err);
    } else
        status = folder_take(lock, folder, command, flocked, busy, err);
    if (status == RIG_OK) {
        held_path = lock->path;
        lock->held = beats_begin(lock);
        if (!lock->held) {
            rig_lock_stopped();
            status = rig_fail_memory(err, "a thread");
        }
    }
    if (status != RIG_OK)
        close(lock->folder);
    return status;
}

void rig_lock_release(rig_lock *lock) {
    if (!lock->held)
        return;
    pthread_mutex_lock(&lock->mutex);
    lock->ended = true;
    pthread_cond_signal(&lock->ends);
    pthread_mutex_unlock(&lock->mutex);
    pthread_join(lock->beating, NULL);
    pthread_cond_destroy(&lock->ends);
    pthread_mutex_destroy(&lock->mutex);
    held_path = NULL;
    if (owner_of(lock) == OURS)
        unlink(lock->path);
    close(lock->folder);
    lock->held = false;
}

void rig_lock_stopped(void) {
    if (held_path)
        unlink(held_path);
    held_path = NULL;
}
