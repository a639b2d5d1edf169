// corners: the board in every frame of every recording that shows it. Frames are read in order, a batch at a time, and
// searched on all cores; what is found does not depend on how many there are.
#include "app/corners_kept.h"
#include "app/stages.h"
#include "app/talk.h"
#include "calib/corners.h"
#include "calib/tag_gap.h"
#include "checks/plausible.h"
#include "cv/cv.h"

#include <string.h>

enum { BATCH = 32 }; // pictures searched at once; bounds memory

typedef struct job {
    int slot, frame; // which view of the feed, which frame of the recording
    rig_image grey;
    rig_found_board found;
    bool kept; // by an earlier run
    rig_status status;
    rig_err err;
} job;

typedef struct search {
    rig_session *session;
    rig_corners_kept *kept;
    int recording;
    const rig_view_source *sources;
    const rig_markers *markers; // of the board; NULL: it has none
    rig_view_corners *views;    // of this feed
    job jobs[BATCH];
    int n;
} search;

// Room doubles at 64, 128, 256 ... boards, so the count alone says when it is full.
static rig_status boards_grow(rig_session *session, rig_view_corners *view, rig_err *err) {
    bool full = view->n == 0 || (view->n >= 64 && (view->n & (view->n - 1)) == 0);
    if (!full)
        return RIG_OK;
    int room = view->n ? 2 * view->n : 64;
    rig_board_view *boards = RIG_NEW(&session->arena, rig_board_view, room);
    if (!boards)
        return rig_fail_memory(err, "boards");
    if (view->n)
        memcpy(boards, view->boards, sizeof *boards * (size_t)view->n);
    view->boards = boards;
    return RIG_OK;
}

static rig_status board_keep(rig_session *session, rig_view_corners *view, int frame, const rig_found_board *found,
                             rig_err *err) {
    const int n = rig_board_n(&session->config.board);
    view->n_searched++;
    if (!found->n_seen)
        return RIG_OK;
    rig_board_view board = {.frame = frame, .q = rig_arena_alloc(&session->arena, (size_t)n, sizeof *board.q)};
    board.sigma_px = RIG_NEW(&session->arena, float, n);
    if (found->n_seen < n)
        board.seen = RIG_NEW(&session->arena, bool, n);
    if (!board.q || !board.sigma_px || (found->n_seen < n && !board.seen))
        return rig_fail_memory(err, "corners");
    memcpy(board.q, found->q, sizeof *board.q * (size_t)n);
    if (board.seen)
        memcpy(board.seen, found->seen, sizeof *board.seen * (size_t)n);
    for (int i = 0; i < n; i++)
        board.sigma_px[i] = (float)found->sigma_px[i];
    RIG_TRY(boards_grow(session, view, err));
    view->boards[view->n++] = board;
    return RIG_OK;
}

static rig_status batch_search(search *s, rig_progress *progress, rig_err *err) {
    const rig_board *board = &s->session->config.board;
#pragma omp parallel
    {
        rig_arena scratch = {0};
#pragma omp for schedule(dynamic, 1)
        for (int i = 0; i < s->n; i++) {
            job *j = &s->jobs[i];
            j->status = RIG_OK;
            j->kept = rig_corners_kept_get(s->kept, s->recording, s->sources[j->slot].view, j->frame, &j->found);
            if (!j->kept)
                j->status = rig_corners_find(&j->grey, board, s->markers, &j->found, &scratch, &j->err);
            rig_arena_clear(&scratch);
        }
        rig_arena_release(&scratch);
    }
    for (int i = 0; i < s->n; i++) {
        if (s->jobs[i].status != RIG_OK)
            return rig_fail(err, s->jobs[i].status, "view '%s', frame %d: %s", s->views[s->jobs[i].slot].view,
                            s->jobs[i].frame, s->jobs[i].err.text);
        if (!s->jobs[i].kept)
            RIG_TRY(rig_corners_kept_put(s->kept, s->recording, s->sources[s->jobs[i].slot].view, s->jobs[i].frame,
                                         &s->jobs[i].found, err));
        RIG_TRY(board_keep(s->session, &s->views[s->jobs[i].slot], s->jobs[i].frame, &s->jobs[i].found, err));
    }
    rig_progress_add(progress, s->n);
    s->n = 0;
    return RIG_OK;
}

