// The people of a take as other tools read them: what the writers of io/export_*.c are told. Private to those and to
// app/export_people.c.
#ifndef RIG_IO_EXPORT_TAKE_H
#define RIG_IO_EXPORT_TAKE_H

#include "core/people.h"
#include "core/skeleton.h"

// A person's frames: from the first to the last in which a joint has a place.
typedef struct rig_export_person {
    int id, first, last;
    long n_seen; // frames in which a joint has a place
} rig_export_person;

typedef struct rig_export_take {
    const char *name;             // of the recording
    const rig_skeleton *skeleton; // of the joints
    double fps;                   // of the rig's clock: frame f is at f / fps seconds
    int step;                     // of the frames' numbers
    int first;                    // frame that is there
    long n_frames;                // that are there, with people or without
    bool has_up;                  // the world's z points up
    double reach_m;               // the largest coordinate, without its sign
    int n_people;
    rig_export_person *people; // ids rising
} rig_export_take;

// Whether a joint has a place.
static inline bool rig_export_has_place(const rig_joint3d *joint) {
    return joint->state == RIG_JOINT_OK || joint->state == RIG_JOINT_FILLED;
}
// Rows from a person's first to last frame.
static inline long rig_export_rows(const rig_export_take *take, const rig_export_person *person) {
    return ((long)person->last - person->first) / take->step + 1;
}
// Formats that count frames: the frame that is their first number. 0 wherever that can be.
static inline int rig_export_origin(const rig_export_take *take) {
    return take->first < 0 || take->first % take->step != 0 ? take->first : 0;
}

// The world, z up, turned so that y is up: (x, y, z) becomes (y, z, x), a rotation.
static inline void rig_export_y_up(const double p[3], double turned[3]) {
    const double x = p[0], y = p[1], z = p[2];
    turned[0] = y, turned[1] = z, turned[2] = x;
}

// What Pose2Sim and OpenSim call a joint: left_big_toe is LBigToe, mid_hip is Hip, head_top is Head.
void rig_marker_name(const char *joint, char name[RIG_NAME_MAX]);

// The shortest decimal number that reads back as the same double.
const char *rig_number_text(double value, char text[32]);

#endif
