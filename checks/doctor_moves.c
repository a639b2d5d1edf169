// Moves: cameras that were bumped, and lenses whose focus changed, during a recording.
#include "calib/adjustment.h"
#include "calib/quality.h"
#include "checks/doctor.h"
#include "core/median.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 5, FAR_SIDE = 20 };                      // boards before and after a change; and to see whether it holds
enum { FRESH_LEAST = 4 };                              // of the latter, elsewhere than before
enum { SHIFT_X, SHIFT_Y, ROLL, ZOOM, NUMBERS };        // px, px, px at a quarter of the picture, share
static const double AT_ONCE = 0.02;                    // frames: boards of later moments go to and fro as they move
static const double BUMP_PX = 1, FOCUS_SHARE = 0.005;  // the least changes that are faults
static const double SCATTERS = 10, SIDES = 6;          // from board to board; of either side about its median
static const double ELSEWHERE = 3;                     // times the largest change far from it
static const double ABRUPT = 0.8;                      // of a change comes between two boards, and not little by little
static const double CLEAN_MEDIANS = 4, CLEAN_PX = 0.5; // a board's corners about its own shift

static const rig_bundle_options OPTIONS = {.corner_sigmas = 5, .view_ratio = 3};

// How a camera's boards lie against where the others have them, in the order of frames.
typedef struct series {
    int n;
    int *frame;
    uint64_t *others; // the cameras that these boards are held against
    bool *fresh;      // not where it was before: while the board rests, errors of lenses are alike
    double (*x)[NUMBERS];
} series;

// Solve the boards by all cameras but some; known: of each board a bit for each camera that it was solved by.
static rig_status boards_without(const rig_adjustment *adjustment, const bool *without, rig_bundle *b, uint64_t *known,
                                 rig_arena *scratch, rig_err *err) {
    rig_bundle_report report;
    *b = adjustment->bundle;
    b->cameras = RIG_NEW(scratch, rig_bundle_camera, b->n_cameras);
    b->boards = RIG_NEW(scratch, rig_bundle_board, b->n_boards);
    b->views = RIG_NEW(scratch, rig_bundle_view, b->n_views);
    if (!b->cameras || !b->boards || !b->views)
        return rig_fail_memory(err, "boards");
    memcpy(b->boards, adjustment->bundle.boards, sizeof *b->boards * (size_t)b->n_boards);
    memset(known, 0, sizeof *known * (size_t)b->n_boards);
    for (int c = 0; c < b->n_cameras; c++)
        b->cameras[c] = (rig_bundle_camera){adjustment->bundle.cameras[c].camera,
                                            adjustment->bundle.cameras[c].Rt_cam_world, RIG_BUNDLE_HOLD_LENS, true};
    int n = 0;
    for (int v = 0; v < b->n_views; v++) {
        b->views[v] = adjustment->bundle.views[v];
        b->views[v].used = NULL;
        b->views[v].left_out |= without[b->views[v].camera] || b->boards[b->views[v].board].own;
        n += !b->views[v].left_out;
    }
    rig_status status = n ? rig_bundle_solve(b, &OPTIONS, false, &report, scratch, scratch, err) : RIG_OK;
    for (int v = 0; v < b->n_views && status == RIG_OK; v++)
        known[b->views[v].board] |= (uint64_t)!b->views[v].left_out << b->views[v].camera;
    return status == RIG_ERR_NUMERIC ? RIG_OK : status;
}

// A board's corners: where they should be (q), and how far from there they were seen (d).
typedef struct offsets {
    int n;
    double (*q)[2], (*d)[2], *sorted;
} offsets;

static void offsets_of(const rig_bundle *b, const rig_bundle_view *view, offsets *o) {
    const rig_pose pose = rig_pose_mul(&b->cameras[view->camera].Rt_cam_world, &b->boards[view->board].Rt_world_board);
    o->n = 0;
    for (int i = 0; i < b->n_points; i++) {
        double p[3], *q = o->q[o->n];
        rig_pose_apply(&pose, b->p[i], p);
        if ((view->seen && !view->seen[i]) || !rig_camera_project(&b->cameras[view->camera].camera, p, q, NULL, NULL))
            continue;
        for (int k = 0; k < 2; k++)
            o->d[o->n][k] = view->q[i][k] - q[k];
        o->n++;
    }
}

