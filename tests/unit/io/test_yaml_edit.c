#include "io/yaml_edit.h"

#include "tests/support/support.h"

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
        cmocka_unit_test(test_failed_allocations_are_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
