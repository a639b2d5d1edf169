// Doctor: what is wrong with a rig, and what to do about it, by its boards.
//
// Each check looks for one kind of fault in the corners of a recording, adds findings with reasons, and marks that it
// had something to look at; 90_doctor.yaml has them. What corners cannot say (their number, the pictures' sizes) is
// found by the driver in app/cmd_doctor.c, which also has the order of the checks.
#ifndef RIG_CHECKS_DOCTOR_H
#define RIG_CHECKS_DOCTOR_H

#include "core/arena.h"
#include "core/board.h"
#include "core/rig.h"

struct rig_adjustment; // calib/adjustment.h

typedef enum rig_fault {
    RIG_FAULT_RESOLUTION, // pictures have another size than the calibration's
    RIG_FAULT_CORNERS,    // the board has another number of inner corners, or another print
    RIG_FAULT_BOARDS,     // no board was found, or too few for a lens
    RIG_FAULT_LINKS,      // cameras that share no board
    RIG_FAULT_CLOCKS,     // a view's clock is late, or jumps
    RIG_FAULT_MIRRORED,   // left and right are exchanged in a view's pictures
    RIG_FAULT_SWAPPED,    // two views' recordings are exchanged
    RIG_FAULT_ORDER,      // the stereo pair's left is its right
    RIG_FAULT_FOCUS,      // a camera's focal length changed
    RIG_FAULT_BUMPED,     // a camera moved
    RIG_FAULT_SCALE,      // lengths are not what they were measured to be
    RIG_FAULT_COUNT
} rig_fault;

typedef struct rig_finding {
    rig_fault what;
    char recording[RIG_NAME_MAX]; // "": of the rig as a whole
    int n_views;
    char views[2][RIG_NAME_MAX];
    int frame;           // of the recording, from which on; -1: always
    double value, limit; // what was measured, and the limit beyond which it is a fault; `says` gives the unit
    const char *says, *advice;
} rig_finding;

enum { RIG_FINDINGS_MAX = 64 };

typedef struct rig_findings {
    int n;
    rig_finding list[RIG_FINDINGS_MAX];
    bool looked[RIG_FAULT_COUNT];     // false: it could not be checked
    const char *why[RIG_FAULT_COUNT]; // why not; NULL: as rig_findings_why has it
    bool blocked;                     // a fault was found that would make later checks fail too: they were left out
} rig_findings;

const char *rig_fault_name(rig_fault what); // "clocks"
// How many findings there are of a fault.
int rig_findings_count(const rig_findings *findings, rig_fault what);

// Whether a check was made, with or without a finding; and if not, why.
bool rig_findings_checked(const rig_findings *findings, rig_fault what);
const char *rig_findings_why(const rig_findings *findings, rig_fault what);

// Add a finding on a recording (NULL: none) and one or two views (NULL: none), with its texts; frame is -1. Beyond
// RIG_FINDINGS_MAX the last one is overwritten. says and advice are kept as they are; NULL (no memory for them) fails
// with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_finding_add(rig_findings *findings, rig_fault what, const char *recording,
                                       const char *view_a, const char *view_b, double value, double limit,
                                       const char *says, const char *advice, rig_err *err);

// The boards of a recording, and the lenses of its views by the calibration.
typedef struct rig_doctor_recording {
    const char *recording;
    const rig_board *board;
    int n_views;
    const rig_view_corners *seen;
    const rig_camera **cameras; // n_views
    double *late;               // n_views, frames: how late its boards are by the clock that the rig states; NULL: not
    const rig_recording_corners *lenses; // the boards that its lenses were solved by, of that model; NULL: known
    rig_lens lens;
} rig_doctor_recording;

// How many frames show the board to both views; *apart: the least distance of a frame of one from one of the other.
int rig_doctor_shared_frames(const rig_view_corners *a, const rig_view_corners *b, int *apart);

// Boards: a recording in which none was found, or views of it in which none was.
RIG_CHECKED rig_status rig_doctor_boards(const char *recording, const rig_view_corners *seen, int n_views,
                                         rig_findings *findings, rig_arena *out, rig_err *err);

// Links: groups of cameras that share no frame, naming the two views that came nearest.
RIG_CHECKED rig_status rig_doctor_links(const rig_doctor_recording *recording, rig_findings *findings, rig_arena *out,
                                        rig_arena *scratch, rig_err *err);

// Mirrored: views whose boards fit those of the others once left and right are exchanged in them (calib/mirror.h).
RIG_CHECKED rig_status rig_doctor_mirrored(const rig_doctor_recording *recording, rig_findings *findings,
                                           rig_arena *out, rig_arena *scratch, rig_err *err);

