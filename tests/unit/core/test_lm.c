#include "core/lm.h"

#include "tests/support/dense_problem.h"
#include "tests/support/support.h"

static const double CLOSE = 1e-9; // of parameters near 1, where the cost is flat to 1e-12

static bool rosenbrock(void *self, const double *b, double *x, double *J) {
    (void)self;
    x[0] = 10 * (b[1] - b[0] * b[0]);
    x[1] = 1 - b[0];
    if (J)
        J[0] = -20 * b[0], J[1] = 10, J[2] = -1, J[3] = 0;
    return true;
}

static void test_rosenbrock_from_the_usual_start(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    double b[2] = {-1.2, 1};
    assert_ok(dense_run(rosenbrock, NULL, 2, 2, b, 100, NULL, &report, &err));
    assert_near(b[0], 1, CLOSE);
    assert_near(b[1], 1, CLOSE);
    assert_true(report.converged);
    assert_true(report.iterations < 50);
    assert_near(report.cost_first, 12.1, CLOSE);
    assert_near(report.cost_last, 0, CLOSE);
}

// Powell's singular function: J has not full rank at the minimum, so convergence is slow but must come.
static bool powell(void *self, const double *b, double *x, double *J) {
    (void)self;
    const double c = b[1] - 2 * b[2], d = b[0] - b[3];
    x[0] = b[0] + 10 * b[1];
    x[1] = sqrt(5) * (b[2] - b[3]);
    x[2] = c * c;
    x[3] = sqrt(10) * d * d;
    const double rows[16] = {
        1, 10, 0, 0, 0, 0, sqrt(5), -sqrt(5), 0, 2 * c, -4 * c, 0, 2 * sqrt(10) * d, 0, 0, -2 * sqrt(10) * d};
    for (int i = 0; J && i < 16; i++)
        J[i] = rows[i];
    return true;
}

static void test_a_singular_minimum_is_reached(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    double b[4] = {3, -1, 0, 1};
    assert_ok(dense_run(powell, NULL, 4, 4, b, 300, NULL, &report, &err));
    for (int i = 0; i < 4; i++)
        assert_near(b[i], 0, 1e-3); // the cost is of the fourth power
}

// y = a + c t through points with noise: the answer and its covariance are known in closed form.
typedef struct line {
    int n;
    const double *t, *y;
} line;

static bool line_residuals(void *self, const double *b, double *x, double *J) {
    const line *l = self;
    for (int i = 0; i < l->n; i++) {
        x[i] = b[0] + b[1] * l->t[i] - l->y[i];
        if (J)
            J[2 * i] = 1, J[2 * i + 1] = l->t[i];
    }
    return true;
}

static void test_a_linear_problem_and_its_covariance(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    const double t[4] = {0, 1, 2, 3}, y[4] = {1, 0, 2, 5};
    line l = {4, t, y};
    double b[2] = {50, -50}, covariance[4];
    assert_ok(dense_run(line_residuals, &l, 4, 2, b, 100, covariance, &report, &err));
    assert_near(b[0], -0.1, 1e-6); // the cost is flat to 1e-12, so b to its root
    assert_near(b[1], 1.4, 1e-6);
    assert_near(report.cost_last, 2.1, CLOSE);
    const double expected[4] = {0.7, -0.3, -0.3, 0.2}; // of {4 6; 6 14}, the inverse
    for (int i = 0; i < 4; i++)
        assert_near(covariance[i], expected[i], CLOSE);
}

static void test_the_best_state_is_kept_when_steps_run_out(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    double b[2] = {-1.2, 1}, x[2];
    assert_ok(dense_run(rosenbrock, NULL, 2, 2, b, 3, NULL, &report, &err));
    assert_int_equal(report.iterations, 3);
    assert_false(report.converged);
    rosenbrock(NULL, b, x, NULL);
    assert_near((x[0] * x[0] + x[1] * x[1]) / 2, report.cost_last, CLOSE);
    assert_true(report.cost_last <= report.cost_first);
}

// log(b) = 2 from b = 100 jumps below 0, where there is no logarithm.
static bool logarithm(void *self, const double *b, double *x, double *J) {
    (void)self;
    if (!(b[0] > 0))
        return false;
    x[0] = log(b[0]) - 2;
    if (J)
        J[0] = 1 / b[0];
    return true;
}

static void test_states_that_are_not_allowed_are_stepped_back_from(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    double b = 100;
    assert_ok(dense_run(logarithm, NULL, 1, 1, &b, 100, NULL, &report, &err));
    assert_near(b, exp(2), 1e-6);
    b = -1;
    assert_int_equal(dense_run(logarithm, NULL, 1, 1, &b, 100, NULL, &report, &err), RIG_ERR_NUMERIC);
    assert_contains(err.text, "not finite");
}

static bool blind(void *self, const double *b, double *x, double *J) {
    (void)self;
    x[0] = b[0] - 3;
    x[1] = 1;
    if (J)
        J[0] = 1, J[1] = 0, J[2] = 0, J[3] = 0; // b[1] changes nothing
    return true;
}

