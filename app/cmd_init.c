// init: a commented rig YAML for the feeds found in a folder.
#include "app/commands.h"
#include "app/found_feeds.h"
#include "app/network.h"
#include "app/session.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>
#include <string.h>

static bool has_word(const char *name, const char *const words[]) {
    for (int i = 0; words[i]; i++)
        if (strstr(name, words[i]))
            return true;
    return false;
}

// The recording whose name has one of the words; NULL where none has.
static const char *recording_with(const rig_found *found, const char *const words[]) {
    for (int r = 0; r < found->n_recordings; r++)
        if (has_word(found->recordings[r], words))
            return found->recordings[r];
    return NULL;
}

static const char *const intrinsics_words[] = {"intri", NULL};
static const char *const board_words[] = {"board", "calib", "chess", "intri", "extri", NULL};
static const char *const extrinsics_words[] = {"extri", NULL};
static const char *const floor_words[] = {"floor", "origin", "ground", NULL};
static const char *const no_take_words[] = {"board", "calib",  "chess",  "intri", "extri",
                                            "floor", "origin", "ground", NULL};

static bool is_pair(const rig_found *found, int feed) {
    return found->feeds[feed].cols == 2 && found->feeds[feed].rows == 1;
}

static void views_print(FILE *f, const rig_found *found, int feed) {
    const rig_found_feed *it = &found->feeds[feed];
    if (it->cols * it->rows == 1) {
        fprintf(f, "{views: [%s]}", it->name);
        return;
    }
    fprintf(f, "{grid: [%d, %d], views: [", it->cols, it->rows);
    for (int i = 0; i < it->cols * it->rows; i++) {
        const char *comma = i ? ", " : "";
        if (is_pair(found, feed))
            fprintf(f, "%s%s_%s", comma, it->name, i ? "right" : "left");
        else
            fprintf(f, "%s%s_%d", comma, it->name, i + 1);
    }
    fprintf(f, "]}");
}

static void feeds_print(FILE *f, const rig_found *found) {
    fprintf(f, "\n# How each feed's picture is laid out: columns and rows of tiles, and a name for each tile's view, "
               "row by row.\n"
               "# The grids are guesses from the seams in the first picture: look at them.\nfeeds:\n");
    for (int i = 0; i < found->n_feeds; i++) {
        const rig_found_feed *it = &found->feeds[i];
        fprintf(f, "  %s: ", it->name);
        views_print(f, found, i);
        fprintf(f, "   # %dx%d", it->width, it->height);
        if (it->fps > 0)
            fprintf(f, ", %g frames/s", it->fps);
        fprintf(f, "\n");
    }
    fprintf(f, "\n# Only what differs from the layout: turned cameras, late clocks, odd windows.\n# views:\n"
               "#   NAME: {rotate: 90, offset_s: 0.0167, rect: [0, 0, 960, 540]}\n");
}

static void recordings_print(FILE *f, const rig_found *found) {
    fprintf(f, "\n# A recording: a file for each feed that ran.\nrecordings:\n");
    for (int r = 0; r < found->n_recordings; r++) {
        fprintf(f, "  %s:\n", found->recordings[r]);
        for (int i = 0; i < found->n_files; i++)
            if (found->files[i].recording == r)
                fprintf(f, "    %s: %s   # %d frames\n", found->feeds[found->files[i].feed].name, found->files[i].path,
                        found->files[i].n_frames);
    }
}

// The stereo pair of a side-by-side feed, where the board's recording has that feed.
static void stereo_print(FILE *f, const rig_found *found, const char *board) {
    for (int i = 0; i < found->n_files; i++) {
        const struct rig_found_file *file = &found->files[i];
        const char *feed = found->feeds[file->feed].name;
        if (is_pair(found, file->feed) && board && strcmp(found->recordings[file->recording], board) == 0) {
            fprintf(f, "stereo: {from: %s, pair: [%s_left, %s_right]}\n", board, feed, feed);
            return;
        }
    }
    fprintf(f, "# stereo: {from: BOARD_RECORDING, pair: [LEFT_VIEW, RIGHT_VIEW]}\n");
}

static void stages_print(FILE *f, const rig_found *found) {
    const char *intrinsics = recording_with(found, intrinsics_words), *floor = recording_with(found, floor_words);
    const char *board = intrinsics ? intrinsics : recording_with(found, board_words);
    const char *extrinsics = recording_with(found, extrinsics_words), *take = NULL;
    for (int r = 0; r < found->n_recordings && !take; r++)
        if (!has_word(found->recordings[r], no_take_words))
            take = found->recordings[r];
    const char *off = board ? "" : "# ";
    fprintf(f,
            "\n# Count INNER corners (where four squares meet), not squares; measure the square in metres.\n"
            "%sboard: {kind: chessboard, corners: [9, 6], square_m: 0.1}\n",
            off);
    fprintf(f, "%sintrinsics: {from: %s, lens: pinhole5}\n", off, board ? board : "BOARD_RECORDING");
    fprintf(f, "%sextrinsics: {from: %s", off, extrinsics ? extrinsics : board ? board : "BOARD_RECORDING");
    if (floor)
        fprintf(f, ", world: {board: %s}", floor);
    fprintf(f, "}   # world: {board: RECORDING} | {camera: VIEW} | {points: points.yaml}\n");
    stereo_print(f, found, board);
    fprintf(f, "# cameras: cameras.yaml      # instead of the three above: a known calibration\n");
    fprintf(f, "%stake: %s\n", take ? "" : "# ", take ? take : "TAKE_RECORDING");
    fprintf(f,
            "# Who is in the take: by the network that `./run people` gets, or from files of another tool:\n"
            "# keypoints: {source: import, people: \"people2d/{view}\"}     # or yaml\n"
            "%skeypoints: {source: onnx, model: people}     # zoom: auto | always | off\n"
            "skeleton: coco17\nout: out\n",
            take ? "" : "# ");
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

rig_status rig_command_init(const rig_arguments *arguments, rig_err *err) {
    rig_arena arena = {0};
    rig_found found;
    rig_file_writer file = {0};
    const char *path = rig_arena_printf(&arena, "%s/rig.yaml", arguments->operands[0]);
    rig_status status = path ? RIG_OK : rig_fail_memory(err, "a path");
    if (status == RIG_OK && rig_file_exists(path))
        status = rig_fail(err, RIG_ERR_USAGE, "'%s' is there already: remove it first", path);
    if (status == RIG_OK)
        status = rig_found_open(arguments->operands[0], &found, &arena, err);
    if (status == RIG_OK)
        status = rig_file_writer_open(&file, path, err);
    if (status == RIG_OK) {
        fprintf(file.stream, "# A rig for rigpose. Every key: `rigpose keys`. Paths are relative to this file.\n"
                             "schema: rigpose/rig/1\n");
        feeds_print(file.stream, &found);
        recordings_print(file.stream, &found);
        stages_print(file.stream, &found);
        status = rig_file_writer_commit(&file, err);
    }
    rig_file_writer_abandon(&file);
    if (status == RIG_OK)
        rig_say("init: %s: %d feeds, %d recordings; edit it, then `rigpose check %s`", path, found.n_feeds,
                found.n_recordings, path);
    if (status == RIG_OK)
        network_warn(&arena);
    rig_arena_release(&arena);
    return status;
}
