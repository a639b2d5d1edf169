#include "triangulate/sync_tracks.h"

#include "core/median.h"

#include <math.h>
#include <string.h>

enum { OPEN_MAX = 64, JOINTS_LEAST = 5, SAMPLES_LEAST = 5, WINDOW_MOST = 64, ROBUST_STEPS = 3 };
static const double GATE = 0.35;     // of a person's height, how far joints may jump between two frames 40 ms apart
static const double GATE_S = 0.04;   // the gate grows with longer steps
static const double DOUBT = 2;       // a second track that is nearer than so many times the first leaves a doubt
static const double KEPT_S = 0.3;    // a track that was not seen for longer has ended
static const double LENGTH_S = 0.5;  // a shorter track says nothing
static const double WINDOW_S = 0.14; // half the window of a fit, at least; and
static const double WINDOW_FRAMES = 4.2;
static const double BISQUARE = 6; // medians of the distances from the curve, at which a frame counts no more

typedef struct raw_frame {
    double t_s;
    rig_sync_joint *joints;
} raw_frame;

typedef struct raw_track {
    int n, room;
    raw_frame *frames;
} raw_track;

struct rig_sync_builder {
    int n_joints, n_open, n_done, room;
    double frame_s;
    raw_track open[OPEN_MAX], *done;
    rig_arena *arena;
};

rig_status rig_sync_builder_make(int n_joints, double frame_s, rig_sync_builder **builder, rig_arena *out,
                                 rig_err *err) {
    *builder = RIG_NEW(out, rig_sync_builder, 1);
    if (!*builder)
        return rig_fail_memory(err, "tracks");
    (*builder)->n_joints = n_joints;
    (*builder)->frame_s = frame_s;
    (*builder)->arena = out;
    return RIG_OK;
}

static void box_of(const rig_sync_joint *joints, int n, double low[2], double high[2]) {
    low[0] = low[1] = INFINITY, high[0] = high[1] = -INFINITY;
    for (int j = 0; j < n; j++)
        for (int k = 0; k < 2 && joints[j].known; k++) {
            low[k] = fmin(low[k], (double)joints[j].n[k]);
            high[k] = fmax(high[k], (double)joints[j].n[k]);
        }
}

// The mean distance of the joints of a person from a track's last, in heights of the person; infinite beyond the gate.
static double distance(const raw_track *track, const rig_sync_joint *joints, int n_joints, double t_s) {
    const raw_frame *last = &track->frames[track->n - 1];
    double low[2], high[2], sum = 0;
    int n = 0;
    box_of(joints, n_joints, low, high);
    for (int j = 0; j < n_joints; j++) {
        if (!joints[j].known || !last->joints[j].known)
            continue;
        sum += hypot((double)(joints[j].n[0] - last->joints[j].n[0]), (double)(joints[j].n[1] - last->joints[j].n[1]));
        n++;
    }
    const double size =
        rig_joints_are_points(n_joints) ? RIG_SYNC_POINT_SIZE : hypot(high[0] - low[0], high[1] - low[1]);
    const double gate = GATE * fmin(fmax(1, (t_s - last->t_s) / GATE_S), 3);
    const double mean = n >= rig_joints_needed(n_joints, JOINTS_LEAST) && size > 0 ? sum / n / size : INFINITY;
    return mean <= gate ? mean : INFINITY;
}

static rig_status track_close(rig_sync_builder *b, int i, rig_err *err) {
    if (b->n_done == b->room) {
        const int room = b->room ? 2 * b->room : 16;
        raw_track *more = RIG_NEW(b->arena, raw_track, room);
        if (!more)
            return rig_fail_memory(err, "tracks");
        if (b->n_done)
            memcpy(more, b->done, (size_t)b->n_done * sizeof *more);
        b->done = more, b->room = room;
    }
    const raw_track *track = &b->open[i];
    if (track->frames[track->n - 1].t_s - track->frames[0].t_s >= LENGTH_S)
        b->done[b->n_done++] = *track;
    b->open[i] = b->open[--b->n_open];
    return RIG_OK;
}

