#include "io/results.h"

#include "tests/unit/io/files.h"

static const char HIGHERHRNET[] = "configs/models/higherhrnet_w32_512.yaml";
static rig_arena arena; // of second networks

static void test_the_shipped_descriptor_says_what_it_should(void **state) {
    (void)state;
    rig_model m;
    rig_skeleton coco;
    rig_err err = {""};
    assert_ok(rig_model_read(HIGHERHRNET, &m, &arena, &err));
    assert_ok(rig_skeleton_read("configs/skeletons/coco17.yaml", &coco, &err));
    assert_string_equal(m.file, "configs/models/higherhrnet_w32_512.onnx");
    assert_int_equal(m.runtime.backend, RIG_BACKEND_AUTO);
    assert_int_equal(m.input_width, 512);
    assert_int_equal(m.sizing, RIG_SIZING_SHORT_SIDE);
    assert_int_equal(m.multiple_of, 64);
    assert_true(m.rgb && m.pad_centre && m.tags_per_joint && m.tags_dim_major && !m.fuse_grid_input);
    assert_near(m.scale, 1 / 255.0, 1e-17);
    assert_near(m.std[2], 0.225, 0);
    assert_int_equal(m.n_outputs, 2);
    assert_int_equal(m.outputs[0].tags.from, 17);
    assert_int_equal(m.outputs[0].tags.to, 34);
    assert_int_equal(m.outputs[1].stride, 2);
    assert_int_equal(m.outputs[1].tags.to, 0);
    assert_near(m.coordinate_offset, 0.5, 0);
    assert_memory_equal(&m.skeleton, &coco, sizeof coco); // the name too, found by the joints
    const int order[] = {0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16};
    assert_memory_equal(m.group_order, order, sizeof order);
    const rig_decode_params defaults = rig_decode_defaults();
    assert_int_equal(m.decode.refine, RIG_REFINE_OFF);
    assert_int_equal(m.decode.nms_window, defaults.nms_window);
    assert_near(m.decode.duplicate_oks, defaults.duplicate_oks, 0);
}

static const char LEAST[] = "format_version: 1\n"
                            "model: {file: net.onnx}\n"
                            "input: {size: [96, 64]}\n"
                            "outputs: [{stride: 4, heatmaps: [0, 2], tags: [2, 4]}]\n"
                            "keypoints: {name: two, names: [a, b]}\n";

static void test_what_may_be_left_out_has_plain_defaults(void **state) {
    (void)state;
    rig_model m;
    rig_err err = {""};
    assert_ok(rig_model_read(file_put_text("least.yaml", LEAST), &m, &arena, &err));
    assert_string_equal(m.file, file_path("net.onnx")); // beside the descriptor
    assert_string_equal(m.sha256, "");
    assert_int_equal(m.runtime.backend, RIG_BACKEND_AUTO);
    assert_int_equal(m.sizing, RIG_SIZING_SHORT_SIDE);
    assert_int_equal(m.multiple_of, 32);
    assert_true(m.rgb);
    assert_near(m.scale, 1, 0);
    assert_near(m.coordinate_offset, 0.5, 0);
    assert_near(m.std[1], 1, 0);
    assert_near(m.mean[1], 0, 0);
    assert_true(m.pad_centre && m.tags_per_joint && m.tags_dim_major);
    assert_int_equal(m.tag_dim, 1);
    assert_int_equal(m.activation, RIG_ACTIVATION_NONE);
    assert_string_equal(m.skeleton.name, "two");
    assert_int_equal(m.group_order[1], 1);
    const rig_decode_params defaults = rig_decode_defaults();
    assert_int_equal(m.decode.min_joints, defaults.min_joints);
    assert_near(m.decode.tag_threshold, defaults.tag_threshold, 0);
}

