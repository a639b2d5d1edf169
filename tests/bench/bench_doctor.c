// How often doctor tells of a fault where there is none, and which faults it finds and names. Sessions are drawn anew
// from their seed, as corners: 2 to 8 views of four sizes and of any lens, around the board or before it, boards of the
// three kinds, 14 to 56 of them at 25 to 60 frames a second, carried or resting at times, those with markers partly
// seen, noise of 0.05 to 0.5 px and up to 0.3 px that drifts, a stated clock that falls between frames, and a lens that
// the model asked for cannot quite follow.
// Prints the share of sessions with a finding where nothing is wrong, by check, with its upper bound of 95 %; then, for
// each fault, the share with any finding, and with one of the right kind at the right view.
// usage: bench_doctor [SESSIONS] [SESSIONS OF EACH FAULT] [FIRST SEED]
#include "calib/adjustment.h"
#include "calib/intrinsics.h"
#include "calib/trajectory.h"
#include "checks/doctor.h"
#include "tests/bench/bound.h"
#include "tests/support/support.h"
#include "tests/unit/calib/made_rig.h"

#include <stdlib.h>

enum { VIEWS = 8, REACH = 4, HALVES_LEAST = 24, FLOOR_FRAMES = 3 }; // the last two as app/cmd_doctor.c has them
enum { LENS, BOARD, FLOOR, RECORDINGS };                            // of the lenses, of all together, another one
static const char *const NAMES[RECORDINGS] = {"lens", "board", "floor"};

typedef enum fault {
    NOTHING,
    LATE_FRAME,
    LATE_HALF,
    EXCHANGED_LENSES,
    EXCHANGED_PLACES,
    BUMP_SHIFT,
    BUMP_TURN,
    FOCUS,
    SCALE,
    MIRRORED,
    FAULTS
} fault;

static const struct {
    const char *says;
    rig_fault what;
} TELLS[FAULTS] = {{"nothing", RIG_FAULT_COUNT},
                   {"clock late by a frame", RIG_FAULT_CLOCKS},
                   {"clock late by half a frame", RIG_FAULT_CLOCKS},
                   {"views exchanged, lenses", RIG_FAULT_SWAPPED},
                   {"views exchanged, places", RIG_FAULT_SWAPPED},
                   {"bump of 5 mm", RIG_FAULT_BUMPED},
                   {"bump of 0.3 degrees", RIG_FAULT_BUMPED},
                   {"focus changes by 1 %", RIG_FAULT_FOCUS},
                   {"square 4 % too large", RIG_FAULT_SCALE},
                   {"view mirrored", RIG_FAULT_MIRRORED}};

typedef struct world {
    rig_rng rng, way;
    rig_arena arena, scratch;
    rig_board board;
    rig_lens asked;
    fault wrong;
    int view, other, from; // what is wrong with which view, from which frame on
    int n_views, n_boards, step;
    double fps, noise_px, drift_px, period_s, pace, reach_m, tilt;
    bool own_lens, rests;
    rig_pose Rt_world_volume;
    rig_camera real[VIEWS], solved[VIEWS];
    rig_pose Rt_cam_world[VIEWS];
    double late[VIEWS]; // stated, frames
    rig_view_corners seen[RECORDINGS][VIEWS];
    rig_findings findings;
} world;

static double pick(world *w, double low, double high) {
    return rig_rng_uniform(&w->rng, low, high);
}

static rig_camera camera_make(world *w, bool alike) {
    static const int SIZES[4][2] = {{640, 480}, {1280, 720}, {1920, 1080}, {1280, 1024}};
    const int *size = SIZES[alike ? 1 : rig_rng_below(&w->rng, 4)];
    const double f = size[0] * pick(w, 0.7, 1.3), bent = pow(size[0] / f, 2);
    rig_camera c = {.width = size[0], .height = size[1], .lens = RIG_LENS_PINHOLE8};
    c.K[0] = f, c.K[1] = f * pick(w, 0.995, 1.005);
    for (int k = 0; k < 2; k++)
        c.K[2 + k] = (size[k] - 1) / 2.0 + size[k] * pick(w, -0.02, 0.02);
    if (w->asked == RIG_LENS_FISHEYE4) {
        c.lens = RIG_LENS_FISHEYE4;
        c.dist[0] = pick(w, -0.03, 0.03), c.dist[1] = pick(w, -0.01, 0.01);
        return c;
    }
    if (w->asked == RIG_LENS_PINHOLE0) // little that it cannot follow
        c.dist[0] = pick(w, -0.002, 0.002);
    else
        c.dist[0] = pick(w, -0.25, 0.1) / fmax(1, bent), c.dist[1] = pick(w, -0.05, 0.05);
    if (w->asked >= RIG_LENS_PINHOLE4)
        c.dist[2] = pick(w, -5e-4, 5e-4), c.dist[3] = pick(w, -5e-4, 5e-4);
    if (w->asked > RIG_LENS_PINHOLE0)
        c.dist[5] = pick(w, -0.01, 0.01); // of the denominator: most models lack it
    return c;
}

