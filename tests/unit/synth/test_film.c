#include "tools/synth/film.h"

#include "tests/support/support.h"

#include <string.h>

enum { SIZE = 64 };

// One bright pixel in the middle.
static rig_canvas spot_make(rig_arena *arena) {
    rig_canvas canvas;
    rig_err err = {""};
    assert_ok(rig_canvas_make(&canvas, SIZE, SIZE, arena, &err));
    for (int c = 0; c < 3; c++)
        canvas.ink[32 * SIZE + 32][c] = 30000;
    return canvas;
}

static void test_a_smear_stays_centred(void **state) {
    (void)state;
    const double ways[3][2] = {{8, 0}, {0, 6}, {-5, 5}};
    for (int i = 0; i < 3; i++) {
        rig_arena arena = {NULL};
        rig_err err = {""};
        rig_canvas canvas = spot_make(&arena);
        assert_ok(rig_film_smear(&canvas, NULL, ways[i], &arena, &err));
        double sum = 0, x = 0, y = 0;
        for (int at = 0; at < SIZE * SIZE; at++) {
            const double ink = canvas.ink[at][1];
            sum += ink;
            x += ink * (at % SIZE);
            y += ink * (at / SIZE);
        }
        assert_near(sum, 30000, 20);
        assert_near(x / sum, 32, 0.01);
        assert_near(y / sum, 32, 0.01);
        assert_true(canvas.ink[32 * SIZE + 32][0] < 10000);
        rig_arena_release(&arena);
    }
}

static void test_only_what_is_marked_smears(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    rig_canvas canvas = spot_make(&arena);
    static unsigned char only[SIZE * SIZE];
    const double way[2] = {6, 0}, none[2] = {0.4, 0};
    for (int c = 0; c < 3; c++)
        canvas.ink[10 * SIZE + 10][c] = 30000;
    only[32 * SIZE + 32] = 1;
    assert_ok(rig_film_smear(&canvas, only, way, &arena, &err));
    assert_int_equal(canvas.ink[10 * SIZE + 10][0], 30000);
    assert_true(canvas.ink[32 * SIZE + 34][0] > 3000);
    assert_ok(rig_film_smear(&canvas, NULL, none, &arena, &err)); // less than a pixel is nothing
    assert_int_equal(canvas.ink[10 * SIZE + 10][0], 30000);
    rig_arena_release(&arena);
}

static void test_films_differ_and_keep_dark_dark(void **state) {
    (void)state;
    rig_rng rng = rig_rng_seed(1, 1);
    int shaken = 0, soft = 0;
    for (int i = 0; i < 200; i++) {
        rig_film film;
        rig_film_draw(&film, 256, &rng);
        for (int c = 0; c < 3; c++) {
            assert_true(film.level[c][0] < 60);
            for (int k = 1; k < RIG_FILM_LEVELS; k++)
                assert_true(film.level[c][k] >= film.level[c][k - 1]);
            assert_true(film.level[c][RIG_FILM_LEVELS - 1] > 80);
        }
        shaken += film.shake[0] != 0;
        soft += film.defocus > 0;
        assert_true(hypot(film.shake[0], film.shake[1]) <= 9);
    }
    assert_true(shaken > 10 && shaken < 60 && soft > 25 && soft < 85);
}

typedef struct work {
    rig_image image;
    rig_film film;
} work;

static rig_status work_do(void *self, rig_err *err) {
    work *w = self;
    rig_arena arena = {NULL};
    rig_canvas canvas;
    rig_noise noise;
    rig_status status = rig_canvas_make(&canvas, SIZE, SIZE, &arena, err);
    if (status == RIG_OK)
        status = rig_noise_make(&noise, SIZE, 2, 1, &arena, err);
    for (int i = 0; status == RIG_OK && i < SIZE * SIZE; i++)
        canvas.ink[i][0] = canvas.ink[i][1] = canvas.ink[i][2] = 100 * RIG_INK_LEVEL;
    if (status == RIG_OK)
        status = rig_film_develop(&w->film, &noise, &canvas, &w->image, &arena, err);
    rig_arena_release(&arena);
    return status;
}

static void test_developing_keeps_the_mean_and_survives_failures(void **state) {
    (void)state;
    work w = {.film = {.shake = {5, 2}, .defocus = 1, .grain = 1, .picture = 7}};
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < RIG_FILM_LEVELS; i++)
            w.film.level[c][i] = (unsigned char)(i / 16);
    assert_true(rig_test_each_allocation_fails(work_do, &w) >= 3);
    double sum = 0;
    for (int i = 0; i < 3 * SIZE * SIZE; i++)
        sum += w.image.data[i];
    assert_near(sum / (3 * SIZE * SIZE), 100, 1);
    rig_image_release(&w.image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_smear_stays_centred),
        cmocka_unit_test(test_only_what_is_marked_smears),
        cmocka_unit_test(test_films_differ_and_keep_dark_dark),
        cmocka_unit_test(test_developing_keeps_the_mean_and_survives_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
