
#include "tests/support/people_all.h"
#include "tests/unit/io/files.h"

static const double COV = 0.006e-6; // m^2: two decimals of a square millimetre
static const double METRE = 0.5e-6 + 1e-12, SCORE = 0.5e-2 + 1e-9, RMS = 0.5e-2 + 1e-9; // six, two, two decimals

static const char *const VIEWS[] = {"c1", "c2", "left"};

// Person 1 and 4 in frame 0, nobody in frame 1; a joint of each state.
typedef struct sample {
    rig_joint3d joints[2][RIG_JOINT_STATES];
    rig_person3d people[2];
    rig_frame3d frames[2];
    rig_people3d file;
} sample;

static const rig_people3d *sample_init(sample *s) {
    *s = (sample){0};
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < RIG_JOINT_STATES; k++) {
            rig_joint3d *joint = &s->joints[i][k];
            joint->state = (rig_joint_state)k;
            if (k == RIG_JOINT_OK || k == RIG_JOINT_FILLED)
                *joint = (rig_joint3d){joint->state,
                                       {-1.2345678, 0.1 * i, 1e-7},
                                       0.0041234,
                                       0.91234,
                                       1.23456,
                                       5,
                                       {2e-5, 1e-6, -3e-6, 1.5e-5, 0, 1.234567e-5}};
        }
        s->joints[i][RIG_JOINT_FILLED].views = 0;
        s->joints[i][RIG_JOINT_FILLED].rms_px = 0;
        s->joints[i][RIG_JOINT_FEW_VIEWS].views = 2;
        s->people[i] = (rig_person3d){.id = 1 + 3 * i, .joints = s->joints[i]};
    }
    s->frames[0] = (rig_frame3d){0, 2, s->people};
    s->frames[1] = (rig_frame3d){1, 0, NULL};
    s->file = (rig_people3d){.skeleton = "seven",
                             .n_joints = RIG_JOINT_STATES,
                             .fps = 59.94,
                             .n_views = 3,
                             .views = VIEWS,
                             .n_frames = 2,
                             .frames = s->frames,
                             .all_cov = true,
                             .fine = true};
    return &s->file;
}

