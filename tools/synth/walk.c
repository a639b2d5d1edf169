#include "tools/synth/walk.h"

#include <math.h>
#include <stdbool.h>

static const double PI = 3.14159265358979323846;
static const double STEP_S = 0.01, BEFORE_S = 3, AFTER_S = 3;
static const double APART_M = 0.62;  // bodies, middle to middle; arms swing within half of it
static const double ROOM_M = 0.95;   // what one likes to leave free
static const double AHEAD_S = 2;     // how far one looks ahead
static const double PATIENCE_S = 1;  // then one goes elsewhere
static const double TURN_MOST = 1.9; // rad/s

typedef struct walker {
    rig_walk_place at;
    double turning; // rad/s
    double goal[2];
    double waited; // s, held up by others since the goal was chosen
    double pace, stride;
} walker;

static double wrapped(double angle) {
    return angle - 2 * PI * floor(angle / (2 * PI) + 0.5);
}

static void goal_choose(const rig_walk_area *area, rig_rng *rng, walker *w) {
    w->waited = 0;
    for (int tries = 0; tries < 20; tries++) {
        const double angle = rig_rng_uniform(rng, 0, 2 * PI), r = area->radius_m * sqrt(rig_rng_uniform(rng, 0, 1));
        w->goal[0] = area->centre[0] + r * cos(angle);
        w->goal[1] = area->centre[1] + r * sin(angle);
        if (hypot(w->goal[0] - w->at.p[0], w->goal[1] - w->at.p[1]) > 0.8 * area->radius_m)
            return;
    }
}

// How w turns aside (rad) and slows (share of its pace) for another.
static void other_consider(const walker *w, const walker *other, double *aside, double *share) {
    double apart[2], closing[2], miss[2];
    const double c = cos(w->at.heading), s = sin(w->at.heading);
    apart[0] = other->at.p[0] - w->at.p[0];
    apart[1] = other->at.p[1] - w->at.p[1];
    closing[0] = other->at.speed * cos(other->at.heading) - w->at.speed * c;
    closing[1] = other->at.speed * sin(other->at.heading) - w->at.speed * s;
    const double square = closing[0] * closing[0] + closing[1] * closing[1];
    double when = square > 1e-9 ? -(apart[0] * closing[0] + apart[1] * closing[1]) / square : 0;
    when = fmin(fmax(when, 0), AHEAD_S);
    for (int i = 0; i < 2; i++)
        miss[i] = apart[i] + when * closing[i];
    const double distance = hypot(apart[0], apart[1]), gap = hypot(miss[0], miss[1]);
    const bool ahead = apart[0] * c + apart[1] * s > 0;
    if (gap < ROOM_M && ahead) {
        const double left = c * miss[1] - s * miss[0]; // where the other will be; dead ahead counts as left: pass right
        *aside += (left > -0.02 ? -1.3 : 1.3) * (1 - gap / ROOM_M) * (1 - 0.6 * when / AHEAD_S);
    }
    const double before = (apart[0] * c + apart[1] * s) / fmax(distance, 1e-6); // cosine; 1: straight ahead
    if (distance < 1.2 && before > 0.6 && when > 0)
        *share = fmin(*share, fmax(0.3, (distance - 0.6) / 0.6));
}

static void walker_step(walker *w, const walker *all, int n, const rig_walk_area *area, rig_rng *rng) {
    if (hypot(w->goal[0] - w->at.p[0], w->goal[1] - w->at.p[1]) < 0.35 || w->waited > PATIENCE_S)
        goal_choose(area, rng, w);
    double aside = 0, share = 1;
    for (int j = 0; j < n; j++)
        if (&all[j] != w)
            other_consider(w, &all[j], &aside, &share);
    w->waited += share < 0.6 ? STEP_S : 0;
    const double to = atan2(w->goal[1] - w->at.p[1], w->goal[0] - w->at.p[0]);
    const double wanted = 2.5 * (wrapped(to - w->at.heading) + aside);
    w->turning += 5 * STEP_S * (fmin(fmax(wanted, -TURN_MOST), TURN_MOST) - w->turning);
    w->at.heading += STEP_S * w->turning;
    const double pace = w->pace * share * (1 - 0.45 * fabs(w->turning) / TURN_MOST);
    w->at.speed += 3 * STEP_S * (pace - w->at.speed);
    w->at.p[0] += STEP_S * w->at.speed * cos(w->at.heading);
    w->at.p[1] += STEP_S * w->at.speed * sin(w->at.heading);
    const double stride = w->stride * (0.45 + 0.55 * w->at.speed / w->pace); // slow steps are short ones
    w->at.phase += STEP_S * 2 * PI * (w->at.speed / stride);
}

