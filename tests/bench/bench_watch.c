// How often watch tells of a move or an offset where there is none, and how small a move it finds. Takes are drawn anew
// from their seed: 3 to 8 views, 1 to 4 people who walk, stand or dance, 6 to 30 seconds at 25 to 50 frames a second,
// three sizes of pictures, a view at half the rate, outliers, spells behind something, and a detector whose joints are
// off by what depends on joint and heading (0 to 3 cm) and by what drifts for 0.2 to 5 seconds (0 to 2 cm).
// Prints the share of takes with a finding where nothing changed, with its upper bound of 95 % (Clopper and Pearson
// 1934), then, by seconds of the take, the share of moves of 5, 10 and 20 mm and of 0.2 degrees, half way, that were
// found at their camera; and how often what the watch says it would have seen was found.
// usage: bench_watch [TAKES] [TAKES OF EACH POWER] [FIRST SEED]
#include "checks/watch.h"
#include "tests/bench/bound.h"
#include "tests/unit/triangulate/walkers.h"
#include "triangulate/tracker.h"

#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE = 4, VIEWS = 8, WAVES = 3 };

typedef enum style { WALKS, STANDS, DANCES } style;

typedef struct world {
    rig_rng rng;
    ring real, moved;
    rig_detection_params gates;
    int n_views, n_people, n_frames, slow_view; // slow_view: sees every second frame; -1: none
    double fps, noise_px, wrong, miss, hides;
    double bias_m, drift_m, drift_s;
    int moved_view, moved_from; // -1: nothing changes
    double moved_m, moved_px;   // by how much: along the picture; by a turn, in the picture
    style styles[PEOPLE];
    walker who[PEOPLE];
    double turns_s[PEOPLE];                                          // somebody who stands turns this often
    double wave[PEOPLE][COCO][2][WAVES], phase[PEOPLE][COCO][WAVES]; // of the bias, shares of bias_m
    double drift[VIEWS][PEOPLE][COCO][2];
    int hidden_until[VIEWS][PEOPLE];
} world;

static double pick(rig_rng *rng, double low, double high) {
    return rig_rng_uniform(rng, low, high);
}

static void cameras_make(world *w) {
    const double scale = 0.5 * (1 + rig_rng_below(&w->rng, 3)), radius = pick(&w->rng, 3.5, 6);
    ring_init(&w->real, w->n_views, radius);
    for (int v = 0; v < w->n_views; v++) {
        const double angle = 6.283185307179586 * (v + pick(&w->rng, -0.2, 0.2)) / w->n_views;
        const double centre[3] = {radius * cos(angle), radius * sin(angle), pick(&w->rng, 1.2, 2.8)};
        const double target[3] = {pick(&w->rng, -0.3, 0.3), pick(&w->rng, -0.3, 0.3), 1};
        rig_view_camera made = ring_camera(centre, target);
        memcpy(made.view, w->real.cameras[v].view, sizeof made.view);
        for (int k = 0; k < 4; k++)
            made.camera.K[k] *= scale;
        made.camera.width = (int)(scale * made.camera.width), made.camera.height = (int)(scale * made.camera.height);
        w->real.cameras[v] = made;
        w->real.undistorters[v] = rig_undistorter_plain(&w->real.cameras[v]);
    }
    w->gates.gate_px *= scale;
    w->noise_px = scale * pick(&w->rng, 0.5, 4);
}

static void world_init(world *w, uint64_t seed, double seconds) {
    static const double RATES[4] = {25, 25, 30, 50};
    memset(w, 0, sizeof *w);
    w->rng = rig_rng_seed(seed, 11);
    rig_rng *rng = &w->rng;
    w->gates = (rig_detection_params){.min_score = 0.1, .gate_m = 0.15, .gate_px = 25};
    w->n_views = 3 + rig_rng_below(rng, 6), w->n_people = 1 + rig_rng_below(rng, PEOPLE);
    w->fps = RATES[rig_rng_below(rng, 4)];
    w->n_frames = (int)(w->fps * (seconds > 0 ? seconds : 6 * pow(5, pick(rng, 0, 1))));
    w->slow_view = rig_rng_below(rng, 3) ? -1 : rig_rng_below(rng, w->n_views);
    w->wrong = pick(rng, 0, 0.05), w->miss = pick(rng, 0, 0.1), w->hides = rig_rng_below(rng, 2) ? 0 : 0.1;
    w->bias_m = pick(rng, 0, 0.03), w->drift_m = pick(rng, 0, 0.02), w->drift_s = 0.2 * pow(25, pick(rng, 0, 1));
    w->moved_view = -1;
    cameras_make(w);
    for (int k = 0; k < w->n_people; k++) {
        const double angle = 2.1 * k + pick(rng, -0.3, 0.3);
        w->styles[k] = (style)rig_rng_below(rng, 3);
        w->turns_s[k] = pick(rng, 2, 15);
        w->who[k] = (walker){0.7 * (k - 1) + 1.2 * cos(angle),
                             0.5 * (k % 2) + 1.2 * sin(angle),
                             angle + 1.57,
                             0,
                             0,
                             k,
                             pick(rng, 0.9, 1.1)};
        if (w->styles[k] == WALKS)
            w->who[k].speed = pick(rng, 0.4, 1.1), w->who[k].turn = pick(rng, 0.4, 0.8);
        for (int j = 0; j < COCO; j++)
            for (int m = 0; m < WAVES; m++) {
                w->phase[k][j][m] = pick(rng, 0, 6.28);
                for (int a = 0; a < 2; a++)
                    w->wave[k][j][a][m] = rig_rng_normal(rng) / sqrt(WAVES / 2.0);
            }
    }
}

