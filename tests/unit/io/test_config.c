// io/config*.c: what a rig YAML means. What is refused: test_config_refused.c.
#include "io/config.h"
#include "io/file.h"
#include "tests/support/support.h"

#include <limits.h>
#include <string.h>

static rig_arena arena;
static rig_err err;
static rig_config config;

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static const char *path_of(const char *name) {
    return rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
}

static const char *text_write(const char *name, const char *text) {
    const char *path = path_of(name);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    return path;
}

static void config_read(const char *text) {
    assert_ok(rig_config_read(text_write("rig.yaml", text), &config, &arena, &err));
}

// The rig that YAML.md shows.
static const char FULL[] = "schema: rigpose/rig/1\n"
                           "feeds:\n"
                           "  quad:   {grid: [2, 2], views: [c1, c2, c3, c4]}\n"
                           "  stereo: {grid: [2, 1], views: [left, right]}\n"
                           "  side:   {views: [c7], fps: 29.97}\n"
                           "views:\n"
                           "  c3: {rect: [0, 1080, 1920, 1080], rotate: 90, offset_s: 0.0167}\n"
                           "board: {kind: chessboard, corners: [9, 6], square_m: 0.1}\n"
                           "recordings:\n"
                           "  board: {quad: board_quad.mp4, stereo: board_stereo.mp4, side: \"board_side/%04d.png\", "
                           "frames: [10, 99], step: 5}\n"
                           "  floor: {quad: /data/floor_quad.mp4}\n"
                           "  walk:  {quad: walk_quad.mp4, stereo: null, frames: [3, null]}\n"
                           "intrinsics: {from: board, lens: fisheye4}\n"
                           "extrinsics: {from: board, world: {board: floor}}\n"
                           "stereo: {from: board, pair: [right, left], alpha: 0.5}\n"
                           "take: walk\n"
                           "keypoints: {source: openpose, people: \"people2d/{view}\", sizes: {c3: [640, 480]}}\n"
                           "skeleton: body25\n"
                           "out: results\n";

static void test_feeds(void **state) {
    (void)state;
    config_read(FULL);
    assert_int_equal(config.n_feeds, 3);
    assert_string_equal(config.feeds[1].name, "stereo");
    assert_int_equal(config.feeds[1].cols, 2);
    assert_int_equal(config.feeds[1].rows, 1);
    assert_int_equal(config.feeds[1].first_view, 4);
    assert_int_equal(config.feeds[1].n_views, 2);
    assert_near(config.feeds[1].fps, 0, 0);
    assert_int_equal(config.feeds[2].cols * config.feeds[2].rows, 1);
    assert_near(config.feeds[2].fps, 29.97, 0);
    assert_int_equal(config.n_views, 7);
    int v = rig_config_find_view(&config, "c3");
    assert_int_equal(v, 2);
    assert_int_equal(config.views[v].feed, 0);
    assert_int_equal(config.views[v].tile, 2);
    assert_int_equal(config.views[v].rect.y, 1080);
    assert_int_equal(config.views[v].rect.w, 1920);
    assert_int_equal(config.views[v].turns, 1);
    assert_near(config.views[v].offset_s, 0.0167, 0);
    assert_int_equal(config.views[v].line, 7);
    assert_int_equal(config.views[0].line, 3);
    assert_int_equal(config.views[0].rect.w, 0);
    assert_int_equal(rig_config_find_view(&config, "c9"), -1);
}

static void test_recordings(void **state) {
    (void)state;
    config_read(FULL);
    assert_int_equal(config.n_recordings, 3);
    const rig_recording_config *board = &config.recordings[0], *floor = &config.recordings[1], *walk = board + 2;
    assert_string_equal(board->name, "board");
    assert_int_equal(board->line, 10);
    assert_int_equal(board->first, 10);
    assert_int_equal(board->last, 99);
    assert_int_equal(board->step, 5);
    assert_int_equal(board->files[0].kind, RIG_FILE_VIDEO);
    assert_string_equal(board->files[0].text, "board_quad.mp4");
    assert_string_equal(board->files[0].paths[0], path_of("board_quad.mp4"));
    assert_int_equal(board->files[2].kind, RIG_FILE_IMAGES); // whose folder is not there
    assert_int_equal(board->files[2].n, 0);
    assert_string_equal(floor->files[0].paths[0], "/data/floor_quad.mp4");
    assert_int_equal(floor->first, 0);
    assert_int_equal(floor->last, INT_MAX);
    assert_int_equal(floor->step, 1);
    assert_false(floor->has[1]);
    assert_true(walk->has[1]); // named, but null
    assert_int_equal(walk->files[1].kind, RIG_FILE_NONE);
    assert_int_equal(walk->first, 3);
    assert_int_equal(walk->last, INT_MAX);
}

