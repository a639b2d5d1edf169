// How files ask viewers and players to turn and mirror their pictures.
#include "cv/cv.h"
#include "tests/unit/cv/pictures.h"

static rig_err err;

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

// Exif with one entry, an orientation; the value's place is the last byte but 6.
static const unsigned char exif_jpg[] = {0xFF, 0xE1, 0, 34,   'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8,
                                         0,    1,    1, 0x12, 0,   3,   0,   0,   0, 1, 0,   1,   0, 0,  0, 0, 0, 0};
static const unsigned char exif_tiff[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3,
                                          0,   1,   0,  0, 0, 1, 0, 0, 0, 0, 0,    0, 0};

static void assert_asks(const char *path, int orientation) {
    static const rig_orientation of[9] = {{0, false}, {0, false}, {0, true}, {2, false}, {2, true},
                                          {1, true},  {1, false}, {3, true}, {3, false}};
    rig_image stored = {0}, shown = {0}, expected = {0};
    rig_orientation asks;
    assert_ok(rig_cv_image_read(path, false, &stored, &asks, &err));
    assert_int_equal(stored.width, 40);
    assert_int_equal(stored.height, 24);
    assert_int_equal(asks.turns, of[orientation].turns);
    assert_int_equal(asks.mirrored, of[orientation].mirrored);
    assert_ok(rig_cv_image_read(path, false, &shown, NULL, &err));
    assert_ok(rig_image_orient(&stored, of[orientation], &expected, &err));
    assert_int_equal(shown.width, orientation > 4 ? 24 : 40);
    assert_int_equal(shown.width, expected.width);
    assert_memory_equal(shown.data, expected.data, (size_t)(expected.height * expected.stride));
    rig_image_release(&stored);
    rig_image_release(&shown);
    rig_image_release(&expected);
}

static void test_pictures_are_as_exif_asks_unless_the_caller_asks_too(void **state) {
    (void)state;
    static unsigned char file[65536];
    unsigned char segment[sizeof exif_jpg];
    for (int orientation = 1; orientation <= 8; orientation++) {
        memcpy(segment, exif_jpg, sizeof segment);
        segment[sizeof segment - 7] = (unsigned char)orientation;
        size_t n = jpg_with_segment(segment, sizeof segment, file, sizeof file);
        bytes_write(path_in_folder("turned.jpg"), file, n);
        assert_asks(path_in_folder("turned.jpg"), orientation);
    }
}

// PNG's chunk comes behind its pixels, WebP's behind a first chunk that says so.
static void test_exif_of_png_and_webp(void **state) {
    (void)state;
    static unsigned char file[65536];
    rig_image made = picture_make(40, 24, 3);
    size_t n;
    assert_ok(rig_cv_image_write(path_in_folder("plain.png"), &made, &err));
    unsigned char *plain = bytes_read(path_in_folder("plain.png"), &n);
    unsigned char *put = file;
    memcpy(put, plain, n - 12), put += n - 12;
    memcpy(put,
           "\0\0\0\x1A"
           "eXIf",
           8),
        put += 8;
    memcpy(put, exif_tiff, sizeof exif_tiff), put[18] = 8, put += sizeof exif_tiff;
    memset(put, 0, 4), put += 4; // a checksum, which nobody computes for a chunk that need not be known
    memcpy(put, plain + n - 12, 12), put += 12;
    bytes_write(path_in_folder("turned.png"), file, (size_t)(put - file));
    free(plain);
    assert_asks(path_in_folder("turned.png"), 8);

    static const unsigned char head[] = {'V', 'P', '8', 'X', 10, 0, 0, 0, 8, 0, 0, 0, 39, 0, 0, 23, 0, 0};
    assert_ok(rig_cv_image_write(path_in_folder("plain.webp"), &made, &err));
    plain = bytes_read(path_in_folder("plain.webp"), &n);
    put = file;
    memcpy(put, plain, 12), put += 12;
    memcpy(put, head, sizeof head), put += sizeof head;
    memcpy(put, plain + 12, n - 12), put += n - 12;
    memcpy(put, "EXIF\x1A\0\0", 8), put += 8;
    memcpy(put, exif_tiff, sizeof exif_tiff), put[18] = 6, put += sizeof exif_tiff;
    const size_t size = (size_t)(put - file) - 8;
    file[4] = (unsigned char)size, file[5] = (unsigned char)(size >> 8);
    bytes_write(path_in_folder("turned.webp"), file, size + 8);
    free(plain);
    assert_asks(path_in_folder("turned.webp"), 6);
    rig_image_release(&made);
}

