// check: files of other makers that the rig names.
#include "app/check.h"
#include "app/known_cameras.h"
#include "core/people.h"
#include "io/people_cursor.h"

#include <string.h>

// Every frame of a result.
static rig_status people_check(const char *path, rig_err *err) {
    rig_people3d_cursor cursor;
    const rig_frame3d *frame = NULL;
    rig_status status = rig_people3d_cursor_open(&cursor, path, err);
    do {
        rig_people3d_cursor_pass(&cursor);
        if (status == RIG_OK)
            status = rig_people3d_cursor_at(&cursor, &frame, err);
    } while (status == RIG_OK && frame);
    rig_people3d_cursor_close(&cursor);
    return status;
}

static const double PIXELS_ALIKE = 1.25; // focal lengths of pixels that are not square differ, by less as a rule

// Four numbers in another order are a camera too.
static void order_check(rig_check *check, const char *path, const rig_calibration *cameras) {
    for (int c = 0; c < cameras->n; c++) {
        const rig_view_camera *camera = &cameras->cameras[c];
        const double *K = camera->camera.K;
        const bool off = camera->camera.width > 0 && rig_view_camera_is_off_centre(camera);
        if (K[0] > PIXELS_ALIKE * K[1] || K[1] > PIXELS_ALIKE * K[0] || off)
            rig_check_warn(check,
                           "%s: camera '%s': K is [%g, %g, %g, %g] for pictures of %dx%d, which is implausible: "
                           "expected [fx, fy, cx, cy] in pixels, in this order",
                           path, camera->view, K[0], K[1], K[2], K[3], camera->camera.width, camera->camera.height);
    }
}

// A known calibration must place two views of the take; what it does not place is not used.
static void cameras_check(rig_check *check, const char *path, const rig_calibration *cameras) {
    const rig_config *config = &check->session->config;
    bool unplaced[RIG_VIEWS_MAX] = {false};
    char text[256];
    int n = 0, n_views = 0;
    for (int v = 0; v < config->n_views; v++) {
        const rig_view_camera *camera = rig_calibration_find(cameras, config->views[v].name);
        const bool placed = camera && camera->has_pose;
        unplaced[v] = rig_view_in_take(config, v) && !placed;
        n += rig_view_in_take(config, v) && placed;
        n_views += rig_view_in_take(config, v);
    }
    if (rig_check_views(check, unplaced, text))
        rig_check_warn(check, "%s: no camera with a pose for these views of the take, whose people are not used: %s",
                       path, text);
    if (n_views >= 2 && n < 2)
        rig_check_problem(check, "%s: has poses for %d of the %d views of the take, expected at least two", path, n,
                          n_views);
}

// Without boards the points alone place the cameras.
static void points_check(rig_check *check, const rig_points_file *points) {
    const rig_config *config = &check->session->config;
    bool unplaced[RIG_VIEWS_MAX] = {false};
    char text[256];
    for (int v = 0; v < config->n_views && config->extrinsics_from < 0; v++) {
        unplaced[v] = rig_view_in_take(config, v);
        for (int k = 0; k < points->n_views; k++)
            for (int i = 0; strcmp(points->views[k], config->views[v].name) == 0 && i < points->n; i++)
                unplaced[v] = unplaced[v] && !points->seen[k][i];
    }
    if (rig_check_views(check, unplaced, text))
        rig_check_warn(check,
                       "%s: no pixels for these views of the take, which get no pose and whose people are not used: %s",
                       config->world_points, text);
}

void rig_check_files(rig_check *check) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    rig_calibration cameras;
    rig_points_file points;
    rig_err err = {""};
    if (config->cameras && rig_check_try(check, rig_session_known_cameras(session, &cameras, &err), &err))
        cameras_check(check, config->cameras, &cameras), order_check(check, config->cameras, &cameras);
    if (config->surveyed)
        (void)rig_check_try(check, rig_calibration_read(config->surveyed, &cameras, &session->arena, &err), &err);
    if (config->world_points &&
        rig_check_try(check, rig_points_read(config->world_points, &points, &session->arena, &err), &err))
        points_check(check, &points);
    if (config->world_people)
        (void)rig_check_try(check, people_check(config->world_people, &err), &err);
}
