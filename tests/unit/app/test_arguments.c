#include "app/arguments.h"

#include "tests/support/support.h"

static const rig_usage USAGE = {"export", "RIG [DIR]",
                                RIG_OPTIONS({"--to", "FORMAT", "", true}, {"--force", NULL, "", false})};
static const char LINE[] = "rigpose export RIG [DIR] --to FORMAT [--force]";

static rig_status take(const rig_usage *usage, const char *const *words, rig_arguments *arguments, rig_err *err) {
    static char *argv[8];
    int n = 0;
    for (; words[n]; n++)
        argv[n] = (char *)(uintptr_t)words[n];
    return rig_arguments_take(usage, n, argv, arguments, err);
}
#define TAKE(usage, ...) take(usage, (const char *const[]){__VA_ARGS__, NULL}, &arguments, &err)

static void options_and_operands_come_in_any_order(void **state) {
    (void)state;
    rig_arguments arguments;
    rig_err err;
    assert_ok(TAKE(&USAGE, "--force", "a.yaml", "--to", "opencv", "-"));
    assert_int_equal(arguments.n, 2);
    assert_string_equal(arguments.operands[0], "a.yaml");
    assert_string_equal(arguments.operands[1], "-");
    assert_string_equal(rig_arguments_option(&arguments, "--to"), "opencv");
    assert_string_equal(rig_arguments_option(&arguments, "--force"), "");
    assert_null(rig_arguments_option(&arguments, "--people"));
    assert_ok(TAKE(&USAGE, "a.yaml", "--to", "opencv"));
    assert_null(rig_arguments_option(&arguments, "--force"));
}

static void what_is_wrong_is_said(void **state) {
    (void)state;
    rig_arguments arguments;
    rig_err err;
    char line[160];
    assert_string_equal(rig_usage_line(&USAGE, line), LINE);
    assert_int_equal(TAKE(&USAGE, "--to", "opencv"), RIG_ERR_USAGE);
    assert_contains(err.text, LINE);
    assert_int_equal(TAKE(&USAGE, "a", "b", "c", "--to", "opencv"), RIG_ERR_USAGE);
    assert_contains(err.text, LINE);
    assert_int_equal(TAKE(&USAGE, "a"), RIG_ERR_USAGE);
    assert_contains(err.text, LINE);
    assert_int_equal(TAKE(&USAGE, "a", "--to"), RIG_ERR_USAGE);
    assert_string_equal(err.text, "option '--to' needs a value");
    assert_int_equal(TAKE(&USAGE, "a", "--from", "b"), RIG_ERR_USAGE);
    assert_string_equal(err.text, "unknown option '--from'");
}

static void operands_may_be_many_or_none(void **state) {
    (void)state;
    const rig_usage many = {"batch", "RIG...", NULL}, any = {"models", "[DESCRIPTOR...]", NULL},
                    none = {"stages", "", NULL};
    rig_arguments arguments;
    rig_err err;
    assert_ok(TAKE(&many, "a", "b", "c"));
    assert_int_equal(arguments.n, 3);
    assert_int_equal(take(&many, (const char *const[]){NULL}, &arguments, &err), RIG_ERR_USAGE);
    assert_ok(take(&any, (const char *const[]){NULL}, &arguments, &err));
    assert_ok(TAKE(&any, "a", "b"));
    assert_ok(take(&none, (const char *const[]){NULL}, &arguments, &err));
    assert_int_equal(TAKE(&none, "a"), RIG_ERR_USAGE);
    assert_string_equal(err.text, "usage: rigpose stages");
}

static void numbers_have_ranges(void **state) {
    (void)state;
    rig_arguments arguments;
    rig_err err;
    int value = 7;
    assert_ok(TAKE(&USAGE, "a", "--to", "12"));
    assert_ok(rig_arguments_int(&arguments, "--people", 1, 4, &value, &err));
    assert_int_equal(value, 7); // not given
    assert_ok(rig_arguments_int(&arguments, "--to", 1, 12, &value, &err));
    assert_int_equal(value, 12);
    assert_int_equal(rig_arguments_int(&arguments, "--to", 1, 4, &value, &err), RIG_ERR_USAGE);
    assert_string_equal(err.text, "option '--to': '12', expected a whole number from 1 to 4");
    assert_ok(TAKE(&USAGE, "a", "--to", "1x"));
    assert_int_equal(rig_arguments_int(&arguments, "--to", 1, 4, &value, &err), RIG_ERR_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_and_operands_come_in_any_order),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(operands_may_be_many_or_none),
        cmocka_unit_test(numbers_have_ranges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
