#define _XOPEN_SOURCE 700 // realpath
#include "io/file.h"

#include "cv/regular.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MIB = 1024 * 1024, DIGEST_PIECES = 64, FOLDER_MAX = 1024 };
static const long long DIGEST_WHOLE_MAX = 64ll * MIB; // larger files are hashed in pieces
static const long long READ_MAX = 64ll * MIB;         // bytes of a file that is read into memory

static rig_status fail_read(rig_err *err, const char *path, int error) {
    return rig_fail(err, RIG_ERR_IO, "cannot read '%s': %s", path, strerror(error));
}

static long long nanoseconds(struct timespec t) {
    return (long long)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool rig_file_stat(const char *path, rig_file_stamp *stamp) {
    struct stat info, link;
    if (stat(path, &info) != 0 || lstat(path, &link) != 0)
        return false;
    const long long modified = nanoseconds(info.st_mtim), linked = nanoseconds(link.st_ctim);
    long long changed = nanoseconds(info.st_ctim);
    changed = changed > linked ? changed : linked; // a link may have been set to another file, older than itself
    *stamp = (rig_file_stamp){(long long)info.st_size, (long long)info.st_dev, (long long)info.st_ino, modified,
                              changed > modified ? changed : modified};
    return true;
}

bool rig_file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

bool rig_folder_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

// --- folders -------------------------------------------------------------------------------------

rig_status rig_folder_make(const char *path, rig_err *err) {
    char part[FOLDER_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part)
        return rig_fail(err, RIG_ERR_IO, "cannot create folder '%.80s...': its path is longer than %d bytes", path,
                        FOLDER_MAX - 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != 0)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        if (mkdir(part, 0777) == 0)
            continue;
        const int error = errno;
        if (!rig_folder_exists(part)) // it may be there, or be made by another at this moment
            return rig_fail(err, RIG_ERR_IO, "cannot create folder '%s': %s", part,
                            error != EEXIST         ? strerror(error)
                            : rig_file_exists(part) ? "a file of that name exists"
                                                    : "a broken link is there");
    }
    return RIG_OK;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Runs of digits compare as numbers, all else as bytes.
static int natural_compare(const char *a, const char *b) {
    const char *whole_a = a, *whole_b = b;
    while (*a && *b) {
        if (!is_digit(*a) || !is_digit(*b)) {
            if (*a != *b)
                return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
            a++, b++;
            continue;
        }
        size_t n = 0, m = 0;
        a += strspn(a, "0");
        b += strspn(b, "0");
        while (is_digit(a[n]))
            n++;
        while (is_digit(b[m]))
            m++;
        int order = n != m ? (n < m ? -1 : 1) : memcmp(a, b, n);
        if (order)
            return order;
        a += n;
        b += m;
    }
    if (*a || *b)
        return *a ? 1 : -1;
    return strcmp(whole_a, whole_b); // img1 and img01: some order, always the same
}

static int by_nature(const void *a, const void *b) {
    return natural_compare(*(char *const *)a, *(char *const *)b);
}

static bool has_suffix(const char *name, const char *suffix) {
    size_t n = strlen(name), k = strlen(suffix);
    return n >= k && strcmp(name + n - k, suffix) == 0;
}

typedef struct name_list {
    char **names;
    int n, size;
} name_list;

static rig_status names_read(DIR *folder, const char *path, const char *suffix, name_list *list, rig_arena *out,
                             rig_err *err) {
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry)
            return errno ? fail_read(err, path, errno) : RIG_OK;
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !has_suffix(name, suffix))
            continue;
        if (list->n == list->size) {
            int size = list->size ? list->size * 2 : 64;
            char **names = rig_heap_resize(list->names, (size_t)size, sizeof *names);
            if (!names)
                return rig_fail_memory(err, path);
            list->names = names;
            list->size = size;
        }
        if (!(list->names[list->n++] = rig_arena_strdup(out, name)))
            return rig_fail_memory(err, path);
    }
}

