#include "core/lm.h"

#include <math.h>

static const double SMALL = 1e-12;        // of the cost: a decrease that is none
static const double LAMBDA_FIRST = 1e-3;  // relative to the diagonal of H
static const double LAMBDA_LEAST = 1e-15; // below, it no longer changes H
static const double LAMBDA_MOST = 1e16;   // above, no step is left to be made
enum { SMALL_STEPS = 3 };

static bool raise(double *lambda, double *factor) {
    *lambda *= *factor;
    *factor *= 2;
    return *lambda <= LAMBDA_MOST;
}

static rig_status step_failed(rig_err *err, double lambda) {
    return rig_fail(err, RIG_ERR_NUMERIC, "normal equations are singular up to a damping of %g", lambda);
}

rig_status rig_lm_run(const rig_lm_problem *problem, int max_iterations, rig_lm_report *report, rig_err *err) {
    double cost = problem->linearize(problem->self);
    *report = (rig_lm_report){0, cost, cost, cost == 0};
    if (!isfinite(cost))
        return rig_fail(err, RIG_ERR_NUMERIC, "the initial cost is not finite");
    double lambda = LAMBDA_FIRST, factor = 2;
    int small_steps = 0;
    while (!report->converged && report->iterations < max_iterations) {
        report->iterations++;
        double foreseen = problem->solve(problem->self, lambda);
        if (!(foreseen >= 0)) {
            if (!raise(&lambda, &factor))
                return step_failed(err, lambda);
            continue;
        }
        double decrease = cost - problem->try_step(problem->self);
        bool nothing_left = foreseen <= SMALL * cost && !(decrease > SMALL * cost);
        if (decrease > 0) {
            small_steps = decrease <= SMALL * cost ? small_steps + 1 : 0;
            problem->accept(problem->self);
            cost = report->cost_last = problem->linearize(problem->self);
            double surplus = 2 * decrease / foreseen - 1;
            lambda = fmax(LAMBDA_LEAST, lambda * fmax(1.0 / 3, 1 - surplus * surplus * surplus));
            factor = 2;
        } else {
            problem->reject(problem->self);
            nothing_left = !raise(&lambda, &factor) || nothing_left;
        }
        report->converged = nothing_left || small_steps >= SMALL_STEPS || cost == 0;
    }
    return RIG_OK;
}