static const char OTHER[] =
    "format_version: 1\n"
    "model: {file: /nets/net.onnx, sha256: \"\", licence: MIT, source: here}\n"
    "runtime: {backend: onnxruntime, provider: cuda, threads: 2}\n"
    "input: {name: image, size: [448, 448], sizing: long_side, multiple_of: 32, color: bgr, scale: 1,\n"
    "  interpolation: cubic, padding: right_bottom, pad_value: [1, 2, 3]}\n"
    "outputs:\n"
    "  - {name: heatmaps, stride: 2, heatmaps: [0, 2], nms: separate}\n"
    "  - {name: embeddings, stride: 2, tags: [0, 6], squeeze: last, stack: last}\n"
    "  - {place: 4, stride: 2, nms_heatmaps: [0, 2]}\n"
    "tags: {dim: 3, per_joint: true, layout: joint_major}\n"
    "heatmap_activation: none\n"
    "fuse: {heatmaps: mean, grid: input}\n"
    "coordinate_offset: 0.0\n"
    "keypoints: {name: two, names: [a, b], flip: [1, 0], group_order: [b, a], oks_sigmas: [0.1, 0.1], skeleton: [[0, "
    "1]]}\n"
    "decode: {smooth: 0, nms_window: 3, max_candidates: 20, max_people: 10, detection_threshold: 0.2, tag_threshold: "
    "0.5,\n"
    "  tag_metric: l2, cost: reference, distance_reweight: true, subpixel: quarter, refine: window, min_joints: 2,\n"
    "  min_person_score: 0.3, duplicate_oks: 0.9}\n"
    "tta: {flip: true, scales: [2, 1.0, 0.5], tag_scales: [1]}\n"
    "selfcheck: {input: check.bin, output: check_out.bin, tolerance: 1.0e-3}\n";

static void test_every_key_is_taken(void **state) {
    (void)state;
    rig_model m;
    rig_err err = {""};
    assert_ok(rig_model_read(file_put_text("other.yaml", OTHER), &m, &arena, &err));
    assert_string_equal(m.file, "/nets/net.onnx");
    assert_int_equal(m.runtime.backend, RIG_BACKEND_ONNXRUNTIME);
    assert_true(m.runtime.cuda);
    assert_int_equal(m.runtime.threads, 2);
    assert_true(m.passes.flip);
    assert_int_equal(m.passes.n, 3);
    assert_near(m.passes.scales[2], 0.5, 0);
    assert_true(!m.passes.tags[0] && m.passes.tags[1] && !m.passes.tags[2]);
    assert_string_equal(m.selfcheck.output, file_path("check_out.bin"));
    assert_near(m.selfcheck.tolerance, 1e-3, 0);
    assert_string_equal(m.input_name, "image");
    assert_int_equal(m.sizing, RIG_SIZING_LONG_SIDE);
    assert_int_equal(m.interpolation, RIG_INTERP_CUBIC);
    assert_false(m.pad_centre);
    assert_near(m.pad_value[2], 3, 0);
    assert_int_equal(m.outputs[0].nms, RIG_NMS_SEPARATE);
    assert_true(m.outputs[1].squeeze_last && !m.outputs[0].squeeze_last);
    assert_int_equal(m.outputs[2].nms_heatmaps.to, 2);
    assert_true(m.outputs[1].stack_last && !m.outputs[0].stack_last);
    assert_true(m.outputs[2].place == 4 && m.outputs[0].place == 0);
    assert_int_equal(m.tag_dim, 3);
    assert_false(m.tags_dim_major);
    assert_true(m.fuse_grid_input);
    assert_int_equal(m.skeleton.flip[0], 1);
    assert_int_equal(m.skeleton.limbs[0][1], 1);
    assert_int_equal(m.group_order[0], 1);
    const rig_decode_params d = m.decode;
    assert_true(d.nms_window == 3 && d.max_candidates == 20 && d.max_people == 10 && d.min_joints == 2);
    assert_true(d.tag_metric_l2 && d.cost_reference && d.distance_reweight);
    assert_int_equal(d.subpixel, RIG_SUBPIXEL_QUARTER);
    assert_int_equal(d.refine, RIG_REFINE_WINDOW);
    assert_near(d.detection_threshold, 0.2, 0);
    assert_near(d.tag_threshold, 0.5, 0);
    assert_near(d.min_person_score, 0.3, 0);
    assert_near(d.duplicate_oks, 0.9, 0);
}