// The person's joints, and their heading.
static double person_at(const world *w, int k, double t, double p[COCO][3]) {
    walker who = w->who[k];
    if (w->styles[k] == STANDS) // turns for half a second
        who.heading +=
            1.3 * floor(t / w->turns_s[k]) + 1.3 * fmin(1, 2 * (t - w->turns_s[k] * floor(t / w->turns_s[k])));
    if (w->styles[k] == DANCES) {
        who.heading += 1.5 * sin(0.9 * t + k), who.speed = 1e-9;
        who.x += 0.3 * sin(1.1 * t), who.y += 0.3 * sin(1.7 * t + k);
    }
    walker_at(&who, t, p);
    return who.heading + who.turn * t;
}

static void drift_step(world *w) {
    const double keep = exp(-1 / (w->drift_s * w->fps)), fresh = sqrt(1 - keep * keep);
    for (int v = 0; v < w->n_views; v++)
        for (int k = 0; k < w->n_people; k++)
            for (int j = 0; j < COCO; j++)
                for (int a = 0; a < 2; a++)
                    w->drift[v][k][j][a] = keep * w->drift[v][k][j][a] + fresh * rig_rng_normal(&w->rng);
}

static void joint_see(world *w, int v, int k, int j, double facing, rig_joint2d *joint, const double q[2],
                      double depth) {
    const double px_per_m = w->real.cameras[v].camera.K[0] / depth, far = pick(&w->rng, 0, 1) < w->wrong ? 80 : 0;
    *joint = (rig_joint2d){.found = !(pick(&w->rng, 0, 1) < w->miss), .score = pick(&w->rng, 0.5, 1)};
    for (int a = 0; a < 2; a++) {
        double off = w->drift_m * w->drift[v][k][j][a];
        for (int m = 0; m < WAVES; m++)
            off += w->bias_m * w->wave[k][j][a][m] * cos((m + 1) * facing + w->phase[k][j][m]) / sqrt(2);
        joint->q[a] = q[a] + px_per_m * off + (w->noise_px + far) * rig_rng_normal(&w->rng);
    }
}

static void view_see(world *w, int v, int f, shot *seen) {
    const ring *from = v == w->moved_view && f >= w->moved_from ? &w->moved : &w->real;
    const rig_pose *pose = &from->cameras[v].Rt_cam_world;
    const bool between = v == w->slow_view && f % 2;
    int found = 0;
    for (int k = 0; k < w->n_people; k++) {
        double p[COCO][3], before[COCO][3], centre[3], at[3], q[2], b[2];
        double heading = person_at(w, k, (f + between) / w->fps, p);
        if (between)
            person_at(w, k, (f - 1) / w->fps, before);
        if (pick(&w->rng, 0, 1) < w->hides / w->fps)
            w->hidden_until[v][k] = f + (int)(w->fps * pick(&w->rng, 0.5, 3));
        if (f < w->hidden_until[v][k] || pick(&w->rng, 0, 1) < 0.02)
            continue;
        rig_pose_centre(pose, centre);
        const double facing = heading - atan2(centre[1] - p[11][1], centre[0] - p[11][0]);
        for (int j = 0; j < COCO; j++) {
            rig_joint2d *joint = &seen->joints[v][found][j];
            *joint = (rig_joint2d){.found = false};
            rig_pose_apply(pose, p[j], at);
            if (!ring_project(from, v, p[j], q) || (between && !ring_project(from, v, before[j], b)))
                continue;
            for (int a = 0; a < 2 && between; a++)
                q[a] = (q[a] + b[a]) / 2;
            joint_see(w, v, k, j, facing, joint, q, at[2]);
        }
        seen->people[v][found] = (rig_person2d){.score = 0.8, .joints = seen->joints[v][found]};
        found++;
    }
    seen->frames[v] = (rig_frame2d){f, found, seen->people[v]};
    seen->views[v] = &seen->frames[v];
}

static void camera_move(world *w, double shift_m, double turn_rad) {
    double d[3], length;
    w->moved_view = rig_rng_below(&w->rng, w->n_views);
    w->moved_from = w->n_frames / 2;
    w->moved = w->real;
    for (int i = 0; i < 3; i++)
        d[i] = rig_rng_normal(&w->rng);
    length = rig_norm3(d);
    double turn[3], shift[3];
    for (int i = 0; i < 3; i++)
        turn[i] = d[i] / length * turn_rad, shift[i] = d[i] / length * shift_m;
    w->moved_m = hypot(shift[0], shift[1]);
    w->moved_px = w->real.cameras[w->moved_view].camera.K[0] * hypot(turn[0], turn[1]);
    rig_pose step = rig_pose_from_rvec(turn, shift), *pose = &w->moved.cameras[w->moved_view].Rt_cam_world;
    *pose = rig_pose_mul(&step, pose);
}

