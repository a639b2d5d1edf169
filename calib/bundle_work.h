// The inside of calib/bundle.c: one refinement with given corners, as core/lm sees it.
#ifndef RIG_CALIB_BUNDLE_WORK_H
#define RIG_CALIB_BUNDLE_WORK_H

#include "calib/bundle.h"
#include "calib/bundle_view.h"
#include "core/lm.h"

#include <stddef.h>

// What a camera's views speak of: its free intrinsics, the board's shape, its pose, in this order in the blocks below.
// Its own stand side by side among the free unknowns, from column `at` on; the shape's are the last of all.
typedef struct rig_bundle_slot {
    int at;
    int n_lens;                                    // free intrinsics
    int n_inner;                                   // and the shape's unknowns
    int n;                                         // and the pose's
    int inner[RIG_INTRINSICS_MAX + RIG_SHAPE_MAX]; // columns of a view's normal equations (calib/bundle_view.h)
    bool pose;
} rig_bundle_slot;

// Cameras, boards and the board's points, all as the bundle has them.
typedef struct rig_bundle_state {
    rig_bundle_camera *cameras;
    rig_bundle_board *boards;
    const double (*p)[3];
} rig_bundle_state;

// Normal equations at one state. The unknowns of a camera's block stand in the order of its slot; the shape's part of
// the whole is the sum of that of all blocks.
typedef struct rig_bundle_normal {
    double cost;
    double *H, *g;             // RIG_VIEW_COLUMNS squared (lower triangle) and RIG_VIEW_COLUMNS a camera
    double *H_board, *g_board; // 6 x 6 and 6 a board
    double *W;                 // 6 x RIG_VIEW_COLUMNS a view: its board's rows by its camera's columns
} rig_bundle_normal;

enum { RIG_ELIMINATE_BOARDS = 8 }; // taken together

typedef struct rig_bundle_work {
    rig_bundle *bundle;
    double centre[3]; // of the board's points
    double huber_px;
    double enough;          // steps foreseen to gain no more than this share of the cost are not taken
    bool stopped;           // by that
    bool *use;              // n_views x n_points: corners that count
    int n_free, at_shape;   // the shape's first column
    rig_bundle_slot *slots; // a camera
    int *order, *first;     // views by board; where a board's begin in order, n_boards + 1
    // The unit of work and of summation, whatever the number of threads; first board, n_chunks + 1.
    int n_chunks, *chunks;

    // The state after the step is linearised as soon as it is tried: most steps are taken, and its cost alone would be
    // half the work.
    rig_bundle_state state_tried;
    double (*p_tried)[3];
    rig_bundle_normal at, tried;
    bool linearized; // `at` is that of the present state

    double *L_board, *z_board;   // factor of the damped H_board, its diagonal inverted; L^-1 g_board
    double *step, *step_board;   // n_free; 6 a board
    double *diagonal, *gradient; // of the cameras' and the shape's part of H; n_free each
    double *S;                   // the reduced system, n_free x n_free, lower triangle
    // Partial sums: of H and g; of S and its right side. Workspace: rows of boards, their products, cameras' places.
    double *chunk_H, *chunk_S, *chunk_rows, *chunk_cost;
    int *chunk_at;
} rig_bundle_work;

// Everything allocated, all seen corners of views that are not left out in use.
RIG_CHECKED rig_status rig_bundle_work_init(rig_bundle_work *work, rig_bundle *bundle, rig_arena *scratch,
                                            rig_err *err);
rig_lm_problem rig_bundle_problem(rig_bundle_work *work);

// A view's corners in use, the points as a state has them.
rig_view_points rig_bundle_points(const rig_bundle_work *work, int view, const double (*p)[3]);
// The column among the free unknowns of the i-th unknown of a camera's block.
static inline int rig_bundle_column(const rig_bundle_work *work, const rig_bundle_slot *slot, int i) {
    return i < slot->n_lens    ? slot->at + i
           : i < slot->n_inner ? work->at_shape + i - slot->n_lens
                               : slot->at + i - (slot->n_inner - slot->n_lens);
}
static inline rig_bundle_state rig_bundle_state_of(const rig_bundle *b) {
    return (rig_bundle_state){b->cameras, b->boards, b->p};
}
static inline bool *rig_bundle_use(const rig_bundle_work *work, int view) {
    return work->use + (ptrdiff_t)view * work->bundle->n_points;
}

// The cost and the normal equations at any state.
void rig_bundle_normal_build(const rig_bundle_work *work, const rig_bundle_state *state, rig_bundle_normal *normal);
// rig_lm_problem's solve.
double rig_bundle_eliminate(void *work, double lambda);
// The inverse of the reduced normal equations at the present state, no corner weighed down (n_free x n_free), and which
// unknowns what was seen leaves open (n_free): they have variances beyond all use. false: no answer even so, and open
// are the lenses to which that is owed.
bool rig_bundle_invert(rig_bundle_work *work, double *covariance, bool *open);

#endif
