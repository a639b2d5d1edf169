#include "pose/model.h"

#include "tests/support/support.h"

static rig_model good(void) {
    rig_model model = {
        .file = "net.onnx",
        .input_width = 256,
        .input_height = 256,
        .multiple_of = 32,
        .scale = 1,
        .std = {1, 1, 1},
        .n_outputs = 2,
        .outputs = {{.stride = 4, .heatmaps = {0, 3}, .tags = {3, 9}}, {.stride = 2, .heatmaps = {0, 3}}},
        .tag_dim = 2,
        .tags_per_joint = true,
        .skeleton = {.n = 3,
                     .names = {"nose", "left_eye", "right_eye"},
                     .flip = {0, 2, 1},
                     .sigma = {0.1, 0.1, 0.1},
                     .n_limbs = 1,
                     .limbs = {{0, 1}}},
        .group_order = {2, 0, 1},
        .decode = rig_decode_defaults()};
    return model;
}

static void refuse(const rig_model *model, const char *key) {
    rig_err err = {""};
    assert_int_equal(rig_model_check(model, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, key);
}

// Change one thing of a good model, and expect its key to be named.
#define REFUSE(change, key)                                                                                            \
    do {                                                                                                               \
        rig_model model = good();                                                                                      \
        model.change;                                                                                                  \
        refuse(&model, key);                                                                                           \
    } while (0)

static void test_good_models_pass(void **state) {
    (void)state;
    rig_err err;
    rig_model model = good();
    assert_ok(rig_model_check(&model, &err));
    model.tags_per_joint = false;
    model.outputs[0].tags = (rig_channels){3, 5};
    assert_ok(rig_model_check(&model, &err));
    model.outputs[1].nms = RIG_NMS_SEPARATE;
    model.outputs[0].nms_heatmaps = (rig_channels){5, 8};
    assert_ok(rig_model_check(&model, &err));
}

static void test_the_defaults_are_for_triangulation(void **state) {
    (void)state;
    const rig_decode_params decode = rig_decode_defaults();
    assert_int_equal(decode.refine, RIG_REFINE_OFF);
    assert_int_equal(decode.subpixel, RIG_SUBPIXEL_LOG_PARABOLA);
    assert_int_equal(decode.nms_window, 5);
    assert_int_equal(decode.max_candidates, 30);
    assert_near(decode.tag_threshold, 1, 0);
    assert_false(decode.tag_metric_l2 || decode.cost_reference || decode.distance_reweight);
}

static void test_keypoints_are_checked(void **state) {
    (void)state;
    REFUSE(skeleton.n = 0, "keypoints.names");
    REFUSE(skeleton.n = RIG_JOINTS_MAX + 1, "keypoints.names");
    REFUSE(skeleton.flip[1] = 3, "keypoints.flip[1]");
    REFUSE(skeleton.flip[1] = 1, "keypoints.flip[2]"); // 1 stands twice
    REFUSE(group_order[1] = -1, "keypoints.group_order[1]");
    REFUSE(group_order[2] = 2, "keypoints.group_order[2]");
    REFUSE(skeleton.sigma[2] = 0, "keypoints.oks_sigmas");
    REFUSE(skeleton.n_limbs = RIG_LIMBS_MAX + 1, "keypoints.skeleton");
    REFUSE(skeleton.limbs[0][1] = 3, "keypoints.skeleton[0]");
    rig_model model = good();
    model.skeleton.flip[0] = 1, model.skeleton.flip[1] = 2, model.skeleton.flip[2] = 0; // a permutation, no mirror
    refuse(&model, "does not map back");
}

static void test_the_input_is_checked(void **state) {
    (void)state;
    REFUSE(input_width = 0, "input.size");
    REFUSE(multiple_of = 0, "input.multiple_of");
    REFUSE(scale = 0, "input.scale");
    REFUSE(std[1] = 0, "input.std");
    REFUSE(std[2] = NAN, "input.std");
    REFUSE(mean[0] = INFINITY, "input.mean");
    REFUSE(pad_value[0] = NAN, "input.pad_value");
}

static void test_the_outputs_are_checked(void **state) {
    (void)state;
    REFUSE(n_outputs = 0, "outputs");
    REFUSE(n_outputs = RIG_OUTPUTS_MAX + 1, "outputs");
    REFUSE(tag_dim = 0, "tags.dim");
    REFUSE(outputs[1].stride = 0, "outputs[1].stride");
    REFUSE(outputs[1].heatmaps.to = 4, "outputs[1].heatmaps");
    REFUSE(outputs[1].heatmaps.from = -1, "outputs[1].heatmaps");
    REFUSE(tags_per_joint = false, "outputs[0].tags");
    REFUSE(outputs[0].nms_heatmaps.to = 1, "outputs[0].nms_heatmaps");
    REFUSE(outputs[0].nms = RIG_NMS_SEPARATE, "nms_heatmaps");
    REFUSE(outputs[0].tags.to = 3, "one with tags");
    rig_model model = good();
    model.outputs[1].tags = (rig_channels){3, 9};
    refuse(&model, "one with tags");
    model.outputs[0] = (rig_model_output){.stride = 2};
    model.outputs[1].heatmaps = (rig_channels){0, 0};
    refuse(&model, "heatmaps");
}

static void test_the_decoding_is_checked(void **state) {
    (void)state;
    REFUSE(decode.smooth = -1, "decode.smooth");
    REFUSE(decode.smooth = NAN, "decode.smooth");
    REFUSE(decode.nms_window = 4, "decode.nms_window");
    REFUSE(decode.max_candidates = 0, "decode.max_candidates");
    REFUSE(decode.max_people = 0, "decode.max_people");
    REFUSE(decode.detection_threshold = NAN, "decode.detection_threshold");
    REFUSE(decode.tag_threshold = 0, "decode.tag_threshold");
    REFUSE(decode.min_joints = 0, "decode.min_joints");
    REFUSE(decode.min_person_score = NAN, "decode.min_person_score");
    REFUSE(decode.duplicate_oks = 1.5, "decode.duplicate_oks");
}

static void test_the_file_is_checked(void **state) {
    (void)state;
    REFUSE(file[0] = 0, "model.file");
    REFUSE(sha256[0] = 'a', "model.sha256");
    REFUSE(runtime = ((rig_runtime){.backend = RIG_BACKEND_OPENCV, .cuda = true}), "runtime.provider");
    REFUSE(runtime.threads = -1, "runtime.threads");
    REFUSE(selfcheck.input[0] = 'x', "selfcheck");
    REFUSE(coordinate_offset = NAN, "coordinate_offset");
}

static void test_the_passes_are_checked(void **state) {
    (void)state;
    REFUSE(passes = ((rig_passes){.n = RIG_SCALES_MAX + 1}), "tta.scales");
    REFUSE(passes = ((rig_passes){.n = 1, .scales = {1}}), "tta.tag_scales");
    REFUSE(passes = ((rig_passes){.n = 1, .scales = {NAN}, .tags = {true}}), "tta.scales");
    REFUSE(passes = ((rig_passes){.n = 2, .scales = {1, 1}, .tags = {true}}), "tta.scales");
}

static void test_the_pass_of_scale_1_leads(void **state) {
    (void)state;
    rig_pass list[RIG_PASSES_MAX];
    assert_int_equal(rig_passes_list(&(rig_passes){0}, list), 1);
    assert_true(list[0].scale == 1 && list[0].tags && !list[0].flip);
    rig_passes passes = {.flip = true, .n = 3, .scales = {2, 0.5, 1}, .tags = {false, false, true}};
    assert_int_equal(rig_passes_list(&passes, list), 6);
    const double scales[6] = {1, 2, 2, 0.5, 0.5, 1};
    for (int i = 0; i < 6; i++) {
        assert_near(list[i].scale, scales[i], 0);
        assert_int_equal(list[i].flip, i == 2 || i == 4 || i == 5);
        assert_int_equal(list[i].tags, i == 0 || i == 5);
    }
    passes = (rig_passes){.n = 2, .scales = {2, 0.5}, .tags = {true}};
    assert_int_equal(rig_passes_list(&passes, list), 2);
    assert_near(list[0].scale, 2, 0);
}

// A network of centres; and another to look again.
static rig_model good_centres(void) {
    rig_model model = good();
    model.outputs[0] = (rig_model_output){.stride = 4, .heatmaps = {0, 3}};
    model.outputs[1] = (rig_model_output){.stride = 4, .centres = {0, 1}, .regression = {1, 7}};
    model.tag_dim = 1;
    return model;
}

static void refuse_centres(rig_model_output second, const char *text) {
    rig_model model = good_centres();
    model.outputs[1] = second;
    refuse(&model, text);
}

static void test_the_centres_are_checked(void **state) {
    (void)state;
    REFUSE(decode.people = RIG_PEOPLE_BY_CENTRES, "one with centres where decode.people is centres, got 0");
    rig_err err;
    rig_model model = good_centres();
    for (int by = RIG_PEOPLE_BY_TAGS; by <= RIG_PEOPLE_ONE; by++) {
        model.decode.people = (rig_people_by)by;
        assert_ok(rig_model_check(&model, &err));
    }
    const rig_channels none = {0, 0}, one = {0, 1}, pairs = {1, 7};
    refuse_centres((rig_model_output){.stride = 4}, "outputs: need one with tags, or one with centres, got 0");
    refuse_centres((rig_model_output){.stride = 4, .centres = one, .regression = none},
                   "outputs: need one with centres and one with regression, or none, got 1 and 0");
    refuse_centres((rig_model_output){.stride = 4, .centres = none, .regression = pairs}, "got 0 and 1");
    refuse_centres((rig_model_output){.stride = 4, .centres = {0, 2}, .regression = pairs},
                   "outputs[1].centres: need 1 channels, got [0, 2]");
    refuse_centres((rig_model_output){.stride = 4, .centres = one, .regression = {1, 4}},
                   "outputs[1].regression: need 6 channels, got [1, 4]");
    model = good_centres();
    model.outputs[0].tags = (rig_channels){3, 6};
    refuse(&model, "one with tags, or one with centres, got 2");
    model = good_centres();
    model.tag_dim = 2;
    refuse(&model, "tags: need none of their keys where tags come from centres");
    model = good();
    model.tags_grid = 0.125;
    assert_ok(rig_model_check(&model, &err));
    model.tag_dim = 1, model.outputs[0].tags.to = 6;
    refuse(&model, "tags.grid: need two tag dimensions, got 1");
    model.decode.people = RIG_PEOPLE_ONE; // takes heatmaps alone
    model.tags_grid = 0, model.outputs[0].tags = none;
    assert_ok(rig_model_check(&model, &err));
}

static void test_the_second_look_is_checked(void **state) {
    (void)state;
    REFUSE(zoom.when = RIG_ZOOM_ALWAYS, "zoom.model: need a network");
    rig_err err;
    rig_model model = good(), second = good();
    model.zoom = (rig_zoom){.when = RIG_ZOOM_AUTO, .model = &second};
    assert_ok(rig_model_check(&model, &err));
    second.sizing = RIG_SIZING_LONG_SIDE;
    refuse(&model, "zoom.model: need input.sizing fixed");
    second = good();
    second.skeleton.names[2][0] = 'x';
    refuse(&model, "zoom.model: need 'right_eye' as joint 2, got 'xight_eye'");
    second.skeleton.n = 2;
    refuse(&model, "zoom.model: need a network of 3 joints, got 2");
    model.skeleton.n = second.skeleton.n = RIG_JOINTS_MAX + 1;
    refuse(&model, "keypoints.names");
}

static void test_how_often_the_whole_picture_is_looked_at(void **state) {
    (void)state;
    const rig_zoom zoom = {.when = RIG_ZOOM_AUTO, .follow_s = 0.1}, often = {.when = RIG_ZOOM_AUTO},
                   always = {.when = RIG_ZOOM_ALWAYS, .follow_s = 0.1}, off = {.follow_s = 0.1};
    static const double rates[][2] = {{30, 3}, {60, 6}, {25, 2}, {10, 1}, {5, 1}, {0, 1}, {-30, 1}, {1e9, 1000}};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        assert_int_equal(rig_zoom_period(&zoom, rates[i][0]), rates[i][1]);
        assert_int_equal(rig_zoom_period(&often, rates[i][0]), 1);
        assert_int_equal(rig_zoom_period(&always, rates[i][0]), 1);
        assert_int_equal(rig_zoom_period(&off, rates[i][0]), 1);
    }
    assert_int_equal(rig_zoom_period(&zoom, NAN), 1);
    assert_int_equal(rig_zoom_period(&zoom, INFINITY), 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_models_pass),
        cmocka_unit_test(test_the_passes_are_checked),
        cmocka_unit_test(test_the_pass_of_scale_1_leads),
        cmocka_unit_test(test_the_defaults_are_for_triangulation),
        cmocka_unit_test(test_keypoints_are_checked),
        cmocka_unit_test(test_the_input_is_checked),
        cmocka_unit_test(test_the_outputs_are_checked),
        cmocka_unit_test(test_the_decoding_is_checked),
        cmocka_unit_test(test_the_file_is_checked),
        cmocka_unit_test(test_the_centres_are_checked),
        cmocka_unit_test(test_the_second_look_is_checked),
        cmocka_unit_test(test_how_often_the_whole_picture_is_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
