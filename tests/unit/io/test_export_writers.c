// The writers of movement: what they refuse, what memory and the disk refuse them, and angles where two axes are one.
#include "core/geom.h"
#include "io/export_bvh.h"
#include "io/export_gltf.h"
#include "io/export_npz.h"
#include "io/export_tables.h"
#include "tests/unit/io/files.h"

enum { JOINTS = 3, PEOPLE = 2, FRAMES = 40 };

static rig_skeleton skeleton = {.n = JOINTS, .names = {"nose", "left_big_toe", "mid_hip"}};
static rig_export_person people[PEOPLE] = {{1, 0, FRAMES - 1, FRAMES}, {5, 10, FRAMES - 1, 20}};
static rig_export_take take = {.name = "walk",
                               .skeleton = &skeleton,
                               .fps = 50,
                               .step = 1,
                               .n_frames = FRAMES,
                               .has_up = true,
                               .reach_m = 3,
                               .n_people = PEOPLE,
                               .people = people};
static rig_err err;

static rig_frame3d frame_of(int f, rig_person3d persons[PEOPLE], rig_joint3d joints[PEOPLE][JOINTS]) {
    memset(joints, 0, sizeof(rig_joint3d) * PEOPLE * JOINTS);
    for (int p = 0; p < PEOPLE; p++) {
        persons[p] = (rig_person3d){.id = people[p].id, .joints = joints[p]};
        for (int j = 0; j < JOINTS; j++)
            joints[p][j] = (rig_joint3d){RIG_JOINT_OK, {f, p, 0.1 * j}, .sigma_m = 0.01, .views = 5};
    }
    return (rig_frame3d){f, f < 10 ? 1 : PEOPLE, persons};
}

static rig_articulated_pose pose_of(const double R[9]) {
    rig_articulated_pose pose = {.known = {true}, .placed = {true}, .p = {{1, 2, 3}}};
    memcpy(pose.R[0], R, sizeof pose.R[0]);
    return pose;
}

// A skeleton of hips alone.
static rig_articulation hips(void) {
    return (rig_articulation){.has = {true}, .turns = {true}};
}

// --- names -----------------------------------------------------------------------------------------------------------

static void markers_are_named_as_pose2sim_names_them(void **state) {
    (void)state;
    static const char *const NAMES[][2] = {{"left_big_toe", "LBigToe"},
                                           {"right_hip", "RHip"},
                                           {"mid_hip", "Hip"},
                                           {"head_top", "Head"},
                                           {"nose", "Nose"},
                                           {"left", "Left"},
                                           {"left_", "L"},
                                           {"a  b_c", "ABC"},
                                           {"spine1", "Spine1"},
                                           {"", ""},
                                           {"leftmost", "Leftmost"}};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        char name[RIG_NAME_MAX];
        rig_marker_name(NAMES[i][0], name);
        assert_string_equal(name, NAMES[i][1]);
    }
}

static void numbers_are_as_short_as_they_can_be(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(rig_number_text(60, text), "60");
    assert_string_equal(rig_number_text(0.1, text), "0.1");
    assert_true(strtod(rig_number_text(30000.0 / 1001, text), NULL) == 30000.0 / 1001);
}

// --- angles ----------------------------------------------------------------------------------------------------------

static void about(int axis, double degrees, double R[9]) {
    double rvec[3] = {0};
    rvec[axis] = degrees * 3.14159265358979323846 / 180;
    rig_rotation_from_rvec(rvec, R, NULL);
}

// The rotation of a BVH row, channels Z X Y, and the largest step of an angle from the row before.
static double row_rotation(const char *row, double before[3], double R[9]) {
    double p[3], degrees[3], Z[9], X[9], Y[9], ZX[9], step = 0;
    assert_int_equal(sscanf(row, "%lf %lf %lf %lf %lf %lf", &p[0], &p[1], &p[2], &degrees[0], &degrees[1], &degrees[2]),
                     6);
    about(2, degrees[0], Z);
    about(0, degrees[1], X);
    about(1, degrees[2], Y);
    rig_mat3_mul(Z, X, ZX);
    rig_mat3_mul(ZX, Y, R);
    for (int k = 0; k < 3; k++)
        step = fmax(step, fabs(degrees[k] - before[k])), before[k] = degrees[k];
    return step;
}

