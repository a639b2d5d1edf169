// doctor: the size and print of the board, and the sizes of pictures.
#include "app/doctor_pictures.h"
#include "calib/corners.h"
#include "cv/cv.h"

#include <string.h>

enum { PICTURES_MOST = 12, FRAMES_MOST = 600, TWICE = 2, TRIALS_MAX = 32, BOARDS_NUMBERED_ON = 3 };
// The least share of the frames searched in which boards must be found; more for boards with markers, as parts of
// another print may look like the given one.
static const double FOUND_LEAST = 0.02, FOUND_LEAST_MARKED = 0.25;

// What is done to a picture before a board is looked for in it.
typedef enum treatment { AS_IT_IS, MIRRORED, NEGATIVE, TREATMENTS } treatment;

// A board that may be the true one, and how often it is found.
typedef struct trial {
    rig_board board;
    treatment treated;
    rig_markers markers; // where it has some
    int n_found;
    rig_found_board found;
} trial;

static rig_status trial_add(const rig_board *board, trial *trials, int *n, rig_arena *arena, rig_err *err) {
    if (*n == TRIALS_MAX || board->cols < 2 || board->rows < 2)
        return RIG_OK;
    trials[*n] = (trial){.board = *board};
    if (rig_board_has_markers(board)) {
        rig_err few;
        rig_status status = rig_cv_markers_load(board, &trials[*n].markers, arena, &few);
        if (status == RIG_ERR_CONFIG) // the dictionary has too few for such a board
            return RIG_OK;
        if (status != RIG_OK)
            return rig_fail(err, status, "%s", few.text);
    }
    RIG_TRY(rig_found_board_init(board, &trials[*n].found, arena, err));
    ++*n;
    return RIG_OK;
}

// Boards whose squares were counted instead of corners, in one or both directions, or with a row or column missed.
static rig_status sizes_init(const rig_board *board, trial *trials, int *n, rig_arena *arena, rig_err *err) {
    static const int BY[][2] = {{-1, -1}, {1, 1}, {-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, 1}, {1, -1}};
    for (size_t i = 0; i < sizeof BY / sizeof *BY; i++) {
        rig_board other = *board;
        other.cols += BY[i][0], other.rows += BY[i][1];
        if (other.cols < 3 || other.rows < 3 || (other.cols == board->rows && other.rows == board->cols))
            continue;
        RIG_TRY(trial_add(&other, trials, n, arena, err));
    }
    return RIG_OK;
}

static bool same_cells(const char *a, const char *b) { // 4x4_50 and 4x4_1000: the one begins as the other
    const size_t n = strcspn(a, "_");
    return n == strcspn(b, "_") && strncmp(a, b, n) == 0;
}

// The board as given, in mirrored pictures and in negatives (white for black); and with markers that are numbered on
// from other boards of its kind, or from 0.
static rig_status treated_init(const rig_board *board, trial *trials, int *n, rig_arena *arena, rig_err *err) {
    for (treatment k = MIRRORED; k < TREATMENTS; k++) {
        const int before = *n;
        RIG_TRY(trial_add(board, trials, n, arena, err));
        if (*n > before)
            trials[before].treated = k;
    }
    for (int k = 0; k <= BOARDS_NUMBERED_ON; k++) {
        rig_board other = *board;
        other.first_id = k * rig_board_markers(board);
        if (other.first_id != board->first_id)
            RIG_TRY(trial_add(&other, trials, n, arena, err));
    }
    return RIG_OK;
}