// Lengths that lie, a directory that lies beyond the end: as if there were none.
static void test_damaged_exif_asks_for_nothing(void **state) {
    (void)state;
    static unsigned char file[65536];
    unsigned char segment[sizeof exif_jpg];
    for (size_t at = 10; at < sizeof segment - 6; at++)
        for (int value = 0; value < 256; value += 51) {
            rig_image read = {0};
            memcpy(segment, exif_jpg, sizeof segment);
            segment[at] = (unsigned char)value;
            size_t n = jpg_with_segment(segment, sizeof segment, file, sizeof file);
            bytes_write(path_in_folder("odd.jpg"), file, n);
            assert_ok(rig_cv_image_read(path_in_folder("odd.jpg"), false, &read, NULL, &err));
            rig_image_release(&read);
        }
}

// A phone held upright stores pictures on their side and asks for a turn; front cameras ask for a mirror. The matrix of
// the track's header takes (x, y) to (m0 x + m2 y, m1 x + m3 y).
static void test_containers_ask_for_turns_and_mirrors(void **state) {
    (void)state;
    static const struct {
        int m[4];
        rig_orientation asks;
    } cases[] = {
        {{1, 0, 0, 1}, {0, false}},  {{0, 1, -1, 0}, {1, false}}, {{-1, 0, 0, -1}, {2, false}},
        {{0, -1, 1, 0}, {3, false}}, {{-1, 0, 0, 1}, {0, true}},  {{0, 1, 1, 0}, {1, true}},
        {{1, 0, 0, -1}, {2, true}},  {{0, -1, -1, 0}, {3, true}}, {{0, 0, 0, 0}, {0, false}},
    };
    static const unsigned char identity[] = {0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0};
    size_t n, at = 0;
    rig_image frame = picture_make(64, 48, 3);
    rig_video_writer *writer;
    assert_ok(rig_video_writer_open(path_in_folder("flat.mp4"), 64, 48, 30, &writer, &err));
    assert_ok(rig_video_writer_add(writer, &frame, &err));
    assert_ok(rig_video_writer_close(writer, &err));
    rig_image_release(&frame);
    unsigned char *file = bytes_read(path_in_folder("flat.mp4"), &n);
    for (size_t i = 0; i + sizeof identity < n; i++)
        at = memcmp(file + i, identity, sizeof identity) == 0 ? i : at; // the last is the track's
    assert_true(at > 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rig_video_info info = {0};
        for (int k = 0; k < 4; k++) {
            const int place[4] = {0, 4, 12, 16}, m = cases[i].m[k];
            memcpy(file + at + place[k], m < 0 ? "\xFF\xFF\0" : m > 0 ? "\0\1\0" : "\0\0\0", 4);
        }
        bytes_write(path_in_folder("turned.mp4"), file, n);
        assert_ok(rig_video_head(path_in_folder("turned.mp4"), &info, &err));
        assert_int_equal(info.asks.turns, cases[i].asks.turns);
        assert_int_equal(info.asks.mirrored, cases[i].asks.mirrored);
    }
    memcpy(file + at, "\0\1\0\0\0\0\x80\0", 8);
    bytes_write(path_in_folder("slanted.mp4"), file, n);
    rig_video_info info = {0};
    assert_int_equal(rig_video_head(path_in_folder("slanted.mp4"), &info, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "by 26.6 degrees, expected a multiple of 90");
    free(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures_are_as_exif_asks_unless_the_caller_asks_too),
        cmocka_unit_test(test_exif_of_png_and_webp),
        cmocka_unit_test(test_damaged_exif_asks_for_nothing),
        cmocka_unit_test(test_containers_ask_for_turns_and_mirrors),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
