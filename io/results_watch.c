#include "io/result.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char SCHEMA[] = "rigpose/watch/1";
enum { DECIMALS = 4, CHI2_DECIMALS = 1 }; // a tenth of a millirad, of a millimetre

static void number_put(rig_yaml_writer *w, const char *key, double number, bool known, int decimals) {
    if (known && isfinite(number))
        rig_result_put_rounded(w, key, number, decimals);
    else
        rig_result_put_string(w, key, NULL);
}

static void view_put(rig_yaml_writer *w, const char *name, const rig_watch_view *view) {
    rig_yaml_key(w, name);
    rig_yaml_begin_map(w, true);
    rig_result_put_int(w, "joints", view->n);
    number_put(w, "rms_px", view->rms_px, view->tested, DECIMALS);
    number_put(w, "displaced_px", view->displaced_px, view->tested, DECIMALS);
    number_put(w, "offset_frames", view->offset_frames, view->tested, DECIMALS);
    number_put(w, "offset_sigma_frames", view->offset_sigma, view->tested, DECIMALS);
    number_put(w, "unseen_px", view->unseen_px, view->tested, DECIMALS);
    number_put(w, "unseen_m", view->unseen_m, view->tested, DECIMALS);
    rig_yaml_end(w);
}

static void frame_put(rig_yaml_writer *w, bool before, int from) {
    if (before)
        rig_result_put_string(w, "from_frame", NULL);
    else
        rig_result_put_int(w, "from_frame", from);
}

static void finding_put(rig_yaml_writer *w, const rig_watch_finding *f, const char *view, double fps) {
    rig_yaml_begin_map(w, false);
    rig_result_put_string(w, "view", view);
    rig_result_put_string(w, "kind", f->kind == RIG_WATCH_MOVED ? "moved" : "out_of_step");
    rig_result_put_rounded(w, "chi2", f->chi2, CHI2_DECIMALS);
    if (f->kind == RIG_WATCH_OUT_OF_STEP) {
        rig_result_put_rounded(w, "offset_frames", f->offset_frames, DECIMALS);
        rig_result_put_rounded(w, "sigma_frames", f->offset_sigma, DECIMALS);
        if (fps > 0)
            rig_result_put_rounded(w, "offset_s", f->offset_frames / fps, DECIMALS + 1);
    } else {
        frame_put(w, f->before, f->from);
        rig_result_put_rounded(w, "turn_rad", f->turn_rad, DECIMALS + 1);
        rig_result_put_rounded(w, "shift_m", f->shift_m, DECIMALS);
        rig_result_put_rounded(w, "displaced_px", f->displaced_px, DECIMALS);
        rig_result_put_pose(w, "Rt_cam_world", &f->Rt_cam_world);
    }
    rig_yaml_end(w);
}

rig_status rig_watch_write(const char *path, const rig_watch_report *report, const rig_calibration *rig, double fps,
                           const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, SCHEMA, inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "findings");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < report->n; i++)
        finding_put(w, &report->findings[i], rig->cameras[report->findings[i].view].view, fps);
    rig_yaml_end(w);
    rig_yaml_key(w, "views");
    rig_yaml_begin_map(w, false);
    for (int v = 0; v < report->n_views; v++)
        view_put(w, rig->cameras[v].view, &report->views[v]);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

// --- reading --------------------------------------------------------------------------------------

static rig_status camera_find(const rig_yaml *node, const char *name, const rig_calibration *rig, int *view,
                              rig_err *err) {
    for (*view = 0; *view < rig->n; ++*view)
        if (strcmp(rig->cameras[*view].view, name) == 0)
            return RIG_OK;
    return rig_yaml_fail(node, err, "'%s' is not a camera of the take", name);
}

