// Files and folders: whole-file reads, writes that are all or nothing, hashes, listings.
#ifndef RIG_IO_FILE_H
#define RIG_IO_FILE_H

#include "core/arena.h"
#include "core/status.h"
#include "io/temporary.h"

#include <stdbool.h>
#include <stdio.h>

// What tells one state of a file, or of a folder's list of files, from another without reading it.
typedef struct rig_file_stamp {
    long long bytes;
    long long disk, id;    // of the file; its id is the disk's own
    long long modified_ns; // when its contents were last written
    long long changed_ns;  // when it was last written, renamed or put in another's place
} rig_file_stamp;
bool rig_file_stat(const char *path, rig_file_stamp *stamp); // false: nothing is there

bool rig_file_exists(const char *path);
bool rig_folder_exists(const char *path);
// Make a folder and its parents; one that is there is fine. Fails with RIG_ERR_IO, naming it and the reason.
RIG_CHECKED rig_status rig_folder_make(const char *path, rig_err *err);
// Names in a folder in natural order (img2 before img10), without "." and ".."; suffix "" takes all.
RIG_CHECKED rig_status rig_folder_list(const char *path, const char *suffix, char ***names, int *n, rig_arena *out,
                                       rig_err *err);
// Parts of a result are named <number>.yaml.
bool rig_name_is_part(const char *name);
bool rig_folder_has_parts(const char *path);
// Remove a folder's parts of a result, and the folder where nothing else is in it. One that is not
// there is fine.
void rig_folder_remove(const char *path);
// path taken relative to the folder of file `beside` (unchanged where absolute). NULL when memory is out.
char *rig_path_beside(rig_arena *out, const char *beside, const char *path);
// Where a path leads when symbolic links are followed; path itself where nothing is there. NULL when memory is out.
const char *rig_path_real(rig_arena *out, const char *path);
// Whole file as text with a 0 after it; at most 64 MiB, else RIG_ERR_FORMAT.
RIG_CHECKED rig_status rig_file_read(const char *path, char **text, size_t *length, rig_arena *out, rig_err *err);
// SHA-256 in hex. A file above 64 MiB: of its length and of 64 pieces of 1 MiB spread evenly over it (first and last
// included).
RIG_CHECKED rig_status rig_file_digest(const char *path, char hex[65], rig_err *err);
// SHA-256 in hex of all of it.
RIG_CHECKED rig_status rig_file_sha256(const char *path, char hex[65], rig_err *err);
// SHA-256 of what comes piece by piece. end: in hex, once; close in any case (NULL is fine).
typedef struct rig_hash rig_hash;
RIG_CHECKED rig_status rig_hash_open(rig_hash **hash, rig_err *err);
void rig_hash_add(rig_hash *hash, const void *bytes, size_t n);
RIG_CHECKED rig_status rig_hash_end(rig_hash *hash, char hex[65], rig_err *err);
void rig_hash_close(rig_hash *hash);
// SHA-256 in hex of a stream's first length bytes; path is for the error.
RIG_CHECKED rig_status rig_stream_sha256(FILE *stream, const char *path, long long length, char hex[65], rig_err *err);
// SHA-256 in hex of bytes.
RIG_CHECKED rig_status rig_bytes_digest(const void *bytes, size_t n, char hex[65], rig_err *err);

// All-or-nothing writing: to a temporary file (io/temporary.h), which commit brings to the disk and puts in the place
// of path. abandon (or a failed commit) removes it, leave leaves it for a later run; path stays as it was.
typedef struct rig_file_writer {
    FILE *stream;
    char path[1024];
    rig_temporary temporary;
} rig_file_writer;
RIG_CHECKED rig_status rig_file_writer_open(rig_file_writer *writer, const char *path, rig_err *err);
// For a file that a person wrote: a link to it stays one, its owner, group and permissions stay, and one that may not
// be written is refused.
RIG_CHECKED rig_status rig_file_writer_open_edit(rig_file_writer *writer, const char *path, rig_arena *scratch,
                                                 rig_err *err);
// Write a text, and all that was written before, so that it can be read back from the temporary file.
RIG_CHECKED rig_status rig_file_writer_put(rig_file_writer *writer, const char *text, rig_err *err);
RIG_CHECKED rig_status rig_file_writer_commit(rig_file_writer *writer, rig_err *err);
void rig_file_writer_abandon(rig_file_writer *writer); // fine after commit and on a zeroed writer
void rig_file_writer_leave(rig_file_writer *writer);   // likewise

#endif
