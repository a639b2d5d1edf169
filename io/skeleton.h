// The parts of a skeleton in YAML, which skeleton files and model descriptors share. Private to io/.
#ifndef RIG_IO_SKELETON_H
#define RIG_IO_SKELETON_H

#include "core/skeleton.h"
#include "io/results.h"
#include "io/yaml.h"

// Joint names; each joint is then its own mirror, of a middling sigma. The others come after it. All fail as
// rig_yaml_fail.
RIG_CHECKED rig_status rig_skeleton_names_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err);
// As many joints as the skeleton has, by name or place.
RIG_CHECKED rig_status rig_skeleton_joints_parse(const rig_yaml *list, const rig_skeleton *skeleton, int *joints,
                                                 rig_err *err);
RIG_CHECKED rig_status rig_skeleton_flip_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err);
RIG_CHECKED rig_status rig_skeleton_sigmas_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err);
RIG_CHECKED rig_status rig_skeleton_limbs_parse(const rig_yaml *list, rig_skeleton *skeleton, rig_err *err);

#endif
