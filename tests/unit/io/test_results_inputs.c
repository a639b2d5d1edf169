#include "io/results.h"

#include "tests/unit/io/files.h"

static const char STEREO[] = "rigpose/stereo/1";

static void test_inputs_are_read_of_any_result(void **state) {
    (void)state;
    const char *path =
        file_put_text("in.yaml", "schema: rigpose/stereo/1\nmade_by: x\ninputs: {rig.board: ab12, \"0\": cd}\n");
    rig_inputs inputs;
    bool has;
    rig_err err = {""};
    assert_ok(rig_result_inputs(path, STEREO, &inputs, &has, &err));
    assert_true(has);
    assert_int_equal(inputs.n, 2);
    assert_string_equal(inputs.items[0].name, "rig.board");
    assert_string_equal(inputs.items[0].hash, "ab12");
    assert_string_equal(inputs.items[1].name, "0");
}

static void test_a_file_of_another_program_has_none(void **state) {
    (void)state;
    rig_inputs inputs;
    bool has = true;
    rig_err err = {""};
    assert_ok(rig_result_inputs(file_put_text("in.yaml", "schema: rigpose/stereo/1\n"), STEREO, &inputs, &has, &err));
    assert_false(has);
    assert_ok(rig_result_inputs(file_put_text("in.yaml", "schema: rigpose/stereo/1\ninputs: {}\n"), STEREO, &inputs,
                                &has, &err));
    assert_true(has);
    assert_int_equal(inputs.n, 0);
}

static rig_status read_inputs(const char *path, rig_arena *out, rig_err *err) {
    (void)out;
    rig_inputs inputs;
    bool has;
    return rig_result_inputs(path, STEREO, &inputs, &has, err);
}

static void test_what_is_no_result_is_refused(void **state) {
    (void)state;
    static const damage damages[] = {
        {"stereo/1", "corners/1", 1, "schema: "},
        {"schema: rigpose/stereo/1", "", 0, "schema"},
        {"{a: b}", "[a]", 2, "inputs: "},
        {"{a: b}", "{a: [b]}", 2, "inputs.a: "},
        {"b}", "\"0123456789012345678901234567890123456789012345678901234567890123456\"}", 2, "inputs.a: too long"},
    };
    assert_refuses(read_inputs, "schema: rigpose/stereo/1\ninputs: {a: b}\n", damages, 5);
    rig_err err = {""};
    assert_int_equal(read_inputs(file_path("absent.yaml"), NULL, &err), RIG_ERR_IO);
    assert_contains(err.text, "absent.yaml");
}

static void test_too_many_inputs_are_refused(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    rig_err err = {""};
    char *text = rig_arena_strdup(&arena, "schema: rigpose/stereo/1\ninputs:\n");
    for (int i = 0; i < 25; i++)
        text = rig_arena_printf(&arena, "%s  i%d: ab\n", text, i);
    assert_int_equal(read_inputs(file_put_text("in.yaml", text), NULL, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "in.yaml:2: inputs: 25 inputs");
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs_are_read_of_any_result),
        cmocka_unit_test(test_a_file_of_another_program_has_none),
        cmocka_unit_test(test_what_is_no_result_is_refused),
        cmocka_unit_test(test_too_many_inputs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