static void test_stages(void **state) {
    (void)state;
    config_read(FULL);
    assert_true(config.has_board);
    assert_int_equal(config.board.cols, 9);
    assert_int_equal(config.board.rows, 6);
    assert_near(config.board.square_m, 0.1, 0);
    assert_int_equal(config.intrinsics_from, 0);
    assert_int_equal(config.lens, RIG_LENS_FISHEYE4);
    assert_true(config.has_extrinsics);
    assert_int_equal(config.extrinsics_from, 0);
    assert_int_equal(config.world, RIG_WORLD_BOARD);
    assert_int_equal(config.world_recording, 1);
    assert_int_equal(config.stereo_from, 0);
    assert_int_equal(config.stereo_pair[0], 5);
    assert_int_equal(config.stereo_pair[1], 4);
    assert_near(config.stereo_alpha, 0.5, 0);
    assert_null(config.cameras);
    assert_int_equal(config.take, 2);
    assert_int_equal(config.source, RIG_SOURCE_IMPORT);
    assert_string_equal(config.people, path_of("people2d/{view}"));
    assert_near(config.people_size[2][0], 640, 0);
    assert_near(config.people_size[2][1], 480, 0);
    assert_near(config.people_size[0][0], 0, 0);
    assert_string_equal(config.skeleton, "body25");
    assert_string_equal(config.out, path_of("results"));
}

static void test_defaults(void **state) {
    (void)state;
    config_read("schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\nintrinsics: null\ntake: ~\n");
    assert_int_equal(config.n_recordings, 0);
    assert_false(config.has_board);
    assert_false(config.has_extrinsics);
    assert_int_equal(config.intrinsics_from, -1);
    assert_int_equal(config.lens, RIG_LENS_PINHOLE5);
    assert_int_equal(config.extrinsics_from, -1);
    assert_int_equal(config.world, RIG_WORLD_NONE);
    assert_int_equal(config.stereo_from, -1);
    assert_int_equal(config.stereo_pair[0], -1);
    assert_int_equal(config.take, -1);
    assert_int_equal(config.source, RIG_SOURCE_NONE);
    assert_string_equal(config.skeleton, "coco17");
    assert_string_equal(config.out, path_of("out"));
    assert_non_null(config.people_size);
    assert_non_null(config.root);
}

static void test_world(void **state) {
    (void)state;
    static const char head[] = "schema: rigpose/rig/1\n"
                               "feeds: {a: {views: [c1]}, b: {views: [c2, c3], grid: [2, 1]}}\n"
                               "board: {corners: [9, 6], square_m: 1e-1}\n"
                               "recordings: {r: {b: x.avi}}\n";
    config_read(rig_arena_printf(&arena, "%sextrinsics: {from: r}\n", head));
    assert_int_equal(config.world, RIG_WORLD_CAMERA);
    assert_string_equal(config.world_camera, "c2"); // the first that the recording has
    assert_near(config.board.square_m, 0.1, 0);
    config_read(rig_arena_printf(&arena, "%sextrinsics: {from: r, world: {camera: c3}}\n", head));
    assert_string_equal(config.world_camera, "c3");
    config_read(rig_arena_printf(&arena, "%sextrinsics: {world: {points: p.yaml}}\n", head));
    assert_int_equal(config.world, RIG_WORLD_POINTS);
    assert_string_equal(config.world_points, path_of("p.yaml"));
    assert_int_equal(config.extrinsics_from, -1);
    assert_true(config.has_extrinsics);
    config_read(rig_arena_printf(&arena, "%scameras: known.yaml\nstereo: {from: r, pair: [c2, c3]}\n", head));
    assert_string_equal(config.cameras, path_of("known.yaml"));
    assert_int_equal(config.stereo_from, 0);
}

