#include "triangulate/motion.h"

#include "tests/unit/triangulate/refine_take.h"
#include "tests/unit/triangulate/refined.h"
#include "triangulate/path.h"
#include "triangulate/smooth.h"

static const rig_joint3d *joint_at(const rig_people3d *take, int f, int j) {
    assert_int_equal(take->frames[f].n, 1);
    assert_int_equal(take->frames[f].people[0].id, 3);
    return &take->frames[f].people[0].joints[j];
}

static double mean_error(const walk *one, const rig_people3d *take) {
    double sum = 0;
    for (int f = 0; f < MOMENTS; f++)
        for (int j = 0; j < COCO; j++)
            sum += ring_distance(joint_at(take, f, j)->p, one->truth[f][j]);
    return sum / (MOMENTS * COCO);
}

// Whatever the filter, the refined take is nearer to the truth than the raw one, and the raw one is as it was.
static void every_filter_comes_nearer(void **state) {
    (void)state;
    for (int kind = 0; kind < RIG_FILTERS; kind++) {
        static walk one, kept;
        rig_people3d motion;
        rig_motion_params params = rig_motion_defaults();
        rig_arena out = {NULL}, scratch = {NULL};
        rig_err err;
        walk_init(&one, 0.02, 3);
        kept = one;
        params.filter = rig_filter_defaults((rig_filter)kind);
        assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
        assert_memory_equal(one.joints, kept.joints, sizeof kept.joints);
        double before = mean_error(&one, &one.take), after = mean_error(&one, &motion);
        print_message("%s: %.1f mm, raw %.1f mm\n", rig_filter_name((rig_filter)kind), 1e3 * after, 1e3 * before);
        assert_true(after < 0.6 * before);
        rig_arena_release(&out);
        rig_arena_release(&scratch);
    }
}

