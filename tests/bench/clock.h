// Seconds, for the benches.
#ifndef RIG_TESTS_BENCH_CLOCK_H
#define RIG_TESTS_BENCH_CLOCK_H

#include <time.h>

static inline double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

#endif
