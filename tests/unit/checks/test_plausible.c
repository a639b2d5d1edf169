#include "checks/plausible.h"
#include "tests/support/support.h"

#include <string.h>

static rig_skeleton skeleton_of(const char *const *names, int n) {
    rig_skeleton made;
    memset(&made, 0, sizeof made);
    made.n = n;
    for (int j = 0; j < n; j++)
        snprintf(made.names[j], sizeof made.names[j], "%s", names[j]);
    return made;
}

static const char *const PERSON[] = {"left_shoulder", "right_shoulder", "left_wrist", "right_wrist",
                                     "left_hip",      "right_hip",      "left_ankle", "right_ankle"};
static const char *const MOUSE[] = {"snout", "left_ear", "right_ear", "tail_base", "left_hip", "right_hip"};

static void squares(void **state) {
    (void)state;
    rig_arena out = {0};
    rig_board board = {.cols = 9, .rows = 6};
    const double wrong[] = {80, 8, 30, 1.5, 0.0008, 0.00008}, right[] = {0.08, 0.002, 0.5, 1};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        board.square_m = wrong[i];
        assert_non_null(rig_implausible_square(&board, &out));
    }
    board.square_m = 80;
    assert_contains(rig_implausible_square(&board, &out),
                    "board.square_m: an edge of 80 m; lengths are in metres: 80 mm is 0.08");
    board.kind = RIG_BOARD_APRILGRID;
    assert_contains(rig_implausible_square(&board, &out), "board.tag_m");
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        board.square_m = right[i];
        assert_null(rig_implausible_square(&board, &out));
    }
    rig_arena_release(&out);
}

static void spans(void **state) {
    (void)state;
    rig_arena out = {0};
    const double p[3][3] = {{0, 0, 0}, {4000, 100, 3}, {2000, 3000, 5}},
                 field[2][3] = {{500000, 0, 0}, {500100, 60, 0}};
    assert_near(rig_span_of(p, 3), 4000, 0);
    assert_contains(rig_implausible_span(rig_span_of(p, 3), "the scene points", &out),
                    "the scene points are 4000 m apart; lengths are in metres: 4000 mm would be 4 m");
    assert_null(rig_implausible_span(rig_span_of(field, 2), "the scene points", &out)); // a field, far from the origin
    assert_null(rig_implausible_span(0.1, "the cameras", &out));                        // a box for mice
    assert_null(rig_implausible_span(0, "the cameras", &out));                          // one camera
    assert_non_null(rig_implausible_span(0.003, "the cameras", &out));
    rig_arena_release(&out);
}

static void people(void **state) {
    (void)state;
    rig_arena out = {0};
    const rig_skeleton person = skeleton_of(PERSON, 8), mouse = skeleton_of(MOUSE, 6);
    static const struct {
        double size;
        const char *says;
    } OF[] = {{1000, "1000 times too large, as if lengths were given in millimetres"},
              {880, "1000 times too large"},
              {95, "100 times too large, as if lengths were given in centimetres"},
              {41, "39.3701 times too large, as if lengths were given in inches"},
              {10.5, "10 times too large"},
              {3.1, "3.28084 times too large, as if lengths were given in feet"},
              {0.001, "1000 times too small"},
              {250, "about 2.5e+02 times too large"}};
    for (size_t i = 0; i < sizeof OF / sizeof *OF; i++) {
        assert_non_null(rig_implausible_people(OF[i].size, &person, &out));
        assert_contains(rig_implausible_people(OF[i].size, &person, &out), OF[i].says);
        assert_null(rig_implausible_people(OF[i].size, &mouse, &out));
    }
    const double right[] = {0, 0.28, 0.6, 1, 1.3, 2};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_null(rig_implausible_people(right[i], &person, &out));
    rig_arena_release(&out);
}

// Files that do not say their unit: 25 and less are metres, 100 and more millimetres, and what lies between may be
// either.
static void units(void **state) {
    (void)state;
    assert_true(rig_plausible_unit_m(0) == 1);
    assert_true(rig_plausible_unit_m(0.06) == 1);
    assert_true(rig_plausible_unit_m(25) == 1);
    assert_true(rig_plausible_unit_m(26) == 0);
    assert_true(rig_plausible_unit_m(99) == 0);
    assert_true(rig_plausible_unit_m(100) == 0.001);
    assert_true(rig_plausible_unit_m(25000) == 0.001);
    assert_true(rig_plausible_unit_m(26000) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(squares), cmocka_unit_test(spans), cmocka_unit_test(people),
                                       cmocka_unit_test(units)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
