// What the table of the rig YAML's keys says of other rooms: their own defaults, for programs without a rig YAML, and
// the stages.
#include "app/stages.h"
#include "io/config_keys.h"
#include "tests/support/support.h"
#include "triangulate/filter.h"
#include "triangulate/motion.h"
#include "triangulate/tracker.h"

#include <string.h>

static rig_arena arena;
static rig_config config;

static void rig_with(const char *section) {
    rig_err err;
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fprintf(stream, "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\n%s\n", section);
    fclose(stream);
    assert_ok(rig_config_read(path, &config, &arena, &err));
}

static void defaults_of_triangulation(void **state) {
    (void)state;
    const rig_tracker_params params = rig_tracker_defaults();
    rig_with("");
    assert_near(config.triangulate.min_score, params.detection.min_score, 0);
    assert_near(config.triangulate.gate_m, params.detection.gate_m, 0);
    assert_near(config.triangulate.gate_px, params.detection.gate_px, 0);
    assert_int_equal(config.triangulate.min_joints, params.min_joints);
    assert_near(config.triangulate.max_speed_m_s, params.max_speed_m_s, 0);
    assert_near(config.triangulate.keep_s, params.keep_s, 0);
    rig_arena_release(&arena);
}

static void defaults_of_movement(void **state) {
    (void)state;
    const rig_motion_params params = rig_motion_defaults();
    for (int kind = RIG_FILTER_NONE; kind < RIG_FILTERS; kind++) {
        const rig_filter_params filter = rig_filter_defaults((rig_filter)kind), *read = &config.motion.filter;
        rig_with(rig_arena_printf(&arena, "motion: {filter: %s}", rig_filter_name((rig_filter)kind)));
        assert_near(config.motion.fill_s, params.fill_s, 0);
        assert_near(config.motion.acceleration_m_s2, params.acceleration_m_s2, 0);
        assert_int_equal(read->kind, kind);
        if (kind == RIG_FILTER_BUTTERWORTH || kind == RIG_FILTER_ONE_EURO)
            assert_near(read->cutoff_hz, filter.cutoff_hz, 0);
        if (kind == RIG_FILTER_ONE_EURO)
            assert_near(read->cutoff_hz_per_m_s, filter.cutoff_hz_per_m_s, 0);
        if (kind == RIG_FILTER_SAVITZKY_GOLAY) {
            assert_near(read->window_s, filter.window_s, 0);
            assert_int_equal(read->degree, filter.degree);
        }
    }
    rig_arena_release(&arena);
}

static void stages_are_there(void **state) {
    (void)state;
    for (int k = 0; k < rig_keys_n; k++) {
        char name[64];
        for (const char *at = rig_keys[k].stages ? rig_keys[k].stages : ""; *at; at += strspn(at, " ")) {
            size_t n = strcspn(at, " ");
            snprintf(name, sizeof name, "%.*s", (int)n, at);
            if (!rig_stage_find(name))
                fail_msg("%s: no stage '%s'", rig_keys[k].path, name);
            at += n;
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_of_triangulation),
        cmocka_unit_test(defaults_of_movement),
        cmocka_unit_test(stages_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