static void test_keypoints(void **state) {
    (void)state;
    static const char head[] = "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}, b: {views: [c2]}}\n"
                               "recordings: {r: {b: x.avi}}\n";
    config_read(rig_arena_printf(&arena, "%skeypoints: {source: onnx, model: m/d.yaml}\n", head));
    assert_int_equal(config.source, RIG_SOURCE_ONNX);
    assert_string_equal(config.model, path_of("m/d.yaml"));
    assert_false(config.has_zoom);
    static const char *const whens[] = {"off", "auto", "always"};
    for (int when = RIG_ZOOM_OFF; when <= RIG_ZOOM_ALWAYS; when++) {
        config_read(rig_arena_printf(&arena, "%skeypoints: {source: onnx, zoom: %s}\n", head, whens[when]));
        assert_string_equal(config.model, "people");
        assert_true(config.has_zoom && (int)config.zoom == when);
    }
    config_read(rig_arena_printf(&arena, "%skeypoints: {source: yaml}\nskeleton: my/s.yaml\n", head));
    assert_int_equal(config.source, RIG_SOURCE_YAML);
    assert_string_equal(config.skeleton, "my/s.yaml");
    // the take has one view: its people need no {view}
    config_read(rig_arena_printf(&arena, "%stake: r\nkeypoints: {source: coco, people: people.json}\n", head));
    assert_int_equal(config.source, RIG_SOURCE_IMPORT);
    assert_string_equal(config.people, path_of("people.json"));
}

static void test_tiles(void **state) {
    (void)state;
    config_read("schema: rigpose/rig/1\n"
                "feeds: {q: {grid: [2, 2], views: [~, c2, null, '4']}, r: {views: [d1, d2]}}\n"
                "views: {d1: {rect: [0, 0, 10, 10]}, d2: {rect: [10, 0, 10, 10], rotate: 270}}\n");
    assert_int_equal(config.feeds[0].n_views, 2);
    assert_int_equal(config.views[0].tile, 1);
    assert_int_equal(config.views[1].tile, 3);
    assert_string_equal(config.views[1].name, "4");
    assert_int_equal(config.feeds[1].first_view, 2);
    assert_int_equal(config.views[3].turns, 3);
}

// --- files -----------------------------------------------------------------------------------------------------------

static const rig_feed_file *file_read(const char *file) {
    config_read(
        rig_arena_printf(&arena, "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\nrecordings: {r: {a: %s}}\n", file));
    return &config.recordings[0].files[0];
}

static void test_pattern(void **state) {
    (void)state;
    static const char *const names[] = {"p5.png",   "p6.png",  "p7.png",    "p8.png",   "p9.png",
                                        "p10.png",  "p11.png", "p.png",     "p05.png",  "px5.png",
                                        "p5.jpg",   "q5.png",  "p-1.png",   "p12.png~", "z001.png",
                                        "z002.png", "z3.png",  "z0004.png", "100%2.png"};
    assert_ok(rig_folder_make(path_of("seq"), &err));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        text_write(rig_arena_printf(&arena, "seq/%s", names[i]), "");
    const rig_feed_file *file = file_read("'seq/p%d.png'");
    assert_int_equal(file->kind, RIG_FILE_IMAGES);
    assert_string_equal(file->text, "seq/p%d.png");
    assert_int_equal(file->n, 7); // 5 to 11
    for (int i = 0; i < file->n; i++)
        assert_string_equal(file->paths[i], rig_arena_printf(&arena, "%s/p%d.png", path_of("seq"), 5 + i));
    file = file_read("'seq/z%03d.png'");
    assert_int_equal(file->n, 2);
    assert_string_equal(file->paths[1], path_of("seq/z002.png"));
    file = file_read("'seq/100%%%d.png'");
    assert_int_equal(file->n, 1);
    assert_string_equal(file->paths[0], path_of("seq/100%2.png"));
    file = file_read("'seq/none%d.png'");
    assert_int_equal(file->kind, RIG_FILE_IMAGES);
    assert_int_equal(file->n, 0);
}

static void test_pattern_grows_over_its_width(void **state) {
    (void)state;
    assert_ok(rig_folder_make(path_of("wide"), &err));
    for (int i = 98; i < 102; i++)
        text_write(rig_arena_printf(&arena, "wide/0%02d.png", i), "");
    const rig_feed_file *file = file_read("'wide/0%02d.png'");
    assert_int_equal(file->n, 4);
    assert_string_equal(file->paths[3], path_of("wide/0101.png"));
}

