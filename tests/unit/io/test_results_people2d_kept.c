// io/results_people2d_kept.c: what a killed run left of people in 2D is taken over, as far as it is whole.
#include "io/results.h"
#include "tests/support/support.h"

#include <string.h>
#include <unistd.h>

static rig_arena arena;
static rig_err err;
static const rig_inputs INPUTS = {1, {{"footage.walk", "ab12"}}}, OTHERS = {1, {{"footage.walk", "ab13"}}};

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static const char *path_in(const char *name) {
    const char *folder = rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
    assert_ok(rig_folder_make(folder, &err));
    return rig_arena_printf(&arena, "%s/c1.yaml", folder);
}

static rig_people2d_writer *begin(const char *path, const rig_inputs *inputs, long *kept) {
    rig_people2d_writer *writer;
    rig_people2d head = {.view = "c1", .skeleton = "coco17", .n_joints = 2, .has_tags = true};
    assert_ok(rig_people2d_make(path, &head, inputs, &writer, &err));
    assert_ok(rig_people2d_go_on(writer, kept, &err));
    return writer;
}

// Frames from..to - 1; in every seventh there is a person, with numbers that are rounded when they are written.
static void frames_add(rig_people2d_writer *writer, int from, int to) {
    for (int f = from; f < to; f++) {
        rig_joint2d joints[2] = {{.found = true, .q = {f / 3.0, -f / 7.0}, .score = 0.12345, .tag = f / 11.0},
                                 {.found = false, .n_others = 1, .others = {{{f / 9.0, 1}, 0.2, -0.00001}}}};
        rig_person2d person = {.score = 1.0 / (1 + f), .joints = joints};
        rig_frame2d frame = {.frame = f, .n = f % 7 == 0, .people = &person};
        rig_people2d chunk = {.n_frames = 1, .frames = &frame};
        assert_ok(rig_people2d_add(writer, &chunk, &err));
    }
}

static void whole_write(const char *path, int n) {
    long kept;
    rig_people2d_writer *writer = begin(path, &INPUTS, &kept);
    assert_int_equal(kept, 0);
    frames_add(writer, 0, n);
    assert_ok(rig_people2d_commit(writer, &err));
}

static void assert_same(const char *a, const char *b, int n_beside) {
    char hex[2][65], **names;
    const char *folder = rig_arena_strndup(&arena, b, strlen(b) - strlen("/c1.yaml"));
    int n;
    assert_ok(rig_result_digest(a, hex[0], &err));
    assert_ok(rig_result_digest(b, hex[1], &err));
    assert_string_equal(hex[0], hex[1]);
    assert_ok(rig_folder_list(folder, "", &names, &n, &arena, &err));
    assert_int_equal(n, n_beside);
}

static void stopped_at(const char *name, int stop, int n) {
    const char *whole = path_in(rig_arena_printf(&arena, "%s_whole", name)), *path = path_in(name);
    long kept;
    whole_write(whole, n);
    rig_people2d_writer *writer = begin(path, &INPUTS, &kept);
    frames_add(writer, 0, stop);
    rig_people2d_leave(writer);
    assert_false(rig_result_exists(path));
    writer = begin(path, &INPUTS, &kept);
    assert_int_equal(kept, stop);
    frames_add(writer, stop, n);
    assert_ok(rig_people2d_commit(writer, &err));
    assert_same(whole, path, 1);
}

static void test_goes_on(void **state) {
    (void)state;
    stopped_at("short", 30, 40);
    stopped_at("at_once", 0, 10);
    stopped_at("at_the_end", 40, 40);
}

static void test_goes_on_in_parts(void **state) {
    (void)state;
    stopped_at("first_full", 20000, 20010);
    stopped_at("second_begun", 20003, 40001);
    stopped_at("third_begun", 40001, 40005);
}

static void test_torn_end(void **state) {
    (void)state;
    const char *whole = path_in("torn_whole"), *path = path_in("torn");
    whole_write(whole, 40);
    for (int cut = 1; cut < 300; cut += 13) {
        char **names;
        int n;
        long kept;
        rig_people2d_writer *writer = begin(path, &INPUTS, &kept);
        frames_add(writer, (int)kept, 40);
        rig_people2d_leave(writer);
        const char *folder = rig_arena_strndup(&arena, path, strlen(path) - strlen("/c1.yaml"));
        assert_ok(rig_folder_list(folder, "", &names, &n, &arena, &err));
        assert_int_equal(n, 1);
        const char *left = rig_arena_printf(&arena, "%s/%s", folder, names[0]);
        rig_file_stamp stamp;
        assert_true(rig_file_stat(left, &stamp));
        assert_int_equal(truncate(left, (off_t)stamp.bytes - cut), 0);
        writer = begin(path, &INPUTS, &kept);
        assert_true(kept >= 30 && kept <= 40);
        frames_add(writer, (int)kept, 40);
        rig_people2d_leave(writer);
    }
    long kept;
    rig_people2d_writer *writer = begin(path, &INPUTS, &kept);
    assert_int_equal(kept, 40);
    assert_ok(rig_people2d_commit(writer, &err));
    assert_same(whole, path, 1);
}

