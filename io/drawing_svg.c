#include "io/drawing.h"

static void text_put(const char *text, FILE *stream) {
    for (; *text; text++)
        if (*text == '&' || *text == '<' || *text == '>')
            fputs(*text == '&' ? "&amp;" : *text == '<' ? "&lt;" : "&gt;", stream);
        else
            fputc(*text, stream);
}

static void shapes_put(const rig_drawing *drawing, FILE *stream) {
    char x[32], y[32];
    fputs("<path d=\"", stream);
    for (int i = 0; i < drawing->n_shapes; i++) {
        for (int k = 0; k < 4; k++)
            fprintf(stream, "%c%s %s", k ? 'L' : 'M', rig_millimetres_text(drawing->shapes[i].p[k][0], x),
                    rig_millimetres_text(drawing->shapes[i].p[k][1], y));
        fputs("Z\n", stream);
    }
    fputs("\"/>\n", stream); // all as one path: no seams where they touch
}

void rig_drawing_svg_put(const rig_drawing *drawing, FILE *stream) {
    static const char *const anchors[] = {"start", "middle", "end"};
    char x[32], y[32], size[32];
    const char *width = rig_millimetres_text(drawing->size[0], x), *height = rig_millimetres_text(drawing->size[1], y);
    fprintf(stream,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%smm\" height=\"%smm\" "
            "viewBox=\"0 0 %s %s\">\n<title>",
            width, height, width, height);
    text_put(drawing->title, stream);
    fprintf(stream, "</title>\n<rect width=\"%s\" height=\"%s\" fill=\"#fff\"/>\n", width, height);
    shapes_put(drawing, stream);
    fputs("<g font-family=\"Helvetica, Arial, 'Liberation Sans', sans-serif\">\n", stream);
    for (int i = 0; i < drawing->n_labels; i++) {
        const rig_label *label = &drawing->labels[i];
        fprintf(stream, "<text x=\"%s\" y=\"%s\"", rig_millimetres_text(label->p[0], x),
                rig_millimetres_text(label->p[1], y));
        fprintf(stream, " font-size=\"%s\" text-anchor=\"%s\">", rig_millimetres_text(label->size, size),
                anchors[label->align]);
        text_put(label->text, stream);
        fputs("</text>\n", stream);
    }
    fputs("</g>\n</svg>\n", stream);
}
