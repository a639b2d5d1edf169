// Other tools' files as those tools write them, made by hand (tests/fuzz/corpus/cameras_*): each must give the same two
// cameras. `left` stands at (1, -2, 1.5) m and looks along the world's y, `right` at (4, 0.5, 1.2) and looks along -x;
// both are upright, so their axes are the world's and each file's numbers can be worked out on paper:
//   left   x_cam = x, y_cam = -z, z_cam = y:   R = [1 0 0, 0 0 -1, 0 1 0],  t = -R c = (-1, 1.5, 2)
//   right  x_cam = y, y_cam = -z, z_cam = -x:  R = [0 1 0, 0 0 -1, -1 0 0], t = -R c = (-0.5, 1.2, 4)
// Rodrigues: left a quarter turn about x, right 120 degrees about (1, 1, -1).
#include "io/camera_formats.h"

#include "tests/unit/io/files.h"

static const double EXACT = 1e-12; // of files of 16 digits; those of one have none to lose
static const double R_LEFT[9] = {1, 0, 0, 0, 0, -1, 0, 1, 0}, T_LEFT[3] = {-1, 1.5, 2};
static const double R_RIGHT[9] = {0, 1, 0, 0, 0, -1, -1, 0, 0}, T_RIGHT[3] = {-0.5, 1.2, 4};
static const double DIST[5] = {-0.25, 0.08, 0.001, -0.002, 0.01};

static rig_arena arena;

typedef struct expectation {
    const char *file, *format;
    double unit_m;            // of what is read: 1 where the reader brings it to metres
    int n_dist;               // 4: the format has no k3
    bool no_size, no_tangent; // that the format has none of
    const char *names[2];     // NULL: one camera
} expectation;

static void assert_pose(const rig_view_camera *camera, const double R[9], const double t[3], double unit_m) {
    assert_true(camera->has_pose);
    for (int i = 0; i < 9; i++)
        assert_near(camera->Rt_cam_world.R[i], R[i], EXACT);
    for (int i = 0; i < 3; i++)
        assert_near(camera->Rt_cam_world.t[i] * unit_m, t[i], EXACT);
}

static void assert_lens(const rig_camera *camera, const expectation *e) {
    static const double K[4] = {1000, 1010, 640.25, 355.75};
    assert_int_equal(camera->width, e->no_size ? 0 : 1280);
    assert_int_equal(camera->height, e->no_size ? 0 : 720);
    for (int i = 0; i < 4; i++)
        assert_near(camera->K[i], K[i], 1e-9);
    assert_int_equal(camera->lens, e->n_dist == 4 ? RIG_LENS_PINHOLE4 : RIG_LENS_PINHOLE5);
    for (int i = 0; i < e->n_dist; i++)
        assert_near(camera->dist[i], e->no_tangent && (i == 2 || i == 3) ? 0 : DIST[i], EXACT);
}

static void assert_reads(const char *path, const expectation *e) {
    rig_err err = {""};
    const rig_camera_format *format;
    rig_calibration rig;
    assert_ok(rig_cameras_read(path, &format, &rig, &arena, &err));
    assert_non_null(format);
    assert_string_equal(format->name, e->format);
    assert_int_equal(rig.n, e->names[1] ? 2 : 1);
    for (int c = 0; c < rig.n; c++) {
        assert_string_equal(rig.cameras[c].view, e->names[c]);
        assert_lens(&rig.cameras[c].camera, e);
        if (format->has_poses)
            assert_pose(&rig.cameras[c], c ? R_RIGHT : R_LEFT, c ? T_RIGHT : T_LEFT, e->unit_m);
        else
            assert_false(rig.cameras[c].has_pose);
    }
}

// A file of the corpus in the test's folder, after the bytes of `mark`.
static const char *copied(const char *corpus, const char *name, const char *mark) {
    char path[160];
    size_t n;
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", corpus);
    const char *text = rig_arena_printf(&arena, "%s%s", mark, file_text(path, &n, &arena)), *to = file_path(name);
    file_put(to, text, strlen(mark) + n);
    return to;
}
static const char MARK[] = "\xEF\xBB\xBF"; // the byte order mark that editors put before UTF-8

