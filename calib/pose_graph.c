#include "calib/pose_graph.h"

#include "calib/threads.h"

#include <string.h>

enum { TRIES = 12, SCORED_MAX = 64 };
static const double GATE_SHARE = 0.025; // of the picture's longer side
static const double INLIER_SHARE = 0.1; // of the shared moments must agree
static const double GIVEN_SHARE = 0.8;  // of the boards that agree: with so many read as given, readings are right
// A second place of a camera that as many moments agree with, and that fits them no worse, leaves the edge open. Wrong
// ones fit ten times worse once the board has moved.
static const double AMBIGUOUS_INLIERS = 0.8, AMBIGUOUS_MISFIT = 1.5, AMBIGUOUS_PX = 0.1, AMBIGUOUS_ANGLE = 0.15;

double rig_board_observation_gate(const rig_board_observations *observations,
                                  const rig_board_observation *observation) {
    const rig_camera *camera = observations->cameras[observation->view];
    return GATE_SHARE * (camera->width > camera->height ? camera->width : camera->height);
}

// The pairs of observations that views a and b have of the same moments.
static int shared_pairs(const rig_board_observations *s, int a, int b, int (*pairs)[2]) {
    int n = 0;
    for (int m = 0; m < s->n_moments; m++) {
        int of_a = -1, of_b = -1;
        for (int i = s->first[m]; i < s->first[m + 1]; i++) {
            if (s->list[i].poses.n == 0)
                continue;
            of_a = s->list[i].view == a ? i : of_a;
            of_b = s->list[i].view == b ? i : of_b;
        }
        if (of_a >= 0 && of_b >= 0)
            pairs[n][0] = of_a, pairs[n++][1] = of_b;
    }
    return n;
}

// The misfit of one moment under a relative pose, and the reading of b's corners that it needs: the board as a saw it,
// with what a's pose leaves open, as b should see it.
static double moment_misfit(const rig_board_observations *s, const int pair[2], const rig_pose *Rt_b_a, double gate,
                            int *reading) {
    const rig_board_observation *a = &s->list[pair[0]], *b = &s->list[pair[1]];
    const int step = rig_board_turn_step(s->board);
    double least = gate;
    *reading = 0;
    for (int turn = 0; turn < 4; turn += step) {
        for (int k = 0; k < a->poses.n; k++) {
            rig_pose pose = rig_pose_mul(Rt_b_a, &a->poses.Rt_cam_board[k]);
            double misfit = hypot(rig_board_observation_residual(s, b, &pose, turn, gate), a->poses.rms_px[k]);
            if (misfit < least)
                least = misfit, *reading = turn;
        }
        if (rig_board_observation_inlier(least, gate)) // read as given it agrees: no need to turn it
            break;
    }
    return least;
}

// A relative pose, and what the moments that were asked say to it.
typedef struct hypothesis {
    rig_pose Rt_b_a;
    double misfit;                   // mean over the moments asked
    float each[SCORED_MAX];          // of the moments asked
    int n_inliers, n_given, n_asked; // n_given: of those that agree, read as given
} hypothesis;

enum { HYPOTHESES_MAX = TRIES * 2 * 2 * 4 };
typedef struct hypotheses {
    int n, best;
    hypothesis list[HYPOTHESES_MAX];
} hypotheses;

static void score(const rig_board_observations *s, int (*pairs)[2], int n, hypothesis *c) {
    int step = (n + SCORED_MAX - 1) / SCORED_MAX;
    for (int i = 0; i < n; i += step, c->n_asked++) {
        int reading;
        double gate = rig_board_observation_gate(s, &s->list[pairs[i][1]]);
        double misfit = moment_misfit(s, pairs[i], &c->Rt_b_a, gate, &reading);
        bool agrees = rig_board_observation_inlier(misfit, gate);
        c->misfit += misfit;
        c->each[c->n_asked] = (float)misfit;
        c->n_inliers += agrees;
        c->n_given += agrees && reading == 0;
    }
    c->misfit /= c->n_asked;
}

