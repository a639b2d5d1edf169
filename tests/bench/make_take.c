// A long take without pictures (tests/support/long_take.h). usage: make_take FOLDER FRAMES [FPS]
#include "tests/support/long_take.h"

#include <stdlib.h>

int main(int n, char **argv) {
    rig_err err = {""};
    const double fps = n > 3 ? atof(argv[3]) : LONG_FPS;
    if (n < 3 || n > 4 || atoi(argv[2]) < 1 || !(fps > 0)) {
        fprintf(stderr, "usage: make_take FOLDER FRAMES [FPS]\n");
        return 2;
    }
    if (long_take_write(argv[1], "coco17", fps, atoi(argv[2]), 0, 0, &err) == RIG_OK)
        return 0;
    fprintf(stderr, "error: %s\n", err.text);
    return 1;
}
