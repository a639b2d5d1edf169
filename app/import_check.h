// Whether people that another tool found can be what they are taken for: pixels of this view, of bodies.
#ifndef RIG_APP_IMPORT_CHECK_H
#define RIG_APP_IMPORT_CHECK_H

#include "io/imports.h"

enum { RIG_LIMB_BINS = 64 };

// Of a view's people. Zeroed: nobody yet.
typedef struct rig_import_check {
    int size[2]; // of the view; 0: not known
    long n_people, n_frames, n_joints;
    int first, last;            // frames that were taken
    long shares;                // joints whose coordinates lie within -2 and 2
    long outside;               // a tenth of the picture's side and more beyond it
    long beyond_half;           // right of or below the middle of the picture
    long n_bodies;              // people of whom limbs enough were found
    long bodies[RIG_LIMB_BINS]; // by how long their limbs are, beside how far their joints are apart: bins of 1/32
} rig_import_check;

void rig_import_check_add(rig_import_check *check, const rig_people2d *chunk, const rig_skeleton *skeleton);
// Fails with RIG_ERR_DATA, naming file and view, where what was found cannot be right: coordinates that are shares of
// the picture, scores in percent, limbs as long as joints taken at random are apart. Warns of joints outside of the
// picture, and where nobody is left, saying why.
RIG_CHECKED rig_status rig_import_check_end(const rig_import_check *check, const char *view, const char *path,
                                            const rig_import_counts *counts, const rig_import_plan *plan, rig_err *err);

#endif
