#include "app/commands.h"

#include <stdlib.h>
#include <string.h>

rig_status rig_options_take(int *n, char **argv, const rig_option *options, int n_options, rig_err *err) {
    int left = 0;
    for (int i = 0; i < *n; i++) {
        int o = 0;
        while (o < n_options && strcmp(argv[i], options[o].name) != 0)
            o++;
        if (o == n_options) {
            if (argv[i][0] == '-' && argv[i][1])
                return rig_fail(err, RIG_ERR_USAGE, "unknown option '%s'", argv[i]);
            argv[left++] = argv[i];
        } else if (options[o].flag) {
            *options[o].flag = true;
        } else if (++i < *n) {
            *options[o].value = argv[i];
        } else {
            return rig_fail(err, RIG_ERR_USAGE, "option '%s' needs a value", options[o].name);
        }
    }
    *n = left;
    return RIG_OK;
}

rig_status rig_option_int(const char *name, const char *text, int low, int high, int *value, rig_err *err) {
    char *end;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < low || number > high)
        return rig_fail(err, RIG_ERR_USAGE, "option '%s': '%s', expected a whole number from %d to %d", name, text, low,
                        high);
    *value = (int)number;
    return RIG_OK;
}
