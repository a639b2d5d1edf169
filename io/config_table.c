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
#define PEOPLE_STAGES "keypoints triangulate watch refine"
#define KEY(path_, type_, stages_, source_, meaning_, ...)                                                             \
    { .path = path_, .type = RIG_KEY_##type_, .stages = stages_, .source = source_, .meaning = meaning_, __VA_ARGS__ }

// clang-format off
const rig_key rig_keys[] = {
    KEY("schema", WORD, NULL, "io/config.c", "What this file is.",
        .words = SCHEMAS, .needed = true, .value = "rigpose/rig/1"),

    KEY("feeds", MAP, "crop", "io/config_feeds.c",
        "The pictures that the recorders make, and the views in them. No feed may be called `frames` or `step`.",
        .unit = "feeds", .low = 1, .high = RIG_VIEWS_MAX, .needed = true),
    KEY("feeds.FEED", MAP, "crop", "io/config_feeds.c", "One stream of pictures, by a name of your choice; its views are the cameras in it.",),
    KEY("feeds.FEED.grid", INT, "crop", "io/footage.c", "Columns and rows of equal tiles.",
        .count = 2, .low = 1, .high = 64, .value = "[1, 1]"),
    KEY("feeds.FEED.views", LIST, "crop", "io/config_feeds.c",
        "A name for each tile, row by row; `null` for a tile that is not used. Fewer names than tiles: the last ones are not "
        "used. More: only where every view of the feed has a `rect`.",
        .unit = "names in all feeds, each once", .low = 1, .high = RIG_VIEWS_MAX, .needed = true),
    KEY("feeds.FEED.fps", POSITIVE, "crop", "io/footage.c",
        "Frames a second, for pictures, which carry no rate. Default: the video's; of pictures it is not known.",
        .unit = "frames/s", .high = 10000),

    KEY("views", MAP, "crop", "io/config_feeds.c", "What differs from the feeds' layout.", .expects = "names of views"),
    KEY("views.VIEW", MAP, "crop", "io/config_feeds.c", "A view, by its name.",),
    KEY("views.VIEW.rect", INT, "crop", "io/footage.c",
        "The view's window in the feed's picture, before the turn: x, y, width, height. It must lie in the picture; two views "
        "of a feed may overlap, but not have the same. Default: its tile.",
        .count = 4, .unit = "px", .high = EDGE_MAX),
    KEY("views.VIEW.rotate", INT, "crop", "io/footage.c", 
        "Turn of the window, clockwise: 0, 90, 180 or 270. Default: 0, of pictures as players show them, turned and mirrored as "
        "their container or Exif data asks; where it is stated for a view, 0 too, its feed's pictures are taken as they are stored.",
        .unit = "degrees", .high = 270, .value = "0"),
    KEY("views.VIEW.offset_s", NUMBER, "crop keypoints triangulate watch", "app/session.c",
        "The view's clock is late by so much: its frame f was seen at f / fps + offset_s.",
        .unit = "s", .low = -DAY_S, .high = DAY_S, .value = "0"),

    KEY("board", MAP, BOARDS_STAGES, "io/board.c", "The calibration board; needed where boards are looked for.",),
    KEY("board.kind", WORD, "corners", "app/stage_corners.c", "What is printed.", .words = KINDS, .value = "chessboard"),
    KEY("board.corners", INT, BOARDS_STAGES, "io/board.c",
        "INNER corners in a row, and rows: a board of 10 x 7 squares has 9 x 6. ChArUco: 4 squares or more between them.",
        .count = 2, .low = 2, .high = 50, .needed = true, .with = "kind", .is = "chessboard charuco"),
    KEY("board.square_m", POSITIVE, BOARDS_STAGES, "io/board.c", "Edge of a square. All lengths in the results follow it.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "chessboard charuco"),
    KEY("board.marker_m", POSITIVE, "corners", "io/board.c",
        "Edge of a marker, its black border included: up to 0.9 of square_m.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "charuco"),
    KEY("board.tags", INT, BOARDS_STAGES, "io/board.c", "Tags in a row, and rows; two tags or more in all.",
        .count = 2, .low = 1, .high = 25, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.tag_m", POSITIVE, BOARDS_STAGES, "io/board.c",
        "Edge of a tag, its black border (one cell wide, or two) included. All lengths in the results follow it.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.gap_m", POSITIVE, BOARDS_STAGES, "io/board.c",
        "From tag to tag, 0.1 to 1 of tag_m: Kalibr's tagSpacing times tag_m.",
        .unit = "m", .high = 100, .needed = true, .with = "kind", .is = "aprilgrid"),
    KEY("board.dictionary", WORD, "corners", "core/markers.c", "Of the markers, as OpenCV calls them.",
        .word = charuco_markers, .needed = true, .with = "kind", .is = "charuco"),
    KEY("board.dictionary", WORD, "corners", "core/markers.c", "Family of the tags.",
        .word = tags, .value = "36h11", .with = "kind", .is = "aprilgrid"),
    KEY("board.first_id", INT, "corners", "core/markers.c", "Of the first marker; the others follow row by row.",
        .high = 999, .value = "0", .with = "kind", .is = "charuco aprilgrid"),
    KEY("board.first_square", WORD, "corners", "core/markers.c",
        "Colour of the square at the top left. Boards that OpenCV before 4.6 drew with an even number of rows begin white.",
        .words = FIRST_SQUARES, .value = "black", .with = "kind", .is = "charuco"),
    KEY("board.first_row", WORD, "corners", "core/markers.c",
        "Where the first row of tags stands when the tags are upright: Kalibr counts from the bottom.",
        .words = FIRST_ROWS, .value = "bottom", .with = "kind", .is = "aprilgrid"),

    KEY("recordings", MAP, "crop", "io/config_recordings.c", "The files.",
        .unit = "recordings", .high = 1000),
    KEY("recordings.RECORDING", MAP, "crop", "io/config_recordings.c", "A recording, by a name of your choice.",),
    KEY("recordings.RECORDING.FEED", TEXT, "crop corners keypoints", "io/config_files.c",
        "What a feed that ran gave, by the feed's name; at least one. `null`: its views are in the recording, their pictures "
        "are not.", .expects = "a video, a picture, a pattern of numbered pictures, a list of pictures, or null"),
    KEY("recordings.RECORDING.frames", INT, "corners keypoints", "io/frames.c",
        "First and last frame, both included; a last of `null` is the end. Default: all.",
        .count = -1, .high = INT_MAX - 1, .expects = "[first, last]"),
    KEY("recordings.RECORDING.step", INT, "corners keypoints", "io/frames.c", "Every n-th frame of them.",
        .low = 1, .high = INT_MAX, .value = "1"),

    KEY("intrinsics", MAP, "intrinsics", "app/stage_intrinsics.c", "Calibrate each camera's lens.",),
    KEY("intrinsics.from", TEXT, "corners intrinsics", "app/stage_intrinsics.c", "Shows the board.",
        .expects = "a recording", .needed = true),
    KEY("intrinsics.lens", WORD, "intrinsics", "core/camera.c",
        "The lens model, named after its number of distortion coefficients (OpenCV's order); `auto`: each camera's by its "
        "error on boards held out, where each coefficient must earn its place.", .word = lens, .value = "pinhole5"),
    KEY("intrinsics.boards", INT, "intrinsics", "app/stage_intrinsics.c",
        "Most boards a view; of more those are taken that differ most in place, tilt and distance. Default: all.",
        .low = 10, .high = INT_MAX),

    KEY("extrinsics", MAP, "extrinsics", "app/stage_extrinsics.c", "Find where the cameras stand.",),
    KEY("extrinsics.from", TEXT, "corners extrinsics", "app/stage_extrinsics.c",
        "Shows the board to several cameras at once; needed, unless the world is `{points: FILE}`.",
        .expects = "a recording"),
    KEY("extrinsics.world", MAP, "extrinsics", "app/stage_extrinsics.c",
        "Where the world's origin and axes are: one of its four keys. Default: the first view of the recording.",),
    KEY("extrinsics.world.board", TEXT, "corners extrinsics", "app/stage_extrinsics.c",
        "A board that lies on the floor. Origin at its first corner, z up.", .expects = "a recording"),
    KEY("extrinsics.world.camera", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "The frame of a camera of the recording. Beside `people`: the camera whose frame their world was.",
        .expects = "a view"),
    KEY("extrinsics.world.points", TEXT, "extrinsics", "io/points.c",
        "Scene points whose places are known: `points: {name: [x, y, z]}` in metres and `pixels: {view: {name: [x, y]}}`, "
        "pixels of the view (after crop and turn).", .expects = "a path"),
    KEY("extrinsics.world.people", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "People who stand, in the 70_people3d.yaml of a run of this rig whose world was a camera's frame. z up, the floor "
        "8 cm under their ankles, the origin in their midst, x to the right of the first camera.", .expects = "a path"),
    KEY("extrinsics.lenses", WORD, "extrinsics", "app/stage_extrinsics.c",
        "`held`: the lenses stay as 30_intrinsics.yaml has them, which may be another program's; `refined`: with all that was "
        "seen.", .words = LENSES, .value = "refined"),
    KEY("extrinsics.surveyed", TEXT, "extrinsics", "app/stage_extrinsics.c",
        "A calibration (the schema of 40_extrinsics.yaml) with poses of some of the cameras, measured by other means: they "
        "are held and are the world. Then no `world`.", .expects = "a path"),
    KEY("extrinsics.lengths", POSITIVE, "extrinsics", "app/lengths.c",
        "Distances between cameras' lenses that you measured; the calibration is held against them.",
        .count = -1, .unit = "m", .high = 1e5, .expects = "a list of [view, view, metres]"),
    KEY("extrinsics.board", WORD, "extrinsics", "app/stage_extrinsics.c",
        "What of the board is refined too: `warp`, how far its middle stands out of its plane; `square`, its squares' size, "
        "which takes surveyed poses of two cameras.", .count = -1, .words = SHAPES),
    KEY("extrinsics.boards", INT, "extrinsics", "app/stage_extrinsics.c",
        "Most moments of all views; of more those are taken whose boards differ most in place, tilt and distance. Default: "
        "all.", .low = 10, .high = INT_MAX),

    KEY("stereo", MAP, "stereo", "app/stage_stereo.c", "Calibrate and rectify a pair.",),
    KEY("stereo.from", TEXT, "corners stereo", "app/stage_stereo.c", "Shows the board.",
        .expects = "a recording", .needed = true),
    KEY("stereo.pair", LIST, "stereo", "app/stage_stereo.c", "Two views of the recording.",
        .expects = "[left, right]", .needed = true),
    KEY("stereo.alpha", NUMBER, "stereo", "app/stage_stereo.c",
        "What rectified pictures keep: 0 only valid pixels, 1 all pixels.", .high = 1, .value = "0"),

    KEY("cameras", TEXT, "stereo triangulate watch", "app/session.c",
        "A known calibration, instead of intrinsics and extrinsics; `stereo` may stay: the schema of 40_extrinsics.yaml, or a file or folder of another tool, which its contents tell (docs/formats.md, Calibrations of other tools).",
        .expects = "a path"),
    KEY("cameras_unit", WORD, "stereo triangulate watch", "app/known_cameras.c",
        "The unit of lengths in another tool's `cameras`, where the file does not say it: without it, the distance between the cameras tells metres from millimetres.",
        .words = UNITS),

    KEY("take", TEXT, PEOPLE_STAGES, "app/take.c", "Shows the people.", .expects = "a recording"),

    KEY("keypoints", MAP, "keypoints triangulate", "app/stage_keypoints.c",
        "Where the people's joints in the pictures come from.",),
    KEY("keypoints.source", WORD, "keypoints", "app/stage_keypoints.c",
        "`onnx`: a network; `import`: people that another tool found (`openpose` and `coco` are the same); `yaml`: the "
        "60_people2d/ that is in `out`.",
        .words = SOURCES, .needed = true),
    KEY("keypoints.model", TEXT, "keypoints", "app/session.c",
        "The network's descriptor (docs/models.md), or the name, without / and dots, of one in data/models.",
        .expects = "a path or a name", .value = "people", .with = "source", .is = "onnx"),
    KEY("keypoints.zoom", WORD, "keypoints", "app/session.c",
        "Where the model has a second network: when each person is looked at again (docs/models.md, \"A second look\"). "
        "Default: as the model says.", .words = ZOOMS, .with = "source", .is = "onnx"),
    KEY("keypoints.people", TEXT, "keypoints", "io/imports.c",
        "A folder with a JSON file a frame, or one JSON or CSV file: OpenPose, COCO results, MMPose, AlphaPose, DeepLabCut, "
        "SLEAP, told by what is in it (docs/formats.md, Imports). A frame is the number in the file's or picture's name, or "
        "its id. `{view}` stands for the view's name, and must be there where the take has more than one view.",
        .expects = "a path", .needed = true, .with = "source", .is = "import openpose coco"),
    KEY("keypoints.layout", TEXT, "keypoints", "io/imports_layout.c",
        "Which joints they are, in which order: a name (configs/skeletons/NAME.yaml of rigpose), or a path with / or .yaml in "
        "it. Default: as the file says, else by their count where that tells.",
        .expects = "a name or a path", .with = "source", .is = "import openpose coco"),
    KEY("keypoints.sizes", MAP, "keypoints", "app/stage_keypoints.c",
        "The size of the pictures in which the people were found, where it is not the view's own.",
        .expects = "{view: [width, height]}", .with = "source", .is = "import openpose coco"),
    KEY("keypoints.sizes.VIEW", INT, "keypoints", "app/stage_keypoints.c", "By the view's name: width, height.",
        .count = 2, .unit = "px", .low = 1, .high = EDGE_MAX),

    KEY("skeleton", TEXT, PEOPLE_STAGES, "app/session.c",
        "The joints of a person: a name (configs/skeletons/NAME.yaml of rigpose), or a path with / or .yaml in it.",
        .expects = "a name or a path", .value = "coco17"),

    KEY("triangulate", MAP, "triangulate watch", "app/stage_triangulate.c", "What counts as a person in space.",),
    KEY("triangulate.min_score", NUMBER, "triangulate watch", "triangulate/detection.c",
        "A joint of a view with a lower score is not used.", .high = 1, .value = "0.1"),
    KEY("triangulate.gate_m", NUMBER, "triangulate watch", "triangulate/detection.c",
        "A view whose joint is farther than this from where the other views have it is left out of the joint; so is one "
        "beyond 9 of its standard deviations. Of bodies below half or above twice an adult's size the default is in "
        "proportion.", .unit = "m", .high = 10, .value = "0.15"),
    KEY("triangulate.gate_px", POSITIVE, "triangulate watch", "triangulate/detection.c",
        "No gate is smaller in the picture: for people who are small in it, this is the gate.",
        .unit = "px", .high = 10000, .value = "25"),
    KEY("triangulate.min_joints", INT, "triangulate", "triangulate/tracker.c",
        "Who has fewer joints in space is no person. Somebody known is followed with half as many.",
        .low = 1, .high = RIG_JOINTS_MAX, .value = "5"),
    KEY("triangulate.max_speed_m_s", POSITIVE, "triangulate", "triangulate/track.c",
        "Nobody is expected to move faster, nor looked for farther away once lost. The default is in proportion, as gate_m's.",
        .unit = "m/s", .high = 100, .value = "6"),
    KEY("triangulate.keep_s", NUMBER, "triangulate", "triangulate/tracker.c",
        "Who is not seen by two views for longer is given up, and is somebody new when they come back; no joint is filled for "
        "longer. It must be longer than a frame.", .unit = "s", .low = 0.01, .high = 60, .value = "1"),

    KEY("motion", MAP, "refine", "app/stage_refine.c",
        "Make people's movement of the triangulated people (80_motion.yaml); `{}` for the defaults.",),
    KEY("motion.fill_s", NUMBER, "refine", "triangulate/motion.c", "A joint that is not seen for up to this long is filled.",
        .unit = "s", .high = 60, .value = "0.2"),
    KEY("motion.acceleration_m_s2", POSITIVE, "refine", "triangulate/smooth.c",
        "How fast velocities of hands and feet change (elbows and knees 0.6, trunk and head 0.35 as much): one standard "
        "deviation, an axis. Less is smoother; runners need more.", .unit = "m/s2", .high = 1000, .value = "15"),
    KEY("motion.filter", WORD, "refine", "triangulate/filter.c",
        "`butterworth`: forwards and backwards, no lag; `one_euro`: forwards only; `kalman`: constant velocity, smoothed "
        "backwards; `savitzky_golay`: polynomials.", .word = filter, .value = "none"),
    KEY("motion.cutoff_hz", POSITIVE, "refine", "triangulate/filter.c",
        "Where half of the power is left after both passes; below half the frames a second.",
        .unit = "Hz", .high = 10000, .value = "6", .with = "filter", .is = "butterworth"),
    KEY("motion.cutoff_hz", POSITIVE, "refine", "triangulate/filter.c",
        "Of a joint at rest; below half the frames a second.",
        .unit = "Hz", .high = 10000, .value = "1.5", .with = "filter", .is = "one_euro"),
    KEY("motion.cutoff_hz_per_m_s", POSITIVE, "refine", "triangulate/filter.c", "What a speed of 1 m/s adds.",
        .unit = "Hz per m/s", .high = 10000, .value = "20", .with = "filter", .is = "one_euro"),
    KEY("motion.window_s", POSITIVE, "refine", "triangulate/filter.c", "How long each polynomial is.",
        .unit = "s", .high = 60, .value = "0.25", .with = "filter", .is = "savitzky_golay"),
    KEY("motion.degree", INT, "refine", "triangulate/filter.c", "Of the polynomials.",
        .low = 1, .high = RIG_FILTER_DEGREE_MAX, .value = "3", .with = "filter", .is = "savitzky_golay"),
    KEY("motion.derivatives", BOOL, "refine", "triangulate/kinematics.c", "Also velocities and accelerations.",
        .value = "false"),
    KEY("motion.angles", BOOL, "refine", "triangulate/kinematics.c", "Also angles between bones.", .value = "false"),

    KEY("main_person", TEXT, NULL, "app/person_tally.c",
        "Whom `export` writes: `all`; `longest`: who is there in most frames; `nearest`: who is nearest to the world's z axis "
        "on average, of those who are there a tenth as long as the longest; or the person's id.",
        .expects = "all, longest, nearest or an id", .value = "all"),

    KEY("out", TEXT, NULL, "app/session.c", "The folder of the results.", .expects = "a path", .value = "out"),
};
// clang-format on
const int rig_keys_n = sizeof rig_keys / sizeof *rig_keys;
