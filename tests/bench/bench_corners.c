// How many boards are found, how exactly, and how soon, in drawn pictures, in clutter without a board and, where there
// are any, in real ones. One line a set of pictures:
//   set, who, found, of how many, milliseconds a picture (mean and worst), pixels off the truth (median and worst of
//   the boards' rms; 0 0: not known), rms of the calibrations that the corners give (the worst camera; 0: not asked)
// usage: bench_corners [--pictures DIR]    also writes the drawn pictures, and DIR/list.txt for the peers:
//   set, group, path, cols, rows, and as many pairs of truth or none
#include "tests/bench/search.h"
#include "tests/unit/calib/drawn_board.h"
#include "tests/unit/calib/drawn_clutter.h"

#include "calib/intrinsics.h"
#include "cv/cv.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWN = 120, WIDTH = 1280, HEIGHT = 720, FULL_WIDTH = 1920, FULL_HEIGHT = 1080, CORNERS_MAX = 88 };

typedef struct tally {
    const char *set;
    int n, n_found;
    double sum_ms, worst_ms, off[DRAWN], rms_px;
} tally;

static rig_arena arena, scratch;
static const char *folder; // NULL: nothing is written
static FILE *list;

static bool search(tally *t, const rig_image *grey, const rig_board *board, double (*q)[2]) {
    rig_found_board found;
    rig_arena_mark mark = rig_arena_tell(&arena);
    double ms = search_ms(grey, board, NULL, &found, &arena, &scratch);
    memcpy(q, found.q, sizeof *q * (size_t)rig_board_n(board));
    rig_arena_rewind(&arena, mark);
    t->n++, t->n_found += found.n_seen > 0;
    t->sum_ms += ms, t->worst_ms = fmax(t->worst_ms, ms);
    return found.n_seen > 0;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void report(tally *t, bool truth_known) {
    int n = truth_known ? t->n_found : 0;
    qsort(t->off, (size_t)n, sizeof *t->off, by_size);
    printf("%-10s %-12s %4d %4d %8.2f %8.2f %8.4f %8.4f %8.4f\n", t->set, "rigpose", t->n_found, t->n, t->sum_ms / t->n,
           t->worst_ms, n ? t->off[n / 2] : 0, n ? t->off[n - 1] : 0, t->rms_px);
    fflush(stdout);
}

static void note(const tally *t, int group, const char *path, const rig_board *board, const double (*truth)[2]) {
    if (!list)
        return;
    fprintf(list, "%s\t%d\t%s\t%d\t%d\t", t->set, group, path, board->cols, board->rows);
    for (int i = 0; truth && i < rig_board_n(board); i++)
        fprintf(list, "%.6f %.6f ", truth[i][0], truth[i][1]);
    fprintf(list, "\n");
}

static void keep(const tally *t, const rig_image *grey, const rig_board *board, const double (*truth)[2]) {
    rig_err err;
    if (!folder)
        return;
    const char *path = rig_arena_printf(&arena, "%s/%s%03d.png", folder, t->set, t->n);
    check(rig_cv_image_write(path, grey, &err), &err);
    note(t, 0, path, board, truth);
}

static bool corners_inside(const drawn *d, const double (*q)[2]) {
    const double MARGIN_PX = 8;
    bool inside = true;
    for (int i = 0; i < rig_board_n(&d->board); i++)
        inside = inside && q[i][0] >= MARGIN_PX && q[i][1] >= MARGIN_PX && q[i][0] <= WIDTH - MARGIN_PX &&
                 q[i][1] <= HEIGHT - MARGIN_PX;
    return inside;
}

// A board of some shape, far or near, seen up to 65 degrees from the side, by lenses that bend lines, blurred by up to
// 1.5 px, under noise of up to 6 grey values and uneven light.
static drawn board_any(rig_rng *rng, int k) {
    static const int shapes[][2] = {{9, 6}, {7, 5}, {4, 7}, {11, 8}, {3, 3}, {5, 4}};
    static double q[CORNERS_MAX][2];
    const int *shape = shapes[k % 6];
    drawn d = drawn_board(shape[0], shape[1], WIDTH, HEIGHT);
    d.camera.lens = RIG_LENS_PINHOLE5;
    do {
        double f = rig_rng_uniform(rng, 600, 1400), axis = rig_rng_uniform(rng, 0, 6.283);
        double tilt = rig_rng_uniform(rng, 0, 1.13), roll = rig_rng_uniform(rng, -3.14, 3.14);
        double rvec[3] = {tilt * cos(axis), tilt * sin(axis), 0}, spin[3] = {0, 0, roll}, zero[3] = {0, 0, 0};
        const double at[2] = {rig_rng_uniform(rng, 100, WIDTH - 100), rig_rng_uniform(rng, 100, HEIGHT - 100)};
        d.camera.K[0] = d.camera.K[1] = f;
        d.camera.dist[0] = rig_rng_uniform(rng, f < 900 ? -0.25 : -0.1, 0.1), d.camera.dist[1] = 0.02;
        rig_pose tilted = rig_pose_from_rvec(rvec, zero), spun = rig_pose_from_rvec(spin, zero), both;
        both = rig_pose_mul(&tilted, &spun);
        rig_rotation_to_rvec(both.R, rvec);
        drawn_place(&d, rvec, at, rig_rng_uniform(rng, 10, 80));
        drawn_truth(&d, q);
    } while (!corners_inside(&d, (const double(*)[2])q));
    d.blur_px = rig_rng_uniform(rng, 0.4, 1.5), d.noise = rig_rng_uniform(rng, 0, 6), d.seed = (unsigned)k;
    d.shade = rig_rng_uniform(rng, 0, 0.6);
    return d;
}

static void drawn_boards(void) {
    static double q[CORNERS_MAX][2], truth[CORNERS_MAX][2];
    rig_image grey = {0};
    rig_rng rng = rig_rng_seed(17, 0);
    tally t = {.set = "drawn"};
    for (int k = 0; k < DRAWN; k++) {
        drawn d = board_any(&rng, k);
        int n = rig_board_n(&d.board);
        drawn_draw(&d, false, &grey, truth);
        keep(&t, &grey, &d.board, (const double(*)[2])truth);
        if (!search(&t, &grey, &d.board, q))
            continue;
        const double(*a)[2] = (const double(*)[2])q, (*b)[2] = (const double(*)[2])truth;
        t.off[t.n_found - 1] = fmin(drawn_rms(a, b, n, false), drawn_rms(a, b, n, true));
        if (d.board.cols == d.board.rows) // a quarter of a turn says no colour
            for (int turn = 0; turn < 2; turn++) {
                double turned[9][2];
                for (int i = 0; i < 9; i++)
                    memcpy(turned[i], q[turn ? 3 * (2 - i % 3) + i / 3 : 3 * (i % 3) + 2 - i / 3], sizeof *q);
                t.off[t.n_found - 1] = fmin(t.off[t.n_found - 1], drawn_rms((const double(*)[2])turned, b, 9, false));
            }
    }
    report(&t, true);
    rig_image_release(&grey);
}

static void clutters(void) {
    static double q[CORNERS_MAX][2];
    rig_board board = {.cols = 9, .rows = 6, .square_m = 1};
    rig_image grey = {0};
    tally all = {.set = "clutter"};
    for (int kind = 0; kind < N_CLUTTERS; kind++) {
        tally t = {.set = "clutter"};
        clutter_draw((clutter)kind, FULL_WIDTH, FULL_HEIGHT, 0, &grey);
        keep(&all, &grey, &board, NULL);
        search(&t, &grey, &board, q);
        fprintf(stderr, "  %-16s %6.2f ms\n", CLUTTER_NAMES[kind], t.worst_ms);
        all.n++, all.n_found += t.n_found, all.sum_ms += t.sum_ms, all.worst_ms = fmax(all.worst_ms, t.worst_ms);
    }
    report(&all, false);
    rig_image_release(&grey);
}

// The pictures of one real camera, added to the tally, and the rms of what they calibrate.
static void camera_search(tally *t, int group, const rig_board *board, const char *const *paths, int n) {
    rig_view_corners seen = {.view = "camera", .boards = RIG_NEW(&arena, rig_board_view, n)};
    rig_image grey = {0};
    rig_view_camera camera;
    rig_err err;
    for (int i = 0; i < n; i++) {
        double(*q)[2] = rig_arena_alloc(&arena, (size_t)rig_board_n(board), sizeof *q);
        check(rig_cv_image_read(paths[i], true, &grey, NULL, &err), &err);
        seen.width = grey.width, seen.height = grey.height;
        note(t, group, paths[i], board, NULL);
        if (search(t, &grey, board, q))
            seen.boards[seen.n++] = (rig_board_view){.frame = i, .q = q};
    }
    check(rig_intrinsics_solve(board, &seen, RIG_LENS_PINHOLE5, &camera, &arena, &scratch, &err), &err);
    rig_arena_clear(&scratch);
    t->rms_px = fmax(t->rms_px, camera.rms_px);
    rig_image_release(&grey);
}

static void real_boards(const char *data) {
    rig_board stereo = {.cols = 9, .rows = 6, .square_m = 1}, lab = {.cols = 4, .rows = 7, .square_m = 0.06};
    tally t = {.set = "stereo"}, u = {.set = "lab"};
    const char *paths[14];
    for (int side = 0; side < 2; side++) {
        int n = 0;
        for (int i = 1; i <= 14; i++)
            if (i != 10) // as OpenCV's own list has it
                paths[n++] = rig_arena_printf(&arena, "%s/stereo/%s%02d.jpg", data, side ? "right" : "left", i);
        camera_search(&t, side, &stereo, paths, n);
    }
    report(&t, false);
    for (int c = 1; c <= 4; c++) {
        for (int i = 1; i <= 7; i++)
            paths[i - 1] =
                rig_arena_printf(&arena, "%s/pose2sim/intrinsics/cam%02d/cam%02d_%02d_int.jpg", data, c, c, i);
        camera_search(&u, c, &lab, paths, 7);
    }
    report(&u, false);
}

int main(int argc, char **argv) {
    const char *data = rig_test_real_data();
    if (argc == 3 && strcmp(argv[1], "--pictures") == 0) {
        folder = argv[2];
        list = fopen(rig_arena_printf(&arena, "%s/list.txt", folder), "w");
        if (!list) {
            perror(folder);
            return 1;
        }
    }
    rig_cv_init();
    drawn_boards();
    clutters();
    if (data)
        real_boards(data);
    if (list && fclose(list) != 0)
        return 1;
    rig_arena_release(&arena);
    rig_arena_release(&scratch);
    return 0;
}
