// What corners tell of a rig that is not as it should be. Each check adds its findings and marks that it could look.
#ifndef RIG_CHECKS_DOCTOR_H
#define RIG_CHECKS_DOCTOR_H

#include "calib/adjustment.h"
#include "checks/findings.h"
#include "core/rig.h"

// A recording's boards, and the lenses that its views are said to have.
typedef struct rig_doctor_recording {
    const char *recording;
    const rig_board *board;
    int n_views;
    const rig_view_corners *seen;
    const rig_camera **cameras; // n_views
} rig_doctor_recording;

// Links: cameras without a board, and groups of cameras that share no frame, naming the two views that came nearest.
RIG_CHECKED rig_status rig_doctor_links(const rig_doctor_recording *patient, rig_findings *findings, rig_arena *out,
                                        rig_arena *scratch, rig_err *err);

// Clocks: views that are late against most others by more than 0.15 frames (and 5 standard deviations), and views whose
// lateness is not the same in the recording's first and second half. By the board's motion, within +-reach frames.
RIG_CHECKED rig_status rig_doctor_clocks(const rig_doctor_recording *patient, int reach, rig_findings *findings,
                                         rig_arena *out, rig_arena *scratch, rig_err *err);

// Bumped and focus: where a camera's boards suddenly lie elsewhere than the other cameras have them (by 1 px), or
// suddenly are larger (by 0.5 %), in either case by 6 times their scatter from board to board, and from which frame on.
//   adjustment  solved from this patient, with `used` corners
RIG_CHECKED rig_status rig_doctor_moves(const rig_doctor_recording *patient, const rig_adjustment *adjustment,
                                        rig_findings *findings, rig_arena *out, rig_arena *scratch, rig_err *err);

// Focus: cameras whose focal length in one set of boards and in another differ by more than 1 % and 6 standard
// deviations.
//   words  how the sets are called, for the text: "recording 'board'"
RIG_CHECKED rig_status rig_doctor_focus(const rig_board *board, const char *recording, const rig_view_corners *a,
                                        const rig_view_corners *b, rig_lens lens, const char *words_a,
                                        const char *words_b, rig_findings *findings, rig_arena *out, rig_arena *scratch,
                                        rig_err *err);

// Swapped: two views of this recording whose boards fit the other one's lens clearly better, both ways.
RIG_CHECKED rig_status rig_doctor_lenses_swapped(const rig_doctor_recording *patient, rig_findings *findings,
                                                 rig_arena *out, rig_arena *scratch, rig_err *err);
// Swapped: two views of this recording whose boards agree with the others' once their cameras are exchanged.
//   Rt_cam_world  n_views, from another recording
RIG_CHECKED rig_status rig_doctor_places_swapped(const rig_doctor_recording *patient, const rig_pose *Rt_cam_world,
                                                 rig_findings *findings, rig_arena *out, rig_arena *scratch,
                                                 rig_err *err);

// Scale: known lengths that the calibration has longer or shorter by more than 2 %; where all of them are so by the
// same factor, what square_m would make them right.
RIG_CHECKED rig_status rig_doctor_scale(const rig_known_length *lengths, int n, double square_m, rig_findings *findings,
                                        rig_arena *out, rig_err *err);

// Order: the right camera of a pair stands to the left of the left one.
RIG_CHECKED rig_status rig_doctor_order(const char *left, const char *right, const rig_pose *Rt_right_left,
                                        rig_findings *findings, rig_arena *out, rig_err *err);

#endif
