// What the writer of people in 2D and the taking over of what a killed run left of them share. Private to io/.
#ifndef RIG_IO_RESULTS_PEOPLE2D_H
#define RIG_IO_RESULTS_PEOPLE2D_H

#include "io/result_frames.h"

struct rig_people2d_writer {
    rig_frames_writer frames;
    rig_people2d head;
};

// Open one document alone, of whatever part of a result; *root is its head.
RIG_CHECKED rig_status rig_people2d_open_alone(const char *path, rig_people2d_reader **reader, rig_people2d *head,
                                               const rig_yaml **root, rig_err *err);

#endif