static rig_status track_add(rig_sync_builder *b, raw_track *track, double t_s, const rig_sync_joint *joints,
                            rig_err *err) {
    if (track->n == track->room) {
        const int room = track->room ? 2 * track->room : 32;
        raw_frame *more = RIG_NEW(b->arena, raw_frame, room);
        if (!more)
            return rig_fail_memory(err, "a track");
        if (track->n)
            memcpy(more, track->frames, (size_t)track->n * sizeof *more);
        track->frames = more, track->room = room;
    }
    rig_sync_joint *kept = RIG_NEW(b->arena, rig_sync_joint, b->n_joints);
    if (!kept)
        return rig_fail_memory(err, "a track");
    memcpy(kept, joints, (size_t)b->n_joints * sizeof *kept);
    track->frames[track->n++] = (raw_frame){t_s, kept};
    return RIG_OK;
}

// The open track nearest to a person, or -1; `doubt`: another one is nearly as near.
static int nearest(const rig_sync_builder *b, const rig_sync_joint *joints, double t_s, const bool *taken,
                   bool *doubt) {
    double best = INFINITY, second = INFINITY;
    int at = -1;
    for (int i = 0; i < b->n_open; i++) {
        const double d = taken[i] ? INFINITY : distance(&b->open[i], joints, b->n_joints, t_s);
        if (d < best)
            second = best, best = d, at = i;
        else
            second = fmin(second, d);
    }
    *doubt = isfinite(second) && second < DOUBT * best;
    return at;
}

rig_status rig_sync_builder_add(rig_sync_builder *b, double t_s, const rig_sync_joint *joints, int n_people,
                                rig_err *err) {
    bool taken[OPEN_MAX] = {false}, closing[OPEN_MAX] = {false};
    const int n_before = b->n_open;
    for (int p = 0; p < n_people; p++) {
        const rig_sync_joint *person = &joints[p * b->n_joints];
        bool doubt;
        const int at = nearest(b, person, t_s, taken, &doubt);
        if (at >= 0 && at < n_before && !doubt) {
            taken[at] = true;
            RIG_TRY(track_add(b, &b->open[at], t_s, person, err));
        } else if (at >= 0 && at < n_before) {
            closing[at] = true;
        }
        if ((at < 0 || doubt) && b->n_open < OPEN_MAX) {
            taken[b->n_open] = true;
            b->open[b->n_open] = (raw_track){0};
            RIG_TRY(track_add(b, &b->open[b->n_open++], t_s, person, err));
        }
    }
    for (int i = n_before - 1; i >= 0; i--)
        if (closing[i] || t_s - b->open[i].frames[b->open[i].n - 1].t_s > KEPT_S)
            RIG_TRY(track_close(b, i, err));
    return RIG_OK;
}

// --- curves ----------------------------------------------------------------------------------------------------------

// Solve the 3x3 normal equations of a quadratic. false: singular.
static bool quadratic(const double s[5], const double y[3], double fit[3]) {
    const double a = s[2] * s[4] - s[3] * s[3], b = s[2] * s[3] - s[1] * s[4], c = s[1] * s[3] - s[2] * s[2];
    const double d = s[0] * s[4] - s[2] * s[2], e = s[1] * s[2] - s[0] * s[3], f = s[0] * s[2] - s[1] * s[1];
    const double det = s[0] * a + s[1] * b + s[2] * c;
    if (!(det > 1e-9 * s[0] * s[2] * s[4]))
        return false;
    fit[0] = (a * y[0] + b * y[1] + c * y[2]) / det;
    fit[1] = (b * y[0] + d * y[1] + e * y[2]) / det;
    fit[2] = (c * y[0] + e * y[1] + f * y[2]) / det;
    return true;
}

// The moments of a window's frames about a node, and of one joint's coordinates there; weights: of each frame.
typedef struct window {
    int n;
    double u[WINDOW_MOST], w[WINDOW_MOST], y[2][WINDOW_MOST];
} window;

static void window_read(const raw_track *raw, int from, int to, int j, double t_s, double half_s, window *at) {
    at->n = 0;
    for (int f = from; f < to && at->n < WINDOW_MOST; f++) {
        const rig_sync_joint *joint = &raw->frames[f].joints[j];
        const double u = (raw->frames[f].t_s - t_s) / half_s, cube = 1 - fabs(u * u * u);
        if (!joint->known || fabs(u) >= 1)
            continue;
        at->u[at->n] = u, at->w[at->n] = cube * cube * cube;
        at->y[0][at->n] = (double)joint->n[0], at->y[1][at->n++] = (double)joint->n[1];
    }
}

