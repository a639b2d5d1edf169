#include "tools/synth/props.h"

#include "tests/support/support.h"

static void test_things_stand_on_the_floor(void **state) {
    (void)state;
    static rig_props props;
    rig_rng rng = rig_rng_seed(1, 1);
    const double place[2] = {2, 3}, half[3] = {0.2, 0.3, 0.5};
    rig_props_box(&props, place, half, &rng);
    rig_props_pole(&props, place, 0.05, 1.8, &rng);
    assert_int_equal(props.n, 2);
    assert_near(props.solids[0].Rt_world_solid.t[2], 0.5, 1e-12);
    assert_near(props.solids[1].Rt_world_solid.t[2], 0, 1e-12);
    assert_near((double)props.solids[1].length, 1.8, 0.1);
    rig_props_bush(&props, place, 0.3, 1.2, &rng);
    assert_true(props.n > 10);
    assert_int_not_equal(props.solids[0].owner, props.solids[1].owner);
    assert_int_equal(props.solids[props.n - 1].owner, props.solids[props.n - 2].owner);
    for (int i = 0; i < props.n; i++) {
        assert_non_null(props.solids[i].faces[0]);
        assert_true(props.solids[i].owner >= RIG_PROPS_OWNER);
    }
}

static void test_what_does_not_fit_is_left_out(void **state) {
    (void)state;
    static rig_props props;
    rig_rng rng = rig_rng_seed(2, 1);
    const double place[2] = {0, 0}, half[3] = {0.1, 0.1, 0.1};
    for (int i = 0; i < 300; i++) {
        rig_props_bush(&props, place, 0.3, 1, &rng);
        rig_props_box(&props, place, half, &rng);
        rig_props_pole(&props, place, 0.1, 1, &rng);
    }
    assert_true(props.n <= RIG_PROPS_SOLIDS_MAX && props.n_materials <= RIG_PROPS_MATERIALS_MAX);
    assert_null(rig_props_material(&props, &rng));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_things_stand_on_the_floor),
        cmocka_unit_test(test_what_does_not_fit_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
