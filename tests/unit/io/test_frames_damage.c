// io/frames.c: feeds that are absent, no pictures at all, or cut; and no memory.
#include "tests/unit/io/feeds.h"

static void test_absent_files_are_named(void **state) {
    (void)state;
    const char *paths[] = {path_of("absent.mp4")};
    file = (rig_feed_file){.kind = RIG_FILE_VIDEO, .text = "absent.mp4", .n = 1, .paths = paths};
    assert_refused(RIG_ERR_IO, WORDS("recording 'walk', feed 'quad'", "absent.mp4", "No such file"));
    file.kind = RIG_FILE_IMAGES;
    assert_refused(RIG_ERR_IO, WORDS("absent.mp4", "No such file"));
    file = (rig_feed_file){.kind = RIG_FILE_IMAGES, .text = "img%03d.png", .n = 0, .paths = NULL};
    assert_refused(RIG_ERR_IO, WORDS("no picture matches 'img%03d.png'"));
}

static void test_what_is_no_picture_or_video_is_named(void **state) {
    (void)state;
    const char *paths[] = {path_of("text.mp4")};
    FILE *stream = fopen(paths[0], "w");
    fputs("is not a readable video\n", stream);
    fclose(stream);
    file = (rig_feed_file){.kind = RIG_FILE_VIDEO, .text = "text.mp4", .n = 1, .paths = paths};
    assert_refused(RIG_ERR_FORMAT, WORDS("text.mp4", "is not a readable video"));
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
    rig_status status = rig_reader_open(&config, 0, 0, NULL, &reader, e);
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
        cmocka_unit_test_setup(test_absent_files_are_named, reset),
        cmocka_unit_test_setup(test_what_is_no_picture_or_video_is_named, reset),
        cmocka_unit_test_setup(test_a_picture_of_another_size_is_refused, reset),
        cmocka_unit_test_setup(test_a_truncated_video_is_told_after_its_frames, reset),
        cmocka_unit_test_setup(test_a_few_missing_frames_are_a_loose_count, reset),
        cmocka_unit_test_setup(test_each_allocation_fails, reset),
    };
    return cmocka_run_group_tests(tests, setup, done);
}
