#include "tools/synth/photos.h"

#include "core/arena.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE_LEAST = 64, SIDE_MOST = 16384 };

// A number of the header, after spaces and comments.
static bool header_number(FILE *file, int *value) {
    int c = getc(file);
    while (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '#') {
        if (c == '#')
            while (c != '\n' && c != EOF)
                c = getc(file);
        c = getc(file);
    }
    for (*value = 0; c >= '0' && c <= '9' && *value < SIDE_MOST; c = getc(file))
        *value = 10 * *value + (c - '0');
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static rig_status ppm_read(FILE *file, const char *path, rig_image *image, rig_err *err) {
    int width, height, most;
    char kind[2];
    if (fread(kind, 1, 2, file) != 2 || memcmp(kind, "P6", 2) != 0 || !header_number(file, &width) ||
        !header_number(file, &height) || !header_number(file, &most) || most != 255)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is not a binary PPM of 8 bit", path);
    if (width < SIDE_LEAST || height < SIDE_LEAST || width > SIDE_MOST || height > SIDE_MOST)
        return rig_fail(err, RIG_ERR_FORMAT, "'%s' is %d x %d, expected %d to %d pixels each way", path, width, height,
                        SIDE_LEAST, SIDE_MOST);
    RIG_TRY(rig_image_resize(image, width, height, 3, err));
    for (int y = 0; y < height; y++) {
        unsigned char *row = image->data + y * image->stride;
        if (fread(row, 3, (size_t)width, file) != (size_t)width)
            return rig_fail(err, RIG_ERR_FORMAT, "'%s' ends in row %d of %d", path, y, height);
        for (int x = 0; x < width; x++) { // red green blue in the file
            const unsigned char red = row[3 * x];
            row[3 * x] = row[3 * x + 2];
            row[3 * x + 2] = red;
        }
    }
    return RIG_OK;
}

static rig_status photo_add(rig_photos *photos, const char *path, rig_err *err) {
    rig_image *more = rig_heap_resize(photos->images, (size_t)photos->n + 1, sizeof *more);
    if (!more)
        return rig_fail_memory(err, "photographs");
    photos->images = more;
    more[photos->n] = (rig_image){0};
    FILE *file = fopen(path, "rb");
    if (!file)
        return rig_fail(err, RIG_ERR_IO, "cannot read '%s'", path);
    photos->n++;
    const rig_status status = ppm_read(file, path, &more[photos->n - 1], err);
    fclose(file);
    return status;
}

static int is_ppm(const struct dirent *entry) {
    const size_t n = strlen(entry->d_name);
    return n > 4 && !strcmp(entry->d_name + n - 4, ".ppm");
}

static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

rig_status rig_photos_read(const char *folder, rig_photos *photos, rig_err *err) {
    struct dirent **entries = NULL;
    rig_status status = RIG_OK;
    *photos = (rig_photos){0};
    const int n = scandir(folder, &entries, is_ppm, by_name);
    if (n < 0)
        return rig_fail(err, RIG_ERR_IO, "cannot read the folder '%s'", folder);
    for (int i = 0; i < n; i++) {
        char path[4096];
        if (status == RIG_OK && snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) >= (int)sizeof path)
            status = rig_fail(err, RIG_ERR_IO, "the path of '%s' is too long", entries[i]->d_name);
        if (status == RIG_OK)
            status = photo_add(photos, path, err);
        rig_heap_free(entries[i]); // from the same heap
    }
    rig_heap_free(entries);
    if (status == RIG_OK && n == 0)
        status = rig_fail(err, RIG_ERR_IO, "no *.ppm in '%s'", folder);
    if (status != RIG_OK)
        rig_photos_release(photos);
    return status;
}

void rig_photos_release(rig_photos *photos) {
    for (int i = 0; i < photos->n; i++)
        rig_image_release(&photos->images[i]);
    rig_heap_free(photos->images);
    *photos = (rig_photos){0};
}
