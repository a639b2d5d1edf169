#include "pose/fuse.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { K = 2, SIDE = 32, COARSE = SIDE / 4, FINE = SIDE / 2 };

static const double FLOATS = 1e-5;

static rig_err err;
static rig_arena scratch;
static rig_fusion fusion;
static rig_model model;
static float coarse[4 * K * COARSE * COARSE], fine[4 * K * FINE * FINE];
static rig_tensor tensors[2];

// HigherHRNet's layout: out0 with heat and tags at a quarter, out1 with heat at a half.
static int start(void **state) {
    (void)state;
    model = (rig_model){.n_outputs = 2, .tag_dim = 1, .tags_per_joint = true, .tags_dim_major = true};
    model.skeleton.n = K;
    model.coordinate_offset = 0.5;
    model.outputs[0] = (rig_model_output){.name = "out0", .stride = 4, .heatmaps = {0, K}, .tags = {K, 2 * K}};
    model.outputs[1] = (rig_model_output){.name = "out1", .stride = 2, .heatmaps = {0, K}};
    tensors[0] = (rig_tensor){.name = "out0", .n_dims = 4, .dims = {1, 2 * K, COARSE, COARSE}, .data = coarse};
    tensors[1] = (rig_tensor){.name = "out1", .n_dims = 4, .dims = {1, K, FINE, FINE}, .data = fine};
    memset(coarse, 0, sizeof coarse);
    memset(fine, 0, sizeof fine);
    return 0;
}

static int stop(void **state) {
    (void)state;
    rig_fusion_release(&fusion);
    rig_arena_release(&scratch);
    return 0;
}

// A plane that is linear in the input's pixels is kept by bilinear resampling.
static double ramp(double x_net, double y_net, int channel) {
    return 0.1 + 0.01 * x_net + 0.02 * y_net + 0.5 * channel;
}

static void fill(float *data, int channels, int side) {
    double stride = (double)SIDE / side;
    for (int c = 0; c < channels; c++)
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++)
                data[(c * side + y) * side + x] = (float)ramp((x + 0.5) * stride, (y + 0.5) * stride, c);
}

static void run(void) {
    assert_ok(rig_fusion_run(&fusion, &model, tensors, SIDE, SIDE, &scratch, &err));
}

static double heat(int k, int x, int y) {
    return (double)fusion.maps.heat[(k * fusion.maps.height + y) * fusion.maps.width + x];
}

static double tag(int plane, int x, int y) {
    return (double)fusion.maps.tags[(plane * fusion.maps.height + y) * fusion.maps.width + x];
}

static void outputs_meet_on_the_finer_grid(void **state) {
    (void)state;
    fill(coarse, 2 * K, COARSE);
    fill(fine, K, FINE);
    run();
    assert_int_equal(fusion.maps.width, FINE);
    for (int k = 0; k < K; k++)
        for (int y = 1; y + 1 < FINE; y++)
            for (int x = 1; x + 1 < FINE; x++) {
                assert_near(heat(k, x, y), ramp(2 * x + 1, 2 * y + 1, k), FLOATS);
                assert_near(tag(k, x, y), ramp(2 * x + 1, 2 * y + 1, K + k), FLOATS);
            }
    assert_near(fusion.A_net_hm[0], 2, 0);
    assert_near(fusion.A_net_hm[2], 1, 0); // 2 * (0 + 0.5)
}

static void grid_of_the_input(void **state) {
    (void)state;
    model.fuse_grid_input = true;
    fill(coarse, 2 * K, COARSE);
    fill(fine, K, FINE);
    run();
    assert_int_equal(fusion.maps.width, SIDE);
    assert_near(heat(1, 9, 20), ramp(9.5, 20.5, 1), FLOATS);
    assert_near(fusion.A_net_hm[0], 1, 0);
    assert_near(fusion.A_net_hm[2], 0.5, 1e-12); // HigherHRNet's half pixel at this grid
}

static void heat_is_the_mean_after_activation(void **state) {
    (void)state;
    for (int i = 0; i < K * COARSE * COARSE; i++)
        coarse[i] = -3;
    for (int i = 0; i < K * FINE * FINE; i++)
        fine[i] = 1;
    run();
    assert_near(heat(0, 5, 5), -1, FLOATS);
    model.activation = RIG_ACTIVATION_RELU;
    run();
    assert_near(heat(0, 5, 5), 0.5, FLOATS);
    model.activation = RIG_ACTIVATION_SIGMOID;
    run();
    assert_near(heat(0, 5, 5), (1 / (1 + exp(3)) + 1 / (1 + exp(-1))) / 2, FLOATS);
}

