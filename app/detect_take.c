// Each feed has a few slots that hold decoded pictures. A job decodes a feed's next frame into a free slot, or finds
// the people of one view in a decoded frame. Whoever is free takes the first job that is ready: a look whose frame
// before was looked at where they are of one group, a frame of a feed that nobody decodes while it has a slot. Frames
// are handed on in their order as they are done with, which frees their slots. The threads are OpenMP's, the order is
// kept by one lock: OpenMP's own tasks with dependences would do, but the thread sanitizer cannot follow them
// (docs/adr/0010).
#include "app/detect_take.h"

#include "app/talk.h"
#include "pose/detect.h"

#include <limits.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <string.h>

static const double PICTURES_MAX_BYTES = 1.5e9; // of all slots together
enum { SLOTS_AHEAD = 3 };                       // frames of the newest group that a feed holds
enum { DECODE = -1 };                           // in the place of a view

// A frame of the last few. A frame outlives its slot by one, whose people are looked for near its own.
typedef struct feed_frame {
    const struct feed_frame *before; // NULL: the feed's first
    int number;
    rig_frame2d *found; // one a view
    rig_arena *arenas;  // a view: of what was found
} feed_frame;

typedef enum look_state { LOOK_WAITS, LOOK_RUNS, LOOK_DONE } look_state;

typedef struct slot {
    rig_image picture;
    feed_frame *frame;
    look_state *looks; // a view
} slot;

typedef struct feed {
    int first_view, n_views;
    int every;    // frames of a group
    long skipped; // frames that are there from before
    rig_reader *reader;
    const rig_view_source *sources;
    feed_frame *frames;     // n_slots + 1
    long n_frames, n_taken; // decoded; handed on; both with those from before
    bool decoding, ended;
    slot *slots;
} feed;

typedef struct job {
    feed *feed;
    long round; // the frame's place in its feed
    int view;   // of the feed's, or DECODE
} job;

typedef struct worker {
    rig_detector *detector;
    rig_image picture;
    rig_arena scratch;
    long not_finite;
} worker;

typedef struct detection {
    const rig_config *config;
    const long *kept;   // a view: frames that are there from before
    rig_detected *take; // where frames are handed on
    void *taker;
    int n_feeds, n_slots, n_workers;
    feed *feeds;
    worker workers[RIG_DETECT_THREADS_MAX];
    pthread_mutex_t lock; // guards what is below, and all that feeds and their slots have but pictures and people
    pthread_cond_t done;  // a job is
    int n_running;        // jobs
    rig_progress progress;
    long failed_at; // where in the order of frames and views; LONG_MAX: nowhere
    rig_status status;
    rig_err err;
} detection;

// --- one frame -----------------------------------------------------------------------------------

static long order(long round, int view) {
    return round * RIG_VIEWS_MAX + view;
}

static void failure_keep(detection *d, long at, rig_status status, const rig_err *err) {
    if (at >= d->failed_at)
        return;
    d->status = status;
    d->err = *err;
    d->failed_at = at;
}

static feed_frame *frame_of(const detection *d, const feed *f, long round) {
    return &f->frames[round % (d->n_slots + 1)];
}

static slot *slot_of(const detection *d, const feed *f, long round) {
    return &f->slots[round % d->n_slots];
}

static void frame_begin(const detection *d, const feed *f, int number, slot *s) {
    feed_frame *made = s->frame = frame_of(d, f, f->n_frames);
    for (int v = 0; v < f->n_views; v++) {
        rig_arena_clear(&made->arenas[v]);
        made->found[v] = (rig_frame2d){0};
    }
    made->before = f->n_frames > f->skipped ? frame_of(d, f, f->n_frames - 1) : NULL;
    made->number = number;
}

static rig_status decode(const detection *d, const feed *f, slot *s, bool *got, rig_err *err) {
    rig_image picture;
    int number;
    RIG_TRY(rig_reader_next(f->reader, &number, &picture, got, err));
    if (!*got)
        return RIG_OK;
    RIG_TRY(rig_image_rotate(&picture, 0, &s->picture, err)); // the reader needs its own for the next
    frame_begin(d, f, number, s);
    return RIG_OK;
}

