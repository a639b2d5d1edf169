// The rig YAML (schema rigpose/rig/1), read and checked. Every path in it is resolved against the file's own folder.
#ifndef RIG_IO_CONFIG_H
#define RIG_IO_CONFIG_H

#include "core/arena.h"
#include "core/board.h"
#include "core/camera.h"
#include "core/image.h"
#include "io/yaml.h"
#include "pose/model.h"
#include "triangulate/filter.h"

typedef enum rig_file_kind { RIG_FILE_NONE, RIG_FILE_VIDEO, RIG_FILE_IMAGES } rig_file_kind;

// A recording's file for one feed: nothing (null), a video, or pictures (a printf pattern or a list, resolved to
// paths).
typedef struct rig_feed_file {
    rig_file_kind kind;
    const char *text; // as written, for messages and 10_feeds.yaml
    int n;            // paths: 1 for a video; 0 where nothing fits the pattern (yet): opening it fails
    const char **paths;
    bool is_list;
    int *frames; // of pictures: the number of each, rising; NULL: its place
} rig_feed_file;

static inline int rig_feed_file_frame(const rig_feed_file *file, int i) {
    return file->frames ? file->frames[i] : i;
}

typedef struct rig_feed_config {
    char name[RIG_NAME_MAX];
    int cols, rows;          // grid; 1 x 1 where the feed is one picture
    int first_view, n_views; // its views in config->views, tiles row by row
    double fps;              // stated rate of an image sequence, or 0: the video's own, or not known
    bool as_stored;          // a view's turn is stated: pictures are not turned as their file asks
    int line;
} rig_feed_config;

typedef struct rig_view_config {
    char name[RIG_NAME_MAX];
    int feed, tile;  // tile: place in the grid
    rig_rect rect;   // explicit window; w = 0: the tile's
    int turns;       // quarter turns clockwise
    double offset_s; // this view's clock is late by so much: its frame f was seen at f / fps + offset_s
    bool has_offset; // stated
    int line;
    double focal_px; // as intrinsics tells it; 0: it does not
} rig_view_config;

typedef struct rig_recording_config {
    char name[RIG_NAME_MAX];
    rig_feed_file *files;  // one a feed of the config; RIG_FILE_NONE also where the feed is not in this recording
    bool *has;             // has[feed]: the recording names the feed (its file may be null)
    int first, last, step; // frames first..last (both included; last = INT_MAX: to the end), every step-th
    bool feeds_lost;       // some of its feeds could not be read: whoever names their views may be right
    int line;
} rig_recording_config;

typedef enum rig_world_kind {
    RIG_WORLD_NONE,
    RIG_WORLD_BOARD,
    RIG_WORLD_CAMERA,
    RIG_WORLD_POINTS,
    RIG_WORLD_PEOPLE,
    RIG_WORLD_STANDING // the people by whom the poses were found
} rig_world_kind;
typedef enum rig_people_source {
    RIG_SOURCE_NONE,
    RIG_SOURCE_ONNX,
    RIG_SOURCE_IMPORT,
    RIG_SOURCE_YAML
} rig_people_source;

// What counts as a person in space, as rig_tracker_params; and whether every covariance is written.
typedef struct rig_triangulate_config {
    double min_score, gate_m, gate_px;
    int min_joints;
    double max_speed_m_s, keep_s;
    bool covariance;
} rig_triangulate_config;

// What the views' clocks are found from.
typedef enum rig_sync_from {
    RIG_SYNC_FROM_NONE,
    RIG_SYNC_FROM_PEOPLE,
    RIG_SYNC_FROM_SOUND,
    RIG_SYNC_FROM_STAMPS
} rig_sync_from;

// What is wanted of people's movement.
typedef struct rig_motion_config {
    double fill_s;            // gaps of a joint up to this long are filled
    double acceleration_m_s2; // 1 standard deviation, an axis, of hands and feet
    rig_filter_params filter;
    bool derivatives, angles; // also made: velocities and accelerations, joint angles
} rig_motion_config;

// Who of the take's people is exported.
typedef enum rig_main_person {
    RIG_MAIN_PERSON_ALL,
    RIG_MAIN_PERSON_LONGEST,
    RIG_MAIN_PERSON_NEAREST,
    RIG_MAIN_PERSON_ID
} rig_main_person;

