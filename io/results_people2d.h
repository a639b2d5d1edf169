// What the writer of people in 2D and the taking over of what a killed run left of them share. Private to io/.
#ifndef RIG_IO_RESULTS_PEOPLE2D_H
#define RIG_IO_RESULTS_PEOPLE2D_H

#include "io/result_frames.h"

struct rig_people2d_writer {
    rig_frames_writer frames;
    rig_people2d head;
};

struct rig_people2d_reader {
    rig_frames_reader frames;
    rig_people2d head;
    int part, last; // of the last frame
};

// Open one document alone, of whatever part of a result; *root is its head.
RIG_CHECKED rig_status rig_people2d_open_alone(const char *path, rig_people2d_reader **reader, rig_people2d *head,
                                               const rig_yaml **root, rig_err *err);

// A frame's text into *frame. false: it is laid out otherwise than ours, or is to be refused, which its node tells:
// *last, *people and *frame are then as before, and what was allocated is the caller's to rewind. *last: the frame
// before.
bool rig_frame2d_scan(const char *text, size_t n, rig_people2d *people, int *last, rig_frame2d *frame, rig_arena *out);
// The score of a person that has none.
double rig_person2d_mean_score(const rig_person2d *person, int n_joints);
enum { RIG_PEOPLE2D_MAX = 1000 }; // of a frame: each is held against each of the other views

#endif
