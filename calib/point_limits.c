// When points (a drone, a ball, a wand) do not tell where the cameras are.
#include "calib/people_rig.h"

static const double LINE = 0.1, PLANE = 0.02; // of where points were: the second axis and the third over the first
static const double POSITION = 0.01, DIRECTION_RAD = 0.0175; // position: of the distance to the points
static const double LENS_WIDENED = 3;                        // of these limits, where lenses were only roughly known
static const double USED_LEAST = 0.5;                        // of a camera's points
enum { MOMENTS_LEAST = 100 };

// Mean distance of a camera from the points that count.
static double distance_to_points(const rig_people_rig *rig, int c) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < rig->n_joints; i++) {
        double at[3];
        if (!rig->joints[i].used)
            continue;
        rig_pose_apply(&rig->Rt_cam_world[c], rig->joints[i].p, at);
        sum += rig_norm3(at), n++;
    }
    return n ? sum / n : 0;
}

static rig_status camera_check(const rig_people_rig *rig, const rig_people_seen *seen, int c, rig_err *err) {
    const int n = 6 * (rig->n - 1);
    const double far = distance_to_points(rig, c);
    double turn = 0, shift = 0;
    for (int k = 0; k < 6; k++) {
        const ptrdiff_t at = 6 * (c - 1) + k;
        *(k < 3 ? &turn : &shift) += rig->report.covariance[at * n + at];
    }
    const double by = seen->lenses ? LENS_WIDENED : 1;
    if (sqrt(shift) > by * POSITION * far || sqrt(turn) > by * DIRECTION_RAD)
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': points tell its position only to %.1f %% of their distance and its direction to "
                        "%.2f degrees (one standard deviation), need %.0f %% and %.0f degree: record for longer, and "
                        "move the point through all of the space that this camera and others see, near to it and far "
                        "from it",
                        seen->names[rig->view_of[c]], 100 * sqrt(shift) / far, sqrt(turn) * 180 / 3.14159265358979,
                        100 * by * POSITION, by * DIRECTION_RAD * 180 / 3.14159265358979);
    return RIG_OK;
}

rig_status rig_people_rig_check_points(const rig_people_rig *rig, const rig_people_seen *seen, rig_err *err) {
    if (rig->n_moments < MOMENTS_LEAST)
        return rig_fail(err, RIG_ERR_DATA, "two views or more see a point at %d moments, need >= %d: record a minute",
                        rig->n_moments, MOMENTS_LEAST);
    RIG_TRY(rig_people_rig_check_twins(rig, seen, err));
    if (rig->spread[1] < LINE * rig->spread[2] || rig->spread[0] < PLANE * rig->spread[2])
        return rig_fail(err, RIG_ERR_DATA,
                        "the points keep to a %s: they spread by 1 : %.3f : %.3f along their axes, need >= %.2f and "
                        "%.2f, as cameras can be placed in two ways otherwise: move the point through the whole space "
                        "that the cameras share, up and down as well",
                        rig->spread[1] < LINE * rig->spread[2] ? "line" : "plane", rig->spread[1] / rig->spread[2],
                        rig->spread[0] / rig->spread[2], LINE, PLANE);
    for (int c = 0; c < rig->n; c++)
        if (rig->report.n_used[c] < USED_LEAST * rig->report.n_seen[c])
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': %d of the %d points that it shares with others disagree with them: is it "
                            "synchronised, are its lens and the points right?",
                            seen->names[rig->view_of[c]], rig->report.n_seen[c] - rig->report.n_used[c],
                            rig->report.n_seen[c]);
    for (int c = 1; c < rig->n; c++)
        RIG_TRY(camera_check(rig, seen, c, err));
    return RIG_OK;
}
