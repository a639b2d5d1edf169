// The search for all moves and offsets: one after the other, the most significant first.
//
// A camera that moved spoils the points that the others are tested by, so all tests reject, the right one most. The
// view of the largest statistic is corrected: the hypothesis takes on what its test estimated. Then all views are
// tested again. Where several statistics are nearly as large, each of their views is corrected for trial, and the
// correction after which all views together fit best is kept. Every correction is then refined, and dropped where it
// has become next to nothing. The search ends when no test rejects.
#include "checks/watch_state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_A_VIEW = 2 }; // a view is corrected no more often, in the mean over the views
enum { REPEATS = 3 };       // estimates of one correction: a large motion is not linear

static const double NEARLY = 0.3; // of the largest statistic: a view with more may be the one that is wrong

static int by_id_and_frame(const void *a, const void *b) {
    const rig_watch_sample *x = a, *y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (x->frame > y->frame) - (x->frame < y->frame);
}

typedef struct solver {
    rig_watch *watch;
    rig_loo_point *points; // samples x joints
    rig_view_test *tests;  // a view
    double *chi2;          // of each pose segment, and behind them of each view's offset; 0: not corrected
} solver;

static rig_status view_retest(const solver *s, int view, rig_arena *scratch, rig_err *err) {
    rig_loo_points_triangulate(s->watch, view, s->points);
    return rig_view_test_run(s->watch, view, s->points, &s->tests[view], scratch, err);
}

// Correct the hypothesis of the view by its more significant test; false where it has moved too often already.
static bool view_correct_once(const solver *s, int view) {
    rig_watch *watch = s->watch;
    const rig_view_test *test = &s->tests[view];
    if (test->chi2_offset > test->chi2_move) {
        double *chi2 = &s->chi2[watch->rig->n * RIG_POSE_SEGMENTS_MAX + view];
        watch->offset_frames[view] += test->offset_frames;
        *chi2 = fmax(*chi2, test->chi2_offset);
        return true;
    }
    int from = test->before ? INT_MIN : test->from, before = watch->n_segments[view];
    if (!rig_pose_segments_move(watch, view, from, test->delta))
        return false;
    double *chi2s = s->chi2 + view * RIG_POSE_SEGMENTS_MAX;
    int at = 0;
    while (watch->segments[view * RIG_POSE_SEGMENTS_MAX + at].from != from)
        at++;
    if (watch->n_segments[view] > before) { // the statistics of the segments behind it make room
        memmove(chi2s + at + 1, chi2s + at, (size_t)(before - at) * sizeof *chi2s);
        chi2s[at] = 0;
    }
    chi2s[at] = fmax(chi2s[at], test->chi2_move);
    return true;
}

static double significance(const rig_view_test *test) {
    return fmax(test->chi2_move, test->chi2_offset);
}

static rig_status views_retest(const solver *s, rig_arena *scratch, rig_err *err) {
    for (int v = 0; v < s->watch->rig->n; v++)
        RIG_TRY(view_retest(s, v, scratch, err));
    return RIG_OK;
}

// Refine every correction by what its view's residuals leave of it, however little.
static rig_status corrections_refine(const solver *s, rig_arena *scratch, rig_err *err) {
    rig_watch *watch = s->watch;
    for (int k = 0; k < REPEATS; k++)
        for (int v = 0; v < watch->rig->n; v++) {
            for (int i = 0; i < watch->n_segments[v]; i++) {
                int from = watch->segments[v * RIG_POSE_SEGMENTS_MAX + i].from;
                if (!(s->chi2[v * RIG_POSE_SEGMENTS_MAX + i] > 0))
                    continue;
                rig_loo_points_triangulate(watch, v, s->points);
                RIG_TRY(rig_view_test_refine(watch, v, s->points, from, &s->tests[v], scratch, err));
                if (!rig_pose_segments_move(watch, v, from, s->tests[v].delta))
                    return RIG_OK;
            }
            if (!(s->chi2[watch->rig->n * RIG_POSE_SEGMENTS_MAX + v] > 0))
                continue;
            rig_loo_points_triangulate(watch, v, s->points);
            RIG_TRY(rig_view_test_refine(watch, v, s->points, INT_MAX, &s->tests[v], scratch, err));
            watch->offset_frames[v] += s->tests[v].offset_frames;
        }
    return views_retest(s, scratch, err);
}

