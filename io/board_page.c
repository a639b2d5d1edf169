#include "io/board_page.h"

#include <math.h>
#include <string.h>

// Millimetres. Printers leave up to 5 at a sheet's edges white.
static const double EDGE = 5, LINE = 0.15, FITS = 1e-6;
static const double RULER_WIDE = 8, RULER_MIN = 10, RULER_GOOD = 100, RULER_MAX = 200, ROUND_LARGE = 50,
                    ROUND_SMALL = 10;
static const double DIGITS = 2, DIGITS_ASIDE = 0.5, TICK = 1.4, TICK_5 = 2.2, TICK_10 = 3.2;
static const double TEXT = 2.2, PITCH = 2.8, TEXT_WIDE = 130, TEXT_MIN = 45, TEXT_ASIDE = 9;
static const double WIDER = 1.15; // than Helvetica: a font that a viewer of SVG may put in its place
static const double MARK = 6, MARK_HIGH = 15, HEAD = 1.6; // the arrows; with the room above the ruler's end
static const double WHITE_MIN = 0.2, WHITE_MAX = 0.5;     // about the pattern, of a square or tag
enum { SENTENCES = 3, LINES_MAX = 40 };

// --- what goes where -------------------------------------------------------------------------------------------------

typedef struct text_line {
    const char *text;
    int n;
} text_line;

typedef struct layout {
    rig_board_box extent; // metres
    double board[2];      // the pattern
    double white[2];      // about it, at least and at most
    double ruler[2];
    double high, right, bottom, text; // of the pattern and the ruler beside it; from the pattern's left; under it
    char sentences[SENTENCES][2 * RIG_BOARD_TEXT_MAX];
    text_line lines[LINES_MAX];
    int n_lines;
} layout;

static void sentences_make(const rig_board *board, layout *at) {
    char title[RIG_BOARD_TEXT_MAX], readers[RIG_BOARD_TEXT_MAX];
    const size_t size = sizeof *at->sentences;
    rig_board_title(board, title);
    rig_board_readers(board, readers);
    snprintf(at->sentences[0], size, "%s.", title);
    snprintf(
        at->sentences[1], size,
        "Print at 100 %% (actual size), never fitted to the page; then measure both rulers, and the pattern: %.6g x "
        "%.6g mm from edge to edge.",
        at->board[0], at->board[1]);
    snprintf(at->sentences[2], size, "Origin: the %s at the top left, by the arrows; x to the right, y down.%s%s",
             board->kind == RIG_BOARD_APRILGRID ? "outer corner of the tag" : "inner corner", *readers ? " " : "",
             readers);
}

// Each sentence begins a line and goes on in the next where the words do not fit.
static void lines_break(layout *at) {
    at->n_lines = 0;
    for (int i = 0; i < SENTENCES; i++)
        for (const char *text = at->sentences[i]; *text && at->n_lines < LINES_MAX; text += strspn(text, " ")) {
            int n = (int)strcspn(text, " ");
            for (int next = n; text[n]; n = next) {
                next += 1 + (int)strcspn(text + next + 1, " ");
                if (WIDER * TEXT * rig_helvetica_width(text, next) > at->text)
                    break;
            }
            at->lines[at->n_lines++] = (text_line){text, n};
            text += n;
        }
}

static double ruler_length(double room) {
    const double step = room >= 2 * ROUND_LARGE ? ROUND_LARGE : ROUND_SMALL;
    return fmin(fmax(floor(room / step + FITS) * step, RULER_MIN), RULER_MAX);
}

static void layout_make(const rig_board *board, layout *at) {
    at->extent = rig_board_extent(board);
    at->board[0] = 1000 * at->extent.width, at->board[1] = 1000 * at->extent.height;
    at->white[0] = 1000 * WHITE_MIN * board->square_m, at->white[1] = 1000 * WHITE_MAX * board->square_m;
    const double across = at->board[0] + at->white[0] - TEXT_ASIDE;
    at->ruler[0] = ruler_length(fmax(across - TEXT_WIDE, fmin(RULER_GOOD, across - TEXT_MIN)));
    at->ruler[1] = ruler_length(at->board[1] - MARK_HIGH);
    at->text = fmax(across - at->ruler[0], TEXT_MIN);
    sentences_make(board, at);
    lines_break(at);
    at->right = fmax(at->board[0] + at->white[0], at->ruler[0] + TEXT_ASIDE + at->text);
    at->high = fmax(at->board[1], at->ruler[1] + MARK_HIGH);
    at->bottom = fmax(RULER_WIDE, at->n_lines * PITCH);
}

