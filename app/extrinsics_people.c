#include "app/extrinsics_people.h"

#include "app/clocks.h"
#include "app/people_scale.h"
#include "app/people_surveyed.h"
#include "app/take.h"
#include "app/talk.h"
#include "calib/covariance.h"
#include "calib/people_rig.h"
#include "calib/world.h"

#include <string.h>

enum { MOMENTS_MOST = 6000 };  // of a longer take every second, fourth, eighth
static const double RATE = 30; // moments a second: more tell nothing new
static const double FOLLOW_S = 0.8;
static const double CLOCK_SIGMA_S = 0.01; // and more, of a clock that people told: poses are better known now
static const double HEIGHT_SIGMA = 0.03; // of the scale: people of one height differ in their limbs, networks in joints
static const double LENGTH_SIGMA = 0.005; // of it, by a tape
static const double LENS_KNOWN = 0.005;   // of a focal length: one that is known better, as by boards, is held
static const double POSE_WARN_M = 0.05;   // a position that is known less well is warned of
static const double FOCAL_LOOSE = 0.2;    // of focal lengths that are taken as stated, where they are asked after
static const double FOCAL_DOUBT = 0.03, DOUBT_SIGMAS = 4; // what people say is so far off: the lens is doubted
static const double DETERMINED = 0.5; // of what was known: a sigma below it says that people tell the focal length

// --- what was seen ---------------------------------------------------------------------------------------------------

static rig_status lenses_of_take(rig_session *session, const rig_calibration *rig, rig_calibration *lenses,
                                 rig_err *err) {
    *lenses = (rig_calibration){.n = rig->n, .cameras = RIG_NEW(&session->arena, rig_view_camera, rig->n)};
    if (!lenses->cameras)
        return rig_fail_memory(err, "cameras");
    for (int c = 0; c < rig->n; c++) {
        lenses->cameras[c] = rig->cameras[c];
        lenses->cameras[c].has_pose = true; // the take asks for people and a camera, not for where it is
        lenses->cameras[c].Rt_cam_world = rig_pose_identity();
    }
    return rig_session_take_fit(session, lenses, err);
}

static rig_status moments_read(rig_session *session, rig_take *take, rig_people_seen *seen, rig_err *err) {
    int every = take->fps > RATE ? (int)lrint(take->fps / RATE) : 1;
    const rig_frame2d *views[RIG_VIEWS_MAX];
    bool more = take->has_frames, moved;
    int moment = take->first;
    for (long i = 0; more; i++) {
        RIG_TRY(rig_take_views(take, moment, views, &moved, err));
        if (i % every == 0 && seen->n == seen->room) {
            for (seen->n = 0; seen->n < seen->room / 2; seen->n++)
                seen->moments[seen->n] = seen->moments[2 * seen->n];
            every *= 2;
        }
        if (i % every == 0)
            RIG_TRY(rig_people_seen_add(seen, moment, views, &session->arena, err));
        RIG_TRY(rig_take_step(take, &moment, &more, err));
    }
    const int gap = (int)(FOLLOW_S * (take->fps > 0 ? take->fps : RIG_FPS_UNKNOWN));
    return rig_people_seen_follow(seen, gap > every ? gap : every, &session->scratch, err);
}

// Clocks that people told, in 65_sync.yaml, are refined with the poses.
static rig_status clock_sigmas_read(rig_session *session, const rig_take *take, rig_people_seen *seen, rig_err *err) {
    const char *path;
    rig_sync_file sync;
    if (session->config.sync_from == RIG_SYNC_FROM_NONE)
        return RIG_OK;
    double *sigma_s = RIG_NEW(&session->arena, double, take->n_views);
    if (!sigma_s)
        return rig_fail_memory(err, "clocks");
    RIG_TRY(rig_session_path(session, "65_sync.yaml", &path, err));
    RIG_TRY(rig_sync_read(path, &sync, &session->arena, err));
    for (int v = 0; v < take->n_views; v++) {
        const rig_sync_entry *entry = rig_sync_find(&sync, take->rig.cameras[v].view);
        const bool held =
            session->config.views[rig_config_find_view(&session->config, take->rig.cameras[v].view)].has_offset;
        if (entry && !held && !entry->clock.held)
            sigma_s[v] = hypot(entry->clock.sigma_s, CLOCK_SIGMA_S);
    }
    seen->clock_sigma_s = sigma_s;
    return RIG_OK;
}

static void clocks_say(const rig_people_seen *seen, const rig_people_rig *found) {
    for (int c = 1; c < found->n && found->late_s && found->report.late_sigma_s; c++)
        if (found->report.late_sigma_s[c] > 0)
            rig_say("extrinsics: the clock of '%s' is %.1f ms %s against that of '%s' than 65_sync.yaml says (sigma "
                    "%.1f ms)",
                    seen->names[found->view_of[c]], 1e3 * fabs(found->late_s[c]),
                    found->late_s[c] < 0 ? "earlier" : "later", seen->names[found->view_of[0]],
                    1e3 * found->report.late_sigma_s[c]);
}

