#include "io/results.h"

#include "tests/unit/io/files.h"

static const double ROTATION = 1e-14; // of a matrix element, through the Rodrigues vector and back

typedef struct sample {
    rig_frame_fit fits[3];
    rig_view_camera cameras[3];
    rig_calibration rig;
} sample;

static const rig_calibration *sample_init(sample *s) {
    *s = (sample){.fits = {{12, 0.2134, NULL}, {14, 0, "3 corners: need \"4\""}, {15, 7.5, "7.5 px off"}}};
    s->cameras[0] = (rig_view_camera){.view = "c1",
                                      .camera = {1920,
                                                 1080,
                                                 RIG_LENS_PINHOLE5,
                                                 {1000.0 / 3, 1e3, 959.5, 1 / 7.0},
                                                 {-0.1, 1e-9, 1e-05, -2e-4, 1.0 / 3}},
                                      .crop = {"quad", {3840, 2160}, {1920, 0, 1080, 1920}, 1},
                                      .has_pose = true,
                                      .rms_px = 0.1 + 0.2,
                                      .n_frames = 2,
                                      .n_fits = 3,
                                      .fits = s->fits};
    s->cameras[0].Rt_cam_world = rig_pose_from_rvec((const double[]){0.3, -2.1, 1.7}, (const double[]){0.1, -2, 3e-7});
    s->cameras[1] =
        (rig_view_camera){.view = "c2", .camera = {640, 480, RIG_LENS_PINHOLE0, {500, 501, 319.5, 239.5}, {0}}};
    s->cameras[2] = (rig_view_camera){
        .view = "1",
        .camera = {640, 480, RIG_LENS_PINHOLE12, {500, 501, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}},
        .has_pose = true,
        .Rt_cam_world = rig_pose_identity()};
    s->rig = (rig_calibration){.n = 3, .cameras = s->cameras, .rms_px = 1.0 / 3};
    return &s->rig;
}

static void assert_same_camera(const rig_view_camera *a, const rig_view_camera *b) {
    assert_string_equal(a->view, b->view);
    assert_int_equal(a->camera.width, b->camera.width);
    assert_int_equal(a->camera.height, b->camera.height);
    assert_int_equal(a->camera.lens, b->camera.lens);
    assert_memory_equal(a->camera.K, b->camera.K, sizeof a->camera.K);
    assert_memory_equal(a->camera.dist, b->camera.dist, sizeof a->camera.dist);
    assert_near(a->rms_px, b->rms_px, 0);
    assert_int_equal(a->n_frames, b->n_frames);
    assert_int_equal(a->n_fits, b->n_fits);
    assert_memory_equal(&a->crop, &b->crop, sizeof a->crop);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_calibration read;
    const char *path = file_path("40_extrinsics.yaml");
    assert_ok(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, sample_init(&s), NULL, &err));
    assert_ok(rig_calibration_read(path, &read, &out, &err));
    assert_int_equal(read.n, 3);
    assert_near(read.rms_px, 1.0 / 3, 0);
    for (int i = 0; i < 3; i++) {
        assert_same_camera(&read.cameras[i], &s.cameras[i]);
        assert_int_equal(read.cameras[i].has_pose, s.cameras[i].has_pose);
        for (int k = 0; k < 9 && s.cameras[i].has_pose; k++)
            assert_near(read.cameras[i].Rt_cam_world.R[k], s.cameras[i].Rt_cam_world.R[k], ROTATION);
        for (int k = 0; k < 3 && s.cameras[i].has_pose; k++)
            assert_near(read.cameras[i].Rt_cam_world.t[k], s.cameras[i].Rt_cam_world.t[k], 0);
    }
    const rig_frame_fit *fits = read.cameras[0].fits;
    assert_int_equal(fits[0].frame, 12);
    assert_near(fits[0].rms_px, 0.2134, 0);
    assert_null(fits[0].left_out);
    assert_string_equal(fits[1].left_out, s.fits[1].left_out);
    assert_string_equal(fits[2].left_out, s.fits[2].left_out);
    assert_near(fits[2].rms_px, 7.5, 0);
    rig_arena_release(&out);
}

