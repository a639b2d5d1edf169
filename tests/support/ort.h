// Tests that want ONNX Runtime: where the environment or the system has it, or ./run people put it.
#ifndef RIG_TESTS_SUPPORT_ORT_H
#define RIG_TESTS_SUPPORT_ORT_H

#include "nn/runtime.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <unistd.h>

static const char ORT_FETCHED[] = "data/runtime/libonnxruntime.so.1";

// The leak sanitizer's, where it is linked: what the library allocates once, as it starts, and keeps, is not ours.
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

// Whether there is one; where not, the tests count as skipped.
static inline bool ort_is_there(void) {
    const rig_runtime ort = {.backend = RIG_BACKEND_ONNXRUNTIME};
    rig_runtime_info info;
    rig_err err = {""};
    if (access(ORT_FETCHED, R_OK) == 0)
        setenv("RIGPOSE_ONNXRUNTIME", ORT_FETCHED, 0);
    if (__lsan_disable)
        __lsan_disable();
    rig_status status = rig_runtime_describe(&ort, &info, &err);
    if (__lsan_enable)
        __lsan_enable();
    if (status == RIG_OK)
        return true;
    rig_test_leave_out(err.text);
    return false;
}

#endif
