#include "app/corners_search.h"

#include "app/flow.h"
#include "app/view_corners.h"
#include "calib/changes.h"
#include "calib/corners.h"
#include "io/frames.h"

#include <math.h>
#include <omp.h>
#include <string.h>

// Seconds between frames in which a board is not followed but searched at all scales, where the picture has changed;
// and between those in which it is searched everywhere. Frames in between lean on them, so that they are processed in
// groups, on as many threads.
static const double GROUP_S = 0.2, WHOLE_S = 1;
static const double PICTURES_MAX_BYTES = 1e9;          // of all slots together
static const double PYRAMID = 1.34;                    // bytes of a picture's pyramid, a pixel of it
static const double PART_MOST = 0.6;                   // of the picture: where more has changed, all of it is searched
static const double BOX_MARGIN = 0.15, BOX_LEAST = 16; // about a board's corners: of their reach, and pixels
enum { SLOTS_AHEAD = 3, WORKERS_MAX = 64 };

// How a frame is searched; by pictures and frame numbers alone.
typedef struct plan {
    rig_rect part; // where the picture has changed since the last whole search; w = 0: nowhere
    bool quick;    // on one level
    bool follow;   // first try from what `leans` found
    bool whole;    // the search that others' parts refer to
    long leans;    // round; -1: on none
} plan;

typedef struct result {
    rig_found_board found;
    rig_search_way way;
    bool kept;          // by an earlier run
    rig_rect whole_box; // where the last whole search found a board, and about it; w = 0: nowhere
    int rested_s;       // for so many whole searches the picture has not changed
} result;

typedef struct view_slot {
    rig_image grey;  // a window into the decoder's picture, or as own
    rig_image own;   // where the view is turned, or the decoder keeps no pictures
    rig_arena arena; // of the pyramid
    rig_pyramid pyramid;
    plan plan;
    int frame;
} view_slot;

typedef struct view {
    rig_view_corners *corners;
    rig_image then; // level of the last picture that was searched whole
    view_slot *slots;
    result *results; // outlive their slots, for those that lean on them
} view;

typedef struct feed {
    rig_reader *reader;
    const rig_view_source *sources;
    int every, every_whole; // rounds
    bool keeps;             // the pictures of as many frames as there are slots
    view *views;
} feed;

typedef struct search {
    rig_session *session;
    bool joined; // some feeds were searched by slices: what is kept is not all of the recording
    rig_corners_kept *kept;
    int recording;
    const rig_markers *markers;
    feed *feeds;
    rig_flow_feed *in_flow; // as feeds
    rig_flow flow;
    int n_results;
    rig_arena scratch[WORKERS_MAX];
} search;

static view_slot *slot_of(const search *s, const view *v, long round) {
    return &v->slots[round % s->flow.n_slots];
}

static result *result_of(const search *s, const view *v, long round) {
    return &v->results[round % s->n_results];
}

// --- decoding --------------------------------------------------------------------------------------------------------

static bool is_most_of(rig_rect part, const rig_image *grey) {
    return (double)part.w * part.h > PART_MOST * grey->width * grey->height;
}

static rig_status plan_make(const feed *f, view *v, view_slot *s, long round, rig_err *err) {
    const rig_image *level = rig_changes_level(&s->pyramid);
    const rig_rect all = {0, 0, s->grey.width, s->grey.height};
    plan *p = &s->plan;
    *p = (plan){.part = v->then.data ? rig_changes_find(&s->pyramid, &v->then) : all, .leans = -1};
    if (is_most_of(p->part, &s->grey))
        p->part = all;
    const bool still = p->part.w == 0 && f->every_whole > 1; // pictures a second apart may be of different moments
    if (round % f->every_whole == 0) {
        p->whole = true;
        p->leans = still ? round - f->every_whole : -1;
        p->follow = still;
        p->part = still ? p->part : all;
        return still ? RIG_OK : rig_image_rotate(level, 0, &v->then, err);
    }
    const bool leads = round % f->every == 0; // a group
    p->leans = leads ? round - round % f->every_whole : round - 1;
    p->follow = true;
    p->quick = !leads;
    return RIG_OK;
}

