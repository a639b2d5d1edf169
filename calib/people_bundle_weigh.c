// How sure sights are, by their own scatter.
#include "calib/people_bundle_work.h"

#include "core/median.h"

static const double MEDIAN_TO_SIGMA = 1.17741; // the median length of a 2D normal error is that many sigmas
static const double MOST = 3;                  // the factor of a group in one pass, or one over it
enum { LEAST = 50, PASSES = 2 };               // of a group; kinds and grades by turns

// Multiply the sigmas of each group, kinds or grades, by how large the distances of its sights are.
static void groups_weigh(rig_point_work *w, bool by_grade, double *values, int room) {
    rig_point_bundle *b = w->b;
    for (int group = 0; group < (by_grade ? b->n_grades : b->n_kinds); group++) {
        int n = 0;
        double factor = 1;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < b->n_points; i++)
                for (int k = b->points[i].first; k < b->points[i].first + b->points[i].n; k++) {
                    rig_point_sight *s = &b->sights[k];
                    double r[2], p[3];
                    if ((by_grade ? s->grade : b->points[i].kind) != group)
                        continue;
                    if (pass == 1)
                        s->sigma_px *= factor;
                    else if (n < room && !s->left_out && rig_point_residual(b, &b->points[i], s, r, p, NULL))
                        values[n++] = hypot(r[0], r[1]) / rig_point_expected(w, &b->points[i], k, RIG_POINT_BY_MEDIAN);
                }
            if (pass == 0 && n >= LEAST)
                factor = fmin(MOST, fmax(1 / MOST, rig_median(values, n) / MEDIAN_TO_SIGMA));
        }
    }
}

void rig_point_bundle_weigh(rig_point_work *w, double *values, int room) {
    for (int pass = 0; pass < PASSES; pass++)
        for (int by_grade = 0; by_grade < 2; by_grade++)
            groups_weigh(w, by_grade, values, room);
}
