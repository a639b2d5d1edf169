#include "calib/corners.h"
#include "core/arena.h"
#include "core/camera.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <string.h>

enum { WIDTH = 800, HEIGHT = 600 };
static const double OFF_PX = 0.1; // root mean square, of a picture averaged over 4 x 4 rays a pixel, 8 bits

// A board drawn by casting rays: squares of 1, the square at corners 0, 1, cols, cols + 1 dark.
static void draw(rig_image *grey, const rig_board *board, const rig_camera *camera, const rig_pose *Rt_cam_board) {
    enum { RAYS = 4 };
    rig_err err;
    rig_pose Rt_board_cam = rig_pose_invert(Rt_cam_board);
    assert_ok(rig_image_resize(grey, WIDTH, HEIGHT, 1, &err));
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++) {
            double sum = 0;
            for (int k = 0; k < RAYS * RAYS; k++) {
                double q[2] = {x + (k % RAYS + 0.5) / RAYS - 0.5, y + (k / RAYS + 0.5) / RAYS - 0.5}, v[3];
                double n[3] = {(q[0] - camera->K[2]) / camera->K[0], (q[1] - camera->K[3]) / camera->K[1], 1};
                rig_mat3_mul_vec(Rt_board_cam.R, n, v);
                double s = -Rt_board_cam.t[2] / v[2];
                double a = Rt_board_cam.t[0] + s * v[0], b = Rt_board_cam.t[1] + s * v[1];
                bool inside = a >= -1 && b >= -1 && a < board->cols && b < board->rows;
                bool dark = inside && ((int)floor(a) + (int)floor(b)) % 2 == 0;
                bool paper = a >= -2 && b >= -2 && a < board->cols + 1 && b < board->rows + 1;
                sum += dark ? 30 : paper ? 220 : 120;
            }
            grey->data[y * grey->stride + x] = (unsigned char)lround(sum / (RAYS * RAYS));
        }
}

// Draw a board, find it; returns the corners found and where they are in truth.
static void find(const rig_board *board, const double rvec[3], double z, double (*q)[2], double (*truth)[2]) {
    rig_image grey = {0};
    rig_err err;
    rig_camera camera = {.width = WIDTH, .height = HEIGHT, .K = {700, 700, 401, 298}};
    double t[3] = {0, 0, z}, centre[3] = {(board->cols - 1) / 2.0, (board->rows - 1) / 2.0, 0}, turned[3];
    bool found;
    rig_pose pose = rig_pose_from_rvec(rvec, t);
    rig_mat3_mul_vec(pose.R, centre, turned);
    for (int k = 0; k < 3; k++)
        pose.t[k] -= turned[k];
    draw(&grey, board, &camera, &pose);
    assert_ok(rig_corners_find(&grey, board, q, &found, &err));
    assert_true(found);
    for (int i = 0; i < rig_board_n(board); i++) {
        double p[3], at[3];
        rig_board_point(board, i, p);
        rig_pose_apply(&pose, p, at);
        assert_true(rig_camera_project(&camera, at, truth[i], NULL, NULL));
    }
    rig_image_release(&grey);
}

static double rms(double (*a)[2], double (*b)[2], int n, bool turned) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double *c = b[turned ? n - 1 - i : i];
        sum += ((a[i][0] - c[0]) * (a[i][0] - c[0]) + (a[i][1] - c[1]) * (a[i][1] - c[1])) / n;
    }
    return sqrt(sum);
}

static void corners_lie_where_they_are_drawn(void **state) {
    (void)state;
    rig_board board = {RIG_BOARD_CHESSBOARD, 9, 6, 1};
    const double turns[][3] = {{0, 0, 0.05}, {0.5, 0.2, 0.3}, {-0.4, 0.7, -0.5}, {0.1, -0.8, 0.1}};
    double q[54][2], truth[54][2];
    for (size_t k = 0; k < sizeof turns / sizeof *turns; k++)
        for (double z = 16; z < 40; z *= 1.5) { // squares of 44 to 19 px
            find(&board, turns[k], z, q, truth);
            assert_near(rms(q, truth, 54, false), 0, OFF_PX);
        }
}

static void colours_say_which_corner_is_the_first(void **state) {
    (void)state;
    rig_board board = {RIG_BOARD_CHESSBOARD, 9, 6, 1};
    double q[54][2], truth[54][2];
    for (int k = 0; k < 8; k++) {
        double rvec[3] = {0, 0, k * 3.14159265358979 / 4 + 0.1};
        find(&board, rvec, 14, q, truth);
        assert_near(rms(q, truth, 54, false), 0, OFF_PX);
    }
}

static void where_colours_do_not_say_the_upper_corner_is_first(void **state) {
    (void)state;
    rig_board board = {RIG_BOARD_CHESSBOARD, 8, 6, 1};
    double q[48][2], truth[48][2];
    for (int k = 0; k < 8; k++) {
        double rvec[3] = {0, 0, k * 3.14159265358979 / 4 + 0.1};
        find(&board, rvec, 14, q, truth);
        assert_true(rms(q, truth, 48, false) < OFF_PX || rms(q, truth, 48, true) < OFF_PX);
        assert_true(q[0][1] < q[47][1]);
        double x[2] = {q[1][0] - q[0][0], q[1][1] - q[0][1]}, y[2] = {q[8][0] - q[0][0], q[8][1] - q[0][1]};
        assert_true(x[0] * y[1] - x[1] * y[0] > 0);
    }
}

static void no_board_is_no_failure(void **state) {
    (void)state;
    rig_board board = {RIG_BOARD_CHESSBOARD, 9, 6, 1};
    rig_image grey = {0};
    rig_err err;
    double q[54][2];
    bool found = true;
    assert_ok(rig_image_resize(&grey, WIDTH, HEIGHT, 1, &err));
    memset(grey.data, 90, (size_t)(grey.stride * HEIGHT));
    assert_ok(rig_corners_find(&grey, &board, q, &found, &err));
    assert_false(found);
    rig_image_release(&grey);
}

static rig_status find_afresh(void *self, rig_err *err) {
    rig_board board = {RIG_BOARD_CHESSBOARD, 9, 6, 1};
    double q[54][2];
    bool found;
    return rig_corners_find(self, &board, q, &found, err);
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    rig_image grey = {0};
    rig_err err;
    assert_ok(rig_image_resize(&grey, 64, 48, 1, &err));
    memset(grey.data, 90, (size_t)(grey.stride * 48));
    assert_true(rig_test_each_allocation_fails(find_afresh, &grey) >= 1);
    rig_image_release(&grey);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(corners_lie_where_they_are_drawn),
        cmocka_unit_test(colours_say_which_corner_is_the_first),
        cmocka_unit_test(where_colours_do_not_say_the_upper_corner_is_first),
        cmocka_unit_test(no_board_is_no_failure),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    rig_cv_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
