// A page of black shapes and text, true to scale, as vector files: PDF for printers, SVG for plotters and drawing
// programs. Both are written from one list, so that they are the same drawing.
#ifndef RIG_IO_DRAWING_H
#define RIG_IO_DRAWING_H

#include <stdio.h>

typedef enum rig_align { RIG_ALIGN_LEFT, RIG_ALIGN_MIDDLE, RIG_ALIGN_RIGHT } rig_align;

// Four corners, clockwise as one looks at the page; a triangle has its last one twice.
typedef struct rig_shape {
    double p[4][2];
} rig_shape;

typedef struct rig_label {
    double p[2]; // where its base line begins, has its middle or ends
    double size; // of the font
    rig_align align;
    const char *text; // printable ASCII
} rig_label;

// Everything is in millimetres from the page's top left, x to the right, y down.
typedef struct rig_drawing {
    double size[2]; // of the page
    const char *title;
    int n_shapes, n_labels;
    rig_shape *shapes;
    rig_label *labels;
} rig_drawing;

// How long a text is in Helvetica, from where it begins to where another would follow, for a font of size 1. `n` bytes.
double rig_helvetica_width(const char *text, int n);

// PDF 1.4, uncompressed, its font one of those that every reader has. Readers are asked not to scale it when printing.
// Coordinates are exact to 0.1 um. A write that fails is the stream's error.
void rig_drawing_pdf_put(const rig_drawing *drawing, FILE *stream);
// SVG 1.1 with a unit of 1 mm, on white. Likewise.
void rig_drawing_svg_put(const rig_drawing *drawing, FILE *stream);

// A coordinate or size as both formats take it: millimetres, without an exponent, rounded to 0.1 um.
const char *rig_millimetres_text(double mm, char text[32]);

#endif
