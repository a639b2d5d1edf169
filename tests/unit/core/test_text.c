#include "core/status.h"
#include "core/text.h"
#include "tests/support/support.h"

#include <string.h>

static void assert_shown(const char *text, const char *expected) {
    char shown[64];
    rig_text_show(text, shown, sizeof shown);
    assert_string_equal(shown, expected);
}

static void what_steers_a_terminal_is_shown_not_done(void **state) {
    (void)state;
    assert_shown("plain 'text' \xC3\xA4 \xE6\x97\xA5 \xF0\x9F\x99\x82",
                 "plain 'text' \xC3\xA4 \xE6\x97\xA5 \xF0\x9F\x99\x82");
    assert_shown("a\x1B[31mb", "a\\x1B[31mb");
    assert_shown("a\nerror: b\r\tc", "a error: b  c");
    assert_shown("a\x7F\x08\x07", "a\\x7F\\x08\\x07");
    assert_shown("a\xC2\x9B"
                 "31m",
                 "a\\x9B31m"); // CSI in one character
    assert_shown("a\xE2\x80\xAE"
                 "gnp.exe",
                 "a\\u202Egnp.exe"); // right to left from here on
    assert_shown("a\xE2\x81\xA6"
                 "b",
                 "a\\u2066b");
    assert_shown("a\xE2\x80\x8B"
                 "b\xEF\xBB\xBF",
                 "a\\u200Bb\\uFEFF"); // of no width
    assert_shown("a\xFF\xC0\xAF\xED\xA0\x80"
                 "b",
                 "a\\xFF\\xC0\\xAF\\xED\\xA0\\x80"
                 "b");
    assert_shown("a\xC3", "a\\xC3");
    assert_shown("", "");
}

static void what_does_not_fit_is_cut_between_characters(void **state) {
    (void)state;
    char shown[6];
    rig_text_show("abc\xE6\x97\xA5", shown, sizeof shown);
    assert_string_equal(shown, "abc");
    rig_text_show("abcd\x1B", shown, sizeof shown);
    assert_string_equal(shown, "abcd");
}

static void errors_are_shown_so(void **state) {
    (void)state;
    rig_err err = {""};
    assert_int_equal(rig_fail(&err, RIG_ERR_IO, "cannot read '%s'", "\x1B]0;x\x07\nok"), RIG_ERR_IO);
    assert_string_equal(err.text, "cannot read '\\x1B]0;x\\x07 ok'");
    assert_int_equal(rig_fail_in(&err, RIG_ERR_IO, "view '%s': ", "\x1B[2J"), RIG_ERR_IO);
    assert_string_equal(err.text, "view '\\x1B[2J': cannot read '\\x1B]0;x\\x07 ok'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_steers_a_terminal_is_shown_not_done),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(errors_are_shown_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
