// What the fuzz target's files share.
#ifndef RIG_TESTS_FUZZ_READERS_H
#define RIG_TESTS_FUZZ_READERS_H

#include "core/status.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { FUZZ_READERS = 24 }; // ./run check writes seeds for as many

// A network's file as the runtimes take it: its names, its sizes loosened, its operations rewritten for OpenCV.
RIG_CHECKED rig_status fuzz_onnx_read(const char *path, rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
