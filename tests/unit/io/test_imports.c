#include "io/imports.h"

#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"
#include "tests/unit/io/import_all.h"

static const rig_skeleton *coco17(void) {
    return import_layout("coco17");
}

// An OpenPose file of people whose joint k of n is (10 k, k, 0.5), each value made by hand where `values` is given.
static const char *openpose_text(rig_arena *arena, int n_people, int n_joints) {
    char *text = rig_arena_strdup(arena, "{\"version\": 1.3, \"people\": [");
    for (int i = 0; i < n_people; i++) {
        text = rig_arena_printf(arena, "%s%s{\"person_id\": [-1], \"pose_keypoints_2d\": [", text, i ? ", " : "");
        for (int k = 0; k < n_joints; k++)
            text = rig_arena_printf(arena, "%s%s%d, %d.5, 0.5", text, k ? ", " : "", 10 * k, k);
        text = rig_arena_printf(arena, "%s]}", text);
    }
    return rig_arena_printf(arena, "%s]}", text);
}

static const char *folder_make(const char *name) {
    rig_err err = {""};
    const char *folder = file_path(name);
    assert_ok(rig_folder_make(folder, &err));
    return folder;
}

static void file_put_in(const char *folder, const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    file_put(path, text, strlen(text));
}

static void test_openpose_joints_go_by_name(void **state) {
    (void)state;
    const int counts[] = {25, 18, 17}, hips[] = {12, 11, 11}; // left_hip in each
    for (int i = 0; i < 3; i++) {
        char name[32];
        rig_arena out = {NULL};
        rig_err err = {""};
        rig_people2d people;
        snprintf(name, sizeof name, "layout%d", counts[i]);
        const char *folder = folder_make(name);
        file_put_in(folder, "a_keypoints.json", openpose_text(&out, 2, counts[i]));
        assert_ok(import_read(folder, coco17(), &people, &out, &err));
        assert_string_equal(people.skeleton, "coco17");
        assert_int_equal(people.n_joints, 17);
        assert_false(people.has_tags);
        assert_int_equal(people.frames[0].n, 2);
        const rig_person2d *person = &people.frames[0].people[1];
        assert_near(person->score, 0.5, 0);
        assert_near(person->joints[11].q[0], 10 * hips[i], 0);
        assert_near(person->joints[11].q[1], hips[i] + 0.5, 0);
        assert_true(person->joints[11].found && !person->joints[11].filled);
        rig_arena_release(&out);
    }
}

static void test_openpose_frames_are_the_numbers_of_names(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people;
    const char *folder = folder_make("order");
    file_put_in(folder, "img_10.json", openpose_text(&out, 3, 17));
    file_put_in(folder, "img_2.json", openpose_text(&out, 0, 17));
    file_put_in(folder, "img_9.json", openpose_text(&out, 1, 17));
    file_put_in(folder, "readme.txt", "not a frame");
    assert_ok(import_read(folder, coco17(), &people, &out, &err));
    assert_int_equal(people.n_frames, 3);
    const int n[] = {0, 1, 3};
    const int frames[] = {2, 9, 10};
    for (int f = 0; f < 3; f++) {
        assert_int_equal(people.frames[f].frame, frames[f]);
        assert_int_equal(people.frames[f].n, n[f]);
    }
    rig_arena_release(&out);
}

static void test_what_was_not_found_is_not_found(void **state) {
    (void)state;
    static const char text[] = "{\"people\": ["
                               "{\"pose_keypoints_2d\": [0,0,0, 1,2,0.25, 3,4,-1, 5,6,0, 7,8,0.75, null,1,1, 1e30,1,1,"
                               "0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0]},"
                               "{\"pose_keypoints_2d\": [0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0,"
                               "0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0, 0,0,0]},"
                               "{\"pose_keypoints_2d\": []}]}";
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people;
    const char *folder = folder_make("lost");
    file_put_in(folder, "0.json", text);
    assert_ok(import_read(folder, coco17(), &people, &out, &err));
    assert_int_equal(people.frames[0].n, 1); // two have no joint at all
    const rig_person2d *person = &people.frames[0].people[0];
    assert_near(person->score, 0.5, 0);
    for (int k = 0; k < 17; k++)
        assert_int_equal(person->joints[k].found, k == 1 || k == 4);
    rig_arena_release(&out);
}

