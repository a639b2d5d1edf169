#include "tools/commands/synthesize.h"

#include "app/session.h"
#include "app/talk.h"
#include "cv/cv.h"
#include "io/file.h"
#include "io/results.h"

#include <stdio.h>
#include <string.h>

enum { QUAD_VIEWS = 4, STEREO_VIEWS = 2 };

static const char *const recording_names[] = {"board", "floor", "walk"};

// One feed of one recording: its views drawn side by side on all cores into the tiles of one picture.
typedef struct feed_video {
    const rig_synth *synth;
    rig_synth_recording recording;
    int first_view, n_views;
    int width, height; // of a tile; two tiles a row
    rig_image picture, tiles[QUAD_VIEWS];
} feed_video;

static void tile_copy(feed_video *v, int i) {
    rig_rect rect = {i % 2 * v->width, i / 2 * v->height, v->width, v->height};
    rig_image window = rig_image_window(&v->picture, rect);
    for (int y = 0; y < v->height; y++)
        memcpy(window.data + y * window.stride, v->tiles[i].data + y * v->tiles[i].stride, (size_t)v->width * 3);
}

static rig_status frame_draw(feed_video *v, int frame, rig_err *err) {
    rig_status status[QUAD_VIEWS] = {RIG_OK};
    rig_err errs[QUAD_VIEWS];
#pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < v->n_views; i++)
        status[i] = rig_synth_draw(v->synth, v->recording, frame, v->first_view + i, &v->tiles[i], &errs[i]);
    for (int i = 0; i < v->n_views; i++) {
        if (status[i] != RIG_OK)
            return rig_fail(err, status[i], "%s", errs[i].text);
        tile_copy(v, i);
    }
    return RIG_OK;
}

static rig_status feed_write(feed_video *v, const char *path, int n_frames, double fps, rig_progress *progress,
                             rig_err *err) {
    rig_video_writer *writer = NULL;
    int rows = v->n_views / 2;
    rig_status status = rig_image_resize(&v->picture, 2 * v->width, rows * v->height, 3, err);
    if (status == RIG_OK)
        status = rig_video_writer_open(path, 2 * v->width, rows * v->height, fps, &writer, err);
    for (int f = 0; status == RIG_OK && f < n_frames; f++) {
        status = frame_draw(v, f, err);
        if (status == RIG_OK)
            status = rig_video_writer_add(writer, &v->picture, err);
        rig_progress_add(progress, v->n_views);
    }
    rig_status closed = rig_video_writer_close(writer, status == RIG_OK ? err : NULL);
    for (int i = 0; i < v->n_views; i++)
        rig_image_release(&v->tiles[i]);
    rig_image_release(&v->picture);
    return status == RIG_OK ? closed : status;
}

static rig_status feeds_write(const char *folder, const rig_synth *synth, const rig_synth_params *p, rig_arena *arena,
                              rig_err *err) {
    const int n_frames[] = {p->n_board, p->n_floor, p->n_take};
    rig_progress progress =
        rig_progress_begin("synth", (long)(p->n_board + p->n_floor + p->n_take) * (QUAD_VIEWS + STEREO_VIEWS));
    progress.unit = "pictures";
    rig_status status = RIG_OK;
    for (int r = 0; status == RIG_OK && r < 3; r++)
        for (int f = 0; status == RIG_OK && f < 2; f++) {
            feed_video v = {.synth = synth,
                            .recording = (rig_synth_recording)r,
                            .first_view = f ? QUAD_VIEWS : 0,
                            .n_views = f ? STEREO_VIEWS : QUAD_VIEWS,
                            .width = p->width,
                            .height = p->height};
            const char *path =
                rig_arena_printf(arena, "%s/%s_%s.mp4", folder, recording_names[r], f ? "stereo" : "quad");
            status = path ? feed_write(&v, path, n_frames[r], p->fps, &progress, err) : rig_fail_memory(err, "a path");
        }
    rig_progress_end(&progress);
    return status;
}

static rig_status rig_yaml_make(const char *folder, const rig_synth *synth, rig_arena *arena, rig_err *err) {
    const rig_board *board = rig_synth_board(synth);
    rig_file_writer file = {0};
    const char *path = rig_arena_printf(arena, "%s/rig.yaml", folder);
    if (!path)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_file_writer_open(&file, path, err));
    fprintf(file.stream,
            "# A synthetic session. Every key: configs/README.md of rigpose. The truth is in truth/.\nschema: "
            "rigpose/rig/1\nfeeds:\n  quad:   {grid: [2, 2], views: [c1, c2, c3, c4]}\n  stereo: {grid: [2, 1], views: "
            "[left, right]}\nboard: {kind: chessboard, corners: [%d, %d], square_m: %g}\nrecordings:\n  board: {quad: "
            "board_quad.mp4, stereo: board_stereo.mp4}\n  floor: {quad: floor_quad.mp4, stereo: floor_stereo.mp4}\n  "
            "walk:  {quad: walk_quad.mp4, stereo: walk_stereo.mp4}\nintrinsics: {from: board, lens: "
            "pinhole5}\nextrinsics: {from: board, world: {board: floor}}\nstereo: {from: board, pair: [left, "
            "right]}\ntake: walk\nkeypoints: {source: onnx, model: synth}\nskeleton: coco17\nout: out\n",
            board->cols, board->rows, board->square_m);
    rig_status status = rig_file_writer_commit(&file, err);
    rig_file_writer_abandon(&file);
    return status;
}

static rig_status truth_write(const char *folder, const rig_synth *synth, rig_arena *arena, rig_err *err) {
    const char *truth = rig_arena_printf(arena, "%s/truth", folder);
    const char *cameras = rig_arena_printf(arena, "%s/truth/cameras.yaml", folder);
    const char *people = rig_arena_printf(arena, "%s/truth/people3d.yaml", folder);
    if (!truth || !cameras || !people)
        return rig_fail_memory(err, "a path");
    RIG_TRY(rig_folder_make(truth, err));
    RIG_TRY(rig_calibration_write(cameras, RIG_SCHEMA_EXTRINSICS, rig_synth_rig(synth), NULL, err));
    return rig_people3d_write(people, rig_synth_people(synth), NULL, err);
}

rig_status rig_synthesize(const char *folder, const rig_synth_params *params, rig_err *err) {
    rig_arena arena = {0};
    rig_synth *synth = NULL;
    rig_skeleton coco17;
    const char *path;
    rig_status status = rig_folder_make(folder, err);
    if (status == RIG_OK)
        status = rig_share_path(&arena, "configs/skeletons/coco17.yaml", &path, err);
    if (status == RIG_OK)
        status = rig_skeleton_read(path, &coco17, err);
    if (status == RIG_OK)
        status = rig_synth_open(params, &coco17, &synth, err);
    if (status == RIG_OK)
        status = feeds_write(folder, synth, params, &arena, err);
    if (status == RIG_OK)
        status = rig_yaml_make(folder, synth, &arena, err);
    if (status == RIG_OK)
        status = truth_write(folder, synth, &arena, err);
    rig_synth_close(synth);
    rig_arena_release(&arena);
    return status;
}