static void test_files_by_hand(void **state) {
    (void)state;
    static const expectation files[] = {
        {"cameras_anipose.toml", "anipose", 0.001, 5, false, false, {"left", "right"}},
        {"cameras_caliscope.toml", "anipose", 1, 5, false, false, {"0", "1"}},
        {"cameras_ros.yaml", "ros", 1, 5, false, false, {"left", NULL}},
        {"cameras_mccalib.yml", "mccalib", 1, 5, false, false, {"camera_0", "camera_1"}},
        {"cameras_opencv.yml", "opencv", 1, 5, false, false, {"cameras_opencv", NULL}},
        {"cameras_mrcal.cameramodel", "mrcal", 1, 5, false, false, {"cameras_mrcal", NULL}},
        {"cameras_panoptic.json", "panoptic", 1, 5, false, false, {"left", "right"}},
        {"cameras_voxelpose.json", "voxelpose", 1, 5, true, false, {"0", "1"}},
        {"cameras_qualisys.qca.txt", "qca", 1, 5, false, false, {"left", "right"}},
        {"cameras_vicon.xcp", "vicon", 1, 5, false, true, {"left", "right"}},
        {"cameras_optitrack.mcal", "optitrack", 1, 5, false, false, {"left", "right"}},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char path[160];
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s", files[i].file);
        assert_reads(path, &files[i]);
        if (strcmp(files[i].format, "optitrack") != 0) // whose file is UTF-16, with a mark of its own
            assert_reads(copied(files[i].file, files[i].file, MARK), &files[i]);
    }
}

// COLMAP's pixel (0, 0) is a corner: its 640.75 is our 640.25. The folder is as good as its file.
static void test_colmap_in_its_two_files(void **state) {
    (void)state;
    const expectation e = {"", "colmap", 1, 4, false, false, {"left", "right"}};
    rig_err err = {""};
    assert_ok(rig_folder_make(file_path("colmap"), &err));
    for (int marked = 0; marked < 2; marked++) {
        const char *file = copied("cameras_colmap.txt", "colmap/cameras.txt", marked ? MARK : "");
        copied("cameras_colmap_images.txt", "colmap/images.txt", marked ? MARK : "");
        assert_reads(file, &e);
        assert_reads(file_path("colmap"), &e);
    }
}

static void test_easymocap_in_its_two_files(void **state) {
    (void)state;
    const expectation e = {"", "easymocap", 1, 5, false, false, {"left", "right"}};
    rig_err err = {""};
    assert_ok(rig_folder_make(file_path("easymocap"), &err));
    for (int marked = 0; marked < 2; marked++) {
        const char *file = copied("cameras_easymocap.yml", "easymocap/intri.yml", marked ? MARK : "");
        copied("cameras_easymocap.yml", "easymocap/extri.yml", marked ? MARK : "");
        assert_reads(file, &e);
    }
}

