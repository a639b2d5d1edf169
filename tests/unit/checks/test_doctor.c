// Each fault made on purpose is found, named and nothing else with it; a healthy rig has none.
#include "calib/adjustment.h"
#include "checks/doctor.h"
#include "tests/support/support.h"
#include "tests/unit/calib/carried.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 45, STEP = 3, SEEDS = 4, REACH = 9 };
static const double FPS = 30, NOISE_PX = 0.3;

typedef struct checked_rig {
    made_rig rig;
    rig_doctor_recording recording;
    const rig_camera *cameras[MADE_CAMERAS_MAX];
    rig_rng way, noise;
    rig_findings findings;
    rig_arena scratch;
    rig_err err;
} checked_rig;

static void look_all(checked_rig *w, double late_s) {
    for (int c = 0; c < w->rig.n_cameras; c++)
        carried_look(&w->rig, &w->way, c, STEP, FPS, late_s, &w->noise, NOISE_PX);
}

static void ward_init(checked_rig *w, int n_cameras, uint64_t seed) {
    *w = (checked_rig){.way = rig_rng_seed(seed, 5), .noise = rig_rng_seed(seed, 6)};
    made_rig_init(&w->rig, n_cameras, FRAMES, 0, seed);
    look_all(w, 0);
    for (int c = 0; c < n_cameras; c++)
        w->cameras[c] = &w->rig.cameras[c];
    w->recording = (rig_doctor_recording){
        .recording = "board", .board = &w->rig.board, .n_views = n_cameras, .seen = w->rig.seen, .cameras = w->cameras};
}

static void ward_release(checked_rig *w) {
    rig_arena_release(&w->scratch);
    made_rig_release(&w->rig);
}

// All that the boards of one recording tell.
static void examine(checked_rig *w) {
    const rig_err none = {""};
    rig_adjustment adjustment = {.board = &w->rig.board,
                                 .n_views = w->rig.n_cameras,
                                 .seen = w->rig.seen,
                                 .cameras = w->cameras,
                                 .fixed_lenses = true,
                                 .lenient = true};
    rig_findings *f = &w->findings;
    rig_err err = none;
    *f = (rig_findings){0};
    assert_ok(rig_doctor_links(&w->recording, f, &w->rig.arena, &w->scratch, &err));
    if (f->n > 0)
        return;
    assert_ok(rig_doctor_lenses_swapped(&w->recording, f, &w->rig.arena, &w->scratch, &err));
    assert_ok(rig_doctor_clocks(&w->recording, REACH, f, &w->rig.arena, &w->scratch, &err));
    if (f->n > 0)
        return;
    assert_ok(rig_adjustment_solve(&adjustment, &w->scratch, &w->scratch, &err));
    assert_ok(rig_doctor_moves(&w->recording, &adjustment, f, &w->rig.arena, &w->scratch, &err));
}

static void assert_found(const checked_rig *w, rig_fault what, const char *view) {
    if (w->findings.n != 1)
        fail_msg("%d findings, the last: %s: %s", w->findings.n,
                 w->findings.n ? rig_fault_name(w->findings.list[w->findings.n - 1].what) : "",
                 w->findings.n ? w->findings.list[w->findings.n - 1].says : "");
    const rig_finding *f = &w->findings.list[0];
    assert_string_equal(rig_fault_name(f->what), rig_fault_name(what));
    assert_string_equal(f->views[0], view);
    assert_true(fabs(f->value) > f->limit || what == RIG_FAULT_SWAPPED || what == RIG_FAULT_LINKS);
}

static void healthy_rigs_have_no_findings(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        checked_rig w;
        ward_init(&w, 2 + (int)(seed % 3), seed);
        examine(&w);
        if (w.findings.n > 0)
            fail_msg("seed %d: %s: %s", (int)seed, rig_fault_name(w.findings.list[0].what), w.findings.list[0].says);
        assert_true(w.findings.looked[RIG_FAULT_LINKS] && w.findings.looked[RIG_FAULT_CLOCKS]);
        assert_true(w.findings.looked[RIG_FAULT_BUMPED] && w.findings.looked[RIG_FAULT_FOCUS]);
        ward_release(&w);
    }
}