// Angles around the place where z and y turn about one axis give the same rotation; and where they go on from row to
// row, none of them jumps by a whole turn.
static void angles_give_the_rotation_also_where_two_axes_are_one(void **state) {
    (void)state;
    static const double NEAR_RAD = 1e-6; // of angles with six decimals of a degree; half of the digits beside 90
    static const double X_DEGREES[] = {0, 30, 89, 89.9999, 90, -90, -89.99999, 90.001, 135, 180, -180};
    const rig_articulation a = hips();
    for (size_t i = 0; i < sizeof X_DEGREES / sizeof *X_DEGREES; i++) {
        double before[3] = {0}, R[9], Z[9], X[9], Y[9], ZX[9], found[9];
        char *text = NULL;
        size_t length;
        rig_bvh_state bvh = {.p_cm = {0}};
        about(2, 77, Z), about(0, X_DEGREES[i], X), about(1, -40, Y);
        rig_mat3_mul(Z, X, ZX);
        rig_mat3_mul(ZX, Y, R);
        const rig_articulated_pose pose = pose_of(R);
        FILE *stream = open_memstream(&text, &length);
        assert_true(rig_bvh_add(stream, &a, &pose, &bvh));
        fclose(stream);
        row_rotation(text, before, found);
        assert_near(rig_rotation_angle_between(R, found), 0,
                    fabs(cos(X_DEGREES[i] * 0.0174533)) > 1e-3 ? NEAR_RAD : 1e-4);
        rig_heap_free(text);
    }
}

static void angles_do_not_jump_by_a_turn(void **state) {
    (void)state;
    const rig_articulation a = hips();
    rig_bvh_state bvh = {.p_cm = {0}};
    double before[3] = {0};
    for (int i = 0; i <= 200; i++) { // three turns about the vertical
        double R[9], found[9];
        char *text = NULL;
        size_t length;
        about(1, i * 5.4, R);
        const rig_articulated_pose pose = pose_of(R);
        FILE *stream = open_memstream(&text, &length);
        assert_true(rig_bvh_add(stream, &a, &pose, &bvh));
        fclose(stream);
        assert_true(row_rotation(text, before, found) < 6);
        rig_heap_free(text);
    }
    assert_near(before[2], 1080, 1e-5);
}

static void what_is_not_known_stays_as_it_was(void **state) {
    (void)state;
    const rig_articulation a = hips();
    rig_bvh_state bvh = {.p_cm = {0}};
    double R[9];
    char *text = NULL, second[64] = "";
    size_t length;
    about(2, 20, R);
    const rig_articulated_pose pose = pose_of(R), unknown = {.known = {false}};
    FILE *stream = open_memstream(&text, &length);
    assert_true(rig_bvh_add(stream, &a, &pose, &bvh));
    assert_false(rig_bvh_add(stream, &a, &unknown, &bvh));
    assert_false(rig_bvh_add(stream, &a, NULL, &bvh));
    fclose(stream);
    const size_t row = (size_t)(strchr(text, '\n') - text) + 1;
    assert_int_equal(length, 3 * row);
    snprintf(second, sizeof second, "%.*s", (int)row, text + row);
    assert_int_equal(strncmp(text, second, row), 0);
    assert_int_equal(strncmp(text + 2 * row, second, row), 0);
    rig_heap_free(text);
}

// --- C3D's fourth number ---------------------------------------------------------------------------------------------

// The residual in steps and the mask of a joint, as a reader has them; steps are 3 m / 32000.
static int word_of(const rig_joint3d *joint) {
    unsigned char bytes[16 * JOINTS];
    float word;
    rig_joint3d joints[JOINTS] = {*joint};
    FILE *stream = fmemopen(bytes, sizeof bytes, "wb");
    rig_c3d_add(stream, &take, joints);
    assert_int_equal(fclose(stream), 0);
    memcpy(&word, bytes + 12, sizeof word);
    return (int)(int16_t)word;
}

static void residuals_have_255_steps_and_masks_seven_views(void **state) {
    (void)state;
    static const double STEP_M = 3.0 / 32000;
    rig_joint3d joint = {RIG_JOINT_OK, {1, 2, 3}, .sigma_m = 20.2 * STEP_M, .views = 1 | 1 << 6 | 1 << 7 | 1ull << 40};
    assert_int_equal(word_of(&joint), (65 << 8) + 20);
    joint.sigma_m = 1e-9; // 0 would say that it was filled in
    assert_int_equal(word_of(&joint) & 255, 1);
    joint.sigma_m = 1;
    joint.views = ~0ull;
    assert_int_equal(word_of(&joint), (127 << 8) + 255);
    joint.sigma_m = 0; // not known
    assert_int_equal(word_of(&joint), 0);
    joint = (rig_joint3d){RIG_JOINT_FILLED, {1, 2, 3}, .sigma_m = 0.01, .views = 3};
    assert_int_equal(word_of(&joint), 0);
    joint.state = RIG_JOINT_REJECTED;
    assert_int_equal(word_of(&joint), -1);
}

// --- what is refused -------------------------------------------------------------------------------------------------

