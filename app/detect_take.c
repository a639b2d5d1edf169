// Each feed has a few slots that hold decoded pictures (app/flow.h). A look finds the people of one view in a decoded
// frame, after that of the frame before where both are of one group.
#include "app/detect_take.h"

#include "app/flow.h"
#include "app/keypoint_slices.h"
#include "pose/detect.h"

#include <limits.h>
#include <math.h>
#include <omp.h>

static const double PICTURES_MAX_BYTES = 1.5e9; // of all slots together
enum { SLOTS_AHEAD = 3 };                       // frames of the newest group that a feed holds

// A frame of the last few. A frame outlives its slot by one, whose people are looked for near its own.
typedef struct feed_frame {
    const struct feed_frame *before; // NULL: the feed's first
    int number;
    rig_frame2d *found; // one a view
    rig_arena *arenas;  // a view: of what was found
} feed_frame;

typedef struct slot {
    rig_image picture;
    feed_frame *frame;
} slot;

typedef struct feed {
    int every; // frames of a group
    rig_reader *reader;
    const rig_view_source *sources;
    feed_frame *frames; // n_slots + 1
    slot *slots;
} feed;

typedef struct worker {
    rig_detector *detector;
    rig_image picture;
    rig_arena scratch;
    long not_finite;
} worker;

typedef struct detection {
    const rig_config *config;
    const long *kept, *until; // a view: frames that are there from before; the first that is not asked for
    rig_detected *take;       // where frames are handed on
    void *taker;
    rig_flow flow;
    rig_flow_feed *in_flow; // as feeds
    feed *feeds;
    worker workers[RIG_DETECT_THREADS_MAX];
    rig_progress progress;
} detection;

// --- one frame -----------------------------------------------------------------------------------

static feed_frame *frame_of(const detection *d, const feed *f, long round) {
    return &f->frames[round % (d->flow.n_slots + 1)];
}

static slot *slot_of(const detection *d, const feed *f, long round) {
    return &f->slots[round % d->flow.n_slots];
}

static void frame_begin(const detection *d, int at_feed, long round, int number) {
    const feed *f = &d->feeds[at_feed];
    const rig_flow_feed *in_flow = &d->in_flow[at_feed];
    feed_frame *made = slot_of(d, f, round)->frame = frame_of(d, f, round);
    for (int v = 0; v < in_flow->n_views; v++) {
        rig_arena_clear(&made->arenas[v]);
        made->found[v] = (rig_frame2d){0};
    }
    made->before = round > in_flow->first ? frame_of(d, f, round - 1) : NULL;
    made->number = number;
}

static rig_status decode(void *self, int at_feed, long round, bool *got, rig_err *err) {
    const detection *d = self;
    const feed *f = &d->feeds[at_feed];
    rig_image picture;
    int number;
    *got = false;
    if (round >= d->until[d->in_flow[at_feed].first_view])
        return RIG_OK;
    RIG_TRY(rig_reader_next(f->reader, &number, &picture, got, err));
    if (!*got)
        return RIG_OK;
    *got = false;
    RIG_TRY(
        rig_image_rotate(&picture, 0, &slot_of(d, f, round)->picture, err)); // the reader needs its own for the next
    frame_begin(d, at_feed, round, number);
    *got = true;
    return RIG_OK;
}

static long needs(void *self, int at_feed, int view, long round) {
    const detection *d = self;
    (void)view;
    return round % d->feeds[at_feed].every == 0 ? -1 : round - 1;
}

static rig_status view_look(worker *w, const feed *f, int v, const slot *s, bool whole, rig_err *err) {
    const feed_frame *frame = s->frame;
    rig_arena *out = &frame->arenas[v];
    rig_frame2d *found = &frame->found[v];
    rig_image view = rig_image_window(&s->picture, f->sources[v].rect);
    if (f->sources[v].turns != 0) {
        RIG_TRY(rig_image_rotate(&view, f->sources[v].turns, &w->picture, err));
        view = w->picture;
    }
    RIG_TRY(
        rig_detector_run(w->detector, &view, whole ? NULL : &frame->before->found[v], found, out, &w->scratch, err));
    found->frame = frame->number;
    w->not_finite += rig_detector_not_finite(w->detector);
    rig_arena_clear(&w->scratch);
    return RIG_OK;
}

