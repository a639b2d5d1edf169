// The checks that need no cameras: what is found and advised, and what is said of what could not be checked.
#include "checks/doctor.h"
#include "tests/support/support.h"

#include <string.h>

// Views without a board are named; a recording without any is one finding, not one a view.
static void boards_that_are_nowhere_are_a_finding(void **state) {
    (void)state;
    rig_findings f = {0};
    rig_arena out = {NULL};
    rig_err err;
    rig_view_corners seen[3] = {
        {.view = "c1", .n = 4, .n_searched = 9}, {.view = "c2", .n_searched = 9}, {.view = "c3", .n = 1}};
    assert_ok(rig_doctor_boards("board", seen, 3, &f, &out, &err));
    assert_int_equal(f.n, 1);
    assert_string_equal(f.list[0].views[0], "c2");
    seen[0].n = seen[2].n = 0;
    f = (rig_findings){0};
    assert_ok(rig_doctor_boards("board", seen, 3, &f, &out, &err));
    assert_int_equal(f.n, 1);
    assert_int_equal(f.list[0].n_views, 0);
    assert_contains(f.list[0].says, "in any of the 18 pictures of its 3 views");
    assert_false(rig_findings_checked(&f, RIG_FAULT_CLOCKS));
    assert_contains(rig_findings_why(&f, RIG_FAULT_CLOCKS), "moves too little");
    f.blocked = true;
    assert_contains(rig_findings_why(&f, RIG_FAULT_CLOCKS), "fix the findings above first");
    rig_arena_release(&out);
}

static void lengths_ask_for_another_square(void **state) {
    (void)state;
    rig_findings f = {0};
    rig_arena out = {0};
    rig_err err;
    rig_known_length lengths[2] = {{{"c1", "c2"}, 2.0, 2.4}, {{"c1", "c3"}, 3.0, 3.61}};
    double sigma_m[2] = {0.01, 0.01};
    assert_ok(rig_doctor_scale(lengths, sigma_m, 2, 0.12, &f, &out, &err));
    assert_int_equal(f.n, 2);
    assert_contains(f.list[0].advice, "square_m: 0.1 instead of 0.12");
    lengths[1].measured_m = 3.0; // one of them is wrong: no square makes both right
    f = (rig_findings){0};
    assert_ok(rig_doctor_scale(lengths, sigma_m, 2, 0.12, &f, &out, &err));
    assert_int_equal(f.n, 1);
    assert_contains(f.list[0].advice, "measure it again");
    lengths[1].measured_m = 3.1, sigma_m[0] = sigma_m[1] = 0.1; // the boards do not know them so well
    f = (rig_findings){0};
    assert_ok(rig_doctor_scale(lengths, sigma_m, 2, 0.12, &f, &out, &err));
    assert_true(f.n == 0 && !rig_findings_checked(&f, RIG_FAULT_SCALE));
    assert_contains(rig_findings_why(&f, RIG_FAULT_SCALE), "too poorly");
    lengths[1].measured_m = 3.0;
    lengths[0].measured_m = 2.01;
    f = (rig_findings){0};
    assert_ok(rig_doctor_scale(lengths, sigma_m, 2, 0.12, &f, &out, &err));
    assert_true(f.n == 0 && f.looked[RIG_FAULT_SCALE]);
    rig_arena_release(&out);
}

static void a_pair_the_wrong_way_round_is_told(void **state) {
    (void)state;
    rig_arena out = {0};
    rig_err err;
    const rig_pose right = {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {-0.12, 0.01, 0}}; // the right camera's centre is at x = 0.12
    const rig_pose left = rig_pose_invert(&right), below = {{1, 0, 0, 0, 1, 0, 0, 0, 1}, {0.05, -0.2, 0}};
    const rig_pose *poses[3] = {&right, &left, &below};
    for (int k = 0; k < 3; k++) {
        rig_findings f = {0};
        assert_ok(rig_doctor_order("l", "r", poses[k], &f, &out, &err));
        assert_int_equal(f.n, k == 1);
        if (k == 1)
            assert_contains(f.list[0].advice, "pair: [r, l]");
    }
    rig_arena_release(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boards_that_are_nowhere_are_a_finding),
        cmocka_unit_test(lengths_ask_for_another_square),
        cmocka_unit_test(a_pair_the_wrong_way_round_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