rig_status rig_folder_list(const char *path, const char *suffix, char ***names, int *n, rig_arena *out, rig_err *err) {
    DIR *folder = opendir(path);
    if (!folder)
        return fail_read(err, path, errno);
    name_list list = {NULL, 0, 0};
    rig_status status = names_read(folder, path, suffix, &list, out, err);
    if (status == RIG_OK) {
        char **placed = RIG_NEW(out, char *, list.n);
        if (placed && list.n) {
            qsort(list.names, (size_t)list.n, sizeof *list.names, by_nature);
            memcpy(placed, list.names, (size_t)list.n * sizeof *placed);
        }
        *names = placed;
        *n = list.n;
        if (!placed)
            status = rig_fail_memory(err, path);
    }
    rig_heap_free(list.names);
    closedir(folder);
    return status;
}

bool rig_name_is_part(const char *name) {
    size_t n = strspn(name + (name[0] == '-'), "0123456789");
    return n > 0 && strcmp(name + (name[0] == '-') + n, ".yaml") == 0;
}

// Whether a folder holds parts; they go where that is asked for.
static bool parts_look(const char *path, bool remove) {
    bool has = false;
    DIR *folder = opendir(path);
    if (!folder)
        return false;
    for (const struct dirent *entry; (remove || !has) && (entry = readdir(folder));)
        if (rig_name_is_part(entry->d_name)) {
            has = true;
            if (remove)
                unlinkat(dirfd(folder), entry->d_name, 0);
        }
    closedir(folder);
    return has;
}

bool rig_folder_has_parts(const char *path) {
    return parts_look(path, false);
}

void rig_folder_remove(const char *path) {
    parts_look(path, true);
    rmdir(path);
}

char *rig_path_beside(rig_arena *out, const char *beside, const char *path) {
    const char *slash = strrchr(beside, '/');
    if (path[0] == '/' || !slash)
        return rig_arena_strdup(out, path);
    return rig_arena_printf(out, "%.*s%s", (int)(slash + 1 - beside), beside, path);
}

const char *rig_path_real(rig_arena *out, const char *path) {
    char real[PATH_MAX];
    return rig_arena_strdup(out, realpath(path, real) ? real : path);
}

// --- reading -------------------------------------------------------------------------------------

static rig_status bytes_read(FILE *stream, const char *path, void *bytes, size_t n, rig_err *err) {
    errno = 0;
    if (fread(bytes, 1, n, stream) == n)
        return RIG_OK;
    if (ferror(stream))
        return fail_read(err, path, errno);
    return rig_fail(err, RIG_ERR_IO, "cannot read '%s': it was truncated while being read", path);
}

rig_status rig_file_read(const char *path, char **text, size_t *length, rig_arena *out, rig_err *err) {
    FILE *stream;
    long long n;
    RIG_TRY(rig_regular_open(path, &stream, &n, err));
    const bool fits = n <= READ_MAX;
    char *bytes = fits ? RIG_NEW(out, char, n + 1) : NULL;
    rig_status status =
        !fits   ? rig_fail(err, RIG_ERR_FORMAT, "'%s' has %lld bytes, expected at most %lld", path, n, READ_MAX)
        : bytes ? bytes_read(stream, path, bytes, (size_t)n, err)
                : rig_fail_memory(err, path);
    fclose(stream);
    if (status != RIG_OK)
        return status;
    *text = bytes;
    *length = (size_t)n;
    return RIG_OK;
}

// --- digests -------------------------------------------------------------------------------------

static bool hash_end(EVP_MD_CTX *hash, char hex[65]) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    if (EVP_DigestFinal_ex(hash, digest, NULL) != 1)
        return false;
    for (int i = 0; i < 32; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return true;
}

struct rig_hash {
    EVP_MD_CTX *context;
    bool failed;
};

