// Files that tests of readers write, compare, damage, and read with other programs.
#ifndef RIG_TESTS_UNIT_IO_FILES_H
#define RIG_TESTS_UNIT_IO_FILES_H

#include "core/rng.h"
#include "io/file.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

// A reader of any kind, its result thrown away.
typedef rig_status (*read_fn)(const char *path, rig_arena *out, rig_err *err);

// Paths in the test's folder; kept until the program ends.
static inline const char *file_path(const char *name) {
    static rig_arena paths;
    const char *path = rig_arena_printf(&paths, "%s/%s", rig_test_folder(), name);
    assert_non_null(path);
    return path;
}

static inline void file_put(const char *path, const char *text, size_t length) {
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, length, f), length);
    assert_int_equal(fclose(f), 0);
}

static inline const char *file_put_text(const char *name, const char *text) {
    const char *path = file_path(name);
    file_put(path, text, strlen(text));
    return path;
}

static inline char *file_text(const char *path, size_t *length, rig_arena *out) {
    rig_err err = {""};
    char *text = NULL;
    assert_ok(rig_file_read(path, &text, length, out, &err));
    return text;
}

static inline void assert_same_bytes(const char *a, const char *b) {
    rig_arena arena = {NULL};
    size_t n, m;
    const char *x = file_text(a, &n, &arena), *y = file_text(b, &m, &arena);
    if (n != m || memcmp(x, y, n) != 0)
        fail_msg("%s and %s differ:\n%s\n%s", a, b, x, y);
    rig_arena_release(&arena);
}

// One change of a good file, and what its refusal must say: the key, and `:line:` where it is given.
typedef struct damage {
    const char *from, *to;
    int line; // 0: of no matter
    const char *says;
} damage;

static inline void file_put_changed(const char *path, const char *text, const char *from, const char *to) {
    const char *at = strstr(text, from);
    if (!at)
        fail_msg("no '%s' to change in:\n%s", from, text);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fprintf(f, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
    assert_int_equal(fclose(f), 0);
}

static inline void assert_refuses_as(rig_status expected, read_fn read, const char *text, const damage *damages,
                                     int n) {
    const char *path = file_path("damaged.yaml");
    for (int i = 0; i < n; i++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        char place[32] = "damaged.yaml:";
        file_put_changed(path, text, damages[i].from, damages[i].to);
        rig_status status = read(path, &out, &err);
        if (status != expected)
            fail_msg("'%s' for '%s' gave status %d: %s", damages[i].to, damages[i].from, (int)status, err.text);
        if (damages[i].line)
            snprintf(place, sizeof place, "damaged.yaml:%d: ", damages[i].line);
        assert_contains(err.text, place);
        assert_contains(err.text, damages[i].says);
        assert_null(strchr(err.text, '\n'));
        rig_arena_release(&out);
    }
}

static inline void assert_refuses(read_fn read, const char *text, const damage *damages, int n) {
    assert_refuses_as(RIG_ERR_FORMAT, read, text, damages, n);
}

// The file cut short anywhere, and with bytes of it changed: it is read, or refused with a text, and nothing worse.
static inline void assert_survives_damage(read_fn read, const char *path) {
    enum { CUTS = 60, CHANGES = 300 };
    static const char bytes[] = "0-.e:{}[],#\"'\n nulxX~&*!|";
    rig_arena arena = {NULL};
    rig_rng rng = rig_rng_seed(7, 0);
    size_t n;
    char *text = file_text(path, &n, &arena);
    const char *damaged = file_path("damaged.any");
    for (int i = 0; i < CUTS + CHANGES; i++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        size_t at = i < CUTS ? n * (size_t)i / CUTS : (size_t)rig_rng_below(&rng, (int)n);
        char kept = text[at];
        text[at] = bytes[rig_rng_below(&rng, sizeof bytes - 1)];
        file_put(damaged, text, i < CUTS ? at : n);
        text[at] = kept;
        if (read(damaged, &out, &err) != RIG_OK)
            assert_true(err.text[0] != 0);
        rig_arena_release(&out);
    }
    rig_arena_release(&arena);
}

// Run Debian's Python on a script with one argument. Returns its exit status: 77 where a module is missing.
static inline int python_run(const char *script, const char *argument) {
    const char *path = file_put_text("script.py", script);
    char command[2048];
    snprintf(command, sizeof command, "/usr/bin/python3 '%s' '%s'", path, argument);
    int status = system(command);
    return status < 0 ? status : status >> 8;
}

// PyYAML reads the file, and `check`, an expression of the document d, holds.
static inline void assert_pyyaml(const char *path, const char *check) {
    char script[2048];
    snprintf(script, sizeof script,
             "import sys\ntry:\n    import yaml\nexcept ImportError:\n    sys.exit(77)\n"
             "d = yaml.safe_load(open(sys.argv[1]))\nif not (%s):\n    sys.exit(repr(d))\n",
             check);
    int status = python_run(script, path);
    if (status == 77)
        rig_test_leave_out("no PyYAML");
    else if (status != 0)
        fail_msg("PyYAML on %s: not %s", path, check);
}

#endif
