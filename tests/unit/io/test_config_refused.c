// io/config*.c: every refusal of a rig YAML, with its exact line, key and words.
#include "io/config.h"
#include "io/file.h"
#include "tests/support/support.h"

#include <string.h>

static rig_arena arena;
static rig_err err;

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static const char *text_write(const char *name, const char *text) {
    const char *path = rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
    return path;
}

typedef struct refusal {
    const char *text, *message; // the messages after `rig.yaml:`, a line each
} refusal;

static void assert_refused(const char *head, const refusal *refusals, size_t n) {
    for (size_t i = 0; i < n; i++) {
        rig_config config;
        const char *path = text_write("rig.yaml", rig_arena_printf(&arena, "%s%s\n", head, refusals[i].text));
        rig_status status = rig_config_read(path, &config, &arena, &err);
        if (status != RIG_ERR_CONFIG)
            fail_msg("'%s': status %d", refusals[i].text, (int)status);
        const char *told = err.text + strlen(path) + 1;
        for (int p = 0; config.n_problems > 1 && p < config.n_problems; p++) {
            const char *one = config.problems[p].text + strlen(path) + 1;
            told = p ? rig_arena_printf(&arena, "%s\n%s", told, one) : one;
        }
        assert_string_equal(told, refusals[i].message);
    }
}
#define ASSERT_REFUSED(head, refusals) assert_refused((head), (refusals), sizeof(refusals) / sizeof *(refusals))

static void test_top(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"", "1: an empty file, expected YAML"},
        {"- 1", "1: key 'schema' is missing, expected `schema: rigpose/rig/1`"},
        {"feeds: {}", "1: key 'schema' is missing, expected `schema: rigpose/rig/1`"},
        {"schema: rigpose/rig/2", "1: schema: wrong schema 'rigpose/rig/2', expected rigpose/rig/1"},
        {"schema: [1]", "1: schema: wrong type, expected a string, got a list of 1"},
        {"schema: rigpose/rig/1\nfeed: {}",
         "1: key 'feeds' is missing\n"
         "2: feed: unknown key, expected one of schema, feeds, views, board, recordings, intrinsics, extrinsics, "
         "stereo, "
         "cameras, cameras_unit, take, keypoints, skeleton, sync, triangulate, motion, main_person, out; did you mean "
         "'feeds'?"},
        {"schema: rigpose/rig/1\nout: a\nout: b", "3: duplicate key 'out'"},
        {"schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}", "3: did not find expected ',' or '}', while parsing a flow "
                                                            "mapping that begins in line 2"},
        {"schema: rigpose/rig/1", "1: key 'feeds' is missing"},
        {"schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\nout: ''", "3: out: an empty path"},
        {"schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\nout: {}",
         "3: out: wrong type, expected a string, got a map of 0"},
        {"schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\nskeleton: ''",
         "3: skeleton: an empty name, expected a skeleton's name or a YAML file"},
    };
    ASSERT_REFUSED("", refusals);
}

