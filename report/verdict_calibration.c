// Verdicts on the calibration.
#include "report/verdict_parts.h"

#include <math.h>
#include <string.h>

enum { BOARDS_LEAST = 10 }; // below it a lens is weak (calib/quality.h)

rig_status rig_verdict_corners(rig_verdicts *verdicts, const rig_corners_file *corners, rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, "corners");
    const rig_view_corners *least = NULL;
    const char *recording = "";
    for (int r = 0; r < corners->n; r++)
        for (int i = 0; i < corners->recordings[r].n_views; i++) {
            const rig_view_corners *seen = &corners->recordings[r].views[i];
            if (seen->n == 0)
                RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, seen->view, err,
                                        "No board was found in view %s of recording %s.", seen->view,
                                        corners->recordings[r].recording));
            const bool longer = least && least->n_searched <= BOARDS_LEAST && seen->n_searched > BOARDS_LEAST;
            if (!least || longer || (seen->n < least->n && seen->n_searched > BOARDS_LEAST)) {
                least = seen; // of recordings of some frames, as of a floor board, only where there are no longer ones
                recording = corners->recordings[r].recording;
            }
        }
    if (v->state == RIG_VERDICT_FAULT)
        v->advice = "Check `board` in the rig YAML: the kind, the number of inner corners, and the dictionary.";
    if (!least)
        return RIG_OK;
    if (least->n > 0 && least->n < BOARDS_LEAST)
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, least->view, err,
                                "View %s has only %d boards in recording %s.", least->view, least->n, recording));
    return rig_verdict_measure(v, "boards found, fewest in a view",
                               rig_arena_printf(verdicts->out, "%d of %d frames", least->n, least->n_searched),
                               rig_arena_printf(verdicts->out, "at least %d", BOARDS_LEAST), err);
}

// What a camera's warning means, and what is done about it.
static const struct warning {
    const char *name, *says, *advice;
    rig_verdict_state state;
} warnings[] = {
    {"misfit", "the lens model does not fit its boards", "Try `lens: auto`, and check that the board is flat.",
     RIG_VERDICT_FAULT},
    {"centre", "the principal point is far from the middle of the picture", "Check whether the footage was cropped.",
     RIG_VERDICT_FAULT},
    {"agreement", "its boards fit well individually but poorly together with the other cameras",
     "See the verdict of doctor: a clock may be late or a camera may have moved.", RIG_VERDICT_FAULT},
    {"edge", "the boards leave the edge of its picture uncertain",
     "Show the board at the edges and corners of the picture.", RIG_VERDICT_WEAK},
    {"few_boards", "it has few boards", "Record the board for longer, in more places.", RIG_VERDICT_WEAK},
    {"coverage", "the boards cover less than half of its picture", "Show the board in all parts of the picture.",
     RIG_VERDICT_WEAK},
    {"tilt", "the boards are all tilted alike", "Tilt the board by 30 degrees and more, in all directions.",
     RIG_VERDICT_WEAK},
    {"depth", "the boards are all at about one distance", "Show the board near and far.", RIG_VERDICT_WEAK},
    {"left_out", "more than a fifth of its boards were rejected", "See the rejected boards and their reasons below.",
     RIG_VERDICT_WEAK},
    {"pose", "its position is uncertain", "Record boards that this camera and others see at the same time.",
     RIG_VERDICT_WEAK},
};

static const struct warning *warning_find(const char *name) {
    for (size_t w = 0; w < sizeof warnings / sizeof *warnings; w++)
        if (strcmp(warnings[w].name, name) == 0)
            return &warnings[w];
    return NULL;
}

static rig_status warnings_say(rig_verdicts *verdicts, rig_verdict *v, const rig_calibration *rig, rig_err *err) {
    for (int c = 0; c < rig->n; c++)
        for (int i = 0; i < rig->cameras[c].n_warnings; i++) {
            const struct warning *warning = warning_find(rig->cameras[c].warnings[i]);
            if (!warning)
                continue;
            if (!v->advice || warning->state > v->state)
                v->advice = warning->advice;
            RIG_TRY(rig_verdict_say(verdicts, v, warning->state, rig->cameras[c].view, err, "Camera %s: %s.",
                                    rig->cameras[c].view, warning->says));
        }
    return RIG_OK;
}

