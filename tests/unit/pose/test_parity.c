// `cost: reference` against HigherHRNet's rule, written down here as ASSOCIATIVE EMBEDDING's test code is described:
// joints in order; the first with candidates opens a person each; later ones are assigned by 100 round(distance) -
// score, columns of 1e10 for candidates beyond the people there are; a pair of less than the threshold joins, any other
// candidate opens a person. Its assignment is found by trying all. Where several are best and differ, any will do.
#include "core/rng.h"
#include "pose/group.h"
#include "tests/support/support.h"

#include <string.h>

enum { K = 17, ROWS_MAX = 5, PEOPLE_MAX = K * ROWS_MAX, CASES = 1000 };
static const int order[K] = {0, 1, 2, 3, 4, 5, 6, 11, 12, 7, 8, 9, 10, 13, 14, 15, 16};
static const double PAD = 1e10, EQUAL = 1e-9;

static rig_err err;
static rig_arena scratch;
static rig_peak peaks[K][ROWS_MAX];
static rig_candidates candidates;
static rig_model model;

// --- the rule ------------------------------------------------------------------------------------

typedef struct parsed {
    int n; // people
    const rig_peak *joints[PEOPLE_MAX][K];
    double tags[PEOPLE_MAX][K][2];
    int count[PEOPLE_MAX];
} parsed;

// The search for the least sum over all ways to give each row a column of its own.
typedef struct trial {
    int rows, cols;
    double cost[ROWS_MAX][PEOPLE_MAX + ROWS_MAX], best, saved[ROWS_MAX][PEOPLE_MAX];
    int people, now[ROWS_MAX], at_best[ROWS_MAX];
    bool taken[PEOPLE_MAX + ROWS_MAX], tied;
} trial;

static int joined(const trial *t, int row, int col, double threshold) {
    return col < t->people && t->saved[row][col] < threshold ? col : -1;
}

static void try_rows(trial *t, int row, double sum, double threshold) {
    if (sum - (t->rows - row) > t->best + EQUAL) // a row takes off its score, 1 at most
        return;
    if (row == t->rows) {
        bool better = sum < t->best - EQUAL, differs = false;
        for (int r = 0; r < t->rows; r++)
            differs = differs || joined(t, r, t->now[r], threshold) != joined(t, r, t->at_best[r], threshold);
        t->tied = better ? false : t->tied || differs;
        if (better) {
            t->best = sum;
            memcpy(t->at_best, t->now, sizeof t->now);
        }
        return;
    }
    for (int c = 0, padded = 0; c < t->cols && !padded; c++) {
        if (t->taken[c])
            continue;
        padded = c >= t->people; // one padding column is as good as another
        t->taken[c] = true;
        t->now[row] = c;
        try_rows(t, row + 1, sum + t->cost[row][c], threshold);
        t->taken[c] = false;
    }
}

static double distance_to_mean(const parsed *p, int person, const rig_peak *peak, int dims) {
    double sum = 0;
    for (int d = 0; d < dims; d++) {
        double mean = 0;
        for (int i = 0; i < p->count[person]; i++)
            mean += p->tags[person][i][d] / p->count[person];
        sum += (peak->tag[d] - mean) * (peak->tag[d] - mean);
    }
    return sqrt(sum);
}

static void put(parsed *p, int person, int joint, const rig_peak *peak) {
    p->joints[person][joint] = peak;
    for (int d = 0; d < 2; d++)
        p->tags[person][p->count[person]][d] = peak->tag[d];
    p->count[person]++;
}

// Whether the outcome is the only one.
static bool parse(parsed *p, int dims, double threshold) {
    static trial t;
    memset(p, 0, sizeof *p);
    for (int i = 0; i < K; i++) {
        const int joint = order[i], before = p->n;
        const rig_peak *own = peaks[joint];
        t = (trial){.rows = candidates.n[joint], .people = before, .best = INFINITY};
        t.cols = t.rows > before ? t.rows : before;
        for (int r = 0; r < t.rows; r++)
            for (int c = 0; c < t.cols; c++) {
                if (c < before)
                    t.saved[r][c] = distance_to_mean(p, c, &own[r], dims);
                t.cost[r][c] = c < before ? rint(t.saved[r][c]) * 100 - own[r].score : PAD;
            }
        try_rows(&t, 0, 0, threshold);
        if (t.tied)
            return false;
        for (int r = 0; r < t.rows; r++) {
            int person = joined(&t, r, t.at_best[r], threshold);
            put(p, person >= 0 ? person : p->n++, joint, &own[r]);
        }
    }
    return true;
}

// --- cases ---------------------------------------------------------------------------------------

static void add(int joint, double score, double tag, double other_tag) {
    if (candidates.n[joint] < ROWS_MAX)
        peaks[joint][candidates.n[joint]++] = (rig_peak){.score = score, .tag = {tag, other_tag}};
}

// People whose tags are `apart`, joints that hide, peaks that are nobody's.
static void crowd_make(rig_rng *rng, int dims) {
    const int people = 1 + rig_rng_below(rng, 4);
    const double apart = 0.7 + 2 * rig_rng_uniform(rng, 0, 1), spread = 0.05 + 0.3 * rig_rng_uniform(rng, 0, 1);
    candidates = (rig_candidates){.n_joints = K, .tag_dim = dims};
    for (int k = 0; k < K; k++) {
        candidates.peaks[k] = peaks[k];
        for (int i = 0; i < people; i++)
            if (rig_rng_uniform(rng, 0, 1) > 0.25)
                add(k, 0.1 + 0.9 * rig_rng_uniform(rng, 0, 1), i * apart + spread * rig_rng_normal(rng),
                    -i * apart / 2 + spread * rig_rng_normal(rng));
        if (rig_rng_uniform(rng, 0, 1) < 0.2)
            add(k, 0.1 + 0.3 * rig_rng_uniform(rng, 0, 1), 6 * rig_rng_uniform(rng, 0, 1) - 1, rig_rng_normal(rng));
    }
}

static void assert_same_people(const parsed *p, const rig_group *groups, int n) {
    assert_int_equal(n, p->n);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < K; k++)
            assert_ptr_equal(groups[i].joints[k], p->joints[i][k]);
}

static void the_reference_groups_as_higherhrnet(void **state) {
    (void)state;
    static parsed expected;
    rig_rng rng = rig_rng_seed(7, 0);
    int compared = 0, people = 0;
    for (int i = 0; i < CASES; i++) {
        const int dims = 1 + i % 2;
        rig_group *groups;
        int n = 0;
        crowd_make(&rng, dims);
        if (!parse(&expected, dims, model.decode.tag_threshold))
            continue;
        rig_arena_clear(&scratch);
        assert_ok(rig_groups_build(&candidates, &model, &groups, &n, &scratch, &err));
        assert_same_people(&expected, groups, n);
        compared++;
        people += n;
    }
    printf("%d of %d cases have one outcome; %d people\n", compared, CASES, people);
    assert_true(compared > CASES / 5);
}

static int start(void **state) {
    (void)state;
    model = (rig_model){.tag_dim = 1, .tags_per_joint = true, .decode = rig_decode_defaults()};
    model.decode.cost_reference = model.decode.tag_metric_l2 = true;
    model.skeleton.n = K;
    memcpy(model.group_order, order, sizeof order);
    return 0;
}

static int stop(void **state) {
    (void)state;
    rig_arena_release(&scratch);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_reference_groups_as_higherhrnet)};
    return cmocka_run_group_tests(tests, start, stop);
}
