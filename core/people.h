// People: in 2D as one view sees them, in 3D as the rig sees them.
#ifndef RIG_CORE_PEOPLE_H
#define RIG_CORE_PEOPLE_H

#include "core/arena.h"
#include "core/skeleton.h"

#include <stdbool.h>
#include <stdint.h>

enum { RIG_VIEWS_MAX = 64 }; // views are bits of a uint64_t

enum { RIG_OTHERS_MAX = 3 };

// Frames that are in memory at a time, of each view or of the rig; and how many may be missing in a row before they
// count as a gap of the take instead of frames without people.
enum { RIG_CHUNK_FRAMES = 500, RIG_GAP_FRAMES = 1000 };

// Another peak that a joint might be.
typedef struct rig_other2d {
    double q[2]; // q_cam
    double score, tag;
} rig_other2d;

typedef struct rig_joint2d {
    bool found;
    bool filled;     // found without evidence of its own (grouping filled it in)
    double q[2];     // q_cam
    double score;    // 0..1 by custom
    double sigma_px; // 1 standard deviation a coordinate; 0: not known
    double tag;      // associative embedding; meaningful within one frame of one view, where the view has_tags
    int n_others;    // runners-up, score falling; a joint that is not found may have some
    rig_other2d others[RIG_OTHERS_MAX];
} rig_joint2d;

typedef struct rig_person2d {
    double score;
    rig_joint2d *joints; // as many as the skeleton has
} rig_person2d;

typedef struct rig_frame2d {
    int frame; // of the view's own recording
    int n;
    rig_person2d *people;
} rig_frame2d;

typedef struct rig_people2d {
    char view[RIG_NAME_MAX];
    char skeleton[RIG_NAME_MAX];
    int n_joints;
    bool has_tags;
    long begins; // of a slice: how many of the view's frames come before its first
    int n_frames;
    rig_frame2d *frames; // frame numbers rising; a frame without people is there with n = 0
} rig_people2d;

// Why a joint has, or has not, a position. The words in YAML are rig_joint_state_name's.
typedef enum rig_joint_state {
    RIG_JOINT_MISSING,   // no view saw it
    RIG_JOINT_OK,        // triangulated
    RIG_JOINT_FEW_VIEWS, // fewer than 2 views saw it
    RIG_JOINT_PARALLAX,  // rays too nearly parallel
    RIG_JOINT_BEHIND,    // the point would lie behind a camera
    RIG_JOINT_REJECTED,  // no two views agree
    RIG_JOINT_FILLED,    // position comes from its neighbours in time
    RIG_JOINT_STATES
} rig_joint_state;

typedef struct rig_joint3d {
    rig_joint_state state;
    double p[3];    // world, m; valid for OK and FILLED
    double sigma_m; // one standard deviation, root mean of the three axes; 0 where not known
    double score;
    double rms_px;  // reprojection over the views used
    uint64_t views; // bit v: view v was used
    double cov[6];  // covariance of p, m^2: xx xy xz yy yz zz; zeros where not known
} rig_joint3d;

// How far joints in space are from what the views saw: rms over every view that each was made from.
typedef struct rig_reprojection {
    double squares_px2;
    long n;
} rig_reprojection;
void rig_reprojection_add(rig_reprojection *all, const rig_joint3d *joint); // a missing joint adds nothing
double rig_reprojection_rms_px(const rig_reprojection *all);                // 0: there is no joint

// How a joint moves; zeroed: not known.
typedef struct rig_joint_move {
    bool has_v, has_a;
    double v[3], a[3]; // world; m/s, m/s^2
} rig_joint_move;

typedef struct rig_joint_angle {
    bool known;
    double rad;
} rig_joint_angle;

// What refinement adds on request.
typedef struct rig_movement {
    rig_joint_move *moves;   // a joint, or NULL
    rig_joint_angle *angles; // rig_people3d's n_angles
} rig_movement;

typedef struct rig_person3d {
    int id; // from 1, kept through time
    rig_joint3d *joints;
    const rig_movement *movement; // NULL: not asked for
} rig_person3d;

typedef struct rig_frame3d {
    int frame;
    int n;
    rig_person3d *people; // ids rising
} rig_frame3d;

// How long a person's bone is, over the whole take.
typedef struct rig_bone_length {
    int id;            // the person's
    const char *a, *b; // the joints at its ends
    double m;
} rig_bone_length;

typedef struct rig_people3d {
    char skeleton[RIG_NAME_MAX];
    int n_joints;
    double fps;        // 0: not known
    double body_scale; // as rig_tracker_scale
    int n_views;
    const char *const *views; // the names behind the bits
    int n_frames;
    rig_frame3d *frames;
    int n_angles; // of a rig_movement
    const char *const *angles;
    int n_lengths; // 0: not measured
    rig_bone_length *lengths;
    bool all_cov;   // to be written with the covariance of every joint
    bool fine;      // to be written to a micrometre: it is differentiated, or the truth
    int n_repaired; // views whose place or clock was repaired
    const char *const *repaired;
} rig_people3d;

// Frames that count, of a take too long for all of them: runs of so many by their numbers, every so many-th run.
// Zeroed: all.
typedef struct rig_frame_runs {
    int length, every;
} rig_frame_runs;
bool rig_frame_runs_have(const rig_frame_runs *runs, int frame);

// The frame's people: ids and joints, in memory from out; nothing else of a person. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_frame3d_copy(const rig_frame3d *frame, int n_joints, rig_frame3d *copy, rig_arena *out,
                                        rig_err *err);

// Take the frame's joints to a unit of length of which `units` make one of theirs.
void rig_frame3d_scale(rig_frame3d *frame, int n_joints, double units);

// The box around the joints of n that were found, in the pixels of their q. False where none was: low is then INFINITY
// and high -INFINITY.
bool rig_joints_box(const rig_joint2d *joints, int n, double low[2], double high[2]);

const char *rig_joint_state_name(rig_joint_state state); // "few_views"; "" for OK
bool rig_joint_state_from_name(const char *name, rig_joint_state *state);

#endif
