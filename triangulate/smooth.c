#include "triangulate/smooth.h"

#include "core/geom.h"
#include "core/linalg.h"
#include "triangulate/chain.h"

#include <string.h>

enum { SWEEPS = 40, BLOCKS_A_REACH = 6 };

static const double SURE2 = 9;   // squared distance from where the views had it; beyond, they pull no harder (Huber)
static const double BONE = 0.02; // 1 standard deviation of a bone's length, relative: joints are no hinges
static const double BONE_LEAST_M = 0.004; // and no less
static const double FLOOR_M = 0.003;      // of a joint that says nothing of its spread, or too much
static const double UNKNOWN_M = 0.02;     // a joint without a covariance
static const double HELD = 400;           // 1/m^2: a sweep is not to move a joint by much more than 5 cm
static const double FREE = 1;             // 1/m^2: what nothing holds is known to a metre
static const double STILL_M = 5e-5;       // what lies around a joint moved less: it need not be moved again
static const double E_FOLDS = 24;         // of an influence that has died away

// What the views say of a joint: nearer than this is dearer. Zeros: nothing.
typedef struct evidence {
    double p[3], info[6];
} evidence;

// A bone at one of its joints.
typedef struct link {
    int other; // the joint at its other end
    double length_m, per_spread2;
} link;

// Frames from .. to - 1 of a joint that are on, one after the other.
typedef struct stretch {
    int from, to;
} stretch;

typedef struct smoother {
    rig_path *path;
    const rig_body *body;
    int n, reach;     // frames
    double per_step2; // of the second difference of a coordinate, 1/m^2
    // Joint by joint, n frames each.
    double (*p)[3];
    evidence *seen;
    bool *on;
    // Joint by joint, n_blocks blocks of frames each: how far, m, what lies around the joint may have moved since it
    // was last moved itself.
    int block, n_blocks;
    double *due, *moved;                                     // moved: of one joint
    int first_link[RIG_JOINTS_MAX], n_links[RIG_JOINTS_MAX]; // of a joint
    link *links;
    rig_chain_frame *chain; // n
    double (*step)[3];      // n
} smoother;

// A filled joint's covariance is the track's foresight, round, and the rays'. The rays' part of it stays.
static void evidence_of_filled(const double cov[6], double info[6]) {
    double C[9] = {cov[0], cov[1], cov[2], cov[1], cov[3], cov[4], cov[2], cov[4], cov[5]}, values[3];
    if (!rig_sym3_invert(cov, info) || !rig_eigen_sym(C, 3, values)) {
        memset(info, 0, 6 * sizeof *info);
        return;
    }
    double foresight = 1 / values[2];
    info[0] -= foresight, info[3] -= foresight, info[5] -= foresight;
}

static evidence evidence_of(const rig_joint3d *joint) {
    evidence e = {{joint->p[0], joint->p[1], joint->p[2]}, {0}};
    double cov[6];
    memcpy(cov, joint->cov, sizeof cov);
    if (joint->state == RIG_JOINT_FILLED && joint->views && cov[0] > 0) {
        evidence_of_filled(cov, e.info);
        return e;
    }
    if (joint->state != RIG_JOINT_OK)
        return e;
    double sigma = joint->sigma_m > 0 ? joint->sigma_m : UNKNOWN_M;
    if (!(cov[0] > 0))
        cov[0] = cov[3] = cov[5] = sigma * sigma;
    cov[0] += FLOOR_M * FLOOR_M, cov[3] += FLOOR_M * FLOOR_M, cov[5] += FLOOR_M * FLOOR_M;
    if (!rig_sym3_invert(cov, e.info))
        e.info[0] = e.info[3] = e.info[5] = 1 / (sigma * sigma);
    return e;
}

// --- a frame of a joint ------------------------------------------------------------------------------------------

// The normal equations of a joint in one frame, A x = g, all others given.
typedef struct equations {
    double A[6], g[3]; // xx xy xz yy yz zz
} equations;

// Where the views had the joint.
static void add_seen(const evidence *e, const double p[3], equations *to) {
    const double d[3] = {e->p[0] - p[0], e->p[1] - p[1], e->p[2] - p[2]};
    double force[3];
    rig_sym3_mul(e->info, d, force);
    const double x2 = rig_dot3(d, force), w = x2 > SURE2 ? sqrt(SURE2 / x2) : 1;
    for (int k = 0; k < 6; k++)
        to->A[k] += w * e->info[k];
    for (int k = 0; k < 3; k++)
        to->g[k] += w * force[k];
}

