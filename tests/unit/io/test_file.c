// io/file.c: folders, digests, and writing that is all or nothing. This program brings its own fsync, which fails on
// demand: a disk that is full only at the last moment.
#include "io/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static rig_arena arena;
static rig_err err;
static int fsync_error;

int fsync(int handle) {
    (void)handle;
    errno = fsync_error;
    return fsync_error ? -1 : 0;
}

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    fsync_error = 0;
    return 0;
}

static const char *path_of(const char *name) {
    return rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
}

// A fresh folder of this name in the test's folder.
static const char *folder_of(const char *name) {
    const char *path = path_of(name);
    assert_ok(rig_folder_make(path, &err));
    return path;
}

static void text_write(const char *path, const char *text) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void assert_holds(const char *path, const char *text) {
    char *read = NULL;
    size_t n = 0;
    assert_ok(rig_file_read(path, &read, &n, &arena, &err));
    assert_string_equal(read, text);
    assert_int_equal(n, strlen(text));
}

static void assert_folder_holds(const char *path, int n_expected) {
    char **names;
    int n;
    assert_ok(rig_folder_list(path, "", &names, &n, &arena, &err));
    assert_int_equal(n, n_expected);
}

// --- in the making -------------------------------------------------------------------------------

static void a_failure_names_the_place_and_not_what_is_in_the_making(void **state) {
    (void)state;
    rig_temporary t;
    const char *path = path_of("view.mp4");
    assert_ok(rig_temporary_make(&t, path, ".mp4", false, &err));
    assert_int_equal(rig_fail(&err, RIG_ERR_IO, "cannot write '%s': then: '%s' is short", t.path, t.path), RIG_ERR_IO);
    rig_temporary_name_place(&t, path, &err);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': then: '%s' is short", path, path));
    rig_temporary_name_place(&t, path, NULL);
    rig_temporary_remove(&t);
}

// --- folders and reading -------------------------------------------------------------------------

static void test_exists(void **state) {
    (void)state;
    const char *path = path_of("there.txt");
    text_write(path, "x");
    assert_true(rig_file_exists(path));
    assert_false(rig_folder_exists(path));
    assert_false(rig_file_exists(rig_test_folder()));
    assert_true(rig_folder_exists(rig_test_folder()));
    assert_false(rig_file_exists(path_of("not_there")));
}

static void test_folder_make(void **state) {
    (void)state;
    assert_ok(rig_folder_make(path_of("a/b//c/"), &err));
    assert_true(rig_folder_exists(path_of("a/b/c")));
    assert_ok(rig_folder_make(path_of("a/b/c"), &err));
    text_write(path_of("a/file"), "x");
    assert_int_equal(rig_folder_make(path_of("a/file/d"), &err), RIG_ERR_IO);
    assert_string_equal(
        err.text, rig_arena_printf(&arena, "cannot create folder '%s': a file of that name exists", path_of("a/file")));
    char longest[2000];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(rig_folder_make(longest, &err), RIG_ERR_IO);
    assert_contains(err.text, "its path is longer than 1023 bytes");
}

static void test_folder_list(void **state) {
    (void)state;
    static const char *const expected[] = {
        "a1b2.png", "a1b10.png", "img.png",    "img001.png", "img1.png",
        "img2.png", "img10.png", "img010.png", "img11.png",  "img18446744073709551617.png"};
    static const int shuffled[] = {7, 2, 9, 4, 0, 8, 3, 6, 1, 5};
    const char *folder = folder_of("list");
    char **names;
    int n;
    for (size_t i = 0; i < sizeof shuffled / sizeof *shuffled; i++)
        text_write(rig_arena_printf(&arena, "%s/%s", folder, expected[shuffled[i]]), "");
    text_write(rig_arena_printf(&arena, "%s/notes.txt", folder), "");
    assert_ok(rig_folder_list(folder, ".png", &names, &n, &arena, &err));
    assert_int_equal(n, sizeof expected / sizeof *expected);
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], i == 6 || i == 7 ? expected[13 - i] : expected[i]) != 0)
            fail_msg("place %d: got '%s'", i, names[i]);
    assert_folder_holds(folder, 11);
    assert_int_equal(rig_folder_list(path_of("no"), "", &names, &n, &arena, &err), RIG_ERR_IO);
    assert_string_equal(err.text,
                        rig_arena_printf(&arena, "cannot read '%s': No such file or directory", path_of("no")));
}

static void test_path_beside(void **state) {
    (void)state;
    assert_string_equal(rig_path_beside(&arena, "configs/rig.yaml", "a/b.mp4"), "configs/a/b.mp4");
    assert_string_equal(rig_path_beside(&arena, "rig.yaml", "b.mp4"), "b.mp4");
    assert_string_equal(rig_path_beside(&arena, "/rig.yaml", "b.mp4"), "/b.mp4");
    assert_string_equal(rig_path_beside(&arena, "x/rig.yaml", "/data/b.mp4"), "/data/b.mp4");
}

