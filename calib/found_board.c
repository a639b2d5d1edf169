#include "calib/found_board.h"

#include <string.h>

rig_status rig_found_board_init(const rig_board *board, rig_found_board *found, rig_arena *out, rig_err *err) {
    size_t n = (size_t)rig_board_n(board);
    *found = (rig_found_board){.q = rig_arena_alloc(out, n, sizeof *found->q),
                               .sigma_px = RIG_NEW(out, double, n),
                               .seen = RIG_NEW(out, bool, n)};
    return found->q && found->sigma_px && found->seen ? RIG_OK : rig_fail_memory(err, "a board's corners");
}

void rig_found_board_clear(const rig_board *board, rig_found_board *found) {
    size_t n = (size_t)rig_board_n(board);
    memset(found->q, 0, n * sizeof *found->q);
    memset(found->sigma_px, 0, n * sizeof *found->sigma_px);
    memset(found->seen, 0, n * sizeof *found->seen);
    found->n_seen = 0;
}

void rig_found_board_copy(const rig_board *board, const rig_found_board *from, rig_found_board *to) {
    size_t n = (size_t)rig_board_n(board);
    memcpy(to->q, from->q, n * sizeof *to->q);
    memcpy(to->sigma_px, from->sigma_px, n * sizeof *to->sigma_px);
    memcpy(to->seen, from->seen, n * sizeof *to->seen);
    to->n_seen = from->n_seen;
}
