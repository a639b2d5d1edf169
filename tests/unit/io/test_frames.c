// io/frames.c: feeds of recordings as frames, and views as parts of them.
#include "io/frames.h"

#include "core/image.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { W = 96, H = 64, N = 40, STEP = 6 }; // frame i's tiles are filled with i * STEP + 1, 2, ... * TILE
enum { TILE = 4 };
static const double GREY_TOLERANCE = 5; // grey levels: the codec's loss on plain tiles

static rig_err err;
static rig_arena arena;

// One feed, up to four views, one recording: what a test changes, it changes in place.
static rig_feed_config feed;
static rig_view_config views[4];
static rig_feed_file file;
static bool has = true;
static rig_recording_config recording;
static rig_config config;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static int reset(void **state) {
    (void)state;
    feed = (rig_feed_config){.name = "quad", .cols = 1, .rows = 1, .n_views = 1};
    for (int v = 0; v < 4; v++) {
        views[v] = (rig_view_config){.tile = v, .line = 10 + v, .offset_s = 0.25 * v};
        snprintf(views[v].name, sizeof views[v].name, "c%d", v);
    }
    file = (rig_feed_file){0};
    recording = (rig_recording_config){.name = "walk", .files = &file, .has = &has, .last = INT_MAX, .step = 1};
    config = (rig_config){.path = "rig.yaml", .n_feeds = 1, .n_views = 4, .n_recordings = 1};
    config.feeds = &feed, config.views = views, config.recordings = &recording;
    return 0;
}

