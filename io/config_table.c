// The table of the rig YAML's keys, in the order in which the sections are written.
#include "core/camera.h"
#include "core/markers.h"
#include "core/people.h"
#include "io/config_keys.h"
#include "triangulate/filter.h"

#include <limits.h>
#include <math.h>

enum { EDGE_MAX = 65535, DAY_S = 86400 }; // of pictures, pixels; the clocks of a session

static const char *const SCHEMAS[] = {"rigpose/rig/1", NULL};
static const char *const KINDS[] = {"chessboard", "charuco", "aprilgrid", NULL};
static const char *const FIRST_SQUARES[] = {"black", "white", NULL}, *const FIRST_ROWS[] = {"top", "bottom", NULL};
static const char *const LENSES[] = {"refined", "held", NULL}, *const SHAPES[] = {"warp", "square", NULL};
static const char *const SOURCES[] = {"onnx", "import", "openpose", "coco", "yaml", NULL};
static const char *const UNITS[] = {"m", "cm", "mm", NULL};
static const char *const CLOCKS[] = {"people", "sound", "stamps", NULL};
static const char *const ZOOMS[] = {"off", "auto", "always", NULL};

static const char *lens(int at) {
    return at < RIG_LENS_COUNT ? rig_lens_name((rig_lens)at) : at == RIG_LENS_COUNT ? "auto" : NULL;
}
static const char *filter(int at) {
    return at < RIG_FILTERS ? rig_filter_name((rig_filter)at) : NULL;
}
static const char *charuco_markers(int at) {
    return rig_markers_names(RIG_BOARD_CHARUCO)[at];
}
static const char *tags(int at) {
    return rig_markers_names(RIG_BOARD_APRILGRID)[at];
}

