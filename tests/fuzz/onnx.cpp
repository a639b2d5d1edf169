#include "nn/onnx.hpp"
#include "tests/fuzz/readers.h"

rig_status fuzz_onnx_read(const char *path, rig_err *err) {
    return rig::guard(path, err, [&] {
        rig::bytes file, taken;
        rig::onnx_names names;
        RIG_TRY(rig::file_bytes(path, &file, err));
        RIG_TRY(rig::onnx_names_read(file, path, &names, err));
        rig::onnx_loosen(file, names.inputs.empty() ? "" : names.inputs[0]);
        return rig::onnx_for_opencv(file, path, &taken, err);
    });
}
