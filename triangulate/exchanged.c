// Left and right exchanged in a view, by its people: of its joints' names, or of its pictures.
//
// In each of the take's first moments a view's people are held against those of the other views, as they are and with
// left and right exchanged in their names, in their pixels, or in both. A view for which an exchange is likelier in
// most moments has it; views that agree with another one as they are do not.
#include "triangulate/person_cluster.h"

#include <string.h>

enum { MOMENTS_LEAST = 20 };

static const double LIKELIER = 1; // log-odds
static const double MOST = 0.7;   // of the moments

static rig_status view_exchange(const rig_tracker *tracker, int view, const rig_frame2d *from, rig_exchange how,
                                rig_frame2d *to, rig_arena *scratch, rig_err *err) {
    const int n_joints = tracker->body.n, width = tracker->rig->cameras[view].camera.width;
    const bool sides = how != RIG_EXCHANGED_PICTURE, pixels = how != RIG_EXCHANGED_NAMES;
    *to = (rig_frame2d){from->frame, from->n, RIG_NEW(scratch, rig_person2d, from->n)};
    rig_joint2d *joints = RIG_NEW(scratch, rig_joint2d, (size_t)from->n * (size_t)n_joints);
    if (!to->people || !joints)
        return rig_fail_memory(err, "people of a frame");
    for (int k = 0; k < from->n; k++) {
        to->people[k] = (rig_person2d){from->people[k].score, joints + (size_t)k * (size_t)n_joints};
        for (int j = 0; j < n_joints; j++) {
            rig_joint2d *joint = &to->people[k].joints[j];
            *joint = from->people[k].joints[sides ? tracker->body.flip[j] : j];
            joint->n_others = 0;
            if (pixels)
                joint->q[0] = width - 1 - joint->q[0];
        }
    }
    return RIG_OK;
}

// The likeliest pair of a view's detections with any other view's, log-odds.
static double best_of(const rig_tracker *tracker, const rig_detections *own, int view, const rig_detections *others) {
    double best = -INFINITY, depth[2];
    for (int i = 0; i < own->n; i++)
        for (int k = 0; k < others->n && own->list[i].view == view; k++) {
            const rig_detection *a = &own->list[i], *b = &others->list[k];
            if (b->view < view)
                a = b, b = &own->list[i];
            if (others->list[k].view != view)
                best = fmax(best, rig_affinity_epipolar(&tracker->pairs[a->view * tracker->rig->n + b->view],
                                                        &tracker->body, a, b, depth));
        }
    return best;
}

rig_status rig_tracker_look_for_exchanges(rig_tracker *tracker, const rig_frame2d *const *views,
                                          const rig_detections *as_is, rig_arena *scratch, rig_err *err) {
    const int n_views = tracker->rig->n;
    rig_exchanges *e = &tracker->exchanges;
    if (e->n_moments == RIG_EXCHANGE_MOMENTS_MOST)
        return RIG_OK;
    e->n_moments += as_is->n > 0;
    double given[RIG_VIEWS_MAX];
    for (int v = 0; v < n_views; v++) {
        given[v] = best_of(tracker, as_is, v, as_is);
        e->n[v] += isfinite(given[v]);
    }
    for (rig_exchange how = RIG_EXCHANGED_NAMES; how < RIG_EXCHANGES; how++) {
        const rig_frame2d *treated[RIG_VIEWS_MAX] = {NULL};
        rig_frame2d *frames = RIG_NEW(scratch, rig_frame2d, n_views);
        rig_detections detections;
        if (!frames)
            return rig_fail_memory(err, "frames");
        for (int v = 0; v < n_views; v++)
            if (views[v]) {
                RIG_TRY(view_exchange(tracker, v, views[v], how, &frames[v], scratch, err));
                treated[v] = &frames[v];
            }
        RIG_TRY(rig_detections_collect(tracker->undistorters, n_views, &tracker->body, treated,
                                       &tracker->params.detection, &detections, scratch, err));
        for (int v = 0; v < n_views; v++) {
            const double odds = best_of(tracker, &detections, v, as_is);
            e->likelier[v][how] += isfinite(given[v]) && odds > 0 && odds > given[v] + LIKELIER;
        }
    }
    return RIG_OK;
}

rig_exchange rig_tracker_exchange_of(const rig_tracker *tracker, int view) {
    const rig_exchanges *e = &tracker->exchanges;
    rig_exchange most = RIG_EXCHANGED_NOT;
    for (rig_exchange how = RIG_EXCHANGED_NAMES; how < RIG_EXCHANGES; how++)
        if (e->n[view] >= MOMENTS_LEAST && e->likelier[view][how] >= MOST * e->n[view] &&
            e->likelier[view][how] > e->likelier[view][most])
            most = how;
    return most;
}
