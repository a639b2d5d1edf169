#include "calib/mirror.h"

#include "calib/observations.h"
#include "calib/pose_graph.h"

#include <string.h>

enum { SHARED_LEAST = 4 };            // moments: fewer may fit by chance
static const double FITS_SHARE = 0.8; // of the moments agree, mirrored
static const double BETTER = 0.4;     // of the misfit as it is
static const double FIT_WELL = 0.05;  // of the gate: this pair is as it should be

// A lens that sees the mirror image.
static rig_camera camera_mirror(const rig_camera *camera) {
    rig_camera made = *camera;
    made.K[2] = camera->width - 1 - camera->K[2];
    if (camera->lens != RIG_LENS_FISHEYE4)
        made.dist[3] = -made.dist[3], made.dist[8] = -made.dist[8], made.dist[9] = -made.dist[9]; // odd in x
    return made;
}

// The same corners in the mirrored picture, each row from its other end, so that rows go right again.
static rig_status corners_mirror(const rig_board *board, const rig_view_corners *seen, rig_view_corners *made,
                                 rig_arena *out, rig_err *err) {
    const int n = rig_board_n(board);
    *made = *seen;
    made->boards = RIG_NEW(out, rig_board_view, seen->n);
    if (!made->boards)
        return rig_fail_memory(err, "mirrored corners");
    for (int b = 0; b < seen->n; b++) {
        const rig_board_view *from = &seen->boards[b];
        rig_board_view *to = &made->boards[b];
        *to = (rig_board_view){.frame = from->frame, .q = rig_arena_alloc(out, (size_t)n, sizeof *to->q)};
        if (from->seen)
            to->seen = RIG_NEW(out, bool, n);
        if (!to->q || (from->seen && !to->seen))
            return rig_fail_memory(err, "mirrored corners");
        for (int i = 0; i < n; i++) {
            const int k = i / board->cols * board->cols + board->cols - 1 - i % board->cols;
            to->q[i][0] = seen->width - 1 - from->q[k][0];
            to->q[i][1] = from->q[k][1];
            if (to->seen)
                to->seen[i] = from->seen[k];
        }
    }
    return RIG_OK;
}

typedef struct pair {
    const rig_board *board;
    rig_view_corners seen[2];
    rig_camera cameras[2];
} pair;

static rig_status relate(const pair *p, rig_relative_pose *found, double *gate_px, rig_arena *scratch, rig_err *err) {
    rig_board_observations observations;
    const rig_camera *cameras[2] = {&p->cameras[0], &p->cameras[1]};
    RIG_TRY(rig_board_observations_gather(p->board, p->seen, 2, cameras, &observations, scratch, err));
    int(*pairs)[2] = rig_arena_alloc(scratch, (size_t)observations.n_moments, sizeof *pairs);
    if (!pairs)
        return rig_fail_memory(err, "pairs of boards");
    *found = rig_relative_pose_find(&observations, 0, 1, pairs);
    *gate_px = observations.n ? rig_board_observation_gate(&observations, &observations.list[observations.n - 1]) : 0;
    return RIG_OK;
}

// *unlike: one of the two is mirrored, the other is not. *alike: both are as they should be, or both are mirrored.
static rig_status pair_judge(const pair *p, bool *unlike, bool *alike, rig_arena *scratch, rig_err *err) {
    rig_relative_pose as_is, other;
    double gate_px;
    pair mirrored = *p;
    RIG_TRY(relate(p, &as_is, &gate_px, scratch, err));
    *unlike = false;
    *alike = as_is.n_shared >= SHARED_LEAST && as_is.misfit_px < FIT_WELL * gate_px;
    if (as_is.n_shared < SHARED_LEAST || *alike)
        return RIG_OK;
    mirrored.cameras[1] = camera_mirror(&p->cameras[1]);
    RIG_TRY(corners_mirror(p->board, &p->seen[1], &mirrored.seen[1], scratch, err));
    RIG_TRY(relate(&mirrored, &other, &gate_px, scratch, err));
    *unlike = other.n_inliers >= FITS_SHARE * other.n_shared && other.misfit_px < BETTER * as_is.misfit_px;
    return RIG_OK;
}

rig_status rig_mirrored_find(const rig_board *board, const rig_view_corners *seen, int n_views,
                             const rig_camera *const *cameras, bool *mirrored, int *n, rig_arena *scratch,
                             rig_err *err) {
    rig_arena_mark mark = rig_arena_tell(scratch);
    const size_t room = (size_t)n_views;
    signed char *edges = RIG_NEW(scratch, signed char, room *room), *side = RIG_NEW(scratch, signed char, n_views);
    *n = 0;
    memset(mirrored, 0, room * sizeof *mirrored);
    if (!edges || !side)
        return rig_fail_memory(err, "pairs of views");
    for (int a = 0; a < n_views && !rig_board_has_markers(board); a++)
        for (int b = a + 1; b < n_views; b++) {
            rig_arena_mark pair_mark = rig_arena_tell(scratch);
            bool unlike, alike;
            const pair p = {board, {seen[a], seen[b]}, {*cameras[a], *cameras[b]}};
            RIG_TRY(pair_judge(&p, &unlike, &alike, scratch, err));
            edges[a * n_views + b] = edges[b * n_views + a] = unlike ? -1 : alike;
            *n += unlike;
            rig_arena_rewind(scratch, pair_mark);
        }
    if (*n > 0) {
        int n_sides[2] = {1, 0}, root = 0;
        while (memchr(edges + root * n_views, -1, (size_t)n_views) == NULL) // a view that a pair speaks against
            root++;
        side[root] = 1;
        for (int grown = 1; grown > 0;) { // along the pairs that say something
            grown = 0;
            for (int a = 0; a < n_views; a++)
                for (int b = 0; b < n_views; b++)
                    if (side[a] != 0 && side[b] == 0 && edges[a * n_views + b] != 0) {
                        side[b] = (signed char)(side[a] * edges[a * n_views + b]);
                        n_sides[side[b] < 0]++, grown++;
                    }
        }
        const int fewer = n_sides[0] < n_sides[1] ? 1 : -1;
        *n = 0;
        for (int v = 0; v < n_views; v++)
            *n += mirrored[v] = side[v] == fewer;
    }
    rig_arena_rewind(scratch, mark);
    return RIG_OK;
}

const char *rig_mirrored_says(const rig_view_corners *seen, int n_views, const bool *mirrored, rig_arena *out) {
    const char *of[2] = {"", ""};
    int n[2] = {0, 0};
    for (int v = 0; v < n_views && of[0] && of[1]; v++) {
        const char **text = &of[mirrored[v]];
        *text = rig_arena_printf(out, "%s%s'%s'", *text, **text ? ", " : "", seen[v].view);
        n[mirrored[v]]++;
    }
    if (!of[0] || !of[1])
        return NULL;
    return n[0] == n[1] ? rig_arena_printf(out, "the pictures of %s or those of %s are mirrored", of[0], of[1])
                        : rig_arena_printf(out, "the picture%s of %s %s mirrored", n[1] > 1 ? "s" : "", of[1],
                                           n[1] > 1 ? "are" : "is");
}