// Clocks: views that are late by more than 0.15 frames, by 5 standard deviations, and by what is told without parts of
// the recordings (checks/group_jackknife.h: a lens that is not known well makes a board's motion look late); and views
// whose lateness is another in the recording's second half than in its first (by 0.5 frames and 5 standard deviations).
// Pairs of views are compared by the board's motion (rig_clock_offset_find) within +-reach frames, along a spanning
// tree of the views by the frames that they share. What the rig states already is taken off. What counts is the
// difference from the reference: the view from which all differ least in sum.
RIG_CHECKED rig_status rig_doctor_clocks(const rig_doctor_recording *recording, int reach, rig_findings *findings,
                                         rig_arena *out, rig_arena *scratch, rig_err *err);

// Bumped and focus: cameras whose boards from some frame on lie elsewhere than the other cameras have them (by 1 px),
// or are larger (by 0.5 %), in either case by 10 times their scatter from board to board. The boards are solved without
// the camera; each board's corners in it are fitted by a shift, a roll and a zoom from where they should be. A change
// is where the medians of one of these over 5 boards before and after differ most, against the scatter of successive
// boards: their median absolute difference over 0.6745 sqrt(2). Errors of lenses and clocks rise and fall as the board
// goes about, so a change has to come at once: between two boards that the same other cameras saw, by 0.8 of it, less
// what goes on from board to board beside these two; and up to 20 boards of either side, 4 of them where the board had
// not rested, have to keep to their own median, or no change elsewhere may be a third of it. The camera with the
// largest change is told, its boards are left out, and the others are checked again. Of two cameras one is named, but
// which of them changed cannot be known.
// Views whose boards are of later moments still (late) are left out: the board's own motion shifts them.
//   adjustment  solved from this recording
RIG_CHECKED rig_status rig_doctor_moves(const rig_doctor_recording *recording, const struct rig_adjustment *adjustment,
                                        rig_findings *findings, rig_arena *out, rig_arena *scratch, rig_err *err);

// Focus: cameras whose focal length in one set of boards and in another differ by more than 1 %, by 6 standard
// deviations, and by what either set tells of it without parts of its boards (checks/group_jackknife.h).
//   words_a, words_b  names of the sets for the text: "recording 'board'"
RIG_CHECKED rig_status rig_doctor_focus(const rig_board *board, const char *recording, const rig_view_corners *a,
                                        const rig_view_corners *b, rig_lens lens, const char *words_a,
                                        const char *words_b, rig_findings *findings, rig_arena *out, rig_arena *scratch,
                                        rig_err *err);

// Swapped: two views of this recording whose boards fit the other one's lens clearly better, both ways: the median rms
// of boards, each posed alone, is at most 0.7 of that under their own lens.
RIG_CHECKED rig_status rig_doctor_lenses_swapped(const rig_doctor_recording *recording, rig_findings *findings,
                                                 rig_arena *out, rig_arena *scratch, rig_err *err);
// Swapped: two views of this recording whose boards agree with the others' once their cameras are exchanged: the
// boards' mean residual is then at most half of what it is, and a quarter of its gate.
//   Rt_cam_world  n_views, from another recording
RIG_CHECKED rig_status rig_doctor_places_swapped(const rig_doctor_recording *recording, const rig_pose *Rt_cam_world,
                                                 rig_findings *findings, rig_arena *out, rig_arena *scratch,
                                                 rig_err *err);

// How well the boards tell known lengths that are off (see below), by the jackknife over parts of the recordings
// (checks/group_jackknife.h): lenses and poses are solved again without each.
//   recording  as the calibration was solved from it, lenses held
//   sigma_m    n, out; 0 where none of the lengths is off, infinite where a part is needed to solve the rest
RIG_CHECKED rig_status rig_doctor_length_sigmas(const rig_doctor_recording *recording, const rig_known_length *lengths,
                                                int n, double *sigma_m, rig_arena *scratch, rig_err *err);
// Scale: known lengths that the calibration has longer or shorter by more than 2 % and what it may err by itself; where
// all of them are so by the same factor, what square_m would make them right.
RIG_CHECKED rig_status rig_doctor_scale(const rig_known_length *lengths, const double *sigma_m, int n, double square_m,
                                        rig_findings *findings, rig_arena *out, rig_err *err);

// Order: the right camera of a pair stands to the left of the left one.
RIG_CHECKED rig_status rig_doctor_order(const char *left, const char *right, const rig_pose *Rt_right_left,
                                        rig_findings *findings, rig_arena *out, rig_err *err);

#endif
