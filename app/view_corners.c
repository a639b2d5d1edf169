#include "app/view_corners.h"

#include <string.h>

// Room doubles at 64, 128, 256 ... boards, so the count alone says when it is full.
static rig_status boards_grow(rig_arena *arena, rig_view_corners *to, rig_err *err) {
    const bool full = to->n == 0 || (to->n >= 64 && (to->n & (to->n - 1)) == 0);
    if (!full)
        return RIG_OK;
    rig_board_view *boards = RIG_NEW(arena, rig_board_view, to->n ? 2 * to->n : 64);
    if (!boards)
        return rig_fail_memory(err, "boards");
    if (to->n)
        memcpy(boards, to->boards, sizeof *boards * (size_t)to->n);
    to->boards = boards;
    return RIG_OK;
}

rig_status rig_view_corners_add(rig_arena *arena, int n, int frame, const rig_found_board *found, rig_search_way way,
                                rig_view_corners *to, rig_err *err) {
    to->n_searched++;
    to->n_followed += way == RIG_WAY_FOLLOWED;
    to->n_part += way == RIG_WAY_PART;
    to->n_still += way == RIG_WAY_STILL;
    to->n_rested += way == RIG_WAY_RESTED;
    if (found->n_seen == 0)
        return RIG_OK;
    rig_board_view board = {.frame = frame, .q = rig_arena_alloc(arena, (size_t)n, sizeof *board.q)};
    board.sigma_px = RIG_NEW(arena, float, n);
    if (found->n_seen < n)
        board.seen = RIG_NEW(arena, bool, n);
    if (!board.q || !board.sigma_px || (found->n_seen < n && !board.seen))
        return rig_fail_memory(err, "corners");
    memcpy(board.q, found->q, sizeof *board.q * (size_t)n);
    if (board.seen)
        memcpy(board.seen, found->seen, sizeof *board.seen * (size_t)n);
    for (int i = 0; i < n; i++)
        board.sigma_px[i] = (float)found->sigma_px[i];
    RIG_TRY(boards_grow(arena, to, err));
    to->boards[to->n++] = board;
    return RIG_OK;
}
