#include "io/results.h"

#include "tests/unit/io/files.h"

static const double ROUNDING_PX = 0.5e-4 + 1e-9; // corners are written with four decimals

static rig_inputs INPUTS = {2, {{"rig.board", "00ff"}, {"recording.board", "abcd"}}};

// A board of 3 x 2 seen twice in view c1 and never in c2, and a recording without views.
typedef struct sample {
    double q[2][6][2];
    rig_board_view boards[2];
    rig_view_corners views[2];
    rig_recording_corners recordings[2];
    rig_corners_file file;
} sample;

static const rig_corners_file *sample_init(sample *s) {
    for (int b = 0; b < 2; b++) {
        for (int i = 0; i < 6; i++) {
            s->q[b][i][0] = 100.123456 + 31.7 * i + b;
            s->q[b][i][1] = 50 - 1e-7 * i;
        }
        s->boards[b] = (rig_board_view){.frame = 12 + 7 * b, .q = s->q[b]};
    }
    s->views[0] = (rig_view_corners){.view = "c1",
                                     .width = 1920,
                                     .height = 1080,
                                     .n_searched = 300,
                                     .n = 2,
                                     .boards = s->boards,
                                     .n_followed = 1,
                                     .n_part = 2,
                                     .n_still = 290,
                                     .n_rested = 3};
    s->views[1] = (rig_view_corners){.view = "no", .width = 640, .height = 480, .n_searched = 300};
    s->recordings[0] = (rig_recording_corners){"board", 2, s->views};
    s->recordings[1] = (rig_recording_corners){"floor 1", 0, NULL};
    s->file = (rig_corners_file){{.cols = 3, .rows = 2, .square_m = 0.1}, 2, s->recordings};
    return &s->file;
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_corners_file read;
    const char *path = file_path("20_corners.yaml");
    assert_ok(rig_corners_write(path, sample_init(&s), &INPUTS, &err));
    assert_ok(rig_corners_read(path, &read, &out, &err));
    assert_int_equal(read.board.cols, 3);
    assert_int_equal(read.board.rows, 2);
    assert_near(read.board.square_m, 0.1, 0);
    assert_int_equal(read.n, 2);
    assert_string_equal(read.recordings[0].recording, "board");
    assert_int_equal(read.recordings[0].n_views, 2);
    const rig_view_corners *view = &read.recordings[0].views[0];
    assert_string_equal(view->view, "c1");
    assert_int_equal(view->width, 1920);
    assert_int_equal(view->height, 1080);
    assert_int_equal(view->n_searched, 300);
    assert_int_equal(view->n_followed, 1);
    assert_int_equal(view->n_part, 2);
    assert_int_equal(view->n_still, 290);
    assert_int_equal(view->n_rested, 3);
    assert_int_equal(view->n, 2);
    assert_int_equal(view->boards[1].frame, 19);
    for (int b = 0; b < 2; b++)
        for (int i = 0; i < 6; i++)
            for (int axis = 0; axis < 2; axis++)
                assert_near(view->boards[b].q[i][axis], s.q[b][i][axis], ROUNDING_PX);
    assert_string_equal(read.recordings[0].views[1].view, "no");
    assert_int_equal(read.recordings[0].views[1].n, 0);
    assert_int_equal(read.recordings[0].views[1].n_searched, 300);
    assert_string_equal(read.recordings[1].recording, "floor 1");
    assert_int_equal(read.recordings[1].n_views, 0);
    rig_arena_release(&out);
}