static void board_make(world *w) {
    static const rig_board_kind KINDS[4] = {RIG_BOARD_CHESSBOARD, RIG_BOARD_CHESSBOARD, RIG_BOARD_CHARUCO,
                                            RIG_BOARD_APRILGRID};
    w->board = (rig_board){.kind = KINDS[w->wrong == MIRRORED ? 0 : rig_rng_below(&w->rng, 4)]};
    w->board.cols = 5 + rig_rng_below(&w->rng, 4), w->board.rows = 4 + rig_rng_below(&w->rng, 3);
    w->board.cols += w->board.cols == w->board.rows;
    if (w->board.kind == RIG_BOARD_APRILGRID)
        w->board.cols += w->board.cols % 2, w->board.rows += w->board.rows % 2;
}

static void cameras_make(world *w) {
    const bool around = rig_rng_below(&w->rng, 2), alike = w->wrong == EXCHANGED_PLACES;
    const double distance = pick(w, 1.5, 4), spread = around ? 6.283185307179586 : pick(w, 0.6, 1.8);
    double least = INFINITY;
    for (int v = 0; v < w->n_views; v++) {
        const double angle = spread * ((v + pick(w, -0.2, 0.2)) / w->n_views - 0.5),
                     up = around ? pick(w, 0.5, 0.8) : 0.1;
        const double centre[3] = {distance * cos(angle), distance * sin(angle), distance * (up + pick(w, -0.1, 0.1))};
        const double target[3] = {pick(w, -0.1, 0.1), pick(w, -0.1, 0.1), pick(w, -0.1, 0.1)};
        w->real[v] = camera_make(w, alike);
        w->Rt_cam_world[v] = made_look_at(centre, target);
        least = fmin(least, distance * w->real[v].height / w->real[v].K[1]);
    }
    w->reach_m = 0.25 * least;
    w->board.square_m = least * pick(w, 0.3, 0.5) / (w->board.rows - 1);
    if (w->board.kind == RIG_BOARD_APRILGRID)
        w->board.gap_m = 0.3 * w->board.square_m;
    if (w->board.kind == RIG_BOARD_CHARUCO)
        w->board.marker_m = 0.7 * w->board.square_m;
    // The board's printed side is towards the cameras: from above, or from the middle of the arc.
    const rig_pose flat = {{1, 0, 0, 0, -1, 0, 0, 0, -1}, {0, 0, 0}}, wall = {{0, 0, -1, 1, 0, 0, 0, -1, 0}, {0, 0, 0}};
    w->Rt_world_volume = around ? flat : wall;
}

static void world_init(world *w, fault wrong, uint64_t seed) {
    static const double RATES[4] = {25, 30, 50, 60};
    static const rig_lens ASKED[5] = {RIG_LENS_PINHOLE5, RIG_LENS_PINHOLE5, RIG_LENS_PINHOLE4, RIG_LENS_PINHOLE0,
                                      RIG_LENS_FISHEYE4};
    *w = (world){.rng = rig_rng_seed(seed, 21), .way = rig_rng_seed(seed, 22), .wrong = wrong};
    w->asked = ASKED[rig_rng_below(&w->rng, 5)];
    w->n_views = 2 + rig_rng_below(&w->rng, VIEWS - 1);
    w->n_views += wrong == MIRRORED && w->n_views == 2; // of two, which one cannot be told
    w->n_boards = (int)(14 * pow(4, pick(w, 0, 1)));
    w->step = 1 + rig_rng_below(&w->rng, 6), w->fps = RATES[rig_rng_below(&w->rng, 4)];
    w->noise_px = 0.05 * pow(10, pick(w, 0, 1)), w->drift_px = rig_rng_below(&w->rng, 2) ? 0 : pick(w, 0, 0.3);
    w->rests = rig_rng_below(&w->rng, 3) == 0, w->period_s = pick(w, 1, 3);
    w->own_lens = wrong == EXCHANGED_LENSES || rig_rng_below(&w->rng, 2);
    w->pace = pick(w, 0.5, 1.2), w->tilt = pick(w, 0.35, 0.6);
    board_make(w);
    cameras_make(w);
    for (int v = 0; v < w->n_views; v++)
        w->late[v] = rig_rng_below(&w->rng, 3) ? 0 : pick(w, -0.5, 0.5);
    w->view = rig_rng_below(&w->rng, w->n_views);
    w->other = (w->view + 1 + rig_rng_below(&w->rng, w->n_views - 1)) % w->n_views;
    w->from = w->n_boards / 2 * w->step;
}

