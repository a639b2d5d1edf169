#include "io/results.h"

#include "tests/unit/io/files.h"

static double TIMES[] = {0, 0.04, 0.08, 0.16};
static rig_feeds_entry ENTRIES[] = {
    {"board",
     "c1",
     "quad",
     "board quad.mp4",
     {.as_stored = true,
      .rect = {0, 0, 960, 540},
      .width = 960,
      .height = 540,
      .fps = 30000 / 1001.0,
      .n_frames = 4,
      .picture_size = {1920, 1080},
      .n_times = 4,
      .times_s = TIMES}},
    {"board",
     "c3",
     "quad",
     "board quad.mp4",
     {.as_stored = true,
      .rect = {0, 540, 960, 540},
      .turns = 3,
      .width = 540,
      .height = 960,
      .fps = 30000 / 1001.0,
      .n_frames = 4,
      .offset_s = -0.0167,
      .picture_size = {1920, 1080},
      .n_times = 4,
      .times_s = TIMES}},
    {"walk", "c1", "quad", NULL, {.n_frames = 0}},
    {"walk", "c7", "side", "side/%04d.png", {.n_frames = 0}},
};
static rig_feeds_file FILES[] = {
    {"board",
     "quad",
     {.width = 1920,
      .height = 1080,
      .asks = {1, true},
      .fps = 30000 / 1001.0,
      .n_frames = 4,
      .n_times = 4,
      .times_s = TIMES,
      .bytes = 9007199254740991,
      .digest = "00ff"}},
    {"walk", "side", {.width = 0}},
};
static const rig_feeds FEEDS = {4, 2, ENTRIES, FILES};

static void assert_same_entry(const rig_feeds_entry *a, const rig_feeds_entry *b) {
    assert_string_equal(a->recording, b->recording);
    assert_string_equal(a->view, b->view);
    assert_string_equal(a->feed, b->feed);
    assert_int_equal(a->file == NULL, b->file == NULL);
    if (a->file)
        assert_string_equal(a->file, b->file);
    assert_memory_equal(&a->source.rect, &b->source.rect, sizeof a->source.rect);
    assert_int_equal(a->source.as_stored, b->source.as_stored);
    assert_int_equal(a->source.turns, b->source.turns);
    assert_int_equal(a->source.width, b->source.width);
    assert_int_equal(a->source.height, b->source.height);
    assert_near(a->source.fps, b->source.fps, 0);
    assert_int_equal(a->source.n_frames, b->source.n_frames);
    assert_near(a->source.offset_s, b->source.offset_s, 0);
    assert_memory_equal(a->source.picture_size, b->source.picture_size, sizeof a->source.picture_size);
    assert_int_equal(a->source.n_times, b->source.n_times);
    for (int i = 0; i < a->source.n_times; i++)
        assert_near(a->source.times_s[i], b->source.times_s[i], 0);
}

static void assert_same_file(const rig_feeds_file *a, const rig_footage *b) {
    assert_non_null(b);
    assert_int_equal(a->footage.width, b->width);
    assert_int_equal(a->footage.height, b->height);
    assert_int_equal(a->footage.asks.turns, b->asks.turns);
    assert_int_equal(a->footage.asks.mirrored, b->asks.mirrored);
    assert_near(a->footage.fps, b->fps, 0);
    assert_int_equal(a->footage.n_frames, b->n_frames);
    assert_int_equal(a->footage.n_times, b->n_times);
    assert_true(a->footage.bytes == b->bytes);
    assert_string_equal(a->footage.digest, b->digest);
}

