#include "app/pick_solve.h"

#include "calib/world.h"

#include <string.h>

enum { POINTS_MIN = 4 }; // of a view that is to be placed

static int view_find(const rig_points_file *points, const char *view) {
    for (int v = 0; v < points->n_views; v++)
        if (strcmp(points->views[v], view) == 0)
            return v;
    return -1;
}

static int count_seen(const rig_points_file *points, int v) {
    int n = 0;
    for (int i = 0; v >= 0 && i < points->n; i++)
        n += points->seen[v][i];
    return n;
}

// The cameras alone, without what is known of their errors, which nobody asks for here.
static rig_status cameras_copy(const rig_calibration *lenses, rig_calibration *rig, rig_arena *out, rig_err *err) {
    *rig = (rig_calibration){.n = lenses->n, .cameras = RIG_NEW(out, rig_view_camera, lenses->n)};
    if (!rig->cameras)
        return rig_fail_memory(err, "cameras");
    for (int c = 0; c < rig->n; c++) {
        rig->cameras[c] = lenses->cameras[c];
        rig->cameras[c].has_sigma = false;
    }
    return RIG_OK;
}

// Place what the points of some views place; *why where that fails.
static rig_status views_place(const rig_points_file *points, const int *places, int n, rig_calibration *rig,
                              const char **why, rig_arena *out, rig_arena *scratch, rig_err *err) {
    const char **names = RIG_NEW(scratch, const char *, n);
    double(**q)[2] = rig_arena_alloc(scratch, (size_t)n, sizeof *q);
    bool **seen = RIG_NEW(scratch, bool *, n);
    double rms_px;
    rig_err wrong;
    if (!names || !q || !seen)
        return rig_fail_memory(err, "scene points");
    for (int i = 0; i < n; i++)
        names[i] = points->views[places[i]], q[i] = points->q[places[i]], seen[i] = points->seen[places[i]];
    const rig_scene_points scene = {points->n,
                                    points->names,
                                    (const double(*)[3])points->p,
                                    n,
                                    names,
                                    (const double(*const *)[2])q,
                                    (const bool *const *)seen};
    *why = NULL;
    if (rig_world_from_points(&scene, rig, &rms_px, out, scratch, &wrong) != RIG_OK)
        *why = rig_arena_strdup(out, wrong.text);
    return RIG_OK;
}

static rig_status fit_set(rig_pick_fit *fit, const rig_points_file *points, const rig_view_camera *camera,
                          rig_arena *out, rig_err *err) {
    const int v = view_find(points, fit->view);
    double squares = 0;
    fit->q = rig_arena_alloc(out, (size_t)points->n, sizeof *fit->q);
    fit->in_front = RIG_NEW(out, bool, points->n);
    if (!fit->q || !fit->in_front)
        return rig_fail_memory(err, "scene points");
    fit->placed = true;
    for (int i = 0; i < points->n; i++) {
        double p[3];
        rig_pose_apply(&camera->Rt_cam_world, points->p[i], p);
        fit->in_front[i] = rig_camera_project(&camera->camera, p, fit->q[i], NULL, NULL);
        if (v >= 0 && points->seen[v][i]) {
            const double dx = points->q[v][i][0] - fit->q[i][0], dy = points->q[v][i][1] - fit->q[i][1];
            squares += dx * dx + dy * dy;
        }
    }
    fit->rms_px = fit->n > 0 ? sqrt(squares / fit->n) : 0;
    return RIG_OK;
}

// Each view for itself: its pose comes from its own points alone.
static rig_status solve_alone(const rig_calibration *lenses, const rig_points_file *points, rig_pick_fit *fits,
                              int n_views, rig_arena *out, rig_arena *scratch, rig_err *err) {
    for (int i = 0; i < n_views; i++) {
        rig_calibration rig;
        const int v = view_find(points, fits[i].view);
        if (fits[i].why)
            continue;
        if (fits[i].n < POINTS_MIN) {
            fits[i].why = rig_arena_printf(out, "%d of at least %d points", fits[i].n, POINTS_MIN);
            continue;
        }
        RIG_TRY(cameras_copy(lenses, &rig, scratch, err));
        RIG_TRY(views_place(points, &v, 1, &rig, &fits[i].why, out, scratch, err));
        if (!fits[i].why)
            RIG_TRY(fit_set(&fits[i], points, rig_calibration_find(&rig, fits[i].view), out, err));
    }
    return RIG_OK;
}

// Cameras that boards placed move as one body; others go by their own points.
static rig_status solve_together(const rig_calibration *lenses, const rig_points_file *points, rig_pick_fit *fits,
                                 int n_views, rig_arena *out, rig_arena *scratch, rig_err *err) {
    rig_calibration rig;
    const char *why = NULL;
    int n = 0, most = 0, *places = RIG_NEW(scratch, int, n_views);
    if (!places)
        return rig_fail_memory(err, "views");
    for (int i = 0; i < n_views; i++) {
        const rig_view_camera *camera = fits[i].why ? NULL : rig_calibration_find(lenses, fits[i].view);
        if (camera && fits[i].n >= (camera->has_pose ? 1 : POINTS_MIN))
            places[n++] = view_find(points, fits[i].view);
        most = camera && camera->has_pose && fits[i].n > most ? fits[i].n : most;
    }
    RIG_TRY(cameras_copy(lenses, &rig, scratch, err));
    if (most < POINTS_MIN)
        why = rig_arena_printf(out, "one view needs at least %d points, none has more than %d", POINTS_MIN, most);
    else
        RIG_TRY(views_place(points, places, n, &rig, &why, out, scratch, err));
    for (int i = 0; i < n_views; i++) {
        const rig_view_camera *camera = rig_calibration_find(&rig, fits[i].view);
        if (fits[i].why)
            continue;
        if (why || !camera->has_pose)
            fits[i].why = why ? why : rig_arena_printf(out, "%d of at least %d points", fits[i].n, POINTS_MIN);
        else
            RIG_TRY(fit_set(&fits[i], points, camera, out, err));
    }
    return RIG_OK;
}

rig_status rig_pick_solve(const rig_calibration *lenses, const rig_points_file *points, const char *const *views,
                          int n_views, rig_pick_fit **fits, rig_arena *out, rig_arena *scratch, rig_err *err) {
    bool any_posed = false;
    *fits = RIG_NEW(out, rig_pick_fit, n_views);
    if (!*fits)
        return rig_fail_memory(err, "views");
    for (int i = 0; i < n_views; i++) {
        const rig_view_camera *camera = rig_calibration_find(lenses, views[i]);
        (*fits)[i] = (rig_pick_fit){.view = views[i],
                                    .n = count_seen(points, view_find(points, views[i])),
                                    .why = camera ? NULL : "its lens is not calibrated"};
        any_posed |= camera && camera->has_pose;
    }
    return any_posed ? solve_together(lenses, points, *fits, n_views, out, scratch, err)
                     : solve_alone(lenses, points, *fits, n_views, out, scratch, err);
}
