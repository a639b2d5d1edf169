// io/yaml_write.c: what is written reads back as the same, here and in PyYAML.
#include "io/yaml.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static rig_arena arena;
static rig_err err;

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    return 0;
}

static const char *path_of(const char *name) {
    return rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
}

static FILE *stream_open(const char *path) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    return stream;
}

// What `put` writes, as text.
static char *written(void (*put)(rig_yaml_writer *w)) {
    static char text[4096];
    FILE *stream = fmemopen(text, sizeof text, "w");
    rig_yaml_writer *w;
    assert_non_null(stream);
    assert_ok(rig_yaml_writer_open(stream, &w, &arena, &err));
    put(w);
    assert_ok(rig_yaml_writer_close(w, &err));
    fclose(stream);
    return text;
}

// --- layout --------------------------------------------------------------------------------------

static void put_layout(rig_yaml_writer *w) {
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "schema");
    rig_yaml_put_string(w, "rigpose/people3d/1");
    rig_yaml_key(w, "cameras");
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "c1");
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "K");
    rig_yaml_put_doubles(w, (const double[]){1000.5, 1000, 0.1}, 3);
    rig_yaml_key(w, "pose");
    rig_yaml_begin_map(w, false); // in a flow all is flow
    rig_yaml_key(w, "found");
    rig_yaml_put_bool(w, true);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_key(w, "frames");
    rig_yaml_begin_list(w, false);
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "frame");
    rig_yaml_put_int(w, 0);
    rig_yaml_key(w, "people");
    rig_yaml_begin_list(w, false);
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "id");
    rig_yaml_put_int(w, 1);
    rig_yaml_end(w);
    rig_yaml_put_null(w);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "frame");
    rig_yaml_put_int(w, -1);
    rig_yaml_key(w, "people");
    rig_yaml_begin_list(w, false);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_begin_list(w, false);
    rig_yaml_begin_list(w, false);
    rig_yaml_put_int(w, 1);
    rig_yaml_put_int(w, 2);
    rig_yaml_end(w);
    rig_yaml_begin_map(w, false);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_end(w);
    rig_yaml_end(w);
}

static void test_layout(void **state) {
    (void)state;
    assert_string_equal(written(put_layout), "schema: rigpose/people3d/1\n"
                                             "cameras:\n"
                                             "  c1: {K: [1000.5, 1000, 0.1], pose: {found: true}}\n"
                                             "frames:\n"
                                             "  - frame: 0\n"
                                             "    people:\n"
                                             "      - {id: 1}\n"
                                             "      - null\n"
                                             "  - frame: -1\n"
                                             "    people: []\n"
                                             "  - - - 1\n"
                                             "      - 2\n"
                                             "    - {}\n");
}

static void put_numbers(rig_yaml_writer *w) {
    static const double values[] = {0, -0.0, 60, -2.5, 1e-5, 1e15, 123456789012345, 1e300, 1.0 / 3, 0.1, NAN, INFINITY};
    rig_yaml_begin_list(w, true);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        rig_yaml_put_double(w, values[i]);
    rig_yaml_put_int(w, INT64_MIN);
    rig_yaml_end(w);
}

static void put_rounded(rig_yaml_writer *w) {
    static const double values[] = {0, -0.0, 60, 1.25, 0.0625, -0.00049, -1234.56789, 0.1, 0.009, 1e300, NAN};
    rig_yaml_begin_list(w, true);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        rig_yaml_put_rounded(w, values[i], 3);
    rig_yaml_put_rounded(w, 1234.5678, 0);
    rig_yaml_end(w);
}

static void test_numbers(void **state) {
    (void)state;
    assert_string_equal(written(put_numbers), "[0, -0.0, 60, -2.5, 1.0e-05, 1.0e+15, 123456789012345, 1.0e+300, "
                                              "0.3333333333333333, 0.1, null, null, -9223372036854775808]\n");
    assert_string_equal(written(put_rounded),
                        "[0, 0, 60, 1.25, 0.063, 0, -1234.568, 0.1, 0.009, 1.0e+300, null, 1235]\n");
}

// --- round trips ---------------------------------------------------------------------------------

enum { N_DOUBLES = 3000 };

