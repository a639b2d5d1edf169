// Videos written and read; other programs' videos where ffmpeg is there to make them; damaged ones.
#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES = 12, STEP = 20 };        // frame i is filled with i * STEP
static const double GREY_TOLERANCE = 6; // grey levels: the codecs' loss on a plain frame
static const double MEAN_TOLERANCE = 4; // grey levels, of a whole picture with some detail

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static void plain_write(const char *path, int width, int height, int n) {
    rig_image frame = picture_make(width, height, 3);
    rig_video_writer *writer;
    assert_ok(rig_video_writer_open(path, width, height, 30, &writer, &err));
    for (int i = 0; i < n; i++) {
        picture_fill(&frame, i * STEP);
        assert_ok(rig_video_writer_add(writer, &frame, &err));
    }
    assert_ok(rig_video_writer_close(writer, &err));
    rig_image_release(&frame);
}

static void assert_plain(const char *path, int width, int height, int n) {
    rig_video *video;
    rig_video_info info;
    rig_image frame;
    bool got;
    assert_ok(rig_video_open(path, &video, &info, &err));
    assert_int_equal(info.width, width);
    assert_int_equal(info.height, height);
    assert_int_equal(info.n_frames, n);
    assert_near(info.fps, 30, 1e-6);
    for (int i = 0; i < n; i++) {
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_true(got);
        assert_int_equal(frame.width, width);
        assert_int_equal(frame.height, height);
        assert_int_equal(frame.channels, 3);
        assert_near(picture_mean(&frame), i * STEP, GREY_TOLERANCE);
    }
    for (int again = 0; again < 2; again++) { // and it stays at its end
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_false(got);
        assert_ok(rig_video_skip(video, &got, &err));
        assert_false(got);
    }
    rig_video_close(video);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    static const struct {
        const char *name;
        int width, height;
    } cases[] = {{"a.mp4", 64, 48}, {"a.avi", 64, 48}, {"odd.avi", 101, 51}, {"tall.mp4", 34, 120}, {"b.AVI", 16, 16}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        plain_write(path_in_folder(cases[i].name), cases[i].width, cases[i].height, FRAMES);
        assert_plain(path_in_folder(cases[i].name), cases[i].width, cases[i].height, FRAMES);
    }
}

static void test_detail_and_colour_survive(void **state) {
    (void)state;
    static const char *const names[] = {"detail.mp4", "detail.avi"};
    rig_image made = picture_make(128, 96, 3), frame;
    for (int i = 0; i < 2; i++) {
        rig_video_writer *writer;
        rig_video *video;
        rig_video_info info;
        bool got;
        assert_ok(rig_video_writer_open(path_in_folder(names[i]), 128, 96, 25, &writer, &err));
        assert_ok(rig_video_writer_add(writer, &made, &err));
        assert_ok(rig_video_writer_close(writer, &err));
        assert_ok(rig_video_open(path_in_folder(names[i]), &video, &info, &err));
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_true(got);
        double sum = 0;
        for (int y = 0; y < 96; y++)
            for (int x = 0; x < 3 * 128; x++)
                sum += abs(frame.data[y * frame.stride + x] - made.data[y * made.stride + x]);
        assert_near(sum / (3 * 128 * 96), 0, MEAN_TOLERANCE);
        rig_video_close(video);
    }
    rig_image_release(&made);
}

static void test_skipped_frames_are_not_delivered(void **state) {
    (void)state;
    rig_video *video;
    rig_video_info info;
    rig_image frame;
    bool got;
    plain_write(path_in_folder("skip.mp4"), 64, 48, FRAMES);
    assert_ok(rig_video_open(path_in_folder("skip.mp4"), &video, &info, &err));
    for (int i = 0; i < FRAMES; i += 3) {
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_true(got);
        assert_near(picture_mean(&frame), i * STEP, GREY_TOLERANCE);
        for (int k = 0; k < 2; k++) {
            assert_ok(rig_video_skip(video, &got, &err));
            assert_true(got);
        }
    }
    assert_ok(rig_video_skip(video, &got, &err));
    assert_false(got);
    rig_video_close(video);
}