typedef struct rig_length_config {
    int views[2];
    double m;
} rig_length_config;

typedef struct rig_config_problem {
    const char *text; // `file:line: key: what is wrong, what was expected`
    int line, column; // from 1, 0: not known; characters before it in its line, -1: not known
} rig_config_problem;

typedef struct rig_config {
    const char *path; // of the rig YAML
    const rig_yaml *root;
    int n_problems; // what is wrong with it, in the order of its lines
    rig_config_problem *problems;
    bool names_lost; // some feeds, views or recordings could not be read: whoever names them may be right
    int n_feeds, n_views, n_recordings;
    rig_feed_config *feeds;
    rig_view_config *views;
    rig_recording_config *recordings;
    bool has_board;
    rig_board board;
    int intrinsics_from;   // recording, or -1
    const char *lens_file; // path of a calibration whose lenses are taken, or NULL
    bool has_focal;        // lenses are told by a focal length alone:
    double focal_sigma;    // the share by which they may be off
    bool has_lenses;       // any of the three
    rig_lens lens;
    int intrinsics_boards, extrinsics_boards; // most boards a view, most moments, those that differ most; 0: all
    bool lens_auto;                           // the lens is chosen, a camera each
    int extrinsics_from;                      // recording, or -1
    bool extrinsics_people;                   // poses by the people of the take
    double height_m;                          // how tall they are; 0: not said
    const char *scale_joints[2];              // whose distance is known, NULL: of none
    double scale_m;                           // that distance
    bool has_extrinsics;                      // the section is there (world points need no recording)
    bool refine_warp, refine_square;          // the board's shape with the rest
    bool lenses_held;                         // K and dist stay as intrinsics has them
    const char *surveyed;                     // path of a calibration whose poses are held, or NULL
    int n_lengths;                            // distances between cameras that someone measured
    rig_length_config *lengths;
    rig_world_kind world;
    int world_recording; // of the floor board
    char world_camera[RIG_NAME_MAX];
    const char *world_points; // path of points.yaml
    const char *world_people; // path of a 70_people3d.yaml whose world was the frame of world_camera
    int stereo_from;          // recording, or -1
    int stereo_pair[2];       // views: left, right
    double stereo_alpha;      // 0..1, default 0
    const char *cameras;      // path of a known calibration, or NULL
    double cameras_unit_m;    // what a 1 of its lengths is; 0: not said
    int take;                 // recording, or -1
    rig_people_source source;
    bool has_zoom;
    rig_zoom_when zoom;       // of the model's second look
    const char *model;        // path of the model descriptor (onnx), or the plain name of one that comes with rigpose
    const char *people;       // path with {view}, of another tool's people
    const char *layout;       // of their joints: a name, or NULL
    const char *layout_path;  // the same: a skeleton YAML, or NULL
    double (*people_size)[2]; // per view: the picture size in which they were found; 0: the view's own
    rig_sync_from sync_from;
    double sync_search_s; // two clocks may be this far apart
    rig_triangulate_config triangulate;
    bool has_motion; // the section is there
    rig_motion_config motion;
    rig_main_person main_person;
    int main_person_id;
    const char *skeleton; // as written: "coco17", or a skeleton YAML ('/' or ".yaml" in it), relative to this one
    const char *out;      // folder
} rig_config;

// Read and check a rig YAML: every key, type, range and reference, rectangles against each other; not the files it
// names. Patterns are resolved by listing their folder. `out` keeps all that config points to. Fails with
// RIG_ERR_CONFIG: the first of config->problems and how many more there are, or the file cannot be read; config then
// holds what could be read. RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_config_read(const char *path, rig_config *config, rig_arena *out, rig_err *err);
// Change `views: {VIEW: {rect: [x, y, width, height]}}` of a rig YAML's text for n views; all else of it stays,
// comments too. Fails with RIG_ERR_FORMAT, and nothing is written, where its text cannot be changed so; as
// rig_config_read where the rig would not be a valid one; as rig_file_writer_commit; RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_config_rects_save(const char *path, const char *const *views, const rig_rect *rects, int n,
                                             rig_arena *out, rig_err *err);
bool rig_name_is_picture(const char *name);                           // by its ending
int rig_config_find_view(const rig_config *config, const char *name); // or -1

#endif