static void more_than_4_gib_is_refused(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_export_take large = take;
    rig_npz npz;
    rig_gltf_person gltf[PEOPLE] = {{.articulation = NULL}, {.articulation = NULL}};
    const rig_articulation a = hips();
    FILE *stream = tmpfile();
    large.n_frames = 30000000; // of 2 people, 3 joints
    assert_int_equal(rig_npz_begin(&npz, stream, &large, &arena, &err), RIG_ERR_DATA);
    assert_contains(err.text, "expected less than 4");
    gltf[0] = (rig_gltf_person){.articulation = &a, .n = {200000000}};
    assert_int_equal(rig_gltf_begin(stream, &large, gltf, &arena, &err), RIG_ERR_DATA);
    assert_contains(err.text, "expected less than 4");
    fclose(stream);
    rig_arena_release(&arena);
}

typedef struct written {
    FILE *stream;
    int n_frames; // how many of the take's come
    bool gltf, whole;
} written;

static rig_status take_write(void *self, rig_err *why) {
    written *w = self;
    rig_arena arena = {NULL};
    rig_npz npz;
    rig_gltf_person gltf[PEOPLE] = {{.articulation = NULL}, {.articulation = NULL}};
    const rig_articulation a = hips();
    double R[9];
    about(1, 10, R);
    const rig_articulated_pose pose = pose_of(R);
    gltf[0].articulation = &a;
    for (int f = 0; f < FRAMES; f++)
        rig_gltf_count(&gltf[0], f, &pose);
    rewind(w->stream);
    rig_status status = w->gltf ? rig_gltf_begin(w->stream, &take, gltf, &arena, why)
                                : rig_npz_begin(&npz, w->stream, &take, &arena, why);
    for (int f = 0; f < w->n_frames && status == RIG_OK; f++) {
        rig_person3d persons[PEOPLE];
        rig_joint3d joints[PEOPLE][JOINTS];
        const rig_frame3d frame = frame_of(f, persons, joints);
        if (w->gltf)
            rig_gltf_add(w->stream, &take, &gltf[0], f, &pose);
        else
            rig_npz_add(&npz, &frame);
    }
    if (status == RIG_OK)
        w->whole = w->gltf ? rig_gltf_end(w->stream, &take, gltf) : rig_npz_end(&npz);
    rig_arena_release(&arena);
    return status;
}

static void frames_too_few_or_too_many_are_found_out(void **state) {
    (void)state;
    for (int gltf = 0; gltf < 2; gltf++)
        for (int n = FRAMES - 1; n <= FRAMES + 1; n++) {
            written w = {tmpfile(), n, gltf, false};
            assert_ok(take_write(&w, &err));
            assert_int_equal(w.whole, n == FRAMES);
            fclose(w.stream);
        }
}

static void each_allocation_that_fails_is_told(void **state) {
    (void)state;
    for (int gltf = 0; gltf < 2; gltf++) {
        written w = {tmpfile(), FRAMES, gltf, false};
        assert_true(rig_test_each_allocation_fails(take_write, &w) > 0);
        assert_true(w.whole);
        fclose(w.stream);
    }
}

// Errors of writing stay with the stream, whichever writer it was.
static void a_full_disk_stays_with_the_stream(void **state) {
    (void)state;
    for (int writer = 0; writer < 7; writer++) {
        FILE *stream = fopen("/dev/full", "w+b");
        rig_person3d persons[PEOPLE];
        rig_joint3d joints[PEOPLE][JOINTS];
        const rig_frame3d frame = frame_of(12, persons, joints);
        const rig_articulation a = hips();
        rig_bvh_state bvh = {.p_cm = {0}};
        assert_non_null(stream);
        if (writer == 0)
            rig_trc_begin(stream, "walk.trc", &take, &people[0]), rig_trc_add(stream, &take, 12, joints[0]);
        else if (writer == 1)
            rig_c3d_begin(stream, &take, &people[0]), rig_c3d_add(stream, &take, joints[0]), rig_c3d_end(stream);
        else if (writer == 2)
            rig_csv_begin(stream, &take), rig_csv_add(stream, &take, 12, &persons[0]);
        else if (writer == 3)
            rig_keypoints3d_put(stream, &frame, JOINTS);
        else if (writer == 4)
            rig_bvh_begin(stream, &take, &people[0], &a), rig_bvh_add(stream, &a, NULL, &bvh);
        else
            assert_ok(take_write(&(written){stream, FRAMES, writer == 5, false}, &err));
        fflush(stream);
        assert_true(ferror(stream));
        fclose(stream);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markers_are_named_as_pose2sim_names_them),
        cmocka_unit_test(numbers_are_as_short_as_they_can_be),
        cmocka_unit_test(angles_give_the_rotation_also_where_two_axes_are_one),
        cmocka_unit_test(angles_do_not_jump_by_a_turn),
        cmocka_unit_test(what_is_not_known_stays_as_it_was),
        cmocka_unit_test(residuals_have_255_steps_and_masks_seven_views),
        cmocka_unit_test(more_than_4_gib_is_refused),
        cmocka_unit_test(frames_too_few_or_too_many_are_found_out),
        cmocka_unit_test(each_allocation_that_fails_is_told),
        cmocka_unit_test(a_full_disk_stays_with_the_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