static rig_status read_folder(const char *folder, rig_err *err) {
    rig_arena out = {NULL};
    rig_people2d people;
    rig_status status = import_read(folder, coco17(), &people, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_wrong_openpose_files_are_named(void **state) {
    (void)state;
    static const struct {
        const char *text, *says;
    } wrongs[] = {
        {"{\"people\": [\n{]}", "bad/1.json:2: not JSON: "},
        {"", "bad/1.json:1: not JSON: "},
        {"{}", "no list `people`"},
        {"{\"people\": 3}", "no list `people`"},
        {"[{\"image_id\": 1, \"keypoints\": []}]", "bad/1.json: people of many frames"},
        {"{\"people\": [3]}", "person 0: has no list of joints"},
        {"{\"people\": [{\"landmarks\": [1, 2, 3]}]}", "person 0: has no list of joints"},
        {"{\"people\": [{\"pose_keypoints_2d\": [1, 2, 3, 4]}]}", "person 0: 4 numbers, expected x, y, score of each"},
        {"{\"people\": [{\"pose_keypoints_2d\": [1, 2, 3]}]}",
         "person 0: none of the 1 joints of layout 'point' is one of skeleton 'coco17'"},
    };
    rig_err err = {""};
    rig_arena arena = {NULL};
    const char *folder = folder_make("bad");
    assert_int_equal(read_folder(folder, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "no *.json in '");
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        file_put_in(folder, "1.json", wrongs[i].text);
        assert_int_equal(read_folder(folder, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, "bad/1.json");
        assert_contains(err.text, wrongs[i].says);
    }
    file_put_in(folder, "0.json", openpose_text(&arena, 1, 25));
    file_put_in(folder, "1.json", openpose_text(&arena, 1, 18));
    assert_int_equal(read_folder(folder, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "bad/1.json: person 0: 18 joints, expected 25 as for those before it");
    assert_int_equal(read_folder(file_path("nowhere"), &err), RIG_ERR_IO);
    assert_contains(err.text, "nowhere");
    rig_arena_release(&arena);
}

static void test_a_skeleton_without_common_joints_is_refused(void **state) {
    (void)state;
    static const rig_skeleton hand = {.name = "hand", .n = 1, .names = {"thumb"}};
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people;
    const char *folder = folder_make("hand");
    file_put_in(folder, "0.json", openpose_text(&out, 1, 17));
    assert_int_equal(import_read(folder, &hand, &people, &out, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "none of the 17 joints of layout 'coco17' is one of skeleton 'hand'");
    rig_arena_release(&out);
}

// A COCO result of one person whose joints are all (x, 2, 1).
static const char *coco_entry(rig_arena *arena, const char *image_id, int x, const char *score) {
    char *text = rig_arena_printf(arena, "{\"image_id\": %s, \"category_id\": 1, \"keypoints\": [", image_id);
    for (int k = 0; k < 17; k++)
        text = rig_arena_printf(arena, "%s%s%d, 2, 1", text, k ? ", " : "", x);
    return rig_arena_printf(arena, "%s]%s}", text, score);
}

static rig_status read_coco(const char *path, rig_arena *out, rig_err *err) {
    rig_people2d people;
    return import_read(path, coco17(), &people, out, err);
}

static void test_coco_results_become_frames(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people;
    const char *text = rig_arena_printf(&out, "[%s, %s, %s, {\"image_id\": 5, \"keypoints\": []}]",
                                        coco_entry(&out, "3", 7, ", \"score\": 0.25"), coco_entry(&out, "1", 8, ""),
                                        coco_entry(&out, "3", 9, ", \"score\": 2"));
    const char *path = file_put_text("coco.json", text);
    assert_ok(import_read(path, coco17(), &people, &out, &err));
    assert_int_equal(people.n_frames, 5);
    const int n[] = {1, 0, 2, 0, 0};
    for (int f = 0; f < 5; f++) {
        assert_int_equal(people.frames[f].frame, f + 1);
        assert_int_equal(people.frames[f].n, n[f]);
    }
    assert_near(people.frames[2].people[0].joints[4].q[0], 7, 0); // in the order of the file
    assert_near(people.frames[2].people[1].joints[4].q[0], 9, 0);
    assert_near(people.frames[2].people[0].score, 0.25, 0);
    assert_near(people.frames[0].people[0].score, 1, 0);
    // A number far away costs nothing for those between; up to a thousand are frames without people.
    text = rig_arena_printf(&out, "[%s, %s, %s]", coco_entry(&out, "9999999", 7, ""), coco_entry(&out, "1000", 8, ""),
                            coco_entry(&out, "2000", 8, ""));
    text = rig_arena_printf(&out, "%.*s, %s]", (int)strlen(text) - 1, text, coco_entry(&out, "3002", 8, ""));
    assert_ok(import_read(file_put_text("far.json", text), coco17(), &people, &out, &err));
    assert_int_equal(people.n_frames, 1001 + 2);
    assert_int_equal(people.frames[1000].frame, 2000);
    assert_int_equal(people.frames[1001].frame, 3002);
    assert_int_equal(people.frames[1002].frame, 9999999);
    assert_int_equal(people.frames[1002].n, 1);
    assert_ok(import_read(file_put_text("none.json", "[]"), coco17(), &people, &out, &err));
    assert_int_equal(people.n_frames, 0);
    rig_arena_release(&out);
}

static void test_wrong_coco_files_are_named(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    const char *const wrongs[][2] = {
        {"{}", "wrong.json: no people in it"},
        {"3", "neither JSON nor a CSV"},
        {"[1]", "entry 0: image_id is absent"},
        {"[{}]", "entry 0: image_id is absent, expected a frame number from 0 to 9999999, or a name with it"},
        {"[{\"image_id\": \"7.jpg\"}, {\"image_id\": \"b.jpg\"}]", "'7.jpg' and 'b.jpg' belong to different series"},
        {"[{\"image_id\": -1}]", "entry 0: image_id is -1, expected"},
        {"[{\"image_id\": 1.5}]", "entry 0: image_id is 1.5, expected"},
        {"[{\"image_id\": null}]", "entry 0: image_id is null, expected"},
        {"[{\"image_id\": 99999999999}]",
         "entry 0: image_id is 99999999999, expected a frame number from 0 to 9999999"},
        {"[{\"image_id\": 99999999999999999999}]", "not JSON"},
        {"[{\"image_id\": 1}]", "entry 0: has no list of joints"},
        {"[{\"image_id\": 1, \"keypoints\": [\"a\"]}]", "entry 0: 1 numbers"},
        {"[{\"image_id\": 1, \"keypoints\": []},\n]", "wrong.json:2: not JSON: ']', expected a value"},
        {"[{\"image_id\": 1, \"keypoints\": []}", "not JSON: the file ends, expected ',' or ']'"},
        {"[{\"image_id\": 1, \"keypoints\": []}, {\"image_id\": \"2.jpg\"}]",
         "some image_ids are numbers and some are names"},
        {"\x89HDF\r\n", "HDF5, expected a CSV"},
        {coco_entry(&out, "1, \"keypoints\": 3, \"x\": {", 1, ""), "not JSON"},
    };
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        assert_int_equal(read_coco(file_put_text("wrong.json", wrongs[i][0]), &out, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, "wrong.json");
        assert_contains(err.text, wrongs[i][1]);
    }
    assert_int_equal(read_coco(file_path("no.json"), &out, &err), RIG_ERR_IO);
    const char *good = rig_arena_printf(&out, "[%s]", coco_entry(&out, "3", 7, ", \"score\": 0.25"));
    assert_survives_damage(read_coco, file_put_text("good.json", good));
    rig_arena_release(&out);
}

static rig_status read_both(void *self, rig_err *err) {
    rig_arena out = {NULL};
    rig_status status = read_folder(self, err);
    if (status == RIG_OK)
        status = read_coco(file_path("oom.json"), &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    const char *folder = folder_make("oom");
    file_put_in(folder, "0.json", openpose_text(&arena, 50, 17));
    file_put_text("oom.json", rig_arena_printf(&arena, "[%s]", coco_entry(&arena, "3", 7, "")));
    assert_true(rig_test_each_allocation_fails(read_both, (char *)(uintptr_t)folder) > 3);
    rig_arena_release(&arena);
}

// Real detections: as many people as files say, joints within the picture, and what is written is read.
static void assert_real(const char *folder, int n_frames, double width, double height) {
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d people, again;
    int n_joints = 0, n_people = 0;
    assert_ok(import_read(folder, coco17(), &people, &out, &err));
    assert_int_equal(people.n_frames, n_frames);
    for (int f = 0; f < n_frames; f++)
        for (int i = 0; i < people.frames[f].n; i++) {
            n_people++;
            for (int k = 0; k < 17; k++) {
                const rig_joint2d *joint = &people.frames[f].people[i].joints[k];
                n_joints += joint->found;
                if (joint->found) // detectors may look a little beyond the border
                    assert_true(fabs(joint->q[0] / width - 0.5) < 0.6 && fabs(joint->q[1] / height - 0.5) < 0.6);
            }
        }
    assert_true(n_people >= n_frames && n_joints > 8 * n_people);
    memcpy(people.view, "real", 5);
    const char *a = file_path("real.yaml"), *b = file_path("real2.yaml");
    assert_ok(people2d_write(a, &people, NULL, &err));
    assert_ok(people2d_read(a, &again, &out, &err));
    assert_ok(people2d_write(b, &again, NULL, &err));
    assert_same_bytes(a, b);
    rig_arena_release(&out);
}

static void test_real_detections_are_read(void **state) {
    (void)state;
    const char *data = rig_test_real_data();
    if (!data)
        skip();
    char folder[512];
    snprintf(folder, sizeof folder, "%s/shelf/people2d/cam0", data);
    assert_real(folder, 301, 1032, 776);
    snprintf(folder, sizeof folder, "%s/pose2sim/people2d/cam03", data);
    assert_real(folder, 100, 1088, 1920);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_openpose_joints_go_by_name),
        cmocka_unit_test(test_openpose_frames_are_the_numbers_of_names),
        cmocka_unit_test(test_what_was_not_found_is_not_found),
        cmocka_unit_test(test_wrong_openpose_files_are_named),
        cmocka_unit_test(test_a_skeleton_without_common_joints_is_refused),
        cmocka_unit_test(test_coco_results_become_frames),
        cmocka_unit_test(test_wrong_coco_files_are_named),
        cmocka_unit_test(test_failed_allocations_are_reported),
        cmocka_unit_test(test_real_detections_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