static void test_a_skeleton_may_be_a_file(void **state) {
    (void)state;
    rig_model m;
    rig_err err = {""};
    file_put_text("small.yaml", "schema: rigpose/skeleton/1\nname: small\njoints: [a, b]\nflip: [1, 0]\n");
    const char *path = file_path("by_file.yaml");
    file_put_changed(path, LEAST, "{name: two, names: [a, b]}", "{skeleton: small.yaml, group_order: [1, 0]}");
    assert_ok(rig_model_read(path, &m, &arena, &err));
    assert_string_equal(m.skeleton.name, "small");
    assert_int_equal(m.skeleton.flip[0], 1);
    assert_int_equal(m.group_order[0], 1);
    file_put_changed(path, LEAST, "{name: two, names: [a, b]}", "{skeleton: coco17}"); // none in ../skeletons
    assert_int_equal(rig_model_read(path, &m, &arena, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "by_file.yaml:5: keypoints.skeleton: no file '");
    assert_contains(err.text, "../skeletons/coco17.yaml");
}

static rig_status read_model(const char *path, rig_arena *out, rig_err *err) {
    rig_model model;
    return rig_model_read(path, &model, out, err);
}

static void test_wrong_descriptors_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"format_version: 1", "format_version: 2", 1, "format_version: "},
        {"format_version: 1\n", "", 0, "'format_version' is missing"},
        {"tta:", "ttb:", 18, "ttb: unknown key"},
        {"file: /nets/net.onnx, ", "", 2, "'file' is missing"},
        {"licence: MIT", "license: MIT", 2, "model.license: unknown key"},
        {"sha256: \"\"", "sha256: \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff0\"", 2,
         "model.sha256: 65 bytes"},
        {"backend: onnxruntime", "backend: tensorrt", 3,
         "runtime.backend: 'tensorrt' is not known, expected one of auto, opencv, onnxruntime"},
        {"provider: cuda", "provider: rocm", 3, "runtime.provider: "},
        {"threads: 2", "threads: -1", 3, "runtime.threads: "},
        {"threads: 2", "library: own.so", 3, "runtime.library: a file must not choose which code runs, expected"},
        {"size: [448, 448], ", "", 4, "'size' is missing"},
        {"[448, 448]", "[448]", 4, "input.size: "},
        {"color: bgr", "color: grey", 4, "input.color: "},
        {"scale: 1,", "scale: -1,", 4, "input.scale: "},
        {"long_side", "best", 4, "input.sizing: "},
        {"[1, 2, 3]", "[1, 2]", 5, "input.pad_value: "},
        {"heatmaps: [0, 2], nms", "heatmaps: [2, 2], nms", 7, "outputs[0].heatmaps[1]: "},
        {"nms: separate", "nms: both", 7, "outputs[0].nms: "},
        {"squeeze: last", "squeeze: first", 8, "outputs[1].squeeze: "},
        {"stack: last", "stack: first", 8, "outputs[1].stack: "},
        {"place: 4", "place: 0", 9, "outputs[2].place: "},
        {"place: 4", "name: nms, place: 4", 9, "outputs[2]: name 'nms' and index 4, expected only one of them"},
        {"stride: 2, tags", "tags", 8, "'stride' is missing"},
        {"dim: 3", "dim: 0", 10, "tags.dim: "},
        {"heatmap_activation: none", "heatmap_activation: tanh", 11, "heatmap_activation: "},
        {"grid: input", "grid: output", 12, "fuse.grid: "},
        {"heatmaps: mean", "heatmaps: max", 12, "fuse.heatmaps: "},
        {"offset: 0.0", "offset: half", 13, "coordinate_offset: "},
        {"name: two, ", "", 14, "'name' is missing"},
        {"[b, a]", "[b, c]", 14, "keypoints.group_order[1]: 'c'"},
        {"flip: [1, 0]", "flip: [1, 1]", 14, "keypoints.flip[0]: "},
        {"skeleton: [[0, 1]]", "skeleton: coco17", 14, "unknown key"},
        {"refine: window", "refine: some", 16, "decode.refine: "},
        {"flip: true", "flip: twice", 18, "tta.flip: "},
        {"scales: [2, 1.0, 0.5]", "scales: []", 18, "tta.scales: 0 scales"},
        {"scales: [2, 1.0, 0.5]", "scales: [2, 0.5]", 18, "tta.tag_scales: tags of scale 1"},
        {", tag_scales: [1]", ", tag_scales: [0.75]", 18, "tta.tag_scales: tags of scale 0.75"},
        {"tolerance:", "tol:", 19, "selfcheck.tol: unknown key"},
    };
    assert_refuses_as(RIG_ERR_CONFIG, read_model, OTHER, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_model, file_put_text("other.yaml", OTHER));
}

