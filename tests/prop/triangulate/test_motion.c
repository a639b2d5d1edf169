// Refinement does not care where the world's origin is, which way time runs, or who else is in the take.
#include "tests/unit/triangulate/refined.h"

#include "core/geom.h"
#include "tests/unit/triangulate/refine_take.h"

static const double SWEEPS_END_M =
    5e-4; // sweeps end when no joint moves by a tenth of a millimetre; they go joint by joint

typedef struct outcome {
    rig_people3d motion;
    rig_arena out, scratch;
} outcome;

static void refine(const walk *one, outcome *made) {
    rig_motion_params params = rig_motion_defaults();
    rig_err err;
    memset(made, 0, sizeof *made);
    assert_ok(
        refine_take(&one->take, &one->skeleton, MOMENTS_FPS, &params, &made->motion, &made->out, &made->scratch, &err));
}

static void release(outcome *made) {
    rig_arena_release(&made->out);
    rig_arena_release(&made->scratch);
}

static void hide_some(walk *one, rig_rng *rng) {
    for (int k = 0; k < 20; k++) {
        int j = rig_rng_below(rng, COCO), f = rig_rng_below(rng, MOMENTS - 8);
        walk_hide(one, j, f, f + 1 + rig_rng_below(rng, 8));
    }
}

static void world_frame_does_not_matter(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        static walk one, moved;
        outcome here, there;
        rig_rng rng = rig_rng_seed(seed, 9);
        walk_init(&one, 0.01, seed);
        hide_some(&one, &rng);
        double rvec[3] = {rig_rng_normal(&rng), rig_rng_normal(&rng), rig_rng_normal(&rng)}, R[9];
        rig_rotation_from_rvec(rvec, R, NULL);
        walk_init(&moved, 0.01, seed);
        memcpy(moved.joints, one.joints, sizeof one.joints);
        for (int f = 0; f < MOMENTS; f++)
            for (int j = 0; j < COCO; j++) {
                double p[3];
                rig_mat3_mul_vec(R, one.joints[f][j].p, p);
                for (int i = 0; i < 3; i++)
                    moved.joints[f][j].p[i] = p[i] + 3 * i;
            }
        refine(&one, &here);
        refine(&moved, &there);
        for (int f = 0; f < MOMENTS; f++)
            for (int j = 0; j < COCO; j++) {
                const rig_joint3d *a = &here.motion.frames[f].people[0].joints[j];
                const rig_joint3d *b = &there.motion.frames[f].people[0].joints[j];
                double p[3];
                assert_int_equal(a->state, b->state);
                rig_mat3_mul_vec(R, a->p, p);
                for (int i = 0; i < 3 && a->state != RIG_JOINT_FEW_VIEWS; i++)
                    assert_near(p[i] + 3 * i, b->p[i], SWEEPS_END_M);
            }
        release(&here);
        release(&there);
    }
}

static void time_may_run_backwards(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 4; seed++) {
        static walk one, back;
        outcome forth, reversed;
        rig_rng rng = rig_rng_seed(seed, 10);
        walk_init(&one, 0.01, seed);
        hide_some(&one, &rng);
        walk_init(&back, 0.01, seed);
        for (int f = 0; f < MOMENTS; f++)
            memcpy(back.joints[f], one.joints[MOMENTS - 1 - f], sizeof one.joints[f]);
        refine(&one, &forth);
        refine(&back, &reversed);
        for (int f = 0; f < MOMENTS; f++)
            for (int j = 0; j < COCO; j++) {
                const rig_joint3d *a = &forth.motion.frames[f].people[0].joints[j];
                const rig_joint3d *b = &reversed.motion.frames[MOMENTS - 1 - f].people[0].joints[j];
                assert_int_equal(a->state, b->state);
                for (int i = 0; i < 3 && a->state != RIG_JOINT_FEW_VIEWS; i++)
                    assert_near(a->p[i], b->p[i], SWEEPS_END_M);
            }
        release(&forth);
        release(&reversed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(world_frame_does_not_matter),
        cmocka_unit_test(time_may_run_backwards),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
