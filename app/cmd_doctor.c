// doctor: what is wrong with a rig, why, and what to do about it. The pictures and files are looked at in
// doctor_pictures.c, what the corners tell is checked here by checks/doctor.h.
#include "app/commands.h"
#include "app/corners_for.h"
#include "app/diagnosis.h"
#include "app/doctor_lengths.h"
#include "app/doctor_pictures.h"
#include "app/inputs.h"
#include "app/known_cameras.h"
#include "app/lengths.h"
#include "app/talk.h"
#include "calib/adjustment.h"
#include "calib/intrinsics.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

enum { REACH = 30 };        // frames that a clock may be late
enum { HALVES_LEAST = 24 }; // boards that are enough to solve a lens from each half of them

typedef struct doctor {
    rig_session *session;
    const rig_corners_file *corners;
    rig_findings *findings;
    rig_calibration rig; // lenses; poses once they are found
} doctor;

static const rig_recording_corners *recording_of(const doctor *d, int recording) {
    for (int r = 0; recording >= 0 && r < d->corners->n; r++)
        if (strcmp(d->corners->recordings[r].recording, d->session->config.recordings[recording].name) == 0)
            return &d->corners->recordings[r];
    return NULL;
}

static const rig_recording_corners *lens_recording(const doctor *d) {
    const rig_config *config = &d->session->config;
    return recording_of(d, config->intrinsics_from >= 0 ? config->intrinsics_from : config->extrinsics_from);
}

// The lenses: the rig's known ones, or solved from each camera's own boards; a camera that cannot be solved is left
// out.
static rig_status lenses_find(doctor *d, rig_err *err) {
    const rig_config *config = &d->session->config;
    const rig_recording_corners *seen = lens_recording(d);
    if (config->cameras)
        return rig_session_known_cameras(d->session, &d->rig, err);
    d->rig.cameras = RIG_NEW(&d->session->arena, rig_view_camera, seen ? seen->n_views : 0);
    if (!d->rig.cameras)
        return rig_fail_memory(err, "cameras");
    const rig_lens lens = config->lens;
    for (int v = 0; seen && v < seen->n_views; v++) {
        rig_err few;
        rig_status status = rig_intrinsics_solve(&config->board, &seen->views[v], lens, &d->rig.cameras[d->rig.n],
                                                 &d->session->arena, &d->session->scratch, &few);
        if (status == RIG_ERR_MEMORY)
            return rig_fail_memory(err, "a lens");
        if (status != RIG_OK && seen->views[v].n > 0)
            RIG_TRY(rig_finding_add(
                d->findings, RIG_FAULT_BOARDS, seen->recording, seen->views[v].view, NULL, seen->views[v].n, 0,
                rig_arena_printf(&d->session->arena, "cannot calibrate a lens from its boards: %s", few.text),
                "show it the board more often: tilted, near and far, across the whole picture", err));
        d->rig.n += status == RIG_OK;
    }
    return RIG_OK;
}

// The boards of a recording, in views that have a lens.
static rig_status boards_of(doctor *d, int recording, rig_doctor_recording *p, rig_err *err) {
    const rig_recording_corners *seen = recording_of(d, recording);
    rig_view_corners *views, *kept;
    double *late;
    const rig_config *config = &d->session->config;
    *p = (rig_doctor_recording){
        .board = &config->board, .lenses = config->cameras ? NULL : lens_recording(d), .lens = config->lens};
    if (!seen)
        return RIG_OK;
    RIG_TRY(rig_corners_on_clock(d->session, recording, seen, &views, &late, err));
    kept = RIG_NEW(&d->session->arena, rig_view_corners, seen->n_views);
    p->cameras = RIG_NEW(&d->session->arena, const rig_camera *, seen->n_views);
    p->late = RIG_NEW(&d->session->arena, double, seen->n_views);
    if (!kept || !p->cameras || !p->late)
        return rig_fail_memory(err, "views");
    p->recording = seen->recording;
    p->seen = kept;
    for (int v = 0; v < seen->n_views; v++) {
        const rig_view_camera *camera = rig_calibration_find(&d->rig, views[v].view);
        if (!camera || camera->camera.width != views[v].width || camera->camera.height != views[v].height)
            continue;
        p->cameras[p->n_views] = &camera->camera;
        p->late[p->n_views] = late[v];
        kept[p->n_views++] = views[v];
    }
    return RIG_OK;
}

