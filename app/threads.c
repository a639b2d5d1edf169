#include "app/threads.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

static const volatile int *followed;

void rig_threads_set(int n) {
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    setenv("OMP_NUM_THREADS", text, 1); // calib/threads.h asks it
    omp_set_num_threads(n);
}

void rig_threads_follow(const volatile int *shared) {
    followed = shared;
    rig_threads_renew();
}

void rig_threads_renew(void) {
    if (followed)
        rig_threads_set(*followed);
}
