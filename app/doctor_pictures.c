// doctor: sizes of boards and of pictures.
#include "app/doctor.h"
#include "calib/corners.h"

#include <string.h>

enum { LOOKED_AT = 12, FRAMES_MOST = 600, TWICE = 2, SIZES = 9 };
static const double FOUND_LEAST = 0.02; // of the frames searched: fewer boards are none

// --- the board's size

typedef struct try {
    rig_board board;
    int n_found;
    rig_found_board found;
}
try;

// Squares counted instead of corners, in one or both directions, and corners missed.
static rig_status tries_init(const rig_board *board, try *tries, int *n, rig_arena *arena, rig_err *err) {
    static const int BY[SIZES - 1][2] = {{-1, -1}, {1, 1}, {-1, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, 1}, {1, -1}};
    *n = 0;
    for (int i = 0; i < SIZES - 1; i++) {
        rig_board other = *board;
        other.cols += BY[i][0], other.rows += BY[i][1];
        if (other.cols < 3 || other.rows < 3 || (other.cols == board->rows && other.rows == board->cols))
            continue;
        tries[*n] = (try){.board = other};
        RIG_TRY(rig_found_board_init(&other, &tries[*n].found, arena, err));
        ++*n;
    }
    return RIG_OK;
}

static rig_status look(const rig_image *grey, try *tries, int n, rig_arena *scratch, rig_err *err) {
    for (int i = 0; i < n; i++) {
        RIG_TRY(rig_corners_find(grey, &tries[i].board, NULL, &tries[i].found, scratch, err));
        tries[i].n_found += tries[i].found.n_seen > 0;
        rig_arena_clear(scratch);
    }
    return RIG_OK;
}

static rig_status look_at_feed(rig_reader *reader, int n_views, int n_frames, try *tries, int n_tries, rig_err *err) {
    const int reach = n_frames > 0 && n_frames < FRAMES_MOST ? n_frames : FRAMES_MOST, step = reach / LOOKED_AT + 1;
    rig_arena scratch = {0};
    rig_image grey = {0}, picture;
    rig_status status = RIG_OK;
    bool got = true;
    for (int i = 0, frame; status == RIG_OK && got && i < reach; i++) {
        status = rig_reader_next(reader, &frame, &picture, &got, err);
        for (int v = 0; v < n_views && status == RIG_OK && got && i % step == step / 2; v++) {
            status = rig_view_extract(&rig_reader_sources(reader)[v], &picture, true, &grey, err);
            if (status == RIG_OK)
                status = look(&grey, tries, n_tries, &scratch, err);
        }
    }
    rig_image_release(&grey);
    rig_arena_release(&scratch);
    return status;
}

static rig_status look_at_recording(rig_session *session, int recording, try *tries, int n_tries, rig_err *err) {
    const rig_config *config = &session->config;
    for (int f = 0; f < config->n_feeds; f++) {
        rig_reader *reader = NULL;
        if (config->recordings[recording].files[f].kind == RIG_FILE_NONE)
            continue;
        RIG_TRY(rig_reader_open(config, recording, f, &reader, err));
        rig_status status =
            look_at_feed(reader, config->feeds[f].n_views, rig_reader_sources(reader)->n_frames, tries, n_tries, err);
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

static rig_status size_of_board(rig_session *session, int recording, long n_found, rig_findings *findings,
                                rig_err *err) {
    const rig_board *board = &session->config.board;
    const char *name = session->config.recordings[recording].name;
    try tries[SIZES];
    int n, best = 0;
    RIG_TRY(tries_init(board, tries, &n, &session->arena, err));
    RIG_TRY(look_at_recording(session, recording, tries, n, err));
    for (int i = 1; i < n; i++)
        best = tries[i].n_found > tries[best].n_found ? i : best;
    if (n == 0 || tries[best].n_found < TWICE)
        return RIG_OK;
    const rig_board *other = &tries[best].board;
    return rig_finding_add(
        findings, RIG_ILL_CORNERS, name, NULL, NULL, tries[best].n_found, TWICE,
        rig_arena_printf(&session->arena,
                         "boards of %dx%d inner corners were found %ld times, one of %dx%d in %d of a few pictures: %s",
                         board->cols, board->rows, n_found, other->cols, other->rows, tries[best].n_found,
                         other->cols < board->cols || other->rows < board->rows
                             ? "squares, or the border, were counted instead of inner corners"
                             : "a row or column of corners was not counted"),
        rig_arena_printf(&session->arena, "board.corners: [%d, %d]", other->cols, other->rows), err);
}

rig_status rig_doctor_sizes_of_board(rig_session *session, const rig_corners_file *corners, rig_findings *findings,
                                     rig_err *err) {
    const rig_config *config = &session->config;
    if (rig_board_has_markers(&config->board))
        return RIG_OK;
    for (int r = 0; r < config->n_recordings; r++)
        for (int c = 0; c < corners->n; c++) {
            const rig_recording_corners *seen = &corners->recordings[c];
            long n = 0, n_searched = 0;
            if (strcmp(seen->recording, config->recordings[r].name) != 0)
                continue;
            for (int v = 0; v < seen->n_views; v++)
                n += seen->views[v].n, n_searched += seen->views[v].n_searched;
            if (n > 0 && (double)n > FOUND_LEAST * (double)n_searched)
                findings->looked[RIG_ILL_CORNERS] = true;
            else if (has_pictures(config, r)) {
                findings->looked[RIG_ILL_CORNERS] = true;
                RIG_TRY(size_of_board(session, r, n, findings, err));
            }
        }
    return RIG_OK;
}

// --- the pictures' size

static rig_status tell_size(rig_session *session, const char *recording, const char *view, int width, int height,
                            const rig_camera *camera, const char *of, rig_findings *findings, rig_err *err) {
    findings->looked[RIG_ILL_RESOLUTION] = true;
    if (width == camera->width && height == camera->height)
        return RIG_OK;
    const double x = (double)width / camera->width, y = (double)height / camera->height;
    const bool scaled = fabs(x - y) < 0.01 * y;
    return rig_finding_add(
        findings, RIG_ILL_RESOLUTION, recording, view, NULL, x, 1,
        rig_arena_printf(&session->arena, "its pictures are %dx%d, %s %dx%d", width, height, of, camera->width,
                         camera->height),
        scaled
            ? "record with the size that was calibrated; the same picture scaled can be used, one that the camera cut "
              "cannot"
            : "record with the size that was calibrated: this is not the same picture scaled",
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
        if (rig_session_sources(session, r, &sources, &none) != RIG_OK)
            sources = NULL;
        for (int v = 0; v < config->n_views; v++) {
            const char *view = config->views[v].name, *of = "the calibration is of";
            rig_camera seen, first;
            const rig_view_camera *camera = calibrated ? rig_calibration_find(&known, view) : NULL;
            const rig_camera *to = camera ? &camera->camera : NULL;
            if (!to && (to = camera_of_corners(corners, reference, view, &first)))
                of = "those that intrinsics come from";
            const bool has = sources && sources[v].view >= 0 && sources[v].width > 0;
            if (has)
                seen = (rig_camera){.width = sources[v].width, .height = sources[v].height};
            if (to && (has || camera_of_corners(corners, name, view, &seen)))
                RIG_TRY(tell_size(session, name, view, seen.width, seen.height, to, of, findings, err));
        }
    }
    return RIG_OK;
}
