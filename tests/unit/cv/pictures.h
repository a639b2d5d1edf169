// Pictures for this room's tests: made by formula, so that what is read back can be held against it; damaged files.
#ifndef RIG_TESTS_UNIT_CV_PICTURES_H
#define RIG_TESTS_UNIT_CV_PICTURES_H

#include "core/image.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A smooth picture in colours: codecs change it by little.
static inline rig_image picture_make(int width, int height, int channels) {
    rig_image image = {0};
    rig_err err;
    assert_ok(rig_image_resize(&image, width, height, channels, &err));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            for (int c = 0; c < channels; c++)
                image.data[y * image.stride + x * channels + c] =
                    (unsigned char)lround(128 + 60 * sin(0.11 * x + c) + 50 * cos(0.07 * y - 2 * c));
    return image;
}

static inline void picture_fill(rig_image *image, int value) {
    for (int y = 0; y < image->height; y++)
        memset(image->data + y * image->stride, value, (size_t)(image->width * image->channels));
}

static inline double picture_mean(const rig_image *image) {
    double sum = 0;
    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width * image->channels; x++)
            sum += image->data[y * image->stride + x];
    return sum / image->height / image->width / image->channels;
}

// The largest difference of a value; the sizes must be equal.
static inline int picture_difference(const rig_image *a, const rig_image *b) {
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->channels, b->channels);
    int most = 0;
    for (int y = 0; y < a->height; y++)
        for (int x = 0; x < a->width * a->channels; x++) {
            int d = abs(a->data[y * a->stride + x] - b->data[y * b->stride + x]);
            most = d > most ? d : most;
        }
    return most;
}

static inline const char *path_in_folder(const char *name) {
    static char paths[4][512];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof *paths, "%s/%s", rig_test_folder(), name);
    return path;
}

static inline void bytes_write(const char *path, const void *bytes, size_t n) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, n, stream), n);
    assert_int_equal(fclose(stream), 0);
}

// The whole file, from malloc.
static inline unsigned char *bytes_read(const char *path, size_t *n) {
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    fseek(stream, 0, SEEK_END);
    *n = (size_t)ftell(stream);
    rewind(stream);
    unsigned char *bytes = malloc(*n);
    assert_int_equal(fread(bytes, 1, *n, stream), *n);
    fclose(stream);
    return bytes;
}

// Whether the program ffmpeg is there and does what it is asked to.
static inline int ffmpeg_run(const char *arguments) {
    char command[2048];
    snprintf(command, sizeof command, "ffmpeg -nostdin -v quiet -y %s 2>/dev/null", arguments);
    return system(command) == 0;
}

// A JPEG with a segment of our own after SOI. Returns its length.
static inline size_t jpg_with_segment(const unsigned char *segment, size_t n_segment, unsigned char *out, size_t room) {
    rig_err err;
    rig_image made = picture_make(40, 24, 3);
    size_t n;
    assert_ok(rig_cv_image_write(path_in_folder("plain.jpg"), &made, &err));
    unsigned char *plain = bytes_read(path_in_folder("plain.jpg"), &n);
    assert_true(n + n_segment <= room);
    memcpy(out, plain, 2);
    memcpy(out + 2, segment, n_segment);
    memcpy(out + 2 + n_segment, plain + 2, n - 2);
    free(plain);
    rig_image_release(&made);
    return n + n_segment;
}

#endif
