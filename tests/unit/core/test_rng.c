#include "core/rng.h"

#include "tests/support/support.h"

enum { DRAWS = 200000 };
static const double MEAN_TOLERANCE = 0.015;  // over five standard errors of a mean of DRAWS values of variance <= 1
static const double FOURTH_TOLERANCE = 0.15; // five standard errors of the fourth moment, variance 96

// The first six numbers that O'Neill's demonstration program prints for seed 42, stream 54.
static void test_published_numbers(void **state) {
    (void)state;
    const uint32_t expected[6] = {0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e};
    rig_rng rng = rig_rng_seed(42, 54);
    for (int i = 0; i < 6; i++)
        assert_int_equal(rig_rng_u32(&rng), expected[i]);
}

static void test_streams_differ(void **state) {
    (void)state;
    rig_rng a = rig_rng_seed(1, 1), b = rig_rng_seed(1, 2), c = rig_rng_seed(2, 1);
    int equal = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t x = rig_rng_u32(&a), y = rig_rng_u32(&b), z = rig_rng_u32(&c);
        equal += x == y || x == z;
    }
    assert_int_equal(equal, 0);
}

static void test_uniform_fills_its_range_evenly(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(3, 0);
    double sum = 0, square = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = rig_rng_uniform(&rng, -1, 1);
        assert_true(x >= -1 && x < 1);
        sum += x;
        square += x * x;
    }
    assert_near(sum / DRAWS, 0, MEAN_TOLERANCE);
    assert_near(square / DRAWS, 1.0 / 3, MEAN_TOLERANCE);
}

static void test_uniform_never_reaches_high(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(4, 0);
    const double high = nextafter(1, 2); // one step above low: half of the sums round up to it
    for (int i = 0; i < 1000; i++)
        assert_true(rig_rng_uniform(&rng, 1, high) < high);
}

static void test_below_is_even(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(5, 0);
    int count[7] = {0};
    for (int i = 0; i < DRAWS; i++) {
        int k = rig_rng_below(&rng, 7);
        assert_in_range(k, 0, 6);
        count[k]++;
    }
    for (int k = 0; k < 7; k++)
        assert_near((double)count[k] / DRAWS, 1.0 / 7, MEAN_TOLERANCE);
    assert_int_equal(rig_rng_below(&rng, 1), 0);
}

// 3/8 of all 32-bit numbers: a plain remainder would give the lower two thirds half again as often, and a mean of
// 0.458.
static void test_below_is_even_where_the_remainder_is_not(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(7, 0);
    const int n = 3 << 29;
    double sum = 0;
    for (int i = 0; i < DRAWS; i++)
        sum += (double)rig_rng_below(&rng, n) / n;
    assert_near(sum / DRAWS, 0.5, MEAN_TOLERANCE);
}

static void test_normal_has_the_moments_of_one(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(6, 0);
    double moment[5] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double x = rig_rng_normal(&rng), power = 1;
        for (int k = 0; k < 5; k++, power *= x)
            moment[k] += power / DRAWS;
    }
    assert_near(moment[1], 0, MEAN_TOLERANCE);
    assert_near(moment[2], 1, MEAN_TOLERANCE * 2);
    assert_near(moment[3], 0, MEAN_TOLERANCE * 4);
    assert_near(moment[4], 3, FOURTH_TOLERANCE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_numbers),
        cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_uniform_fills_its_range_evenly),
        cmocka_unit_test(test_uniform_never_reaches_high),
        cmocka_unit_test(test_below_is_even),
        cmocka_unit_test(test_below_is_even_where_the_remainder_is_not),
        cmocka_unit_test(test_normal_has_the_moments_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
