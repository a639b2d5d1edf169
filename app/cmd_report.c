// report: one HTML file that shows what came out, and how far it is to be trusted.
#define _XOPEN_SOURCE 700 // realpath
#include "app/commands.h"
#include "app/diagnosis.h"
#include "app/report.h"
#include "app/report_take.h"
#include "app/stages.h"
#include "app/talk.h"
#include "report/page.h"
#include "report/rig.h"
#include "report/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct report {
    rig_session *session;
    json_t *page;
    rig_verdicts verdicts;
    rig_corners_file corners;
    rig_calibration rig; // of the take's pictures, or the last there is
    bool has_corners, has_rig;
} report;

// Whether a result is there, and where.
static rig_status result_find(report *r, const char *name, const char **path, bool *has, rig_err *err) {
    RIG_TRY(rig_session_path(r->session, name, path, err));
    *has = rig_result_exists(*path);
    return RIG_OK;
}

static const rig_recording_corners *recording_of(const report *r, int recording) {
    for (int i = 0; recording >= 0 && i < r->corners.n; i++)
        if (strcmp(r->corners.recordings[i].recording, r->session->config.recordings[recording].name) == 0)
            return &r->corners.recordings[i];
    return NULL;
}

// --- calibration ----------------------------------------------------------------------------------------------------

static rig_status corners_add(report *r, rig_err *err) {
    const char *path;
    RIG_TRY(result_find(r, "20_corners.yaml", &path, &r->has_corners, err));
    if (!r->has_corners)
        return RIG_OK;
    RIG_TRY(rig_corners_read(path, &r->corners, &r->session->arena, err));
    return rig_verdict_corners(&r->verdicts, &r->corners, err);
}

static rig_status figures_add(report *r, const char *name, const char *key,
                              rig_status (*judge)(rig_verdicts *, const rig_calibration *, rig_err *), rig_err *err) {
    rig_calibration figures;
    const char *path;
    bool has;
    RIG_TRY(result_find(r, name, &path, &has, err));
    if (!has)
        return RIG_OK;
    RIG_TRY(rig_calibration_read_figures(path, &figures, &r->session->arena, err));
    RIG_TRY(rig_report_figures(&figures, key, r->page, err));
    return judge(&r->verdicts, &figures, err);
}

// Where the cameras have no place yet, the lenses are shown all the same.
static rig_status lenses_alone(report *r, rig_err *err) {
    const char *path;
    RIG_TRY(result_find(r, "30_intrinsics.yaml", &path, &r->has_rig, err));
    if (!r->has_rig)
        return RIG_OK;
    RIG_TRY(rig_calibration_read(path, &r->rig, &r->session->arena, err));
    return rig_report_cameras(&r->rig, r->page, err);
}

static rig_status points_add(report *r, rig_err *err) {
    rig_points_file points;
    if (!r->session->config.world_points)
        return RIG_OK;
    RIG_TRY(rig_points_read(r->session->config.world_points, &points, &r->session->arena, err));
    RIG_TRY(rig_verdict_scene(&r->verdicts, &points, &r->rig, err));
    return rig_report_scene(&points, r->page, err);
}

// The cameras for the take's pictures; as calibrated where they do not fit these, which is a fault.
static rig_status cameras_add(report *r, rig_err *err) {
    const rig_config *config = &r->session->config;
    const char *path;
    bool placed;
    rig_err unfit = {""}, none = {""};
    RIG_TRY(result_find(r, "40_extrinsics.yaml", &path, &placed, err));
    const bool fits = config->take >= 0 && rig_session_take_calibration(r->session, &r->rig, &unfit) == RIG_OK;
    r->has_rig = fits || rig_session_calibration(r->session, &r->rig, &none) == RIG_OK;
    const char *why = config->take >= 0 ? unfit.text : none.text;
    if (*why && (placed || !config->has_extrinsics)) // else the verdict on extrinsics says that it is missing
        RIG_TRY(rig_verdict_plain(&r->verdicts, "cameras", RIG_VERDICT_FAULT, rig_arena_strdup(&r->session->arena, why),
                                  NULL, err));
    if (!r->has_rig)
        return lenses_alone(r, err);
    RIG_TRY(rig_report_cameras(&r->rig, r->page, err));
    return points_add(r, err);
}

static rig_status boards_add(report *r, rig_err *err) {
    const rig_config *config = &r->session->config;
    const rig_recording_corners *seen = recording_of(r, config->extrinsics_from);
    seen = seen ? seen : recording_of(r, config->intrinsics_from);
    if (!seen || !r->has_rig)
        return RIG_OK;
    RIG_TRY(rig_report_boards(seen, &r->corners.board, &r->rig, r->page, &r->session->scratch, err));
    return rig_report_links(seen, r->page, err);
}

static rig_status stereo_add(report *r, rig_err *err) {
    rig_stereo stereo;
    const char *path;
    bool has;
    RIG_TRY(result_find(r, "50_stereo.yaml", &path, &has, err));
    if (!has)
        return RIG_OK;
    RIG_TRY(rig_stereo_read(path, &stereo, err));
    RIG_TRY(rig_verdict_stereo(&r->verdicts, &stereo, err));
    const rig_recording_corners *seen = recording_of(r, r->session->config.stereo_from);
    return rig_report_stereo(&stereo, seen, seen ? rig_board_n(&r->corners.board) : 0, r->page, err);
}

