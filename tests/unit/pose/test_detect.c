#include "cv/cv.h"
#include "pose/detect.h"
#include "tests/support/dots.h"
#include "tests/support/ort.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// The networks are written by tests/support/make_tiny_net.py; `dots` finds blobs of K colours.
enum { K = DOTS_JOINTS, WIDTH = 640, HEIGHT = 480, PEOPLE_MAX = 3 };

static const double PLACE_PX = 0.5;
// Wide enough that a cell of the coarse output sees a dot nearly even.
static const double SIGMA_PX = 16;
// At the input's size the maps are stretched linearly, which leaves peaks within half a cell (of stride 2, scale 0.53).
static const double STRETCHED_PX = 2;
// Maps of other scales are brought to one grid linearly, a part of the heat only.
static const double BLENDED_PX = 1;

static rig_err err;
static rig_backend backend = RIG_BACKEND_OPENCV;
static rig_arena out, scratch;
static char dots_file[256], nan_file[256], random_file[256], stacks_file[256], stages_file[256];
static unsigned char pixels[WIDTH * HEIGHT * 3];
static rig_model model;
static rig_frame2d frame;

static int make_nets(void **state) {
    (void)state;
    rig_cv_init();
    return !dots_net("dots", dots_file, sizeof dots_file) || !dots_net("nan", nan_file, sizeof nan_file) ||
           !dots_net("random", random_file, sizeof random_file) ||
           !dots_net("stacks", stacks_file, sizeof stacks_file) || !dots_net("stages", stages_file, sizeof stages_file);
}

static int start(void **state) {
    (void)state;
    model = dots_model(dots_file, K, backend);
    memset(pixels, 0, sizeof pixels);
    rig_arena_clear(&out);
    rig_arena_clear(&scratch);
    return 0;
}

static double joint_place(int person, int joint, int axis) {
    static const double first[PEOPLE_MAX][2] = {{71.3, 90.6}, {300.7, 60.2}, {520.4, 120.9}};
    static const double step[K][2] = {{0, 0}, {70.2, 31.7}, {-10.6, 98.3}, {61.9, 160.4}, {8.7, 243.1}};
    return first[person][axis] + step[joint][axis];
}

static rig_image draw_people(int n) {
    static const double blue[PEOPLE_MAX] = {0.2, 0.9, 0.55};
    rig_image image = {WIDTH, HEIGHT, 3, 3 * WIDTH, pixels};
    for (int i = 0; i < n; i++)
        for (int k = 0; k < K; k++)
            dots_draw(&image, k, (double[2]){joint_place(i, k, 0), joint_place(i, k, 1)}, blue[i], SIGMA_PX, 1);
    return image;
}

static rig_status detect_status(const rig_image *image) {
    rig_detector *detector = NULL;
    rig_status status = rig_detector_open(&model, &detector, &err);
    if (status == RIG_OK)
        status = rig_detector_run(detector, image, NULL, &frame, &out, &scratch, &err);
    rig_detector_close(detector);
    return status;
}

static void check_people_within(int n, double tolerance) {
    assert_int_equal(frame.n, n);
    for (int i = 0; i < n; i++) {
        int j = 0; // people come in the order of their scores, not of their drawing
        while (j < n && fabs(frame.people[j].joints[0].q[0] - joint_place(i, 0, 0)) > 20)
            j++;
        assert_true(j < n);
        for (int k = 0; k < K; k++) {
            const rig_joint2d *joint = &frame.people[j].joints[k];
            assert_true(joint->found);
            assert_near(joint->q[0], joint_place(i, k, 0), tolerance);
            assert_near(joint->q[1], joint_place(i, k, 1), tolerance);
        }
    }
}

static void check_people(int n) {
    check_people_within(n, PLACE_PX);
}

static void drawn_people_are_found(void **state) {
    (void)state;
    for (int n = 0; n <= PEOPLE_MAX; n++) {
        rig_image image = draw_people(n);
        assert_ok(detect_status(&image));
        check_people(n);
    }
}

static void every_way_of_sizing_gives_the_same_places(void **state) {
    (void)state;
    rig_image image = draw_people(PEOPLE_MAX);
    for (int way = 0; way < 12; way++) {
        model.sizing = (rig_sizing)(way % 3);
        model.pad_centre = way / 3 % 2;
        model.fuse_grid_input = way / 6;
        model.input_width = model.sizing == RIG_SIZING_SHORT_SIDE ? 256 : 352;
        model.input_height = 320;
        assert_ok(detect_status(&image));
        check_people_within(PEOPLE_MAX, model.fuse_grid_input ? STRETCHED_PX : PLACE_PX);
    }
}

