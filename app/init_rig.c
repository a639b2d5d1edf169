#include "app/init_rig.h"

#include "io/file.h"
#include "io/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct writing {
    rig_yaml_writer *w;
    const rig_init *init;
    const rig_found *found; // of init
    const rig_found_roles *roles;
    rig_arena *arena;
} writing;

static void put_text(rig_yaml_writer *w, const char *key, const char *text) {
    rig_yaml_key(w, key);
    rig_yaml_put_string(w, text);
}

static void comment(const writing *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void comment(const writing *to, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    rig_yaml_put_comment(to->w, text);
}

static const char *recording_of(const writing *to, int recording) {
    return recording >= 0 ? to->found->recordings[recording] : "RECORDING";
}

// --- feeds and recordings --------------------------------------------------------------------------------------------

// Windows that the sizes suggest, for somebody to decide.
static void put_misfits(const writing *to) {
    const rig_init *init = to->init;
    for (int i = 0; i < init->n_misfits; i++)
        comment(to, "%s%s: calibrated at %dx%d, the take's pictures are %dx%d", i ? "" : "\n", init->misfits[i].view,
                init->misfits[i].calibrated_w, init->misfits[i].calibrated_h, init->misfits[i].width,
                init->misfits[i].height);
    if (init->n_misfits == 0)
        return;
    rig_yaml_put_comment(to->w,
                         "The sizes do not tell whether such pictures were cut or squeezed, nor at which side. The "
                         "largest window of the calibration's shape, in the middle, passes `check`, and is a guess:\n"
                         "views:");
    for (int i = 0; i < init->n_misfits; i++) {
        const rig_rect r = init->misfits[i].rect;
        comment(to, "  %s: {rect: [%d, %d, %d, %d]}", init->misfits[i].view, r.x, r.y, r.w, r.h);
    }
    rig_yaml_put_comment(to->w, "Where you know which columns or rows were cut off, change size and principal point in "
                                "the calibration instead; so, too, where another tool found the people, whose pixels "
                                "are the whole picture's.");
}

static bool is_uneven(const rig_found_feed *feed) {
    return feed->tiles.n > 1 && feed->tiles.cols == 0;
}

static void put_feed(const writing *to, const rig_found_feed *feed) {
    rig_yaml_key(to->w, feed->name);
    rig_yaml_begin_map(to->w, true);
    if (feed->tiles.n > 1 && !is_uneven(feed)) {
        rig_yaml_key(to->w, "grid");
        rig_yaml_put_doubles(to->w, (const double[]){feed->tiles.cols, feed->tiles.rows}, 2);
    }
    rig_yaml_key(to->w, "views");
    rig_yaml_begin_list(to->w, true);
    for (int t = 0; t < feed->tiles.n; t++)
        rig_yaml_put_string(to->w, rig_found_view(feed, t, to->arena));
    rig_yaml_end(to->w);
    rig_yaml_end(to->w);
}

// Windows of tiles that are of no even grid.
static void put_windows(const writing *to) {
    bool begun = false;
    rig_yaml_put_comment(to->w, "\nOnly what differs from that: rotated cameras, clock offsets, unusual windows.\n"
                                "views:\n  NAME: {rotate: 90, offset_s: 0.0167, rect: [0, 0, 960, 540]}");
    for (int i = 0; i < to->found->n_feeds; i++)
        for (int t = 0; is_uneven(&to->found->feeds[i]) && t < to->found->feeds[i].tiles.n; t++) {
            const rig_rect r = to->found->feeds[i].tiles.rects[t];
            if (!begun) {
                rig_yaml_key(to->w, "views");
                rig_yaml_begin_map(to->w, false);
            }
            begun = true;
            rig_yaml_key(to->w, rig_found_view(&to->found->feeds[i], t, to->arena));
            rig_yaml_begin_map(to->w, true);
            rig_yaml_key(to->w, "rect");
            rig_yaml_put_doubles(to->w, (const double[]){r.x, r.y, r.w, r.h}, 4);
            rig_yaml_end(to->w);
        }
    if (begun)
        rig_yaml_end(to->w);
}

static void put_feeds(const writing *to) {
    bool tiled = false;
    rig_yaml_put_comment(to->w, "\nA feed is the stream of pictures of one recorder. Picture sizes:");
    for (int i = 0; i < to->found->n_feeds; i++) {
        const rig_found_feed *feed = &to->found->feeds[i];
        char rate[40] = "";
        tiled = tiled || feed->tiles.n > 1;
        if (feed->fps > 0)
            snprintf(rate, sizeof rate, ", %g frames/s", feed->fps);
        comment(to, "  %s: %dx%d%s%s", feed->name, feed->width, feed->height, feed->more_sizes ? " and others" : "",
                rate);
    }
    if (tiled)
        rig_yaml_put_comment(to->w, "Grids (columns, rows) and windows (rect: x, y, width, height) are guessed from "
                                    "the seams and black borders in the pictures: check them. views names the tiles, "
                                    "row by row.");
    rig_yaml_key(to->w, "feeds");
    rig_yaml_begin_map(to->w, false);
    for (int i = 0; i < to->found->n_feeds; i++)
        put_feed(to, &to->found->feeds[i]);
    rig_yaml_end(to->w);
    put_windows(to);
    put_misfits(to);
}

static void put_file(const writing *to, const rig_found_file *file) {
    if (file->text) {
        rig_yaml_put_string(to->w, file->text);
        return;
    }
    rig_yaml_begin_list(to->w, true);
    for (int i = 0; i < file->n_pictures; i++)
        rig_yaml_put_string(to->w, file->pictures[i]);
    rig_yaml_end(to->w);
}

// `board: 250 to 260 frames`
static void recording_comment(const writing *to, int recording) {
    int least = -1, most = -1, feeds = 0;
    for (int i = 0; i < to->found->n_footage; i++) {
        const rig_found_footage *f = &to->found->footage[i];
        if (f->recording != recording)
            continue;
        least = least < 0 || f->n_frames < least ? f->n_frames : least;
        most = f->n_frames > most ? f->n_frames : most;
        feeds++;
    }
    char frames[64];
    snprintf(frames, sizeof frames, least == most ? "%d frames" : "%d to %d frames", least, most);
    comment(to, "  %s: %d of %d feeds, %s%s", to->found->recordings[recording], feeds, to->found->n_feeds, frames,
            to->found->by_order[recording] ? "; its files were grouped by the order of their names: check them" : "");
}

static void put_recordings(const writing *to) {
    rig_yaml_put_comment(
        to->w, "\nA recording is what the feeds captured on one occasion: a file for each feed that was running.");
    for (int r = 0; r < to->found->n_recordings; r++)
        recording_comment(to, r);
    rig_yaml_key(to->w, "recordings");
    rig_yaml_begin_map(to->w, false);
    for (int i = 0; i < to->found->n_footage; i++) {
        const rig_found_footage *f = &to->found->footage[i];
        if (i == 0 || f->recording != f[-1].recording) {
            rig_yaml_key(to->w, to->found->recordings[f->recording]);
            rig_yaml_begin_map(to->w, false);
        }
        rig_yaml_key(to->w, to->found->feeds[f->feed].name);
        put_file(to, f->file);
        if (i + 1 == to->found->n_footage || f->recording != f[1].recording)
            rig_yaml_end(to->w);
    }
    rig_yaml_end(to->w);
}

// --- what is wanted of them ------------------------------------------------------------------------------------------

static void put_from(const writing *to, const char *section, int recording) {
    rig_yaml_key(to->w, section);
    rig_yaml_begin_map(to->w, true);
    put_text(to->w, "from", to->found->recordings[recording]);
}

static void put_board(const writing *to) {
    const bool counted = to->init->corners[0] > 0;
    comment(
        to,
        "\nThe board. corners: INNER corners, where four squares meet%s. square_m: measure the edge of a square, in "
        "metres; all lengths scale with it. Boards with markers: kind: charuco or aprilgrid, see `rigpose keys board`.",
        counted ? ", as counted in the pictures" : "; count them");
    rig_yaml_key(to->w, "board");
    rig_yaml_begin_map(to->w, true);
    put_text(to->w, "kind", "chessboard");
    rig_yaml_key(to->w, "corners");
    if (counted)
        rig_yaml_put_doubles(to->w, (const double[]){to->init->corners[0], to->init->corners[1]}, 2);
    else
        rig_yaml_put_null(to->w);
    rig_yaml_key(to->w, "square_m");
    rig_yaml_put_null(to->w);
    rig_yaml_end(to->w);
}

// Calibrations that were found; the one that is usable is taken.
static void put_known(const writing *to) {
    const rig_found_calibrations *all = &to->init->calibrations;
    if (all->n_usable > 1)
        rig_yaml_put_comment(to->w, "\nThere is more than one calibration: choose one.");
    else
        rig_yaml_put_comment(to->w, all->chosen ? "\nThe cameras, as they were calibrated:"
                                                : "\nCalibrations that cannot be taken as they are:");
    for (int i = 0; i < all->n; i++) {
        const rig_found_calibration *c = &all->of[i];
        comment(to, "  %s: %s%s%s", c->path, c->account, c->unusable ? "; not taken: " : "",
                c->unusable ? c->unusable : "");
        if (c != all->chosen)
            comment(to, "cameras: %s%s", c->path, c->unit_missing ? "\ncameras_unit: m     or cm, or mm" : "");
    }
    if (!all->chosen)
        return;
    put_text(to->w, "cameras", all->chosen->path);
    if (all->chosen->unit_missing) {
        rig_yaml_put_comment(to->w,
                             "m, cm or mm: the file does not say it, and the cameras' distances could be either");
        rig_yaml_key(to->w, "cameras_unit");
        rig_yaml_put_null(to->w);
    }
}

// What a board would need, where the cameras are known.
static void put_board_instead(const writing *to) {
    const rig_found_roles *roles = to->roles;
    const int *corners = to->init->corners;
    const char *lenses = roles->intrinsics >= 0 ? recording_of(to, roles->intrinsics) : "RECORDING";
    const char *places = roles->extrinsics >= 0 ? recording_of(to, roles->extrinsics) : "RECORDING";
    comment(to,
            "To calibrate by a board instead of `cameras`:\n"
            "board: {kind: chessboard, corners: [%d, %d], square_m: 0.1}\n"
            "intrinsics: {from: %s, lens: pinhole5}\nextrinsics: {from: %s}",
            corners[0] > 0 ? corners[0] : 9, corners[0] > 0 ? corners[1] : 6, lenses, places);
}

static void put_calibration(const writing *to) {
    const rig_found_roles *roles = to->roles;
    if (to->init->calibrations.n > 0)
        put_known(to);
    if (to->init->calibrations.chosen) {
        put_board_instead(to);
        return;
    }
    if (roles->intrinsics < 0) {
        rig_yaml_put_comment(to->w, "\nNo recording is named like one of a board (board, calib, intrinsics, ...).\n"
                                    "board: {kind: chessboard, corners: [9, 6], square_m: 0.1}\n"
                                    "intrinsics: {from: RECORDING, lens: pinhole5}\nextrinsics: {from: RECORDING}");
    } else {
        put_board(to);
        put_from(to, "intrinsics", roles->intrinsics);
        put_text(to->w, "lens", "pinhole5");
        rig_yaml_end(to->w);
        if (roles->extrinsics < 0)
            rig_yaml_put_comment(to->w, "extrinsics: {from: RECORDING}     that shows the board to several cameras at "
                                        "once");
        else
            put_from(to, "extrinsics", roles->extrinsics);
        if (roles->extrinsics >= 0 && roles->floor >= 0) {
            rig_yaml_key(to->w, "world");
            rig_yaml_begin_map(to->w, true);
            put_text(to->w, "board", to->found->recordings[roles->floor]);
            rig_yaml_end(to->w);
        }
        if (roles->extrinsics >= 0)
            rig_yaml_end(to->w);
        rig_yaml_put_comment(to->w,
                             "world, in extrinsics: {board: RECORDING} with the board on the floor, {camera: VIEW}, "
                             "{points: points.yaml} or {people: FILE}");
        if (roles->left) {
            put_from(to, "stereo", roles->intrinsics);
            rig_yaml_key(to->w, "pair");
            rig_yaml_begin_list(to->w, true);
            rig_yaml_put_string(to->w, roles->left);
            rig_yaml_put_string(to->w, roles->right);
            rig_yaml_end(to->w);
            rig_yaml_end(to->w);
        }
    }
    if (to->init->calibrations.n == 0)
        rig_yaml_put_comment(to->w, "cameras: cameras.yaml      instead of these: a known calibration");
}

static void put_people(const writing *to) {
    const rig_found_roles *roles = to->roles;
    if (roles->take < 0) {
        rig_yaml_put_comment(to->w, "\nNo recording of people: all are named like recordings of a board.\n"
                                    "take: RECORDING\nkeypoints: {source: onnx, model: people}");
    } else {
        rig_yaml_put_comment(to->w, "\nThe recording with the people, and where their joints come from: a network, or "
                                    "files of another tool:\n"
                                    "keypoints: {source: import, people: \"people2d/{view}\"}     or yaml");
        put_text(to->w, "take", recording_of(to, roles->take));
        rig_yaml_key(to->w, "keypoints");
        rig_yaml_begin_map(to->w, true);
        put_text(to->w, "source", roles->people ? "import" : "onnx");
        put_text(to->w, roles->people ? "people" : "model", roles->people ? roles->people : "people");
        rig_yaml_end(to->w);
    }
    put_text(to->w, "skeleton", "coco17");
    put_text(to->w, "out", "out");
}

rig_status rig_init_write(const rig_init *init, const char *path, rig_arena *arena, rig_err *err) {
    writing to = {NULL, init, init->found, &init->roles, arena};
    rig_file_writer file = {0};
    RIG_TRY(rig_file_writer_open(&file, path, err));
    rig_status status = rig_yaml_writer_open(file.stream, &to.w, arena, err);
    if (status == RIG_OK) {
        rig_yaml_begin_map(to.w, false);
        rig_yaml_put_comment(to.w,
                             "A rig for rigpose. Every key: `rigpose keys`. Paths are relative to this file's folder.");
        put_text(to.w, "schema", "rigpose/rig/1");
        put_feeds(&to);
        put_recordings(&to);
        put_calibration(&to);
        put_people(&to);
        rig_yaml_end(to.w);
        status = rig_yaml_writer_close(to.w, err);
    }
    if (status == RIG_OK)
        status = rig_file_writer_commit(&file, err);
    rig_file_writer_abandon(&file);
    return status;
}
