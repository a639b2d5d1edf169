#include "io/camera_readers.h"
#include "io/file.h"
#include "tests/unit/io/files.h"

// Of a pixel: what the project promises of its exports.
#define PIXEL_TOLERANCE "1e-3"

// What both scripts begin with. points.txt holds `view x y z u v` a line: a world point, and where rigpose sees it.
#define SCRIPT_HEAD                                                                                                    \
    "import sys\n"                                                                                                     \
    "try:\n"                                                                                                           \
    "    import cv2, numpy as np\n"                                                                                    \
    "except ImportError:\n"                                                                                            \
    "    sys.exit(77)\n"                                                                                               \
    "folder = sys.argv[1]\n"                                                                                           \
    "def need(ok, what):\n"                                                                                            \
    "    if not ok: sys.exit(what)\n"                                                                                  \
    "def opened(name):\n"                                                                                              \
    "    fs = cv2.FileStorage(folder + '/' + name + '.yml', cv2.FILE_STORAGE_READ)\n"                                  \
    "    need(fs.isOpened(), name)\n"                                                                                  \
    "    return fs\n"                                                                                                  \
    "def mat(fs, key, shape):\n"                                                                                       \
    "    m = fs.getNode(key).mat()\n"                                                                                  \
    "    need(m is not None and m.dtype == np.float64 and m.shape == shape, key)\n"                                    \
    "    return m\n"                                                                                                   \
    "points = {}\n"                                                                                                    \
    "for line in open(folder + '/points.txt'):\n"                                                                      \
    "    view, *numbers = line.rsplit(' ', 5)\n"                                                                       \
    "    points.setdefault(view, []).append([float(n) for n in numbers])\n"                                            \
    "need(len(points) >= 3, 'points')\n"                                                                               \
    "def compare(view, project):\n"                                                                                    \
    "    p = np.array(points[view])\n"                                                                                 \
    "    q = project(p[:, :3].copy().reshape(-1, 1, 3)).reshape(-1, 2)\n"                                              \
    "    worst = np.abs(q - p[:, 3:]).max()\n"                                                                         \
    "    need(worst < " PIXEL_TOLERANCE ", '%s is off by %g px' % (view, worst))\n"

static const char OPENCV_SCRIPT[] = SCRIPT_HEAD
    "lens = {'c1': 5, 'c 2': 4, 'c-3': 4, 'c4': 8, 'c5': 12, 'eye': 4}\n"
    "for view, n in lens.items():\n"
    "    fs = opened(view)\n"
    "    need(fs.getNode('image_width').real() == 1920 and fs.getNode('image_height').real() == 1080, 'size')\n"
    "    K, D = mat(fs, 'camera_matrix', (3, 3)), mat(fs, 'distortion_coefficients', (1, n))\n"
    "    r, t = mat(fs, 'rvec', (3, 1)), mat(fs, 'tvec', (3, 1))\n"
    "    need(np.abs(cv2.Rodrigues(r)[0] - mat(fs, 'R', (3, 3))).max() < 1e-9, 'R')\n"
    "    fisheye = fs.getNode('fisheye_model').real() == 1\n"
    "    need(fisheye == (view == 'eye'), 'fisheye_model')\n"
    "    if fisheye: compare(view, lambda p: cv2.fisheye.projectPoints(p, r, t, K, D)[0])\n"
    "    else: compare(view, lambda p: cv2.projectPoints(p, r, t, K, D)[0])\n"
    "fs = opened('apart')\n"
    "need(fs.getNode('rvec').empty() and fs.getNode('R').empty(), 'a pose that is not there')\n"
    "fs = opened('intrinsics')\n"
    "need(np.array_equal(mat(fs, 'M1', (3, 3)), mat(opened('c1'), 'camera_matrix', (3, 3))), 'M1')\n"
    "need(np.array_equal(mat(fs, 'D2', (1, 4)), mat(opened('c 2'), 'distortion_coefficients', (1, 4))), 'D2')\n"
    "fs = opened('extrinsics')\n"
    "need(mat(fs, 'R', (3, 3))[0, 0] == 1 and mat(fs, 'T', (3, 1))[0, 0] == -0.12, 'R T')\n"
    "shapes = {'R1': (3, 3), 'R2': (3, 3), 'P1': (3, 4), 'P2': (3, 4), 'Q': (4, 4)}\n"
    "for i, (key, shape) in enumerate(shapes.items()):\n"
    "    n = shape[0] * shape[1]\n"
    "    need(np.array_equal(mat(fs, key, shape).ravel(), (i + np.arange(n)) / 3), key)\n";