// Every relative pose that one moment gives: each view's one or two poses, b's board read after so many quarter
// turns.
static void try_moment(const rig_board_observations *s, int (*pairs)[2], int n, int which, int reading,
                       hypotheses *all) {
    const rig_board_observation *a = &s->list[pairs[which][0]], *b = &s->list[pairs[which][1]];
    rig_pose turn = rig_board_turn(s, reading);
    for (int i = 0; i < a->poses.n; i++)
        for (int j = 0; j < b->poses.n; j++) {
            rig_pose Rt_b_board = rig_pose_mul(&b->poses.Rt_cam_board[j], &turn);
            rig_pose Rt_board_a = rig_pose_invert(&a->poses.Rt_cam_board[i]);
            hypothesis *c = &all->list[all->n];
            *c = (hypothesis){.Rt_b_a = rig_pose_mul(&Rt_b_board, &Rt_board_a)};
            score(s, pairs, n, c);
            if (c->misfit < all->list[all->best].misfit)
                all->best = all->n;
            all->n++;
        }
}

// A board whose colours tell its ends apart, or whose markers do, is read right in most views.
static bool ends_tell(const rig_board *board) {
    return (board->cols + board->rows) % 2 == 1 || rig_board_has_markers(board);
}

static bool read_as_given(const hypothesis *c) {
    return c->n_given >= GIVEN_SHARE * c->n_inliers;
}

// How well the better quarter of the moments fits: half of them may be wrong, whatever the camera's place.
static double lower_quartile(const hypothesis *c) {
    double sorted[SCORED_MAX];
    for (int i = 0; i < c->n_asked; i++) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > (double)c->each[i]; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = (double)c->each[i];
    }
    return sorted[c->n_asked / 4];
}

// Whether a hypothesis fits as well as the best, and is another place of the camera.
static bool is_ambiguous(const hypothesis *c, const hypothesis *best) {
    return c->n_inliers >= AMBIGUOUS_INLIERS * best->n_inliers &&
           rig_rotation_angle_between(c->Rt_b_a.R, best->Rt_b_a.R) > AMBIGUOUS_ANGLE &&
           lower_quartile(c) <= AMBIGUOUS_MISFIT * lower_quartile(best) + AMBIGUOUS_PX;
}

// Of those that fit alike, the one that reads most boards as given, where the colours speak for that. Whether another
// one is as good still.
static bool choose_reading(const rig_board *board, hypotheses *all) {
    const hypothesis fits = all->list[all->best];
    for (int i = 0; i < all->n && ends_tell(board); i++)
        if (is_ambiguous(&all->list[i], &fits) && all->list[i].n_given > all->list[all->best].n_given)
            all->best = i;
    const hypothesis *best = &all->list[all->best];
    for (int i = 0; i < all->n; i++) {
        bool outread = ends_tell(board) && read_as_given(best) && !read_as_given(&all->list[i]);
        if (is_ambiguous(&all->list[i], best) && !outread)
            return false;
    }
    return true;
}

rig_relative_pose rig_relative_pose_find(const rig_board_observations *observations, int a, int b, int (*pairs)[2]) {
    const rig_board *board = observations->board;
    rig_relative_pose edge = {.n_shared = shared_pairs(observations, a, b, pairs)};
    hypotheses all = {.n = 0};
    int n = edge.n_shared, tries = n < TRIES ? n : TRIES;
    for (int turn = 0; turn < 4 && n > 0; turn += rig_board_turn_step(board)) {
        const hypothesis *best = &all.list[all.best]; // turned readings only where need be
        bool settled = turn > 0 && ends_tell(board) && 2 * best->n_inliers > best->n_asked && read_as_given(best);
        for (int k = 0; k < tries && !settled; k++)
            try_moment(observations, pairs, n, (int)((ptrdiff_t)k * n / tries), turn, &all);
    }
    if (all.n == 0)
        return edge;
    edge.open = !choose_reading(board, &all);
    const hypothesis *best = &all.list[all.best];
    edge.Rt_b_a = best->Rt_b_a;
    edge.misfit_px = best->misfit;
    edge.n_inliers = (int)((ptrdiff_t)best->n_inliers * n / best->n_asked);
    edge.usable = edge.n_inliers >= INLIER_SHARE * n && (edge.n_inliers >= 2 || n <= 2);
    return edge;
}

typedef struct pose_graph {
    const rig_board_observations *observations;
    int n;
    rig_relative_pose *edges; // n x n, those with a < b filled
    bool *reached;
    int (*pairs)[2];
} pose_graph;

static const rig_relative_pose *edge_of(const pose_graph *c, int a, int b) {
    return &c->edges[a < b ? a * c->n + b : b * c->n + a];
}

