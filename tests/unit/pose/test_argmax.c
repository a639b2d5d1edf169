#include "core/rng.h"
#include "pose/argmax.h"
#include "pose/centres.h"
#include "pose/decode.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { K = 3, W = 36, H = 28, PLANE = W * H };

static rig_err err;
static rig_arena out, scratch;
static float heat[K * PLANE];
static rig_centres centres;
static rig_model model;
static rig_maps maps;
static rig_frame2d frame;

static int start(void **state) {
    (void)state;
    model = (rig_model){.tag_dim = 1, .decode = rig_decode_defaults()};
    model.decode.people = RIG_PEOPLE_ONE;
    model.decode.subpixel = RIG_SUBPIXEL_NONE;
    model.decode.detection_threshold = 0.5;
    model.skeleton.n = K;
    maps = (rig_maps){.n_joints = K, .tag_dim = 1, .width = W, .height = H, .heat = heat, .centres = &centres};
    centres = (rig_centres){0};
    memset(heat, 0, sizeof heat);
    rig_arena_clear(&out);
    return 0;
}

static int stop_all(void **state) {
    (void)state;
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return 0;
}

static void decode(void) {
    assert_ok(rig_maps_decode(&maps, &model, &frame, &out, &scratch, &err));
}

static void draw_random(rig_rng *rng) {
    for (int i = 0; i < K * PLANE; i++)
        heat[i] = (float)rig_rng_uniform(rng, 0, 1);
}

// Where heat times the Gaussian is highest among all cells: what the decoder need not look at, for it is far.
static double expected(int k, const rig_centre *c, int at[2]) {
    double best = -1;
    for (int cell = 0; cell < PLANE; cell++) {
        double value = (double)heat[k * PLANE + cell];
        if (c) {
            const double dx = cell % W - c->q[k][0], dy = cell / W - c->q[k][1], spread = 0.15 * c->size;
            value *= exp(-(dx * dx + dy * dy) / (2 * spread * spread));
        }
        if (value > best)
            best = value, at[0] = cell % W, at[1] = cell / W;
    }
    return (double)heat[k * PLANE + at[1] * W + at[0]];
}

static void check_person(const rig_person2d *person, const rig_centre *c) {
    double sum = 0;
    for (int k = 0; k < K; k++) {
        const rig_joint2d *joint = &person->joints[k];
        int at[2] = {0, 0};
        const double score = expected(k, c, at);
        assert_true(joint->found && joint->q[0] == at[0] && joint->q[1] == at[1]);
        assert_near(joint->score, score, 0);
        assert_int_equal(joint->filled, score < 0.5);
        sum += score;
    }
    assert_near(person->score, sum / K, 1e-12);
}

static void one_person_where_the_heat_is_highest(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    for (int trial = 0; trial < 20; trial++) {
        draw_random(&rng);
        decode();
        assert_int_equal(frame.n, 1);
        check_person(&frame.people[0], NULL);
    }
}

static void a_person_a_centre_near_where_it_expects_the_joints(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    model.decode.people = RIG_PEOPLE_BY_CENTRES;
    centres.n = 1;
    rig_centre *c = &centres.list[0];
    for (int trial = 0; trial < 100; trial++) {
        draw_random(&rng);
        c->size = rig_rng_uniform(&rng, 3, 23);
        for (int k = 0; k < K; k++) { // beyond the border, too
            c->q[k][0] = rig_rng_uniform(&rng, -2, W + 2);
            c->q[k][1] = rig_rng_uniform(&rng, -2, H + 2);
        }
        decode();
        assert_int_equal(frame.n, 1);
        check_person(&frame.people[0], c);
    }
}

static void people_come_in_the_order_of_their_scores(void **state) {
    (void)state;
    model.decode.people = RIG_PEOPLE_BY_CENTRES;
    centres.n = 3;
    for (int i = 0; i < 3; i++) {
        centres.list[i].size = 3;
        for (int k = 0; k < K; k++) {
            centres.list[i].q[k][0] = centres.list[i].q[k][1] = 5 + 8 * i;
            heat[k * PLANE + (5 + 8 * i) * W + 5 + 8 * i] = i == 1 ? 0.9f : i == 2 ? 0.6f : 0.3f;
        }
    }
    decode();
    assert_int_equal(frame.n, 3);
    assert_near(frame.people[0].joints[0].q[0], 13, 0);
    assert_near(frame.people[1].joints[0].q[0], 21, 0);
    assert_near(frame.people[2].joints[0].q[0], 5, 0);
    assert_true(frame.people[2].joints[0].filled && !frame.people[1].joints[0].filled);
}

