// Every format on every lens that it holds: what is written reads back to the same pixels.
#include "io/camera_formats.h"

#include "tests/unit/io/files.h"

enum { CAMERAS = 12 }; // more than ten: names sorted as strings would put the eleventh behind the first

static const double SAME_PX = 1e-6; // numbers are written in full; poses go through Rodrigues vectors and quaternions

static rig_arena arena;

typedef struct sample {
    rig_view_camera cameras[CAMERAS];
    rig_calibration rig;
} sample;

static sample *sample_init(sample *s, rig_lens lens) {
    static const double pinhole[12] = {-0.3, 0.12, 1e-3, -7e-4, -0.02, 0.05, -0.01, 2e-3, 1e-3, -2e-3, 3e-3, 1e-4};
    static const double fisheye[4] = {0.01, -0.02, 0.003, -1e-4};
    *s = (sample){.rig = {.n = CAMERAS, .cameras = s->cameras}};
    for (int i = 0; i < CAMERAS; i++) {
        rig_view_camera *v = &s->cameras[i];
        snprintf(v->view, sizeof v->view, "c%d", i + 1);
        v->camera = (rig_camera){1920, 1080, lens, {1400 + 10 * i, 1410 + 11 * i, 960.125 - i, 539.5 + 3 * i}, {0}};
        memcpy(v->camera.dist, lens == RIG_LENS_FISHEYE4 ? fisheye : pinhole,
               (size_t)rig_lens_n_dist(lens) * sizeof(double));
        v->has_pose = true; // the last ones turned by nearly half a turn
        v->Rt_cam_world = rig_pose_from_rvec((const double[]){0.28 * i, 0.3 - 0.1 * i, 0.2 / (i + 1)},
                                             (const double[]){0.4 * i, -0.2 + 0.1 * i, 3});
    }
    return s;
}

// Points that the first camera sees, by both.
static void assert_same_pixels(const char *what, const rig_view_camera *a, const rig_view_camera *b, double unit_m,
                               bool posed) {
    const rig_pose Rt_world_a = posed ? rig_pose_invert(&a->Rt_cam_world) : rig_pose_identity();
    rig_pose Rt_b_world = posed ? b->Rt_cam_world : rig_pose_identity();
    for (int k = 0; posed && k < 3; k++)
        Rt_b_world.t[k] *= unit_m;
    for (int k = 0; k < 25; k++) {
        const double z = 1 + k % 3, p_a[3] = {(k % 5 - 2) * 0.2 * z, (k / 5 - 2) * 0.12 * z, z};
        double p[3], p_b[3], q_a[2], q_b[2];
        rig_pose_apply(&Rt_world_a, p_a, p);
        rig_pose_apply(&Rt_b_world, p, p_b);
        assert_true(rig_camera_project(&a->camera, p_a, q_a, NULL, NULL));
        assert_true(rig_camera_project(&b->camera, p_b, q_b, NULL, NULL));
        if (!(hypot(q_a[0] - q_b[0], q_a[1] - q_b[1]) < SAME_PX))
            fail_msg("%s: camera '%s' sees (%.9g, %.9g) at (%.9g, %.9g)", what, a->view, q_a[0], q_a[1], q_b[0],
                     q_b[1]);
    }
}

static void round_trip(const rig_camera_format *format, rig_lens lens) {
    sample s;
    char name[64];
    rig_err err = {""};
    const rig_camera_format *found;
    rig_calibration read;
    snprintf(name, sizeof name, "%s_%s", format->name, rig_lens_name(lens));
    const char *folder = file_path(name);
    sample_init(&s, lens);
    assert_ok(rig_folder_make(folder, &err));
    assert_ok(format->write(folder, &s.rig, NULL, &err));
    assert_ok(rig_cameras_read(folder, &found, &read, &arena, &err));
    assert_ptr_equal(found->read, format->read);
    assert_int_equal(read.n, CAMERAS);
    for (int i = 0; i < CAMERAS; i++) {
        const rig_view_camera *b =
            format->has_names ? rig_calibration_find(&read, s.cameras[i].view) : &read.cameras[i];
        assert_non_null(b);
        if (b->camera.width > 0) {
            assert_int_equal(b->camera.width, 1920);
            assert_int_equal(b->camera.height, 1080);
        }
        assert_int_equal(b->has_pose, format->has_poses);
        assert_same_pixels(name, &s.cameras[i], b, found->unit_open ? format->unit_m : 1, format->has_poses);
    }
}

static void test_every_format_and_lens(void **state) {
    (void)state;
    int n = 0;
    for (const rig_camera_format *format = rig_camera_formats; format->name; format++)
        for (int lens = 0; lens < RIG_LENS_COUNT && format->write; lens++)
            if (format->lenses & 1u << lens) {
                round_trip(format, (rig_lens)lens);
                n++;
            }
    assert_true(n > 50);
}

// aniposelib sorts its sections as strings.
static void test_sections_sort_as_strings(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    size_t n;
    sample_init(&s, RIG_LENS_PINHOLE5);
    assert_ok(rig_folder_make(file_path("sorted"), &err));
    assert_ok(rig_camera_format_find("anipose")->write(file_path("sorted"), &s.rig, NULL, &err));
    const char *text = file_text(file_path("sorted/calibration.toml"), &n, &arena);
    assert_contains(text, "[cam_01]\nname = \"c2\"");
    assert_contains(text, "[cam_10]\nname = \"c11\"");
}

static void test_equal_rigs_give_equal_bytes(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    sample_init(&s, RIG_LENS_PINHOLE4);
    const char *const files[][2] = {{"anipose", "calibration.toml"},  {"kalibr", "camchain.yaml"},
                                    {"colmap", "images.txt"},         {"mrcal", "c3.cameramodel"},
                                    {"panoptic", "calibration.json"}, {"qca", "calibration.qca.txt"}};
    for (int i = 0; i < 6; i++) {
        char paths[2][96];
        for (int k = 0; k < 2; k++) {
            snprintf(paths[k], sizeof paths[k], "bytes_%s_%d", files[i][0], k);
            assert_ok(rig_folder_make(file_path(paths[k]), &err));
            assert_ok(rig_camera_format_find(files[i][0])->write(file_path(paths[k]), &s.rig, NULL, &err));
            snprintf(paths[k], sizeof paths[k], "bytes_%s_%d/%s", files[i][0], k, files[i][1]);
        }
        assert_same_bytes(file_path(paths[0]), file_path(paths[1]));
    }
}

static int release(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_format_and_lens),
        cmocka_unit_test(test_sections_sort_as_strings),
        cmocka_unit_test(test_equal_rigs_give_equal_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
