// Every reader of files against any bytes: whatever comes, a status comes back. The first byte chooses the reader, or
// $FUZZ_READER does.
// With RIG_FUZZ this is a libFuzzer target; without, replay.c runs it over the repository's own files and seeded
// damage.
#include "tests/fuzz/readers.h"

#include "app/pick_json.h"
#include "app/seconds.h"
#include "cv/cv.h"
#include "io/camera_formats.h"
#include "io/config.h"
#include "io/yaml_edit.h"
#include "tests/support/people_all.h"
#include "tests/unit/io/import_all.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef rig_status (*read_function)(const char *path, rig_arena *arena, rig_err *err);

static rig_status config(const char *path, rig_arena *arena, rig_err *err) {
    rig_config read;
    return rig_config_read(path, &read, arena, err);
}

static rig_status feeds(const char *path, rig_arena *arena, rig_err *err) {
    rig_feeds read;
    return rig_feeds_read(path, &read, arena, err);
}

static rig_status corners(const char *path, rig_arena *arena, rig_err *err) {
    rig_corners_file read;
    return rig_corners_read(path, &read, arena, err);
}

static rig_status calibration(const char *path, rig_arena *arena, rig_err *err) {
    rig_calibration read;
    return rig_calibration_read(path, &read, arena, err);
}

static rig_status stereo(const char *path, rig_arena *arena, rig_err *err) {
    rig_stereo read;
    (void)arena;
    return rig_stereo_read(path, &read, err);
}

static rig_status people2d(const char *path, rig_arena *arena, rig_err *err) {
    rig_people2d read;
    return people2d_read(path, &read, arena, err);
}

static rig_status people3d(const char *path, rig_arena *arena, rig_err *err) {
    rig_people3d read;
    return people3d_read(path, &read, arena, err);
}

static rig_status points(const char *path, rig_arena *arena, rig_err *err) {
    rig_points_file read;
    return rig_points_read(path, &read, arena, err);
}

static rig_status skeleton(const char *path, rig_arena *arena, rig_err *err) {
    rig_skeleton read;
    (void)arena;
    return rig_skeleton_read(path, &read, err);
}

static rig_status model(const char *path, rig_arena *arena, rig_err *err) {
    rig_model read;
    return rig_model_read(path, &read, arena, err);
}

static rig_status coco(const char *path, rig_arena *arena, rig_err *err) {
    rig_people2d read;
    return import_read(path, import_layout("coco17"), &read, arena, err);
}

// A folder with one frame, linked into it.
static rig_status openpose(const char *path, rig_arena *arena, rig_err *err) {
    char folder[96], file[128];
    rig_people2d read;
    snprintf(folder, sizeof folder, "%s.d", path);
    snprintf(file, sizeof file, "%s/c1_000000000007_keypoints.json", folder);
    if (mkdir(folder, 0700) != 0 || link(path, file) != 0)
        return RIG_OK;
    rig_status status = import_read(folder, import_layout("body25"), &read, arena, err);
    unlink(file);
    rmdir(folder);
    return status;
}

// A table of DeepLabCut or SLEAP, of two joints.
static rig_status table(const char *path, rig_arena *arena, rig_err *err) {
    static const rig_skeleton mouse = {.name = "mouse", .n = 2, .names = {"nose", "tail"}};
    rig_people2d read;
    return import_read(path, &mouse, &read, arena, err);
}

// What is read beside a calibration.
static rig_calibration two_cameras(rig_view_camera cameras[2]) {
    for (int c = 0; c < 2; c++)
        cameras[c] = (rig_view_camera){.view = {'c', (char)('1' + c)}, .camera = {.lens = RIG_LENS_PINHOLE0}};
    return (rig_calibration){.n = 2, .cameras = cameras};
}

static rig_status covariance(const char *path, rig_arena *arena, rig_err *err) {
    rig_view_camera cameras[2];
    rig_calibration rig = two_cameras(cameras);
    return rig_covariance_read(path, &rig, arena, err);
}

static rig_status repairs(const char *path, rig_arena *arena, rig_err *err) {
    rig_view_camera cameras[2];
    rig_repairs read;
    const rig_calibration rig = two_cameras(cameras);
    return rig_repairs_read(path, &rig, &read, arena, err);
}

static rig_status clocks(const char *path, rig_arena *arena, rig_err *err) {
    rig_sync_file read;
    return rig_sync_read(path, &read, arena, err);
}

// The head that `run` asks of any result, and the hash of a part of the rig YAML.
static rig_status head(const char *path, rig_arena *arena, rig_err *err) {
    rig_inputs inputs;
    rig_yaml *root;
    char hex[65];
    bool has;
    RIG_TRY(rig_result_inputs(path, "rigpose/corners/1", &inputs, &has, err));
    RIG_TRY(rig_yaml_read(path, &root, arena, err));
    return rig_yaml_digest(root, hex, err);
}

