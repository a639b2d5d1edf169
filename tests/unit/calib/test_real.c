// Real recordings: a stereo pair of 13 chessboards and a lab's four cameras. Bars are the best of OpenCV 4.6's own
// figures.
#include "calib/corners.h"
#include "calib/intrinsics.h"
#include "calib/stereo.h"
#include "calib/world.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static const char *data; // folder of the recordings
static rig_arena arena;

// Search a picture, adding the board found.
static void search(const rig_board *board, const char *path, int frame, rig_view_corners *seen) {
    rig_err err;
    rig_image grey = {0};
    rig_found_board found;
    assert_ok(rig_found_board_init(board, &found, &arena, &err));
    assert_ok(rig_cv_image_read(path, true, &grey, NULL, &err));
    seen->width = grey.width;
    seen->height = grey.height;
    seen->n_searched++;
    rig_arena scratch = {0};
    assert_ok(rig_corners_find(&grey, board, NULL, &found, &scratch, &err));
    rig_arena_release(&scratch);
    if (found.n_seen > 0)
        seen->boards[seen->n++] = (rig_board_view){.frame = frame, .q = found.q};
    rig_image_release(&grey);
}

static void a_stereo_pair(void **state) {
    (void)state;
    const double LEFT_PX = 0.16, RIGHT_PX = 0.16, STEREO_PX = 0.18, BASELINE = 3.33, BASELINE_OFF = 0.01; // squares
    const char *sides[2] = {"left", "right"};
    rig_board board = {.cols = 9, .rows = 6, .square_m = 1.0};
    rig_view_corners seen[2] = {{.view = "left"}, {.view = "right"}};
    rig_view_camera cameras[2];
    rig_arena scratch = {0};
    rig_err err;
    for (int side = 0; side < 2; side++) {
        seen[side].boards = RIG_NEW(&arena, rig_board_view, 14);
        for (int i = 1; i <= 14; i++)
            if (i != 10)
                search(&board, rig_arena_printf(&arena, "%s/stereo/%s%02d.jpg", data, sides[side], i), i, &seen[side]);
        assert_int_equal(seen[side].n, 13);
        assert_ok(rig_intrinsics_solve(&board, &seen[side], RIG_LENS_PINHOLE5, &cameras[side], &arena, &scratch, &err));
        print_message("%s: rms %.4f px, f %.2f, %d boards\n", sides[side], cameras[side].rms_px,
                      cameras[side].camera.K[0], cameras[side].n_frames);
    }
    rig_stereo stereo;
    assert_ok(rig_stereo_solve(&board, &seen[0], &seen[1], &cameras[0], &cameras[1], 0, &stereo, &scratch, &err));
    print_message("stereo: rms %.4f px, epipolar %.4f px, baseline %.4f squares, %d frames\n", stereo.rms_px,
                  stereo.epipolar_rms_px, stereo.baseline_m, stereo.n_frames);
    assert_true(cameras[0].rms_px <= LEFT_PX);
    assert_true(cameras[1].rms_px <= RIGHT_PX);
    assert_true(stereo.rms_px <= STEREO_PX);
    assert_near(stereo.baseline_m, BASELINE, BASELINE_OFF);
    rig_arena_release(&scratch);
}

// The numbers of the reference file: every number in [from, to) that follows a key, in order.
static int numbers_after(const char *from, const char *to, const char *key, double *values, int most) {
    const char *at = strstr(from, key);
    int n = 0;
    assert_true(at && at < to);
    for (at += strlen(key); *at && n < most;) {
        char *end;
        double value = strtod(at, &end);
        if (end == at) {
            at++;
            continue;
        }
        values[n++] = value;
        at = end;
    }
    return n;
}

typedef struct reference {
    double scene[8][3];
    double R[4][9], t[4][3], q[4][8][2], K[4][4], dist[4][5];
} reference;