// The bones that end in the joint: along each, its other end says where the joint is.
static void add_bones(const smoother *s, int j, int frame, const double p[3], equations *to) {
    const link *links = s->links + s->first_link[j];
    for (int k = 0; k < s->n_links[j]; k++) {
        const size_t other = (size_t)links[k].other * (size_t)s->n + (size_t)frame;
        const double *q = s->p[other], d[3] = {q[0] - p[0], q[1] - p[1], q[2] - p[2]};
        const double length = rig_norm3(d);
        if (!s->on[other] || !(length > 0))
            continue;
        const double u[3] = {d[0] / length, d[1] / length, d[2] / length};
        const double w = links[k].per_spread2, v[3] = {w * u[0], w * u[1], w * u[2]};
        const double off = length - links[k].length_m;
        to->A[0] += v[0] * u[0], to->A[1] += v[0] * u[1], to->A[2] += v[0] * u[2];
        to->A[3] += v[1] * u[1], to->A[4] += v[1] * u[2], to->A[5] += v[2] * u[2];
        to->g[0] += off * v[0], to->g[1] += off * v[1], to->g[2] += off * v[2];
    }
}

// Second differences p[f] - 2 p[f+1] + p[f+2] that the frame is in. Returns what couples it with the frame before.
static double add_motion(const double (*p)[3], const stretch *within, int f, double w, equations *to) {
    const bool last = f - 2 >= within->from, middle = f - 1 >= within->from && f + 1 < within->to;
    const bool first = f + 2 < within->to;
    const double diagonal = w * (last + 4 * middle + first);
    for (int k = 0; k < 3; k++) {
        double x = 0;
        if (last)
            x += p[f - 2][k] - 2 * p[f - 1][k] + p[f][k];
        if (middle)
            x -= 2 * (p[f - 1][k] - 2 * p[f][k] + p[f + 1][k]);
        if (first)
            x += p[f][k] - 2 * p[f + 1][k] + p[f + 2][k];
        to->g[k] -= w * x;
    }
    to->A[0] += diagonal, to->A[3] += diagonal, to->A[5] += diagonal;
    return -2 * w * (last + middle);
}

// Factor the normal equations of a joint in the frames of `range`, which lies within a stretch; all other frames and
// joints stay. held: 1/m^2, to where it is. Returns what couples a frame with the one two before.
static double range_factor(const smoother *s, int j, const stretch *within, const stretch *range, double held) {
    const size_t first = (size_t)j * (size_t)s->n;
    const double agility = s->body->agility[j], w = s->per_step2 / (agility * agility);
    for (int f = range->from; f < range->to; f++) {
        const double *p = s->p[first + (size_t)f];
        equations sum = {{held, 0, 0, held, 0, held}, {0}};
        add_seen(&s->seen[first + (size_t)f], p, &sum);
        add_bones(s, j, f, p, &sum);
        const double before = add_motion((const double(*)[3])(s->p + first), within, f, w, &sum);
        rig_chain_push(s->chain, f - range->from, sum.A, sum.g, before, w);
    }
    return w;
}

// --- sweeps ----------------------------------------------------------------------------------------------------------

// The stretch of a joint that begins at or behind frame `from`; false: there is none.
static bool stretch_next(const smoother *s, int j, int from, stretch *found) {
    const bool *on = s->on + (size_t)j * (size_t)s->n;
    while (from < s->n && !on[from])
        from++;
    *found = (stretch){from, from};
    while (found->to < s->n && on[found->to])
        found->to++;
    return from < s->n;
}

// Of the frames from `from` on that may move: the next ones that are due, and a block more each way; false: none are.
static bool due_next(const smoother *s, int j, const stretch *within, int from, stretch *range) {
    const double *due = s->due + (size_t)j * (size_t)s->n_blocks;
    const int n = (within->to - 1) / s->block + 1;
    int first = from / s->block;
    while (first < n && due[first] <= STILL_M)
        first++;
    if (first >= n || from >= within->to)
        return false;
    int last = first;
    for (int b = first + 1; b < n && b <= last + 2; b++)
        last = due[b] > STILL_M ? b : last;
    range->from = (first - 1) * s->block > from ? (first - 1) * s->block : from;
    range->to = (last + 2) * s->block < within->to ? (last + 2) * s->block : within->to;
    return true;
}