// Which lenses are free: those that are not known well.
static rig_status lenses_free(rig_session *session, const rig_take *take, rig_people_seen *seen, rig_err *err) {
    bool any = false;
    seen->lenses = RIG_NEW(&session->arena, rig_bundle_lens, take->n_views);
    if (!seen->lenses)
        return rig_fail_memory(err, "lenses");
    for (int v = 0; v < take->n_views; v++) {
        const rig_view_camera *camera = &take->rig.cameras[v];
        const double focal_sigma = camera->sigma.K[0] / camera->camera.K[0];
        if (!camera->has_sigma || !(focal_sigma > LENS_KNOWN) || session->config.lenses_held)
            continue;
        any = true;
        seen->lenses[v].sigma[RIG_LENS_FOCAL] = focal_sigma;
        for (int i = 0; i < 2; i++)
            seen->lenses[v].sigma[RIG_LENS_CX + i] = camera->sigma.K[2 + i];
        for (int i = 0; i < 2 && i < rig_lens_n_dist(camera->camera.lens); i++)
            seen->lenses[v].sigma[RIG_LENS_K1 + i] = camera->sigma.dist[i];
    }
    seen->lenses = any ? seen->lenses : NULL;
    return RIG_OK;
}

static rig_status seen_read(rig_session *session, rig_take *take, rig_people_seen *seen, rig_err *err) {
    rig_camera *cameras = RIG_NEW(&session->arena, rig_camera, take->n_views);
    const char **names = RIG_NEW(&session->arena, const char *, take->n_views);
    rig_seen_moment *moments = RIG_NEW(&session->arena, rig_seen_moment, MOMENTS_MOST);
    if (!cameras || !names || !moments)
        return rig_fail_memory(err, "moments");
    for (int v = 0; v < take->n_views; v++)
        cameras[v] = take->rig.cameras[v].camera, names[v] = take->rig.cameras[v].view;
    *seen = (rig_people_seen){.n_views = take->n_views,
                              .n_joints = take->skeleton.n,
                              .fps = take->fps,
                              .cameras = cameras,
                              .names = names,
                              .room = MOMENTS_MOST,
                              .moments = moments};
    RIG_TRY(clock_sigmas_read(session, take, seen, err));
    RIG_TRY(lenses_free(session, take, seen, err));
    return moments_read(session, take, seen, err);
}

// --- into the rig ----------------------------------------------------------------------------------------------------

// The error of the scale moves all cameras away from the first one.
static void scale_sigma_add(const rig_people_rig *found, double sigma) {
    const int n = 6 * (found->n - 1);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if (i % 6 >= 3 && j % 6 >= 3)
                found->report.covariance[(ptrdiff_t)i * n + j] += sigma * sigma *
                                                                  found->Rt_cam_world[1 + i / 6].t[i % 6 - 3] *
                                                                  found->Rt_cam_world[1 + j / 6].t[j % 6 - 3];
}

// What people say of a lens; of pictures of another size than the calibration's the same share.
static void lens_set(const rig_bundle_lens *lens, const double sigma[RIG_LENS_FREE], rig_view_camera *camera) {
    const double before_px = camera->camera.K[0], known = lens->sigma[RIG_LENS_FOCAL];
    if (!(known > 0))
        return;
    for (int k = 0; k < 2; k++) {
        camera->camera.K[k] *= exp(lens->moved[RIG_LENS_FOCAL]);
        camera->sigma.K[k] = sigma[RIG_LENS_FOCAL] * camera->camera.K[k];
        camera->camera.K[2 + k] += lens->moved[RIG_LENS_CX + k];
        camera->sigma.K[2 + k] = sigma[RIG_LENS_CX + k];
    }
    for (int i = 0; i < 2 && i < rig_lens_n_dist(camera->camera.lens); i++) {
        camera->camera.dist[i] += lens->moved[RIG_LENS_K1 + i];
        camera->sigma.dist[i] = sigma[RIG_LENS_K1 + i];
    }
    const bool told = sigma[RIG_LENS_FOCAL] < DETERMINED * known;
    if (!told)
        camera->undetermined = "fx fy";
    rig_say("extrinsics: %s: focal length %.1f px (+- %.1f), k1 %.3f (+- %.3f): %s %.1f px (+- %.1f)", camera->view,
            camera->camera.K[0], camera->sigma.K[0], camera->camera.dist[0], camera->sigma.dist[0],
            told ? "by people; before" : "hardly told by people, held near", before_px, known * before_px);
}