static void test_writing_fails_by_name_and_reason(void **state) {
    (void)state;
    rig_video_writer *writer;
    rig_image other = picture_make(32, 48, 3);
    assert_int_equal(rig_video_writer_open(path_in_folder("a.mkv"), 64, 48, 30, &writer, &err), RIG_ERR_IO);
    assert_contains(err.text, ".mp4 or .avi");
    assert_int_equal(rig_video_writer_open(path_in_folder("a.mp4"), 63, 48, 30, &writer, &err), RIG_ERR_IO);
    assert_contains(err.text, "63x48");
    assert_int_equal(rig_video_writer_open(path_in_folder("absent/a.mp4"), 64, 48, 30, &writer, &err), RIG_ERR_IO);
    assert_contains(err.text, "absent/a.mp4");
    assert_int_equal(rig_video_writer_open(path_in_folder("absent/a.avi"), 64, 48, 30, &writer, &err), RIG_ERR_IO);
    assert_null(writer);
    assert_ok(rig_video_writer_open(path_in_folder("size.mp4"), 64, 48, 30, &writer, &err));
    assert_int_equal(rig_video_writer_add(writer, &other, &err), RIG_ERR_DATA);
    assert_contains(err.text, "32x48");
    assert_int_equal(rig_video_writer_close(writer, &err), RIG_ERR_IO); // no frame: no video
    assert_ok(rig_video_writer_close(NULL, &err));
    rig_image_release(&other);
}

static void test_a_full_disk_is_noticed(void **state) {
    (void)state;
    static const char *const names[] = {"full.mp4", "full.avi"};
    rig_image frame = picture_make(64, 48, 3);
    for (int i = 0; i < 2; i++) {
        rig_video_writer *writer;
        if (symlink("/dev/full", path_in_folder(names[i])) != 0)
            skip();
        rig_status status = rig_video_writer_open(path_in_folder(names[i]), 64, 48, 30, &writer, &err);
        if (status == RIG_OK) {
            for (int k = 0; k < FRAMES; k++)
                assert_ok(rig_video_writer_add(writer, &frame, &err));
            status = rig_video_writer_close(writer, &err);
        }
        assert_int_equal(status, RIG_ERR_IO);
        assert_contains(err.text, names[i]);
    }
    rig_image_release(&frame);
}

static void assert_refused(const char *path, rig_status status, const char *word) {
    rig_video *video;
    rig_video_info info;
    err.text[0] = 0;
    assert_int_equal(rig_video_open(path, &video, &info, &err), status);
    assert_null(video);
    assert_contains(err.text, path);
    assert_contains(err.text, word);
}

static void test_no_video_is_refused_by_name_and_reason(void **state) {
    (void)state;
    static unsigned char noise[20000];
    assert_refused(path_in_folder("absent.mp4"), RIG_ERR_IO, "No such file");
    assert_refused(rig_test_folder(), RIG_ERR_IO, "it is a folder, expected a regular file");
    bytes_write(path_in_folder("empty.mp4"), "", 0);
    assert_refused(path_in_folder("empty.mp4"), RIG_ERR_FORMAT, "empty");
    bytes_write(path_in_folder("text.mp4"), "not a video at all\n", 19);
    assert_refused(path_in_folder("text.mp4"), RIG_ERR_FORMAT, "is not a readable video");
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(i * i * 31 + i / 7);
    bytes_write(path_in_folder("noise.avi"), noise, sizeof noise);
    assert_refused(path_in_folder("noise.avi"), RIG_ERR_FORMAT, "is not a readable video");
    rig_video_close(NULL);
}

