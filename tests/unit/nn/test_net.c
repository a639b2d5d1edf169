// Networks written by this test, so that every value they give is known; on each runtime.
#include "cv/cv.h"
#include "nn/net.h"
#include "tests/support/ort.h"
#include "tests/unit/nn/onnx_write.h"

enum { W = 8, H = 6 };
static const double VALUE_TOLERANCE = 1e-5; // floats near 1

static rig_err err;
static rig_runtime runtime; // the one under test
static proto graph, model;
static float input[3 * 64 * 64];

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static double pixel(int channel, int y, int x) {
    return sin(0.7 * x + 0.3 * y + channel);
}

static void input_fill(int width, int height) {
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                input[(c * height + y) * width + x] = (float)pixel(c, y, x);
}

// `first` is also what `second` is made from, so OpenCV does not count it among its unconnected outputs; the file lists
// `second` before it, and `third` first of all.
static const float mix[2 * 3] = {0.5F, -1, 0.25F, 0, 2, 1}, bias[2] = {0.125F, -0.5F};

static void three_outputs_write(const char *path) {
    proto node;
    graph.n = 0;
    node = node_begin("Conv", "image mix bias", "first");
    node_ints(&node, "kernel_shape", (int[]){1, 1}, 2);
    graph_node(&graph, &node);
    node = node_begin("Relu", "first", "second");
    graph_node(&graph, &node);
    node = node_begin("Sigmoid", "first", "third");
    graph_node(&graph, &node);
    graph_weights(&graph, "mix", (int[]){2, 3, 1, 1}, 4, mix);
    graph_weights(&graph, "bias", (int[]){2}, 1, bias);
    graph_value(&graph, 11, "image", 3, 0, 0);
    graph_value(&graph, 12, "third", 2, 0, 0);
    graph_value(&graph, 12, "second", 2, 0, 0);
    graph_value(&graph, 12, "first", 2, 0, 0);
    model_write(path, &graph, &model);
}

static double first_at(int channel, int y, int x) {
    double sum = bias[channel];
    for (int c = 0; c < 3; c++)
        sum += mix[3 * channel + c] * pixel(c, y, x);
    return sum;
}

static double value_at(const char *name, int channel, int y, int x) {
    double first = first_at(channel, y, x);
    return name[0] == 'f' ? first : name[0] == 's' ? fmax(first, 0) : 1 / (1 + exp(-first));
}

