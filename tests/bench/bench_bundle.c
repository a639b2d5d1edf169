// How fast a rig is calibrated from its corners, and how far from the truth it ends. One line a case:
//   case, who, seconds (least and median of the runs), rms in pixels, errors of focal lengths (%) and positions (mm)
// usage: bench_bundle [--corners DIR] [CASE...]    --corners also writes each case's corners, for the peers
#include "calib/extrinsics.h"
#include "calib/intrinsics.h"
#include "core/linalg.h"
#include "tests/unit/calib/made_rig.h"

#include <stdlib.h>
#include <time.h>

enum { RUNS_MAX = 15 };

typedef struct bench_case {
    const char *name;
    int n_cameras, n_frames, n_runs; // one camera: its lens from near boards, which all fill much of the picture
} bench_case;

// issue 4's rig, and what grows from it
static const bench_case CASES[] = {{"rig60", 4, 60, 15},    {"rig300", 4, 300, 9},     {"rig200", 4, 200, 9},
                                   {"rig2000", 4, 2000, 5}, {"rig16x500", 16, 500, 3}, {"lens50", 1, 50, 9},
                                   {"lens200", 1, 200, 9},  {"lens2000", 1, 2000, 5}};
static const double NOISE_PX = 0.3;
static const double START_FOCAL_PX = 1500, START_OFF = 0.03; // rad and m, of the start for others

typedef struct outcome {
    double seconds[RUNS_MAX], rms_px, focal_percent, position_mm;
} outcome;

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void made(const bench_case *c, made_rig *rig) {
    if (c->n_cameras > 1) {
        made_rig_init(rig, c->n_cameras, c->n_frames, NOISE_PX, 1);
        return;
    }
    made_rig_init(rig, 1, 1, 0, 1);
    made_lens_boards(rig, c->n_frames, 0.6, NOISE_PX, 5);
}

// The largest errors over the cameras, positions after the rigid motion that brings all nearest to the truth.
static void judge(const made_rig *rig, const rig_calibration *found, outcome *o) {
    double truth[MADE_CAMERAS_MAX][3], at[MADE_CAMERAS_MAX][3], moved[3];
    rig_pose Rt_truth_found;
    o->rms_px = found->rms_px;
    o->focal_percent = o->position_mm = 0;
    for (int c = 0; c < rig->n_cameras; c++) {
        double error = found->cameras[c].camera.K[0] / rig->cameras[c].K[0] - 1;
        o->focal_percent = fmax(o->focal_percent, 100 * fabs(error));
        rig_pose_centre(&rig->Rt_cam_world[c], truth[c]);
        rig_pose_centre(&found->cameras[c].Rt_cam_world, at[c]);
    }
    if (rig->n_cameras == 1 ||
        !rig_pose_align((const double(*)[3])at, (const double(*)[3])truth, rig->n_cameras, &Rt_truth_found, NULL))
        return;
    for (int c = 0; c < rig->n_cameras; c++) {
        rig_pose_apply(&Rt_truth_found, at[c], moved);
        for (int k = 0; k < 3; k++)
            moved[k] -= truth[c][k];
        o->position_mm = fmax(o->position_mm, 1000 * rig_norm3(moved));
    }
}

static rig_status solve(made_rig *rig, rig_calibration *found, rig_arena *out, rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_intrinsics_solve_all(&rig->board, rig->seen, found->n, RIG_LENS_PINHOLE5, found->cameras, out, scratch,
                                     err));
    found->rms_px = found->cameras[0].rms_px;
    if (found->n == 1)
        return RIG_OK;
    return rig_extrinsics_solve(&rig->board, rig->seen, found->n, NULL, 0, false, found, out, scratch, err);
}

