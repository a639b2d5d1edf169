#include "io/file.h"
#include "io/results.h"
#include "tests/support/support.h"

#include <string.h>

static void fill(rig_findings *f) {
    *f = (rig_findings){0};
    f->looked[RIG_FAULT_LINKS] = f->looked[RIG_FAULT_CLOCKS] = true;
    rig_err err;
    assert_ok(rig_finding_add(f, RIG_FAULT_CLOCKS, "board", "c1", NULL, 2.5, 0.15, "it is late", "mend it", &err));
    assert_ok(rig_finding_add(f, RIG_FAULT_SCALE, NULL, "c1", "c2", 1.2, 0.02, "says: \"1\"", "a # b", &err));
    f->list[0].frame = 40;
}

static void what_was_looked_for_and_found_is_written(void **state) {
    (void)state;
    static const char *const PARTS[] = {"schema: rigpose/doctor/1\n",
                                        "  resolution: unknown\n",
                                        "  links: ok\n",
                                        "  clocks: fault\n",
                                        "  scale: fault\n",
                                        "what: clocks\n",
                                        "recording: board\n",
                                        "views: [c1]\n",
                                        "frame: 40\n",
                                        "value: 2.5\n",
                                        "views: [c1, c2]\n",
                                        "says: it is late\n"};
    rig_findings f;
    rig_err err;
    char path[512], text[4096] = "";
    fill(&f);
    snprintf(path, sizeof path, "%s/doctor.yaml", rig_test_folder());
    assert_ok(rig_findings_write(path, &f, NULL, &err));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++)
        assert_contains(text, PARTS[i]);
    assert_null(strstr(strstr(text, "what: scale"), "frame:"));
}

static void more_findings_than_there_is_room_for_overwrite_the_last(void **state) {
    (void)state;
    rig_findings f = {0};
    rig_err err;
    for (int i = 0; i < RIG_FINDINGS_MAX + 3; i++)
        assert_ok(
            rig_finding_add(&f, i % 2 ? RIG_FAULT_LINKS : RIG_FAULT_FOCUS, NULL, NULL, NULL, i, 0, "s", "a", &err));
    assert_int_equal(f.n, RIG_FINDINGS_MAX);
    assert_near(f.list[f.n - 1].value, RIG_FINDINGS_MAX + 2, 0);
    assert_int_equal(rig_findings_count(&f, RIG_FAULT_LINKS) + rig_findings_count(&f, RIG_FAULT_FOCUS), f.n);
    assert_int_equal(rig_finding_add(&f, RIG_FAULT_LINKS, NULL, NULL, NULL, 0, 0, NULL, "a", &err), RIG_ERR_MEMORY);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_looked_for_and_found_is_written),
        cmocka_unit_test(more_findings_than_there_is_room_for_overwrite_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
