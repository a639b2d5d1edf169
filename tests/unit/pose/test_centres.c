#include "core/rng.h"
#include "pose/blend.h"
#include "pose/centres.h"
#include "pose/decode.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { K = 4, W = 40, H = 24, PLANE = W * H, STRIDE = 4, CHANNELS = K + 1 + 2 * K };

static const double CELLS = 1e-4; // single precision of what the network gives
static const double LIKELIHOOD = 1e-4;

static rig_err err;
static rig_arena out, scratch;
static rig_centres centres;
static float maps[CHANNELS * PLANE]; // heat, centre, regression: one tensor
static float *const heat = maps, *const centre = maps + K * PLANE, *const regression = maps + (K + 1) * PLANE;
static rig_model model;
static rig_fusion fusion;
static rig_frame2d frame;

static int start(void **state) {
    (void)state;
    model = (rig_model){.n_outputs = 1, .tag_dim = 1, .coordinate_offset = 0.5, .decode = rig_decode_defaults()};
    model.outputs[0] = (rig_model_output){
        .name = "all", .stride = STRIDE, .heatmaps = {0, K}, .centres = {K, K + 1}, .regression = {K + 1, CHANNELS}};
    model.skeleton.n = K;
    for (int k = 0; k < K; k++) {
        model.group_order[k] = model.skeleton.flip[k] = k;
        model.skeleton.sigma[k] = 0.05;
    }
    memset(maps, 0, sizeof maps);
    centres = (rig_centres){0};
    return 0;
}

static int stop(void **state) {
    (void)state;
    rig_fusion_release(&fusion);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return 0;
}

static void find(void) {
    assert_ok(rig_centres_find((rig_map){centre, W, H}, regression, K, &centres, &scratch, &err));
}

static void draw_random(uint64_t seed) {
    rig_rng rng = rig_rng_seed(seed, 0);
    for (int i = 0; i < PLANE; i++)
        centre[i] = (float)rig_rng_uniform(&rng, 0, 1) *
                    (rig_rng_uniform(&rng, 0, 1) < 0.5 ? 1 : 0.04f); // half of them too low
    for (int i = 0; i < 2 * K * PLANE; i++)
        regression[i] = (float)rig_rng_uniform(&rng, -12, 12);
}

// --- against the formula, written once more -------------------------------------------------------

typedef struct expectation {
    int x, y;
    double score, q[K][2], two_variances;
} expectation;

static int by_score(const void *a, const void *b) {
    const double x = ((const expectation *)a)->score, y = ((const expectation *)b)->score;
    return (x < y) - (x > y);
}

static bool is_highest(int x, int y) {
    for (int v = y - 2; v <= y + 2; v++)
        for (int u = x - 2; u <= x + 2; u++)
            if (u >= 0 && u < W && v >= 0 && v < H && centre[v * W + u] > centre[y * W + x])
                return false;
    return centre[y * W + x] > 0.05f;
}

static int expect(expectation *all) {
    int n = 0;
    for (int cell = 0; cell < PLANE; cell++) {
        if (!is_highest(cell % W, cell / W))
            continue;
        expectation *e = &all[n++];
        *e = (expectation){.x = cell % W, .y = cell / W, .score = (double)centre[cell]};
        double low[2] = {1e9, 1e9}, high[2] = {-1e9, -1e9};
        for (int k = 0; k < K; k++) {
            e->q[k][0] = e->x + (double)regression[(2 * k + 1) * PLANE + cell];
            e->q[k][1] = e->y + (double)regression[2 * k * PLANE + cell];
            for (int a = 0; a < 2; a++) {
                low[a] = fmin(low[a], e->q[k][a]);
                high[a] = fmax(high[a], e->q[k][a]);
            }
        }
        const double area = fmax(9, fmax(1, high[0] - low[0]) * fmax(1, high[1] - low[1]));
        e->two_variances = 0.02 * area + 0.5;
    }
    qsort(all, (size_t)n, sizeof *all, by_score);
    return n > RIG_CENTRES_MAX ? RIG_CENTRES_MAX : n;
}

