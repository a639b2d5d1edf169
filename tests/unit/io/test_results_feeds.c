#include "io/results.h"

#include "tests/unit/io/files.h"

static rig_feeds_entry ENTRIES[] = {
    {"board", "c1", "quad", "board quad.mp4", {0, 0, {0, 0, 960, 540}, 0, 960, 540, 30000 / 1001.0, 120, 0}},
    {"walk", "c1", "quad", NULL, {0, 0, {0}, 0, 0, 0, 0, 0, 0}},
    {"board", "c3", "quad", "board quad.mp4", {2, 0, {0, 540, 960, 540}, 3, 540, 960, 30000 / 1001.0, 120, -0.0167}},
};
static const rig_feeds FEEDS = {3, ENTRIES};

static void assert_same_entry(const rig_feeds_entry *a, const rig_feeds_entry *b) {
    assert_string_equal(a->recording, b->recording);
    assert_string_equal(a->view, b->view);
    assert_string_equal(a->feed, b->feed);
    assert_int_equal(a->file == NULL, b->file == NULL);
    if (a->file)
        assert_string_equal(a->file, b->file);
    assert_memory_equal(&a->source.rect, &b->source.rect, sizeof a->source.rect);
    assert_int_equal(a->source.turns, b->source.turns);
    assert_int_equal(a->source.width, b->source.width);
    assert_int_equal(a->source.height, b->source.height);
    assert_near(a->source.fps, b->source.fps, 0);
    assert_int_equal(a->source.n_frames, b->source.n_frames);
    assert_near(a->source.offset_s, b->source.offset_s, 0);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_feeds read;
    const char *a = file_path("10_feeds.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_feeds_write(a, &FEEDS, NULL, &err));
    assert_ok(rig_feeds_read(a, &read, &out, &err));
    assert_int_equal(read.n, 3);
    assert_same_entry(&read.entries[0], &ENTRIES[0]); // a recording's views come together
    assert_same_entry(&read.entries[1], &ENTRIES[2]);
    assert_same_entry(&read.entries[2], &ENTRIES[1]);
    assert_ok(rig_feeds_write(b, &read, NULL, &err));
    assert_same_bytes(a, b);
    rig_arena_release(&out);
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    rig_err err = {""};
    const char *path = file_path("10_feeds.yaml");
    assert_ok(rig_feeds_write(path, &FEEDS, NULL, &err));
    assert_pyyaml(path, "d['schema'] == 'rigpose/feeds/1' and d['recordings']['board']['c3'] == {"
                        "'file': 'board quad.mp4', 'feed': 'quad', 'rect': [0, 540, 960, 540], 'rotate': 270,"
                        "'size': [540, 960], 'fps': 30000 / 1001.0, 'frames': 120, 'offset_s': -0.0167}"
                        " and d['recordings']['walk']['c1']['file'] is None");
}

static const char MINIMAL[] = "schema: rigpose/feeds/1\n"
                              "recordings:\n"
                              "  board:\n"
                              "    c1: {feed: quad, file: a.mp4, rect: [0, 0, 8, 9], rotate: 90, size: [9, 8],\n"
                              "      fps: 25, frames: 3, offset_s: 0.5}\n"
                              "    c2: {feed: quad, file: null}\n";

static rig_status read_feeds(const char *path, rig_arena *out, rig_err *err) {
    rig_feeds feeds;
    return rig_feeds_read(path, &feeds, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"feeds/1", "feeds/2", 1, "schema: "},
        {"recordings:", "recording:", 0, "'recordings' is missing"},
        {"    c1: {", "    a/b: {", 4, "not a name"},
        {"feed: quad, ", "", 4, "'feed' is missing"},
        {"[0, 0, 8, 9]", "[0, 0, 8]", 4, "board.c1.rect: "},
        {"[0, 0, 8, 9]", "[0, 0, 0, 9]", 4, "board.c1.rect[2]: "},
        {"rotate: 90", "rotate: 45", 4, "board.c1.rotate: "},
        {"[9, 8]", "[9, -8]", 4, "board.c1.size[1]: "},
        {"fps: 25", "fps: .nan", 5, "board.c1.fps: "},
        {"frames: 3", "frames: -3", 5, "board.c1.frames: "},
        {"{feed: quad, file: null}", "[]", 6, "board.c2: "},
    };
    assert_refuses(read_feeds, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_feeds, file_put_text("minimal.yaml", MINIMAL));
}

static rig_status write_and_read(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = rig_feeds_write(self, &FEEDS, NULL, err);
    if (status == RIG_OK)
        status = read_feeds(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(write_and_read, (char *)(uintptr_t)file_path("oom.yaml")) > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
