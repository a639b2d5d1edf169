// How long people take: association, triangulation and tracking of a frame, on one core.
// One line a case: case, frames, people a frame in space, milliseconds a frame: median, p95, most.
//   walkers16x10   10 people who walk on crossing circles, 16 views, a detector with its faults
//   files          of CAMERAS and SKELETON, one PEOPLE2D a view in the order of the cameras
// usage: bench_people [CAMERAS SKELETON PEOPLE2D...]
#include "tests/bench/clock.h"
#include "tests/support/people_all.h"
#include "tests/unit/triangulate/walkers.h"

#include "triangulate/tracker.h"

#include <stdlib.h>

enum { VIEWS = 16, PEOPLE = 10, FRAMES = 300 };

static const double FPS = 25;

typedef struct times {
    double *ms;
    int n;
    long people;
} times;

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void times_print(const char *name, times *t) {
    qsort(t->ms, (size_t)t->n, sizeof *t->ms, by_size);
    printf("%-14s %5d %5.1f %8.3f %8.3f %8.3f\n", name, t->n, (double)t->people / t->n, t->ms[t->n / 2],
           t->ms[(int)(t->n * 0.95)], t->ms[t->n - 1]);
}

static rig_status frame_time(rig_tracker *tracker, int frame, const rig_frame2d *const *views, times *t, rig_arena *out,
                             rig_arena *scratch, rig_err *err) {
    rig_frame3d found;
    double start = now_s();
    RIG_TRY(rig_tracker_next(tracker, frame, views, &found, out, scratch, err));
    rig_arena_clear(scratch);
    t->ms[t->n++] = 1000 * (now_s() - start);
    t->people += found.n;
    rig_arena_clear(out);
    return RIG_OK;
}

static rig_status walkers(times *t, rig_arena *out, rig_arena *scratch, rig_err *err) {
    static ring from;
    static shot seen;
    const detector how = {2, 0.05, 0.02, 0.03, 1, true, .swap = 0.01, .steal = 0.01, .split = 0.02};
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_rng rng = rig_rng_seed(5, 1);
    ring_init(&from, VIEWS, 6);
    RIG_TRY(rig_tracker_open(&from.rig, &skeleton, FPS, &params, &tracker, err));
    rig_status status = RIG_OK;
    for (int f = 0; f < FRAMES && status == RIG_OK; f++) {
        double p[PEOPLE][COCO][3];
        for (int k = 0; k < PEOPLE; k++) {
            const double angle = 6.283185307 * k / PEOPLE, x = 1.2 * (k % 2) - 0.6;
            const walker who = {x + 1.8 * cos(angle),  1.8 * sin(angle), angle + 1.5708, 0.8, 0.45,
                                angle * (1 + 0.1 * k), 0.9 + 0.02 * k};
            walker_at(&who, f / FPS, p[k]);
        }
        shot_take(&from, (const double(*)[COCO][3])p, PEOPLE, f, &how, &rng, &seen);
        status = frame_time(tracker, f, seen.views, t, out, scratch, err);
    }
    rig_tracker_close(tracker);
    return status;
}

static rig_status files(char **paths, int n_views, times *t, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_arena kept = {0};
    rig_calibration rig;
    rig_skeleton skeleton;
    rig_people2d people[RIG_VIEWS_MAX];
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    int n = 0;
    RIG_TRY(rig_calibration_read(paths[0], &rig, &kept, err));
    RIG_TRY(rig_skeleton_read(paths[1], &skeleton, err));
    if (rig.n != n_views)
        return rig_fail(err, RIG_ERR_USAGE, "%d cameras, %d views", rig.n, n_views);
    for (int v = 0; v < n_views; v++) {
        RIG_TRY(people2d_read(paths[2 + v], &people[v], &kept, err));
        n = people[v].n_frames > n ? people[v].n_frames : n;
    }
    t->ms = RIG_NEW(&kept, double, n);
    RIG_TRY(rig_tracker_open(&rig, &skeleton, FPS, &params, &tracker, err));
    for (int f = 0; f < n; f++) {
        const rig_frame2d *views[RIG_VIEWS_MAX];
        for (int v = 0; v < n_views; v++)
            views[v] = f < people[v].n_frames ? &people[v].frames[f] : NULL;
        RIG_TRY(frame_time(tracker, f, views, t, out, scratch, err));
    }
    times_print("files", t);
    rig_tracker_close(tracker);
    rig_arena_release(&kept);
    return RIG_OK;
}

int main(int argc, char **argv) {
    static double ms[FRAMES];
    rig_arena out = {0}, scratch = {0};
    rig_err err = {""};
    times t = {.ms = ms};
    rig_status status =
        argc > 4 ? files(argv + 1, argc - 3, &t, &out, &scratch, &err) : walkers(&t, &out, &scratch, &err);
    if (status != RIG_OK)
        fprintf(stderr, "bench_people: %s\n", err.text);
    else if (argc <= 4)
        times_print("walkers16x10", &t);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status != RIG_OK;
}
