// How large a rig is that people placed.
#include "app/people_scale.h"

#include "app/talk.h"
#include "core/median.h"

#include <string.h>

static const rig_pose *pose_of(const rig_people_seen *seen, const rig_people_rig *found, const char *view) {
    for (int c = 0; c < found->n; c++)
        if (strcmp(seen->names[found->view_of[c]], view) == 0)
            return &found->Rt_cam_world[c];
    return NULL;
}

// Metres in a unit by the known distances, mean; 0: no two of the cameras have one.
static double unit_by_lengths(const rig_config *config, const rig_people_seen *seen, const rig_people_rig *found) {
    double known = 0, measured = 0;
    for (int i = 0; i < config->n_lengths; i++) {
        const rig_length_config *length = &config->lengths[i];
        const rig_pose *a = pose_of(seen, found, config->views[length->views[0]].name),
                       *b = pose_of(seen, found, config->views[length->views[1]].name);
        double c_a[3], c_b[3];
        if (!a || !b)
            continue;
        rig_pose_centre(a, c_a);
        rig_pose_centre(b, c_b);
        const double d[3] = {c_a[0] - c_b[0], c_a[1] - c_b[1], c_a[2] - c_b[2]};
        known += length->m, measured += rig_norm3(d);
    }
    return measured > 0 ? known / measured : 0;
}

// By poses that are known; median of all pairs. 0: no two of them were placed.
static double unit_by_survey(const rig_people_seen *seen, const rig_people_rig *found, const rig_calibration *known) {
    double ratios[RIG_VIEWS_MAX * RIG_VIEWS_MAX / 2];
    int n = 0;
    for (int i = 0; i < found->n; i++)
        for (int k = 0; k < i; k++) {
            const rig_view_camera *a = rig_calibration_find(known, seen->names[found->view_of[i]]),
                                  *b = rig_calibration_find(known, seen->names[found->view_of[k]]);
            double c[4][3], apart[2];
            if (!a || !b || !a->surveyed || !b->surveyed)
                continue;
            rig_pose_centre(&a->Rt_cam_world, c[0]);
            rig_pose_centre(&b->Rt_cam_world, c[1]);
            rig_pose_centre(&found->Rt_cam_world[i], c[2]);
            rig_pose_centre(&found->Rt_cam_world[k], c[3]);
            for (int p = 0; p < 2; p++) {
                const double d[3] = {c[2 * p][0] - c[2 * p + 1][0], c[2 * p][1] - c[2 * p + 1][1],
                                     c[2 * p][2] - c[2 * p + 1][2]};
                apart[p] = rig_norm3(d);
            }
            ratios[n++] = apart[0] / apart[1];
        }
    return n ? rig_median(ratios, n) : 0;
}

// By a known distance of two joints, of which it says how much it scatters in space.
static rig_status unit_by_joints(rig_session *session, const rig_skeleton *skeleton, const rig_people_rig *found,
                                 double *unit_m, rig_err *err) {
    const rig_config *config = &session->config;
    int at[2], n;
    double spread;
    for (int k = 0; k < 2; k++)
        if ((at[k] = rig_skeleton_find(skeleton, config->scale_joints[k])) < 0)
            return rig_fail(err, RIG_ERR_CONFIG, "%s: extrinsics.scale.length: skeleton '%s' has no joint '%s'",
                            config->path, skeleton->name, config->scale_joints[k]);
    const double length = rig_people_rig_length(found, at[0], at[1], &spread, &n, &session->scratch);
    if (!(length > 0))
        return rig_fail(
            err, RIG_ERR_DATA,
            "'%s' and '%s' are seen together by two views at %d moments, too few for extrinsics.scale.length",
            config->scale_joints[0], config->scale_joints[1], n);
    *unit_m = config->scale_m / length;
    rig_say("extrinsics: scale by '%s' to '%s', %.4f m: %d times, spread %.1f mm", config->scale_joints[0],
            config->scale_joints[1], config->scale_m, n, 1000 * spread * *unit_m);
    return RIG_OK;
}

static rig_status scale_by_people(rig_session *session, const rig_people_seen *seen, const rig_skeleton *skeleton,
                                  rig_people_rig *found, double *unit_m, rig_err *err) {
    const rig_config *config = &session->config;
    const double height = rig_people_rig_height(found, skeleton, &session->scratch);
    if (!(height > 0))
        return rig_fail(err, RIG_ERR_DATA,
                        "people's height cannot be measured: shoulders, hips, knees and ankles of skeleton '%s' are "
                        "seen by two views at too few moments",
                        skeleton->name);
    if (config->height_m > 0)
        *unit_m = config->height_m / height;
    RIG_TRY(rig_people_rig_check(found, seen, height, height * *unit_m, err));
    rig_say("extrinsics: people are %.2f m tall (median of their parts)%s", height * *unit_m,
            config->height_m > 0 ? ", as the rig says" : "");
    return RIG_OK;
}

// Whatever has no shoulders, hips, knees and ankles is points.
rig_status rig_people_scale(rig_session *session, const rig_people_seen *seen, const rig_skeleton *skeleton,
                            const rig_calibration *rig, rig_people_rig *found, rig_err *err) {
    const rig_config *config = &session->config;
    const bool tall = rig_skeleton_is_tall(skeleton);
    double unit_m = 0;
    if (config->scale_m > 0)
        RIG_TRY(unit_by_joints(session, skeleton, found, &unit_m, err));
    else if (config->surveyed && !(config->height_m > 0) && !((unit_m = unit_by_survey(seen, found, rig)) > 0))
        return rig_fail(err, RIG_ERR_DATA, "%s: no two of its cameras were placed by people", config->surveyed);
    else if (!(config->height_m > 0) && !(unit_m > 0) && !((unit_m = unit_by_lengths(config, seen, found)) > 0))
        return rig_fail(err, RIG_ERR_CONFIG, "%s: extrinsics.lengths: no two of its views were placed by people",
                        config->path);
    else if (config->height_m > 0 && !tall)
        return rig_fail(err, RIG_ERR_CONFIG,
                        "%s: extrinsics.scale.height_m: skeleton '%s' lacks shoulders, hips, knees or ankles, expected "
                        "`scale: {length: [JOINT, JOINT, METRES]}` or 'lengths'",
                        config->path, skeleton->name);
    if (tall)
        RIG_TRY(scale_by_people(session, seen, skeleton, found, &unit_m, err));
    else
        RIG_TRY(rig_people_rig_check_points(found, seen, err));
    rig_people_rig_scale(found, unit_m);
    return RIG_OK;
}
