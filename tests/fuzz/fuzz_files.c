// Every reader of text files against any bytes: whatever comes, a status comes back. The first byte chooses the reader.
// With RIG_FUZZ this is a libFuzzer target; without, replay.c runs it over the repository's own files and seeded
// damage.
#include "io/config.h"
#include "tests/support/people_all.h"
#include "tests/unit/io/import_all.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static rig_status read_as(int reader, const char *path, rig_arena *arena, rig_err *err) {
    rig_config config;
    rig_feeds feeds;
    rig_corners_file corners;
    rig_calibration calibration;
    rig_stereo stereo;
    rig_people2d people2d;
    rig_people3d people3d;
    rig_points_file points;
    rig_skeleton skeleton;
    rig_model model;
    switch (reader) {
    case 0:
        return rig_config_read(path, &config, arena, err);
    case 1:
        return rig_feeds_read(path, &feeds, arena, err);
    case 2:
        return rig_corners_read(path, &corners, arena, err);
    case 3:
        return rig_calibration_read(path, &calibration, arena, err);
    case 4:
        return rig_stereo_read(path, &stereo, err);
    case 5:
        return people2d_read(path, &people2d, arena, err);
    case 6:
        return people3d_read(path, &people3d, arena, err);
    case 7:
        return rig_points_read(path, &points, arena, err);
    case 8:
        return rig_skeleton_read(path, &skeleton, err);
    case 9:
        return rig_model_read(path, &model, arena, err);
    default:
        return import_read(path, import_layout("coco17"), &people2d, arena, err);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[64];
    rig_arena arena = {0};
    rig_err err = {""};
    if (size == 0)
        return 0;
    snprintf(path, sizeof path, "/tmp/rigpose-fuzz-%ld", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (!file)
        return 0;
    size_t written = fwrite(data + 1, 1, size - 1, file);
    fclose(file);
    rig_status status = written == size - 1 ? read_as(data[0] % 11, path, &arena, &err) : RIG_OK;
    if (status != RIG_OK && !memchr(err.text, 0, sizeof err.text))
        __builtin_trap(); // a refusal without a text that ends
    rig_arena_release(&arena);
    remove(path);
    return 0;
}
