// The table of the rig YAML's keys agrees with itself, and gives the values it says.
#include "io/config_keys.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static rig_arena arena;
static rig_err err;

// A map of one item, as a rig YAML's section has it.
static const rig_yaml *map_of(const char *text) {
    const char *path = rig_arena_printf(&arena, "%s/map.yaml", rig_test_folder());
    FILE *stream = fopen(path, "wb");
    rig_yaml *root;
    assert_non_null(stream);
    fprintf(stream, "%s\n", text);
    fclose(stream);
    assert_ok(rig_yaml_read_as(path, RIG_ERR_CONFIG, &root, &arena, &err));
    return root;
}

static rig_status value_read(const rig_key *key, const rig_yaml *map, double values[4]) {
    int ints[4] = {-1, -1, -1, -1};
    bool flag = false;
    rig_status status = RIG_OK;
    if (key->type == RIG_KEY_INT)
        status = rig_key_int(map, key->path, ints, &err);
    else if (key->type == RIG_KEY_WORD)
        status = rig_key_word(map, key->path, ints, &err);
    else if (key->type == RIG_KEY_BOOL)
        status = rig_key_bool(map, key->path, &flag, &err);
    else
        return rig_key_number(map, key->path, values, &err);
    for (int i = 0; i < 4; i++)
        values[i] = key->type == RIG_KEY_BOOL ? flag : ints[i];
    return status;
}

// What is absent has the value that the default, written out, has; which the key's range then allows.
static void defaults_are_values(void **state) {
    (void)state;
    int n = 0;
    for (int k = 0; k < rig_keys_n; k++) {
        const rig_key *key = &rig_keys[k];
        double absent[4] = {0}, written[4] = {0};
        if (!key->value || key->type == RIG_KEY_TEXT || key->needed)
            continue;
        char with[64] = "";
        if (key->with)
            snprintf(with, sizeof with, "%s: %.*s", key->with, (int)strcspn(key->is, " "), key->is);
        assert_ok(value_read(key, map_of(*with ? with : "{}"), absent));
        const char *text = rig_arena_printf(&arena, "%s\n%s: %s", with, rig_key_name(key), key->value);
        if (value_read(key, map_of(text), written) != RIG_OK)
            fail_msg("%s: its default: %s", key->path, err.text);
        for (int i = 0; i < 4; i++)
            assert_near(absent[i], written[i], 0);
        n++;
    }
    assert_true(n > 20);
    rig_arena_release(&arena);
}

static void ranges_end_where_they_say(void **state) {
    (void)state;
    int n = 0;
    for (int k = 0; k < rig_keys_n; k++) {
        const rig_key *key = &rig_keys[k];
        bool positive = key->type == RIG_KEY_POSITIVE;
        if ((key->type != RIG_KEY_NUMBER && !positive && key->type != RIG_KEY_INT) || key->count || key->with)
            continue;
        const double inside[2] = {positive ? 1e-9 : key->low, key->high};
        const double outside[2] = {positive ? 0 : key->low - 1, key->high + 1};
        double values[4];
        for (int i = 0; i < 2; i++) {
            const char *name = rig_key_name(key);
            assert_ok(value_read(key, map_of(rig_arena_printf(&arena, "%s: %.15g", name, inside[i])), values));
            assert_near(values[0], inside[i], 0);
            assert_int_equal(value_read(key, map_of(rig_arena_printf(&arena, "%s: %.15g", name, outside[i])), values),
                             RIG_ERR_CONFIG);
            assert_contains(err.text, "out of range");
        }
        n++;
    }
    assert_true(n > 10);
    rig_arena_release(&arena);
}

// A section's keys follow it, rows of one path stand together, and what a key goes with is there.
static void rows_are_in_order(void **state) {
    (void)state;
    for (int k = 0; k < rig_keys_n; k++) {
        const rig_key *key = &rig_keys[k], *before = k ? key - 1 : key;
        const char *name = rig_key_name(key);
        char section[128], word[64];
        snprintf(section, sizeof section, "%.*s", name == key->path ? 0 : (int)(name - key->path - 1), key->path);
        if (*section && strncmp(before->path, section, strlen(section)) != 0)
            fail_msg("%s does not follow its section", key->path);
        if (rig_key_find(key->path) != key && strcmp(before->path, key->path) != 0)
            fail_msg("%s stands in two places", key->path);
        assert_non_null(key->meaning);
        assert_non_null(key->source);
        if (!key->with)
            continue;
        const rig_key *with = rig_key_find(rig_arena_printf(&arena, "%s.%s", section, key->with));
        for (const char *at = key->is; *at; at += strspn(at, " ")) {
            snprintf(word, sizeof word, "%.*s", (int)strcspn(at, " "), at);
            int i = 0;
            while (rig_key_word_at(with, i) && strcmp(rig_key_word_at(with, i), word) != 0)
                i++;
            if (!rig_key_word_at(with, i))
                fail_msg("%s goes with '%s', which %s never is", key->path, word, with->path);
            at += strcspn(at, " ");
        }
    }
    rig_arena_release(&arena);
}

static void a_key_is_stated_where_it_has_a_value(void **state) {
    (void)state;
    rig_yaml *root;
    const char *path = rig_arena_printf(&arena, "%s/stated.yaml", rig_test_folder());
    FILE *stream = fopen(path, "w");
    fputs("triangulate: {gate_m: 0.1, keep_s: null}\nmotion: {}\n", stream);
    fclose(stream);
    assert_ok(rig_yaml_read(path, &root, &arena, &err));
    assert_true(rig_key_is_stated(root, "triangulate.gate_m"));
    assert_true(rig_key_is_stated(root, "triangulate"));
    assert_true(rig_key_is_stated(root, "motion"));
    assert_false(rig_key_is_stated(root, "triangulate.keep_s"));
    assert_false(rig_key_is_stated(root, "triangulate.gate_px"));
    assert_false(rig_key_is_stated(root, "motion.fill_s"));
    assert_false(rig_key_is_stated(root, "board.square_m"));
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_values),
        cmocka_unit_test(ranges_end_where_they_say),
        cmocka_unit_test(rows_are_in_order),
        cmocka_unit_test(a_key_is_stated_where_it_has_a_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
