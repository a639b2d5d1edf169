#include "io/results.h"

#include "core/geom.h"
#include "tests/unit/io/files.h"

#include <limits.h>

static rig_view_camera cameras[3] = {{.view = "c1"}, {.view = "c2"}, {.view = "left"}};
static const rig_calibration RIG = {.n = 3, .cameras = cameras};

static void test_a_report_is_written_for_people_and_programs(void **state) {
    (void)state;
    rig_err err = {""};
    const char *path = file_path("75_watch.yaml");
    rig_watch_finding findings[3] = {
        {RIG_WATCH_MOVED, 0, 81.26, true, 0, 0.012345678, 0.0204, 6.1, rig_pose_identity(), 0, 0},
        {RIG_WATCH_MOVED, 2, 99, false, 140, 0.01, 0, 4, rig_pose_identity(), 0, 0},
        {RIG_WATCH_OUT_OF_STEP, 1, 400, false, 0, 0, 0, 0, rig_pose_identity(), 1.5, 0.01}};
    rig_watch_view views[3] = {{1000, true, 3.25, 0.1, 0.01, 0.005, 4.5, 0.012}, {.n = 1}, {.n = 2}};
    rig_watch_report report = {3, views, 3, findings};
    assert_ok(rig_watch_write(path, &report, &RIG, 25, NULL, &err));
    assert_pyyaml(path,
                  "d['schema'] == 'rigpose/watch/1' and [f['view'] for f in d['findings']] == ['c1', 'left', 'c2']"
                  " and d['findings'][0]['from_frame'] is None and d['findings'][0]['turn_rad'] == 0.01235"
                  " and d['findings'][0]['shift_m'] == 0.0204 and d['findings'][0]['chi2'] == 81.3"
                  " and d['findings'][0]['Rt_cam_world'] == {'rvec': [0, 0, 0], 't_m': [0, 0, 0]}"
                  " and d['findings'][1]['from_frame'] == 140 and d['findings'][1]['kind'] == 'moved'"
                  " and d['findings'][2]['kind'] == 'out_of_step' and d['findings'][2]['offset_s'] == 0.06"
                  " and d['findings'][2]['sigma_frames'] == 0.01 and 'turn_rad' not in d['findings'][2]"
                  " and d['views']['c1'] == {'joints': 1000, 'rms_px': 3.25, 'displaced_px': 0.1,"
                  " 'offset_frames': 0.01, 'offset_sigma_frames': 0.005, 'unseen_px': 4.5, 'unseen_m': 0.012}"
                  " and d['views']['c2']['rms_px'] is None and d['views']['c2']['unseen_m'] is None");
    assert_ok(rig_watch_write(path, &report, &RIG, 0, NULL, &err));
    assert_pyyaml(path, "'offset_s' not in d['findings'][2]");
}

static void test_repairs_are_read_as_written(void **state) {
    (void)state;
    rig_err err = {""};
    rig_arena out = {NULL};
    rig_repairs read;
    const double rvec[3] = {0.1, -0.2, 0.3}, t[3] = {1, 2, 3};
    rig_repaired_pose poses[2] = {{0, INT_MIN, rig_pose_identity()}, {2, 77, rig_pose_from_rvec(rvec, t)}};
    double offsets[3] = {0, -1.25, 0};
    const rig_repairs repairs = {2, poses, 3, offsets};
    const char *path = file_path("75_repair.yaml");
    assert_ok(rig_repairs_write(path, &repairs, &RIG, &err));
    assert_ok(rig_repairs_read(path, &RIG, &read, &out, &err));
    assert_int_equal(read.n_poses, 2);
    assert_int_equal(read.poses[0].view, 0);
    assert_int_equal(read.poses[0].from, INT_MIN);
    assert_int_equal(read.poses[1].view, 2);
    assert_int_equal(read.poses[1].from, 77);
    for (int i = 0; i < 9; i++)
        assert_near(read.poses[1].Rt_cam_world.R[i], poses[1].Rt_cam_world.R[i], 1e-12);
    assert_int_equal(read.n_views, 3);
    for (int v = 0; v < 3; v++)
        assert_near(read.offset_frames[v], offsets[v], 0);
    rig_arena_release(&out);
}

static const char REPAIR[] = "schema: rigpose/repair/1\n"
                             "poses:\n"
                             "  - {view: left, from_frame: 50, Rt_cam_world: {rvec: [0, 0, 0], t_m: [0, 0, 1]}}\n"
                             "  - {view: left, Rt_cam_world: {rvec: [0, 0, 0], t_m: [0, 0, 2]}}\n"
                             "offset_frames: {c2: 0.5}\n";

static rig_status read_repairs(const char *path, rig_arena *out, rig_err *err) {
    rig_repairs repairs;
    return rig_repairs_read(path, &RIG, &repairs, out, err);
}

static void test_repairs_of_people_are_put_in_order(void **state) {
    (void)state;
    rig_err err = {""};
    rig_arena out = {NULL};
    rig_repairs read;
    assert_ok(rig_repairs_read(file_put_text("repair.yaml", REPAIR), &RIG, &read, &out, &err));
    assert_int_equal(read.poses[0].from, INT_MIN);
    assert_near(read.poses[0].Rt_cam_world.t[2], 2, 0);
    assert_int_equal(read.poses[1].from, 50);
    assert_near(read.offset_frames[1], 0.5, 0);
    rig_arena_release(&out);
}

static void test_damaged_repairs_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"repair/1", "repairs/1", 1, "schema: "},
        {"view: left, from", "view: right, from", 3, "poses[0].view: 'right' is not a camera of the take"},
        {"view: left, from", "from", 3, "'view' is missing"},
        {"from_frame: 50", "from_frame: x", 3, "poses[0].from_frame: "},
        {"from_frame: 50, Rt_cam_world", "from_frame: 50, Rt", 3, "key 'Rt_cam_world' is missing"},
        {"c2: 0.5", "c4: 0.5", 5, "offset_frames.c4: 'c4' is not a camera of the take"},
        {"c2: 0.5", "c2: .inf", 5, "offset_frames.c2: "},
    };
    assert_refuses(read_repairs, REPAIR, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_repairs, file_put_text("repair.yaml", REPAIR));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_report_is_written_for_people_and_programs),
        cmocka_unit_test(test_repairs_are_read_as_written),
        cmocka_unit_test(test_repairs_of_people_are_put_in_order),
        cmocka_unit_test(test_damaged_repairs_are_refused_by_line_and_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
