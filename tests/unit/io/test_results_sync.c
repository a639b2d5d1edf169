#include "io/results.h"

#include "tests/unit/io/files.h"

static void clocks_are_read_as_written(void **state) {
    (void)state;
    rig_err err = {""};
    rig_arena out = {NULL};
    rig_sync_file read;
    const char *path = file_path("65_sync.yaml");
    rig_sync_entry entries[4] = {
        {"c1", {.held = true}, "held"},
        {"c2",
         {.offset_s = 12.25, .drift = 31.5e-6, .sigma_s = 0.0008, .sigma_drift = 2e-6, .drift_known = true},
         "people"},
        {"c3", {.offset_s = -3.5, .sigma_s = 0.001}, "people"},
        {"c4", {.refusal = RIG_SYNC_PERIODIC}, ""}};
    const rig_sync_pair pairs[2] = {{.a = 0, .b = 1, .overlap_s = 20, .share = 0.9, .clocks = {.shift_s = 12.25}},
                                    {.a = 0, .b = 3, .refusal = RIG_SYNC_PERIODIC}};
    const rig_sync_file sync = {4, 2, entries, pairs};
    assert_ok(rig_sync_write(path, &sync, NULL, &err));
    assert_pyyaml(path, "d['schema'] == 'rigpose/sync/1' and list(d['views']) == ['c1', 'c2', 'c3']"
                        " and d['views']['c1'] == {'offset_s': 0, 'drift_ppm': 0, 'sigma_s': 0, 'from': 'held'}"
                        " and d['views']['c2'] == {'offset_s': 12.25, 'drift_ppm': 31.5, 'sigma_s': 0.0008,"
                        " 'sigma_drift_ppm': 2, 'from': 'people'}"
                        " and 'sigma_drift_ppm' not in d['views']['c3'] and d['refused'] == {'c4': 'periodic'}"
                        " and d['pairs'][0]['views'] == ['c1', 'c2'] and d['pairs'][1]['refused'] == 'periodic'");
    assert_ok(rig_sync_read(path, &read, &out, &err));
    for (int i = 0; i < 4; i++) {
        const rig_sync_entry *e = rig_sync_find(&read, entries[i].view);
        assert_non_null(e);
        assert_int_equal(e->clock.refusal, entries[i].clock.refusal);
        assert_int_equal(e->clock.held, entries[i].clock.held);
        assert_near(e->clock.offset_s, entries[i].clock.offset_s, 1e-9);
        assert_near(e->clock.drift, entries[i].clock.drift, 1e-12);
    }
    assert_null(rig_sync_find(&read, "c5"));
    rig_arena_release(&out);
}

static void files_of_other_programs_are_read(void **state) {
    (void)state;
    rig_err err = {""};
    rig_arena out = {NULL};
    rig_sync_file read;
    const char *path = file_put_text("65_sync.yaml", "schema: rigpose/sync/1\nviews:\n  a: {offset_s: 1}\n"
                                                     "  b: {offset_s: 2, drift_ppm: 5, sigma_s: 0.1, from: sound}\n");
    assert_ok(rig_sync_read(path, &read, &out, &err));
    assert_int_equal(read.n, 2);
    assert_string_equal(read.entries[1].from, "sound");
    rig_arena_release(&out);
}

static void damage_is_told(void **state) {
    (void)state;
    static const char *const texts[][2] = {
        {"schema: rigpose/sync/1\n", "key 'views' is missing"},
        {"schema: rigpose/sync/1\nviews: {a: {drift_ppm: 1}}\n", "key 'offset_s' is missing"},
        {"schema: rigpose/sync/1\nviews: {a: {offset_s: x}}\n", "views.a.offset_s"},
        {"schema: rigpose/sync/1\nviews: {a: {offset_s: 1, sigma_s: -1}}\n", "views.a.sigma_s"},
        {"schema: rigpose/sync/1\nviews: {}\nrefused: [a]\n", "refused"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rig_err err = {""};
        rig_arena out = {NULL};
        rig_sync_file read;
        const char *path = file_put_text("65_sync.yaml", texts[i][0]);
        assert_int_equal(rig_sync_read(path, &read, &out, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, texts[i][1]);
        rig_arena_release(&out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_are_read_as_written),
        cmocka_unit_test(files_of_other_programs_are_read),
        cmocka_unit_test(damage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
