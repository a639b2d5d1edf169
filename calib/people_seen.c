#include "calib/people_seen.h"

#include "core/median.h"

#include <string.h>

enum { JOINTS_LEAST = 4 };    // of a person who counts
enum { SIGMAS_MOST = 20000 }; // that the median of a view is taken over
enum { SCATTER_LEAST = 60 };
static const double THIRD_DIFFERENCE = 0.6745 * 4.4721; // median of its size, of noise of 1: that is sqrt(20) of it
static const double SCORE_LEAST = 0.3;                  // of a joint: below it many lie on something else
static const double SIGMA_PX = 1;                       // of a joint of a small person,
static const double SIGMA_SHARE = 0.01;  // and what is added of a large one: of the longer side of the box
static const double APART_SHARE = 0.25;  // of it: people who are nearer to each other may be taken for one another
static const double FOLLOW_SHARE = 0.35; // of that side: how far the joints may move from moment to moment, median

static const double POINT_SIDE = 0.2; // of the picture's width: what stands for that side where there is none
static const double POINT_PX = 10;    // no point is taken for less sure than this

int rig_people_seen_moments(const rig_people_seen *seen, int of_people) {
    return rig_joints_are_points(seen->n_joints) ? of_people * 17 / seen->n_joints : of_people;
}

static double side_of(const rig_person2d *person, int n_joints) {
    double low[2], high[2];
    return rig_joints_box(person->joints, n_joints, low, high) ? fmax(high[0] - low[0], high[1] - low[1]) : 0;
}

static int joints_take(const rig_people_seen *seen, int view, const rig_person2d *from, rig_seen_joint *joints) {
    const double sigma_px = hypot(SIGMA_PX, SIGMA_SHARE * side_of(from, seen->n_joints));
    int n = 0;
    for (int j = 0; j < seen->n_joints; j++) {
        const rig_joint2d *joint = &from->joints[j];
        double ray[2];
        if (!joint->found || joint->filled || joint->score < SCORE_LEAST ||
            !rig_camera_unproject(&seen->cameras[view], joint->q, ray))
            continue;
        for (int k = 0; k < 2; k++)
            joints[j].q[k] = (float)joint->q[k], joints[j].n[k] = (float)ray[k];
        joints[j].sigma_px = (float)(joint->sigma_px > 0 ? fmax(joint->sigma_px, SIGMA_PX) : sigma_px);
        joints[j].score = (float)joint->score;
        n++;
    }
    return n;
}

rig_status rig_people_seen_add(rig_people_seen *seen, int moment, const rig_frame2d *const *views, rig_arena *out,
                               rig_err *err) {
    rig_seen_moment *now = &seen->moments[seen->n];
    int n = 0;
    for (int v = 0; v < seen->n_views; v++)
        n += views[v] ? views[v]->n : 0;
    *now = (rig_seen_moment){moment, 0, RIG_NEW(out, rig_seen_person, n)};
    rig_seen_joint *joints = RIG_NEW(out, rig_seen_joint, (size_t)n * (size_t)seen->n_joints);
    if (!now->people || !joints)
        return rig_fail_memory(err, "people of a moment");
    for (int v = 0; v < seen->n_views; v++)
        for (int p = 0; views[v] && p < views[v]->n; p++) {
            rig_seen_joint *own = joints + (ptrdiff_t)now->n * seen->n_joints;
            memset(own, 0, sizeof *own * (size_t)seen->n_joints);
            if (joints_take(seen, v, &views[v]->people[p], own) >= rig_joints_needed(seen->n_joints, JOINTS_LEAST))
                now->people[now->n++] = (rig_seen_person){v, -1, -1, own};
        }
    seen->n++;
    return RIG_OK;
}

