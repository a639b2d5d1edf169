#include "pose/blend.h"
#include "tests/support/support.h"

#include <math.h>

enum { K = 2, W = 12, H = 8, PLANE = W * H, STRIDE = 4 };
static const double FLOATS = 1e-5;

static rig_err err;
static rig_arena scratch;
static rig_blend blend;
static rig_model model;
static float heat[K * PLANE * 4], tags[K * PLANE * 4];

static int start(void **state) {
    (void)state;
    model = (rig_model){.tag_dim = 1};
    model.skeleton.n = K;
    model.skeleton.flip[0] = 1;
    model.skeleton.flip[1] = 0;
    return 0;
}

static int stop(void **state) {
    (void)state;
    rig_blend_release(&blend);
    rig_arena_release(&scratch);
    return 0;
}

// Maps of width x height cells of a picture scaled by `scale` and shifted by `pad` pixels of the input.
static rig_fusion fusion_of(int width, int height) {
    return (rig_fusion){.maps = {K, 1, width, height, heat, tags, NULL, NULL},
                        .A_net_hm = {STRIDE, 0, STRIDE * 0.5, 0, STRIDE, STRIDE * 0.5}};
}

static rig_preprocess input_of(int width, int height, double scale, double pad) {
    return (rig_preprocess){.width = width,
                            .height = height,
                            .A_net_cam = {scale, 0, pad, 0, scale, pad},
                            .A_cam_net = {1 / scale, 0, -pad / scale, 0, 1 / scale, -pad / scale}};
}

static void fill(int width, int height, double a, double b, double c) {
    for (int k = 0; k < K; k++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                int cell = (k * height + y) * width + x;
                heat[cell] = (float)(a * x + b * y + c + 10 * k);
                tags[cell] = 2 * heat[cell];
            }
}

static double blended(const float *planes, int plane, int x, int y) {
    return (double)planes[plane * PLANE + y * W + x];
}

static void the_mirror_image_comes_back(void **state) {
    (void)state;
    model.passes.flip = true;
    const rig_fusion fusion = fusion_of(W, H);
    const rig_preprocess input = input_of(W * STRIDE, H * STRIDE, 1, 0);
    fill(W, H, 1, 0.5, 0);
    assert_ok(rig_blend_add(&blend, &model, &fusion, &input, &(rig_pass){1, false, true}, true, 2, &scratch, &err));
    fill(W, H, 2, 0.5, 3);
    assert_ok(rig_blend_add(&blend, &model, &fusion, &input, &(rig_pass){1, true, true}, false, 2, &scratch, &err));
    assert_int_equal(blend.maps.tag_dim, 2);
    for (int k = 0; k < K; k++)
        for (int y = 0; y < H; y++)
            for (int x = 0; x < W; x++) {
                double own = x + 0.5 * y + 10 * k, mirrored = 2 * (W - 1 - x) + 0.5 * y + 3 + 10 * (1 - k);
                assert_near(blended(blend.maps.heat, k, x, y), (own + mirrored) / 2, FLOATS * 50);
                assert_near(blended(blend.maps.tags, 2 * k, x, y), 2 * own, FLOATS * 50);
                assert_near(blended(blend.maps.tags, 2 * k + 1, x, y), 2 * mirrored, FLOATS * 50);
            }
}

// Linear maps of a scaled and shifted picture are the same maps once they are on one grid.
static void scales_meet_in_the_picture(void **state) {
    (void)state;
    model.passes = (rig_passes){.n = 2, .scales = {1, 2}, .tags = {true, false}};
    const double pad = 3;
    const rig_preprocess one = input_of(W * STRIDE, H * STRIDE, 1, 0),
                         two = input_of(2 * W * STRIDE, 2 * H * STRIDE, 2, pad);
    rig_fusion fusion = fusion_of(W, H);
    fill(W, H, 1, 0.5, 0);
    assert_ok(rig_blend_add(&blend, &model, &fusion, &one, &(rig_pass){1, false, true}, true, 2, &scratch, &err));
    // A cell i of the first lies at net pixel 4 i + 2, so at 2 (4 i + 2) + 3 of the second: its cell (8 i + 5) / 4.
    fill(2 * W, 2 * H, 0.5, 0.25, -0.75 * 5.0 / 4);
    fusion = fusion_of(2 * W, 2 * H);
    assert_ok(rig_blend_add(&blend, &model, &fusion, &two, &(rig_pass){2, false, false}, false, 2, &scratch, &err));
    assert_int_equal(blend.maps.tag_dim, 1);
    for (int k = 0; k < K; k++)
        for (int y = 0; y < H - 1; y++) // the last cells lie beyond the second's, which repeats its border
            for (int x = 0; x < W - 1; x++) {
                assert_near(blended(blend.maps.heat, k, x, y), x + 0.5 * y + 10 * k, FLOATS * 50);
                assert_near(blended(blend.maps.tags, k, x, y), 2 * (x + 0.5 * y + 10 * k), FLOATS * 50);
            }
}

static rig_status add_fresh(void *self, rig_err *e) {
    rig_blend fresh = {0};
    rig_arena work = {0};
    const rig_fusion *fusion = self;
    const rig_preprocess input = input_of(W * STRIDE, H * STRIDE, 1, 0);
    rig_status status = rig_blend_add(&fresh, &model, fusion, &input, &(rig_pass){1, true, true}, true, 1, &work, e);
    rig_blend_release(&fresh);
    rig_arena_release(&work);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    rig_fusion fusion = fusion_of(W, H);
    assert_true(rig_test_each_allocation_fails(add_fresh, &fusion) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_mirror_image_comes_back, start),
        cmocka_unit_test_setup(scales_meet_in_the_picture, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    return cmocka_run_group_tests(tests, NULL, stop);
}