static void test_feeds(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"feeds:", "2: feeds: wrong type, expected a map, got null"},
        {"feeds: [quad]", "2: feeds: wrong type, expected a map, got a list of 1"},
        {"feeds: {}", "2: feeds: 0 feeds, expected 1 to 64"},
        {"feeds:\n  frames: {views: [c1]}",
         "3: feeds.frames: a feed must not be called 'frames': recordings have a key of this name"},
        {"feeds:\n  step: {views: [c1]}",
         "3: feeds.step: a feed must not be called 'step': recordings have a key of this name"},
        {"feeds:\n  a/b: {views: [c1]}", "3: feeds.a/b: not a name, expected 1 to 63 bytes without '/'"},
        {"feeds:\n  '': {views: [c1]}", "2: feeds: an empty name, expected 1 to 63 bytes"},
        {"feeds:\n  a: c1", "3: feeds.a: wrong type, expected a map, got 'c1'"},
        {"feeds:\n  a:\n    views: [c1]\n    tiles: 2",
         "5: feeds.a.tiles: unknown key, expected one of grid, views, fps"},
        {"feeds:\n  a: {grid: [1, 1]}", "3: feeds.a: key 'views' is missing"},
        {"feeds:\n  a: {views: c1}", "3: feeds.a.views: wrong type, expected a list, got 'c1'"},
        {"feeds:\n  a: {views: []}", "3: feeds.a.views: no view, expected at least one name"},
        {"feeds:\n  a: {views: [~]}", "3: feeds.a.views: no view, expected at least one name"},
        {"feeds:\n  a: {views: [c/1]}", "3: feeds.a.views[0]: 'c/1' is not a name, expected 1 to 63 bytes without '/'"},
        {"feeds:\n  a: {views: ['..']}", "3: feeds.a.views[0]: '..' is not a name, expected 1 to 63 bytes without '/'"},
        {"feeds:\n  a: {views: [[c1]]}", "3: feeds.a.views[0]: wrong type, expected a string, got a list of 1"},
        {"feeds:\n  a: {views: [c1], grid: [2, 0]}",
         "3: feeds.a.grid[1]: 0 is out of range, expected a whole number from 1 to 64"},
        {"feeds:\n  a: {views: [c1], grid: [2]}", "3: feeds.a.grid: a list of 1, expected 2 whole numbers"},
        {"feeds:\n  a: {views: [c1], grid: 2x2}", "3: feeds.a.grid: wrong type, expected a list, got '2x2'"},
        {"feeds:\n  a: {views: [c1], grid: [2, 1.5]}",
         "3: feeds.a.grid[1]: wrong type, expected a whole number from 1 to 64, got '1.5'"},
        {"feeds:\n  a: {views: [c1], fps: 0}",
         "3: feeds.a.fps: 0 is out of range, expected a number above 0, up to 10000"},
        {"feeds:\n  a: {views: [c1], fps: fast}", "3: feeds.a.fps: wrong type, expected a number, got 'fast'"},
        {"feeds:\n  a: {views: [c1, c2]}",
         "3: feeds.a.views: 2 views, expected at most 1 (grid 1 x 1), or a rect for each"},
        {"feeds:\n  a: {views: [c1, c2]}\nviews: {c1: {rect: [0, 0, 9, 9]}}",
         "3: feeds.a.views: 2 views, expected at most 1 (grid 1 x 1), or a rect for each"},
        {"feeds:\n  a: {views: [c1]}\n  b: {views: [c1]}",
         "4: feeds.b.views[0]: duplicate view name 'c1' (first used in line 3), expected another name"},
    };
    ASSERT_REFUSED("schema: rigpose/rig/1\n", refusals);
}

static void test_too_many_views(void **state) {
    (void)state;
    char text[600] = "feeds: {a: {grid: [10, 10], views: [v0", *put = text + strlen(text);
    for (int i = 1; i < 65; i++)
        put += sprintf(put, ", v%d", i);
    sprintf(put, "]}}");
    const refusal refusals[] = {{text, "2: feeds.a.views: more than 64 views, all feeds together"}};
    ASSERT_REFUSED("schema: rigpose/rig/1\n", refusals);
}

static void test_views(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"views: [c1]", "3: views: wrong type, expected a map, got a list of 1"},
        {"views: {c9: {rotate: 90}}", "3: views.c9: no view 'c9', expected one of c1, c2"},
        {"views: {c1: 90}", "3: views.c1: wrong type, expected a map, got '90'"},
        {"views:\n  c1: {turn: 90}", "4: views.c1.turn: unknown key, expected one of rect, rotate, offset_s"},
        {"views:\n  c1: {rotate: 45}", "4: views.c1.rotate: 45 is not a quarter turn, expected 0, 90, 180 or 270"},
        {"views:\n  c1: {rotate: 360}",
         "4: views.c1.rotate: 360 is out of range, expected a whole number from 0 to 270"},
        {"views:\n  c1: {offset_s: x}",
         "4: views.c1.offset_s: wrong type, expected a number from -86400 to 86400, got 'x'"},
        {"views:\n  c1: {rect: [1, 2, 3]}", "4: views.c1.rect: a list of 3, expected 4 whole numbers"},
        {"views:\n  c1: {rect: [-1, 2, 3, 4]}",
         "4: views.c1.rect[0]: -1 is out of range, expected a whole number from 0 to 65535"},
        {"views:\n  c1: {rect: [1, 2, 3, 0]}",
         "4: views.c1.rect[3]: an empty rectangle, expected [x, y, width, height]"},
        {"views:\n  c1: {rect: [1, 2, 3, 4]}\n  c2: {rect: [1, 2, 3, 4]}",
         "5: views.c2.rect: the same rectangle as view 'c1' of this feed, expected another"},
    };
    ASSERT_REFUSED("schema: rigpose/rig/1\nfeeds: {a: {grid: [2, 1], views: [c1, c2]}}\n", refusals);
}

