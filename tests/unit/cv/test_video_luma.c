// Videos read as grey: their luma as it is stored, frame for frame what OpenCV reads of them in colours.
#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

enum { FRAMES = 30, DAMAGES = 12 };
// Grey values: roundings on the way from luma over blue, green and red and back, at frames of moderate colours.
static const double ROUNDINGS = 2.5;
// Grey values, mean of a picture: what a codec makes of the two ranges.
static const double RANGES = 1;

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

// A moving picture whose colours stay within what both ranges hold.
static bool made(const char *options, const char *name) {
    char arguments[1024];
    snprintf(arguments, sizeof arguments,
             "-f lavfi -i \"testsrc=size=160x120:rate=25,format=gray,eq=contrast=0.6\" -frames:v %d %s %s", FRAMES,
             options, path_in_folder(name));
    if (ffmpeg_run(arguments))
        return true;
    rig_test_leave_out("ffmpeg cannot make a video here");
    return false;
}

typedef struct both {
    rig_video *colour, *grey;
    rig_video_info info;
} both;

static both both_open(const char *name) {
    both b;
    rig_video_info info;
    assert_ok(rig_video_open(path_in_folder(name), &b.colour, &b.info, &err));
    assert_ok(rig_video_open_grey(path_in_folder(name), &b.grey, &info, &err));
    assert_memory_equal(&b.info, &info, sizeof info);
    return b;
}

static void both_close(both *b) {
    assert_int_equal(rig_video_missing(b->colour), rig_video_missing(b->grey));
    rig_video_close(b->colour);
    rig_video_close(b->grey);
}

// The next frame by both ways; the luma in full range.
static bool both_read(both *b, bool limited, rig_image *colour, rig_image *grey) {
    rig_image bgr, luma;
    bool got, also;
    assert_ok(rig_video_read(b->colour, &bgr, &got, &err));
    assert_ok(rig_video_read(b->grey, &luma, &also, &err));
    assert_int_equal(got, also);
    if (!got)
        return false;
    assert_int_equal(luma.channels, 1);
    assert_ok(rig_image_to_grey(&bgr, colour, &err));
    assert_ok(rig_image_to_grey(&luma, grey, &err));
    for (int i = 0; limited && i < grey->width * grey->height; i++)
        grey->data[i] = (unsigned char)lround(fmin(255, fmax(0, (grey->data[i] - 16) * 255 / 219.0)));
    return true;
}

static void assert_equal_frames(const char *name, bool limited, int n_least) {
    rig_image colour = {0}, grey = {0};
    both b = both_open(name);
    int n = 0;
    while (both_read(&b, limited, &colour, &grey)) {
        assert_true(picture_difference(&colour, &grey) <= ROUNDINGS);
        n++;
    }
    assert_true(n >= n_least);
    both_close(&b);
    rig_image_release(&colour);
    rig_image_release(&grey);
}

