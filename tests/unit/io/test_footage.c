// io/footage.c: what a feed's file is, and the views of it.
#include "tests/unit/io/feeds.h"

static void test_a_video_of_constant_rate_has_no_times(void **state) {
    (void)state;
    rig_footage footage;
    for (int kind = 0; kind < 2; kind++) {
        use_video(kind ? "a.avi" : "a.mp4", 1, 1, N);
        assert_ok(rig_footage_read(&config, 0, 0, &footage, &arena, &err));
        assert_int_equal(footage.width, W);
        assert_int_equal(footage.height, H);
        assert_int_equal(footage.asks.turns, 0);
        assert_near(footage.fps, 25, 1e-9);
        assert_int_equal(footage.n_frames, N);
        assert_int_equal(footage.n_times, 0);
        assert_string_equal(footage.digest, "");
    }
}

static void test_a_sequence_is_as_its_first_picture_that_is_used(void **state) {
    (void)state;
    rig_footage footage;
    use_pictures("seq", 1, 1, 3);
    recording.first = 1;
    assert_ok(rig_footage_read(&config, 0, 0, &footage, &arena, &err));
    assert_int_equal(footage.width, W);
    assert_int_equal(footage.n_frames, 3);
    assert_near(footage.fps, 0, 0);
    file = (rig_feed_file){.kind = RIG_FILE_IMAGES, .text = "none_%d.png", .n = 0, .paths = NULL};
    assert_int_equal(rig_footage_read(&config, 0, 0, &footage, &arena, &err), RIG_ERR_IO);
    assert_contains(err.text, "recording 'walk', feed 'quad': no picture matches 'none_%d.png'");
    file = (rig_feed_file){0};
    assert_ok(rig_footage_read(&config, 0, 0, &footage, &arena, &err));
    assert_int_equal(footage.width, 0);
}

static void test_stamps_of_a_video_are_of_each_frame(void **state) {
    (void)state;
    rig_video_container container;
    use_video("times.mp4", 1, 1, N);
    assert_ok(rig_video_container_read(file.paths[0], &container, &arena, &err));
    assert_int_equal(container.n, N);
    assert_true(container.tick_s > 0 && container.tick_s <= 0.04);
    for (int i = 0; i < container.n; i++)
        assert_near(container.times_s[i], i / 25.0, 1e-9);
    assert_int_equal(rig_video_container_read(path_of("nothing.mp4"), &container, &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "nothing.mp4");
}

static void test_views_go_by_stamps_unless_the_rig_states_a_rate(void **state) {
    (void)state;
    double times_s[3] = {0, 0.04, 0.12};
    const rig_footage footage = {.width = W, .height = H, .fps = 25, .n_frames = 3, .n_times = 3, .times_s = times_s};
    rig_view_source sources[4];
    feed.cols = 2, feed.n_views = 2, views[1].turns = 3;
    assert_ok(rig_view_sources_make(&config, 0, &footage, sources, &err));
    assert_int_equal(sources[1].rect.x, W / 2);
    assert_int_equal(sources[1].width, H);
    assert_int_equal(sources[1].picture_size[0], W);
    assert_near(sources[1].offset_s, 0.25, 0);
    assert_ptr_equal(sources[1].times_s, times_s);
    assert_int_equal(sources[1].n_times, 3);
    feed.fps = 30;
    assert_ok(rig_view_sources_make(&config, 0, &footage, sources, &err));
    assert_near(sources[0].fps, 30, 0);
    assert_int_equal(sources[0].n_times, 0);
    assert_null(sources[0].times_s);
}

// Views that 10_feeds.yaml has elsewhere than the rig's layout are where 10_feeds.yaml says, if the picture reaches
// there.
static void test_a_reader_takes_the_views_that_are_known(void **state) {
    (void)state;
    rig_reader *reader;
    rig_view_source known = {.rect = {8, 4, 20, 10}, .width = 20, .height = 10, .n_frames = 7};
    use_pictures("known", 1, 1, 1);
    assert_ok(rig_reader_open(&config, 0, 0, &known, &reader, &err));
    assert_int_equal(rig_reader_sources(reader)->rect.x, 8);
    assert_int_equal(rig_reader_sources(reader)->n_frames, 7);
    rig_reader_close(reader);
    known.rect.w = W;
    assert_int_equal(rig_reader_open(&config, 0, 0, &known, &reader, &err), RIG_ERR_DATA);
    assert_contains(err.text, "view 'c0': 10_feeds.yaml has it at [8, 4, 96, 10], outside the picture of 96x64");
    known.width = 0;
    assert_ok(rig_reader_open(&config, 0, 0, &known, &reader, &err));
    assert_int_equal(rig_reader_sources(reader)->width, W);
    rig_reader_close(reader);
}

static rig_status look(void *self, rig_err *e) {
    rig_arena out = {0};
    rig_footage footage;
    (void)self;
    rig_status status = rig_footage_read(&config, 0, 0, &footage, &out, e);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    use_video("oom.mp4", 1, 1, 3);
    assert_true(rig_test_each_allocation_fails(look, NULL) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_video_of_constant_rate_has_no_times, reset),
        cmocka_unit_test_setup(test_a_sequence_is_as_its_first_picture_that_is_used, reset),
        cmocka_unit_test_setup(test_stamps_of_a_video_are_of_each_frame, reset),
        cmocka_unit_test_setup(test_views_go_by_stamps_unless_the_rig_states_a_rate, reset),
        cmocka_unit_test_setup(test_a_reader_takes_the_views_that_are_known, reset),
        cmocka_unit_test_setup(test_failed_allocations_are_reported, reset),
    };
    return cmocka_run_group_tests(tests, setup, done);
}
