// Tests that want ONNX Runtime: where the environment or the system has it, or scripts/fetch_onnxruntime.sh put it.
#ifndef RIG_TESTS_SUPPORT_ORT_H
#define RIG_TESTS_SUPPORT_ORT_H

#include "cv/cv.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char ORT_FETCHED[] = "build/onnxruntime/libonnxruntime.so.1";

// Whether there is one; says so where not.
static inline bool ort_is_there(void) {
    const rig_runtime ort = {.backend = RIG_BACKEND_ONNXRUNTIME};
    rig_runtime_info info;
    rig_err err = {""};
    if (access(ORT_FETCHED, R_OK) == 0)
        setenv("RIGPOSE_ONNXRUNTIME", ORT_FETCHED, 0);
    if (rig_runtime_describe(&ort, &info, &err) == RIG_OK)
        return true;
    printf("skipped: %s\n", err.text);
    return false;
}

#endif
