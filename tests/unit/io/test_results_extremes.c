// What a writer writes its reader takes, or the writer refuses it: each number of each result, as far as it may go.
#include "io/results.h"
#include "tests/unit/io/files.h"

#include <limits.h>
#include <math.h>

static const double VALUES[] = {0,    5e-324, 1e-300, 1e-9,     0.1 + 0.2, 123456789012.34567,
                                1e12, 1.1e12, 1e300,  INFINITY, NAN};
enum { N_VALUES = sizeof VALUES / sizeof *VALUES };

static rig_arena arena;
static rig_err err;

// Written: read. Not written: because of the number, and it says so.
static bool was_written(rig_status status, double value) {
    if (status == RIG_OK)
        return true;
    assert_int_equal(status, RIG_ERR_NUMERIC);
    assert_contains(err.text, "which no reader accepts");
    assert_false(fabs(value) <= 1e11);
    return false;
}

static void fill(double *to, int n, double value) {
    for (int i = 0; i < n; i++)
        to[i] = i % 2 ? -value : value;
}

static void corners(void **state) {
    (void)state;
    const char *path = file_path("20_corners.yaml");
    for (int k = 0; k < N_VALUES; k++) {
        double q[4][2] = {{-2.5, -2.5}, {65536 + 1.5, 2}, {1e-300, 65536 + 1.5}, {3, 4}};
        float sigma[4] = {(float)VALUES[k], 0, 1e-30F, 1};
        rig_board_view boards[2] = {{.frame = 0, .q = q, .sigma_px = sigma}, {.frame = 1000000000, .q = q}};
        rig_view_corners view = {
            .view = "c1", .width = 65536, .height = 65536, .n_searched = 1000000000, .n = 2, .boards = boards};
        rig_recording_corners recording = {"b", 1, &view};
        rig_corners_file file = {.board = {.cols = 2, .rows = 2, .square_m = 1e-6}, .n = 1, .recordings = &recording},
                         read;
        if (was_written(rig_corners_write(path, &file, NULL, &err), VALUES[k]))
            assert_ok(rig_corners_read(path, &read, &arena, &err));
    }
}

static void calibrations(void **state) {
    (void)state;
    const char *path = file_path("40_extrinsics.yaml");
    for (int k = 0; k < N_VALUES; k++)
        for (int what = 0; what < 7; what++) {
            const double value = VALUES[k];
            rig_frame_fit fits[2] = {{.frame = -1000000000, .left_out = "it: \"does\"\nnot fit"},
                                     {.frame = 1000000000}};
            rig_view_camera camera = {.view = "c1",
                                      .camera = {1 << 20, 1, RIG_LENS_PINHOLE12, {1e-9, 1e12, -1e12, 0}, {0}}};
            rig_calibration rig = {.n = 1, .cameras = &camera}, read;
            camera.Rt_cam_world = rig_pose_identity();
            camera.has_pose = camera.has_sigma = true;
            camera.n_frames = 1, camera.n_fits = 2, camera.fits = fits, camera.n_corners = INT_MAX;
            camera.undetermined = "fx pose";
            if (what == 0)
                fill(camera.camera.dist, 12, value);
            else if (what == 1)
                fill(camera.Rt_cam_world.t, 3, value);
            else if (what == 2)
                camera.sigma.K[3] = camera.sigma.rvec[2] = camera.sigma.t[0] = value;
            else if (what == 3)
                camera.edge_sigma_px = value;
            else if (what == 4)
                camera.rms_px = rig.rms_px = fits[1].rms_px = value;
            else if (what == 5)
                camera.held_out_rms_px = rig.held_out_rms_px = value;
            else
                camera.variety.coverage = camera.variety.depth = value;
            const rig_status status = rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &rig, NULL, &err);
            if (what == 3) // says how well others are known, and must not cost them
                assert_ok(status);
            if (was_written(status, value))
                assert_ok(rig_calibration_read(path, &read, &arena, &err));
        }
}

