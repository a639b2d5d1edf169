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

static void the_word_that_was_meant_is_the_nearest_that_is_alike(void **state) {
    (void)state;
    static const char *const known[] = {"extrinsics", "intrinsics", "triangulate", "trc", "c3d"};
    static const struct {
        const char *word, *meant;
    } words[] = {{"intrinsic", "intrinsics"}, {"triangluate", "triangulate"}, {"TRCC", "trc"}, {"nope", NULL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *meant = NULL;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            rig_text_meant(words[i].word, known[k], &meant);
        if (words[i].meant)
            assert_string_equal(meant, words[i].meant);
        else
            assert_null(meant);
    }
}

static void a_byte_order_mark_is_three_bytes_or_none(void **state) {
    (void)state;
    assert_int_equal(rig_text_mark("\xEF\xBB\xBF", 3), 3);
    assert_int_equal(rig_text_mark("\xEF\xBB", 2), 0);
    assert_int_equal(rig_text_mark("key", 3), 0);
    assert_int_equal(rig_text_mark("", 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_steers_a_terminal_is_shown_not_done),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
        cmocka_unit_test(errors_are_shown_so),
        cmocka_unit_test(the_word_that_was_meant_is_the_nearest_that_is_alike),
        cmocka_unit_test(a_byte_order_mark_is_three_bytes_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
