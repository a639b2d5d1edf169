// A take of walkers before a ring of cameras, of which some stand elsewhere, or look later, than the rig believes.
#ifndef RIG_TESTS_CHECKS_WATCHED_H
#define RIG_TESTS_CHECKS_WATCHED_H

#include "checks/watch.h"
#include "core/geom.h"
#include "tests/unit/triangulate/walkers.h"
#include "triangulate/tracker.h"

enum { WATCHED_PEOPLE = 3 };

static const double WATCHED_FPS = 25;
static rig_detection_params WATCHED_GATES = {.min_score = 0.1, .gate_m = 0.15, .gate_px = 25}; // tests may change it

typedef struct mishap {
    int view;                 // < 0: none
    int from;                 // moment; the camera's motion from then on
    double turn[3], shift[3]; // in the camera's own frame; rad, m
    double late;              // frames, of its clock, from the start
} mishap;

// The circles cross; people turn about, so that none walks one way all the time.
static inline walker watched_walker(int k) {
    const double angle = 2.1 * k;
    return (walker){0.7 * (k - 1) + 1.2 * cos(angle),
                    0.5 * (k % 2) + 1.2 * sin(angle),
                    angle + 1.5708,
                    0.75,
                    0.62,
                    k,
                    0.94 + 0.05 * k};
}

static inline void watched_views(const ring *real, double t_frames, int view, const detector *how, rig_rng *rng,
                                 shot *seen, int frame) {
    double p[WATCHED_PEOPLE][COCO][3];
    for (int k = 0; k < WATCHED_PEOPLE; k++) {
        const walker who = watched_walker(k);
        walker_at(&who, t_frames / WATCHED_FPS, p[k]);
    }
    int found = 0;
    for (int k = 0; k < WATCHED_PEOPLE; k++)
        if (!(rig_rng_uniform(rng, 0, 1) < how->miss_person))
            shot_add(real, view, (const double(*)[3])p[k], how, rng, seen, &found);
    seen->frames[view] = (rig_frame2d){frame, found, seen->people[view]};
    seen->views[view] = &seen->frames[view];
}

// NULL, or what else a detector does to what the views see at a moment.
static void (*watched_spoil)(int frame, int n_views, shot *seen) = NULL;

// Run a take through the tracker and the watch, which both hold the rig for `calibrated`.
static inline void watched_take(int n_views, int n_frames, const mishap *wrong, const detector *how, uint64_t seed,
                                rig_watch_report *report, rig_repairs *repairs, rig_arena *out) {
    static ring calibrated, real, moved;
    static shot seen;
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_watch *watch;
    rig_arena frame_out = {0}, scratch = {0};
    rig_rng rng = rig_rng_seed(seed, 3);
    rig_err err;
    ring_init(&calibrated, n_views, 4.5);
    ring_init(&real, n_views, 4.5);
    ring_init(&moved, n_views, 4.5);
    if (wrong->view >= 0) {
        rig_pose step = rig_pose_from_rvec(wrong->turn, wrong->shift), *pose = &moved.cameras[wrong->view].Rt_cam_world;
        *pose = rig_pose_mul(&step, pose);
    }
    assert_ok(rig_tracker_open(&calibrated.rig, &skeleton, WATCHED_FPS, &params, &tracker, &err));
    assert_ok(rig_watch_open(&calibrated.rig, &skeleton, &WATCHED_GATES, WATCHED_FPS, &watch, &err));
    for (int f = 0; f < n_frames; f++) {
        rig_frame3d frame;
        for (int v = 0; v < n_views; v++)
            watched_views(f >= wrong->from ? &moved : &real, f + (v == wrong->view ? wrong->late : 0), v, how, &rng,
                          &seen, f);
        if (watched_spoil)
            watched_spoil(f, n_views, &seen);
        assert_ok(rig_tracker_next(tracker, f, seen.views, &frame, &frame_out, &scratch, &err));
        assert_ok(rig_watch_next(watch, &frame, seen.views, &scratch, &err));
        rig_arena_clear(&frame_out);
    }
    assert_ok(rig_watch_solve(watch, report, repairs, out, &scratch, &err));
    rig_tracker_close(tracker);
    rig_watch_close(watch);
    rig_arena_release(&frame_out);
    rig_arena_release(&scratch);
}

#endif
