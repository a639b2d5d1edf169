#include "calib/links.h"

#include "calib/threads.h"

#include <string.h>

enum { TRIES = 12, JUDGES = 64 };
static const double REACH = 0.025;     // of the picture's longer side
static const double AGREE_SHARE = 0.1; // of the shared moments must agree

double rig_sighting_reach(const rig_sightings *sightings, const rig_sighting *sighting) {
    const rig_camera *camera = sightings->cameras[sighting->view];
    return REACH * (camera->width > camera->height ? camera->width : camera->height);
}

// The pairs of sightings that views a and b have of the same moments.
static int shared_pairs(const rig_sightings *s, int a, int b, int (*pairs)[2]) {
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

// The misfit of one moment under a relative pose: the board as a saw it, as b should see it.
static double moment_misfit(const rig_sightings *s, const int pair[2], const rig_pose *Rt_b_a, double reach) {
    const rig_sighting *a = &s->list[pair[0]], *b = &s->list[pair[1]];
    double least = reach;
    for (int turned = 0; turned < 2; turned++) {
        for (int k = 0; k < a->poses.n; k++) {
            rig_pose pose = rig_pose_mul(Rt_b_a, &a->poses.Rt_cam_board[k]);
            least = fmin(least, rig_sighting_misfit(s, b, &pose, turned, reach));
        }
        if (rig_sighting_agrees(least, reach)) // read as given it agrees: no need to turn it
            break;
    }
    return least;
}

typedef struct vote {
    double misfit; // mean over the moments asked
    int n_agree, n_asked;
} vote;

static vote vote_on(const rig_sightings *s, int (*pairs)[2], int n, const rig_pose *Rt_b_a) {
    int step = (n + JUDGES - 1) / JUDGES;
    vote v = {0};
    for (int i = 0; i < n; i += step, v.n_asked++) {
        double reach = rig_sighting_reach(s, &s->list[pairs[i][1]]), misfit = moment_misfit(s, pairs[i], Rt_b_a, reach);
        v.misfit += misfit;
        v.n_agree += rig_sighting_agrees(misfit, reach);
    }
    v.misfit /= v.n_asked;
    return v;
}

// Every relative pose that one moment gives: each view's one or two poses, b's board read as it is or turned.
static void try_moment(const rig_sightings *s, int (*pairs)[2], int n, int which, bool turned, rig_link *link,
                       vote *best) {
    const rig_sighting *a = &s->list[pairs[which][0]], *b = &s->list[pairs[which][1]];
    rig_pose half = rig_board_half_turn(s);
    for (int i = 0; i < a->poses.n; i++)
        for (int j = 0; j < b->poses.n; j++) {
            rig_pose Rt_b_board = turned ? rig_pose_mul(&b->poses.Rt_cam_board[j], &half) : b->poses.Rt_cam_board[j];
            rig_pose Rt_board_a = rig_pose_invert(&a->poses.Rt_cam_board[i]);
            rig_pose Rt_b_a = rig_pose_mul(&Rt_b_board, &Rt_board_a);
            vote v = vote_on(s, pairs, n, &Rt_b_a);
            if (best->n_asked == 0 || v.misfit < best->misfit) {
                *best = v;
                link->Rt_b_a = Rt_b_a;
            }
        }
}

rig_link rig_link_find(const rig_sightings *sightings, int a, int b, int (*pairs)[2]) {
    const rig_board *board = sightings->board;
    rig_link link = {.n_shared = shared_pairs(sightings, a, b, pairs)};
    vote best = {0};
    int n = link.n_shared, tries = n < TRIES ? n : TRIES;
    for (int turned = 0; turned < 2 && n > 0; turned++) {
        // A board whose colours tell its ends apart is read right in most views: turned readings only where need be.
        bool settled = (board->cols + board->rows) % 2 == 1 && best.n_agree > best.n_asked / 2;
        for (int k = 0; k < tries && !(turned && settled); k++)
            try_moment(sightings, pairs, n, (int)((ptrdiff_t)k * n / tries), turned, &link, &best);
    }
    link.n_agree = best.n_asked ? (int)((ptrdiff_t)best.n_agree * n / best.n_asked) : 0;
    link.usable = n > 0 && link.n_agree >= AGREE_SHARE * n && (link.n_agree >= 2 || n <= 2);
    return link;
}

typedef struct chain {
    const rig_sightings *sightings;
    int n;
    rig_link *links; // n x n, those with a < b filled
    bool *reached;
    int (*pairs)[2];
} chain;

static const rig_link *link_of(const chain *c, int a, int b) {
    return &c->links[a < b ? a * c->n + b : b * c->n + a];
}

static void link_row(void *self, int a) {
    chain *c = self;
    for (int b = a + 1; b < c->n; b++)
        c->links[a * c->n + b] = rig_link_find(c->sightings, a, b, c->pairs + (ptrdiff_t)c->sightings->n_moments * a);
}

// Prim's tree: from what is reached, always the link that most moments agree with; of equals the first.
static void grow(chain *c, rig_pose *Rt_view_first) {
    c->reached[0] = true;
    Rt_view_first[0] = rig_pose_identity();
    for (;;) {
        const rig_link *best = NULL;
        int from = 0, to = 0;
        for (int a = 0; a < c->n; a++)
            for (int b = 0; b < c->n; b++) {
                const rig_link *link = link_of(c, a, b);
                if (c->reached[a] && !c->reached[b] && link->usable && (!best || link->n_agree > best->n_agree))
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
            const rig_link *link = link_of(c, a, b);
            if (c->reached[a] != c->reached[b] && link->n_shared > 0)
                return rig_fail(err, RIG_ERR_DATA,
                                "%s %s %s no usable board frame with %s: in the %d frames that '%s' and '%s' share, "
                                "their boards' poses agree in %d: are they synchronous, of one board, not swapped",
                                camera, here, shares, there, link->n_shared, names[a], names[b], link->n_agree);
        }
    return rig_fail(err, RIG_ERR_DATA, "%s %s %s no board frame with %s", camera, here, shares, there);
}

rig_status rig_links_chain(const rig_sightings *sightings, const char *const *names, rig_pose *Rt_view_first,
                           rig_arena *scratch, rig_err *err) {
    size_t n = (size_t)sightings->n_views, room = (size_t)sightings->n_moments;
    rig_arena_mark mark = rig_arena_tell(scratch);
    chain c = {.sightings = sightings, .n = sightings->n_views};
    c.links = RIG_NEW(scratch, rig_link, n * n);
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