// Nobody stands in anybody: who is too near is moved straight away, half each.
static void walkers_part(walker *all, int n) {
    for (int i = 0; i < n; i++)
        for (int j = 0; j < i; j++) {
            const double dx = all[i].at.p[0] - all[j].at.p[0], dy = all[i].at.p[1] - all[j].at.p[1];
            const double distance = fmax(hypot(dx, dy), 1e-6), push = (APART_M - distance) / 2;
            if (push <= 0)
                continue;
            all[i].at.p[0] += push * dx / distance, all[i].at.p[1] += push * dy / distance;
            all[j].at.p[0] -= push * dx / distance, all[j].at.p[1] -= push * dy / distance;
        }
}

enum { WALKERS_MAX = 16 };

rig_status rig_walks_make(const rig_walk_area *area, double duration_s, int n, const double *pace_m_s,
                          const double *stride_m, rig_rng *rng, rig_walk *walks, rig_arena *out, rig_err *err) {
    walker all[WALKERS_MAX] = {0};
    if (n > WALKERS_MAX)
        return rig_fail(err, RIG_ERR_DATA, "%d people walk, at most %d can", n, WALKERS_MAX);
    const int steps = 1 + (int)ceil((BEFORE_S + duration_s + AFTER_S) / STEP_S);
    const double first = rig_rng_uniform(rng, 0, 2 * PI);
    for (int i = 0; i < n; i++) {
        walks[i] = (rig_walk){.start_s = -BEFORE_S, .step_s = STEP_S, .n = steps};
        walks[i].places = RIG_NEW(out, rig_walk_place, steps);
        if (!walks[i].places)
            return rig_fail_memory(err, "walks");
        // They begin around the area and walk across it, so that ways cross from the start.
        const double angle = first + 2 * PI * i / n + rig_rng_uniform(rng, -0.3, 0.3) * (n > 2 ? 0.5 : 1);
        walker *w = &all[i];
        w->pace = pace_m_s[i];
        w->stride = stride_m[i];
        w->at = (rig_walk_place){.heading = angle + PI, .speed = pace_m_s[i], .phase = rig_rng_uniform(rng, 0, 2 * PI)};
        for (int axis = 0; axis < 2; axis++) {
            const double way = axis ? sin(angle) : cos(angle);
            w->at.p[axis] = area->centre[axis] + area->radius_m * way;
            w->goal[axis] = area->centre[axis] - 0.8 * area->radius_m * way;
        }
    }
    for (int k = 0; k < steps; k++) {
        for (int i = 0; i < n; i++)
            walks[i].places[k] = all[i].at;
        for (int i = 0; i < n; i++)
            walker_step(&all[i], all, n, area, rng);
        walkers_part(all, n);
    }
    return RIG_OK;
}

rig_walk_place rig_walk_at(const rig_walk *walk, double t_s) {
    const double place = fmin(fmax((t_s - walk->start_s) / walk->step_s, 0), walk->n - 1);
    const int i = place >= walk->n - 1 ? walk->n - 2 : (int)place;
    const double share = place - i;
    const rig_walk_place *a = &walk->places[i], *b = a + 1;
    return (rig_walk_place){
        .p = {a->p[0] + share * (b->p[0] - a->p[0]), a->p[1] + share * (b->p[1] - a->p[1])},
        .heading = a->heading + share * (b->heading - a->heading),
        .speed = a->speed + share * (b->speed - a->speed),
        .phase = a->phase + share * (b->phase - a->phase),
    };
}

double rig_walk_time_of(const rig_walk *walk, double phase) {
    int low = 0, high = walk->n - 1; // the phase never falls
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (walk->places[middle].phase < phase)
            low = middle;
        else
            high = middle;
    }
    const double a = walk->places[low].phase, b = walk->places[high].phase;
    const double share = b > a ? fmin(fmax((phase - a) / (b - a), 0), 1) : 0;
    return walk->start_s + walk->step_s * (low + share);
}