static void read_reference(reference *ref) {
    static char text[1 << 16];
    FILE *file = fopen(rig_arena_printf(&arena, "%s/pose2sim/reference_calib.yaml", data), "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    const char *end = text + strlen(text);
    numbers_after(text, end, "scene_points_m:", &ref->scene[0][0], 24);
    for (int c = 0; c < 4; c++) {
        char key[32];
        double K[9];
        snprintf(key, sizeof key, "  cam%02d:", c + 1);
        const char *at = strstr(text, key);
        assert_non_null(at);
        numbers_after(at, end, " K:", K, 9);
        double four[4] = {K[0], K[4], K[2], K[5]};
        memcpy(ref->K[c], four, sizeof four);
        numbers_after(at, end, "dist_k1k2p1p2k3:", ref->dist[c], 5);
        numbers_after(at, end, " R:", ref->R[c], 9);
        numbers_after(at, end, "t_m:", ref->t[c], 3);
        numbers_after(at, end, "projected_scene_points_px:", &ref->q[c][0][0], 16);
    }
}

// The widest angle between where a pixel looks in the world by our camera and by the maker's, over the scene points'
// pixels. Not the angle between the two rotations: all 28 board pictures were taken by one and the same camera (its
// room stands behind every board), so that the lens found is not each camera's own; its centre lies 20 to 50 px from
// theirs, and the pose has to turn by that much, a degree, to see what they saw.
static double widest_between(const rig_view_camera *ours, const reference *ref, int c) {
    rig_camera makers = {.width = 1088, .height = 1920, .lens = RIG_LENS_PINHOLE5};
    double widest = 0;
    memcpy(makers.K, ref->K[c], sizeof makers.K);
    memcpy(makers.dist, ref->dist[c], sizeof ref->dist[c]);
    for (int i = 0; i < 8; i++) {
        double n[2][2], v[2][3], d[3];
        assert_true(rig_camera_unproject(&ours->camera, ref->q[c][i], n[0]));
        assert_true(rig_camera_unproject(&makers, ref->q[c][i], n[1]));
        for (int k = 0; k < 2; k++) {
            const double *R = k ? ref->R[c] : ours->Rt_cam_world.R, at[3] = {n[k][0], n[k][1], 1};
            double Rt[9];
            rig_mat3_transpose(R, Rt);
            rig_mat3_mul_vec(Rt, at, v[k]);
        }
        rig_cross3(v[0], v[1], d);
        widest = fmax(widest, asin(rig_norm3(d) / rig_norm3(v[0]) / rig_norm3(v[1])));
    }
    return widest;
}

static void a_lab_of_four_cameras(void **state) {
    (void)state;
    enum { FOUND_MIN = 26 }; // of 28 pictures; one shows no board, one a part of it
    const double RMS_PX = 0.10, POSITION_M = 0.020, ANGLE = 0.5 / 180 * 3.14159265358979;
    static reference ref;
    rig_board board = {.cols = 4, .rows = 7, .square_m = 0.06};
    rig_view_camera cameras[4];
    rig_calibration rig = {.n = 4, .cameras = cameras};
    rig_arena scratch = {0};
    rig_err err;
    int n_found = 0;
    for (int c = 0; c < 4; c++) {
        rig_view_corners seen = {.boards = RIG_NEW(&arena, rig_board_view, 7)};
        snprintf(seen.view, sizeof seen.view, "cam%02d", c + 1);
        for (int i = 1; i <= 7; i++)
            search(&board,
                   rig_arena_printf(&arena, "%s/pose2sim/intrinsics/%s/%s_%02d_int.jpg", data, seen.view, seen.view, i),
                   i, &seen);
        n_found += seen.n;
        assert_ok(rig_intrinsics_solve(&board, &seen, RIG_LENS_PINHOLE5, &cameras[c], &arena, &scratch, &err));
        const double *K = cameras[c].camera.K;
        print_message("%s: rms %.4f px, f %.1f %.1f, centre %.1f %.1f, %d of 7 boards\n", seen.view, cameras[c].rms_px,
                      K[0], K[1], K[2], K[3], cameras[c].n_frames);
        assert_true(cameras[c].rms_px <= RMS_PX);
    }
    print_message("%d of 28 boards found\n", n_found);
    assert_true(n_found >= FOUND_MIN);

    read_reference(&ref);
    bool all[8] = {true, true, true, true, true, true, true, true};
    const bool *seen[4] = {all, all, all, all};
    const char *names[8] = {"0", "1", "2", "3", "4", "5", "6", "7"}, *views[4];
    const double(*q[4])[2];
    for (int c = 0; c < 4; c++) {
        views[c] = cameras[c].view;
        q[c] = (const double(*)[2])ref.q[c];
    }
    rig_scene_points points = {8, names, (const double(*)[3])ref.scene, 4, views, q, seen};
    double rms_px;
    assert_ok(rig_world_from_points(&points, &rig, &rms_px, &scratch, &scratch, &err));
    print_message("scene points: rms %.3f px\n", rms_px);
    for (int c = 0; c < 4; c++) {
        rig_pose truth;
        double a[3], b[3];
        memcpy(truth.R, ref.R[c], sizeof truth.R);
        memcpy(truth.t, ref.t[c], sizeof truth.t);
        rig_pose_centre(&truth, a);
        rig_pose_centre(&cameras[c].Rt_cam_world, b);
        double off =
            sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
        double angle = widest_between(&cameras[c], &ref, c);
        print_message("%s: %.1f mm, %.3f degrees from the maker's\n", views[c], 1e3 * off, angle * 180 / 3.14159265);
        assert_true(off <= POSITION_M);
        assert_true(angle <= ANGLE);
    }
    rig_arena_release(&scratch);
}

static int release(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stereo_pair),
        cmocka_unit_test(a_lab_of_four_cameras),
    };
    data = rig_test_real_data();
    if (!data)
        return RIG_TEST_SKIPPED;
    rig_cv_init();
    return cmocka_run_group_tests(tests, NULL, release);
}
