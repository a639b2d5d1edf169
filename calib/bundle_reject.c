#include "calib/bundle_reject.h"

#include "calib/median.h"
#include "calib/threads.h"

#include <stdint.h>
#include <string.h>

enum { SAMPLE = 20000 };
static const uint64_t SPREAD = 2654435761; // Knuth's multiplier: places of the sample, spread over all
static const double CORNER_LEAST_PX = 0.2; // nearer corners are never called wrong, however good the others are
static const double VIEW_LEAST_PX = 0.5;   // so for views
static const double VIEW_KEEP = 2.0 / 3;   // of a view's corners must be right for the view to be
static const double RAYLEIGH_MEDIAN = 1.1774100225154747; // sqrt(2 ln 2): median distance over sigma of a coordinate

rig_status rig_judge_init(rig_bundle_judge *judge, rig_bundle_work *work, const rig_bundle_options *options,
                          rig_arena *scratch, rig_err *err) {
    const rig_bundle *b = work->bundle;
    size_t views = (size_t)b->n_views;
    *judge = (rig_bundle_judge){.work = work, .options = options};
    judge->d = rig_arena_alloc(scratch, views, (size_t)b->n_points * sizeof *judge->d);
    judge->sorted = rig_arena_alloc(scratch, views, (size_t)b->n_points * sizeof *judge->sorted);
    judge->verdicts = RIG_NEW(scratch, rig_verdict, views);
    if (!judge->d || !judge->sorted || !judge->verdicts)
        return rig_fail_memory(err, "the corners' distances");
    for (int v = 0; v < b->n_views; v++)
        judge->verdicts[v] = b->views[v].left_out ? RIG_VIEW_ASIDE : RIG_VIEW_USED;
    return RIG_OK;
}

static double *distances(const rig_bundle_judge *judge, int view) {
    return judge->d + (ptrdiff_t)view * judge->work->bundle->n_points;
}

static bool seen(const rig_bundle_view *view, int i) {
    return !view->seen || view->seen[i];
}

static void measure_chunk(void *self, int k) {
    const rig_bundle_judge *judge = self;
    const rig_bundle *b = judge->work->bundle;
    for (int j = judge->work->first[judge->work->chunks[k]]; j < judge->work->first[judge->work->chunks[k + 1]]; j++) {
        const int v = judge->work->order[j];
        rig_pose pose = rig_bundle_pose(&b->views[v], b->cameras, b->boards);
        rig_view_distances(&b->cameras[b->views[v].camera].camera, &pose, b->p, b->views[v].q, b->n_points,
                           distances(judge, v));
    }
}

ptrdiff_t rig_judge_measure(rig_bundle_judge *judge) {
    rig_threads_run(measure_chunk, judge, judge->work->n_chunks);
    return rig_judge_count(judge);
}

// The median distance; of many, that of a fixed sample, which knows it to a hundredth.
static double median_of(double *d, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < SAMPLE && n > SAMPLE; i++) { // the sample is shuffled to the front
        const ptrdiff_t from = i + (ptrdiff_t)((uint64_t)i * SPREAD % (uint64_t)(n - i));
        const double held = d[i];
        d[i] = d[from];
        d[from] = held;
    }
    return rig_median(d, n < SAMPLE ? n : SAMPLE);
}

ptrdiff_t rig_judge_count(rig_bundle_judge *judge) {
    const rig_bundle *b = judge->work->bundle;
    ptrdiff_t n = 0;
    for (int v = 0; v < b->n_views; v++)
        for (int i = 0; i < b->n_points; i++)
            if (rig_bundle_use(judge->work, v)[i])
                judge->sorted[n++] = distances(judge, v)[i];
    judge->cost = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        judge->cost += judge->sorted[i] * judge->sorted[i] / 2;
    judge->sigma_px = n ? median_of(judge->sorted, n) / RAYLEIGH_MEDIAN : 0;
    judge->limit_px = judge->options->corner_sigmas > 0
                          ? fmax(judge->options->corner_sigmas * judge->sigma_px, CORNER_LEAST_PX)
                          : INFINITY;
    return n;
}

static void leave_out(rig_bundle_judge *judge, int v, rig_verdict verdict) {
    const rig_bundle *b = judge->work->bundle;
    judge->verdicts[v] = verdict;
    b->views[v].left_out = true;
    b->views[v].n_used = 0;
    memset(rig_bundle_use(judge->work, v), 0, sizeof(bool) * (size_t)b->n_points);
}

void rig_judge_start(rig_bundle_judge *judge) {
    const rig_bundle *b = judge->work->bundle;
    for (int v = 0; v < b->n_views; v++) {
        for (int i = 0; i < b->n_points; i++)
            if (rig_bundle_use(judge->work, v)[i] && !isfinite(distances(judge, v)[i])) {
                leave_out(judge, v, RIG_VIEW_BEHIND);
                break;
            }
        if (b->views[v].doubtful && judge->verdicts[v] == RIG_VIEW_USED)
            leave_out(judge, v, RIG_VIEW_CORNERS);
    }
}

// The corners of a view within the limit, and the root of their mean square.
static int corners_within(const rig_bundle_judge *judge, int v, double limit_px, int *n_seen, double *rms_px) {
    const rig_bundle *b = judge->work->bundle;
    const double *d = distances(judge, v);
    double sum = 0;
    int n = 0;
    *n_seen = 0;
    for (int i = 0; i < b->n_points; i++) {
        if (!seen(&b->views[v], i))
            continue;
        ++*n_seen;
        if (d[i] <= limit_px && isfinite(d[i]))
            n++, sum += d[i] * d[i];
    }
    *rms_px = n ? sqrt(sum / n) : 0;
    return n;
}

