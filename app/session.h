// A session: one rig YAML, its output folder, and which results there are current. Stages and commands work on it.
#ifndef RIG_APP_SESSION_H
#define RIG_APP_SESSION_H

#include "core/skeleton.h"
#include "io/config.h"
#include "io/frames.h"
#include "io/lock.h"
#include "io/results.h"

// Frames a second where no rate is known: how far people may move and how long tracks are kept, how fast videos play.
enum { RIG_FPS_UNKNOWN = 25 };

typedef struct rig_digest rig_digest;

// A feed's files of a recording as they lay on the disk when their digest was computed: equal stamps, equal contents.
typedef struct rig_footage_stamp {
    char stamp[65], digest[65]; // "": not known
} rig_footage_stamp;

typedef struct rig_session {
    rig_config config;
    rig_arena arena;           // results of the stage at work; what is read before a stage lives as long as the session
    rig_arena scratch;         // a stage's workspace
    int chunk_frames;          // frames worked at a time; 0: RIG_CHUNK_FRAMES. No result depends on it
    rig_arena kept;            // lives as long as the session: what is below
    rig_digest *digests;       // of files, each computed once
    bool feeds_current;        // 10_feeds.yaml was held against the footage
    rig_feeds *feeds;          // what 10_feeds.yaml says; NULL: not read yet
    rig_footage_stamp *stamps; // by recording, by feed (app/seconds.h); NULL: not read yet
    bool cameras_told;         // whose the known cameras are, and how they were taken
    bool fits_told;            // how they were made to fit the take's pictures
    bool has_out;              // the output folder is there and locked
    rig_lock *lock;
} rig_session;

// Read the rig YAML. Fails as rig_config_read. release in any case.
RIG_CHECKED rig_status rig_session_open(const char *path, rig_session *session, rig_err *err);
void rig_session_release(rig_session *session);
// Before anything is written to it: make the output folder, and see that no other rigpose works in it as long as this
// session lasts. Fails with RIG_ERR_IO.
RIG_CHECKED rig_status rig_session_begin(rig_session *session, rig_err *err);
// How many frames are worked at a time.
int rig_session_chunk(const rig_session *session);

// <out>/<name>, in the session's arena.
RIG_CHECKED rig_status rig_session_path(rig_session *session, const char *name, const char **path, rig_err *err);
// <out>/60_people2d/<view>.yaml
RIG_CHECKED rig_status rig_session_people2d_path(rig_session *session, int view, const char **path, rig_err *err);

// Whether a recording shows the board to a stage; whether the take has this view.
bool rig_recording_has_boards(const rig_config *config, int recording);
bool rig_view_in_take(const rig_config *config, int view);

// The views of a recording as 10_feeds.yaml has them, which is made first where it is absent or stale: *sources has
// config.n_views entries, those of views that the recording does not have with view = -1. What is not known of footage
// is 0. Fails where 10_feeds.yaml cannot be read, is foreign and lacks a view, or cannot be made.
RIG_CHECKED rig_status rig_session_feeds(rig_session *session, int recording, rig_view_source **sources, rig_err *err);
// Open a feed's pictures, cut into views as 10_feeds.yaml has them. Fails as rig_session_feeds and rig_reader_open.
RIG_CHECKED rig_status rig_session_reader_open(rig_session *session, int recording, int feed, rig_reader **reader,
                                               rig_err *err);
// The same in grey: rig_reader_open_grey.
RIG_CHECKED rig_status rig_session_reader_open_grey(rig_session *session, int recording, int feed, rig_reader **reader,
                                                    rig_err *err);
// Set the crop of cameras that do not have one, where 10_feeds.yaml knows it of a recording's views.
RIG_CHECKED rig_status rig_session_crops(rig_session *session, int recording, rig_calibration *calibration,
                                         rig_err *err);
// What a file or a result holds: rig_result_digest of text, rig_file_digest of others, computed once as long as the
// file stays as it is. A result that was changed by hand is warned of.
RIG_CHECKED rig_status rig_session_digest(rig_session *session, const char *path, char hex[65], rig_err *err);
// rig_result_seal, likewise; RIG_SEAL_NONE where nothing is there.
RIG_CHECKED rig_status rig_session_seal(rig_session *session, const char *path, rig_seal *seal, rig_err *err);

// The frame of the rig's clock (rate fps_ref) at which frame `frame` of a source was seen: shifted by the view's offset
// and scaled by the rates. The same frame where a rate is not known.
int rig_source_clock(const rig_view_source *source, double fps_ref, int frame);
// The same not rounded: a moment between frames.
double rig_source_moment(const rig_view_source *source, double fps_ref, int frame);
// The rate of the rig's clock in a recording: that of the first source that has one; 0 where none has. Fails with
// RIG_ERR_CONFIG where none has and a view has an offset, which is then no number of frames, and where one is a
// thousand times another.
RIG_CHECKED rig_status rig_sources_rate(const rig_config *config, int recording, const rig_view_source *sources,
                                        double *fps, rig_err *err);

// The descriptor of the take's network and its path: a YAML, or one of those that come with rigpose (data/models).
RIG_CHECKED rig_status rig_session_model(rig_session *session, rig_model *model, const char **path, rig_err *err);
// One of the skeletons that come with rigpose, by name.
RIG_CHECKED rig_status rig_skeleton_named(const char *name, rig_skeleton *skeleton, rig_arena *arena, rig_err *err);
// The same of a file's people, who must have as many joints (0: nobody is in it, and it does not say).
//   whose  the file or view, for the error
RIG_CHECKED rig_status rig_skeleton_of(const char *name, int n_joints, const char *whose, rig_skeleton *skeleton,
                                       rig_arena *arena, rig_err *err);
// The skeleton that the rig names: a YAML, or one of those that come with rigpose; and the file of it.
RIG_CHECKED rig_status rig_session_skeleton_path(rig_session *session, const char **path, rig_err *err);
RIG_CHECKED rig_status rig_session_skeleton(rig_session *session, rig_skeleton *skeleton, rig_err *err);
// A path below configs/, wherever rigpose was installed or built.
RIG_CHECKED rig_status rig_share_path(rig_arena *arena, const char *name, const char **path, rig_err *err);

// The last calibration the rig has: its `cameras`, else 40_extrinsics.yaml, or 30_intrinsics.yaml where it asks for no
// poses.
RIG_CHECKED rig_status rig_session_calibration(rig_session *session, rig_calibration *calibration, rig_err *err);
// The same for the take's pictures: where they are another window of the calibrated ones, or those scaled, K follows
// and the person is told.
RIG_CHECKED rig_status rig_session_take_calibration(rig_session *session, rig_calibration *calibration, rig_err *err);
// Make the cameras of a calibration those of the take's pictures.
RIG_CHECKED rig_status rig_session_take_fit(rig_session *session, rig_calibration *calibration, rig_err *err);
// The window of a view in its feed's pictures.
rig_crop rig_crop_of(const rig_config *config, const rig_view_source *source);
// A camera for a view of the take: of another window of the feed, or of its pictures scaled, of which the person is
// told, if `tell`. Fails with RIG_ERR_DATA where it is neither.
RIG_CHECKED rig_status rig_camera_fit(const rig_config *config, rig_view_camera *camera, const rig_view_source *source,
                                      bool tell, rig_err *err);

#endif