static rig_status focus_between(doctor *d, rig_err *err) {
    const rig_config *config = &d->session->config;
    const rig_recording_corners *a = recording_of(d, config->intrinsics_from),
                                *b = recording_of(d, config->extrinsics_from);
    const rig_lens lens = config->lens;
    rig_arena *arena = &d->session->arena, *scratch = &d->session->scratch;
    for (int v = 0; a && v < a->n_views; v++) {
        rig_view_corners halves[2] = {a->views[v], a->views[v]};
        halves[0].n /= 2;
        halves[1].boards += halves[0].n, halves[1].n -= halves[0].n;
        if (a->views[v].n >= HALVES_LEAST)
            RIG_TRY(rig_doctor_focus(&config->board, a->recording, &halves[0], &halves[1], lens,
                                     "the first half of the recording", "the second half", d->findings, arena, scratch,
                                     err));
        for (int u = 0; b && a != b && u < b->n_views; u++)
            if (strcmp(a->views[v].view, b->views[u].view) == 0 && a->views[v].width == b->views[u].width)
                RIG_TRY(rig_doctor_focus(&config->board, b->recording, &a->views[v], &b->views[u], lens,
                                         rig_arena_printf(arena, "recording '%s'", a->recording), "this one",
                                         d->findings, arena, scratch, err));
    }
    return RIG_OK;
}

