// The files that stages write (docs/formats.md): each has a reader and a writer here. Readers take files that other
// programs wrote: keys of the contract that may be absent are absent, unknown keys are passed over. All readers fail
// with RIG_ERR_IO (not there) or RIG_ERR_FORMAT (`file:line: key: ...`), all writers with RIG_ERR_IO, and writers are
// all or nothing (io/file.h). Both with RIG_ERR_MEMORY.
#ifndef RIG_IO_RESULTS_H
#define RIG_IO_RESULTS_H

#include "checks/doctor.h"
#include "checks/watch.h"
#include "core/arena.h"
#include "core/board.h"
#include "core/people.h"
#include "core/rig.h"
#include "io/file.h"
#include "io/footage.h"
#include "io/uncertainty.h"
#include "pose/model.h"
#include "triangulate/sync.h"

// What a result was made from: written as `inputs: {name: hash}`; absent in files of other programs.
typedef struct rig_input {
    char name[96];
    char hash[65];
} rig_input;
typedef struct rig_inputs {
    int n;
    rig_input items[24];
} rig_inputs;

// The `inputs` of any result file; *has = false where it has none. schema must fit.
bool rig_inputs_equal(const rig_inputs *a, const rig_inputs *b); // in the same order
RIG_CHECKED rig_status rig_result_inputs(const char *path, const char *schema, rig_inputs *inputs, bool *has,
                                         rig_err *err);

// Whether the result at path is whole, unchanged, by this version, and made from these inputs.
bool rig_result_is_made(const char *path, const char *schema, const rig_inputs *inputs);

// A result that is a list of frames is one file, or, beyond 20,000 frames, a folder of parts in the place of
// `<path>.yaml`: 000000.yaml, 020000.yaml, each a whole document, named after its first frame. Whether either is there;
// the file, or the first part; the hash of all that it says (rig_file_sha256 of the file, or of its parts' in order).
bool rig_result_exists(const char *path);
bool rig_result_stat(const char *path, rig_file_stamp *stamp); // of the file or the folder; false: neither is there
RIG_CHECKED rig_status rig_result_first(const char *path, const char **first, rig_arena *out, rig_err *err);
RIG_CHECKED rig_status rig_result_digest(const char *path, char hex[65], rig_err *err);
// Whether a result is as rigpose made it, by the hash in its last line: it has none; it is; some of it was changed; its
// end, or its last part, is missing. Reads all of it. Fails as its readers where it cannot be read.
typedef enum rig_seal { RIG_SEAL_NONE, RIG_SEAL_WHOLE, RIG_SEAL_CHANGED, RIG_SEAL_CUT } rig_seal;
RIG_CHECKED rig_status rig_result_seal(const char *path, rig_seal *seal, rig_err *err);

// 10_feeds.yaml: recordings -> name -> view -> {file, feed, rect, rotate, size, fps, frames, offset_s, stamps}, and
// files -> name of the recording -> feed -> {picture, container_rotate, fps, frames, bytes, digest, times_s}.
typedef struct rig_feeds_entry {
    char recording[RIG_NAME_MAX], view[RIG_NAME_MAX], feed[RIG_NAME_MAX];
    const char *file; // as written in the rig YAML; NULL: none
    rig_view_source source;
} rig_feeds_entry;
typedef struct rig_feeds_file {
    char recording[RIG_NAME_MAX], feed[RIG_NAME_MAX];
    rig_footage footage;
} rig_feeds_file;
typedef struct rig_feeds {
    int n, n_files;           // views of all recordings, feeds of all that have a file
    rig_feeds_entry *entries; // a recording's together
    rig_feeds_file *files;    // likewise
} rig_feeds;
RIG_CHECKED rig_status rig_feeds_write(const char *path, const rig_feeds *feeds, const rig_inputs *inputs,
                                       rig_err *err);
// A file knows names only: `view` and `feed` of the sources, places in a config, are -1.
RIG_CHECKED rig_status rig_feeds_read(const char *path, rig_feeds *feeds, rig_arena *out, rig_err *err);
// What is known of a feed's file in a recording, or NULL.
const rig_footage *rig_feeds_footage(const rig_feeds *feeds, const char *recording, const char *feed);

// 20_corners.yaml
typedef struct rig_corners_file {
    rig_board board;
    int n;
    rig_recording_corners *recordings;
} rig_corners_file;
RIG_CHECKED rig_status rig_corners_write(const char *path, const rig_corners_file *corners, const rig_inputs *inputs,
                                         rig_err *err);
RIG_CHECKED rig_status rig_corners_read(const char *path, rig_corners_file *corners, rig_arena *out, rig_err *err);

// 30_intrinsics.yaml and 40_extrinsics.yaml (also `cameras:` of a rig, and a synthetic session's truth). Whichever of
// the two schemas stands in the file is read; poses only where all of Rt_cam_world is there.
typedef enum rig_calibration_schema { RIG_SCHEMA_INTRINSICS, RIG_SCHEMA_EXTRINSICS } rig_calibration_schema;
RIG_CHECKED rig_status rig_calibration_write(const char *path, rig_calibration_schema schema,
                                             const rig_calibration *calibration, const rig_inputs *inputs,
                                             rig_err *err);
