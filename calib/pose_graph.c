#include "calib/pose_graph.h"

#include "calib/threads.h"

#include <string.h>

enum { TRIES = 12, JUDGES = 64 };
static const double REACH = 0.025;     // of the picture's longer side
static const double AGREE_SHARE = 0.1; // of the shared moments must agree
static const double GIVEN_SHARE = 0.8; // of the boards that agree, read as given: their labels are to be believed
// A second place of a camera that as many moments agree with, and that fits them no worse, leaves the link open. Wrong
// ones fit ten times worse once the board has moved.
static const double RIVAL_AGREES = 0.8, RIVAL_MISFIT = 1.5, RIVAL_PX = 0.1, RIVAL_ANGLE = 0.15;

double rig_board_observation_gate(const rig_board_observations *observations,
                                  const rig_board_observation *observation) {
    const rig_camera *camera = observations->cameras[observation->view];
    return REACH * (camera->width > camera->height ? camera->width : camera->height);
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
static double moment_misfit(const rig_board_observations *s, const int pair[2], const rig_pose *Rt_b_a, double reach,
                            int *reading) {
    const rig_board_observation *a = &s->list[pair[0]], *b = &s->list[pair[1]];
    const int step = rig_board_turn_step(s->board);
    double least = reach;
    *reading = 0;
    for (int turn = 0; turn < 4; turn += step) {
        for (int k = 0; k < a->poses.n; k++) {
            rig_pose pose = rig_pose_mul(Rt_b_a, &a->poses.Rt_cam_board[k]);
            double misfit = hypot(rig_board_observation_residual(s, b, &pose, turn, reach), a->poses.rms_px[k]);
            if (misfit < least)
                least = misfit, *reading = turn;
        }
        if (rig_board_observation_inlier(least, reach)) // read as given it agrees: no need to turn it
            break;
    }
    return least;
}

// A relative pose, and what the moments that were asked say to it.
typedef struct candidate {
    rig_pose Rt_b_a;
    double misfit;                 // mean over the moments asked
    float each[JUDGES];            // of the moments asked
    int n_agree, n_given, n_asked; // n_given: of those that agree, read as given
} candidate;

enum { CANDIDATES_MAX = TRIES * 2 * 2 * 4 };
typedef struct candidates {
    int n, best;
    candidate list[CANDIDATES_MAX];
} candidates;

static void vote_on(const rig_board_observations *s, int (*pairs)[2], int n, candidate *c) {
    int step = (n + JUDGES - 1) / JUDGES;
    for (int i = 0; i < n; i += step, c->n_asked++) {
        int reading;
        double reach = rig_board_observation_gate(s, &s->list[pairs[i][1]]);
        double misfit = moment_misfit(s, pairs[i], &c->Rt_b_a, reach, &reading);
        bool agrees = rig_board_observation_inlier(misfit, reach);
        c->misfit += misfit;
        c->each[c->n_asked] = (float)misfit;
        c->n_agree += agrees;
        c->n_given += agrees && reading == 0;
    }
    c->misfit /= c->n_asked;
}

// Every relative pose that one moment gives: each view's one or two poses, b's board read after so many quarter turns.
static void try_moment(const rig_board_observations *s, int (*pairs)[2], int n, int which, int reading,
                       candidates *all) {
    const rig_board_observation *a = &s->list[pairs[which][0]], *b = &s->list[pairs[which][1]];
    rig_pose turn = rig_board_turn(s, reading);
    for (int i = 0; i < a->poses.n; i++)
        for (int j = 0; j < b->poses.n; j++) {
            rig_pose Rt_b_board = rig_pose_mul(&b->poses.Rt_cam_board[j], &turn);
            rig_pose Rt_board_a = rig_pose_invert(&a->poses.Rt_cam_board[i]);
            candidate *c = &all->list[all->n];
            *c = (candidate){.Rt_b_a = rig_pose_mul(&Rt_b_board, &Rt_board_a)};
            vote_on(s, pairs, n, c);
            if (c->misfit < all->list[all->best].misfit)
                all->best = all->n;
            all->n++;
        }
}

// A board whose colours tell its ends apart, or whose markers do, is read right in most views.
static bool ends_tell(const rig_board *board) {
    return (board->cols + board->rows) % 2 == 1 || rig_board_has_markers(board);
}

static bool read_as_given(const candidate *c) {
    return c->n_given >= GIVEN_SHARE * c->n_agree;
}

// How well the better quarter of the moments fits: half of them may be wrong, whatever the camera's place.
static double quarter(const candidate *c) {
    double sorted[JUDGES];
    for (int i = 0; i < c->n_asked; i++) {
        int k = i;
        for (; k > 0 && sorted[k - 1] > (double)c->each[i]; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = (double)c->each[i];
    }
    return sorted[c->n_asked / 4];
}

// Whether a candidate fits as well as the best, and is another place of the camera.
static bool rivals(const candidate *c, const candidate *best) {
    return c->n_agree >= RIVAL_AGREES * best->n_agree &&
           rig_rotation_angle_between(c->Rt_b_a.R, best->Rt_b_a.R) > RIVAL_ANGLE &&
           quarter(c) <= RIVAL_MISFIT * quarter(best) + RIVAL_PX;
}

// Of those that fit alike, the one that reads most boards as given, where the colours speak for that. Whether another
// one is as good still.
static bool settle(const rig_board *board, candidates *all) {
    const candidate fits = all->list[all->best];
    for (int i = 0; i < all->n && ends_tell(board); i++)
        if (rivals(&all->list[i], &fits) && all->list[i].n_given > all->list[all->best].n_given)
            all->best = i;
    const candidate *best = &all->list[all->best];
    for (int i = 0; i < all->n; i++) {
        bool outread = ends_tell(board) && read_as_given(best) && !read_as_given(&all->list[i]);
        if (rivals(&all->list[i], best) && !outread)
            return false;
    }
    return true;
}

rig_relative_pose rig_relative_pose_find(const rig_board_observations *observations, int a, int b, int (*pairs)[2]) {
    const rig_board *board = observations->board;
    rig_relative_pose link = {.n_shared = shared_pairs(observations, a, b, pairs)};
    candidates all = {.n = 0};
    int n = link.n_shared, tries = n < TRIES ? n : TRIES;
    for (int turn = 0; turn < 4 && n > 0; turn += rig_board_turn_step(board)) {
        const candidate *best = &all.list[all.best]; // turned readings only where need be
        bool settled = turn > 0 && ends_tell(board) && 2 * best->n_agree > best->n_asked && read_as_given(best);
        for (int k = 0; k < tries && !settled; k++)
            try_moment(observations, pairs, n, (int)((ptrdiff_t)k * n / tries), turn, &all);
    }
    if (all.n == 0)
        return link;
    link.open = !settle(board, &all);
    const candidate *best = &all.list[all.best];
    link.Rt_b_a = best->Rt_b_a;
    link.misfit_px = best->misfit;
    link.n_agree = (int)((ptrdiff_t)best->n_agree * n / best->n_asked);
    link.usable = link.n_agree >= AGREE_SHARE * n && (link.n_agree >= 2 || n <= 2);
    return link;
}

typedef struct chain {
    const rig_board_observations *observations;
    int n;
    rig_relative_pose *links; // n x n, those with a < b filled
    bool *reached;
    int (*pairs)[2];
} chain;

static const rig_relative_pose *link_of(const chain *c, int a, int b) {
    return &c->links[a < b ? a * c->n + b : b * c->n + a];
}

static void link_row(void *self, int a) {
    chain *c = self;
    for (int b = a + 1; b < c->n; b++)
        c->links[a * c->n + b] =
            rig_relative_pose_find(c->observations, a, b, c->pairs + (ptrdiff_t)c->observations->n_moments * a);
}

// Prim's tree: from what is reached, always the link that most moments agree with; of equals the first.
static void grow(chain *c, rig_pose *Rt_view_first) {
    c->reached[0] = true;
    Rt_view_first[0] = rig_pose_identity();
    for (;;) {
        const rig_relative_pose *best = NULL;
        int from = 0, to = 0;
        for (int a = 0; a < c->n; a++)
            for (int b = 0; b < c->n; b++) {
                const rig_relative_pose *link = link_of(c, a, b);
                if (c->reached[a] && !c->reached[b] && link->usable && !link->open &&
                    (!best || link->n_agree > best->n_agree))
                    best = link, from = a, to = b;
            }
        if (!best)
            return;
        rig_pose Rt_to_from = from < to ? best->Rt_b_a : rig_pose_invert(&best->Rt_b_a);
        Rt_view_first[to] = rig_pose_mul(&Rt_to_from, &Rt_view_first[from]);
        c->reached[to] = true;
    }
}

static const char *list_group(const chain *c, const char *const *names, bool reached, rig_arena *scratch) {
    const char *text = "";
    for (int v = 0; v < c->n && text; v++)
        if (c->reached[v] == reached)
            text = rig_arena_printf(scratch, "%s%s'%s'", text, *text ? ", " : "", names[v]);
    return text;
}

static rig_status broken(const chain *c, const char *const *names, rig_arena *scratch, rig_err *err) {
    const char *here = list_group(c, names, true, scratch), *there = list_group(c, names, false, scratch);
    if (!here || !there)
        return rig_fail_memory(err, "the cameras' names");
    int n_here = 0;
    for (int v = 0; v < c->n; v++)
        n_here += c->reached[v];
    const char *camera = n_here == 1 ? "camera" : "cameras", *shares = n_here == 1 ? "shares" : "share";
    for (int a = 0; a < c->n; a++)
        for (int b = a + 1; b < c->n; b++) {
            const rig_relative_pose *link = link_of(c, a, b);
            if (c->reached[a] != c->reached[b] && link->usable && link->open)
                return rig_fail(err, RIG_ERR_DATA,
                                "cameras '%s' and '%s': the %d frames that both saw fit two places of the one before "
                                "the other alike, %s: move the board, tilt it and turn it between frames",
                                names[a], names[b], link->n_shared,
                                ends_tell(c->observations->board)
                                    ? "the board hardly moved or is far away"
                                    : "since this board looks the same after half a turn (one of odd by even corners "
                                      "does not)");
            if (c->reached[a] != c->reached[b] && link->n_shared > 0)
                return rig_fail(err, RIG_ERR_DATA,
                                "%s %s %s no usable board frame with %s: in the %d frames that '%s' and '%s' share, "
                                "their boards' poses agree in %d: are they synchronous, of one board, not swapped",
                                camera, here, shares, there, link->n_shared, names[a], names[b], link->n_agree);
        }
    return rig_fail(err, RIG_ERR_DATA, "%s %s %s no board frame with %s", camera, here, shares, there);
}

rig_status rig_pose_graph_tree(const rig_board_observations *observations, const char *const *names,
                               rig_pose *Rt_view_first, rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)observations->n_views, room = (size_t)observations->n_moments;
    rig_arena_mark mark = rig_arena_tell(scratch);
    chain c = {.observations = observations, .n = observations->n_views};
    c.links = RIG_NEW(scratch, rig_relative_pose, n * n);
    c.reached = RIG_NEW(scratch, bool, n);
    c.pairs = rig_arena_alloc(scratch, n * room, sizeof *c.pairs);
    rig_status status = c.links && c.reached && c.pairs ? RIG_OK : rig_fail_memory(err, "the links between cameras");
    if (status == RIG_OK) {
        rig_threads_run(link_row, &c, c.n);
        grow(&c, Rt_view_first);
        for (int v = 0; v < c.n && status == RIG_OK; v++)
            if (!c.reached[v])
                status = broken(&c, names, scratch, err);
    }
    rig_arena_rewind(scratch, mark);
    return status;
}