// Keep the corners near the median shift: a tenth of a board's corners may be anywhere.
static void outliers_remove(offsets *o) {
    double shift[2], limit;
    int n = 0;
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < o->n; i++)
            o->sorted[i] = o->d[i][k];
        shift[k] = rig_median(o->sorted, o->n);
    }
    for (int i = 0; i < o->n; i++)
        o->sorted[i] = hypot(o->d[i][0] - shift[0], o->d[i][1] - shift[1]);
    limit = CLEAN_MEDIANS * rig_median(o->sorted, o->n) + CLEAN_PX;
    for (int i = 0; i < o->n; i++) {
        if (hypot(o->d[i][0] - shift[0], o->d[i][1] - shift[1]) > limit)
            continue;
        memcpy(o->q[n], o->q[i], sizeof *o->q);
        memcpy(o->d[n++], o->d[i], sizeof *o->d);
    }
    o->n = n;
}

// A quarter of the picture: there a turn of the picture counts as the pixels that it moves.
static double quarter_px(const rig_camera *camera) {
    return (camera->width + camera->height) / 8.0;
}

// The shift, roll and zoom by least squares (a linearised similarity) about the board's middle, which c gets.
static bool similarity_fit(const rig_bundle *b, const rig_bundle_view *view, offsets *o, double c[2],
                           double x[NUMBERS]) {
    double square = 0;
    offsets_of(b, view, o);
    if (o->n < 4)
        return false;
    outliers_remove(o);
    memset(x, 0, NUMBERS * sizeof *x);
    c[0] = c[1] = 0;
    for (int i = 0; i < o->n; i++)
        for (int k = 0; k < 2; k++)
            c[k] += o->q[i][k] / o->n, x[k] += o->d[i][k] / o->n;
    for (int i = 0; i < o->n; i++) {
        const double r[2] = {o->q[i][0] - c[0], o->q[i][1] - c[1]};
        const double d[2] = {o->d[i][0] - x[SHIFT_X], o->d[i][1] - x[SHIFT_Y]};
        square += r[0] * r[0] + r[1] * r[1];
        x[ROLL] += r[0] * d[1] - r[1] * d[0];
        x[ZOOM] += r[0] * d[0] + r[1] * d[1];
    }
    x[ROLL] *= quarter_px(&b->cameras[view->camera].camera) / square;
    x[ZOOM] /= square;
    return square > 0;
}

static rig_status series_make(const rig_adjustment *adjustment, int camera, const bool *trusted, series *s,
                              rig_arena *scratch, rig_err *err) {
    const size_t n_points = (size_t)adjustment->bundle.n_points, n_views = (size_t)adjustment->bundle.n_views;
    bool *without = RIG_NEW(scratch, bool, adjustment->n_views);
    uint64_t *known = RIG_NEW(scratch, uint64_t, adjustment->bundle.n_boards);
    offsets o = {.q = rig_arena_alloc(scratch, n_points, sizeof *o.q),
                 .d = rig_arena_alloc(scratch, n_points, sizeof *o.d)};
    rig_bundle b;
    int last = -1; // of those that were fresh
    o.sorted = RIG_NEW(scratch, double, n_points);
    *s = (series){.frame = RIG_NEW(scratch, int, n_views),
                  .others = RIG_NEW(scratch, uint64_t, n_views),
                  .fresh = RIG_NEW(scratch, bool, n_views),
                  .x = rig_arena_alloc(scratch, n_views, sizeof *s->x)};
    if (!without || !known || !o.q || !o.d || !o.sorted || !s->frame || !s->others || !s->fresh || !s->x)
        return rig_fail_memory(err, "a camera's boards through time");
    for (int v = 0; v < adjustment->n_views; v++)
        without[v] = v == camera || !trusted[v];
    RIG_TRY(boards_without(adjustment, without, &b, known, scratch, err));
    for (int i = 0; i < adjustment->observations.n; i++) {
        const rig_bundle_view *view = &adjustment->bundle.views[i];
        const int at = adjustment->observations.list[i].at;
        double c[2], *x = s->x[s->n];
        if (view->camera != camera || !known[view->board] || !similarity_fit(&b, view, &o, c, x))
            continue;
        s->fresh[s->n] = last < 0 || !rig_board_view_rests(&adjustment->seen[camera], last, at, (int)n_points);
        last = s->fresh[s->n] ? at : last;
        const double *K = b.cameras[camera].camera.K;
        for (int k = 0; k < 2; k++) // what a zoom about the picture's centre shifts is no shift
            x[SHIFT_X + k] -= x[ZOOM] * (c[k] - K[2 + k]);
        s->others[s->n] = known[view->board];
        s->frame[s->n++] = adjustment->seen[camera].boards[at].frame;
    }
    return RIG_OK;
}

