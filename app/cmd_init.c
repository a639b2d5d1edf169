// init: a commented rig YAML for the footage found in a folder.
#include "app/commands.h"
#include "app/found_board.h"
#include "app/found_roles.h"
#include "app/network.h"
#include "app/session.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PASSED_SHOWN = 30, RECORDINGS_LOOKED = 6 };
static const double BOARD_SHARE = 0.3; // of a recording's pictures: with more it is of a board

typedef struct writing {
    rig_yaml_writer *w;
    const rig_found *found;
    const rig_found_roles *roles;
    int corners[2]; // of the board; 0: not found
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

static void put_feeds(const writing *to) {
    bool tiled = false;
    rig_yaml_put_comment(to->w, "\nA feed is the stream of pictures of one recorder. Picture sizes:");
    for (int i = 0; i < to->found->n_feeds; i++) {
        const rig_found_feed *feed = &to->found->feeds[i];
        char rate[40] = "";
        tiled = tiled || feed->cols * feed->rows > 1;
        if (feed->fps > 0)
            snprintf(rate, sizeof rate, ", %g frames/s", feed->fps);
        comment(to, "  %s: %dx%d%s%s", feed->name, feed->width, feed->height, feed->more_sizes ? " and others" : "",
                rate);
    }
    if (tiled)
        rig_yaml_put_comment(to->w, "Grids (columns, rows) are guessed from the seams in the pictures: check them. "
                                    "views names the tiles, row by row.");
    rig_yaml_key(to->w, "feeds");
    rig_yaml_begin_map(to->w, false);
    for (int i = 0; i < to->found->n_feeds; i++) {
        const rig_found_feed *feed = &to->found->feeds[i];
        rig_yaml_key(to->w, feed->name);
        rig_yaml_begin_map(to->w, true);
        if (feed->cols * feed->rows > 1) {
            rig_yaml_key(to->w, "grid");
            rig_yaml_put_doubles(to->w, (const double[]){feed->cols, feed->rows}, 2);
        }
        rig_yaml_key(to->w, "views");
        rig_yaml_begin_list(to->w, true);
        for (int t = 0; t < feed->cols * feed->rows; t++)
            rig_yaml_put_string(to->w, rig_found_view(feed, t, to->arena));
        rig_yaml_end(to->w);
        rig_yaml_end(to->w);
    }
    rig_yaml_end(to->w);
    rig_yaml_put_comment(to->w, "\nOnly what differs from that: rotated cameras, clock offsets, unusual "
                                "windows.\nviews:\n  NAME: {rotate: 90, offset_s: 0.0167, rect: [0, 0, 960, 540]}");
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
    const bool counted = to->corners[0] > 0;
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
        rig_yaml_put_doubles(to->w, (const double[]){to->corners[0], to->corners[1]}, 2);
    else
        rig_yaml_put_null(to->w);
    rig_yaml_key(to->w, "square_m");
    rig_yaml_put_null(to->w);
    rig_yaml_end(to->w);
}

static void put_calibration(const writing *to) {
    const rig_found_roles *roles = to->roles;
    if (roles->intrinsics < 0) {
        rig_yaml_put_comment(to->w, "\nNo recording is named like one of a board (board, calib, intrinsics, "
                                    "...).\nboard: {kind: chessboard, corners: [9, 6], square_m: 0.1}\nintrinsics: "
                                    "{from: RECORDING, lens: pinhole5}\nextrinsics: {from: RECORDING}");
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
        rig_yaml_put_comment(to->w, "world, in extrinsics: {board: RECORDING} with the board on the floor, {camera: "
                                    "VIEW}, {points: points.yaml} or {people: FILE}");
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
    rig_yaml_put_comment(to->w, "cameras: cameras.yaml      instead of these: a known calibration");
}

static void put_people(const writing *to) {
    const rig_found_roles *roles = to->roles;
    if (roles->take < 0) {
        rig_yaml_put_comment(to->w, "\nNo recording of people: all are named like recordings of a board.\ntake: "
                                    "RECORDING\nkeypoints: {source: onnx, model: people}");
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

static rig_status yaml_write(writing *to, const char *path, rig_err *err) {
    rig_file_writer file = {0};
    RIG_TRY(rig_file_writer_open(&file, path, err));
    rig_status status = rig_yaml_writer_open(file.stream, &to->w, to->arena, err);
    if (status == RIG_OK) {
        rig_yaml_begin_map(to->w, false);
        rig_yaml_put_comment(to->w,
                             "A rig for rigpose. Every key: `rigpose keys`. Paths are relative to this file's folder.");
        put_text(to->w, "schema", "rigpose/rig/1");
        put_feeds(to);
        put_recordings(to);
        put_calibration(to);
        put_people(to);
        rig_yaml_end(to->w);
        status = rig_yaml_writer_close(to->w, err);
    }
    if (status == RIG_OK)
        status = rig_file_writer_commit(&file, err);
    rig_file_writer_abandon(&file);
    return status;
}

// --- the command -----------------------------------------------------------------------------------------------------

// Where no name speaks of a board, the pictures may show one.
static rig_status board_look(const char *folder, writing *to, rig_found_roles *roles, rig_err *err) {
    double share;
    RIG_TRY(rig_found_board_count(folder, to->found, roles->intrinsics, to->corners, &share, err));
    for (int r = 0; roles->intrinsics < 0 && r < to->found->n_recordings && r < RECORDINGS_LOOKED; r++) {
        RIG_TRY(rig_found_board_count(folder, to->found, r, to->corners, &share, err));
        if (share >= BOARD_SHARE)
            rig_found_roles_board(to->found, r, roles, to->arena);
    }
    if (roles->intrinsics < 0)
        to->corners[0] = to->corners[1] = 0;
    return RIG_OK;
}

// A network that is missing is told now, not after an hour of calibration.
static void network_warn(rig_arena *arena) {
    const char *path;
    rig_model model;
    rig_err err = {""};
    rig_status status = rig_share_path(arena, "data/models/people.yaml", &path, &err);
    if (status == RIG_OK)
        status = rig_model_read(path, &model, arena, &err);
    if (status == RIG_OK)
        status = rig_network_check(&model, &err);
    if (status != RIG_OK)
        rig_warn("keypoints: %s", err.text);
}

static void passed_tell(const rig_found_files *files) {
    for (int i = 0; i < files->n_passed && i < PASSED_SHOWN; i++)
        rig_say("init: skipped %s", files->passed[i]);
    if (files->n_passed > PASSED_SHOWN)
        rig_say("init: skipped %d more", files->n_passed - PASSED_SHOWN);
    if (files->n_others > 0)
        rig_say("init: skipped %d file%s that %s neither videos nor pictures", files->n_others,
                files->n_others > 1 ? "s" : "", files->n_others > 1 ? "are" : "is");
}

static void edits_tell(const writing *to, const char *path) {
    rig_say("init: %s: %d feeds, %d recordings", path, to->found->n_feeds, to->found->n_recordings);
    if (to->roles->intrinsics >= 0)
        rig_say("init: fill in board.square_m%s",
                to->corners[0] > 0 ? "" : ", board.corners (no chessboard was found in the pictures)");
    rig_say("init: review it, then run `rigpose check %s`", path);
}

rig_status rig_command_init(const rig_arguments *arguments, rig_err *err) {
    const char *folder = arguments->operands[0];
    rig_arena arena = {0};
    rig_found *found = RIG_NEW(&arena, rig_found, 1);
    rig_found_roles roles;
    writing to = {.found = found, .roles = &roles, .arena = &arena};
    rig_file_stamp stamp;
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", folder);
    rig_status status = path && found ? RIG_OK : rig_fail_memory(err, "a path");
    if (status == RIG_OK && rig_file_stat(path, &stamp))
        status = rig_fail(err, RIG_ERR_USAGE, "'%s' already exists: remove it first", path);
    if (status == RIG_OK)
        status = rig_found_open(folder, found, &arena, err);
    if (status == RIG_OK)
        status = rig_found_roles_tell(found, &roles, &arena, err);
    if (status == RIG_OK)
        passed_tell(&found->files);
    if (status == RIG_OK && found->n_footage == 0)
        status = rig_fail(err, RIG_ERR_DATA, "'%s': no videos or pictures in it", folder);
    if (status == RIG_OK)
        status = board_look(folder, &to, &roles, err);
    if (status == RIG_OK)
        status = yaml_write(&to, path, err);
    if (status == RIG_OK)
        edits_tell(&to, path);
    if (status == RIG_OK && roles.take >= 0 && !roles.people)
        network_warn(&arena);
    rig_arena_release(&arena);
    return status;
}
