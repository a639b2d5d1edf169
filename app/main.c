#include "app/commands.h"

#include <stdlib.h>

int main(int argc, char **argv) {
    // Equal inputs give equal bytes: BLAS sums in one order. Read by OpenBLAS when it first runs; ours starts threads itself.
    setenv("OPENBLAS_NUM_THREADS", "1", 0);
    return rig_main(argc, argv);
}
