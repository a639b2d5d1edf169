#include "io/config.h"
#include "io/results.h"

#include "tests/unit/io/files.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TYPED[] = "# the treadmill\n"
                            "points:   # metres, by tape\n"
                            "  corner: [-2, 0.3, 0]   # front left\n"
                            "  lamp: [0, 0, 2.5]\n"
                            "pixels:\n"
                            "  c1: {lamp: [320.5, 17], corner: null}\n"
                            "  c2: {corner: [1, 2]} # by zoom\n";

typedef struct scene {
    const char *names[3], *views[2];
    double p[3][3], q1[3][2], q2[3][2];
    bool seen1[3], seen2[3];
    double (*q[2])[2];
    bool *seen[2];
    rig_points_file points;
} scene;

static void scene_init(scene *s) {
    *s = (scene){.names = {"corner", "lamp", "door 1"},
                 .views = {"c1", "c3"},
                 .p = {{-2, 0.3, 0}, {0, 0, 2.25}, {1, 1, 0}},
                 .q1 = {{0, 0}, {320.5, 17}, {5.25, 6}},
                 .q2 = {{7, 8}},
                 .seen1 = {false, true, true},
                 .seen2 = {true}};
    s->q[0] = s->q1, s->q[1] = s->q2, s->seen[0] = s->seen1, s->seen[1] = s->seen2;
    s->points = (rig_points_file){3, s->names, s->p, 2, s->views, s->q, s->seen};
}

static int beside; // rig_points_save's

static const char *saved(const char *path, const rig_points_file *points, const char *expected_name, bool says_why) {
    static rig_arena out;
    rig_err err = {""};
    const char *written, *why;
    char *text;
    size_t n;
    assert_ok(rig_points_save(path, points, &beside, &written, &why, &out, &err));
    assert_string_equal(strrchr(written, '/') + 1, expected_name);
    assert_int_equal(why != NULL, says_why);
    assert_ok(rig_file_read(written, &text, &n, &out, &err));
    return text;
}

static void test_a_text_is_changed_where_it_differs(void **state) {
    (void)state;
    scene s;
    scene_init(&s);
    assert_string_equal(saved(file_put_text("typed.yaml", TYPED), &s.points, "typed.yaml", false),
                        "# the treadmill\n"
                        "points:   # metres, by tape\n"
                        "  corner: [-2, 0.3, 0]   # front left\n"
                        "  lamp: [0, 0, 2.25]\n"
                        "  door 1: [1, 1, 0]\n"
                        "pixels:\n"
                        "  c1: {lamp: [320.5, 17], corner: null, door 1: [5.25, 6]}\n"
                        "  c2: {} # by zoom\n"
                        "  c3:\n"
                        "    corner: [7, 8]\n");
    s.points.n = 0;
    assert_string_equal(saved(file_put_text("typed.yaml", TYPED), &s.points, "typed.yaml", false),
                        "# the treadmill\n"
                        "points:   # metres, by tape\n"
                        "  # front left\n"
                        "  {}\n"
                        "pixels:\n"
                        "  c1: {}\n"
                        "  c2: {} # by zoom\n");
}

static void test_a_file_that_is_not_there_is_made(void **state) {
    (void)state;
    scene s;
    scene_init(&s);
    const char *path = file_put_text("fresh.yaml", "");
    remove(path);
    const char *made = saved(path, &s.points, "fresh.yaml", false);
    assert_contains(made, "\n  lamp: [0, 0, 2.25]\n");
    assert_contains(made, "\n  c1:\n    lamp: [320.5, 17]\n    door 1: [5.25, 6]\n  c3:\n    corner: [7, 8]\n");
    assert_string_equal(saved(path, &s.points, "fresh.yaml", false), made);
}

