#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

#include <unistd.h>

static const int JPG_TOLERANCE = 12; // grey levels: quality 95 on a smooth picture
static const int LUMA_TOLERANCE = 1; // grey levels: codecs round the luma in their own way
static const int WARP_TOLERANCE = 2; // grey levels: OpenCV warps with 1/32 pixel and 8-bit results

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

static void test_lossless_formats_return_the_same_pixels(void **state) {
    (void)state;
    static const char *const names[] = {"a.png", "a.webp", "a.PNG"};
    rig_image read = {0};
    for (int i = 0; i < 3; i++)
        for (int channels = 1; channels <= 3; channels += 2) {
            rig_image made = picture_make(61, 40, channels);
            const char *path = path_in_folder(names[i]);
            assert_ok(rig_cv_image_write(path, &made, &err));
            assert_ok(rig_cv_image_read(path, channels == 1, &read, NULL, &err));
            assert_int_equal(picture_difference(&made, &read), 0);
            rig_image_release(&made);
        }
    rig_image_release(&read);
}

static void test_a_window_is_written_without_its_surroundings(void **state) {
    (void)state;
    rig_image made = picture_make(50, 30, 3), read = {0};
    rig_image window = rig_image_window(&made, (rig_rect){7, 3, 20, 11});
    assert_ok(rig_cv_image_write(path_in_folder("window.png"), &window, &err));
    assert_ok(rig_cv_image_read(path_in_folder("window.png"), false, &read, NULL, &err));
    assert_int_equal(picture_difference(&window, &read), 0);
    rig_image_release(&made);
    rig_image_release(&read);
}

static void test_jpg_is_near_and_grey_is_luma(void **state) {
    (void)state;
    rig_image made = picture_make(64, 48, 3), read = {0}, luma = {0}, grey = {0};
    const char *path = path_in_folder("a.jpg");
    assert_ok(rig_cv_image_write(path, &made, &err));
    assert_ok(rig_cv_image_read(path, false, &read, NULL, &err));
    assert_true(picture_difference(&made, &read) <= JPG_TOLERANCE);
    path = path_in_folder("b.png");
    assert_ok(rig_cv_image_write(path, &made, &err));
    assert_ok(rig_cv_image_read(path, true, &grey, NULL, &err));
    assert_ok(rig_image_to_grey(&made, &luma, &err));
    assert_true(picture_difference(&luma, &grey) <= LUMA_TOLERANCE);
    rig_image_release(&made), rig_image_release(&read), rig_image_release(&luma), rig_image_release(&grey);
}

// 2 x 1 pixels: RGBA in 16 bits, grey in 16 bits, and a palette; values 0x12.., 0x80.., as the names say.
static const unsigned char png_rgba16[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x10, 0x06, 0x00, 0x00, 0x00, 0xA4, 0xB2, 0xA3, 0xC9, 0x00,
    0x00, 0x00, 0x19, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x10, 0x62, 0x30, 0x61, 0x08, 0x63, 0xF8,
    0xFF, 0x5F, 0x80, 0xA1, 0x81, 0xE1, 0x03, 0x43, 0xFD, 0x7F, 0x00, 0x24, 0x3B, 0x05, 0x99, 0x3F, 0x92,
    0x15, 0x39, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};
static const unsigned char png_grey16[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x10, 0x00, 0x00, 0x00, 0x00, 0x81, 0xD9, 0xFC, 0x15, 0x00, 0x00, 0x00,
    0x0D, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x10, 0x62, 0xF8, 0xC0, 0x00, 0x00, 0x02, 0x2D, 0x01, 0x03,
    0x72, 0x9B, 0x09, 0xDA, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};
static const unsigned char png_palette[] = {
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00,
    0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x03, 0x00, 0x00, 0x00, 0xC3, 0xFC, 0x8F, 0xB8, 0x00, 0x00, 0x00,
    0x06, 0x50, 0x4C, 0x54, 0x45, 0x01, 0x02, 0x03, 0x64, 0x96, 0xC8, 0xFB, 0x34, 0x92, 0x06, 0x00, 0x00, 0x00,
    0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x60, 0x60, 0x04, 0x00, 0x00, 0x04, 0x00, 0x02, 0x2C, 0xDE,
    0x48, 0xAD, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82};

