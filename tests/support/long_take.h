// A take of any length without pictures: four cameras, two people who walk, what a detector would make of them, as
// 60_people2d/ and the rig that goes with it.
#ifndef RIG_TESTS_SUPPORT_LONG_TAKE_H
#define RIG_TESTS_SUPPORT_LONG_TAKE_H

#include "io/file.h"
#include "io/results.h"
#include "tests/unit/triangulate/walkers.h"

enum { LONG_VIEWS = 4, LONG_PEOPLE = 2, LONG_CHUNK = 100 };

static const double LONG_FPS = 60;            // unless another is asked for
static const double AWAY_S = 600, GONE_S = 4; // every ten minutes somebody goes out of all pictures for some seconds

// Where the people are; returns how many.
static inline int long_people_at(int frame, double fps, double p[LONG_PEOPLE][COCO][3]) {
    static const walker WHO[LONG_PEOPLE] = {{1.3, 0, 1.5708, 0.78, 0.6, 0, 1}, {-1.1, 0.4, -1.2, 0.7, 0.5, 1, 0.95}};
    double t = frame / fps;
    for (int k = 0; k < LONG_PEOPLE; k++)
        walker_at(&WHO[k], t, p[k]);
    return fmod(t, AWAY_S) < AWAY_S - GONE_S ? LONG_PEOPLE : LONG_PEOPLE - 1;
}

// What the view makes of a person with joints at p: one more of the frame's people, or nobody.
static inline void long_person_add(const ring *from, int view, const double p[COCO][3], rig_rng *rng,
                                   rig_frame2d *frame, rig_joint2d *joints) {
    static const detector HOW = {.noise_px = 2, .miss = 0.03, .wrong = 0.01, .miss_person = 0.01};
    shot_person(from, view, p, &HOW, rng, joints);
    frame->people[frame->n] = (rig_person2d){.score = 0.8, .joints = joints};
    frame->n += !(rig_rng_uniform(rng, 0, 1) < HOW.miss_person);
}

static inline rig_status long_view_write(const ring *from, int view, const char *folder, double fps, int n_frames,
                                         int gap_at, int gap, rig_err *err) {
    static rig_frame2d frames[LONG_CHUNK];
    static rig_person2d people[LONG_CHUNK][LONG_PEOPLE];
    static rig_joint2d joints[LONG_CHUNK][LONG_PEOPLE][COCO];
    char path[1024];
    rig_people2d head = {.n_joints = COCO, .frames = frames};
    rig_people2d_writer *writer;
    rig_rng rng = rig_rng_seed(5, (uint64_t)view);
    snprintf(head.view, sizeof head.view, "%s", from->cameras[view].view);
    snprintf(head.skeleton, sizeof head.skeleton, "coco17");
    snprintf(path, sizeof path, "%s/out/60_people2d/%s.yaml", folder, head.view);
    RIG_TRY(rig_people2d_make(path, &head, NULL, &writer, err));
    for (int f = 0; f < n_frames; f++) {
        double p[LONG_PEOPLE][COCO][3];
        int i = f % LONG_CHUNK, n = long_people_at(f, fps, p);
        frames[i] = (rig_frame2d){.frame = f + (f >= gap_at ? gap : 0), .people = people[i]};
        for (int k = 0; k < n; k++)
            long_person_add(from, view, (const double(*)[3])p[k], &rng, &frames[i], joints[i][k]);
        head.n_frames = i + 1;
        if (i + 1 < LONG_CHUNK && f + 1 < n_frames)
            continue;
        rig_status status = rig_people2d_add(writer, &head, err);
        if (status != RIG_OK) {
            rig_people2d_drop(writer);
            return status;
        }
    }
    return rig_people2d_commit(writer, err);
}

static inline rig_status long_rig_write(const ring *from, const char *folder, const char *skeleton, double fps,
                                        rig_err *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/cameras.yaml", folder);
    RIG_TRY(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &from->rig, NULL, err));
    snprintf(path, sizeof path, "%s/rig.yaml", folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s'", path);
    fprintf(file, "schema: rigpose/rig/1\nfeeds:\n");
    for (int v = 0; v < LONG_VIEWS; v++)
        fprintf(file, "  c%d: {views: [c%d], fps: %g}\n", v + 1, v + 1, fps);
    fprintf(file, "recordings:\n  walk: {c1: null, c2: null, c3: null, c4: null}\n");
    fprintf(file, "take: walk\ncameras: cameras.yaml\nkeypoints: {source: yaml}\nskeleton: %s\n", skeleton);
    fprintf(file, "motion: {filter: butterworth, derivatives: true, angles: true}\n");
    return fclose(file) == 0 ? RIG_OK : rig_fail(err, RIG_ERR_IO, "cannot write '%s'", path);
}

// The take in a folder, its skeleton by name or path, from frame gap_at on as many frames later as gap says.
static inline rig_status long_take_write(const char *folder, const char *skeleton, double fps, int n_frames, int gap_at,
                                         int gap, rig_err *err) {
    static ring from;
    char path[1024];
    rig_status status = RIG_OK;
    ring_init(&from, LONG_VIEWS, 4.5);
    snprintf(path, sizeof path, "%s/out/60_people2d", folder);
    RIG_TRY(rig_folder_make(path, err));
    RIG_TRY(long_rig_write(&from, folder, skeleton, fps, err));
    for (int v = 0; v < LONG_VIEWS && status == RIG_OK; v++)
        status = long_view_write(&from, v, folder, fps, n_frames, gap_at, gap, err);
    return status;
}

#endif