static const char EASYMOCAP_SCRIPT[] = SCRIPT_HEAD
    "intri, extri = opened('intri'), opened('extri')\n"
    "for fs in (intri, extri):\n"
    "    node = fs.getNode('names')\n"
    "    need([node.at(i).string() for i in range(node.size())] == ['c1', 'c 2', 'c-3'], 'names')\n"
    "for view in ('c1', 'c 2', 'c-3'):\n"
    "    K, D = mat(intri, 'K_' + view, (3, 3)), mat(intri, 'dist_' + view, (1, 5))\n"
    "    need(intri.getNode('H_' + view).real() == 1080 and intri.getNode('W_' + view).real() == 1920, 'size')\n"
    "    r, t = mat(extri, 'R_' + view, (3, 1)), mat(extri, 'T_' + view, (3, 1))\n"
    "    need(np.abs(cv2.Rodrigues(r)[0] - mat(extri, 'Rot_' + view, (3, 3))).max() < 1e-9, 'Rot')\n"
    "    compare(view, lambda p: cv2.projectPoints(p, r, t, K, D)[0])\n";

static rig_status opencv_write(const char *folder, const rig_calibration *rig, const rig_stereo *stereo, rig_err *err) {
    RIG_TRY(rig_folder_make(folder, err));
    return rig_camera_opencv_write(folder, rig, stereo, err);
}

static rig_status easymocap_write(const char *folder, const rig_calibration *rig, rig_err *err) {
    RIG_TRY(rig_folder_make(folder, err));
    return rig_camera_easymocap_write(folder, rig, NULL, err);
}

typedef struct sample {
    rig_view_camera cameras[7];
    rig_calibration rig;
    rig_stereo stereo;
} sample;

static void pose_set(rig_view_camera *camera, int i) {
    camera->has_pose = true;
    camera->Rt_cam_world = rig_pose_from_rvec((const double[]){0.1 * i - 0.2, 0.3 - 0.1 * i, 0.01 / (i + 1)},
                                              (const double[]){0.1 * i, -0.2, 3});
}

// Lenses of each kind, the first three of which EasyMocap takes; the last camera has no pose.
static sample *sample_init(sample *s) {
    static const struct {
        const char *view;
        rig_lens lens;
        double dist[RIG_DIST_MAX];
    } lenses[] = {
        {"c1", RIG_LENS_PINHOLE5, {-0.312345678, 0.123456789, 1.23456e-5, -7.891e-4, -0.0212345678}},
        {"c 2", RIG_LENS_PINHOLE2, {-0.1, 0.01}},
        {"c-3", RIG_LENS_PINHOLE0, {0}},
        {"c4", RIG_LENS_PINHOLE8, {0.1, -0.2, 1e-4, 2e-4, 0.01, 0.3, -0.1, 0.02}},
        {"c5", RIG_LENS_PINHOLE12, {0.1, -0.2, 1e-4, 2e-4, 0.01, 0.3, -0.1, 0.02, 1e-3, -2e-3, 3e-3, 1e-4}},
        {"eye", RIG_LENS_FISHEYE4, {0.01, -0.02, 0.003, -1e-4}},
        {"apart", RIG_LENS_PINHOLE4, {0.1}},
    };
    *s = (sample){.rig = {.n = 7, .cameras = s->cameras, .rms_px = 0.2}};
    for (int i = 0; i < 7; i++) {
        rig_view_camera *camera = &s->cameras[i];
        snprintf(camera->view, sizeof camera->view, "%s", lenses[i].view);
        camera->camera =
            (rig_camera){1920, 1080, lenses[i].lens, {1400.0 / 3 + 700, 1165.12345678, 960, 539.5 + i / 7.0}, {0}};
        memcpy(camera->camera.dist, lenses[i].dist, sizeof lenses[i].dist);
        if (i < 6)
            pose_set(camera, i);
    }
    s->stereo = (rig_stereo){.left = "c1", .right = "c 2", .Rt_right_left = rig_pose_identity()};
    s->stereo.Rt_right_left.t[0] = -0.12;
    double *const matrices[] = {s->stereo.R1, s->stereo.R2, s->stereo.P1, s->stereo.P2, s->stereo.Q};
    const int n[] = {9, 9, 12, 12, 16};
    for (int m = 0; m < 5; m++)
        for (int i = 0; i < n[m]; i++)
            matrices[m][i] = (m + i) / 3.0;
    return s;
}

