// board: a calibration board to print, and the `board` of the rig YAML that describes it.
#include "app/commands.h"
#include "app/paper.h"
#include "app/talk.h"
#include "cv/cv.h"
#include "io/board.h"
#include "io/board_page.h"
#include "io/config_keys.h"
#include "io/export_files.h"
#include "io/file.h"

#include <string.h>

enum { SQUARE_MIN = 5, SQUARE_MAX = 1000, SMALL = 30, STEP_LARGE = 5 }; // mm: squares are round numbers
enum { GAP_TENTHS = 3 };                                                // of a tag, as Kalibr has it
static const double MARKER_SHARE = 0.75;                                // of a square
static const char *const NAMES[] = {"board.pdf", "board.svg", "board.yaml"};

// --- the board -------------------------------------------------------------------------------------------------------

// The first of the sheets with a name that it fits on; NULL: none.
static const char *sheet_find(const rig_board *board) {
    double mm[2], page[2];
    rig_err unused;
    for (int i = 0; rig_paper_name(i); i++)
        if (rig_paper_read(rig_paper_name(i), mm, &unused) == RIG_OK && rig_board_page_fits(board, mm, page))
            return rig_paper_name(i);
    return NULL;
}

static rig_status fail_large(const rig_board *board, const char *paper, const double mm[2], rig_err *err) {
    const char *sheet = sheet_find(board);
    double need[2];
    rig_board_page_need(board, need);
    return rig_fail(err, RIG_ERR_USAGE,
                    "the board with its rulers and margins needs %.6g x %.6g mm, but paper '%s' has %g x %g mm%s%s",
                    need[0], need[1], paper, mm[0], mm[1], sheet ? "; it fits on " : "", sheet ? sheet : "");
}

// One with squares, or tags, of so many mm. None looks the same when turned by half; ChArUco's odd number of rows is
// laid out alike by every version of OpenCV, and 36h11 and the rows from the bottom are what Kalibr has.
static rig_board board_of(rig_board_kind kind, int mm) {
    rig_board board = {.kind = kind, .cols = 9, .rows = 6, .square_m = mm / 1000.0};
    if (kind == RIG_BOARD_CHARUCO) {
        board.marker_m = (int)(MARKER_SHARE * mm) / 1000.0;
        while (strcmp(rig_markers_names(kind)[board.dictionary], "5x5_100") != 0)
            board.dictionary++;
    } else if (kind == RIG_BOARD_APRILGRID) {
        board.cols = 2 * 6, board.rows = 2 * 4;
        board.gap_m = GAP_TENTHS * mm / 10000.0;
        while (strcmp(rig_markers_names(kind)[board.dictionary], "36h11") != 0)
            board.dictionary++;
        board.other_way = true;
    }
    return board;
}

static rig_status board_choose(rig_board_kind kind, const char *paper, const double mm[2], rig_board *board,
                               rig_err *err) {
    double page[2];
    for (int edge = SQUARE_MAX; edge >= SQUARE_MIN; edge -= edge > SMALL ? STEP_LARGE : 1) {
        *board = board_of(kind, edge);
        if (rig_board_page_fits(board, mm, page))
            return RIG_OK;
    }
    return fail_large(board, paper, mm, err);
}

static rig_status kind_read(const char *text, rig_board_kind *kind, rig_err *err) {
    const rig_key *key = rig_key_find("board.kind");
    char known[128] = "";
    size_t n = 0;
    for (int i = 0; rig_key_word_at(key, i); i++) {
        if (strcmp(rig_key_word_at(key, i), text) == 0) {
            *kind = (rig_board_kind)i;
            return RIG_OK;
        }
        n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", rig_key_word_at(key, i));
    }
    return rig_fail(err, RIG_ERR_USAGE, "option '--kind': '%s', expected one of %s", text, known);
}

static rig_status board_find(const rig_arguments *arguments, const char *paper, const double mm[2], rig_board *board,
                             rig_arena *scratch, rig_err *err) {
    const char *word = rig_arguments_option(arguments, "--kind");
    rig_board_kind kind = RIG_BOARD_CHARUCO;
    if (arguments->n > 0 && word)
        return rig_fail(err, RIG_ERR_USAGE, "option '--kind' is for a board without a FILE; '%s' says which kind it is",
                        arguments->operands[0]);
    if (word)
        RIG_TRY(kind_read(word, &kind, err));
    return arguments->n > 0 ? rig_board_read(arguments->operands[0], board, scratch, err)
                            : board_choose(kind, paper, mm, board, err);
}

// --- files -----------------------------------------------------------------------------------------------------------

