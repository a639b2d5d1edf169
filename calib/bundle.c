#include "calib/bundle.h"

#include "calib/bundle_reject.h"

#include <assert.h>

enum { ROUNDS = 6, ROUNDS_READMIT = 3, ITERATIONS = 100 };
static const double ROUGH = 1e-7;      // of the cost: far below what judging corners and views can tell
static const double SAME_COST = 1e-12; // relative: no corner is weighed down

static rig_status refine(rig_bundle_judge *judge, bool rough, rig_bundle_report *report, rig_err *err) {
    rig_bundle_work *work = judge->work;
    rig_lm_problem problem = rig_bundle_problem(work);
    rig_lm_report lm;
    int most = judge->options->max_iterations > 0 ? judge->options->max_iterations : ITERATIONS;
    work->huber_px = isfinite(judge->limit_px) ? judge->limit_px : 0;
    work->enough = rough ? ROUGH : 0;
    RIG_TRY(rig_lm_run(&problem, most, &lm, err));
    report->n_rounds++;
    report->n_iterations += lm.iterations;
    return RIG_OK;
}

static rig_status no_corners(rig_err *err) {
    return rig_fail(err, RIG_ERR_NUMERIC, "no corner is left to refine with");
}

// Refine, judge, and again while that changes what is used. The last word is a refinement's. The first is rough, since
// what it uses may change; where nothing did, the next goes on from its last linearisation.
static rig_status refine_and_judge(rig_bundle_judge *judge, rig_bundle_report *report, rig_err *err) {
    const bool rough = judge->options->rough;
    rig_judge_measure(judge);
    rig_judge_start(judge);
    if (rig_judge_count(judge) == 0)
        return no_corners(err);
    for (int round = 1;; round++) {
        RIG_TRY(refine(judge, rough || round == 1, report, err));
        rig_judge_measure(judge);
        if (round == ROUNDS)
            return RIG_OK;
        bool changed = rig_judge_choose(judge, round <= ROUNDS_READMIT);
        if (!changed && (rough || round > 1))
            return RIG_OK;
        if (changed && rig_judge_count(judge) == 0)
            return no_corners(err);
        judge->work->linearized = !changed && fabs(judge->work->at.cost - judge->cost) <= SAME_COST * judge->cost;
    }
}

// Only the camera's own turns are stepped, over and over: rounding must not pile up in R.
static void clean_rotations(rig_bundle *bundle) {
    for (int c = 0; c < bundle->n_cameras; c++) {
        rig_pose *pose = &bundle->cameras[c].Rt_cam_world, old = *pose;
        if (!bundle->cameras[c].held_pose)
            rig_rotation_nearest(old.R, pose->R);
    }
    for (int i = 0; i < bundle->n_boards; i++) {
        rig_pose *pose = &bundle->boards[i].Rt_world_board, old = *pose;
        if (!bundle->boards[i].held)
            rig_rotation_nearest(old.R, pose->R);
    }
}

static double variance_of(const rig_bundle_work *work, const rig_bundle_report *report) {
    const rig_bundle *b = work->bundle;
    double n = 2.0 * report->n_corners - work->n_free;
    for (int i = 0; i < b->n_boards; i++) {
        bool used = false;
        for (int j = work->first[i]; j < work->first[i + 1]; j++)
            used |= b->views[work->order[j]].n_used > 0;
        n -= used && !b->boards[i].held ? 6 : 0;
    }
    return n > 0 ? report->rms_px * report->rms_px * report->n_corners / n : 0;
}

static rig_status report_covariance(rig_bundle_work *work, rig_bundle_report *report, rig_arena *out, rig_err *err) {
    size_t n = (size_t)work->n_free, n_cameras = (size_t)work->bundle->n_cameras;
    report->n_free = work->n_free;
    report->covariance = RIG_NEW(out, double, n *n);
    report->at_lens = RIG_NEW(out, int, 2 * n_cameras);
    if (!report->covariance || !report->at_lens)
        return rig_fail_memory(err, "the covariance");
    report->at_pose = report->at_lens + n_cameras;
    for (int c = 0; c < work->bundle->n_cameras; c++) {
        const rig_bundle_slot *slot = &work->slots[c];
        report->at_lens[c] = slot->n_lens ? slot->at : -1;
        report->at_pose[c] = slot->pose ? slot->at + slot->n_lens : -1;
    }
    if (!rig_bundle_invert(work, report->covariance))
        return rig_fail(err, RIG_ERR_NUMERIC, "what was seen does not determine every unknown");
    return RIG_OK;
}

rig_status rig_bundle_solve(rig_bundle *bundle, const rig_bundle_options *options, bool covariance,
                            rig_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle_work work;
    rig_bundle_judge judge;
    *report = (rig_bundle_report){0};
    rig_status status = rig_bundle_work_init(&work, bundle, scratch, err);
    if (status != RIG_OK)
        goto done;
    status = rig_judge_init(&judge, &work, options, scratch, err);
    if (status != RIG_OK)
        goto done;
    status = refine_and_judge(&judge, report, err);
    if (status != RIG_OK)
        goto done;
    clean_rotations(bundle);
    rig_judge_measure(&judge);
    status = rig_judge_report(&judge, report, out, err);
    report->variance_px2 = variance_of(&work, report);
    if (status == RIG_OK && covariance)
        status = report_covariance(&work, report, out, err);
done:
    rig_arena_rewind(scratch, mark);
    return status;
}