// Where the board is: it goes about the volume and tilts, and stands for half of the time where it rests.
static rig_pose board_at(const world *w, double t_s) {
    rig_rng rng = w->way;
    double x[6], moved[3],
        centre[3] = {rig_board_along(&w->board, w->board.cols - 1) / 2,
                     rig_board_along(&w->board, w->board.rows - 1) / 2, 0};
    const double n = floor(t_s / w->period_s), u = fmin(1, 2 * (t_s / w->period_s - n));
    const double s = w->rests ? w->period_s * (n + u * u * (3 - 2 * u)) : t_s;
    for (int k = 0; k < 6; k++)
        x[k] = sin(w->pace * rig_rng_uniform(&rng, 0.6, 1.6) * s + rig_rng_uniform(&rng, 0, 6.28));
    const double tilt[3] = {w->tilt * x[0], w->tilt * x[1], 0}, turn[3] = {0, 0, 1.2 * x[2]};
    const double at[3] = {w->reach_m * x[3], w->reach_m * x[4], w->reach_m * x[5]}, zero[3] = {0, 0, 0};
    rig_pose tilted = rig_pose_from_rvec(tilt, zero), turned = rig_pose_from_rvec(turn, zero);
    rig_pose pose = rig_pose_mul(&tilted, &turned);
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] = at[k] - moved[k];
    return rig_pose_mul(&w->Rt_world_volume, &pose);
}

// Close to the camera, all over its picture, tilted.
static rig_pose lens_board_at(world *w, const rig_camera *camera) {
    const double z = rig_board_along(&w->board, w->board.rows - 1) * camera->K[1] / camera->height * pick(w, 1.3, 2.2);
    const double r[3] = {pick(w, -0.6, 0.6), pick(w, -0.6, 0.6), pick(w, -0.5, 0.5)};
    double t[3] = {0, 0, z}, moved[3],
           centre[3] = {rig_board_along(&w->board, w->board.cols - 1) / 2,
                        rig_board_along(&w->board, w->board.rows - 1) / 2, 0};
    t[0] = z * camera->width / camera->K[0] * pick(w, -0.25, 0.25),
    t[1] = z * camera->height / camera->K[1] * pick(w, -0.25, 0.25);
    rig_pose pose = rig_pose_from_rvec(r, t);
    rig_mat3_mul_vec(pose.R, centre, moved);
    for (int k = 0; k < 3; k++)
        pose.t[k] -= moved[k];
    return pose;
}

static void board_see(world *w, rig_view_corners *seen, const rig_camera *camera, const rig_pose *Rt_cam_board,
                      int frame, const double drift[2]) {
    const int n = rig_board_n(&w->board);
    double(*q)[2] = (double(*)[2])rig_arena_alloc(&w->arena, (size_t)n, sizeof *q);
    bool *mask = RIG_NEW(&w->arena, bool, n);
    int n_seen = 0;
    for (int i = 0; i < n; i++) {
        double p[3], at[3];
        rig_board_point(&w->board, i, p);
        rig_pose_apply(Rt_cam_board, p, at);
        mask[i] = at[2] > 0.05 && rig_camera_project(camera, at, q[i], NULL, NULL) && q[i][0] > 2 && q[i][1] > 2 &&
                  q[i][0] < camera->width - 3 && q[i][1] < camera->height - 3;
        for (int k = 0; k < 2; k++)
            q[i][k] += drift[k] + w->noise_px * rig_rng_normal(&w->rng);
        n_seen += mask[i];
    }
    if (n_seen == n || (rig_board_has_markers(&w->board) && n_seen >= n / 2))
        seen->boards[seen->n++] = (rig_board_view){.frame = frame, .q = q, .seen = n_seen == n ? NULL : mask};
}