static const double *doubles_make(void) {
    double *values = RIG_NEW(&arena, double, N_DOUBLES);
    uint64_t seed = 3;
    for (int i = 0; i < N_DOUBLES; i++) {
        do {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            uint64_t bits = seed ^ seed >> 29;
            memcpy(&values[i], &bits, sizeof bits);
            if (i % 3) // as results have them
                values[i] = (double)(int64_t)(seed >> 16) / (i % 3 == 1 ? 1e7 : 12345678901.0);
        } while (!isfinite(values[i]));
    }
    return values;
}

static const char *const strings[] = {
    "plain", "two words", "a.b-c_d/e+f", "rigpose/rig/1", "Ünïcödé", "日本", "\xf0\x9f\x8e\xa5",
    // what YAML 1.1 resolves to something else
    "", "~", "null", "Null", "NULL", "true", "True", "FALSE", "yes", "No", "on", "OFF", "y", "N", "1", "-1", "+1", "01",
    "0x1f", "0b1", "0o7", "1_000", "12:30", "1:2:3", "1e3", "1.5", "-.5", ".5", "1.", ".inf", "-.INF", ".nan", "1e-05",
    "2001-01-01", "2001-12-14 21:59:43.10 -5:00", "<<", "=", ".", "..",
    // marks
    "-", "--", "---", "...", "- a", "?", "? a", ":", ": a", "a: b", "a:b", "a:", "a #b", "#a", "&a", "*a", "!a", "|",
    ">", "'a'", "\"a\"", "it's", "%04d.png", "@a", "`a`", "{view}", "[a]", "{a", "a]", "a, b", ",",
    // spaces and characters that nobody sees
    " a", "a ", "  ", "a  b", "a\tb", "\t", "a\nb", "\n", "\r", "a\r\nb", "\x01", "\x1b[0m", "\x7f", "\xc2\x80",
    "\xc2\x85", "\xc2\xa0", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xef\xbb\xbf", "C:\\new\\x", "\\"};
enum { N_STRINGS = sizeof strings / sizeof *strings };

static void values_write(const char *path, const double *values) {
    FILE *stream = stream_open(path);
    rig_yaml_writer *w;
    assert_ok(rig_yaml_writer_open(stream, &w, &arena, &err));
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "doubles");
    rig_yaml_put_doubles(w, values, N_DOUBLES);
    rig_yaml_key(w, "strings");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < N_STRINGS; i++)
        rig_yaml_put_string(w, strings[i]);
    rig_yaml_end(w);
    rig_yaml_key(w, "flow");
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < N_STRINGS; i++)
        rig_yaml_put_string(w, strings[i]);
    rig_yaml_end(w);
    rig_yaml_key(w, "keys");
    rig_yaml_begin_map(w, false);
    for (int i = 0; i < N_STRINGS; i++) {
        rig_yaml_key(w, strings[i]);
        rig_yaml_put_int(w, i);
    }
    rig_yaml_end(w);
    rig_yaml_end(w);
    assert_ok(rig_yaml_writer_close(w, &err));
    fclose(stream);
}

static void test_round_trip(void **state) {
    (void)state;
    const double *values = doubles_make();
    const char *path = path_of("trip.yaml");
    rig_yaml *root;
    values_write(path, values);
    assert_ok(rig_yaml_read(path, &root, &arena, &err));
    for (int i = 0; i < N_DOUBLES; i++) {
        double v;
        assert_ok(rig_yaml_double(&root->items[0].items[i], -INFINITY, INFINITY, &v, &err));
        assert_memory_equal(&v, &values[i], sizeof v);
    }
    for (int i = 0; i < N_STRINGS; i++) {
        assert_string_equal(root->items[1].items[i].text, strings[i]);
        assert_false(rig_yaml_is_null(&root->items[1].items[i]));
        assert_string_equal(root->items[2].items[i].text, strings[i]);
        assert_string_equal(root->items[3].items[i].key, strings[i]);
    }
}

// The same values in a form that needs no YAML: doubles as hexadecimal, strings as the hexadecimal of their bytes.
static void truth_write(const char *path, const double *values) {
    FILE *stream = stream_open(path);
    for (int i = 0; i < N_DOUBLES; i++)
        fprintf(stream, "%a\n", values[i]);
    for (int i = 0; i < N_STRINGS; i++) {
        for (const char *s = strings[i]; *s; s++)
            fprintf(stream, "%02x", (unsigned char)*s);
        fprintf(stream, "\n");
    }
    fclose(stream);
}

