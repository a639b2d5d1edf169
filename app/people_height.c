#include "app/people_height.h"

#include "app/talk.h"
#include "pose/preprocess.h"

#include <math.h>
#include <stdlib.h>

static const double SCORE_LEAST = 0.2; // of a person who counts: below it most are things

// The longer side of the box around a person's joints: who lies down is as large as who stands.
static double side_of(const rig_person2d *person, int n_joints) {
    double low[2], high[2];
    return rig_joints_box(person->joints, n_joints, low, high) ? fmax(high[0] - low[0], high[1] - low[1]) : 0;
}

static int rising(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static rig_status median_side(const rig_people2d *people, double *median, rig_arena *scratch, rig_err *err) {
    size_t n = 0;
    for (int f = 0; f < people->n_frames; f++)
        n += (size_t)people->frames[f].n;
    double *sides = RIG_NEW(scratch, double, n + 1);
    if (!sides)
        return rig_fail_memory(err, "people's heights");
    n = 0;
    for (int f = 0; f < people->n_frames; f++)
        for (int i = 0; i < people->frames[f].n && people->frames[f].people[i].score >= SCORE_LEAST; i++)
            sides[n++] = side_of(&people->frames[f].people[i], people->n_joints);
    qsort(sides, n, sizeof *sides, rising);
    *median = n ? sides[n / 2] : 0;
    return RIG_OK;
}

rig_status rig_people_height_warn(const rig_people2d *people, const rig_model *model, int width, int height,
                                  rig_arena *scratch, rig_err *err) {
    const double *range = model->people_px;
    rig_preprocess input = {0};
    double side = 0;
    if (range[1] == 0)
        return RIG_OK;
    RIG_TRY(median_side(people, &side, scratch, err));
    RIG_TRY(rig_preprocess_fit(&input, model, width, height, err));
    side *= input.A_net_cam[0];
    if (side > 0 && (side < range[0] || side > range[1]))
        rig_warn("view '%s': people are %.0f pixels tall at the network's input (median), it finds those of %g to %g "
                 "well: %s",
                 people->view, side, range[0], range[1],
                 side < range[0] ? "crop the view to where they are (views: rect), or take a model of larger input"
                                 : "take a model of smaller input");
    return RIG_OK;
}
