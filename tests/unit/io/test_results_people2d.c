
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"

static const double PIXEL = 0.5e-2 + 1e-9, SCORE = 0.5e-4 + 1e-9; // two decimals, four decimals

// Two people in frame 0, none in frame 1, one in frame 5; three joints.
typedef struct sample {
    rig_joint2d joints[3][3];
    rig_person2d people[3];
    rig_frame2d frames[3];
    rig_people2d file;
} sample;

static rig_people2d *sample_init(sample *s, bool tags) {
    *s = (sample){0};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < 3; k++)
            if (i != 1 || k != 0)
                s->joints[i][k] = (rig_joint2d){.found = true,
                                                .filled = i == 2 && k == 1,
                                                .q = {312.34567 + k, -1.5 * i},
                                                .score = 0.98765 - 0.1 * k,
                                                .tag = tags ? 1.23456 - i : 0};
        if (i == 0)
            s->joints[i][2].n_others = 2, s->joints[i][2].others[0] = (rig_other2d){{5.125, 6}, 0.5, 1.25},
            s->joints[i][2].others[1] = (rig_other2d){{-7, 8}, 0.25, -1};
        if (i == 1)
            s->joints[i][0].n_others = 1, s->joints[i][0].others[0] = (rig_other2d){{1, 2}, 0.75, 3}; // not found
        s->people[i] = (rig_person2d){0.81 + 0.01 * i, s->joints[i]};
    }
    s->frames[0] = (rig_frame2d){0, 2, s->people};
    s->frames[1] = (rig_frame2d){1, 0, NULL};
    s->frames[2] = (rig_frame2d){5, 1, s->people + 2};
    s->file = (rig_people2d){"c1", "three", 3, tags, 0, 3, s->frames};
    return &s->file;
}

static void assert_same_joint(const rig_joint2d *a, const rig_joint2d *b) {
    assert_int_equal(a->found, b->found);
    assert_int_equal(a->filled, b->filled);
    assert_near(a->q[0], b->q[0], PIXEL);
    assert_near(a->q[1], b->q[1], PIXEL);
    assert_near(a->score, b->score, SCORE);
    assert_near(a->tag, b->tag, SCORE);
    assert_int_equal(a->n_others, b->n_others);
    for (int i = 0; i < a->n_others; i++) {
        assert_near(a->others[i].q[0], b->others[i].q[0], PIXEL);
        assert_near(a->others[i].q[1], b->others[i].q[1], PIXEL);
        assert_near(a->others[i].score, b->others[i].score, SCORE);
        assert_near(a->others[i].tag, b->others[i].tag, SCORE);
    }
}

static void assert_same_people(const rig_people2d *a, const rig_people2d *b) {
    assert_string_equal(a->view, b->view);
    assert_string_equal(a->skeleton, b->skeleton);
    assert_int_equal(a->n_joints, b->n_joints);
    assert_int_equal(a->has_tags, b->has_tags);
    assert_int_equal(a->n_frames, b->n_frames);
    for (int f = 0; f < a->n_frames; f++) {
        assert_int_equal(a->frames[f].frame, b->frames[f].frame);
        assert_int_equal(a->frames[f].n, b->frames[f].n);
        for (int i = 0; i < a->frames[f].n; i++) {
            assert_near(a->frames[f].people[i].score, b->frames[f].people[i].score, SCORE);
            for (int k = 0; k < a->n_joints; k++)
                assert_same_joint(&a->frames[f].people[i].joints[k], &b->frames[f].people[i].joints[k]);
        }
    }
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    const char *a = file_path("a.yaml"), *b = file_path("b.yaml");
    for (int tags = 0; tags < 2; tags++) {
        sample s;
        rig_arena out = {NULL};
        rig_err err = {""};
        rig_people2d read;
        assert_ok(people2d_write(a, sample_init(&s, tags), NULL, &err));
        assert_ok(people2d_read(a, &read, &out, &err));
        assert_same_people(&read, &s.file);
        assert_ok(people2d_write(b, &read, NULL, &err));
        assert_same_bytes(a, b);
        rig_arena_release(&out);
    }
}

