// Boards with markers in a rig YAML: what is read, and every refusal with its exact line, key and words.
#include "io/config.h"

#include "tests/unit/io/files.h"

static rig_status board_read(const char *text, rig_config *config, const char **path, rig_arena *arena, rig_err *err) {
    char whole[512];
    snprintf(whole, sizeof whole, "schema: rigpose/rig/1\n%s\nfeeds: {a: {views: [c1]}}\nrecordings: {r: {a: r.mp4}}\n",
             text);
    *path = file_put_text("rig.yaml", whole);
    return rig_config_read(*path, config, arena, err);
}

static void test_refusals(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } refusals[] = {
        {"board: {corners: [9, 6], square_m: 1, marker_m: 0.5}",
         "2: board.marker_m: does not apply to kind chessboard, expected only with charuco"},
        {"board: {kind: '', corners: [9, 6], square_m: 0.1}",
         "2: board.kind: '' is not known, expected one of chessboard, charuco, aprilgrid"},
        {"board: {kind: [charuco], corners: [9, 6], square_m: 0.1}",
         "2: board.kind: wrong type, expected a string, got a list of 1"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, dictionary: 4x4_50}",
         "2: board: key 'marker_m' is missing, expected with kind charuco"},
        {"board: {kind: charuco, corners: [3, 2], square_m: 0.1, marker_m: 0.05, dictionary: 4x4_50}",
         "2: board.corners: 2 squares between them, expected 4 or more: two markers must agree"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, marker_m: 0.07}",
         "2: board: key 'dictionary' is missing, expected with kind charuco"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, marker_m: 0.095, dictionary: 4x4_50}",
         "2: board.marker_m: 0.095, expected at most 0.9 of square_m (0.1): corners are found by the white about "
         "markers"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, marker_m: 0.07, dictionary: 36h11}",
         "2: board.dictionary: '36h11' is not known, expected one of 4x4_50, 4x4_100, 4x4_250, 4x4_1000, 5x5_50, "
         "5x5_100, 5x5_250, 5x5_1000, 6x6_50, 6x6_100, 6x6_250, 6x6_1000, 7x7_50, 7x7_100, 7x7_250, 7x7_1000, "
         "original"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, marker_m: 0.07, dictionary: 4x4_50, first_id: -1}",
         "2: board.first_id: -1 is out of range, expected a whole number from 0 to 999"},
        {"board: {kind: charuco, corners: [9, 6], square_m: 0.1, marker_m: 0.07, dictionary: 4x4_50, first_square: 1}",
         "2: board.first_square: '1' is not known, expected one of black, white"},
        {"board: {kind: aprilgrid, tag_m: 0.08, gap_m: 0.02}",
         "2: board: key 'tags' is missing, expected with kind aprilgrid"},
        {"board: {kind: aprilgrid, tags: [6, 6], gap_m: 0.02}",
         "2: board: key 'tag_m' is missing, expected with kind aprilgrid"},
        {"board: {kind: aprilgrid, tags: [6, 6], tag_m: 0.08}",
         "2: board: key 'gap_m' is missing, expected with kind aprilgrid"},
        {"board: {kind: aprilgrid, tags: [1, 1], tag_m: 0.08, gap_m: 0.02}",
         "2: board.tags: one tag, expected two or more: they must agree"},
        {"board: {kind: aprilgrid, tags: [26, 6], tag_m: 0.08, gap_m: 0.02}",
         "2: board.tags[0]: 26 is out of range, expected a whole number from 1 to 25"},
        {"board: {kind: aprilgrid, tags: [6, 6], tag_m: 0.08, gap_m: 0.3}",
         "2: board.gap_m: 0.3, expected 0.1 to 1 of tag_m (0.08)"},
        {"board: {kind: aprilgrid, tags: [6, 6], tag_m: 0.08, gap_m: 0.02, first_row: low}",
         "2: board.first_row: 'low' is not known, expected one of top, bottom"},
        {"board: {kind: aprilgrid, tags: [6, 6], tag_m: 0.08, gap_m: 0.02, dictionary: 4x4_50}",
         "2: board.dictionary: '4x4_50' is not known, expected one of 16h5, 25h9, 36h10, 36h11"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        rig_arena arena = {NULL};
        rig_config config;
        rig_err err;
        const char *path;
        assert_int_equal(board_read(refusals[i].text, &config, &path, &arena, &err), RIG_ERR_CONFIG);
        assert_string_equal(err.text, rig_arena_printf(&arena, "%s:%s", path, refusals[i].message));
        rig_arena_release(&arena);
    }
}

static void test_what_is_read(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_config config;
    rig_err err;
    const char *path;
    assert_ok(board_read("board: {kind: charuco, corners: [8, 5], square_m: 0.04, marker_m: 0.03, dictionary: 5x5_100, "
                         "first_id: 3, first_square: white}",
                         &config, &path, &arena, &err));
    assert_int_equal(config.board.kind, RIG_BOARD_CHARUCO);
    assert_int_equal(config.board.cols, 8);
    assert_int_equal(config.board.rows, 5);
    assert_near(config.board.marker_m, 0.03, 0);
    assert_int_equal(config.board.dictionary, 5);
    assert_int_equal(config.board.first_id, 3);
    assert_true(config.board.other_way);
    assert_ok(board_read("board: {kind: aprilgrid, tags: [6, 4], tag_m: 0.088, gap_m: 0.0264}", &config, &path, &arena,
                         &err));
    assert_int_equal(config.board.kind, RIG_BOARD_APRILGRID);
    assert_int_equal(config.board.cols, 12);
    assert_int_equal(config.board.rows, 8);
    assert_near(config.board.square_m, 0.088, 0);
    assert_near(config.board.gap_m, 0.0264, 0);
    assert_int_equal(config.board.dictionary, 3); // 36h11, from the bottom, where nothing is said: as Kalibr has it
    assert_true(config.board.other_way);
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals), cmocka_unit_test(test_what_is_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