// Read through a link, for its name is fixed.
static rig_status seconds(const char *path, rig_arena *arena, rig_err *err) {
    char folder[96], file[128];
    rig_seconds read;
    (void)arena, (void)err;
    snprintf(folder, sizeof folder, "%s.out", path);
    snprintf(file, sizeof file, "%s/seconds.yaml", folder);
    if (mkdir(folder, 0700) != 0 || link(path, file) != 0)
        return RIG_OK;
    rig_session session = {.config = {.out = folder}};
    rig_seconds_read(&session, &read);
    rig_session_release(&session);
    unlink(file);
    rmdir(folder);
    return RIG_OK;
}

static rig_status picture(const char *path, rig_arena *arena, rig_err *err) {
    rig_image image = {0};
    rig_orientation asks;
    (void)arena;
    rig_status status = rig_cv_image_read(path, false, &image, &asks, err);
    rig_image_release(&image);
    return status;
}

static rig_status video(const char *path, rig_arena *arena, rig_err *err) {
    rig_video *opened;
    rig_video_info info;
    rig_video_container container;
    rig_image frame;
    bool got = true;
    RIG_TRY(rig_video_open(path, &opened, &info, err));
    rig_status status = rig_video_container_read(path, &container, arena, err);
    for (int i = 0; status == RIG_OK && got && i < 3; i++)
        status = rig_video_read(opened, &frame, &got, err);
    rig_video_close(opened);
    return status;
}

static rig_status onnx(const char *path, rig_arena *arena, rig_err *err) {
    (void)arena;
    return fuzz_onnx_read(path, err);
}

// A calibration of any tool; COLMAP's and EasyMocap's are two files, here of the same contents, and have fixed names.
static rig_status cameras(const char *path, rig_arena *arena, rig_err *err) {
    static const char *const names[] = {"cameras.txt", "images.txt", "intri.yml", "extri.yml"};
    const rig_camera_format *format;
    rig_calibration read;
    char folder[96], files[4][128];
    int n = 0;
    snprintf(folder, sizeof folder, "%s.cameras", path);
    if (mkdir(folder, 0700) != 0)
        return RIG_OK;
    for (; n < 4; n++) {
        snprintf(files[n], sizeof files[n], "%s/%s", folder, names[n]);
        if (link(path, files[n]) != 0)
            break;
    }
    rig_status status = rig_cameras_read(files[0], &format, &read, arena, err);
    if (status != RIG_OK)
        status = rig_cameras_read(files[2], &format, &read, arena, err);
    while (n > 0)
        unlink(files[--n]);
    rmdir(folder);
    return status;
}

// What a page of `pick` sends.
static rig_status pick(const char *path, rig_arena *arena, rig_err *err) {
    const rig_config none = {0};
    rig_pick_body body;
    char *text;
    size_t n;
    RIG_TRY(rig_file_read(path, &text, &n, arena, err));
    return rig_pick_body_read(text, n, &none, &body, arena, err);
}

// A text that a person wrote, changed in place.
static rig_status edit(const char *path, rig_arena *arena, rig_err *err) {
    const double values[] = {1.5, -2};
    char *read;
    size_t n;
    RIG_TRY(rig_file_read(path, &read, &n, arena, err));
    const char *text = read;
    RIG_TRY(rig_yaml_text_set(&text, &(rig_yaml_path){2, {"points", "corner"}}, values, 2, arena, err));
    RIG_TRY(rig_yaml_text_set(&text, &(rig_yaml_path){3, {"pixels", "c1", "new"}}, values, 2, arena, err));
    return rig_yaml_text_remove(&text, &(rig_yaml_path){3, {"pixels", "c1", "lamp"}}, arena, err);
}

// The order is that of the seeds' first bytes: new ones are added at the end.
static const read_function READERS[FUZZ_READERS] = {
    config,     feeds,   corners, calibration, stereo,  people2d, people3d, points, skeleton, model, coco, openpose,
    covariance, repairs, head,    seconds,     picture, video,    onnx,     table,  cameras,  pick,  edit, clocks};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    rig_arena arena = {0};
    rig_err err = {""};
    static bool quiet;
    if (!quiet)
        rig_cv_init();
    quiet = true;
    if (size == 0)
        return 0;
    snprintf(path, sizeof path, "/tmp/rigpose-fuzz-%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (!file)
        return 0;
    size_t written = fwrite(data + 1, 1, size - 1, file);
    fclose(file);
    const char *named = getenv("FUZZ_READER");
    const int reader = (named ? atoi(named) : data[0]) % FUZZ_READERS;
    rig_status status = written == size - 1 ? READERS[reader](path, &arena, &err) : RIG_OK;
    if (status != RIG_OK && (!*err.text || !memchr(err.text, 0, sizeof err.text)))
        __builtin_trap(); // a refusal without a text, or with one that does not end
    rig_arena_release(&arena);
    remove(path);
    return 0;
}
