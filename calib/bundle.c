#include "calib/bundle.h"

#include "calib/bundle_work.h"
#include "calib/pnp.h"
#include "calib/threads.h"
#include "core/median.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { SAMPLE = 20000, ALONE_ITERATIONS = 30 };
static const uint64_t SPREAD = 2654435761; // Knuth's multiplier: places of the sample, spread over all
static const double CORNER_LEAST_PX = 0.2; // nearer corners are never called wrong, however good the others are
static const double VIEW_LEAST_PX = 0.5;   // so for views
static const double VIEW_KEEP = 2.0 / 3;   // of a view's corners must be right for the view to be
static const double RAYLEIGH_MEDIAN = 1.1774100225154747; // sqrt(2 ln 2): median distance over sigma of a coordinate

typedef enum view_state { VIEW_USED, VIEW_ASIDE, VIEW_BEHIND, VIEW_CORNERS, VIEW_RMS } view_state;

typedef struct gating {
    rig_bundle_work *work;
    const rig_bundle_options *options;
    double sigma_px;     // of one coordinate, over the corners used
    double cost;         // 1/2 sum of their squares
    double limit_px;     // corners farther off are left out
    double rms_limit_px; // views with more are left out
    double *d;           // n_views x n_points distances, px
    double *sorted;      // the same many, workspace
    view_state *states;  // a view; ASIDE: its caller had left it out
} gating;

static rig_status gating_init(gating *gate, rig_bundle_work *work, const rig_bundle_options *options,
                              rig_arena *scratch, rig_err *err) {
    const rig_bundle *b = work->bundle;
    size_t views = (size_t)b->n_views;
    *gate = (gating){.work = work, .options = options};
    gate->d = rig_arena_alloc(scratch, views, (size_t)b->n_points * sizeof *gate->d);
    gate->sorted = rig_arena_alloc(scratch, views, (size_t)b->n_points * sizeof *gate->sorted);
    gate->states = RIG_NEW(scratch, view_state, views);
    if (!gate->d || !gate->sorted || !gate->states)
        return rig_fail_memory(err, "the corners' distances");
    for (int v = 0; v < b->n_views; v++)
        gate->states[v] = b->views[v].left_out ? VIEW_ASIDE : VIEW_USED;
    return RIG_OK;
}

static double *distances(const gating *gate, int view) {
    return gate->d + (ptrdiff_t)view * gate->work->bundle->n_points;
}

static bool seen(const rig_bundle_view *view, int i) {
    return !view->seen || view->seen[i];
}

