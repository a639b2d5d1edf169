#include "io/imports.h"

#include "tests/support/support.h"
#include "tests/unit/io/import_all.h"

#include <string.h>

enum { NAMES = 4 };

typedef struct names_case {
    const char *names[NAMES];
    int numbers[NAMES]; // -1: a stray
    const char *says;   // of a refusal; NULL: none
} names_case;

static void assert_numbers(const names_case *c, bool may_stray) {
    char *names[NAMES];
    int numbers[NAMES], n = 0;
    rig_err err = {""};
    for (; n < NAMES && c->names[n]; n++)
        names[n] = (char *)(uintptr_t)c->names[n];
    rig_status status = rig_frame_numbers("here", names, n, may_stray, numbers, &err);
    if (c->says) {
        assert_int_equal(status, RIG_ERR_FORMAT);
        assert_contains(err.text, "here: ");
        assert_contains(err.text, c->says);
        return;
    }
    assert_ok(status);
    for (int i = 0; i < n; i++)
        assert_int_equal(numbers[i], c->numbers[i]);
}

static void test_the_number_that_differs_is_the_frame(void **state) {
    (void)state;
    const names_case cases[] = {
        {{"c1_000000000012_keypoints.json", "c1_000000000020_keypoints.json"}, {12, 20}, NULL},
        {{"img2.json", "img10.json", "img9.json"}, {2, 10, 9}, NULL},
        {{"000.json"}, {0}, NULL},
        {{"take3_cam2_0007.json"}, {7}, NULL},                    // alone: the last number
        {{"one.json"}, {0}, NULL},                                // alone, without one
        {{"12_rgb8_v2.json", "13_rgb8_v2.json"}, {12, 13}, NULL}, // the last number is no frame where it never changes
        {{"a/b2/7.jpg", "a/b2/8.jpg"}, {7, 8}, NULL},
        {{"7", "12"}, {7, 12}, NULL},
        {{"walk.0007", "walk.0008"}, {7, 8}, NULL}, // a number is no file's type
        {{"20261130_cam1_000000001.png", "20261130_cam1_000000002.png"}, {1, 2}, NULL},
        {{"7.jpg", "7.jpg", "8.jpg"}, {7, 7, 8}, NULL}, // one picture's people
        {{"0009999999.json", "1.json"}, {9999999, 1}, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_numbers(&cases[i], false);
}

static void test_names_that_tell_no_frame_are_refused(void **state) {
    (void)state;
    const names_case cases[] = {
        {{"c1_01.json", "c1_02.json", "d1_03.json"}, {0}, "'c1_01.json' and 'd1_03.json' belong to different series"},
        {{"run1_00.json", "run1_01.json", "run2_00.json"},
         {0},
         "'run1_00.json' and 'run2_00.json': more than one number differs"},
        {{"a.json", "b.json"}, {0}, "'a.json' and 'b.json' have no number"},
        {{"1.json", "01.json"}, {0}, "'01.json' and '1.json' are both of frame 1"},
        {{"a/1.jpg", "b/1.jpg"}, {0}, "'a/1.jpg' and 'b/1.jpg' are both of frame 1"},
        {{"1700000000123.json", "1700000000156.json"},
         {0},
         "1700000000123 is not a frame number, expected at most 9999999 (it may be a"},
        {{"10000000.json"}, {0}, "10000000 is not a frame number"},
        {{"99999999999999999999999999999999999.json"}, {0}, "is not a frame number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_numbers(&cases[i], false);
}

static void test_strays_are_told_from_frames(void **state) {
    (void)state;
    const names_case stray = {{"c_01.json", "summary.json", "c_02.json"}, {1, -1, 2}, NULL};
    const names_case first = {{"config.json", "index.json", "info.json", "7.json"}, {-1, -1, -1, 7}, NULL};
    const names_case other = {{"c_01.json", "old_7.json"}, {0}, "belong to different series"};
    assert_numbers(&stray, true);
    assert_numbers(&first, true);
    assert_numbers(&other, true);
}

static void test_layouts_have_many_names(void **state) {
    (void)state;
    static const char *const names[][2] = {{"coco17", "coco17"},
                                           {"COCO", "coco17"},
                                           {"COCO_18", "coco18"},
                                           {"BODY_25", "body25"},
                                           {"body-25b", "body25b"},
                                           {"BODY_135", "body135"},
                                           {"halpe_26", "halpe26"},
                                           {"coco_wholebody133", "wholebody133"},
                                           {"coco-wholebody", "wholebody133"},
                                           {"wholebody", "wholebody133"},
                                           {"MediaPipe", "blazepose33"},
                                           {"BlazePose33", "blazepose33"},
                                           {"mpii", "mpii16"},
                                           {"AIC", "aic14"},
                                           {"crowdpose", "crowdpose14"},
                                           {"h36m", "h36m17"},
                                           {"lsp", "shelf14"},
                                           {"shelf14", "shelf14"}};
    int n;
    const rig_skeleton *layouts = import_layouts(&n);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const rig_skeleton *layout = rig_layout_find(layouts, n, names[i][0]);
        assert_non_null(layout);
        assert_string_equal(layout->name, names[i][1]);
    }
    assert_null(rig_layout_find(layouts, n, "body24"));
    assert_null(rig_layout_find(layouts, n, ""));
    char list[64];
    rig_layouts_list(layouts, n, 25, NULL, list, sizeof list);
    assert_string_equal(list, "body25, body25b");
    rig_layouts_list(layouts, n, 25, "body25", list, sizeof list);
    assert_string_equal(list, "body25b");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_number_that_differs_is_the_frame),
        cmocka_unit_test(test_names_that_tell_no_frame_are_refused),
        cmocka_unit_test(test_strays_are_told_from_frames),
        cmocka_unit_test(test_layouts_have_many_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