static void one_detector_for_pictures_of_any_size(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    rig_image image = draw_people(2), part = rig_image_window(&image, (rig_rect){0, 0, 250, HEIGHT});
    assert_ok(rig_detector_open(&model, &detector, &err));
    for (int again = 0; again < 2; again++) {
        assert_ok(rig_detector_run(detector, &image, NULL, &frame, &out, &scratch, &err));
        check_people(2);
        assert_ok(rig_detector_run(detector, &part, NULL, &frame, &out, &scratch, &err));
        check_people(1);
    }
    assert_int_equal(rig_detector_not_finite(detector), 0);
    rig_detector_close(detector);
}

// Mirrored, larger and smaller: each pass alone and all together give the same places, and tags of their own.
static void several_passes_give_the_same_places(void **state) {
    (void)state;
    static const rig_passes ways[] = {
        {.flip = true},
        {.n = 1, .scales = {1.5}, .tags = {true}},
        {.n = 2, .scales = {1, 2}, .tags = {true, false}},
        {.n = 3, .scales = {1.5, 1, 0.75}, .tags = {true, true, false}, .flip = true},
    };
    static const int dims[] = {2, 1, 1, 4};
    rig_image image = draw_people(PEOPLE_MAX);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (int sizing = 0; sizing < 3; sizing++) {
            rig_detector *detector = NULL;
            double A_cam_hm[6];
            model.passes = ways[i];
            model.sizing = (rig_sizing)sizing;
            model.input_width = sizing == RIG_SIZING_SHORT_SIDE ? 256 : 352;
            assert_ok(rig_detector_open(&model, &detector, &err));
            assert_ok(rig_detector_run(detector, &image, NULL, &frame, &out, &scratch, &err));
            assert_int_equal(rig_detector_maps(detector, A_cam_hm)->tag_dim, dims[i]);
            check_people_within(PEOPLE_MAX, BLENDED_PX);
            rig_detector_close(detector);
        }
}

static void the_self_check_stands_at_the_door(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    snprintf(model.selfcheck.input, sizeof model.selfcheck.input, "/nowhere/check.bin");
    snprintf(model.selfcheck.output, sizeof model.selfcheck.output, "/nowhere/check_out.bin");
    model.selfcheck.tolerance = 1e-3;
    assert_int_equal(rig_detector_open(&model, &detector, &err), RIG_ERR_IO);
    assert_contains(err.text, "/nowhere/check.bin");
    assert_null(detector);
}

static void outputs_by_position(void **state) {
    (void)state;
    model.outputs[0].name[0] = model.outputs[1].name[0] = 0;
    rig_image image = draw_people(2);
    assert_ok(detect_status(&image));
    check_people(2);
}

// The hourglass gives its maps once a stack: the last counts, whether it is the last of one tensor or of the outputs.
// OpenCV joins stacks at the size that the file declares only.
static void the_last_of_several_stacks(void **state) {
    (void)state;
    rig_image image = draw_people(PEOPLE_MAX);
    model.n_outputs = 1;
    model.sizing = RIG_SIZING_FIXED;
    assert_ok(detect_status(&image));
    assert_int_equal(frame.n, PEOPLE_MAX);
    const rig_frame2d plain = frame;
    for (int stacked = 0; stacked < 2; stacked++) {
        snprintf(model.file, sizeof model.file, "%s", stacked ? stacks_file : stages_file);
        model.outputs[0].name[0] = 0;
        model.outputs[0].place = stacked ? 0 : 4;
        model.outputs[0].stack_last = stacked;
        assert_ok(detect_status(&image));
        assert_int_equal(frame.n, plain.n);
        for (int i = 0; i < plain.n; i++)
            assert_memory_equal(frame.people[i].joints, plain.people[i].joints, K * sizeof(rig_joint2d));
    }
    model.outputs[0].stack_last = false;
    assert_int_equal(detect_status(&image), RIG_ERR_CONFIG);
    assert_contains(err.text, "'stacks' is 1 x 4 x 10 x 64 x 64, expected 1 x channels x height x width");
    model.outputs[0].place = 2;
    assert_int_equal(detect_status(&image), RIG_ERR_CONFIG);
    assert_contains(err.text, "has no output 2, it has 1: 'stacks'");
}

// Grey, black, a single pixel, a strip: nobody there, and no failure.
static void empty_pictures(void **state) {
    (void)state;
    static const int sizes[][2] = {{WIDTH, HEIGHT}, {1, 1}, {WIDTH, 1}, {1, HEIGHT}, {2, 3}};
    for (int i = 0; i < 5; i++)
        for (int value = 0; value < 256; value += 51)
            for (int channels = 1; channels <= 3; channels += 2) {
                memset(pixels, value, sizeof pixels);
                rig_image image = {sizes[i][0], sizes[i][1], channels, channels * sizes[i][0], pixels};
                assert_ok(detect_status(&image));
                assert_int_equal(frame.n, 0);
            }
}

