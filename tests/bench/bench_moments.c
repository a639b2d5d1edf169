// What the maths of a take costs, without its files: triangulate, watch and refine of four views and two people (the
// take of tests/support/long_take.h). A line a stage: CPU seconds for 1,000 moments, on one core.
// usage: bench_moments [MOMENTS [DUMP]]; DUMP: a file for all positions, as doubles, to compare two builds by
#include "checks/watch.h"
#include "tests/support/long_take.h"
#include "triangulate/kinematics.h"
#include "triangulate/motion.h"
#include "triangulate/tracker.h"

#include <stdlib.h>
#include <time.h>

static const double ACCELERATION_M_S2 = 15, FILL_S = 0.2;

typedef struct bench {
    ring from;
    rig_skeleton skeleton;
    rig_body body;
    int n;               // moments
    rig_frame3d *frames; // as triangulated
    rig_arena people, scratch;
    rig_rng rng[LONG_VIEWS];
    rig_frame2d seen[LONG_CHUNK][LONG_VIEWS];
    rig_person2d seen_people[LONG_CHUNK][LONG_VIEWS][LONG_PEOPLE];
    rig_joint2d joints[LONG_CHUNK][LONG_VIEWS][LONG_PEOPLE][COCO];
    FILE *dump;
} bench;

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void report(const bench *b, const char *stage, double seconds) {
    printf("%-12s %8.4f s of CPU for 1,000 moments\n", stage, 1000 * seconds / b->n);
}

static void views_begin(bench *b) {
    for (int v = 0; v < LONG_VIEWS; v++)
        b->rng[v] = rig_rng_seed(5, (uint64_t)v);
}

// What the views saw from moment `first` on.
static void chunk_make(bench *b, int first, int n) {
    for (int i = 0; i < n; i++) {
        double p[LONG_PEOPLE][COCO][3];
        const int n_people = long_people_at(first + i, LONG_FPS, p);
        for (int v = 0; v < LONG_VIEWS; v++) {
            b->seen[i][v] = (rig_frame2d){.frame = first + i, .people = b->seen_people[i][v]};
            for (int k = 0; k < n_people; k++)
                long_person_add(&b->from, v, (const double(*)[3])p[k], &b->rng[v], &b->seen[i][v], b->joints[i][v][k]);
        }
    }
}

static void views_of(const bench *b, int i, const rig_frame2d *views[LONG_VIEWS]) {
    for (int v = 0; v < LONG_VIEWS; v++)
        views[v] = &b->seen[i][v];
}

static void dump_frame(const bench *b, const rig_frame3d *frame) {
    for (int k = 0; k < frame->n && b->dump; k++)
        for (int j = 0; j < b->skeleton.n; j++) {
            const rig_joint3d *joint = &frame->people[k].joints[j];
            const double row[6] = {frame->frame, frame->people[k].id, joint->state,
                                   joint->p[0],  joint->p[1],         joint->p[2]};
            fwrite(row, sizeof row, 1, b->dump);
        }
}

static rig_status triangulate(bench *b, rig_err *err) {
    const rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    double spent = 0;
    RIG_TRY(rig_tracker_open(&b->from.rig, &b->skeleton, LONG_FPS, &params, &tracker, err));
    views_begin(b);
    rig_status status = RIG_OK;
    for (int first = 0; first < b->n && status == RIG_OK; first += LONG_CHUNK) {
        const int n = b->n - first < LONG_CHUNK ? b->n - first : LONG_CHUNK;
        chunk_make(b, first, n);
        double start = cpu_s();
        for (int i = 0; i < n && status == RIG_OK; i++) {
            const rig_frame2d *views[LONG_VIEWS];
            views_of(b, i, views);
            status = rig_tracker_next(tracker, first + i, views, &b->frames[first + i], &b->people, &b->scratch, err);
            rig_arena_clear(&b->scratch);
        }
        spent += cpu_s() - start;
    }
    rig_tracker_close(tracker);
    report(b, "triangulate", spent);
    for (int f = 0; f < b->n && status == RIG_OK; f++)
        dump_frame(b, &b->frames[f]);
    return status;
}

static rig_status watch_chunk(bench *b, rig_watch *watch, int first, int n, double *spent, rig_err *err) {
    double start = cpu_s();
    for (int i = 0; i < n; i++) {
        const rig_frame2d *views[LONG_VIEWS];
        views_of(b, i, views);
        RIG_TRY(rig_watch_next(watch, &b->frames[first + i], views, &b->scratch, err));
        rig_arena_clear(&b->scratch);
    }
    *spent += cpu_s() - start;
    return RIG_OK;
}