static rig_status look(void *self, int at_worker, int at_feed, int view, long round, rig_err *err) {
    detection *d = self;
    const feed *f = &d->feeds[at_feed];
    const slot *s = slot_of(d, f, round);
    rig_status status = view_look(&d->workers[at_worker], f, view, s, round % f->every == 0, err);
    return status == RIG_OK
               ? status
               : rig_fail_in(err, status,
                             "view '%s', frame %d: ", d->config->views[d->in_flow[at_feed].first_view + view].name,
                             s->frame->number);
}

static rig_status take_frame(void *self, int at_feed, int view, long round, rig_err *err) {
    const detection *d = self;
    const int v = d->in_flow[at_feed].first_view + view;
    return round < d->kept[v] ? RIG_OK
                              : d->take(d->taker, v, &frame_of(d, &d->feeds[at_feed], round)->found[view], err);
}

// --- begin and end -------------------------------------------------------------------------------

// A group's first frame is looked at without the one before: there a feed may begin.
static void feed_skip(const detection *d, const feed *f, rig_flow_feed *in_flow) {
    long least = LONG_MAX;
    for (int v = 0; v < in_flow->n_views; v++)
        least = d->kept[in_flow->first_view + v] < least ? d->kept[in_flow->first_view + v] : least;
    in_flow->first = least / f->every * f->every;
    rig_reader_skip(f->reader, in_flow->first);
}

static bool is_done(const detection *d, const rig_feed_config *config) {
    bool done = true;
    for (int v = 0; v < config->n_views; v++)
        done = done && d->kept[config->first_view + v] == LONG_MAX;
    return done;
}

static rig_status feeds_open(rig_session *session, const rig_model *model, detection *d, rig_err *err) {
    const rig_config *config = &session->config;
    d->feeds = RIG_NEW(&session->scratch, feed, config->n_feeds);
    d->flow.feeds = d->in_flow = RIG_NEW(&session->scratch, rig_flow_feed, config->n_feeds);
    if (!d->feeds || !d->in_flow)
        return rig_fail_memory(err, "feeds");
    for (int i = 0; i < config->n_feeds; i++) {
        if (!config->recordings[config->take].has[i] || is_done(d, &config->feeds[i]))
            continue;
        feed *f = &d->feeds[d->flow.n_feeds];
        rig_flow_feed *in_flow = &d->in_flow[d->flow.n_feeds];
        in_flow->first_view = config->feeds[i].first_view;
        in_flow->n_views = config->feeds[i].n_views;
        RIG_TRY(rig_session_reader_open(session, config->take, i, &f->reader, err));
        f->sources = rig_reader_sources(f->reader);
        f->every = rig_keypoint_group(config, model, &f->sources[0]);
        d->flow.n_feeds++;
        feed_skip(d, f, in_flow);
    }
    return RIG_OK;
}

static rig_status workers_open(detection *d, const rig_model *model, rig_err *err) {
    const rig_recording_config *take = &d->config->recordings[d->config->take];
    long n_pictures = 0, n = omp_get_max_threads();
    for (int f = 0; f < d->flow.n_feeds; f++) {
        const rig_view_source *s = d->feeds[f].sources;
        const rig_feed_file *file = &take->files[d->config->views[s->view].feed];
        const long wanted = rig_footage_wanted(take, file, s->n_frames), until = d->until[d->in_flow[f].first_view];
        n_pictures += d->in_flow[f].n_views * ((wanted < until ? wanted : until) - d->in_flow[f].first);
    }
    n_pictures = n_pictures > 0 ? n_pictures : 0; // containers may say fewer than there are
    d->progress = rig_progress_begin("keypoints", n_pictures);
    d->progress.unit = "pictures";
    n = n > RIG_DETECT_THREADS_MAX ? RIG_DETECT_THREADS_MAX : n;
    n = n > n_pictures && n_pictures > 0 ? n_pictures : n; // 0: not known
    while (d->flow.n_workers < n) {
        worker *w = &d->workers[d->flow.n_workers];
        RIG_TRY(rig_detector_open(model, &w->detector, err));
        d->flow.n_workers++;
    }
    return RIG_OK;
}