static rig_status view_decode(const search *s, const feed *f, int at_view, const rig_image *picture, long round,
                              int frame, rig_err *err) {
    view *v = &f->views[at_view];
    view_slot *slot = slot_of(s, v, round);
    slot->frame = frame;
    if (f->keeps && f->sources[at_view].turns == 0) {
        slot->grey = rig_image_window(picture, f->sources[at_view].rect);
    } else {
        RIG_TRY(rig_view_extract(&f->sources[at_view], picture, true, &slot->own, err));
        slot->grey = slot->own;
    }
    rig_arena_clear(&slot->arena);
    RIG_TRY(rig_pyramid_init(&slot->grey, &slot->pyramid, &slot->arena, err));
    return plan_make(f, v, slot, round, err);
}

static rig_status decode(void *self, int at_feed, long round, bool *got, rig_err *err) {
    const search *s = self;
    const feed *f = &s->feeds[at_feed];
    rig_image picture;
    bool there;
    int frame;
    RIG_TRY(rig_reader_next(f->reader, &frame, &picture, &there, err));
    for (int v = 0; there && v < s->in_flow[at_feed].n_views; v++)
        RIG_TRY(view_decode(s, f, v, &picture, round, frame, err));
    *got = there;
    return RIG_OK;
}

// --- looking ---------------------------------------------------------------------------------------------------------

static long needs(void *self, int at_feed, int at_view, long round) {
    const search *s = self;
    return slot_of(s, &s->feeds[at_feed].views[at_view], round)->plan.leans;
}

static rig_rect rect_union(rig_rect a, rig_rect b) {
    if (a.w == 0 || b.w == 0)
        return a.w == 0 ? b : a;
    const int x = a.x < b.x ? a.x : b.x, y = a.y < b.y ? a.y : b.y;
    const int x1 = a.x + a.w > b.x + b.w ? a.x + a.w : b.x + b.w, y1 = a.y + a.h > b.y + b.h ? a.y + a.h : b.y + b.h;
    return (rig_rect){x, y, x1 - x, y1 - y};
}

// What shows a board that was found, and as much as its corners may have moved unseen; w = 0: none was.
static rig_rect board_box(const rig_board *board, const rig_found_board *found, const rig_image *grey) {
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    if (found->n_seen == 0)
        return (rig_rect){0};
    for (int i = 0; i < rig_board_n(board); i++)
        for (int k = 0; found->seen[i] && k < 2; k++)
            low[k] = fmin(low[k], found->q[i][k]), high[k] = fmax(high[k], found->q[i][k]);
    const double margin[2] = {BOX_MARGIN * (high[0] - low[0]) + BOX_LEAST, BOX_MARGIN * (high[1] - low[1]) + BOX_LEAST};
    const int x = (int)fmax(0, low[0] - margin[0]), y = (int)fmax(0, low[1] - margin[1]);
    return (rig_rect){x, y, (int)fmin(grey->width, high[0] + margin[0]) - x,
                      (int)fmin(grey->height, high[1] + margin[1]) - y};
}

