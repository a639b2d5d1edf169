// What a network's file may not make a runtime open.
#include "nn/net.h"
#include "tests/unit/nn/onnx_write.h"

// A runtime would open whatever path stands there.
static void test_weights_in_other_files_are_refused(void **state) {
    (void)state;
    static proto graph, model;
    rig_net *net;
    rig_err err;
    for (int how = 0; how < 3; how++) { // of the graph, of a constant, of a constant in a branch
        proto tensor = {0}, where = {0}, attribute = {0}, inner = {0}, branch = {0}, outer = {0};
        proto node = node_begin("Relu", "image", "out"), constant = node_begin("Constant", "", "w");
        graph.n = 0;
        graph_node(&graph, &node);
        proto_text(&where, 1, "location");
        proto_text(&where, 2, "../../etc/passwd");
        proto_int(&tensor, 1, 4);
        proto_int(&tensor, 2, 1);
        proto_text(&tensor, 8, "w");
        proto_part(&tensor, 13, &where);
        proto_int(&tensor, 14, 1);
        proto_text(&attribute, 1, "value");
        proto_part(&attribute, 5, &tensor);
        proto_part(&constant, 5, &attribute);
        proto_part(&inner, 1, &constant);
        proto_text(&branch, 1, "then_branch");
        proto_part(&branch, 6, &inner);
        outer = node_begin("If", "image", "w");
        proto_part(&outer, 5, &branch);
        proto_part(&graph, how == 0 ? 5 : 1, how == 0 ? &tensor : how == 1 ? &constant : &outer);
        graph_value(&graph, 11, "image", 3, 8, 8);
        graph_value(&graph, 12, "out", 3, 8, 8);
        model_write(path_in_folder("outside.onnx"), &graph, &model);
        assert_int_equal(rig_net_open(path_in_folder("outside.onnx"), "", &(rig_runtime){0}, &net, &err),
                         RIG_ERR_FORMAT);
        assert_contains(err.text, "outside.onnx' stores weights in external files");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weights_in_other_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
