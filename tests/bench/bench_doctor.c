// How often doctor tells of a fault where there is none, and which faults it finds and names, on sessions that are
// drawn anew (doctor_session.h). Prints the share of sessions with a finding where nothing is wrong, by check, with its
// upper bound of 95 %; then, for each fault, the share with any finding, and with one of the right kind at the right
// view; sessions with a finding, or whose fault was not named, are listed. usage: bench_doctor [SESSIONS] [SESSIONS OF
// EACH FAULT] [FIRST SEED]
#include "calib/adjustment.h"
#include "calib/intrinsics.h"
#include "calib/trajectory.h"
#include "tests/bench/bound.h"
#include "tests/bench/doctor_session.h"

#include <stdlib.h>

enum { REACH = 4, HALVES_LEAST = 24 }; // the latter as app/cmd_doctor.c has it
static const char *const NAMES[RECORDINGS] = {"lens", "board", "floor"};

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

static void focus_examine(world *w, rig_view_corners raw[RECORDINGS][VIEWS]) {
    const int from = w->own_lens ? LENS : BOARD;
    rig_err err;
    for (int v = 0; v < w->n_views; v++) {
        rig_view_corners halves[2] = {raw[from][v], raw[from][v]};
        const int n = halves[0].n;
        halves[0].n /= 2, halves[1].boards += halves[0].n, halves[1].n -= halves[0].n;
        if (n >= HALVES_LEAST)
            assert_ok(rig_doctor_focus(&w->board, NAMES[from], &halves[0], &halves[1], w->asked, "first", "second",
                                       &w->findings, &w->arena, &w->scratch, &err));
        if (w->own_lens)
            assert_ok(rig_doctor_focus(&w->board, NAMES[BOARD], &raw[LENS][v], &raw[BOARD][v], w->asked, "lens", "this",
                                       &w->findings, &w->arena, &w->scratch, &err));
    }
}

// The doctor's order of checks, that of app/cmd_doctor.c. False: no session, as a view has no lens or sees no other.
static bool examine(world *w) {
    rig_findings *f = &w->findings;
    rig_arena *out = &w->arena, *scratch = &w->scratch;
    const rig_camera *cameras[VIEWS];
    rig_err err = {""};
    rig_view_corners raw[RECORDINGS][VIEWS]; // before they are placed on the clock
    memcpy(raw, w->seen, sizeof raw);
    const rig_recording_corners lenses = {.n_views = w->n_views, .views = raw[w->own_lens ? LENS : BOARD]};
    for (int v = 0; v < w->n_views; v++) {
        rig_view_camera solved;
        if (rig_intrinsics_solve(&w->board, &lenses.views[v], w->asked, &solved, out, scratch, &err) != RIG_OK)
            return false;
        w->solved[v] = solved.camera, cameras[v] = &w->solved[v];
    }
    double late[RECORDINGS][VIEWS];
    for (int recording = BOARD; recording <= FLOOR; recording++)
        boards_place(w, recording, late[recording]);
    rig_doctor_recording p = {NAMES[BOARD], &w->board,   w->n_views, w->seen[BOARD],
                              cameras,      late[BOARD], &lenses,    w->asked};
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
    if (rig_findings_count(f, RIG_FAULT_SWAPPED) == 0)
        focus_examine(w, raw);
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
    rig_doctor_recording other = p;
    other.recording = NAMES[FLOOR], other.seen = w->seen[FLOOR], other.late = late[FLOOR];
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
    double sigma_m;
    assert_ok(rig_doctor_length_sigmas(&p, &length, 1, &sigma_m, scratch, &err));
    assert_ok(rig_doctor_scale(&length, &sigma_m, 1, w->board.square_m, f, out, &err));
    return true;
}

static world w;

static void false_alarms(int n, uint64_t seed) {
    int told[RIG_FAULT_COUNT] = {0}, looked[RIG_FAULT_COUNT] = {0}, any = 0, done = 0;
    for (uint64_t k = seed; done < n; k++) {
        world_see(&w, NOTHING, k);
        if (!examine(&w))
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
        world_see(&w, wrong, k);
        if (!examine(&w))
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