static void a_late_camera_is_named_with_its_lateness(void **state) {
    (void)state;
    static const double LATE[SEEDS] = {0.4, -1.3, 2.6, 7};
    for (int k = 0; k < SEEDS; k++) {
        checked_rig w;
        ward_init(&w, 3, 20 + (uint64_t)k);
        const int late = k % 3; // the first one too: the others are most
        carried_look(&w.rig, &w.way, late, STEP, FPS, LATE[k], &w.noise, NOISE_PX);
        examine(&w);
        assert_found(&w, RIG_FAULT_CLOCKS, w.rig.seen[late].view);
        assert_near(w.findings.list[0].value, LATE[k], 0.1);
        assert_contains(w.findings.list[0].advice, "offset_s");
        ward_release(&w);
    }
}

static void drop(rig_view_corners *seen, int from, int n) {
    seen->n -= n;
    memmove(seen->boards + from, seen->boards + from + n, sizeof *seen->boards * (size_t)(seen->n - from));
}

// The view's frames of the second half are three late; it is named, and is the only one.
static void assert_lost(checked_rig *w, int view, int n_unseen) {
    rig_view_corners before = w->rig.seen[view], *seen = &w->rig.seen[view];
    carried_look(&w->rig, &w->way, view, STEP, FPS, 3, &w->noise, NOISE_PX);
    for (int i = 0; i < seen->n && i < before.n; i++)
        if (seen->boards[i].frame < FRAMES * STEP / 2)
            seen->boards[i] = before.boards[i];
    drop(seen, 6, n_unseen);
    examine(w);
    assert_found(w, RIG_FAULT_CLOCKS, seen->view);
    assert_near(w->findings.list[0].value, 3, 0.1);
    ward_release(w);
}

static void lost_frames_are_told(void **state) {
    (void)state;
    for (int view = 0; view < 2; view++) {
        checked_rig w;
        ward_init(&w, 3, 31);
        assert_lost(&w, view, 0);
    }
}

// The last hangs on the second, which loses frames, by more boards than on the first.
static void lost_frames_do_not_blame_whom_they_are_seen_by(void **state) {
    (void)state;
    checked_rig w;
    ward_init(&w, 3, 31);
    drop(&w.rig.seen[0], 0, 4);
    drop(&w.rig.seen[2], 6, 7);
    assert_lost(&w, 1, 5);
}

// The camera's picture is another one from a frame on.
static void change_from(checked_rig *w, int camera, int frame, const rig_pose *by, double zoom) {
    rig_view_corners *seen = &w->rig.seen[camera], before = *seen;
    const rig_camera old = w->rig.cameras[camera];
    w->rig.Rt_cam_world[camera] = rig_pose_mul(by, &w->rig.Rt_cam_world[camera]);
    for (int k = 0; k < 2; k++)
        w->rig.cameras[camera].K[k] *= zoom;
    carried_look(&w->rig, &w->way, camera, STEP, FPS, 0, &w->noise, NOISE_PX);
    rig_view_corners after = *seen;
    w->rig.cameras[camera] = old;
    seen->boards = RIG_NEW(&w->rig.arena, rig_board_view, FRAMES);
    seen->n = 0;
    for (int k = 0; k < 2; k++) {
        const rig_view_corners *from = k ? &after : &before;
        for (int i = 0; i < from->n; i++)
            if ((from->boards[i].frame >= frame) == k)
                seen->boards[seen->n++] = from->boards[i];
    }
}

static void a_bumped_camera_is_named_and_when(void **state) {
    (void)state;
    static const int WHEN[SEEDS] = {60, 75, 90, 105};
    for (int k = 0; k < SEEDS; k++) {
        checked_rig w;
        const double turn[3] = {0.002, -0.003 * (k % 2), k == 2 ? 0.01 : 0}, shift[3] = {k == 3 ? 0.02 : 0, 0, 0};
        const rig_pose by = rig_pose_from_rvec(turn, shift);
        ward_init(&w, 4, 40 + (uint64_t)k);
        change_from(&w, k, WHEN[k], &by, 1);
        examine(&w);
        assert_found(&w, RIG_FAULT_BUMPED, w.rig.seen[k].view);
        assert_true(abs(w.findings.list[0].frame - WHEN[k]) <= STEP);
        ward_release(&w);
    }
}

static void of_two_cameras_one_is_named(void **state) {
    (void)state;
    checked_rig w;
    const double turn[3] = {0.004, 0.003, 0}, shift[3] = {0, 0, 0};
    const rig_pose by = rig_pose_from_rvec(turn, shift);
    ward_init(&w, 2, 50);
    change_from(&w, 1, 90, &by, 1);
    examine(&w);
    assert_int_equal(w.findings.n, 1);
    assert_int_equal(w.findings.list[0].what, RIG_FAULT_BUMPED);
    assert_true(abs(w.findings.list[0].frame - 90) <= STEP);
    ward_release(&w);
}