static void covariances(void **state) {
    (void)state;
    const char *path = file_path("40_covariance.yaml");
    for (int k = 0; k < N_VALUES; k++) {
        rig_view_camera camera = {.view = "c1"};
        double C[10 * 10] = {0}, a[10];
        for (int i = 0; i < 10; i++)
            a[i] = i % 2 ? sqrt(VALUES[k]) : 1e-6 * (i + 1); // numbers that move as one, of very different size
        for (int i = 0; i < 100; i++)
            C[i] = a[i / 10] * a[i % 10];
        rig_calibration rig = {.n = 1, .cameras = &camera, .n_covariance = 10, .covariance = C}, read = rig;
        assert_int_equal(rig_calibration_at(&rig, 1), 10);
        if (was_written(rig_covariance_write(path, &rig, NULL, &err), VALUES[k]))
            assert_ok(rig_covariance_read(path, &read, &arena, &err));
    }
}

static void pairs(void **state) {
    (void)state;
    const char *path = file_path("50_stereo.yaml");
    for (int k = 0; k < N_VALUES; k++) {
        rig_stereo s = {.left = "l", .right = "r", .n_frames = 1000000000, .width = 1 << 20, .height = 1}, read;
        s.Rt_right_left = rig_pose_identity();
        s.baseline_m = s.rms_px = s.epipolar_rms_px = VALUES[k];
        fill(s.Rt_right_left.t, 3, VALUES[k]);
        fill(s.E, 9, VALUES[k]);
        fill(s.Q, 16, VALUES[k]);
        if (was_written(rig_stereo_write(path, &s, NULL, &err), VALUES[k]))
            assert_ok(rig_stereo_read(path, &read, &err));
    }
}

static void people_in_2d(void **state) {
    (void)state;
    const char *path = file_path("c1.yaml");
    for (int k = 0; k < 2 * N_VALUES; k++) {
        const double value = k % 2 ? -VALUES[k / 2] : VALUES[k / 2];
        rig_joint2d joints[2] = {
            {.found = true, .q = {value, -value}, .score = fabs(value), .sigma_px = fabs(value), .tag = value},
            {.n_others = 1, .others = {{{value, value}, value, value}}}};
        rig_person2d person = {value, joints};
        rig_frame2d frame = {1000000000, 1, &person};
        rig_people2d people = {"c1", "two", 2, k % 3 > 0, 0, 1, &frame}, read;
        rig_people2d_writer *writer;
        rig_people2d_reader *reader;
        assert_ok(rig_people2d_make(path, &people, NULL, &writer, &err));
        assert_ok(rig_people2d_add(writer, &people, &err));
        if (!was_written(rig_people2d_commit(writer, &err), value))
            continue;
        assert_ok(rig_people2d_open(path, &reader, &read, &err));
        assert_ok(rig_people2d_next(reader, 2, &read, &arena, &err));
        assert_int_equal(read.n_frames, 1);
        rig_people2d_close(reader);
    }
}

static void people_in_3d(void **state) {
    (void)state;
    const char *path = file_path("70_people3d.yaml");
    static const char *const VIEWS[] = {"c1"}, *const ANGLES[] = {"knee"};
    for (int k = 0; k < N_VALUES; k++)
        for (int what = 0; what < 4; what++) {
            const double value = VALUES[k];
            rig_joint3d joints[RIG_JOINT_STATES] = {{0}};
            rig_joint_move moves[RIG_JOINT_STATES] = {{0}};
            rig_joint_angle angle = {true, what == 3 ? value : 0};
            const rig_movement movement = {moves, &angle};
            for (int i = 0; i < RIG_JOINT_STATES; i++) {
                joints[i].state = (rig_joint_state)i, joints[i].views = 1;
                if (what == 0)
                    fill(joints[i].p, 3, value);
                else if (what == 1)
                    joints[i].sigma_m = joints[i].rms_px = joints[i].score = value;
                else if (what == 2)
                    fill(joints[i].cov, 6, value);
                moves[i].has_v = moves[i].has_a = true;
                fill(moves[i].v, 3, what == 3 ? value : 0);
            }
            rig_person3d person = {1000000000, joints, &movement};
            rig_frame3d frames[2] = {{-1000000000, 0, NULL}, {1000000000, 1, &person}};
            rig_bone_length length = {1, "a", "b", what == 3 ? value : 0};
            rig_people3d people = {.skeleton = "six", .n_joints = RIG_JOINT_STATES, .n_views = 1, .views = VIEWS}, read;
            people.n_frames = 2, people.frames = frames, people.n_angles = 1, people.angles = ANGLES;
            people.n_lengths = 1, people.lengths = &length;
            people.fps = what == 0 ? value : 0, people.body_scale = fmax(people.fps, 1e-9);
            rig_people3d_reader *reader;
            if (!was_written(rig_people3d_write(path, &people, NULL, &err), what == 2 ? 1e6 * value : value))
                continue;
            assert_ok(rig_people3d_open(path, &reader, &read, &err));
            assert_ok(rig_people3d_next(reader, 3, &read, &arena, &err));
            assert_int_equal(read.n_frames, 2);
            rig_people3d_close(reader);
        }
}

