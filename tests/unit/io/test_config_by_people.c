// io/config_calibration.c: `extrinsics: {from: people}`, what it means and what of it is refused.
#include "io/config.h"
#include "tests/support/support.h"

static rig_arena arena;
static rig_err err;
static rig_config config;

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

// The section is in line 7. The take's name decides whether `people` is a recording.
static rig_status extrinsics_read(const char *take, const char *section) {
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fprintf(stream,
            "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}, b: {views: [c2, c3], grid: [2, 1]}}\n"
            "board: {corners: [9, 6], square_m: 0.1}\nrecordings: {%s: {a: x.avi, b: y.avi}}\n"
            "keypoints: {source: yaml}\nskeleton: coco17\nextrinsics: %s\n",
            take, section);
    fclose(stream);
    return rig_config_read(path, &config, &arena, &err);
}

static void a_height_gives_the_scale(void **state) {
    (void)state;
    assert_ok(extrinsics_read("r", "{from: people, scale: {height_m: 1.7}}\ntake: r"));
    assert_true(config.extrinsics_people && config.has_extrinsics);
    assert_int_equal(config.extrinsics_from, -1);
    assert_int_equal(config.world, RIG_WORLD_STANDING);
    assert_near(config.height_m, 1.7, 0);
}

static void lengths_give_the_scale(void **state) {
    (void)state;
    assert_ok(extrinsics_read("r", "{from: people, lengths: [[c2, c3, 2]], world: {camera: c3}}\ntake: r"));
    assert_near(config.height_m, 0, 0);
    assert_int_equal(config.world, RIG_WORLD_CAMERA);
    assert_string_equal(config.world_camera, "c3");
}

static void a_recording_may_be_called_people(void **state) {
    (void)state;
    assert_ok(extrinsics_read("people", "{from: people}"));
    assert_false(config.extrinsics_people);
    assert_int_equal(config.extrinsics_from, 0);
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const refusals[][2] = {
        {"{from: people, scale: {height_m: 1.7}}", "extrinsics: poses are found by people, but key 'take' is missing"},
        {"{from: people}\ntake: r", "extrinsics: key 'scale' is missing, expected `scale: {height_m: METRES}`"},
        {"{from: people, scale: {}}\ntake: r", "extrinsics.scale: key 'height_m' is missing"},
        {"{from: people, scale: {height_m: 17}}\ntake: r",
         "extrinsics.scale.height_m: 17 is out of range, expected a number from 0.3 to 3"},
        {"{from: people, scale: {height_m: 1.7}, boards: 20}\ntake: r",
         "extrinsics.boards: has no effect with `from: people`"},
        {"{from: people, scale: {height_m: 1.7}, world: {people: p.yaml}}\ntake: r",
         "extrinsics.world: people of an earlier run, expected no 'world'"},
        {"{from: r, scale: {height_m: 1.7}}", "extrinsics.scale: has no effect without `from: people`"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (extrinsics_read("r", refusals[i][0]) != RIG_ERR_CONFIG)
            fail_msg("'%s' is not refused", refusals[i][0]);
        assert_contains(err.text, "rig.yaml:7: ");
        assert_contains(err.text, refusals[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_height_gives_the_scale, reset),
        cmocka_unit_test_teardown(lengths_give_the_scale, reset),
        cmocka_unit_test_teardown(a_recording_may_be_called_people, reset),
        cmocka_unit_test_teardown(what_is_wrong_is_refused, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