void rig_people_seen_relens(rig_people_seen *seen, int view, const rig_camera *camera) {
    seen->cameras[view] = *camera;
    for (int m = 0; m < seen->n; m++)
        for (int p = 0; p < seen->moments[m].n; p++)
            for (int j = 0; j < seen->n_joints && seen->moments[m].people[p].view == view; j++) {
                rig_seen_joint *joint = &seen->moments[m].people[p].joints[j];
                const double q[2] = {(double)joint->q[0], (double)joint->q[1]};
                double ray[2];
                if (!(joint->sigma_px > 0))
                    continue;
                if (!rig_camera_unproject(camera, q, ray))
                    joint->sigma_px = 0;
                for (int k = 0; k < 2 && joint->sigma_px > 0; k++)
                    joint->n[k] = (float)ray[k];
            }
}

// --- through time ----------------------------------------------------------------------------------------------------

// Median distance of the joints that both have, over the size of the person.
static double moved_share(const rig_people_seen *seen, const rig_seen_person *a, const rig_seen_person *b) {
    double d[RIG_JOINTS_MAX], low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    int n = 0;
    for (int j = 0; j < seen->n_joints; j++) {
        const rig_seen_joint *p = &a->joints[j], *q = &b->joints[j];
        for (int k = 0; k < 2 && p->sigma_px > 0; k++)
            low[k] = fmin(low[k], p->q[k]), high[k] = fmax(high[k], p->q[k]);
        if (p->sigma_px > 0 && q->sigma_px > 0)
            d[n++] = hypot(p->q[0] - q->q[0], p->q[1] - q->q[1]);
    }
    const double side = rig_joints_are_points(seen->n_joints) ? POINT_SIDE * seen->cameras[a->view].width
                                                              : fmax(high[0] - low[0], high[1] - low[1]);
    return n > 0 && side > 0 ? rig_median(d, n) / side : INFINITY;
}

typedef struct trail {
    const rig_seen_person *last;
    int moment, track;
} trail;

enum { TRAILS_MOST = 64 };

// Whether somebody else is so near to a trail, or another trail to a person, that the two may have changed places.
static bool is_unclear(const rig_people_seen *seen, int view, const rig_seen_moment *now, const trail *trails,
                       int n_trails, int trail_at, int person_at) {
    for (int p = 0; p < now->n; p++)
        if (p != person_at && now->people[p].view == view &&
            moved_share(seen, trails[trail_at].last, &now->people[p]) < APART_SHARE)
            return true;
    for (int i = 0; i < n_trails; i++)
        if (i != trail_at && moved_share(seen, trails[i].last, &now->people[person_at]) < APART_SHARE)
            return true;
    return false;
}

// Give each of a view's people of a moment the track of the trail that it is nearest to, nearest ones first.
static void people_follow(rig_people_seen *seen, int view, rig_seen_moment *now, trail *trails, int *n_trails,
                          int gap) {
    for (int i = 0; i < *n_trails;)
        if (now->moment - trails[i].moment > gap)
            trails[i] = trails[--*n_trails];
        else
            i++;
    for (;;) {
        double least = FOLLOW_SHARE;
        int trail_at = -1, person_at = -1;
        for (int p = 0; p < now->n; p++)
            for (int i = 0; i < *n_trails && now->people[p].view == view && now->people[p].track < 0; i++) {
                const double share =
                    trails[i].moment < now->moment ? moved_share(seen, trails[i].last, &now->people[p]) : INFINITY;
                if (share < least)
                    least = share, trail_at = i, person_at = p;
            }
        if (person_at < 0)
            break;
        if (is_unclear(seen, view, now, trails, *n_trails, trail_at, person_at)) {
            trails[trail_at] = trails[--*n_trails];
            continue;
        }
        now->people[person_at].track = trails[trail_at].track;
        trails[trail_at].last = &now->people[person_at];
        trails[trail_at].moment = now->moment;
    }
    for (int p = 0; p < now->n; p++) {
        rig_seen_person *person = &now->people[p];
        if (person->view != view || person->track >= 0)
            continue;
        person->track = seen->n_tracks[view]++;
        if (*n_trails < TRAILS_MOST)
            trails[(*n_trails)++] = (trail){person, now->moment, person->track};
    }
}

