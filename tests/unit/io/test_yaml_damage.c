// io/yaml_read.c: files that are refused, each with its line, and never with a crash.
#include "io/yaml.h"
#include "tests/support/support.h"

#include <string.h>
#include <unistd.h>

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

// The text is refused with this message, which begins with the file's name.
static void assert_refused_bytes(const char *text, size_t n, const char *message) {
    rig_yaml *root = NULL;
    const char *path = bytes_write(text, n);
    assert_int_equal(rig_yaml_read(path, &root, &arena, &err), RIG_ERR_FORMAT);
    assert_string_equal(err.text, rig_arena_printf(&arena, "%s:%s", path, message));
}

static void assert_refused(const char *text, const char *message) {
    assert_refused_bytes(text, strlen(text), message);
}

static void test_refused(void **state) {
    (void)state;
    assert_refused("", "1: an empty file, expected YAML");
    assert_refused("# only a comment\n", "1: an empty file, expected YAML");
    assert_refused("a: 1\nb: [1, 2\n",
                   "3: did not find expected ',' or ']', while parsing a flow sequence that begins in "
                   "line 2");
    assert_refused("a: 1\n b: 2\n", "2: mapping values are not allowed in this context");
    assert_refused("a:\n\t- 1\n", "2:1: a tab, expected spaces: YAML is indented with spaces only");
    assert_refused("a: \"open\n",
                   "2: found unexpected end of stream, while scanning a quoted scalar that begins in line 1");
    assert_refused("a: 1\n---\nb: 2\n", "2: a second document, expected one");
    assert_refused("a: 1\nb: 2\na: 3\n", "3: duplicate key 'a'");
    assert_refused("a: *b\n", "1: alias 'b' has no complete anchor before it");
    assert_refused("a: &b [*b]\n", "1: alias 'b' has no complete anchor before it");
    assert_refused("? [1, 2]\n: 3\n", "1: a key that is not a plain word, expected `key: value`");
    assert_refused("a: \"x\\0y\"\n", "1: a NUL character in a string");
    assert_refused("\"x\\0y\": 1\n", "1: a NUL character in a key");
    assert_refused("&k a: 1\n", "1: an anchor on a key");
    assert_refused("a: 1\nb: \xff\xfe\n", "2: invalid leading UTF-8 octet");
    assert_refused("a: 1\n\nb: \xc3(\n", "3: invalid trailing UTF-8 octet");
    assert_refused_bytes("a: 1\nb: \0\n", 10, "2: control characters are not allowed");
    assert_refused("a: %x\n", "1:4: a value that begins with @, ` or %, expected it in quotes");
    assert_refused("a: 1\nb: [1,\n\t2\n\t@]\n", "4:1: a tab, expected spaces: YAML is indented with spaces only");
    assert_refused(
        "a: &x {b: 1}\nc:\n  <<: *x\n",
        "3: a merge key (<<), which is not supported, expected the keys themselves; an alias can stand for a whole "
        "value");
}

static void test_refused_twin_among_many(void **state) {
    (void)state;
    char *text = rig_arena_alloc(&arena, 40, 16), *put = text;
    for (int i = 0; i < 40; i++)
        put += sprintf(put, "k%d: 1\n", i == 30 ? 7 : i);
    assert_refused(text, "31: duplicate key 'k7'");
}

static void test_refused_depth(void **state) {
    (void)state;
    char text[200];
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    text[128] = 0;
    rig_yaml *root;
    assert_ok(rig_yaml_read(bytes_write(text, 128), &root, &arena, &err));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    text[130] = 0;
    assert_refused(text, "1: nested deeper than 64 levels");
    assert_refused("a: &a [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n"
                   "b: &b [[[[[[[[[[[[[[[[[[[[*a]]]]]]]]]]]]]]]]]]]]\n"
                   "c: &c [[[[[[[[[[[[[[[[[[[[*b]]]]]]]]]]]]]]]]]]]]\n"
                   "d: &d [[[[[[[[[[[[[[[[[[[[*c]]]]]]]]]]]]]]]]]]]]\n",
                   "4: nested deeper than 64 levels, aliases resolved");
}

static void test_refused_alias_bomb(void **state) {
    (void)state;
    char *text = rig_arena_alloc(&arena, 20, 100), *put = text;
    put += sprintf(put, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
        put += sprintf(put, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            put += sprintf(put, "*a%d, ", i - 1);
        put += sprintf(put, "]\n");
    }
    assert_refused(text, "6: aliases that expand to more than 1000000 items");
}

static void test_refused_anchors(void **state) {
    (void)state;
    char *text = rig_arena_alloc(&arena, 1100, 16), *put = text;
    for (int i = 0; i < 1001; i++)
        put += sprintf(put, "- &a%d x\n", i);
    assert_refused(text, "1001: more than 1000 anchors");
}

static void test_refused_files(void **state) {
    (void)state;
    rig_yaml *root;
    const char *missing = path_of("missing.yaml"), *huge = path_of("huge.yaml");
    assert_int_equal(rig_yaml_read(missing, &root, &arena, &err), RIG_ERR_IO);
    assert_string_equal(err.text, rig_arena_printf(&arena, "cannot read '%s': No such file or directory", missing));
    assert_int_equal(rig_yaml_read(rig_test_folder(), &root, &arena, &err), RIG_ERR_IO);
    assert_contains(err.text, "it is a folder, expected a regular file");
    FILE *stream = fopen(huge, "wb"); // sparse: takes no room
    assert_non_null(stream);
    assert_int_equal(ftruncate(fileno(stream), ((off_t)1 << 30) + 1), 0);
    fclose(stream);
    assert_int_equal(rig_yaml_read(huge, &root, &arena, &err), RIG_ERR_FORMAT);
    assert_string_equal(err.text, rig_arena_printf(&arena, "'%s' is larger than the limit of 1 GiB", huge));
}

// Bytes of a good file changed at random, seeded: some status, never a crash.
static void test_damaged_at_random(void **state) {
    (void)state;
    static const char good[] =
        "schema: rigpose/rig/1\nfeeds:\n  quad: &q {grid: [2, 2], views: [c1, ~, \"c\\u00e9\"]}\n"
        "  b: *q\nlist:\n  - - 1.5\n    - 'x'\n  - {a: |\n      text\n    }\n  - >-\n    folded\n";
    static const char marks[] = "{}[]:,&*-?|>'\"#%@`! \n\t\\\0\xff\xc3x1~";
    uint64_t seed = 1;
    for (int run = 0; run < 3000; run++) {
        char bytes[sizeof good], hex[65];
        rig_yaml *root;
        memcpy(bytes, good, sizeof good);
        for (int k = 0; k < 1 + run % 4; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            bytes[(seed >> 33) % (sizeof good - 1)] = marks[(seed >> 20) % (sizeof marks - 1)];
        }
        rig_status status = rig_yaml_read(bytes_write(bytes, sizeof good - 1), &root, &arena, &err);
        assert_true(status == RIG_OK || status == RIG_ERR_FORMAT);
        if (status == RIG_OK)
            assert_ok(rig_yaml_digest(root, hex, &err));
        rig_arena_clear(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_refused, reset),
        cmocka_unit_test_setup(test_refused_twin_among_many, reset),
        cmocka_unit_test_setup(test_refused_depth, reset),
        cmocka_unit_test_setup(test_refused_alias_bomb, reset),
        cmocka_unit_test_setup(test_refused_anchors, reset),
        cmocka_unit_test_setup(test_refused_files, reset),
        cmocka_unit_test_setup(test_damaged_at_random, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
