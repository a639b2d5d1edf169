#include "tests/support/support.h"

#include <string.h>

static void test_fail_writes_the_text_and_returns_the_status(void **state) {
    (void)state;
    rig_err err = {"old"};
    assert_int_equal(rig_fail(&err, RIG_ERR_DATA, "camera '%s': need >= %d boards, got %d", "c3", 8, 2), RIG_ERR_DATA);
    assert_string_equal(err.text, "camera 'c3': need >= 8 boards, got 2");
}

static void test_err_may_be_null(void **state) {
    (void)state;
    assert_int_equal(rig_fail(NULL, RIG_ERR_IO, "lost %d", 1), RIG_ERR_IO);
    assert_int_equal(rig_fail_in(NULL, RIG_ERR_IO, "file: "), RIG_ERR_IO);
    assert_int_equal(rig_fail_memory(NULL, "a map"), RIG_ERR_MEMORY);
}

static void test_fail_in_puts_a_prefix_before(void **state) {
    (void)state;
    rig_err err = {"no boards"};
    assert_int_equal(rig_fail_in(&err, RIG_ERR_DATA, "camera '%s': ", "c3"), RIG_ERR_DATA);
    assert_string_equal(err.text, "camera 'c3': no boards");
}

static void test_long_texts_are_cut_not_overrun(void **state) {
    (void)state;
    rig_err err;
    char text[2 * sizeof err.text];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    assert_int_equal(rig_fail(&err, RIG_ERR_IO, "%s", text), RIG_ERR_IO);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_int_equal(rig_fail_in(&err, RIG_ERR_IO, "before: "), RIG_ERR_IO);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
    assert_memory_equal(err.text, "before: xxx", 11);
    assert_int_equal(rig_fail_in(&err, RIG_ERR_IO, "%s", text), RIG_ERR_IO);
    assert_int_equal(strlen(err.text), sizeof err.text - 1);
}

static void test_fail_memory_names_what_did_not_fit(void **state) {
    (void)state;
    rig_err err;
    assert_int_equal(rig_fail_memory(&err, "a map"), RIG_ERR_MEMORY);
    assert_string_equal(err.text, "out of memory for a map");
}

static rig_status first_that_fails(rig_status one, rig_status two, int *reached) {
    RIG_TRY(one);
    *reached = 1;
    RIG_TRY(two);
    *reached = 2;
    return RIG_OK;
}

static void test_try_returns_the_first_failure(void **state) {
    (void)state;
    int reached = 0;
    assert_int_equal(first_that_fails(RIG_ERR_IO, RIG_ERR_DATA, &reached), RIG_ERR_IO);
    assert_int_equal(reached, 0);
    assert_int_equal(first_that_fails(RIG_OK, RIG_ERR_DATA, &reached), RIG_ERR_DATA);
    assert_int_equal(reached, 1);
    assert_int_equal(first_that_fails(RIG_OK, RIG_OK, &reached), RIG_OK);
    assert_int_equal(reached, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fail_writes_the_text_and_returns_the_status),
        cmocka_unit_test(test_err_may_be_null),
        cmocka_unit_test(test_fail_in_puts_a_prefix_before),
        cmocka_unit_test(test_long_texts_are_cut_not_overrun),
        cmocka_unit_test(test_fail_memory_names_what_did_not_fit),
        cmocka_unit_test(test_try_returns_the_first_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
