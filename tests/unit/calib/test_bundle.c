#include "calib/bundle.h"
#include "calib/bundle_view.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <string.h>

static const double STEP = 1e-6;  // of a parameter's scale, for central differences
static const double SLOPE = 2e-6; // relative: what such a difference can tell
static const double SAME = 1e-9;  // relative: equal but for the order of sums

static void made_points(const made_rig *rig, double (*p)[3]) {
    for (int i = 0; i < rig_board_n(&rig->board); i++)
        rig_board_point(&rig->board, i, p[i]);
}

static double *number_of(rig_camera *camera, int i) {
    return i < 4 ? &camera->K[i] : &camera->dist[i - 4];
}

static void a_view_slopes_as_differences_say(void **state) {
    (void)state;
    made_rig rig;
    double p[54][3], H[RIG_VIEW_COLUMNS * RIG_VIEW_COLUMNS], g[RIG_VIEW_COLUMNS];
    made_rig_init(&rig, 1, 3, 2, 1);
    made_points(&rig, p);
    float sigma_px[54];
    double d_px[54];
    for (int i = 0; i < 54; i++)
        sigma_px[i] = 0.5f + (float)(i % 4);
    for (int way = 0; way < 4; way++) {
        rig_view_points points = {.n = 54, .p = (const double(*)[3])p, .huber_px = way % 2};
        points.q = (const double(*)[2])rig.seen[0].boards[0].q;
        points.sigma_px = way < 2 ? NULL : sigma_px;
        rig_points_centre(points.p, 54, points.centre);
        rig_pose pose = rig_pose_mul(&rig.Rt_cam_world[0], &rig.Rt_world_board[rig.seen[0].boards[0].frame]);
        double cost = rig_view_normal(&rig.cameras[0], &pose, &points, true, H, g);
        assert_near(rig_view_cost(&rig.cameras[0], &pose, &points), cost, SAME * cost);
        rig_view_distances(&rig.cameras[0], &pose, points.p, points.q, 54, d_px);
        double sum = 0;
        for (int i = 0; i < 54; i++)
            sum += pow(d_px[i] / rig_corner_sigma(points.sigma_px, i), 2) / 2;
        if (way % 2 == 0)
            assert_near(cost, sum, SAME * cost);
        for (int i = 0; i < 9; i++) {
            rig_camera low = rig.cameras[0], high = low;
            double h = i < 4 ? 1e3 * STEP : STEP;
            *number_of(&low, i) -= h, *number_of(&high, i) += h;
            double slope = (rig_view_cost(&high, &pose, &points) - rig_view_cost(&low, &pose, &points)) / (2 * h);
            assert_near(slope, g[i], SLOPE * (fabs(g[i]) + cost));
        }
        for (int i = 0; i < 6; i++) {
            double low[6] = {0}, high[6] = {0};
            low[i] = -STEP, high[i] = STEP;
            rig_pose below = rig_pose_stepped_about(&pose, points.centre, low);
            rig_pose above = rig_pose_stepped_about(&pose, points.centre, high);
            double slope =
                (rig_view_cost(&rig.cameras[0], &above, &points) - rig_view_cost(&rig.cameras[0], &below, &points)) /
                (2 * STEP);
            assert_near(slope, g[9 + i], SLOPE * (fabs(g[9 + i]) + 1e3 * cost));
        }
    }
    made_rig_release(&rig);
}

static void a_view_slopes_by_the_boards_shape_too(void **state) {
    (void)state;
    made_rig rig;
    double p[54][3], moved[54][3], dp[54][RIG_SHAPE_MAX][3], H[RIG_VIEW_COLUMNS * RIG_VIEW_COLUMNS];
    double g[RIG_VIEW_COLUMNS], plain[RIG_VIEW_COLUMNS];
    made_rig_init(&rig, 1, 3, 2, 1);
    made_points(&rig, p);
    memcpy(moved, p, sizeof p);
    for (int i = 0; i < 54; i++)
        for (int k = 0; k < RIG_SHAPE_MAX; k++)
            for (int j = 0; j < 3; j++)
                dp[i][k][j] = 0.1 * sin(i + 5 * k + 2 * j);
    rig_view_points points = {.n = 54, .p = (const double(*)[3])moved, .huber_px = 1};
    points.q = (const double(*)[2])rig.seen[0].boards[0].q;
    points.dp = (const double(*)[RIG_SHAPE_MAX][3])dp;
    rig_points_centre(points.p, 54, points.centre);
    rig_pose pose = rig_pose_mul(&rig.Rt_cam_world[0], &rig.Rt_world_board[rig.seen[0].boards[0].frame]);
    for (int lens = 0; lens < 2; lens++) {
        const int at = lens ? 9 : 0;
        double cost = rig_view_normal(&rig.cameras[0], &pose, &points, lens, H, plain);
        points.n_shape = RIG_SHAPE_MAX;
        rig_view_normal(&rig.cameras[0], &pose, &points, lens, H, g);
        points.n_shape = 0;
        for (int k = 0; k < RIG_SHAPE_MAX; k++) {
            double sides[2];
            for (int side = 0; side < 2; side++) {
                for (int i = 0; i < 54 * 3; i++)
                    moved[i / 3][i % 3] = p[i / 3][i % 3] + (side ? STEP : -STEP) * dp[i / 3][k][i % 3];
                sides[side] = rig_view_cost(&rig.cameras[0], &pose, &points);
            }
            memcpy(moved, p, sizeof p);
            assert_near((sides[1] - sides[0]) / (2 * STEP), g[at + k], SLOPE * (fabs(g[at + k]) + 1e3 * cost));
        }
        for (int i = 0; i < at + 6; i++) // the others' columns are what they were
            assert_near(g[i < at ? i : i + RIG_SHAPE_MAX], plain[i], SAME * fabs(plain[i]));
    }
    made_rig_release(&rig);
}