// A frame is the number in its picture's name: a pattern's gaps stay gaps, lists go by it where they can.
static void test_frames_are_the_numbers_of_pictures(void **state) {
    (void)state;
    static const struct {
        const char *a, *b;
        int expected_a[3], expected_b[3]; // -1: there is no such picture
    } cases[] = {
        {"gaps/x%03d.png", "gaps/x%03d.png", {8, 11, 200}, {8, 11, 200}},
        {"[l08.png, l11.png, l12.png]", "[r08.png, r12.png]", {8, 11, 12}, {8, 12, -1}},
        {"[l08.png, l11.png, l12.png]", "[r20.png, r22.png]", {0, 1, 2}, {0, 1, -1}}, // put side by side
        {"[l08.png, l11.png, l12.png]", "[ra.png, rb.png]", {0, 1, 2}, {0, 1, -1}},
        {"[cam1_a.png, cam1_b.png]", "null", {0, 1, -1}, {-1, -1, -1}},
        {"[b3.png, b2.png]", "null", {0, 1, -1}, {-1, -1, -1}},
        {"[c1.png]", "[c2.png]", {0, -1, -1}, {0, -1, -1}},
        {"[2024/t1652345678901.png, 2024/t1652345678934.png]", "null", {0, 1, -1}, {-1, -1, -1}},
        {"floor_1.png", "floor_2.png", {0, -1, -1}, {0, -1, -1}},
    };
    assert_ok(rig_folder_make(path_of("gaps"), &err));
    text_write("gaps/x008.png", "");
    text_write("gaps/x011.png", "");
    text_write("gaps/x200.png", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *quote[2] = {strchr(cases[i].a, '%') ? "'" : "", strchr(cases[i].b, '%') ? "'" : ""};
        config_read(rig_arena_printf(&arena,
                                     "schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}, b: {views: [c2]}}\n"
                                     "recordings: {r: {a: %s%s%s, b: %s%s%s}}\n",
                                     quote[0], cases[i].a, quote[0], quote[1], cases[i].b, quote[1]));
        for (int f = 0; f < 2; f++) {
            const rig_feed_file *file = &config.recordings[0].files[f];
            const int *expected = f ? cases[i].expected_b : cases[i].expected_a;
            for (int k = 0; k < 3; k++)
                assert_int_equal(k < file->n ? rig_feed_file_frame(file, k) : -1, expected[k]);
        }
    }
}

static void test_other_files(void **state) {
    (void)state;
    const rig_feed_file *file = file_read("one.JPG");
    assert_int_equal(file->kind, RIG_FILE_IMAGES);
    assert_int_equal(file->n, 1);
    file = file_read("a.b/clip");
    assert_int_equal(file->kind, RIG_FILE_VIDEO);
    assert_int_equal(file->n, 1);
    file = file_read("\"50%%.mp4\"");
    assert_int_equal(file->kind, RIG_FILE_VIDEO);
    assert_string_equal(file->paths[0], path_of("50%.mp4"));
    file = file_read("[b.png, 'a%d.png', /abs/c.tiff]");
    assert_int_equal(file->kind, RIG_FILE_IMAGES);
    assert_int_equal(file->n, 3);
    assert_string_equal(file->paths[0], path_of("b.png")); // in the order of the list
    assert_string_equal(file->paths[1], path_of("a%d.png"));
    assert_string_equal(file->paths[2], "/abs/c.tiff");
    assert_string_equal(file->text, "b.png, ... (3 pictures)");
}

static void test_rig_beside(void **state) {
    (void)state; // a rig named without a folder
    assert_int_equal(rig_config_read("no_such_rig.yaml", &config, &arena, &err), RIG_ERR_CONFIG);
    assert_string_equal(err.text, "cannot read 'no_such_rig.yaml': No such file or directory");
}

static void test_example(void **state) {
    (void)state;
    assert_ok(rig_config_read("configs/example_rig.yaml", &config, &arena, &err));
    assert_int_equal(config.n_feeds, 3);
    assert_string_equal(config.out, "configs/out");
}

// --- memory ----------------------------------------------------------------------------------------------------------

static rig_status read_again(void *self, rig_err *why) {
    rig_arena own = {NULL};
    rig_config c;
    rig_status status = rig_config_read(self, &c, &own, why);
    rig_arena_release(&own);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    assert_ok(rig_folder_make(path_of("board_side"), &err));
    for (int i = 0; i < 700; i++)
        text_write(rig_arena_printf(&arena, "board_side/%04d.png", i), "");
    const char *path = text_write("rig.yaml", FULL);
    assert_true(rig_test_each_allocation_fails(read_again, (void *)(uintptr_t)path) >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_feeds, reset),
        cmocka_unit_test_setup(test_recordings, reset),
        cmocka_unit_test_setup(test_stages, reset),
        cmocka_unit_test_setup(test_defaults, reset),
        cmocka_unit_test_setup(test_world, reset),
        cmocka_unit_test_setup(test_keypoints, reset),
        cmocka_unit_test_setup(test_tiles, reset),
        cmocka_unit_test_setup(test_pattern, reset),
        cmocka_unit_test_setup(test_pattern_grows_over_its_width, reset),
        cmocka_unit_test_setup(test_frames_are_the_numbers_of_pictures, reset),
        cmocka_unit_test_setup(test_other_files, reset),
        cmocka_unit_test_setup(test_rig_beside, reset),
        cmocka_unit_test_setup(test_example, reset),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, reset, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
