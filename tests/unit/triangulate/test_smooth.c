#include "triangulate/smooth.h"

#include "core/linalg.h"
#include "tests/unit/triangulate/refined.h"
#include "triangulate/bone_lengths.h"

static void lengths_measure(const walk *one, const rig_body *body, rig_path *path) {
    rig_bone_lengths *lengths;
    rig_err err;
    assert_ok(rig_bone_lengths_open(body, &lengths, &err));
    for (int f = 0; f < one->take.n_frames; f++)
        assert_ok(rig_bone_lengths_add(lengths, &one->frames[f], &err));
    assert_ok(rig_bone_lengths_end(lengths, &err));
    memcpy(path->length_m, rig_bone_lengths_find(lengths, 3), sizeof path->length_m);
    rig_bone_lengths_close(lengths);
}

static const double FLOOR = 0.003; // smooth.c: what is added to a joint's spread

static rig_body no_bones(void) {
    rig_body body;
    memset(&body, 0, sizeof body);
    body.n = COCO;
    for (int j = 0; j < COCO; j++)
        body.agility[j] = 1;
    return body;
}

// Without bones and outliers each coordinate is one least squares problem: nearness to what was seen, and second
// differences. Solved here by a dense matrix.
static void joint_is_least_squares(int n_gap) {
    enum { n = 24 };
    static walk one;
    double H[n * n] = {0}, g[n] = {0};
    rig_path path;
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0.004, 5);
    one.take.n_frames = n;
    for (int i = 7; i < 7 + n_gap; i++)
        one.joints[i][0].state = RIG_JOINT_FEW_VIEWS; // filled: held by its neighbours only
    rig_body body = no_bones();
    assert_ok(rig_path_collect(one.frames, one.take.n_frames, COCO, 3, n_gap + 2, &path, &out, &err));
    assert_ok(rig_smooth(&path, &body, MOMENTS_FPS, 20, &scratch, &err));
    double step = 20 / (MOMENTS_FPS * MOMENTS_FPS), D[3] = {1, -2, 1};
    for (int i = 0; i < n; i++) {
        double w = i >= 7 && i < 7 + n_gap ? 0 : 1 / (0.004 * 0.004 + FLOOR * FLOOR);
        H[i * n + i] += w, g[i] += w * one.joints[i][0].p[0];
        for (int r = 0; r < 3 && i + 2 < n; r++)
            for (int c = 0; c < 3; c++)
                H[(i + r) * n + i + c] += D[r] * D[c] / (step * step);
    }
    assert_true(rig_cholesky(H, n));
    rig_cholesky_solve(H, n, g, 1);
    for (int i = 0; i < n; i++)
        assert_near(path.joints[i * COCO].p[0], g[i], 2e-4); // sweeps end at a tenth of a millimetre
    assert_true(rig_cholesky_invert(H, n));
    for (int i = 7; i < 7 + n_gap; i++) {
        const rig_joint3d *filled = &path.joints[i * COCO];
        assert_int_equal(filled->state, RIG_JOINT_FILLED);
        assert_near(sqrt(filled->cov[0]), sqrt(H[i * n + i]), 0.01 * sqrt(H[i * n + i]));
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

static void one_joint_is_least_squares(void **state) {
    (void)state;
    joint_is_least_squares(1);
    joint_is_least_squares(10);
}

static double mean_error(const walk *one, const rig_path *path) {
    double sum = 0;
    for (int f = 0; f < MOMENTS; f++)
        for (int j = 0; j < COCO; j++)
            sum += ring_distance(path->joints[f * COCO + j].p, one->truth[f][j]);
    return sum / (MOMENTS * COCO);
}

static void noise_falls_and_bones_steady(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        static walk one;
        rig_path path;
        rig_arena out = {NULL}, scratch = {NULL};
        rig_err err;
        walk_init(&one, 0.02, seed);
        rig_body body = rig_body_init(&one.skeleton);
        assert_ok(rig_path_collect(one.frames, one.take.n_frames, COCO, 3, 3, &path, &out, &err));
        lengths_measure(&one, &body, &path);
        double before = mean_error(&one, &path);
        assert_ok(rig_smooth(&path, &body, MOMENTS_FPS, 20, &scratch, &err));
        double after = mean_error(&one, &path);
        print_message("mean error %.1f mm, then %.1f mm\n", 1e3 * before, 1e3 * after);
        assert_true(after < 0.55 * before);
        for (int k = 0; k < body.n_bones; k++)
            for (int f = 0; f < MOMENTS; f++) {
                const rig_joint3d *at = path.joints + f * COCO;
                double length = ring_distance(at[body.bones[k].a].p, at[body.bones[k].b].p);
                assert_near(length / path.length_m[k], 1, 0.05);
            }
        rig_arena_release(&out);
        rig_arena_release(&scratch);
    }
}

// A joint that jumps by half a metre for one frame, as sure as ever, hardly moves the path.
static void jumps_are_outvoted(void **state) {
    (void)state;
    static walk one;
    rig_path path;
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    walk_init(&one, 0.005, 2);
    rig_body body = rig_body_init(&one.skeleton);
    one.joints[80][10].p[1] += 0.5;
    assert_ok(rig_path_collect(one.frames, one.take.n_frames, COCO, 3, 3, &path, &out, &err));
    lengths_measure(&one, &body, &path);
    assert_ok(rig_smooth(&path, &body, MOMENTS_FPS, 20, &scratch, &err));
    assert_near(ring_distance(path.joints[80 * COCO + 10].p, one.truth[80][10]), 0, 0.03);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

// Depth is five times less sure than the rest: the path moves along it first.
static void uncertain_directions_give_way(void **state) {
    (void)state;
    static walk one;
    rig_path path;
    rig_arena out = {NULL}, scratch = {NULL};
    rig_err err;
    rig_rng rng = rig_rng_seed(4, 4);
    rig_body body = no_bones();
    double before[3] = {0}, after[3] = {0};
    walk_init(&one, 0, 2);
    for (int f = 0; f < MOMENTS; f++)
        for (int j = 0; j < COCO; j++) {
            rig_joint3d *joint = &one.joints[f][j];
            const double sigma[3] = {0.005, 0.005, 0.025};
            joint->cov[0] = joint->cov[3] = 0.005 * 0.005, joint->cov[5] = 0.025 * 0.025;
            for (int i = 0; i < 3; i++)
                joint->p[i] += sigma[i] * rig_rng_normal(&rng);
        }
    assert_ok(rig_path_collect(one.frames, one.take.n_frames, COCO, 3, 3, &path, &out, &err));
    assert_ok(rig_smooth(&path, &body, MOMENTS_FPS, 20, &scratch, &err));
    for (int f = 0; f < MOMENTS; f++)
        for (int j = 0; j < COCO; j++)
            for (int i = 0; i < 3; i++) {
                before[i] += pow(one.joints[f][j].p[i] - one.truth[f][j][i], 2);
                after[i] += pow(path.joints[f * COCO + j].p[i] - one.truth[f][j][i], 2);
            }
    assert_true(after[0] < before[0] && after[1] < before[1]);
    assert_true(after[2] / before[2] < 0.6 * after[0] / before[0]);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_joint_is_least_squares),
        cmocka_unit_test(noise_falls_and_bones_steady),
        cmocka_unit_test(jumps_are_outvoted),
        cmocka_unit_test(uncertain_directions_give_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