// The camera with the largest residuals of those that have any.
static const rig_view_camera *camera_worst(const rig_calibration *rig) {
    const rig_view_camera *worst = NULL;
    for (int c = 0; c < rig->n; c++)
        if (rig->cameras[c].n_corners > 0 && (!worst || rig->cameras[c].rms_px > worst->rms_px))
            worst = &rig->cameras[c];
    return worst;
}

static rig_status residuals_judge(rig_verdicts *verdicts, rig_verdict *v, const rig_calibration *rig, rig_err *err) {
    const rig_view_camera *worst = camera_worst(rig);
    RIG_TRY(warnings_say(verdicts, v, rig, err));
    if (!worst) {
        if (v->n == 0)
            v->state = RIG_VERDICT_UNKNOWN;
        v->unchecked = "The file has no residuals of boards, which would tell how well its cameras fit.";
        return RIG_OK;
    }
    const double limit = fmax(1, hypot(worst->camera.width, worst->camera.height) / 2000);
    if (worst->rms_px > limit)
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, worst->view, err,
                                "Camera %s reprojects its corners with an error of %.2f px.", worst->view,
                                worst->rms_px));
    return rig_verdict_measure(v, "reprojection error, worst camera",
                               rig_arena_printf(verdicts->out, "%.3f px (%s)", worst->rms_px, worst->view),
                               rig_arena_printf(verdicts->out, "%.1f px", limit), err);
}

rig_status rig_verdict_lenses(rig_verdicts *verdicts, const rig_calibration *lenses, rig_err *err) {
    return residuals_judge(verdicts, rig_verdict_new(verdicts, "intrinsics"), lenses, err);
}

rig_status rig_verdict_places(rig_verdicts *verdicts, const rig_calibration *rig, rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, "extrinsics");
    RIG_TRY(residuals_judge(verdicts, v, rig, err));
    for (int c = 0; c < rig->n; c++)
        if (!rig->cameras[c].has_pose)
            RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, rig->cameras[c].view, err, "Camera %s has no pose.",
                                    rig->cameras[c].view));
    return RIG_OK;
}

// Clicked less reprojected, of a view's scene points; 0 where it has none that its camera shows.
static double scene_rms_px(const rig_points_file *points, int view, const rig_view_camera *camera) {
    double squares = 0;
    int n = 0;
    for (int i = 0; i < points->n; i++) {
        double p[3], q[2];
        if (!points->seen[view][i])
            continue;
        rig_pose_apply(&camera->Rt_cam_world, points->p[i], p);
        if (!rig_camera_project(&camera->camera, p, q, NULL, NULL))
            continue;
        squares += pow(points->q[view][i][0] - q[0], 2) + pow(points->q[view][i][1] - q[1], 2);
        n++;
    }
    return n ? sqrt(squares / n) : 0;
}

rig_status rig_verdict_scene(rig_verdicts *verdicts, const rig_points_file *points, const rig_calibration *rig,
                             rig_err *err) {
    static const double SHARE = 0.002; // of the picture's diagonal: a click is good to some pixels
    rig_verdict *v = rig_verdict_new(verdicts, "scene points");
    const rig_view_camera *worst = NULL;
    double most = -1, limit = 0;
    for (int i = 0; i < points->n_views; i++) {
        const rig_view_camera *camera = rig_calibration_find(rig, points->views[i]);
        if (!camera || !camera->has_pose)
            continue;
        const double rms = scene_rms_px(points, i, camera),
                     allowed = SHARE * hypot(camera->camera.width, camera->camera.height);
        if (rms > most)
            most = rms, worst = camera, limit = allowed;
        if (rms > allowed)
            RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, camera->view, err,
                                    "In view %s the scene points lie %.1f px from where the camera puts them.",
                                    camera->view, rms));
    }
    if (!worst) {
        v->state = RIG_VERDICT_UNKNOWN;
        v->unchecked = "No camera with a pose has scene points.";
        return RIG_OK;
    }
    if (v->state == RIG_VERDICT_FAULT)
        v->advice =
            "See the points below, the worst first: one may be clicked wrongly (`rigpose pick`) or measured wrongly.";
    return rig_verdict_measure(v, "residual of scene points, worst view",
                               rig_arena_printf(verdicts->out, "%.2f px (%s)", most, worst->view),
                               rig_arena_printf(verdicts->out, "%.1f px", limit), err);
}

