// A network against what it gave where it was made: silent errors of a runtime show here.
#include "nn/net.hpp"

#include <cmath>
#include <cstring>

namespace {

rig_status floats_read(const char *path, std::size_t count, const char *what, std::vector<float> *values,
                       rig_err *err) {
    rig::bytes file;
    RIG_TRY(rig::file_bytes(path, &file, err));
    if (file.size() != count * sizeof(float))
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' has %zu bytes, expected %zu: float32 of %s", path, file.size(),
                        count * sizeof(float), what);
    values->resize(count);
    std::memcpy(values->data(), file.data(), file.size());
    return RIG_OK;
}

std::size_t count_of(const rig_tensor &tensor) {
    std::size_t count = 1;
    for (int k = 0; k < tensor.n_dims; k++)
        count *= (std::size_t)tensor.dims[k];
    return count;
}

// NaN is as far off as can be.
double difference(const rig_tensor &tensor, const float *expected) {
    double most = 0;
    for (std::size_t i = 0, n = count_of(tensor); i < n; i++) {
        double d = std::fabs((double)tensor.data[i] - (double)expected[i]);
        most = d <= most ? most : std::isnan(d) ? INFINITY : d;
    }
    return most;
}

} // namespace

rig_status rig_net_check(rig_net *net, const rig_selfcheck *check, int width, int height, rig_tensor *outputs,
                         int n_outputs, double *worst, rig_err *err) {
    width = check->width ? check->width : width;
    height = check->height ? check->height : height;
    *worst = 0;
    return rig::guard(net->path.c_str(), err, [&] {
        std::vector<float> input, expected;
        std::size_t total = 0, at = 0;
        RIG_TRY(floats_read(check->input, 3 * (std::size_t)width * (std::size_t)height, "the input", &input, err));
        RIG_TRY(rig_net_run(net, input.data(), width, height, outputs, n_outputs, err));
        for (int i = 0; i < n_outputs; i++)
            total += count_of(outputs[i]);
        RIG_TRY(floats_read(check->output, total, "the outputs", &expected, err));
        for (int i = 0; i < n_outputs; i++) {
            double off = difference(outputs[i], expected.data() + at);
            at += count_of(outputs[i]);
            *worst = std::fmax(*worst, off);
            if (!(off <= check->tolerance))
                return rig_fail(err, RIG_ERR_FORMAT,
                                "'%s': self-check: output '%s' is off by %.3g on %s, expected at most %g",
                                net->path.c_str(), outputs[i].name, off, net->runtime.c_str(), check->tolerance);
        }
        return RIG_OK;
    });
}
