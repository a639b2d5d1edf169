// Filling in the joints of a person that grouping did not find.
#ifndef RIG_POSE_REFINE_H
#define RIG_POSE_REFINE_H

#include "core/people.h"
#include "pose/maps.h"
#include "pose/model.h"

// Set each joint that is not found where heat - round(distance to the person's tag) is highest, be it a peak that
// another person has; marks it `filled` and drops the runner-up that was there.
//   tag     the person's mean tag, maps->tag_dim values
//   joints  in/out, cells of the grid
// RIG_REFINE_WINDOW searches the box of the joints found and half its longer side around it, and asks for some heat and
// a tag within tag_threshold; RIG_REFINE_FULL searches the whole map and asks only for heat above 0 (HigherHRNet's
// way); RIG_REFINE_OFF does nothing. Cost: a look at each cell searched. Source: Newell et al. 2017, test-time code.
void rig_person_refine(const rig_maps *maps, const rig_model *model, const double *tag, rig_joint2d *joints);

#endif