static bool window_fit(const window *at, double fit[2][3]) {
    double s[5] = {0}, y[2][3] = {{0}};
    for (int i = 0; i < at->n; i++) {
        double power = at->w[i];
        for (int k = 0; k < 5; k++, power *= at->u[i]) {
            s[k] += power;
            for (int c = 0; c < 2 && k < 3; c++)
                y[c][k] += power * at->y[c][i];
        }
    }
    return quadratic(s, y[0], fit[0]) && quadratic(s, y[1], fit[1]);
}

// Frames that are far from the curve, against the others of the window, count less. false: none is.
static bool window_reweight(window *at, double fit[2][3]) {
    double distance[WINDOW_MOST], sorted[WINDOW_MOST], worst = 0;
    for (int i = 0; i < at->n; i++) {
        double d[2];
        for (int c = 0; c < 2; c++)
            d[c] = at->y[c][i] - fit[c][0] - (fit[c][1] + fit[c][2] * at->u[i]) * at->u[i];
        distance[i] = sorted[i] = hypot(d[0], d[1]);
        worst = fmax(worst, distance[i]);
    }
    const double scale = BISQUARE * rig_median(sorted, at->n);
    if (worst < 0.5 * scale)
        return false;
    for (int i = 0; i < at->n; i++) {
        const double cube = 1 - fabs(at->u[i] * at->u[i] * at->u[i]), d = distance[i] / scale;
        at->w[i] = cube * cube * cube * (d < 1 ? (1 - d * d) * (1 - d * d) : 0);
    }
    return true;
}

// A joint at t_s by the frames from..to of a track.
static rig_sync_joint joint_fit(const raw_track *raw, int from, int to, int j, double t_s, double half_s) {
    rig_sync_joint made = {.known = false};
    double fit[2][3], first = INFINITY, last = -INFINITY;
    window at;
    window_read(raw, from, to, j, t_s, half_s, &at);
    if (at.n < SAMPLES_LEAST || !window_fit(&at, fit))
        return made;
    for (int i = 0; i < ROBUST_STEPS && window_reweight(&at, fit); i++)
        if (!window_fit(&at, fit))
            return made;
    for (int i = 0; i < at.n; i++)
        if (at.w[i] > 0)
            first = fmin(first, at.u[i]), last = fmax(last, at.u[i]);
    made.known = first < -0.2 && last > 0.2;
    for (int c = 0; c < 2; c++)
        made.n[c] = (float)fit[c][0], made.v[c] = (float)(fit[c][1] / half_s);
    return made;
}

static rig_status track_fit(const raw_track *raw, int n_joints, double half_s, rig_sync_track *track, rig_arena *out,
                            rig_err *err) {
    const double first = raw->frames[0].t_s, last = raw->frames[raw->n - 1].t_s;
    double speed = 0;
    long n = 0;
    int from = 0, to = 0;
    track->first = (int)ceil(first / RIG_SYNC_STEP_S);
    track->n_nodes = (int)floor(last / RIG_SYNC_STEP_S) - track->first + 1;
    track->nodes = RIG_NEW(out, rig_sync_joint, (long)track->n_nodes * n_joints);
    if (!track->nodes)
        return rig_fail_memory(err, "a track");
    for (int i = 0; i < track->n_nodes; i++) {
        const double t = (track->first + i) * RIG_SYNC_STEP_S;
        while (raw->frames[from].t_s <= t - half_s)
            from++;
        while (to < raw->n && raw->frames[to].t_s < t + half_s)
            to++;
        for (int j = 0; j < n_joints; j++) {
            rig_sync_joint *joint = &track->nodes[i * n_joints + j];
            *joint = joint_fit(raw, from, to, j, t, half_s);
            speed += joint->known ? hypot((double)joint->v[0], (double)joint->v[1]) : 0;
            n += joint->known;
        }
    }
    track->path = n ? speed / (double)n * (last - first) : 0;
    return RIG_OK;
}

static int cell_of(double t_s) {
    return (int)floor(t_s);
}