static void test_read_refused(void **state) {
    (void)state;
    char *text;
    size_t n;
    assert_int_equal(rig_file_read(path_of("no"), &text, &n, &arena, &err), RIG_ERR_IO);
    assert_string_equal(err.text,
                        rig_arena_printf(&arena, "cannot read '%s': No such file or directory", path_of("no")));
    assert_int_equal(rig_file_read(rig_test_folder(), &text, &n, &arena, &err), RIG_ERR_IO);
    assert_contains(err.text, "it is a folder, expected a regular file");
    assert_int_equal(rig_file_read("/dev/zero", &text, &n, &arena, &err), RIG_ERR_IO);
    assert_string_equal(err.text, "cannot read '/dev/zero': it is a device, expected a regular file");
    FILE *stream = fopen(path_of("huge"), "wb"); // sparse: takes no room
    assert_non_null(stream);
    assert_int_equal(ftruncate(fileno(stream), (64 << 20) + 1), 0);
    fclose(stream);
    assert_int_equal(rig_file_read(path_of("huge"), &text, &n, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "has 67108865 bytes, expected at most 67108864");
}

// --- digests -------------------------------------------------------------------------------------

static void test_digest(void **state) {
    (void)state;
    char bytes[65], file[65];
    assert_ok(rig_bytes_digest("abc", 3, bytes, &err)); // FIPS 180-2, B.1
    assert_string_equal(bytes, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    text_write(path_of("abc"), "abc");
    assert_ok(rig_file_digest(path_of("abc"), file, &err));
    assert_string_equal(file, bytes);
    text_write(path_of("none"), "");
    assert_ok(rig_file_digest(path_of("none"), file, &err));
    assert_ok(rig_bytes_digest(NULL, 0, bytes, &err));
    assert_string_equal(file, bytes);
    assert_int_equal(rig_file_digest(path_of("no"), file, &err), RIG_ERR_IO);
}

// A sparse file of this length, one byte of it set; its digest.
static void sparse_digest(long length, long at, char hex[65]) {
    FILE *stream = fopen(path_of("big"), "wb");
    assert_non_null(stream);
    assert_int_equal(ftruncate(fileno(stream), length), 0);
    assert_int_equal(fseek(stream, at, SEEK_SET), 0);
    putc('x', stream);
    fclose(stream);
    assert_ok(rig_file_digest(path_of("big"), hex, &err));
}

static void test_digest_of_a_large_file(void **state) {
    (void)state;
    enum { LENGTH = 200 * 1024 * 1024, MIB = 1024 * 1024 };
    char first[65], last[65], none[65], other[65], longer[65];
    sparse_digest(LENGTH, 0, first);
    sparse_digest(LENGTH, LENGTH - 1, last);
    assert_string_not_equal(first, last);
    sparse_digest(LENGTH, 2 * MIB, none); // between the first piece and the second
    sparse_digest(LENGTH, 2 * MIB + 9, other);
    assert_string_equal(none, other);
    assert_string_not_equal(none, first);
    sparse_digest(LENGTH + 1, 2 * MIB, longer);
    assert_string_not_equal(none, longer);
}

// --- writing -------------------------------------------------------------------------------------

static void test_write(void **state) {
    (void)state;
    const char *folder = folder_of("write"), *path = path_of("write/f.yaml");
    rig_file_writer writer;
    text_write(path, "old");
    assert_ok(rig_file_writer_open(&writer, path, &err));
    fputs("new", writer.stream);
    assert_holds(path, "old");
    assert_ok(rig_file_writer_commit(&writer, &err));
    assert_holds(path, "new");
    rig_file_writer_abandon(&writer); // fine after commit
    assert_holds(path, "new");
    assert_folder_holds(folder, 1);
}

static void test_write_abandoned(void **state) {
    (void)state;
    const char *folder = folder_of("abandon"), *path = path_of("abandon/f.yaml");
    rig_file_writer writer = {.stream = NULL};
    rig_file_writer_abandon(&writer); // fine on a zeroed one
    text_write(path, "old");
    assert_ok(rig_file_writer_open(&writer, path, &err));
    fputs("new", writer.stream);
    rig_file_writer_abandon(&writer);
    assert_holds(path, "old");
    assert_folder_holds(folder, 1);
}

static void test_write_where_no_file_can_be(void **state) {
    (void)state;
    rig_file_writer writer;
    text_write(path_of("file"), "x");
    const char *in_file = path_of("file/f.yaml"), *in_none = path_of("none_such/f.yaml"), *folder = folder_of("dir");
    assert_int_equal(rig_file_writer_open(&writer, in_file, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': Not a directory", in_file));
    assert_int_equal(rig_file_writer_open(&writer, in_none, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': No such file or directory", in_none));
    assert_int_equal(rig_file_writer_open(&writer, folder, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': Is a directory", folder));
    rig_file_writer_abandon(&writer);
    char longest[2000];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(rig_file_writer_open(&writer, longest, &err), RIG_ERR_IO);
    assert_contains(err.text, "its path is longer than 1023 bytes");
}

static void test_write_to_a_read_only_folder(void **state) {
    (void)state;
    enum { NOBODY = 65534 };
    const char *folder = folder_of("locked"), *path = path_of("locked/f.yaml");
    rig_file_writer writer;
    bool root = geteuid() == 0; // who may write everywhere
    text_write(path, "old");
    chmod(rig_test_folder(), 0755);
    chmod(folder, 0555);
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    rig_status status = rig_file_writer_open(&writer, path, &err);
    if (root)
        assert_int_equal(seteuid(0), 0);
    chmod(folder, 0755);
    assert_int_equal(status, RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': Permission denied", path));
    assert_holds(path, "old");
    assert_folder_holds(folder, 1);
}

// The old file stays, nothing else is left, and the message says why.
static void assert_commit_fails(rig_file_writer *writer, const char *reason) {
    assert_int_equal(rig_file_writer_commit(writer, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': %s", writer->path, reason));
    assert_holds(writer->path, "old");
}

// Files may not grow beyond so many bytes: what a full disk does, with another errno.
static void room_limit(rlim_t bytes) {
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void test_write_without_room(void **state) {
    (void)state;
    static const int sizes[] = {100, 5000, 300000}; // found out by the last flush, by a write, by many writes
    const char *folder = folder_of("full"), *path = path_of("full/f.yaml");
    text_write(path, "old");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        rig_file_writer writer;
        assert_ok(rig_file_writer_open(&writer, path, &err));
        room_limit(64);
        for (int k = 0; k < sizes[i]; k++)
            putc('x', writer.stream);
        rig_status status = rig_file_writer_commit(&writer, &err);
        room_limit(RLIM_INFINITY);
        assert_int_equal(status, RIG_ERR_IO);
        assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': File too large", path));
        assert_holds(path, "old");
        assert_folder_holds(folder, 1);
    }
}

static void test_write_that_cannot_be_synced(void **state) {
    (void)state;
    const char *folder = folder_of("sync"), *path = path_of("sync/f.yaml");
    rig_file_writer writer;
    text_write(path, "old");
    assert_ok(rig_file_writer_open(&writer, path, &err));
    fputs("new", writer.stream);
    fsync_error = ENOSPC;
    assert_commit_fails(&writer, "No space left on device");
    assert_folder_holds(folder, 1);
}

static void test_write_that_cannot_be_renamed(void **state) {
    (void)state;
    const char *path = path_of("renamed");
    rig_file_writer writer;
    assert_ok(rig_file_writer_open(&writer, path, &err));
    fputs("new", writer.stream);
    assert_ok(rig_folder_make(path_of("renamed/in_the_way"), &err));
    assert_int_equal(rig_file_writer_commit(&writer, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot write '%s': Is a directory", path));
    assert_false(rig_file_exists(writer.temporary.path));
}

// --- memory --------------------------------------------------------------------------------------

static rig_status list_read_and_digest(void *self, rig_err *why) {
    rig_arena own = {NULL};
    char **names, *text, hex[65];
    size_t length;
    int n;
    rig_status status = rig_folder_list(self, "", &names, &n, &own, why);
    if (status == RIG_OK)
        status = rig_file_read(path_of("abc"), &text, &length, &own, why);
    if (status == RIG_OK)
        status = rig_file_digest(path_of("abc"), hex, why);
    rig_arena_release(&own);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    const char *folder = folder_of("many");
    for (int i = 0; i < 200; i++)
        text_write(rig_arena_printf(&arena, "%s/%d", folder, i), "");
    text_write(path_of("abc"), "abc");
    assert_true(rig_test_each_allocation_fails(list_read_and_digest, (void *)(uintptr_t)folder) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_failure_names_the_place_and_not_what_is_in_the_making, reset),
        cmocka_unit_test_setup(test_exists, reset),
        cmocka_unit_test_setup(test_folder_make, reset),
        cmocka_unit_test_setup(test_folder_list, reset),
        cmocka_unit_test_setup(test_path_beside, reset),
        cmocka_unit_test_setup(test_read_refused, reset),
        cmocka_unit_test_setup(test_digest, reset),
        cmocka_unit_test_setup(test_digest_of_a_large_file, reset),
        cmocka_unit_test_setup(test_write, reset),
        cmocka_unit_test_setup(test_write_abandoned, reset),
        cmocka_unit_test_setup(test_write_where_no_file_can_be, reset),
        cmocka_unit_test_setup(test_write_to_a_read_only_folder, reset),
        cmocka_unit_test_setup(test_write_without_room, reset),
        cmocka_unit_test_setup(test_write_that_cannot_be_synced, reset),
        cmocka_unit_test_setup(test_write_that_cannot_be_renamed, reset),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, reset, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
