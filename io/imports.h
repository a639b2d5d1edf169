// People found by other tools, as our people2d.
#ifndef RIG_IO_IMPORTS_H
#define RIG_IO_IMPORTS_H

#include "core/arena.h"
#include "core/people.h"

enum { RIG_FRAME_MAX = 9999999 }; // the greatest number of a frame that imports may have

// What is wanted of the files. All that it points to must outlive the import.
typedef struct rig_import_plan {
    const rig_skeleton *skeleton; // the rig's: its joints are taken, by name
    const rig_skeleton *layout;   // the joints of the files; NULL: as the files name them, else by their count
    const rig_skeleton *layouts;  // those that come with rigpose, which a count may mean
    int n_layouts;
    int first, last, step; // the frames that are wanted: every step-th from first to last
} rig_import_plan;

// What was met so far.
typedef struct rig_import_counts {
    long people;               // with joints
    long bodiless;             // of hands or face alone
    long jointless;            // no joint of the skeleton has a place and a score above 0
    long unwanted;             // entries or files of frames outside the plan's
    double score_high;         // the greatest score of a joint; those above 1 count as 1
    int low, high;             // frames that the files have, wanted or not; low > high: none
    int n_strays;              // files of a folder that have no frame's number
    const char *stray;         // the first of them
    char layout[RIG_NAME_MAX]; // of the files' joints; "": nobody was met
    int n_lacking;             // joints of the skeleton that it does not have
    bool named;                // the files name their joints
} rig_import_counts;

// The layout of a name in any of its usual spellings (BODY_25B, coco-wholebody, mediapipe), or NULL.
const rig_skeleton *rig_layout_find(const rig_skeleton *layouts, int n, const char *name);
// The names of the layouts, but one (NULL: of all), that have so many joints (0: any number), for messages.
void rig_layouts_list(const rig_skeleton *layouts, int n, int n_joints, const char *but, char *text, size_t size);

// The frames that names tell, one a name: the one number in it that differs from name to name, or the last where it is
// that one or there is one name only; a folder's name, what follows the last dot and `_keypoints` do not count. 0 where
// a single name has none.
//   where  the folder or file, for messages
//   may_stray  names without a number, beside others that have one, get -1; else they are refused
// Fails with RIG_ERR_FORMAT: names of two series, no number, two that differ, one twice, one above RIG_FRAME_MAX.
RIG_CHECKED rig_status rig_frame_numbers(const char *where, char *const *names, int n, bool may_stray, int *numbers,
                                         rig_err *err);

// The people of another tool, frame by frame. What the files are is told by what is in them:
//   a folder of JSON files, one a frame, whose number is in its name (OpenPose, MMPose's pictures, AlphaPose's
//   sep-json) a JSON file: COCO results or annotations, AlphaPose's, MMPose's of a video a CSV file of DeepLabCut, or
//   SLEAP's analysis
// Frames nobody looked at are not there; but a list of COCO results has frames without people between its entries, save
// gaps of more than RIG_GAP_FRAMES. A file is looked through once before; its people are read as they are asked for.
// A joint of (0, 0, 0), of score 0 or less, or not finite, is not found. Persons without any joint are left out.
// Fails with RIG_ERR_IO, RIG_ERR_FORMAT (naming file and place), RIG_ERR_MEMORY; so does rig_import_next.
typedef struct rig_import rig_import;
RIG_CHECKED rig_status rig_import_open(const char *path, const rig_import_plan *plan, rig_import **import,
                                       rig_err *err);
// The next frames, at most `most` of them; n_frames = 0 at the end. From out.
RIG_CHECKED rig_status rig_import_next(rig_import *import, int most, rig_people2d *chunk, rig_arena *out, rig_err *err);
const rig_import_counts *rig_import_count(const rig_import *import);
void rig_import_close(rig_import *import); // NULL is fine

#endif