static void filled_joints_are_marked(void **state) {
    (void)state;
    static walk one;
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults(); // 0.2 s: 10 frames
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0.005, 3);
    walk_hide(&one, 9, 40, 50);
    walk_hide(&one, 10, 40, 51);
    one.frames[120].n = 0; // the tracker lost the person for a moment
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    for (int f = 0; f < MOMENTS; f++) {
        const rig_joint3d *left = joint_at(&motion, f, 9), *right = joint_at(&motion, f, 10);
        bool gap = f >= 40 && f < 50, gone = f == 120;
        assert_int_equal(left->state, gap || gone ? RIG_JOINT_FILLED : RIG_JOINT_OK);
        assert_int_equal(right->state, gone                ? RIG_JOINT_FILLED
                                       : f >= 40 && f < 51 ? RIG_JOINT_FEW_VIEWS
                                                           : RIG_JOINT_OK);
        if (gap || gone) {
            double error = ring_distance(left->p, one.truth[f][9]);
            assert_true(left->views == 0 && left->sigma_m > 0);
            assert_near(error, 0, 0.12);                      // a wrist that swings, ten frames unseen
            assert_true(error < 4 * sqrt(3) * left->sigma_m); // and said to be so unsure
        }
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static void lengths_are_told(void **state) {
    (void)state;
    static walk one;
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults();
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0, 3);
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    assert_int_equal(motion.n_lengths, 18); // 11 long ones, 7 of hips and head
    const rig_bone_length *shoulders = &motion.lengths[10];
    assert_int_equal(shoulders->id, 3);
    assert_string_equal(shoulders->a, "left_shoulder");
    assert_string_equal(shoulders->b, "right_shoulder");
    assert_near(shoulders->m, ring_distance(one.truth[0][5], one.truth[0][6]), 0.002); // they swing by 4 cm against
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

// Two people, one of whom comes and goes: each has their own path.
static void people_do_not_mix(void **state) {
    (void)state;
    static walk one, other;
    static rig_person3d both[MOMENTS][2];
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults();
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0.01, 3);
    walk_init(&other, 0.01, 4);
    for (int f = 0; f < MOMENTS; f++) {
        for (int j = 0; j < COCO; j++)
            other.joints[f][j].p[0] += 5;
        both[f][0] = one.people[f], both[f][1] = (rig_person3d){.id = 8, .joints = other.joints[f]};
        bool there = f >= 30 && f < 90;
        one.frames[f].people = both[f], one.frames[f].n = there ? 2 : 1;
    }
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    for (int f = 0; f < MOMENTS; f++) {
        const rig_frame3d *frame = &motion.frames[f];
        bool there = f >= 30 && f < 90;
        assert_int_equal(frame->n, there ? 2 : 1);
        assert_near(ring_distance(frame->people[0].joints[0].p, one.truth[f][0]), 0, 0.05);
        if (there) {
            assert_int_equal(frame->people[1].id, 8);
            assert_near(frame->people[1].joints[0].p[0] - 5, one.truth[f][0][0], 0.05);
        }
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static void nobody_is_normal(void **state) {
    (void)state;
    static walk one;
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults();
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0, 3);
    for (int f = 0; f < MOMENTS; f++)
        one.frames[f].n = 0;
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    assert_int_equal(motion.n_frames, MOMENTS);
    assert_int_equal(motion.frames[5].n, 0);
    one.take.n_frames = 0;
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

// --- takes of many windows -------------------------------------------------------------------------------------------

enum { LONG = 9000, WINDOW = 4096 }; // motion.c

typedef struct long_walk {
    rig_skeleton skeleton;
    rig_joint3d *joints; // LONG x COCO
    rig_person3d people[LONG];
    rig_frame3d frames[LONG];
    rig_people3d take;
} long_walk;

static rig_joint3d *long_joint(long_walk *one, int f, int j) {
    return &one->joints[(size_t)f * COCO + (size_t)j];
}

// Person 3 on a circle as in walk_init, with gaps; frames from `first` on.
static void long_walk_init(long_walk *made, int first, rig_arena *arena) {
    const walker who = {1.3, 0, 1.5708, 0.78, 0.6, 0, 1};
    rig_rng rng = rig_rng_seed(11, 7);
    made->skeleton = coco_skeleton();
    made->joints = RIG_NEW(arena, rig_joint3d, LONG * COCO);
    assert_non_null(made->joints);
    for (int f = 0; f < LONG; f++) {
        double truth[COCO][3];
        walker_at(&who, f / MOMENTS_FPS, truth);
        for (int j = 0; j < COCO; j++) {
            rig_joint3d *joint = long_joint(made, f, j);
            *joint = (rig_joint3d){.state = RIG_JOINT_OK, .sigma_m = 0.01, .score = 0.9, .views = 3};
            joint->cov[0] = joint->cov[3] = joint->cov[5] = 1e-4;
            for (int i = 0; i < 3; i++)
                joint->p[i] = truth[j][i] + 0.01 * rig_rng_normal(&rng);
            if ((f + 7 * j) % 37 < 5) // seams lie in gaps, too
                *joint = (rig_joint3d){.state = RIG_JOINT_FEW_VIEWS};
        }
        made->people[f] = (rig_person3d){.id = 3, .joints = long_joint(made, f, 0)};
        made->frames[f] = (rig_frame3d){first + f, 1, &made->people[f]};
    }
    made->take = (rig_people3d){.n_joints = COCO, .fps = MOMENTS_FPS, .n_frames = LONG, .frames = made->frames};
}

// The same as one path, smoothed at once.
static void long_walk_smooth(long_walk *one, const rig_people3d *motion, rig_path *path, rig_arena *out,
                             rig_arena *scratch) {
    rig_body body = rig_body_init(&one->skeleton);
    rig_err err;
    assert_ok(rig_path_collect(one->frames, LONG, COCO, 3, 10, path, out, &err));
    assert_int_equal(motion->n_lengths, body.n_bones + body.n_rigid);
    for (int k = 0; k < motion->n_lengths; k++)
        path->length_m[k] = motion->lengths[k].m;
    assert_ok(rig_smooth(path, &body, MOMENTS_FPS, rig_motion_defaults().acceleration_m_s2, scratch, &err));
}

// Windows differ from the whole by where sweeps end, a tenth of a millimetre each, and not at all in the first one
// before its end; and where two meet nothing jumps: the difference has no kink.
static void windows_join(void **state) {
    (void)state;
    static long_walk one;
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults();
    rig_path path;
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    long_walk_init(&one, -100, &out);
    assert_ok(refine_take(&one.take, &one.skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, &err));
    long_walk_smooth(&one, &motion, &path, &out, &scratch);
    double most = 0, kink = 0, inside = 0;
    for (int f = 1; f + 1 < LONG; f++)
        for (int j = 0; j < COCO; j++)
            for (int i = 0; i < 3; i++) {
                double d[3];
                for (int k = 0; k < 3; k++)
                    d[k] = joint_at(&motion, f - 1 + k, j)->p[i] - path.joints[(f - 1 + k) * COCO + j].p[i];
                most = fmax(most, fabs(d[1]));
                double second = fabs(d[0] - 2 * d[1] + d[2]);
                bool seam = f % WINDOW <= 1 || f % WINDOW == WINDOW - 1;
                kink = seam ? fmax(kink, second) : kink, inside = seam ? inside : fmax(inside, second);
                assert_int_equal(joint_at(&motion, f, j)->state, path.joints[f * COCO + j].state);
            }
    print_message("windows: at most %.1e m from the whole; kinks %.1e at seams, %.1e inside\n", most, kink, inside);
    assert_true(most < 5e-4);
    assert_true(kink < 2 * inside);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static rig_status refine(void *self, rig_err *err) {
    const walk *one = self;
    rig_people3d motion;
    rig_motion_params params = rig_motion_defaults();
    rig_arena out = {NULL}, scratch = {NULL};
    params.filter = rig_filter_defaults(RIG_FILTER_BUTTERWORTH);
    rig_status status = refine_take(&one->take, &one->skeleton, MOMENTS_FPS, &params, &motion, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static walk one;
    walk_init(&one, 0.01, 3);
    assert_true(rig_test_each_allocation_fails(refine, &one) >= 4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter_comes_nearer), cmocka_unit_test(filled_joints_are_marked),
        cmocka_unit_test(lengths_are_told),          cmocka_unit_test(people_do_not_mix),
        cmocka_unit_test(nobody_is_normal),          cmocka_unit_test(windows_join),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