// Correct the view until its tests no longer reject, then test all views.
static rig_status view_correct(const solver *s, int view, rig_arena *scratch, rig_err *err) {
    for (int k = 0; k < REPEATS && significance(&s->tests[view]) > 0 && view_correct_once(s, view); k++)
        RIG_TRY(view_retest(s, view, scratch, err));
    return views_retest(s, scratch, err);
}

// A hypothesis with its tests, to come back to.
typedef struct snapshot {
    int n_segments[RIG_VIEWS_MAX];
    double offset_frames[RIG_VIEWS_MAX];
    rig_pose_segment *segments;
    double *chi2;
    rig_view_test *tests;
} snapshot;

static size_t n_statistics(const solver *s) {
    return (size_t)s->watch->rig->n * (RIG_POSE_SEGMENTS_MAX + 1);
}

static rig_status snapshot_init(const solver *s, snapshot *kept, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)s->watch->rig->n;
    kept->segments = RIG_NEW(scratch, rig_pose_segment, n * RIG_POSE_SEGMENTS_MAX);
    kept->chi2 = RIG_NEW(scratch, double, n_statistics(s));
    kept->tests = RIG_NEW(scratch, rig_view_test, n);
    return kept->segments && kept->chi2 && kept->tests ? RIG_OK : rig_fail_memory(err, "watch");
}

