// Files that an export makes, all of them or none: they are written into a folder beside their places and put there
// together.
#ifndef RIG_IO_EXPORT_FILES_H
#define RIG_IO_EXPORT_FILES_H

#include "core/arena.h"
#include "io/temporary.h"

#include <stdio.h>

typedef struct rig_export_name rig_export_name;

typedef struct rig_export_files {
    char folder[1024];
    rig_temporary staging;
    rig_arena arena;
    rig_export_name *names; // of the files, the last one first
    long n;
    long long bytes; // of all files
} rig_export_files;

// Into `folder`, which is made where it is not there. Fails with RIG_ERR_IO. commit or drop in any case.
RIG_CHECKED rig_status rig_export_files_open(rig_export_files *files, const char *folder, rig_err *err);
// Begin a file of that name, which has no '/' in it; written and read ("w+b"). Fails with RIG_ERR_IO, RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_export_file_begin(rig_export_files *files, const char *name, FILE **stream, rig_err *err);
// It is complete: bring it to the disk and see that the disk has as many bytes as were written. Closes the stream in
// any case. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_export_file_end(rig_export_files *files, const char *name, FILE *stream, rig_err *err);
// Put all files in their places. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_export_files_commit(rig_export_files *files, rig_err *err);
void rig_export_files_drop(rig_export_files *files); // nothing is left; fine after commit and on a zeroed one
// Files in the folder whose names end so and that are none of these: an earlier export's. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_export_files_others(rig_export_files *files, const char *ending, long *n, const char **first,
                                               rig_err *err);

#endif
