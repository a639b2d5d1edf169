// The two runtimes beside each other: what is chosen, what is refused, and that both compute the same; OpenCV 4.6's
// traps (docs/models.md), where it may refuse but must not be wrong.
#include "cv/cv.h"
#include "nn/net.h"
#include "tests/support/ort.h"
#include "tests/unit/nn/onnx_write.h"

#include <sys/stat.h>

enum { SIDE = 64, C = 4 };
static const double SAME = 1e-4; // outputs of two runtimes, values near 1

static rig_err err;
static proto graph, model;
static float input[3 * SIDE * SIDE];

static const rig_runtime opencv = {.backend = RIG_BACKEND_OPENCV}, ort = {.backend = RIG_BACKEND_ONNXRUNTIME};
static bool has_ort;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    has_ort = ort_is_there();
    for (int i = 0; i < 3 * SIDE * SIDE; i++)
        input[i] = (float)sin(0.37 * i + 1e-4 * i * i);
    return 0;
}

// --- choosing ------------------------------------------------------------------------------------

static void test_auto_takes_onnx_runtime_where_it_loads(void **state) {
    (void)state;
    rig_net *net;
    proto node = node_begin("Relu", "image", "out");
    graph.n = 0;
    graph_node(&graph, &node);
    graph_value(&graph, 11, "image", 3, SIDE, SIDE);
    graph_value(&graph, 12, "out", 3, SIDE, SIDE);
    model_write(path_in_folder("relu.onnx"), &graph, &model);
    assert_ok(rig_net_open(path_in_folder("relu.onnx"), "", &(rig_runtime){0}, &net, &err));
    assert_contains(rig_net_runtime(net), has_ort ? "onnxruntime" : "opencv");
    rig_net_close(net);
}

static void test_what_is_not_there_is_refused(void **state) {
    (void)state;
    rig_net *net;
    rig_runtime_info info;
    char *kept = getenv("RIGPOSE_ONNXRUNTIME") ? strdup(getenv("RIGPOSE_ONNXRUNTIME")) : NULL;
    bytes_write(path_in_folder("text.so"), "no library", 10);
    setenv("RIGPOSE_ONNXRUNTIME", path_in_folder("text.so"), 1);
    if (rig_runtime_describe(&ort, &info, &err) != RIG_OK) { // the system's own may be there
        assert_int_equal(rig_net_open(path_in_folder("relu.onnx"), "", &ort, &net, &err), RIG_ERR_CONFIG);
        assert_contains(err.text, "no ONNX Runtime: ");
        assert_contains(err.text, "text.so");
        assert_contains(err.text, "libonnxruntime.so.1");
    }
    assert_int_equal(mkfifo(path_in_folder("pipe.so"), 0600), 0); // nobody writes it
    setenv("RIGPOSE_ONNXRUNTIME", path_in_folder("pipe.so"), 1);
    if (rig_runtime_describe(&ort, &info, &err) != RIG_OK)
        assert_contains(err.text, "it is a pipe");
    setenv("RIGPOSE_ONNXRUNTIME", "libm.so.6", 1);
    if (rig_runtime_describe(&ort, &info, &err) != RIG_OK) {
        assert_int_equal(rig_runtime_describe(&ort, &info, &err), RIG_ERR_CONFIG);
        assert_contains(err.text, "'libm.so.6' is not ONNX Runtime");
    }
    kept ? setenv("RIGPOSE_ONNXRUNTIME", kept, 1) : unsetenv("RIGPOSE_ONNXRUNTIME");
    free(kept);
}

static void test_cuda_is_refused_where_it_is_missing(void **state) {
    (void)state;
    rig_net *net;
    rig_runtime_info info = {0};
    rig_runtime cuda = {.cuda = true};
    rig_status known = rig_runtime_describe(&ort, &info, &err), status;
    status = rig_net_open(path_in_folder("relu.onnx"), "", &cuda, &net, &err);
    if (known == RIG_OK && strstr(info.providers, "cuda")) {
        assert_int_equal(status, RIG_OK);
    } else {
        assert_int_equal(status, RIG_ERR_CONFIG);
        assert_contains(err.text, has_ort ? "runtime.provider: cuda: " : "no ONNX Runtime");
        assert_null(net);
    }
    rig_net_close(net);
}

