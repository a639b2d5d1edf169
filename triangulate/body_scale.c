// How large people are in the rig's unit of length.
//
// What views say of each other does not depend on the unit: epipolar lines tell who is one person. Then the depths at
// which their rays pass each other, times the size in the picture, are the person's size. Each pair of detections of
// two views that are each other's best is a sample; the median counts, as a wrong pair is too large or too small by
// chance.
#include "core/median.h"
#include "triangulate/person_cluster.h"

#include <string.h>

enum { JOINTS_LEAST = 4, SAMPLES_LEAST = 6 };

// Between these all that is known of adults holds well enough: children, and calibrations a little off.
static const double SMALLER = 0.5, LARGER = 2;

static double odds_of(const rig_tracker *tracker, const rig_detection *a, const rig_detection *b, double depth[2]) {
    const rig_joint_set both = rig_joint_set_common(&a->has, &b->has);
    int n = 0;
    for (int j = 0; j < tracker->body.n; j++)
        n += rig_joint_set_has(&both, j);
    depth[0] = 0;
    return n < JOINTS_LEAST ? -INFINITY
                            : rig_affinity_epipolar(&tracker->pairs[a->view * tracker->rig->n + b->view],
                                                    &tracker->body, a, b, depth);
}

// Of the detections of a view from `from` on the one most likely the same person as `who`, who is of an earlier view
// or (`later`) a later one; NULL where none is likely.
static const rig_detection *best_of_view(const rig_tracker *tracker, const rig_detection *from, int n,
                                         const rig_detection *who, bool later, double depth[2]) {
    const rig_detection *best = NULL;
    double most = 0, at[2];
    for (int i = 0; i < n && from[i].view == from->view; i++) {
        double odds = later ? odds_of(tracker, &from[i], who, at) : odds_of(tracker, who, &from[i], at);
        if (odds > most && at[0] > 0)
            most = odds, best = &from[i], memcpy(depth, at, sizeof at);
    }
    return best;
}

rig_status rig_tracker_measure(rig_tracker *tracker, const rig_frame2d *const *views, bool *enough, rig_arena *scratch,
                               rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_detections detections;
    rig_status status = rig_detections_collect(tracker->undistorters, tracker->rig->n, &tracker->body, views,
                                               &tracker->params.detection, &detections, scratch, err);
    if (status == RIG_OK)
        status = rig_tracker_look_for_exchanges(tracker, views, &detections, scratch, err);
    const rig_detection *list = detections.list;
    for (int i = 0; status == RIG_OK && i < detections.n; i++)
        for (int k = i + 1, view = list[i].view; k < detections.n && tracker->n_sizes < RIG_SIZES_MOST; k++) {
            double depth[2], back[2];
            if (list[k].view == view)
                continue;
            view = list[k].view; // its first detection
            const rig_detection *other = best_of_view(tracker, &list[k], detections.n - k, &list[i], false, depth);
            int first = i;
            while (first > 0 && list[first - 1].view == list[i].view)
                first--;
            if (other && best_of_view(tracker, &list[first], k - first, other, true, back) == &list[i])
                tracker->sizes[tracker->n_sizes++] =
                    (rig_affinity_log_size(&list[i], depth[0]) + rig_affinity_log_size(other, depth[1])) / 2;
        }
    *enough = tracker->n_sizes == RIG_SIZES_MOST && tracker->exchanges.n_moments == RIG_EXCHANGE_MOMENTS_MOST;
    rig_arena_rewind(scratch, mark);
    return status;
}

double rig_tracker_settle(rig_tracker *tracker) {
    if (tracker->n_sizes < SAMPLES_LEAST)
        return 0;
    double size = exp(rig_median(tracker->sizes, tracker->n_sizes));
    if (size > SMALLER && size < LARGER)
        return size;
    tracker->scale = size;
    if (tracker->params.gate_as_is)
        tracker->params.detection.gate_m /= size;
    if (tracker->params.speed_as_is)
        tracker->params.max_speed_m_s /= size;
    rig_tracker_update_poses(tracker);
    return size;
}

double rig_tracker_scale(const rig_tracker *tracker) {
    return tracker->scale;
}