static rig_status uncertainty_add(report *r, rig_err *err) {
    rig_uncertainty u;
    rig_calibration rig;
    rig_inputs inputs = {0};
    rig_err why;
    double keypoints_m, calibration_m;
    const char *path;
    bool has;
    RIG_TRY(result_find(r, "40_covariance.yaml", &path, &has, err));
    if (!has)
        return RIG_OK;
    if (rig_session_uncertainty(r->session, &u, &rig, &inputs, &why) != RIG_OK)
        return rig_verdict_plain(&r->verdicts, "uncertainty", RIG_VERDICT_UNKNOWN,
                                 rig_arena_strdup(&r->session->arena, why.text), NULL, err);
    RIG_TRY(rig_uncertainty_medians(&u, &keypoints_m, &calibration_m, &r->session->scratch, err));
    RIG_TRY(rig_verdict_uncertainty(&r->verdicts, keypoints_m, calibration_m, u.sigma_px, err));
    return rig_report_uncertainty(&u, r->page, err);
}

static rig_status doctor_add(report *r, rig_err *err) {
    rig_findings findings = {0};
    rig_err why;
    const rig_status status = rig_session_findings(r->session, &findings, &why);
    if (status != RIG_OK && findings.n == 0)
        return rig_verdict_plain(&r->verdicts, "doctor", RIG_VERDICT_UNKNOWN,
                                 rig_arena_strdup(&r->session->arena, why.text), NULL, err);
    return rig_verdict_doctor(&r->verdicts, &findings, err);
}

// --- the take -------------------------------------------------------------------------------------------------------

static rig_status watch_add(report *r, rig_err *err) {
    rig_watch_report watch;
    const char *path;
    bool has;
    RIG_TRY(result_find(r, "75_watch.yaml", &path, &has, err));
    if (!has || !r->has_rig)
        return RIG_OK;
    RIG_TRY(rig_watch_read(path, &r->rig, &watch, &r->session->arena, err));
    return rig_verdict_watch(&r->verdicts, &watch, &r->rig, err);
}

static rig_status take_add(report *r, rig_err *err) {
    rig_person_fit fit;
    bool has;
    RIG_TRY(rig_report_take(r->session, r->page, &fit, &has, err));
    if (!has)
        return RIG_OK;
    RIG_TRY(rig_verdict_keypoints(&r->verdicts, &fit, err));
    RIG_TRY(rig_verdict_triangulate(&r->verdicts, &fit, err));
    RIG_TRY(rig_verdict_views(&r->verdicts, &fit, err));
    RIG_TRY(watch_add(r, err));
    return r->session->config.has_motion ? rig_verdict_refine(&r->verdicts, &fit, err) : RIG_OK;
}

// --- where it comes from --------------------------------------------------------------------------------------------

static rig_status stage_judge(report *r, const rig_stage *stage, rig_result_state state, const char *why,
                              rig_err *err) {
    if (state == RIG_RESULT_ABSENT)
        return rig_verdict_plain(&r->verdicts, stage->name, RIG_VERDICT_FAULT, "There is no result.",
                                 "Run `rigpose run`, and see what it says of this stage.", err);
    return state == RIG_RESULT_STALE ? rig_verdict_stale(&r->verdicts, stage->name, why, err) : RIG_OK;
}

static rig_status stages_add(report *r, rig_err *err) {
    static const char *const words[] = {"absent", "another program's", "current", "out of date"};
    json_t *list = json_array();
    RIG_TRY(rig_json_set(r->page, "stages", list, err));
    for (int i = 0; i < rig_stages_n; i++) {
        const rig_stage *stage = &rig_stages[i];
        rig_result_state state;
        char why[128] = "";
        rig_err wrong;
        if (!stage->applies(&r->session->config))
            continue;
        const bool known = rig_stage_state(r->session, stage, &state, why, &wrong) == RIG_OK;
        RIG_TRY(rig_json_add(list,
                             json_pack("{s:s, s:s, s:s, s:s}", "name", stage->name, "summary", stage->summary, "makes",
                                       stage->makes, "state", known ? words[state] : "damaged"),
                             err));
        if (known)
            RIG_TRY(stage_judge(r, stage, state, why, err));
        else
            RIG_TRY(rig_verdict_plain(&r->verdicts, stage->name, RIG_VERDICT_FAULT,
                                      rig_arena_strdup(&r->session->arena, wrong.text), NULL, err));
    }
    return RIG_OK;
}

// The name of the folder that the rig lies in is the session's.
static json_t *session_name(const rig_config *config) {
    char *whole = realpath(config->path, NULL);
    if (!whole)
        return rig_json_text(config->path);
    char *file = strrchr(whole, '/');
    *file = 0;
    const char *folder = strrchr(whole, '/');
    json_t *name = rig_json_text(folder && folder[1] ? folder + 1 : file + 1);
    rig_heap_free(whole);
    return name;
}

