#include "io/yaml_edit.h"

#include "core/rng.h"
#include "io/yaml.h"
#include "tests/unit/io/files.h"

#include <stdbool.h>
#include <string.h>

typedef struct change {
    const char *before, *after; // after NULL: refused
    rig_yaml_path path;
    bool remove;
} change;

static const double VALUES[] = {1.5, -2};

static rig_status changed(const change *c, const char **text, rig_arena *out, rig_err *err) {
    *text = c->before;
    return c->remove ? rig_yaml_text_remove(text, &c->path, out, err)
                     : rig_yaml_text_set(text, &c->path, VALUES, 2, out, err);
}

static const change CHANGES[] = {
    // a value that is there
    {"a: [1, 2] # of a\nb: 3\n", "a: [1.5, -2] # of a\nb: 3\n", {1, {"a"}}, false},
    {"# top\np:\n  x:   [0,0,0]   # kept\n\n  # y\n  v: [1]\n",
     "# top\np:\n  x:   [1.5, -2]   # kept\n\n  # y\n  v: [1]\n",
     {2, {"p", "x"}},
     false},
    {"p: {x: null, v: ~}\n", "p: {x: [1.5, -2], v: ~}\n", {2, {"p", "x"}}, false},
    {"p:\n  x:\n  v: 1\n", "p:\n  x: [1.5, -2]\n  v: 1\n", {2, {"p", "x"}}, false},
    {"p:\n  x:\n  - 1\n  - 2\n  v: 1\n", "p:\n  x: [1.5, -2]\n  v: 1\n", {2, {"p", "x"}}, false},
    {"\"p\": {'x y': [1]} # caf\xC3\xA9\nq: caf\xC3\xA9\nz: 1\n",
     "\"p\": {'x y': [1]} # caf\xC3\xA9\nq: caf\xC3\xA9\nz: [1.5, -2]\n",
     {1, {"z"}},
     false},
    // one that is not
    {"p:\n  x: [1] # of x\n# end\n", "p:\n  x: [1] # of x\n  v: [1.5, -2]\n# end\n", {2, {"p", "v"}}, false},
    {"p:\n    x: [1]", "p:\n    x: [1]\n    v: [1.5, -2]", {2, {"p", "v"}}, false},
    {"p: {x: [1]}\n", "p: {x: [1], v: [1.5, -2]}\n", {2, {"p", "v"}}, false},
    {"p: {} # none yet\nq: 1\n", "p: # none yet\n  v: [1.5, -2]\nq: 1\n", {2, {"p", "v"}}, false},
    {"p:\nq: 1\n", "p:\n  v: [1.5, -2]\nq: 1\n", {2, {"p", "v"}}, false},
    {"p:\n  a: {}\n", "p:\n  a:\n    v: [1.5, -2]\n", {3, {"p", "a", "v"}}, false},
    {"p: {a: {}}\n", "p: {a: {v: [1.5, -2]}}\n", {3, {"p", "a", "v"}}, false},
    {"p: {a: }\n", "p: {a: {v: [1.5, -2]}}\n", {3, {"p", "a", "v"}}, false},
    {"p: {a: {x: 1}}\n", "p: {a: {x: 1}, b: {v: [1.5, -2]}}\n", {3, {"p", "b", "v"}}, false},
    {"p:\n  a: {x: 1}\n", "p:\n  a: {x: 1}\n  b:\n    v: [1.5, -2]\n", {3, {"p", "b", "v"}}, false},
    {"a: 1\n", "a: 1\np:\n  b:\n    v: [1.5, -2]\n", {3, {"p", "b", "v"}}, false},
    {"a: 1\n", "a: 1\np:\n  \"no\": [1.5, -2]\n", {2, {"p", "no"}}, false},
    {"a: 1\r\np:\r\n  x: 1\r\nq: 2\r\n", "a: 1\r\np:\r\n  x: 1\n  v: [1.5, -2]\r\nq: 2\r\n", {2, {"p", "v"}}, false},
    // taken away
    {"p:\n  x: [1]\n  v: [2]\n", "p:\n  v: [2]\n", {2, {"p", "x"}}, true},
    {"p:\n  x: [1]\n  v: [2] # of v\nq: 1\n", "p:\n  x: [1]\n  # of v\nq: 1\n", {2, {"p", "v"}}, true},
    {"p: {x: [1], v: [2], z: 3}\n", "p: {x: [1], z: 3}\n", {2, {"p", "v"}}, true},
    {"p: {x: [1], v: [2]}\n", "p: {x: [1]}\n", {2, {"p", "v"}}, true},
    {"p: {x: [1]}\n", "p: {}\n", {2, {"p", "x"}}, true},
    {"p:\n  x: [1]\nq: 1\n", "p:\n  {}\nq: 1\n", {2, {"p", "x"}}, true},
    {"p: {x: [1]}\n", "p: {x: [1]}\n", {2, {"p", "v"}}, true},
    // refused: a comment would go, the place is shared, or it is no map
    {"p:\n  x:\n  - 1 # one\n  - 2\n", NULL, {2, {"p", "x"}}, false},
    {"p: {x: [1], # of x\n    v: [2]}\n", NULL, {2, {"p", "x"}}, true},
    {"p: &p {x: [1]}\nq: *p\n", NULL, {2, {"p", "x"}}, false},
    {"p: &p {x: [1]}\nq: *p\n", NULL, {2, {"q", "x"}}, false},
    {"p: [1]\n", NULL, {2, {"p", "x"}}, false},
    {"[1]\n", NULL, {1, {"p"}}, false},
    {"p: [1\n", NULL, {1, {"p"}}, false},
    {"", NULL, {1, {"p"}}, false},
};