static void tag_layouts(void **state) {
    (void)state;
    model.tag_dim = 2;
    model.outputs[0].tags = (rig_channels){K, 3 * K};
    tensors[0].dims[1] = 3 * K;
    for (int c = 0; c < 3 * K; c++)
        for (int i = 0; i < COARSE * COARSE; i++)
            coarse[c * COARSE * COARSE + i] = (float)c;
    run(); // channel d * K + k goes to plane k * 2 + d
    for (int k = 0; k < K; k++)
        for (int d = 0; d < 2; d++)
            assert_near(tag(k * 2 + d, 3, 3), K + d * K + k, FLOATS);
    model.tags_dim_major = false;
    run();
    for (int plane = 0; plane < 2 * K; plane++)
        assert_near(tag(plane, 3, 3), K + plane, FLOATS);
    model.tags_per_joint = false;
    run();
    for (int plane = 0; plane < 2 * K; plane++)
        assert_near(tag(plane, 3, 3), K + plane % 2, FLOATS);
}

// Where the network says how far a person is from the cell, the cell's place is added, in cells of that output.
static void tags_of_places(void **state) {
    (void)state;
    model.tag_dim = 2;
    model.tags_grid = 0.125;
    model.outputs[0].tags = (rig_channels){K, 3 * K};
    tensors[0].dims[1] = 3 * K;
    for (int i = 0; i < 2 * K * COARSE * COARSE; i++)
        coarse[K * COARSE * COARSE + i] = 5;
    for (int per_joint = 0; per_joint < 2; per_joint++) {
        model.tags_per_joint = per_joint;
        run(); // at the finer grid, two cells of which are one
        for (int k = 0; k < K; k++) {
            assert_near(tag(2 * k, 9, 4), 5 + 0.125 * (9 + 0.5) / 2, FLOATS);
            assert_near(tag(2 * k + 1, 9, 4), 5 + 0.125 * (4 + 0.5) / 2, FLOATS);
        }
    }
}

static void values_not_finite_are_counted(void **state) {
    (void)state;
    coarse[0] = NAN;
    coarse[2 * COARSE * COARSE] = INFINITY; // a tag
    fine[7] = -INFINITY;
    run();
    assert_int_equal(fusion.not_finite, 3);
    for (int i = 0; i < K * FINE * FINE; i++)
        assert_true(isfinite(fusion.maps.heat[i]) && isfinite(fusion.maps.tags[i]));
    coarse[0] = coarse[2 * COARSE * COARSE] = fine[7] = 0;
    run();
    assert_int_equal(fusion.not_finite, 0);
}

static void one_output_without_resampling(void **state) {
    (void)state;
    model.n_outputs = 1;
    fill(coarse, 2 * K, COARSE);
    run();
    assert_memory_equal(fusion.maps.heat, coarse, sizeof(float) * K * COARSE * COARSE);
    assert_memory_equal(fusion.maps.tags, coarse + K * COARSE * COARSE, sizeof(float) * K * COARSE * COARSE);
    assert_null(fusion.maps.nms);
}

// Signed: suppressed values are negated; the heat is the magnitude, the peaks are searched among the positive.
static void signed_suppression(void **state) {
    (void)state;
    model.n_outputs = 1;
    model.outputs[0].nms = RIG_NMS_SIGNED;
    coarse[0] = -0.25f;
    coarse[1] = 0.5f;
    run();
    assert_near(heat(0, 0, 0), 0.25, 0);
    assert_near(fusion.maps.nms[0], -0.25, 0);
    assert_near(fusion.maps.nms[1], 0.5, 0);
}

static void separate_suppression(void **state) {
    (void)state;
    model.outputs[1] = (rig_model_output){.name = "nms", .stride = 4, .nms_heatmaps = {0, K}, .nms = RIG_NMS_SEPARATE};
    tensors[1].dims[2] = tensors[1].dims[3] = COARSE;
    fine[3] = 0.5f;
    run();
    assert_int_equal(fusion.maps.width, COARSE);
    assert_near(fusion.maps.nms[3], 0.5, 0);
    assert_near(heat(0, 3, 0), 0, 0);
}