static void corners_turn(double (*q)[2], int n) {
    for (int i = 0; i < n / 2; i++)
        for (int k = 0; k < 2; k++) {
            const double kept = q[i][k];
            q[i][k] = q[n - 1 - i][k], q[n - 1 - i][k] = kept;
        }
}

// A chessboard in a mirrored picture as rig_corners_find reads it: rows run so that it looks as printed, and from the
// end that the colours tell, or where they do not, from the one farther up.
static void board_mirror(const rig_board *board, int width, double (*q)[2]) {
    const int n = rig_board_n(board);
    for (int k = 0; k < n; k++)
        q[k][0] = width - 1 - q[k][0];
    for (int y = 0; y < board->rows; y++)
        corners_turn(q + y * board->cols, board->cols);
    if ((board->cols + board->rows) % 2 ? board->cols % 2 : q[0][1] > q[n - 1][1])
        corners_turn(q, n);
}

static void view_see(world *w, int recording, int v) {
    rig_view_corners *seen = &w->seen[recording][v];
    const int n = recording == FLOOR ? FLOOR_FRAMES : recording == LENS ? 12 + rig_rng_below(&w->rng, 20) : w->n_boards;
    // In this recording another view's pictures may lie under the view's name.
    const bool exchanged =
        (w->wrong == EXCHANGED_LENSES && recording == BOARD) || (w->wrong == EXCHANGED_PLACES && recording == FLOOR);
    const int c = !exchanged ? v : v == w->view ? w->other : v == w->other ? w->view : v;
    const bool ill = recording == BOARD && v == w->view;
    const double late = w->late[v] + (ill && w->wrong == LATE_FRAME ? 1 : ill && w->wrong == LATE_HALF ? 0.5 : 0);
    double drift[2] = {0, 0}, d[3];
    for (int k = 0; k < 3; k++)
        d[k] = rig_rng_normal(&w->rng);
    const double size = (w->wrong == BUMP_SHIFT ? 0.005 : 0.3 * 3.14159265 / 180) / rig_norm3(d);
    const double by[3] = {size * d[0], size * d[1], size * d[2]}, zero[3] = {0, 0, 0};
    const rig_pose bump = w->wrong == BUMP_SHIFT  ? rig_pose_from_rvec(zero, by)
                          : w->wrong == BUMP_TURN ? rig_pose_from_rvec(by, zero)
                                                  : rig_pose_identity();
    *seen = (rig_view_corners){.width = w->real[c].width, .height = w->real[c].height, .n_searched = n};
    snprintf(seen->view, sizeof seen->view, "c%d", v + 1);
    seen->boards = RIG_NEW(&w->arena, rig_board_view, n);
    for (int f = 0; f < n; f++) {
        rig_camera camera = w->real[c];
        const int frame = f * w->step;
        for (int k = 0; k < 2; k++)
            drift[k] = 0.9 * drift[k] + 0.44 * w->drift_px * rig_rng_normal(&w->rng);
        if (ill && frame >= w->from && w->wrong == FOCUS)
            camera.K[0] *= 1.01, camera.K[1] *= 1.01;
        rig_pose pose = board_at(w, (frame + late) / w->fps + (recording == FLOOR ? 1000 : 0));
        pose = rig_pose_mul(&w->Rt_cam_world[c], &pose);
        if (ill && frame >= w->from)
            pose = rig_pose_mul(&bump, &pose);
        if (recording == LENS)
            pose = lens_board_at(w, &camera);
        board_see(w, seen, &camera, &pose, frame, drift);
    }
    for (int i = 0; i < seen->n && w->wrong == MIRRORED && v == w->view; i++)
        board_mirror(&w->board, seen->width, seen->boards[i].q);
}

// Boards on the stated clock, as app/corners_for.c has them; late: how late they are still.
static void boards_place(world *w, int recording, double *late) {
    rig_err err;
    for (int v = 0; v < w->n_views; v++) {
        const rig_view_corners seen = w->seen[recording][v];
        double *x = RIG_NEW(&w->scratch, double, seen.n);
        bool smooth;
        for (int i = 0; i < seen.n; i++)
            x[i] = seen.boards[i].frame - w->late[v];
        assert_ok(rig_boards_at(&w->board, &seen, x, &w->seen[recording][v], &smooth, &w->arena, &w->scratch, &err));
        late[v] = smooth ? 0 : w->late[v];
    }
}

