// One camera's boards as a bundle, and where its refinement starts from.
#ifndef RIG_CALIB_INTRINSICS_START_H
#define RIG_CALIB_INTRINSICS_START_H

#include "calib/bundle.h"
#include "calib/pnp.h"
#include "core/board.h"

typedef struct rig_lens_boards {
    rig_bundle bundle; // a camera, a view a board
    bool *posed;       // a view: it has a start
    int *group;        // a view: boards that rest where another lies are of its group (calib/quality.h)
    int n_groups;
    double held_out_rms_px; // over the groups held out, of the lens fitted to the others; 0: not known
    rig_camera kept_in;     // that lens
    double centre[3];       // of the board
    double (*H)[9];         // homographies of the boards that have one, n_H of them
    int n_H;
    double *rms;
    rig_plane_work plane;
} rig_lens_boards;

// All boards seen as views; the camera is still to be set. Everything lives in scratch. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_lens_boards_init(rig_lens_boards *boards, const rig_board *board,
                                            const rig_view_corners *seen, rig_arena *scratch, rig_err *err);
// K and poses from the camera's lens and size, in closed form about the picture's centre, or about another where that
// fits far better; views without a pose are left out. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_lens_boards_start(rig_lens_boards *boards, rig_arena *scratch, rig_err *err);
// The poses of a view's board under the camera as it is.
void rig_lens_boards_poses(rig_lens_boards *boards, int view, rig_plane_poses *poses);
// Boards that fit badly may stand in the mirrored pose (or never had a start): look again under the camera now known.
// Returns whether any was changed.
bool rig_lens_boards_look_again(rig_lens_boards *boards);

#endif
