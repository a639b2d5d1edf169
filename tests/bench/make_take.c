// A long take without pictures: four cameras, two people who walk, what a detector would make of them, as 60_people2d/
// and the rig that goes with it. usage: make_take FOLDER FRAMES
#include "tests/unit/triangulate/walkers.h"

#include "io/file.h"
#include "io/results.h"

#include <stdlib.h>

enum { VIEWS = 4, PEOPLE = 2, CHUNK = 100 };

static const double FPS = 60;
static const double AWAY_S = 600, GONE_S = 4; // every ten minutes somebody goes out of all pictures for some seconds

// Where the people are; returns how many.
static int people_at(int frame, double p[PEOPLE][COCO][3]) {
    static const walker WHO[PEOPLE] = {{1.3, 0, 1.5708, 0.78, 0.6, 0, 1}, {-1.1, 0.4, -1.2, 0.7, 0.5, 1, 0.95}};
    double t = frame / FPS;
    for (int k = 0; k < PEOPLE; k++)
        walker_at(&WHO[k], t, p[k]);
    return fmod(t, AWAY_S) < AWAY_S - GONE_S ? PEOPLE : PEOPLE - 1;
}

static rig_status view_write(const ring *from, int view, const char *folder, int n_frames, rig_err *err) {
    static const detector HOW = {.noise_px = 2, .miss = 0.03, .wrong = 0.01, .miss_person = 0.01};
    static rig_frame2d frames[CHUNK];
    static rig_person2d people[CHUNK][PEOPLE];
    static rig_joint2d joints[CHUNK][PEOPLE][COCO];
    char path[1024];
    rig_people2d head = {.n_joints = COCO, .frames = frames};
    rig_people2d_writer *writer;
    rig_rng rng = rig_rng_seed(5, (uint64_t)view);
    snprintf(head.view, sizeof head.view, "%s", from->cameras[view].view);
    snprintf(head.skeleton, sizeof head.skeleton, "coco17");
    snprintf(path, sizeof path, "%s/out/60_people2d/%s.yaml", folder, head.view);
    RIG_TRY(rig_people2d_make(path, &head, NULL, &writer, err));
    for (int f = 0; f < n_frames; f++) {
        double p[PEOPLE][COCO][3];
        int i = f % CHUNK, n = people_at(f, p);
        frames[i] = (rig_frame2d){.frame = f, .people = people[i]};
        for (int k = 0; k < n; k++) {
            rig_person2d *person = &people[i][frames[i].n];
            shot_person(from, view, (const double(*)[3])p[k], &HOW, &rng, joints[i][k]);
            *person = (rig_person2d){.score = 0.8, .joints = joints[i][k]};
            frames[i].n += !(rig_rng_uniform(&rng, 0, 1) < HOW.miss_person);
        }
        head.n_frames = i + 1;
        if (i + 1 < CHUNK && f + 1 < n_frames)
            continue;
        rig_status status = rig_people2d_add(writer, &head, err);
        if (status != RIG_OK) {
            rig_people2d_drop(writer);
            return status;
        }
    }
    return rig_people2d_commit(writer, err);
}

static rig_status rig_write(const ring *from, const char *folder, rig_err *err) {
    char path[1024];
    snprintf(path, sizeof path, "%s/cameras.yaml", folder);
    RIG_TRY(rig_calibration_write(path, RIG_SCHEMA_EXTRINSICS, &from->rig, NULL, err));
    snprintf(path, sizeof path, "%s/rig.yaml", folder);
    FILE *file = fopen(path, "w");
    if (!file)
        return rig_fail(err, RIG_ERR_IO, "cannot write '%s'", path);
    fprintf(file, "schema: rigpose/rig/1\nfeeds:\n");
    for (int v = 0; v < VIEWS; v++)
        fprintf(file, "  c%d: {views: [c%d], fps: %g}\n", v + 1, v + 1, FPS);
    fprintf(file, "recordings:\n  walk: {c1: null, c2: null, c3: null, c4: null}\n");
    fprintf(file, "take: walk\ncameras: cameras.yaml\nkeypoints: {source: yaml}\nskeleton: coco17\n");
    fprintf(file, "motion: {filter: butterworth, derivatives: true, angles: true}\n");
    return fclose(file) == 0 ? RIG_OK : rig_fail(err, RIG_ERR_IO, "cannot write '%s'", path);
}

static rig_status take_write(const char *folder, int n_frames, rig_err *err) {
    static ring from;
    char path[1024];
    rig_status status = RIG_OK;
    ring_init(&from, VIEWS, 4.5);
    snprintf(path, sizeof path, "%s/out/60_people2d", folder);
    RIG_TRY(rig_folder_make(path, err));
    RIG_TRY(rig_write(&from, folder, err));
    for (int v = 0; v < VIEWS && status == RIG_OK; v++)
        status = view_write(&from, v, folder, n_frames, err);
    return status;
}

int main(int n, char **argv) {
    rig_err err = {""};
    if (n != 3 || atoi(argv[2]) < 1) {
        fprintf(stderr, "usage: make_take FOLDER FRAMES\n");
        return 2;
    }
    if (take_write(argv[1], atoi(argv[2]), &err) == RIG_OK)
        return 0;
    fprintf(stderr, "error: %s\n", err.text);
    return 1;
}
