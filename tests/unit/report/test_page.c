// report/page.c: one file of a template, its styles, modules and data.
#include "report/page.h"

#include "io/file.h"
#include "report/json.h"
#include "tests/support/support.h"

#include <string.h>

static rig_err err;

static void file_make(const char *folder, const char *name, const char *text) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

// A folder of pages with one template; libraries: with the libraries, too.
static const char *web_make(rig_arena *arena, bool libraries) {
    const char *web = rig_arena_printf(arena, "%s/web%d", rig_test_folder(), libraries);
    const char *modules = rig_arena_printf(arena, "%s/p", web);
    assert_ok(rig_folder_make(modules, &err));
    file_make(web, "p.html", "<head>\n<!-- styles -->\n</head>\n<!-- data -->\n<!-- modules -->\nend");
    file_make(web, "page.css", "a {}\n");
    file_make(web, "p.css", "b {}\n");
    file_make(modules, "main.js", "main");
    file_make(modules, "part.js", "part");
    if (libraries)
        file_make(web, "libraries.js", "library");
    return web;
}

static char *page_text(rig_arena *arena, bool libraries, bool *plain) {
    const char *web = web_make(arena, libraries), *path = rig_arena_printf(arena, "%s/out.html", web);
    json_t *data = json_pack("{s:s}", "name", "</script><b>");
    char *text;
    size_t length;
    assert_ok(rig_page_write(path, web, "p", data, plain, arena, &err));
    assert_ok(rig_file_read(path, &text, &length, arena, &err));
    json_decref(data);
    return text;
}

static void everything_is_inside(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    bool plain;
    const char *text = page_text(&arena, true, &plain);
    assert_false(plain);
    assert_contains(text, "<style>\na {}\nb {}\n</style>");
    assert_contains(text, "\"libraries.js\": \"data:text/javascript;base64,bGlicmFyeQ==\"");
    assert_contains(text, "\"p/main.js\": \"data:text/javascript;base64,bWFpbg==\"");
    assert_contains(text, "\"p/part.js\": ");
    assert_contains(text, "import \"p/main.js\";");
    assert_contains(text, "\nend\n");
    rig_arena_release(&arena);
}

static void data_cannot_end_its_element(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    bool plain;
    const char *text = page_text(&arena, true, &plain);
    assert_contains(text, "{\"name\":\"\\u003c/script>\\u003cb>\"}");
    rig_arena_release(&arena);
}

static void without_libraries_the_page_is_plain(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    bool plain;
    page_text(&arena, false, &plain);
    assert_true(plain);
    rig_arena_release(&arena);
}

static void a_part_that_is_missing_is_named_and_nothing_is_written(void **state) {
    (void)state;
    rig_arena arena = {NULL};
    bool plain;
    const char *web = web_make(&arena, true), *path = rig_arena_printf(&arena, "%s/other.html", rig_test_folder());
    json_t *data = json_object();
    assert_int_equal(rig_page_write(path, web, "nope", data, &plain, &arena, &err), RIG_ERR_IO);
    assert_contains(err.text, "nope.html");
    assert_false(rig_file_exists(path));
    json_decref(data);
    rig_arena_release(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_inside),
        cmocka_unit_test(data_cannot_end_its_element),
        cmocka_unit_test(without_libraries_the_page_is_plain),
        cmocka_unit_test(a_part_that_is_missing_is_named_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