static double likelihood(const expectation *e, int k, int x, int y) {
    const double dx = x - e->q[k][0], dy = y - e->q[k][1];
    return sqrt(e->score) * exp(-(dx * dx + dy * dy) / e->two_variances);
}

// The most likely centre of a joint at a cell; -1: nobody's; -2: so near a tie that rounding may decide.
static int expected_owner(const expectation *all, int n, int k, int x, int y) {
    int best = -1;
    double most = exp(-9), second = 0;
    for (int i = 0; i < n; i++) {
        const double value = likelihood(&all[i], k, x, y);
        if (value > most)
            second = most, most = value, best = i;
        else
            second = fmax(second, value);
    }
    return fabs(most - second) < 1e-9 * most ? -2 : best;
}

static void check_against_formula(void) {
    static expectation all[PLANE];
    const int n = expect(all);
    find();
    assert_int_equal(centres.n, n);
    for (int i = 0; i < n; i++) {
        const rig_centre *c = &centres.list[i];
        assert_true(c->x == all[i].x && c->y == all[i].y);
        for (int k = 0; k < K; k++) {
            assert_near(c->q[k][0], all[i].q[k][0], CELLS);
            assert_near(c->q[k][1], all[i].q[k][1], CELLS);
            const double dx = 3 - c->q[k][0], dy = 5 - c->q[k][1];
            assert_near(exp(c->log_score - (dx * dx + dy * dy) * c->narrow), likelihood(&all[i], k, 3, 5), LIKELIHOOD);
        }
    }
    for (int k = 0; k < K; k++)
        for (int cell = 0; cell < PLANE; cell++) {
            const int owner = expected_owner(all, n, k, cell % W, cell / W);
            const double tag = rig_centres_tag(&centres, k, W, cell % W, cell / W);
            if (owner != -2)
                assert_near(tag < 1e4 ? tag / 10 : -1, owner, 0);
        }
}

static void random_maps_follow_the_formula(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        draw_random(seed);
        check_against_formula();
    }
    assert_int_equal(centres.n, RIG_CENTRES_MAX); // of more
}

static void few_centres_follow_the_formula(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        draw_random(seed);
        memset(centre, 0, sizeof *centre * PLANE);
        centre[5 * W + 6] = 0.9f;
        centre[12 * W + 30] = 0.3f;
        check_against_formula();
    }
}

// --- the edges ------------------------------------------------------------------------------------

static void centres_at_the_border_count(void **state) {
    (void)state;
    static const int corners[4][2] = {{0, 0}, {W - 1, 0}, {0, H - 1}, {W - 1, H - 1}};
    for (int i = 0; i < 4; i++) {
        centre[corners[i][1] * W + corners[i][0]] = 0.9f - 0.1f * (float)i;
        regression[corners[i][1] * W + corners[i][0]] = 100; // y of joint 0, beyond the map
    }
    find();
    assert_int_equal(centres.n, 4);
    for (int i = 0; i < 4; i++) {
        assert_true(centres.list[i].x == corners[i][0] && centres.list[i].y == corners[i][1]);
        assert_near(centres.list[i].q[0][1], corners[i][1] + 100, 0);
        assert_near(rig_centres_tag(&centres, 1, W, corners[i][0], corners[i][1]), 10 * i, 0);
    }
}

static void the_first_of_equals_has_the_joint(void **state) {
    (void)state;
    centre[10 * W + 10] = centre[10 * W + 20] = 0.5f;
    find();
    assert_int_equal(centres.n, 2);
    assert_int_equal(centres.list[0].x, 10);
    regression[3 * PLANE + 10 * W + 10] = 5; // x of joint 1: both expect it in one cell
    regression[3 * PLANE + 10 * W + 20] = -5;
    find();
    assert_near(rig_centres_tag(&centres, 1, W, 15, 10), 0, 0);
}