// A board with markers, as given, then laid out in other ways: columns and rows exchanged, squares counted instead of
// corners, the first marker elsewhere; and as given, but with markers of other dictionaries, of each the largest.
static rig_status prints_init(const rig_board *board, trial *trials, int *n, rig_arena *arena, rig_err *err) {
    const char *const *names = rig_markers_names(board->kind);
    const bool squares = board->kind == RIG_BOARD_CHARUCO;
    for (int k = 0; k < 6; k++) {
        rig_board other = *board;
        if (k / 2 == 1)
            other.cols = board->rows, other.rows = board->cols;
        if (k / 2 == 2)
            other.cols--, other.rows--;
        other.other_way = board->other_way != (k % 2 == 1);
        if (k / 2 < 2 || squares)
            RIG_TRY(trial_add(&other, trials, n, arena, err));
    }
    for (int d = 0; names[d]; d++)
        for (int k = 0; k < 2; k++) {
            rig_board other = *board;
            other.dictionary = d, other.other_way = board->other_way != (k == 1);
            bool largest = !names[d + 1] || !same_cells(names[d], names[d + 1]);
            if (largest && !same_cells(names[d], names[board->dictionary]))
                RIG_TRY(trial_add(&other, trials, n, arena, err));
        }
    return treated_init(board, trials, n, arena, err);
}

static rig_status picture_treat(const rig_image *grey, treatment how, rig_image *made, rig_err *err) {
    RIG_TRY(rig_image_resize(made, grey->width, grey->height, 1, err));
    for (int y = 0; y < grey->height; y++)
        for (int x = 0; x < grey->width; x++) {
            const unsigned char *row = grey->data + y * grey->stride;
            made->data[y * made->stride + x] =
                how == MIRRORED ? row[grey->width - 1 - x] : (unsigned char)(255 - row[x]);
        }
    return RIG_OK;
}

static rig_status picture_search(const rig_image *grey, trial *trials, int n, rig_arena *scratch, rig_err *err) {
    rig_image treated = {0};
    rig_status status = RIG_OK;
    for (int i = 0; i < n && status == RIG_OK; i++) {
        const rig_markers *markers = rig_board_has_markers(&trials[i].board) ? &trials[i].markers : NULL;
        if (trials[i].treated != AS_IT_IS)
            status = picture_treat(grey, trials[i].treated, &treated, err);
        if (status == RIG_OK)
            status = rig_corners_find(trials[i].treated == AS_IT_IS ? grey : &treated, &trials[i].board, markers,
                                      &trials[i].found, scratch, err);
        trials[i].n_found += status == RIG_OK && trials[i].found.n_seen > 0;
        rig_arena_clear(scratch);
    }
    rig_image_release(&treated);
    return status;
}

static rig_status feed_search(rig_reader *reader, int n_views, int n_frames, trial *trials, int n_trials,
                              rig_err *err) {
    const int reach = n_frames > 0 && n_frames < FRAMES_MOST ? n_frames : FRAMES_MOST, step = reach / PICTURES_MOST + 1;
    rig_arena scratch = {0};
    rig_image grey = {0}, picture;
    rig_status status = RIG_OK;
    bool got = true;
    for (int i = 0, frame; status == RIG_OK && got && i < reach; i++) {
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        for (int v = 0; v < n_views && status == RIG_OK && got && i % step == step / 2; v++) {
            status = rig_view_extract(&rig_reader_sources(reader)[v], &picture, true, &grey, err);
            if (status == RIG_OK)
                status = picture_search(&grey, trials, n_trials, &scratch, err);
        }
    }
    rig_image_release(&grey);
    rig_arena_release(&scratch);
    return status;
}

static rig_status recording_search(rig_session *session, int recording, trial *trials, int n_trials, rig_err *err) {
    const rig_config *config = &session->config;
    for (int f = 0; f < config->n_feeds; f++) {
        rig_reader *reader = NULL;
        if (config->recordings[recording].files[f].kind == RIG_FILE_NONE)
            continue;
        RIG_TRY(rig_session_reader_open(session, recording, f, &reader, err));
        rig_status status =
            feed_search(reader, config->feeds[f].n_views, rig_reader_sources(reader)->n_frames, trials, n_trials, err);
        rig_reader_close(reader);
        RIG_TRY(status);
    }
    return RIG_OK;
}