// Solve the rig's poses from the boards; *found = false where that fails.
static rig_status poses_find(doctor *d, const rig_doctor_recording *p, rig_adjustment *adjustment, bool *found,
                             rig_err *err) {
    rig_arena *scratch = &d->session->scratch;
    *adjustment = (rig_adjustment){.board = p->board,
                                   .n_views = p->n_views,
                                   .seen = p->seen,
                                   .cameras = p->cameras,
                                   .fixed_lenses = true,
                                   .lenient = true};
    rig_status status = rig_adjustment_solve(adjustment, scratch, scratch, err);
    *found = status == RIG_OK;
    for (int v = 0; v < p->n_views && *found; v++)
        for (int c = 0; c < d->rig.n; c++)
            if (strcmp(d->rig.cameras[c].view, p->seen[v].view) == 0) {
                d->rig.cameras[c].has_pose = true;
                d->rig.cameras[c].Rt_cam_world = adjustment->bundle.cameras[v].Rt_cam_world;
            }
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

// Check the other recordings of the board against the poses of this one.
static rig_status others_check(doctor *d, int recording, rig_err *err) {
    for (int r = 0; r < d->session->config.n_recordings; r++) {
        rig_doctor_recording p;
        int n = 0;
        if (r == recording || !recording_of(d, r))
            continue;
        RIG_TRY(boards_of(d, r, &p, err));
        rig_view_corners *seen = RIG_NEW(&d->session->arena, rig_view_corners, p.n_views);
        rig_pose *poses = RIG_NEW(&d->session->arena, rig_pose, p.n_views);
        if (!seen || !poses)
            return rig_fail_memory(err, "views");
        for (int v = 0; v < p.n_views; v++) {
            const rig_view_camera *camera = rig_calibration_find(&d->rig, p.seen[v].view);
            if (!camera->has_pose)
                continue;
            p.cameras[n] = p.cameras[v], poses[n] = camera->Rt_cam_world, seen[n++] = p.seen[v];
        }
        p.seen = seen;
        p.n_views = n;
        RIG_TRY(rig_doctor_places_swapped(&p, poses, d->findings, &d->session->arena, &d->session->scratch, err));
    }
    return RIG_OK;
}

static rig_status scale_check(doctor *d, const rig_doctor_recording *p, rig_err *err) {
    const rig_config *config = &d->session->config;
    RIG_TRY(rig_session_lengths(d->session, &d->rig, err));
    double *sigma_m = RIG_NEW(&d->session->arena, double, d->rig.n_lengths);
    if (!sigma_m)
        return rig_fail_memory(err, "known lengths");
    RIG_TRY(rig_doctor_length_sigmas(p, d->rig.lengths, d->rig.n_lengths, sigma_m, &d->session->scratch, err));
    return rig_doctor_scale(d->rig.lengths, sigma_m, d->rig.n_lengths, config->board.square_m, d->findings,
                            &d->session->arena, err);
}

static rig_status poses_check(doctor *d, const rig_doctor_recording *p, rig_err *err) {
    const rig_config *config = &d->session->config;
    RIG_TRY(scale_check(d, p, err));
    if (config->stereo_from < 0)
        return RIG_OK;
    const rig_view_camera *pair[2];
    for (int k = 0; k < 2; k++)
        pair[k] = rig_calibration_find(&d->rig, config->views[config->stereo_pair[k]].name);
    if (!pair[0] || !pair[1] || !pair[0]->has_pose || !pair[1]->has_pose)
        return RIG_OK;
    rig_pose Rt_world_left = rig_pose_invert(&pair[0]->Rt_cam_world);
    rig_pose Rt_right_left = rig_pose_mul(&pair[1]->Rt_cam_world, &Rt_world_left);
    return rig_doctor_order(pair[0]->view, pair[1]->view, &Rt_right_left, d->findings, &d->session->arena, err);
}

// The checks in their order. A fault that was found keeps those checks from running that it would make fail too.
static rig_status checks_run(doctor *d, int recording, rig_err *err) {
    rig_arena *arena = &d->session->arena, *scratch = &d->session->scratch;
    const rig_config *config = &d->session->config;
    rig_doctor_recording p;
    rig_adjustment adjustment;
    bool found;
    RIG_TRY(boards_of(d, recording, &p, err));
    if (p.n_views == 0) {
        d->findings->blocked = d->findings->n > 0;
        return RIG_OK;
    }
    RIG_TRY(rig_doctor_links(&p, d->findings, arena, scratch, err));
    if (config->intrinsics_from >= 0 && config->intrinsics_from != recording)
        RIG_TRY(rig_doctor_lenses_swapped(&p, d->findings, arena, scratch, err));
    if (rig_findings_count(d->findings, RIG_FAULT_SWAPPED) == 0)
        RIG_TRY(focus_between(d, err));
    d->findings->blocked =
        rig_findings_count(d->findings, RIG_FAULT_LINKS) > 0 || rig_findings_count(d->findings, RIG_FAULT_SWAPPED) > 0;
    if (p.n_views < 2 || d->findings->blocked)
        return RIG_OK;
    RIG_TRY(rig_doctor_mirrored(&p, d->findings, arena, scratch, err));
    d->findings->blocked = rig_findings_count(d->findings, RIG_FAULT_MIRRORED) > 0;
    if (d->findings->blocked)
        return RIG_OK;
    RIG_TRY(rig_doctor_clocks(&p, REACH, d->findings, arena, scratch, err));
    RIG_TRY(poses_find(d, &p, &adjustment, &found, err));
    d->findings->blocked = d->findings->n > 0;
    if (!found) {
        d->findings->why[RIG_FAULT_BUMPED] = "these boards do not determine the cameras' poses";
        return RIG_OK;
    }
    if (rig_findings_count(d->findings, RIG_FAULT_CLOCKS) == 0 && rig_findings_count(d->findings, RIG_FAULT_FOCUS) == 0)
        RIG_TRY(rig_doctor_moves(&p, &adjustment, d->findings, arena, scratch, err));
    if (rig_findings_count(d->findings, RIG_FAULT_BUMPED) == 0)
        RIG_TRY(others_check(d, recording, err));
    return poses_check(d, &p, err);
}

// Whether there are boards where the calibration asks for them.
static rig_status boards_check(doctor *d, rig_err *err) {
    const rig_config *config = &d->session->config;
    const int asked[3] = {config->intrinsics_from, config->extrinsics_from, config->stereo_from};
    for (int k = 0; k < 3; k++) {
        const rig_recording_corners *seen = recording_of(d, asked[k]);
        bool before = false;
        for (int i = 0; i < k; i++)
            before |= asked[i] == asked[k];
        if (seen && !before)
            RIG_TRY(
                rig_doctor_boards(seen->recording, seen->views, seen->n_views, d->findings, &d->session->arena, err));
    }
    return RIG_OK;
}

static rig_status corners_check(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                rig_err *err) {
    const rig_config *config = &session->config;
    doctor d = {.session = session, .corners = corners, .findings = findings};
    RIG_TRY(boards_check(&d, err));
    RIG_TRY(lenses_find(&d, err));
    const int recording = config->extrinsics_from >= 0 ? config->extrinsics_from : config->stereo_from;
    return recording >= 0 ? checks_run(&d, recording, err) : focus_between(&d, err);
}

static rig_status corners_read(rig_session *session, rig_corners_file *corners, rig_inputs *inputs, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "20_corners.yaml", &path, err));
    if (!rig_file_exists(path))
        return rig_fail(err, RIG_ERR_DATA,
                        "doctor needs 20_corners.yaml, which is not in '%s': run `rigpose corners %s` first",
                        session->config.out, session->config.path);
    RIG_TRY(rig_corners_of_board(session, path, corners, err));
    return rig_inputs_add_file(session, inputs, "20_corners.yaml", path, err);
}