static rig_status session_add(report *r, rig_err *err) {
    const rig_config *config = &r->session->config;
    const char *file = strrchr(config->path, '/');
    json_t *views = json_array();
    RIG_TRY(rig_json_set(r->page, "session",
                         json_pack("{s:o, s:o, s:s, s:o, s:o}", "name", session_name(config), "rig",
                                   rig_json_text(file ? file + 1 : config->path), "version", RIG_VERSION, "take",
                                   rig_json_text(config->take >= 0 ? config->recordings[config->take].name : NULL),
                                   "views", views),
                         err));
    for (int v = 0; v < config->n_views; v++)
        RIG_TRY(rig_json_add(views,
                             json_pack("[o, o]", rig_json_text(config->views[v].name),
                                       rig_json_text(config->feeds[config->views[v].feed].name)),
                             err));
    return RIG_OK;
}

static rig_status page_fill(report *r, rig_err *err) {
    RIG_TRY(session_add(r, err));
    RIG_TRY(corners_add(r, err));
    RIG_TRY(figures_add(r, "30_intrinsics.yaml", "intrinsics", rig_verdict_lenses, err));
    RIG_TRY(figures_add(r, "40_extrinsics.yaml", "extrinsics", rig_verdict_places, err));
    RIG_TRY(cameras_add(r, err));
    RIG_TRY(boards_add(r, err));
    RIG_TRY(stereo_add(r, err));
    RIG_TRY(doctor_add(r, err));
    RIG_TRY(uncertainty_add(r, err));
    RIG_TRY(take_add(r, err));
    RIG_TRY(rig_report_stills(r->session, r->page, err));
    RIG_TRY(stages_add(r, err));
    return rig_report_verdicts(&r->verdicts, r->page, err);
}

static rig_report_summary summary_of(const rig_verdicts *verdicts, const char *path) {
    rig_report_summary summary = {.path = path};
    rig_verdict_state worst = RIG_VERDICT_OK;
    for (int i = 0; i < verdicts->n; i++) {
        const rig_verdict *v = &verdicts->list[i];
        summary.n[v->state]++;
        if (v->n == 0 || v->state == RIG_VERDICT_UNKNOWN || v->state <= worst)
            continue;
        worst = v->state;
        snprintf(summary.worst, sizeof summary.worst, "%s: %s", v->stage, v->says[0].text);
    }
    return summary;
}

static void verdicts_say(const rig_verdicts *verdicts, const rig_report_summary *summary) {
    for (int i = 0; i < verdicts->n; i++) {
        const rig_verdict *v = &verdicts->list[i];
        if (v->n > 0 && (v->state == RIG_VERDICT_FAULT || v->state == RIG_VERDICT_WEAK))
            rig_say("report: %s: %s: %s", v->stage, rig_verdict_state_name(v->state), v->says[0].text);
    }
    const int *n = summary->n;
    rig_say("report: %s: %d ok, %d weak, %d with a fault, %d could not be checked", summary->path, n[RIG_VERDICT_OK],
            n[RIG_VERDICT_WEAK], n[RIG_VERDICT_FAULT], n[RIG_VERDICT_UNKNOWN]);
}

static rig_status report_write(report *r, rig_report_summary *summary, rig_err *err) {
    const char *path;
    bool plain;
    RIG_TRY(page_fill(r, err));
    RIG_TRY(rig_session_path(r->session, "report.html", &path, err));
    RIG_TRY(rig_report_page_write(path, "report", r->page, &plain, &r->session->arena, err));
    if (plain)
        rig_warn(
            "report: web/libraries.js is not there: the rig is drawn as plain pictures (`./run people` downloads it)");
    *summary = summary_of(&r->verdicts, path);
    verdicts_say(&r->verdicts, summary);
    rig_report_summary_event(summary);
    return RIG_OK;
}

rig_status rig_report_page_write(const char *path, const char *name, const json_t *data, bool *plain, rig_arena *arena,
                                 rig_err *err) {
    const char *template, *file = rig_arena_printf(arena, "web/%s.html", name);
    if (!file)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_share_path(arena, file, &template, err));
    const char *web = rig_arena_strndup(arena, template, (size_t)(strrchr(template, '/') - template));
    return web ? rig_page_write(path, web, name, data, plain, arena, err) : rig_fail_memory(err, "a path");
}

rig_status rig_session_report(rig_session *session, rig_report_summary *summary, rig_err *err) {
    report r = {.session = session, .page = json_object(), .verdicts = {.out = &session->arena}};
    if (!r.page)
        return rig_fail_memory(err, "the report");
    rig_status status = rig_session_begin(session, err);
    if (status == RIG_OK)
        status = report_write(&r, summary, err);
    json_decref(r.page);
    return status;
}

rig_status rig_command_report(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_report_summary summary;
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && !rig_folder_exists(session.config.out))
        status = rig_fail(err, RIG_ERR_DATA, "no results in '%s': run `rigpose run %s` first", session.config.out,
                          arguments->operands[0]);
    if (status == RIG_OK)
        status = rig_session_report(&session, &summary, err);
    rig_session_release(&session);
    return status;
}
