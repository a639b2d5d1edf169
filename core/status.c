#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

rig_status rig_fail(rig_err *err, rig_status status, const char *format, ...) {
    if (err) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
    }
    return status;
}

rig_status rig_fail_in(rig_err *err, rig_status status, const char *format, ...) {
    if (err) {
        char text[sizeof err->text];
        memcpy(text, err->text, sizeof text);
        va_list args;
        va_start(args, format);
        int n = vsnprintf(err->text, sizeof err->text, format, args);
        va_end(args);
        if (n >= 0 && (size_t)n < sizeof err->text)
            snprintf(err->text + n, sizeof err->text - (size_t)n, "%s", text);
    }
    return status;
}

rig_status rig_fail_memory(rig_err *err, const char *what) {
    return rig_fail(err, RIG_ERR_MEMORY, "out of memory for %s", what);
}