static void assert_pixels(const unsigned char *file, size_t n, bool grey, const int *expected) {
    rig_image read = {0};
    const char *path = path_in_folder("kind.png");
    bytes_write(path, file, n);
    assert_ok(rig_cv_image_read(path, grey, &read, NULL, &err));
    assert_int_equal(read.width, 2);
    assert_int_equal(read.height, 1);
    assert_int_equal(read.channels, grey ? 1 : 3);
    for (int i = 0; i < 2 * read.channels; i++)
        assert_in_range(read.data[i], expected[i] - LUMA_TOLERANCE, expected[i] + LUMA_TOLERANCE);
    rig_image_release(&read);
}

static void test_whatever_is_in_the_file_becomes_8_bit(void **state) {
    (void)state;
    assert_pixels(png_rgba16, sizeof png_rgba16, false, (int[]){0x56, 0x34, 0x12, 0xF0, 0x80, 0x10});
    assert_pixels(png_grey16, sizeof png_grey16, true, (int[]){0x12, 0xF0});
    assert_pixels(png_grey16, sizeof png_grey16, false, (int[]){0x12, 0x12, 0x12, 0xF0, 0xF0, 0xF0});
    assert_pixels(png_palette, sizeof png_palette, false, (int[]){3, 2, 1, 200, 150, 100});
}

static void assert_refused(const char *path, rig_status status, const char *word) {
    rig_image read = {0};
    for (int grey = 0; grey < 2; grey++) {
        err.text[0] = 0;
        assert_int_equal(rig_cv_image_read(path, grey, &read, NULL, &err), status);
        assert_contains(err.text, path);
        assert_contains(err.text, word);
        assert_null(read.data);
    }
}

static void test_no_picture_is_refused_by_name_and_reason(void **state) {
    (void)state;
    assert_refused(path_in_folder("absent.png"), RIG_ERR_IO, "No such file");
    assert_refused(rig_test_folder(), RIG_ERR_IO, "it is a folder, expected a regular file");
    bytes_write(path_in_folder("empty.png"), "", 0);
    assert_refused(path_in_folder("empty.png"), RIG_ERR_FORMAT, "empty");
    bytes_write(path_in_folder("text.png"), "not a picture at all", 20);
    assert_refused(path_in_folder("text.png"), RIG_ERR_FORMAT, "not a picture");
    char medical[200]; // a reader of DICOM files behind OpenCV calls abort() on these
    memset(medical, 0xFF, sizeof medical);
    memcpy(medical + 128, "DICM", 4);
    bytes_write(path_in_folder("medical.png"), medical, sizeof medical);
    assert_refused(path_in_folder("medical.png"), RIG_ERR_FORMAT, "not a picture");
    memcpy(medical, "RIFFV\0\0\0WEBP", 12);
    bytes_write(path_in_folder("medical.webp"), medical, sizeof medical);
    assert_refused(path_in_folder("medical.webp"), RIG_ERR_FORMAT, "not a picture");
}

// Headers that ask for gigabytes: refused before a decoder takes memory for them.
static void test_a_picture_of_too_many_pixels_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"huge.png", "huge.jpg"};
    rig_image made = picture_make(80, 60, 3);
    for (int i = 0; i < 2; i++) {
        size_t n, at = 16;
        assert_ok(rig_cv_image_write(path_in_folder(names[i]), &made, &err));
        unsigned char *file = bytes_read(path_in_folder(names[i]), &n);
        while (i == 1 && !(file[at] == 0xFF && file[at + 1] == 0xC0))
            at++;
        if (i == 0)
            memcpy(file + at, "\0\0\x75\x30\0\0\x75\x30", 8); // 30000 x 30000
        else
            memcpy(file + at + 5, "\x75\x30\x75\x30", 4);
        bytes_write(path_in_folder(names[i]), file, n);
        free(file);
        assert_refused(path_in_folder(names[i]), RIG_ERR_FORMAT,
                       "is a picture of 30000x30000, expected at most 268 megapixels");
    }
    for (int big = 0; big < 2; big++) { // a TIFF of a directory and nothing else, its numbers from either end
        unsigned char file[8 + 2 + 2 * 12 + 4] = {'I', 'I', 42, 0, 8}, *entry = file + 10;
        if (big)
            memcpy(file, "MM\0\x2a\0\0\0\x08", 8);
        file[8 + big] = 2;
        for (int k = 0; k < 2; k++, entry += 12) {
            entry[big] = (unsigned char)k, entry[1 - big] = 1; // 256, 257
            entry[2 + big] = 4;                                // of four bytes
            entry[big ? 7 : 4] = 1;
            memcpy(entry + 8, big ? "\0\x01\0\0" : "\0\0\x01\0", 4); // 65536
        }
        bytes_write(path_in_folder("bomb.tif"), file, sizeof file);
        assert_refused(path_in_folder("bomb.tif"), RIG_ERR_FORMAT,
                       "is a picture of 65536x65536, expected at most 268 megapixels");
    }
    rig_image_release(&made);
}

