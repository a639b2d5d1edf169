// All frames of a result at once, for tests whose takes are short.
#ifndef RIG_TESTS_SUPPORT_PEOPLE_ALL_H
#define RIG_TESTS_SUPPORT_PEOPLE_ALL_H

#include "io/results.h"

#include <limits.h>

static inline rig_status people2d_read(const char *path, rig_people2d *people, rig_arena *out, rig_err *err) {
    rig_people2d_reader *reader;
    RIG_TRY(rig_people2d_open(path, &reader, people, err));
    rig_status status = rig_people2d_next(reader, INT_MAX, people, out, err);
    rig_people2d_close(reader);
    return status;
}

static inline rig_status people2d_write(const char *path, const rig_people2d *people, const rig_inputs *inputs,
                                        rig_err *err) {
    rig_people2d_writer *writer;
    RIG_TRY(rig_people2d_make(path, people, inputs, &writer, err));
    rig_status status = rig_people2d_add(writer, people, err);
    if (status == RIG_OK)
        return rig_people2d_commit(writer, err);
    rig_people2d_drop(writer);
    return status;
}

// The names of a reader that closes.
static inline rig_status people_names_keep(const char *const **names, int n, rig_arena *out, rig_err *err) {
    const char **kept = RIG_NEW(out, const char *, n);
    for (int i = 0; kept && i < n; i++)
        if (!(kept[i] = rig_arena_strdup(out, (*names)[i])))
            kept = NULL;
    *names = kept;
    return kept ? RIG_OK : rig_fail_memory(err, "views");
}

static inline rig_status people3d_read(const char *path, rig_people3d *people, rig_arena *out, rig_err *err) {
    rig_people3d_reader *reader;
    RIG_TRY(rig_people3d_open(path, &reader, people, err));
    rig_status status = rig_people3d_next(reader, INT_MAX, people, out, err);
    if (status == RIG_OK)
        status = people_names_keep(&people->views, people->n_views, out, err);
    if (status == RIG_OK)
        status = people_names_keep(&people->repaired, people->n_repaired, out, err);
    rig_people3d_close(reader);
    return status;
}

#endif