static void test_equal_corners_give_equal_bytes(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_corners_file read;
    const char *a = file_path("a.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_corners_write(a, sample_init(&s), &INPUTS, &err));
    assert_ok(rig_corners_write(b, &s.file, &INPUTS, &err));
    assert_same_bytes(a, b);
    assert_ok(rig_corners_read(a, &read, &out, &err));
    assert_ok(rig_corners_write(b, &read, &INPUTS, &err));
    assert_same_bytes(a, b);
    rig_arena_release(&out);
}

static void test_boards_with_markers_and_corners_not_seen(void **state) {
    (void)state;
    const rig_board boards[2] = {{.kind = RIG_BOARD_CHARUCO,
                                  .cols = 3,
                                  .rows = 3,
                                  .square_m = 0.04,
                                  .marker_m = 0.03,
                                  .dictionary = 5,
                                  .first_id = 7,
                                  .other_way = true},
                                 {.kind = RIG_BOARD_APRILGRID,
                                  .cols = 2,
                                  .rows = 4,
                                  .square_m = 0.08,
                                  .gap_m = 0.02,
                                  .dictionary = 1,
                                  .first_id = 2}};
    for (int kind = 0; kind < 2; kind++) {
        sample s;
        rig_arena out = {NULL};
        rig_err err = {""};
        rig_corners_file read;
        double q[9][2];
        float sigma_px[9];
        bool seen[9];
        int n = rig_board_n(&boards[kind]);
        for (int i = 0; i < n; i++)
            q[i][0] = 10 + i, q[i][1] = 20.5, sigma_px[i] = 0.05F + 0.01F * (float)i, seen[i] = i != 1 && i != 4;
        sample_init(&s);
        s.boards[0] = s.boards[1] = (rig_board_view){.frame = 12, .q = q, .seen = seen, .sigma_px = sigma_px};
        s.boards[1].frame = 13, s.boards[1].seen = NULL;
        s.file.board = boards[kind];
        const char *path = file_path("marked.yaml"), *again = file_path("again.yaml");
        assert_ok(rig_corners_write(path, &s.file, &INPUTS, &err));
        assert_ok(rig_corners_read(path, &read, &out, &err));
        assert_memory_equal(&read.board.kind, &boards[kind].kind, sizeof read.board.kind);
        assert_int_equal(read.board.cols, boards[kind].cols);
        assert_int_equal(read.board.rows, boards[kind].rows);
        assert_near(read.board.square_m, boards[kind].square_m, 0);
        assert_near(read.board.marker_m, boards[kind].marker_m, 0);
        assert_near(read.board.gap_m, boards[kind].gap_m, 0);
        assert_int_equal(read.board.dictionary, boards[kind].dictionary);
        assert_int_equal(read.board.first_id, boards[kind].first_id);
        assert_int_equal(read.board.other_way, boards[kind].other_way);
        const rig_board_view *part = &read.recordings[0].views[0].boards[0], *all = part + 1;
        assert_null(all->seen);
        for (int i = 0; i < n; i++) {
            assert_int_equal(part->seen[i], seen[i]);
            assert_near(part->q[i][0], seen[i] ? q[i][0] : 0, ROUNDING_PX);
            assert_near(all->sigma_px[i], sigma_px[i], 0.5e-3 + 1e-6); // three decimals
            assert_near(part->sigma_px[i], seen[i] ? (double)sigma_px[i] : 0, 0.5e-3 + 1e-6);
        }
        assert_ok(rig_corners_write(again, &read, &INPUTS, &err));
        assert_same_bytes(path, again);
        rig_arena_release(&out);
    }
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *path = file_path("20_corners.yaml");
    assert_ok(rig_corners_write(path, sample_init(&s), &INPUTS, &err));
    assert_pyyaml(path, "list(d)[:3] == ['schema', 'made_by', 'inputs'] and d['schema'] == 'rigpose/corners/1'"
                        " and d['inputs'] == {'rig.board': '00ff', 'recording.board': 'abcd'}"
                        " and d['board'] == {'kind': 'chessboard', 'corners': [3, 2], 'square_m': 0.1}"
                        " and d['recordings']['board']['c1']['size'] == [1920, 1080]"
                        " and d['recordings']['board']['c1']['frames'][1]['frame'] == 19"
                        " and d['recordings']['board']['c1']['frames'][0]['corners'][1] == [131.8235, 50]"
                        " and d['recordings']['board']['no']['frames'] == []");
}

static const char MINIMAL[] = "schema: rigpose/corners/1\n"
                              "board: {kind: chessboard, corners: [2, 2], square_m: 0.1}\n"
                              "recordings:\n"
                              "  board:\n"
                              "    c1:\n"
                              "      size: [640, 480]\n"
                              "      frames:\n"
                              "        - {frame: 3, corners: [[1, 2], [3, 4], [5, 6], [7, 8.5]]}\n"
                              "        - {frame: 4, corners: [[1, 2], [3, 4], [5, 6], [7, 9]], by: hand}\n";

static void test_a_minimal_file_of_another_program_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_corners_file read;
    assert_ok(rig_corners_read(file_put_text("minimal.yaml", MINIMAL), &read, &out, &err));
    assert_int_equal(read.recordings[0].views[0].n_searched, 2);
    assert_near(read.recordings[0].views[0].boards[0].q[3][1], 8.5, 0);
    rig_arena_release(&out);
}