static void take_watch(world *w, rig_watch_report *report, rig_arena *out) {
    static shot seen;
    rig_skeleton skeleton = coco_skeleton();
    rig_tracker_params params = rig_tracker_defaults();
    rig_tracker *tracker;
    rig_watch *watch;
    rig_repairs repairs;
    rig_arena frame_out = {NULL}, scratch = {NULL};
    rig_err err;
    assert_ok(rig_tracker_open(&w->real.rig, &skeleton, w->fps, &params, &tracker, &err));
    assert_ok(rig_watch_open(&w->real.rig, &skeleton, &w->gates, w->fps, &watch, &err));
    for (int f = 0; f < w->n_frames; f++) {
        rig_frame3d frame;
        drift_step(w);
        for (int v = 0; v < w->n_views; v++)
            view_see(w, v, f, &seen);
        assert_ok(rig_tracker_next(tracker, f, seen.views, &frame, &frame_out, &scratch, &err));
        assert_ok(rig_watch_next(watch, &frame, seen.views, &scratch, &err));
        rig_arena_clear(&frame_out);
    }
    assert_ok(rig_watch_solve(watch, report, &repairs, out, &scratch, &err));
    rig_tracker_close(tracker);
    rig_watch_close(watch);
    rig_arena_release(&frame_out), rig_arena_release(&scratch);
}

static world w;

static void false_alarms(int n, uint64_t seed) {
    int told = 0, tested = 0;
    for (int i = 0; i < n; i++) {
        rig_watch_report report;
        rig_arena out = {NULL};
        bool any = false;
        world_init(&w, seed + (uint64_t)i, 0);
        take_watch(&w, &report, &out);
        for (int v = 0; v < report.n_views; v++)
            any |= report.views[v].tested;
        tested += any, told += report.n > 0;
        for (int k = 0; k < report.n; k++)
            printf("  seed %d: %d views, %d people, %d frames at %.0f, noise %.1f px, bias %.0f mm, drift %.0f mm for "
                   "%.1f s: view "
                   "%d %s, chi2 %.0f, %.1f px, %.2f frames\n",
                   (int)seed + i, w.n_views, w.n_people, w.n_frames, w.fps, w.noise_px, 1e3 * w.bias_m, 1e3 * w.drift_m,
                   w.drift_s, report.findings[k].view, report.findings[k].kind == RIG_WATCH_MOVED ? "moved" : "late",
                   report.findings[k].chi2, report.findings[k].displaced_px, report.findings[k].offset_frames);
        if ((i + 1) % 10 == 0)
            printf("  %d takes, %d with a finding\n", i + 1, told);
        fflush(stdout);
        rig_arena_release(&out);
    }
    printf("false alarms: %d of %d takes (%d of them long enough to tell): %.2f %%, at most %.2f %%\n", told, n, tested,
           100.0 * told / n, 100 * clopper_pearson(told, n));
}

static void power(int n, uint64_t seed) {
    static const struct {
        const char *what;
        double shift_m, turn_rad;
    } MOVES[] = {{"5 mm", 0.005, 0}, {"10 mm", 0.01, 0}, {"20 mm", 0.02, 0}, {"0.2 deg", 0, 0.2 * 3.14159265 / 180}};
    static const double SECONDS[] = {8, 20, 40};
    for (size_t s = 0; s < sizeof SECONDS / sizeof *SECONDS; s++)
        for (size_t m = 0; m < sizeof MOVES / sizeof *MOVES; m++) {
            int right = 0, wrong = 0, promised = 0, kept = 0;
            for (int i = 0; i < n; i++) {
                rig_watch_report report;
                rig_arena out = {NULL};
                bool found = false;
                world_init(&w, seed + (uint64_t)i, SECONDS[s]);
                camera_move(&w, MOVES[m].shift_m, MOVES[m].turn_rad);
                take_watch(&w, &report, &out);
                for (int k = 0; k < report.n; k++)
                    if (report.findings[k].view == w.moved_view && report.findings[k].kind == RIG_WATCH_MOVED)
                        found = true;
                    else
                        wrong++;
                right += found;
                const rig_watch_view *view = &report.views[w.moved_view];
                if (view->tested && (w.moved_m > view->unseen_m || w.moved_px > view->unseen_px))
                    promised++, kept += found;
                rig_arena_release(&out);
            }
            printf("power: %2.0f s, %-7s %3.0f %% of %d found, %d findings at other cameras; of %d said to be seen, %d "
                   "found\n",
                   SECONDS[s], MOVES[m].what, 100.0 * right / n, n, wrong, promised, kept);
            fflush(stdout);
        }
}

int main(int argc, char **argv) {
    const int n = argc > 1 ? atoi(argv[1]) : 200, n_power = argc > 2 ? atoi(argv[2]) : n / 10;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (n > 0)
        false_alarms(n, seed);
    if (n_power > 0)
        power(n_power, seed);
    return 0;
}