static rig_status board_search(const search *s, const view_slot *slot, const result *before, result *r,
                               rig_arena *scratch, rig_err *err) {
    const rig_board *board = &s->session->config.board;
    const plan *p = &slot->plan;
    if (p->part.w == 0 && before && before->found.n_seen > 0 && before->rested_s > 0) {
        r->way = RIG_WAY_RESTED;
        rig_found_board_copy(board, &before->found, &r->found);
        return RIG_OK;
    }
    if (p->follow && before && before->found.n_seen > 0 && !s->markers) {
        r->way = RIG_WAY_FOLLOWED;
        RIG_TRY(
            rig_corners_follow(&slot->pyramid, (const double(*)[2])before->found.q, board, &r->found, scratch, err));
        if (r->found.n_seen > 0)
            return RIG_OK;
    }
    rig_rect part = p->part;
    if (part.w == 0 && before && before->whole_box.w == 0) {
        r->way = RIG_WAY_STILL;
        rig_found_board_clear(board, &r->found);
        return RIG_OK;
    }
    if (before) // what had hidden it, or blurred it, may have gone again
        part = rect_union(part, before->whole_box);
    const bool in_part = !s->markers && (part.w < slot->grey.width || part.h < slot->grey.height);
    r->way = in_part ? RIG_WAY_PART : RIG_WAY_SEARCHED;
    return rig_corners_find_in(&slot->pyramid, part, p->quick, board, s->markers, &r->found, scratch, err);
}

static rig_status look(void *self, int worker, int at_feed, int at_view, long round, rig_err *err) {
    search *s = self;
    const view *v = &s->feeds[at_feed].views[at_view];
    const view_slot *slot = slot_of(s, v, round);
    const result *before = slot->plan.leans < 0 ? NULL : result_of(s, v, slot->plan.leans);
    result *r = result_of(s, v, round);
    int way = RIG_WAY_SEARCHED;
    r->kept = rig_corners_kept_get(s->kept, s->recording, s->feeds[at_feed].sources[at_view].view, slot->frame,
                                   &r->found, &way);
    r->way = (rig_search_way)way;
    const rig_status status = r->kept ? RIG_OK : board_search(s, slot, before, r, &s->scratch[worker], err);
    rig_arena_clear(&s->scratch[worker]);
    r->rested_s = before && slot->plan.part.w == 0 ? before->rested_s + slot->plan.whole : 0;
    if (slot->plan.whole || !before)
        r->whole_box = board_box(&s->session->config.board, &r->found, &slot->grey);
    else
        r->whole_box = before->whole_box;
    return status == RIG_OK ? status : rig_fail_in(err, status, "view '%s', frame %d: ", v->corners->view, slot->frame);
}

// --- handing on ------------------------------------------------------------------------------------------------------

static rig_status take(void *self, int at_feed, int at_view, long round, rig_err *err) {
    const search *s = self;
    const feed *f = &s->feeds[at_feed];
    const view *v = &f->views[at_view];
    const result *r = result_of(s, v, round);
    const int frame = slot_of(s, v, round)->frame;
    if (!r->kept)
        RIG_TRY(
            rig_corners_kept_put(s->kept, s->recording, f->sources[at_view].view, frame, &r->found, (int)r->way, err));
    return rig_view_corners_add(&s->session->arena, rig_board_n(&s->session->config.board), frame, &r->found, r->way,
                                v->corners, err);
}

// --- begin and end ---------------------------------------------------------------------------------------------------

// Pictures of a sequence may be of different moments altogether: each of them is searched.
static void rhythm_set(const rig_recording_config *recording, int at, feed *f) {
    const double fps = f->sources[0].fps / recording->step;
    const bool is_video = recording->files[at].kind == RIG_FILE_VIDEO && fps > 0;
    const double group = is_video ? round(GROUP_S * fps) : 1,
                 whole = is_video ? round(WHOLE_S * fps / fmax(group, 1)) : 1;
    f->every = (int)fmax(group, 1);
    f->every_whole = f->every * (int)fmax(whole, 1);
}

static void view_name(rig_view_corners *c, const rig_config *config, const rig_view_source *source) {
    memcpy(c->view, config->views[source->view].name, sizeof c->view);
    c->width = source->width, c->height = source->height;
}

