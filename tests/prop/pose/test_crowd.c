// Seeded crowds: as many people come out as went in, each with its own joints, whatever the order of anything.
#include "tests/prop/pose/crowd.h"
#include "tests/support/support.h"

#include <stdlib.h>

enum { SEEDS = 3, PLANE = CROWD_SIDE * CROWD_SIDE };

static const double PLACE_CELLS = 1.5; // noise of 2 % on a blob of sigma 2 moves its peak less than that

static rig_err err;
static rig_arena out, scratch;
static float *heat, *tags;
static crowd_truth truth;
static rig_model model;
static rig_frame2d frame;

static int start(void **state) {
    (void)state;
    model = crowd_model();
    rig_arena_clear(&out);
    rig_arena_clear(&scratch);
    return 0;
}

static void decode(const rig_maps *maps) {
    assert_ok(rig_maps_decode(maps, &model, &frame, &out, &scratch, &err));
}

// How many joints of a found person lie where those of person j are.
static int shared(const rig_person2d *person, int j) {
    int n = 0;
    for (int k = 0; k < CROWD_JOINTS; k++) {
        const rig_joint2d *joint = &person->joints[k];
        n += joint->found && hypot(joint->q[0] - truth.q[j][k][0], joint->q[1] - truth.q[j][k][1]) < PLACE_CELLS;
    }
    return n;
}

// Every found person is one of the truth, no two the same; *mixed counts joints that are another's.
static void check_people(int *right, int *mixed) {
    bool taken[CROWD_MAX] = {false};
    for (int i = 0; i < frame.n; i++) {
        int best = 0, n = 0;
        for (int j = 0; j < truth.n; j++)
            if (shared(&frame.people[i], j) > shared(&frame.people[i], best))
                best = j;
        assert_false(taken[best]);
        taken[best] = true;
        for (int k = 0; k < CROWD_JOINTS; k++)
            n += frame.people[i].joints[k].found;
        *right += shared(&frame.people[i], best);
        *mixed += n - shared(&frame.people[i], best);
    }
}

static void run(crowd_params params, double least_right, double most_mixed) {
    static const int counts[] = {1, 5, 20, 30};
    int right = 0, mixed = 0, seen = 0;
    for (int c = 0; c < 4; c++)
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            crowd_params p = crowd_easy(counts[c], seed);
            p.tag_step = params.tag_step;
            p.tag_noise = params.tag_noise;
            p.heat_noise = params.heat_noise;
            p.occluded = params.occluded;
            rig_maps maps = crowd_maps(&p, &truth, heat, tags);
            assert_int_equal(truth.n, counts[c]);
            decode(&maps);
            assert_int_equal(frame.n, counts[c]);
            check_people(&right, &mixed);
            for (int i = 0; i < truth.n; i++)
                for (int k = 0; k < CROWD_JOINTS; k++)
                    seen += truth.seen[i][k];
        }
    assert_true(right >= least_right * seen);
    assert_true(mixed <= most_mixed * seen);
}

static void exact_counts(void **state) {
    (void)state;
    run((crowd_params){.tag_step = 2, .tag_noise = 0.1, .heat_noise = 0.01, .occluded = 0.1}, 0.999, 0.001);
}

static void exact_counts_with_near_tags(void **state) {
    (void)state;
    run((crowd_params){.tag_step = 1.5, .tag_noise = 0.1, .heat_noise = 0.02, .occluded = 0.3}, 0.99, 0.01);
}

static void exact_counts_with_near_tags_and_reweighting(void **state) {
    (void)state;
    model.decode.distance_reweight = true;
    model.decode.refine = RIG_REFINE_WINDOW;
    run((crowd_params){.tag_step = 1.5, .tag_noise = 0.1, .heat_noise = 0.01, .occluded = 0.2}, 0.99, 0.06);
}

static double sum_of_places(void) {
    double sum = 0;
    for (int i = 0; i < frame.n; i++)
        for (int k = 0; k < CROWD_JOINTS; k++) {
            const rig_joint2d *joint = &frame.people[i].joints[k];
            sum += joint->found ? (i + 1) * (joint->q[0] + 3 * joint->q[1] + joint->tag) : 0;
        }
    return sum;
}

