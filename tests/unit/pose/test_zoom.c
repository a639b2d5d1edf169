#include "cv/cv.h"
#include "pose/centres.h"
#include "pose/zoom.h"
#include "tests/support/dots.h"

#include <string.h>

// `dots` is both looks. At the first a small person's dots are a cell or less; a crop shows them several cells wide.
enum { K = DOTS_JOINTS, WIDTH = 640, HEIGHT = 480 };

static const double SIGMA_PX = 6;
static const double DIM = 0.9; // a little darker is a lot less heat: half at the second look, a third at the first
static const double ZOOMED_PX = 0.15; // a fifth of a cell of the crop
static const double BLUE[] = {0.2, 0.9, 0.55, 0.4};

static rig_err err;
static rig_arena out, work, scratch;
static char dots_file[256];
static unsigned char pixels[WIDTH * HEIGHT * 3];
static rig_image picture;
static rig_model model, second;
static rig_frame2d frame;

static int start_all(void **state) {
    (void)state;
    rig_cv_init();
    return !dots_net("dots", dots_file, sizeof dots_file);
}

static int stop_all(void **state) {
    (void)state;
    rig_arena_release(&out);
    rig_arena_release(&work);
    rig_arena_release(&scratch);
    return 0;
}

static int start(void **state) {
    (void)state;
    second = dots_model(dots_file, K, RIG_BACKEND_OPENCV);
    second.sizing = RIG_SIZING_FIXED;
    second.input_width = second.input_height = 256;
    second.interpolation = RIG_INTERP_AREA;
    model = dots_model(dots_file, K, RIG_BACKEND_OPENCV);
    model.interpolation = RIG_INTERP_AREA;
    model.zoom = (rig_zoom){.when = RIG_ZOOM_ALWAYS, .model = &second, .margin = 1.5, .weight = 3, .follow_s = 0.1};
    picture = (rig_image){WIDTH, HEIGHT, 3, 3 * WIDTH, pixels};
    memset(pixels, 0, sizeof pixels);
    rig_arena_clear(&out);
    rig_arena_clear(&work);
    rig_arena_clear(&scratch);
    return 0;
}

static const double STEP[K][2] = {{0, 0}, {21.3, 9.7}, {-3.2, 29.4}, {18.6, 48.1}, {2.7, 73.2}};

static void joint_place(const double at[2], int k, double q[2]) {
    q[0] = at[0] + STEP[k][0];
    q[1] = at[1] + STEP[k][1];
}

static void draw(const double at[2], double blue, double bright) {
    for (int k = 0; k < K; k++) {
        double q[2];
        joint_place(at, k, q);
        dots_draw(&picture, k, q, blue, SIGMA_PX, bright);
    }
}

static void run_after(const rig_frame2d *before) {
    rig_detector *detector = NULL;
    assert_ok(rig_detector_open(&model, &detector, &err));
    assert_ok(rig_detector_run(detector, &picture, before, &frame, &out, &scratch, &err));
    rig_detector_close(detector);
}

static void run(void) {
    run_after(NULL);
}

// Who stands there, or NULL.
static const rig_person2d *person_at(const double at[2]) {
    for (int i = 0; i < frame.n; i++)
        if (hypot(frame.people[i].joints[0].q[0] - at[0], frame.people[i].joints[0].q[1] - at[1]) < 15)
            return &frame.people[i];
    return NULL;
}

static double worst_miss(const double at[2]) {
    const rig_person2d *person = person_at(at);
    double worst = 0;
    assert_non_null(person);
    for (int k = 0; k < K; k++) {
        double q[2];
        joint_place(at, k, q);
        assert_true(person->joints[k].found);
        worst = fmax(worst, hypot(person->joints[k].q[0] - q[0], person->joints[k].q[1] - q[1]));
    }
    return worst;
}

static const double PLACES[3][2] = {{71.3, 90.6}, {300.7, 160.2}, {520.4, 320.9}};

static void draw_three(void) {
    for (int i = 0; i < 3; i++)
        draw(PLACES[i], BLUE[i], 1);
}

static void small_people_come_nearer_to_the_truth(void **state) {
    (void)state;
    double once[3];
    draw_three();
    model.zoom.when = RIG_ZOOM_OFF;
    run();
    assert_int_equal(frame.n, 3);
    for (int i = 0; i < 3; i++)
        once[i] = worst_miss(PLACES[i]);
    for (model.zoom.when = RIG_ZOOM_AUTO; model.zoom.when <= RIG_ZOOM_ALWAYS; model.zoom.when++) {
        run();
        assert_int_equal(frame.n, 3);
        for (int i = 0; i < 3; i++) {
            assert_true(worst_miss(PLACES[i]) < fmin(ZOOMED_PX, once[i] / 2));
        }
    }
}

