// check: whether lengths can be metres.
#include "app/check.h"
#include "app/known_cameras.h"
#include "checks/plausible.h"

static void span_check(rig_check *check, const char *path, double span_m, const char *what) {
    const char *says = rig_implausible_span(span_m, what, &check->session->arena);
    if (says)
        rig_check_problem(check, "%s: %s", path, says);
}

static void cameras_check(rig_check *check) {
    const rig_config *config = &check->session->config;
    rig_calibration cameras;
    rig_err told; // by rig_check_files
    if (config->cameras && rig_session_known_cameras(check->session, &cameras, &told) == RIG_OK)
        span_check(check, config->cameras, rig_cameras_span(&cameras), "the cameras (t_m)");
    if (config->surveyed && rig_calibration_read(config->surveyed, &cameras, &check->session->arena, &told) == RIG_OK)
        span_check(check, config->surveyed, rig_cameras_span(&cameras), "the cameras (t_m)");
}

void rig_check_lengths(rig_check *check) {
    rig_session *session = check->session;
    const rig_config *config = &session->config;
    rig_points_file points;
    rig_err told;
    const char *says = config->has_board ? rig_implausible_square(&config->board, &session->arena) : NULL;
    if (says)
        rig_check_problem(check, "%s: %s", config->path, says);
    cameras_check(check);
    if (config->world_points && rig_points_read(config->world_points, &points, &session->arena, &told) == RIG_OK)
        span_check(check, config->world_points, rig_span_of((const double(*)[3])points.p, points.n),
                   "the scene points");
    for (int i = 0; i < config->n_lengths; i++)
        span_check(check, config->path, config->lengths[i].m, "extrinsics.lengths: two cameras");
}