typedef struct change {
    int at; // first of the series after it; 0: none
    double size;
    double times; // its scatters
} change;

static double median_of(const series *s, int number, int from, int to, double *sorted) {
    for (int i = from; i < to; i++)
        sorted[i - from] = s->x[i][number];
    return rig_median(sorted, to - from);
}

static double step_at(const series *s, int number, int i) {
    return fabs(s->x[i][number] - s->x[i - 1][number]);
}

// How far the fresh boards of either side of a change lie from their own side's median: as the board goes about, errors
// of the lens and of the other cameras rise and fall slowly, which looks like a change from one board to the next ones.
// Infinite where a side has too few to tell.
static double scatter_of_sides(const series *s, int number, int at, double *sorted) {
    const int ends[3] = {at > FAR_SIDE ? at - FAR_SIDE : 0, at, at + FAR_SIDE < s->n ? at + FAR_SIDE : s->n};
    int n = 0;
    double medians[2];
    for (int side = 0; side < 2; side++)
        medians[side] = median_of(s, number, ends[side], ends[side + 1], sorted);
    for (int side = 0; side < 2; side++) {
        const int before = n;
        for (int i = ends[side]; i < ends[side + 1]; i++)
            if (s->fresh[i])
                sorted[n++] = fabs(s->x[i][number] - medians[side]);
        if (n - before < FRESH_LEAST)
            return INFINITY;
    }
    return rig_median(sorted, n) / 0.6745;
}

static double difference_at(const series *s, int number, int at, double *sorted) {
    return median_of(s, number, at, at + SIDE, sorted) - median_of(s, number, at - SIDE, at, sorted);
}

// Whether boards i - 1 and i, which a change comes between, are held against the same cameras: these do not quite agree
// on where a board is.
static bool alike_at(const series *s, int i) {
    return i > 0 && i < s->n && s->others[i] == s->others[i - 1];
}

// How far board i lies from the one before it, less what goes on from board to board beside it: as the board goes
// about, errors of the lenses and clocks rise and fall.
static double jump_at(const series *s, int number, int i) {
    double slope = 0;
    int n = 0;
    for (int k = i - 1; k <= i + 1; k += 2)
        if (alike_at(s, k)) {
            const double gaps = (double)(s->frame[i] - s->frame[i - 1]) / (s->frame[k] - s->frame[k - 1]);
            slope += fmin(gaps, 1) * (s->x[k][number] - s->x[k - 1][number]), n++;
        }
    return s->x[i][number] - s->x[i - 1][number] - (n ? slope / n : 0);
}

// Whether a change stands out: it comes at once, and either each side keeps to its median or nothing like it is
// elsewhere. A change pulls at the other cameras too, and these at what it is held against.
static bool stands_out(const series *s, int number, const change *c, double steps, double *sorted) {
    const double near = jump_at(s, number, c->at);
    double elsewhere = 0;
    if (fabs(near) < ABRUPT * fabs(c->size) - 2 * steps || near * c->size < 0)
        return false;
    const double scatter = scatter_of_sides(s, number, c->at, sorted);
    if (fabs(c->size) > SIDES * scatter || isinf(scatter))
        return !isinf(scatter);
    for (int at = SIDE; at + SIDE <= s->n; at++)
        if (abs(at - c->at) >= 2 * SIDE)
            elsewhere = fmax(elsewhere, fabs(difference_at(s, number, at, sorted)));
    return fabs(c->size) > ELSEWHERE * elsewhere;
}

