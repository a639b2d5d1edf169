// app/slices.c: K/N, and what of a number of things each slice has.
#include "app/slices.h"
#include "tests/support/support.h"

static void test_read(void **state) {
    (void)state;
    static const char *const wrong[] = {"",    "/",       "1",    "1/",   "/2",   "0/1",
                                        "2/1", "1/10000", "1/2/", "1/2x", "+1/2", "1 /2"};
    rig_slice slice;
    rig_err err;
    assert_ok(rig_slice_read(NULL, &slice, &err));
    assert_int_equal(slice.n, 0);
    assert_ok(rig_slice_read("3/12", &slice, &err));
    assert_int_equal(slice.k, 3);
    assert_int_equal(slice.n, 12);
    assert_ok(rig_slice_read("9999/9999", &slice, &err));
    assert_int_equal(slice.k, 9999);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(rig_slice_read(wrong[i], &slice, &err), RIG_ERR_USAGE);
}

// All things are in one slice each, in order; no slice has two more than another.
static void test_range(void **state) {
    (void)state;
    for (long total = 0; total < 40; total++)
        for (int n = 1; n < 50; n++) {
            long at = 0;
            for (rig_slice slice = {1, n}; slice.k <= n; slice.k++) {
                long first, end;
                rig_slice_range(slice, total, &first, &end);
                assert_int_equal(first, at);
                assert_in_range(end - first, total / n, total / n + 1);
                at = end;
            }
            assert_int_equal(at, total);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read), cmocka_unit_test(test_range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
