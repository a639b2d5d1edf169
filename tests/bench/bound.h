// What a count of rare events says of their rate.
#ifndef RIG_BENCH_BOUND_H
#define RIG_BENCH_BOUND_H

#include <math.h>

// The probability at which at most k of n happen with probability 0.05: the upper bound of 95 % (Clopper and Pearson
// 1934), by bisection.
static inline double clopper_pearson(int k, int n) {
    double low = (double)k / n, high = 1;
    for (int step = 0; step < 60 && k < n; step++) {
        const double p = (low + high) / 2;
        double term = pow(1 - p, n), sum = term;
        for (int i = 1; i <= k; i++)
            term *= (n - i + 1) / (double)i * p / (1 - p), sum += term;
        if (sum > 0.05)
            low = p;
        else
            high = p;
    }
    return high;
}

#endif