static void test_runtimes_describe_themselves(void **state) {
    (void)state;
    rig_runtime_info info;
    assert_ok(rig_runtime_describe(&opencv, &info, &err));
    assert_contains(info.version, "4.");
    assert_string_equal(info.library, "");
    if (!has_ort)
        skip();
    assert_ok(rig_runtime_describe(&ort, &info, &err));
    assert_contains(info.version, "1.");
    assert_contains(info.library, "libonnxruntime");
    assert_contains(info.providers, "cpu");
}

// --- the same numbers ----------------------------------------------------------------------------

// Run a file on one runtime; what it gives, or NULL where it is refused, which must be by a text of one line.
static float *run_on(const rig_runtime *runtime, const char *path, size_t *count) {
    rig_net *net;
    rig_tensor out = {.name = "out"};
    float *copy = NULL;
    rig_status status = rig_net_open(path, "", runtime, &net, &err);
    if (status == RIG_OK)
        status = rig_net_run(net, input, SIDE, SIDE, &out, 1, &err);
    if (status == RIG_OK) {
        *count = 1;
        for (int i = 0; i < out.n_dims; i++)
            *count *= (size_t)out.dims[i];
        copy = malloc(*count * sizeof *copy);
        memcpy(copy, out.data, *count * sizeof *copy);
    } else {
        assert_int_equal(status, RIG_ERR_CV);
        assert_contains(err.text, path);
        assert_null(strchr(err.text, '\n'));
    }
    rig_net_close(net);
    return copy;
}

// What both take, both compute equally; ONNX Runtime takes all.
static void assert_same(const char *path, bool opencv_must) {
    size_t n_cv = 0, n_ort = 0;
    float *by_cv = run_on(&opencv, path, &n_cv);
    float *by_ort = has_ort ? run_on(&ort, path, &n_ort) : NULL;
    assert_true(by_cv || !opencv_must);
    assert_true(by_ort || !has_ort);
    if (by_cv && by_ort) {
        assert_int_equal(n_cv, n_ort);
        for (size_t i = 0; i < n_cv; i++)
            assert_near(by_cv[i], by_ort[i], SAME);
    }
    free(by_cv);
    free(by_ort);
}

static float weights[16 * 16 * 9];

static void conv_add(const char *from, const char *to, const char *name, int in, int out, int side, int stride) {
    char inputs[64];
    snprintf(inputs, sizeof inputs, "%s %s", from, name);
    proto node = node_begin("Conv", inputs, to);
    const int half = side / 2;
    node_ints(&node, "kernel_shape", (int[]){side, side}, 2);
    node_ints(&node, "strides", (int[]){stride, stride}, 2);
    node_ints(&node, "pads", (int[]){half, half, half, half}, 4);
    graph_node(&graph, &node);
    for (int i = 0; i < out * in * side * side; i++)
        weights[i] = (float)(cos(1.7 * i + in) / sqrt(in * side * side));
    graph_weights(&graph, name, (int[]){out, in, side, side}, 4, weights);
}

static void graph_begin(void) {
    graph.n = 0;
    graph_value(&graph, 11, "image", 3, SIDE, SIDE);
    conv_add("image", "stem", "stem_w", 3, C, 3, 2);
}

static void graph_end(const char *path) {
    graph_value(&graph, 12, "out", C, SIDE, SIDE);
    model_write(path, &graph, &model);
}

static void op_add(const char *op, const char *inputs, const char *output) {
    proto node = node_begin(op, inputs, output);
    graph_node(&graph, &node);
}