// An mp4's index stands at its end, an avi's frames come one by one: the one cannot be opened, the other ends early.
static void test_cut_videos_fail_or_end_early(void **state) {
    (void)state;
    size_t n;
    plain_write(path_in_folder("whole.mp4"), 64, 48, FRAMES);
    unsigned char *file = bytes_read(path_in_folder("whole.mp4"), &n);
    bytes_write(path_in_folder("cut.mp4"), file, n * 3 / 4);
    assert_refused(path_in_folder("cut.mp4"), RIG_ERR_FORMAT, "damaged");
    free(file);

    rig_video *video;
    rig_video_info info;
    rig_image frame;
    int count = 0;
    plain_write(path_in_folder("whole.avi"), 64, 48, FRAMES);
    file = bytes_read(path_in_folder("whole.avi"), &n);
    bytes_write(path_in_folder("cut.avi"), file, n / 2);
    free(file);
    assert_ok(rig_video_open(path_in_folder("cut.avi"), &video, &info, &err));
    for (bool got = true; got; count += got)
        assert_ok(rig_video_read(video, &frame, &got, &err));
    assert_in_range(count, 1, FRAMES - 1);
    assert_int_equal(info.n_frames, FRAMES);
    assert_int_equal(rig_video_missing(video), FRAMES - count);
    rig_video_close(video);
}

// A path is a path, even where FFmpeg would see a protocol.
static void test_colons_in_names(void **state) {
    (void)state;
    char before[1024];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(rig_test_folder()), 0);
    plain_write("plain.avi", 64, 48, FRAMES);
    assert_int_equal(rename("plain.avi", "take:1 %03d.avi"), 0);
    assert_plain("take:1 %03d.avi", 64, 48, FRAMES);
    assert_int_equal(chdir(before), 0);
}

// --- other programs' videos ----------------------------------------------------------------------

static void assert_counts(const char *name, int width, int height, int n) {
    rig_video *video;
    rig_video_info info;
    rig_image frame;
    int count = 0;
    assert_ok(rig_video_open(path_in_folder(name), &video, &info, &err));
    assert_int_equal(info.width, width);
    assert_int_equal(info.height, height);
    for (bool got = true; got; count += got) {
        assert_ok(rig_video_read(video, &frame, &got, &err));
        assert_true(!got || (frame.width == width && frame.height == height));
    }
    assert_int_equal(count, n);
    rig_video_close(video);
}

static void test_codecs_that_cameras_and_browsers_use(void **state) {
    (void)state;
    static const struct {
        const char *name, *options;
    } cases[] = {
        {"h264.mp4", "-c:v libx264 -pix_fmt yuv420p"},
        {"h264.mov", "-c:v libx264 -bf 3 -pix_fmt yuv422p"},
        {"vp9.webm", "-c:v libvpx-vp9 -b:v 300k"},
        {"vp9.mp4", "-c:v libvpx-vp9 -b:v 300k"},
        {"mpeg4.mp4", "-c:v mpeg4 -bf 2"},
        {"mjpeg.avi", "-c:v mjpeg"},
        {"hevc.mkv", "-c:v libx265 -x265-params log-level=none -pix_fmt yuv420p10le"},
    };
    int seen = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char arguments[1024];
        snprintf(arguments, sizeof arguments, "-f lavfi -i testsrc=size=160x120:rate=25 -frames:v 30 %s %s",
                 cases[i].options, path_in_folder(cases[i].name));
        if (!ffmpeg_run(arguments)) {
            rig_test_leave_out("ffmpeg cannot make a video here");
            continue;
        }
        assert_counts(cases[i].name, 160, 120, 30);
        seen++;
    }
    if (!seen)
        skip();
}

static int missing_at_end(const char *name, int *n_stated) {
    rig_video *video;
    rig_video_info info;
    bool got = true;
    assert_ok(rig_video_open(path_in_folder(name), &video, &info, &err));
    while (got)
        assert_ok(rig_video_skip(video, &got, &err));
    int missing = rig_video_missing(video);
    *n_stated = info.n_frames;
    rig_video_close(video);
    return missing;
}

