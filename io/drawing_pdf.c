#include "io/drawing.h"

#include <math.h>
#include <stdarg.h>

enum { CATALOG = 1, PAGES, PAGE, CONTENTS, LENGTH, FONT, INFO, OBJECTS_END };

// The file and how many bytes it has: its table of objects says where each begins.
typedef struct pdf {
    FILE *stream;
    long long at, objects[OBJECTS_END];
} pdf;

static void put(pdf *to, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(pdf *to, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const int n = vfprintf(to->stream, format, args);
    va_end(args);
    to->at += n > 0 ? n : 0;
}

static void object_begin(pdf *to, int object) {
    to->objects[object] = to->at;
    put(to, "%d 0 obj\n", object);
}

static void string_put(pdf *to, const char *text) {
    put(to, "(");
    for (; *text; text++)
        put(to, *text == '(' || *text == ')' || *text == '\\' ? "\\%c" : "%c", *text);
    put(to, ")");
}

static double points(double mm) {
    return mm * 72 / 25.4;
}

static void shapes_put(pdf *to, const rig_drawing *drawing) {
    char x[32], y[32];
    for (int i = 0; i < drawing->n_shapes; i++) {
        for (int k = 0; k < 4; k++)
            put(to, "%s %s %c ", rig_millimetres_text(drawing->shapes[i].p[k][0], x),
                rig_millimetres_text(drawing->shapes[i].p[k][1], y), k ? 'l' : 'm');
        put(to, "h\n");
    }
    put(to, "f\n"); // all as one path: no seams where they touch
}

static void labels_put(pdf *to, const rig_drawing *drawing) {
    char x[32], y[32], size[32];
    put(to, "BT\n");
    for (int i = 0; i < drawing->n_labels; i++) {
        const rig_label *label = &drawing->labels[i];
        const double width = label->size * rig_helvetica_width(label->text, -1);
        const double before = label->align == RIG_ALIGN_LEFT ? 0 : label->align == RIG_ALIGN_MIDDLE ? width / 2 : width;
        put(to, "/F1 %s Tf 1 0 0 -1 %s %s Tm ", rig_millimetres_text(label->size, size),
            rig_millimetres_text(label->p[0] - before, x), rig_millimetres_text(label->p[1], y));
        string_put(to, label->text);
        put(to, " Tj\n");
    }
    put(to, "ET\n");
}

// One unit is a millimetre from here on, and y points down.
static void contents_put(pdf *to, const rig_drawing *drawing) {
    object_begin(to, CONTENTS);
    put(to, "<< /Length %d 0 R >>\nstream\n", LENGTH);
    const long long from = to->at;
    put(to, "%.9f 0 0 %.9f 0 %.6f cm\n", points(1), -points(1), points(drawing->size[1]));
    shapes_put(to, drawing);
    labels_put(to, drawing);
    const long long length = to->at - from;
    put(to, "endstream\nendobj\n");
    object_begin(to, LENGTH);
    put(to, "%lld\nendobj\n", length);
}

void rig_drawing_pdf_put(const rig_drawing *drawing, FILE *stream) {
    pdf to = {.stream = stream};
    put(&to, "%%PDF-1.4\n");
    object_begin(&to, CATALOG);
    put(&to, "<< /Type /Catalog /Pages %d 0 R /ViewerPreferences << /PrintScaling /None >> >>\nendobj\n", PAGES);
    object_begin(&to, PAGES);
    put(&to, "<< /Type /Pages /Kids [%d 0 R] /Count 1 >>\nendobj\n", PAGE);
    object_begin(&to, PAGE);
    put(&to, "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %.4f %.4f] /Contents %d 0 R", PAGES,
        points(drawing->size[0]), points(drawing->size[1]), CONTENTS);
    put(&to, " /Resources << /Font << /F1 %d 0 R >> >> >>\nendobj\n", FONT);
    contents_put(&to, drawing);
    object_begin(&to, FONT);
    put(&to, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>\nendobj\n");
    object_begin(&to, INFO);
    put(&to, "<< /Title ");
    string_put(&to, drawing->title);
    put(&to, " /Producer (rigpose " RIG_VERSION ") >>\nendobj\n");
    const long long table = to.at;
    put(&to, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS_END);
    for (int object = CATALOG; object < OBJECTS_END; object++)
        put(&to, "%010lld 00000 n \n", to.objects[object]);
    put(&to, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%lld\n%%%%EOF\n", OBJECTS_END, CATALOG,
        INFO, table);
}