static void script_write(const char *path) {
    FILE *stream = stream_open(path);
    fprintf(stream,
            "import sys\n"
            "try: import yaml\n"
            "except ImportError: sys.exit(77)\n"
            "read = yaml.safe_load(open(sys.argv[1], encoding='utf-8'))\n"
            "truth = open(sys.argv[2]).read().split('\\n')[:-1]\n"
            "doubles = [float.fromhex(line) for line in truth[:%d]]\n"
            "strings = [bytes.fromhex(line).decode() for line in truth[%d:]]\n"
            "assert all(type(v) in (int, float) for v in read['doubles'])\n"
            "assert [float(v).hex() for v in read['doubles']] == [v.hex() for v in doubles]\n"
            "for a, b in zip(read['strings'], strings): assert a == b, (a, b)\n"
            "assert read['strings'] == strings and read['flow'] == strings and list(read['keys']) == strings\n",
            N_DOUBLES, N_DOUBLES);
    fclose(stream);
}

static void test_round_trip_pyyaml(void **state) {
    (void)state;
    const double *values = doubles_make();
    const char *yaml = path_of("py.yaml"), *truth = path_of("truth.txt"), *script = path_of("check.py");
    values_write(yaml, values);
    truth_write(truth, values);
    script_write(script);
    int status = system(rig_arena_printf(&arena, "/usr/bin/python3 %s %s %s", script, yaml, truth));
    if (status == RIG_TEST_SKIPPED << 8 || status == 127 << 8)
        skip();
    assert_int_equal(status, 0);
}

static void put_bytes(rig_yaml_writer *w) {
    rig_yaml_begin_list(w, true);
    rig_yaml_put_string(w, "a\xff z\xc3");
    rig_yaml_put_string(w, "\xed\xa0\x80"); // half of a pair
    rig_yaml_put_string(w, "\xc0\xaf");     // not the shortest form
    rig_yaml_end(w);
}

static void test_bytes_that_are_not_utf8(void **state) {
    (void)state;
    assert_string_equal(written(put_bytes), "[\"a\\xFF z\\xC3\", \"\\xED\\xA0\\x80\", \"\\xC0\\xAF\"]\n");
}

// --- failure -------------------------------------------------------------------------------------

static void test_full_disk(void **state) {
    (void)state;
    FILE *stream = fopen("/dev/full", "w");
    if (!stream)
        skip();
    rig_yaml_writer *w;
    assert_ok(rig_yaml_writer_open(stream, &w, &arena, &err));
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < 10000; i++)
        rig_yaml_put_int(w, i);
    rig_yaml_end(w);
    assert_int_equal(rig_yaml_writer_close(w, &err), RIG_ERR_IO);
    assert_string_equal(err.text, "cannot write YAML: No space left on device");
    fclose(stream);
}

static void test_key_too_long(void **state) {
    (void)state;
    char key[200];
    memset(key, 'k', sizeof key);
    key[sizeof key - 1] = 0;
    FILE *stream = stream_open(path_of("key.yaml"));
    rig_yaml_writer *w;
    assert_ok(rig_yaml_writer_open(stream, &w, &arena, &err));
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, key);
    rig_yaml_put_null(w);
    rig_yaml_end(w);
    assert_int_equal(rig_yaml_writer_close(w, &err), RIG_ERR_IO);
    assert_string_equal(err.text, "cannot write YAML: a key of more than 160 bytes");
    fclose(stream);
}

static rig_status open_writer(void *self, rig_err *why) {
    rig_arena own = {NULL};
    rig_yaml_writer *w;
    rig_status status = rig_yaml_writer_open(self, &w, &own, why);
    rig_arena_release(&own);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    assert_int_equal(rig_test_each_allocation_fails(open_writer, stdout), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_layout, reset),
        cmocka_unit_test_setup(test_numbers, reset),
        cmocka_unit_test_setup(test_round_trip, reset),
        cmocka_unit_test_setup(test_round_trip_pyyaml, reset),
        cmocka_unit_test_setup(test_bytes_that_are_not_utf8, reset),
        cmocka_unit_test_setup(test_full_disk, reset),
        cmocka_unit_test_setup(test_key_too_long, reset),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, reset, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
