#include "core/rig.h"

#include "tests/support/support.h"

static void test_find_by_name(void **state) {
    (void)state;
    rig_view_camera cameras[2] = {{.view = "c1"}, {.view = "c10"}};
    const rig_calibration calibration = {.n = 2, .cameras = cameras};
    assert_ptr_equal(rig_calibration_find(&calibration, "c1"), &cameras[0]);
    assert_ptr_equal(rig_calibration_find(&calibration, "c10"), &cameras[1]);
    assert_null(rig_calibration_find(&calibration, "c"));
    assert_null(rig_calibration_find(&(rig_calibration){0}, "c1"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_find_by_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