static void snapshot_copy(const solver *s, snapshot *kept, bool back) {
    rig_watch *watch = s->watch;
    size_t n = (size_t)watch->rig->n;
    struct {
        void *now, *then;
        size_t size;
    } parts[] = {{watch->n_segments, kept->n_segments, sizeof kept->n_segments},
                 {watch->offset_frames, kept->offset_frames, sizeof kept->offset_frames},
                 {watch->segments, kept->segments, n * RIG_POSE_SEGMENTS_MAX * sizeof *kept->segments},
                 {s->chi2, kept->chi2, n_statistics(s) * sizeof *kept->chi2},
                 {s->tests, kept->tests, n * sizeof *kept->tests}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        memcpy(back ? parts[i].now : parts[i].then, back ? parts[i].then : parts[i].now, parts[i].size);
}

// Correct the view of the largest statistic or, where others are nearly as large, the one after whose correction the
// misfits of all views add up to least.
static rig_status best_view_correct(const solver *s, double largest, snapshot *kept, rig_arena *scratch, rig_err *err) {
    int best = -1, tried = 0;
    double least = INFINITY;
    snapshot_copy(s, kept, false);
    for (int v = 0; v < s->watch->rig->n; v++) {
        if (significance(&kept->tests[v]) < NEARLY * largest)
            continue;
        snapshot_copy(s, kept, true);
        RIG_TRY(view_correct(s, v, scratch, err));
        double misfit = 0;
        for (int k = 0; k < s->watch->rig->n; k++)
            misfit += s->tests[k].misfit;
        tried++;
        if (misfit < least)
            least = misfit, best = v;
    }
    if (tried < 2)
        return RIG_OK; // it is corrected already
    snapshot_copy(s, kept, true);
    return view_correct(s, best, scratch, err);
}

// How far the move displaced people's joints in the view's picture, rms, pixels.
static double displacement_px(const rig_watch *watch, int view, int at, const rig_loo_point *points) {
    const rig_pose_segment *now = &watch->segments[view * RIG_POSE_SEGMENTS_MAX + at];
    const rig_pose *was = at > 0 ? &now[-1].camera.Rt_cam_world : &watch->calibrated[view];
    double sum = 0;
    long n = 0;
    for (long i = 0; i < (long)watch->n * watch->body.n; i++) {
        double p[3], q[2], q_was[2];
        if (!points[i].ok)
            continue;
        rig_pose_apply(&now->camera.Rt_cam_world, points[i].p, p);
        if (!rig_camera_project(&now->camera.camera, p, q, NULL, NULL))
            continue;
        rig_pose_apply(was, points[i].p, p);
        if (!rig_camera_project(&now->camera.camera, p, q_was, NULL, NULL))
            continue;
        sum += (q[0] - q_was[0]) * (q[0] - q_was[0]) + (q[1] - q_was[1]) * (q[1] - q_was[1]);
        n++;
    }
    return n ? sqrt(sum / (double)n) : 0;
}

// Drop moves that are next to nothing since others were found after them. Returns how many.
static int prune(const solver *s) {
    rig_watch *watch = s->watch;
    int n = 0;
    for (int v = 0; v < watch->rig->n; v++) {
        rig_pose_segment *segments = watch->segments + v * RIG_POSE_SEGMENTS_MAX;
        double *chi2 = s->chi2 + v * RIG_POSE_SEGMENTS_MAX;
        rig_loo_points_triangulate(watch, v, s->points);
        for (int i = watch->n_segments[v] - 1; i > 0; i--) {
            if (!(chi2[i] > 0) ||
                displacement_px(watch, v, i, s->points) > rig_view_test_least_px(watch, v, &s->tests[v]))
                continue;
            size_t behind = (size_t)(watch->n_segments[v] - i - 1);
            memmove(segments + i, segments + i + 1, behind * sizeof *segments);
            memmove(chi2 + i, chi2 + i + 1, behind * sizeof *chi2);
            chi2[--watch->n_segments[v]] = 0;
            n++;
        }
    }
    return n;
}

static rig_status corrections_search(const solver *s, rig_arena *scratch, rig_err *err) {
    snapshot kept;
    RIG_TRY(snapshot_init(s, &kept, scratch, err));
    RIG_TRY(views_retest(s, scratch, err));
    for (int round = 0; round < ROUNDS_A_VIEW * s->watch->rig->n; round++) {
        double largest = 0;
        for (int v = 0; v < s->watch->rig->n; v++)
            largest = fmax(largest, significance(&s->tests[v]));
        if (largest == 0)
            break;
        RIG_TRY(best_view_correct(s, largest, &kept, scratch, err));
        RIG_TRY(corrections_refine(s, scratch, err)); // what was left of it would show in other views
        if (prune(s) > 0)
            RIG_TRY(corrections_refine(s, scratch, err));
    }
    return RIG_OK;
}

static rig_watch_finding finding_move(const rig_watch *watch, int view, int at, double chi2, double displaced_px) {
    const rig_pose_segment *segments = watch->segments + view * RIG_POSE_SEGMENTS_MAX, *now = &segments[at];
    const rig_pose *was = at > 0 ? &segments[at - 1].camera.Rt_cam_world : &watch->calibrated[view];
    rig_watch_finding made = {.kind = RIG_WATCH_MOVED,
                              .view = view,
                              .chi2 = chi2,
                              .before = at == 0,
                              .from = at == 0 ? 0 : now->from,
                              .displaced_px = displaced_px,
                              .Rt_cam_world = now->camera.Rt_cam_world};
    double a[3], b[3];
    made.turn_rad = rig_rotation_angle_between(was->R, now->camera.Rt_cam_world.R);
    rig_pose_centre(was, a);
    rig_pose_centre(&now->camera.Rt_cam_world, b);
    for (int i = 0; i < 3; i++)
        a[i] -= b[i];
    made.shift_m = rig_norm3(a);
    return made;
}

static void view_report(const solver *s, int view, rig_watch_report *report) {
    const rig_watch *watch = s->watch;
    const double *chi2 = s->chi2 + view * RIG_POSE_SEGMENTS_MAX;
    report->views[view] = s->tests[view].figures;
    for (int i = 0; i < watch->n_segments[view]; i++)
        if (chi2[i] > 0)
            report->findings[report->n++] =
                finding_move(watch, view, i, chi2[i], displacement_px(watch, view, i, s->points));
    double offset_chi2 = s->chi2[watch->rig->n * RIG_POSE_SEGMENTS_MAX + view];
    if (offset_chi2 > 0)
        report->findings[report->n++] = (rig_watch_finding){.kind = RIG_WATCH_OUT_OF_STEP,
                                                            .view = view,
                                                            .chi2 = offset_chi2,
                                                            .offset_frames = watch->offset_frames[view],
                                                            .offset_sigma = s->tests[view].figures.offset_sigma};
}

static rig_status repairs_fill(const rig_watch *watch, rig_repairs *repairs, rig_arena *out, rig_err *err) {
    *repairs = (rig_repairs){.n_views = watch->rig->n};
    repairs->poses = RIG_NEW(out, rig_repaired_pose, (size_t)watch->rig->n * RIG_POSE_SEGMENTS_MAX);
    repairs->offset_frames = RIG_NEW(out, double, watch->rig->n);
    if (!repairs->poses || !repairs->offset_frames)
        return rig_fail_memory(err, "repairs");
    for (int v = 0; v < watch->rig->n; v++) {
        const rig_pose_segment *segments = watch->segments + v * RIG_POSE_SEGMENTS_MAX;
        const rig_pose *calibrated = &watch->calibrated[v];
        // Repairs count frames by the repaired clock, which numbers them otherwise.
        const int late = (int)lrint(watch->offset_frames[v]);
        for (int i = 0; i < watch->n_segments[v]; i++)
            if (i > 0 || memcmp(&segments[i].camera.Rt_cam_world, calibrated, sizeof *calibrated) != 0)
                repairs->poses[repairs->n_poses++] =
                    (rig_repaired_pose){v, segments[i].from == INT_MIN ? INT_MIN : segments[i].from + late,
                                        segments[i].camera.Rt_cam_world};
        repairs->offset_frames[v] = watch->repaired_frames[v] + watch->offset_frames[v];
    }
    return RIG_OK;
}

rig_status rig_watch_solve(rig_watch *watch, rig_watch_report *report, rig_repairs *repairs, rig_arena *out,
                           rig_arena *scratch, rig_err *err) {
    size_t n_views = (size_t)watch->rig->n, n_findings = n_views * (RIG_POSE_SEGMENTS_MAX + 1);
    solver s = {.watch = watch};
    *report = (rig_watch_report){.n_views = watch->rig->n};
    rig_arena_mark mark = rig_arena_tell(scratch);
    s.points = RIG_NEW(scratch, rig_loo_point, (size_t)watch->n * (size_t)watch->body.n);
    s.tests = RIG_NEW(scratch, rig_view_test, n_views);
    s.chi2 = RIG_NEW(scratch, double, n_findings);
    report->views = RIG_NEW(out, rig_watch_view, n_views);
    report->findings = RIG_NEW(out, rig_watch_finding, n_findings);
    if (!s.points || !s.tests || !s.chi2 || !report->views || !report->findings)
        return rig_fail_memory(err, "watch");
    if (watch->n > 0) {
        qsort(watch->samples, (size_t)watch->n, sizeof *watch->samples, by_id_and_frame);
        RIG_TRY(corrections_search(&s, scratch, err));
    }
    for (int v = 0; v < watch->rig->n; v++) {
        if (watch->n > 0 && (watch->n_segments[v] > 1 || s.chi2[v * RIG_POSE_SEGMENTS_MAX] > 0))
            rig_loo_points_triangulate(watch, v, s.points);
        view_report(&s, v, report);
    }
    rig_arena_rewind(scratch, mark);
    return repairs_fill(watch, repairs, out, err);
}
