// What both writers of drawings share.
#include "io/drawing.h"

#include <math.h>

// Helvetica's widths, thousandths of its size, from the space on.
static const short WIDTHS[] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584,
};

double rig_helvetica_width(const char *text, int n) {
    const int known = sizeof WIDTHS / sizeof *WIDTHS;
    double width = 0;
    for (int i = 0; text[i] && i != n; i++) {
        const int at = text[i] - ' ';
        width += at >= 0 && at < known ? WIDTHS[at] : WIDTHS['m' - ' '];
    }
    return width / 1000;
}

const char *rig_millimetres_text(double mm, char text[32]) {
    const double rounded = round(mm * 1e4) / 1e4;
    snprintf(text, 32, "%.9g", rounded == 0 ? 0 : rounded);
    return text;
}
