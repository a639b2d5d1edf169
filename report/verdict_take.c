// Verdicts on the take: the people, and whether the cameras fit them.
#include "report/verdict_parts.h"

#include <math.h>

static const double DEGREES = 57.29577951308232;

rig_status rig_verdict_keypoints(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err) {
    static const double LEAST = 0.5; // of the frames
    rig_verdict *v = rig_verdict_new(verdicts, "keypoints");
    const rig_view_fit *worst = NULL;
    double least = 2;
    for (int i = 0; i < fit->n_views; i++) {
        const rig_view_fit *view = &fit->views[i];
        const double share = view->frames ? (double)view->frames_with / (double)view->frames : 0;
        if (share < least) {
            least = share;
            worst = view;
        }
        if (share < LEAST)
            RIG_TRY(rig_verdict_say(verdicts, v, view->frames_with ? RIG_VERDICT_WEAK : RIG_VERDICT_FAULT, view->view,
                                    err, "In view %s people were found in only %.0f %% of the frames.", view->view,
                                    100 * share));
    }
    if (!worst)
        return rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, NULL, err, "There are no views with people.");
    if (v->state != RIG_VERDICT_OK)
        v->advice = "Look at the views below: is anybody in the picture, upright, and large enough?";
    return rig_verdict_measure(v, "frames with people, fewest in a view",
                               rig_arena_printf(verdicts->out, "%.0f %% (%s)", 100 * least, worst->view),
                               rig_arena_printf(verdicts->out, "%.0f %%", 100 * LEAST), err);
}

static double diagonal_largest(const rig_person_fit *fit) {
    double diagonal = 0;
    for (int i = 0; i < fit->n_views; i++)
        diagonal = fmax(diagonal, fit->views[i].diagonal_px);
    return diagonal;
}

rig_status rig_verdict_triangulate(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err) {
    static const double SHARE = 0.005, MISSING = 0.3; // of the picture's diagonal; of the joints
    rig_verdict *v = rig_verdict_new(verdicts, "triangulate");
    long joints = 0;
    for (int s = 0; s < RIG_JOINT_STATES; s++)
        joints += fit->states[s];
    const long missing = joints - fit->states[RIG_JOINT_OK] - fit->states[RIG_JOINT_FILLED];
    const double rms = rig_reprojection_rms_px(&fit->reprojection), limit = SHARE * diagonal_largest(fit);
    if (fit->people == 0) {
        v->advice = "Check the calibration and the clocks of the views: do they show the same moments?";
        return rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, NULL, err, "Nobody was found in space.");
    }
    if (rms > limit) {
        RIG_TRY(rig_verdict_say(verdicts, v, rms > 3 * limit ? RIG_VERDICT_FAULT : RIG_VERDICT_WEAK, NULL, err,
                                "The views agree poorly about where the joints are."));
        v->advice = "See the verdict on the views: one that is off by itself points to its calibration or clock.";
    }
    if ((double)missing > MISSING * (double)joints)
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, NULL, err, "%.0f %% of the joints have no position.",
                                100.0 * (double)missing / (double)joints));
    return rig_verdict_measure(v, "reprojection error of joints", rig_arena_printf(verdicts->out, "%.2f px", rms),
                               rig_arena_printf(verdicts->out, "%.1f px (0.5 %% of the picture's diagonal)", limit),
                               err);
}

static const double FOUND = 0.6, HARDLY = 0.25; // of the people in space who should be in a view's picture

// A camera that is far off shows nobody where the people in space are, so that it has no residuals either.
static rig_status found_judge(rig_verdicts *verdicts, rig_verdict *v, const rig_view_fit *view, rig_err *err) {
    enum { PEOPLE_LEAST = 20 }; // of a view: fewer say little
    const double expected = (double)view->expected, matched = (double)view->matched;
    if (view->people < PEOPLE_LEAST)
        return RIG_OK;
    if (matched < HARDLY * (double)view->people && matched <= HARDLY * expected)
        return rig_verdict_say(verdicts, v, view->expected ? RIG_VERDICT_FAULT : RIG_VERDICT_WEAK, view->view, err,
                               "In view %s hardly anybody is where the people in space should be: %.0f of the %ld "
                               "people found there.",
                               view->view, matched, view->people);
    if (matched < FOUND * expected)
        return rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, view->view, err,
                               "In view %s only %.0f %% of the people in space who should be in its picture were "
                               "found there.",
                               view->view, 100 * matched / expected);
    return RIG_OK;
}

static rig_status bias_judge(rig_verdicts *verdicts, rig_verdict *v, const rig_view_fit *view, double limit_px,
                             rig_err *err) {
    const double bias = rig_view_fit_bias_px(view), n = (double)view->joints;
    if (!view->joints || bias <= limit_px)
        return RIG_OK;
    return rig_verdict_say(
        verdicts, v, bias > 3 * limit_px ? RIG_VERDICT_FAULT : RIG_VERDICT_WEAK, view->view, err,
        "In view %s joints lie %.1f px (%+.1f, %+.1f) from where the skeletons in space put them, on average.",
        view->view, bias, view->sum[0] / n, view->sum[1] / n);
}

static double found_share(const rig_view_fit *view) {
    return view->expected ? (double)view->matched / (double)view->expected : 1;
}