rig_status rig_verdict_stereo(rig_verdicts *verdicts, const rig_stereo *stereo, rig_err *err) {
    static const double LIMIT_PX = 1;
    rig_verdict *v = rig_verdict_new(verdicts, "stereo");
    if (stereo->epipolar_rms_px > LIMIT_PX)
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, stereo->right, err,
                                "The corners of %s do not lie on the epipolar lines of %s.", stereo->right,
                                stereo->left));
    if (rig_stereo_is_swapped(&stereo->Rt_right_left)) {
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, stereo->right, err,
                                "The right camera, %s, stands to the left of %s.", stereo->right, stereo->left));
        v->advice = "Exchange the two names in `stereo: pair`.";
    }
    return rig_verdict_measure(v, "epipolar error", rig_arena_printf(verdicts->out, "%.3f px", stereo->epipolar_rms_px),
                               rig_arena_printf(verdicts->out, "%.0f px", LIMIT_PX), err);
}

// The checks that were not made, by the reason why not: `Not checked: clocks, focus: the rig has no board.`
static rig_status unchecked_list(rig_verdicts *verdicts, const rig_findings *findings, rig_verdict *v, int *checked,
                                 rig_err *err) {
    bool told[RIG_FAULT_COUNT] = {false};
    char text[1024] = "";
    for (int what = 0; what < RIG_FAULT_COUNT; what++) {
        told[what] = rig_findings_checked(findings, (rig_fault)what);
        *checked += told[what];
    }
    for (int what = 0; what < RIG_FAULT_COUNT; what++) {
        const char *why = rig_findings_why(findings, (rig_fault)what);
        size_t n = strlen(text);
        for (int same = what, first = 1; !told[what] && same < RIG_FAULT_COUNT; same++)
            if (!told[same] && strcmp(rig_findings_why(findings, (rig_fault)same), why) == 0 && n < sizeof text) {
                n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
                                      !first ? ", "
                                      : n    ? " "
                                             : "Not checked: ",
                                      rig_fault_name((rig_fault)same));
                first = 0;
                told[same] = same != what;
            }
        if (!told[what] && n < sizeof text)
            snprintf(text + n, sizeof text - n, ": %s.", why);
    }
    v->unchecked = *text ? rig_arena_strdup(verdicts->out, text) : NULL;
    return *text && !v->unchecked ? rig_fail_memory(err, "the report") : RIG_OK;
}

rig_status rig_verdict_doctor(rig_verdicts *verdicts, const rig_findings *findings, rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, "doctor");
    int checked = 0;
    RIG_TRY(unchecked_list(verdicts, findings, v, &checked, err));
    if (checked == 0)
        v->state = RIG_VERDICT_UNKNOWN;
    for (int i = 0; i < findings->n; i++) {
        const rig_finding *f = &findings->list[i];
        v->advice = v->advice ? v->advice : f->advice;
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_FAULT, f->n_views == 1 ? f->views[0] : NULL, err,
                                "%s%s%s%s%s: %s.", rig_fault_name(f->what), f->n_views > 0 ? ", " : "",
                                f->n_views > 0 ? f->views[0] : "", f->n_views > 1 ? " and " : "",
                                f->n_views > 1 ? f->views[1] : "", f->says));
    }
    return rig_verdict_measure(v, "faults found",
                               rig_arena_printf(verdicts->out, "%d in %d checks", findings->n, checked), "none", err);
}

rig_status rig_verdict_uncertainty(rig_verdicts *verdicts, double keypoints_m, double calibration_m, double sigma_px,
                                   rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, "uncertainty");
    if (calibration_m > keypoints_m) {
        RIG_TRY(rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, NULL, err,
                                "The calibration limits the precision more than the keypoints do."));
        v->advice = "Record more of what calibrates the rig (boards, people or points) in the volume, seen by several "
                    "cameras at once.";
    }
    return rig_verdict_measure(
        v, "standard deviation of a point by the calibration, median over the volume",
        rig_arena_printf(verdicts->out, "%.2f mm", 1000 * calibration_m),
        rig_arena_printf(verdicts->out, "%.1f mm, by keypoints of %g px", 1000 * keypoints_m, sigma_px), err);
}
