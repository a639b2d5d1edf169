#include "checks/group_jackknife.h"

#include <math.h>

enum { N = RIG_JACKKNIFE_PARTS };

rig_status rig_jackknife_leave_out(const rig_view_corners *seen, int first, int last, int part, rig_view_corners *rest,
                                   rig_arena *out, rig_err *err) {
    *rest = *seen;
    rest->boards = RIG_NEW(out, rig_board_view, seen->n);
    if (!rest->boards)
        return rig_fail_memory(err, "parts of the boards");
    rest->n = 0;
    for (int i = 0; i < seen->n; i++)
        if ((long)N * (seen->boards[i].frame - first) / (last - first + 1) != part)
            rest->boards[rest->n++] = seen->boards[i];
    return RIG_OK;
}

double rig_jackknife_sigma(const double x[N]) {
    double mean = 0, sum = 0;
    for (int k = 0; k < N; k++)
        mean += x[k] / N;
    for (int k = 0; k < N; k++)
        sum += (x[k] - mean) * (x[k] - mean);
    return sqrt(sum * (N - 1) / N);
}