// Kalibr's chain: the world is the first camera's frame. right's pose in it is R_right R_left^T, t_right - that t_left.
static void test_kalibr_chain(void **state) {
    (void)state;
    const double R[9] = {0, 0, 1, 0, 1, 0, -1, 0, 0}, t[3] = {-2.5, -0.3, 3}, eye[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const expectation e = {"", "kalibr", 1, 4, false, false, {"left", "right"}};
    rig_err err = {""};
    const rig_camera_format *format;
    rig_calibration rig;
    assert_ok(rig_cameras_read("tests/fuzz/corpus/cameras_kalibr.yaml", &format, &rig, &arena, &err));
    assert_string_equal(format->name, "kalibr");
    assert_int_equal(rig.n, 2);
    for (int c = 0; c < 2; c++) {
        assert_string_equal(rig.cameras[c].view, e.names[c]);
        assert_lens(&rig.cameras[c].camera, &e);
    }
    assert_pose(&rig.cameras[0], eye, (const double[]){0, 0, 0}, 1);
    assert_pose(&rig.cameras[1], R, t, 1);
}

// --- refused -------------------------------------------------------------------------------------

static rig_status read_any(const char *path, rig_arena *out, rig_err *err) {
    const rig_camera_format *format;
    rig_calibration rig;
    return rig_cameras_read(path, &format, &rig, out, err);
}

typedef struct wrong {
    const char *corpus, *from, *to;
    int line;
    const char *says;
} wrong;

static void test_what_is_wrong_is_told_with_its_line(void **state) {
    (void)state;
    static const wrong wrongs[] = {
        {"cameras_anipose.toml", "size = [ 1280, 720,]", "size = [ 1280.5, 720,]", 4, "a picture of 1280.5 x 720"},
        {"cameras_anipose.toml", "matrix = [ [ 1000.0, 0.0,", "matrix = [ [ 1000.0, 2.0,", 5, "skew 2"},
        {"cameras_anipose.toml", "name = \"right\"", "name = \"left\"", 0, "duplicate camera 'left'"},
        {"cameras_anipose.toml", "name = \"left\"", "name = left", 3, ""},
        {"cameras_caliscope.toml", "[0.0, 0.0, -1.0]", "[0.0, 0.0, 1.0]", 11, "a mirrored frame"},
        {"cameras_kalibr.yaml", "radtan", "fov", 5, "expected one of none, radtan, equidistant"},
        {"cameras_kalibr.yaml", "camera_model: pinhole", "camera_model: omni", 3, "expected one of pinhole"},
        {"cameras_mrcal.cameramodel", "LENSMODEL_OPENCV5", "LENSMODEL_CAHVOR", 3, "expected one of LENSMODEL_PINHOLE"},
        {"cameras_mrcal.cameramodel", "-0.002, 0.01,", "-0.002,", 0, "8 numbers, expected 9"},
        {"cameras_qualisys.qca.txt", "skew=\"0.000000\"", "skew=\"1\"", 9, "skew 1"},
        {"cameras_qualisys.qca.txt", "</cameras>", "</camera>", 0, "mismatched tag"},
        {"cameras_vicon.xcp", "-0.25 0.08", "-3e-8 0.08", 6, "coefficients in pixels are not supported"},
        {"cameras_voxelpose.json", "\"p\": [[0.001], [-0.002]]", "\"p\": [[0.001]]", 2, "1 numbers, expected 2"},
        {"cameras_opencv.yml", "tvec", "qvec", 0, NULL}, // a camera without a pose is one too
        {"cameras_panoptic.json", "\"distCoef\"", "\"dist\"", 0, "not a calibration of any known tool"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        char name[64], place[96], corpus[160];
        size_t n;
        rig_err err = {""};
        snprintf(corpus, sizeof corpus, "tests/fuzz/corpus/%s", wrongs[i].corpus);
        snprintf(name, sizeof name, "wrong_%s", wrongs[i].corpus);
        char *text = NULL;
        const char *path = file_path(name);
        assert_ok(rig_file_read(corpus, &text, &n, &arena, &err));
        file_put_changed(path, text, wrongs[i].from, wrongs[i].to);
        const rig_status status = read_any(path, &arena, &err);
        if (!wrongs[i].says) {
            assert_int_equal(status, RIG_OK);
            continue;
        }
        if (status != RIG_ERR_FORMAT)
            fail_msg("'%s' of %s gave status %d: %s", wrongs[i].to, corpus, (int)status, err.text);
        assert_contains(err.text, wrongs[i].says);
        snprintf(place, sizeof place, "%s:%d:", name, wrongs[i].line);
        if (wrongs[i].line)
            assert_contains(err.text, place);
    }
}

static void test_foreign_files_that_are_none(void **state) {
    (void)state;
    rig_err err = {""};
    assert_int_equal(read_any(file_put_text("list.json", "[1, 2]"), &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "not a calibration of any known tool, expected one of rigpose, OpenCV, EasyMocap");
    assert_int_equal(read_any(file_put_text("cam.pickle", "\x80\x04}."), &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "a Python pickle");
    assert_int_equal(read_any(file_path("none.toml"), &arena, &err), RIG_ERR_IO);
    assert_int_equal(read_any(file_put_text("bomb.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), &arena, &err),
                     RIG_ERR_FORMAT);
    assert_contains(err.text, "an entity of its own");
    assert_ok(rig_folder_make(file_path("two"), &err));
    copied("cameras_anipose.toml", "two/a.toml", "");
    copied("cameras_kalibr.yaml", "two/b.yaml", "");
    assert_int_equal(read_any(file_path("two"), &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "are both calibrations, expected one: give its file");
}

// --- memory --------------------------------------------------------------------------------------

static rig_status read_one(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_any(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    static const char *const files[] = {"cameras_anipose.toml", "cameras_qualisys.qca.txt",
                                        "cameras_mrcal.cameramodel"};
    for (int i = 0; i < 3; i++) {
        char path[160];
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s", files[i]);
        assert_true(rig_test_each_allocation_fails(read_one, path) > 0);
    }
}

static int release(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_by_hand),
        cmocka_unit_test(test_colmap_in_its_two_files),
        cmocka_unit_test(test_easymocap_in_its_two_files),
        cmocka_unit_test(test_kalibr_chain),
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(test_foreign_files_that_are_none),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
