#include "io/results.h"

#include "tests/unit/io/files.h"

static const double ROTATION = 1e-14; // of a matrix element, through the Rodrigues vector and back

static rig_stereo sample(void) {
    rig_stereo s = {.left = "left",
                    .right = "right",
                    .baseline_m = 0.12,
                    .rms_px = 0.22,
                    .epipolar_rms_px = 0.1 + 0.05,
                    .width = 640,
                    .height = 480,
                    .n_frames = 13};
    s.Rt_right_left = rig_pose_from_rvec((const double[]){0.01, -0.02, 0.03}, (const double[]){-0.12, 0.001, 0});
    double *const matrices[] = {s.E, s.F, s.R1, s.R2, s.P1, s.P2, s.Q};
    const int n[] = {9, 9, 9, 9, 12, 12, 16};
    for (int m = 0; m < 7; m++)
        for (int i = 0; i < n[m]; i++)
            matrices[m][i] = (m + 1) * 1e-5 * (i - 4) / 3;
    return s;
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    rig_err err = {""};
    rig_stereo written = sample(), read;
    const char *path = file_path("50_stereo.yaml");
    assert_ok(rig_stereo_write(path, &written, NULL, &err));
    assert_ok(rig_stereo_read(path, &read, &err));
    for (int i = 0; i < 9; i++)
        assert_near(read.Rt_right_left.R[i], written.Rt_right_left.R[i], ROTATION);
    memcpy(read.Rt_right_left.R, written.Rt_right_left.R, sizeof read.Rt_right_left.R);
    assert_string_equal(read.left, written.left);
    assert_string_equal(read.right, written.right);
    assert_memory_equal(&read.Rt_right_left, &written.Rt_right_left, sizeof read - offsetof(rig_stereo, Rt_right_left));
}

static void test_equal_pairs_give_equal_bytes_that_others_read(void **state) {
    (void)state;
    rig_err err = {""};
    rig_stereo s = sample();
    const char *a = file_path("a.yaml"), *b = file_path("b.yaml");
    assert_ok(rig_stereo_write(a, &s, NULL, &err));
    assert_ok(rig_stereo_write(b, &s, NULL, &err));
    assert_same_bytes(a, b);
    assert_pyyaml(a, "d['schema'] == 'rigpose/stereo/1' and d['pair'] == ['left', 'right']"
                     " and d['Rt_right_left']['t_m'] == [-0.12, 0.001, 0] and d['baseline_m'] == 0.12"
                     " and d['rms_px'] == 0.22 and d['epipolar_rms_px'] == 0.1 + 0.05"
                     " and [len(d[k]) for k in 'E F R1 R2 P1 P2 Q'.split()] == [9, 9, 9, 9, 12, 12, 16]"
                     " and all(isinstance(v, (int, float)) for k in 'EFQ' for v in d[k])");
}

static const char MINIMAL[] = "schema: rigpose/stereo/1\n"
                              "pair: [left, right]\n"
                              "Rt_right_left: {rvec: [0, 0, 0], t_m: [-3, 0, 4]}\n"
                              "E: [0, 0, 0, 0, 0, 0, 0, 0, 0]\n"
                              "F: [0, 0, 0, 0, 0, 0, 0, 0, 1]\n"
                              "R1: [1, 0, 0, 0, 1, 0, 0, 0, 1]\n"
                              "R2: [1, 0, 0, 0, 1, 0, 0, 0, 1]\n"
                              "P1: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]\n"
                              "P2: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]\n"
                              "Q: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]\n";

static rig_status read_stereo(const char *path, rig_arena *out, rig_err *err) {
    (void)out;
    rig_stereo stereo;
    return rig_stereo_read(path, &stereo, err);
}

static void test_a_minimal_file_of_another_program_is_read(void **state) {
    (void)state;
    rig_err err = {""};
    rig_stereo read;
    assert_ok(rig_stereo_read(file_put_text("minimal.yaml", MINIMAL), &read, &err));
    assert_near(read.baseline_m, 5, 0); // of t_m
    assert_int_equal(read.width, 0);    // not known
}

static void test_damaged_files_are_refused_by_line_and_key(void **state) {
    (void)state;
    static const damage damages[] = {
        {"stereo/1", "stereo/2", 1, "schema: "},
        {"[left, right]", "[left]", 2, "pair: "},
        {"[left, right]", "[left, left]", 2, "pair: 'left' twice"},
        {"[left, right]", "[left, a/b]", 2, "pair[1]: "},
        {"Rt_right_left: {rvec: [0, 0, 0], t_m: [-3, 0, 4]}", "Rt_right_left: null", 0, "'Rt_right_left' is missing"},
        {"E: [0,", "E: [", 4, "E: "},
        {"F: [0, 0", "F: [0, x", 5, "F[1]: "},
        {"Q: ", "q: ", 0, "'Q' is missing"},
    };
    assert_refuses(read_stereo, MINIMAL, damages, sizeof damages / sizeof *damages);
    assert_survives_damage(read_stereo, file_put_text("minimal.yaml", MINIMAL));
}

static rig_status write_and_read(void *self, rig_err *err) {
    rig_stereo s = sample();
    RIG_TRY(rig_stereo_write(self, &s, NULL, err));
    return rig_stereo_read(self, &s, err);
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    assert_true(rig_test_each_allocation_fails(write_and_read, (char *)(uintptr_t)file_path("oom.yaml")) > 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_equal_pairs_give_equal_bytes_that_others_read),
        cmocka_unit_test(test_a_minimal_file_of_another_program_is_read),
        cmocka_unit_test(test_damaged_files_are_refused_by_line_and_key),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