static void layout_need(const layout *at, double need[2]) {
    need[0] = 2 * EDGE + RULER_WIDE + at->white[0] + at->right;
    need[1] = 2 * EDGE + 2 * at->white[0] + at->high + at->bottom;
}

void rig_board_page_need(const rig_board *board, double need_mm[2]) {
    layout at;
    layout_make(board, &at);
    layout_need(&at, need_mm);
}

bool rig_board_page_fits(const rig_board *board, const double paper_mm[2], double page_mm[2]) {
    const double low = fmin(paper_mm[0], paper_mm[1]), high = fmax(paper_mm[0], paper_mm[1]);
    double need[2];
    rig_board_page_need(board, need);
    for (int turn = 0; turn < 2; turn++) { // as the board lies, first
        const bool wide = (need[0] >= need[1]) != turn;
        page_mm[0] = wide ? high : low, page_mm[1] = wide ? low : high;
        if (need[0] <= page_mm[0] + FITS && need[1] <= page_mm[1] + FITS)
            return true;
    }
    return false;
}

// --- drawing ---------------------------------------------------------------------------------------------------------

// A drawing whose lists are NULL is counted only.
static void shape_add(rig_drawing *to, double ax, double ay, double bx, double by, double cx, double cy, double dx,
                      double dy) {
    if (to->shapes)
        to->shapes[to->n_shapes] = (rig_shape){{{ax, ay}, {bx, by}, {cx, cy}, {dx, dy}}};
    to->n_shapes++;
}

static void box_add(rig_drawing *to, double x, double y, double width, double height) {
    shape_add(to, x, y, x + width, y, x + width, y + height, x, y + height);
}

static void label_add(rig_drawing *to, double x, double y, double size, rig_align align, const char *text) {
    if (to->labels)
        to->labels[to->n_labels] = (rig_label){{x, y}, size, align, text};
    to->n_labels++;
}

static double tick_length(int mm) {
    return mm % 10 == 0 ? TICK_10 : mm % 5 == 0 ? TICK_5 : TICK;
}

static const char *number_text(int number) {
    static const char *const tens[] = {"0",   "10",  "20",  "30",  "40",  "50",  "60",  "70",  "80",  "90", "100",
                                       "110", "120", "130", "140", "150", "160", "170", "180", "190", "200"};
    return tens[number / 10];
}

// From (x, y) to the right, its ticks below.
static void ruler_add_across(rig_drawing *to, double x, double y, double length) {
    box_add(to, x - LINE / 2, y - LINE / 2, length + LINE, LINE);
    for (int mm = 0; mm <= length; mm++) {
        box_add(to, x + mm - LINE / 2, y, LINE, tick_length(mm));
        if (mm % 10 == 0)
            label_add(to, x + mm, y + TICK_10 + DIGITS_ASIDE + DIGITS * 0.72, DIGITS, RIG_ALIGN_MIDDLE,
                      number_text(mm));
    }
    label_add(to, x + length + DIGITS * 1.2, y + TICK_10 + DIGITS_ASIDE + DIGITS * 0.72, DIGITS, RIG_ALIGN_LEFT, "mm");
}

// From (x, y) upwards, its ticks on the left.
static void ruler_add_up(rig_drawing *to, double x, double y, double length) {
    box_add(to, x - LINE / 2, y - length - LINE / 2, LINE, length + LINE);
    for (int mm = 0; mm <= length; mm++) {
        box_add(to, x - tick_length(mm), y - mm - LINE / 2, tick_length(mm), LINE);
        if (mm % 10 == 0)
            label_add(to, x - TICK_10 - DIGITS_ASIDE, y - mm + DIGITS * 0.36, DIGITS, RIG_ALIGN_RIGHT, number_text(mm));
    }
    label_add(to, x - TICK_10 - DIGITS_ASIDE, y - length - DIGITS * 0.8, DIGITS, RIG_ALIGN_RIGHT, "mm");
}

