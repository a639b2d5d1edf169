#include "pose/argmax.h"

#include "pose/centres.h"
#include "pose/group.h"
#include "pose/peaks.h"

static const double SPREAD = 0.15; // of a joint about where it is expected, as a part of the person's size
static const double REACH = 3.5;   // spreads that are looked at

// The cell where heat times the Gaussian about q is highest; a spread of 0 looks at heat alone.
static void highest(rig_map heat, const double q[2], double spread, int at[2]) {
    const double reach = spread > 0 ? REACH * spread + 1 : INFINITY;
    const int x0 = (int)fmin(fmax(q[0] - reach, 0), heat.width - 1),
              x1 = (int)fmax(fmin(q[0] + reach, heat.width - 1), 0);
    const int y0 = (int)fmin(fmax(q[1] - reach, 0), heat.height - 1);
    const int y1 = (int)fmax(fmin(q[1] + reach, heat.height - 1), 0);
    const double narrow = spread > 0 ? 1 / (2 * spread * spread) : 0;
    double best = -INFINITY;
    for (int y = y0; y <= y1; y++)
        for (int x = x0; x <= x1; x++) {
            const double value = rig_map_at(heat, x, y);
            if (!(value > best))
                continue;
            const double dx = x - q[0], dy = y - q[1], likely = value * exp(-(dx * dx + dy * dy) * narrow);
            if (likely > best)
                best = likely, at[0] = x, at[1] = y;
        }
}

static void person_read(const rig_maps *maps, const rig_maps *smooth, const rig_model *model, const rig_centre *centre,
                        rig_person2d *person) {
    static const double anywhere[2] = {0, 0};
    for (int k = 0; k < maps->n_joints; k++) {
        rig_joint2d *joint = &person->joints[k];
        const rig_map heat = rig_maps_plane(smooth, smooth->heat, k);
        const double *expected = centre ? centre->q[k] : anywhere;
        int at[2] = {0, 0};
        highest(heat, expected, centre ? SPREAD * centre->size : 0, at);
        rig_peak_offset(heat, at[0], at[1], model->decode.subpixel, joint->q);
        joint->q[0] += at[0];
        joint->q[1] += at[1];
        joint->score = fmax(rig_map_at(rig_maps_plane(maps, maps->heat, k), at[0], at[1]), 0);
        joint->found = true;
        joint->filled = joint->score < model->decode.detection_threshold;
        person->score += joint->score / maps->n_joints;
    }
}

rig_status rig_maps_decode_argmax(const rig_maps *maps, const rig_maps *smooth, const rig_model *model,
                                  rig_frame2d *frame, rig_arena *out, rig_err *err) {
    const rig_centres *centres = model->decode.people == RIG_PEOPLE_BY_CENTRES ? maps->centres : NULL;
    const int n = centres ? centres->n : 1;
    frame->people = RIG_NEW(out, rig_person2d, n);
    rig_joint2d *joints = RIG_NEW(out, rig_joint2d, (size_t)n * (size_t)maps->n_joints);
    if (!frame->people || !joints)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < n; i++) {
        frame->people[i].joints = joints + (size_t)i * (size_t)maps->n_joints;
        person_read(maps, smooth, model, centres ? &centres->list[i] : NULL, &frame->people[i]);
    }
    frame->n = n;
    rig_people_sort(frame->people, n);
    return RIG_OK;
}