static rig_status yaml_put(const rig_board *board, FILE *stream, rig_arena *scratch, rig_err *err) {
    char title[RIG_BOARD_TEXT_MAX];
    rig_yaml_writer *w;
    rig_board_title(board, title);
    RIG_TRY(rig_yaml_writer_open(stream, &w, scratch, err));
    rig_yaml_begin_map(w, false);
    rig_yaml_put_comment(w, title);
    rig_yaml_put_comment(w, "For the rig YAML, as it is where the print's rulers measure what they say. Where both are "
                            "off by the same share, so are the lengths here: multiply them.");
    rig_yaml_key(w, "schema");
    rig_yaml_put_string(w, rig_key_word_at(rig_key_find("schema"), 0));
    rig_board_put(w, board);
    rig_yaml_end(w);
    return rig_yaml_writer_close(w, err);
}

static rig_status file_write(rig_export_files *files, int which, const rig_board *board, const rig_drawing *drawing,
                             rig_arena *scratch, rig_err *err) {
    FILE *stream;
    rig_status status = RIG_OK;
    RIG_TRY(rig_export_file_begin(files, NAMES[which], &stream, err));
    if (which == 0)
        rig_drawing_pdf_put(drawing, stream);
    else if (which == 1)
        rig_drawing_svg_put(drawing, stream);
    else
        status = yaml_put(board, stream, scratch, err);
    const rig_status ended = rig_export_file_end(files, NAMES[which], stream, status == RIG_OK ? err : NULL);
    return status == RIG_OK ? ended : status;
}

static rig_status files_write(const char *folder, const rig_board *board, const rig_drawing *drawing,
                              rig_arena *scratch, rig_err *err) {
    rig_export_files files;
    rig_status status = rig_export_files_open(&files, folder, err);
    for (int i = 0; i < 3 && status == RIG_OK; i++)
        status = file_write(&files, i, board, drawing, scratch, err);
    if (status == RIG_OK)
        status = rig_export_files_commit(&files, err);
    rig_export_files_drop(&files);
    return status;
}

// What is smaller than this, no camera resolves but from a hand's breadth; it may be a slip of the unit.
static void size_warn(const rig_board *board) {
    static const double SMALL_M = 0.002;
    const bool marked = board->kind == RIG_BOARD_CHARUCO;
    const double least_m = marked ? board->marker_m : board->square_m;
    if (least_m < SMALL_M)
        rig_warn("board: %s of %g mm are hardly printed, let alone seen: are the lengths in metres?",
                 marked                               ? "markers"
                 : board->kind == RIG_BOARD_APRILGRID ? "tags"
                                                      : "squares",
                 1000 * least_m);
}

static void result_tell(const rig_board *board, const char *folder, const double page[2]) {
    char title[RIG_BOARD_TEXT_MAX];
    rig_board_title(board, title);
    size_warn(board);
    if (!rig_board_has_markers(board) && (board->cols + board->rows) % 2 == 0)
        rig_warn("board: %d x %d inner corners look the same when the board is turned by half, and views may disagree "
                 "which corner is the first; an odd and an even number (9 x 6) do not",
                 board->cols, board->rows);
    rig_say("board: %s", title);
    rig_say("board: %s/board.pdf, page of %g x %g mm (the same in board.svg): print it at 100 %% (actual size), never "
            "fitted to the page, and measure both rulers",
            folder, page[0], page[1]);
    rig_say("board: %s/board.yaml has the `board` of the rig YAML", folder);
}

static rig_status board_make(const rig_arguments *arguments, rig_arena *arena, rig_err *err) {
    const char *paper = rig_arguments_option(arguments, "--paper"), *folder = rig_arguments_option(arguments, "--dir");
    rig_board board;
    rig_markers markers;
    rig_drawing drawing;
    double mm[2], page[2];
    paper = paper ? paper : rig_paper_name(0);
    folder = folder ? folder : "board";
    RIG_TRY(rig_paper_read(paper, mm, err));
    RIG_TRY(board_find(arguments, paper, mm, &board, arena, err));
    if (!rig_board_page_fits(&board, mm, page))
        return fail_large(&board, paper, mm, err);
    const bool marked = rig_board_has_markers(&board);
    if (marked)
        RIG_TRY(rig_cv_markers_load(&board, &markers, arena, err));
    RIG_TRY(rig_board_page_draw(&board, marked ? &markers : NULL, page, &drawing, arena, err));
    RIG_TRY(files_write(folder, &board, &drawing, arena, err));
    result_tell(&board, folder, page);
    return RIG_OK;
}

rig_status rig_command_board(const rig_arguments *arguments, rig_err *err) {
    rig_arena arena = {0};
    const rig_status status = board_make(arguments, &arena, err);
    rig_arena_release(&arena);
    return status;
}