// Twice as many groups as threads are in work, so that no thread waits for another's group, where memory has the room.
static rig_status slots_make(rig_session *session, detection *d, rig_err *err) {
    double bytes = 0;
    int n_views = 0, every = 1;
    for (int f = 0; f < d->flow.n_feeds; f++) {
        int width, height;
        every = d->feeds[f].every > every ? d->feeds[f].every : every;
        rig_reader_size(d->feeds[f].reader, &width, &height);
        bytes += 3.0 * width * height;
        n_views += d->in_flow[f].n_views;
    }
    const double groups = ceil(2.0 * d->flow.n_workers / n_views), wanted = (groups - 1) * every + SLOTS_AHEAD;
    d->flow.n_slots = (int)fmax(1, fmin(wanted, PICTURES_MAX_BYTES / bytes));
    for (int i = 0; i < d->flow.n_feeds; i++) {
        feed *f = &d->feeds[i];
        f->slots = RIG_NEW(&session->scratch, slot, d->flow.n_slots);
        f->frames = RIG_NEW(&session->scratch, feed_frame, d->flow.n_slots + 1);
        if (!f->slots || !f->frames)
            return rig_fail_memory(err, "slots");
        for (int k = 0; k <= d->flow.n_slots; k++) {
            f->frames[k].found = RIG_NEW(&session->scratch, rig_frame2d, d->in_flow[i].n_views);
            f->frames[k].arenas = RIG_NEW(&session->scratch, rig_arena, d->in_flow[i].n_views);
            if (!f->frames[k].found || !f->frames[k].arenas)
                return rig_fail_memory(err, "frames");
        }
    }
    return RIG_OK;
}

static void detection_close(detection *d, const rig_model *model) {
    long not_finite = 0;
    for (int i = 0; i < RIG_DETECT_THREADS_MAX; i++) {
        not_finite += d->workers[i].not_finite;
        rig_detector_close(d->workers[i].detector);
        rig_image_release(&d->workers[i].picture);
        rig_arena_release(&d->workers[i].scratch);
    }
    for (int f = 0; f < d->flow.n_feeds; f++) {
        for (int s = 0; d->feeds[f].slots && s < d->flow.n_slots; s++)
            rig_image_release(&d->feeds[f].slots[s].picture);
        for (int k = 0; d->feeds[f].frames && k <= d->flow.n_slots; k++)
            for (int v = 0; d->feeds[f].frames[k].arenas && v < d->in_flow[f].n_views; v++)
                rig_arena_release(&d->feeds[f].frames[k].arenas[v]);
        rig_reader_close(d->feeds[f].reader);
    }
    if (not_finite)
        rig_warn("%s: %ld output values were not finite and were treated as no heat", model->file, not_finite);
}

rig_status rig_take_detect(rig_session *session, const rig_model *model, const long *kept, const long *until,
                           rig_detected *take, void *taker, rig_err *err) {
    detection *d = RIG_NEW(&session->scratch, detection, 1);
    if (!d)
        return rig_fail_memory(err, "a detection");
    d->config = &session->config;
    d->kept = kept, d->until = until;
    d->take = take, d->taker = taker;
    d->flow = (rig_flow){.self = d, .decode = decode, .needs = needs, .look = look, .take = take_frame};
    rig_status status = feeds_open(session, model, d, err);
    if (status == RIG_OK && d->flow.n_feeds == 0)
        return RIG_OK;
    if (status == RIG_OK)
        status = workers_open(d, model, err);
    if (status == RIG_OK)
        status = slots_make(session, d, err);
    if (status == RIG_OK) {
        rig_flow_use use;
        status = rig_flow_run(&d->flow, &d->progress, &use, &session->scratch, err);
        rig_progress_end(&d->progress);
        rig_flow_use_say(&use, "keypoints");
    }
    detection_close(d, model);
    return status;
}
