#include "app/people_height.h"

#include "app/talk.h"
#include "core/median.h"
#include "pose/preprocess.h"

#include <math.h>

static const double SCORE_LEAST = 0.2; // of a person who counts: below it most are things

// The longer side of the box around a person's joints: who lies down is as large as who stands.
static double side_of(const rig_person2d *person, int n_joints) {
    double low[2], high[2];
    return rig_joints_box(person->joints, n_joints, low, high) ? fmax(high[0] - low[0], high[1] - low[1]) : 0;
}

rig_status rig_people_height_add(rig_people_height *height, const rig_frame2d *frame, int n_joints, rig_err *err) {
    for (int i = 0; i < frame->n && frame->people[i].score >= SCORE_LEAST; i++) {
        if (height->n == height->room) {
            size_t room = height->room ? 2 * height->room : 256;
            double *sides = rig_heap_resize(height->sides, room, sizeof *sides);
            if (!sides)
                return rig_fail_memory(err, "people's heights");
            height->sides = sides, height->room = room;
        }
        height->sides[height->n++] = side_of(&frame->people[i], n_joints);
    }
    return RIG_OK;
}

rig_status rig_people_height_warn(rig_people_height *height, const char *view, const rig_model *model, int width,
                                  int height_px, rig_err *err) {
    const double *range = model->people_px;
    rig_preprocess input = {0};
    if (range[1] == 0 || height->n == 0)
        return RIG_OK;
    RIG_TRY(rig_preprocess_fit(&input, model, width, height_px, err));
    double side = rig_median(height->sides, (ptrdiff_t)height->n) * input.A_net_cam[0];
    if (side > 0 && (side < range[0] || side > range[1]))
        rig_warn(
            "view '%s': people are %.0f pixels tall at the network's input (median), which works best for %g to %g: %s",
            view, side, range[0], range[1],
            side < range[0] ? "crop the view to the people (views: rect), or use a model with a larger input"
                            : "use a model with a smaller input");
    return RIG_OK;
}

void rig_people_height_release(rig_people_height *height) {
    rig_heap_free(height->sides);
    *height = (rig_people_height){NULL, 0, 0};
}