static void test_what_does_not_fit_together_is_refused_by_file_and_key(void **state) {
    (void)state;
    static const char *const changes[][3] = {
        {"tags: [0, 6]", "tags: [0, 5]", "outputs[1].tags"},
        {"[b, a]", "[b, b]", "keypoints.group_order"},
        {"smooth: 0", "smooth: 1", "decode.smooth: need 0 where the network finds the peaks"},
        {"smooth: 0", "smooth: 6", "decode.smooth"},
        {"heatmap_activation: none", "heatmap_activation: sigmoid", "heatmap_activation: need none where"},
        {", nms: separate", "", "outputs: need one with nms_heatmaps where nms is separate, else none"},
        {"nms_window: 3", "nms_window: 4", "decode.nms_window"},
        {"duplicate_oks: 0.9", "duplicate_oks: 2", "decode.duplicate_oks"},
        {"backend: onnxruntime", "backend: opencv", "runtime.provider: cuda needs backend onnxruntime"},
        {"tag_scales: [1]", "tag_scales: [1, 2]", "tta.tag_scales: need 1..8 tag dimensions"},
        {"[2, 1.0, 0.5]", "[1, 1, 0.5]", "tta.scales: need each scale once"},
        {"[2, 1.0, 0.5]", "[1, 9]", "tta.scales: need 0.25 to 4"},
        {"1.0e-3", "0.0", "selfcheck.tolerance"},
    };
    const char *path = file_path("unfit.yaml");
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        rig_err err = {""};
        file_put_changed(path, OTHER, changes[i][0], changes[i][1]);
        assert_int_equal(read_model(path, NULL, &err), RIG_ERR_CONFIG);
        assert_contains(err.text, "unfit.yaml: ");
        assert_contains(err.text, changes[i][2]);
    }
}

// A network of centres with a second look, and what looks again.
static const char CENTRES[] = "format_version: 1\n"
                              "model: {file: net.onnx}\n"
                              "input: {size: [96, 64]}\n"
                              "outputs:\n"
                              "  - {stride: 4, heatmaps: [0, 2]}\n"
                              "  - {stride: 4, centres: [0, 1], regression: [1, 5]}\n"
                              "keypoints: {name: two, names: [a, b]}\n"
                              "decode: {people: centres}\n"
                              "zoom: {model: again.yaml, margin: 1.5, weight: 3, follow_s: 0.2}\n"
                              "selfcheck: {input: check.bin, output: check_out.bin, size: [32, 64]}\n";
static const char AGAIN[] = "format_version: 1\n"
                            "model: {file: again.onnx}\n"
                            "input: {size: [48, 48], sizing: fixed}\n"
                            "outputs: [{stride: 4, heatmaps: [0, 2], tags: [2, 6]}]\n"
                            "tags: {dim: 2, grid: 0.125}\n"
                            "keypoints: {name: two, names: [a, b]}\n"
                            "decode: {people: one}\n";

static void test_a_network_of_centres_with_a_second_look(void **state) {
    (void)state;
    rig_model m;
    rig_err err = {""};
    const char *path = file_put_text("centres.yaml", CENTRES);
    file_put_text("again.yaml", AGAIN);
    assert_ok(rig_model_read(path, &m, &arena, &err));
    assert_true(m.outputs[1].centres.to == 1 && m.outputs[1].regression.from == 1 && m.outputs[1].regression.to == 5);
    assert_int_equal(m.decode.people, RIG_PEOPLE_BY_CENTRES);
    assert_true(m.selfcheck.width == 32 && m.selfcheck.height == 64);
    assert_int_equal(m.zoom.when, RIG_ZOOM_AUTO);
    assert_string_equal(m.zoom.file, file_path("again.yaml"));
    assert_near(m.zoom.margin, 1.5, 0);
    assert_near(m.zoom.weight, 3, 0);
    assert_near(m.zoom.follow_s, 0.2, 0);
    assert_string_equal(m.zoom.model->file, file_path("again.onnx"));
    assert_int_equal(m.zoom.model->decode.people, RIG_PEOPLE_ONE);
    assert_near(m.zoom.model->tags_grid, 0.125, 0);
    assert_true(m.zoom.model->zoom.when == RIG_ZOOM_OFF && !m.zoom.model->zoom.model);
    file_put_changed(path, CENTRES, ", margin: 1.5, weight: 3, follow_s: 0.2", "");
    assert_ok(rig_model_read(path, &m, &arena, &err));
    assert_near(m.zoom.margin, 1.25, 0);
    assert_near(m.zoom.weight, 1, 0);
    assert_near(m.zoom.follow_s, 0.1, 0);
}