RIG_CHECKED rig_status rig_calibration_read(const char *path, rig_calibration *calibration, rig_arena *out,
                                            rig_err *err);
// The same with what it says of how well the cameras fitted: corners, held-out errors, variety, warnings. A stage that
// calibrates anew does not take these along.
RIG_CHECKED rig_status rig_calibration_read_figures(const char *path, rig_calibration *calibration, rig_arena *out,
                                                    rig_err *err);
// 40_covariance.yaml: of all numbers of all cameras. Read for a calibration, whose cameras it must have in their order.
RIG_CHECKED rig_status rig_covariance_write(const char *path, const rig_calibration *rig, const rig_inputs *inputs,
                                            rig_err *err);
RIG_CHECKED rig_status rig_covariance_read(const char *path, rig_calibration *rig, rig_arena *out, rig_err *err);
// 45_uncertainty.yaml
RIG_CHECKED rig_status rig_uncertainty_write(const char *path, const rig_uncertainty *uncertainty,
                                             const rig_calibration *rig, const rig_inputs *inputs, rig_err *err);
// 50_stereo.yaml
RIG_CHECKED rig_status rig_stereo_write(const char *path, const rig_stereo *stereo, const rig_inputs *inputs,
                                        rig_err *err);
RIG_CHECKED rig_status rig_stereo_read(const char *path, rig_stereo *stereo, rig_err *err);

// 90_doctor.yaml
RIG_CHECKED rig_status rig_findings_write(const char *path, const rig_findings *findings, const rig_inputs *inputs,
                                          rig_err *err);

// 60_people2d/<view>.yaml, 70_people3d.yaml and 80_motion.yaml: frames are read and written in chunks, so that a take
// of any length needs no more memory than a chunk has. A chunk is a rig_people2d or rig_people3d with some of the
// frames.
//
// open     head: all but the frames, which live until close
// next     the next frames, at most `most` of them; n_frames = 0 at the end. From out, with names that live
//          until close. Frames rise through all chunks. Of people2d, a chunk that fails has the frames before
// share    how much was read, 0..1, about
// want     from now on next gives only frames that are wanted, by their numbers; of others nothing else is read, where
//          they are laid out as ours. wanted is called by whoever calls next; NULL: all
// A joint without score has 1, a person without one the mean of its joints'. A chunk has_tags where each joint of it
// has one, and the head does not say otherwise.
typedef bool (*rig_frame_filter)(const void *self, int frame);
typedef struct rig_people2d_reader rig_people2d_reader;
RIG_CHECKED rig_status rig_people2d_open(const char *path, rig_people2d_reader **reader, rig_people2d *head,
                                         rig_err *err);
RIG_CHECKED rig_status rig_people2d_next(rig_people2d_reader *reader, int most, rig_people2d *chunk, rig_arena *out,
                                         rig_err *err);
void rig_people2d_want(rig_people2d_reader *reader, rig_frame_filter wanted, const void *self);
double rig_people2d_share(const rig_people2d_reader *reader);
void rig_people2d_close(rig_people2d_reader *reader); // NULL is fine
// Views in the file are names, in memory bits of head.views; views that only joints name are added as they come.
typedef struct rig_people3d_reader rig_people3d_reader;
RIG_CHECKED rig_status rig_people3d_open(const char *path, rig_people3d_reader **reader, rig_people3d *head,
                                         rig_err *err);
RIG_CHECKED rig_status rig_people3d_next(rig_people3d_reader *reader, int most, rig_people3d *chunk, rig_arena *out,
                                         rig_err *err);
void rig_people3d_want(rig_people3d_reader *reader, rig_frame_filter wanted, const void *self);
double rig_people3d_share(const rig_people3d_reader *reader);
void rig_people3d_close(rig_people3d_reader *reader);

// make     inputs (may be NULL) and what head points at must outlive the writer; frames of head are not written
// go on    before the first add: take over the frames that a killed run left of the same result, of equal head and
//          inputs and by this version; *kept of them
// join     after go on: take over the frames of a finished slice of the same result, likewise equal, which *kept so far
//          lead up to; *joined = false: it is not there, is another's or not whole, or frames before it lack
// made     whether the result at path is whole, and as this writer would make it
// leave    drop, but frames stay for going on
// add      the chunk's frames, which follow those before; all else is the head's
// commit   the result is there from now on, and the writer gone; in any case
// drop     nothing is left of it
// write    all of people at once
typedef struct rig_people2d_writer rig_people2d_writer;
RIG_CHECKED rig_status rig_people2d_make(const char *path, const rig_people2d *head, const rig_inputs *inputs,
                                         rig_people2d_writer **writer, rig_err *err);
