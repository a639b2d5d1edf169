// When people do not tell where the cameras are.
#include "calib/people_rig.h"

#include "core/linalg.h"

static const double SPREAD_LEAST = 0.125; // of people's height: the second principal axis of where they were
static const double POSITION_M = 0.05, DIRECTION_RAD = 0.0175;
static const double LENS_WIDENED = 3; // of these limits, where lenses were only roughly known: such a rig is a start
static const double USED_LEAST = 0.5; // of a camera's joints
static const double TWINS_SHARE = 0.002, TWINS_RAD = 0.0035; // of the widest distance of two cameras; turn
enum { MOMENTS_LEAST = 40 };

static double apart(const rig_people_rig *rig, int a, int b) {
    double c_a[3], c_b[3];
    rig_pose_centre(&rig->Rt_cam_world[a], c_a);
    rig_pose_centre(&rig->Rt_cam_world[b], c_b);
    const double d[3] = {c_a[0] - c_b[0], c_a[1] - c_b[1], c_a[2] - c_b[2]};
    return rig_norm3(d);
}

rig_status rig_people_rig_check_twins(const rig_people_rig *rig, const rig_people_seen *seen, rig_err *err) {
    double widest = 0;
    for (int a = 0; a < rig->n; a++)
        for (int b = 0; b < a; b++)
            widest = fmax(widest, apart(rig, a, b));
    for (int a = 0; a < rig->n; a++)
        for (int b = 0; b < a; b++)
            if (apart(rig, a, b) < TWINS_SHARE * widest &&
                rig_rotation_angle_between(rig->Rt_cam_world[a].R, rig->Rt_cam_world[b].R) < TWINS_RAD)
                return rig_fail(err, RIG_ERR_DATA,
                                "cameras '%s' and '%s' come out at one place and in one direction, expected two "
                                "cameras: do both views have the same recording or the same file of people?",
                                seen->names[rig->view_of[b]], seen->names[rig->view_of[a]]);
    return RIG_OK;
}

static rig_status camera_check(const rig_people_rig *rig, const rig_people_seen *seen, int c, double unit_m,
                               rig_err *err) {
    const int n = 6 * (rig->n - 1);
    double turn = 0, shift = 0;
    for (int k = 0; k < 6; k++) {
        const ptrdiff_t at = 6 * (c - 1) + k;
        *(k < 3 ? &turn : &shift) += rig->report.covariance[at * n + at];
    }
    const double by = seen->lenses ? LENS_WIDENED : 1;
    if (sqrt(shift) * unit_m > by * POSITION_M || sqrt(turn) > by * DIRECTION_RAD)
        return rig_fail(err, RIG_ERR_DATA,
                        "camera '%s': people tell its position only to %.3f m and its direction to %.2f degrees (one "
                        "standard deviation), need %.2f m and %.1f degrees: record people who walk about for longer, "
                        "over all of the floor that this camera and others see, near to it and far from it",
                        seen->names[rig->view_of[c]], sqrt(shift) * unit_m, sqrt(turn) * 180 / 3.14159265358979,
                        by * POSITION_M, by * DIRECTION_RAD * 180 / 3.14159265358979);
    return RIG_OK;
}

rig_status rig_people_rig_check(const rig_people_rig *rig, const rig_people_seen *seen, double height, double height_m,
                                rig_err *err) {
    if (rig->n_moments < MOMENTS_LEAST)
        return rig_fail(err, RIG_ERR_DATA, "two views or more see people at %d moments, need >= %d: record a minute",
                        rig->n_moments, MOMENTS_LEAST);
    RIG_TRY(rig_people_rig_check_twins(rig, seen, err));
    if (rig->spread[1] < SPREAD_LEAST * height)
        return rig_fail(err, RIG_ERR_DATA,
                        "people kept to %s: the places where they were spread by %.2f m along one axis and %.2f m "
                        "across it, need >= %.2f m, which leaves poses open: record people who walk about the whole "
                        "floor, in curves",
                        rig->spread[2] < 2 * SPREAD_LEAST * height ? "one place" : "a line",
                        rig->spread[2] / height * height_m, rig->spread[1] / height * height_m,
                        SPREAD_LEAST * height_m);
    for (int c = 0; c < rig->n; c++)
        if (rig->report.n_used[c] < USED_LEAST * rig->report.n_seen[c])
            return rig_fail(err, RIG_ERR_DATA,
                            "camera '%s': %d of the %d joints that it shares with others disagree with them: is it "
                            "synchronised, are its lens and the people right?",
                            seen->names[rig->view_of[c]], rig->report.n_seen[c] - rig->report.n_used[c],
                            rig->report.n_seen[c]);
    for (int c = 1; c < rig->n; c++)
        RIG_TRY(camera_check(rig, seen, c, height_m / height, err));
    return RIG_OK;
}