// Sigmas of lenses into the covariance, alone: what they share with poses would make both surer. fx and fy are one.
static void lens_covariance_set(const rig_calibration *rig, int camera, const double sigma[RIG_LENS_FREE]) {
    const rig_camera *lens = &rig->cameras[camera].camera;
    const int at = rig_calibration_at(rig, camera), n = rig->n_covariance;
    for (int i = 0; i < 4; i++)
        rig->covariance[(ptrdiff_t)(at + i / 2) * n + at + i % 2] =
            sigma[RIG_LENS_FOCAL] * sigma[RIG_LENS_FOCAL] * lens->K[i / 2] * lens->K[i % 2];
    for (int i = 0; i < 2; i++)
        rig->covariance[(ptrdiff_t)(at + 2 + i) * (n + 1)] = sigma[RIG_LENS_CX + i] * sigma[RIG_LENS_CX + i];
    for (int i = 0; i < 2 && i < rig_lens_n_dist(lens->lens); i++)
        rig->covariance[(ptrdiff_t)(at + 4 + i) * (n + 1)] = sigma[RIG_LENS_K1 + i] * sigma[RIG_LENS_K1 + i];
}

static rig_status rig_set(rig_session *session, const rig_people_seen *seen, const rig_people_rig *found,
                          rig_calibration *rig, rig_err *err) {
    int camera_of[RIG_VIEWS_MAX];
    rig_camera_sigma lens_sigma[RIG_VIEWS_MAX];
    rig_bundle bundle = {.n_cameras = found->n, .cameras = RIG_NEW(&session->arena, rig_bundle_camera, found->n)};
    const rig_bundle_report report = {
        .covariance = found->report.covariance, .n_free = 6 * (found->n - 1), .variance_px2 = 1};
    if (!bundle.cameras)
        return rig_fail_memory(err, "cameras");
    for (int c = 0; c < found->n; c++) {
        int at = 0;
        while (strcmp(rig->cameras[at].view, seen->names[found->view_of[c]]) != 0)
            at++;
        rig_view_camera *camera = &rig->cameras[at];
        camera->has_pose = true;
        camera->Rt_cam_world = found->Rt_cam_world[c];
        camera->rms_px = found->report.rms_px[c];
        camera->n_frames = found->n_moments;
        if (seen->lenses)
            lens_set(&seen->lenses[found->view_of[c]], found->report.lens_sigma[c], camera);
        camera_of[c] = at;
        bundle.cameras[c] = (rig_bundle_camera){camera->camera, camera->Rt_cam_world, RIG_BUNDLE_HOLD_LENS, c == 0};
    }
    rig->rms_px = found->report.rms_px_all;
    for (int c = 0; c < found->n; c++)
        lens_sigma[c] = rig->cameras[camera_of[c]].sigma;
    RIG_TRY(rig_covariance_set(&bundle, &report, camera_of, rig, &session->arena, err));
    for (int c = 0; c < found->n && seen->lenses; c++) {
        rig_camera_sigma *sigma = &rig->cameras[camera_of[c]].sigma;
        if (!(seen->lenses[found->view_of[c]].sigma[RIG_LENS_FOCAL] > 0))
            continue;
        lens_covariance_set(rig, camera_of[c], found->report.lens_sigma[c]);
        memcpy(sigma->K, lens_sigma[c].K, sizeof sigma->K);
        memcpy(sigma->dist, lens_sigma[c].dist, sizeof sigma->dist);
    }
    return RIG_OK;
}

// The joints as people in space, in order of moments.
static rig_status people_make(rig_session *session, const rig_people_rig *found, const rig_skeleton *skeleton,
                              rig_people3d *people, rig_err *err) {
    *people = (rig_people3d){.n_joints = skeleton->n};
    people->frames = RIG_NEW(&session->arena, rig_frame3d, found->n_joints);
    if (!people->frames)
        return rig_fail_memory(err, "people");
    for (int i = 0; i < found->n_joints; i++) {
        const rig_rig_joint *joint = &found->joints[i];
        const bool same = i > 0 && joint[-1].at == joint->at && joint[-1].who == joint->who;
        rig_person3d *person = same ? people->frames[people->n_frames - 1].people : NULL;
        if (!same) { // a frame for each person
            person = RIG_NEW(&session->arena, rig_person3d, 1);
            if (!person || !(person->joints = RIG_NEW(&session->arena, rig_joint3d, skeleton->n)))
                return rig_fail_memory(err, "people");
            people->frames[people->n_frames++] = (rig_frame3d){joint->at, 1, person};
        }
        if (joint->used) {
            person->joints[joint->joint].state = RIG_JOINT_OK;
            memcpy(person->joints[joint->joint].p, joint->p, sizeof joint->p);
        }
    }
    return RIG_OK;
}