RIG_CHECKED rig_status rig_people2d_add(rig_people2d_writer *writer, const rig_people2d *chunk, rig_err *err);
RIG_CHECKED rig_status rig_people2d_commit(rig_people2d_writer *writer, rig_err *err);
void rig_people2d_drop(rig_people2d_writer *writer); // NULL is fine
RIG_CHECKED rig_status rig_people2d_go_on(rig_people2d_writer *writer, long *kept, rig_err *err);
RIG_CHECKED rig_status rig_people2d_join(rig_people2d_writer *writer, const char *path, long *kept, bool *joined,
                                         rig_err *err);
bool rig_people2d_made(const rig_people2d_writer *writer, const char *path);
bool rig_people2d_leave(rig_people2d_writer *writer); // whether there are frames; NULL is fine
typedef struct rig_people3d_writer rig_people3d_writer;
RIG_CHECKED rig_status rig_people3d_make(const char *path, const rig_people3d *head, const rig_inputs *inputs,
                                         rig_people3d_writer **writer, rig_err *err);
RIG_CHECKED rig_status rig_people3d_add(rig_people3d_writer *writer, const rig_people3d *chunk, rig_err *err);
RIG_CHECKED rig_status rig_people3d_commit(rig_people3d_writer *writer, rig_err *err);
void rig_people3d_drop(rig_people3d_writer *writer); // NULL is fine
RIG_CHECKED rig_status rig_people3d_write(const char *path, const rig_people3d *people, const rig_inputs *inputs,
                                          rig_err *err);

// 65_sync.yaml: the views' clocks. A view that is refused has a reason and no clock; pairs are for people to read.
typedef struct rig_sync_entry {
    char view[RIG_NAME_MAX];
    rig_sync_clock clock;
    char from[16]; // "people", "held"; of other programs' files also others
} rig_sync_entry;
typedef struct rig_sync_file {
    int n, n_pairs;
    rig_sync_entry *entries;
    const rig_sync_pair *pairs; // of the entries' views; not read
} rig_sync_file;
RIG_CHECKED rig_status rig_sync_write(const char *path, const rig_sync_file *sync, const rig_inputs *inputs,
                                      rig_err *err);
RIG_CHECKED rig_status rig_sync_read(const char *path, rig_sync_file *sync, rig_arena *out, rig_err *err);
const rig_sync_entry *rig_sync_find(const rig_sync_file *sync, const char *view); // or NULL

// 75_watch.yaml. fps 0: not known.
RIG_CHECKED rig_status rig_watch_write(const char *path, const rig_watch_report *report, const rig_calibration *rig,
                                       double fps, const rig_inputs *inputs, rig_err *err);
// Of the cameras of rig, which each view in the file must be one of.
RIG_CHECKED rig_status rig_watch_read(const char *path, const rig_calibration *rig, rig_watch_report *report,
                                      rig_arena *out, rig_err *err);
// 75_repair.yaml: made on request, no stage's result. Views are names in the file, cameras of rig in memory.
RIG_CHECKED rig_status rig_repairs_write(const char *path, const rig_repairs *repairs, const rig_calibration *rig,
                                         rig_err *err);
RIG_CHECKED rig_status rig_repairs_read(const char *path, const rig_calibration *rig, rig_repairs *repairs,
                                        rig_arena *out, rig_err *err);

// points.yaml of a rig's world: points: {name: [x, y, z]}, pixels: {view: {name: [x, y]}}. No schema key is needed.
typedef struct rig_points_file {
    int n;
    const char **names;
    double (*p)[3];
    int n_views;
    const char **views;
    double (**q)[2]; // [view][point]
    bool **seen;     // [view][point]
} rig_points_file;
RIG_CHECKED rig_status rig_points_read(const char *path, rig_points_file *points, rig_arena *out, rig_err *err);
// Make path hold these points: what differs is changed in its text, and comments, order and layout stay. A file that is
// not there is made. Where its text cannot be changed so (docs/formats.md), `<path less .yaml>.picked.yaml` is written,
// or `.picked-2.yaml` and so on where that is there and not of the caller's making.
//   beside   in and out: number of the file beside path that the caller's earlier calls wrote, 0: none
//   written  out: the file that was written; path itself, or that one and *why the text could not be changed
// Fails as rig_points_read where path is no such file, as rig_file_writer_commit; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_points_save(const char *path, const rig_points_file *points, int *beside,
                                       const char **written, const char **why, rig_arena *out, rig_err *err);

// A skeleton definition (schema rigpose/skeleton/1) and a model descriptor (docs/models.md). Both are strict: an
// unknown key is refused, and what is wrong fails with RIG_ERR_CONFIG (an absent file with RIG_ERR_IO). The descriptor
// of a second look is read with the model's own and lies in out, which must live as long as the model.
RIG_CHECKED rig_status rig_skeleton_read(const char *path, rig_skeleton *skeleton, rig_err *err);
RIG_CHECKED rig_status rig_model_read(const char *path, rig_model *model, rig_arena *out, rig_err *err);

#endif
