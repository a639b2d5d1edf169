// The files are taken apart again: a PDF's objects lie where its table says, and both say the same places.
#include "io/drawing.h"

#include "tests/unit/io/files.h"

static const char TITLE[] = "A <board> & (its) \\ page";
static rig_shape shapes[] = {{{{10, 20}, {35.00004, 20}, {35, 45}, {10, 45}}}, {{{1, 1}, {2, 1}, {1, 2}, {1, 2}}}};
static rig_label labels[] = {{{50, 60}, 2.4, RIG_ALIGN_LEFT, "left"},
                             {{50, 70}, 2, RIG_ALIGN_MIDDLE, "m (x) <y>"},
                             {{50, 80}, 2, RIG_ALIGN_RIGHT, "mm"}};
static const rig_drawing drawing = {
    .size = {210, 297}, .title = TITLE, .n_shapes = 2, .n_labels = 3, .shapes = shapes, .labels = labels};

static const char *written(const char *name, void (*put)(const rig_drawing *, FILE *), size_t *length,
                           rig_arena *arena) {
    const char *path = file_path(name);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    put(&drawing, stream);
    assert_int_equal(fclose(stream), 0);
    return file_text(path, length, arena);
}

static void a_pdf_tells_where_its_objects_are(void **state) {
    (void)state;
    rig_arena arena = {0};
    size_t length;
    const char *text = written("page.pdf", rig_drawing_pdf_put, &length, &arena);
    assert_memory_equal(text, "%PDF-1.4\n", 9);
    assert_string_equal(text + length - 6, "%%EOF\n");
    const char *at = strstr(text, "startxref\n");
    assert_non_null(at);
    const char *table = text + strtol(at + 10, NULL, 10);
    assert_memory_equal(table, "xref\n0 8\n0000000000 65535 f \n", 29);
    for (int object = 1; object < 8; object++) {
        char begins[32];
        const char *row = table + 9 + 20 * object;
        assert_memory_equal(row + 10, " 00000 n \n", 10);
        snprintf(begins, sizeof begins, "%d 0 obj\n", object);
        assert_memory_equal(text + strtol(row, NULL, 10), begins, strlen(begins));
    }
    const char *from = strstr(text, "stream\n"), *to = strstr(text, "endstream");
    assert_non_null(from);
    assert_non_null(to);
    assert_int_equal(strtol(strstr(to, "5 0 obj\n") + 8, NULL, 10), to - from - 7);
    rig_arena_release(&arena);
}

static void a_pdf_says_sizes_and_places(void **state) {
    (void)state;
    rig_arena arena = {0};
    size_t length;
    const char *text = written("page.pdf", rig_drawing_pdf_put, &length, &arena);
    assert_contains(text, "/MediaBox [0 0 595.2756 841.8898]");
    assert_contains(text, "/PrintScaling /None");
    assert_contains(text, "2.834645669 0 0 -2.834645669 0 841.889764 cm\n");
    assert_contains(text, "10 20 m 35 20 l 35 45 l 10 45 l h\n1 1 m 2 1 l 1 2 l 1 2 l h\nf\n");
    assert_contains(text, "/F1 2.4 Tf 1 0 0 -1 50 60 Tm (left) Tj\n");
    assert_contains(text, "Tm (m \\(x\\) <y>) Tj\n");
    assert_contains(text, "1 0 0 -1 46.668 80 Tm (mm) Tj\n"); // two m of 0.833 a millimetre of size
    assert_contains(text, "/Title (A <board> & \\(its\\) \\\\ page)");
    rig_arena_release(&arena);
}

static void an_svg_says_the_same(void **state) {
    (void)state;
    rig_arena arena = {0};
    size_t length;
    const char *text = written("page.svg", rig_drawing_svg_put, &length, &arena);
    assert_contains(text, "width=\"210mm\" height=\"297mm\" viewBox=\"0 0 210 297\"");
    assert_contains(text, "M10 20L35 20L35 45L10 45Z\nM1 1L2 1L1 2L1 2Z\n\"/>");
    assert_contains(text, "<title>A &lt;board&gt; &amp; (its) \\ page</title>");
    assert_contains(text, "<text x=\"50\" y=\"60\" font-size=\"2.4\" text-anchor=\"start\">left</text>");
    assert_contains(text, "text-anchor=\"middle\">m (x) &lt;y&gt;</text>");
    assert_contains(text, "text-anchor=\"end\">mm</text>");
    rig_arena_release(&arena);
}

static void numbers_have_no_exponent(void **state) {
    (void)state;
    const struct {
        double mm;
        const char *text;
    } numbers[] = {{0, "0"},
                   {-0.00004, "0"},
                   {0.0001, "0.0001"},
                   {0.00006, "0.0001"},
                   {-0.1, "-0.1"},
                   {123.45678, "123.4568"},
                   {4999.99999, "5000"},
                   {4321.1234, "4321.1234"},
                   {0.1 + 0.2, "0.3"},
                   {25, "25"}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char text[32];
        assert_string_equal(rig_millimetres_text(numbers[i].mm, text), numbers[i].text);
    }
}

static void texts_are_as_wide_as_helvetica(void **state) {
    (void)state;
    const double eps = 1e-12;
    assert_near(rig_helvetica_width("", -1), 0, 0);
    assert_near(rig_helvetica_width("Aiw 0~", -1), 0.667 + 0.222 + 0.722 + 0.278 + 0.556 + 0.584, eps);
    assert_near(rig_helvetica_width("mmm", 2), 2 * 0.833, eps);
    assert_near(rig_helvetica_width("\xc3\t", -1), 2 * 0.833, eps); // what is not known counts as wide
}

static void a_full_disk_is_the_streams_error(void **state) {
    (void)state;
    void (*const puts[])(const rig_drawing *, FILE *) = {rig_drawing_pdf_put, rig_drawing_svg_put};
    for (int i = 0; i < 2; i++) {
        FILE *stream = fopen("/dev/full", "w");
        assert_non_null(stream);
        setvbuf(stream, NULL, _IONBF, 0);
        puts[i](&drawing, stream);
        assert_true(ferror(stream));
        fclose(stream);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pdf_tells_where_its_objects_are),
        cmocka_unit_test(a_pdf_says_sizes_and_places),
        cmocka_unit_test(an_svg_says_the_same),
        cmocka_unit_test(numbers_have_no_exponent),
        cmocka_unit_test(texts_are_as_wide_as_helvetica),
        cmocka_unit_test(a_full_disk_is_the_streams_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
