#include "core/status.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

rig_status rig_fail(rig_err *err, rig_status status, const char *format, ...) {
    if (err) {
        char text[sizeof err->text];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        rig_text_show(text, err->text, sizeof err->text);
    }
    return status;
}

rig_status rig_fail_in(rig_err *err, rig_status status, const char *format, ...) {
    if (err) {
        char text[sizeof err->text];
        memcpy(text, err->text, sizeof text);
        va_list args;
        va_start(args, format);
        char prefix[sizeof err->text];
        vsnprintf(prefix, sizeof prefix, format, args);
        va_end(args);
        rig_text_show(prefix, err->text, sizeof err->text);
        const size_t n = strlen(err->text);
        rig_text_show(text, err->text + n, sizeof err->text - n);
    }
    return status;
}

rig_status rig_fail_memory(rig_err *err, const char *what) {
    return rig_fail(err, RIG_ERR_MEMORY, "out of memory for %s", what);
}
