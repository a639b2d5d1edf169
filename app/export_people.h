// The people of the take in another tool's format.
#ifndef RIG_APP_EXPORT_PEOPLE_H
#define RIG_APP_EXPORT_PEOPLE_H

#include "app/export_formats.h"

// Formats of people, NULL ended. Written is 80_motion.yaml where the rig asks for it and it is current, else
// 70_people3d.yaml, and which it was is told; of its people those that main_person keeps. The take is read twice, frame
// by frame, whatever its length. Fails with RIG_ERR_DATA where both are stale, nobody is there, the frames' rate is not
// known, or the format needs to know where up is and the world is a camera's frame.
extern const rig_export_format rig_people_formats[];

#endif