static void unusable_pictures_are_refused(void **state) {
    (void)state;
    rig_image none = {0};
    assert_int_equal(detect_status(&none), RIG_ERR_DATA);
    rig_image four = {8, 8, 4, 32, pixels};
    assert_int_equal(detect_status(&four), RIG_ERR_DATA);
    assert_contains(err.text, "4 channels");
}

static void not_a_number_counts_as_nothing_and_is_told(void **state) {
    (void)state;
    rig_detector *detector = NULL;
    model = dots_model(nan_file, K, backend);
    rig_image image = draw_people(2);
    assert_ok(rig_detector_open(&model, &detector, &err));
    assert_ok(rig_detector_run(detector, &image, NULL, &frame, &out, &scratch, &err));
    assert_true(rig_detector_not_finite(detector) > 0);
    check_people(2); // the other output still has the heat
    rig_detector_close(detector);
}

static void random_weights_do_no_harm(void **state) {
    (void)state;
    model = dots_model(random_file, 17, backend);
    rig_image image = draw_people(2);
    assert_ok(detect_status(&image));
    assert_true(frame.n >= 0 && frame.n <= model.decode.max_people);
    rig_frame2d first = frame;
    assert_ok(detect_status(&image));
    assert_int_equal(frame.n, first.n); // equal inputs, equal results
    for (int i = 0; i < frame.n; i++)
        assert_memory_equal(frame.people[i].joints, first.people[i].joints, 17 * sizeof(rig_joint2d));
}

static void descriptor_that_does_not_fit(void **state) {
    (void)state;
    rig_image image = draw_people(1);
    model.outputs[1].stride = 4;
    assert_int_equal(detect_status(&image), RIG_ERR_CONFIG);
    assert_contains(err.text, "'out1'");
    model = dots_model(dots_file, 17, backend);
    assert_int_equal(detect_status(&image), RIG_ERR_CONFIG);
    assert_contains(err.text, "'out0'");
    assert_contains(err.text, "10 channels");
    model = dots_model(dots_file, K, backend);
    model.tag_dim = 0;
    assert_int_equal(detect_status(&image), RIG_ERR_CONFIG);
    model = dots_model(dots_file, K, backend);
    snprintf(model.outputs[0].name, RIG_NAME_MAX, "nothing_of_that_name");
    assert_int_not_equal(detect_status(&image), RIG_OK);
    assert_contains(err.text, "nothing_of_that_name");
}

static void network_that_cannot_be_read(void **state) {
    (void)state;
    rig_image image = draw_people(1);
    model = dots_model("/nowhere/at/all.onnx", K, backend);
    assert_int_equal(detect_status(&image), RIG_ERR_IO);
    assert_contains(err.text, "/nowhere/at/all.onnx");
    char path[256], command[600];
    snprintf(path, sizeof path, "%s/cut.onnx", rig_test_folder());
    snprintf(command, sizeof command, "head -c 4000 '%s' > '%s'", dots_file, path);
    assert_int_equal(system(command), 0);
    model = dots_model(path, K, backend);
    assert_int_not_equal(detect_status(&image), RIG_OK);
    assert_contains(err.text, "cut.onnx");
    rig_detector_close(NULL);
}

static rig_status detect_fresh(void *self, rig_err *e) {
    rig_detector *detector = NULL;
    rig_arena results = {0}, work = {0};
    rig_status status = rig_detector_open(&model, &detector, e);
    if (status == RIG_OK)
        status = rig_detector_run(detector, self, NULL, &frame, &results, &work, e);
    rig_detector_close(detector);
    rig_arena_release(&results);
    rig_arena_release(&work);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    rig_image image = draw_people(1);
    assert_true(rig_test_each_allocation_fails(detect_fresh, &image) >= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(drawn_people_are_found, start),
        cmocka_unit_test_setup(every_way_of_sizing_gives_the_same_places, start),
        cmocka_unit_test_setup(one_detector_for_pictures_of_any_size, start),
        cmocka_unit_test_setup(several_passes_give_the_same_places, start),
        cmocka_unit_test_setup(the_self_check_stands_at_the_door, start),
        cmocka_unit_test_setup(outputs_by_position, start),
        cmocka_unit_test_setup(the_last_of_several_stacks, start),
        cmocka_unit_test_setup(empty_pictures, start),
        cmocka_unit_test_setup(unusable_pictures_are_refused, start),
        cmocka_unit_test_setup(not_a_number_counts_as_nothing_and_is_told, start),
        cmocka_unit_test_setup(random_weights_do_no_harm, start),
        cmocka_unit_test_setup(descriptor_that_does_not_fit, start),
        cmocka_unit_test_setup(network_that_cannot_be_read, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    int failed = cmocka_run_group_tests_name("detect by opencv", tests, make_nets, NULL);
    backend = RIG_BACKEND_ONNXRUNTIME;
    if (ort_is_there())
        failed += cmocka_run_group_tests_name("detect by onnxruntime", tests, make_nets, NULL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return rig_test_end(failed);
}