static void test_recordings(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"recordings: [a]", "3: recordings: wrong type, expected a map, got a list of 1"},
        {"recordings: {r: x.mp4}", "3: recordings.r: wrong type, expected a map, got 'x.mp4'"},
        {"recordings: {r: }", "3: recordings.r: wrong type, expected a map, got null"},
        {"recordings: {r: {}}", "3: recordings.r: no feed, expected a file for at least one"},
        {"recordings: {r/s: {a: x.mp4}}", "3: recordings.r/s: not a name, expected 1 to 63 bytes without '/'"},
        {"recordings:\n  r:\n    a: x.mp4\n    c: y.mp4", "6: recordings.r.c: no feed 'c', expected one of a, b"},
        {"recordings:\n  r: {a: x.mp4, frames: 9}", "4: recordings.r.frames: wrong type, expected a list, got '9'"},
        {"recordings:\n  r: {a: x.mp4, frames: [9]}", "4: recordings.r.frames: a list of 1, expected [first, last]"},
        {"recordings:\n  r: {a: x.mp4, frames: [9, 8]}",
         "4: recordings.r.frames: the last frame, 8, comes before the first, 9"},
        {"recordings:\n  r: {a: x.mp4, frames: [-1, 8]}",
         "4: recordings.r.frames[0]: -1 is out of range, expected a whole number from 0 to 2147483646"},
        {"recordings:\n  r: {a: x.mp4, step: 0}",
         "4: recordings.r.step: 0 is out of range, expected a whole number from 1 to 2147483647"},
        {"recordings: {r: {a: {x: 1}}}",
         "3: recordings.r.a: wrong type, expected a video, a pattern, a list of pictures, or null"},
        {"recordings: {r: {a: ''}}",
         "3: recordings.r.a: an empty path, expected a video, a pattern or a list of pictures"},
        {"recordings: {r: {a: []}}",
         "3: recordings.r.a: an empty list, expected pictures (null where there is no file)"},
        {"recordings: {r: {a: [x.png, y.mp4]}}",
         "3: recordings.r.a[1]: 'y.mp4' is not a picture, expected .png, .jpg, .jpeg, "
         ".webp, .bmp, .tif or .tiff"},
        {"recordings: {r: {a: [x.png, ~]}}", "3: recordings.r.a[1]: wrong type, expected a string, got null"},
        {"recordings: {r: {a: 'x%s.png'}}",
         "3: recordings.r.a: 'x%s.png' is not a pattern, expected one %d or %04d (and %% for a %)"},
        {"recordings: {r: {a: 'x%d%d.png'}}",
         "3: recordings.r.a: 'x%d%d.png' is not a pattern, expected one %d or %04d (and %% for a %)"},
        {"recordings: {r: {a: 'x%'}}",
         "3: recordings.r.a: 'x%' is not a pattern, expected one %d or %04d (and %% for a %)"},
        {"recordings: {r: {a: 'x%0999999999999999999999d.png'}}",
         "3: recordings.r.a: 'x%0999999999999999999999d.png' is not a pattern, expected one %d or %04d (and %% for a "
         "%)"},
        {"recordings: {r: {a: 'x%0*d.png'}}",
         "3: recordings.r.a: 'x%0*d.png' is not a pattern, expected one %d or %04d (and %% for a %)"},
        {"recordings: {r: {a: 'x%n.png'}}",
         "3: recordings.r.a: 'x%n.png' is not a pattern, expected one %d or %04d (and %% for a %)"},
        {"recordings: {r: {a: 'c%d/x.png'}}",
         "3: recordings.r.a: a number in a folder's name, expected it in the pictures' names"},
        {"recordings: {r: {a: 'x%d.mp4'}}",
         "3: recordings.r.a: a pattern of files that are not pictures, expected .png, .jpg, "
         ".jpeg, .webp, .bmp, .tif or .tiff"},
    };
    ASSERT_REFUSED("schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}, b: {views: [c2]}}\n", refusals);
}

