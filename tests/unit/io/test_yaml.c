// io/yaml_read.c and io/yaml_value.c: trees, lines, typed values and their messages. Damage: test_yaml_damage.c.
#include "io/yaml.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static rig_arena arena;
static rig_err err;

static int reset(void **state) {
    (void)state;
    rig_arena_release(&arena);
    err.text[0] = 0;
    return 0;
}

static const char *path_of(const char *name) {
    return rig_arena_printf(&arena, "%s/%s", rig_test_folder(), name);
}

static const char *bytes_write(const void *bytes, size_t n) {
    const char *path = path_of("t.yaml");
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, n, stream), n);
    fclose(stream);
    return path;
}

static rig_yaml *parse(const char *text) {
    rig_yaml *root = NULL;
    assert_ok(rig_yaml_read(bytes_write(text, strlen(text)), &root, &arena, &err));
    return root;
}

static void assert_message(const char *message) {
    assert_string_equal(err.text, rig_arena_printf(&arena, "%s:%s", path_of("t.yaml"), message));
}

static const rig_yaml *at(const rig_yaml *map, const char *key) {
    const rig_yaml *item = rig_yaml_find(map, key);
    assert_non_null(item);
    return item;
}

// --- trees ---------------------------------------------------------------------------------------

static void test_tree(void **state) {
    (void)state;
    const rig_yaml *root = parse("# a comment\n"
                                 "a: {x: 1, y: [2, 'three', ~]}\n"
                                 "b:\n"
                                 "  - first\n"
                                 "  - k: v\n");
    assert_int_equal(root->kind, RIG_YAML_MAP);
    assert_int_equal(root->n, 2);
    assert_null(root->parent);
    const rig_yaml *y = at(at(root, "a"), "y");
    assert_int_equal(y->kind, RIG_YAML_LIST);
    assert_int_equal(y->n, 3);
    assert_int_equal(y->line, 2);
    assert_ptr_equal(y->parent, at(root, "a"));
    assert_string_equal(y->items[1].text, "three");
    assert_true(y->items[1].quoted);
    assert_string_equal(y->items[1].key, "");
    assert_true(rig_yaml_is_null(&y->items[2]));
    const rig_yaml *b = at(root, "b");
    assert_int_equal(b->line, 3); // where its key stands, not its first item
    assert_int_equal(b->items[1].line, 5);
    assert_string_equal(at(&b->items[1], "k")->text, "v");
    assert_ptr_equal(at(&b->items[1], "k")->parent, &b->items[1]);
}

static void test_find_takes_null_for_absent(void **state) {
    (void)state;
    const rig_yaml *root = parse("a: null\nb:\nc: 'null'\n"), *item = NULL;
    assert_null(rig_yaml_find(root, "a"));
    assert_null(rig_yaml_find(root, "b"));
    assert_null(rig_yaml_find(root, "d"));
    assert_non_null(rig_yaml_find(root, "c"));
    assert_ok(rig_yaml_need(root, "a", &item, &err)); // there, though null
    assert_int_equal(rig_yaml_need(root, "d", &item, &err), RIG_ERR_FORMAT);
    assert_message("1: key 'd' is missing");
}

static void test_alias(void **state) {
    (void)state;
    const rig_yaml *root = parse("a: &p {x: 1, y: [2]}\nb: *p\nc: &q 7\nd: [*q, *p]\n");
    double v;
    assert_ok(rig_yaml_double(at(at(root, "b"), "x"), 0, 9, &v, &err));
    assert_near(v, 1, 0);
    assert_int_equal(at(root, "b")->line, 2);
    assert_string_equal(at(root, "d")->items[0].text, "7");
    assert_string_equal(at(at(root, "d")->items + 1, "y")->items[0].text, "2");
    assert_int_not_equal(rig_yaml_double(at(at(root, "b"), "x"), 2, 9, &v, &err), RIG_OK);
    assert_message("1: a.x: 1 is out of range, expected a number from 2 to 9");
}