rig_status rig_verdict_views(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err) {
    static const double SHARE = 0.002; // of the picture's diagonal: 4 px in 1920x1080
    rig_verdict *v = rig_verdict_new(verdicts, "views");
    const rig_view_fit *worst = NULL, *emptiest = NULL;
    int n_found = 0;
    for (int i = 0; i < fit->n_views; i++) {
        const rig_view_fit *view = &fit->views[i];
        RIG_TRY(found_judge(verdicts, v, view, err));
        if (v->n > n_found && (!emptiest || found_share(view) < found_share(emptiest)))
            emptiest = view;
        n_found = v->n;
    }
    for (int i = 0; i < fit->n_views; i++) {
        const rig_view_fit *view = &fit->views[i];
        RIG_TRY(bias_judge(verdicts, v, view, SHARE * view->diagonal_px, err));
        if (view->joints && (!worst || rig_view_fit_bias_px(view) > rig_view_fit_bias_px(worst)))
            worst = view;
    }
    if (v->state != RIG_VERDICT_OK)
        v->advice = "A view that is off throughout has a calibration or a clock that does not fit this take: check "
                    "that it is this camera's recording, its picture size, crop and clock, or calibrate it again.";
    if (emptiest)
        return rig_verdict_measure(
            v, "people in space who were found in the view, fewest in a view",
            rig_arena_printf(verdicts->out, "%ld of %ld (%s)", emptiest->matched, emptiest->expected, emptiest->view),
            rig_arena_printf(verdicts->out, "%.0f %%", 100 * FOUND), err);
    if (!worst) {
        v->state = RIG_VERDICT_UNKNOWN;
        v->unchecked = "No view has joints of people in space.";
        return RIG_OK;
    }
    return rig_verdict_measure(
        v, "mean residual of joints, worst view",
        rig_arena_printf(verdicts->out, "%.1f px (%s)", rig_view_fit_bias_px(worst), worst->view),
        rig_arena_printf(verdicts->out, "%.1f px", SHARE * worst->diagonal_px), err);
}

static rig_status finding_say(rig_verdicts *verdicts, rig_verdict *v, const rig_watch_finding *f, const char *view,
                              rig_err *err) {
    char when[32] = "before the take";
    if (!f->before)
        snprintf(when, sizeof when, "at frame %d", f->from);
    if (f->kind == RIG_WATCH_MOVED)
        return rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, view, err,
                               "Camera %s moved %s: by %.0f mm and %.2f degrees.", view, when, 1000 * f->shift_m,
                               f->turn_rad * DEGREES);
    return rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, view, err, "The clock of %s is late by %.2f frames.", view,
                           f->offset_frames);
}

rig_status rig_verdict_watch(rig_verdicts *verdicts, const rig_watch_report *watch, const rig_calibration *rig,
                             rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, "watch");
    double unseen = 0;
    uint64_t off = 0; // views: one may have moved twice
    int tested = 0, n_off = 0;
    for (int i = 0; i < watch->n_views; i++) {
        tested += watch->views[i].tested;
        unseen = fmax(unseen, watch->views[i].tested ? watch->views[i].unseen_m : INFINITY);
    }
    for (int i = 0; i < watch->n; i++) {
        RIG_TRY(finding_say(verdicts, v, &watch->findings[i], rig->cameras[watch->findings[i].view].view, err));
        off |= (uint64_t)1 << watch->findings[i].view;
        v->advice = "`rigpose run --repair` corrects for it; calibrate again before the next take.";
    }
    if (tested == 0 && watch->n == 0) {
        v->state = RIG_VERDICT_UNKNOWN;
        v->unchecked = "The take is too short, or shows too little, to tell whether a camera moved.";
        return RIG_OK;
    }
    v->unchecked = isfinite(unseen) ? rig_arena_printf(verdicts->out, "Moves by less than %.0f mm would go undetected.",
                                                       1000 * unseen)
                                    : "In some views even a large move would go undetected: the take is short.";
    if (!v->unchecked)
        return rig_fail_memory(err, "the report");
    for (; off; off &= off - 1)
        n_off++;
    return rig_verdict_measure(v, "cameras that moved or are out of sync",
                               rig_arena_printf(verdicts->out, "%d of %d", n_off, watch->n_views), "none", err);
}

rig_status rig_verdict_refine(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err) {
    static const double MOST = 0.3; // of the joints that have a position
    rig_verdict *v = rig_verdict_new(verdicts, "refine");
    const long placed = fit->states[RIG_JOINT_OK] + fit->states[RIG_JOINT_FILLED];
    const double filled = placed ? (double)fit->states[RIG_JOINT_FILLED] / (double)placed : 0;
    if (placed == 0)
        return rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, NULL, err,
                               "There is no movement: nobody was found in space.");
    if (filled > MOST) {
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, NULL, err, "Much of the movement is interpolated."));
        v->advice = "See the gaps of each joint below; joints that no two views see need another camera.";
    }
    return rig_verdict_measure(v, "joints interpolated over gaps",
                               rig_arena_printf(verdicts->out, "%.1f %%", 100 * filled),
                               rig_arena_printf(verdicts->out, "%.0f %%", 100 * MOST), err);
}