static void test_a_number_that_is_no_frame(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"recordings: {r: {a: 'gap/x%03d.png'}}", "3: recordings.r.a: picture 'x1652345678901.png' would be frame "
                                                  "1652345678901, expected 1000000000 at most (a list "
                                                  "of pictures is numbered by position)"},
    };
    assert_ok(rig_folder_make(rig_arena_printf(&arena, "%s/gap", rig_test_folder()), &err));
    text_write("gap/x008.png", "");
    text_write("gap/x1652345678901.png", "");
    ASSERT_REFUSED("schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\n", refusals);
}

static const char HEAD[] = "schema: rigpose/rig/1\n"
                           "feeds: {a: {grid: [2, 1], views: [c1, c2]}, b: {views: [c3]}}\n"
                           "recordings: {r: {a: r.mp4}, s: {b: s.mp4}}\n";

static void test_board(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"board: 9x6", "4: board: wrong type, expected a map, got '9x6'"},
        {"board: {corners: [9, 6]}", "4: board: key 'square_m' is missing, expected with kind chessboard or charuco"},
        {"board: {square_m: 0.1}", "4: board: key 'corners' is missing, expected with kind chessboard or charuco"},
        {"board: {kind: circles}",
         "4: board.kind: 'circles' is not known, expected one of chessboard, charuco, aprilgrid"},
        {"board: {corners: [9, 1], square_m: 1}",
         "4: board.corners[1]: 1 is out of range, expected a whole number from 2 to 50"},
        {"board: {corners: [51, 9], square_m: 1}",
         "4: board.corners[0]: 51 is out of range, expected a whole number from 2 to 50"},
        {"board: {corners: [9, 6], square_m: 0}",
         "4: board.square_m: 0 is out of range, expected a number above 0, up to 100"},
        {"board: {corners: [9, 6], square_m: -0.1}",
         "4: board.square_m: -0.1 is out of range, expected a number above 0, up to 100"},
        {"board: {corners: [9, 6], square_m: 25 mm}",
         "4: board.square_m: wrong type, expected a number, got '25 mm': without a unit"},
        {"board: {corners: [9, 6], squares: 1}",
         "4: board: key 'square_m' is missing, expected with kind chessboard or charuco\n"
         "4: board.squares: unknown key, expected one of kind, corners, square_m; did you mean 'square_m'?"},
        {"intrinsics: {from: r}", "4: intrinsics: boards are searched for, but key 'board' is missing"},
        {"extrinsics: {from: r}", "4: extrinsics: boards are searched for, but key 'board' is missing"},
        {"stereo: {from: r}",
         "4: stereo: boards are searched for, but key 'board' is missing\n4: stereo: key 'pair' is missing"},
        {"board: {corners: [9, 6], square_m: null}", "4: board.square_m: not filled in, expected a value: Edge of a "
                                                     "square. All lengths in the results scale with it."},
    };
    ASSERT_REFUSED(HEAD, refusals);
}

