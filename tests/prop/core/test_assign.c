#include "core/assign.h"
#include "core/rng.h"

#include "tests/support/support.h"

enum { ROUNDS = 3000, MOST = 5 };
static const double CLOSE = 1e-9; // of sums of costs up to 100

typedef struct result {
    int pairs;
    double cost;
} result;

// The best way to give columns to the rows from `row` on, by trying all.
static result brute_force(const double *cost, int n_rows, int n_cols, int row, unsigned taken) {
    if (row == n_rows)
        return (result){0, 0};
    result best = brute_force(cost, n_rows, n_cols, row + 1, taken);
    for (int j = 0; j < n_cols; j++) {
        double here = cost[row * n_cols + j];
        if (taken >> j & 1 || here >= RIG_ASSIGN_FORBIDDEN)
            continue;
        result rest = brute_force(cost, n_rows, n_cols, row + 1, taken | 1u << j);
        rest.pairs++;
        rest.cost += here;
        if (rest.pairs > best.pairs || (rest.pairs == best.pairs && rest.cost < best.cost))
            best = rest;
    }
    return best;
}

static result evaluate(const double *cost, int n_rows, int n_cols, const int *col_of_row) {
    result sum = {0, 0};
    unsigned taken = 0;
    for (int i = 0; i < n_rows; i++) {
        int j = col_of_row[i];
        if (j < 0)
            continue;
        assert_in_range(j, 0, n_cols - 1);
        assert_false(taken >> j & 1);
        assert_true(cost[i * n_cols + j] < RIG_ASSIGN_FORBIDDEN);
        taken |= 1u << j;
        sum.pairs++;
        sum.cost += cost[i * n_cols + j];
    }
    return sum;
}

static void test_nothing_is_better(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    rig_arena scratch = {0};
    rig_err err;
    for (int round = 0; round < ROUNDS; round++) {
        const int n_rows = 1 + rig_rng_below(&rng, MOST), n_cols = 1 + rig_rng_below(&rng, MOST);
        const double forbidden = rig_rng_uniform(&rng, 0, 1), size = pow(10, rig_rng_uniform(&rng, -6, 9));
        double cost[MOST * MOST];
        int col_of_row[MOST];
        for (int i = 0; i < n_rows * n_cols; i++) {
            double some = round % 2 ? rig_rng_below(&rng, 4) : rig_rng_uniform(&rng, 0, 20); // small numbers tie
            cost[i] = rig_rng_uniform(&rng, 0, 1) < forbidden ? RIG_ASSIGN_FORBIDDEN : some * size;
        }
        assert_ok(rig_assign(cost, n_rows, n_cols, col_of_row, &scratch, &err));
        const result best = brute_force(cost, n_rows, n_cols, 0, 0);
        const result found = evaluate(cost, n_rows, n_cols, col_of_row);
        assert_int_equal(found.pairs, best.pairs);
        assert_near(found.cost / size, best.cost / size, CLOSE);
    }
    rig_arena_release(&scratch);
}

// Too large to try all: turned over it must cost the same, and no swap of two rows may be cheaper.
static void test_large_problems(void **state) {
    (void)state;
    enum { ROWS = 40, COLS = 55 };
    rig_rng rng = rig_rng_seed(2, 0);
    rig_arena scratch = {0};
    rig_err err;
    double cost[ROWS * COLS], turned[COLS * ROWS];
    int col_of_row[ROWS], row_of_col[COLS];
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < ROWS * COLS; i++)
            turned[i % COLS * ROWS + i / COLS] = cost[i] = rig_rng_uniform(&rng, 0, 100);
        assert_ok(rig_assign(cost, ROWS, COLS, col_of_row, &scratch, &err));
        assert_ok(rig_assign(turned, COLS, ROWS, row_of_col, &scratch, &err));
        double sum = 0, sum_turned = 0;
        for (int i = 0; i < ROWS; i++)
            sum += cost[i * COLS + col_of_row[i]];
        for (int j = 0; j < COLS; j++)
            sum_turned += row_of_col[j] < 0 ? 0 : turned[j * ROWS + row_of_col[j]];
        assert_near(sum, sum_turned, CLOSE);
        for (int a = 0; a < ROWS; a++)
            for (int b = 0; b < a; b++)
                assert_true(cost[a * COLS + col_of_row[a]] + cost[b * COLS + col_of_row[b]] <=
                            cost[a * COLS + col_of_row[b]] + cost[b * COLS + col_of_row[a]] + CLOSE);
    }
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_is_better), cmocka_unit_test(test_large_problems)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
