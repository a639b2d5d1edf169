// Clip with its limits as inputs, as ReLU6 is written from opset 11 on; on each runtime.
#include "cv/cv.h"
#include "nn/net.h"
#include "tests/support/ort.h"
#include "tests/unit/nn/onnx_write.h"

enum { W = 8, H = 6, N = 3 * H * W };

static rig_err err;
static rig_runtime runtime; // the one under test
static proto graph, model;
static float input[N];

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    for (int i = 0; i < N; i++)
        input[i] = (float)sin(0.7 * i);
    return 0;
}

static void graph_begin(void) {
    graph.n = 0;
    graph_value(&graph, 11, "image", 3, H, W);
    graph_weights(&graph, "low", NULL, 0, (float[]){-0.5F});
    graph_weights(&graph, "high", (int[]){1}, 1, (float[]){0.75F});
    graph_constant(&graph, "low_node", -0.25F);
    graph_constant(&graph, "high_node", 0.5F);
}

// low, high: names; "": left out, NULL: no such input.
static void clip_add(const char *low, const char *high, const char *output) {
    proto node = node_begin("Clip", "image", output);
    if (low)
        proto_text(&node, 1, low);
    if (high)
        proto_text(&node, 1, high);
    graph_node(&graph, &node);
    graph_value(&graph, 12, output, 3, H, W);
}

static void assert_clipped(const rig_tensor *out, double low, double high) {
    for (int i = 0; i < N; i++)
        assert_near(out->data[i], fmin(fmax(input[i], low), high), 0);
}

static void test_limits_that_are_constants(void **state) {
    (void)state;
    static const struct {
        const char *names[2];
        double low, high;
    } clips[] = {{{"low", "high"}, -0.5, 0.75},     {{"low_node", "high_node"}, -0.25, 0.5},
                 {{"low", "high_node"}, -0.5, 0.5}, {{"", "high"}, -INFINITY, 0.75},
                 {{"low", NULL}, -0.5, INFINITY},   {{NULL, NULL}, -INFINITY, INFINITY}};
    enum { CLIPS = sizeof clips / sizeof *clips };
    rig_tensor outputs[CLIPS] = {{.name = ""}};
    rig_net *net;
    graph_begin();
    for (int k = 0; k < CLIPS; k++)
        clip_add(clips[k].names[0], clips[k].names[1], (char[]){(char)('a' + k), 0});
    model_write(path_in_folder("clips.onnx"), &graph, &model);
    assert_ok(rig_net_open(path_in_folder("clips.onnx"), "", &runtime, &net, &err));
    assert_ok(rig_net_run(net, input, W, H, outputs, CLIPS, &err));
    for (int k = 0; k < CLIPS; k++)
        assert_clipped(&outputs[k], clips[k].low, clips[k].high);
    rig_net_close(net);
}

// OpenCV is not told what only the network itself would find out.
static void test_a_limit_that_is_computed(void **state) {
    (void)state;
    rig_net *net;
    rig_tensor out = {.name = ""};
    graph_begin();
    proto node = node_begin("Add", "high_node high_node", "one");
    graph_node(&graph, &node);
    clip_add("low", "one", "out");
    model_write(path_in_folder("computed.onnx"), &graph, &model);
    rig_status status = rig_net_open(path_in_folder("computed.onnx"), "", &runtime, &net, &err);
    if (runtime.backend == RIG_BACKEND_OPENCV) {
        assert_int_equal(status, RIG_ERR_CV);
        assert_contains(err.text, "supports more networks than OpenCV");
        return;
    }
    assert_ok(status);
    assert_ok(rig_net_run(net, input, W, H, &out, 1, &err));
    assert_clipped(&out, -0.5, 1);
    rig_net_close(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_that_are_constants),
        cmocka_unit_test(test_a_limit_that_is_computed),
    };
    runtime.backend = RIG_BACKEND_OPENCV;
    int failed = cmocka_run_group_tests_name("opencv", tests, setup, NULL);
    runtime.backend = RIG_BACKEND_ONNXRUNTIME;
    if (ort_is_there())
        failed += cmocka_run_group_tests_name("onnxruntime", tests, setup, NULL);
    return rig_test_end(failed);
}