static void test_alias_in_its_own_list(void **state) {
    (void)state; // the alias gets its place before the anchor does
    const rig_yaml *root = parse("- &p {x: [1]}\n- k: {j: *p}\n");
    const rig_yaml *x = at(at(at(&root->items[1], "k"), "j"), "x");
    assert_string_equal(x->items[0].text, "1");
    assert_ptr_equal(at(&root->items[0], "x"), x);
    assert_int_equal(rig_yaml_need_kind(&x->items[0], RIG_YAML_MAP, &err), RIG_ERR_FORMAT);
    assert_message("1: [0].x[0]: wrong type, expected a map, got '1'");
}

static void test_many_items(void **state) {
    (void)state;
    enum { N = 5000 };
    char *text = rig_arena_alloc(&arena, N, 32), *put = text;
    for (int i = 0; i < N; i++)
        put += sprintf(put, "k%d: [%d, {v: %d}]\n", i, i, 2 * i);
    const rig_yaml *root = parse(text);
    assert_int_equal(root->n, N);
    for (int i = 0; i < N; i++) {
        int v;
        assert_ok(rig_yaml_int(at(&root->items[i].items[1], "v"), 0, 2 * N, &v, &err));
        assert_int_equal(v, 2 * i);
        assert_int_equal(root->items[i].line, i + 1);
    }
}

// --- values --------------------------------------------------------------------------------------

static void test_numbers(void **state) {
    (void)state;
    static const char *const good[] = {"0",      "-0",   "1",       "+2",    ".5",        "5.",   "1e3",
                                       "1.0e-5", "-2.5", "1E+2",    "0.1",   "3.14159",   "1e22", "1e23",
                                       "5e-324", "0.30", "1e-9999", "9.007", "123456789", "1e308"};
    static const char *const bad[] = {"",     "~",     "x",   "0x10",  "010", "1_000",  "1:30",  ".inf",
                                      ".nan", "1e",    "1e+", ".",     "+",   "--1",    "1 2",   "nan",
                                      "inf",  "1.5.2", "'1'", "\"2\"", "[1]", "{a: 1}", "1e999", "true"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double v;
        const rig_yaml *root = parse(rig_arena_printf(&arena, "v: %s\n", good[i]));
        assert_ok(rig_yaml_double(&root->items[0], -INFINITY, INFINITY, &v, &err));
        double expected = strtod(good[i], NULL);
        assert_memory_equal(&v, &expected, sizeof v);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double v;
        const rig_yaml *root = parse(rig_arena_printf(&arena, "v: %s\n", bad[i]));
        if (rig_yaml_double(&root->items[0], -INFINITY, INFINITY, &v, &err) != RIG_ERR_FORMAT)
            fail_msg("'%s' was taken for %g", bad[i], v);
    }
}

static void test_what_is_nearly_a_number(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"29,97", ": the decimal point is '.'"},
        {"-1,5", ": the decimal point is '.'"},
        {"30000/1001", ": expected a plain decimal number, no fraction, time or grouped digits"},
        {"1:30", ": expected a plain decimal number, no fraction, time or grouped digits"},
        {"1_000", ": expected a plain decimal number, no fraction, time or grouped digits"},
        {"030", ": without leading zeros"},
        {"-00.5", ": without leading zeros"},
        {"900.0 -900.0", ": commas between numbers are missing"},
        {"30 fps", ": without a unit"},
        {"1.5.2", ""},
        {"x", ""},
        {"'29,97'", ""}};
    double v[2];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const rig_yaml *root = parse(rig_arena_printf(&arena, "v: %s\n", cases[i][0]));
        const bool quoted = cases[i][0][0] == '\'';
        assert_int_equal(rig_yaml_double(&root->items[0], 0, INFINITY, v, &err), RIG_ERR_FORMAT);
        assert_message(rig_arena_printf(
            &arena, "1: v: wrong type, expected a number >= 0, got %s%s%s", quoted ? "the string " : "",
            quoted ? "\"29,97\"" : rig_arena_printf(&arena, "'%s'", cases[i][0]), cases[i][1]));
    }
    int n;
    assert_int_equal(rig_yaml_int(&parse("v: 0.5\n")->items[0], 0, 9, &n, &err), RIG_ERR_FORMAT);
    assert_message("1: v: wrong type, expected a whole number from 0 to 9, got '0.5'");
    assert_int_equal(rig_yaml_doubles(&parse("v: [1.5 2.5]\n")->items[0], 2, v, &err), RIG_ERR_FORMAT);
    assert_message(
        "1: v: wrong type, expected a list of 2 numbers, got a list of 1: commas between numbers are missing");
}

