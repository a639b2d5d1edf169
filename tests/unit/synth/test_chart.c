#include "tools/synth/chart.h"

#include "core/rng.h"

#include "tests/support/support.h"
#include "tests/unit/synth/viewpoint.h"

static const double CORNER_PX = 0.04;       // worst, without noise, of squares down to 10 px
static const double CORNER_BIAS_PX = 0.002; // the mean of all
static const rig_board board = {.cols = 9, .rows = 6, .square_m = 0.1};

static double ink_at(const rig_canvas *canvas, int x, int y) {
    return canvas->ink[y * canvas->width + x][1];
}

// The place to which all gradients around q are across: moved there, until it stands. half: of the window, px.
static bool saddle_fit(const rig_canvas *canvas, double q[2], int half) {
    for (int step = 0; step < 20; step++) {
        double a = 0, b = 0, c = 0, r[2] = {0, 0};
        const int cx = (int)lround(q[0]), cy = (int)lround(q[1]);
        if (cx < half + 2 || cy < half + 2 || cx >= canvas->width - half - 2 || cy >= canvas->height - half - 2)
            return false;
        for (int y = cy - half - 1; y <= cy + half + 1; y++)
            for (int x = cx - half - 1; x <= cx + half + 1; x++) {
                const double gx = ink_at(canvas, x + 1, y) - ink_at(canvas, x - 1, y);
                const double gy = ink_at(canvas, x, y + 1) - ink_at(canvas, x, y - 1);
                const double dx = (x - q[0]) / half, dy = (y - q[1]) / half, w = exp(-2 * (dx * dx + dy * dy));
                a += w * gx * gx, b += w * gx * gy, c += w * gy * gy;
                r[0] += w * gx * (gx * x + gy * y), r[1] += w * gy * (gx * x + gy * y);
            }
        const double det = a * c - b * b;
        if (!(det > 0))
            return false;
        const double to[2] = {(c * r[0] - b * r[1]) / det, (a * r[1] - b * r[0]) / det};
        const double moved = hypot(to[0] - q[0], to[1] - q[1]);
        q[0] = to[0], q[1] = to[1];
        if (moved < 1e-4)
            return true;
    }
    return true;
}

static rig_lights lamp(void) {
    rig_lights lights = {.n = 1, .sky = {0.3f, 0.3f, 0.3f}, .ground = {0.2f, 0.2f, 0.2f}, .up = {0, -1, 0}};
    lights.lamps[0] = (rig_lamp){{1, -2, -2}, {3, 3, 3}};
    return lights;
}

static rig_pose pose_draw(rig_rng *rng) {
    const double rvec[3] = {rig_rng_uniform(rng, -0.7, 0.7), rig_rng_uniform(rng, -0.7, 0.7),
                            rig_rng_uniform(rng, -3, 3)};
    const double middle[3] = {0.4, 0.25, 0};
    rig_pose Rt = rig_pose_from_rvec(rvec, middle);
    double back[3];
    rig_mat3_mul_vec(Rt.R, middle, back);
    for (int i = 0; i < 3; i++)
        Rt.t[i] = rig_rng_uniform(rng, -0.4, 0.4) - back[i];
    return Rt;
}

static void test_corners_are_drawn_where_the_camera_model_has_them(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_viewpoint viewpoint;
    rig_canvas canvas;
    const rig_lights lights = lamp();
    assert_ok(viewpoint_open(&viewpoint, 640, 480, &arena, &err));
    assert_ok(rig_canvas_make(&canvas, 640, 480, &arena, &err));
    rig_rng rng = rig_rng_seed(5, 1);
    double worst = 0, bias[2] = {0, 0};
    int n = 0;
    for (int board_no = 0; board_no < 12; board_no++) {
        const rig_pose Rt = pose_draw(&rng), Rt_cam_board = rig_pose_mul(&viewpoint.Rt_cam_world, &Rt);
        for (int i = 0; i < 640 * 480; i++) {
            canvas.z[i] = INFINITY;
            canvas.ink[i][1] = 12000;
        }
        rig_chart_draw(&canvas, &viewpoint, &lights, &board, &Rt);
        for (int i = 0; i < rig_board_n(&board); i++) {
            double p[3], p_cam[3], q[2], found[2];
            rig_board_point(&board, i, p);
            rig_pose_apply(&Rt_cam_board, p, p_cam);
            assert_true(rig_camera_project(&viewpoint.camera, p_cam, q, NULL, NULL));
            found[0] = round(q[0]), found[1] = round(q[1]);
            if (!saddle_fit(&canvas, found, 4))
                continue;
            n++;
            worst = fmax(worst, hypot(found[0] - q[0], found[1] - q[1]));
            for (int axis = 0; axis < 2; axis++)
                bias[axis] += found[axis] - q[axis];
        }
    }
    assert_true(n > 400);
    assert_near(worst, 0, CORNER_PX);
    assert_near(bias[0] / n, 0, CORNER_BIAS_PX);
    assert_near(bias[1] / n, 0, CORNER_BIAS_PX);
    rig_arena_release(&arena);
}

