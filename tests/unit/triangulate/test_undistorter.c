#include "tests/unit/triangulate/ring.h"

#include "triangulate/undistorter.h"

static const double EXACT = 1e-10;     // of the normalised plane: what rig_undistorter_unproject promises
static const double DERIVATIVE = 1e-2; // px: how far dq_dn may be from where the pixel is, of 1400 px

static const rig_camera MILD = {1920, 1080, RIG_LENS_PINHOLE5, {1400, 1380, 950, 545}, {-0.1, 0.05, 1e-3, -1e-3, 0.01}};
static const rig_camera STRONG = {1920, 1080, RIG_LENS_PINHOLE5, {900, 900, 950, 545}, {-0.35, 0.13, 0, 0, -0.02}};
static const rig_camera NONE = {1920, 1080, RIG_LENS_PINHOLE0, {1400, 1380, 950, 545}, {0}};
static const rig_camera FISHEYE = {1280, 960, RIG_LENS_FISHEYE4, {500, 500, 640, 480}, {0.05, -0.01, 0.003, 0}};

// Of pixels in the picture and half a picture around it: as without a net, or refused as without a net.
static void check(const rig_camera *camera) {
    rig_arena arena = {0};
    rig_err err;
    rig_view_camera seen = {.camera = *camera};
    rig_undistorter undistorter, plain = rig_undistorter_plain(&seen);
    rig_rng rng = rig_rng_seed(1, 1);
    assert_ok(rig_undistorter_init(&seen, &undistorter, &arena, &err));
    for (int i = 0; i < 20000; i++) {
        double q[2] = {rig_rng_uniform(&rng, -0.5, 1.5) * camera->width,
                       rig_rng_uniform(&rng, -0.5, 1.5) * camera->height};
        double n[2], exact[2], dq_dn[4], dq_dn_exact[4];
        bool is = rig_undistorter_unproject(&undistorter, q, n, dq_dn);
        assert_int_equal(is, rig_undistorter_unproject(&plain, q, exact, dq_dn_exact));
        for (int k = 0; is && k < 2; k++)
            assert_near(n[k], exact[k], EXACT * (1 + fabs(exact[k])));
        for (int k = 0; is && k < 4; k++)
            assert_near(dq_dn[k], dq_dn_exact[k], DERIVATIVE * (1 + fabs(dq_dn_exact[k]) / 1000));
    }
    rig_arena_release(&arena);
}

static void as_without_a_net(void **state) {
    (void)state;
    check(&NONE);
    check(&MILD);
    check(&STRONG);
    check(&FISHEYE);
}

static void net_covers_a_mild_lens(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err;
    rig_view_camera seen = {.camera = MILD};
    rig_undistorter undistorter;
    int inexact = 0;
    assert_ok(rig_undistorter_init(&seen, &undistorter, &arena, &err));
    for (int i = 0; i < RIG_UNDISTORTER_CELLS * RIG_UNDISTORTER_CELLS; i++)
        inexact += undistorter.inexact[i];
    assert_int_equal(inexact, 0);
    rig_arena_release(&arena);
}

static rig_status make(void *self, rig_err *err) {
    rig_arena arena = {0};
    rig_undistorter undistorter;
    rig_status status = rig_undistorter_init(self, &undistorter, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static void memory_may_run_out(void **state) {
    (void)state;
    rig_view_camera seen = {.camera = MILD};
    assert_true(rig_test_each_allocation_fails(make, &seen) > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_without_a_net),
        cmocka_unit_test(net_covers_a_mild_lens),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