static void assert_tensor(const rig_tensor *tensor, const char *name, int width, int height) {
    assert_string_equal(tensor->name, name);
    assert_int_equal(tensor->n_dims, 4);
    assert_int_equal(tensor->dims[0], 1);
    assert_int_equal(tensor->dims[1], 2);
    assert_int_equal(tensor->dims[2], height);
    assert_int_equal(tensor->dims[3], width);
    for (int c = 0; c < 2; c++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                assert_near(tensor->data[(c * height + y) * width + x], value_at(name, c, y, x), VALUE_TOLERANCE);
}

static rig_net *three_outputs_open(void) {
    rig_net *net;
    three_outputs_write(path_in_folder("three.onnx"));
    assert_ok(rig_net_open(path_in_folder("three.onnx"), "", &runtime, &net, &err));
    return net;
}

static void test_outputs_come_by_name(void **state) {
    (void)state;
    rig_net *net = three_outputs_open();
    rig_tensor outputs[3] = {{.name = "first"}, {.name = "third"}, {.name = "second"}};
    input_fill(W, H);
    assert_ok(rig_net_run(net, input, W, H, outputs, 3, &err));
    assert_tensor(&outputs[0], "first", W, H);
    assert_tensor(&outputs[1], "third", W, H);
    assert_tensor(&outputs[2], "second", W, H);
    rig_net_close(net);
}

static void test_outputs_without_a_name_come_in_the_files_order(void **state) {
    (void)state;
    rig_net *net = three_outputs_open();
    rig_tensor outputs[3] = {{.name = ""}, {.name = ""}, {.name = ""}};
    input_fill(W, H);
    assert_ok(rig_net_run(net, input, W, H, outputs, 3, &err));
    assert_tensor(&outputs[0], "third", W, H);
    assert_tensor(&outputs[1], "second", W, H);
    assert_tensor(&outputs[2], "first", W, H);
    rig_tensor mixed[2] = {{.name = "first"}, {.name = ""}}; // a place counts all outputs, named or not
    assert_ok(rig_net_run(net, input, W, H, mixed, 2, &err));
    assert_tensor(&mixed[1], "second", W, H);
    rig_net_close(net);
}

static void test_the_size_may_change_from_run_to_run(void **state) {
    (void)state;
    rig_net *net = three_outputs_open();
    static const int sizes[][2] = {{8, 6}, {32, 16}, {6, 8}, {8, 6}, {64, 64}, {1, 1}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        rig_tensor output = {.name = "second"};
        input_fill(sizes[i][0], sizes[i][1]);
        assert_ok(rig_net_run(net, input, sizes[i][0], sizes[i][1], &output, 1, &err));
        assert_tensor(&output, "second", sizes[i][0], sizes[i][1]);
    }
    rig_net_close(net);
}

static void test_outputs_that_are_not_there_are_named(void **state) {
    (void)state;
    rig_net *net = three_outputs_open();
    rig_tensor outputs[4] = {{.name = "heat"}};
    input_fill(W, H);
    assert_int_equal(rig_net_run(net, input, W, H, outputs, 1, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "no output 'heat'");
    assert_contains(err.text, "'third', 'second', 'first'");
    outputs[0].name[0] = 0;
    assert_int_equal(rig_net_run(net, input, W, H, outputs, 4, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "no output 4");
    rig_net_close(net);
    rig_net_close(NULL);
}

// --- OpenCV's traps ------------------------------------------------------------------------------

// A transposed convolution in two groups, then a batch normalisation: fused, OpenCV 4.6 computes something else.
static void test_batch_norm_after_a_grouped_upsampling(void **state) {
    (void)state;
    enum { C = 4 };
    const float up[C * 2 * 2 * 2] = {.1F, .2F, .3F, .4F, .5F, .6F, .7F, .8F, -.1F, .3F, .2F, -.4F, .9F, -.6F, .1F, .2F,
                                     .4F, .4F, .1F, .2F, .6F, .5F, .3F, .2F, -.7F, .1F, .5F, -.2F, .3F, -.1F, .8F, .6F};
    const float widen[C * 3] = {1, 0, 0, 0, 1, 0, 0, 0, 1, 0.5F, 0.5F, 0};
    const float scale[C] = {1.5F, 0.5F, -2, 3}, shift[C] = {0.1F, 0.2F, 0.3F, 0.4F}, mean[C] = {0.5F, -0.5F, 0.25F, 1},
                variance[C] = {0.5F, 2, 1.5F, 0.25F};
    proto node;
    graph.n = 0;
    node = node_begin("Conv", "image widen", "wide");
    node_ints(&node, "kernel_shape", (int[]){1, 1}, 2);
    graph_node(&graph, &node);
    node = node_begin("ConvTranspose", "wide up", "big");
    node_ints(&node, "kernel_shape", (int[]){2, 2}, 2);
    node_ints(&node, "strides", (int[]){2, 2}, 2);
    node_int(&node, "group", 2);
    graph_node(&graph, &node);
    node = node_begin("BatchNormalization", "big scale shift mean variance", "out");
    graph_node(&graph, &node);
    graph_weights(&graph, "widen", (int[]){C, 3, 1, 1}, 4, widen);
    graph_weights(&graph, "up", (int[]){C, 2, 2, 2}, 4, up);
    graph_weights(&graph, "scale", (int[]){C}, 1, scale);
    graph_weights(&graph, "shift", (int[]){C}, 1, shift);
    graph_weights(&graph, "mean", (int[]){C}, 1, mean);
    graph_weights(&graph, "variance", (int[]){C}, 1, variance);
    graph_value(&graph, 11, "image", 3, H, W);
    graph_value(&graph, 12, "out", C, 2 * H, 2 * W);
    model_write(path_in_folder("grouped.onnx"), &graph, &model);

    rig_net *net;
    rig_tensor out = {.name = ""};
    input_fill(W, H);
    assert_ok(rig_net_open(path_in_folder("grouped.onnx"), "", &runtime, &net, &err));
    assert_ok(rig_net_run(net, input, W, H, &out, 1, &err));
    for (int o = 0; o < C; o++)
        for (int y = 0; y < 2 * H; y++)
            for (int x = 0; x < 2 * W; x++) {
                double big = 0;
                for (int c = o / 2 * 2; c < o / 2 * 2 + 2; c++) {
                    double wide = 0;
                    for (int k = 0; k < 3; k++)
                        wide += widen[3 * c + k] * pixel(k, y / 2, x / 2);
                    big += wide * up[((c * 2 + o % 2) * 2 + y % 2) * 2 + x % 2];
                }
                double expected = (big - mean[o]) / sqrt(variance[o] + 1e-5) * scale[o] + shift[o];
                assert_near(out.data[(o * 2 * H + y) * 2 * W + x], expected, 10 * VALUE_TOLERANCE);
            }
    rig_net_close(net);
}

// --- damage --------------------------------------------------------------------------------------

static void assert_refused(const char *path, rig_status status, const char *word) {
    rig_net *net;
    err.text[0] = 0;
    assert_int_equal(rig_net_open(path, "", &runtime, &net, &err), status);
    assert_null(net);
    assert_contains(err.text, path);
    assert_contains(err.text, word);
}

static void test_no_network_is_refused_by_name_and_reason(void **state) {
    (void)state;
    assert_refused(path_in_folder("absent.onnx"), RIG_ERR_IO, "No such file");
    assert_refused(rig_test_folder(), RIG_ERR_IO, "it is a folder, expected a regular file");
    bytes_write(path_in_folder("empty.onnx"), "", 0);
    assert_refused(path_in_folder("empty.onnx"), RIG_ERR_FORMAT, "empty");
    bytes_write(path_in_folder("text.onnx"), "version https://git-lfs.github.com/spec/v1\n", 43);
    assert_refused(path_in_folder("text.onnx"), RIG_ERR_FORMAT, "not an ONNX network");
    bytes_write(path_in_folder("zeros.onnx"), (char[64]){0}, 64);
    assert_refused(path_in_folder("zeros.onnx"), RIG_ERR_FORMAT, "not an ONNX network");
}

static void test_a_network_cut_anywhere_is_refused(void **state) {
    (void)state;
    three_outputs_write(path_in_folder("whole.onnx"));
    size_t without_opset = model.n - 4; // the last field stands alone: a cut before it leaves a whole message
    for (size_t keep = 1; keep < model.n; keep++) {
        if (keep == without_opset)
            continue;
        bytes_write(path_in_folder("cut.onnx"), model.bytes, keep);
        assert_refused(path_in_folder("cut.onnx"), RIG_ERR_FORMAT, "ONNX network");
    }
}

static void test_an_operation_that_is_not_known_is_told(void **state) {
    (void)state;
    graph.n = 0;
    proto node = node_begin("NoSuchOperation", "image", "out");
    graph_node(&graph, &node);
    graph_value(&graph, 11, "image", 3, H, W);
    graph_value(&graph, 12, "out", 3, H, W);
    model_write(path_in_folder("odd.onnx"), &graph, &model);
    bool opencv = runtime.backend == RIG_BACKEND_OPENCV;
    assert_refused(path_in_folder("odd.onnx"), RIG_ERR_CV, opencv ? "opencv" : "onnxruntime");
    assert_contains(err.text, opencv ? "supports more networks" : "NoSuchOperation");
}

static void test_a_weight_that_is_missing_is_told(void **state) {
    (void)state;
    graph.n = 0;
    proto node = node_begin("Conv", "image lost", "out");
    graph_node(&graph, &node);
    graph_value(&graph, 11, "image", 3, H, W);
    graph_value(&graph, 12, "out", 3, H, W);
    model_write(path_in_folder("lost.onnx"), &graph, &model);
    bool opencv = runtime.backend == RIG_BACKEND_OPENCV;
    assert_refused(path_in_folder("lost.onnx"), opencv ? RIG_ERR_FORMAT : RIG_ERR_CV, "lost");
    if (opencv)
        assert_contains(err.text, "its operation Conv reads 'lost', which does not exist");
}

static void test_a_size_that_does_not_fit_is_told(void **state) {
    (void)state;
    static const float other[2 * 5];
    graph.n = 0;
    proto node = node_begin("Conv", "image other", "out"); // five channels, of three
    node_ints(&node, "kernel_shape", (int[]){1, 1}, 2);
    graph_node(&graph, &node);
    graph_weights(&graph, "other", (int[]){2, 5, 1, 1}, 4, other);
    graph_value(&graph, 11, "image", 0, 0, 0);
    graph_value(&graph, 12, "out", 2, 0, 0);
    model_write(path_in_folder("five.onnx"), &graph, &model);
    rig_net *net;
    rig_tensor out = {.name = "out"};
    rig_status status = rig_net_open(path_in_folder("five.onnx"), "", &runtime, &net, &err);
    if (status == RIG_OK) {
        input_fill(W, H);
        status = rig_net_run(net, input, W, H, &out, 1, &err);
        assert_contains(err.text, "8x6");
        rig_net_close(net);
    }
    assert_int_equal(status, RIG_ERR_CV);
    assert_contains(err.text, "five.onnx");
    assert_null(strchr(err.text, '\n'));
}

static void test_the_input_is_checked_by_name(void **state) {
    (void)state;
    rig_net *net;
    three_outputs_write(path_in_folder("named.onnx"));
    assert_ok(rig_net_open(path_in_folder("named.onnx"), "image", &runtime, &net, &err));
    assert_contains(rig_net_runtime(net), runtime.backend == RIG_BACKEND_OPENCV ? "opencv 4." : "onnxruntime 1.");
    rig_net_close(net);
    assert_int_equal(rig_net_open(path_in_folder("named.onnx"), "picture", &runtime, &net, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "no input 'picture', it has 'image'");
    graph_value(&graph, 11, "second_image", 3, H, W);
    model_write(path_in_folder("two.onnx"), &graph, &model);
    assert_int_equal(rig_net_open(path_in_folder("two.onnx"), "image", &runtime, &net, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "2 inputs: 'image', 'second_image'");
}

// A network exported for one size takes others, too.
static void test_a_declared_size_binds_nobody(void **state) {
    (void)state;
    rig_net *net;
    proto node;
    graph.n = 0;
    node = node_begin("Relu", "image", "out");
    graph_node(&graph, &node);
    graph_value(&graph, 11, "image", 3, H, W);
    graph_value(&graph, 12, "out", 3, H, W);
    model_write(path_in_folder("fixed.onnx"), &graph, &model);
    assert_ok(rig_net_open(path_in_folder("fixed.onnx"), "", &runtime, &net, &err));
    for (int size = 8; size <= 32; size += 8) {
        rig_tensor out = {.name = "out"};
        input_fill(2 * size, size);
        assert_ok(rig_net_run(net, input, 2 * size, size, &out, 1, &err));
        assert_int_equal(out.dims[2], size);
        assert_int_equal(out.dims[3], 2 * size);
        assert_near(out.data[5 * size + 3], fmax(input[5 * size + 3], 0), 0);
    }
    rig_net_close(net);
}

// --- the self-check ------------------------------------------------------------------------------

static rig_selfcheck selfcheck_write(double change) {
    static float outputs[2 * 2 * H * W];
    rig_selfcheck check = {.tolerance = 1e-3};
    input_fill(W, H);
    for (int t = 0, at = 0; t < 2; t++)
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < H * W; i++)
                outputs[at++] = (float)value_at(t ? "first" : "second", c, i / W, i % W);
    outputs[2 * H * W + 3] += (float)change;
    snprintf(check.input, sizeof check.input, "%s", path_in_folder("check.bin"));
    snprintf(check.output, sizeof check.output, "%s", path_in_folder("check_out.bin"));
    bytes_write(check.input, input, sizeof *input * 3 * H * W);
    bytes_write(check.output, outputs, sizeof outputs);
    return check;
}

static rig_status check_run(rig_net *net, const rig_selfcheck *check, int width, int height, rig_tensor *outputs, int n,
                            double *worst) {
    return rig_net_check(net, check, width, height, outputs, n, worst, &err);
}

static void test_a_stored_input_gives_the_stored_output(void **state) {
    (void)state;
    rig_net *net = three_outputs_open();
    double worst;
    rig_tensor outputs[2] = {{.name = "second"}, {.name = "first"}};
    rig_selfcheck check = selfcheck_write(0);
    assert_ok(check_run(net, &check, W, H, outputs, 2, &worst));
    assert_true(worst <= VALUE_TOLERANCE);
    check.width = W, check.height = H; // of its own
    assert_ok(check_run(net, &check, 3 * W, H + 1, outputs, 2, &worst));
    check = selfcheck_write(0.01);
    assert_int_equal(check_run(net, &check, W, H, outputs, 2, &worst), RIG_ERR_FORMAT);
    assert_near(worst, 0.01, 2 * VALUE_TOLERANCE);
    assert_contains(err.text, "output 'first' is off by 0.01 on ");
    check = selfcheck_write(NAN);
    assert_int_equal(check_run(net, &check, W, H, outputs, 2, &worst), RIG_ERR_FORMAT);
    assert_int_equal(check_run(net, &check, W, H + 1, outputs, 2, &worst), RIG_ERR_FORMAT);
    assert_contains(err.text, "check.bin' has 576 bytes, expected 672");
    assert_int_equal(check_run(net, &check, W, H, outputs, 1, &worst), RIG_ERR_FORMAT);
    assert_contains(err.text, "check_out.bin");
    snprintf(check.input, sizeof check.input, "/nowhere/check.bin");
    assert_int_equal(check_run(net, &check, W, H, outputs, 2, &worst), RIG_ERR_IO);
    rig_net_close(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs_come_by_name),
        cmocka_unit_test(test_outputs_without_a_name_come_in_the_files_order),
        cmocka_unit_test(test_the_size_may_change_from_run_to_run),
        cmocka_unit_test(test_outputs_that_are_not_there_are_named),
        cmocka_unit_test(test_batch_norm_after_a_grouped_upsampling),
        cmocka_unit_test(test_the_input_is_checked_by_name),
        cmocka_unit_test(test_a_declared_size_binds_nobody),
        cmocka_unit_test(test_a_stored_input_gives_the_stored_output),
        cmocka_unit_test(test_no_network_is_refused_by_name_and_reason),
        cmocka_unit_test(test_a_network_cut_anywhere_is_refused),
        cmocka_unit_test(test_an_operation_that_is_not_known_is_told),
        cmocka_unit_test(test_a_weight_that_is_missing_is_told),
        cmocka_unit_test(test_a_size_that_does_not_fit_is_told),
    };
    runtime.backend = RIG_BACKEND_OPENCV;
    int failed = cmocka_run_group_tests_name("opencv", tests, setup, NULL);
    runtime.backend = RIG_BACKEND_ONNXRUNTIME;
    if (ort_is_there())
        failed += cmocka_run_group_tests_name("onnxruntime", tests, setup, NULL);
    return rig_test_end(failed);
}
