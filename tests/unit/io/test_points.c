#include "io/results.h"

#include "tests/unit/io/files.h"

static const char POINTS[] = "points:\n"
                             "  corner: [-2, 0.3, 0]\n"
                             "  lamp: [0, 0, 2.5]\n"
                             "pixels:\n"
                             "  c1: {lamp: [320.5, 17], corner: null}\n"
                             "  c2: {corner: [1, 2]}\n";

static void test_points_and_pixels_are_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_points_file points;
    assert_ok(rig_points_read(file_put_text("points.yaml", POINTS), &points, &out, &err));
    assert_int_equal(points.n, 2);
    assert_string_equal(points.names[1], "lamp");
    assert_near(points.p[0][1], 0.3, 0);
    assert_int_equal(points.n_views, 2);
    assert_string_equal(points.views[1], "c2");
    assert_false(points.seen[0][0]);
    assert_true(points.seen[0][1]);
    assert_near(points.q[0][1][0], 320.5, 0);
    assert_true(points.seen[1][0]);
    assert_false(points.seen[1][1]);
    rig_arena_release(&out);
}

static rig_status read_points(const char *path, rig_arena *out, rig_err *err) {
    rig_points_file points;
    return rig_points_read(path, &points, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"points:", "schema: rigpose/rig/1\npoints:", 1, "schema: "},
        {"points:", "point:", 0, "'points' is missing"},
        {"pixels:", "pixel:", 0, "'pixels' is missing"},
        {"[-2, 0.3, 0]", "[-2, 0.3]", 2, "points.corner: "},
        {"[-2, 0.3, 0]", "[-2, 0.3, nan]", 2, "points.corner[2]: "},
        {"{lamp:", "{lmap:", 5, "pixels.c1.lmap: no point of this name"},
        {"[320.5, 17]", "[320.5]", 5, "pixels.c1.lamp: "},
        {"  c2: {corner: [1, 2]}", "  c2: [1]", 6, "pixels.c2: "},
        {"  c2:", "  c1:", 6, "c1"},
    };
    assert_refuses(read_points, POINTS, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_points, file_put_text("points.yaml", POINTS));
}

static rig_status read_sample(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_points(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    char *path = (char *)(uintptr_t)file_put_text("points.yaml", POINTS);
    assert_true(rig_test_each_allocation_fails(read_sample, path) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_points_and_pixels_are_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