// Move a joint in a range of frames.
static void range_move(const smoother *s, int j, const stretch *within, const stretch *range) {
    const int n = range->to - range->from;
    const double w = range_factor(s, j, within, range, HELD);
    double(*p)[3] = s->p + (size_t)j * (size_t)s->n + range->from;
    for (int i = n - 1; i >= 0; i--) {
        rig_chain_back(s->chain, n, i, w, s->step);
        double *most = &s->moved[(range->from + i) / s->block];
        for (int k = 0; k < 3; k++) {
            p[i][k] += s->step[i][k];
            *most = fmax(*most, fabs(s->step[i][k]));
        }
    }
    // What the frames beside the range would have moved by is for the next sweep.
    double *due = s->due + (size_t)j * (size_t)s->n_blocks;
    for (int k = 0; k < 3; k++) {
        if (range->from > within->from)
            due[(range->from - 1) / s->block] += fabs(s->step[0][k]);
        if (range->to < within->to)
            due[range->to / s->block] += fabs(s->step[n - 1][k]);
    }
}

// Move a joint wherever that is due. Returns whether it was anywhere.
static bool joint_sweep(const smoother *s, int j) {
    const size_t n_blocks = (size_t)s->n_blocks;
    double *due = s->due + (size_t)j * n_blocks;
    bool any = false;
    stretch within, range;
    for (int b = 0; b < s->n_blocks; b++)
        s->moved[b] = -1;
    for (int from = 0; stretch_next(s, j, from, &within); from = within.to) {
        int free = within.from > s->path->n_settled ? within.from : s->path->n_settled;
        for (; due_next(s, j, &within, free, &range); free = range.to) {
            range_move(s, j, &within, &range);
            any = true;
        }
    }
    for (int b = 0; b < s->n_blocks; b++) {
        if (s->moved[b] < 0)
            continue;
        due[b] = s->moved[b];
        for (int k = 0; k < s->n_links[j]; k++)
            s->due[(size_t)s->links[s->first_link[j] + k].other * n_blocks + (size_t)b] += s->moved[b];
    }
    return any;
}

// --- how sure filled joints are ----------------------------------------------------------------------------------

// The filled frames of a stretch from frame `from` on, and as many frames around them as have an influence; false:
// there are none. *filled: the first and behind the last of them.
static bool filled_next(const smoother *s, int j, const stretch *within, int from, stretch *filled, stretch *range) {
    const rig_joint3d *joints = s->path->joints + j;
    while (from < within->to && joints[from * s->path->n_joints].state != RIG_JOINT_FILLED)
        from++;
    *filled = (stretch){from, from + 1};
    for (int f = from + 1; f < within->to && f < filled->to + s->reach; f++)
        if (joints[f * s->path->n_joints].state == RIG_JOINT_FILLED)
            filled->to = f + 1;
    range->from = from - s->reach > within->from ? from - s->reach : within->from;
    range->to = filled->to + s->reach < within->to ? filled->to + s->reach : within->to;
    return from < within->to;
}

// Where their neighbours are given.
static void filled_say_spread(const smoother *s, int j, const stretch *filled, const stretch *range, double c) {
    rig_chain_spread spread = {{0}, {0}, {0}};
    for (int f = range->to - 1; f >= filled->from; f--) {
        rig_joint3d *joint = &s->path->joints[f * s->path->n_joints + j];
        rig_chain_spread_back(s->chain, range->to - range->from, f - range->from, c, &spread);
        if (joint->state != RIG_JOINT_FILLED)
            continue;
        const double *P = spread.now, cov[6] = {P[0], P[1], P[2], P[4], P[5], P[8]};
        memcpy(joint->cov, cov, sizeof cov);
        joint->sigma_m = sqrt((cov[0] + cov[3] + cov[5]) / 3);
    }
}

static void say_spread(const smoother *s) {
    stretch within, filled, range;
    for (int j = 0; j < s->path->n_joints; j++)
        for (int from = 0; stretch_next(s, j, from, &within); from = within.to) {
            int at = within.from > s->path->n_settled ? within.from : s->path->n_settled;
            for (; filled_next(s, j, &within, at, &filled, &range); at = filled.to)
                filled_say_spread(s, j, &filled, &range, range_factor(s, j, &within, &range, FREE));
        }
}

