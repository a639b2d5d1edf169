#include "calib/extrinsics.h"
#include "calib/mirror.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

enum { VIEWS = 4, FRAMES = 24 };

// What a corner finder sees of a camera whose pictures are mirrored, and the lens that fits them.
static void mirror(made_rig *rig, int view) {
    rig_camera *camera = &rig->cameras[view];
    const int cols = rig->board.cols;
    camera->K[2] = camera->width - 1 - camera->K[2];
    camera->dist[3] = -camera->dist[3];
    for (int b = 0; b < rig->seen[view].n; b++) {
        double(*q)[2] = rig->seen[view].boards[b].q;
        for (int i = 0; i < rig_board_n(&rig->board); i++)
            q[i][0] = camera->width - 1 - q[i][0];
        for (int y = 0; y < rig->board.rows; y++) // rows go to the right
            for (int x = 0; x < cols / 2; x++)
                for (int k = 0; k < 2; k++) {
                    double *a = &q[y * cols + x][k], *c = &q[y * cols + cols - 1 - x][k], kept = *a;
                    *a = *c, *c = kept;
                }
    }
}

static int find(const made_rig *rig, bool mirrored[VIEWS]) {
    rig_arena scratch = {0};
    rig_err err;
    const rig_camera *cameras[VIEWS];
    int n;
    for (int v = 0; v < rig->n_cameras; v++)
        cameras[v] = &rig->cameras[v];
    assert_ok(rig_mirrored_find(&rig->board, rig->seen, rig->n_cameras, cameras, mirrored, &n, &scratch, &err));
    rig_arena_release(&scratch);
    return n;
}

static void the_mirrored_views_are_named(void **state) {
    (void)state;
    static const int OF[][2] = {{1, -1}, {0, -1}, {3, -1}, {-1, -1}, {0, 2}};
    for (size_t k = 0; k < sizeof OF / sizeof *OF; k++) {
        made_rig rig;
        bool mirrored[VIEWS];
        int n = 0;
        made_rig_init(&rig, OF[k][1] < 0 ? VIEWS - 1 + (OF[k][0] == 3) : VIEWS, FRAMES, 0.2, 7 + k);
        for (int i = 0; i < 2 && OF[k][i] >= 0; i++)
            mirror(&rig, OF[k][i]), n++;
        assert_int_equal(find(&rig, mirrored), n);
        for (int v = 0; v < rig.n_cameras && 2 * n < rig.n_cameras; v++)
            assert_int_equal(mirrored[v], n > 0 && v == OF[k][0]);
        made_rig_release(&rig);
    }
}

static void other_faults_are_no_mirrors(void **state) {
    (void)state;
    for (int fault = 0; fault < 4; fault++) {
        made_rig rig;
        bool mirrored[VIEWS];
        made_rig_init(&rig, 3, FRAMES, 0.2, 3);
        for (int b = 0; b < rig.seen[1].n; b++) {
            rig_board_view *board = &rig.seen[1].boards[b];
            if (fault == 0)
                board->frame += 1; // late
            for (int i = 0; i < rig_board_n(&rig.board); i++)
                if (fault == 1 && b > rig.seen[1].n / 2)
                    board->q[i][0] += 40; // bumped
        }
        if (fault == 2) { // exchanged
            rig_view_corners kept = rig.seen[0];
            rig.seen[0] = rig.seen[1], rig.seen[1] = kept;
        }
        if (fault == 3) // another lens
            rig.cameras[1].K[0] *= 1.2, rig.cameras[1].K[1] *= 1.2;
        assert_int_equal(find(&rig, mirrored), 0);
        made_rig_release(&rig);
    }
}

static void extrinsics_says_so(void **state) {
    (void)state;
    made_rig rig;
    rig_view_camera cameras[VIEWS];
    rig_calibration calibration = {.n = 3, .cameras = cameras};
    rig_arena out = {0}, scratch = {0};
    rig_err err;
    made_rig_init(&rig, 3, FRAMES, 0.2, 7);
    mirror(&rig, 1);
    for (int v = 0; v < 3; v++) {
        cameras[v] = (rig_view_camera){.camera = rig.cameras[v]};
        snprintf(cameras[v].view, RIG_NAME_MAX, "c%d", v + 1);
    }
    assert_int_equal(rig_extrinsics_solve(&rig.board, rig.seen, 3, NULL, 0, false, &calibration, &out, &scratch, &err),
                     RIG_ERR_DATA);
    assert_contains(err.text, "the picture of 'c2' is mirrored");
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    made_rig_release(&rig);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mirrored_views_are_named),
        cmocka_unit_test(other_faults_are_no_mirrors),
        cmocka_unit_test(extrinsics_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
