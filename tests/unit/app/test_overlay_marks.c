#include "app/overlay_marks.h"
#include "cv/cv.h"
#include "tests/support/support.h"

#include <string.h>

enum { W = 320, H = 240, GREY = 120 };

static rig_image grey(int width, int height) {
    rig_image image = {0};
    rig_err err;
    assert_ok(rig_image_resize(&image, width, height, 3, &err));
    for (int y = 0; y < height; y++)
        memset(image.data + y * image.stride, GREY, (size_t)(3 * width));
    return image;
}

static const unsigned char *at(const rig_image *image, int x, int y) {
    return image->data + y * image->stride + 3 * x;
}

// How many pixels of a window are not as they were.
static int n_changed(const rig_image *image, int x0, int y0, int x1, int y1) {
    int n = 0;
    for (int y = y0; y < y1; y++)
        for (int x = x0; x < x1; x++)
            n += at(image, x, y)[0] != GREY || at(image, x, y)[1] != GREY || at(image, x, y)[2] != GREY;
    return n;
}

// The report's page has the same (web/report/colours.js).
static void test_people_get_okabe_and_itos_colours_in_turn(void **state) {
    (void)state;
    static const unsigned rgb[] = {0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0x56B4E9, 0xD55E00, 0xF0E442, 0x0072B2};
    for (int i = 0; i < 8; i++) {
        const rig_colour colour = rig_person_colour(i);
        assert_int_equal(colour.bgr[2] << 16 | colour.bgr[1] << 8 | colour.bgr[0], rgb[i]);
    }
}

static void test_the_ramp_grows_lighter(void **state) {
    (void)state;
    double last = 0;
    for (int i = 0; i <= 20; i++) {
        const rig_colour c = rig_ramp_colour(i / 20.0);
        const double light = 0.114 * c.bgr[0] + 0.587 * c.bgr[1] + 0.299 * c.bgr[2];
        assert_true(light > last);
        last = light;
    }
    assert_memory_equal(rig_ramp_colour(-1).bgr, rig_ramp_colour(0).bgr, 3);
    assert_memory_equal(rig_ramp_colour(2).bgr, rig_ramp_colour(1).bgr, 3);
}

static void test_joints_are_discs_and_those_filled_are_rings(void **state) {
    (void)state;
    rig_image image = grey(W, H);
    const rig_skeleton skeleton = {.n = 3, .n_limbs = 2, .limbs = {{0, 1}, {1, 2}}};
    const rig_mark_joint joints[] = {
        {true, false, {50, 100}, rig_orange}, {true, true, {150, 100}, rig_orange}, {.shown = false}};
    const rig_mark_style style = {rig_orange, 5, 8, 2};
    rig_figure_draw(&image, &skeleton, joints, &style);
    assert_memory_equal(at(&image, 50, 100), rig_orange.bgr, 3);
    assert_memory_equal(at(&image, 100, 100), rig_orange.bgr, 3); // the limb
    assert_memory_equal(at(&image, 150, 100), rig_black.bgr, 3);
    assert_memory_equal(at(&image, 150, 106), rig_orange.bgr, 3);
    assert_int_equal(n_changed(&image, 170, 0, W, H), 0); // no limb to a joint that is not there
    rig_image_release(&image);
}

static void test_labels_stay_in_the_picture(void **state) {
    (void)state;
    static const double places[][2] = {{-50, -50}, {W + 50, H + 50}, {W - 3, 2}, {NAN, 3}};
    for (int i = 0; i < 4; i++) {
        rig_image image = grey(W, H);
        double size[2];
        rig_label_extent("camera 12", 0.5, size);
        rig_label_draw(&image, places[i], "camera 12", 0.5, rig_white);
        const double whole = floor(size[0]) * floor(size[1]);
        if (i < 3)
            assert_true(n_changed(&image, 0, 0, W, H) >= 0.9 * whole); // but for letters in the picture's grey
        else
            assert_int_equal(n_changed(&image, 0, 0, W, H), 0);
        rig_image_release(&image);
    }
}

// A line that is too long for the picture is drawn smaller, not cut.
static void test_the_head_fits_pictures_of_any_width(void **state) {
    (void)state;
    static const int widths[] = {120, 320, 1080, 1920};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        rig_image image = grey(widths[i], 480);
        const char *const lines[] = {"camera   12.34 s   frame 308", "", "left out: its corners lie too far off"};
        rig_head_draw(&image, lines, 3);
        for (int y = 0; y < 480; y++) { // no letter, which are white, at the right edge
            const unsigned char *last = at(&image, widths[i] - 1, y);
            assert_true(last[0] <= GREY);
        }
        assert_true(n_changed(&image, 0, 0, widths[i], 480) > 500);
        rig_image_release(&image);
    }
}

static int setup(void **state) {
    (void)state;
    rig_cv_init();
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_people_get_okabe_and_itos_colours_in_turn),
        cmocka_unit_test(test_the_ramp_grows_lighter),
        cmocka_unit_test(test_joints_are_discs_and_those_filled_are_rings),
        cmocka_unit_test(test_labels_stay_in_the_picture),
        cmocka_unit_test(test_the_head_fits_pictures_of_any_width),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