static rig_status feeds_open(search *s, int recording, rig_corner_slices *slices, rig_recording_corners *corners,
                             rig_err *err) {
    const rig_config *config = &s->session->config;
    s->feeds = RIG_NEW(&s->session->scratch, feed, config->n_feeds);
    s->flow.feeds = s->in_flow = RIG_NEW(&s->session->scratch, rig_flow_feed, config->n_feeds);
    if (!s->feeds || !s->in_flow)
        return rig_fail_memory(err, "feeds");
    for (int i = 0; i < config->n_feeds; i++) {
        if (!rig_feed_has_boards(config, recording, i) || !rig_corner_slices_next(slices))
            continue;
        if (rig_corner_slices_take(slices, config, recording, i, corners)) {
            s->joined = true;
            continue;
        }
        feed *f = &s->feeds[s->flow.n_feeds];
        const int n_views = config->feeds[i].n_views;
        s->in_flow[s->flow.n_feeds++] = (rig_flow_feed){.first_view = config->feeds[i].first_view, .n_views = n_views};
        RIG_TRY(rig_session_reader_open_grey(s->session, recording, i, &f->reader, err));
        f->sources = rig_reader_sources(f->reader);
        rhythm_set(&config->recordings[recording], i, f);
        f->views = RIG_NEW(&s->session->scratch, view, n_views);
        if (!f->views)
            return rig_fail_memory(err, "views");
        for (int v = 0; v < n_views; v++) {
            f->views[v].corners = &corners->views[corners->n_views++];
            view_name(f->views[v].corners, config, &f->sources[v]);
        }
    }
    return RIG_OK;
}

static rig_status view_make(const search *s, view *v, rig_err *err) {
    rig_arena *arena = &s->session->scratch;
    v->slots = RIG_NEW(arena, view_slot, s->flow.n_slots);
    v->results = RIG_NEW(arena, result, s->n_results);
    if (!v->slots || !v->results)
        return rig_fail_memory(err, "frames in work");
    for (int r = 0; r < s->n_results; r++)
        RIG_TRY(rig_found_board_init(&s->session->config.board, &v->results[r].found, arena, err));
    return RIG_OK;
}

// Twice as many groups as threads are in work, so that no thread waits for another's group, where memory has the room.
static rig_status slots_make(search *s, rig_err *err) {
    double bytes = 0;
    int n_views = 0, every = 1, every_whole = 1;
    for (int i = 0; i < s->flow.n_feeds; i++) {
        const feed *f = &s->feeds[i];
        every = f->every > every ? f->every : every;
        every_whole = f->every_whole > every_whole ? f->every_whole : every_whole;
        n_views += s->in_flow[i].n_views;
        for (int v = 0; v < s->in_flow[i].n_views; v++)
            bytes += PYRAMID * f->sources[v].width * f->sources[v].height;
    }
    const double groups = ceil(2.0 * s->flow.n_workers / n_views), wanted = (groups - 1) * every + SLOTS_AHEAD;
    s->flow.n_slots = (int)fmax(1, fmin(wanted, PICTURES_MAX_BYTES / fmax(bytes, 1)));
    s->n_results = s->flow.n_slots + every_whole + 1;
    for (int i = 0; i < s->flow.n_feeds; i++) {
        RIG_TRY(rig_reader_keep(s->feeds[i].reader, s->flow.n_slots, &s->feeds[i].keeps, err));
        for (int v = 0; v < s->in_flow[i].n_views; v++)
            RIG_TRY(view_make(s, &s->feeds[i].views[v], err));
    }
    return RIG_OK;
}

static void search_close(search *s) {
    for (int i = 0; i < s->flow.n_feeds; i++) {
        const feed *f = &s->feeds[i];
        for (int v = 0; f->views && v < s->in_flow[i].n_views; v++) {
            rig_image_release(&f->views[v].then);
            for (int k = 0; f->views[v].slots && k < s->flow.n_slots; k++) {
                rig_image_release(&f->views[v].slots[k].own);
                rig_arena_release(&f->views[v].slots[k].arena);
            }
        }
        rig_reader_close(f->reader);
    }
    for (int w = 0; w < WORKERS_MAX; w++)
        rig_arena_release(&s->scratch[w]);
    rig_arena_clear(&s->session->scratch);
}