static rig_status measure(const bench_case *c, made_rig *rig, outcome *o, rig_err *err) {
    rig_arena out = {0}, scratch = {0};
    rig_status status = RIG_OK;
    for (int run = 0; run < c->n_runs && status == RIG_OK; run++) {
        rig_view_camera cameras[MADE_CAMERAS_MAX] = {0};
        rig_calibration found = {.n = rig->n_cameras, .cameras = cameras};
        double start = now_s();
        status = solve(rig, &found, &out, &scratch, err);
        o->seconds[run] = now_s() - start;
        if (status == RIG_OK)
            judge(rig, &found, o);
        rig_arena_clear(&out);
    }
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Board, cameras (truth), views with their corners.
static int corners_write(const bench_case *c, const made_rig *rig, const char *folder) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.txt", folder, c->name);
    FILE *file = fopen(path, "w");
    if (!file)
        return fprintf(stderr, "cannot write '%s'\n", path), 1;
    fprintf(file, "board %d %d %.17g\n", rig->board.cols, rig->board.rows, rig->board.square_m);
    for (int i = 0; i < rig->n_cameras; i++) {
        const rig_camera *camera = &rig->cameras[i];
        double centre[3];
        rig_pose_centre(&rig->Rt_cam_world[i], centre);
        fprintf(file, "camera %d %d %.17g %.17g %.17g %.17g\n", camera->width, camera->height, camera->K[0], centre[0],
                centre[1], centre[2]);
    }
    for (int i = 0; i < rig->n_cameras; i++)
        for (int v = 0; v < rig->seen[i].n; v++) {
            fprintf(file, "view %d %d", i, rig->seen[i].boards[v].frame);
            for (int k = 0; k < rig_board_n(&rig->board); k++)
                fprintf(file, " %.17g %.17g", rig->seen[i].boards[v].q[k][0], rig->seen[i].boards[v].q[k][1]);
            fprintf(file, "\n");
        }
    return fclose(file) != 0;
}

static void pose_write(FILE *file, rig_pose pose, double by, rig_rng *rng) {
    double rvec[3];
    rig_rotation_to_rvec(pose.R, rvec);
    for (int k = 0; k < 3; k++)
        fprintf(file, " %.17g", rvec[k] + by * rig_rng_normal(rng));
    for (int k = 0; k < 3; k++)
        fprintf(file, " %.17g", pose.t[k] + by * rig_rng_normal(rng));
}

// A start for solvers that bring none: lenses of one focal length without distortion, poses some way off. The first
// camera, which is held, is where it was.
static int start_write(const bench_case *c, const made_rig *rig, const char *folder) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.start.txt", folder, c->name);
    FILE *file = fopen(path, "w");
    if (!file)
        return fprintf(stderr, "cannot write '%s'\n", path), 1;
    rig_rng rng = rig_rng_seed(3, 3);
    for (int i = 0; i < rig->n_cameras; i++) {
        const rig_camera *camera = &rig->cameras[i];
        fprintf(file, "camera %g %g %g %g 0 0 0 0 0", START_FOCAL_PX, START_FOCAL_PX, (camera->width - 1) / 2.0,
                (camera->height - 1) / 2.0);
        pose_write(file, rig->Rt_cam_world[i], i ? START_OFF : 0, &rng);
        fprintf(file, "\n");
    }
    for (int f = 0; f < rig->n_frames; f++) {
        fprintf(file, "board");
        pose_write(file, rig->Rt_world_board[f], START_OFF, &rng);
        fprintf(file, "\n");
    }
    return fclose(file) != 0;
}

static int run_case(const bench_case *c, const char *folder) {
    made_rig rig;
    outcome o = {.rms_px = 0};
    rig_err err = {""};
    made(c, &rig);
    int failed = folder ? corners_write(c, &rig, folder) + start_write(c, &rig, folder) : 0;
    if (measure(c, &rig, &o, &err) != RIG_OK) {
        printf("%-10s rigpose    failed: %s\n", c->name, err.text);
        failed = 1;
    } else {
        qsort(o.seconds, (size_t)c->n_runs, sizeof *o.seconds, by_size);
        printf("%-10s %-12s %9.4f %9.4f %10.6f %9.5f %9.4f\n", c->name, "rigpose", o.seconds[0],
               o.seconds[c->n_runs / 2], o.rms_px, o.focal_percent, o.position_mm);
    }
    fflush(stdout);
    made_rig_release(&rig);
    return failed;
}

int main(int argc, char **argv) {
    const char *folder = NULL;
    int first = 1, failed = 0;
    if (argc > 2 && strcmp(argv[1], "--corners") == 0)
        folder = argv[2], first = 3;
    rig_linalg_one_thread();
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        bool asked = first >= argc;
        for (int k = first; k < argc; k++)
            asked |= strcmp(argv[k], CASES[i].name) == 0;
        failed += asked ? run_case(&CASES[i], folder) : 0;
    }
    return failed > 0;
}