// Nobody's joints are alone: each has a tag of its own.
static void without_a_centre_no_two_joints_belong_together(void **state) {
    (void)state;
    find();
    assert_int_equal(centres.n, 0);
    double before = 0;
    for (int cell = 0; cell < PLANE; cell++)
        for (int k = 0; k < K; k++) {
            const double tag = rig_centres_tag(&centres, k, W, cell % W, cell / W);
            assert_true(tag >= 1e4 && tag >= before + 10);
            before = tag;
        }
    assert_true(rig_centres_tag(&centres, 0, 1 << 14, 0, (1 << 14) - 1) > before);
}

static void values_not_finite_count_as_nothing(void **state) {
    (void)state;
    draw_random(3);
    for (int i = 0; i < PLANE; i += 7)
        centre[i] = i % 2 ? NAN : INFINITY;
    for (int i = 0; i < 2 * K * PLANE; i += 3)
        regression[i] = i % 4 == 0 ? NAN : i % 4 == 1 ? -INFINITY : 3e38f;
    find();
    assert_true(centres.n > 0);
    for (int i = 0; i < centres.n; i++) {
        const rig_centre *c = &centres.list[i];
        assert_true(isfinite(c->score) && isfinite(c->size) && isfinite(c->narrow) && c->size >= 3);
        for (int k = 0; k < K; k++)
            assert_true(isfinite(c->q[k][0]) && isfinite(c->q[k][1]));
    }
    for (int cell = 0; cell < PLANE; cell++)
        assert_true(isfinite(rig_centres_tag(&centres, 1, W, cell % W, cell / W)));
}

// --- among the other maps -------------------------------------------------------------------------

static const double STEP[K][2] = {{0, -6}, {-3, -2}, {3, -2}, {0, 6}};

static void draw_person(int x, int y, float score) {
    const int cell = y * W + x;
    centre[cell] = score;
    for (int k = 0; k < K; k++) {
        const int at = cell + (int)STEP[k][1] * W + (int)STEP[k][0];
        const float sides[] = {0.9f, 0.5f, 0.5f, 0.5f, 0.5f};
        const int to[] = {at, at - 1, at + 1, at - W, at + W};
        for (int i = 0; i < 5; i++)
            heat[k * PLANE + to[i]] = fmaxf(heat[k * PLANE + to[i]], sides[i] * score);
        regression[(2 * k + 1) * PLANE + cell] = (float)STEP[k][0];
        regression[2 * k * PLANE + cell] = (float)STEP[k][1];
    }
}

static rig_tensor tensor_of(int channels) {
    return (rig_tensor){.name = "all", .n_dims = 4, .dims = {1, channels, H, W}, .data = maps};
}

static void fuse_into(rig_fusion *to) {
    const rig_tensor all = tensor_of(CHANNELS);
    assert_ok(rig_fusion_run(to, &model, &all, W * STRIDE, H * STRIDE, &scratch, &err));
}

static void people_side_by_side_come_apart(void **state) {
    (void)state;
    draw_person(14, 12, 0.9f);
    draw_person(19, 12, 0.8f);
    fuse_into(&fusion);
    assert_null(fusion.maps.tags);
    for (int refine = RIG_REFINE_OFF; refine <= RIG_REFINE_FULL; refine++) {
        model.decode.refine = (rig_refine)refine;
        assert_ok(rig_maps_decode(&fusion.maps, &model, &frame, &out, &scratch, &err));
        assert_int_equal(frame.n, 2);
        for (int i = 0; i < 2; i++)
            for (int k = 0; k < K; k++) {
                assert_near(frame.people[i].joints[k].q[0], (i ? 19 : 14) + STEP[k][0], CELLS);
                assert_near(frame.people[i].joints[k].q[1], 12 + STEP[k][1], CELLS);
                assert_near(frame.people[i].joints[k].tag, 10 * i, 0);
            }
    }
}

