// io/frames.c: feeds of recordings as frames, and views as parts of them.
#include "tests/unit/io/feeds.h"

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

// Pictures that are numbered: of the frames asked for those that are there.
static void test_frames_of_a_sequence_are_numbers(void **state) {
    (void)state;
    static int numbers[] = {10, 11, 13, 16, 20};
    rig_image picture;
    int frame;
    bool got;
    use_pictures("numbers", 1, 1, 5);
    file.frames = numbers;
    for (int i = 0; i < 3; i++) {
        static const int expected[3][6] = {{10, 11, 13, 16, 20, -1}, {11, 13, -1}, {10, 13, 16, -1}};
        recording.first = (const int[]){0, 11, 10}[i], recording.last = (const int[]){INT_MAX, 15, 19}[i];
        recording.step = i == 2 ? 3 : 1;
        rig_reader *reader = open_feed();
        for (int k = 0; k < 6; k++) {
            assert_ok(rig_reader_next(reader, &frame, &picture, &got, &err));
            assert_int_equal(got ? frame : -1, expected[i][k]);
            if (!got)
                break;
            int place = 0;
            while (numbers[place] != frame)
                place++;
            assert_near(picture.data[0], value_of(place, 0), GREY_TOLERANCE);
        }
        rig_reader_close(reader);
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

// --- views ---------------------------------------------------------------------------------------

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
    feed.cols = 5, feed.line = 7;
    assert_refused(RIG_ERR_CONFIG, WORDS("rig.yaml:7: feeds.quad.grid: [5, 1]", "recording 'walk'", "96x64"));
    feed.cols = 1, feed.rows = 3;
    assert_refused(RIG_ERR_CONFIG, WORDS("[1, 3]", "96x64"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_frames_are_first_to_last_by_step, reset),
        cmocka_unit_test_setup(test_frames_of_a_sequence_are_numbers, reset),
        cmocka_unit_test_setup(test_sources_say_what_the_file_is, reset),
        cmocka_unit_test_setup(test_a_stated_rate_goes_before_the_videos_own, reset),
        cmocka_unit_test_setup(test_a_recording_without_the_feed_has_no_frames, reset),
        cmocka_unit_test_setup(test_each_view_is_its_tile, reset),
        cmocka_unit_test_setup(test_views_are_cropped_and_turned_as_the_map_says, reset),
        cmocka_unit_test_setup(test_explicit_rectangles_go_before_the_grid, reset),
        cmocka_unit_test_setup(test_what_does_not_fit_the_picture_is_refused_with_its_line, reset),
    };
    return cmocka_run_group_tests(tests, setup, done);
}