// A sigma that rounds to 0 would be refused when read, as 0 says that it is not known.
static void test_sigmas_are_kept_however_small(void **state) {
    (void)state;
    static const double sigmas[3] = {1e-4, 2.345, 0};
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d read;
    const char *path = file_path("sigmas.yaml");
    rig_people2d *people = sample_init(&s, true);
    for (int k = 0; k < 3; k++)
        s.joints[0][k].sigma_px = sigmas[k];
    assert_ok(people2d_write(path, people, NULL, &err));
    assert_ok(people2d_read(path, &read, &out, &err));
    assert_near(read.frames[0].people[0].joints[0].sigma_px, 0.01, 1e-12);
    assert_near(read.frames[0].people[0].joints[1].sigma_px, sigmas[1], PIXEL);
    assert_true(read.frames[0].people[0].joints[2].sigma_px == 0);
    assert_true(read.frames[0].people[1].joints[1].sigma_px == 0);
    rig_arena_release(&out);
}

static void test_nobody_and_nothing_keep_their_joints(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d read;
    const char *path = file_path("nobody.yaml");
    rig_people2d *people = sample_init(&s, true);
    people->frames++, people->n_frames = 1;
    assert_ok(people2d_write(path, people, NULL, &err));
    assert_ok(people2d_read(path, &read, &out, &err));
    assert_same_people(&read, people);
    people->n_frames = 0;
    assert_ok(people2d_write(path, people, NULL, &err));
    assert_ok(people2d_read(path, &read, &out, &err));
    assert_same_people(&read, people);
    rig_arena_release(&out);
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *path = file_path("c1.yaml");
    assert_ok(people2d_write(path, sample_init(&s, true), NULL, &err));
    assert_pyyaml(path, "d['schema'] == 'rigpose/people2d/1' and d['view'] == 'c1' and d['skeleton'] == 'three'"
                        " and d['frames'][0]['people'][1]['joints'] == [None, [313.35, -1.5, 0.8877, 0.2346],"
                        " [314.35, -1.5, 0.7877, 0.2346]] and d['frames'][0]['people'][0]['score'] == 0.81"
                        " and d['frames'][1] == {'frame': 1, 'people': []}"
                        " and d['frames'][2]['people'][0]['filled'] == [1]"
                        " and d['frames'][0]['people'][0]['others'] == {'2': [[5.13, 6, 0.5, 1.25], [-7, 8, 0.25, -1]]}"
                        " and d['frames'][0]['people'][1]['others'] == {'0': [[1, 2, 0.75, 3]]}"
                        " and 'others' not in d['frames'][2]['people'][0]");
    assert_ok(people2d_write(path, sample_init(&s, false), NULL, &err));
    assert_pyyaml(path, "d['tags'] is False and d['frames'][0]['people'][1]['joints'][1] == [313.35, -1.5, 0.8877]");
}

static const char MINIMAL[] =
    "schema: rigpose/people2d/1\n"
    "view: c1\n"
    "skeleton: three\n"
    "frames:\n"
    "  - {frame: 2}\n"
    "  - {frame: 3, people: []}\n"
    "  - {frame: 4, people: [{joints: [[1, 2], [3, 4, 0.5], null], filled: [1]}]}\n"
    "  - {frame: 7, people: [{score: 2, joints: [null, null, [1, 2, 3, 4]], others: {0: [[1, 2, 3, "
    "4]]}}]}\n";

static void test_a_minimal_file_of_another_program_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people2d read;
    assert_ok(people2d_read(file_put_text("minimal.yaml", MINIMAL), &read, &out, &err));
    assert_int_equal(read.n_joints, 3);
    assert_int_equal(read.n_frames, 4);
    assert_int_equal(read.frames[0].n, 0);
    assert_false(read.has_tags); // one joint has
    const rig_person2d *person = &read.frames[2].people[0];
    assert_near(person->score, 0.75, 0); // the mean of 1 and 0.5
    assert_near(person->joints[0].score, 1, 0);
    assert_false(person->joints[2].found);
    assert_true(person->joints[1].filled);
    assert_near(read.frames[3].people[0].score, 2, 0);
    assert_near(read.frames[3].people[0].joints[2].tag, 4, 0);
    assert_int_equal(read.frames[3].people[0].joints[0].n_others, 1);
    rig_arena_release(&out);
}