// --- a path ----------------------------------------------------------------------------------------------------------

// What holds a joint against its motion is at least HELD: a balance of a fourth difference against that dies away by a
// factor e in so many frames. Sweeps carry an influence on, each a little farther.
int rig_smooth_reach(const rig_body *body, double fps, double acceleration_m_s2) {
    double agility = 1;
    for (int j = 0; j < body->n; j++)
        agility = fmin(agility, body->agility[j]);
    return (int)ceil(E_FOLDS * sqrt(2 / sqrt(HELD) / (agility * acceleration_m_s2)) * fps);
}

static void links_make(smoother *s) {
    const rig_body *body = s->body;
    int n = 0;
    for (int j = 0; j < body->n; j++) {
        s->first_link[j] = n;
        for (int k = 0; k < body->n_bones + body->n_rigid; k++) {
            const rig_bone *bone = &body->bones[k];
            const double length = s->path->length_m[k], spread = fmax(BONE * length, BONE_LEAST_M);
            if ((bone->a == j || bone->b == j) && length > 0)
                s->links[n++] = (link){bone->a == j ? bone->b : bone->a, length, 1 / (spread * spread)};
        }
        s->n_links[j] = n - s->first_link[j];
    }
}

static rig_status smoother_init(smoother *s, rig_arena *scratch, rig_err *err) {
    const size_t n = (size_t)s->n, n_joints = (size_t)s->path->n_joints, count = n * n_joints;
    s->n_blocks = (s->n + s->block - 1) / s->block;
    s->p = rig_arena_alloc(scratch, count, sizeof *s->p);
    s->seen = RIG_NEW(scratch, evidence, count);
    s->on = RIG_NEW(scratch, bool, count);
    s->due = RIG_NEW(scratch, double, n_joints *(size_t)s->n_blocks);
    s->moved = RIG_NEW(scratch, double, s->n_blocks);
    s->links = RIG_NEW(scratch, link, 2 * RIG_BONES_MAX);
    s->chain = RIG_NEW(scratch, rig_chain_frame, n);
    s->step = rig_arena_alloc(scratch, n, sizeof *s->step);
    if (!s->p || !s->seen || !s->on || !s->due || !s->moved || !s->links || !s->chain || !s->step)
        return rig_fail_memory(err, "a person's path");
    links_make(s);
    for (size_t f = 0; f < n; f++)
        for (size_t j = 0; j < n_joints; j++) {
            const rig_joint3d *joint = &s->path->joints[f * n_joints + j];
            const bool settled = f < (size_t)s->path->n_settled && s->path->settled_on[f * n_joints + j];
            const double *p = settled ? s->path->settled[f * n_joints + j] : joint->p;
            s->on[j * n + f] = s->path->on[f * n_joints + j];
            memcpy(s->p[j * n + f], s->on[j * n + f] ? p : joint->p, sizeof s->p[j * n + f]);
            s->seen[j * n + f] = evidence_of(joint);
        }
    for (size_t b = 0; b < n_joints * (size_t)s->n_blocks; b++)
        s->due[b] = INFINITY;
    return RIG_OK;
}

rig_status rig_smooth(rig_path *path, const rig_body *body, double fps, double acceleration_m_s2, rig_arena *scratch,
                      rig_err *err) {
    const rig_arena_mark mark = rig_arena_tell(scratch);
    const double step = acceleration_m_s2 / (fps * fps);
    const int reach = rig_smooth_reach(body, fps, acceleration_m_s2);
    smoother s = {.path = path, .body = body, .n = path->n, .reach = reach, .per_step2 = 1 / (step * step)};
    s.block = reach / BLOCKS_A_REACH + 1;
    RIG_TRY(smoother_init(&s, scratch, err));
    bool any = true;
    for (int i = 0; i < SWEEPS && any; i++) {
        any = false;
        for (int j = 0; j < path->n_joints; j++)
            any = joint_sweep(&s, j) || any;
    }
    say_spread(&s);
    for (int f = 0; f < path->n; f++)
        for (int j = 0; j < path->n_joints; j++)
            memcpy(path->joints[f * path->n_joints + j].p, s.p[(size_t)j * (size_t)path->n + (size_t)f], sizeof s.p[0]);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
