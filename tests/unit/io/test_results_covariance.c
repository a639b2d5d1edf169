#include "io/results.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const char *file_path(const char *name) {
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", rig_test_folder(), name);
    return path;
}

// Two cameras of 14 and 15 numbers, and a covariance whose every number is another: each number is a step on from the
// one before it, and forgets a part.
static void sample_init(rig_calibration *rig, rig_view_camera cameras[2], double *covariance) {
    memset(cameras, 0, 2 * sizeof *cameras);
    strcpy(cameras[0].view, "left");
    strcpy(cameras[1].view, "right");
    cameras[0].camera.lens = RIG_LENS_PINHOLE4;
    cameras[1].camera.lens = RIG_LENS_PINHOLE5;
    *rig = (rig_calibration){.n = 2, .cameras = cameras, .n_covariance = 29, .covariance = covariance};
    for (int i = 0; i < 29; i++)
        for (int j = 0; j <= i; j++)
            covariance[29 * i + j] = covariance[29 * j + i] = (1 + 0.01 * i) * (1 + 0.01 * j) * exp(-0.37 * (i - j));
}

static void what_is_written_is_read(void **state) {
    (void)state;
    rig_view_camera cameras[2];
    rig_calibration rig, back;
    rig_arena arena = {0};
    rig_err err;
    double covariance[29 * 29];
    sample_init(&rig, cameras, covariance);
    const char *path = file_path("covariance.yaml");
    assert_ok(rig_covariance_write(path, &rig, NULL, &err));
    back = (rig_calibration){.n = 2, .cameras = cameras};
    assert_ok(rig_covariance_read(path, &back, &arena, &err));
    assert_int_equal(back.n_covariance, 29);
    assert_memory_equal(back.covariance, covariance, sizeof covariance);
    rig_arena_release(&arena);
}

static void another_rigs_is_refused(void **state) {
    (void)state;
    rig_view_camera cameras[2];
    rig_calibration rig;
    rig_arena arena = {0};
    rig_err err;
    double covariance[29 * 29];
    sample_init(&rig, cameras, covariance);
    const char *path = file_path("covariance.yaml");
    assert_ok(rig_covariance_write(path, &rig, NULL, &err));
    cameras[1].camera.lens = RIG_LENS_PINHOLE8;
    assert_int_equal(rig_covariance_read(path, &rig, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "right");
    strcpy(cameras[0].view, "top");
    assert_int_equal(rig_covariance_read(path, &rig, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "expected the calibration's camera 'top' here");
    rig.n = 1;
    assert_int_equal(rig_covariance_read(path, &rig, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "2 cameras, expected the calibration's 1");
    rig_arena_release(&arena);
}

static void what_is_no_covariance_is_refused(void **state) {
    (void)state;
    static const struct {
        int i, j;
        double value;
        const char *says;
    } wrong[] = {
        {3, 3, -1e-9, ":10: lower[3][3]: a variance of -1e-09, expected 0 or more"},
        {5, 2, 1.5, ":12: lower[5][2]: a covariance of 1.5, expected at most "},
        {5, 2, -1.5, ":12: lower[5][2]: a covariance of -1.5, expected at most "},
        {28, 0, 0.9,
         ": lower: not a covariance: a sum of these numbers"}, // what lies between 0 and 28 moves with neither
        {7, 7, 1e-12, ": lower[7][0]: a covariance of "},
    };
    rig_view_camera cameras[2];
    rig_calibration rig, back;
    rig_arena arena = {0};
    rig_err err;
    double covariance[29 * 29];
    const char *path = file_path("covariance.yaml");
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        sample_init(&rig, cameras, covariance);
        covariance[29 * wrong[k].i + wrong[k].j] = wrong[k].value;
        assert_ok(rig_covariance_write(path, &rig, NULL, &err));
        back = (rig_calibration){.n = 2, .cameras = cameras};
        assert_int_equal(rig_covariance_read(path, &back, &arena, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, wrong[k].says);
        assert_null(back.covariance);
    }
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(another_rigs_is_refused),
        cmocka_unit_test(what_is_no_covariance_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