#define BOARDS_STAGES "corners intrinsics extrinsics stereo"
#define PEOPLE_STAGES "keypoints sync triangulate watch refine"
#define KEY(path_, type_, stages_, source_, meaning_, ...)                                                             \
    { .path = path_, .type = RIG_KEY_##type_, .stages = stages_, .source = source_, .meaning = meaning_, __VA_ARGS__ }

// clang-format off
const rig_key rig_keys[] = {
    KEY("schema", WORD, NULL, "io/config.c", "The type of this file.",
        .words = SCHEMAS, .needed = true, .value = "rigpose/rig/1"),

    KEY("feeds", MAP, "crop", "io/config_feeds.c",
        "The streams of pictures that recorders write, and the views in them. No feed may be called `frames` or `step`.",
        .unit = "feeds", .low = 1, .high = RIG_VIEWS_MAX, .needed = true),
    KEY("feeds.FEED", MAP, "crop", "io/config_feeds.c", "One stream of pictures, by a name of your choice; its views are the cameras in it.",),
    KEY("feeds.FEED.grid", INT, "crop", "io/footage.c", "Columns and rows of equal tiles.",
        .count = 2, .low = 1, .high = 64, .value = "[1, 1]"),
    KEY("feeds.FEED.views", LIST, "crop", "io/config_feeds.c",
        "A name for each tile, row by row; `null` for an unused tile. With fewer names than tiles the last tiles are "
        "unused; more names than tiles need a `rect` for every view of the feed.",
        .unit = "unique names over all feeds", .low = 1, .high = RIG_VIEWS_MAX, .needed = true),
    KEY("feeds.FEED.fps", POSITIVE, "crop", "io/footage.c",
        "Frame rate, for picture sequences, which carry none. Default: that of the video; unknown for pictures.",
        .unit = "frames/s", .high = 10000),

    KEY("views", MAP, "crop", "io/config_feeds.c", "Exceptions from the feeds' layout.", .expects = "names of views"),
    KEY("views.VIEW", MAP, "crop", "io/config_feeds.c", "A view, by its name.",),
    KEY("views.VIEW.rect", INT, "crop", "io/footage.c",
        "The view's window in the feed's picture, before rotation: x, y, width, height. It must lie inside the "
        "picture; two views of a feed may overlap but not be the same. Default: its tile.",
        .count = 4, .unit = "px", .high = EDGE_MAX),
    KEY("views.VIEW.rotate", INT, "crop", "io/footage.c",
        "Clockwise rotation of the window: 0, 90, 180 or 270. Default: 0, after the rotation and mirroring that the "
        "container or Exif data asks for; if it is given for any view, even as 0, its feed's pictures are taken as "
        "stored.",
        .unit = "degrees", .high = 270, .value = "0"),
    KEY("views.VIEW.offset_s", NUMBER, "crop keypoints sync triangulate watch", "app/session.c",
        "By how much the view's clock is late: its frame f was taken at f / fps + offset_s. A stated value, even 0, is "
        "kept by `sync`.",
        .unit = "s", .low = -DAY_S, .high = DAY_S, .value = "0"),

    KEY("board", MAP, BOARDS_STAGES, "io/board.c", "The calibration board; required by stages that search for boards.",),
    KEY("board.kind", WORD, "corners", "app/stage_corners.c", "The kind of board.", .words = KINDS, .value = "chessboard"),
    KEY("board.corners", INT, BOARDS_STAGES, "io/board.c",
        "INNER corners in a row, and rows: a board of 10 x 7 squares has 9 x 6. ChArUco: 4 squares or more between them.",
        .count = 2, .low = 2, .high = 50, .needed = true, .with = "kind", .is = "chessboard charuco"),
    KEY("board.square_m", POSITIVE, BOARDS_STAGES, "io/board.c", "Edge of a square. All lengths in the results scale "
        "with it.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "chessboard charuco"),
    KEY("board.marker_m", POSITIVE, "corners", "io/board.c",
        "Edge of a marker, including its black border: up to 0.9 of square_m.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "charuco"),
    KEY("board.tags", INT, BOARDS_STAGES, "io/board.c", "Tags in a row, and rows; at least two tags in all.",
        .count = 2, .low = 1, .high = 25, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.tag_m", POSITIVE, BOARDS_STAGES, "io/board.c",
        "Edge of a tag, including its black border (one or two cells wide). All lengths in the results scale with it.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.gap_m", POSITIVE, BOARDS_STAGES, "io/board.c",
        "Gap between tags, 0.1 to 1 of tag_m: Kalibr's tagSpacing times tag_m.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.dictionary", WORD, "corners", "core/markers.c", "Dictionary of the markers, by OpenCV's name.",
        .word = charuco_markers, .needed = true, .with = "kind", .is = "charuco"),
    KEY("board.dictionary", WORD, "corners", "core/markers.c", "Family of the tags.",
        .word = tags, .value = "36h11", .with = "kind", .is = "aprilgrid"),
    KEY("board.first_id", INT, "corners", "core/markers.c", "Id of the first marker; the others follow row by row.",
        .high = 999, .value = "0", .with = "kind", .is = "charuco aprilgrid"),
    KEY("board.first_square", WORD, "corners", "core/markers.c",
        "Colour of the square at the top left. Boards that OpenCV before 4.6 drew with an even number of rows begin white.",
        .words = FIRST_SQUARES, .value = "black", .with = "kind", .is = "charuco"),
    KEY("board.first_row", WORD, "corners", "core/markers.c",
        "Position of the first row of tags when the tags are upright: Kalibr counts from the bottom.",
        .words = FIRST_ROWS, .value = "bottom", .with = "kind", .is = "aprilgrid"),

    KEY("recordings", MAP, "crop", "io/config_recordings.c", "The recordings and their files.",
        .unit = "recordings", .high = 1000),
    KEY("recordings.RECORDING", MAP, "crop", "io/config_recordings.c", "A recording, by a name of your choice.",),
    KEY("recordings.RECORDING.FEED", TEXT, "crop corners keypoints", "io/config_files.c",
        "The file of each feed that was running, by the feed's name; at least one. `null`: the views are in the "
        "recording, but without pictures.", .expects = "a video, a picture, a pattern of numbered pictures, a list of pictures, or null"),
    KEY("recordings.RECORDING.frames", INT, "corners keypoints", "io/frames.c",
        "First and last frame, inclusive; `null` as the last means the end. Default: all.",
        .count = -1, .high = INT_MAX - 1, .expects = "[first, last]"),
    KEY("recordings.RECORDING.step", INT, "corners keypoints", "io/frames.c", "Use every n-th of these frames.",
        .low = 1, .high = INT_MAX, .value = "1"),

    KEY("intrinsics", MAP, "intrinsics", "app/stage_intrinsics.c", "Calibrate each camera's lens.",),
    KEY("intrinsics.from", TEXT, "corners intrinsics", "app/stage_intrinsics.c", "The recording that shows the board.",
        .expects = "a recording"),
    KEY("intrinsics.cameras", TEXT, "intrinsics", "app/lenses.c",
        "Instead: a calibration, of any kind that `cameras` may be, whose lenses are taken and whose poses are not.",
        .expects = "a path"),
    KEY("intrinsics.focal_px", MAP, "intrinsics", "app/lenses.c",
        "Instead: the focal length of each view, as far as it is known, for lenses that `extrinsics: {from: people}` "
        "refines.", .expects = "{view: pixels}"),
    KEY("intrinsics.focal_px.VIEW", POSITIVE, "intrinsics", "app/lenses.c",
        "By the view's name. Of a camera with a horizontal angle of view a: width / (2 tan(a / 2)).", .unit = "px", .high = 1e6),
    KEY("intrinsics.focal_sigma", POSITIVE, "intrinsics", "app/lenses.c",
        "By which share these focal lengths may be off: one standard deviation.", .high = 0.3, .value = "0.05"),
    KEY("intrinsics.lens", WORD, "intrinsics", "core/camera.c",
        "The lens model, named after its number of distortion coefficients (OpenCV's order); `auto`: chosen for each "
        "camera by the error on held-out boards, preferring fewer coefficients.", .word = lens, .value = "pinhole5"),
    KEY("intrinsics.boards", INT, "intrinsics", "app/stage_intrinsics.c",
        "Maximum number of boards per view; those that differ most in position, tilt and distance are used. Default: "
        "all.",
        .low = 10, .high = INT_MAX),

    KEY("extrinsics", MAP, "extrinsics", "app/stage_extrinsics.c", "Calibrate the poses of the cameras.",),
    KEY("extrinsics.from", TEXT, "corners extrinsics", "app/stage_extrinsics.c",
        "The recording that shows the board to several cameras at once; required unless the world is `{points: FILE}`. "
        "`people`: the people of the take, in 60_people2d, or the points (a wand, a drone, a ball: a skeleton of one to "
        "three joints), with the lenses of 30_intrinsics.yaml.",
        .expects = "a recording, or people"),
    KEY("extrinsics.world", MAP, "extrinsics", "app/stage_extrinsics.c",
        "The origin and axes of the world: one of its four keys. Default: the first view of the recording.",),
    KEY("extrinsics.world.board", TEXT, "corners extrinsics", "app/stage_extrinsics.c",
        "A recording of the board on the floor. Origin at its first corner, z up.", .expects = "a recording"),
    KEY("extrinsics.world.camera", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "The frame of a camera of the recording. With `people`: the camera whose frame was the world of that run.",
        .expects = "a view"),
    KEY("extrinsics.world.points", TEXT, "extrinsics", "io/points.c",
        "Scene points with known positions: `points: {name: [x, y, z]}` in metres and `pixels: {view: {name: [x, "
        "y]}}`, pixels of the view (after crop and turn). `rigpose pick` writes this file from clicks in the footage.",
        .expects = "a path"),
    KEY("extrinsics.world.people", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "Standing people, from the 70_people3d.yaml of a run of this rig whose world was a camera's frame. z up, the "
        "floor 8 cm below their ankles, the origin in the middle of them, x to the right of the first camera.", .expects = "a path"),
    KEY("extrinsics.lenses", WORD, "extrinsics", "app/stage_extrinsics.c",
        "`held`: the lenses of 30_intrinsics.yaml, which may be another program's, are kept; `refined`: they are "
        "adjusted together with the poses.", .words = LENSES, .value = "refined"),
    KEY("extrinsics.surveyed", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "A calibration (the schema of 40_extrinsics.yaml) with poses of some of the cameras, measured by other means: "
        "they are kept fixed and define the world. Excludes `world`. With `from: people` two of them or more give the scale, "
        "and those that people contradict have moved: they are placed by people, like cameras that have none.", .expects = "a path"),
    KEY("extrinsics.scale", MAP, "extrinsics", "app/extrinsics_people.c",
        "How large everything is, with `from: people`. Default: by `lengths`.",),
    KEY("extrinsics.scale.height_m", NUMBER, "extrinsics", "app/extrinsics_people.c",
        "Mean height of the people of the take, in shoes.", .unit = "m", .low = 0.3, .high = 3),
    KEY("extrinsics.scale.length", POSITIVE, "extrinsics", "app/extrinsics_people.c",
        "Instead: the distance of two joints of the skeleton, as of the ends of a wand, which does not change.",
        .count = -1, .unit = "m", .high = 1000, .expects = "[joint, joint, metres]"),
    KEY("extrinsics.lengths", POSITIVE, "extrinsics", "app/lengths.c",
        "Measured distances between the cameras' lenses; the calibration is checked against them. With `from: people` "
        "and no `scale` they give the scale.",
        .count = -1, .unit = "m", .high = 1e5, .expects = "a list of [view, view, metres]"),
    KEY("extrinsics.board", WORD, "extrinsics", "app/stage_extrinsics.c",
        "Board parameters to refine as well: `warp`, by how much the middle is out of plane; `square`, the size of the "
        "squares, which needs surveyed poses of two cameras.", .count = -1, .words = SHAPES),
    KEY("extrinsics.boards", INT, "extrinsics", "app/stage_extrinsics.c",
        "Maximum number of moments for all views; those whose boards differ most in position, tilt and distance are "
        "used. Default: all.", .low = 10, .high = INT_MAX),

    KEY("stereo", MAP, "stereo", "app/stage_stereo.c", "Calibrate and rectify a stereo pair.",),
    KEY("stereo.from", TEXT, "corners stereo", "app/stage_stereo.c", "The recording that shows the board.",
        .expects = "a recording", .needed = true),
    KEY("stereo.pair", LIST, "stereo", "app/stage_stereo.c", "The left and the right view of the recording.",
        .expects = "[left, right]", .needed = true),
    KEY("stereo.alpha", NUMBER, "stereo", "app/stage_stereo.c",
        "How much of the pictures rectification keeps: 0 only valid pixels, 1 all pixels.", .high = 1, .value = "0"),

    KEY("cameras", TEXT, "stereo sync triangulate watch", "app/session.c",
        "A known calibration, instead of intrinsics and extrinsics; `stereo` is still allowed: a file with the schema "
        "of 40_extrinsics.yaml, or a file or folder of another tool, recognised by its contents (docs/formats.md, "
        "Calibrations of other tools).",
        .expects = "a path"),
    KEY("cameras_unit", WORD, "stereo sync triangulate watch", "app/known_cameras.c",
        "The unit of length in another tool's `cameras`, if the file does not state it. Default: metres or "
        "millimetres, by the distance between the cameras.",
        .words = UNITS),

    KEY("take", TEXT, PEOPLE_STAGES, "app/take.c", "The recording that shows the people.", .expects = "a recording"),

    KEY("keypoints", MAP, "keypoints triangulate", "app/stage_keypoints.c",
        "The source of the people's 2D joints.",),
    KEY("keypoints.source", WORD, "keypoints", "app/stage_keypoints.c",
        "`onnx`: a network; `import`: people that another tool found (`openpose` and `coco` are the same); `yaml`: the "
        "60_people2d/ present in `out`.",
        .words = SOURCES, .needed = true),
    KEY("keypoints.model", TEXT, "keypoints", "app/session.c",
        "The network's descriptor (docs/models.md), or the name, without / and dots, of one in data/models.",
        .expects = "a path or a name", .value = "people", .with = "source", .is = "onnx"),
    KEY("keypoints.zoom", WORD, "keypoints", "app/session.c",
        "For a model with a second network: when to look at each person again (docs/models.md, \"A second look\"). "
        "Default: the model's own setting.", .words = ZOOMS, .with = "source", .is = "onnx"),
    KEY("keypoints.people", TEXT, "keypoints", "io/imports.c",
        "A folder with one JSON file per frame, or one JSON or CSV file: OpenPose, COCO results, MMPose, AlphaPose, "
        "DeepLabCut or SLEAP, recognised by the contents (docs/formats.md, Imports). The frame is the number in the "
        "file's or picture's name, or its id. `{view}` stands for the view's name and is required if the take has more "
        "than one view.",
        .expects = "a path", .needed = true, .with = "source", .is = "import openpose coco"),
    KEY("keypoints.layout", TEXT, "keypoints", "io/imports_layout.c",
        "Their joints and the order of these: a name (configs/skeletons/NAME.yaml of rigpose), or a path with / or "
        ".yaml in it. Default: as the file states, or else by the number of joints if it is unambiguous.",
        .expects = "a name or a path", .with = "source", .is = "import openpose coco"),
    KEY("keypoints.sizes", MAP, "keypoints", "app/stage_keypoints.c",
        "The size of the pictures in which the people were found, if it differs from the view's.",
        .expects = "{view: [width, height]}", .with = "source", .is = "import openpose coco"),
    KEY("keypoints.sizes.VIEW", INT, "keypoints", "app/stage_keypoints.c", "By the view's name: width, height.",
        .count = 2, .unit = "px", .low = 1, .high = EDGE_MAX),

    KEY("skeleton", TEXT, PEOPLE_STAGES, "app/session.c",
        "The joints of a person: a name (configs/skeletons/NAME.yaml of rigpose), or a path with / or .yaml in it.",
        .expects = "a name or a path", .value = "coco17"),

    KEY("sync", MAP, "sync triangulate watch", "app/stage_sync.c",
        "Find the clocks of the views of the take, whose cameras were started one after the other. A view whose "
        "`offset_s` is stated keeps it.",),
    KEY("sync.from", WORD, "sync", "app/stage_sync.c", "What they are found from: `people`, the motion of the people in "
        "each view; `sound`, what the cameras heard; `stamps`, the time codes of the videos, or else the dates that "
        "their containers state.", .words = CLOCKS, .needed = true),
    KEY("sync.search_s", POSITIVE, "sync", "triangulate/sync_scan.c", "How far apart the clocks of two views may be.",
        .unit = "s", .high = 3600, .value = "240"),

    KEY("triangulate", MAP, "triangulate watch", "app/stage_triangulate.c", "Matching people across views and "
        "triangulating their joints.",),
    KEY("triangulate.min_score", NUMBER, "triangulate watch", "triangulate/detection.c",
        "2D joints with a lower score are not used.", .high = 1, .value = "0.1"),
    KEY("triangulate.gate_m", NUMBER, "triangulate watch", "triangulate/detection.c",
        "Gate: a view's observation of a joint farther than this from the other views' triangulation is rejected; so "
        "is one beyond 9 standard deviations. For bodies smaller than half or larger than twice an adult's size the "
        "default is scaled in proportion.", .unit = "m", .high = 10, .value = "0.15"),
    KEY("triangulate.gate_px", POSITIVE, "triangulate watch", "triangulate/detection.c",
        "Lower limit of the gate in the picture: it takes the place of gate_m for people who are small in it.",
        .unit = "px", .high = 10000, .value = "25"),
    KEY("triangulate.min_joints", INT, "triangulate", "triangulate/tracker.c",
        "Minimum number of 3D joints of a person. An existing track is continued with half as many. Default of a skeleton "
        "of one to three joints: 1.",
        .low = 1, .high = RIG_JOINTS_MAX, .value = "5"),
    KEY("triangulate.max_speed_m_s", POSITIVE, "triangulate", "triangulate/track.c",
        "Maximum speed of a person, which also limits how far a lost track is searched. The default scales with body "
        "size as that of gate_m does.",
        .unit = "m/s", .high = 100, .value = "6"),
    KEY("triangulate.keep_s", NUMBER, "triangulate", "triangulate/tracker.c",
        "How long a track survives without being seen by two views; a person who returns later gets a new id. No joint "
        "is filled for longer. It must exceed the duration of a frame.", .unit = "s", .low = 0.01, .high = 60, .value = "1"),
    KEY("triangulate.covariance", BOOL, "triangulate refine", "io/results_people3d.c",
        "Write the covariance of every joint. Default: only of joints that are much less sure along one axis than along "
        "the others; of the rest sigma_m says nearly as much.", .value = "false"),

    KEY("motion", MAP, "refine", "app/stage_refine.c",
        "Refine the motion of the triangulated people (80_motion.yaml); `{}` for the defaults.",),
    KEY("motion.fill_s", NUMBER, "refine", "triangulate/motion.c", "Maximum length of a gap in a joint that is filled.",
        .unit = "s", .high = 60, .value = "0.2"),
    KEY("motion.acceleration_m_s2", POSITIVE, "refine", "triangulate/smooth.c",
        "Acceleration of hands and feet (elbows and knees have 0.6 of it, trunk and head 0.35): one standard deviation "
        "per axis. Lower is smoother; runners need more.", .unit = "m/s2", .high = 1000, .value = "15"),
    KEY("motion.filter", WORD, "refine", "triangulate/filter.c",
        "`butterworth`: forwards and backwards, no lag; `one_euro`: forwards only; `kalman`: constant velocity, smoothed "
        "backwards; `savitzky_golay`: polynomials.", .word = filter, .value = "none"),
    KEY("motion.cutoff_hz", POSITIVE, "refine", "triangulate/filter.c",
        "Frequency at which half of the power is left after both passes; below half the frame rate.",
        .unit = "Hz", .high = 10000, .value = "6", .with = "filter", .is = "butterworth"),
    KEY("motion.cutoff_hz", POSITIVE, "refine", "triangulate/filter.c",
        "Cutoff for a joint at rest; below half the frame rate.",
        .unit = "Hz", .high = 10000, .value = "1.5", .with = "filter", .is = "one_euro"),
    KEY("motion.cutoff_hz_per_m_s", POSITIVE, "refine", "triangulate/filter.c", "What a speed of 1 m/s adds to the "
        "cutoff.",
        .unit = "Hz per m/s", .high = 10000, .value = "20", .with = "filter", .is = "one_euro"),
    KEY("motion.window_s", POSITIVE, "refine", "triangulate/filter.c", "Length of the window of each polynomial.",
        .unit = "s", .high = 60, .value = "0.25", .with = "filter", .is = "savitzky_golay"),
    KEY("motion.degree", INT, "refine", "triangulate/filter.c", "Degree of the polynomials.",
        .low = 1, .high = RIG_FILTER_DEGREE_MAX, .value = "3", .with = "filter", .is = "savitzky_golay"),
    KEY("motion.derivatives", BOOL, "refine", "triangulate/kinematics.c", "Also write velocities and accelerations.",
        .value = "false"),
    KEY("motion.angles", BOOL, "refine", "triangulate/kinematics.c", "Also write angles between bones.", .value = "false"),

    KEY("main_person", TEXT, NULL, "app/person_tally.c",
        "Which people `export` writes: `all`; `longest`: the one present in the most frames; `nearest`: the one "
        "nearest to the world's z axis on average, among those present at least a tenth as long as the longest; or a "
        "person's id.",
        .expects = "all, longest, nearest or an id", .value = "all"),

    KEY("out", TEXT, NULL, "app/session.c", "The folder for results.", .expects = "a path", .value = "out"),
};
// clang-format on
const int rig_keys_n = sizeof rig_keys / sizeof *rig_keys;
