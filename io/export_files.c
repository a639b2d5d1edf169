#include "io/export_files.h"

#include "io/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct rig_export_name {
    const char *name;
    rig_export_name *before;
};

static rig_status fail_file(rig_err *err, const rig_export_files *files, const char *name, int error) {
    return rig_fail(err, RIG_ERR_IO, "cannot write '%s/%s': %s", files->folder, name, strerror(error));
}

// Where the file is before commit.
static void staged_path(const rig_export_files *files, const char *name, char path[2048]) {
    snprintf(path, 2048, "%s/%s", files->staging.path, name);
}

// A killed run's folder, with all that is in it.
static void leftover_remove(void *of, const char *leftover) {
    rig_arena arena = {0};
    char **names, path[2048];
    int n;
    rig_err ignored;
    (void)of;
    if (rig_folder_list(leftover, "", &names, &n, &arena, &ignored) == RIG_OK)
        for (int i = 0; i < n; i++) {
            snprintf(path, sizeof path, "%s/%s", leftover, names[i]);
            unlink(path);
        }
    rmdir(leftover);
    rig_arena_release(&arena);
}

rig_status rig_export_files_open(rig_export_files *files, const char *folder, rig_err *err) {
    char path[1100];
    *files = (rig_export_files){.n = 0};
    if (strlen(folder) >= sizeof files->folder)
        return rig_fail(err, RIG_ERR_IO, "cannot write to '%.80s...': its path is longer than %zu bytes", folder,
                        sizeof files->folder - 1);
    snprintf(files->folder, sizeof files->folder, "%s", folder);
    snprintf(path, sizeof path, "%s/export", folder);
    RIG_TRY(rig_folder_make(folder, err));
    rig_leftovers_visit(path, "", leftover_remove, NULL);
    return rig_temporary_make(&files->staging, path, "", true, err);
}

rig_status rig_export_file_begin(rig_export_files *files, const char *name, FILE **stream, rig_err *err) {
    char path[2048];
    rig_export_name *made = RIG_NEW(&files->arena, rig_export_name, 1);
    *stream = NULL;
    if (!made || !(made->name = rig_arena_strdup(&files->arena, name)))
        return rig_fail_memory(err, "names of files");
    staged_path(files, name, path);
    *stream = fopen(path, "w+b");
    if (!*stream)
        return fail_file(err, files, name, errno);
    made->before = files->names;
    files->names = made;
    files->n++;
    return RIG_OK;
}

rig_status rig_export_file_end(rig_export_files *files, const char *name, FILE *stream, rig_err *err) {
    struct stat info;
    int error = 0;
    const long long bytes = fseeko(stream, 0, SEEK_END) == 0 ? (long long)ftello(stream) : -1;
    if (bytes < 0 || fflush(stream) != 0 || fsync(fileno(stream)) != 0 || fstat(fileno(stream), &info) != 0)
        error = errno;
    else if (ferror(stream) || info.st_size != bytes)
        error = EIO;
    if (fclose(stream) != 0 && !error)
        error = errno;
    files->bytes += bytes;
    return error ? fail_file(err, files, name, error) : RIG_OK;
}

rig_status rig_export_files_commit(rig_export_files *files, rig_err *err) {
    for (const rig_export_name *file = files->names; file; file = file->before) {
        char from[2048], to[2048];
        staged_path(files, file->name, from);
        snprintf(to, sizeof to, "%s/%s", files->folder, file->name);
        if (rename(from, to) != 0)
            return fail_file(err, files, file->name, errno);
    }
    rig_temporary_remove(&files->staging); // which is empty
    return RIG_OK;
}

void rig_export_files_drop(rig_export_files *files) {
    for (const rig_export_name *file = files->names; file && files->staging.path[0]; file = file->before) {
        char path[2048];
        staged_path(files, file->name, path);
        unlink(path);
    }
    rig_temporary_remove(&files->staging);
    rig_arena_release(&files->arena);
    files->names = NULL;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

rig_status rig_export_files_others(rig_export_files *files, const char *ending, long *n, const char **first,
                                   rig_err *err) {
    char **names;
    int n_names;
    *n = 0, *first = NULL;
    RIG_TRY(rig_folder_list(files->folder, ending, &names, &n_names, &files->arena, err));
    const char **ours = RIG_NEW(&files->arena, const char *, files->n);
    if (!ours)
        return rig_fail_memory(err, "names of files");
    size_t n_ours = 0;
    for (const rig_export_name *file = files->names; file; file = file->before)
        ours[n_ours++] = file->name;
    if (n_ours)
        qsort(ours, n_ours, sizeof *ours, by_name);
    for (int i = 0; i < n_names; i++) {
        const char *name = names[i];
        if (n_ours && bsearch(&name, ours, n_ours, sizeof *ours, by_name))
            continue;
        *first = *n ? *first : name;
        *n += 1;
    }
    return RIG_OK;
}