static void test_a_link_stays_one(void **state) {
    (void)state;
    scene s;
    struct stat info;
    scene_init(&s);
    const char *kept = file_put_text("kept.yaml", TYPED), *link = file_path("link.yaml");
    assert_int_equal(symlink(kept, link), 0);
    saved(link, &s.points, "link.yaml", false);
    assert_int_equal(lstat(link, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_same_bytes(kept, link);
}

static void test_a_text_that_cannot_be_changed_stays(void **state) {
    (void)state;
    static const char shared[] = "points: &p {corner: [-2, 0.3, 0], lamp: [0, 0, 2.5]} # two\npixels: {c1: {}}\n";
    scene s;
    rig_arena out = {NULL};
    rig_err err = {""};
    char *text;
    size_t n;
    scene_init(&s);
    const char *path = file_put_text("shared.yaml", shared);
    const char *made = saved(path, &s.points, "shared.picked.yaml", true);
    assert_contains(made, "\n  lamp: [0, 0, 2.25]\n");
    assert_ok(rig_file_read(path, &text, &n, &out, &err));
    assert_string_equal(text, shared);
    s.p[0][0] = 9;
    assert_contains(saved(path, &s.points, "shared.picked.yaml", true), "corner: [9, "); // our own is written over
    beside = 0;                                                                          // somebody else's is not
    saved(path, &s.points, "shared.picked-2.yaml", true);
    saved(path, &s.points, "shared.picked-2.yaml", true);
    beside = 0;
    saved(path, &s.points, "shared.picked-3.yaml", true);
    rig_arena_release(&out);
}

static void test_permissions_stay(void **state) {
    (void)state;
    scene s;
    struct stat info;
    rig_arena out = {NULL};
    rig_err err = {""};
    scene_init(&s);
    const char *path = file_put_text("shared_by_group.yaml", TYPED);
    for (unsigned mode = 0600; mode <= 0664; mode += 064) {
        assert_int_equal(chmod(path, mode), 0);
        s.p[0][0]++;
        saved(path, &s.points, "shared_by_group.yaml", false);
        assert_int_equal(stat(path, &info), 0);
        assert_int_equal(info.st_mode & 0777, mode);
    }
    assert_int_equal(chmod(path, 0444), 0);
    if (geteuid() != 0) { // who may write anything
        const char *written, *why;
        assert_int_equal(rig_points_save(path, &s.points, &beside, &written, &why, &out, &err), RIG_ERR_IO);
        assert_contains(err.text, "Permission denied");
    }
    rig_arena_release(&out);
}

static const char RIG[] = "schema: rigpose/rig/1 # a rig\n"
                          "feeds: {quad: {grid: [2, 1], views: [a, b]}}\n"
                          "recordings: {walk: {quad: walk.mp4}}\n"
                          "views:\n"
                          "  b: {rotate: 90} # turned\n";

static void test_windows_go_into_the_rig(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    char *text;
    size_t n;
    const char *path = file_put_text("rig.yaml", RIG), *views[] = {"a", "b"};
    const rig_rect rects[] = {{0, 0, 640, 480}, {644, 0, 640, 480}};
    assert_ok(rig_config_rects_save(path, views, rects, 2, &out, &err));
    assert_ok(rig_file_read(path, &text, &n, &out, &err));
    assert_contains(text, "schema: rigpose/rig/1 # a rig\n");
    assert_contains(text, "\n  b: {rotate: 90, rect: [644, 0, 640, 480]} # turned\n  a:\n    rect: [0, 0, 640, 480]\n");
    // the same window twice is no rig
    const rig_rect same[] = {{0, 0, 640, 480}, {0, 0, 640, 480}};
    assert_int_equal(rig_config_rects_save(path, views, same, 2, &out, &err), RIG_ERR_CONFIG);
    assert_contains(err.text, "rig.yaml:");
    assert_contains(err.text, "the same rectangle");
    char *after;
    assert_ok(rig_file_read(path, &after, &n, &out, &err));
    assert_string_equal(after, text);
    rig_arena_release(&out);
}

static rig_status save_sample(void *self, rig_err *err) {
    rig_arena out = {NULL};
    const char *written, *why;
    scene s;
    scene_init(&s);
    rig_status status =
        rig_points_save(file_put_text("oom.yaml", TYPED), &s.points, &(int){0}, &written, &why, &out, err);
    (void)self;
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(save_sample, NULL) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_text_is_changed_where_it_differs),
        cmocka_unit_test(test_a_file_that_is_not_there_is_made),
        cmocka_unit_test(test_a_link_stays_one),
        cmocka_unit_test(test_a_text_that_cannot_be_changed_stays),
        cmocka_unit_test(test_permissions_stay),
        cmocka_unit_test(test_windows_go_into_the_rig),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