// Renumbering the joints, with the order of grouping renumbered too, changes nothing.
static void joint_numbers_do_not_matter(void **state) {
    (void)state;
    crowd_params p = crowd_easy(5, 11);
    rig_maps maps = crowd_maps(&p, &truth, heat, tags);
    decode(&maps);
    double before = sum_of_places();
    const size_t bytes = sizeof *heat * PLANE;
    float *heat2 = malloc(bytes * CROWD_JOINTS), *tags2 = malloc(bytes * CROWD_JOINTS);
    assert_true(heat2 && tags2);
    rig_model turned = model;
    for (int k = 0; k < CROWD_JOINTS; k++) {
        int to = (k * 5 + 3) % CROWD_JOINTS;
        memcpy(heat2 + to * PLANE, heat + k * PLANE, bytes);
        memcpy(tags2 + to * PLANE, tags + k * PLANE, bytes);
        turned.skeleton.sigma[to] = model.skeleton.sigma[k];
        turned.skeleton.flip[to] = (model.skeleton.flip[k] * 5 + 3) % CROWD_JOINTS;
        turned.group_order[k] = (model.group_order[k] * 5 + 3) % CROWD_JOINTS;
    }
    model = turned;
    maps.heat = heat2;
    maps.tags = tags2;
    decode(&maps);
    free(heat2);
    free(tags2);
    assert_int_equal(frame.n, 5);
    assert_near(sum_of_places(), before, 1e-6 * fabs(before));
}

// Only differences of tags count.
static void tags_have_no_origin(void **state) {
    (void)state;
    crowd_params p = crowd_easy(20, 12);
    rig_maps maps = crowd_maps(&p, &truth, heat, tags);
    decode(&maps);
    for (int i = 0; i < CROWD_JOINTS * PLANE; i++)
        tags[i] = 8 - tags[i];
    rig_frame2d first = frame;
    decode(&maps);
    assert_int_equal(frame.n, first.n);
    for (int i = 0; i < frame.n; i++)
        for (int k = 0; k < CROWD_JOINTS; k++) {
            assert_int_equal(frame.people[i].joints[k].found, first.people[i].joints[k].found);
            assert_near(frame.people[i].joints[k].q[0], first.people[i].joints[k].q[0], 1e-9);
        }
}

static void equal_inputs_give_equal_results(void **state) {
    (void)state;
    crowd_params p = crowd_easy(30, 13);
    rig_maps maps = crowd_maps(&p, &truth, heat, tags);
    decode(&maps);
    rig_frame2d first = frame;
    decode(&maps);
    assert_int_equal(frame.n, first.n);
    for (int i = 0; i < frame.n; i++)
        assert_memory_equal(frame.people[i].joints, first.people[i].joints, CROWD_JOINTS * sizeof(rig_joint2d));
}

// No person is lost to equal tags, which key a dictionary of groups by their value and overwrite one another.
static void constant_tags_still_give_people(void **state) {
    (void)state;
    crowd_params p = crowd_easy(5, 14);
    p.tag_step = p.tag_noise = p.occluded = 0;
    p.apart = 60;
    model.decode.distance_reweight = true;
    rig_maps maps = crowd_maps(&p, &truth, heat, tags);
    decode(&maps);
    int right = 0, mixed = 0;
    assert_int_equal(frame.n, truth.n);
    check_people(&right, &mixed);
    assert_true(right >= 0.8 * truth.n * CROWD_JOINTS);
}

// Maps of noise alone: any number of candidates, no crash, never more than max_people.
static void noise_is_survived(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(15, 0);
    for (int i = 0; i < CROWD_JOINTS * PLANE; i++) {
        heat[i] = (float)rig_rng_uniform(&rng, -1, 1);
        tags[i] = (float)(20 * rig_rng_normal(&rng));
    }
    rig_maps maps = {
        .n_joints = CROWD_JOINTS, .tag_dim = 1, .width = CROWD_SIDE, .height = CROWD_SIDE, .heat = heat, .tags = tags};
    decode(&maps);
    assert_true(frame.n <= model.decode.max_people);
}

int main(void) {
    heat = malloc(sizeof *heat * CROWD_JOINTS * PLANE);
    tags = malloc(sizeof *tags * CROWD_JOINTS * PLANE);
    if (!heat || !tags)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exact_counts, start),
        cmocka_unit_test_setup(exact_counts_with_near_tags, start),
        cmocka_unit_test_setup(exact_counts_with_near_tags_and_reweighting, start),
        cmocka_unit_test_setup(joint_numbers_do_not_matter, start),
        cmocka_unit_test_setup(tags_have_no_origin, start),
        cmocka_unit_test_setup(equal_inputs_give_equal_results, start),
        cmocka_unit_test_setup(constant_tags_still_give_people, start),
        cmocka_unit_test_setup(noise_is_survived, start),
    };
    int failed = cmocka_run_group_tests_name("crowd", tests, NULL, NULL);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    free(heat);
    free(tags);
    return failed;
}
