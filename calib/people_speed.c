// How fast people's joints move in the picture, which tells where they were a little earlier.
#include "calib/people_seen.h"

#include "core/median.h"

enum { NEAR_MOST = 32, NEAR_LEAST = 4, ROUNDS = 3 };
static const double NEAR_S = 0.2; // a step of a walker takes half a second
static const double OFF = 3.5;    // sigmas, from the line through what is near: farther off it lies on something else

// The same track at the moments near to one of it.
typedef struct around {
    int n;
    const rig_seen_person *of[NEAR_MOST];
    double t_s[NEAR_MOST];
} around;

static void around_find(const rig_people_seen *seen, int at, const rig_seen_person *person, around *near) {
    const int moment = seen->moments[at].moment;
    int first = at;
    while (first > 0 && moment - seen->moments[first - 1].moment <= NEAR_S * seen->fps)
        first--;
    near->n = 0;
    for (int m = first; m < seen->n && seen->moments[m].moment - moment <= NEAR_S * seen->fps; m++) {
        const rig_seen_moment *now = &seen->moments[m];
        for (int i = 0; i < now->n && near->n < NEAR_MOST; i++)
            if (now->people[i].view == person->view && now->people[i].track == person->track) {
                near->of[near->n] = &now->people[i];
                near->t_s[near->n++] = (now->moment - moment) / seen->fps;
            }
    }
}

// A line through a joint's places by least squares, without the one that is farthest off as long as it is too far. A
// difference of two places would be no good: what noise adds to speeds makes clocks come out too near to nothing.
static bool joint_speed(const around *near, int joint, float dq_dt[2]) {
    bool out[NEAR_MOST] = {false};
    for (int round = 0; round < ROUNDS; round++) {
        double n = 0, t = 0, tt = 0, q[2] = {0}, tq[2] = {0}, most = OFF;
        int worst = -1;
        for (int i = 0; i < near->n; i++) {
            const rig_seen_joint *j = &near->of[i]->joints[joint];
            out[i] = out[i] || !(j->sigma_px > 0);
            for (int k = 0; k < 2 && !out[i]; k++)
                q[k] += j->q[k], tq[k] += near->t_s[i] * j->q[k];
            n += !out[i], t += out[i] ? 0 : near->t_s[i], tt += out[i] ? 0 : near->t_s[i] * near->t_s[i];
        }
        const double spread = n * tt - t * t;
        if (n < NEAR_LEAST || !(spread > 0))
            return false;
        for (int k = 0; k < 2; k++)
            dq_dt[k] = (float)((n * tq[k] - t * q[k]) / spread);
        for (int i = 0; i < near->n; i++) {
            const rig_seen_joint *j = &near->of[i]->joints[joint];
            double off[2];
            for (int k = 0; k < 2; k++)
                off[k] = j->q[k] - (q[k] - dq_dt[k] * t) / n - dq_dt[k] * near->t_s[i];
            const double far = out[i] ? 0 : hypot(off[0], off[1]) / j->sigma_px;
            if (far > most)
                most = far, worst = i;
        }
        if (worst < 0)
            return true;
        out[worst] = true;
    }
    return false;
}

static void person_speeds(const rig_people_seen *seen, int at, const rig_seen_person *person) {
    double speeds[2][RIG_JOINTS_MAX];
    bool known[RIG_JOINTS_MAX];
    around near;
    int n = 0;
    around_find(seen, at, person, &near);
    for (int j = 0; j < seen->n_joints; j++) {
        known[j] = joint_speed(&near, j, person->joints[j].dq_dt);
        for (int k = 0; k < 2 && known[j]; k++)
            speeds[k][n] = person->joints[j].dq_dt[k];
        n += known[j];
    }
    const double own[2] = {n ? rig_median(speeds[0], n) : 0, n ? rig_median(speeds[1], n) : 0};
    for (int j = 0; j < seen->n_joints; j++)
        for (int k = 0; k < 2 && !known[j]; k++)
            person->joints[j].dq_dt[k] = (float)own[k];
}

void rig_people_speeds_set(rig_people_seen *seen) {
    for (int m = 0; m < seen->n; m++)
        for (int i = 0; i < seen->moments[m].n; i++)
            person_speeds(seen, m, &seen->moments[m].people[i]);
}