static void test_a_parameter_without_effect_is_an_error(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    double b[2] = {0, 0};
    assert_int_equal(dense_run(blind, NULL, 2, 2, b, 200, NULL, &report, &err), RIG_ERR_NUMERIC);
    assert_contains(err.text, "singular");
}

// A problem that answers as it is told, and writes down what it is asked.
typedef struct script {
    double cost, foreseen, decrease;
    int refused, solved, accepted, rejected; // the first `refused` systems are singular
    double lambda[64];
} script;

static double script_linearize(void *self) {
    return ((script *)self)->cost;
}

static double script_solve(void *self, double lambda) {
    script *s = self;
    s->lambda[s->solved] = lambda;
    return s->solved++ < s->refused ? -1 : s->foreseen;
}

static double script_try(void *self) {
    const script *s = self;
    return s->cost - s->decrease;
}

static void script_accept(void *self) {
    script *s = self;
    s->accepted++;
    s->cost -= s->decrease;
}

static void script_reject(void *self) {
    ((script *)self)->rejected++;
}

static rig_lm_report run_script(script *s, int max_iterations) {
    const rig_lm_problem problem = {s, script_linearize, script_solve, script_try, script_accept, script_reject};
    rig_lm_report report;
    rig_err err;
    assert_ok(rig_lm_run(&problem, max_iterations, &report, &err));
    assert_int_equal(s->refused + s->accepted + s->rejected, report.iterations);
    return report;
}

static void test_damping_grows_faster_with_each_refusal(void **state) {
    (void)state;
    script s = {.cost = 1, .foreseen = 0.1, .decrease = -0.1}; // no step is ever good
    run_script(&s, 5);
    assert_int_equal(s.rejected, 5);
    for (int i = 0; i < 4; i++)
        assert_near(s.lambda[i + 1] / s.lambda[i], 2 << i, CLOSE);
    s = (script){.cost = 1, .foreseen = 0.1, .decrease = 0.1, .refused = 2};
    run_script(&s, 4);
    assert_near(s.lambda[1] / s.lambda[0], 2, CLOSE);
    assert_near(s.lambda[2] / s.lambda[1], 4, CLOSE);
    assert_near(s.lambda[3] / s.lambda[2], 1.0 / 3, CLOSE); // a step as good as foreseen
}

static void test_a_poor_step_is_taken_and_damps_more(void **state) {
    (void)state;
    script s = {.cost = 1, .foreseen = 0.1, .decrease = 0.01};
    run_script(&s, 2);
    assert_int_equal(s.accepted, 2);
    assert_near(s.lambda[1] / s.lambda[0], 1 + 0.8 * 0.8 * 0.8, CLOSE); // 1 - (2 * 0.1 - 1)^3
}

static void test_what_ends_the_run(void **state) {
    (void)state;
    script s = {.cost = 1, .foreseen = 0.1, .decrease = 1e-13}; // foreseen but never gained: three times
    rig_lm_report report = run_script(&s, 50);
    assert_true(report.converged);
    assert_int_equal(report.iterations, 3);
    s = (script){.cost = 1, .foreseen = 1e-13, .decrease = 1e-13};
    assert_int_equal(run_script(&s, 50).iterations, 1);
    s = (script){.cost = 1, .foreseen = 1e-13, .decrease = -1e-16}; // at the bottom, rounding
    report = run_script(&s, 50);
    assert_true(report.converged);
    assert_int_equal(report.iterations, 1);
    s = (script){.cost = 0};
    assert_int_equal(run_script(&s, 50).iterations, 0);
    s = (script){.cost = 1, .foreseen = 0.5, .decrease = 0.5}; // two steps to a cost of exactly 0
    report = run_script(&s, 50);
    assert_true(report.converged);
    assert_int_equal(report.iterations, 2);
}

// On a linear problem the foreseen decrease is the real one: the damping falls by 3 each step, and few are needed.
static void test_the_foreseen_decrease_is_that_of_the_model(void **state) {
    (void)state;
    rig_err err;
    rig_lm_report report;
    const double t[4] = {0, 1, 2, 3}, y[4] = {1, 0, 2, 5};
    line l = {4, t, y};
    double b[2] = {50, -50};
    assert_ok(dense_run(line_residuals, &l, 4, 2, b, 100, NULL, &report, &err));
    assert_true(report.converged && report.iterations <= 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rosenbrock_from_the_usual_start),
        cmocka_unit_test(test_a_singular_minimum_is_reached),
        cmocka_unit_test(test_a_linear_problem_and_its_covariance),
        cmocka_unit_test(test_the_best_state_is_kept_when_steps_run_out),
        cmocka_unit_test(test_states_that_are_not_allowed_are_stepped_back_from),
        cmocka_unit_test(test_a_parameter_without_effect_is_an_error),
        cmocka_unit_test(test_damping_grows_faster_with_each_refusal),
        cmocka_unit_test(test_a_poor_step_is_taken_and_damps_more),
        cmocka_unit_test(test_what_ends_the_run),
        cmocka_unit_test(test_the_foreseen_decrease_is_that_of_the_model),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