static rig_status world_set(rig_session *session, const rig_people_rig *found, const rig_skeleton *skeleton,
                            rig_calibration *rig, rig_err *err) {
    rig_people3d people;
    rig_gravity gravity;
    RIG_TRY(people_make(session, found, skeleton, &people, err));
    RIG_TRY(rig_world_from_people(&people, skeleton, rig, &gravity, &session->scratch, err));
    rig_say("extrinsics: up is the direction in which people stand: %d instants, spread %.1f degrees", gravity.n,
            gravity.spread_rad * 180 / 3.14159265358979);
    return RIG_OK;
}

// A lens that is taken as stated may be that of another camera, zoom or size of pictures: poses make up for it, and no
// other figure tells.
static rig_status lenses_doubt(rig_session *session, rig_people_seen *seen, const rig_people_rig *found, rig_err *err) {
    rig_bundle_lens *lenses = RIG_NEW(&session->arena, rig_bundle_lens, seen->n_views);
    if (!lenses)
        return rig_fail_memory(err, "lenses");
    const rig_status status = rig_people_rig_focals(seen, found, FOCAL_LOOSE, lenses, &session->scratch, err);
    for (int c = 0; c < found->n && status == RIG_OK; c++) {
        const int v = found->view_of[c];
        const double by = lenses[v].moved[RIG_LENS_FOCAL], sigma = lenses[v].sigma[RIG_LENS_FOCAL];
        if (fabs(by) > FOCAL_DOUBT + DOUBT_SIGMAS * sigma)
            rig_warn("extrinsics: the lens of '%s' has a focal length of %.0f px, by people it is %.0f px (+- %.0f): "
                     "is it of this camera, with this zoom and picture size? poses are off by as much",
                     seen->names[v], seen->cameras[v].K[0], exp(by) * seen->cameras[v].K[0],
                     sigma * exp(by) * seen->cameras[v].K[0]);
    }
    return status == RIG_ERR_MEMORY ? status : RIG_OK;
}

static rig_status standing_set(rig_session *session, const rig_take *take, const rig_people_rig *found,
                               rig_calibration *rig, rig_err *err) {
    if (rig_skeleton_is_tall(&take->skeleton))
        return world_set(session, found, &take->skeleton, rig, err);
    rig_say("extrinsics: the world is the frame of camera '%s': points do not tell where up is (extrinsics.world)",
            take->rig.cameras[0].view);
    return rig_world_from_camera(take->rig.cameras[0].view, rig, err);
}

static rig_status poses_find(rig_session *session, rig_take *take, rig_calibration *rig, rig_err *err) {
    const rig_config *config = &session->config;
    rig_people_seen seen;
    rig_people_rig found;
    rig_survey_view *surveyed = NULL;
    RIG_TRY(seen_read(session, take, &seen, err));
    RIG_TRY(rig_people_rig_solve(&seen, &found, &session->arena, &session->scratch, err));
    RIG_TRY(rig_people_scale(session, &seen, &take->skeleton, rig, &found, err));
    if (!seen.lenses)
        RIG_TRY(lenses_doubt(session, &seen, &found, err));
    if (config->surveyed)
        RIG_TRY(rig_surveyed_take(session, rig, &surveyed, err));
    else
        scale_sigma_add(&found, config->height_m > 0 ? HEIGHT_SIGMA : LENGTH_SIGMA);
    RIG_TRY(rig_set(session, &seen, &found, rig, err));
    rig_say("extrinsics: %d cameras by people at %d moments, rms %.2f px; errors are %.1f times what the scatter of "
            "single joints says",
            found.n, found.n_moments, found.report.rms_px_all, found.report.inflation);
    if (!config->surveyed)
        rig_say("extrinsics: the scale is known to %.1f %% (one sigma), which the sigmas of positions include",
                100 * (config->height_m > 0 ? HEIGHT_SIGMA : LENGTH_SIGMA));
    clocks_say(&seen, &found);
    if (config->surveyed)
        RIG_TRY(rig_surveyed_apply(session, rig, surveyed, err));
    else if (config->world == RIG_WORLD_STANDING)
        RIG_TRY(standing_set(session, take, &found, rig, err));
    for (int c = 0; c < rig->n && seen.lenses; c++)
        if (rig->cameras[c].has_pose && rig_norm3(rig->cameras[c].sigma.t) > POSE_WARN_M)
            rig->cameras[c].warnings[rig->cameras[c].n_warnings++] = "pose";
    return RIG_OK;
}

rig_status rig_poses_from_people(rig_session *session, rig_calibration *rig, rig_err *err) {
    rig_calibration lenses;
    rig_take take = {.n_views = 0};
    RIG_TRY(lenses_of_take(session, rig, &lenses, err));
    rig_status status = rig_take_open_with(session, &lenses, &take, err);
    if (status == RIG_OK)
        status = poses_find(session, &take, rig, err);
    rig_take_release(&take);
    return status;
}