// A pyramid: convolutions down, additions across, and up again.
static void test_a_small_pyramid(void **state) {
    (void)state;
    const char *path = path_in_folder("pyramid.onnx");
    graph_begin();
    op_add("Relu", "stem", "a");
    conv_add("a", "b_raw", "b_w", C, 16, 3, 2);
    op_add("Relu", "b_raw", "b");
    conv_add("b", "c_raw", "c_w", 16, 16, 3, 1);
    op_add("Add", "b c_raw", "sum");
    op_add("Sigmoid", "sum", "d");
    conv_add("d", "narrow", "n_w", 16, C, 1, 1);
    proto node = node_begin("ConvTranspose", "narrow up_w", "wide");
    node_ints(&node, "kernel_shape", (int[]){4, 4}, 2);
    node_ints(&node, "strides", (int[]){2, 2}, 2);
    node_ints(&node, "pads", (int[]){1, 1, 1, 1}, 4);
    graph_node(&graph, &node);
    graph_weights(&graph, "up_w", (int[]){C, C, 4, 4}, 4, weights);
    op_add("Add", "wide a", "out");
    graph_end(path);
    assert_same(path, true);
}

static void test_clip_with_its_limits_as_inputs(void **state) {
    (void)state;
    const char *path = path_in_folder("clip.onnx");
    graph_begin();
    graph_weights(&graph, "low", NULL, 0, (float[]){0});
    graph_weights(&graph, "high", NULL, 0, (float[]){0.5F});
    op_add("Clip", "stem low high", "out");
    graph_end(path);
    assert_same(path, true);
}

static void test_a_weight_passed_on(void **state) {
    (void)state;
    const char *path = path_in_folder("identity.onnx");
    graph_begin();
    op_add("Identity", "scale", "scale_again");
    graph_weights(&graph, "scale", (int[]){C}, 1, (float[]){1.5F, 0.5F, -2, 3});
    graph_weights(&graph, "shift", (int[]){C}, 1, (float[]){0.1F, 0.2F, 0.3F, 0.4F});
    graph_weights(&graph, "mean", (int[]){C}, 1, (float[]){0.5F, -0.5F, 0.25F, 1});
    graph_weights(&graph, "variance", (int[]){C}, 1, (float[]){0.5F, 2, 1.5F, 0.25F});
    op_add("BatchNormalization", "stem scale_again shift mean variance", "out");
    graph_end(path);
    assert_same(path, false);
}

static void resize_add(const char *mode) {
    proto node = node_begin("Resize", "stem region times", "out"), attribute = {0};
    proto_text(&attribute, 1, "mode");
    proto_text(&attribute, 4, mode);
    proto_int(&attribute, 20, 3);
    proto_part(&node, 5, &attribute);
    graph_node(&graph, &node);
    graph_weights(&graph, "region", (int[]){8}, 1, (float[]){0, 0, 0, 0, 1, 1, 1, 1}); // of no effect
    graph_weights(&graph, "times", (int[]){4}, 1, (float[]){1, 1, 2, 2});
}

static void test_resizing(void **state) {
    (void)state;
    static const char *const modes[] = {"nearest", "linear", "cubic"};
    for (int i = 0; i < 3; i++) {
        const char *path = path_in_folder("resize.onnx");
        graph_begin();
        resize_add(modes[i]);
        graph_end(path);
        assert_same(path, false);
    }
}

static void test_an_axis_added_at_the_end(void **state) {
    (void)state;
    const char *path = path_in_folder("unsqueeze.onnx");
    graph_begin();
    proto node = node_begin("Unsqueeze", "stem", "out");
    node_ints(&node, "axes", (int[]){4}, 1);
    graph_node(&graph, &node);
    graph_end(path);
    assert_same(path, false);
}

static void test_sizes_read_from_the_picture(void **state) {
    (void)state;
    const char *path = path_in_folder("shape.onnx");
    graph_begin();
    op_add("Shape", "stem", "shape");
    op_add("ConstantOfShape", "shape", "zeros");
    op_add("Add", "zeros stem", "out");
    graph_end(path);
    assert_same(path, false);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auto_takes_onnx_runtime_where_it_loads),
        cmocka_unit_test(test_what_is_not_there_is_refused),
        cmocka_unit_test(test_cuda_is_refused_where_it_is_missing),
        cmocka_unit_test(test_runtimes_describe_themselves),
        cmocka_unit_test(test_a_small_pyramid),
        cmocka_unit_test(test_clip_with_its_limits_as_inputs),
        cmocka_unit_test(test_a_weight_passed_on),
        cmocka_unit_test(test_resizing),
        cmocka_unit_test(test_an_axis_added_at_the_end),
        cmocka_unit_test(test_sizes_read_from_the_picture),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