static void test_intrinsics_hold_no_poses(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_calibration read;
    const char *path = file_path("30_intrinsics.yaml");
    assert_ok(rig_calibration_write(path, RIG_SCHEMA_INTRINSICS, sample_init(&s), NULL, &err));
    assert_ok(rig_calibration_read(path, &read, &out, &err));
    assert_int_equal(read.n, 3);
    assert_false(read.cameras[0].has_pose);
    assert_pyyaml(path, "d['schema'] == 'rigpose/intrinsics/1' and d['inputs'] == {}"
                        " and 'Rt_cam_world' not in d['cameras']['c1'] and 'rms_px' not in d['cameras']['c2']");
    rig_arena_release(&out);
}

static void test_equal_calibrations_give_equal_bytes(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *a = file_path("a.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_calibration_write(a, RIG_SCHEMA_EXTRINSICS, sample_init(&s), NULL, &err));
    assert_ok(rig_calibration_write(b, RIG_SCHEMA_EXTRINSICS, sample_init(&s), NULL, &err));
    assert_same_bytes(a, b);
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *path = file_path("40_extrinsics.yaml");
    assert_ok(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, sample_init(&s), NULL, &err));
    assert_pyyaml(path, "d['schema'] == 'rigpose/extrinsics/1' and d['rms_px'] == 1.0 / 3"
                        " and list(d['cameras']) == ['c1', 'c2', '1']"
                        " and d['cameras']['c1']['dist'] == [-0.1, 1e-9, 1e-5, -2e-4, 1.0 / 3]"
                        " and d['cameras']['c1']['K'] == [1000.0 / 3, 1000, 959.5, 1 / 7.0]"
                        " and d['cameras']['c1']['lens'] == 'pinhole5' and d['cameras']['c2']['dist'] == []"
                        " and d['cameras']['c1']['Rt_cam_world']['t_m'] == [0.1, -2, 3e-7]"
                        " and len(d['cameras']['c1']['Rt_cam_world']['rvec']) == 3"
                        " and d['cameras']['c1']['fits'][1] == {'frame': 14, 'left_out': '3 corners: need \"4\"'}");
}

static const char MINIMAL[] = "schema: rigpose/extrinsics/1\n"
                              "cameras:\n"
                              "  c1: {size: [640, 480], lens: pinhole5, K: [500, 500, 320, 240], dist: [0.1, 0.2],\n"
                              "    Rt_cam_world: {rvec: [0, 0, 0], t_m: [0, 0, 1]}}\n"
                              "  c2: {size: [640, 480], lens: fisheye4, K: [500, 500, 320, 240], dist: null}\n"
                              "  c3: {size: [640, 480], lens: pinhole8, K: [500, 500, 320, 240], Rt_cam_world: null}\n"
                              "  c4: {size: [640, 480], lens: pinhole2, K: [500, 500, 320, 240],\n"
                              "    Rt_cam_world: {rvec: null, t_m: null}, fits: [{frame: 2, rms_px: 1}, {frame: 3}]}\n"
                              "  c5: {size: [640, 480], lens: pinhole0, K: [500, 500, 320, 240],\n"
                              "    crop: {feed: pair, picture: [1280, 480], rect: [640, 0, 640, 480]}}\n";

static void test_a_minimal_file_of_another_program_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_calibration read;
    assert_ok(rig_calibration_read(file_put_text("minimal.yaml", MINIMAL), &read, &out, &err));
    assert_int_equal(read.n, 5);
    assert_int_equal(read.cameras[4].crop.rect.x, 640);
    assert_int_equal(read.cameras[0].crop.rect.w, 0);
    assert_near(read.cameras[0].camera.dist[1], 0.2, 0);
    assert_near(read.cameras[0].camera.dist[4], 0, 0);
    assert_near(read.cameras[0].Rt_cam_world.t[2], 1, 0);
    const bool poses[] = {true, false, false, false};
    for (int i = 0; i < 4; i++)
        assert_int_equal(read.cameras[i].has_pose, poses[i]);
    rig_arena_release(&out);
}

