// app/found_names.c: which camera and recording a path speaks of.
#include "app/found_names.h"
#include "tests/support/support.h"

#include <string.h>

enum { FILES_MAX = 8 };

typedef struct named {
    const char *path, *camera, *recording;
} named;

static void assert_names(const named *files) {
    rig_arena arena = {0};
    rig_err err = {""};
    const char *paths[FILES_MAX] = {NULL};
    rig_found_name names[FILES_MAX];
    int n = 0;
    for (; files[n].path; n++)
        paths[n] = files[n].path;
    assert_ok(rig_names_tell(paths, n, names, &arena, &err));
    for (int i = 0; i < n; i++) {
        assert_string_equal(names[i].camera, files[i].camera);
        assert_string_equal(names[i].recording, files[i].recording);
    }
    rig_arena_release(&arena);
}

static void test_layouts(void **state) {
    (void)state;
    static const named layouts[][FILES_MAX] = {
        {{"cam1", "cam1", "take"}, {"cam2", "cam2", "take"}},
        {{"a", "a", "take"}, {"b", "b", "take"}},
        {{"board_quad", "quad", "board"}, {"walk_quad", "quad", "walk"}, {"walk_side", "side", "walk"}},
        {{"A/trial", "A", "trial"}, {"B/trial", "B", "trial"}, {"A/calib", "A", "calib"}, {"B/calib", "B", "calib"}},
        {{"trial1/front", "front", "trial1"}, {"trial1/back", "back", "trial1"}, {"trial2/front", "front", "trial2"}},
        {{"12345/run", "12345", "run"}, {"67890/run", "67890", "run"}},
        {{"videos/01", "01", "take"}, {"videos/02", "02", "take"}, {"intri_data/01", "01", "intrinsics"}},
        {{"cam1/walk v2", "cam1", "walk_v2"}, {"cam2/walk v2", "cam2", "walk_v2"}},
        {{"cam1/front_walk", "cam1", "front_walk"}, {"cam2/front_walk", "cam2", "front_walk"}},
        {{"Cam01", "Cam01", "take"}, {"b_cam_1", "Cam01", "b"}, {"b_CAM10", "CAM10", "b"}},
        {{"cam 1/x", "cam 1", "x"}, {"cam 2/x", "cam 2", "x"}},
        {{"frames", "frames_", "take"}, {"step", "step_", "take"}},
        {{"calib/left", "left", "calib"}, {"calib/right", "right", "calib"}},
        {{"C1 walk", "C1", "walk"}, {"C2 walk", "C2", "walk"}},
    };
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
        assert_names(layouts[i]);
}

static void test_words(void **state) {
    (void)state;
    assert_true(rig_names_camera_in("walk_cam01.mp4"));
    assert_true(rig_names_camera_in("left.png"));
    assert_true(rig_names_camera_in("Camera_3.png"));
    assert_false(rig_names_camera_in("IMG_0001.jpg"));
    assert_false(rig_names_camera_in("camp1.png"));
    assert_true(rig_names_camera_before("cam1.png", 3));
    assert_true(rig_names_camera_before("x_cam_1.png", 6));
    assert_true(rig_names_camera_before("c1.png", 1));
    assert_false(rig_names_camera_before("pic1.png", 3));
    assert_false(rig_names_camera_before("cam1_0001.png", 5));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts),
        cmocka_unit_test(test_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