static void the_weight_says_how_far(void **state) {
    (void)state;
    draw_three();
    model.zoom.when = RIG_ZOOM_OFF;
    run();
    const rig_frame2d once = frame;
    model.zoom.when = RIG_ZOOM_ALWAYS;
    model.zoom.weight = 0;
    run();
    assert_int_equal(frame.n, 3);
    for (int i = 0; i < 3; i++) {
        const rig_person2d *person = person_at(once.people[i].joints[0].q);
        for (int k = 0; k < K; k++)
            for (int a = 0; a < 2; a++)
                assert_near(person->joints[k].q[a], once.people[i].joints[k].q[a], 1e-9);
    }
}

static void crops_beyond_the_border(void **state) {
    (void)state;
    static const double corners[2][2] = {{10.2, 9.4}, {WIDTH - 32.4, HEIGHT - 84.3}};
    draw(corners[0], BLUE[0], 1);
    draw(corners[1], BLUE[1], 1);
    run();
    assert_int_equal(frame.n, 2);
    for (int i = 0; i < 2; i++)
        assert_true(worst_miss(corners[i]) < 2 * ZOOMED_PX);
}

static void crops_larger_than_the_picture(void **state) {
    (void)state;
    static const double at[2] = {11.3, 9.6};
    picture.width = 48;
    picture.height = 100;
    draw(at, BLUE[0], 1);
    for (int margin = 2; margin <= 10; margin += 3) {
        model.zoom.margin = margin;
        run();
        assert_int_equal(frame.n, 1);
        assert_true(worst_miss(at) < margin * ZOOMED_PX);
    }
}

static void who_is_not_seen_again_is_gone(void **state) {
    (void)state;
    draw(PLACES[0], BLUE[0], 1);
    draw(PLACES[1], BLUE[1], DIM);
    model.zoom.when = RIG_ZOOM_OFF;
    run();
    assert_int_equal(frame.n, 2);
    model.zoom.when = RIG_ZOOM_ALWAYS;
    second.decode.detection_threshold = 0.5;
    run();
    assert_int_equal(frame.n, 1);
    assert_non_null(person_at(PLACES[0]));
}

// The first look overlooks the dim one, who stands in the crop of the other.
static const double BESIDE[2] = {116.9, 94.2};

static void draw_stranger(void) {
    draw(PLACES[0], BLUE[0], 1);
    draw(BESIDE, BLUE[1], DIM);
    model.decode.detection_threshold = 0.25;
    model.zoom.margin = 2.5;
}

static void strangers_join_with_less_of_a_score(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    rig_frame2d seen;
    draw_stranger();
    model.zoom.when = RIG_ZOOM_OFF;
    run();
    assert_int_equal(frame.n, 1);
    model.zoom.when = RIG_ZOOM_ALWAYS;
    run();
    assert_int_equal(frame.n, 2);
    assert_true(worst_miss(BESIDE) < 2 * ZOOMED_PX);
    assert_true(person_at(BESIDE) == &frame.people[1]);
    assert_ok(rig_detector_open(&second, &detector, &err));
    assert_ok(rig_detector_look(detector, &picture, (double[4]){0, 40, 180, 180}, &seen, &out, &scratch, &err));
    rig_detector_close(detector);
    assert_int_equal(seen.n, 2);
    assert_near(frame.people[1].score, 0.8 * seen.people[1].score, 0.05);
}

static void without_a_first_look_there_are_no_strangers(void **state) {
    (void)state;
    draw_stranger();
    model.zoom.when = RIG_ZOOM_OFF;
    run();
    const rig_frame2d before = frame;
    model.zoom.when = RIG_ZOOM_AUTO;
    run_after(&before);
    assert_int_equal(frame.n, 1);
    assert_non_null(person_at(PLACES[0]));
}

static void one_person_twice_is_one(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    draw_three();
    run();
    rig_person2d people[6];
    for (int i = 0; i < 6; i++)
        people[i] = frame.people[i % 3];
    const rig_frame2d twice = {.n = 6, .people = people};
    assert_ok(rig_detector_open(&second, &detector, &err));
    for (int followed = 0; followed < 2; followed++) {
        assert_ok(rig_people_zoom(detector, &model, &picture, &twice, followed, &frame, &out, &work, &scratch, &err));
        assert_int_equal(frame.n, 3);
    }
    rig_detector_close(detector);
}

static void people_are_followed_until_they_leave(void **state) {
    (void)state;
    draw_three();
    run();
    const rig_frame2d before = frame;
    const double tag = person_at(PLACES[1])->joints[2].tag;
    memset(pixels, 0, sizeof pixels);
    const double moved[2] = {PLACES[1][0] + 4.5, PLACES[1][1] - 3.5}, new_one[2] = {60, 300};
    draw(moved, BLUE[1], 1);
    draw(PLACES[2], BLUE[2], 1);
    draw(new_one, BLUE[3], 1);
    run_after(&before);
    assert_int_equal(frame.n, 2);
    assert_true(worst_miss(moved) < ZOOMED_PX && worst_miss(PLACES[2]) < ZOOMED_PX);
    assert_near(person_at(moved)->joints[2].tag, tag, 0);
    run_after(&(rig_frame2d){0}); // nobody to follow, whoever is there
    assert_int_equal(frame.n, 0);
    run();
    assert_int_equal(frame.n, 3);
    assert_non_null(person_at(new_one));
}