static void assert_same_joint(const rig_joint3d *a, const rig_joint3d *b) {
    assert_int_equal(a->state, b->state);
    for (int i = 0; i < 3; i++)
        assert_near(a->p[i], b->p[i], METRE);
    assert_near(a->sigma_m, b->sigma_m, METRE);
    for (int i = 0; i < 6; i++)
        assert_near(a->cov[i], b->cov[i], COV);
    assert_near(a->score, b->score, SCORE);
    assert_near(a->rms_px, b->rms_px, RMS);
    assert_int_equal(a->views, b->views);
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    sample s;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people3d read;
    const char *a = file_path("a.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_people3d_write(a, sample_init(&s), NULL, &err));
    assert_ok(people3d_read(a, &read, &out, &err));
    assert_string_equal(read.skeleton, "seven");
    assert_int_equal(read.n_joints, RIG_JOINT_STATES);
    assert_near(read.fps, 59.94, 0);
    assert_int_equal(read.n_views, 3);
    for (int v = 0; v < 3; v++)
        assert_string_equal(read.views[v], VIEWS[v]);
    assert_int_equal(read.n_frames, 2);
    assert_int_equal(read.frames[0].n, 2);
    assert_int_equal(read.frames[1].n, 0);
    assert_int_equal(read.frames[1].frame, 1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(read.frames[0].people[i].id, s.people[i].id);
        for (int k = 0; k < RIG_JOINT_STATES; k++)
            assert_same_joint(&read.frames[0].people[i].joints[k], &s.joints[i][k]);
    }
    read.all_cov = read.fine = true;
    assert_ok(rig_people3d_write(b, &read, NULL, &err));
    assert_same_bytes(a, b);
    rig_arena_release(&out);
}

static void test_other_programs_read_it(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *path = file_path("70_people3d.yaml");
    assert_ok(rig_people3d_write(path, sample_init(&s), NULL, &err));
    assert_pyyaml(path, "d['schema'] == 'rigpose/people3d/1' and d['fps'] == 59.94 and d['skeleton'] == 'seven'"
                        " and [p['id'] for p in d['frames'][0]['people']] == [1, 4]"
                        " and d['frames'][0]['people'][0]['joints'][:3] == [{'state': 'missing'},"
                        " {'p_m': [-1.234568, 0, 0], 'sigma_m': 0.004123, 'cov_mm2': [20, 1, -3, 15, 0, 12.35],"
                        " 'score': 0.91, 'views': ['c1', 'left'],"
                        " 'rms_px': 1.23}, {'state': 'few_views', 'views': ['c2']}]"
                        " and d['frames'][0]['people'][0]['joints'][6]['state'] == 'filled'"
                        " and d['frames'][1] == {'frame': 1, 'people': []}");
    s.file.fps = 0;
    assert_ok(rig_people3d_write(path, &s.file, NULL, &err));
    assert_pyyaml(path, "d['fps'] is None");
}

// What is written by default: tenths of a millimetre, and the covariance of a joint that is unsure along one axis.
static void test_the_compact_form_keeps_what_counts(void **state) {
    (void)state;
    rig_err err = {""};
    rig_joint3d joints[4] = {
        {RIG_JOINT_OK, {1.23456, -0.1, 2e-5}, 0.0123456, 0.916, 1.236, 1, {1.5e-4, 0, 0, 1.5e-4, 0, 1.6e-4}},
        {RIG_JOINT_OK, {1, 1, 1}, 0.0208167, 1, 1, 1, {1.00456e-3, 2.4e-6, 0, 1.5e-4, 0, 1.5e-4}}, // along x
        {RIG_JOINT_OK, {1, 1, 1}, 0.000416, 1, 1, 1, {4.4e-7, 0, 0, 4e-8, 0, 4e-8}},               // along x, and small
        {RIG_JOINT_FILLED, {1, 1, 1}, 0, 1, 0, 0, {1e-4, 0, 0, 1e-4, 0, 1e-4}}, // nothing else says it
    };
    rig_person3d person = {.id = 1, .joints = joints};
    rig_frame3d frame = {0, 1, &person};
    rig_people3d people = {
        .skeleton = "four", .n_joints = 4, .n_views = 1, .views = VIEWS, .n_frames = 1, .frames = &frame};
    const char *path = file_path("compact.yaml");
    static const char THREE[] =
        "[j.get('cov_mm2') for j in d['frames'][0]['people'][0]['joints'][1:]] == [[1005, 2, 0, "
        "150, 0, 150], [0.44, 0, 0, 0.04, 0, 0.04], [100, 0, 0, 100, 0, 100]]";
    assert_ok(rig_people3d_write(path, &people, NULL, &err));
    assert_pyyaml(path, "d['frames'][0]['people'][0]['joints'][0] == {'p_m': [1.2346, -0.1, 0], 'sigma_m': 0.0123, "
                        "'score': 0.92, 'views': ['c1'], 'rms_px': 1.24} and "
                        "d['frames'][0]['people'][0]['joints'][2]['sigma_m'] == 0.000416");
    assert_pyyaml(path, THREE);
    people.all_cov = true, people.body_scale = 0.1; // a mouse's tenths of a millimetre are a tenth as large
    assert_ok(rig_people3d_write(path, &people, NULL, &err));
    assert_pyyaml(path, "d['frames'][0]['people'][0]['joints'][0]['cov_mm2'] == [150, 0, 0, 150, 0, 160] and "
                        "d['frames'][0]['people'][0]['joints'][1]['cov_mm2'] == [1004.56, 2.4, 0, 150, 0, 150] and "
                        "d['frames'][0]['people'][0]['joints'][0]['p_m'] == [1.23456, -0.1, 0.00002]");
}

static void test_movement_is_written_where_it_is_there(void **state) {
    (void)state;
    sample s;
    rig_err err = {""};
    const char *path = file_path("80_motion.yaml");
    static const char *const angles[] = {"left_knee", "trunk"};
    rig_joint_move moves[RIG_JOINT_STATES] = {{0}};
    rig_joint_angle known[2] = {{true, 1.23456}, {false, 0}};
    rig_movement movement = {moves, known};
    rig_bone_length length = {4, "left_hip", "left_knee", 0.42};
    moves[1] = (rig_joint_move){true, true, {1, 2, -0.00004}, {0.5, 0, 9.87654}};
    moves[6] = (rig_joint_move){true, false, {3, 0, 0}, {0}};
    sample_init(&s);
    s.people[1].movement = &movement;
    s.file.n_angles = 2, s.file.angles = angles, s.file.n_lengths = 1, s.file.lengths = &length;
    assert_ok(rig_people3d_write(path, &s.file, NULL, &err));
    assert_pyyaml(path, "d['lengths'] == [{'id': 4, 'bone': ['left_hip', 'left_knee'], 'length_m': 0.42}]"
                        " and 'angles_rad' not in d['frames'][0]['people'][0]"
                        " and d['frames'][0]['people'][1]['angles_rad'] == {'left_knee': 1.2346, 'trunk': None}"
                        " and d['frames'][0]['people'][1]['joints'][1]['v_m_s'] == [1, 2, 0]"
                        " and d['frames'][0]['people'][1]['joints'][1]['a_m_s2'] == [0.5, 0, 9.8765]"
                        " and d['frames'][0]['people'][1]['joints'][6]['v_m_s'] == [3, 0, 0]"
                        " and 'a_m_s2' not in d['frames'][0]['people'][1]['joints'][6]"
                        " and 'v_m_s' not in d['frames'][0]['people'][1]['joints'][0]");
}

static const char MINIMAL[] = "schema: rigpose/people3d/1\n"
                              "skeleton: two\n"
                              "frames:\n"
                              "  - frame: 2\n"
                              "    people:\n"
                              "      - {id: 7, joints: [{p_m: [1, 2, 3], views: [x, y]}, {state: parallax}]}\n"
                              "      - {id: 3, joints: [{state: filled, p_m: [1, 2, 4]}, null]}\n"
                              "  - {frame: 4, people: [{id: 7, joints: [{}, {p_m: [0, 0, 1], views: [z, y]}]}]}\n"
                              "  - {frame: 5}\n";

static void test_a_minimal_file_of_another_program_is_read(void **state) {
    (void)state;
    rig_arena out = {NULL};
    rig_err err = {""};
    rig_people3d read;
    assert_ok(people3d_read(file_put_text("minimal.yaml", MINIMAL), &read, &out, &err));
    assert_near(read.fps, 0, 0);
    assert_int_equal(read.n_joints, 2);
    assert_int_equal(read.n_views, 3);
    assert_string_equal(read.views[2], "z");
    const rig_person3d *people = read.frames[0].people;
    assert_int_equal(people[0].id, 3); // ids rise
    assert_int_equal(people[0].joints[0].state, RIG_JOINT_FILLED);
    assert_int_equal(people[0].joints[1].state, RIG_JOINT_MISSING);
    assert_int_equal(people[1].joints[0].state, RIG_JOINT_OK);
    assert_near(people[1].joints[0].p[2], 3, 0);
    assert_int_equal(people[1].joints[0].views, 3);
    assert_int_equal(people[1].joints[1].state, RIG_JOINT_PARALLAX);
    assert_int_equal(read.frames[1].people[0].joints[0].state, RIG_JOINT_MISSING);
    assert_int_equal(read.frames[1].people[0].joints[1].views, 6);
    assert_int_equal(read.frames[2].n, 0);
    rig_arena_release(&out);
}

static rig_status read_people(const char *path, rig_arena *out, rig_err *err) {
    rig_people3d people;
    return people3d_read(path, &people, out, err);
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"people3d/1", "people2d/1", 1, "schema: "},
        {"skeleton: two", "skeleton: [two]", 2, "skeleton: "},
        {"skeleton: two", "skeleton: two\nfps: -1", 3, "fps: "},
        {"skeleton: two", "skeleton: two\nviews: [a, a]", 3, "views[1]: "},
        {"  - frame: 2", "  - frame: 4", 8, "frames[1].frame: "},
        {"  - frame: 2", "  - frame: 3.5", 4, "frames[0].frame: "},
        {"id: 3", "id: 7", 7, "people[1]: duplicate id 7"},
        {"id: 3", "id: 0", 7, "people[1].id: "},
        {"id: 3, ", "", 7, "'id' is missing"},
        {", {state: parallax}", "", 7, "people[1].joints: 2 joints, expected 1"},
        {", null]", "]", 7, "people[1].joints: 1 joints, expected 2"},
        {"parallax", "lost", 6, "joints[1].state: 'lost', expected missing"},
        {"[1, 2, 3]", "[1, 2]", 6, "joints[0].p_m: "},
        {"[1, 2, 3]", "[1, 2, .nan]", 6, "joints[0].p_m[2]: "},
        {"state: filled, p_m: [1, 2, 4]", "state: filled", 7, "joints[0]: key 'p_m' is missing"},
        {"views: [x, y]", "views: [x, x]", 6, "joints[0].views[1]: "},
        {"views: [x, y]", "views: x", 6, "joints[0].views: "},
        {"p_m: [0, 0, 1]", "p_m: [0, 0, 1], rms_px: -2", 8, "joints[1].rms_px: "},
    };
    assert_refuses(read_people, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_people, file_put_text("minimal.yaml", MINIMAL));
}

static void test_more_views_than_bits_are_refused(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    char *text = rig_arena_strdup(&arena, "schema: rigpose/people3d/1\nskeleton: two\nviews:\n");
    for (int v = 0; v <= RIG_VIEWS_MAX; v++)
        text = rig_arena_printf(&arena, "%s- v%d\n", text, v);
    text = rig_arena_printf(&arena, "%sframes: []\n", text);
    assert_int_equal(read_people(file_put_text("views.yaml", text), &arena, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "views.yaml:68: views[64]: view 'v64' exceeds the limit");
    rig_arena_release(&arena);
}

static rig_status write_and_read(void *self, rig_err *err) {
    sample s;
    rig_arena out = {NULL};
    rig_status status = rig_people3d_write(self, sample_init(&s), NULL, err);
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
        cmocka_unit_test(test_other_programs_read_it),
        cmocka_unit_test(test_the_compact_form_keeps_what_counts),
        cmocka_unit_test(test_movement_is_written_where_it_is_there),
        cmocka_unit_test(test_a_minimal_file_of_another_program_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_more_views_than_bits_are_refused),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
