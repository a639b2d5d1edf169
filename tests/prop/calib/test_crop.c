// A camera that is calibrated in a window of its feed is the one that is calibrated in the whole picture and moved
// there.
#include "calib/intrinsics.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

enum { ROUNDS = 4 };
static const double SAME_PX = 1e-4; // of the principal point and of pixels: two ways to one optimum

// The same boards in the pixels of a view of the picture.
static rig_view_corners corners_cropped(made_rig *rig, const rig_view_corners *whole, const rig_crop *crop) {
    const int n = rig_board_n(&rig->board);
    rig_view_corners seen = *whole;
    seen.width = crop->turns % 2 ? crop->rect.h : crop->rect.w;
    seen.height = crop->turns % 2 ? crop->rect.w : crop->rect.h;
    seen.boards = RIG_NEW(&rig->arena, rig_board_view, whole->n);
    assert_non_null(seen.boards);
    for (int b = 0; b < whole->n; b++) {
        seen.boards[b] = whole->boards[b];
        seen.boards[b].q = rig_arena_alloc(&rig->arena, (size_t)n, sizeof *seen.boards[b].q);
        assert_non_null(seen.boards[b].q);
        for (int i = 0; i < n; i++)
            rig_crop_from_src(crop->rect, crop->turns, whole->boards[b].q[i], seen.boards[b].q[i]);
    }
    return seen;
}

static rig_view_camera calibrate(made_rig *rig, const rig_view_corners *seen, const rig_crop *crop) {
    rig_view_camera camera;
    rig_arena scratch = {0};
    rig_err err;
    assert_ok(rig_intrinsics_solve(&rig->board, seen, RIG_LENS_PINHOLE5, &camera, &rig->arena, &scratch, &err));
    rig_arena_release(&scratch);
    camera.crop = *crop;
    return camera;
}

static void assert_same_camera(const rig_view_camera *a, const rig_view_camera *b) {
    assert_int_equal(a->camera.width, b->camera.width);
    assert_int_equal(a->camera.height, b->camera.height);
    for (int k = 0; k < 4; k++)
        assert_near(a->camera.K[k], b->camera.K[k], SAME_PX);
    for (int k = 0; k < 25; k++) {
        const double p[3] = {0.2 * (k % 5 - 2), 0.15 * (k / 5 - 2), 1.5};
        double qa[2], qb[2];
        assert_true(rig_camera_project(&a->camera, p, qa, NULL, NULL));
        assert_true(rig_camera_project(&b->camera, p, qb, NULL, NULL));
        assert_near(qa[0], qb[0], SAME_PX);
        assert_near(qa[1], qb[1], SAME_PX);
    }
}

static void cropped_then_calibrated_is_calibrated_then_moved(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 0);
    for (int round = 0; round < ROUNDS; round++) {
        made_rig rig;
        made_rig_init(&rig, 1, 30, 0.2, 40 + (uint64_t)round);
        const int w = rig.cameras[0].width, h = rig.cameras[0].height, turns = round % 4;
        const int x = (int)rig_rng_uniform(&rng, 20, 120), y = (int)rig_rng_uniform(&rng, 20, 90);
        const rig_crop whole = {"quad", {w, h}, {0, 0, w, h}, turns},
                       part = {"quad", {w, h}, {x, y, w - x - 60, h - y - 30}, turns};
        const rig_view_corners seen_whole = corners_cropped(&rig, &rig.seen[0], &whole),
                               seen_part = corners_cropped(&rig, &rig.seen[0], &part);
        rig_view_camera full = calibrate(&rig, &seen_whole, &whole), cropped = calibrate(&rig, &seen_part, &part);
        assert_true(rig_view_camera_recrop(&full, &part));
        assert_same_camera(&full, &cropped);
        assert_true(rig_view_camera_recrop(&cropped, &whole)); // and from the window to the whole picture
        assert_true(rig_view_camera_recrop(&full, &whole));
        assert_same_camera(&full, &cropped);
        made_rig_release(&rig);
    }
}

static void only_windows_of_one_picture_are_moved_between(void **state) {
    (void)state;
    const rig_crop crop = {"quad", {640, 480}, {10, 20, 300, 200}, 0};
    rig_crop others[4] = {crop, crop, crop, crop};
    others[0].picture[0] = 1280, others[1].turns = 1, others[2].rect = (rig_rect){0}, others[3].feed[0] = 'Q';
    for (int i = 0; i < 4; i++) {
        rig_view_camera camera = {.camera = {.width = 300, .height = 200, .K = {500, 500, 150, 100}}, .crop = crop};
        assert_false(rig_view_camera_recrop(&camera, &others[i]));
        assert_near(camera.camera.K[2], 150, 0);
        camera.camera.width = 150; // of a picture of half the size: someone scaled the camera and left the crop
        assert_false(rig_view_camera_recrop(&camera, &crop));
        camera.crop.rect.w = 0;
        assert_false(rig_view_camera_recrop(&camera, &crop));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cropped_then_calibrated_is_calibrated_then_moved),
        cmocka_unit_test(only_windows_of_one_picture_are_moved_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