static void test_luma_is_what_colours_give(void **state) {
    (void)state;
    static const struct {
        const char *name, *options;
        bool limited;
    } cases[] = {
        {"h264.mp4", "-c:v libx264 -pix_fmt yuv420p", true},
        {"full.mp4", "-vf scale=in_range=full:out_range=full -c:v libx264 -pix_fmt yuvj420p", false},
        {"bframes.mov", "-c:v libx264 -bf 3 -pix_fmt yuv422p", true},
        {"vp9.webm", "-c:v libvpx-vp9 -b:v 300k -pix_fmt yuv420p", true},
        {"mpeg4.avi", "-c:v mpeg4 -bf 2 -pix_fmt yuv420p", true},
        {"mjpeg.avi", "-c:v mjpeg -pix_fmt yuvj420p", false},
        {"ten.mkv", "-c:v libx264 -pix_fmt yuv420p10le", false}, // has no 8 bits: grey from colours
        {"rgb.avi", "-c:v rawvideo -pix_fmt bgr24", false},      // no luma
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (made(cases[i].options, cases[i].name))
            assert_equal_frames(cases[i].name, cases[i].limited, FRAMES);
}

// The same scene in both ranges: luma differs by the range alone.
static void test_ranges_differ_by_scale(void **state) {
    (void)state;
    rig_image a, b;
    bool got;
    if (!made("-c:v libx264 -qp 4 -pix_fmt yuv420p", "limited.mp4") ||
        !made("-vf scale=in_range=full:out_range=full -c:v libx264 -qp 4 -pix_fmt yuvj420p", "wide.mp4"))
        skip();
    both limited = both_open("limited.mp4"), wide = both_open("wide.mp4");
    for (int i = 0; i < FRAMES; i++) {
        assert_ok(rig_video_read(limited.grey, &a, &got, &err));
        assert_ok(rig_video_read(wide.grey, &b, &got, &err));
        assert_near((picture_mean(&a) - 16) * 255 / 219, picture_mean(&b), RANGES);
    }
    rig_video_close(limited.colour), rig_video_close(limited.grey);
    rig_video_close(wide.colour), rig_video_close(wide.grey);
}

// Numbers of frames are the same by both ways where a file is damaged, or people and boards would be of other moments.
static void test_damaged_videos_give_as_many_frames(void **state) {
    (void)state;
    size_t n;
    static const struct {
        const char *name, *options;
    } cases[] = {{"a.mp4", "-c:v libx264 -bf 2 -g 10 -pix_fmt yuv420p -movflags +faststart"},
                 {"a.avi", "-c:v mpeg4 -bf 2 -pix_fmt yuv420p"},
                 {"b.avi", "-c:v mjpeg -pix_fmt yuvj420p"},
                 {"a.webm", "-c:v libvpx-vp9 -b:v 300k -pix_fmt yuv420p"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!made(cases[i].options, cases[i].name))
            continue;
        unsigned char *file = bytes_read(path_in_folder(cases[i].name), &n);
        for (unsigned k = 1; k <= DAMAGES; k++) {
            unsigned char *damaged = malloc(n);
            char name[64];
            snprintf(name, sizeof name, "damaged_%s", cases[i].name);
            memcpy(damaged, file, n);
            const size_t at = n / 3 + k * (n / 2) / DAMAGES, length = 3 * k < n - at ? 3 * k : 0;
            for (size_t j = 0; j < length; j++)
                damaged[at + j] = (unsigned char)(37 * j + 11 * k);
            bytes_write(path_in_folder(name), damaged, k % 3 ? n : n - n / (2 + k));
            free(damaged);
            rig_video *colour, *grey;
            rig_video_info info;
            bool got = true, also = true;
            const rig_status status = rig_video_open(path_in_folder(name), &colour, &info, &err);
            assert_int_equal(rig_video_open_grey(path_in_folder(name), &grey, &info, &err), status);
            for (int f = 0; status == RIG_OK && got; f++) {
                assert_ok(rig_video_skip(colour, &got, &err));
                assert_ok(rig_video_skip(grey, &also, &err));
                if (got != also)
                    fail_msg("%s, damage %u, frame %d: colours %d, grey %d", name, k, f, got, also);
            }
            rig_video_close(colour);
            rig_video_close(grey);
        }
        free(file);
    }
}

static void test_after_the_end_is_the_end(void **state) {
    (void)state;
    rig_image frame;
    bool got = true;
    if (!made("-c:v libx264 -pix_fmt yuv420p", "end.mp4"))
        skip();
    both b = both_open("end.mp4");
    while (got)
        assert_ok(rig_video_read(b.grey, &frame, &got, &err));
    for (int i = 0; i < 3; i++) {
        assert_ok(rig_video_read(b.grey, &frame, &got, &err));
        assert_false(got);
    }
    assert_int_equal(rig_video_missing(b.grey), 0);
    rig_video_close(b.colour);
    rig_video_close(b.grey);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_luma_is_what_colours_give),
        cmocka_unit_test(test_ranges_differ_by_scale),
        cmocka_unit_test(test_damaged_videos_give_as_many_frames),
        cmocka_unit_test(test_after_the_end_is_the_end),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