static bool has_pictures(const rig_config *config, int recording) {
    for (int f = 0; f < config->n_feeds; f++)
        if (config->recordings[recording].files[f].kind != RIG_FILE_NONE)
            return true;
    return false;
}

static const char *first_of(const rig_board *board) {
    return board->kind == RIG_BOARD_APRILGRID ? (board->other_way ? "bottom" : "top")
                                              : (board->other_way ? "white" : "black");
}

static rig_status treated_report(rig_session *session, int recording, const trial *best, rig_findings *findings,
                                 rig_err *err) {
    const bool mirrored = best->treated == MIRRORED;
    return rig_finding_add(
        findings, mirrored ? RIG_FAULT_MIRRORED : RIG_FAULT_CORNERS, session->config.recordings[recording].name, NULL,
        NULL, best->n_found, TWICE,
        rig_arena_printf(&session->arena, "the board's markers can be read only in %s: in %d of the sampled pictures",
                         mirrored ? "mirrored pictures" : "inverted pictures, white for black", best->n_found),
        mirrored ? "record without mirroring, or flip the footage (ffmpeg -vf hflip)"
                 : "print the board black on white",
        err);
}

static rig_status print_report(rig_session *session, int recording, long n_found, const trial *best,
                               rig_findings *findings, rig_err *err) {
    const rig_board *board = &session->config.board, *other = &best->board;
    const bool tags = board->kind == RIG_BOARD_APRILGRID;
    const char *const *names = rig_markers_names(board->kind);
    const char *advice = rig_arena_printf(
        &session->arena, "board: {%s: [%d, %d], dictionary: %s, first_id: %d, %s: %s}", tags ? "tags" : "corners",
        tags ? other->cols / 2 : other->cols, tags ? other->rows / 2 : other->rows, names[other->dictionary],
        other->first_id, tags ? "first_row" : "first_square", first_of(other));
    return rig_finding_add(
        findings, RIG_FAULT_CORNERS, session->config.recordings[recording].name, NULL, NULL, best->n_found, TWICE,
        rig_arena_printf(
            &session->arena,
            "the board as configured was found %ld times, one with another print in %d of the sampled pictures",
            n_found, best->n_found),
        advice, err);
}

static rig_status size_report(rig_session *session, int recording, long n_found, const trial *best,
                              rig_findings *findings, rig_err *err) {
    const rig_board *board = &session->config.board, *other = &best->board;
    return rig_finding_add(
        findings, RIG_FAULT_CORNERS, session->config.recordings[recording].name, NULL, NULL, best->n_found, TWICE,
        rig_arena_printf(
            &session->arena,
            "a board of %dx%d inner corners was found %ld times, one of %dx%d in %d of the sampled pictures: %s",
            board->cols, board->rows, n_found, other->cols, other->rows, best->n_found,
            other->cols < board->cols || other->rows < board->rows
                ? "squares, or the border, were counted instead of inner corners"
                : "a row or column of corners was not counted"),
        rig_arena_printf(&session->arena, "board.corners: [%d, %d]", other->cols, other->rows), err);
}

static rig_status size_of_board(rig_session *session, int recording, long n_found, rig_findings *findings,
                                rig_err *err) {
    const rig_board *board = &session->config.board;
    const bool has_markers = rig_board_has_markers(board);
    trial trials[TRIALS_MAX];
    int n = 0, best = 0;
    RIG_TRY((has_markers ? prints_init : sizes_init)(board, trials, &n, &session->arena, err));
    RIG_TRY(recording_search(session, recording, trials, n, err));
    for (int i = 1; i < n; i++)
        best = trials[i].n_found > trials[best].n_found ? i : best;
    const int as_given = has_markers && n ? trials[0].n_found : 0;
    if (n == 0 || trials[best].n_found < TWICE || trials[best].n_found <= TWICE * as_given)
        return RIG_OK;
    if (trials[best].treated != AS_IT_IS)
        return treated_report(session, recording, &trials[best], findings, err);
    return (has_markers ? print_report : size_report)(session, recording, n_found, &trials[best], findings, err);
}

