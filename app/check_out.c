// check: the folder of the results, and what a run will do.
#include "app/check.h"

void rig_check_out(rig_check *check) {
    (void)check;
}