// A whole rig as a bundle, everything off by a little.
static void made_bundle(made_rig *rig, rig_bundle *b, bool own) {
    double(*p)[3] = rig_arena_alloc(&rig->arena, 54, sizeof *p);
    made_points(rig, p);
    *b = (rig_bundle){
        .n_points = 54, .p = (const double(*)[3])p, .n_cameras = rig->n_cameras, .n_boards = rig->n_frames};
    b->cameras = RIG_NEW(&rig->arena, rig_bundle_camera, rig->n_cameras);
    b->boards = RIG_NEW(&rig->arena, rig_bundle_board, rig->n_frames);
    b->views = RIG_NEW(&rig->arena, rig_bundle_view, rig->n_cameras * rig->n_frames);
    rig_rng rng = rig_rng_seed(8, 8);
    for (int c = 0; c < rig->n_cameras; c++) {
        b->cameras[c] = (rig_bundle_camera){.camera = rig->cameras[c], .Rt_cam_world = rig->Rt_cam_world[c]};
        b->cameras[c].held_pose = c == 0 || own;
        b->cameras[c].camera.K[0] *= 1.002;
        for (int k = 0; k < 3 && c > 0; k++)
            b->cameras[c].Rt_cam_world.t[k] += rig_rng_uniform(&rng, -0.01, 0.01);
        for (int i = 0; i < rig->seen[c].n; i++)
            b->views[b->n_views++] = (rig_bundle_view){
                .camera = c, .board = rig->seen[c].boards[i].frame, .q = (const double(*)[2])rig->seen[c].boards[i].q};
    }
    for (int f = 0; f < rig->n_frames; f++) {
        b->boards[f].Rt_world_board = rig->Rt_world_board[f];
        if (own)
            b->boards[f] =
                (rig_bundle_board){rig_pose_mul(&rig->Rt_cam_world[0], &rig->Rt_world_board[f]), true, false};
        for (int k = 0; k < 3; k++)
            b->boards[f].Rt_world_board.t[k] += rig_rng_uniform(&rng, -0.01, 0.01);
    }
}