static rig_status read_people(const char *path, rig_arena *out, rig_err *err) {
    rig_people2d people;
    return people2d_read(path, &people, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"people2d/1", "people3d/1", 1, "schema: "},
        {"view: c1", "view: a/b", 2, "view: "},
        {"skeleton: three\n", "", 0, "'skeleton' is missing"},
        {"frames:", "frame:", 0, "'frames' is missing"},
        {"frame: 4", "frame: 3", 7, "frames[2].frame: "},
        {"frame: 4", "frame: 2", 7, "frames[2].frame: "},
        {"frame: 4", "frame: four", 7, "frames[2].frame: "},
        {"people: []", "people: none", 6, "frames[1].people: "},
        {", null], filled", "], filled", 8, "people[0].joints: 3 joints, expected 2"},
        {"[null, null, [", "[null, [", 8, "people[0].joints: 2 joints, expected 3"},
        {"joints: [[1, 2], [3, 4, 0.5], null]", "joints: []", 7, "joints: 0 joints, expected 1 to 144"},
        {"{joints: [[1, 2], [3, 4, 0.5], null], filled: [1]}", "{score: 1}", 7, "'joints' is missing"},
        {"[3, 4, 0.5]", "[3]", 7, "joints[1]: 1 numbers, expected [x, y]"},
        {"[3, 4, 0.5]", "[3, 4, 0.5, 1, 2]", 7, "joints[1]: 5 numbers"},
        {"[3, 4, 0.5]", "3", 7, "joints[1]: "},
        {"[3, 4, 0.5]", "[3, .nan, 0.5]", 7, "joints[1][1]: "},
        {"[3, 4, 0.5]", "[3, null, 0.5]", 7, "joints[1][1]: "},
        {"[3, 4, 0.5]", "[3, 4, -0.5]", 7, "joints[1][2]: "},
        {"[3, 4, 0.5]", "[3, 4, 0.5, inf]", 7, "joints[1][3]: "},
        {"filled: [1]", "filled: [2]", 7, "filled[0]: joint 2 is null"},
        {"filled: [1]", "filled: [3]", 7, "filled[0]: "},
        {"score: 2", "score: good", 8, "people[0].score: "},
        {"{0: [[", "{3: [[", 8, "people[0].others.3: expected the index of a joint, 0 to 2"},
        {"{0: [[", "{nose: [[", 8, "people[0].others.nose: expected the index of a joint"},
        {"{0: [[1, 2, 3, 4]]}", "{0: [[1, 2, 3]]}", 8, "people[0].others.0[0]: "},
        {"{0: [[1, 2, 3, 4]]}", "{0: [[1, 2, .nan, 4]]}", 8, "people[0].others.0[0][2]: "},
        {"{0: [[1, 2, 3, 4]]}", "[1]", 8, "people[0].others: "},
        {"{0: [[1, 2, 3, 4]]}", "{0: [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]]}", 8,
         "people[0].others.0: 4 peaks, expected at most 3"},
        {"frames:", "n_joints: 4\nframes:", 8, "joints: 3 joints, expected 4"},
        {"frames:", "n_joints: 145\nframes:", 4, "n_joints: "},
        {"frames:", "tags: 3\nframes:", 4, "tags: "},
    };
    assert_refuses(read_people, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_people, file_put_text("minimal.yaml", MINIMAL));
}

static rig_status write_and_read(void *self, rig_err *err) {
    sample s;
    rig_arena out = {NULL};
    rig_status status = people2d_write(self, sample_init(&s, true), NULL, err);
    if (status == RIG_OK)
        status = read_people(self, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(write_and_read, (char *)(uintptr_t)file_path("oom.yaml")) > 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_sigmas_are_kept_however_small),
        cmocka_unit_test(test_nobody_and_nothing_keep_their_joints),
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_a_minimal_file_of_another_program_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
