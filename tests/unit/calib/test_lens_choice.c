#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <string.h>

static void see(made_rig *rig, rig_lens lens, int n_boards, uint64_t seed) {
    static const double strong[12] = {-0.32, 0.14, 0.002, -0.0015, -0.03, 0.25,
                                      0.08,  0.01, 0.003, -0.002,  0.002, 0.001};
    static const double wide[4] = {-0.03, 0.006, -0.002, 0.0004};
    made_rig_init(rig, 1, 1, 0, seed);
    rig_camera *camera = &rig->cameras[0];
    camera->lens = lens;
    memset(camera->dist, 0, sizeof camera->dist);
    memcpy(camera->dist, lens == RIG_LENS_FISHEYE4 ? wide : strong, sizeof(double) * (size_t)rig_lens_n_dist(lens));
    camera->K[0] = camera->K[1] = lens == RIG_LENS_FISHEYE4 ? 480 : 900;
    made_lens_boards(rig, n_boards, 0.6, 0.15, seed);
}

// What made the pictures is chosen, or one with as few coefficients that is as good on boards it has not seen.
static void the_lens_that_made_the_pictures_is_chosen(void **state) {
    (void)state;
    static const rig_lens LENSES[5] = {RIG_LENS_PINHOLE0, RIG_LENS_PINHOLE2, RIG_LENS_PINHOLE4, RIG_LENS_PINHOLE5,
                                       RIG_LENS_FISHEYE4};
    for (int k = 0; k < 5; k++) {
        made_rig rig;
        rig_arena out = {0}, scratch = {0};
        rig_err err;
        rig_view_camera found;
        see(&rig, LENSES[k], 50, 11 + (uint64_t)k);
        assert_ok(rig_intrinsics_choose_all(&rig.board, rig.seen, 1, &found, &out, &scratch, &err));
        assert_string_equal(rig_lens_name(found.camera.lens), rig_lens_name(LENSES[k]));
        assert_near(found.held_out_rms_px, 0.15 * sqrt(2), 0.02);
        for (int lens = 0; lens < RIG_LENS_COUNT; lens++)
            if (found.lens_rms_px[lens] > 0)
                assert_true(found.lens_rms_px[LENSES[k]] <= 1.01 * found.lens_rms_px[lens]);
        assert_true(found.lens_rms_px[RIG_LENS_PINHOLE0] > 0);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
        made_rig_release(&rig);
    }
}

static void a_lens_that_needs_twelve_is_not_taken_for_less(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    see(&rig, RIG_LENS_PINHOLE12, 60, 31);
    assert_ok(rig_intrinsics_choose_all(&rig.board, rig.seen, 1, &found, &out, &scratch, &err));
    assert_int_equal(found.camera.lens, RIG_LENS_PINHOLE12);
    assert_true(found.lens_rms_px[RIG_LENS_PINHOLE5] > 1.05 * found.lens_rms_px[RIG_LENS_PINHOLE12]);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void too_few_boards_are_refused(void **state) {
    (void)state;
    made_rig rig;
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    rig_view_camera found;
    see(&rig, RIG_LENS_PINHOLE4, 9, 1);
    assert_int_equal(rig_intrinsics_choose_all(&rig.board, rig.seen, 1, &found, &out, &scratch, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c1': lens 'auto' needs >= 10 boards, got 9");
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static rig_status afresh(void *self, rig_err *err) {
    made_rig *rig = self;
    rig_arena out = {0}, scratch = {0};
    rig_view_camera found;
    rig_status status = rig_intrinsics_choose_all(&rig->board, rig->seen, 1, &found, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    made_rig rig;
    see(&rig, RIG_LENS_PINHOLE2, 10, 2);
    assert_true(rig_test_each_allocation_fails(afresh, &rig) >= 2);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lens_that_made_the_pictures_is_chosen),
        cmocka_unit_test(a_lens_that_needs_twelve_is_not_taken_for_less),
        cmocka_unit_test(too_few_boards_are_refused),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