static void test_other_inputs(void **state) {
    (void)state;
    const char *path = path_in("other");
    long kept;
    rig_people2d_writer *writer = begin(path, &OTHERS, &kept);
    frames_add(writer, 0, 10);
    rig_people2d_leave(writer);
    writer = begin(path, &INPUTS, &kept);
    assert_int_equal(kept, 0);
    frames_add(writer, 0, 10);
    assert_ok(rig_people2d_commit(writer, &err));
    assert_same(path, path, 1); // what was left of others is gone
}

// Frames from..to - 1 as a slice, finished.
static const char *slice_write(const char *name, int from, int to, const rig_inputs *inputs) {
    const char *path = path_in(name);
    const rig_people2d head = {.view = "c1", .skeleton = "coco17", .n_joints = 2, .has_tags = true, .begins = from};
    rig_people2d_writer *writer;
    long kept;
    assert_ok(rig_people2d_make(path, &head, inputs, &writer, &err));
    assert_false(rig_people2d_made(writer, path));
    assert_ok(rig_people2d_go_on(writer, &kept, &err));
    assert_int_equal(kept, 0);
    frames_add(writer, from, to);
    assert_ok(rig_people2d_commit(writer, &err));
    return path;
}

static void assert_joined(rig_people2d_writer *writer, const char *path, long *kept, long expected, bool all) {
    bool joined;
    assert_ok(rig_people2d_join(writer, path, kept, &joined, &err));
    assert_int_equal(*kept, expected);
    assert_int_equal(joined, all);
}

// Slices that follow one another, one of two parts among them, give the whole; others give nothing.
static void test_slices(void **state) {
    (void)state;
    const char *whole = path_in("slices_whole"), *path = path_in("slices"), *cut;
    const char *slices[] = {slice_write("slice_1", 0, 30, &INPUTS), slice_write("slice_2", 30, 20070, &INPUTS),
                            slice_write("slice_3", 20070, 20070, &INPUTS),
                            slice_write("slice_4", 20070, 20100, &INPUTS)};
    long kept;
    whole_write(whole, 20100);
    rig_people2d_writer *writer = begin(path, &INPUTS, &kept);
    assert_joined(writer, path_in("slice_absent"), &kept, 0, false);
    assert_joined(writer, slice_write("slice_others", 0, 30, &OTHERS), &kept, 0, false);
    assert_joined(writer, slices[1], &kept, 0, false); // nothing leads up to it
    assert_joined(writer, slices[2], &kept, 0, true);  // it has no frame
    assert_joined(writer, slices[0], &kept, 30, true);
    assert_joined(writer, slices[0], &kept, 30, true); // once more
    cut = slice_write("slice_cut", 30, 60, &INPUTS);
    assert_int_equal(truncate(cut, 2000), 0);
    assert_joined(writer, cut, &kept, 30, false);
    assert_joined(writer, slice_write("slice_over", 10, 50, &INPUTS), &kept, 50, true);
    assert_joined(writer, slices[1], &kept, 20070, true);
    assert_joined(writer, slices[3], &kept, 20100, true);
    assert_true(rig_people2d_made(writer, slices[0]) && rig_people2d_made(writer, slices[1]));
    assert_false(rig_people2d_made(writer, cut) || rig_people2d_made(writer, path_in("slice_others")));
    assert_ok(rig_people2d_commit(writer, &err));
    assert_same(whole, path, 1);
}

static void assert_seal(const char *path, rig_seal expected) {
    rig_seal seal;
    assert_ok(rig_result_seal(path, &seal, &err));
    assert_int_equal(seal, expected);
}

static void test_seal(void **state) {
    (void)state;
    const char *path = path_in("sealed"), *long_path = path_in("sealed_long");
    whole_write(path, 10);
    assert_seal(path, RIG_SEAL_WHOLE);
    FILE *stream = fopen(path, "r+b");
    assert_non_null(stream);
    assert_int_equal(fseek(stream, -120, SEEK_END), 0);
    fputc('9', stream);
    fclose(stream);
    assert_seal(path, RIG_SEAL_CHANGED);
    assert_int_equal(truncate(path, 400), 0);
    assert_seal(path, RIG_SEAL_CUT);
    whole_write(long_path, 20010);
    assert_seal(long_path, RIG_SEAL_WHOLE);
    const char *parts = rig_arena_strndup(&arena, long_path, strlen(long_path) - strlen(".yaml"));
    assert_int_equal(unlink(rig_arena_printf(&arena, "%s/020000.yaml", parts)), 0);
    assert_seal(long_path, RIG_SEAL_CUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_goes_on, reset),  cmocka_unit_test_setup(test_goes_on_in_parts, reset),
        cmocka_unit_test_setup(test_torn_end, reset), cmocka_unit_test_setup(test_other_inputs, reset),
        cmocka_unit_test_setup(test_slices, reset),   cmocka_unit_test_setup(test_seal, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