static rig_status read_corners(const char *path, rig_arena *out, rig_err *err) {
    rig_corners_file corners;
    return rig_corners_read(path, &corners, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"corners/1", "corners/2", 1, "schema: "},
        {"board: {", "bord: {", 0, "board"},
        {"chessboard", "checkers", 2, "board.kind: "},
        {"[2, 2]", "[2]", 2, "board.corners: "},
        {"[2, 2]", "[1, 2]", 2, "board.corners[0]: "},
        {"square_m: 0.1", "square_m: 0", 2, "board.square_m: "},
        {"square_m: 0.1", "square_m: .nan", 2, "board.square_m: "},
        {"    c1:", "    a/b:", 5, "not a name"},
        {"    c1:", "    ..:", 5, "not a name"},
        {"[640, 480]", "[640, 0]", 6, "c1.size[1]: "},
        {"[640, 480]", "[640]", 6, "c1.size: "},
        {"      size: [640, 480]\n", "", 5, "'size' is missing"},
        {"[7, 9]], ", "[7, 9]], sigma_px: [1, 2], ", 9, "frames[1].sigma_px: 2 numbers, expected 4"},
        {"[7, 9]], ", "[7, 9]], sigma_px: [1, 2, -1, 1], ", 9, "frames[1].sigma_px[2]: "},
        {"frame: 4", "frame: 3", 9, "frames[1].frame: "},
        {"frame: 4", "frame: 1", 9, "frames[1].frame: "},
        {"frame: 4", "frame: -4", 9, "frames[1].frame: "},
        {"frame: 4", "frame: 4.5", 9, "frames[1].frame: "},
        {"frame: 4, ", "", 9, "'frame' is missing"},
        {", [7, 8.5]", "", 8, "frames[0].corners: 3 corners, expected 4"},
        {"8.5]", "nan]", 8, "corners[3][1]: "},
        {"8.5]", ".inf]", 8, "corners[3][1]: "},
        {"8.5]", "1e300]", 8, "corners[3][1]: "},
        {"[7, 8.5]", "[7]", 8, "corners[3]: "},
        {"[7, 8.5]", "null", 8, "corners: 3 corners are not null, expected 4"},
        {"      frames:", "      searched: 1\n      frames:", 7, "searched: "},
    };
    assert_refuses(read_corners, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_corners, file_put_text("minimal.yaml", MINIMAL));
}

static rig_status write_sample(void *self, rig_err *err) {
    sample s;
    return rig_corners_write(self, sample_init(&s), &INPUTS, err);
}

static rig_status read_sample(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_corners(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    char *path = (char *)(uintptr_t)file_path("oom.yaml");
    assert_true(rig_test_each_allocation_fails(write_sample, path) > 0);
    assert_true(rig_test_each_allocation_fails(read_sample, path) > 1);
}

static void test_a_place_that_cannot_be_written_is_named(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    assert_int_equal(rig_corners_write(file_path("no/such/folder/c.yaml"), sample_init(&s), NULL, &err), RIG_ERR_IO);
    assert_contains(err.text, "no/such/folder/c.yaml");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_equal_corners_give_equal_bytes),
        cmocka_unit_test(test_boards_with_markers_and_corners_not_seen),
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_a_minimal_file_of_another_program_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
        cmocka_unit_test(test_a_place_that_cannot_be_written_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