static rig_status watch(bench *b, rig_err *err) {
    const rig_tracker_params params = rig_tracker_defaults();
    rig_watch *watch;
    rig_watch_report found;
    rig_repairs repairs;
    rig_arena out = {NULL};
    double spent = 0;
    RIG_TRY(rig_watch_open(&b->from.rig, &b->skeleton, &params.detection, LONG_FPS, &watch, err));
    views_begin(b);
    rig_status status = RIG_OK;
    for (int first = 0; first < b->n && status == RIG_OK; first += LONG_CHUNK) {
        const int n = b->n - first < LONG_CHUNK ? b->n - first : LONG_CHUNK;
        chunk_make(b, first, n);
        status = watch_chunk(b, watch, first, n, &spent, err);
    }
    report(b, "watch: see", spent);
    double start = cpu_s();
    if (status == RIG_OK)
        status = rig_watch_solve(watch, &found, &repairs, &out, &b->scratch, err);
    report(b, "watch: solve", cpu_s() - start);
    for (int v = 0; v < found.n_views && status == RIG_OK; v++)
        printf("  view %d: rms %.6f px, offset %.6f, unseen %.6f m\n", v, found.views[v].rms_px,
               found.views[v].offset_frames, found.views[v].unseen_m);
    rig_watch_close(watch);
    rig_arena_release(&out);
    return status;
}

static rig_status window_refine(bench *b, rig_motion *motion, rig_kinematics *kinematics, int *n_frames, double *moves,
                                rig_err *err) {
    int n_people;
    rig_frame3d *frames;
    rig_arena out = {NULL};
    RIG_TRY(rig_motion_begin(motion, &n_people, err));
    for (int i = 0; i < n_people; i++) {
        RIG_TRY(rig_motion_person(motion, i, &b->scratch, err));
        rig_arena_clear(&b->scratch);
    }
    RIG_TRY(rig_motion_end(motion, &frames, n_frames, err));
    double start = cpu_s();
    rig_status status = rig_kinematics_run(kinematics, frames, *n_frames, 0, *n_frames, b->skeleton.n, &out, err);
    *moves += cpu_s() - start;
    rig_arena_release(&out);
    for (int f = 0; f < *n_frames; f++)
        dump_frame(b, &frames[f]);
    return status;
}

static rig_status refine(bench *b, rig_err *err) {
    const rig_motion_params params = {FILL_S, ACCELERATION_M_S2, rig_filter_defaults(RIG_FILTER_BUTTERWORTH)};
    rig_kinematics kinematics = rig_kinematics_init(&b->skeleton, LONG_FPS, true, true);
    rig_bone_lengths *lengths;
    rig_motion *motion = NULL;
    double start = cpu_s(), moves = 0;
    RIG_TRY(rig_bone_lengths_open(&b->body, &lengths, err));
    for (int f = 0; f < b->n; f++)
        RIG_TRY(rig_bone_lengths_add(lengths, &b->frames[f], err));
    RIG_TRY(rig_bone_lengths_end(lengths, err));
    report(b, "bones", cpu_s() - start);
    start = cpu_s();
    RIG_TRY(rig_motion_open(&b->body, lengths, LONG_FPS, &params, &motion, err));
    int n_frames = 1;
    for (int f = 0; f < b->n; f++)
        for (bool more = false; !more;) {
            RIG_TRY(rig_motion_add(motion, &b->frames[f], &more, err));
            if (!more)
                RIG_TRY(window_refine(b, motion, &kinematics, &n_frames, &moves, err));
        }
    for (n_frames = 1; n_frames > 0;)
        RIG_TRY(window_refine(b, motion, &kinematics, &n_frames, &moves, err));
    report(b, "motion", cpu_s() - start - moves);
    report(b, "kinematics", moves);
    rig_motion_close(motion);
    rig_bone_lengths_close(lengths);
    return RIG_OK;
}

int main(int argc, char **argv) {
    static bench b;
    rig_err err = {""};
    b.n = argc > 1 ? atoi(argv[1]) : 20000;
    b.dump = argc > 2 ? fopen(argv[2], "wb") : NULL;
    ring_init(&b.from, LONG_VIEWS, 4.5);
    b.skeleton = coco_skeleton();
    b.body = rig_body_init(&b.skeleton);
    b.frames = b.n > 0 ? RIG_NEW(&b.people, rig_frame3d, b.n) : NULL;
    if (!b.frames || (argc > 2 && !b.dump)) {
        fprintf(stderr, "usage: bench_moments [MOMENTS [DUMP]]\n");
        return 2;
    }
    rig_status status = triangulate(&b, &err);
    status = status == RIG_OK ? watch(&b, &err) : status;
    status = status == RIG_OK ? refine(&b, &err) : status;
    if (status != RIG_OK)
        fprintf(stderr, "error: %s\n", err.text);
    if (b.dump)
        fclose(b.dump);
    rig_arena_release(&b.scratch);
    rig_arena_release(&b.people);
    return status != RIG_OK;
}