static void measure_chunk(void *self, int k) {
    const gating *gate = self;
    const rig_bundle *b = gate->work->bundle;
    for (int j = gate->work->first[gate->work->chunks[k]]; j < gate->work->first[gate->work->chunks[k + 1]]; j++) {
        const int v = gate->work->order[j];
        rig_pose pose = rig_bundle_view_pose(&b->views[v], b->cameras, b->boards);
        rig_view_distances(&b->cameras[b->views[v].camera].camera, &pose, b->p, b->views[v].q, b->n_points,
                           distances(gate, v));
        for (int i = 0; i < b->n_points && b->views[v].sigma_px; i++)
            distances(gate, v)[i] /= rig_corner_sigma(b->views[v].sigma_px, i);
    }
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

static ptrdiff_t gating_update(gating *gate) {
    const rig_bundle *b = gate->work->bundle;
    ptrdiff_t n = 0;
    for (int v = 0; v < b->n_views; v++)
        for (int i = 0; i < b->n_points; i++)
            if (rig_bundle_use(gate->work, v)[i])
                gate->sorted[n++] = distances(gate, v)[i];
    gate->cost = 0;
    for (ptrdiff_t i = 0; i < n; i++)
        gate->cost += gate->sorted[i] * gate->sorted[i] / 2;
    gate->sigma_px = n ? median_of(gate->sorted, n) / RAYLEIGH_MEDIAN : 0;
    gate->limit_px = gate->options->corner_sigmas > 0
                         ? fmax(gate->options->corner_sigmas * gate->sigma_px, CORNER_LEAST_PX)
                         : INFINITY;
    return n;
}

static ptrdiff_t gating_measure(gating *gate) {
    rig_threads_run(measure_chunk, gate, gate->work->n_chunks);
    return gating_update(gate);
}

static void leave_out(gating *gate, int v, view_state state) {
    const rig_bundle *b = gate->work->bundle;
    gate->states[v] = state;
    b->views[v].left_out = true;
    b->views[v].n_used = 0;
    memset(rig_bundle_use(gate->work, v), 0, sizeof(bool) * (size_t)b->n_points);
}

static void gating_start(gating *gate) {
    const rig_bundle *b = gate->work->bundle;
    for (int v = 0; v < b->n_views; v++) {
        for (int i = 0; i < b->n_points; i++)
            if (rig_bundle_use(gate->work, v)[i] && !isfinite(distances(gate, v)[i])) {
                leave_out(gate, v, VIEW_BEHIND);
                break;
            }
        if (b->views[v].doubtful && gate->states[v] == VIEW_USED)
            leave_out(gate, v, VIEW_CORNERS);
    }
}

// The corners of a view within the limit, and the root of their mean square.
static int corners_within(const gating *gate, int v, double limit_px, int *n_seen, double *rms_px) {
    const rig_bundle *b = gate->work->bundle;
    const double *d = distances(gate, v);
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
static bool board_refined(const rig_bundle *b, const rig_bundle_work *work, int board) {
    for (int j = work->first[board]; j < work->first[board + 1]; j++)
        if (b->views[work->order[j]].n_used)
            return true;
    return b->boards[board].held;
}

static void set_rms_limit(gating *gate) {
    const rig_bundle *b = gate->work->bundle;
    ptrdiff_t n = 0;
    int n_seen;
    for (int v = 0; v < b->n_views; v++)
        if (b->views[v].n_used && corners_within(gate, v, gate->limit_px, &n_seen, &gate->sorted[n]) > 0)
            n++;
    gate->rms_limit_px = gate->options->view_ratio > 0 && n
                             ? fmax(gate->options->view_ratio * rig_median(gate->sorted, n), VIEW_LEAST_PX)
                             : INFINITY;
}

// Put the corners within the limit to use; returns whether that changes anything.
static bool use_corners(gating *gate, int v) {
    const rig_bundle *b = gate->work->bundle;
    rig_bundle_view *view = &b->views[v];
    bool *use = rig_bundle_use(gate->work, v), changed = gate->states[v] != VIEW_USED;
    gate->states[v] = VIEW_USED;
    view->left_out = false;
    view->n_used = 0;
    for (int i = 0; i < b->n_points; i++) {
        const double d = distances(gate, v)[i];
        bool now = seen(view, i) && isfinite(d) && d <= gate->limit_px;
        changed |= now != use[i];
        use[i] = now;
        view->n_used += now;
    }
    return changed;
}

static bool gating_choose(gating *gate, bool readmit) {
    const rig_bundle *b = gate->work->bundle;
    bool changed = false;
    set_rms_limit(gate);
    for (int v = 0; v < b->n_views; v++) {
        bool out = gate->states[v] != VIEW_USED;
        if (gate->states[v] == VIEW_ASIDE || (out && !readmit) ||
            (out && !board_refined(b, gate->work, b->views[v].board)))
            continue;
        double rms_px;
        int n_seen, n = corners_within(gate, v, gate->limit_px, &n_seen, &rms_px);
        view_state state = n < VIEW_KEEP * n_seen || n == 0 ? VIEW_CORNERS
                           : rms_px > gate->rms_limit_px    ? VIEW_RMS
                                                            : VIEW_USED;
        if (state == VIEW_USED) {
            changed |= use_corners(gate, v);
        } else if (!out) {
            leave_out(gate, v, state);
            changed = true;
        }
    }
    return changed;
}

static const char *why(const gating *gate, int v, rig_arena *out) {
    double rms_px;
    int n_seen, n = corners_within(gate, v, gate->limit_px, &n_seen, &rms_px);
    switch (gate->states[v]) {
    case VIEW_BEHIND:
        return rig_arena_strdup(out, "the board comes to lie behind the camera");
    case VIEW_CORNERS:
        return rig_arena_printf(out, "%d of %d corners are off by more than %.2f px", n_seen - n, n_seen,
                                gate->limit_px);
    default:
        corners_within(gate, v, INFINITY, &n_seen, &rms_px);
        return rig_arena_printf(out, "rms %.2f px, more than %g x the median of all views", rms_px,
                                gate->options->view_ratio);
    }
}

// The rms over all corners of a view left out. The pose of a board that nobody else refined is of any age: it is asked
// afresh.
static double rms_left_out(const gating *gate, int v) {
    const rig_bundle *b = gate->work->bundle;
    const rig_bundle_view *view = &b->views[v];
    const rig_camera *camera = &b->cameras[view->camera].camera;
    rig_view_points points = {.n = b->n_points, .p = b->p, .q = view->q, .use = view->seen, .sigma_px = view->sigma_px};
    rig_pose pose = rig_bundle_view_pose(view, b->cameras, b->boards);
    memcpy(points.centre, gate->work->centre, sizeof points.centre);
    const double cost = board_refined(b, gate->work, view->board)
                            ? rig_view_cost(camera, &pose, &points)
                            : rig_pose_refine(camera, &points, ALONE_ITERATIONS, &pose);
    const double rms_px = sqrt(2 * cost / rig_bundle_view_n_seen(view, b->n_points));
    return rms_px < camera->width + camera->height ? rms_px : 0;
}

static rig_status gating_report(const gating *gate, rig_bundle_report *report, rig_arena *out, rig_err *err) {
    const rig_bundle *b = gate->work->bundle;
    double sum = 0, weighted = 0;
    for (int v = 0; v < b->n_views; v++) {
        rig_bundle_view *view = &b->views[v];
        const bool *use = rig_bundle_use(gate->work, v);
        double of_view = 0, weighted_of_view = 0;
        if (view->used)
            memcpy(view->used, use, sizeof *use * (size_t)b->n_points);
        for (int i = 0; i < b->n_points; i++) {
            const double d = use[i] ? distances(gate, v)[i] : 0, sigma = rig_corner_sigma(view->sigma_px, i);
            weighted_of_view += d * d;
            of_view += d * d * sigma * sigma;
        }
        view->rms_px = view->n_used ? sqrt(of_view / view->n_used) : 0;
        sum += of_view, weighted += weighted_of_view;
        report->n_corners += view->n_used;
        if (gate->states[v] == VIEW_USED) {
            report->n_corners_left_out += rig_bundle_view_n_seen(view, b->n_points) - view->n_used;
            continue;
        }
        view->rms_px = rms_left_out(gate, v);
        report->n_views_left_out++;
        if (gate->states[v] == VIEW_ASIDE)
            continue;
        view->why = why(gate, v, out);
        if (!view->why)
            return rig_fail_memory(err, "a reason");
    }
    report->rms_px = report->n_corners ? sqrt(sum / report->n_corners) : 0;
    report->weighted_rms = report->n_corners ? sqrt(weighted / report->n_corners) : 0;
    report->sigma_px = gate->sigma_px;
    return RIG_OK;
}

enum { ROUNDS = 6, ROUNDS_READMIT = 3, ITERATIONS = 100 };
static const double ROUGH = 1e-7;      // of the cost: far below what gating corners and views can tell
static const double SAME_COST = 1e-12; // relative: no corner is weighed down

static rig_status no_corners(rig_err *err) {
    return rig_fail(err, RIG_ERR_NUMERIC, "no corners are left to refine with");
}

// Refine, gate, and again while that changes what is used. The last word is a refinement's. The first is rough, since
// what it uses may change; where nothing did, the next goes on from its last linearisation.
static rig_status refine_and_gate(gating *gate, rig_bundle_report *report, rig_err *err) {
    rig_bundle_work *work = gate->work;
    const rig_lm_problem problem = rig_bundle_problem(work);
    const int most = gate->options->max_iterations > 0 ? gate->options->max_iterations : ITERATIONS;
    const bool rough = gate->options->rough;
    gating_measure(gate);
    gating_start(gate);
    if (gating_update(gate) == 0)
        return no_corners(err);
    for (int round = 1;; round++) {
        rig_lm_report lm;
        work->huber_px = isfinite(gate->limit_px) ? gate->limit_px : 0;
        work->enough = rough || round == 1 ? ROUGH : 0;
        RIG_TRY(rig_lm_run(&problem, most, &lm, err));
        report->n_rounds++;
        report->n_iterations += lm.iterations;
        gating_measure(gate);
        if (round == ROUNDS)
            return RIG_OK;
        bool changed = gating_choose(gate, round <= ROUNDS_READMIT);
        if (!changed && (rough || round > 1))
            return RIG_OK;
        if (changed && gating_update(gate) == 0)
            return no_corners(err);
        work->linearized = !changed && fabs(work->at.cost - gate->cost) <= SAME_COST * gate->cost;
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
    return n > 0 ? report->weighted_rms * report->weighted_rms * report->n_corners / n : 0;
}

static rig_status report_covariance(rig_bundle_work *work, rig_bundle_report *report, rig_arena *out, rig_err *err) {
    size_t n = (size_t)work->n_free, n_cameras = (size_t)work->bundle->n_cameras;
    report->n_free = work->n_free;
    report->covariance = RIG_NEW(out, double, n *n);
    report->open = RIG_NEW(out, bool, n);
    report->at_lens = RIG_NEW(out, int, 2 * n_cameras);
    if (!report->covariance || !report->open || !report->at_lens)
        return rig_fail_memory(err, "the covariance");
    report->at_pose = report->at_lens + n_cameras;
    for (int c = 0; c < work->bundle->n_cameras; c++) {
        const rig_bundle_slot *slot = &work->slots[c];
        report->at_lens[c] = slot->n_lens ? slot->at : -1;
        report->at_pose[c] = slot->pose ? slot->at + slot->n_lens : -1;
    }
    if (!rig_bundle_invert(work, report->covariance, report->open))
        return rig_fail(err, RIG_ERR_NUMERIC, "the observations do not determine every unknown");
    return RIG_OK;
}

rig_status rig_bundle_solve(rig_bundle *bundle, const rig_bundle_options *options, bool covariance,
                            rig_bundle_report *report, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    rig_bundle_work work;
    gating gate;
    *report = (rig_bundle_report){0};
    rig_status status = rig_bundle_work_init(&work, bundle, scratch, err);
    if (status != RIG_OK)
        goto done;
    status = gating_init(&gate, &work, options, scratch, err);
    if (status != RIG_OK)
        goto done;
    status = refine_and_gate(&gate, report, err);
    if (status != RIG_OK)
        goto done;
    clean_rotations(bundle);
    gating_measure(&gate);
    status = gating_report(&gate, report, out, err);
    report->variance_px2 = variance_of(&work, report);
    if (status == RIG_OK && covariance)
        status = report_covariance(&work, report, out, err);
done:
    rig_arena_rewind(scratch, mark);
    return status;
}

void rig_bundle_readmit(rig_bundle *bundle) {
    for (int v = 0; v < bundle->n_views; v++) {
        rig_bundle_view *view = &bundle->views[v];
        if (!view->left_out || !view->why)
            continue;
        view->left_out = false;
        view->doubtful = true;
        view->why = NULL;
    }
}