static void test_a_picture_cut_anywhere_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"whole.jpg", "whole.png", "whole.webp"};
    rig_image made = picture_make(80, 60, 3), read = {0};
    for (int i = 0; i < 3; i++) {
        size_t n;
        assert_ok(rig_cv_image_write(path_in_folder(names[i]), &made, &err));
        unsigned char *file = bytes_read(path_in_folder(names[i]), &n);
        for (size_t keep = 1; keep < n; keep += keep < 64 || keep > n - 64 ? 1 : 97) {
            bytes_write(path_in_folder("cut"), file, keep);
            if (rig_cv_image_read(path_in_folder("cut"), false, &read, NULL, &err) != RIG_ERR_FORMAT)
                fail_msg("%s: %zu of %zu bytes were taken for a picture", names[i], keep, n);
        }
        free(file);
    }
    rig_image_release(&made);
    rig_image_release(&read);
}

// A preview inside a JPEG has an end of its own, which is not the picture's; and what follows the end does not matter.
static void test_jpg_ends_where_its_scan_ends(void **state) {
    (void)state;
    static const unsigned char preview[] = {0xFF, 0xE2, 0, 8, 0xFF, 0xD8, 0xFF, 0xD9, 0, 0};
    static unsigned char file[65536];
    rig_image read = {0};
    size_t n = jpg_with_segment(preview, sizeof preview, file, sizeof file);
    bytes_write(path_in_folder("preview.jpg"), file, n);
    assert_ok(rig_cv_image_read(path_in_folder("preview.jpg"), false, &read, NULL, &err));
    rig_image_release(&read);
    bytes_write(path_in_folder("preview_cut.jpg"), file, n * 2 / 3);
    assert_refused(path_in_folder("preview_cut.jpg"), RIG_ERR_FORMAT, "truncated");
    memset(file + n, 0, 100);
    bytes_write(path_in_folder("followed.jpg"), file, n + 100);
    assert_ok(rig_cv_image_read(path_in_folder("followed.jpg"), false, &read, NULL, &err));
    rig_image_release(&read);
}

static void test_writing_fails_by_name_and_reason(void **state) {
    (void)state;
    rig_image made = picture_make(8, 8, 3);
    assert_int_equal(rig_cv_image_write(path_in_folder("a.gif"), &made, &err), RIG_ERR_IO);
    assert_contains(err.text, "expected a name ending in .png, .jpg or .webp");
    assert_int_equal(rig_cv_image_write(path_in_folder("absent/a.png"), &made, &err), RIG_ERR_IO);
    assert_contains(err.text, "No such file");
    if (symlink("/dev/full", path_in_folder("full.png")) == 0) {
        assert_int_equal(rig_cv_image_write(path_in_folder("full.png"), &made, &err), RIG_ERR_IO);
        assert_contains(err.text, "No space");
    }
    rig_image_release(&made);
}

static rig_status read_once(void *path, rig_err *e) {
    rig_image read = {0};
    rig_status status = rig_cv_image_read(path, false, &read, NULL, e);
    rig_image_release(&read);
    return status;
}

static void test_no_memory_for_the_pixels(void **state) {
    (void)state;
    rig_image made = picture_make(8, 8, 3);
    char path[512];
    snprintf(path, sizeof path, "%s", path_in_folder("memory.png"));
    assert_ok(rig_cv_image_write(path, &made, &err));
    assert_int_equal(rig_test_each_allocation_fails(read_once, path), 1);
    rig_image_release(&made);
}

// --- warping -------------------------------------------------------------------------------------

static double ramp(double x, double y) {
    return 20 + 3 * x + 2 * y;
}

static rig_image ramp_make(int width, int height) {
    rig_image image = {0};
    assert_ok(rig_image_resize(&image, width, height, 1, &err));
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            image.data[y * image.stride + x] = (unsigned char)ramp(x, y);
    return image;
}

