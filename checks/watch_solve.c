// Which cameras moved and which clocks are late, all things considered.
#include "checks/watch_state.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS_A_VIEW = 2, SETTLE = 3 };

static const double NEARLY = 0.3; // of the loudest: such a view may be the one as well

static int by_id_and_moment(const void *a, const void *b) {
    const rig_watch_sample *x = a, *y = b;
    return x->id != y->id ? (x->id > y->id) - (x->id < y->id) : (x->moment > y->moment) - (x->moment < y->moment);
}

typedef struct solver {
    rig_watch *watch;
    rig_loo_point *points; // rows x joints
    rig_view_test *told;   // a view
    double *chance;        // of each stance, and behind them of each view's offset
} solver;

static rig_status ask(const solver *s, int view, rig_arena *scratch, rig_err *err) {
    rig_loo_points_triangulate(s->watch, view, s->points);
    return rig_view_test_run(s->watch, view, s->points, &s->told[view], scratch, err);
}

// Take what is said of the view for true. false: it cannot be.
static bool believe(const solver *s, int view) {
    rig_watch *watch = s->watch;
    const rig_view_test *told = &s->told[view];
    if (told->chance_offset > told->chance_move) {
        double *chance = &s->chance[watch->rig->n * RIG_POSE_SEGMENTS_MAX + view];
        watch->offset[view] += told->offset_frames;
        *chance = fmax(*chance, told->chance_offset);
        return true;
    }
    int from = told->before ? INT_MIN : told->from, before = watch->n_stances[view];
    if (!rig_pose_segments_move(watch, view, from, told->delta))
        return false;
    double *chances = s->chance + view * RIG_POSE_SEGMENTS_MAX;
    int at = 0;
    while (watch->stances[view * RIG_POSE_SEGMENTS_MAX + at].from != from)
        at++;
    if (watch->n_stances[view] > before) { // those behind it make room
        memmove(chances + at + 1, chances + at, (size_t)(before - at) * sizeof *chances);
        chances[at] = 0;
    }
    chances[at] = fmax(chances[at], told->chance_move);
    return true;
}

static double loudness(const rig_view_test *told) {
    return fmax(told->chance_move, told->chance_offset);
}

static rig_status ask_all(const solver *s, rig_arena *scratch, rig_err *err) {
    for (int v = 0; v < s->watch->rig->n; v++)
        RIG_TRY(ask(s, v, scratch, err));
    return RIG_OK;
}

// What is left of each move and offset that was found, however little, is taken back too.
static rig_status settle(const solver *s, rig_arena *scratch, rig_err *err) {
    rig_watch *watch = s->watch;
    for (int k = 0; k < SETTLE; k++)
        for (int v = 0; v < watch->rig->n; v++) {
            for (int i = 0; i < watch->n_stances[v]; i++) {
                int from = watch->stances[v * RIG_POSE_SEGMENTS_MAX + i].from;
                if (!(s->chance[v * RIG_POSE_SEGMENTS_MAX + i] > 0))
                    continue;
                rig_loo_points_triangulate(watch, v, s->points);
                RIG_TRY(rig_view_test_refine(watch, v, s->points, from, &s->told[v], scratch, err));
                if (!rig_pose_segments_move(watch, v, from, s->told[v].delta))
                    return RIG_OK;
            }
            if (!(s->chance[watch->rig->n * RIG_POSE_SEGMENTS_MAX + v] > 0))
                continue;
            rig_loo_points_triangulate(watch, v, s->points);
            RIG_TRY(rig_view_test_refine(watch, v, s->points, INT_MAX, &s->told[v], scratch, err));
            watch->offset[v] += s->told[v].offset_frames;
        }
    return ask_all(s, scratch, err);
}

// Believe what is said of the view, as long as there is more: a large motion is not linear.
static rig_status believe_all(const solver *s, int view, rig_arena *scratch, rig_err *err) {
    for (int k = 0; k < SETTLE && loudness(&s->told[view]) > 0 && believe(s, view); k++)
        RIG_TRY(ask(s, view, scratch, err));
    return ask_all(s, scratch, err);
}

// What is believed, to come back to.
typedef struct belief {
    int n_stances[RIG_VIEWS_MAX];
    double offset[RIG_VIEWS_MAX];
    rig_pose_segment *stances;
    double *chance;
    rig_view_test *told;
} belief;

