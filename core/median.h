// The middle of a set of numbers.
#ifndef RIG_CORE_MEDIAN_H
#define RIG_CORE_MEDIAN_H

#include <stddef.h>

// The (n / 2)-th smallest of n >= 1 numbers, none of them NaN; their order is lost. Cost O(n) on average.
// Source: Hoare 1961, "Algorithm 65: find".
double rig_median(double *a, ptrdiff_t n);

#endif