static void no_centre_is_nobody(void **state) {
    (void)state;
    model.decode.people = RIG_PEOPLE_BY_CENTRES;
    decode();
    assert_int_equal(frame.n, 0);
    maps.centres = NULL; // of a network with neither centres nor tags
    model.decode.people = RIG_PEOPLE_ONE;
    decode();
    assert_int_equal(frame.n, 1);
}

static void the_first_of_equals_is_taken(void **state) {
    (void)state;
    heat[7 * W + 9] = heat[7 * W + 10] = heat[12 * W + 3] = 0.75f;
    decode();
    assert_true(frame.people[0].joints[0].q[0] == 9 && frame.people[0].joints[0].q[1] == 7);
    assert_true(frame.people[0].joints[1].q[0] == 0 && frame.people[0].joints[1].q[1] == 0); // all 0
}

static void a_joint_is_found_between_cells(void **state) {
    (void)state;
    model.decode.subpixel = RIG_SUBPIXEL_LOG_PARABOLA;
    for (int cell = 0; cell < PLANE; cell++)
        heat[cell] = (float)exp(-(pow(cell % W - 11.3, 2) + pow(cell / W - 8.8, 2)) / 8);
    decode();
    assert_near(frame.people[0].joints[0].q[0], 11.3, 1e-4);
    assert_near(frame.people[0].joints[0].q[1], 8.8, 1e-4);
}

// Negative heat is there where a network has no activation.
static void strange_values_do_no_harm(void **state) {
    (void)state;
    static const float values[] = {NAN, INFINITY, -INFINITY, -0.5f, -3, 3e38f};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (int people = RIG_PEOPLE_BY_CENTRES; people <= RIG_PEOPLE_ONE; people++) {
            model.decode.people = (rig_people_by)people;
            centres.n = 2;
            for (int k = 0; k < K; k++) {
                centres.list[0] = (rig_centre){.size = 3, .q = {{-1e38, 1e38}, {1e38, 0}, {0, 0}}};
                centres.list[1] = (rig_centre){.size = 1e38, .q = {{5, 5}, {1e38, -1e38}, {0, 0}}};
            }
            for (int i = 0; i < K * PLANE; i++)
                heat[i] = values[v];
            decode();
            for (int i = 0; i < frame.n; i++)
                for (int k = 0; k < K; k++) {
                    const rig_joint2d *joint = &frame.people[i].joints[k];
                    assert_true(isfinite(joint->score) && joint->score >= 0 && joint->q[0] >= 0 && joint->q[0] < W &&
                                joint->q[1] >= 0 && joint->q[1] < H);
                }
        }
}

// Of a person of size 10: three and a half spreads, and a cell on either side.
static const double REACH_CELLS = 3.5 * 0.15 * 10 + 2;

// Negative heat is not read back out of a file, and its joints stay where they are expected.
static void below_nothing_a_joint_is_where_it_is_expected(void **state) {
    (void)state;
    model.decode.people = RIG_PEOPLE_BY_CENTRES;
    centres.n = 1;
    centres.list[0] = (rig_centre){.size = 10, .q = {{20, 15}, {20, 15}, {20, 15}}};
    for (int i = 0; i < K * PLANE; i++)
        heat[i] = -3;
    decode();
    for (int k = 0; k < K; k++) {
        const rig_joint2d *joint = &frame.people[0].joints[k];
        assert_near(joint->score, 0, 0);
        assert_true(fabs(joint->q[0] - 20) <= REACH_CELLS && fabs(joint->q[1] - 15) <= REACH_CELLS);
    }
}

static rig_status decode_fresh(void *self, rig_err *e) {
    (void)self;
    rig_arena results = {0};
    rig_status status = rig_maps_decode_argmax(&maps, &maps, &model, &frame, &results, e);
    rig_arena_release(&results);
    return status;
}

static void allocations_may_fail(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(decode_fresh, NULL) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(one_person_where_the_heat_is_highest, start),
        cmocka_unit_test_setup(a_person_a_centre_near_where_it_expects_the_joints, start),
        cmocka_unit_test_setup(people_come_in_the_order_of_their_scores, start),
        cmocka_unit_test_setup(no_centre_is_nobody, start),
        cmocka_unit_test_setup(the_first_of_equals_is_taken, start),
        cmocka_unit_test_setup(a_joint_is_found_between_cells, start),
        cmocka_unit_test_setup(strange_values_do_no_harm, start),
        cmocka_unit_test_setup(below_nothing_a_joint_is_where_it_is_expected, start),
        cmocka_unit_test_setup(allocations_may_fail, start),
    };
    return cmocka_run_group_tests_name("argmax", tests, NULL, stop_all);
}