static rig_status feed_search(search *s, rig_reader *reader, int n_views, rig_progress *progress, rig_err *err) {
    for (;;) {
        rig_image picture;
        bool got;
        int frame;
        RIG_TRY(rig_reader_next(reader, &frame, &picture, &got, err));
        if (!got)
            return batch_search(s, progress, err);
        for (int v = 0; v < n_views; v++) {
            job *j = &s->jobs[s->n++];
            j->slot = v, j->frame = frame;
            RIG_TRY(rig_view_extract(&s->sources[v], &picture, true, &j->grey, err));
            if (s->n == BATCH)
                RIG_TRY(batch_search(s, progress, err));
        }
    }
}

static rig_status jobs_init(search *s, rig_err *err) {
    for (int i = 0; i < BATCH; i++)
        RIG_TRY(rig_found_board_init(&s->session->config.board, &s->jobs[i].found, &s->session->scratch, err));
    return RIG_OK;
}

static rig_status search_feed(rig_session *session, int recording, int feed, const rig_markers *markers,
                              rig_corners_kept *kept, rig_view_corners *views, rig_progress *progress, rig_err *err) {
    const rig_config *config = &session->config;
    rig_reader *reader = NULL;
    RIG_TRY(rig_session_reader_open(session, recording, feed, &reader, err));
    int n_views = config->feeds[feed].n_views;
    search *s = RIG_NEW(&session->scratch, search, 1);
    rig_status status = s ? RIG_OK : rig_fail_memory(err, "the search");
    if (status == RIG_OK) {
        *s = (search){.session = session,
                      .kept = kept,
                      .recording = recording,
                      .sources = rig_reader_sources(reader),
                      .markers = markers,
                      .views = views};
        for (int v = 0; v < n_views; v++) {
            memcpy(views[v].view, config->views[s->sources[v].view].name, sizeof views[v].view);
            views[v].width = s->sources[v].width, views[v].height = s->sources[v].height;
        }
        status = jobs_init(s, err);
    }
    if (status == RIG_OK)
        status = feed_search(s, reader, n_views, progress, err);
    for (int i = 0; s && i < BATCH; i++)
        rig_image_release(&s->jobs[i].grey);
    rig_reader_close(reader);
    rig_arena_clear(&session->scratch);
    return status;
}

static bool feed_has_boards(const rig_config *config, int recording, int feed) {
    return config->recordings[recording].files[feed].kind != RIG_FILE_NONE;
}

static long pictures_count(rig_session *session, int recording, rig_err *err) {
    rig_view_source *sources;
    long n = 0;
    if (rig_session_feeds(session, recording, &sources, err) == RIG_OK)
        for (int v = 0; v < session->config.n_views; v++)
            if (sources[v].view >= 0 && feed_has_boards(&session->config, recording, sources[v].feed))
                n += sources[v].n_frames;
    return n; // for the progress bar only: what cannot be opened fails when it is read
}

// A recording that an earlier run went through to its end: its footage is not opened.
static rig_status recording_restore(rig_session *session, int recording, const rig_corners_kept *kept,
                                    rig_recording_corners *corners, rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    rig_found_board found;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    RIG_TRY(rig_found_board_init(&config->board, &found, &session->scratch, err));
    for (int v = 0; v < config->n_views; v++) {
        if (sources[v].view < 0 || !feed_has_boards(config, recording, sources[v].feed))
            continue;
        rig_view_corners *view = &corners->views[corners->n_views++];
        memcpy(view->view, config->views[v].name, sizeof view->view);
        view->width = sources[v].width, view->height = sources[v].height;
        for (int i = 0, frame; rig_corners_kept_at(kept, recording, v, i, &frame, &found); i++)
            RIG_TRY(board_keep(session, view, frame, &found, err));
    }
    rig_arena_clear(&session->scratch);
    return RIG_OK;
}

static rig_status search_recording(rig_session *session, int recording, const rig_markers *markers,
                                   rig_corners_kept *kept, rig_recording_corners *corners, rig_err *err) {
    const rig_config *config = &session->config;
    memcpy(corners->recording, config->recordings[recording].name, sizeof corners->recording);
    corners->views = RIG_NEW(&session->arena, rig_view_corners, config->n_views);
    if (!corners->views)
        return rig_fail_memory(err, "corners");
    if (rig_corners_kept_has_all(kept, recording))
        return recording_restore(session, recording, kept, corners, err);
    const char *what = rig_arena_printf(&session->arena, "corners, %s", corners->recording);
    if (!what)
        return rig_fail_memory(err, "a name");
    rig_progress progress = rig_progress_begin(what, pictures_count(session, recording, NULL));
    progress.unit = "pictures";
    rig_status status = RIG_OK;
    for (int f = 0; status == RIG_OK && f < config->n_feeds; f++) {
        if (!feed_has_boards(config, recording, f))
            continue;
        status = search_feed(session, recording, f, markers, kept, corners->views + corners->n_views, &progress, err);
        corners->n_views += config->feeds[f].n_views;
    }
    rig_progress_end(&progress);
    return status == RIG_OK ? rig_corners_kept_finish(kept, recording, err) : status;
}