static rig_status finding_parse(const rig_yaml *map, const rig_calibration *rig, rig_watch_finding *f, rig_err *err) {
    static const char *const kinds[] = {"moved", "out_of_step", NULL};
    const double max = RIG_RESULT_NUMBER_MAX;
    char name[RIG_NAME_MAX];
    const rig_yaml *node;
    int kind;
    bool has;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need(map, "view", &node, err));
    RIG_TRY(rig_yaml_name(node, name, err));
    RIG_TRY(camera_find(node, name, rig, &f->view, err));
    RIG_TRY(rig_yaml_need(map, "kind", &node, err));
    RIG_TRY(rig_yaml_choice(node, kinds, &kind, err));
    f->kind = kind == 0 ? RIG_WATCH_MOVED : RIG_WATCH_OUT_OF_STEP;
    RIG_TRY(rig_result_maybe_double(map, "chi2", 0, max, &f->chi2, err));
    RIG_TRY(rig_result_maybe_double(map, "offset_frames", -max, max, &f->offset_frames, err));
    RIG_TRY(rig_result_maybe_double(map, "sigma_frames", 0, max, &f->offset_sigma, err));
    node = rig_yaml_find(map, "from_frame");
    f->before = !node;
    if (node)
        RIG_TRY(rig_yaml_int(node, -RIG_RESULT_FRAME_MAX, RIG_RESULT_FRAME_MAX, &f->from, err));
    RIG_TRY(rig_result_maybe_double(map, "turn_rad", 0, max, &f->turn_rad, err));
    RIG_TRY(rig_result_maybe_double(map, "shift_m", 0, max, &f->shift_m, err));
    RIG_TRY(rig_result_maybe_double(map, "displaced_px", 0, max, &f->displaced_px, err));
    return rig_result_pose(map, "Rt_cam_world", &f->Rt_cam_world, &has, err);
}

static rig_status view_parse(const rig_yaml *map, rig_watch_view *view, rig_err *err) {
    const double max = RIG_RESULT_NUMBER_MAX;
    int joints = 0;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_result_maybe_int(map, "joints", 0, INT_MAX, &joints, err));
    *view = (rig_watch_view){.n = joints, .unseen_px = INFINITY, .unseen_m = INFINITY};
    view->tested = rig_yaml_find(map, "rms_px") != NULL;
    RIG_TRY(rig_result_maybe_double(map, "rms_px", 0, max, &view->rms_px, err));
    RIG_TRY(rig_result_maybe_double(map, "displaced_px", 0, max, &view->displaced_px, err));
    RIG_TRY(rig_result_maybe_double(map, "offset_frames", -max, max, &view->offset_frames, err));
    RIG_TRY(rig_result_maybe_double(map, "offset_sigma_frames", 0, max, &view->offset_sigma, err));
    RIG_TRY(rig_result_maybe_double(map, "unseen_px", 0, max, &view->unseen_px, err));
    return rig_result_maybe_double(map, "unseen_m", 0, max, &view->unseen_m, err);
}

static rig_status watch_parse(const rig_yaml *root, const rig_calibration *rig, rig_watch_report *report,
                              rig_arena *out, rig_err *err) {
    const rig_yaml *findings, *views;
    RIG_TRY(rig_result_maybe(root, "findings", RIG_YAML_LIST, &findings, err));
    RIG_TRY(rig_result_maybe(root, "views", RIG_YAML_MAP, &views, err));
    report->n_views = rig->n;
    report->views = RIG_NEW(out, rig_watch_view, rig->n);
    report->findings = RIG_NEW(out, rig_watch_finding, findings ? findings->n : 0);
    if (!report->views || !report->findings)
        return rig_fail_memory(err, "what watch found");
    for (int i = 0; findings && i < findings->n; i++)
        RIG_TRY(finding_parse(&findings->items[i], rig, &report->findings[report->n++], err));
    for (int i = 0; views && i < views->n; i++) {
        char name[RIG_NAME_MAX];
        int view;
        RIG_TRY(rig_yaml_key_name(&views->items[i], name, err));
        RIG_TRY(camera_find(&views->items[i], name, rig, &view, err));
        RIG_TRY(view_parse(&views->items[i], &report->views[view], err));
    }
    return RIG_OK;
}

rig_status rig_watch_read(const char *path, const rig_calibration *rig, rig_watch_report *report, rig_arena *out,
                          rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *report = (rig_watch_report){0};
    rig_status status = rig_result_read(path, SCHEMA, &tree, &root, err);
    if (status == RIG_OK)
        status = watch_parse(root, rig, report, out, err);
    rig_arena_release(&tree);
    return status;
}

// --- repairs --------------------------------------------------------------------------------------

