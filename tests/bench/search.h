// A timed search for a board, for the benches of corners.
#ifndef RIG_TESTS_BENCH_SEARCH_H
#define RIG_TESTS_BENCH_SEARCH_H

#include "calib/corners.h"
#include "tests/bench/clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEARCH_RUNS = 3 };

static void check(rig_status status, const rig_err *err) {
    if (status == RIG_OK)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

// Milliseconds of the least of the runs: others use the machine too. found: out, from arena.
static double search_ms(const rig_image *grey, const rig_board *board, const rig_markers *markers,
                        rig_found_board *found, rig_arena *arena, rig_arena *scratch) {
    rig_err err;
    double least = INFINITY;
    check(rig_found_board_init(board, found, arena, &err), &err);
    for (int run = 0; run < SEARCH_RUNS; run++) {
        double start = now_s();
        check(rig_corners_find(grey, board, markers, found, scratch, &err), &err);
        least = fmin(least, now_s() - start);
        rig_arena_clear(scratch);
    }
    return 1e3 * least;
}

#endif