static rig_status look(worker *w, const feed *f, int v, const slot *s, bool whole, rig_err *err) {
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

static rig_status look_named(const detection *d, worker *w, const job *j, rig_err *err) {
    const feed *f = j->feed;
    const slot *s = slot_of(d, f, j->round);
    rig_status status = look(w, f, j->view, s, j->round % f->every == 0, err);
    return status == RIG_OK
               ? status
               : rig_fail_in(err, status, "view '%s', frame %d: ", d->config->views[f->first_view + j->view].name,
                             s->frame->number);
}

// --- all frames ----------------------------------------------------------------------------------

// Hand on the frames that all views were looked at.
static void frames_take(detection *d, feed *f) {
    rig_err err;
    for (; f->n_taken < f->n_frames; f->n_taken++) {
        const slot *s = slot_of(d, f, f->n_taken);
        for (int v = 0; v < f->n_views; v++)
            if (s->looks[v] != LOOK_DONE)
                return;
        for (int v = 0; v < f->n_views; v++) {
            const long at = order(f->n_taken, f->first_view + v);
            if (at >= d->failed_at)
                return;
            rig_status status = f->n_taken < d->kept[f->first_view + v]
                                    ? RIG_OK
                                    : d->take(d->taker, f->first_view + v, &s->frame->found[v], &err);
            if (status != RIG_OK)
                failure_keep(d, at, status, &err);
        }
    }
}

static bool look_is_ready(const detection *d, const feed *f, long round, int v) {
    return slot_of(d, f, round)->looks[v] == LOOK_WAITS &&
           (round % f->every == 0 || round - 1 < f->n_taken || slot_of(d, f, round - 1)->looks[v] == LOOK_DONE);
}

// The first job that is ready, looks before frames: a picture that nobody looks at only takes memory. What comes after
// a failure is left, what comes before it may fail first.
static bool job_find(const detection *d, job *found) {
    long first = d->failed_at;
    for (int i = 0; i < d->n_feeds; i++) {
        feed *f = &d->feeds[i];
        for (long round = f->n_taken; round < f->n_frames; round++)
            for (int v = 0; v < f->n_views; v++)
                if (order(round, f->first_view + v) < first && look_is_ready(d, f, round, v)) {
                    first = order(round, f->first_view + v);
                    *found = (job){f, round, v};
                }
    }
    if (first < d->failed_at)
        return true;
    for (int i = 0; i < d->n_feeds; i++) {
        feed *f = &d->feeds[i];
        const bool ready = !f->decoding && !f->ended && f->n_frames - f->n_taken < d->n_slots;
        if (ready && order(f->n_frames, f->first_view) < first) {
            first = order(f->n_frames, f->first_view);
            *found = (job){f, f->n_frames, DECODE};
        }
    }
    return first < d->failed_at;
}

// Wait until a job is ready. Returns false where none will be.
static bool job_begin(detection *d, job *j) {
    while (!job_find(d, j)) {
        if (d->n_running == 0)
            return false;
        pthread_cond_wait(&d->done, &d->lock);
    }
    d->n_running++;
    if (j->view == DECODE)
        j->feed->decoding = true;
    else
        slot_of(d, j->feed, j->round)->looks[j->view] = LOOK_RUNS;
    return true;
}

static void job_end(detection *d, const job *j, bool got, rig_status status, const rig_err *err) {
    feed *f = j->feed;
    slot *s = slot_of(d, f, j->round);
    const bool decoded = j->view == DECODE;
    if (status != RIG_OK)
        failure_keep(d, order(j->round, f->first_view + (decoded ? 0 : j->view)), status, err);
    if (decoded) {
        f->decoding = false;
        f->ended = !got;
        f->n_frames += got;
        for (int v = 0; v < f->n_views; v++)
            s->looks[v] = LOOK_WAITS;
    } else if (status == RIG_OK) {
        s->looks[j->view] = LOOK_DONE;
        frames_take(d, f);
        rig_progress_add(&d->progress, 1);
    }
    d->n_running--;
    pthread_cond_broadcast(&d->done);
}

static void jobs_work(detection *d, worker *w) {
    job j = {NULL, 0, DECODE};
    pthread_mutex_lock(&d->lock);
    while (job_begin(d, &j)) {
        rig_err err = {""};
        bool got = false;
        pthread_mutex_unlock(&d->lock);
        rig_status status =
            j.view == DECODE ? decode(d, j.feed, slot_of(d, j.feed, j.round), &got, &err) : look_named(d, w, &j, &err);
        pthread_mutex_lock(&d->lock);
        job_end(d, &j, got, status, &err);
    }
    pthread_mutex_unlock(&d->lock);
}

static void frames_run(detection *d) {
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->done, NULL);
#pragma omp parallel num_threads(d->n_workers)
    jobs_work(d, &d->workers[omp_get_thread_num()]);
    pthread_cond_destroy(&d->done);
    pthread_mutex_destroy(&d->lock);
}

// --- begin and end -------------------------------------------------------------------------------

// A group's first frame is looked at without the one before: there a feed may begin.
static void feed_skip(detection *d, feed *f) {
    long least = LONG_MAX;
    for (int v = 0; v < f->n_views; v++)
        least = d->kept[f->first_view + v] < least ? d->kept[f->first_view + v] : least;
    f->skipped = f->n_frames = f->n_taken = least / f->every * f->every;
    rig_reader_skip(f->reader, f->skipped);
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
    if (!d->feeds)
        return rig_fail_memory(err, "feeds");
    for (int i = 0; i < config->n_feeds; i++) {
        if (!config->recordings[config->take].has[i] || is_done(d, &config->feeds[i]))
            continue;
        feed *f = &d->feeds[d->n_feeds];
        f->first_view = config->feeds[i].first_view;
        f->n_views = config->feeds[i].n_views;
        RIG_TRY(rig_session_reader_open(session, config->take, i, &f->reader, err));
        f->sources = rig_reader_sources(f->reader);
        f->every = rig_zoom_period(&model->zoom, f->sources[0].fps / config->recordings[config->take].step);
        d->n_feeds++;
        feed_skip(d, f);
    }
    return RIG_OK;
}

