#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

#include <stdint.h>
#include <unistd.h>

static const double GREY_TOLERANCE = 3; // of 255: two codings, and BT.601 in 8 bits
static const double COLOUR_TOLERANCE =
    12; // of 255, mean of a flat colour's channels: chroma has a quarter of the pixels

enum { FRAMES = 30, STEP = 7 };

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static void flat_write(const char *path, int width, int height, int n, double fps) {
    rig_image frame = picture_make(width, height, 3);
    rig_web_video *video;
    assert_ok(rig_web_video_open(path, width, height, fps, &video, &err));
    for (int i = 0; i < n; i++) {
        picture_fill(&frame, i * STEP);
        assert_ok(rig_web_video_add(video, &frame, &err));
    }
    assert_ok(rig_web_video_close(video, &err));
    rig_image_release(&frame);
}

static void test_frames_sizes_and_rates_are_kept(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int width, height;
        double fps;
    } cases[] = {
        {"a.mp4", 64, 48, 25}, {"odd.mp4", 101, 51, 60}, {"ntsc.mp4", 34, 121, 30000 / 1001.0}, {"tiny.mp4", 17, 1, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = path_in_folder(cases[i].name);
        rig_video *video;
        rig_video_info info;
        rig_image frame;
        bool got;
        flat_write(path, cases[i].width, cases[i].height, FRAMES, cases[i].fps);
        assert_ok(rig_video_open(path, &video, &info, &err));
        assert_int_equal(info.width, cases[i].width + cases[i].width % 2);
        assert_int_equal(info.height, cases[i].height + cases[i].height % 2);
        assert_int_equal(info.n_frames, FRAMES);
        assert_near(info.fps, cases[i].fps, 1e-3);
        for (int k = 0; k < FRAMES; k++) {
            assert_ok(rig_video_read(video, &frame, &got, &err));
            assert_true(got);
            assert_near(picture_mean(&frame), k * STEP, GREY_TOLERANCE);
        }
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_false(got);
        rig_video_close(video);
    }
}

// Halves of two colours, the second ending in an odd column, which is doubled.
static void test_colours_are_kept(void **state) {
    (void)state;
    static const unsigned char colours[][2][3] = {
        {{178, 114, 0}, {0, 159, 230}}, {{115, 158, 0}, {167, 121, 204}}, {{255, 255, 255}, {0, 0, 0}}};
    enum { WIDTH = 129, HEIGHT = 65 };
    for (size_t i = 0; i < sizeof colours / sizeof *colours; i++) {
        rig_image made = picture_make(WIDTH, HEIGHT, 3), frame;
        rig_web_video *writer;
        rig_video *video;
        rig_video_info info;
        bool got;
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                memcpy(made.data + y * made.stride + 3 * x, colours[i][x >= WIDTH / 2], 3);
        assert_ok(rig_web_video_open(path_in_folder("colours.mp4"), WIDTH, HEIGHT, 25, &writer, &err));
        assert_ok(rig_web_video_add(writer, &made, &err));
        assert_ok(rig_web_video_close(writer, &err));
        assert_ok(rig_video_open(path_in_folder("colours.mp4"), &video, &info, &err));
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_true(got);
        for (int half = 0; half < 2; half++)
            for (int c = 0; c < 3; c++) {
                const int x = half ? WIDTH : WIDTH / 4, y = HEIGHT; // the last column and row are made up
                assert_near(frame.data[y * frame.stride + 3 * x + c], colours[i][half][c], COLOUR_TOLERANCE);
            }
        rig_video_close(video);
        rig_image_release(&made);
    }
}

static void test_equal_frames_give_equal_bytes_and_the_index_stands_in_front(void **state) {
    (void)state;
    size_t n[2];
    unsigned char *files[2];
    static const char *const names[] = {"one.mp4", "two.mp4"};
    for (int i = 0; i < 2; i++) {
        flat_write(path_in_folder(names[i]), 320, 240, FRAMES, 25);
        files[i] = bytes_read(path_in_folder(names[i]), &n[i]);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(files[0], files[1], n[0]);
    size_t moov = 0, mdat = 0;
    for (size_t i = 0; i + 4 < n[0]; i++) {
        moov = !moov && memcmp(files[0] + i, "moov", 4) == 0 ? i : moov;
        mdat = !mdat && memcmp(files[0] + i, "mdat", 4) == 0 ? i : mdat;
    }
    assert_in_range(moov, 1, mdat);
    free(files[0]), free(files[1]);
}

static void test_what_cannot_be_written_is_refused(void **state) {
    (void)state;
    rig_web_video *video;
    rig_image other = picture_make(32, 48, 3);
    assert_int_equal(rig_web_video_open(path_in_folder("absent/a.mp4"), 64, 48, 30, &video, &err), RIG_ERR_IO);
    assert_null(video);
    assert_contains(err.text, "absent/a.mp4");
    assert_contains(err.text, "No such file");
    assert_int_equal(rig_web_video_open(path_in_folder("a.mp4"), 64, 48, 0, &video, &err), RIG_ERR_IO);
    assert_contains(err.text, "0 frames a second");
    assert_ok(rig_web_video_open(path_in_folder("a.mp4"), 64, 48, 30, &video, &err));
    assert_true(rig_web_video_plays(video)); // Debian's FFmpeg has libx264
    assert_int_equal(rig_web_video_add(video, &other, &err), RIG_ERR_DATA);
    assert_contains(err.text, "32x48");
    assert_int_equal(rig_web_video_close(video, &err), RIG_ERR_IO);
    assert_contains(err.text, "no frames");
    assert_ok(rig_web_video_close(NULL, &err));
    rig_image_release(&other);
}

static void test_a_full_disk_is_noticed(void **state) {
    (void)state;
    rig_image frame = picture_make(64, 48, 3);
    rig_web_video *video;
    if (symlink("/dev/full", path_in_folder("full.mp4")) != 0)
        skip();
    rig_status status = rig_web_video_open(path_in_folder("full.mp4"), 64, 48, 30, &video, &err);
    if (status == RIG_OK) {
        for (int k = 0; k < FRAMES && status == RIG_OK; k++)
            status = rig_web_video_add(video, &frame, &err);
        rig_status closed = rig_web_video_close(video, status == RIG_OK ? &err : NULL);
        status = status == RIG_OK ? closed : status;
    }
    assert_int_equal(status, RIG_ERR_IO);
    assert_contains(err.text, "full.mp4");
    rig_image_release(&frame);
}

static rig_status one_frame(void *self, rig_err *why) {
    unsigned char pixels[3 * 16 * 16] = {0};
    const rig_image frame = {16, 16, 3, 3 * 16, pixels};
    rig_web_video *video;
    RIG_TRY(rig_web_video_open(self, 16, 16, 25, &video, why));
    const rig_status status = rig_web_video_add(video, &frame, why);
    const rig_status closed = rig_web_video_close(video, status == RIG_OK ? why : NULL);
    return status == RIG_OK ? closed : status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(one_frame, (char *)(uintptr_t)path_in_folder("oom.mp4")) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frames_sizes_and_rates_are_kept),
        cmocka_unit_test(test_colours_are_kept),
        cmocka_unit_test(test_equal_frames_give_equal_bytes_and_the_index_stands_in_front),
        cmocka_unit_test(test_what_cannot_be_written_is_refused),
        cmocka_unit_test(test_a_full_disk_is_noticed),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