static long pictures_count(rig_session *session, int recording) {
    rig_view_source *sources;
    rig_err none;
    long n = 0;
    if (rig_session_feeds(session, recording, &sources, &none) == RIG_OK)
        for (int v = 0; v < session->config.n_views; v++)
            if (sources[v].view >= 0 && rig_feed_has_boards(&session->config, recording, sources[v].feed))
                n += sources[v].n_frames;
    return n; // for the progress bar only: what cannot be opened fails when it is read
}

// A recording that an earlier run went through to its end: its footage is not opened.
static rig_status recording_restore(rig_session *session, int recording, rig_corner_slices *slices,
                                    const rig_corners_kept *kept, rig_recording_corners *corners, rig_err *err) {
    const rig_config *config = &session->config;
    rig_view_source *sources;
    rig_found_board found;
    RIG_TRY(rig_session_feeds(session, recording, &sources, err));
    RIG_TRY(rig_found_board_init(&config->board, &found, &session->scratch, err));
    for (int f = 0; f < config->n_feeds; f++) {
        if (!rig_feed_has_boards(config, recording, f) || !rig_corner_slices_next(slices) ||
            rig_corner_slices_take(slices, config, recording, f, corners))
            continue;
        for (int k = 0; k < config->feeds[f].n_views; k++) {
            const int v = config->feeds[f].first_view + k;
            rig_view_corners *c = &corners->views[corners->n_views++];
            view_name(c, config, &sources[v]);
            for (int i = 0, frame, way; rig_corners_kept_at(kept, recording, v, i, &frame, &found, &way); i++)
                RIG_TRY(rig_view_corners_add(&session->arena, rig_board_n(&config->board), frame, &found,
                                             (rig_search_way)way, c, err));
        }
    }
    rig_arena_clear(&session->scratch);
    return RIG_OK;
}

rig_status rig_corners_search(rig_session *session, int recording, const rig_markers *markers,
                              rig_corner_slices *slices, rig_corners_kept *kept, rig_recording_corners *corners,
                              rig_err *err) {
    const rig_config *config = &session->config;
    rig_flow_use use;
    memcpy(corners->recording, config->recordings[recording].name, sizeof corners->recording);
    corners->views = RIG_NEW(&session->arena, rig_view_corners, config->n_views);
    const char *what = rig_arena_printf(&session->arena, "corners, %s", corners->recording);
    search *s = RIG_NEW(&session->scratch, search, 1);
    if (!corners->views || !what || !s)
        return rig_fail_memory(err, "corners");
    if (rig_corners_kept_has_all(kept, recording))
        return recording_restore(session, recording, slices, kept, corners, err);
    *s = (search){.session = session, .kept = kept, .recording = recording, .markers = markers};
    s->flow = (rig_flow){.self = s, .decode = decode, .needs = needs, .look = look, .take = take};
    s->flow.n_workers = omp_get_max_threads() < WORKERS_MAX ? omp_get_max_threads() : WORKERS_MAX;
    rig_status status = feeds_open(s, recording, slices, corners, err);
    if (status == RIG_OK && s->flow.n_feeds > 0)
        status = slots_make(s, err);
    if (status == RIG_OK && s->flow.n_feeds > 0) {
        rig_progress progress = rig_progress_begin(what, pictures_count(session, recording));
        progress.unit = "pictures";
        status = rig_flow_run(&s->flow, &progress, &use, &session->scratch, err);
        rig_progress_end(&progress);
        rig_flow_use_say(&use, what);
    }
    const bool joined = s->joined;
    search_close(s);
    return status == RIG_OK && !joined ? rig_corners_kept_finish(kept, recording, err) : status;
}
