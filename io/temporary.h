// What is in the making: a file or folder beside its place, under a name that nobody can foresee, locked as long as its
// maker lives. What a killed run left is known by its name and by being locked no more.
#ifndef RIG_IO_TEMPORARY_H
#define RIG_IO_TEMPORARY_H

#include "core/status.h"

#include <stdbool.h>

typedef struct rig_temporary {
    char path[1088]; // "": none
    int handle;      // holds the lock
} rig_temporary;

// Make `<path>.tmp-<16 digits><ending>`, an empty file or folder; of names that would become too long the end of path
// is left out. Fails with RIG_ERR_IO, naming path.
RIG_CHECKED rig_status rig_temporary_make(rig_temporary *t, const char *path, const char *ending, bool folder,
                                          rig_err *err);
// It takes the place of path, at once; what killed runs left of path is removed. A folder takes the place of a folder,
// which is removed as far as it holds parts of a result (io/file.h). After a failure it is removed itself. Fails with
// RIG_ERR_IO.
RIG_CHECKED rig_status rig_temporary_place(rig_temporary *t, const char *path, const char *ending, rig_err *err);
void rig_temporary_remove(rig_temporary *t); // fine after place and on a zeroed one
// In a failure's text, path in the place of the name in the making.
void rig_temporary_name_place(const rig_temporary *t, const char *path, rig_err *err);
void rig_temporary_leave(rig_temporary *t); // for a later run

// Visit what killed runs of this user left of path: `visit` gets each one's path while no other run can take it;
// NULL: remove them. What is not locked but by chance named so is left alone where it is no plain file or folder, or
// another user's.
void rig_leftovers_visit(const char *path, const char *ending, void (*visit)(void *of, const char *leftover), void *of);

// Remove a folder's parts of a result (io/file.h), and the folder where nothing else is in it. It is renamed first, so
// that a kill never leaves some of its parts as a result. One that is not there is fine. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_folder_clear(const char *path, rig_err *err);

#endif
