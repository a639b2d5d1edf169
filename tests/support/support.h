// What every test needs: cmocka with its headers in order, tolerances that print, folders, real data, failing
// allocations.
#ifndef RIG_TESTS_SUPPORT_H
#define RIG_TESTS_SUPPORT_H

#include "core/arena.h"
#include "core/status.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { RIG_TEST_SKIPPED = 77 }; // exit code that ctest counts as skipped

// Say that a part of the program's tests is left out, and why.
void rig_test_leave_out(const char *why);
// What main returns after its groups of tests, given how many failed: 1 where any did, RIG_TEST_SKIPPED where a part
// was left out or called skip(), else 0.
int rig_test_end(int failed);
// cmocka itself takes a group with skipped tests for one that passed.
#undef skip
#define skip() (rig_test_leave_out("a test that says skip()"), _skip(__FILE__, __LINE__))
#undef cmocka_run_group_tests
#define cmocka_run_group_tests(tests, setup, teardown)                                                                 \
    rig_test_end(cmocka_run_group_tests_name(#tests, tests, setup, teardown))

// |a - b| <= tolerance, printing all three where not.
#define assert_near(a, b, tolerance)                                                                                   \
    do {                                                                                                               \
        double near_a_ = (a), near_b_ = (b), near_t_ = (tolerance);                                                    \
        if (!(fabs(near_a_ - near_b_) <= near_t_))                                                                     \
            fail_msg("%s = %.12g, expected %s = %.12g within %g", #a, near_a_, #b, near_b_, near_t_);                  \
    } while (0)

// A status that must be RIG_OK; prints err's text where not.
#define assert_ok(expr)                                                                                                \
    do {                                                                                                               \
        if ((expr) != RIG_OK)                                                                                          \
            fail_msg("%s failed: %s", #expr, err.text);                                                                \
    } while (0)

// The text contains the part; prints both where not.
void assert_contains(const char *text, const char *part);

// The folder of real recordings, which RIGPOSE_REAL_DATA names, or NULL where there is none.
const char *rig_test_real_data(void);
// A fresh folder under the build's temporary place, removed at exit.
const char *rig_test_folder(void);

// Run work once for each allocation it makes, that allocation failing, until it succeeds: it must return RIG_ERR_MEMORY
// each time. Returns how many allocations failed.
long rig_test_each_allocation_fails(rig_status (*work)(void *self, rig_err *err), void *self);

#endif
