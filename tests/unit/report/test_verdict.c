// report/verdict*.c: each verdict's state, and that its limit decides it.
#include "report/verdict.h"

#include "tests/support/support.h"

#include <string.h>

static rig_err err;
static rig_arena arena;

static rig_verdicts fresh(void) {
    rig_arena_clear(&arena);
    return (rig_verdicts){.out = &arena};
}

static rig_view_camera camera_made(const char *view, double rms_px) {
    rig_view_camera c = {
        .camera = {.width = 1920, .height = 1080}, .has_pose = true, .n_corners = 500, .rms_px = rms_px};
    snprintf(c.view, sizeof c.view, "%s", view);
    return c;
}

static void a_camera_above_the_limit_is_a_fault_and_named(void **state) {
    (void)state;
    rig_view_camera cameras[2] = {camera_made("a", 0.2), camera_made("b", 1.2)}; // limit: 2203 / 2000 px
    rig_calibration rig = {.n = 2, .cameras = cameras};
    rig_verdicts v = fresh();
    assert_ok(rig_verdict_lenses(&v, &rig, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_FAULT);
    assert_string_equal(v.list[0].says[0].view, "b");
    assert_contains(v.list[0].value, "1.200 px (b)");
    cameras[1].rms_px = 1.05;
    v = fresh();
    assert_ok(rig_verdict_lenses(&v, &rig, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_OK);
}

static void warnings_are_weak_or_faults(void **state) {
    (void)state;
    rig_view_camera camera = camera_made("a", 0.2);
    rig_calibration rig = {.n = 1, .cameras = &camera};
    static const struct {
        const char *name;
        rig_verdict_state state;
    } cases[] = {{"tilt", RIG_VERDICT_WEAK}, {"agreement", RIG_VERDICT_FAULT}, {"of a later version", RIG_VERDICT_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig_verdicts v = fresh();
        camera.n_warnings = 1;
        camera.warnings[0] = cases[i].name;
        assert_ok(rig_verdict_places(&v, &rig, &err));
        assert_int_equal(v.list[0].state, cases[i].state);
        assert_true((v.list[0].advice != NULL) == (cases[i].state != RIG_VERDICT_OK));
    }
}

static void cameras_of_a_file_are_not_said_to_be_well(void **state) {
    (void)state;
    rig_view_camera camera = camera_made("a", 0);
    rig_calibration rig = {.n = 1, .cameras = &camera};
    rig_verdicts v = fresh();
    camera.n_corners = 0;
    assert_ok(rig_verdict_lenses(&v, &rig, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_UNKNOWN);
    camera.has_pose = false;
    assert_ok(rig_verdict_places(&v, &rig, &err));
    assert_int_equal(v.list[1].state, RIG_VERDICT_FAULT);
}

static void a_point_clicked_elsewhere_is_found_in_its_view(void **state) {
    (void)state;
    rig_view_camera cameras[2] = {camera_made("a", 0), camera_made("b", 0)};
    rig_calibration rig = {.n = 2, .cameras = cameras};
    const char *names[1] = {"corner"}, *views[2] = {"a", "b"};
    double p[1][3] = {{0, 0, 2}}, q[2][1][2] = {{{961, 540}}, {{960, 550}}},
           (*pixels[2])[2] = {q[0], q[1]}; // limit: 4.4 px
    bool seen[2][1] = {{true}, {true}}, *which[2] = {seen[0], seen[1]};
    const rig_points_file points = {1, names, p, 2, views, pixels, which};
    rig_verdicts v = fresh();
    for (int c = 0; c < 2; c++) {
        cameras[c].camera.lens = RIG_LENS_PINHOLE0;
        cameras[c].camera.K[0] = cameras[c].camera.K[1] = 1000;
        cameras[c].camera.K[2] = 960, cameras[c].camera.K[3] = 540;
        cameras[c].Rt_cam_world = (rig_pose){{1, 0, 0, 0, 1, 0, 0, 0, 1}, {0, 0, 0}};
    }
    assert_ok(rig_verdict_scene(&v, &points, &rig, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_FAULT);
    assert_int_equal(v.list[0].n, 1);
    assert_string_equal(v.list[0].says[0].view, "b");
    assert_contains(v.list[0].value, "10.00 px (b)");
}

static void doctor_tells_findings_and_what_was_not_checked(void **state) {
    (void)state;
    rig_findings findings = {0};
    rig_verdicts v = fresh();
    findings.looked[RIG_FAULT_CLOCKS] = findings.looked[RIG_FAULT_LINKS] = true;
    findings.why[RIG_FAULT_SCALE] = "no length is known";
    assert_ok(
        rig_finding_add(&findings, RIG_FAULT_CLOCKS, "board", "c3", NULL, 2.4, 0.15, "it is late", "state it", &err));
    assert_ok(rig_verdict_doctor(&v, &findings, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_FAULT);
    assert_string_equal(v.list[0].says[0].text, "clocks, c3: it is late.");
    assert_string_equal(v.list[0].says[0].view, "c3");
    assert_string_equal(v.list[0].advice, "state it");
    assert_contains(v.list[0].unchecked, "scale: no length is known.");
    assert_contains(v.list[0].value, "1 in 2 checks");
}

static rig_person_fit fit_made(rig_view_fit *views) {
    rig_person_fit fit = {.n_views = 2, .views = views, .frames = 100, .people = 100};
    fit.states[RIG_JOINT_OK] = 1700;
    fit.reprojection = (rig_reprojection){.squares_px2 = 1700 * 9.0, .n = 1700}; // 3 px
    for (int i = 0; i < 2; i++) {
        views[i] = (rig_view_fit){.frames = 100,
                                  .frames_with = 100,
                                  .people = 100,
                                  .matched = 100,
                                  .expected = 100,
                                  .joints = 1000,
                                  .diagonal_px = 2000};
        snprintf(views[i].view, sizeof views[i].view, "c%d", i + 1);
    }
    return fit;
}

static void a_view_that_is_off_is_named_by_how_much(void **state) {
    (void)state;
    rig_view_fit views[2];
    rig_person_fit fit = fit_made(views);
    static const struct {
        double mean_px;
        rig_verdict_state state;
    } cases[] = {{3.9, RIG_VERDICT_OK}, {4.1, RIG_VERDICT_WEAK}, {12.5, RIG_VERDICT_FAULT}}; // limit: 0.2 % of 2000 px
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig_verdicts v = fresh();
        views[1].sum[0] = 1000 * cases[i].mean_px;
        assert_ok(rig_verdict_views(&v, &fit, &err));
        assert_int_equal(v.list[0].state, cases[i].state);
        if (v.list[0].n > 0)
            assert_string_equal(v.list[0].says[0].view, "c2");
    }
}

// A camera that is a metre off has no residuals: nobody is matched there.
static void a_view_whose_people_are_not_those_in_space_is_named(void **state) {
    (void)state;
    rig_view_fit views[2];
    rig_person_fit fit = fit_made(views);
    static const struct {
        long matched, expected;
        rig_verdict_state state;
    } cases[] = {{61, 100, RIG_VERDICT_OK},
                 {59, 100, RIG_VERDICT_WEAK},
                 {24, 100, RIG_VERDICT_FAULT},
                 {0, 100, RIG_VERDICT_FAULT},
                 {0, 0, RIG_VERDICT_WEAK}}; // nobody in space is before it: it may well show somebody else
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig_verdicts v = fresh();
        views[1].matched = cases[i].matched;
        views[1].expected = cases[i].expected;
        views[1].joints = 10 * cases[i].matched;
        assert_ok(rig_verdict_views(&v, &fit, &err));
        assert_int_equal(v.list[0].state, cases[i].state);
        if (v.list[0].n > 0) {
            assert_string_equal(v.list[0].says[0].view, "c2");
            assert_contains(v.list[0].value, "(c2)");
        }
    }
}

static void people_missing_in_a_view_in_space_and_in_time(void **state) {
    (void)state;
    rig_view_fit views[2];
    rig_person_fit fit = fit_made(views);
    rig_verdicts v = fresh();
    views[0].frames_with = 40;
    fit.states[RIG_JOINT_FILLED] = 800;
    assert_ok(rig_verdict_keypoints(&v, &fit, &err));
    assert_ok(rig_verdict_triangulate(&v, &fit, &err));
    assert_ok(rig_verdict_refine(&v, &fit, &err));
    assert_true(v.list[0].state == RIG_VERDICT_WEAK && v.list[1].state == RIG_VERDICT_OK &&
                v.list[2].state == RIG_VERDICT_WEAK);
    fit.people = 0;
    assert_ok(rig_verdict_triangulate(&v, &fit, &err));
    assert_int_equal(v.list[3].state, RIG_VERDICT_FAULT);
}

static void watch_says_what_it_could_not_have_seen(void **state) {
    (void)state;
    rig_view_camera cameras[2] = {camera_made("a", 0), camera_made("b", 0)};
    rig_calibration rig = {.n = 2, .cameras = cameras};
    rig_watch_view views[2] = {{.tested = true, .unseen_m = 0.05}, {.tested = true, .unseen_m = 0.08}};
    rig_watch_finding findings[2] = {
        {.kind = RIG_WATCH_MOVED, .view = 1, .from = 50, .shift_m = 0.1, .turn_rad = 0.02},
        {.kind = RIG_WATCH_MOVED, .view = 1, .from = 80, .shift_m = 0.1, .turn_rad = 0.02}};
    rig_watch_report watch = {.n_views = 2, .views = views};
    rig_verdicts v = fresh();
    assert_ok(rig_verdict_watch(&v, &watch, &rig, &err));
    assert_int_equal(v.list[0].state, RIG_VERDICT_OK);
    assert_contains(v.list[0].unchecked, "80 mm");
    watch.n = 2;
    watch.findings = findings;
    assert_ok(rig_verdict_watch(&v, &watch, &rig, &err));
    assert_int_equal(v.list[1].state, RIG_VERDICT_FAULT);
    assert_string_equal(v.list[1].says[0].text, "Camera b moved at frame 50: by 100 mm and 1.15 degrees.");
    assert_string_equal(v.list[1].value, "1 of 2"); // cameras, not moves
    watch.n = 0;
    views[0].tested = views[1].tested = false;
    assert_ok(rig_verdict_watch(&v, &watch, &rig, &err));
    assert_int_equal(v.list[2].state, RIG_VERDICT_UNKNOWN);
}

static void stale_is_weak_at_least_and_the_json_has_all(void **state) {
    (void)state;
    rig_verdicts v = fresh();
    json_t *page = json_object();
    assert_ok(rig_verdict_plain(&v, "extrinsics", RIG_VERDICT_OK, "All is well.", NULL, &err));
    assert_ok(rig_verdict_stale(&v, "extrinsics", "the board changed", &err));
    assert_ok(rig_verdict_stale(&v, "crop", "walk.mp4 changed", &err)); // of which nothing else is said
    assert_true(v.n == 2 && v.list[1].state == RIG_VERDICT_WEAK);
    assert_ok(rig_report_verdicts(&v, page, &err));
    json_t *one = json_array_get(json_object_get(page, "verdicts"), 0);
    assert_string_equal(json_string_value(json_object_get(one, "state")), "weak");
    assert_int_equal(json_array_size(json_object_get(one, "says")), 2);
    json_decref(page);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_camera_above_the_limit_is_a_fault_and_named),
        cmocka_unit_test(warnings_are_weak_or_faults),
        cmocka_unit_test(cameras_of_a_file_are_not_said_to_be_well),
        cmocka_unit_test(a_point_clicked_elsewhere_is_found_in_its_view),
        cmocka_unit_test(doctor_tells_findings_and_what_was_not_checked),
        cmocka_unit_test(a_view_that_is_off_is_named_by_how_much),
        cmocka_unit_test(a_view_whose_people_are_not_those_in_space_is_named),
        cmocka_unit_test(people_missing_in_a_view_in_space_and_in_time),
        cmocka_unit_test(watch_says_what_it_could_not_have_seen),
        cmocka_unit_test(stale_is_weak_at_least_and_the_json_has_all),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rig_arena_release(&arena);
    return failed;
}
