#include "core/linalg.h"
#include "io/result.h"

#include <math.h>
#include <string.h>

// Of a correlation: what the digits of a sound file may add up to.
static const double ROUNDING = 1e-6;

static const char SCHEMA[] = "rigpose/covariance/1";

rig_status rig_covariance_write(const char *path, const rig_calibration *rig, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "cameras");
    rig_yaml_begin_map(w, true);
    for (int c = 0; c < rig->n; c++)
        rig_result_put_int(w, rig->cameras[c].view, rig_calibration_at(rig, c + 1) - rig_calibration_at(rig, c));
    rig_yaml_end(w);
    rig_yaml_key(w, "lower");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < rig->n_covariance; i++)
        rig_yaml_put_doubles(w, rig->covariance + (ptrdiff_t)i * rig->n_covariance, i + 1);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// The same cameras in the same order, each with as many numbers.
static rig_status cameras_check(const rig_yaml *map, const rig_calibration *rig, rig_err *err) {
    if (map->n != rig->n)
        return rig_yaml_fail(map, err, "%d cameras, expected the calibration's %d", map->n, rig->n);
    for (int c = 0; c < rig->n; c++) {
        const int n_own = rig_calibration_at(rig, c + 1) - rig_calibration_at(rig, c);
        int n;
        if (strcmp(map->items[c].key, rig->cameras[c].view) != 0)
            return rig_yaml_fail(&map->items[c], err, "expected the calibration's camera '%s' here",
                                 rig->cameras[c].view);
        RIG_TRY(rig_yaml_int(&map->items[c], n_own, n_own, &n, err));
    }
    return RIG_OK;
}

// Variances are not negative, of a single number or of any sum of them; nobody would notice later: a sigma would be
// NaN, or come out too small.
static rig_status variances_check(const rig_yaml *lower, const double *covariance, ptrdiff_t n, rig_arena *scratch,
                                  rig_err *err) {
    double *sigma = RIG_NEW(scratch, double, n), *correlation = RIG_NEW(scratch, double, n *n);
    if (!sigma || !correlation)
        return rig_fail_memory(err, "the covariance");
    for (ptrdiff_t i = 0; i < n; i++) {
        const double *row = covariance + i * n;
        if (row[i] < 0)
            return rig_yaml_fail(&lower->items[i].items[i], err, "a variance of %g, expected 0 or more", row[i]);
        sigma[i] = sqrt(row[i]);
        for (ptrdiff_t j = 0; j <= i; j++) {
            const double most = sigma[i] * sigma[j], r = most > 0 ? row[j] / most : 0;
            if (fabs(row[j]) > most * (1 + ROUNDING))
                return rig_yaml_fail(&lower->items[i].items[j], err,
                                     "a covariance of %g, expected at most %g: the root "
                                     "of the two variances' product",
                                     row[j], most);
            correlation[i * n + j] = i == j ? 1 + ROUNDING : r;
        }
    }
    return rig_cholesky(correlation, (int)n) ? RIG_OK
                                             : rig_yaml_fail(lower, err,
                                                             "not a covariance: a sum of these numbers would "
                                                             "have a negative variance");
}

static rig_status parse(const rig_yaml *root, rig_calibration *rig, rig_arena *out, rig_err *err) {
    const rig_yaml *cameras, *lower;
    const ptrdiff_t n = rig_calibration_at(rig, rig->n);
    RIG_TRY(rig_result_need(root, "cameras", RIG_YAML_MAP, &cameras, err));
    RIG_TRY(cameras_check(cameras, rig, err));
    RIG_TRY(rig_result_need(root, "lower", RIG_YAML_LIST, &lower, err));
    if (lower->n != n)
        return rig_yaml_fail(lower, err, "%d rows, expected %d", lower->n, (int)n);
    double *covariance = RIG_NEW(out, double, (size_t)n *(size_t)n);
    if (!covariance)
        return rig_fail_memory(err, "the covariance");
    for (ptrdiff_t i = 0; i < n; i++) {
        RIG_TRY(rig_yaml_need_kind(&lower->items[i], RIG_YAML_LIST, err));
        RIG_TRY(rig_result_numbers(&lower->items[i], (int)i + 1, covariance + i * n, err));
        for (ptrdiff_t j = 0; j < i; j++)
            covariance[j * n + i] = covariance[i * n + j];
    }
    rig_arena scratch = {NULL};
    rig_status status = variances_check(lower, covariance, n, &scratch, err);
    rig_arena_release(&scratch);
    if (status == RIG_OK)
        rig->n_covariance = (int)n, rig->covariance = covariance;
    return status;
}

rig_status rig_covariance_read(const char *path, rig_calibration *rig, rig_arena *out, rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = parse(root, rig, out, err);
    rig_arena_release(&tree);
    return status;
}