// Every check is accounted for: a check that could not be made says nothing of the rig's health.
static void checks_say(const rig_findings *findings) {
    int n = 0;
    for (int what = 0; what < RIG_FAULT_COUNT; what++)
        n += rig_findings_checked(findings, (rig_fault)what);
    rig_say("doctor: %d checks made, %d not possible%s", n, RIG_FAULT_COUNT - n, n < RIG_FAULT_COUNT ? ":" : "");
    for (int what = 0; what < RIG_FAULT_COUNT; what++)
        if (!rig_findings_checked(findings, (rig_fault)what))
            rig_say("  %s: %s", rig_fault_name((rig_fault)what), rig_findings_why(findings, (rig_fault)what));
}

static void finding_say(const rig_finding *f) {
    char of[3 * RIG_NAME_MAX + 32] = "";
    int n = 0;
    if (*f->recording)
        n += snprintf(of, sizeof of, ", recording '%s'", f->recording);
    for (int k = 0; k < f->n_views; k++)
        n += snprintf(of + n, sizeof of - (size_t)n, "%s'%s'", k ? " and " : ", ", f->views[k]);
    rig_say("%s%s: %s", rig_fault_name(f->what), of, f->says);
    rig_say("  advice: %s", f->advice);
}

rig_status rig_session_findings(rig_session *session, rig_findings *findings, rig_err *err) {
    rig_inputs inputs = {0};
    rig_corners_file corners = {0};
    const char *path;
    const bool boards = session->config.has_board;
    rig_status status = RIG_OK;
    if (boards)
        RIG_TRY(corners_read(session, &corners, &inputs, err));
    for (int what = RIG_FAULT_CORNERS; what < RIG_FAULT_COUNT && !boards; what++)
        findings->why[what] = "the rig has no board";
    RIG_TRY(rig_doctor_resolution(session, boards ? &corners : NULL, findings, err));
    RIG_TRY(rig_doctor_lengths(session, boards ? &corners : NULL, findings, err));
    if (boards) {
        RIG_TRY(rig_doctor_board_print(session, &corners, findings, err));
        findings->blocked =
            rig_findings_count(findings, RIG_FAULT_CORNERS) + rig_findings_count(findings, RIG_FAULT_MIRRORED) > 0;
        if (!findings->blocked)
            status = corners_check(session, &corners, findings, err);
    }
    if (status != RIG_OK && findings->n == 0)
        return status; // else the findings before the failure are written all the same
    RIG_TRY(rig_session_begin(session, err));
    RIG_TRY(rig_session_path(session, "90_doctor.yaml", &path, err));
    rig_err unwritten;
    const rig_status written = rig_findings_write(path, findings, &inputs, status == RIG_OK ? err : &unwritten);
    return status == RIG_OK ? written : status;
}

rig_status rig_command_doctor(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_findings findings = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = rig_session_findings(&session, &findings, err);
    for (int i = 0; i < findings.n; i++)
        finding_say(&findings.list[i]);
    if (status == RIG_OK)
        checks_say(&findings);
    if (status == RIG_OK && findings.n > 0)
        status = rig_fail(err, RIG_ERR_DATA, "%s: %d finding%s", arguments->operands[0], findings.n,
                          findings.n > 1 ? "s" : "");
    else if (status == RIG_OK)
        rig_say("doctor: the checks that were made found no faults");
    rig_session_release(&session);
    return status;
}
