// io/config_problems.c: everything that is wrong with a rig YAML is told at once, each with its place.
#include "io/config.h"
#include "tests/support/support.h"

#include <string.h>

static rig_arena arena;
static rig_err err;
static rig_config config;

static rig_status text_read(const char *text) {
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    return rig_config_read(path, &config, &arena, &err);
}

static void assert_problem(int at, int line, int column, const char *words) {
    assert_in_range(at, 0, config.n_problems - 1);
    const rig_config_problem *problem = &config.problems[at];
    assert_contains(problem->text, words);
    assert_int_equal(problem->line, line);
    assert_int_equal(problem->column, column);
}

static void test_all_are_told(void **state) {
    (void)state;
    assert_int_equal(text_read("schema: rigpose/rig/1\n"
                               "feeds:\n"
                               "  quad: {grid: [2, two], views: [c1, c2, c1]}\n"
                               "  side: {views: [c3], fsp: 25}\n"
                               "views:\n"
                               "  c2: {rotate: 45, offset_s: late}\n"
                               "  c9: {rotate: 90}\n"
                               "recordings:\n"
                               "  board: {quad: b.mp4, top: t.mp4}\n"
                               "  walk: {side: [], step: 0}\n"
                               "intrinsics: {from: bord, lens: pinhole6}\n"
                               "keypoints: {source: openpose, people: p}\n"
                               "fps: 30\n"),
                     RIG_ERR_CONFIG);
    assert_problem(0, 3, 19, "feeds.quad.grid[1]: wrong type");
    assert_problem(1, 3, 41, "feeds.quad.views[2]: duplicate view name 'c1'");
    assert_problem(2, 4, 22, "feeds.side.fsp: unknown key, expected one of grid, views, fps; did you mean 'fps'?");
    assert_problem(3, 6, 7, "views.c2.rotate: 45 is not a quarter turn");
    assert_problem(4, 6, 19, "views.c2.offset_s: wrong type");
    assert_problem(5, 7, 2, "views.c9: no view 'c9', expected one of c1, c2, c3");
    assert_problem(6, 9, 23, "recordings.board.top: no feed 'top'");
    assert_problem(7, 10, 9, "recordings.walk.side: an empty list");
    assert_problem(8, 10, 19, "recordings.walk.step: 0 is out of range");
    assert_problem(9, 11, 13, "intrinsics.from: no recording 'bord', expected one of board, walk");
    assert_problem(10, 11, 25, "intrinsics.lens: 'pinhole6' is not known");
    assert_problem(11, 12, 30, "keypoints.people: the same path for all of 3 views");
    assert_problem(12, 13, 0, "fps: unknown key");
    assert_contains(config.problems[12].text, "did you mean 'feeds.FEED.fps'?");
    assert_int_equal(config.n_problems, 13);
    assert_contains(err.text, "rig.yaml:3: feeds.quad.grid[1]");
    assert_contains(err.text, " (and 12 more problems: run `rigpose check ");
}

// What hangs on a thing that could not be read is no problem of its own.
static void test_one_fault_is_told_once(void **state) {
    (void)state;
    const char *rest = "views: {c1: {rotate: 90}}\n"
                       "recordings: {b: {quad: b.mp4}, w: {quad: w.mp4}}\n"
                       "board: {corners: [9, 6], square_m: 0.1}\n"
                       "intrinsics: {from: b}\n"
                       "extrinsics: {from: b, world: {camera: c1}, lengths: [[c1, c2, 1.5]]}\n"
                       "stereo: {from: b, pair: [c1, c2]}\n"
                       "take: w\n";
    const char *of_board = "feeds: {quad: {grid: [2, 1], views: [c1, c2]}}\n"
                           "board: {corners: [9, 6], square_m: 0.1}\n"
                           "intrinsics: {from: b}\n"
                           "extrinsics: {from: b}\n" // whose world is the first view of b
                           "stereo: {from: b, pair: [c1, c2]}\n";
    static const char *const feeds[] = {"feeds: quad\n",
                                        "feeds: {quad: [c1, c2]}\n",
                                        "feeds: {quad: {view: [c1, c2]}}\n",
                                        "feeds: {quad: {grid: 2, views: [c1, c2]}}\n",
                                        "feeds: {quad: {grid: [2, 1], views: c1}}\n",
                                        "feeds: {}\n"};
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        assert_int_equal(text_read(rig_arena_printf(&arena, "schema: rigpose/rig/1\n%s%s", feeds[i], rest)),
                         RIG_ERR_CONFIG);
        for (int p = 0; p < config.n_problems; p++)
            assert_int_equal(config.problems[p].line, 2);
    }
    static const char *const recordings[] = {"{}", "{quid: b.mp4}", "[b.mp4]", "{frames: [0, 9]}", "{step: 2}"};
    for (size_t i = 0; i < sizeof recordings / sizeof *recordings; i++) {
        const char *text = rig_arena_printf(&arena, "schema: rigpose/rig/1\nrecordings: {b: %s, w: {quad: w.mp4}}\n%s",
                                            recordings[i], of_board);
        assert_int_equal(text_read(text), RIG_ERR_CONFIG);
        assert_int_equal(config.n_problems, 1);
        assert_int_equal(config.problems[0].line, 2);
    }
    assert_ok(text_read(
        rig_arena_printf(&arena, "schema: rigpose/rig/1\nfeeds: {quad: {grid: [2, 1], views: [c1, c2]}}\n%s", rest)));
    assert_int_equal(config.n_problems, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_told),
        cmocka_unit_test(test_one_fault_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
