#include "core/assign.h"

#include "tests/support/support.h"

#define F RIG_ASSIGN_FORBIDDEN

static void check(const double *cost, int n_rows, int n_cols, const int *expected) {
    rig_arena scratch = {0};
    rig_err err;
    int col_of_row[8];
    assert_ok(rig_assign(cost, n_rows, n_cols, col_of_row, &scratch, &err));
    for (int i = 0; i < n_rows; i++)
        assert_int_equal(col_of_row[i], expected[i]);
    rig_arena_release(&scratch);
}

static void test_the_cheapest_pair_is_not_always_in_the_best_whole(void **state) {
    (void)state;
    const double cost[4] = {1, 2, 2, 10}; // greedy takes 1 and pays 10
    check(cost, 2, 2, (const int[]){1, 0});
}

static void test_more_columns_than_rows(void **state) {
    (void)state;
    const double cost[6] = {5, 1, 3, 4, 1, 9};
    check(cost, 2, 3, (const int[]){2, 1}); // 3 + 1 beats 1 + 4
}

static void test_more_rows_than_columns(void **state) {
    (void)state;
    const double cost[6] = {5, 4, 1, 1, 3, 9};
    check(cost, 3, 2, (const int[]){-1, 1, 0}); // 1 + 3
}

static void test_forbidden_pairs_are_never_chosen(void **state) {
    (void)state;
    const double cost[4] = {F, 1, F, 2};
    check(cost, 2, 2, (const int[]){1, -1});
    const double none[4] = {F, F, 2 * F, INFINITY};
    check(none, 2, 2, (const int[]){-1, -1});
}

static void test_more_pairs_go_before_less_cost(void **state) {
    (void)state;
    const double cost[4] = {0, 1e6, 1e6, F}; // one pair for 0, or two for 2e6
    check(cost, 2, 2, (const int[]){1, 0});
}

static void test_no_rows_or_no_columns(void **state) {
    (void)state;
    rig_arena scratch = {0};
    rig_err err;
    int col_of_row[2] = {7, 7};
    assert_ok(rig_assign(NULL, 0, 3, col_of_row, &scratch, &err));
    assert_int_equal(col_of_row[0], 7);
    assert_ok(rig_assign(NULL, 2, 0, col_of_row, &scratch, &err));
    assert_int_equal(col_of_row[0], -1);
    assert_int_equal(col_of_row[1], -1);
    rig_arena_release(&scratch);
}

static void test_ties_are_broken_the_same_way_each_time(void **state) {
    (void)state;
    const double cost[9] = {0};
    check(cost, 3, 3, (const int[]){0, 1, 2});
}

static rig_status assign_large(void *self, rig_err *err) {
    static const double cost[200 * 300];
    static int col_of_row[200];
    rig_arena *scratch = self;
    rig_status status = rig_assign(cost, 200, 300, col_of_row, scratch, err);
    rig_arena_release(scratch);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    rig_arena scratch = {0};
    assert_true(rig_test_each_allocation_fails(assign_large, &scratch) >= 1);
}

static void test_scratch_is_given_back(void **state) {
    (void)state;
    rig_arena scratch = {0};
    rig_err err;
    int col_of_row[2];
    const double cost[4] = {1, 2, 3, 4};
    rig_arena_alloc(&scratch, 1, 1);
    rig_arena_mark before = rig_arena_tell(&scratch);
    assert_ok(rig_assign(cost, 2, 2, col_of_row, &scratch, &err));
    assert_ptr_equal(rig_arena_tell(&scratch).chunk, before.chunk);
    assert_int_equal(rig_arena_tell(&scratch).used, before.used);
    rig_arena_release(&scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cheapest_pair_is_not_always_in_the_best_whole),
        cmocka_unit_test(test_more_columns_than_rows),
        cmocka_unit_test(test_more_rows_than_columns),
        cmocka_unit_test(test_forbidden_pairs_are_never_chosen),
        cmocka_unit_test(test_more_pairs_go_before_less_cost),
        cmocka_unit_test(test_no_rows_or_no_columns),
        cmocka_unit_test(test_ties_are_broken_the_same_way_each_time),
        cmocka_unit_test(test_each_allocation_fails),
        cmocka_unit_test(test_scratch_is_given_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