// The change of one number (doctor.h has the method).
static change find_change(const series *s, int number, double *sorted) {
    change best = {0};
    if (s->n < 2 * SIDE)
        return best;
    for (int i = 1; i < s->n; i++)
        sorted[i - 1] = step_at(s, number, i);
    const double steps = fmax(rig_median(sorted, s->n - 1) / (sqrt(2) * 0.6745), 1e-9);
    for (int at = SIDE; at + SIDE <= s->n; at++) {
        const double size = difference_at(s, number, at, sorted);
        if (fabs(size) > fabs(best.size))
            best = (change){at, size, fabs(size) / steps};
    }
    if (best.at == 0)
        return best;
    const int about = best.at;
    best.at = 0;
    for (int i = about - SIDE / 2; i <= about + SIDE / 2; i++) // the largest step near there
        if (alike_at(s, i) && (best.at == 0 || step_at(s, number, i) > step_at(s, number, best.at)))
            best.at = i;
    return best.at > 0 && stands_out(s, number, &best, steps, sorted) ? best : (change){0};
}

// The largest change of a camera, counted in scatters, of shift or roll (bump) and of zoom (focus).
static void worst_change(const series *s, double *sorted, change *bump, change *focus) {
    *bump = *focus = (change){0};
    for (int number = 0; number < NUMBERS; number++) {
        change c = find_change(s, number, sorted), *worst = number == ZOOM ? focus : bump;
        const double least = number == ZOOM ? FOCUS_SHARE : BUMP_PX;
        if (c.at > 0 && fabs(c.size) > least && c.times > SCATTERS && c.times > worst->times)
            *worst = c;
    }
}

static rig_status change_report(const rig_doctor_recording *p, int camera, const series *s, const change *bump,
                                const change *focus, rig_findings *findings, rig_arena *out, rig_err *err) {
    const char *view = p->seen[camera].view;
    const bool lens = focus->times > bump->times; // a push along the axis looks like a zoom too, but shifts as well
    const int frame = s->frame[lens ? focus->at : bump->at];
    if (lens)
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_FOCUS, p->recording, view, NULL, focus->size, FOCUS_SHARE,
            rig_arena_printf(out, "from frame %d on its picture is %.2f %% %s than before", frame,
                             100 * fabs(focus->size), focus->size > 0 ? "larger" : "smaller"),
            "lock focus and zoom; calibrate from the part before or after (`frames` of the recording)", err));
    else
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_BUMPED, p->recording, view, NULL, bump->size, BUMP_PX,
            rig_arena_printf(out, "from frame %d on its picture is shifted by %.1f px relative to the other cameras",
                             frame, fabs(bump->size)),
            "fasten the camera; calibrate from the part before or after (`frames` of the recording)", err));
    findings->list[findings->n - 1].frame = frame;
    return RIG_OK;
}

// How many pixels a change moves the picture by: more in the camera that changed than in those compared with it.
static double change_px(const change *bump, const change *focus, const rig_camera *camera) {
    return fmax(fabs(bump->size), fabs(focus->size) * quarter_px(camera));
}

rig_status rig_doctor_moves(const rig_doctor_recording *p, const rig_adjustment *adjustment, rig_findings *findings,
                            rig_arena *out, rig_arena *scratch, rig_err *err) {
    bool *trusted = RIG_NEW(scratch, bool, p->n_views);
    double *sorted = RIG_NEW(scratch, double, adjustment->bundle.n_views + 1);
    if (!trusted || !sorted)
        return rig_fail_memory(err, "cameras");
    for (int v = 0; v < p->n_views; v++)
        trusted[v] = !p->late || fabs(p->late[v]) <= AT_ONCE;
    for (;;) {
        int worst = -1;
        series s_worst = {0};
        change bump = {0}, focus = {0};
        double most_px = 0;
        for (int v = 0; v < p->n_views; v++) {
            series s;
            change b, f;
            if (!trusted[v])
                continue;
            RIG_TRY(series_make(adjustment, v, trusted, &s, scratch, err));
            findings->looked[RIG_FAULT_BUMPED] |= s.n >= 2 * SIDE;
            findings->looked[RIG_FAULT_FOCUS] |= s.n >= 2 * SIDE;
            worst_change(&s, sorted, &b, &f);
            const double px = change_px(&b, &f, p->cameras[v]);
            if (px > most_px)
                most_px = px, worst = v, bump = b, focus = f, s_worst = s;
        }
        if (worst < 0)
            return RIG_OK;
        RIG_TRY(change_report(p, worst, &s_worst, &bump, &focus, findings, out, err));
        trusted[worst] = false;
    }
    return RIG_OK;
}