static void a_focus_that_changes_is_told_and_when(void **state) {
    (void)state;
    for (int k = 0; k < 3; k++) {
        checked_rig w;
        const rig_pose still = rig_pose_identity();
        ward_init(&w, 4, 60 + (uint64_t)k);
        change_from(&w, k, 75, &still, k == 1 ? 0.98 : 1.015);
        examine(&w);
        assert_found(&w, RIG_FAULT_FOCUS, w.rig.seen[k].view);
        assert_true(abs(w.findings.list[0].frame - 75) <= STEP);
        assert_near(w.findings.list[0].value, k == 1 ? -0.02 : 0.015, 0.003);
        ward_release(&w);
    }
}

// Lens boards before and after: 3 % is told, the same lens is not.
static void two_sets_of_boards_tell_a_focus(void **state) {
    (void)state;
    for (int changed = 0; changed < 2; changed++) {
        made_rig a, b;
        rig_findings f = {0};
        rig_arena scratch = {0};
        rig_err err;
        made_rig_init(&a, 1, 1, 0, 1);
        made_rig_init(&b, 1, 1, 0, 1);
        if (changed)
            b.cameras[0].K[0] *= 1.03, b.cameras[0].K[1] *= 1.03;
        made_lens_boards(&a, 25, 0.6, NOISE_PX, 5);
        made_lens_boards(&b, 25, 0.6, NOISE_PX, 6);
        assert_ok(rig_doctor_focus(&a.board, "floor", &a.seen[0], &b.seen[0], RIG_LENS_PINHOLE5, "one", "the other", &f,
                                   &a.arena, &scratch, &err));
        assert_int_equal(f.n, changed);
        assert_true(f.looked[RIG_FAULT_FOCUS]);
        if (changed)
            assert_near(f.list[0].value, 0.03, 0.002);
        b.seen[0].n = 2; // too few to tell
        f = (rig_findings){0};
        assert_ok(rig_doctor_focus(&a.board, "floor", &a.seen[0], &b.seen[0], RIG_LENS_PINHOLE5, "one", "the other", &f,
                                   &a.arena, &scratch, &err));
        assert_true(f.n == 0 && !f.looked[RIG_FAULT_FOCUS]);
        rig_arena_release(&scratch);
        made_rig_release(&a);
        made_rig_release(&b);
    }
}

static void exchanged_views_are_named_by_their_lenses(void **state) {
    (void)state;
    checked_rig w;
    ward_init(&w, 4, 70);
    w.rig.cameras[3].K[0] = w.rig.cameras[3].K[1] = 1100; // another lens than the others'
    w.rig.cameras[3].dist[0] = 0.1;
    look_all(&w, 0);
    rig_view_corners held = w.rig.seen[1];
    w.rig.seen[1] = w.rig.seen[3];
    w.rig.seen[3] = held;
    memcpy(w.rig.seen[1].view, "c2", 3);
    memcpy(w.rig.seen[3].view, "c4", 3);
    rig_err err;
    assert_ok(rig_doctor_lenses_swapped(&w.recording, &w.findings, &w.rig.arena, &w.scratch, &err));
    assert_found(&w, RIG_FAULT_SWAPPED, "c2");
    assert_string_equal(w.findings.list[0].views[1], "c4");
    ward_release(&w);
}

static void exchanged_views_are_named_by_their_places(void **state) {
    (void)state;
    for (int swapped = 0; swapped < 2; swapped++) {
        checked_rig w;
        rig_err err;
        ward_init(&w, 4, 80);
        w.rig.n_frames = 3;
        look_all(&w, 0);
        if (swapped) {
            rig_view_corners held = w.rig.seen[0];
            w.rig.seen[0] = w.rig.seen[2];
            w.rig.seen[2] = held;
            memcpy(w.rig.seen[0].view, "c1", 3);
            memcpy(w.rig.seen[2].view, "c3", 3);
        }
        assert_ok(
            rig_doctor_places_swapped(&w.recording, w.rig.Rt_cam_world, &w.findings, &w.rig.arena, &w.scratch, &err));
        assert_true(w.findings.looked[RIG_FAULT_SWAPPED]);
        if (swapped) {
            assert_found(&w, RIG_FAULT_SWAPPED, "c1");
            assert_string_equal(w.findings.list[0].views[1], "c3");
        } else {
            assert_int_equal(w.findings.n, 0);
        }
        ward_release(&w);
    }
}