static void repairs(void **state) {
    (void)state;
    const char *path = file_path("75_repair.yaml");
    rig_view_camera camera = {.view = "c1"};
    const rig_calibration rig = {.n = 1, .cameras = &camera};
    for (int k = 0; k < N_VALUES; k++) {
        rig_repaired_pose poses[2] = {{0, INT_MIN, rig_pose_identity()}, {0, -1000000000, rig_pose_identity()}};
        double offset = fmin(VALUES[k], 1e6); // a clock is not a million frames late
        fill(poses[1].Rt_cam_world.t, 3, VALUES[k]);
        const rig_repairs written = {2, poses, 1, &offset};
        rig_repairs read;
        if (was_written(rig_repairs_write(path, &written, &rig, &err), VALUES[k]))
            assert_ok(rig_repairs_read(path, &rig, &read, &arena, &err));
    }
}

// No stage reads their numbers; that they are whole YAML the inputs' reader sees.
static void reports(void **state) {
    (void)state;
    const char *watch = file_path("75_watch.yaml"), *doctor = file_path("90_doctor.yaml");
    rig_view_camera camera = {.view = "c1"};
    const rig_calibration rig = {.n = 1, .cameras = &camera};
    rig_inputs inputs = {.n = 24}, read;
    bool has;
    for (int i = 0; i < 24; i++) {
        memset(inputs.items[i].name, 'a' + i, 95);
        memcpy(inputs.items[i].name, "a: #'\"", 6);
        memset(inputs.items[i].hash, 'f', 64);
    }
    for (int k = 0; k < N_VALUES; k++) {
        const double v = VALUES[k];
        rig_watch_finding finding = {RIG_WATCH_MOVED, 0, v, true, 0, v, v, v, rig_pose_identity(), v, v};
        rig_watch_view view = {LONG_MAX, true, v, v, v, v, v, v};
        const rig_watch_report report = {1, &view, 1, &finding};
        if (was_written(rig_watch_write(watch, &report, &rig, v, &inputs, &err), v))
            assert_ok(rig_result_inputs(watch, "rigpose/watch/1", &read, &has, &err));
        rig_finding fault = {.frame = INT_MAX, .value = v, .limit = v};
        fault.says = fault.advice = "a: \"b\"\n- c";
        const rig_findings findings = {.n = 1, .list = {fault}};
        if (!was_written(rig_findings_write(doctor, &findings, &inputs, &err), v))
            continue;
        assert_ok(rig_result_inputs(doctor, "rigpose/doctor/1", &read, &has, &err));
        assert_true(has && rig_inputs_equal(&read, &inputs));
    }
}

static void feeds(void **state) {
    (void)state;
    const char *path = file_path("10_feeds.yaml");
    for (int k = 0; k < N_VALUES; k++) {
        double times[2] = {0, VALUES[k]};
        rig_feeds_entry entry = {
            "b", "c1", "f", "a: \"b\".mp4", {.fps = VALUES[k], .n_frames = 2, .n_times = 2, .times_s = times}};
        entry.source.offset_s = -VALUES[k];
        rig_feeds_file file = {"b",
                               "f",
                               {.fps = VALUES[k],
                                .n_frames = 2,
                                .n_times = 2,
                                .times_s = times,
                                .bytes = 9007199254740991,
                                .digest = "0f"}};
        const rig_feeds written = {1, 1, &entry, &file};
        rig_feeds read;
        if (was_written(rig_feeds_write(path, &written, NULL, &err), VALUES[k]))
            assert_ok(rig_feeds_read(path, &read, &arena, &err));
    }
}

static int release(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners), cmocka_unit_test(calibrations), cmocka_unit_test(covariances),
        cmocka_unit_test(pairs),   cmocka_unit_test(people_in_2d), cmocka_unit_test(people_in_3d),
        cmocka_unit_test(repairs), cmocka_unit_test(reports),      cmocka_unit_test(feeds),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