static void five_axes(void **state) {
    (void)state;
    model.n_outputs = 1;
    model.outputs[0].squeeze_last = true;
    tensors[0].n_dims = 5;
    tensors[0].dims[4] = 1;
    run();
    tensors[0].dims[4] = 2;
    assert_int_equal(rig_fusion_run(&fusion, &model, tensors, SIDE, SIDE, &scratch, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "1 x 4 x 8 x 8 x 2");
}

static void the_last_stack(void **state) {
    (void)state;
    const float *last = coarse + 2 * K * COARSE * COARSE; // of two
    fill(coarse + 2 * K * COARSE * COARSE, 2 * K, COARSE);
    model.n_outputs = 1;
    model.outputs[0].stack_last = true;
    tensors[0].n_dims = 5;
    memcpy(tensors[0].dims, (int[]){1, 2, 2 * K, COARSE, COARSE}, 5 * sizeof(int));
    run();
    assert_near(heat(1, 2, 3), last[(COARSE + 3) * COARSE + 2], 0);
    assert_near(tag(0, 2, 3), last[(K * COARSE + 3) * COARSE + 2], 0);
    model.outputs[0].squeeze_last = true;
    tensors[0].n_dims = 6;
    tensors[0].dims[5] = 1;
    run();
    assert_near(heat(1, 2, 3), last[(COARSE + 3) * COARSE + 2], 0);
}

static void refused(const char *a, const char *b) {
    assert_int_equal(rig_fusion_run(&fusion, &model, tensors, SIDE, SIDE, &scratch, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, a);
    assert_contains(err.text, b);
}

static void what_does_not_fit_is_named(void **state) {
    (void)state;
    model.outputs[0].tags = (rig_channels){K + 1, 2 * K + 1};
    refused("output 'out0' is 1 x 4 x 8 x 8", "tags [3, 5] is beyond its 4 channels");
    start(NULL);
    model.outputs[1].stride = 4;
    refused("output 'out1' is 1 x 2 x 16 x 16", "16 cells of stride 4 do not make the input's 32 pixels");
    start(NULL);
    tensors[1].n_dims = 3;
    refused("output 'out1' is 1 x 2 x 16", "1 x channels x height x width");
    start(NULL);
    tensors[0].dims[0] = 2;
    refused("output 'out0' is 2 x 4 x 8 x 8", "expected 1 x channels");
    start(NULL);
    model.outputs[0].stack_last = true; // of a tensor without, and of one with none
    refused("output 'out0' is 1 x 4 x 8 x 8", "expected 1 x stacks x channels x height x width");
    tensors[0].n_dims = 5;
    memcpy(tensors[0].dims, (int[]){1, 0, 2 * K, COARSE, COARSE}, 5 * sizeof(int));
    refused("output 'out0' is 1 x 0 x 4 x 8 x 8", "expected 1 x stacks x channels");
    start(NULL);
    model.outputs[0].name[0] = 0; // bound by position: the tensor's own name
    snprintf(tensors[0].name, sizeof tensors[0].name, "1234");
    tensors[0].dims[1] = 1;
    refused("output '1234'", "beyond its 1 channels");
    start(NULL);
    model.outputs[0].nms = RIG_NMS_SIGNED;
    refused("output 'out0'", "suppressed on 8 x 8 cells, but the maps are fused at 16 x 16");
    start(NULL);
    model.outputs[1].nms = RIG_NMS_SIGNED;
    refused("output 'out1'", "2 outputs have heatmaps");
}

// 30 pixels make 8 cells of 4 by rounding up: allowed.
static void sizes_may_be_rounded(void **state) {
    (void)state;
    model.n_outputs = 1;
    assert_ok(rig_fusion_run(&fusion, &model, tensors, SIDE - 2, SIDE - 3, &scratch, &err));
    assert_int_equal(rig_fusion_run(&fusion, &model, tensors, SIDE - 4, SIDE, &scratch, &err), RIG_ERR_CONFIG);
}

static rig_status run_again(void *self, rig_err *e) {
    (void)self;
    rig_fusion fresh = {0};
    rig_arena work = {0};
    rig_status status = rig_fusion_run(&fresh, &model, tensors, SIDE, SIDE, &work, e);
    rig_fusion_release(&fresh);
    rig_arena_release(&work);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(run_again, NULL) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(outputs_meet_on_the_finer_grid, start, stop),
        cmocka_unit_test_setup_teardown(grid_of_the_input, start, stop),
        cmocka_unit_test_setup_teardown(heat_is_the_mean_after_activation, start, stop),
        cmocka_unit_test_setup_teardown(tag_layouts, start, stop),
        cmocka_unit_test_setup_teardown(tags_of_places, start, stop),
        cmocka_unit_test_setup_teardown(values_not_finite_are_counted, start, stop),
        cmocka_unit_test_setup_teardown(one_output_without_resampling, start, stop),
        cmocka_unit_test_setup_teardown(signed_suppression, start, stop),
        cmocka_unit_test_setup_teardown(separate_suppression, start, stop),
        cmocka_unit_test_setup_teardown(five_axes, start, stop),
        cmocka_unit_test_setup_teardown(the_last_stack, start, stop),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_named, start, stop),
        cmocka_unit_test_setup_teardown(sizes_may_be_rounded, start, stop),
        cmocka_unit_test_setup_teardown(allocations_may_fail, start, stop),
    };
    return cmocka_run_group_tests_name("fuse", tests, NULL, NULL);
}