// World points over the field of view, and their pixels by our own projection.
static void points_put(const char *folder, const rig_calibration *rig) {
    char path[512];
    snprintf(path, sizeof path, "%s/points.txt", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < rig->n; i++) {
        const rig_view_camera *camera = &rig->cameras[i];
        for (int k = 0; k < 49 && camera->has_pose; k++) {
            double p_world[3] = {(k % 7 - 3) * 0.7, (k / 7 - 3) * 0.4, 0.05 * k}, p[3], q[2];
            rig_pose_apply(&camera->Rt_cam_world, p_world, p);
            if (rig_camera_project(&camera->camera, p, q, NULL, NULL))
                fprintf(f, "%s %.17g %.17g %.17g %.17g %.17g\n", camera->view, p_world[0], p_world[1], p_world[2], q[0],
                        q[1]);
        }
    }
    assert_int_equal(fclose(f), 0);
}

static void assert_python(const char *script, const char *folder) {
    int status = python_run(script, folder);
    if (status == 77)
        skip();
    assert_int_equal(status, 0);
}

static void test_opencv_reads_what_we_project(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *folder = file_path("opencv/deep");
    assert_ok(opencv_write(folder, &sample_init(&s)->rig, &s.stereo, &err));
    points_put(folder, &s.rig);
    assert_python(OPENCV_SCRIPT, folder);
}

static void test_easymocap_reads_what_we_project(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *folder = file_path("easymocap");
    sample_init(&s)->rig.n = 3;
    assert_ok(easymocap_write(folder, &s.rig, &err));
    points_put(folder, &s.rig);
    assert_python(EASYMOCAP_SCRIPT, folder);
}

static void test_equal_rigs_give_equal_bytes(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    sample_init(&s)->rig.n = 3;
    assert_ok(opencv_write(file_path("e1"), &s.rig, &s.stereo, &err));
    assert_ok(opencv_write(file_path("e2"), &s.rig, &s.stereo, &err));
    assert_ok(easymocap_write(file_path("e1"), &s.rig, &err));
    assert_ok(easymocap_write(file_path("e2"), &s.rig, &err));
    const char *const names[] = {"c1", "c 2", "intrinsics", "extrinsics", "intri", "extri"};
    for (int i = 0; i < 6; i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "e1/%s.yml", names[i]);
        snprintf(b, sizeof b, "e2/%s.yml", names[i]);
        assert_same_bytes(file_path(a), file_path(b));
    }
}

static void test_what_easymocap_cannot_hold_is_refused(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    sample_init(&s)->rig.n = 1;
    memcpy(s.cameras[0].view, "c:1", 4);
    assert_int_equal(easymocap_write(file_path("refused"), &s.rig, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'c:1': its name cannot be a key");
}

static void test_what_opencv_cannot_hold_is_refused(void **state) {
    (void)state;
    const char *folder = file_path("refused");
    sample s;
    rig_err err = {""};
    memcpy(sample_init(&s)->stereo.right, "none", 5);
    assert_int_equal(opencv_write(folder, &s.rig, &s.stereo, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'none'");
    memcpy(sample_init(&s)->stereo.right, "eye", 4);
    assert_int_equal(opencv_write(folder, &s.rig, &s.stereo, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'eye'");
    memcpy(sample_init(&s)->cameras[2].view, "extrinsics", 11);
    assert_int_equal(opencv_write(folder, &s.rig, &s.stereo, &err), RIG_ERR_DATA);
    assert_contains(err.text, "camera 'extrinsics'");
    assert_ok(opencv_write(folder, &s.rig, NULL, &err)); // without a pair it is a name as any other
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opencv_reads_what_we_project),
        cmocka_unit_test(test_easymocap_reads_what_we_project),
        cmocka_unit_test(test_equal_rigs_give_equal_bytes),
        cmocka_unit_test(test_what_easymocap_cannot_hold_is_refused),
        cmocka_unit_test(test_what_opencv_cannot_hold_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