// A board of which no view is used was not refined: its distances say nothing.
static bool board_known(const rig_bundle *b, const rig_bundle_work *work, int board) {
    for (int j = work->first[board]; j < work->first[board + 1]; j++)
        if (b->views[work->order[j]].n_used)
            return true;
    return b->boards[board].held;
}

static void set_rms_limit(rig_bundle_judge *judge) {
    const rig_bundle *b = judge->work->bundle;
    ptrdiff_t n = 0;
    int n_seen;
    for (int v = 0; v < b->n_views; v++)
        if (b->views[v].n_used && corners_within(judge, v, judge->limit_px, &n_seen, &judge->sorted[n]) > 0)
            n++;
    judge->rms_limit_px = judge->options->view_ratio > 0 && n
                              ? fmax(judge->options->view_ratio * rig_median(judge->sorted, n), VIEW_LEAST_PX)
                              : INFINITY;
}

// Put the corners within the limit to use; returns whether that changes anything.
static bool use_corners(rig_bundle_judge *judge, int v) {
    const rig_bundle *b = judge->work->bundle;
    rig_bundle_view *view = &b->views[v];
    bool *use = rig_bundle_use(judge->work, v), changed = judge->verdicts[v] != RIG_VIEW_USED;
    judge->verdicts[v] = RIG_VIEW_USED;
    view->left_out = false;
    view->n_used = 0;
    for (int i = 0; i < b->n_points; i++) {
        const double d = distances(judge, v)[i];
        bool now = seen(view, i) && isfinite(d) && d <= judge->limit_px;
        changed |= now != use[i];
        use[i] = now;
        view->n_used += now;
    }
    return changed;
}

bool rig_judge_choose(rig_bundle_judge *judge, bool readmit) {
    const rig_bundle *b = judge->work->bundle;
    bool changed = false;
    set_rms_limit(judge);
    for (int v = 0; v < b->n_views; v++) {
        bool out = judge->verdicts[v] != RIG_VIEW_USED;
        if (judge->verdicts[v] == RIG_VIEW_ASIDE || (out && !readmit) ||
            (out && !board_known(b, judge->work, b->views[v].board)))
            continue;
        double rms_px;
        int n_seen, n = corners_within(judge, v, judge->limit_px, &n_seen, &rms_px);
        rig_verdict verdict = n < VIEW_KEEP * n_seen || n == 0 ? RIG_VIEW_CORNERS
                              : rms_px > judge->rms_limit_px   ? RIG_VIEW_RMS
                                                               : RIG_VIEW_USED;
        if (verdict == RIG_VIEW_USED) {
            changed |= use_corners(judge, v);
        } else if (!out) {
            leave_out(judge, v, verdict);
            changed = true;
        }
    }
    return changed;
}

static const char *why(const rig_bundle_judge *judge, int v, rig_arena *out) {
    double rms_px;
    int n_seen, n = corners_within(judge, v, judge->limit_px, &n_seen, &rms_px);
    switch (judge->verdicts[v]) {
    case RIG_VIEW_BEHIND:
        return rig_arena_strdup(out, "the board comes to lie behind the camera");
    case RIG_VIEW_CORNERS:
        return rig_arena_printf(out, "%d of %d corners are off by more than %.2f px", n_seen - n, n_seen,
                                judge->limit_px);
    default:
        corners_within(judge, v, INFINITY, &n_seen, &rms_px);
        return rig_arena_printf(out, "rms %.2f px, more than %g x the median of all views", rms_px,
                                judge->options->view_ratio);
    }
}

rig_status rig_judge_report(const rig_bundle_judge *judge, rig_bundle_report *report, rig_arena *out, rig_err *err) {
    const rig_bundle *b = judge->work->bundle;
    double sum = 0;
    for (int v = 0; v < b->n_views; v++) {
        rig_bundle_view *view = &b->views[v];
        const bool *use = rig_bundle_use(judge->work, v);
        double of_view = 0;
        int n_seen;
        if (view->used)
            memcpy(view->used, use, sizeof *use * (size_t)b->n_points);
        for (int i = 0; i < b->n_points; i++)
            of_view += use[i] ? distances(judge, v)[i] * distances(judge, v)[i] : 0;
        view->rms_px = view->n_used ? sqrt(of_view / view->n_used) : 0;
        sum += of_view;
        report->n_corners += view->n_used;
        if (judge->verdicts[v] == RIG_VIEW_USED) {
            corners_within(judge, v, INFINITY, &n_seen, &(double){0});
            report->n_corners_left_out += n_seen - view->n_used;
            continue;
        }
        corners_within(judge, v, INFINITY, &n_seen, &view->rms_px);
        report->n_views_left_out++;
        if (judge->verdicts[v] == RIG_VIEW_ASIDE)
            continue;
        view->why = why(judge, v, out);
        if (!view->why)
            return rig_fail_memory(err, "a reason");
    }
    report->rms_px = report->n_corners ? sqrt(sum / report->n_corners) : 0;
    report->sigma_px = judge->sigma_px;
    return RIG_OK;
}
