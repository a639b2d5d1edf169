#include "core/linalg.h"
#include "core/lm.h"
#include "core/rng.h"

#include "tests/support/dense_problem.h"
#include "tests/support/support.h"

#include <string.h>

enum { ROUNDS = 300, SAMPLES = 30, PARAMETERS = 4 };

// y = b0 exp(b1 t) + b2 sin(b3 t)
typedef struct wave {
    double t[SAMPLES], y[SAMPLES];
} wave;

static bool wave_residuals(void *self, const double *b, double *x, double *J) {
    const wave *w = self;
    for (int i = 0; i < SAMPLES; i++) {
        const double t = w->t[i], grown = exp(b[1] * t);
        x[i] = b[0] * grown + b[2] * sin(b[3] * t) - w->y[i];
        const double row[PARAMETERS] = {grown, b[0] * t * grown, sin(b[3] * t), b[2] * t * cos(b[3] * t)};
        if (J)
            memcpy(J + (ptrdiff_t)i * PARAMETERS, row, sizeof row);
    }
    return true;
}

static void random_wave(rig_rng *rng, double noise, double b[PARAMETERS], wave *w) {
    const double truth[PARAMETERS] = {rig_rng_uniform(rng, 1, 2), rig_rng_uniform(rng, -1, 0.5),
                                      rig_rng_uniform(rng, 1, 2), rig_rng_uniform(rng, 2, 3)};
    const double none[SAMPLES] = {0};
    for (int i = 0; i < SAMPLES; i++)
        w->t[i] = 3.0 * i / SAMPLES;
    memcpy(w->y, none, sizeof none);
    wave_residuals(w, truth, w->y, NULL);
    for (int i = 0; i < SAMPLES; i++)
        w->y[i] += noise * rig_rng_normal(rng);
    memcpy(b, truth, sizeof truth);
}

static void test_exact_data_give_the_truth_back(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 0);
    rig_err err;
    rig_lm_report report;
    for (int round = 0; round < ROUNDS; round++) {
        wave w;
        double truth[PARAMETERS], b[PARAMETERS];
        random_wave(&rng, 0, truth, &w);
        for (int i = 0; i < PARAMETERS; i++)
            b[i] = truth[i] + rig_rng_uniform(&rng, -0.1, 0.1);
        assert_ok(dense_run(wave_residuals, &w, SAMPLES, PARAMETERS, b, 100, NULL, &report, &err));
        assert_true(report.converged);
        for (int i = 0; i < PARAMETERS; i++)
            assert_near(b[i], truth[i], 1e-9); // rounding over the weakest direction
    }
}

// With noise: no gradient is left, and the errors are as large as the covariance says.
static void test_covariance_is_the_scatter(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(2, 0);
    rig_err err;
    rig_lm_report report;
    const double noise = 0.01;
    double chi2 = 0;
    for (int round = 0; round < ROUNDS; round++) {
        wave w;
        double truth[PARAMETERS], b[PARAMETERS], covariance[PARAMETERS * PARAMETERS], error[PARAMETERS];
        double x[SAMPLES], J[SAMPLES * PARAMETERS], g[PARAMETERS], solved[PARAMETERS];
        random_wave(&rng, noise, truth, &w);
        memcpy(b, truth, sizeof b);
        assert_ok(dense_run(wave_residuals, &w, SAMPLES, PARAMETERS, b, 100, covariance, &report, &err));
        assert_true(report.converged);
        wave_residuals(&w, b, x, J);
        rig_gemm(g, PARAMETERS, 1, SAMPLES, 1, J, true, x, 0);
        for (int i = 0; i < PARAMETERS; i++) {
            assert_near(g[i], 0, 1e-6); // the cost, about 1e-3, is flat to 1e-12 of itself
            error[i] = solved[i] = (b[i] - truth[i]) / noise;
        }
        assert_true(rig_cholesky(covariance, PARAMETERS));
        rig_cholesky_solve(covariance, PARAMETERS, solved, 1);
        for (int i = 0; i < PARAMETERS; i++)
            chi2 += error[i] * solved[i] / ROUNDS;
    }
    assert_near(chi2, PARAMETERS, 0.8); // five standard errors of a mean of 300, each of variance 8
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_data_give_the_truth_back),
        cmocka_unit_test(test_covariance_is_the_scatter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
