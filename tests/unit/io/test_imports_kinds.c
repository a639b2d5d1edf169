#include "io/imports.h"

#include "tests/unit/io/files.h"
#include "tests/unit/io/import_all.h"

// What the fuzzer begins with: each kind of file is read as it is, and survives damage.
static rig_status read_human(const char *path, rig_arena *out, rig_err *err) {
    rig_people2d people;
    return import_read(path, import_layout("coco17"), &people, out, err);
}

static rig_status read_mouse(const char *path, rig_arena *out, rig_err *err) {
    static const rig_skeleton mouse = {.name = "mouse", .n = 2, .names = {"nose", "tail"}};
    rig_people2d people;
    return import_read(path, &mouse, &people, out, err);
}

static const struct {
    const char *path;
    read_fn read;
} KINDS[] = {{"tests/fuzz/corpus/coco.json", read_human},        {"tests/fuzz/corpus/mmpose.json", read_human},
             {"tests/fuzz/corpus/annotations.json", read_human}, {"tests/fuzz/corpus/alphapose.json", read_human},
             {"tests/fuzz/corpus/deeplabcut.csv", read_mouse},   {"tests/fuzz/corpus/sleap.csv", read_mouse}};
enum { N_KINDS = sizeof KINDS / sizeof *KINDS };

static void test_damaged_files_do_no_harm(void **state) {
    (void)state;
    for (int i = 0; i < N_KINDS; i++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        assert_ok(KINDS[i].read(KINDS[i].path, &out, &err));
        assert_survives_damage(KINDS[i].read, KINDS[i].path);
        rig_arena_release(&out);
    }
}

static rig_status read_all_kinds(void *self, rig_err *err) {
    rig_status status = RIG_OK;
    (void)self;
    for (int i = 0; i < N_KINDS && status == RIG_OK; i++) {
        rig_arena out = {NULL};
        status = KINDS[i].read(KINDS[i].path, &out, err);
        rig_arena_release(&out);
    }
    return status;
}

static void test_failed_allocations_of_all_kinds_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(read_all_kinds, NULL) > 20);
}

// A table's cells, and those that hold nothing.
static void test_tables_have_gaps(void **state) {
    (void)state;
    static const rig_skeleton mouse = {.name = "mouse", .n = 2, .names = {"tail", "nose"}}; // in an order of its own
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people;
    assert_ok(import_read("tests/fuzz/corpus/deeplabcut.csv", &mouse, &people, &out, &err));
    assert_int_equal(people.n_frames, 3);
    assert_int_equal(people.frames[2].frame, 3);
    assert_near(people.frames[0].people[0].joints[0].q[1], 40, 0);
    assert_near(people.frames[0].people[0].joints[1].score, 0.99, 0);
    assert_false(people.frames[1].people[0].joints[0].found);
    assert_ok(import_read("tests/fuzz/corpus/sleap.csv", &mouse, &people, &out, &err));
    assert_int_equal(people.n_frames, 2);
    assert_int_equal(people.frames[0].n, 2);
    assert_near(people.frames[0].people[1].joints[1].q[0], 50.5, 0);
    assert_near(people.frames[1].people[0].joints[1].score, 1, 0); // labelled by hand: no score
    const char *labelled = "scorer,,,me,me,me,me\nbodyparts,,,tail,tail,nose,nose\ncoords,,,x,y,x,y\n"
                           "labeled-data,walk,img007.png,1,2,3,4\nlabeled-data,walk,img012.png,,,5,6\n";
    assert_ok(import_read(file_put_text("labelled.csv", labelled), &mouse, &people, &out, &err));
    assert_int_equal(people.frames[0].frame, 7);
    assert_int_equal(people.frames[1].frame, 12);
    assert_near(people.frames[0].people[0].joints[1].q[0], 3, 0);
    assert_near(people.frames[0].people[0].joints[1].score, 1, 0);
    rig_arena_release(&out);
}

static void test_wrong_tables_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } wrongs[] = {
        {"scorer,a\nbodyparts,nose\n", "no row of coords below scorer"},
        {"scorer,a\nparts,nose\ncoords,x\n", "expected DeepLabCut's rows"},
        {"scorer,a,a\nbodyparts,nose\ncoords,x,y\n", "of as many cells"},
        {"scorer,a,a,a\nbodyparts,nose,nose,nose\ncoords,x,y,z\n", "wrong.csv:3: coords x, y, z are 3D points"},
        {"scorer,a\nbodyparts,nose\ncoords,w\n", "no columns x, y, likelihood"},
        {"scorer,a,a\nbodyparts,nose,nose\ncoords,x,y\n0,1\n", "its joints are nose; skeleton 'mouse' has nose, tail"},
        {"track,frame_idx,nose.x,nose.y,tail.x,tail.y\n,0,1,2,3\n",
         "wrong.csv:2: 5 cells, expected 6 as in the header"},
        {"track,frame_idx,nose.x,nose.y,tail.x,tail.y\n,-1,1,2,3,4\n",
         "wrong.csv:2: frame '-1', expected a number from 0"},
        {"track,frame_idx,nose.x,nose.y,tail.x,tail.y\n,0,1,two,3,4\n", "wrong.csv:2: 'two', expected a number"},
        {"track,nose.x,nose.y,tail.x,tail.y\n,1,2,3,4\n", "expected SLEAP's columns track, frame_idx"},
        {"track;frame_idx;nose.x\n", "cells separated by ';', expected ','"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        assert_int_equal(read_mouse(file_put_text("wrong.csv", wrongs[i].text), &out, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, "wrong.csv");
        assert_contains(err.text, wrongs[i].says);
        rig_arena_release(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_damaged_files_do_no_harm),
        cmocka_unit_test(test_failed_allocations_of_all_kinds_are_reported),
        cmocka_unit_test(test_tables_have_gaps),
        cmocka_unit_test(test_wrong_tables_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