static rig_status read_calibration(const char *path, rig_arena *out, rig_err *err) {
    rig_calibration calibration;
    return rig_calibration_read(path, &calibration, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"extrinsics/1", "stereo/1", 1, "schema: "},
        {"schema: rigpose/extrinsics/1", "", 0, "schema"},
        {"cameras:", "camera:", 0, "cameras"},
        {"  c1: {", "  c/1: {", 3, "not a name"},
        {"[640, 480]", "[640, -480]", 3, "cameras.c1.size[1]: "},
        {"pinhole5", "pinhole6", 3, "cameras.c1.lens: "},
        {"lens: pinhole5, ", "", 3, "'lens' is missing"},
        {"[0.1, 0.2]", "[1, 2, 3, 4, 5, 6]", 3, "cameras.c1.dist: 6 coefficients, expected at most the 5"},
        {"[0.1, 0.2]", "[0.1, nan]", 3, "cameras.c1.dist[1]: "},
        {"K: [500,", "K: [0,", 3, "cameras.c1.K: focal"},
        {"K: [500, 500, 320, 240]", "K: [500, 500, 320]", 3, "cameras.c1.K: "},
        {"K: [500, 500, 320, 240], ", "", 3, "'K' is missing"},
        {", t_m: [0, 0, 1]", "", 4, "Rt_cam_world: key 't_m' is missing"},
        {"t_m: [0, 0, 1]", "t_m: [0, 0]", 4, "Rt_cam_world.t_m: "},
        {"rvec: [0, 0, 0]", "rvec: [0, 0, .inf]", 4, "Rt_cam_world.rvec[2]: "},
        {"{frame: 3}", "{frame: 2}", 8, "fits[1].frame: "},
        {"rms_px: 1", "rms_px: -1", 8, "fits[0].rms_px: "},
        {"rect: [640, 0, 640, 480]", "rect: [641, 0, 640, 480]", 10, "crop.rect: outside the picture of 1280x480"},
        {", rect: [640, 0, 640, 480]", "", 10, "'rect' is missing"},
        {"feed: pair, ", "", 10, "'feed' is missing"},
        {"picture: [1280, 480], ", "", 10, "'picture' is missing"},
        {"480]}}", "480], rotate: 5}}", 10, "crop.rotate: "},
    };
    assert_refuses(read_calibration, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_calibration, file_put_text("minimal.yaml", MINIMAL));
}

static rig_status write_sample(void *self, rig_err *err) {
    sample s;
    return rig_calibration_write(self, RIG_SCHEMA_EXTRINSICS, sample_init(&s), NULL, err);
}

static rig_status read_sample(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_calibration(self, &out, err);
    rig_arena_release(&out);
    return status;
}

// What no reader takes is not written; what is as large as readers take comes back.
static void test_numbers_that_no_reader_takes_are_not_written(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_calibration read;
    const char *path = file_path("large.yaml");
    sample_init(&s);
    const double large[] = {1e12, 1.0000001e12, 4e15, INFINITY, NAN};
    for (int i = 0; i < 5; i++) {
        s.cameras[2].camera.dist[7] = large[i];
        s.fits[2].rms_px = i ? 7.5 : 1e12;
        s.cameras[0].rms_px = i ? 0.3 : 1e12;
        if (i == 0) {
            assert_ok(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &s.rig, NULL, &err));
            assert_ok(rig_calibration_read(path, &read, &out, &err));
            assert_near(read.cameras[2].camera.dist[7], 1e12, 0);
            continue;
        }
        assert_int_equal(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &s.rig, NULL, &err), RIG_ERR_NUMERIC);
        assert_contains(err.text, "large.yaml");
        assert_contains(err.text, "expected at most 1e+12");
    }
    assert_ok(rig_calibration_read(path, &read, &out, &err)); // the last that was whole
    rig_arena_release(&out);
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    char *path = (char *)(uintptr_t)file_path("oom.yaml");
    assert_true(rig_test_each_allocation_fails(write_sample, path) > 0);
    assert_true(rig_test_each_allocation_fails(read_sample, path) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_intrinsics_hold_no_poses),
        cmocka_unit_test(test_equal_calibrations_give_equal_bytes),
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_a_minimal_file_of_another_program_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_numbers_that_no_reader_takes_are_not_written),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