// Every interpolation keeps a ramp a ramp, wherever A takes it: pixel centres are at integers.
static void test_warps_are_where_the_affine_says(void **state) {
    (void)state;
    static const double affines[][6] = {{1, 0, 0, 0, 1, 0},
                                        {1, 0, 3, 0, 1, -2},
                                        {1, 0, 0.5, 0, 1, 0.25},
                                        {2, 0, 0.5, 0, 2, 0.5},
                                        {0.5, 0, -0.25, 0, 0.5, -0.25},
                                        {0.4, 0, 1, 0, 0.4, 2},
                                        {0.8, 0.3, -2, -0.3, 0.8, 9},
                                        {0, -0.5, 20, 0.5, 0, 1}};
    const double pad[3] = {0, 0, 0};
    rig_image src = ramp_make(50, 36), dst = {0};
    assert_ok(rig_image_resize(&dst, 40, 30, 1, &err));
    for (size_t i = 0; i < sizeof affines / sizeof *affines; i++)
        for (int how = RIG_INTERP_LINEAR; how <= RIG_INTERP_AREA; how++) {
            const double *A = affines[i];
            double det = A[0] * A[4] - A[1] * A[3];
            int compared = 0;
            assert_ok(rig_cv_image_warp(&src, A, (rig_interpolation)how, pad, &dst, &err));
            for (int y = 0; y < dst.height; y++)
                for (int x = 0; x < dst.width; x++) {
                    double u = (A[4] * (x - A[2]) - A[1] * (y - A[5])) / det;
                    double v = (A[0] * (y - A[5]) - A[3] * (x - A[2])) / det;
                    if (u < 4 || v < 4 || u > src.width - 5 || v > src.height - 5)
                        continue; // near the edge the pad comes in
                    assert_near(dst.data[y * dst.stride + x], ramp(u, v), WARP_TOLERANCE);
                    compared++;
                }
            assert_true(compared > 50);
        }
    rig_image_release(&src);
    rig_image_release(&dst);
}

// Halving by area gives the mean of each block of four: no pixel of a fine pattern is passed over.
static void test_area_counts_all_pixels(void **state) {
    (void)state;
    const double half[6] = {0.5, 0, -0.25, 0, 0.5, -0.25}, pad[3] = {0, 0, 0};
    rig_image src = picture_make(40, 20, 3), dst = {0};
    for (int y = 0; y < src.height; y++)
        for (int x = 0; x < src.width; x++)
            for (int c = 0; c < 3; c++)
                src.data[y * src.stride + 3 * x + c] = (unsigned char)((x + y) % 2 ? 255 : 40 * c);
    assert_ok(rig_image_resize(&dst, 20, 10, 3, &err));
    assert_ok(rig_cv_image_warp(&src, half, RIG_INTERP_AREA, pad, &dst, &err));
    for (int y = 0; y < dst.height; y++)
        for (int x = 0; x < dst.width; x++)
            for (int c = 0; c < 3; c++)
                assert_near(dst.data[y * dst.stride + 3 * x + c], (255 + 40 * c) / 2.0, 0.5);
    rig_image_release(&src);
    rig_image_release(&dst);
}

static void test_outside_is_padded(void **state) {
    (void)state;
    const double right[6] = {1, 0, 10, 0, 1, 0}, pad[3] = {11, 22, 33};
    rig_image src = picture_make(20, 20, 3), dst = {0};
    assert_ok(rig_image_resize(&dst, 20, 20, 3, &err));
    for (int how = RIG_INTERP_LINEAR; how <= RIG_INTERP_AREA; how++) {
        assert_ok(rig_cv_image_warp(&src, right, (rig_interpolation)how, pad, &dst, &err));
        for (int c = 0; c < 3; c++) {
            assert_int_equal(dst.data[3 * 5 + c], (int)pad[c]);
            assert_int_equal(dst.data[3 * 15 + c], src.data[3 * 5 + c]);
        }
    }
    rig_image_release(&src);
    rig_image_release(&dst);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lossless_formats_return_the_same_pixels),
        cmocka_unit_test(test_a_window_is_written_without_its_surroundings),
        cmocka_unit_test(test_jpg_is_near_and_grey_is_luma),
        cmocka_unit_test(test_whatever_is_in_the_file_becomes_8_bit),
        cmocka_unit_test(test_no_picture_is_refused_by_name_and_reason),
        cmocka_unit_test(test_a_picture_of_too_many_pixels_is_refused),
        cmocka_unit_test(test_a_picture_cut_anywhere_is_refused),
        cmocka_unit_test(test_jpg_ends_where_its_scan_ends),
        cmocka_unit_test(test_writing_fails_by_name_and_reason),
        cmocka_unit_test(test_no_memory_for_the_pixels),
        cmocka_unit_test(test_warps_are_where_the_affine_says),
        cmocka_unit_test(test_area_counts_all_pixels),
        cmocka_unit_test(test_outside_is_padded),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