static void of_several_passes_the_first_has_the_centres(void **state) {
    (void)state;
    rig_blend blend = {0};
    const rig_preprocess input = {W * STRIDE, H * STRIDE, {1, 0, 0, 0, 1, 0}, {1, 0, 0, 0, 1, 0}, NULL, 0, {0}, {0}};
    model.passes = (rig_passes){.flip = true};
    for (int pass = 0; pass < 2; pass++) {
        memset(maps, 0, sizeof maps);
        draw_person(pass ? W - 1 - 14 : 14, 12, 0.9f); // the mirror image; and one whom only that pass sees
        if (pass)
            draw_person(6, 12, 0.8f);
        fuse_into(&fusion);
        assert_ok(rig_blend_add(&blend, &model, &fusion, &input, &(rig_pass){1, pass > 0, true}, pass == 0, 2, &scratch,
                                &err));
    }
    assert_int_equal(blend.maps.centres->n, 1);
    assert_int_equal(blend.maps.centres->list[0].x, 14);
    assert_ok(rig_maps_decode(&blend.maps, &model, &frame, &out, &scratch, &err));
    assert_int_equal(frame.n, 1);
    assert_near(frame.people[0].joints[3].q[0], 14, CELLS);
    rig_blend_release(&blend);
}

static void refused(rig_status status, const char *text) {
    assert_int_equal(status, RIG_ERR_CONFIG);
    assert_string_equal(err.text, text);
}

static void what_does_not_fit_is_named(void **state) {
    (void)state;
    rig_tensor tensors[2] = {tensor_of(CHANNELS - 1),
                             {.name = "regression", .n_dims = 4, .dims = {1, 2 * K, H / 2, W / 2}, .data = maps}};
    refused(rig_fusion_check(&model, tensors, W * STRIDE, H * STRIDE, &err),
            "output 'all' is 1 x 12 x 24 x 40: regression [5, 13] is beyond its 12 channels");
    model.n_outputs = 2;
    model.outputs[0].regression = (rig_channels){0, 0};
    model.outputs[1] = (rig_model_output){.name = "regression", .stride = 2 * STRIDE, .regression = {0, 2 * K}};
    refused(rig_fusion_check(&model, tensors, W * STRIDE, H * STRIDE, &err),
            "output 'regression' has 20 x 12 cells, but the heatmaps have 40 x 24");
}

// As of a network of one person a picture, whose maps may be drawn too.
static void without_tags_and_centres_tags_are_nothing(void **state) {
    (void)state;
    const rig_maps bare = {.n_joints = K, .tag_dim = 2, .width = W, .height = H, .heat = heat};
    double tag[2] = {1, 1};
    rig_maps_tag_at(&bare, K - 1, W - 1, H - 1, tag);
    assert_true(tag[0] == 0 && tag[1] == 0);
}

static rig_status find_fresh(void *self, rig_err *e) {
    rig_arena work = {0};
    rig_status status = rig_centres_find((rig_map){self, W, H}, regression, K, &centres, &work, e);
    rig_arena_release(&work);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    draw_random(1);
    assert_true(rig_test_each_allocation_fails(find_fresh, centre) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(random_maps_follow_the_formula, start, stop),
        cmocka_unit_test_setup_teardown(few_centres_follow_the_formula, start, stop),
        cmocka_unit_test_setup_teardown(centres_at_the_border_count, start, stop),
        cmocka_unit_test_setup_teardown(the_first_of_equals_has_the_joint, start, stop),
        cmocka_unit_test_setup_teardown(without_a_centre_no_two_joints_belong_together, start, stop),
        cmocka_unit_test_setup_teardown(values_not_finite_count_as_nothing, start, stop),
        cmocka_unit_test_setup_teardown(people_side_by_side_come_apart, start, stop),
        cmocka_unit_test_setup_teardown(of_several_passes_the_first_has_the_centres, start, stop),
        cmocka_unit_test_setup_teardown(what_does_not_fit_is_named, start, stop),
        cmocka_unit_test_setup_teardown(without_tags_and_centres_tags_are_nothing, start, stop),
        cmocka_unit_test_setup_teardown(allocations_may_fail, start, stop),
    };
    return cmocka_run_group_tests_name("centres", tests, NULL, NULL);
}
