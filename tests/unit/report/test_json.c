// report/json.c: numbers, texts and bytes as the page takes them.
#include "report/json.h"

#include "tests/support/support.h"

#include <string.h>

static rig_err err;

static void blobs_are_base64(void **state) { // RFC 4648, section 10
    (void)state;
    static const char *const pairs[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        json_t *blob = rig_json_blob(pairs[i][0], strlen(pairs[i][0]));
        assert_string_equal(json_string_value(blob), pairs[i][1]);
        json_decref(blob);
    }
}

static void what_is_not_finite_is_null_and_what_is_no_utf8_is_replaced(void **state) {
    (void)state;
    json_t *number = rig_json_number(INFINITY),
           *text = rig_json_text("a\xff"
                                 "b"),
           *none = rig_json_text(NULL);
    assert_true(json_is_null(number) && json_is_null(none));
    assert_string_equal(json_string_value(text), "a?b");
    json_decref(number);
    json_decref(text);
    json_decref(none);
}

static void a_value_that_was_not_made_is_told(void **state) {
    (void)state;
    json_t *object = json_object();
    assert_int_equal(rig_json_set(object, "a", NULL, &err), RIG_ERR_MEMORY);
    json_decref(object);
}

// The page's own reading: 0.01 * 1e6^((byte - 1) / 254).
static void a_byte_keeps_a_number_to_2_8_percent(void **state) {
    (void)state;
    static const double TOLERANCE = 0.028; // relative: half a step of 255 over six decades
    for (double value = 0.01; value < 1e4; value *= 1.07)
        assert_near(0.01 * pow(1e6, (rig_byte_of(value) - 1) / 254.0) / value, 1, TOLERANCE);
    assert_int_equal(rig_byte_of(0), 0);
    assert_int_equal(rig_byte_of(NAN), 0);
    assert_int_equal(rig_byte_of(1e-9), 1);
    assert_int_equal(rig_byte_of(1e9), 255);
}

static void bytes_are_little_endian_and_clamped(void **state) {
    (void)state;
    rig_bytes bytes = {0};
    assert_ok(rig_bytes_i16(&bytes, -2, &err));
    assert_ok(rig_bytes_i16(&bytes, 100000, &err));
    assert_ok(rig_bytes_u16(&bytes, -5, &err));
    assert_ok(rig_bytes_u16(&bytes, 0x1234, &err));
    static const unsigned char expected[] = {0xfe, 0xff, 0xff, 0x7f, 0, 0, 0x34, 0x12};
    assert_int_equal(bytes.n, sizeof expected);
    assert_memory_equal(bytes.data, expected, sizeof expected);
    rig_bytes_free(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blobs_are_base64),
        cmocka_unit_test(what_is_not_finite_is_null_and_what_is_no_utf8_is_replaced),
        cmocka_unit_test(a_value_that_was_not_made_is_told),
        cmocka_unit_test(a_byte_keeps_a_number_to_2_8_percent),
        cmocka_unit_test(bytes_are_little_endian_and_clamped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