static void what_is_held_stays_and_the_rest_arrives(void **state) {
    (void)state;
    made_rig rig;
    rig_bundle b;
    rig_bundle_report report;
    rig_bundle_options all = {0};
    rig_arena scratch = {0};
    rig_err err;
    made_rig_init(&rig, 3, 20, 0, 1);
    made_bundle(&rig, &b, false);
    b.cameras[1].held_lens = RIG_BUNDLE_HOLD_LENS;
    b.cameras[1].camera = rig.cameras[1];
    b.cameras[2].held_lens = 1u << 2 | 1u << 8; // cx, k3
    b.cameras[2].held_pose = true;
    b.cameras[2].Rt_cam_world = rig.Rt_cam_world[2];
    b.boards[3].held = true;
    b.boards[3].Rt_world_board = rig.Rt_world_board[3];
    assert_ok(rig_bundle_solve(&b, &all, true, &report, &rig.arena, &scratch, &err));
    assert_near(report.rms_px, 0, 1e-7);
    assert_int_equal(report.n_free, 9 + 6 + 7);
    assert_int_equal(report.at_lens[0], 0);
    assert_int_equal(report.at_pose[0], -1);
    assert_int_equal(report.at_lens[1], -1);
    assert_int_equal(report.at_pose[1], 9);
    assert_int_equal(report.at_lens[2], 15);
    assert_memory_equal(&b.cameras[1].camera, &rig.cameras[1], sizeof rig.cameras[1]);
    assert_memory_equal(&b.boards[3].Rt_world_board, &rig.Rt_world_board[3], sizeof(rig_pose));
    assert_true(b.cameras[2].camera.K[2] == rig.cameras[2].K[2]);
    assert_true(b.cameras[2].camera.dist[4] == rig.cameras[2].dist[4]);
    for (int k = 0; k < 3; k++)
        assert_near(b.cameras[1].Rt_cam_world.t[k], rig.Rt_cam_world[1].t[k], 1e-8);
    assert_near(b.cameras[2].camera.K[0], rig.cameras[2].K[0], 1e-5);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// The covariance of the elimination against the spread of many noisy solutions.
static void the_covariance_is_what_noise_does(void **state) {
    (void)state;
    enum { ROUNDS = 200 };
    const double SPREAD = 0.2; // relative, of a standard deviation from 200 draws: 4 sigma of its own
    rig_bundle_options all = {0};
    rig_arena scratch = {0};
    rig_err err;
    double sum[3] = {0}, squares[3] = {0}, sigma[3] = {0};
    for (int round = 0; round < ROUNDS; round++) {
        made_rig rig;
        rig_bundle b;
        rig_bundle_report report;
        rig_rng rng = rig_rng_seed(100 + (uint64_t)round, 0);
        made_rig_init(&rig, 2, 8, 0, 1);
        made_rig_look(&rig, &rng, 0.3);
        made_bundle(&rig, &b, false);
        assert_ok(rig_bundle_solve(&b, &all, true, &report, &rig.arena, &scratch, &err));
        const rig_pose *pose = &b.cameras[1].Rt_cam_world;
        double value[3] = {b.cameras[0].camera.K[0], b.cameras[1].camera.dist[0], pose->t[0]};
        int at[3] = {report.at_lens[0], report.at_lens[1] + 4, report.at_pose[1] + 3};
        rig_pose inverse = rig_pose_invert(&rig.Rt_cam_world[1]);
        rig_pose moved = rig_pose_mul(pose, &inverse); // near the identity: its shift is the step's
        value[2] = moved.t[0];
        for (int k = 0; k < 3; k++) {
            sum[k] += value[k] / ROUNDS;
            squares[k] += value[k] * value[k] / ROUNDS;
            sigma[k] += 0.3 * sqrt(report.covariance[at[k] * (report.n_free + 1)]) / ROUNDS;
        }
        made_rig_release(&rig);
    }
    for (int k = 0; k < 3; k++)
        assert_near(sqrt(squares[k] - sum[k] * sum[k]) / sigma[k], 1, SPREAD);
    rig_arena_release(&scratch);
}

static void corners_that_are_off_go_and_views_come_back(void **state) {
    (void)state;
    made_rig rig;
    rig_bundle b;
    rig_bundle_report report;
    rig_bundle_options options = {.corner_sigmas = 5, .view_ratio = 3};
    rig_arena scratch = {0};
    rig_err err;
    made_rig_init(&rig, 3, 20, 0.2, 1);
    made_bundle(&rig, &b, false);
    int n_corners = 54 * b.n_views;
    rig.seen[0].boards[0].q[7][0] += 50;
    rig.seen[1].boards[2].q[9][1] -= 3;
    b.views[5].doubtful = true;
    b.views[6].left_out = true;
    assert_ok(rig_bundle_solve(&b, &options, false, &report, &rig.arena, &scratch, &err));
    assert_int_equal(report.n_corners_left_out, 2);
    assert_int_equal(report.n_corners, n_corners - 54 - 2);
    assert_false(b.views[5].left_out);
    assert_true(b.views[6].left_out);
    assert_int_equal(b.views[6].n_used, 0);
    assert_int_equal(b.views[0].n_used, 53);
    assert_near(report.sigma_px, 0.2, 0.01);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

// A coefficient that moves no corner is open, and the covariance of all else stands.
static void what_is_open_is_told_and_the_rest_has_a_covariance(void **state) {
    (void)state;
    made_rig rig;
    rig_bundle b;
    rig_bundle_report report;
    rig_arena scratch = {0};
    rig_err err;
    made_rig_init(&rig, 2, 12, 0.3, 3);
    made_bundle(&rig, &b, false);
    for (int v = 0; v < b.n_views; v++) // nobody looks at what camera 1 saw
        b.views[v].left_out = b.views[v].camera == 1;
    const rig_bundle_options options = {.corner_sigmas = 5};
    assert_ok(rig_bundle_solve(&b, &options, true, &report, &rig.arena, &scratch, &err));
    for (int i = 0; i < report.n_free; i++) {
        const bool second = i >= report.at_lens[1];
        assert_int_equal(report.open[i], second);
        if (!second)
            assert_true(report.covariance[i * (report.n_free + 1)] < 1e6);
    }
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

static void nothing_to_use_is_an_error(void **state) {
    (void)state;
    made_rig rig;
    rig_bundle b;
    rig_bundle_report report;
    rig_bundle_options options = {.corner_sigmas = 5, .view_ratio = 3};
    rig_arena scratch = {0};
    rig_err err;
    made_rig_init(&rig, 2, 6, 0.2, 1);
    made_bundle(&rig, &b, false);
    for (int i = 0; i < b.n_boards; i++)
        b.boards[i].Rt_world_board.t[2] += 100; // behind
    assert_int_equal(rig_bundle_solve(&b, &options, false, &report, &rig.arena, &scratch, &err), RIG_ERR_NUMERIC);
    assert_contains(err.text, "no corners are left");
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_view_slopes_as_differences_say),
        cmocka_unit_test(a_view_slopes_by_the_boards_shape_too),
        cmocka_unit_test(what_is_held_stays_and_the_rest_arrives),
        cmocka_unit_test(the_covariance_is_what_noise_does),
        cmocka_unit_test(corners_that_are_off_go_and_views_come_back),
        cmocka_unit_test(what_is_open_is_told_and_the_rest_has_a_covariance),
        cmocka_unit_test(nothing_to_use_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
