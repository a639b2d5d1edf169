// io/config_motion.c: what the motion section of a rig YAML means, and what is refused.
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

static rig_status motion_read(const char *motion) {
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fprintf(stream, "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\n%s\n", motion);
    fclose(stream);
    return rig_config_read(path, &config, &arena, &err);
}

static void no_section_asks_for_nothing(void **state) {
    (void)state;
    assert_ok(motion_read(""));
    assert_false(config.has_motion);
}

static void an_empty_section_has_defaults(void **state) {
    (void)state;
    assert_ok(motion_read("motion: {}"));
    assert_true(config.has_motion);
    assert_near(config.motion.fill_s, 0.2, 0);
    assert_near(config.motion.acceleration_m_s2, 15, 0);
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_NONE);
    assert_false(config.motion.derivatives);
    assert_false(config.motion.angles);
}

static void every_filter_has_its_numbers(void **state) {
    (void)state;
    assert_ok(motion_read("motion: {filter: butterworth, fill_s: 0, derivatives: true}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_BUTTERWORTH);
    assert_near(config.motion.filter.cutoff_hz, 6, 0);
    assert_near(config.motion.fill_s, 0, 0);
    assert_true(config.motion.derivatives);
    assert_ok(motion_read("motion: {filter: one_euro, cutoff_hz: 2, cutoff_hz_per_m_s: 9, angles: true}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_ONE_EURO);
    assert_near(config.motion.filter.cutoff_hz, 2, 0);
    assert_near(config.motion.filter.cutoff_hz_per_m_s, 9, 0);
    assert_true(config.motion.angles);
    assert_ok(motion_read("motion: {filter: kalman, acceleration_m_s2: 7.5}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_KALMAN);
    assert_near(config.motion.acceleration_m_s2, 7.5, 0);
    assert_ok(motion_read("motion: {filter: savitzky_golay, window_s: 0.3, degree: 2}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_SAVITZKY_GOLAY);
    assert_near(config.motion.filter.window_s, 0.3, 0);
    assert_int_equal(config.motion.filter.degree, 2);
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const refusals[][2] = {
        {"motion: 3", "motion: wrong type, expected a map"},
        {"motion: {filters: none}", "unknown key, expected one of fill_s, acceleration_m_s2, filter"},
        {"motion: {filter: median}", "expected one of none, butterworth, one_euro, kalman, savitzky_golay"},
        {"motion: {cutoff_hz: 6}", "not of filter none, expected only with butterworth or one_euro"},
        {"motion: {filter: kalman, window_s: 1}", "not of filter kalman, expected only with savitzky_golay"},
        {"motion: {filter: butterworth, cutoff_hz: 0}", "cutoff_hz: "},
        {"motion: {filter: savitzky_golay, degree: 6}", "degree: "},
        {"motion: {fill_s: -1}", "fill_s: "},
        {"motion: {acceleration_m_s2: 0}", "acceleration_m_s2: "},
        {"motion: {angles: 7}", "angles: wrong type"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (motion_read(refusals[i][0]) != RIG_ERR_CONFIG)
            fail_msg("'%s' is not refused", refusals[i][0]);
        assert_contains(err.text, "rig.yaml:3: ");
        assert_contains(err.text, refusals[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(no_section_asks_for_nothing, reset),
        cmocka_unit_test_teardown(an_empty_section_has_defaults, reset),
        cmocka_unit_test_teardown(every_filter_has_its_numbers, reset),
        cmocka_unit_test_teardown(what_is_wrong_is_refused, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
