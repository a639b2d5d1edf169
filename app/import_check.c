#include "app/import_check.h"

#include "app/talk.h"

#include <math.h>

static const double SHARE_MAX = 2;       // of the picture: what trackers guess beyond its border
static const double SHARES = 0.98;       // of the joints, from where on coordinates are no pixels
static const double OUTSIDE = 0.1;       // of the picture's side: detectors look a little beyond the border
static const double OUTSIDE_WARN = 0.02; // of the joints
static const double SCORE_MAX = 20;      // networks without a last sigmoid give up to 10; percent more
static const double LIMBS_MAX = 0.6;     // bodies have 0.2 to 0.5; joints in a wrong order 0.64 to 1.1
static const double BINS_A_UNIT = 32;
enum { LIMBS_LEAST = 6, BODIES_LEAST = 20, JOINTS_LEAST = 20 };

// How long a person's limbs are beside how far any two of their joints are apart, means; NAN: too few limbs.
static double limbs_ratio(const rig_skeleton *skeleton, const rig_joint2d *joints) {
    bool used[RIG_JOINTS_MAX] = {false};
    double limbs = 0, pairs = 0;
    int n = 0, n_pairs = 0;
    for (int i = 0; i < skeleton->n_limbs; i++) {
        const int a = skeleton->limbs[i][0], b = skeleton->limbs[i][1];
        if (!joints[a].found || !joints[b].found)
            continue;
        used[a] = used[b] = true;
        limbs += hypot(joints[a].q[0] - joints[b].q[0], joints[a].q[1] - joints[b].q[1]);
        n++;
    }
    for (int a = 0; a < skeleton->n && n >= LIMBS_LEAST; a++)
        for (int b = a + 1; b < skeleton->n && used[a]; b++)
            if (used[b]) {
                pairs += hypot(joints[a].q[0] - joints[b].q[0], joints[a].q[1] - joints[b].q[1]);
                n_pairs++;
            }
    return pairs > 0 ? limbs / n / (pairs / n_pairs) : NAN;
}

static void joint_add(rig_import_check *check, const double q[2]) {
    const double w = check->size[0], h = check->size[1];
    check->n_joints++;
    check->shares += fabs(q[0]) <= SHARE_MAX && fabs(q[1]) <= SHARE_MAX;
    check->outside +=
        q[0] < -OUTSIDE * w || q[0] > (1 + OUTSIDE) * w || q[1] < -OUTSIDE * h || q[1] > (1 + OUTSIDE) * h;
    check->beyond_half += q[0] > 0.55 * w || q[1] > 0.55 * h;
}

void rig_import_check_add(rig_import_check *check, const rig_people2d *chunk, const rig_skeleton *skeleton) {
    for (int f = 0; f < chunk->n_frames; f++) {
        const rig_frame2d *frame = &chunk->frames[f];
        check->first = check->n_frames ? check->first : frame->frame;
        check->last = frame->frame;
        check->n_frames++;
        check->n_people += frame->n;
        for (int p = 0; p < frame->n; p++) {
            const rig_joint2d *joints = frame->people[p].joints;
            for (int j = 0; j < chunk->n_joints; j++)
                if (joints[j].found)
                    joint_add(check, joints[j].q);
            const double ratio = limbs_ratio(skeleton, joints);
            if (!isnan(ratio)) {
                check->n_bodies++;
                check->bodies[ratio * BINS_A_UNIT < RIG_LIMB_BINS ? (int)(ratio * BINS_A_UNIT) : RIG_LIMB_BINS - 1]++;
            }
        }
    }
}

// What a tenth of the bodies are below: some postures shorten what the eye sees of a body, no posture shortens one that
// is put together wrongly.
static double limbs_low(const rig_import_check *check) {
    long n = 0;
    int bin = 0;
    while (bin < RIG_LIMB_BINS - 1 && (n += check->bodies[bin]) * 10 < check->n_bodies)
        bin++;
    return bin / BINS_A_UNIT;
}

static void nobody_warn(const rig_import_check *check, const char *view, const char *path,
                        const rig_import_counts *counts) {
    if (counts->jointless + counts->bodiless == 0)
        rig_warn("view '%s': no people in %ld frames of '%s'", view, check->n_frames, path);
    else
        rig_warn("view '%s': none of %ld people in %ld frames of '%s' can be used: %ld have no joint of the skeleton "
                 "with a position and a score above 0, %ld have no body",
                 view, counts->jointless + counts->bodiless, check->n_frames, path, counts->jointless,
                 counts->bodiless);
}

rig_status rig_import_check_end(const rig_import_check *check, const char *view, const char *path,
                                const rig_import_counts *counts, const rig_import_plan *plan, rig_err *err) {
    const double n = (double)check->n_joints;
    char list[256];
    if (check->n_people == 0)
        nobody_warn(check, view, path, counts);
    if (check->n_joints >= JOINTS_LEAST && (double)check->shares > SHARES * n)
        return rig_fail(err, RIG_ERR_DATA,
                        "view '%s': coordinates in '%s' are normalised, between -%g and %g, expected pixels: have the "
                        "tool write pixels (OpenPose: --keypoint_scale 0), or multiply by width and height",
                        view, path, SHARE_MAX, SHARE_MAX);
    if (counts->score_high > SCORE_MAX)
        return rig_fail(err, RIG_ERR_DATA, "view '%s': a joint in '%s' has a score of %g, expected 0 to 1, not percent",
                        view, path, counts->score_high);
    if (!counts->named && check->n_bodies >= BODIES_LEAST && limbs_low(check) > LIMBS_MAX) {
        const rig_skeleton *layout = rig_layout_find(plan->layouts, plan->n_layouts, counts->layout);
        rig_layouts_list(plan->layouts, plan->n_layouts, layout ? layout->n : 0, counts->layout, list, sizeof list);
        return rig_fail(err, RIG_ERR_DATA,
                        "view '%s': the people in '%s' are implausible in layout '%s': limbs run from one end of the "
                        "body to the other; expected another layout, `keypoints: {layout: %s}`",
                        view, path, counts->layout, list[0] ? list : "NAME");
    }
    if (check->size[0] > 0 && check->n_joints >= JOINTS_LEAST && (double)check->outside > OUTSIDE_WARN * n)
        rig_warn("view '%s': %ld of %ld joints in '%s' lie outside its picture of %dx%d: were they detected in "
                 "pictures of another size (keypoints.sizes), rotation or crop?",
                 view, check->outside, check->n_joints, path, check->size[0], check->size[1]);
    return RIG_OK;
}