static void test_calibration(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"intrinsics: {lens: pinhole5}", "5: intrinsics: key 'from' is missing, expected it, 'cameras' or 'focal_px'"},
        {"intrinsics: {from: x}", "5: intrinsics.from: no recording 'x', expected one of r, s"},
        {"intrinsics: {from: [r]}", "5: intrinsics.from: wrong type, expected a string, got a list of 1"},
        {"intrinsics: {from: r, lens: pinhole3}", "5: intrinsics.lens: 'pinhole3' is not known, expected one of "
                                                  "pinhole0, pinhole2, pinhole4, pinhole5, pinhole8, "
                                                  "pinhole12, fisheye4, auto"},
        {"intrinsics: {from: r, fixed: true}",
         "5: intrinsics.fixed: unknown key, expected one of from, cameras, focal_px, focal_sigma, lens, boards"},
        {"extrinsics: {}", "5: extrinsics: key 'from' is missing, expected unless world is {points: file}"},
        {"extrinsics: {world: {board: s}}",
         "5: extrinsics: key 'from' is missing, expected unless world is {points: file}"},
        {"extrinsics: {world: {camera: c1}}",
         "5: extrinsics: key 'from' is missing, expected unless world is {points: file}"},
        {"extrinsics: {from: r, origin: c1}",
         "5: extrinsics.origin: unknown key, expected one of from, world, lenses, surveyed, scale, "
         "lengths, board, boards"},
        {"extrinsics: {from: r, surveyed: a.yaml, world: {camera: c1}}",
         "5: extrinsics.world: excluded by 'surveyed' in line 5, whose poses define the world"},
        {"extrinsics: {from: r, lenses: fixed}",
         "5: extrinsics.lenses: 'fixed' is not known, expected one of refined, held"},
        {"extrinsics: {from: r, lengths: [[c1, c1, 2]]}",
         "5: extrinsics.lengths[0]: the same view twice, expected two views"},
        {"extrinsics: {from: r, world: c1}", "5: extrinsics.world: wrong type, expected a map, got 'c1'"},
        {"extrinsics: {from: r, world: {}}",
         "5: extrinsics.world: 0 keys, expected one of {board: recording}, {camera: view}, {points: file}"},
        {"extrinsics: {from: r, world: {board: s, camera: c1}}",
         "5: extrinsics.world: 2 keys, expected one of {board: recording}, {camera: view}, {points: file}"},
        {"extrinsics: {from: r, world: {floor: s}}",
         "5: extrinsics.world.floor: unknown key, expected one of board, camera, points, people"},
        {"extrinsics: {from: r, world: {board: t}}",
         "5: extrinsics.world.board: no recording 't', expected one of r, s"},
        {"extrinsics: {from: r, world: {camera: c9}}",
         "5: extrinsics.world.camera: no view 'c9', expected one of c1, c2, c3"},
        {"extrinsics: {from: r, world: {camera: c3}}",
         "5: extrinsics.world.camera: view 'c3' is not in recording 'r', expected feed 'b' there"},
        {"extrinsics: {world: {points: ''}}", "5: extrinsics.world.points: an empty path"},
        {"stereo: {pair: [c1, c2]}", "5: stereo: key 'from' is missing"},
        {"stereo: {from: r}", "5: stereo: key 'pair' is missing"},
        {"stereo: {from: r, pair: [c1]}", "5: stereo.pair: a list of 1, expected [left, right]"},
        {"stereo: {from: r, pair: [c1, c1]}", "5: stereo.pair: the same view twice, expected two views"},
        {"stereo: {from: r, pair: [c1, x]}", "5: stereo.pair[1]: no view 'x', expected one of c1, c2, c3"},
        {"stereo: {from: r, pair: [c1, c3]}",
         "5: stereo.pair[1]: view 'c3' is not in recording 'r', expected feed 'b' there"},
        {"stereo: {from: r, pair: [c1, c2], alpha: 1.5}",
         "5: stereo.alpha: 1.5 is out of range, expected a number from 0 to 1"},
        {"cameras: x.yaml\nintrinsics: {from: r}",
         "6: intrinsics: excluded by 'cameras' in line 5, expected one of the two"},
        {"cameras: x.yaml\n\nextrinsics: {from: r}",
         "7: extrinsics: excluded by 'cameras' in line 5, expected one of the two"},
        {"cameras: [x.yaml]", "5: cameras: wrong type, expected a string, got a list of 1"},
        {"cameras_unit: mm", "5: cameras_unit: has no effect without 'cameras'"},
        {"cameras: x.toml\ncameras_unit: inch", "6: cameras_unit: 'inch' is not known, expected one of m, cm, mm"},
    };
    ASSERT_REFUSED(rig_arena_printf(&arena, "%sboard: {corners: [9, 6], square_m: 0.1}\n", HEAD), refusals);
}