static void test_wrong_second_looks_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"centres: [0, 1]", "centres: [0]", 6, "outputs[1].centres: 1 numbers"},
        {"regression: [1, 5]", "regression: [5, 1]", 6, "outputs[1].regression[1]: "},
        {"people: centres", "people: two", 8, "decode.people: 'two' is not known, expected one of tags, centres, one"},
        {"model: again.yaml, ", "", 9, "zoom: key 'model' is missing"},
        {"model: again.yaml", "model: [again]", 9, "zoom.model: "},
        {"model: again.yaml", "model: nowhere.yaml", 9, "zoom.model: no file '"},
        {"margin: 1.5", "margin: 0.9", 9, "zoom.margin: 0.9"},
        {"margin: 1.5", "margin: 11", 9, "zoom.margin: 11"},
        {"weight: 3", "weight: -1", 9, "zoom.weight: -1"},
        {"weight: 3", "weight: .nan", 9, "zoom.weight: "},
        {"follow_s: 0.2", "follow_s: 1.5", 9, "zoom.follow_s: 1.5"},
        {"follow_s: 0.2", "follow_s: -0.1", 9, "zoom.follow_s: -0.1"},
        {"follow_s: 0.2", "follow: 0.2", 9, "zoom.follow: unknown key"},
        {"size: [32, 64]", "size: [32]", 10, "selfcheck.size: 1 numbers, expected [width, height]"},
        {"size: [32, 64]", "size: [0, 64]", 10, "selfcheck.size[0]: "},
        {"model: again.yaml", "model: damaged.yaml", 9, "zoom: the network of a second look cannot have a second look"},
        {"names: [a, b]", "names: [a, c]", 0, "zoom.model: need 'c' as joint 1, got 'b'"},
        {", regression: [1, 5]", "", 0, "need one with centres and one with regression, or none, got 1 and 0"},
        {"regression: [1, 5]", "regression: [1, 4]", 0, "outputs[1].regression: need 4 channels, got [1, 4]"},
    };
    file_put_text("again.yaml", AGAIN);
    assert_refuses_as(RIG_ERR_CONFIG, read_model, CENTRES, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_model, file_put_text("centres.yaml", CENTRES));
}

static void test_what_the_second_network_lacks_is_refused(void **state) {
    (void)state;
    static const char *const changes[][3] = {
        {", sizing: fixed", "", "centres.yaml: zoom.model: need input.sizing fixed"},
        {"heatmaps: [0, 2], tags: [2, 6]", "heatmaps: [0, 3], tags: [3, 9]", "again.yaml: outputs[0].heatmaps"},
        {"dim: 2, grid", "grid", "again.yaml: "},
        {"grid: 0.125", "grid: -1", "again.yaml:5: tags.grid: -1"},
        {"people: one", "people: centres", "again.yaml: outputs: need one with centres"},
    };
    const char *path = file_put_text("centres.yaml", CENTRES);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        rig_err err = {""};
        file_put_changed(file_path("again.yaml"), AGAIN, changes[i][0], changes[i][1]);
        assert_int_equal(read_model(path, &arena, &err), RIG_ERR_CONFIG);
        assert_contains(err.text, changes[i][2]);
    }
}

static rig_status read_sample(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_model(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(read_sample, (char *)(uintptr_t)HIGHERHRNET) > 0);
    file_put_text("again.yaml", AGAIN);
    assert_true(rig_test_each_allocation_fails(read_sample, (char *)(uintptr_t)file_put_text("centres.yaml", CENTRES)) >
                0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shipped_descriptor_says_what_it_should),
        cmocka_unit_test(test_what_may_be_left_out_has_plain_defaults),
        cmocka_unit_test(test_every_key_is_taken),
        cmocka_unit_test(test_a_skeleton_may_be_a_file),
        cmocka_unit_test(test_wrong_descriptors_are_refused_by_line_and_key),
        cmocka_unit_test(test_what_does_not_fit_together_is_refused_by_file_and_key),
        cmocka_unit_test(test_a_network_of_centres_with_a_second_look),
        cmocka_unit_test(test_wrong_second_looks_are_refused_by_line_and_key),
        cmocka_unit_test(test_what_the_second_network_lacks_is_refused),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