static void a_missing_link_is_named(void **state) {
    (void)state;
    checked_rig w;
    ward_init(&w, 4, 90);
    for (int c = 0; c < 4; c++) { // 1 and 2 see the board first, then 3 and 4; 2 and 4 come nearest
        rig_view_corners *seen = &w.rig.seen[c];
        int first = c < 2 ? 0 : c == 2 ? 35 : 27, last = c == 0 ? 20 : c == 1 ? 24 : FRAMES, n = 0;
        for (int i = 0; i < seen->n; i++)
            if (seen->boards[i].frame >= first * STEP && seen->boards[i].frame < last * STEP)
                seen->boards[n++] = seen->boards[i];
        seen->n = n;
    }
    examine(&w);
    assert_found(&w, RIG_FAULT_LINKS, "c2");
    assert_string_equal(w.findings.list[0].views[1], "c4");
    assert_contains(w.findings.list[0].says, "'c1', 'c2' and one of 'c3', 'c4'");
    ward_release(&w);
}

// A board that rests, and is carried from one place to another in a few frames, tells no clock: between frames it is
// nowhere that is known.
static void a_board_that_rests_tells_no_clock(void **state) {
    (void)state;
    checked_rig w;
    rig_err err;
    ward_init(&w, 3, 91);
    for (int c = 0; c < 3; c++) {
        rig_view_corners *seen = &w.rig.seen[c];
        for (int i = 0; i < seen->n; i++)
            if (seen->boards[i].frame % (10 * STEP) < 8 * STEP && seen->boards[i].frame > 0)
                for (int k = i - 1;
                     k >= 0 && seen->boards[k].frame / (10 * STEP) == seen->boards[i].frame / (10 * STEP); k--)
                    seen->boards[i].q = seen->boards[k].q;
    }
    w.findings = (rig_findings){0};
    assert_ok(rig_doctor_clocks(&w.recording, REACH, &w.findings, &w.rig.arena, &w.scratch, &err));
    if (w.findings.n > 0)
        fail_msg("%s", w.findings.list[0].says);
    ward_release(&w);
}

static rig_status afresh(void *self, rig_err *err) {
    checked_rig *w = self;
    rig_arena out = {0}, scratch = {0};
    rig_findings f = {0};
    rig_adjustment adjustment = {.board = &w->rig.board,
                                 .n_views = 2,
                                 .seen = w->rig.seen,
                                 .cameras = w->cameras,
                                 .fixed_lenses = true,
                                 .lenient = true};
    rig_status status = rig_doctor_clocks(&w->recording, 0, &f, &out, &scratch, err);
    if (status == RIG_OK)
        status = rig_adjustment_solve(&adjustment, &scratch, &scratch, err);
    if (status == RIG_OK)
        status = rig_doctor_moves(&w->recording, &adjustment, &f, &out, &scratch, err);
    if (status == RIG_OK)
        status = rig_doctor_lenses_swapped(&w->recording, &f, &out, &scratch, err);
    if (status == RIG_OK)
        status = rig_doctor_places_swapped(&w->recording, w->rig.Rt_cam_world, &f, &out, &scratch, err);
    rig_arena_release(&out);
    rig_arena_release(&scratch);
    return status;
}

static void every_failing_allocation_is_reported(void **state) {
    (void)state;
    checked_rig w;
    ward_init(&w, 2, 100);
    for (int c = 0; c < 2; c++)
        w.rig.seen[c].n = 10;
    assert_true(rig_test_each_allocation_fails(afresh, &w) >= 3);
    ward_release(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy_rigs_have_no_findings),
        cmocka_unit_test(a_late_camera_is_named_with_its_lateness),
        cmocka_unit_test(lost_frames_are_told),
        cmocka_unit_test(lost_frames_do_not_blame_whom_they_are_seen_by),
        cmocka_unit_test(a_bumped_camera_is_named_and_when),
        cmocka_unit_test(of_two_cameras_one_is_named),
        cmocka_unit_test(a_focus_that_changes_is_told_and_when),
        cmocka_unit_test(two_sets_of_boards_tell_a_focus),
        cmocka_unit_test(exchanged_views_are_named_by_their_lenses),
        cmocka_unit_test(exchanged_views_are_named_by_their_places),
        cmocka_unit_test(a_missing_link_is_named),
        cmocka_unit_test(a_board_that_rests_tells_no_clock),
        cmocka_unit_test(every_failing_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