static int done(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static const char *path_of(const char *name) {
    const char *path = rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
    assert_non_null(path);
    return path;
}

static int value_of(int frame, int tile) {
    return frame * STEP + tile * TILE;
}

// A picture of cols x rows plain tiles.
static void tiles_fill(rig_image *image, int cols, int rows, int frame) {
    assert_ok(rig_image_resize(image, W, H, 3, &err));
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            memset(image->data + y * image->stride + 3 * x, value_of(frame, y * rows / H * cols + x * cols / W), 3);
}

static void use_video(const char *name, int cols, int rows, int n) {
    rig_image image = {0};
    rig_video_writer *writer;
    const char **paths = RIG_NEW(&arena, const char *, 1);
    paths[0] = path_of(name);
    assert_ok(rig_video_writer_open(paths[0], W, H, 25, &writer, &err));
    for (int i = 0; i < n; i++) {
        tiles_fill(&image, cols, rows, i);
        assert_ok(rig_video_writer_add(writer, &image, &err));
    }
    assert_ok(rig_video_writer_close(writer, &err));
    rig_image_release(&image);
    file = (rig_feed_file){RIG_FILE_VIDEO, name, 1, paths};
}

static void use_pictures(const char *stem, int cols, int rows, int n) {
    rig_image image = {0};
    const char **paths = RIG_NEW(&arena, const char *, n);
    for (int i = 0; i < n; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s_%d.png", stem, i);
        paths[i] = path_of(name);
        tiles_fill(&image, cols, rows, i);
        assert_ok(rig_cv_image_write(paths[i], &image, &err));
    }
    rig_image_release(&image);
    file = (rig_feed_file){RIG_FILE_IMAGES, stem, n, paths};
}

static rig_reader *open_feed(void) {
    rig_reader *reader = NULL;
    assert_ok(rig_reader_open(&config, 0, 0, &reader, &err));
    return reader;
}

// The recording must give exactly these frames.
static void assert_frames(const int *expected, int n) {
    rig_reader *reader = open_feed();
    rig_image picture;
    int frame;
    bool got;
    for (int i = 0; i < n; i++) {
        assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
        assert_true(got);
        assert_int_equal(frame, expected[i]);
        assert_near(picture.data[0], value_of(frame, 0), GREY_TOLERANCE);
    }
    for (int again = 0; again < 2; again++) {
        assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
        assert_false(got);
    }
    rig_reader_close(reader);
}

static void assert_refused(rig_status status, const char *const *words) {
    rig_reader *reader = NULL;
    err.text[0] = 0;
    assert_int_equal(rig_reader_open(&config, 0, 0, &reader, &err), status);
    assert_null(reader);
    for (; *words; words++)
        assert_contains(err.text, *words);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_frames_are_first_to_last_by_step(void **state) {
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        if (kind == 2)
            use_pictures("seq", 1, 1, N);
        else
            use_video(kind ? "step.avi" : "step.mp4", 1, 1, N);
        recording.first = 5, recording.last = 12, recording.step = 3;
        assert_frames((int[]){5, 8, 11}, 3);
        recording.last = 11;
        assert_frames((int[]){5, 8, 11}, 3);
        recording.last = 5;
        assert_frames((int[]){5}, 1);
        recording.first = N - 3, recording.last = INT_MAX, recording.step = 2;
        assert_frames((int[]){N - 3, N - 1}, 2);
        recording.step = INT_MAX;
        assert_frames((int[]){N - 3}, 1);
        recording.first = N;
        assert_frames(NULL, 0);
    }
}

static void test_sources_say_what_the_file_is(void **state) {
    (void)state;
    use_video("quad.mp4", 2, 2, N);
    feed.cols = feed.rows = 2, feed.n_views = 4;
    views[3].turns = 1;
    rig_reader *reader = open_feed();
    const rig_view_source *s = rig_reader_sources(reader);
    for (int v = 0; v < 4; v++) {
        assert_int_equal(s[v].view, v);
        assert_int_equal(s[v].feed, 0);
        assert_int_equal(s[v].rect.x, v % 2 * W / 2);
        assert_int_equal(s[v].rect.y, v / 2 * H / 2);
        assert_int_equal(s[v].rect.w, W / 2);
        assert_int_equal(s[v].rect.h, H / 2);
        assert_int_equal(s[v].width, v == 3 ? H / 2 : W / 2);
        assert_int_equal(s[v].height, v == 3 ? W / 2 : H / 2);
        assert_int_equal(s[v].n_frames, N);
        assert_near(s[v].fps, 25, 1e-9);
        assert_near(s[v].offset_s, 0.25 * v, 0);
    }
    rig_reader_close(reader);
}

static void test_a_stated_rate_goes_before_the_videos_own(void **state) {
    (void)state;
    use_video("rate.mp4", 1, 1, N);
    feed.fps = 59.94;
    rig_reader *reader = open_feed();
    assert_near(rig_reader_sources(reader)->fps, 59.94, 0);
    rig_reader_close(reader);
    use_pictures("rate", 1, 1, 2);
    feed.fps = 0;
    reader = open_feed();
    assert_near(rig_reader_sources(reader)->fps, 0, 0);
    assert_int_equal(rig_reader_sources(reader)->n_frames, 2);
    rig_reader_close(reader);
}

static void test_a_recording_without_the_feed_has_no_frames(void **state) {
    (void)state;
    rig_reader *reader = open_feed();
    const rig_view_source *s = rig_reader_sources(reader);
    rig_image picture;
    int frame;
    bool got;
    assert_int_equal(s->view, 0);
    assert_int_equal(s->width, 0);
    assert_int_equal(s->height, 0);
    assert_int_equal(s->n_frames, 0);
    assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
    assert_false(got);
    rig_reader_close(reader);
    rig_reader_close(NULL);
}

// --- views
// ------------------------------------------------------------------------------------------------------------

static void test_each_view_is_its_tile(void **state) {
    (void)state;
    rig_image picture, view = {0};
    int frame;
    bool got;
    use_pictures("tiles", 2, 2, 1);
    feed.cols = feed.rows = 2, feed.n_views = 3; // the last tile is not used
    rig_reader *reader = open_feed();
    assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
    for (int v = 0; v < 3; v++)
        for (int grey = 0; grey < 2; grey++) {
            assert_ok(rig_view_extract(&rig_reader_sources(reader)[v], &picture, grey, &view, &err));
            assert_int_equal(view.width, W / 2);
            assert_int_equal(view.height, H / 2);
            assert_int_equal(view.channels, grey ? 1 : 3);
            for (int y = 0; y < view.height; y++)
                for (int x = 0; x < view.width * view.channels; x++)
                    assert_int_equal(view.data[y * view.stride + x], value_of(0, v));
        }
    rig_image_release(&view);
    rig_reader_close(reader);
}

// A view's pixel is the feed's pixel that the crop's map names, however it is turned.
static void test_views_are_cropped_and_turned_as_the_map_says(void **state) {
    (void)state;
    rig_image picture = {0}, view = {0};
    assert_ok(rig_image_resize(&picture, W, H, 3, &err));
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            for (int c = 0; c < 3; c++)
                picture.data[y * picture.stride + 3 * x + c] = (unsigned char)(x + 2 * y + 40 * c);
    for (int turns = 0; turns < 4; turns++)
        for (int grey = 0; grey < 2; grey++) {
            rig_view_source source = {.rect = {13, 7, 31, 20}, .turns = turns};
            assert_ok(rig_view_extract(&source, &picture, grey, &view, &err));
            assert_int_equal(view.width, turns % 2 ? 20 : 31);
            assert_int_equal(view.height, turns % 2 ? 31 : 20);
            for (int y = 0; y < view.height; y++)
                for (int x = 0; x < view.width; x++) {
                    double q_src[2], q_cam[2] = {x, y};
                    rig_crop_to_src(source.rect, turns, q_cam, q_src);
                    const unsigned char *bgr = picture.data + (int)q_src[1] * picture.stride + 3 * (int)q_src[0];
                    const unsigned char *at = view.data + y * view.stride + x * view.channels;
                    if (grey)
                        assert_near(at[0], 0.114 * bgr[0] + 0.587 * bgr[1] + 0.299 * bgr[2], 1);
                    else
                        assert_memory_equal(at, bgr, 3);
                }
        }
    rig_image_release(&picture);
    rig_image_release(&view);
}

static void test_explicit_rectangles_go_before_the_grid(void **state) {
    (void)state;
    use_pictures("rects", 1, 1, 1);
    feed.cols = 7, feed.n_views = 2; // 96 is no multiple of 7, but nobody uses the tiles
    views[0].rect = (rig_rect){1, 2, 30, 40};
    views[1].rect = (rig_rect){0, 0, W, H};
    views[1].turns = 3;
    rig_reader *reader = open_feed();
    const rig_view_source *s = rig_reader_sources(reader);
    assert_int_equal(s[0].rect.x, 1);
    assert_int_equal(s[0].height, 40);
    assert_int_equal(s[1].width, H);
    rig_reader_close(reader);
}

static void test_what_does_not_fit_the_picture_is_refused_with_its_line(void **state) {
    (void)state;
    use_pictures("fit", 1, 1, 1);
    views[0].rect = (rig_rect){50, 2, 47, 40};
    assert_refused(RIG_ERR_CONFIG, WORDS("rig.yaml:10: views.c0.rect: [50, 2, 47, 40]", "96x64"));
    views[0].rect = (rig_rect){0, 0, 10, 65};
    assert_refused(RIG_ERR_CONFIG, WORDS("rig.yaml:10:", "[0, 0, 10, 65]", "96x64"));
    views[0].rect = (rig_rect){0};
    feed.cols = 5;
    assert_refused(RIG_ERR_CONFIG, WORDS("rig.yaml:10: feeds.quad.grid: [5, 1]", "96x64"));
    feed.cols = 1, feed.rows = 3;
    assert_refused(RIG_ERR_CONFIG, WORDS("[1, 3]", "96x64"));
}

// --- damage
// -----------------------------------------------------------------------------------------------------------

static void test_absent_files_are_named(void **state) {
    (void)state;
    const char *paths[] = {path_of("absent.mp4")};
    file = (rig_feed_file){RIG_FILE_VIDEO, "absent.mp4", 1, paths};
    assert_refused(RIG_ERR_IO, WORDS("recording 'walk', feed 'quad'", "absent.mp4", "No such file"));
    file.kind = RIG_FILE_IMAGES;
    assert_refused(RIG_ERR_IO, WORDS("absent.mp4", "No such file"));
    file = (rig_feed_file){RIG_FILE_IMAGES, "img%03d.png", 0, NULL};
    assert_refused(RIG_ERR_IO, WORDS("no picture fits 'img%03d.png'"));
}

static void test_what_is_no_picture_or_video_is_named(void **state) {
    (void)state;
    const char *paths[] = {path_of("text.mp4")};
    FILE *stream = fopen(paths[0], "w");
    fputs("not a video\n", stream);
    fclose(stream);
    file = (rig_feed_file){RIG_FILE_VIDEO, "text.mp4", 1, paths};
    assert_refused(RIG_ERR_FORMAT, WORDS("text.mp4", "not a video"));
    file.kind = RIG_FILE_IMAGES;
    assert_refused(RIG_ERR_FORMAT, WORDS("text.mp4", "not a picture"));
}

static void test_a_picture_of_another_size_is_refused(void **state) {
    (void)state;
    rig_image small = {0}, picture;
    int frame;
    bool got;
    use_pictures("sizes", 1, 1, 4);
    assert_ok(rig_image_resize(&small, 50, 30, 3, &err));
    memset(small.data, 9, 50 * 30 * 3);
    assert_ok(rig_cv_image_write(file.paths[2], &small, &err));
    rig_image_release(&small);
    rig_reader *reader = open_feed();
    for (int i = 0; i < 2; i++) {
        assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
        assert_true(got);
    }
    assert_int_equal(rig_reader_next(reader, &frame, &picture, &got, &err), RIG_ERR_FORMAT);
    assert_false(got);
    assert_contains(err.text, "sizes_2.png");
    assert_contains(err.text, "50x30");
    assert_contains(err.text, "96x64");
    rig_reader_close(reader);
}

// The video of use_video without its last bytes.
static void video_cut(double keep) {
    FILE *stream = fopen(file.paths[0], "rb");
    static unsigned char bytes[1 << 20];
    size_t n = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    stream = fopen(file.paths[0], "wb");
    fwrite(bytes, 1, (size_t)(keep * (double)n), stream);
    fclose(stream);
}

static rig_status read_all(int *n) {
    rig_reader *reader = open_feed();
    rig_image picture;
    rig_status status;
    int frame = -1;
    bool got = true;
    for (*n = 0; (status = rig_reader_next(reader, &frame, &picture, &got, &err)) == RIG_OK && got; ++*n)
        assert_near(picture.data[0], value_of(frame, 0), GREY_TOLERANCE);
    assert_false(got);
    rig_reader_close(reader);
    return status;
}

static void test_a_truncated_video_is_told_after_its_frames(void **state) {
    (void)state;
    int n;
    use_video("cut.avi", 1, 1, N);
    video_cut(0.5);
    assert_int_equal(read_all(&n), RIG_ERR_FORMAT);
    assert_in_range(n, N / 4, N - 6);
    assert_contains(err.text, "cut.avi");
    assert_contains(err.text, "truncated");
    assert_contains(err.text, "says 40");
    recording.step = 7; // frames that are passed over count as well
    assert_int_equal(read_all(&n), RIG_ERR_FORMAT);
    recording.step = 1, recording.last = N / 4; // what was asked for is there
    assert_int_equal(read_all(&n), RIG_OK);
    assert_int_equal(n, N / 4 + 1);
}

static void test_a_few_missing_frames_are_a_loose_count(void **state) {
    (void)state;
    int n;
    use_video("loose.avi", 1, 1, N);
    video_cut(0.9);
    assert_int_equal(read_all(&n), RIG_OK);
    assert_in_range(n, N - 5, N - 1);
}

static rig_status open_once(void *self, rig_err *e) {
    (void)self;
    rig_reader *reader = NULL;
    rig_image picture, view = {0};
    int frame;
    bool got;
    rig_status status = rig_reader_open(&config, 0, 0, &reader, e);
    if (status == RIG_OK)
        status = rig_reader_next(reader, &frame, &picture, &got, e);
    if (status == RIG_OK)
        status = rig_view_extract(rig_reader_sources(reader), &picture, true, &view, e);
    rig_image_release(&view);
    rig_reader_close(reader);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    use_pictures("memory", 1, 1, 1);
    views[0].turns = 1;
    assert_true(rig_test_each_allocation_fails(open_once, NULL) >= 4); // reader, picture, upright view, view
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_frames_are_first_to_last_by_step, reset),
        cmocka_unit_test_setup(test_sources_say_what_the_file_is, reset),
        cmocka_unit_test_setup(test_a_stated_rate_goes_before_the_videos_own, reset),
        cmocka_unit_test_setup(test_a_recording_without_the_feed_has_no_frames, reset),
        cmocka_unit_test_setup(test_each_view_is_its_tile, reset),
        cmocka_unit_test_setup(test_views_are_cropped_and_turned_as_the_map_says, reset),
        cmocka_unit_test_setup(test_explicit_rectangles_go_before_the_grid, reset),
        cmocka_unit_test_setup(test_what_does_not_fit_the_picture_is_refused_with_its_line, reset),
        cmocka_unit_test_setup(test_absent_files_are_named, reset),
        cmocka_unit_test_setup(test_what_is_no_picture_or_video_is_named, reset),
        cmocka_unit_test_setup(test_a_picture_of_another_size_is_refused, reset),
        cmocka_unit_test_setup(test_a_truncated_video_is_told_after_its_frames, reset),
        cmocka_unit_test_setup(test_a_few_missing_frames_are_a_loose_count, reset),
        cmocka_unit_test_setup(test_each_allocation_fails, reset),
    };
    return cmocka_run_group_tests(tests, setup, done);
}
