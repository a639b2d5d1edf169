#include "tools/synth/photos.h"

#include "tests/support/support.h"

#include <string.h>
#include <sys/stat.h>

static char folder[128];

static void file_write(const char *name, const char *header, size_t bytes) {
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(header, file);
    for (size_t i = 0; i < bytes; i++)
        fputc((int)(i % 3 * 50), file); // red 0, green 50, blue 100
    fclose(file);
}

static void folder_make(const char *name) {
    snprintf(folder, sizeof folder, "%s/%s", rig_test_folder(), name);
    assert_int_equal(mkdir(folder, 0700), 0);
}

static rig_status work_do(void *self, rig_err *err) {
    rig_photos *photos = self;
    rig_photos_release(photos);
    return rig_photos_read(folder, photos, err);
}

static void test_photographs_are_read_in_order_as_bgr(void **state) {
    (void)state;
    rig_photos photos = {0};
    folder_make("good");
    file_write("b.ppm", "P6\n# by hand\n80 64\n255\n", 80 * 64 * 3);
    file_write("a.ppm", "P6 64 70 255\n", 64 * 70 * 3);
    file_write("notes.txt", "no picture", 0);
    assert_true(rig_test_each_allocation_fails(work_do, &photos) >= 4);
    assert_int_equal(photos.n, 2);
    assert_int_equal(photos.images[0].height, 70);
    assert_int_equal(photos.images[1].width, 80);
    const unsigned char first[3] = {100, 50, 0};
    assert_memory_equal(photos.images[1].data, first, 3);
    rig_photos_release(&photos);
    assert_null(photos.images);
}

static void refuse(const char *name, const char *header, size_t bytes, rig_status expected, const char *part) {
    rig_photos photos = {0};
    rig_err err = {""};
    folder_make(name);
    if (header)
        file_write("x.ppm", header, bytes);
    assert_int_equal(rig_photos_read(folder, &photos, &err), expected);
    assert_contains(err.text, part);
    assert_int_equal(photos.n, 0);
}

static void test_damage_is_named(void **state) {
    (void)state;
    refuse("empty", NULL, 0, RIG_ERR_IO, "no *.ppm");
    refuse("text", "P3\n80 64\n255\n", 100, RIG_ERR_FORMAT, "not a binary PPM");
    refuse("deep", "P6\n80 64\n65535\n", 80 * 64 * 6, RIG_ERR_FORMAT, "not a binary PPM");
    refuse("short", "P6\n80 64\n255\n", 80 * 3 * 10, RIG_ERR_FORMAT, "ends in row 10 of 64");
    refuse("small", "P6\n20 64\n255\n", 20 * 64 * 3, RIG_ERR_FORMAT, "20 x 64");
    refuse("cut", "P6\n80", 0, RIG_ERR_FORMAT, "not a binary PPM");
    rig_photos photos;
    rig_err err = {""};
    assert_int_equal(rig_photos_read("/nowhere/at all", &photos, &err), RIG_ERR_IO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_photographs_are_read_in_order_as_bgr),
        cmocka_unit_test(test_damage_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