// A container that knows its duration but no count makes OpenCV guess one, from a rate that does not hold throughout:
// such a video lacks nothing. One with its index in front, cut behind, does.
static void test_missing_frames_are_told_from_wrong_counts(void **state) {
    (void)state;
    char arguments[1024];
    int n_stated;
    snprintf(arguments, sizeof arguments,
             "-f lavfi -i testsrc=size=160x120:rate=30 -frames:v 90 -vf \"select='lt(n,40)+not(mod(n,3))'\" "
             "-fps_mode vfr -c:v libvpx-vp9 -b:v 200k %s",
             path_in_folder("varying.webm"));
    if (!ffmpeg_run(arguments))
        skip();
    assert_true(missing_at_end("varying.webm", &n_stated) <= 3);
    assert_true(n_stated > 100); // else this tests nothing
    snprintf(arguments, sizeof arguments,
             "-f lavfi -i testsrc=size=160x120:rate=25 -frames:v 100 -c:v mpeg4 -movflags +faststart %s",
             path_in_folder("front.mp4"));
    if (!ffmpeg_run(arguments))
        skip();
    assert_int_equal(missing_at_end("front.mp4", &n_stated), 0);
    size_t n;
    unsigned char *file = bytes_read(path_in_folder("front.mp4"), &n);
    bytes_write(path_in_folder("front_cut.mp4"), file, n * 6 / 10);
    free(file);
    assert_in_range(missing_at_end("front_cut.mp4", &n_stated), 20, 60);
    assert_int_equal(n_stated, 100);
}

// --- real recordings -----------------------------------------------------------------------------

static void test_real_videos_have_their_frames(void **state) {
    (void)state;
    if (!rig_test_real_data())
        skip();
    static const struct {
        const char *name;
        int width, height;
    } cases[] = {{"videos/cam02.mp4", 1080, 1920}, {"videos/cam03.mp4", 1088, 1920}, {"composite_2x2.mp4", 1088, 1920}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[1024];
        rig_video *video;
        rig_video_info info;
        bool got;
        int n = 0;
        snprintf(path, sizeof path, "%s/pose2sim/%s", rig_test_real_data(), cases[i].name);
        assert_ok(rig_video_open(path, &video, &info, &err));
        assert_int_equal(info.width, cases[i].width);
        assert_int_equal(info.height, cases[i].height);
        assert_near(info.fps, 60, 0.1);
        for (got = true; got; n += got)
            assert_ok(rig_video_skip(video, &got, &err));
        assert_int_equal(n, 100);
        rig_video_close(video);
    }
}

// --- silence -------------------------------------------------------------------------------------

// Only the command line prints: what OpenCV, FFmpeg and the decoders have to say comes as a status, or not at all.
static void test_nothing_is_printed(void **state) {
    char path[512];
    snprintf(path, sizeof path, "%s", path_in_folder("printed.txt"));
    int kept[2] = {dup(1), dup(2)}, file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    struct stat info;
    fflush(NULL);
    dup2(file, 1), dup2(file, 2);
    test_no_video_is_refused_by_name_and_reason(state);
    test_cut_videos_fail_or_end_early(state);
    test_writing_fails_by_name_and_reason(state);
    test_what_is_written_is_read(state);
    fflush(NULL);
    dup2(kept[0], 1), dup2(kept[1], 2);
    close(kept[0]), close(kept[1]), close(file);
    assert_int_equal(stat(path, &info), 0);
    if (info.st_size > 0) {
        size_t n;
        unsigned char *text = bytes_read(path, &n);
        fail_msg("printed: %.*s", (int)(n < 500 ? n : 500), (char *)text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_detail_and_colour_survive),
        cmocka_unit_test(test_skipped_frames_are_not_delivered),
        cmocka_unit_test(test_writing_fails_by_name_and_reason),
        cmocka_unit_test(test_a_full_disk_is_noticed),
        cmocka_unit_test(test_no_video_is_refused_by_name_and_reason),
        cmocka_unit_test(test_cut_videos_fail_or_end_early),
        cmocka_unit_test(test_colons_in_names),
        cmocka_unit_test(test_codecs_that_cameras_and_browsers_use),
        cmocka_unit_test(test_missing_frames_are_told_from_wrong_counts),
        cmocka_unit_test(test_real_videos_have_their_frames),
        cmocka_unit_test(test_nothing_is_printed),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