static void test_numbers_as_strtod(void **state) {
    (void)state; // exact digits of all lengths, seeded
    uint64_t seed = 7;
    for (int i = 0; i < 300; i++) {
        char text[64];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        snprintf(text, sizeof text, "%.*e", (int)(seed >> 60) + 2,
                 ldexp((double)(seed >> 11), (int)(seed % 200) - 150));
        const rig_yaml *root = parse(text);
        double v, expected = strtod(text, NULL);
        assert_ok(rig_yaml_double(root, -INFINITY, INFINITY, &v, &err));
        assert_memory_equal(&v, &expected, sizeof v);
    }
}

static void test_int(void **state) {
    (void)state;
    const rig_yaml *root = parse("[5, -3, 2.0, 1e3, 99999999999999999999, 07, yes]\n");
    int v;
    assert_ok(rig_yaml_int(&root->items[0], 0, 5, &v, &err));
    assert_int_equal(v, 5);
    assert_ok(rig_yaml_int(&root->items[1], -3, 5, &v, &err));
    assert_int_equal(v, -3);
    assert_int_equal(rig_yaml_int(&root->items[1], 0, 5, &v, &err), RIG_ERR_FORMAT);
    assert_message("1: [1]: -3 is out of range, expected a whole number from 0 to 5");
    for (int i = 2; i < root->n; i++)
        assert_int_equal(rig_yaml_int(&root->items[i], 0, INT32_MAX, &v, &err), RIG_ERR_FORMAT);
    assert_message("1: [6]: wrong type, expected a whole number from 0 to 2147483647, got 'yes'");
}

static void test_words(void **state) {
    (void)state;
    static const char *const words[] = {"onnx", "coco", NULL};
    const rig_yaml *root = parse("a: coco\nb: Yes\nc: 'true'\nd: a/b\ne: ''\nf: [1, 2]\n");
    int index;
    bool flag;
    char name[RIG_NAME_MAX];
    double values[3];
    assert_ok(rig_yaml_choice(at(root, "a"), words, &index, &err));
    assert_int_equal(index, 1);
    assert_int_equal(rig_yaml_choice(at(root, "b"), words, &index, &err), RIG_ERR_FORMAT);
    assert_message("2: b: 'Yes' is not known, expected one of onnx, coco");
    assert_ok(rig_yaml_bool(at(root, "b"), &flag, &err));
    assert_true(flag);
    assert_int_equal(rig_yaml_bool(at(root, "c"), &flag, &err), RIG_ERR_FORMAT);
    assert_message("3: c: wrong type, expected true or false, got the string \"true\"");
    assert_ok(rig_yaml_name(at(root, "a"), name, &err));
    assert_string_equal(name, "coco");
    assert_int_equal(rig_yaml_name(at(root, "d"), name, &err), RIG_ERR_FORMAT);
    assert_message("4: d: 'a/b' is not a name, expected 1 to 63 bytes without '/'");
    assert_int_equal(rig_yaml_name(at(root, "e"), name, &err), RIG_ERR_FORMAT);
    assert_ok(rig_yaml_doubles(at(root, "f"), 2, values, &err));
    assert_int_equal(rig_yaml_doubles(at(root, "f"), 3, values, &err), RIG_ERR_FORMAT);
    assert_message("6: f: wrong type, expected a list of 3 numbers, got a list of 2");
}

static void test_keys_and_schema(void **state) {
    (void)state;
    static const char *const keys[] = {"schema", "a", NULL};
    const rig_yaml *root = parse("schema: rigpose/x/1\na: 1\nbb: {c: 2}\n");
    assert_int_equal(rig_yaml_only_keys(root, keys, &err), RIG_ERR_FORMAT);
    assert_message("3: bb: unknown key, expected one of schema, a");
    assert_ok(rig_yaml_need_schema(root, "rigpose/x/1", &err));
    assert_int_equal(rig_yaml_need_schema(root, "rigpose/y/1", &err), RIG_ERR_FORMAT);
    assert_message("1: schema: wrong schema 'rigpose/x/1', expected rigpose/y/1");
    assert_int_equal(rig_yaml_need_schema(at(root, "bb"), "rigpose/y/1", &err), RIG_ERR_FORMAT);
    assert_message("3: bb: key 'schema' is missing, expected `schema: rigpose/y/1`");
}

