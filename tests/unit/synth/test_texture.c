#include "tools/synth/texture.h"

#include "core/rng.h"

#include "tests/support/support.h"

static const double GRADIENT = 2e-3; // of central differences in floats, step 1e-3

static void test_noise_stays_within_one_and_is_smooth(void **state) {
    (void)state;
    float last = rig_noise2(-3, 0.37f, 5);
    for (int i = 1; i < 6000; i++) {
        const float here = rig_noise2(-3 + 0.001f * (float)i, 0.37f, 5);
        assert_true(fabsf(here) <= 1);
        assert_true(fabsf(here - last) < 0.004f);
        last = here;
    }
}

static void test_noise_in_space_has_the_gradient_it_says(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 1);
    for (int i = 0; i < 500; i++) {
        rig_vec3 p =
            rig_vec3_of(rig_rng_uniform(&rng, -5, 5), rig_rng_uniform(&rng, -5, 5), rig_rng_uniform(&rng, -5, 5));
        rig_vec3 gradient, unused;
        rig_noise3(p, 7, &gradient);
        const float step = 1e-3f;
        const rig_vec3 px = {p.x + step, p.y, p.z}, mx = {p.x - step, p.y, p.z};
        const rig_vec3 pz = {p.x, p.y, p.z + step}, mz = {p.x, p.y, p.z - step};
        const float dx = (rig_noise3(px, 7, &unused) - rig_noise3(mx, 7, &unused)) / (px.x - mx.x);
        const float dz = (rig_noise3(pz, 7, &unused) - rig_noise3(mz, 7, &unused)) / (pz.z - mz.z);
        assert_near((double)gradient.x, (double)dx, GRADIENT * 3);
        assert_near((double)gradient.z, (double)dz, GRADIENT * 3);
    }
}

static void test_a_wave_seen_from_afar_is_its_mean(void **state) {
    (void)state;
    for (int i = -20; i < 20; i++) {
        const float x = 0.17f * (float)i;
        assert_near((double)rig_wave(x, 0.3f, 4), 0.3, 0.02);
        const float part = x - floorf(x);
        if (fabsf(part - 0.3f) > 1e-3f && part > 1e-3f && part < 0.999f)
            assert_near((double)rig_wave(x, 0.3f, 0), part < 0.3f ? 1 : 0, 3e-3);
    }
}

static void test_cells_are_told_apart_and_their_joints_found(void **state) {
    (void)state;
    const rig_cell inside = rig_cells(0.55f, 0.25f, 0.2f, 0.1f, 0, 0.01f, 0.001f, 1);
    assert_int_equal(inside.column, 2);
    assert_int_equal(inside.row, 2);
    assert_near((double)inside.x, 0.75, 1e-4);
    assert_near((double)inside.joint, 0, 1e-5);
    assert_near((double)rig_cells(0.6f, 0.25f, 0.2f, 0.1f, 0, 0.01f, 0.001f, 1).joint, 1, 1e-3);
    // Every other row begins half a cell further.
    assert_int_equal(rig_cells(0.55f, 0.15f, 0.2f, 0.1f, 0.5f, 0.01f, 0.001f, 1).column, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise_stays_within_one_and_is_smooth),
        cmocka_unit_test(test_noise_in_space_has_the_gradient_it_says),
        cmocka_unit_test(test_a_wave_seen_from_afar_is_its_mean),
        cmocka_unit_test(test_cells_are_told_apart_and_their_joints_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
