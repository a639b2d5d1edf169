#include "tests/support/support.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void assert_contains(const char *text, const char *part) {
    if (!strstr(text, part))
        fail_msg("'%s' does not contain '%s'", text, part);
}

const char *rig_test_real_data(void) {
    const char *folder = getenv("RIGPOSE_REAL_DATA");
    struct stat info;
    return folder && stat(folder, &info) == 0 && S_ISDIR(info.st_mode) ? folder : NULL;
}

static bool left_out;

void rig_test_leave_out(const char *why) {
    left_out = true;
    printf("skipped: %s\n", why);
}

int rig_test_end(int failed) {
    return failed ? 1 : left_out ? RIG_TEST_SKIPPED : 0;
}

static char folder[] = "/tmp/rigpose-test-XXXXXX";

static void folder_remove(void) {
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove %s\n", folder);
}

const char *rig_test_folder(void) {
    static bool made;
    if (!made) {
        if (!mkdtemp(folder)) {
            perror("mkdtemp");
            exit(1);
        }
        atexit(folder_remove);
        made = true;
    }
    return folder;
}

long rig_test_each_allocation_fails(rig_status (*work)(void *self, rig_err *err), void *self) {
    for (long n = 1;; n++) {
        rig_err err = {""};
        rig_arena_fail_after(n);
        rig_status status = work(self, &err);
        rig_arena_fail_after(0);
        if (status == RIG_OK)
            return n - 1;
        if (status != RIG_ERR_MEMORY)
            fail_msg("allocation %ld failed and gave status %d: %s", n, (int)status, err.text);
    }
}
