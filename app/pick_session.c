#include "app/pick_session.h"

#include "io/file.h"

#include <string.h>

static bool has_tiles(const rig_config *config) {
    for (int f = 0; f < config->n_feeds; f++)
        if (config->feeds[f].n_views > 1)
            return true;
    return false;
}

static void rig_close(rig_pick_session *session) {
    rig_pick_pictures_release(&session->pictures);
    rig_session_release(&session->rig);
}

// In the place of what is open, which stays where this fails.
static rig_status rig_open(rig_pick_session *session, rig_err *err) {
    rig_session rig;
    rig_pick_pictures pictures;
    rig_status status = rig_session_open(session->path, &rig, err);
    if (status == RIG_OK)
        status = rig_pick_pictures_init(&pictures, &session->rig.config, rig.config.n_feeds, &rig.arena, err);
    if (status != RIG_OK) {
        rig_session_release(&rig);
        return status;
    }
    rig_close(session);
    session->rig = rig, session->pictures = pictures;
    return RIG_OK;
}

rig_status rig_pick_session_open(const char *path, rig_pick_session *session, rig_err *err) {
    rig_points_file points;
    *session = (rig_pick_session){.path = path};
    RIG_TRY(rig_open(session, err));
    const rig_config *config = &session->rig.config;
    if (!config->world_points && !has_tiles(config))
        return rig_fail(err, RIG_ERR_CONFIG,
                        "%s: there is nothing to pick, expected `extrinsics: {world: {points: FILE}}` for scene "
                        "points, or a feed of several views",
                        path);
    if (config->n_recordings == 0)
        return rig_fail(err, RIG_ERR_CONFIG, "%s: there are no recordings, expected footage to pick in", path);
    rig_status status = rig_pick_points(session, &points, &session->rig.scratch, err);
    rig_arena_clear(&session->rig.scratch);
    return status;
}

void rig_pick_session_release(rig_pick_session *session) {
    rig_close(session);
}

rig_status rig_pick_points(const rig_pick_session *session, rig_points_file *points, rig_arena *out, rig_err *err) {
    const char *path = session->rig.config.world_points;
    *points = (rig_points_file){0};
    return path && rig_file_exists(path) ? rig_points_read(path, points, out, err) : RIG_OK;
}

rig_status rig_pick_revision(const char *path, char hex[65], rig_err *err) {
    hex[0] = 0;
    return path && rig_file_exists(path) ? rig_file_sha256(path, hex, err) : RIG_OK;
}

rig_status rig_pick_lenses(rig_pick_session *session, rig_calibration *lenses, const char **why, rig_arena *out,
                           rig_err *err) {
    const char *lens_path = rig_arena_printf(out, "%s/30_intrinsics.yaml", session->rig.config.out);
    const char *pose_path = rig_arena_printf(out, "%s/40_extrinsics.yaml", session->rig.config.out);
    const bool by_boards = session->rig.config.extrinsics_from >= 0;
    rig_err wrong = {""};
    *lenses = (rig_calibration){0}, *why = NULL;
    if (!lens_path || !pose_path)
        return rig_fail_memory(err, "a path");
    const char *path = by_boards && rig_file_exists(pose_path) ? pose_path : lens_path;
    if (!rig_file_exists(path))
        *why = "the lenses are not calibrated yet; run `rigpose intrinsics` to see how far each point is off";
    else if (rig_calibration_read(path, lenses, out, &wrong) != RIG_OK)
        *why = rig_arena_strdup(out, wrong.text);
    for (int c = 0; c < lenses->n && !by_boards; c++)
        lenses->cameras[c].has_pose = false;
    return RIG_OK;
}

rig_status rig_pick_rects_save(rig_pick_session *session, const char *const *views, const rig_rect *rects, int n,
                               rig_arena *scratch, rig_err *err) {
    RIG_TRY(rig_config_rects_save(session->path, views, rects, n, scratch, err));
    session->beside = 0; // the rig may name other points now
    return rig_open(session, err);
}
