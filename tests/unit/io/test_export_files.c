// io/export_files.c: files that are put in their places together, or leave nothing.
#include "io/export_files.h"

#include "tests/unit/io/files.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static rig_err err;

static void assert_folder_holds(const char *folder, int n) {
    rig_arena arena = {NULL};
    char **names;
    int found;
    assert_ok(rig_folder_list(folder, "", &names, &found, &arena, &err));
    if (found != n)
        fail_msg("%s holds %d files, expected %d; the first is %s", folder, found, n, found ? names[0] : "none");
    rig_arena_release(&arena);
}

static void put(rig_export_files *files, const char *name, const char *text) {
    FILE *stream;
    assert_ok(rig_export_file_begin(files, name, &stream, &err));
    fputs(text, stream);
    assert_ok(rig_export_file_end(files, name, stream, &err));
}

static void nothing_is_in_its_place_before_all_are(void **state) {
    (void)state;
    const char *folder = file_path("all");
    rig_export_files files;
    size_t length;
    rig_arena arena = {NULL};
    assert_ok(rig_export_files_open(&files, folder, &err));
    put(&files, "a.trc", "one");
    put(&files, "b.trc", "two");
    assert_false(rig_file_exists(file_path("all/a.trc")));
    assert_ok(rig_export_files_commit(&files, &err));
    assert_string_equal(file_text(file_path("all/b.trc"), &length, &arena), "two");
    rig_export_files_drop(&files);
    assert_folder_holds(folder, 2);

    assert_ok(rig_export_files_open(&files, folder, &err)); // a second export, which does not come to its end
    put(&files, "a.trc", "three");
    rig_export_files_drop(&files);
    assert_string_equal(file_text(file_path("all/a.trc"), &length, &arena), "one");
    assert_folder_holds(folder, 2);
    rig_arena_release(&arena);
}

static void files_of_an_earlier_export_are_counted(void **state) {
    (void)state;
    const char *folder = file_path("others"), *first;
    rig_export_files files;
    long n;
    assert_ok(rig_folder_make(folder, &err));
    file_put_text("others/a.trc", "");
    file_put_text("others/c.trc", "");
    file_put_text("others/d.txt", "");
    assert_ok(rig_export_files_open(&files, folder, &err));
    put(&files, "b.trc", "");
    put(&files, "c.trc", "");
    assert_ok(rig_export_files_commit(&files, &err));
    assert_ok(rig_export_files_others(&files, ".trc", &n, &first, &err));
    assert_int_equal(n, 1);
    assert_string_equal(first, "a.trc");
    rig_export_files_drop(&files);
}

// Files may not grow beyond so many bytes: what a full disk does, with another errno.
static void room_limit(rlim_t bytes) {
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_full_disk_is_told_whenever_it_fills(void **state) {
    (void)state;
    static const int SIZES[] = {100, 5000, 300000}; // found out by the last flush, by a write, by many writes
    const char *folder = file_path("full");
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        rig_export_files files;
        FILE *stream;
        assert_ok(rig_export_files_open(&files, folder, &err));
        put(&files, "small.trc", "x");
        assert_ok(rig_export_file_begin(&files, "large.trc", &stream, &err));
        room_limit(64);
        for (int k = 0; k < SIZES[i]; k++)
            putc('x', stream);
        const rig_status status = rig_export_file_end(&files, "large.trc", stream, &err);
        room_limit(RLIM_INFINITY);
        assert_int_equal(status, RIG_ERR_IO);
        assert_contains(err.text, "full/large.trc'");
        rig_export_files_drop(&files);
        assert_folder_holds(folder, 0);
    }
}

static void a_folder_that_cannot_be_made_is_named(void **state) {
    (void)state;
    rig_export_files files;
    char longer[1100];
    file_put_text("plain", "no folder");
    assert_int_equal(rig_export_files_open(&files, file_path("plain/below"), &err), RIG_ERR_IO);
    assert_contains(err.text, "plain");
    rig_export_files_drop(&files);
    assert_int_equal(rig_export_files_open(&files, file_path("plain"), &err), RIG_ERR_IO);
    rig_export_files_drop(&files);
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = 0;
    assert_int_equal(rig_export_files_open(&files, longer, &err), RIG_ERR_IO);
    assert_contains(err.text, "longer than 1023 bytes");
    rig_export_files_drop(&files);
}

// As somebody else than root, who may write into any folder.
static void a_read_only_folder_is_named(void **state) {
    (void)state;
    enum { NOBODY = 65534 };
    const char *folder = file_path("read_only");
    const bool root = geteuid() == 0;
    rig_export_files files;
    assert_ok(rig_folder_make(folder, &err));
    assert_int_equal(chmod(folder, 0500), 0);
    assert_int_equal(root ? seteuid(NOBODY) : 0, 0);
    const rig_status status = rig_export_files_open(&files, folder, &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    assert_int_equal(status, RIG_ERR_IO);
    assert_contains(err.text, "read_only");
    assert_contains(err.text, "Permission denied");
    rig_export_files_drop(&files);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_folder_holds(folder, 0);
}

static void what_is_in_the_way_is_named(void **state) {
    (void)state;
    rig_export_files files;
    const char *folder = file_path("way");
    assert_ok(rig_export_files_open(&files, folder, &err));
    put(&files, "a.trc", "one");
    assert_ok(rig_folder_make(file_path("way/a.trc"), &err));
    assert_int_equal(rig_export_files_commit(&files, &err), RIG_ERR_IO);
    assert_contains(err.text, "way/a.trc': Is a directory");
    rig_export_files_drop(&files);
    assert_folder_holds(folder, 1); // the folder in the way
}

// A killed run's folder, which nobody holds locked.
static void what_a_killed_run_left_is_removed(void **state) {
    (void)state;
    rig_export_files files;
    const char *folder = file_path("killed");
    assert_ok(rig_folder_make(file_path("killed/export.tmp-0123456789012345"), &err));
    file_put_text("killed/export.tmp-0123456789012345/a.trc", "half");
    assert_ok(rig_export_files_open(&files, folder, &err));
    rig_export_files_drop(&files);
    assert_folder_holds(folder, 0);
}

static rig_status write_two(void *self, rig_err *why) {
    rig_export_files files = {.n = 0};
    FILE *stream = NULL;
    long n;
    const char *first;
    rig_status status = rig_export_files_open(&files, self, why);
    for (int i = 0; i < 200 && status == RIG_OK; i++) { // more names than one chunk of the arena holds
        char name[64];
        snprintf(name, sizeof name, "%060d", i);
        status = rig_export_file_begin(&files, name, &stream, why);
        if (status == RIG_OK)
            status = rig_export_file_end(&files, name, stream, why);
    }
    if (status == RIG_OK)
        status = rig_export_files_others(&files, "", &n, &first, why);
    rig_export_files_drop(&files);
    return status;
}

static void each_allocation_that_fails_leaves_nothing(void **state) {
    (void)state;
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", file_path("memory"));
    assert_true(rig_test_each_allocation_fails(write_two, folder) > 1);
    assert_folder_holds(folder, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_in_its_place_before_all_are),
        cmocka_unit_test(files_of_an_earlier_export_are_counted),
        cmocka_unit_test(a_full_disk_is_told_whenever_it_fills),
        cmocka_unit_test(a_folder_that_cannot_be_made_is_named),
        cmocka_unit_test(a_read_only_folder_is_named),
        cmocka_unit_test(what_is_in_the_way_is_named),
        cmocka_unit_test(what_a_killed_run_left_is_removed),
        cmocka_unit_test(each_allocation_that_fails_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