rig_status rig_hash_open(rig_hash **hash, rig_err *err) {
    rig_hash *made = rig_heap_resize(NULL, 1, sizeof *made);
    *hash = NULL;
    if (!made)
        return rig_fail_memory(err, "a digest");
    *made = (rig_hash){EVP_MD_CTX_new(), false};
    if (made->context && EVP_DigestInit_ex(made->context, EVP_sha256(), NULL) == 1) {
        *hash = made;
        return RIG_OK;
    }
    rig_hash_close(made);
    return rig_fail_memory(err, "a digest");
}

void rig_hash_add(rig_hash *hash, const void *bytes, size_t n) {
    hash->failed = hash->failed || EVP_DigestUpdate(hash->context, bytes, n) != 1;
}

rig_status rig_hash_end(rig_hash *hash, char hex[65], rig_err *err) {
    return !hash->failed && hash_end(hash->context, hex) ? RIG_OK : rig_fail_memory(err, "a digest");
}

void rig_hash_close(rig_hash *hash) {
    if (!hash)
        return;
    EVP_MD_CTX_free(hash->context);
    rig_heap_free(hash);
}

static rig_status hash_pieces(EVP_MD_CTX *hash, FILE *stream, const char *path, long long length, bool whole,
                              char *piece, rig_err *err) {
    long long n = (length + MIB - 1) / MIB;
    if (!whole) {
        int k = snprintf(piece, MIB, "%lld:", length);
        n = EVP_DigestUpdate(hash, piece, (size_t)k) == 1 ? DIGEST_PIECES : 0;
    }
    for (long long i = 0; i < n; i++) {
        long long at = whole ? i * MIB : (length - MIB) / (DIGEST_PIECES - 1) * i;
        if (!whole && i == n - 1)
            at = length - MIB;
        size_t size = (size_t)(length - at < MIB ? length - at : MIB);
        if (fseeko(stream, (off_t)at, SEEK_SET) != 0)
            return fail_read(err, path, errno);
        RIG_TRY(bytes_read(stream, path, piece, size, err));
        if (EVP_DigestUpdate(hash, piece, size) != 1)
            return rig_fail_memory(err, "a digest");
    }
    return RIG_OK;
}

static rig_status stream_hash(FILE *stream, const char *path, long long length, bool whole, char hex[65],
                              rig_err *err) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    char *piece = rig_heap_resize(NULL, MIB, 1);
    rig_status status;
    if (!hash || !piece || EVP_DigestInit_ex(hash, EVP_sha256(), NULL) != 1)
        status = rig_fail_memory(err, "a digest");
    else
        status = hash_pieces(hash, stream, path, length, whole, piece, err);
    if (status == RIG_OK && !hash_end(hash, hex))
        status = rig_fail_memory(err, "a digest");
    rig_heap_free(piece);
    EVP_MD_CTX_free(hash);
    return status;
}

rig_status rig_stream_sha256(FILE *stream, const char *path, long long length, char hex[65], rig_err *err) {
    return stream_hash(stream, path, length, true, hex, err);
}

static rig_status file_hash(const char *path, long long whole_most, char hex[65], rig_err *err) {
    FILE *stream = NULL;
    long long length = 0;
    RIG_TRY(rig_regular_open(path, &stream, &length, err));
    rig_status status = stream_hash(stream, path, length, length <= whole_most, hex, err);
    fclose(stream);
    return status;
}

rig_status rig_file_digest(const char *path, char hex[65], rig_err *err) {
    return file_hash(path, DIGEST_WHOLE_MAX, hex, err);
}

rig_status rig_file_sha256(const char *path, char hex[65], rig_err *err) {
    return file_hash(path, LLONG_MAX, hex, err);
}

rig_status rig_bytes_digest(const void *bytes, size_t n, char hex[65], rig_err *err) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    bool good = hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(hash, bytes, n) == 1 &&
                hash_end(hash, hex);
    EVP_MD_CTX_free(hash);
    return good ? RIG_OK : rig_fail_memory(err, "a digest");
}
