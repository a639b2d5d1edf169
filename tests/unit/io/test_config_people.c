// io/config_people.c: what the sections triangulate and motion of a rig YAML mean, and what of them is refused.
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

static rig_status section_read(const char *section) {
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fprintf(stream, "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\n%s\n", section);
    fclose(stream);
    return rig_config_read(path, &config, &arena, &err);
}

static void no_section_asks_for_nothing(void **state) {
    (void)state;
    assert_ok(section_read(""));
    assert_false(config.has_motion);
}

static void an_empty_section_has_defaults(void **state) {
    (void)state;
    assert_ok(section_read("motion: {}"));
    assert_true(config.has_motion);
    assert_near(config.motion.fill_s, 0.2, 0);
    assert_near(config.motion.acceleration_m_s2, 15, 0);
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_NONE);
    assert_false(config.motion.derivatives);
    assert_false(config.motion.angles);
}

static void every_filter_has_its_numbers(void **state) {
    (void)state;
    assert_ok(section_read("motion: {filter: butterworth, fill_s: 0, derivatives: true}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_BUTTERWORTH);
    assert_near(config.motion.filter.cutoff_hz, 6, 0);
    assert_near(config.motion.fill_s, 0, 0);
    assert_true(config.motion.derivatives);
    assert_ok(section_read("motion: {filter: one_euro, cutoff_hz: 2, cutoff_hz_per_m_s: 9, angles: true}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_ONE_EURO);
    assert_near(config.motion.filter.cutoff_hz, 2, 0);
    assert_near(config.motion.filter.cutoff_hz_per_m_s, 9, 0);
    assert_true(config.motion.angles);
    assert_ok(section_read("motion: {filter: kalman, acceleration_m_s2: 7.5}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_KALMAN);
    assert_near(config.motion.acceleration_m_s2, 7.5, 0);
    assert_ok(section_read("motion: {filter: savitzky_golay, window_s: 0.3, degree: 2}"));
    assert_int_equal(config.motion.filter.kind, RIG_FILTER_SAVITZKY_GOLAY);
    assert_near(config.motion.filter.window_s, 0.3, 0);
    assert_int_equal(config.motion.filter.degree, 2);
}

static void people_in_space_have_numbers(void **state) {
    (void)state;
    assert_ok(section_read("triangulate: {min_joints: 8, keep_s: 0.5}"));
    assert_int_equal(config.triangulate.min_joints, 8);
    assert_near(config.triangulate.keep_s, 0.5, 0);
    assert_near(config.triangulate.min_score, 0.1, 0); // the default
    assert_ok(section_read("triangulate: {min_score: 0.3, gate_m: 0, gate_px: 40, max_speed_m_s: 9}"));
    assert_near(config.triangulate.min_score, 0.3, 0);
    assert_near(config.triangulate.gate_m, 0, 0);
    assert_near(config.triangulate.gate_px, 40, 0);
    assert_near(config.triangulate.max_speed_m_s, 9, 0);
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    static const char *const refusals[][2] = {
        {"motion: 3", "motion: wrong type, expected a map"},
        {"motion: {filters: none}", "unknown key, expected one of fill_s, acceleration_m_s2, filter"},
        {"motion: {filter: median}", "expected one of none, butterworth, one_euro, kalman, savitzky_golay"},
        {"motion: {cutoff_hz: 6}", "does not apply to filter none, expected only with butterworth or one_euro"},
        {"motion: {filter: kalman, window_s: 1}", "does not apply to filter kalman, expected only with savitzky_golay"},
        {"motion: {filter: butterworth, cutoff_hz: 0}", "cutoff_hz: "},
        {"motion: {filter: savitzky_golay, degree: 6}", "degree: "},
        {"motion: {fill_s: -1}", "fill_s: "},
        {"motion: {acceleration_m_s2: 0}", "acceleration_m_s2: "},
        {"motion: {angles: 7}", "angles: wrong type"},
        {"triangulate: {min_score: 1.5}", "triangulate.min_score: 1.5 is out of range, expected a number from 0 to 1"},
        {"triangulate: {gate_m: -1}", "triangulate.gate_m: -1 is out of range, expected a number from 0 to 10"},
        {"triangulate: {gate_px: 0}", "triangulate.gate_px: 0 is out of range, expected a number above 0, up to 10000"},
        {"triangulate: {min_joints: 0}",
         "triangulate.min_joints: 0 is out of range, expected a whole number from 1 to 144"},
        {"triangulate: {max_speed_m_s: 101}",
         "triangulate.max_speed_m_s: 101 is out of range, expected a number above 0, up to 100"},
        {"triangulate: {keep_s: 0}", "triangulate.keep_s: 0 is out of range, expected a number from 0.01 to 60"},
        {"triangulate: {gate: 1}", "triangulate.gate: unknown key, expected one of min_score, gate_m, gate_px, "
                                   "min_joints, max_speed_m_s, keep_s"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        if (section_read(refusals[i][0]) != RIG_ERR_CONFIG)
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
        cmocka_unit_test_teardown(people_in_space_have_numbers, reset),
        cmocka_unit_test_teardown(what_is_wrong_is_refused, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