// Which tracks there are in each second.
static rig_status cells_make(rig_sync_people *people, rig_arena *out, rig_err *err) {
    people->first_cell = cell_of(people->first_s);
    people->n_cells = people->n_tracks ? cell_of(people->last_s) - people->first_cell + 1 : 0;
    people->cell_at = RIG_NEW(out, int, people->n_cells + 1);
    if (!people->cell_at)
        return rig_fail_memory(err, "tracks");
    for (int pass = 0; pass < 2; pass++) {
        int n = 0;
        for (int c = 0; c < people->n_cells; c++) {
            people->cell_at[c] = n;
            for (int i = 0; i < people->n_tracks; i++) {
                const rig_sync_track *t = &people->tracks[i];
                const int first = cell_of(t->first * RIG_SYNC_STEP_S);
                const int last = cell_of((t->first + t->n_nodes) * RIG_SYNC_STEP_S);
                if (first > people->first_cell + c || last < people->first_cell + c)
                    continue;
                if (pass == 1)
                    people->cell_tracks[n] = i;
                n++;
            }
        }
        people->cell_at[people->n_cells] = n;
        if (pass == 0 && !(people->cell_tracks = RIG_NEW(out, int, n)))
            return rig_fail_memory(err, "tracks");
    }
    return RIG_OK;
}

rig_status rig_sync_builder_end(rig_sync_builder *b, rig_sync_people *people, rig_arena *out, rig_err *err) {
    const double half_s = fmax(WINDOW_S, WINDOW_FRAMES * b->frame_s);
    while (b->n_open > 0)
        RIG_TRY(track_close(b, b->n_open - 1, err));
    *people = (rig_sync_people){.n_joints = b->n_joints, .n_tracks = b->n_done, .first_s = INFINITY};
    people->last_s = -INFINITY;
    people->tracks = RIG_NEW(out, rig_sync_track, b->n_done);
    if (!people->tracks)
        return rig_fail_memory(err, "tracks");
    for (int i = 0; i < b->n_done; i++) {
        rig_sync_track *track = &people->tracks[i];
        RIG_TRY(track_fit(&b->done[i], b->n_joints, half_s, track, out, err));
        people->first_s = fmin(people->first_s, track->first * RIG_SYNC_STEP_S);
        people->last_s = fmax(people->last_s, (track->first + track->n_nodes) * RIG_SYNC_STEP_S);
    }
    if (people->n_tracks == 0)
        people->first_s = people->last_s = 0;
    return cells_make(people, out, err);
}

const int *rig_sync_people_at(const rig_sync_people *people, double t_s, int *n) {
    const int cell = cell_of(t_s) - people->first_cell;
    *n = 0;
    if (cell < 0 || cell >= people->n_cells)
        return NULL;
    *n = people->cell_at[cell + 1] - people->cell_at[cell];
    return &people->cell_tracks[people->cell_at[cell]];
}

const rig_sync_joint *rig_sync_joints_at(const rig_sync_people *people, int track, int node) {
    const rig_sync_track *t = &people->tracks[track];
    const int k = node - t->first;
    return k >= 0 && k < t->n_nodes ? &t->nodes[(long)k * people->n_joints] : NULL;
}

int rig_sync_track_at(const rig_sync_track *track, int n_joints, double t_s, rig_sync_joint *joints) {
    const double at = t_s / RIG_SYNC_STEP_S - track->first;
    const int k = (int)floor(at);
    int n = 0;
    if (k < 0 || k + 1 >= track->n_nodes)
        return 0;
    const double u = at - k, h = RIG_SYNC_STEP_S;
    const double h00 = (1 + 2 * u) * (1 - u) * (1 - u), h10 = u * (1 - u) * (1 - u), h01 = u * u * (3 - 2 * u),
                 h11 = u * u * (u - 1);
    const rig_sync_joint *a = &track->nodes[k * n_joints], *b = a + n_joints;
    for (int j = 0; j < n_joints; j++, a++, b++) {
        joints[j].known = a->known && b->known;
        n += joints[j].known;
        for (int c = 0; c < 2 && joints[j].known; c++) {
            joints[j].n[c] = (float)(h00 * (double)a->n[c] + h10 * h * (double)a->v[c] + h01 * (double)b->n[c] +
                                     h11 * h * (double)b->v[c]);
            joints[j].v[c] = (float)((1 - u) * (double)a->v[c] + u * (double)b->v[c]);
        }
    }
    return n;
}
