// A map with a long list, item by item: the same as the tree of the whole file, wherever the list stands.
#include "io/yaml.h"
#include "tests/unit/io/files.h"

static bool same(const rig_yaml *a, const rig_yaml *b) {
    if (a->kind != b->kind || a->n != b->n || a->quoted != b->quoted || a->line != b->line ||
        strcmp(a->key, b->key) != 0 || strcmp(a->text, b->text) != 0)
        return false;
    for (int i = 0; i < a->n; i++)
        if (!same(&a->items[i], &b->items[i]))
            return false;
    return true;
}

// All but the list as the tree has it, and the list's items in their order.
static void assert_streams(const char *text) {
    const char *path = file_put_text("stream.yaml", text);
    rig_arena arena = {NULL};
    rig_yaml_stream *stream;
    rig_yaml *whole;
    const rig_yaml *root, *item, *list;
    rig_err err = {""};
    assert_ok(rig_yaml_read(path, &whole, &arena, &err));
    assert_ok(rig_yaml_stream_open(path, "frames", &stream, &root, &err));
    list = rig_yaml_find(whole, "frames");
    for (int i = 0; i < whole->n; i++) {
        const rig_yaml *mine = rig_yaml_find(root, whole->items[i].key);
        if (rig_yaml_is_null(&whole->items[i]))
            continue;
        assert_non_null(mine);
        assert_true(mine->kind == whole->items[i].kind && mine->line == whole->items[i].line);
        assert_true(&whole->items[i] == list || same(mine, &whole->items[i]));
    }
    for (int i = 0; list && list->kind == RIG_YAML_LIST && i < list->n; i++) {
        rig_err expected = {""}, got = {""};
        assert_ok(rig_yaml_stream_next(stream, &item, &err));
        assert_non_null(item);
        assert_true(same(item, &list->items[i]));
        assert_int_equal(rig_yaml_fail(item, &got, "x"), rig_yaml_fail(&list->items[i], &expected, "x"));
        assert_string_equal(got.text, expected.text); // by the same path
    }
    assert_ok(rig_yaml_stream_next(stream, &item, &err));
    assert_null(item);
    assert_ok(rig_yaml_stream_next(stream, &item, &err));
    assert_null(item);
    rig_yaml_stream_close(stream);
    rig_arena_release(&arena);
}

static void items_come_as_the_tree_has_them(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a: 1\nframes:\n  - {frame: 0, people: [{id: 1}]}\n  - {frame: 1}\n",
        "frames:\n- frame: 0\n  people:\n  - [1, 2]\n- 7\n- \"x\"\n- []\nschema: s\nview: {a: [1]}\n", // keys behind
        "{frames: [{frame: 0}, {frame: 1}], schema: s}\n",
        "  frames:\n   - 1\n   - 2\n  schema: s\n",
        "frames: []\nschema: s\n",
        "schema: s\nframes: null\n",
        "schema: s\nframes: {a: 1}\n",
        "schema: s\n",
        "a: &x [1, 2]\nframes:\n  - *x\n  - &y {b: *x}\n  - {c: *y, d: [*y, *x]}\nz: *y\n", // anchors outlive their
                                                                                            // item
        "frames: &f\n  - 1\n  - 2\nz: *f\n",
        "a: &f [1, 2]\nframes: *f\n",
        "a: 1\r\nframes:\r\n- 1\r\n- 2\r\nb: 2\r\n",
        "a: 1\nframes:\n- \"\xC3\xA4\"\n- 2\302\205b: 2\n", // a line break of YAML's own
        "a: 1\nframes:\n- 1\n# b: 2\n\n- 2\n...\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_streams(texts[i]);
}

static rig_status read_all(const char *path, rig_arena *out, rig_err *err) {
    rig_yaml_stream *stream;
    const rig_yaml *root, *item;
    (void)out;
    RIG_TRY(rig_yaml_stream_open(path, "frames", &stream, &root, err));
    rig_status status;
    do
        status = rig_yaml_stream_next(stream, &item, err);
    while (status == RIG_OK && item);
    rig_yaml_stream_close(stream);
    return status;
}

static void damage_is_refused_where_it_stands(void **state) {
    (void)state;
    static const char *const wrongs[][2] = {
        {"a: 1\nframes:\n  - {frame: 0}\n  - {frame: 1\n", ":"},
        {"a: 1\na: 2\nframes:\n  - 1\n", ":2: duplicate key 'a'"},
        {"frames:\n  - 1\nframes:\n  - 2\n", ":3: duplicate key 'frames'"},
        {"a: 1\nframes:\n  - {b: 1, b: 2}\n", ":3: duplicate key 'b'"},
        {"a: 1\nframes:\n  - 1\n---\na: 2\n", "a second document"},
        {"", "an empty file"},
        {"frames:\n  - *x\n", "alias 'x'"},
    };
    rig_arena out = {NULL};
    rig_err err = {""};
    for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
        assert_int_equal(read_all(file_put_text("wrong.yaml", wrongs[i][0]), &out, &err), RIG_ERR_FORMAT);
        assert_contains(err.text, "wrong.yaml");
        assert_contains(err.text, wrongs[i][1]);
    }
    assert_int_equal(read_all(file_path("none.yaml"), &out, &err), RIG_ERR_IO);
    assert_survives_damage(read_all, file_put_text("good.yaml", "frames:\n- &a {frame: 0, p: [1, 2]}\n- *a\nb: *a\n"));
    rig_arena_release(&out);
}

static rig_status read_one(void *self, rig_err *err) {
    rig_arena out = {NULL};
    return read_all(self, &out, err);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    const char *path = file_put_text("oom.yaml", "frames:\n- &a {frame: 0, p: [1, 2]}\n- *a\nb: *a\n");
    assert_true(rig_test_each_allocation_fails(read_one, (char *)(uintptr_t)path) >= 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_as_the_tree_has_them),
        cmocka_unit_test(damage_is_refused_where_it_stands),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
