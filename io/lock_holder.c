#include "io/lock_holder.h"

#include "io/file.h"
#include "io/yaml.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char SCHEMA[] = "rigpose/lock/1";

// The first line of a file of the system; "" where it has none.
static void line_read(const char *path, char *line, int size) {
    FILE *stream = fopen(path, "re");
    *line = 0;
    if (stream && fgets(line, size, stream))
        line[strcspn(line, "\n")] = 0;
    if (stream)
        fclose(stream);
}

// The 22nd word of /proc/PROCESS/stat; the second may hold any character, up to the last ')'.
static void started_read(const char *process, char started[32]) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", process);
    line_read(path, line, sizeof line);
    const char *word = strrchr(line, ')');
    for (int i = 2; word && i < 22; i++) {
        word = strchr(word, ' ');
        word = word ? word + 1 : NULL;
    }
    snprintf(started, 32, "%.*s", word ? (int)strcspn(word, " ") : 0, word ? word : "");
}

rig_status rig_lock_holder_self(rig_lock_holder *self, int folder, const char *command, bool flocked, rig_err *err) {
    uint64_t number;
    struct stat info;
    struct tm utc;
    const time_t now = time(NULL);
    *self = (rig_lock_holder){.flocked = flocked};
    if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number || fstat(folder, &info) != 0)
        return rig_fail(err, RIG_ERR_IO, "cannot lock: %s", strerror(errno));
    snprintf(self->number, sizeof self->number, "%016llx", (unsigned long long)number);
    snprintf(self->place, sizeof self->place, "%llu:%llu", (unsigned long long)info.st_dev,
             (unsigned long long)info.st_ino);
    gethostname(self->host, sizeof self->host - 1);
    snprintf(self->command, sizeof self->command, "%s", command);
    strftime(self->utc, sizeof self->utc, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
    line_read("/proc/sys/kernel/random/boot_id", self->boot, sizeof self->boot);
    if (readlink("/proc/self/ns/pid", self->space, sizeof self->space - 1) < 0)
        self->space[0] = 0;
    snprintf(self->process, sizeof self->process, "%ld", (long)getpid());
    started_read(self->process, self->started);
    return RIG_OK;
}

// --- the file -------------------------------------------------------------------------------------------------------

static const struct {
    const char *key;
    size_t at, size;
} ROWS[] = {
#define ROW(name)                                                                                                      \
    { #name, offsetof(rig_lock_holder, name), sizeof((rig_lock_holder *)NULL)->name }
    ROW(number), ROW(host), ROW(process), ROW(command), ROW(utc), ROW(boot), ROW(space), ROW(started), ROW(place),
};

rig_status rig_lock_holder_write(const rig_lock_holder *holder, int handle, const char *path, rig_err *err) {
    rig_arena scratch = {0};
    rig_yaml_writer *w;
    const int copy = dup(handle);
    FILE *stream = copy >= 0 ? fdopen(copy, "w") : NULL;
    if (!stream)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    rig_status status = rig_yaml_writer_open(stream, &w, &scratch, err);
    if (status == RIG_OK) {
        rig_yaml_begin_map(w, false);
        rig_yaml_key(w, "schema");
        rig_yaml_put_string(w, SCHEMA);
        for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
            rig_yaml_key(w, ROWS[i].key);
            rig_yaml_put_string(w, (const char *)holder + ROWS[i].at);
        }
        rig_yaml_key(w, "flocked");
        rig_yaml_put_bool(w, holder->flocked);
        rig_yaml_end(w);
        status = rig_yaml_writer_close(w, err);
    }
    if (status != RIG_OK)
        status = rig_fail_in(err, status, "%s: ", path);
    if (fclose(stream) != 0 && status == RIG_OK)
        status = rig_fail(err, RIG_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
    rig_arena_release(&scratch);
    return status;
}

static rig_status holder_parse(const rig_yaml *root, rig_lock_holder *holder, rig_err *err) {
    const rig_yaml *node;
    RIG_TRY(rig_yaml_need_schema(root, SCHEMA, err));
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
        const char *text;
        RIG_TRY(rig_yaml_need(root, ROWS[i].key, &node, err));
        RIG_TRY(rig_yaml_string(node, &text, err));
        snprintf((char *)holder + ROWS[i].at, ROWS[i].size, "%s", text);
    }
    RIG_TRY(rig_yaml_need(root, "flocked", &node, err));
    return rig_yaml_bool(node, &holder->flocked, err);
}

rig_status rig_lock_holder_read(const char *path, rig_lock_holder *holder, rig_err *err) {
    rig_arena tree = {0};
    rig_yaml *root;
    *holder = (rig_lock_holder){0};
    rig_status status = rig_yaml_read(path, &root, &tree, err);
    if (status == RIG_OK)
        status = holder_parse(root, holder, err);
    rig_arena_release(&tree);
    return status;
}

// --- life -----------------------------------------------------------------------------------------------------------

rig_lock_life rig_lock_holder_life(const rig_lock_holder *other, const rig_lock_holder *self) {
    char started[32];
    char *end;
    if (!*self->boot || strcmp(other->boot, self->boot) != 0)
        return RIG_LOCK_UNKNOWN;
    if (other->flocked && self->flocked && strcmp(other->place, self->place) == 0)
        return RIG_LOCK_DEAD; // its flock would have kept us out
    if (!*self->space || strcmp(other->space, self->space) != 0)
        return RIG_LOCK_UNKNOWN;
    const long process = strtol(other->process, &end, 10);
    if (*end || process <= 0 || (kill((pid_t)process, 0) != 0 && errno == ESRCH))
        return RIG_LOCK_DEAD;
    started_read(other->process, started);
    return strcmp(started, other->started) == 0 ? RIG_LOCK_LIVES : RIG_LOCK_DEAD;
}