static void a_crop_may_be_read_as_one_person(void **state) {
    (void)state;
    second.decode.people = RIG_PEOPLE_ONE;
    second.decode.max_people = 1; // of a crop, not of the picture
    draw_three();
    run();
    assert_int_equal(frame.n, 3);
    for (int i = 0; i < 3; i++)
        assert_true(worst_miss(PLACES[i]) < ZOOMED_PX);
    model.decode.max_people = 2;
    run();
    assert_int_equal(frame.n, 2);
}

// Heat may be below nothing where a network has no activation: scores stay numbers.
static void scores_below_nothing_do_no_harm(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    draw_three();
    run();
    for (int i = 0; i < 3; i++) {
        frame.people[i].score = -0.1;
        for (int k = 1; k < K; k++)
            frame.people[i].joints[k].score = -1e-3 - 3 * (frame.people[i].joints[k].score + 1e-3); // cancels the other
    }
    const rig_frame2d first = frame;
    assert_ok(rig_detector_open(&second, &detector, &err));
    assert_ok(rig_people_zoom(detector, &model, &picture, &first, false, &frame, &out, &work, &scratch, &err));
    rig_detector_close(detector);
    assert_int_equal(frame.n, 3);
    for (int i = 0; i < 3; i++) {
        assert_true(frame.people[i].score >= 0);
        assert_true(worst_miss(PLACES[i]) < ZOOMED_PX);
    }
}

// More people in one crop than are counted in it: two dots each.
static void crowded_crops(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    rig_frame2d seen;
    for (int i = 0; i < 60; i++)
        dots_draw(&picture, i % 2, (double[2]){60 + 28 * (i % 10), 60 + 48 * (i / 10)}, 0.3 + 0.02 * (i / 2), SIGMA_PX,
                  1);
    second.decode = (rig_decode_params){.people = RIG_PEOPLE_BY_TAGS,
                                        .nms_window = 5,
                                        .max_candidates = 60,
                                        .max_people = 1000,
                                        .detection_threshold = 0.1,
                                        .tag_threshold = 0.1,
                                        .min_joints = 1,
                                        .duplicate_oks = 1};
    rig_joint2d joints[K] = {{.found = true, .q = {60, 60}, .score = 1}, {.found = true, .q = {312, 300}, .score = 1}};
    const rig_frame2d first = {.n = 1, .people = &(rig_person2d){.score = 1, .joints = joints}};
    model.decode.max_people = 1000;
    assert_ok(rig_detector_open(&second, &detector, &err));
    assert_ok(rig_detector_look(detector, &picture, (double[4]){0, -6, 378, 378}, &seen, &out, &scratch, &err));
    assert_true(seen.n > RIG_CENTRES_MAX + 5);
    assert_ok(rig_people_zoom(detector, &model, &picture, &first, false, &frame, &out, &work, &scratch, &err));
    assert_true(frame.n > 1 && frame.n <= 1 + RIG_CENTRES_MAX);
    rig_detector_close(detector);
}

static rig_status zoom_fresh(void *self, rig_err *e) {
    (void)self;
    rig_detector *detector = NULL;
    rig_arena results = {0}, looks = {0};
    rig_status status = rig_detector_open(&model, &detector, e);
    if (status == RIG_OK)
        status = rig_detector_run(detector, &picture, NULL, &frame, &results, &looks, e);
    rig_detector_close(detector);
    rig_arena_release(&results);
    rig_arena_release(&looks);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    draw_stranger();
    assert_true(rig_test_each_allocation_fails(zoom_fresh, NULL) >= 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(small_people_come_nearer_to_the_truth, start),
        cmocka_unit_test_setup(the_weight_says_how_far, start),
        cmocka_unit_test_setup(crops_beyond_the_border, start),
        cmocka_unit_test_setup(crops_larger_than_the_picture, start),
        cmocka_unit_test_setup(who_is_not_seen_again_is_gone, start),
        cmocka_unit_test_setup(strangers_join_with_less_of_a_score, start),
        cmocka_unit_test_setup(without_a_first_look_there_are_no_strangers, start),
        cmocka_unit_test_setup(one_person_twice_is_one, start),
        cmocka_unit_test_setup(people_are_followed_until_they_leave, start),
        cmocka_unit_test_setup(a_crop_may_be_read_as_one_person, start),
        cmocka_unit_test_setup(scores_below_nothing_do_no_harm, start),
        cmocka_unit_test_setup(crowded_crops, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    return cmocka_run_group_tests_name("zoom", tests, start_all, stop_all);
}
