// Extrinsics: a camera that few corners place is told; one that many place is not. Moments at rest are one moment.
#include "calib/extrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

static made_rig rig;
static rig_arena out, scratch;
static rig_calibration found;

static void solve(void) {
    rig_err err;
    found = (rig_calibration){.n = rig.n_cameras, .cameras = RIG_NEW(&rig.arena, rig_view_camera, rig.n_cameras)};
    for (int i = 0; i < found.n; i++) {
        snprintf(found.cameras[i].view, RIG_NAME_MAX, "c%d", i + 1);
        found.cameras[i].camera = rig.cameras[i];
    }
    assert_ok(rig_extrinsics_solve(&rig.board, rig.seen, rig.n_cameras, NULL, 0, true, &found, &out, &scratch, &err));
}

static bool is_warned(const rig_view_camera *camera) {
    for (int i = 0; i < camera->n_warnings; i++)
        if (strcmp(camera->warnings[i], "pose") == 0)
            return true;
    return false;
}

static int release(void **state) {
    (void)state;
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
    return 0;
}

static void a_camera_that_few_corners_place_is_told(void **state) {
    (void)state;
    made_rig_init(&rig, 3, 40, 7, 5);
    solve();
    for (int c = 0; c < 3; c++)
        assert_false(is_warned(&found.cameras[c]));
    rig.seen[2].n = 4; // of four boards three rows of three corners, far from sharp
    for (int v = 0; v < 4; v++) {
        rig.seen[2].boards[v].seen = RIG_NEW(&rig.arena, bool, rig_board_n(&rig.board));
        for (int i = 0; i < 9; i++)
            rig.seen[2].boards[v].seen[i % 3 + rig.board.cols * (i / 3)] = true;
    }
    solve();
    assert_false(is_warned(&found.cameras[0]) || is_warned(&found.cameras[1]));
    assert_true(is_warned(&found.cameras[2]));
}

// The same moment again and again, each time with the same noise: nothing is held out that the fit has not seen.
static void moments_at_rest_hold_nothing_out(void **state) {
    (void)state;
    made_rig_init(&rig, 3, 12, 0.3, 6);
    solve();
    assert_true(found.held_out_rms_px > 0);
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < rig.seen[c].n; i++)
            rig.seen[c].boards[i].q = rig.seen[c].boards[i % 4].q;
    const int n = rig.seen[0].n < rig.seen[1].n ? rig.seen[0].n : rig.seen[1].n;
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < rig.seen[c].n; i++)
            rig.seen[c].boards[i].frame = i;
    assert_true(n >= 10);
    solve();
    assert_near(found.held_out_rms_px, 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_camera_that_few_corners_place_is_told, release),
        cmocka_unit_test_teardown(moments_at_rest_hold_nothing_out, release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