static rig_status workers_open(detection *d, const rig_model *model, rig_err *err) {
    const rig_recording_config *take = &d->config->recordings[d->config->take];
    long n_pictures = 0, n = omp_get_max_threads();
    for (int f = 0; f < d->n_feeds; f++) {
        const rig_view_source *s = d->feeds[f].sources;
        const rig_feed_file *file = &take->files[d->config->views[s->view].feed];
        n_pictures += d->feeds[f].n_views * (rig_footage_wanted(take, file, s->n_frames) - d->feeds[f].skipped);
    }
    n_pictures = n_pictures > 0 ? n_pictures : 0; // containers may say fewer than there are
    d->progress = rig_progress_begin("keypoints", n_pictures);
    d->progress.unit = "pictures";
    n = n > RIG_DETECT_THREADS_MAX ? RIG_DETECT_THREADS_MAX : n;
    n = n > n_pictures && n_pictures > 0 ? n_pictures : n; // 0: not known
    while (d->n_workers < n) {
        worker *w = &d->workers[d->n_workers];
        RIG_TRY(rig_detector_open(model, &w->detector, err));
        d->n_workers++;
    }
    return RIG_OK;
}

// Twice as many groups as threads are in work, so that no thread waits for another's group, where memory has the room.
static rig_status slots_make(rig_session *session, detection *d, rig_err *err) {
    double bytes = 0;
    int n_views = 0, every = 1;
    for (int f = 0; f < d->n_feeds; f++) {
        int width, height;
        every = d->feeds[f].every > every ? d->feeds[f].every : every;
        rig_reader_size(d->feeds[f].reader, &width, &height);
        bytes += 3.0 * width * height;
        n_views += d->feeds[f].n_views;
    }
    const double groups = ceil(2.0 * d->n_workers / n_views), wanted = (groups - 1) * every + SLOTS_AHEAD;
    d->n_slots = (int)fmax(1, fmin(wanted, PICTURES_MAX_BYTES / bytes));
    for (int i = 0; i < d->n_feeds; i++) {
        feed *f = &d->feeds[i];
        f->slots = RIG_NEW(&session->scratch, slot, d->n_slots);
        f->frames = RIG_NEW(&session->scratch, feed_frame, d->n_slots + 1);
        if (!f->slots || !f->frames)
            return rig_fail_memory(err, "slots");
        for (int s = 0; s < d->n_slots; s++)
            if (!(f->slots[s].looks = RIG_NEW(&session->scratch, look_state, f->n_views)))
                return rig_fail_memory(err, "slots");
        for (int k = 0; k <= d->n_slots; k++) {
            f->frames[k].found = RIG_NEW(&session->scratch, rig_frame2d, f->n_views);
            f->frames[k].arenas = RIG_NEW(&session->scratch, rig_arena, f->n_views);
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
    for (int f = 0; f < d->n_feeds; f++) {
        for (int s = 0; d->feeds[f].slots && s < d->n_slots; s++)
            rig_image_release(&d->feeds[f].slots[s].picture);
        for (int k = 0; d->feeds[f].frames && k <= d->n_slots; k++)
            for (int v = 0; d->feeds[f].frames[k].arenas && v < d->feeds[f].n_views; v++)
                rig_arena_release(&d->feeds[f].frames[k].arenas[v]);
        rig_reader_close(d->feeds[f].reader);
    }
    if (not_finite)
        rig_warn("%s: %ld output values were not finite and were treated as no heat", model->file, not_finite);
}

rig_status rig_take_detect(rig_session *session, const rig_model *model, const long *kept, rig_detected *take,
                           void *taker, rig_err *err) {
    detection *d = RIG_NEW(&session->scratch, detection, 1);
    if (!d)
        return rig_fail_memory(err, "a detection");
    d->config = &session->config;
    d->kept = kept;
    d->take = take, d->taker = taker;
    d->failed_at = LONG_MAX;
    rig_status status = feeds_open(session, model, d, err);
    if (status == RIG_OK && d->n_feeds == 0)
        return RIG_OK;
    if (status == RIG_OK)
        status = workers_open(d, model, err);
    if (status == RIG_OK)
        status = slots_make(session, d, err);
    if (status == RIG_OK) {
        frames_run(d);
        rig_progress_end(&d->progress);
        status = d->status == RIG_OK ? RIG_OK : rig_fail(err, d->status, "%s", d->err.text);
    }
    detection_close(d, model);
    return status;
}