static void corners_say(const rig_corners_file *corners) {
    for (int r = 0; r < corners->n; r++)
        for (int v = 0; v < corners->recordings[r].n_views; v++) {
            const rig_view_corners *view = &corners->recordings[r].views[v];
            if (view->n == 0 && rig_board_has_markers(&corners->board))
                rig_warn("recording '%s', view '%s': no board of %dx%d corners in %d frames (do dictionary, first_id "
                         "and %s match the print? is the picture mirrored? `rigpose doctor` tries alternatives)",
                         corners->recordings[r].recording, view->view, corners->board.cols, corners->board.rows,
                         view->n_searched, corners->board.kind == RIG_BOARD_APRILGRID ? "first_row" : "first_square");
            else if (view->n == 0)
                rig_warn("recording '%s', view '%s': no board of %dx%d inner corners in %d frames (were squares "
                         "counted instead of inner corners?)",
                         corners->recordings[r].recording, view->view, corners->board.cols, corners->board.rows,
                         view->n_searched);
            else
                rig_say("corners: %s, %s: %d of %d frames", corners->recordings[r].recording, view->view, view->n,
                        view->n_searched);
        }
}

// What the corners, or the numbers alone, say against the board as it is described.
static rig_status board_doubt(rig_session *session, const rig_corners_file *corners, rig_err *err) {
    const rig_board *board = &corners->board;
    const char *says = rig_implausible_square(board, &session->scratch);
    if (says)
        rig_warn("%s", says);
    if (board->kind != RIG_BOARD_APRILGRID)
        return RIG_OK;
    for (int r = 0; r < corners->n; r++) {
        double share;
        RIG_TRY(rig_tag_gap_measure(board, corners->recordings[r].views, corners->recordings[r].n_views, &share,
                                    &session->scratch, err));
        says = rig_tag_gap_says(board, share, &session->scratch);
        if (!says)
            return rig_fail_memory(err, "gaps between tags");
        if (rig_tag_gap_differs(board, share))
            rig_warn("recording '%s': %s: gap_m: %.4g", corners->recordings[r].recording, says,
                     share * board->square_m);
    }
    return RIG_OK;
}

static rig_status recordings_search(rig_session *session, const rig_inputs *inputs, const rig_markers *markers,
                                    rig_corners_kept *kept, rig_corners_file *corners, rig_err *err) {
    const rig_config *config = &session->config;
    const char *path;
    corners->recordings = RIG_NEW(&session->arena, rig_recording_corners, config->n_recordings);
    if (!corners->recordings)
        return rig_fail_memory(err, "corners");
    if (rig_corners_kept_n(kept) > 0)
        rig_say("corners: resuming an interrupted run: %ld pictures already searched", rig_corners_kept_n(kept));
    for (int r = 0; r < config->n_recordings; r++)
        if (rig_recording_has_boards(config, r))
            RIG_TRY(search_recording(session, r, markers, kept, &corners->recordings[corners->n++], err));
    RIG_TRY(rig_session_path(session, "20_corners.yaml", &path, err));
    return rig_corners_write(path, corners, inputs, err);
}

rig_status rig_stage_corners(rig_session *session, const rig_inputs *inputs, const rig_stage_options *options,
                             rig_err *err) {
    (void)options;
    rig_corners_file corners = {.board = session->config.board};
    const bool has_markers = rig_board_has_markers(&session->config.board);
    rig_markers markers = {0};
    rig_corners_kept *kept = NULL;
    if (has_markers)
        RIG_TRY(rig_cv_markers_load(&session->config.board, &markers, &session->arena, err));
    rig_status status = rig_corners_kept_open(session, inputs, &kept, err);
    if (status == RIG_OK)
        status = recordings_search(session, inputs, has_markers ? &markers : NULL, kept, &corners, err);
    rig_corners_kept_close(kept, status == RIG_OK);
    RIG_TRY(status);
    corners_say(&corners);
    return board_doubt(session, &corners, err);
}