static void test_looks_are_written_and_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_feeds read;
    rig_feeds_entry entry = ENTRIES[1];
    const rig_feeds feeds = {1, 1, &entry, FILES};
    const char *path = file_path("looks.yaml");
    entry.source.look.content = (rig_rect){20, 0, 500, 960};
    entry.source.look.thumbnail.known = true;
    for (int i = 0; i < RIG_THUMBNAIL_SIDE * RIG_THUMBNAIL_SIDE; i++)
        entry.source.look.thumbnail.grey[i] = (unsigned char)(7 * i);
    assert_ok(rig_feeds_write(path, &feeds, NULL, &err));
    assert_ok(rig_feeds_read(path, &read, &out, &err));
    const rig_view_look *look = &read.entries->source.look;
    assert_memory_equal(&look->content, &entry.source.look.content, sizeof look->content);
    assert_true(look->thumbnail.known);
    assert_memory_equal(look->thumbnail.grey, entry.source.look.thumbnail.grey, sizeof look->thumbnail.grey);
    rig_arena_release(&out);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_feeds read;
    const char *a = file_path("10_feeds.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_feeds_write(a, &FEEDS, NULL, &err));
    assert_ok(rig_feeds_read(a, &read, &out, &err));
    assert_int_equal(read.n, 4);
    for (int i = 0; i < 4; i++)
        assert_same_entry(&read.entries[i], &ENTRIES[i]);
    assert_int_equal(read.n_files, 2);
    for (int i = 0; i < 2; i++)
        assert_same_file(&FILES[i], rig_feeds_footage(&read, FILES[i].recording, FILES[i].feed));
    assert_null(rig_feeds_footage(&read, "walk", "quad"));
    assert_ok(rig_feeds_write(b, &read, NULL, &err));
    assert_same_bytes(a, b);
    rig_arena_release(&out);
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    rig_err err = {""};
    const char *path = file_path("10_feeds.yaml");
    assert_ok(rig_feeds_write(path, &FEEDS, NULL, &err));
    assert_pyyaml(
        path, "d['schema'] == 'rigpose/feeds/1' and d['recordings']['board']['c3'] == {"
              "'file': 'board quad.mp4', 'feed': 'quad', 'rect': [0, 540, 960, 540], 'rotate': 270, 'as_stored': True,"
              "'size': [540, 960], 'fps': 30000 / 1001.0, 'frames': 4, 'offset_s': -0.0167, 'stamps': True}"
              " and d['recordings']['walk']['c1']['file'] is None"
              " and d['files']['board']['quad'] == {'picture': [1920, 1080], 'container_rotate': 90, "
              "'container_mirror': True,"
              "'fps': 30000 / 1001.0, 'frames': 4, 'bytes': 9007199254740991, 'digest': '00ff',"
              "'times_s': [0, 0.04, 0.08, 0.16]} and d['files']['walk'] == {'side': {}}");
}

static const char MINIMAL[] =
    "schema: rigpose/feeds/1\n"
    "recordings:\n"
    "  board:\n"
    "    c1: {feed: quad, file: a.mp4, rect: [0, 0, 8, 9], rotate: 90, as_stored: true, size: [9, 8],\n"
    "      fps: 25, frames: 3, offset_s: 0.5}\n"
    "    c2: {feed: quad, file: null}\n"
    "    c3: {feed: side, file: b.mp4, frames: 2, stamps: true}\n"
    "files:\n"
    "  board:\n"
    "    quad: {picture: [8, 9], container_rotate: 90, bytes: 7, digest: ab}\n"
    "    side: {frames: 2, times_s: [0, 0.5]}\n";

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
        {"[9, 8]", "[8, 9]", 4, "board.c1.size: 8x9, expected 9x8"},
        {"[8, 9], container", "[8, 8], container", 4, "board.c1.rect: outside the picture of 8x8"},
        {"fps: 25", "thumbnail: 00ff, fps: 25", 5, "board.c1.thumbnail: expected 1152 hexadecimal digits"},
        {"fps: 25", "content: [0, 0, 9, 9], fps: 25", 5, "board.c1.content: outside the view of 9x8"},
        {"fps: 25", "fps: .nan", 5, "board.c1.fps: "},
        {"frames: 3", "frames: -3", 5, "board.c1.frames: "},
        {"as_stored: true, ", "", 4, "board.c1.rect: outside the picture of 9x8"},
        {"as_stored: true", "as_stored: 1", 4, "board.c1.as_stored: "},
        {"{feed: quad, file: null}", "[]", 6, "board.c2: "},
        {"times_s: [0, 0.5]", "", 7, "files.board.side has no times_s"},
        {"files:", "file:", 7, "files.board.side has no times_s"},
        {"[8, 9], container", "[8], container", 10, "files.board.quad.picture: "},
        {"container_rotate: 90", "container_rotate: 91", 10, "files.board.quad.container_rotate: "},
        {"bytes: 7", "bytes: -7", 10, "files.board.quad.bytes: "},
        {"digest: ab", "digest: [ab]", 10, "files.board.quad.digest: "},
        {"{frames: 2, times_s", "{frames: 3, times_s", 11, "files.board.side.times_s: 2 times"},
        {"[0, 0.5]", "[0.5, 0]", 11, "files.board.side.times_s[1]: "},
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
        cmocka_unit_test(test_looks_are_written_and_read),
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
