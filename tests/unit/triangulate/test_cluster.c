#include "tests/support/support.h"

#include "core/rng.h"
#include "triangulate/affinity.h"
#include "triangulate/cluster.h"

enum { N = 9 };

static rig_status cluster(const double *W, int n, int *label, int *n_clusters, rig_err *err) {
    rig_arena scratch = {0};
    rig_status status = rig_cluster(W, n, label, n_clusters, &scratch, err);
    rig_arena_release(&scratch);
    return status;
}

static void nothing_makes_no_clusters(void **state) {
    (void)state;
    rig_err err;
    int n_clusters = 7;
    assert_ok(cluster(NULL, 0, NULL, &n_clusters, &err));
    assert_int_equal(n_clusters, 0);
}

static void who_dislikes_everybody_is_alone(void **state) {
    (void)state;
    rig_err err;
    double W[N * N];
    int label[N], n_clusters;
    for (int i = 0; i < N * N; i++)
        W[i] = -1;
    assert_ok(cluster(W, N, label, &n_clusters, &err));
    assert_int_equal(n_clusters, N);
    for (int i = 0; i < N; i++)
        assert_int_equal(label[i], i);
}

// Three people, three views; one edge of each triangle is wrong, and one between triangles.
static void cycles_outvote_wrong_edges(void **state) {
    (void)state;
    rig_err err;
    double W[N * N];
    int label[N], n_clusters;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            W[i * N + k] = i / 3 == k / 3 ? 5 : -3; // view i % 3, person i / 3
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            if (i % 3 == k % 3)
                W[i * N + k] = RIG_AFFINITY_NEVER;
    W[0 * N + 1] = W[1 * N + 0] = -2;
    W[0 * N + 4] = W[4 * N + 0] = 4;
    assert_ok(cluster(W, N, label, &n_clusters, &err));
    assert_int_equal(n_clusters, 3);
    for (int i = 0; i < N; i++)
        assert_int_equal(label[i], i / 3);
}

static void never_is_never(void **state) {
    (void)state;
    rig_err err;
    rig_rng rng = rig_rng_seed(1, 1);
    for (int trial = 0; trial < 200; trial++) {
        double W[N * N];
        int label[N], n_clusters;
        for (int i = 0; i < N; i++)
            for (int k = 0; k <= i; k++)
                W[i * N + k] = W[k * N + i] =
                    rig_rng_below(&rng, 4) == 0 ? RIG_AFFINITY_NEVER : rig_rng_uniform(&rng, -4, 9);
        assert_ok(cluster(W, N, label, &n_clusters, &err));
        for (int i = 0; i < N; i++)
            for (int k = 0; k < i; k++)
                assert_true(label[i] != label[k] || W[i * N + k] > -1e29);
    }
}

// On small problems, compared with the best of all partitions: the greedy choice loses little, and rarely.
static double value(const double *W, int n, const int *label) {
    double sum = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            sum += label[i] == label[k] ? W[i * n + k] : 0;
    return sum;
}

static double best_value(const double *W, int n, int *label, int at, int used) {
    if (at == n)
        return value(W, n, label);
    double best = -INFINITY;
    for (label[at] = 0; label[at] <= used; label[at]++) {
        double got = best_value(W, n, label, at + 1, label[at] == used ? used + 1 : used);
        best = got > best ? got : best;
    }
    return best;
}

static void greedy_is_nearly_the_best(void **state) {
    (void)state;
    enum { SMALL = 6, TRIALS = 100 };
    rig_err err;
    rig_rng rng = rig_rng_seed(2, 1);
    int optimal = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        double W[SMALL * SMALL];
        int label[SMALL], n_clusters;
        for (int i = 0; i < SMALL; i++)
            for (int k = 0; k <= i; k++)
                W[i * SMALL + k] = W[k * SMALL + i] = rig_rng_normal(&rng) + (i % 2 == k % 2 ? 2 : -2);
        assert_ok(cluster(W, SMALL, label, &n_clusters, &err));
        double got = value(W, SMALL, label), best = best_value(W, SMALL, label, 0, 0);
        optimal += got > best - 1e-9;
        assert_true(got >= 0.7 * best);
    }
    assert_true(optimal >= 90);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_makes_no_clusters),  cmocka_unit_test(who_dislikes_everybody_is_alone),
        cmocka_unit_test(cycles_outvote_wrong_edges), cmocka_unit_test(never_is_never),
        cmocka_unit_test(greedy_is_nearly_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