static void test_what_is_not_changed_stays_to_the_byte(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        const char *text;
        const rig_status status = changed(&CHANGES[i], &text, &out, &err);
        if (CHANGES[i].after && status != RIG_OK)
            fail_msg("%s: %s", CHANGES[i].before, err.text);
        if (!CHANGES[i].after && status == RIG_OK)
            fail_msg("%s: became %s, expected to be refused", CHANGES[i].before, text);
        assert_string_equal(text, CHANGES[i].after ? CHANGES[i].after : CHANGES[i].before);
        rig_arena_release(&out);
    }
}

static const char SAMPLE[] =
    "# top\npoints:   # m\n  a: [1, 2, 3]  # of a\n  \"b c\": [4, 5, 6]\n  d:\n    - 7 # seven\n    - 8\n"
    "pixels:\n  v: {a: [1, 2], d: null, # none\n      \"b c\": [3, 4]}\n  w: {}\n  x: &x {a: [1, 2]}\n  y: *x\nend: "
    "|\n  # text\n";

// Whatever a text is, a change is refused, or found when the text is read again.
static void test_damaged_texts_are_refused_or_changed(void **state) {
    (void)state;
    enum { TRIALS = 8000, EDITS_MOST = 3 };
    static const char BYTES[] = "#:[]{},&*|'\"- \n\t\rax1~\xC3\xA9";
    static const rig_yaml_path PATHS[] = {
        {2, {"points", "a"}},      {2, {"points", "d"}},      {2, {"points", "new"}},  {3, {"pixels", "v", "b c"}},
        {3, {"pixels", "w", "a"}}, {3, {"pixels", "y", "a"}}, {3, {"more", "v", "a"}}, {1, {"end"}}};
    const char *path = file_path("damaged.yaml");
    rig_rng rng = rig_rng_seed(7, 0);
    int n_set = 0, n_removed = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        rig_arena out = {NULL};
        rig_err err = {""};
        char text[sizeof SAMPLE];
        memcpy(text, SAMPLE, sizeof text);
        for (int k = rig_rng_below(&rng, EDITS_MOST + 1); k > 0; k--)
            text[rig_rng_below(&rng, (int)sizeof text - 1)] = BYTES[rig_rng_below(&rng, (int)sizeof BYTES - 1)];
        const rig_yaml_path *of = &PATHS[rig_rng_below(&rng, (int)(sizeof PATHS / sizeof *PATHS))];
        const bool remove = rig_rng_below(&rng, 2) == 1;
        const change c = {text, NULL, *of, remove};
        const char *made;
        if (changed(&c, &made, &out, &err) == RIG_OK) {
            rig_yaml *node;
            file_put_text("damaged.yaml", made);
            if (rig_yaml_read(path, &node, &out, &err) == RIG_OK) { // a key that stands twice is refused there alone
                const rig_yaml *at = node;
                for (int k = 0; at && k < of->n; k++)
                    at = at->kind == RIG_YAML_MAP ? rig_yaml_find(at, of->keys[k]) : NULL;
                if (remove ? at != NULL : !at || at->n != 2 || strcmp(at->items[0].text, "1.5") != 0)
                    fail_msg("%s of %s in\n%s\nmade\n%s", remove ? "removal" : "value", of->keys[of->n - 1], text,
                             made);
                n_set += !remove, n_removed += remove;
            }
        }
        rig_arena_release(&out);
    }
    assert_true(n_set > TRIALS / 8 && n_removed > TRIALS / 8);
}

static rig_status change_one(void *self, rig_err *err) {
    rig_arena out = {NULL};
    const char *text;
    rig_status status = changed(self, &text, &out, err);
    rig_arena_release(&out);
    return status;
}

static void test_failed_allocations_are_reported(void **state) {
    (void)state;
    change c = CHANGES[0];
    assert_true(rig_test_each_allocation_fails(change_one, &c) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_not_changed_stays_to_the_byte),
        cmocka_unit_test(test_damaged_texts_are_refused_or_changed),
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