rig_status rig_doctor_board_print(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                  rig_err *err) {
    const rig_config *config = &session->config;
    const double found_least = rig_board_has_markers(&config->board) ? FOUND_LEAST_MARKED : FOUND_LEAST;
    for (int r = 0; r < config->n_recordings; r++)
        for (int c = 0; c < corners->n; c++) {
            const rig_recording_corners *seen = &corners->recordings[c];
            long n = 0, n_searched = 0;
            if (strcmp(seen->recording, config->recordings[r].name) != 0)
                continue;
            for (int v = 0; v < seen->n_views; v++)
                n += seen->views[v].n, n_searched += seen->views[v].n_searched;
            if (n > 0 && (double)n > found_least * (double)n_searched)
                findings->looked[RIG_FAULT_CORNERS] = true;
            else if (has_pictures(config, r)) {
                findings->looked[RIG_FAULT_CORNERS] = true;
                RIG_TRY(size_of_board(session, r, n, findings, err));
            }
        }
    return RIG_OK;
}

static rig_status size_check(rig_session *session, const char *recording, const char *view, int width, int height,
                             const rig_camera *camera, const char *of, rig_findings *findings, rig_err *err) {
    findings->looked[RIG_FAULT_RESOLUTION] = true;
    if (width == camera->width && height == camera->height)
        return RIG_OK;
    const double x = (double)width / camera->width, y = (double)height / camera->height;
    const bool scaled = fabs(x - y) < 0.01 * y;
    return rig_finding_add(
        findings, RIG_FAULT_RESOLUTION, recording, view, NULL, x, 1,
        rig_arena_printf(&session->arena, "its pictures are %dx%d, %s %dx%d", width, height, of, camera->width,
                         camera->height),
        scaled ? "record at the calibrated size; a scaled picture can be used, one cropped by the camera cannot"
               : "record at the calibrated size: the aspect ratios differ",
        err);
}

static const rig_camera *camera_of_corners(const rig_corners_file *corners, const char *recording, const char *view,
                                           rig_camera *camera) {
    for (int r = 0; corners && recording && r < corners->n; r++)
        for (int v = 0; v < corners->recordings[r].n_views; v++) {
            const rig_view_corners *seen = &corners->recordings[r].views[v];
            if (strcmp(corners->recordings[r].recording, recording) == 0 && strcmp(seen->view, view) == 0) {
                *camera = (rig_camera){.width = seen->width, .height = seen->height};
                return camera;
            }
        }
    return NULL;
}

rig_status rig_doctor_resolution(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                 rig_err *err) {
    const rig_config *config = &session->config;
    const char *reference = config->intrinsics_from >= 0 ? config->recordings[config->intrinsics_from].name : NULL;
    rig_calibration known;
    rig_err none;
    const bool calibrated = rig_session_calibration(session, &known, &none) == RIG_OK;
    for (int r = 0; r < config->n_recordings; r++) {
        rig_view_source *sources = NULL;
        const char *name = config->recordings[r].name;
        if (rig_session_feeds(session, r, &sources, &none) != RIG_OK)
            sources = NULL;
        for (int v = 0; v < config->n_views; v++) {
            const char *view = config->views[v].name, *of = "the calibration is for";
            rig_camera seen, first;
            const rig_view_camera *camera = calibrated ? rig_calibration_find(&known, view) : NULL;
            const rig_camera *to = camera ? &camera->camera : NULL;
            if (!to && (to = camera_of_corners(corners, reference, view, &first)))
                of = "those of the intrinsics are";
            const bool has = sources && sources[v].view >= 0 && sources[v].width > 0;
            if (has)
                seen = (rig_camera){.width = sources[v].width, .height = sources[v].height};
            if (to && (has || camera_of_corners(corners, name, view, &seen)))
                RIG_TRY(size_check(session, name, view, seen.width, seen.height, to, of, findings, err));
        }
    }
    return RIG_OK;
}