// How a view's points scatter about their tracks: by the third differences of a coordinate, which are small of smooth
// paths. 0: too few to tell.
//   last  of each track, the three before the one at hand, zeros
static double scatter_px(const rig_people_seen *seen, int view, const rig_seen_person *(*last)[3], double *values) {
    int n = 0;
    for (int m = 0; m < seen->n; m++)
        for (int p = 0; p < seen->moments[m].n; p++) {
            const rig_seen_person *now = &seen->moments[m].people[p];
            if (now->view != view)
                continue;
            const rig_seen_person **old = last[now->track];
            for (int j = 0; j < seen->n_joints && old[0]; j++)
                for (int k = 0; k < 2 && n < SIGMAS_MOST; k++)
                    if (now->joints[j].sigma_px > 0 && old[0]->joints[j].sigma_px > 0 &&
                        old[1]->joints[j].sigma_px > 0 && old[2]->joints[j].sigma_px > 0)
                        values[n++] = fabs((double)(now->joints[j].q[k] - old[0]->joints[j].q[k]) -
                                           3 * (double)(old[2]->joints[j].q[k] - old[1]->joints[j].q[k]));
            old[0] = old[1], old[1] = old[2], old[2] = now;
        }
    return n >= SCATTER_LEAST ? rig_median(values, n) / THIRD_DIFFERENCE : 0;
}

// No point is surer than its track is smooth.
static rig_status sigmas_raise(const rig_people_seen *seen, int view, double *values, rig_arena *scratch,
                               rig_err *err) {
    const rig_seen_person *(*last)[3] = rig_arena_alloc(scratch, (size_t)seen->n_tracks[view] + 1, sizeof *last);
    if (!last)
        return rig_fail_memory(err, "tracks");
    const float least = (float)fmin(scatter_px(seen, view, last, values), POINT_PX);
    for (int m = 0; m < seen->n; m++)
        for (int p = 0; p < seen->moments[m].n; p++)
            for (int j = 0; j < seen->n_joints && seen->moments[m].people[p].view == view; j++) {
                rig_seen_joint *joint = &seen->moments[m].people[p].joints[j];
                if (joint->sigma_px > 0 && joint->sigma_px < least)
                    joint->sigma_px = least;
            }
    return RIG_OK;
}

static double sigma_of(const rig_people_seen *seen, int view, double *values) {
    int n = 0;
    for (int m = 0; m < seen->n && n < SIGMAS_MOST; m++)
        for (int p = 0; p < seen->moments[m].n; p++)
            for (int j = 0; j < seen->n_joints && n < SIGMAS_MOST && seen->moments[m].people[p].view == view; j++)
                if (seen->moments[m].people[p].joints[j].sigma_px > 0)
                    values[n++] = seen->moments[m].people[p].joints[j].sigma_px;
    const double *K = seen->cameras[view].K;
    return n > 0 ? rig_median(values, n) / sqrt(K[0] * K[1]) : 0;
}

rig_status rig_people_seen_follow(rig_people_seen *seen, int gap, rig_arena *scratch, rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    double *values = RIG_NEW(scratch, double, SIGMAS_MOST);
    trail *trails = RIG_NEW(scratch, trail, TRAILS_MOST);
    if (!values || !trails)
        return rig_fail_memory(err, "people through time");
    for (int v = 0; v < seen->n_views; v++) {
        int n_trails = 0;
        for (int m = 0; m < seen->n; m++)
            people_follow(seen, v, &seen->moments[m], trails, &n_trails, gap);
        if (rig_joints_are_points(seen->n_joints))
            RIG_TRY(sigmas_raise(seen, v, values, scratch, err));
        seen->sigma[v] = sigma_of(seen, v, values);
    }
    if (seen->clock_sigma_s && seen->fps > 0)
        rig_people_speeds_set(seen);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