static double square_ink(const rig_canvas *canvas, const rig_viewpoint *viewpoint, const rig_pose *Rt, double u,
                         double v) {
    const double p[3] = {board.square_m * u, board.square_m * v, 0};
    double p_world[3], p_cam[3], q[2];
    rig_pose_apply(Rt, p, p_world);
    rig_pose_apply(&viewpoint->Rt_cam_world, p_world, p_cam);
    assert_true(rig_camera_project(&viewpoint->camera, p_cam, q, NULL, NULL));
    return ink_at(canvas, (int)lround(q[0]), (int)lround(q[1]));
}

static void test_the_first_square_is_black_the_margin_white_the_back_plain(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_viewpoint viewpoint;
    rig_canvas canvas;
    const rig_lights lights = lamp();
    assert_ok(viewpoint_open(&viewpoint, 320, 240, &arena, &err));
    assert_ok(rig_canvas_make(&canvas, 320, 240, &arena, &err));
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = -0.4, Rt.t[1] = -0.25;
    rig_chart_draw(&canvas, &viewpoint, &lights, &board, &Rt);
    const double black = square_ink(&canvas, &viewpoint, &Rt, 0.5, 0.5),
                 white = square_ink(&canvas, &viewpoint, &Rt, 1.5, 0.5);
    assert_true(white > 2.5 * black);
    assert_near(square_ink(&canvas, &viewpoint, &Rt, 1.5, 1.5), black, 0.2 * black);
    assert_near(square_ink(&canvas, &viewpoint, &Rt, 7.5, 4.5), white, 0.2 * white); // (cols + rows) is odd
    assert_near(square_ink(&canvas, &viewpoint, &Rt, -1.5, 2.5), white, 0.2 * white);
    assert_near(square_ink(&canvas, &viewpoint, &Rt, -2.3, 2.5), 0, 0);
    // Turned over, there is no print.
    const double over[3] = {0, 3.14159265358979, 0}, t[3] = {0.4, -0.25, 0};
    Rt = rig_pose_from_rvec(over, t);
    rig_chart_draw(&canvas, &viewpoint, &lights, &board, &Rt);
    const double back = square_ink(&canvas, &viewpoint, &Rt, 0.5, 0.5);
    assert_near(square_ink(&canvas, &viewpoint, &Rt, 1.5, 0.5), back, 0.05 * back);
    rig_arena_release(&arena);
}

static void test_what_is_nearer_hides_the_board(void **state) {
    (void)state;
    rig_arena arena = {0};
    rig_err err = {""};
    rig_viewpoint viewpoint;
    rig_canvas canvas;
    const rig_lights lights = lamp();
    assert_ok(viewpoint_open(&viewpoint, 64, 48, &arena, &err));
    assert_ok(rig_canvas_make(&canvas, 64, 48, &arena, &err));
    for (int i = 0; i < 64 * 48; i++)
        canvas.z[i] = i % 64 < 32 ? 1.0f : INFINITY;
    rig_pose Rt = rig_pose_identity();
    Rt.t[0] = -0.4, Rt.t[1] = -0.25;
    rig_chart_draw(&canvas, &viewpoint, &lights, &board, &Rt);
    assert_near(ink_at(&canvas, 28, 24), 0, 0);
    assert_true(ink_at(&canvas, 36, 24) > 0);
    assert_true(canvas.z[24 * 64 + 36] > 2 && canvas.z[24 * 64 + 36] < 4);
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_corners_are_drawn_where_the_camera_model_has_them),
        cmocka_unit_test(test_the_first_square_is_black_the_margin_white_the_back_plain),
        cmocka_unit_test(test_what_is_nearer_hides_the_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
