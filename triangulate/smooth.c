#include "triangulate/smooth.h"

#include "core/geom.h"
#include "core/linalg.h"
#include "triangulate/point.h"

#include <string.h>

enum { BAND = 7, SWEEPS = 40 }; // 3 unknowns a frame, coupled with those of two frames before

static const double SURE2 = 9;   // squared distance from where the views had it; beyond, they pull no harder (Huber)
static const double BONE = 0.02; // 1 standard deviation of a bone's length, relative: joints are no hinges
static const double BONE_LEAST_M = 0.004; // and no less
static const double FLOOR_M = 0.003;      // of a joint that says nothing of its spread, or too much
static const double UNKNOWN_M = 0.02;     // a joint without a covariance
static const double HELD = 400;           // 1/m^2: a sweep is not to move a joint by much more than 5 cm
static const double FREE = 1;             // 1/m^2: what nothing holds is known to a metre
static const double FIXED = 1e18;         // 1/m^2: a joint that is settled
static const double STILL_M = 1e-4;       // a sweep that moves no joint farther is the last

// What the views say of a joint: nearer than this is dearer. Zeros: nothing.
typedef struct evidence {
    double p[3], info[6];
} evidence;

typedef struct smoother {
    rig_path *path;
    const rig_body *body;
    double per_step2; // of the second difference of a coordinate, 1/m^2
    evidence *seen;   // n x n_joints
    double *A, *g;    // 3 n x BAND (lower band, the diagonal last), 3 n
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

static void sym3_mul(const double A[6], const double x[3], double y[3]) {
    y[0] = A[0] * x[0] + A[1] * x[1] + A[2] * x[2];
    y[1] = A[1] * x[0] + A[3] * x[1] + A[4] * x[2];
    y[2] = A[2] * x[0] + A[4] * x[1] + A[5] * x[2];
}

// Add w times the symmetric 3x3 to the block of frame i, and w info (target - p) to the right side.
static void add_block(const smoother *s, int i, const double info[6], double w, const double d[3]) {
    static const int ROW[6] = {0, 1, 2, 1, 2, 2}, COL[6] = {0, 0, 0, 1, 1, 2};
    double force[3];
    sym3_mul(info, d, force);
    for (int k = 0; k < 6; k++)
        s->A[(3 * i + ROW[k]) * BAND + BAND - 1 - (ROW[k] - COL[k])] += w * info[k];
    for (int k = 0; k < 3; k++)
        s->g[3 * i + k] += w * force[k];
}

// Where the views had the joint.
static void add_seen(const smoother *s, int i, const evidence *e, const double p[3]) {
    double d[3] = {e->p[0] - p[0], e->p[1] - p[1], e->p[2] - p[2]}, force[3];
    sym3_mul(e->info, d, force);
    double x2 = rig_dot3(d, force);
    add_block(s, i, e->info, x2 > SURE2 ? sqrt(SURE2 / x2) : 1, d);
}

// The bones that end in the joint: along each, its other end says where the joint is.
static void add_bones(const smoother *s, int i, int frame, int j, const double p[3]) {
    const rig_path *path = s->path;
    for (int k = 0; k < s->body->n_bones + s->body->n_rigid; k++) {
        const rig_bone *bone = &s->body->bones[k];
        if ((bone->a != j && bone->b != j) || !(path->length_m[k] > 0))
            continue;
        int other = frame * path->n_joints + (bone->a == j ? bone->b : bone->a);
        if (!path->on[other])
            continue;
        const double *q = path->joints[other].p;
        double d[3] = {q[0] - p[0], q[1] - p[1], q[2] - p[2]}, length = rig_norm3(d);
        if (!(length > 0))
            continue;
        double u[3] = {d[0] / length, d[1] / length, d[2] / length},
               spread = fmax(BONE * path->length_m[k], BONE_LEAST_M);
        double info[6] = {u[0] * u[0], u[0] * u[1], u[0] * u[2], u[1] * u[1], u[1] * u[2], u[2] * u[2]};
        for (int m = 0; m < 3; m++)
            d[m] -= path->length_m[k] * u[m];
        add_block(s, i, info, 1 / (spread * spread), d);
    }
}

// Second differences: of each coordinate p[i] - 2 p[i+1] + p[i+2].
static void add_motion(const smoother *s, int j, int from, int n) {
    static const double D[3] = {1, -2, 1};
    double agility = s->body->agility[j], per_step2 = s->per_step2 / (agility * agility);
    for (int i = 0; i + 2 < n; i++)
        for (int k = 0; k < 3; k++) {
            const rig_joint3d *joint = &s->path->joints[(from + i) * s->path->n_joints + j];
            const int next = s->path->n_joints;
            double x = joint[0].p[k] - 2 * joint[next].p[k] + joint[2 * next].p[k];
            for (int r = 0; r < 3; r++) {
                int row = 3 * (i + r) + k;
                s->g[row] -= per_step2 * D[r] * x;
                for (int c = 0; c <= r; c++)
                    s->A[row * BAND + BAND - 1 - 3 * (r - c)] += per_step2 * D[r] * D[c];
            }
        }
}

// Cholesky of the band in place: row by row, L's row r has its columns r - 6 .. r.
static void band_factor(double *A, int n) {
    for (int r = 0; r < n; r++)
        for (int c = r < BAND - 1 ? 0 : r - BAND + 1; c <= r; c++) {
            double sum = A[r * BAND + BAND - 1 - r + c];
            for (int k = r < BAND - 1 ? 0 : r - BAND + 1; k < c; k++)
                if (c - k < BAND)
                    sum -= A[r * BAND + BAND - 1 - r + k] * A[c * BAND + BAND - 1 - c + k];
            A[r * BAND + BAND - 1 - r + c] = c < r ? sum / A[c * BAND + BAND - 1] : sqrt(fmax(sum, 1e-12));
        }
}

static void band_solve(const double *L, int n, double *x) {
    for (int r = 0; r < n; r++) {
        for (int k = r < BAND - 1 ? 0 : r - BAND + 1; k < r; k++)
            x[r] -= L[r * BAND + BAND - 1 - r + k] * x[k];
        x[r] /= L[r * BAND + BAND - 1];
    }
    for (int r = n - 1; r >= 0; r--) {
        for (int k = r + 1; k < n && k - r < BAND; k++)
            x[r] -= L[k * BAND + BAND - 1 - k + r] * x[k];
        x[r] /= L[r * BAND + BAND - 1];
    }
}

// Build and factor the normal equations of a joint's stretch; all other joints stay. held: 1/m^2, to where it is;
// before frame n_fixed it is held fast.
static void stretch_build(const smoother *s, int j, int from, int n, double held, int n_fixed) {
    memset(s->A, 0, (size_t)n * 3 * BAND * sizeof *s->A);
    memset(s->g, 0, (size_t)n * 3 * sizeof *s->g);
    for (int i = 0; i < n; i++) {
        int at = (from + i) * s->path->n_joints + j;
        add_seen(s, i, &s->seen[at], s->path->joints[at].p);
        add_bones(s, i, from + i, j, s->path->joints[at].p);
        for (int k = 0; k < 3; k++)
            s->A[(3 * i + k) * BAND + BAND - 1] += from + i < n_fixed ? FIXED : held;
    }
    add_motion(s, j, from, n);
    band_factor(s->A, 3 * n);
}

// The farthest that a joint was moved, m. Of what is settled the last two frames are enough to join on to.
static double sweep(const smoother *s) {
    const int n_settled = s->path->n_settled, start = n_settled > 2 ? n_settled - 2 : 0;
    double farthest = 0;
    for (int j = 0; j < s->path->n_joints; j++)
        for (int from = start, to; rig_path_next(s->path, j, &from, &to); from = to) {
            stretch_build(s, j, from, to - from, HELD, n_settled);
            band_solve(s->A, 3 * (to - from), s->g);
            for (int i = from < n_settled ? 3 * (n_settled - from) : 0; i < 3 * (to - from); i++) {
                s->path->joints[(from + i / 3) * s->path->n_joints + j].p[i % 3] += s->g[i];
                farthest = fmax(farthest, fabs(s->g[i]));
            }
        }
    return farthest;
}

// The inverse's band from the factor's, upper: row r has its columns r .. r + 6. Source: Takahashi, Fagan, Chin 1973.
static void band_invert(const double *L, int n, double *Z) {
    for (int r = n - 1; r >= 0; r--) {
        int last = r + BAND - 1 < n - 1 ? r + BAND - 1 : n - 1;
        double diagonal = L[r * BAND + BAND - 1];
        for (int c = last; c >= r; c--) {
            double sum = 0;
            for (int k = r + 1; k <= last; k++)
                sum += L[k * BAND + BAND - 1 - k + r] * (k <= c ? Z[k * BAND + c - k] : Z[c * BAND + k - c]);
            Z[r * BAND + c - r] = ((c == r ? 1 / diagonal : 0) - sum) / diagonal;
        }
    }
}

// How sure filled joints are, where their neighbours are given.
static void say_spread(const smoother *s, double *Z) {
    for (int j = 0; j < s->path->n_joints; j++)
        for (int from = 0, to; rig_path_next(s->path, j, &from, &to); from = to) {
            stretch_build(s, j, from, to - from, FREE, 0);
            band_invert(s->A, 3 * (to - from), Z);
            for (int i = 0; i < to - from; i++) {
                rig_joint3d *joint = &s->path->joints[(from + i) * s->path->n_joints + j];
                const double *rows = Z + 3 * i * BAND;
                if (joint->state != RIG_JOINT_FILLED)
                    continue;
                const double cov[6] = {rows[0], rows[1], rows[2], rows[BAND], rows[BAND + 1], rows[2 * BAND]};
                memcpy(joint->cov, cov, sizeof cov);
                joint->sigma_m = sqrt((cov[0] + cov[3] + cov[5]) / 3);
            }
        }
}

// What holds a joint against its motion is at least HELD: a balance of a fourth difference against that dies away by a
// factor e in so many frames. Sweeps carry an influence on, each a little farther.
int rig_smooth_reach(const rig_body *body, double fps, double acceleration_m_s2) {
    const double e_folds = 24;
    double agility = 1;
    for (int j = 0; j < body->n; j++)
        agility = fmin(agility, body->agility[j]);
    return (int)ceil(e_folds * sqrt(2 / sqrt(HELD) / (agility * acceleration_m_s2)) * fps);
}

rig_status rig_smooth(rig_path *path, const rig_body *body, double fps, double acceleration_m_s2, rig_arena *scratch,
                      rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    size_t count = (size_t)path->n * (size_t)path->n_joints;
    double step = acceleration_m_s2 / (fps * fps);
    smoother s = {.path = path, .body = body, .per_step2 = 1 / (step * step)};
    s.seen = RIG_NEW(scratch, evidence, count);
    s.A = RIG_NEW(scratch, double, (size_t)path->n * 3 * BAND);
    s.g = RIG_NEW(scratch, double, (size_t)path->n * 3);
    double *Z = RIG_NEW(scratch, double, (size_t)path->n * 3 * BAND);
    if (!s.seen || !s.A || !s.g || !Z)
        return rig_fail_memory(err, "a person's path");
    for (size_t i = 0; i < count; i++)
        s.seen[i] = evidence_of(&path->joints[i]);
    for (int i = 0; i < path->n_settled * path->n_joints; i++)
        if (path->on[i] && path->settled_on[i])
            memcpy(path->joints[i].p, path->settled[i], sizeof path->joints[i].p);
    for (int i = 0; i < SWEEPS && sweep(&s) > STILL_M; i++)
        ;
    say_spread(&s, Z);
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}
