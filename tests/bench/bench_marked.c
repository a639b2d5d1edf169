// Boards with markers in drawn pictures, whole and in part, and in clutter without a board. One line a set of pictures:
//   set, who, corners found, of how many in the picture, milliseconds a picture (mean and worst), pixels off the truth
//   (root mean square, and the farthest corner)
// usage: bench_marked [--pictures DIR]    also writes the pictures, and DIR/marked.txt for the peers:
//   set, path, cols, rows, and the true corners
#include "tests/bench/search.h"
#include "tests/unit/calib/drawn_board.h"
#include "tests/unit/calib/drawn_clutter.h"

#include "cv/cv.h"

#include <stdlib.h>
#include <string.h>

enum { PICTURES = 60, WIDTH = 1280, HEIGHT = 720, FULL_WIDTH = 1920, FULL_HEIGHT = 1080, CORNERS_MAX = 144 };
static const double INSIDE_PX = 12; // corners nearer to the picture's edge are not asked for

typedef struct tally {
    const char *set;
    int n_pictures, n_corners, n_found;
    double sum_ms, worst_ms, squares, farthest;
} tally;

static rig_arena arena, scratch;
static const char *folder; // NULL: nothing is written
static FILE *list;

static void search(tally *t, const rig_image *grey, const drawn *d, const double (*truth)[2]) {
    rig_found_board found;
    double ms = search_ms(grey, &d->board, d->markers, &found, &arena, &scratch);
    t->n_pictures++, t->n_found += found.n_seen;
    t->sum_ms += ms, t->worst_ms = fmax(t->worst_ms, ms);
    for (int i = 0; truth && i < rig_board_n(&d->board); i++) {
        double off = found.seen[i] ? hypot(found.q[i][0] - truth[i][0], found.q[i][1] - truth[i][1]) : 0;
        t->squares += off * off, t->farthest = fmax(t->farthest, off);
        t->n_corners += truth[i][0] >= INSIDE_PX && truth[i][1] >= INSIDE_PX && truth[i][0] <= WIDTH - INSIDE_PX &&
                        truth[i][1] <= HEIGHT - INSIDE_PX;
    }
}

static void report(const tally *t) {
    printf("%-10s %-12s %4d %4d %8.2f %8.2f %8.4f %8.4f\n", t->set, "rigpose", t->n_found, t->n_corners,
           t->sum_ms / t->n_pictures, t->worst_ms, t->n_found ? sqrt(t->squares / t->n_found) : 0, t->farthest);
    fflush(stdout);
}

static void keep(const tally *t, const rig_image *grey, const rig_board *board, const double (*truth)[2]) {
    rig_err err;
    if (!folder)
        return;
    const char *path = rig_arena_printf(&arena, "%s/%s%03d.png", folder, t->set, t->n_pictures);
    check(rig_cv_image_write(path, grey, &err), &err);
    fprintf(list, "%s\t%s\t%d\t%d\t", t->set, path, board->cols, board->rows);
    for (int i = 0; truth && i < rig_board_n(board); i++)
        fprintf(list, "%.6f %.6f ", truth[i][0], truth[i][1]);
    fprintf(list, "\n");
}

// 8 x 5 corners of 5x5_100, or 6 x 4 tags as Kalibr prints them.
static drawn board_make(rig_board_kind kind, rig_markers *markers) {
    rig_err err;
    drawn d = kind == RIG_BOARD_CHARUCO ? drawn_board(8, 5, WIDTH, HEIGHT) : drawn_board(12, 8, WIDTH, HEIGHT);
    d.board.kind = kind, d.markers = markers, d.border = 1;
    d.board.dictionary = kind == RIG_BOARD_CHARUCO ? 5 : 3;
    d.board.marker_m = 0.75;
    if (kind == RIG_BOARD_APRILGRID)
        d.board.gap_m = 0.3, d.board.other_way = true, d.border = 2;
    check(rig_cv_markers_load(&d.board, markers, &arena, &err), &err);
    return d;
}

// Anywhere in the picture, its middle too: a corner of the board may be all that shows. Squares of 25 to 90 pixels,
// seen up to 57 degrees from the side; blur of up to 1.5 px, noise of up to 6 grey values, uneven light, a lens that
// bends.
static void board_place(drawn *d, rig_rng *rng, int k) {
    double f = rig_rng_uniform(rng, 700, 1400), axis = rig_rng_uniform(rng, 0, 6.283),
           tilt = rig_rng_uniform(rng, 0, 1);
    double rvec[3] = {tilt * cos(axis), tilt * sin(axis), 0}, spin[3] = {0, 0, rig_rng_uniform(rng, -3.14, 3.14)};
    const double at[2] = {rig_rng_uniform(rng, 0, WIDTH), rig_rng_uniform(rng, 0, HEIGHT)}, zero[3] = {0, 0, 0};
    d->camera.lens = RIG_LENS_PINHOLE5;
    d->camera.K[0] = d->camera.K[1] = f;
    d->camera.dist[0] = rig_rng_uniform(rng, -0.1, 0.1), d->camera.dist[1] = 0.02;
    rig_pose tilted = rig_pose_from_rvec(rvec, zero), spun = rig_pose_from_rvec(spin, zero);
    rig_pose both = rig_pose_mul(&tilted, &spun);
    rig_rotation_to_rvec(both.R, rvec);
    drawn_place(d, rvec, at, rig_rng_uniform(rng, 25, 90));
    d->blur_px = rig_rng_uniform(rng, 0.4, 1.5), d->noise = rig_rng_uniform(rng, 0, 6), d->seed = (unsigned)k;
    d->shade = rig_rng_uniform(rng, 0, 0.6);
}

static void boards(rig_board_kind kind, const char *set) {
    static double truth[CORNERS_MAX][2];
    rig_markers markers;
    rig_image grey = {0};
    rig_rng rng = rig_rng_seed(23, (uint64_t)kind);
    drawn d = board_make(kind, &markers);
    tally t = {.set = set};
    for (int k = 0; k < PICTURES; k++) {
        board_place(&d, &rng, k);
        drawn_draw(&d, false, &grey, truth);
        keep(&t, &grey, &d.board, (const double(*)[2])truth);
        search(&t, &grey, &d, (const double(*)[2])truth);
    }
    report(&t);
    rig_image_release(&grey);
}

static void clutters(rig_board_kind kind, const char *set) {
    rig_markers markers;
    rig_image grey = {0};
    drawn d = board_make(kind, &markers);
    tally t = {.set = set};
    for (int k = 0; k < N_CLUTTERS; k++) {
        clutter_draw((clutter)k, FULL_WIDTH, FULL_HEIGHT, 0, &grey);
        keep(&t, &grey, &d.board, NULL);
        search(&t, &grey, &d, NULL);
    }
    report(&t);
    rig_image_release(&grey);
}

int main(int argc, char **argv) {
    if (argc == 3 && strcmp(argv[1], "--pictures") == 0) {
        folder = argv[2];
        list = fopen(rig_arena_printf(&arena, "%s/marked.txt", folder), "w");
        if (!list) {
            perror(folder);
            return 1;
        }
    }
    rig_cv_init();
    boards(RIG_BOARD_CHARUCO, "charuco");
    clutters(RIG_BOARD_CHARUCO, "in clutter");
    boards(RIG_BOARD_APRILGRID, "aprilgrid");
    clutters(RIG_BOARD_APRILGRID, "in clutter");
    if (list && fclose(list) != 0)
        return 1;
    rig_arena_release(&arena);
    rig_arena_release(&scratch);
    return 0;
}
