// A long take without pictures (tests/support/long_take.h). usage: make_take FOLDER FRAMES
#include "tests/support/long_take.h"

#include <stdlib.h>

int main(int n, char **argv) {
    rig_err err = {""};
    if (n != 3 || atoi(argv[2]) < 1) {
        fprintf(stderr, "usage: make_take FOLDER FRAMES\n");
        return 2;
    }
    if (long_take_write(argv[1], "coco17", atoi(argv[2]), 0, 0, &err) == RIG_OK)
        return 0;
    fprintf(stderr, "error: %s\n", err.text);
    return 1;
}