static void edges_of(void *self, int a) {
    pose_graph *c = self;
    for (int b = a + 1; b < c->n; b++)
        c->edges[a * c->n + b] =
            rig_relative_pose_find(c->observations, a, b, c->pairs + (ptrdiff_t)c->observations->n_moments * a);
}

// Prim's tree: from what is reached, always the edge that most moments agree with; of equals the first.
static void grow(pose_graph *c, rig_pose *Rt_view_first) {
    c->reached[0] = true;
    Rt_view_first[0] = rig_pose_identity();
    for (;;) {
        const rig_relative_pose *best = NULL;
        int from = 0, to = 0;
        for (int a = 0; a < c->n; a++)
            for (int b = 0; b < c->n; b++) {
                const rig_relative_pose *edge = edge_of(c, a, b);
                if (c->reached[a] && !c->reached[b] && edge->usable && !edge->open &&
                    (!best || edge->n_inliers > best->n_inliers))
                    best = edge, from = a, to = b;
            }
        if (!best)
            return;
        rig_pose Rt_to_from = from < to ? best->Rt_b_a : rig_pose_invert(&best->Rt_b_a);
        Rt_view_first[to] = rig_pose_mul(&Rt_to_from, &Rt_view_first[from]);
        c->reached[to] = true;
    }
}

static const char *list_group(const pose_graph *c, const char *const *names, bool reached, rig_arena *scratch) {
    const char *text = "";
    for (int v = 0; v < c->n && text; v++)
        if (c->reached[v] == reached)
            text = rig_arena_printf(scratch, "%s%s'%s'", text, *text ? ", " : "", names[v]);
    return text;
}

static rig_status broken(const pose_graph *c, const char *const *names, rig_arena *scratch, rig_err *err) {
    const char *here = list_group(c, names, true, scratch), *there = list_group(c, names, false, scratch);
    if (!here || !there)
        return rig_fail_memory(err, "the cameras' names");
    int n_here = 0;
    for (int v = 0; v < c->n; v++)
        n_here += c->reached[v];
    const char *camera = n_here == 1 ? "camera" : "cameras", *shares = n_here == 1 ? "shares" : "share";
    for (int a = 0; a < c->n; a++)
        for (int b = a + 1; b < c->n; b++) {
            const rig_relative_pose *edge = edge_of(c, a, b);
            if (c->reached[a] != c->reached[b] && edge->usable && edge->open)
                return rig_fail(
                    err, RIG_ERR_DATA,
                    "cameras '%s' and '%s': the %d frames that both saw fit two relative poses equally well, %s: move, "
                    "tilt and turn the board between frames",
                    names[a], names[b], edge->n_shared,
                    ends_tell(c->observations->board)
                        ? "as the board hardly moved or is far away"
                        : "as this board looks the same after half a turn (one of odd by even corners does not)");
            if (c->reached[a] != c->reached[b] && edge->n_shared > 0)
                return rig_fail(
                    err, RIG_ERR_DATA,
                    "%s %s %s no usable board frame with %s: in the %d frames that '%s' and '%s' share, their boards' "
                    "poses agree in %d: are they synchronised, of the same board, not swapped?",
                    camera, here, shares, there, edge->n_shared, names[a], names[b], edge->n_inliers);
        }
    return rig_fail(err, RIG_ERR_DATA, "%s %s %s no board frame with %s", camera, here, shares, there);
}

rig_status rig_pose_graph_tree(const rig_board_observations *observations, const char *const *names,
                               rig_pose *Rt_view_first, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)observations->n_views, room = (size_t)observations->n_moments;
    rig_arena_mark mark = rig_arena_tell(scratch);
    pose_graph c = {.observations = observations, .n = observations->n_views};
    c.edges = RIG_NEW(scratch, rig_relative_pose, n * n);
    c.reached = RIG_NEW(scratch, bool, n);
    c.pairs = rig_arena_alloc(scratch, n * room, sizeof *c.pairs);
    rig_status status = c.edges && c.reached && c.pairs ? RIG_OK : rig_fail_memory(err, "the edges between cameras");
    if (status == RIG_OK) {
        rig_threads_run(edges_of, &c, c.n);
        grow(&c, Rt_view_first);
        for (int v = 0; v < c.n && status == RIG_OK; v++)
            if (!c.reached[v])
                status = broken(&c, names, scratch, err);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