static void test_status_as_told(void **state) {
    (void)state;
    rig_yaml *root;
    const char *path = bytes_write("a: 1\n", 5);
    assert_ok(rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, &arena, &err));
    assert_int_equal(rig_yaml_need_kind(&root->items[0], RIG_YAML_LIST, &err), RIG_ERR_CONFIG);
    path = bytes_write("a: [\n", 5);
    assert_int_equal(rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, &arena, &err), RIG_ERR_CONFIG);
}

static void test_long_path_and_text_fit(void **state) {
    (void)state;
    char key[300], text[700];
    memset(key, 'k', sizeof key);
    key[sizeof key - 1] = 0;
    snprintf(text, sizeof text, "%s: {%s: x}\n", key, key);
    const rig_yaml *root = parse(text);
    double v;
    assert_int_equal(rig_yaml_double(&root->items[0].items[0], 0, 1, &v, &err), RIG_ERR_FORMAT);
    assert_contains(err.text, "expected a number from 0 to 1, got 'x'");
}

static void test_digest(void **state) {
    (void)state;
    char a[65], b[65], c[65];
    assert_ok(rig_yaml_digest(parse("a: {x: 1, y: [2, 3]}\nb: ~\n"), a, &err));
    assert_ok(rig_yaml_digest(parse("# other layout\nb:\n\na:\n  y:\n  - 2\n  - 3\n  x: 1\n"), b, &err));
    assert_ok(rig_yaml_digest(parse("a: {x: 1, y: [3, 2]}\nb: ~\n"), c, &err));
    assert_string_equal(a, b);
    assert_string_not_equal(a, c);
    assert_ok(rig_yaml_digest(parse("a: {x: 1, y: [2, 3]}\nb: 'null'\n"), c, &err));
    assert_string_not_equal(a, c);
    assert_ok(rig_yaml_digest(parse("[[a], b]\n"), a, &err));
    assert_ok(rig_yaml_digest(parse("[[a, b]]\n"), b, &err));
    assert_string_not_equal(a, b);
}

// --- memory --------------------------------------------------------------------------------------

static rig_status read_and_digest(void *self, rig_err *why) {
    rig_arena own = {NULL};
    rig_yaml *root;
    char hex[65];
    rig_status status = rig_yaml_read(self, &root, &own, why);
    if (status == RIG_OK)
        status = rig_yaml_digest(root, hex, why);
    rig_arena_release(&own);
    return status;
}

static void test_each_allocation_fails(void **state) {
    (void)state;
    char *text = rig_arena_alloc(&arena, 5000, 40), *put = text;
    put += sprintf(put, "anchor: &a [1, 2]\nalias: *a\n");
    for (int i = 0; i < 4000; i++)
        put += sprintf(put, "k%d: [%d, [text%d]]\n", i, i, i);
    const char *path = bytes_write(text, strlen(text));
    assert_true(rig_test_each_allocation_fails(read_and_digest, (void *)(uintptr_t)path) > 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_tree, reset),
        cmocka_unit_test_setup(test_find_takes_null_for_absent, reset),
        cmocka_unit_test_setup(test_alias, reset),
        cmocka_unit_test_setup(test_alias_in_its_own_list, reset),
        cmocka_unit_test_setup(test_many_items, reset),
        cmocka_unit_test_setup(test_numbers, reset),
        cmocka_unit_test_setup(test_what_is_nearly_a_number, reset),
        cmocka_unit_test_setup(test_numbers_as_strtod, reset),
        cmocka_unit_test_setup(test_int, reset),
        cmocka_unit_test_setup(test_words, reset),
        cmocka_unit_test_setup(test_keys_and_schema, reset),
        cmocka_unit_test_setup(test_status_as_told, reset),
        cmocka_unit_test_setup(test_long_path_and_text_fit, reset),
        cmocka_unit_test_setup(test_digest, reset),
        cmocka_unit_test_setup_teardown(test_each_allocation_fails, reset, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
