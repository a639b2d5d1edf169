// One feed of one recording, made for a test: what a test changes of its rig, it changes in place.
#ifndef RIG_TESTS_UNIT_IO_FEEDS_H
#define RIG_TESTS_UNIT_IO_FEEDS_H

#include "cv/cv.h"
#include "io/frames.h"
#include "tests/support/support.h"

#include <limits.h>
#include <string.h>

enum { W = 96, H = 64, N = 40, STEP = 6 }; // frame i's tiles are filled with i * STEP + 1, 2, ... * TILE
enum { TILE = 4 };
static const double GREY_TOLERANCE = 5; // grey levels: the codec's loss on plain tiles

static rig_err err;
static rig_arena arena;

// Up to four views.
static rig_feed_config feed;
static rig_view_config views[4];
static rig_feed_file file;
static bool has = true;
static rig_recording_config recording;
static rig_config config;

static inline int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static inline int reset(void **state) {
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

static inline int done(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static inline const char *path_of(const char *name) {
    const char *path = rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
    assert_non_null(path);
    return path;
}

static inline int value_of(int frame, int tile) {
    return frame * STEP + tile * TILE;
}

// A picture of cols x rows plain tiles.
static inline void tiles_fill(rig_image *image, int cols, int rows, int frame) {
    assert_ok(rig_image_resize(image, W, H, 3, &err));
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++)
            memset(image->data + y * image->stride + 3 * x, value_of(frame, y * rows / H * cols + x * cols / W), 3);
}

static inline void use_video(const char *name, int cols, int rows, int n) {
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
    file = (rig_feed_file){.kind = RIG_FILE_VIDEO, .text = name, .n = 1, .paths = paths};
}

static inline void use_pictures(const char *stem, int cols, int rows, int n) {
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
    file = (rig_feed_file){.kind = RIG_FILE_IMAGES, .text = stem, .n = n, .paths = paths};
}

static inline rig_reader *open_feed(void) {
    rig_reader *reader = NULL;
    assert_ok(rig_reader_open(&config, 0, 0, NULL, &reader, &err));
    return reader;
}

static inline void assert_refused(rig_status status, const char *const *words) {
    rig_reader *reader = NULL;
    err.text[0] = 0;
    assert_int_equal(rig_reader_open(&config, 0, 0, NULL, &reader, &err), status);
    assert_null(reader);
    for (; *words; words++)
        assert_contains(err.text, *words);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

#endif