static void test_people(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"take: x", "4: take: no recording 'x', expected one of r, s"},
        {"keypoints: onnx", "4: keypoints: wrong type, expected a map, got 'onnx'"},
        {"keypoints: {}", "4: keypoints: key 'source' is missing"},
        {"keypoints: {source: alphapose}",
         "4: keypoints.source: 'alphapose' is not known, expected one of onnx, import, openpose, coco, yaml"},
        {"keypoints: {source: onnx, model: ''}",
         "4: keypoints.model: an empty name, expected a model's name or a YAML file"},
        {"keypoints: {source: onnx, zoom: sometimes}",
         "4: keypoints.zoom: 'sometimes' is not known, expected one of off, auto, always"},
        {"keypoints: {source: yaml, zoom: auto}",
         "4: keypoints.zoom: does not apply to source yaml, expected only with onnx"},
        {"keypoints: {source: import, people: 'p/{view}', layout: ''}",
         "4: keypoints.layout: an empty name, expected a skeleton's name or a YAML file"},
        {"keypoints: {source: yaml, layout: coco17}",
         "4: keypoints.layout: does not apply to source yaml, expected only with import or openpose or coco"},
        {"keypoints: {source: coco}",
         "4: keypoints: key 'people' is missing, expected with source import or openpose or coco"},
        {"keypoints: {source: yaml, model: m.yaml}",
         "4: keypoints.model: does not apply to source yaml, expected only with onnx"},
        {"keypoints: {source: yaml, people: p}",
         "4: keypoints.people: does not apply to source yaml, expected only with import or openpose or coco"},
        {"keypoints: {source: onnx, model: m, sizes: {}}",
         "4: keypoints.sizes: does not apply to source onnx, expected only with import or openpose or coco"},
        {"keypoints: {source: coco, people: '{view}', net: 1}",
         "4: keypoints.net: unknown key, expected one of source, people, layout, sizes"},
        {"keypoints: {source: openpose, people: p}",
         "4: keypoints.people: the same path for all of 3 views, expected {view} in it"},
        {"take: r\nkeypoints: {source: openpose, people: p}",
         "5: keypoints.people: the same path for all of 2 views, expected {view} in it"},
        {"keypoints: {source: openpose, people: 'p/{view}', sizes: [1, 2]}",
         "4: keypoints.sizes: wrong type, expected a map, got a list of 2"},
        {"keypoints: {source: openpose, people: 'p/{view}', sizes: {c9: [1, 2]}}",
         "4: keypoints.sizes.c9: no view 'c9', expected one of c1, c2, c3"},
        {"keypoints: {source: openpose, people: 'p/{view}', sizes: {c1: [1, 0]}}",
         "4: keypoints.sizes.c1[1]: 0 is out of range, expected a whole number from 1 to 65535"},
        {"skeleton: [coco17]", "4: skeleton: wrong type, expected a string, got a list of 1"},
    };
    ASSERT_REFUSED(HEAD, refusals);
}

static void test_no_recordings(void **state) {
    (void)state;
    static const refusal refusals[] = {
        {"take: r", "3: take: no recording 'r': there are no recordings"},
    };
    ASSERT_REFUSED("schema: rigpose/rig/1\nfeeds: {a: {views: [c1]}}\n", refusals);
}

// Bytes of a good rig changed at random, seeded: read or refused, never a crash.
static void test_damaged_at_random(void **state) {
    (void)state;
    static const char good[] =
        "board: {corners: [9, 6], square_m: 0.1}\nviews: {c1: {rect: [0, 0, 9, 9], rotate: 90}}\n"
        "intrinsics: {from: r, lens: pinhole5}\nextrinsics: {from: r, world: {camera: c2}}\n"
        "stereo: {from: r, pair: [c1, c2], alpha: 0}\ntake: s\nskeleton: coco17\nout: out\n"
        "keypoints: {source: openpose, people: 'p/{view}', sizes: {c3: [1, 2]}}";
    static const char marks[] = "{}[]:,&*-|'\"#%~!0 9\n\xff"
                                "abrs";
    uint64_t seed = 5;
    for (int run = 0; run < 2000; run++) {
        char bytes[sizeof good];
        rig_config config;
        memcpy(bytes, good, sizeof good);
        for (int k = 0; k < 1 + run % 3; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[(seed >> 33) % (sizeof good - 1)] = marks[(seed >> 20) % (sizeof marks - 1)];
        }
        const char *path = text_write("rig.yaml", rig_arena_printf(&arena, "%s%s\n", HEAD, bytes));
        rig_status status = rig_config_read(path, &config, &arena, &err);
        assert_true(status == RIG_OK || status == RIG_ERR_CONFIG);
        if (status != RIG_OK && strncmp(err.text, path, strlen(path)) != 0)
            fail_msg("no place in '%s'", err.text);
        rig_arena_clear(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_top, reset),
        cmocka_unit_test_setup(test_feeds, reset),
        cmocka_unit_test_setup(test_too_many_views, reset),
        cmocka_unit_test_setup(test_views, reset),
        cmocka_unit_test_setup(test_recordings, reset),
        cmocka_unit_test_setup(test_a_number_that_is_no_frame, reset),
        cmocka_unit_test_setup(test_board, reset),
        cmocka_unit_test_setup(test_calibration, reset),
        cmocka_unit_test_setup(test_people, reset),
        cmocka_unit_test_setup(test_no_recordings, reset),
        cmocka_unit_test_setup(test_damaged_at_random, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
