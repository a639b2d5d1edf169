// Levenberg-Marquardt over a problem that knows its own structure: the loop here chooses steps, the problem builds its
// normal equations and solves them.
#ifndef RIG_CORE_LM_H
#define RIG_CORE_LM_H

#include "core/status.h"

#include <stdbool.h>

typedef struct rig_lm_problem {
    void *self;
    // Build gradient and normal equations at the present state. Returns the cost, 1/2 sum of rho(residual^2).
    double (*linearize)(void *self);
    // Solve (H + lambda diag(H)) step = -gradient and remember the step. Returns the decrease of the cost that the
    // linear model foresees, or a negative number where the system is singular.
    double (*solve)(void *self, double lambda);
    // Move to state + step, keeping the old state; returns the cost there (infinite or NaN: not allowed).
    double (*try_step)(void *self);
    void (*accept)(void *self); // the tried state is the state
    void (*reject)(void *self); // back to the old state
} rig_lm_problem;

typedef struct rig_lm_report {
    int iterations;
    double cost_first, cost_last;
    bool converged; // false: max_iterations ended it
} rig_lm_report;

// Run until a step is foreseen to gain, and gains, no more than 1e-12 of the cost, or three steps in a row gain no
// more, or the cost is 0, or max_iterations steps were tried. The last linearisation is that of the final state. Fails
// with RIG_ERR_NUMERIC where the first linearisation is not finite or no step can be solved. Nielsen's damping. Source:
// Madsen, Nielsen, Tingleff 2004, "Methods for non-linear least squares problems", 3.2.
RIG_CHECKED rig_status rig_lm_run(const rig_lm_problem *problem, int max_iterations, rig_lm_report *report,
                                  rig_err *err);

#endif