static const char REPAIR[] = "rigpose/repair/1";
static const double OFFSET_MAX = 1e6; // frames

rig_status rig_repairs_write(const char *path, const rig_repairs *repairs, const rig_calibration *rig, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, REPAIR, NULL, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "poses");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < repairs->n_poses; i++) {
        const rig_repaired_pose *pose = &repairs->poses[i];
        rig_yaml_begin_map(w, false);
        rig_result_put_string(w, "view", rig->cameras[pose->view].view);
        frame_put(w, pose->from == INT_MIN, pose->from);
        rig_result_put_pose(w, "Rt_cam_world", &pose->Rt_cam_world);
        rig_yaml_end(w);
    }
    rig_yaml_end(w);
    rig_yaml_key(w, "offset_frames");
    rig_yaml_begin_map(w, true);
    for (int v = 0; v < repairs->n_views; v++)
        if (repairs->offset_frames[v] != 0)
            rig_result_put_double(w, rig->cameras[v].view, repairs->offset_frames[v]);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}

static rig_status pose_parse(const rig_yaml *map, const rig_calibration *rig, rig_repaired_pose *pose, rig_err *err) {
    char name[RIG_NAME_MAX];
    const rig_yaml *node;
    bool has;
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    RIG_TRY(rig_yaml_need(map, "view", &node, err));
    RIG_TRY(rig_yaml_name(node, name, err));
    RIG_TRY(camera_find(node, name, rig, &pose->view, err));
    pose->from = INT_MIN;
    node = rig_yaml_find(map, "from_frame");
    if (node)
        RIG_TRY(rig_yaml_int(node, -RIG_RESULT_FRAME_MAX, RIG_RESULT_FRAME_MAX, &pose->from, err));
    RIG_TRY(rig_result_pose(map, "Rt_cam_world", &pose->Rt_cam_world, &has, err));
    return has ? RIG_OK : rig_yaml_fail(map, err, "key 'Rt_cam_world' is missing");
}

static int by_view_and_frame(const void *a, const void *b) {
    const rig_repaired_pose *x = a, *y = b;
    return x->view != y->view ? (x->view > y->view) - (x->view < y->view) : (x->from > y->from) - (x->from < y->from);
}

static rig_status repairs_parse(const rig_yaml *root, const rig_calibration *rig, rig_repairs *repairs, rig_arena *out,
                                rig_err *err) {
    const rig_yaml *poses, *offsets;
    RIG_TRY(rig_result_maybe(root, "poses", RIG_YAML_LIST, &poses, err));
    RIG_TRY(rig_result_maybe(root, "offset_frames", RIG_YAML_MAP, &offsets, err));
    *repairs = (rig_repairs){.n_views = rig->n};
    repairs->poses = RIG_NEW(out, rig_repaired_pose, poses ? poses->n : 0);
    repairs->offset_frames = RIG_NEW(out, double, rig->n);
    if (!repairs->poses || !repairs->offset_frames)
        return rig_fail_memory(err, "repairs");
    for (int i = 0; poses && i < poses->n; i++)
        RIG_TRY(pose_parse(&poses->items[i], rig, &repairs->poses[repairs->n_poses++], err));
    qsort(repairs->poses, (size_t)repairs->n_poses, sizeof *repairs->poses, by_view_and_frame);
    for (int i = 0; offsets && i < offsets->n; i++) {
        char name[RIG_NAME_MAX];
        int view;
        RIG_TRY(rig_yaml_key_name(&offsets->items[i], name, err));
        RIG_TRY(camera_find(&offsets->items[i], name, rig, &view, err));
        RIG_TRY(rig_yaml_double(&offsets->items[i], -OFFSET_MAX, OFFSET_MAX, &repairs->offset_frames[view], err));
    }
    return RIG_OK;
}

rig_status rig_repairs_read(const char *path, const rig_calibration *rig, rig_repairs *repairs, rig_arena *out,
                            rig_err *err) {
    rig_arena tree = {NULL};
    const rig_yaml *root;
    *repairs = (rig_repairs){0};
    rig_status status = rig_result_read(path, REPAIR, &tree, &root, err);
    if (status == RIG_OK)
        status = repairs_parse(root, rig, repairs, out, err);
    rig_arena_release(&tree);
    return status;
}
