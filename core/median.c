#include "core/median.h"

double rig_median(double *a, ptrdiff_t n) {
    ptrdiff_t low = 0, high = n - 1, middle = n / 2;
    while (low < high) {
        double pivot = a[middle];
        ptrdiff_t i = low, j = high;
        while (i <= j) {
            while (a[i] < pivot)
                i++;
            while (pivot < a[j])
                j--;
            if (i <= j) {
                double swap = a[i];
                a[i++] = a[j], a[j--] = swap;
            }
        }
        if (j < middle)
            low = i;
        if (middle < i)
            high = j;
    }
    return a[middle];
}
