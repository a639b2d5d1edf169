// watch: what the people of the take say of the rig. With --repair it is taken back: 75_repair.yaml, which triangulate
// reads.
#include "app/people_ahead.h"
#include "app/stages.h"
#include "app/take.h"
#include "app/talk.h"
#include "checks/watch.h"
#include "io/config_keys.h"
#include "triangulate/detection.h"

#include <limits.h>
#include <math.h>

static const double DEGREES = 57.29577951308232;

static void report_say(const rig_take *take, const rig_watch_report *report) {
    for (int i = 0; i < report->n; i++) {
        const rig_watch_finding *f = &report->findings[i];
        const char *view = take->rig.cameras[f->view].view;
        if (f->kind == RIG_WATCH_OUT_OF_STEP)
            rig_warn("camera '%s' is out of sync: late by %.2f frames", view, f->offset_frames);
        else if (f->before)
            rig_warn("camera '%s' moved since it was calibrated: %.2f deg, %.0f mm, %.1f px", view,
                     DEGREES * f->turn_rad, 1000 * f->shift_m, f->displaced_px);
        else
            rig_warn("camera '%s' moved at frame %d: %.2f deg, %.0f mm, %.1f px", view, f->from, DEGREES * f->turn_rad,
                     1000 * f->shift_m, f->displaced_px);
    }
    int tested = 0;
    for (int v = 0; v < report->n_views; v++)
        tested += report->views[v].tested;
    if (report->n_views && tested == 0)
        rig_say("watch: too few people, or seen too briefly, to check the cameras");
    else if (report->n == 0 && tested)
        rig_say("watch: %d cameras have not moved since calibration and are in sync", tested);
    for (int v = 0; v < report->n_views && tested; v++) {
        const rig_watch_view *view = &report->views[v];
        const char *name = take->rig.cameras[v].view;
        if (!view->tested)
            rig_say("  '%s' could not be checked: only %ld joints could be compared, of too few people or too briefly",
                    name, view->n);
        else if (isfinite(view->unseen_m))
            rig_say("  movements of '%s' below %.0f mm (%.1f px) would go undetected", name, 1000 * view->unseen_m,
                    view->unseen_px);
        else
            rig_say("  movements of '%s' during the take would go undetected", name);
    }
}

// The cameras, what is to be corrected of them and what was found, in a unit that is so many times the one before: what
// is known of people is that of adults.
static void units_change(rig_take *take, rig_watch_report *report, rig_repairs *repairs, double units) {
    for (int v = 0; v < take->n_views; v++)
        for (int k = 0; k < 3; k++)
            take->rig.cameras[v].Rt_cam_world.t[k] *= units;
    for (int i = 0; i < repairs->n_poses; i++)
        for (int k = 0; k < 3; k++)
            repairs->poses[i].Rt_cam_world.t[k] *= units;
    for (int v = 0; v < report->n_views; v++)
        report->views[v].unseen_m *= units;
    for (int i = 0; i < report->n; i++) {
        report->findings[i].shift_m *= units;
        for (int k = 0; k < 3; k++)
            report->findings[i].Rt_cam_world.t[k] *= units;
    }
}

static rig_status chunk_follow(rig_session *session, rig_take *take, const rig_people3d *people, rig_watch *watch,
                               rig_err *err) {
    const rig_frame2d *views[RIG_VIEWS_MAX];
    for (int f = 0; f < people->n_frames; f++) {
        bool moved;
        rig_frame3d_scale(&people->frames[f], people->n_joints, 1 / people->body_scale);
        const rig_frame_runs runs = rig_watch_runs(watch);
        if (!rig_frame_runs_have(&runs, people->frames[f].frame))
            continue;
        RIG_TRY(rig_take_views(take, people->frames[f].frame, views, &moved, err));
        RIG_TRY(rig_watch_next(watch, &people->frames[f], views, &session->scratch, err));
        rig_arena_clear(&session->scratch);
    }
    return RIG_OK;
}

static rig_status people_follow(rig_session *session, rig_take *take, rig_people_ahead *ahead, rig_watch *watch,
                                rig_err *err) {
    rig_people3d people;
    do {
        RIG_TRY(rig_people_ahead_next(ahead, &people, err));
        RIG_TRY(chunk_follow(session, take, &people, watch, err));
        ahead->runs = rig_watch_runs(watch);
        rig_take_thin(take, &ahead->runs);
    } while (people.n_frames > 0);
    return RIG_OK;
}

static rig_status take_watch(rig_session *session, rig_take *take, rig_watch_report *report, rig_repairs *repairs,
                             rig_err *err) {
    const char *from;
    rig_people_ahead people;
    rig_people3d head;
    rig_watch *watch = NULL;
    const rig_triangulate_config *config = &session->config.triangulate;
    rig_detection_params used = {config->min_score, config->gate_m, config->gate_px};
    RIG_TRY(rig_session_path(session, "70_people3d.yaml", &from, err));
    RIG_TRY(rig_people_ahead_open(&people, from, take->background, take->chunk_frames, &head, err));
    rig_status status = RIG_OK;
    if (head.n_joints != 0 && head.n_joints != take->skeleton.n)
        status = rig_fail(err, RIG_ERR_DATA, "'%s' has people with %d joints, expected %d", from, head.n_joints,
                          take->skeleton.n);
    if (rig_key_is_stated(session->config.root, "triangulate.gate_m"))
        used.gate_m /= head.body_scale;
    units_change(take, report, &take->repairs, 1 / head.body_scale);
    if (status == RIG_OK)
        status = rig_watch_open(&take->rig, &take->skeleton, &used, take->fps > 0 ? take->fps : RIG_FPS_UNKNOWN, &watch,
                                err);
    if (status == RIG_OK) {
        rig_watch_set_repairs(watch, &take->repairs);
        status = people_follow(session, take, &people, watch, err);
    }
    rig_people_ahead_close(&people);
    if (status == RIG_OK)
        status = rig_watch_solve(watch, report, repairs, &session->arena, &session->scratch, err);
    rig_watch_close(watch);
    units_change(take, report, repairs, head.body_scale);
    return status;
}

static rig_status watch(rig_session *session, rig_take *take, const rig_inputs *inputs, bool repair, rig_err *err) {
    rig_watch_report report = {0};
    rig_repairs repairs = {0};
    const char *to;
    if (take->n_views >= RIG_WATCH_VIEWS_LEAST)
        RIG_TRY(take_watch(session, take, &report, &repairs, err));
    else
        rig_say("watch: %d views are too few to tell which of them moved", take->n_views);
    RIG_TRY(rig_session_path(session, "75_watch.yaml", &to, err));
    RIG_TRY(rig_watch_write(to, &report, &take->rig, take->fps, inputs, err));
    report_say(take, &report);
    if (!repair || report.n == 0)
        return RIG_OK;
    RIG_TRY(rig_session_path(session, "75_repair.yaml", &to, err));
    RIG_TRY(rig_repairs_write(to, &repairs, &take->rig, err));
    rig_say("watch: corrections are in 75_repair.yaml; run triangulate again to apply them");
    return RIG_OK;
}

rig_status rig_stage_watch(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                           rig_err *err) {
    rig_take take;
    rig_status status = rig_take_open(session, &take, err);
    if (status == RIG_OK)
        status = watch(session, &take, inputs, options->repair, err);
    rig_take_release(&take);
    return status;
}