// The board's axes, from (x, y).
static void mark_add(rig_drawing *to, double x, double y) {
    const double wide = 3 * LINE, tip = MARK - HEAD;
    box_add(to, x - wide / 2, y - wide / 2, tip + wide / 2, wide);
    box_add(to, x - wide / 2, y + wide / 2, wide, tip - wide / 2);
    shape_add(to, x + tip, y - HEAD / 2, x + MARK, y, x + tip, y + HEAD / 2, x + tip, y + HEAD / 2);
    shape_add(to, x - HEAD / 2, y + tip, x + HEAD / 2, y + tip, x, y + MARK, x, y + MARK);
    label_add(to, x + MARK, y - HEAD / 2 - 0.3, TEXT, RIG_ALIGN_RIGHT, "x");
    label_add(to, x + HEAD / 2 + 0.4, y + MARK, TEXT, RIG_ALIGN_LEFT, "y");
}

static rig_status text_add(rig_drawing *to, const layout *at, double x, double y, rig_arena *out, rig_err *err) {
    for (int i = 0; i < at->n_lines; i++) {
        const char *line = to->labels ? rig_arena_strndup(out, at->lines[i].text, (size_t)at->lines[i].n) : "";
        if (!line)
            return rig_fail_memory(err, "a board's text");
        label_add(to, x, y + TEXT * 0.75 + i * PITCH, TEXT, RIG_ALIGN_LEFT, line);
    }
    return RIG_OK;
}

// The pattern's left and top on the page: all of it in the middle, with more white about the pattern where there is
// room.
static void pattern_place(const layout *at, const double page[2], double place[2], double *white) {
    double need[2];
    layout_need(at, need);
    const double spare[2] = {fmax(page[0] - need[0], 0), fmax(page[1] - need[1], 0)};
    *white = fmin(at->white[1], at->white[0] + fmin(spare[0], spare[1]) / 2);
    const double more = *white - at->white[0];
    place[0] = EDGE + RULER_WIDE + *white + spare[0] / 2 - more;
    place[1] = EDGE + *white + at->high - at->board[1] + spare[1] / 2 - more;
}

static rig_status all_add(rig_drawing *to, const layout *at, const rig_board_box *boxes, int n_boxes, rig_arena *out,
                          rig_err *err) {
    double place[2], white;
    to->n_shapes = to->n_labels = 0;
    pattern_place(at, to->size, place, &white);
    for (int i = 0; i < n_boxes; i++)
        box_add(to, place[0] + 1000 * (boxes[i].x - at->extent.x), place[1] + 1000 * (boxes[i].y - at->extent.y),
                1000 * boxes[i].width, 1000 * boxes[i].height);
    const double low = place[1] + at->board[1];
    ruler_add_up(to, place[0] - white, low, at->ruler[1]);
    ruler_add_across(to, place[0], low + white, at->ruler[0]);
    mark_add(to, place[0] - white - RULER_WIDE + HEAD / 2, low - at->high + TEXT);
    return text_add(to, at, place[0] + at->ruler[0] + TEXT_ASIDE, low + white, out, err);
}

rig_status rig_board_page_draw(const rig_board *board, const rig_markers *markers, const double page_mm[2],
                               rig_drawing *drawing, rig_arena *out, rig_err *err) {
    char title[RIG_BOARD_TEXT_MAX];
    layout at;
    layout_make(board, &at);
    rig_board_title(board, title);
    const int n_boxes = rig_board_pattern(board, markers, NULL);
    rig_board_box *boxes = RIG_NEW(out, rig_board_box, n_boxes);
    *drawing = (rig_drawing){.size = {page_mm[0], page_mm[1]}, .title = rig_arena_strdup(out, title)};
    if (!boxes || !drawing->title)
        return rig_fail_memory(err, "a board's pattern");
    rig_board_pattern(board, markers, boxes);
    RIG_TRY(all_add(drawing, &at, boxes, n_boxes, out, err));
    drawing->shapes = RIG_NEW(out, rig_shape, drawing->n_shapes);
    drawing->labels = RIG_NEW(out, rig_label, drawing->n_labels);
    if (!drawing->shapes || !drawing->labels)
        return rig_fail_memory(err, "a board's drawing");
    return all_add(drawing, &at, boxes, n_boxes, out, err);
}
