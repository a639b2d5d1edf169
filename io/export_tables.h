// Tables of joints' places: TRC and C3D, a file a person; CSV and EasyMocap's JSON, which have all people.
//
// begin    what stands before the rows
// add      the next row; joints NULL: the person is not there
// end      what stands behind them
// Errors of writing stay with the stream.
#ifndef RIG_IO_EXPORT_TABLES_H
#define RIG_IO_EXPORT_TABLES_H

#include "io/export_take.h"

#include <stdio.h>

// TRC: tab separated text, m, y up; markers named as Pose2Sim names them; a joint without a place is three empty cells.
// Every cell ends in a tab, as OpenSim writes them: its reader drops what is empty behind the last one. Frames' numbers
// and times are the rig clock's. Source: OpenSim's guide, "Marker (.trc) Files"; opensim-core, TRCFileAdapter.
void rig_trc_begin(FILE *stream, const char *file, const rig_export_take *take, const rig_export_person *person);
void rig_trc_add(FILE *stream, const rig_export_take *take, int frame, const rig_joint3d *joints);

// C3D: little endian, floats, mm, the world's own axes. A joint without a place is 0, 0, 0 with a residual of -1; of
// others the residual is sigma_m, to a step of POINT:SCALE and at most 255 of them, 0 where the joint was filled in or
// its sigma is not known; the camera mask has the first seven views. Frames count from 1, which is
// rig_export_origin. Source: C3D.org, "The C3D File Format User Guide".
void rig_c3d_begin(FILE *stream, const rig_export_take *take, const rig_export_person *person);
void rig_c3d_add(FILE *stream, const rig_export_take *take, const rig_joint3d *joints);
void rig_c3d_end(FILE *stream);

// CSV: a row a frame and person who has a joint there.
void rig_csv_begin(FILE *stream, const rig_export_take *take);
void rig_csv_add(FILE *stream, const rig_export_take *take, int frame, const rig_person3d *person);

// EasyMocap's keypoints3d: one frame, the people who have a joint there. A joint without a place is four zeros.
// Source: EasyMocap, easymocap/mytools/file_utils.py.
void rig_keypoints3d_put(FILE *stream, const rig_frame3d *frame, int n_joints);

#endif