// The doctor's order of checks, that of app/cmd_doctor.c. False: no session, as a view has no lens or sees no other.
static bool examine(world *w) {
    rig_findings *f = &w->findings;
    rig_arena *out = &w->arena, *scratch = &w->scratch;
    const rig_camera *cameras[VIEWS];
    rig_err err = {""};
    rig_view_corners lens_from[VIEWS]; // before they are placed on the clock
    memcpy(lens_from, w->seen[w->own_lens ? LENS : BOARD], sizeof lens_from);
    for (int v = 0; v < w->n_views; v++) {
        rig_view_camera solved;
        if (rig_intrinsics_solve(&w->board, &lens_from[v], w->asked, &solved, out, scratch, &err) != RIG_OK)
            return false;
        w->solved[v] = solved.camera, cameras[v] = &w->solved[v];
    }
    double late[RECORDINGS][VIEWS];
    for (int recording = BOARD; recording <= FLOOR; recording++)
        boards_place(w, recording, late[recording]);
    rig_doctor_recording p = {NAMES[BOARD], &w->board, w->n_views, w->seen[BOARD], cameras, late[BOARD]};
    int apart, n_views = w->n_views;
    for (int a = 1; a < n_views; a++) {
        bool linked = false;
        for (int b = 0; b < n_views; b++)
            linked |= b != a && rig_doctor_shared_frames(&p.seen[a], &p.seen[b], &apart) >= 6;
        if (!linked)
            return false;
    }
    assert_ok(rig_doctor_links(&p, f, out, scratch, &err));
    if (w->own_lens && w->wrong != EXCHANGED_LENSES)
        assert_ok(rig_doctor_lenses_swapped(&p, f, out, scratch, &err));
    else if (w->own_lens) { // views of other sizes are not compared
        for (int v = 0; v < n_views; v++)
            if (p.seen[v].width != cameras[v]->width || p.seen[v].height != cameras[v]->height)
                return false;
        assert_ok(rig_doctor_lenses_swapped(&p, f, out, scratch, &err));
    }
    for (int v = 0; v < n_views && rig_findings_count(f, RIG_FAULT_SWAPPED) == 0; v++) {
        rig_view_corners halves[2] = {lens_from[v], lens_from[v]};
        const int n = halves[0].n;
        halves[0].n /= 2, halves[1].boards += halves[0].n, halves[1].n -= halves[0].n;
        if (n >= HALVES_LEAST)
            assert_ok(rig_doctor_focus(&w->board, NAMES[w->own_lens ? LENS : BOARD], &halves[0], &halves[1], w->asked,
                                       "first", "second", f, out, scratch, &err));
        if (w->own_lens)
            assert_ok(rig_doctor_focus(&w->board, NAMES[BOARD], &w->seen[LENS][v], &w->seen[BOARD][v], w->asked, "lens",
                                       "this", f, out, scratch, &err));
    }
    if (rig_findings_count(f, RIG_FAULT_LINKS) + rig_findings_count(f, RIG_FAULT_SWAPPED) > 0)
        return true;
    assert_ok(rig_doctor_mirrored(&p, f, out, scratch, &err));
    if (rig_findings_count(f, RIG_FAULT_MIRRORED) > 0)
        return true;
    assert_ok(rig_doctor_clocks(&p, REACH, f, out, scratch, &err));
    rig_adjustment adjustment = {.board = &w->board,
                                 .n_views = n_views,
                                 .seen = p.seen,
                                 .cameras = cameras,
                                 .fixed_lenses = true,
                                 .lenient = true};
    if (rig_adjustment_solve(&adjustment, scratch, scratch, &err) != RIG_OK)
        return true;
    if (rig_findings_count(f, RIG_FAULT_CLOCKS) + rig_findings_count(f, RIG_FAULT_FOCUS) == 0)
        assert_ok(rig_doctor_moves(&p, &adjustment, f, out, scratch, &err));
    rig_pose poses[VIEWS];
    for (int v = 0; v < n_views; v++)
        poses[v] = adjustment.bundle.cameras[v].Rt_cam_world;
    rig_doctor_recording other = {NAMES[FLOOR], &w->board, n_views, w->seen[FLOOR], cameras, late[FLOOR]};
    if (rig_findings_count(f, RIG_FAULT_BUMPED) == 0)
        assert_ok(rig_doctor_places_swapped(&other, poses, f, out, scratch, &err));
    double a[3], b[3];
    rig_known_length length = {.known_m = 0};
    for (int truth = 0; truth < 2; truth++) {
        rig_pose_centre(truth ? &w->Rt_cam_world[w->view] : &poses[w->view], a);
        rig_pose_centre(truth ? &w->Rt_cam_world[w->other] : &poses[w->other], b);
        *(truth ? &length.known_m : &length.measured_m) = hypot(hypot(a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
    }
    snprintf(length.views[0], sizeof length.views[0], "c%d", w->view + 1);
    snprintf(length.views[1], sizeof length.views[1], "c%d", w->other + 1);
    const rig_recording_corners lenses = {.n_views = n_views, .views = lens_from};
    double sigma_m;
    assert_ok(rig_doctor_length_sigmas(&p, &lenses, w->asked, &length, 1, &sigma_m, scratch, &err));
    assert_ok(rig_doctor_scale(&length, &sigma_m, 1, w->board.square_m, f, out, &err));
    return true;
}

// A session, seen and examined; the findings' texts live until the next one.
static bool session(world *w, fault wrong, uint64_t seed) {
    rig_arena_release(&w->arena), rig_arena_release(&w->scratch);
    world_init(w, wrong, seed);
    for (int recording = 0; recording < RECORDINGS; recording++)
        for (int v = 0; v < w->n_views; v++)
            view_see(w, recording, v);
    w->board.square_m *= wrong == SCALE ? 1.04 : 1, w->board.gap_m *= wrong == SCALE ? 1.04 : 1;
    return examine(w);
}

static world w;

static void false_alarms(int n, uint64_t seed) {
    int told[RIG_FAULT_COUNT] = {0}, looked[RIG_FAULT_COUNT] = {0}, any = 0, done = 0;
    for (uint64_t k = seed; done < n; k++) {
        if (!session(&w, NOTHING, k))
            continue;
        done++, any += w.findings.n > 0;
        for (int what = 0; what < RIG_FAULT_COUNT; what++) {
            told[what] += rig_findings_count(&w.findings, (rig_fault)what) > 0;
            looked[what] += rig_findings_checked(&w.findings, (rig_fault)what);
        }
        for (int i = 0; i < w.findings.n; i++)
            printf("  seed %d: %d views, %d boards of kind %d by %d frames, noise %.2f px, drift %.2f px, lens %s%s%s: "
                   "%s %s: %s\n",
                   (int)k, w.n_views, w.n_boards, w.board.kind, w.step, w.noise_px, w.drift_px, rig_lens_name(w.asked),
                   w.own_lens ? ", own" : "", w.rests ? ", rests" : "", rig_fault_name(w.findings.list[i].what),
                   w.findings.list[i].views[0], w.findings.list[i].says);
        fflush(stdout);
    }
    for (int what = 0; what < RIG_FAULT_COUNT; what++)
        if (looked[what] > 0)
            printf("false alarms, %-9s %3d of %d: %.2f %%, at most %.2f %%\n", rig_fault_name((rig_fault)what),
                   told[what], looked[what], 100.0 * told[what] / looked[what],
                   100 * clopper_pearson(told[what], looked[what]));
    printf("false alarms, any       %3d of %d: %.2f %%, at most %.2f %%\n", any, n, 100.0 * any / n,
           100 * clopper_pearson(any, n));
}

static void power(fault wrong, int n, uint64_t seed) {
    int found = 0, right = 0, done = 0;
    for (uint64_t k = seed; done < n && k < seed + 20 * (uint64_t)n; k++) {
        if (!session(&w, wrong, k))
            continue;
        bool named = false;
        for (int i = 0; i < w.findings.n; i++) {
            const rig_finding *f = &w.findings.list[i];
            for (int v = 0; v < f->n_views; v++)
                named |= f->what == TELLS[wrong].what && atoi(f->views[v] + 1) == w.view + 1;
        }
        done++, found += w.findings.n > 0, right += named;
        if (!named)
            printf("  seed %d, view %d, %s: %s%s %s\n", (int)k, w.view + 1, TELLS[wrong].says,
                   w.findings.n ? rig_fault_name(w.findings.list[0].what) : "no finding", w.findings.n ? ":" : "",
                   w.findings.n ? w.findings.list[0].says : "");
    }
    printf("power: %-27s %3d of %d found, %d named right\n", TELLS[wrong].says, found, done, right);
    fflush(stdout);
}

int main(int argc, char **argv) {
    const int n = argc > 1 ? atoi(argv[1]) : 200, n_power = argc > 2 ? atoi(argv[2]) : n / 5;
    const uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    if (n > 0)
        false_alarms(n, seed);
    for (fault wrong = LATE_FRAME; wrong < FAULTS && n_power > 0; wrong++)
        power(wrong, n_power, seed);
    return 0;
}