static size_t n_chances(const solver *s) {
    return (size_t)s->watch->rig->n * (RIG_POSE_SEGMENTS_MAX + 1);
}

static rig_status belief_init(const solver *s, belief *kept, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)s->watch->rig->n;
    kept->stances = RIG_NEW(scratch, rig_pose_segment, n * RIG_POSE_SEGMENTS_MAX);
    kept->chance = RIG_NEW(scratch, double, n_chances(s));
    kept->told = RIG_NEW(scratch, rig_view_test, n);
    return kept->stances && kept->chance && kept->told ? RIG_OK : rig_fail_memory(err, "watch");
}

static void belief_copy(const solver *s, belief *kept, bool back) {
    rig_watch *watch = s->watch;
    size_t n = (size_t)watch->rig->n;
    struct {
        void *now, *then;
        size_t size;
    } parts[] = {{watch->n_stances, kept->n_stances, sizeof kept->n_stances},
                 {watch->offset, kept->offset, sizeof kept->offset},
                 {watch->stances, kept->stances, n * RIG_POSE_SEGMENTS_MAX * sizeof *kept->stances},
                 {s->chance, kept->chance, n_chances(s) * sizeof *kept->chance},
                 {s->told, kept->told, n * sizeof *kept->told}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        memcpy(back ? parts[i].now : parts[i].then, back ? parts[i].then : parts[i].now, parts[i].size);
}

// Of the views that are nearly as loud as the loudest, that whose belief leaves least of all views' unrest: with few
// cameras, one that moved makes the others look as if they had.
static rig_status believe_best(const solver *s, double loudest, belief *kept, rig_arena *scratch, rig_err *err) {
    int best = -1, tried = 0;
    double least = INFINITY;
    belief_copy(s, kept, false);
    for (int v = 0; v < s->watch->rig->n; v++) {
        if (loudness(&kept->told[v]) < NEARLY * loudest)
            continue;
        belief_copy(s, kept, true);
        RIG_TRY(believe_all(s, v, scratch, err));
        double unrest = 0;
        for (int k = 0; k < s->watch->rig->n; k++)
            unrest += s->told[k].unrest;
        tried++;
        if (unrest < least)
            least = unrest, best = v;
    }
    if (tried < 2)
        return RIG_OK; // it is believed already
    belief_copy(s, kept, true);
    return believe_all(s, best, scratch, err);
}

// How far the move displaced the people's joints in the view's picture: rms over those that the others have.
static double displacement_px(const rig_watch *watch, int view, int at, const rig_loo_point *points) {
    const rig_pose_segment *now = &watch->stances[view * RIG_POSE_SEGMENTS_MAX + at];
    const rig_pose *was = at > 0 ? &now[-1].camera.Rt_cam_world : &watch->thought[view];
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

// Forget moves that turned out to be next to nothing, as others were found after them. Returns how many.
static int prune(const solver *s) {
    rig_watch *watch = s->watch;
    int n = 0;
    for (int v = 0; v < watch->rig->n; v++) {
        rig_pose_segment *stances = watch->stances + v * RIG_POSE_SEGMENTS_MAX;
        double *chance = s->chance + v * RIG_POSE_SEGMENTS_MAX;
        rig_loo_points_triangulate(watch, v, s->points);
        for (int i = watch->n_stances[v] - 1; i > 0; i--) {
            if (!(chance[i] > 0) ||
                displacement_px(watch, v, i, s->points) > rig_view_test_least_px(watch, v, &s->told[v]))
                continue;
            size_t behind = (size_t)(watch->n_stances[v] - i - 1);
            memmove(stances + i, stances + i + 1, behind * sizeof *stances);
            memmove(chance + i, chance + i + 1, behind * sizeof *chance);
            chance[--watch->n_stances[v]] = 0;
            n++;
        }
    }
    return n;
}

static rig_status convict(const solver *s, rig_arena *scratch, rig_err *err) {
    belief kept;
    RIG_TRY(belief_init(s, &kept, scratch, err));
    RIG_TRY(ask_all(s, scratch, err));
    for (int round = 0; round < ROUNDS_A_VIEW * s->watch->rig->n; round++) {
        double loudest = 0;
        for (int v = 0; v < s->watch->rig->n; v++)
            loudest = fmax(loudest, loudness(&s->told[v]));
        if (loudest == 0)
            break;
        RIG_TRY(believe_best(s, loudest, &kept, scratch, err));
        RIG_TRY(settle(s, scratch, err)); // what is left of it would be found in other views
        if (prune(s) > 0)
            RIG_TRY(settle(s, scratch, err));
    }
    return RIG_OK;
}

static rig_watch_finding finding_move(const rig_watch *watch, int view, int at, double chance, double displaced_px) {
    const rig_pose_segment *stances = watch->stances + view * RIG_POSE_SEGMENTS_MAX, *now = &stances[at];
    const rig_pose *was = at > 0 ? &stances[at - 1].camera.Rt_cam_world : &watch->thought[view];
    rig_watch_finding made = {.kind = RIG_WATCH_MOVED,
                              .view = view,
                              .chance = chance,
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

static void tell_view(const solver *s, int view, rig_watch_report *report) {
    const rig_watch *watch = s->watch;
    const double *chance = s->chance + view * RIG_POSE_SEGMENTS_MAX;
    report->views[view] = s->told[view].figures;
    for (int i = 0; i < watch->n_stances[view]; i++)
        if (chance[i] > 0)
            report->findings[report->n++] =
                finding_move(watch, view, i, chance[i], displacement_px(watch, view, i, s->points));
    double offset_chance = s->chance[watch->rig->n * RIG_POSE_SEGMENTS_MAX + view];
    if (offset_chance > 0)
        report->findings[report->n++] = (rig_watch_finding){.kind = RIG_WATCH_OUT_OF_STEP,
                                                            .view = view,
                                                            .chance = offset_chance,
                                                            .offset_frames = watch->offset[view],
                                                            .offset_sigma = s->told[view].figures.offset_sigma};
}

static rig_status repairs_tell(const rig_watch *watch, rig_repairs *repairs, rig_arena *out, rig_err *err) {
    *repairs = (rig_repairs){.n_views = watch->rig->n};
    repairs->poses = RIG_NEW(out, rig_repaired_pose, (size_t)watch->rig->n * RIG_POSE_SEGMENTS_MAX);
    repairs->offset_frames = RIG_NEW(out, double, watch->rig->n);
    if (!repairs->poses || !repairs->offset_frames)
        return rig_fail_memory(err, "repairs");
    for (int v = 0; v < watch->rig->n; v++) {
        const rig_pose_segment *stances = watch->stances + v * RIG_POSE_SEGMENTS_MAX;
        const rig_pose *calibrated = &watch->thought[v];
        // The repaired clock calls the frame of a move by another number.
        const int late = (int)lrint(watch->offset[v]);
        for (int i = 0; i < watch->n_stances[v]; i++)
            if (i > 0 || memcmp(&stances[i].camera.Rt_cam_world, calibrated, sizeof *calibrated) != 0)
                repairs->poses[repairs->n_poses++] = (rig_repaired_pose){
                    v, stances[i].from == INT_MIN ? INT_MIN : stances[i].from + late, stances[i].camera.Rt_cam_world};
        repairs->offset_frames[v] = watch->known_offset[v] + watch->offset[v];
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
    s.told = RIG_NEW(scratch, rig_view_test, n_views);
    s.chance = RIG_NEW(scratch, double, n_findings);
    report->views = RIG_NEW(out, rig_watch_view, n_views);
    report->findings = RIG_NEW(out, rig_watch_finding, n_findings);
    if (!s.points || !s.told || !s.chance || !report->views || !report->findings)
        return rig_fail_memory(err, "watch");
    if (watch->n > 0) {
        qsort(watch->rows, (size_t)watch->n, sizeof *watch->rows, by_id_and_moment);
        RIG_TRY(convict(&s, scratch, err));
    }
    for (int v = 0; v < watch->rig->n; v++) {
        if (watch->n > 0 && (watch->n_stances[v] > 1 || s.chance[v * RIG_POSE_SEGMENTS_MAX] > 0))
            rig_loo_points_triangulate(watch, v, s.points);
        tell_view(&s, v, report);
    }
    rig_arena_rewind(scratch, mark);
    return repairs_tell(watch, repairs, out, err);
}
