// The threads are OpenMP's, the order is kept by one lock: OpenMP's own tasks with dependences would do, but the thread
// sanitizer cannot follow them (docs/adr/0010).
#include "app/flow.h"

#include "core/people.h"

#include <limits.h>
#include <omp.h>
#include <pthread.h>

typedef enum look_state { LOOK_WAITS, LOOK_RUNS, LOOK_DONE } look_state;

typedef struct feed {
    const rig_flow_feed *is;
    long n_frames, n_taken; // decoded; handed on
    bool decoding, ended;
    look_state *looks; // of each slot, of each view
} feed;

typedef struct job {
    int feed;
    long round;
    int view;
} job;

typedef struct flow {
    const rig_flow *is;
    feed *feeds;
    pthread_mutex_t lock; // guards what is below, and the feeds
    pthread_cond_t done;  // a job is
    int n_running;        // jobs
    rig_progress *progress;
    rig_flow_use use;
    long failed_at; // where in the order of frames and views; LONG_MAX: nowhere
    rig_status status;
    rig_err err;
} flow;

static long order(long round, int view) {
    return round * RIG_VIEWS_MAX + view;
}

static void failure_keep(flow *w, long at, rig_status status, const rig_err *err) {
    if (at >= w->failed_at)
        return;
    w->status = status;
    w->err = *err;
    w->failed_at = at;
}

static look_state *look_of(const flow *w, const feed *f, long round, int view) {
    return &f->looks[(round % w->is->n_slots) * f->is->n_views + view];
}

// Hand on the frames that all views were looked at.
static void frames_take(flow *w, int at_feed) {
    feed *f = &w->feeds[at_feed];
    rig_err err;
    for (; f->n_taken < f->n_frames; f->n_taken++) {
        for (int v = 0; v < f->is->n_views; v++)
            if (*look_of(w, f, f->n_taken, v) != LOOK_DONE)
                return;
        for (int v = 0; v < f->is->n_views; v++) {
            const long at = order(f->n_taken, f->is->first_view + v);
            if (at >= w->failed_at)
                return;
            rig_status status = w->is->take(w->is->self, at_feed, v, f->n_taken, &err);
            if (status != RIG_OK)
                failure_keep(w, at, status, &err);
        }
    }
}

static bool look_is_ready(const flow *w, int at_feed, long round, int v) {
    const feed *f = &w->feeds[at_feed];
    if (*look_of(w, f, round, v) != LOOK_WAITS)
        return false;
    const long needs = w->is->needs(w->is->self, at_feed, v, round);
    return needs < f->n_taken || *look_of(w, f, needs, v) == LOOK_DONE;
}

// The first job that is ready, looks before frames: a picture that nobody looks at only takes memory. What comes after
// a failure is left, what comes before it may fail first.
static bool job_find(const flow *w, job *found) {
    long first = w->failed_at;
    for (int i = 0; i < w->is->n_feeds; i++) {
        const feed *f = &w->feeds[i];
        for (long round = f->n_taken; round < f->n_frames; round++)
            for (int v = 0; v < f->is->n_views; v++)
                if (order(round, f->is->first_view + v) < first && look_is_ready(w, i, round, v)) {
                    first = order(round, f->is->first_view + v);
                    *found = (job){i, round, v};
                }
    }
    if (first < w->failed_at)
        return true;
    for (int i = 0; i < w->is->n_feeds; i++) {
        const feed *f = &w->feeds[i];
        const bool ready = !f->decoding && !f->ended && f->n_frames - f->n_taken < w->is->n_slots;
        if (ready && order(f->n_frames, f->is->first_view) < first) {
            first = order(f->n_frames, f->is->first_view);
            *found = (job){i, f->n_frames, RIG_FLOW_DECODES};
        }
    }
    return first < w->failed_at;
}

// Wait until a job is ready. Returns false where none will be.
static bool job_begin(flow *w, job *j) {
    while (!job_find(w, j)) {
        if (w->n_running == 0)
            return false;
        const double from_s = rig_now_s();
        pthread_cond_wait(&w->done, &w->lock);
        w->use.wait_s += rig_now_s() - from_s;
    }
    w->n_running++;
    if (j->view == RIG_FLOW_DECODES)
        w->feeds[j->feed].decoding = true;
    else
        *look_of(w, &w->feeds[j->feed], j->round, j->view) = LOOK_RUNS;
    return true;
}

static void job_end(flow *w, const job *j, bool got, rig_status status, const rig_err *err) {
    feed *f = &w->feeds[j->feed];
    const bool decoded = j->view == RIG_FLOW_DECODES;
    if (status != RIG_OK)
        failure_keep(w, order(j->round, f->is->first_view + (decoded ? 0 : j->view)), status, err);
    if (decoded) {
        f->decoding = false;
        f->ended = !got;
        f->n_frames += got;
        for (int v = 0; v < f->is->n_views; v++)
            *look_of(w, f, j->round, v) = LOOK_WAITS;
    } else if (status == RIG_OK) {
        *look_of(w, f, j->round, j->view) = LOOK_DONE;
        frames_take(w, j->feed);
        rig_progress_add(w->progress, 1);
    }
    w->n_running--;
    pthread_cond_broadcast(&w->done);
}

static void jobs_work(flow *w, int worker) {
    const rig_flow *is = w->is;
    job j = {0, 0, RIG_FLOW_DECODES};
    const double from_s = rig_now_s();
    pthread_mutex_lock(&w->lock);
    while (job_begin(w, &j)) {
        rig_err err = {""};
        bool got = false;
        pthread_mutex_unlock(&w->lock);
        const double began_s = rig_now_s();
        const bool decodes = j.view == RIG_FLOW_DECODES;
        const rig_status status = decodes ? is->decode(is->self, j.feed, j.round, &got, &err)
                                          : is->look(is->self, worker, j.feed, j.view, j.round, &err);
        pthread_mutex_lock(&w->lock);
        w->use.decode_s += decodes ? rig_now_s() - began_s : 0;
        job_end(w, &j, got, status, &err);
    }
    w->use.all_s += rig_now_s() - from_s;
    pthread_mutex_unlock(&w->lock);
}

rig_status rig_flow_run(const rig_flow *is, rig_progress *progress, rig_flow_use *use, rig_arena *scratch,
                        rig_err *err) {
    flow w = {.is = is, .progress = progress, .failed_at = LONG_MAX};
    *use = (rig_flow_use){0};
    w.feeds = RIG_NEW(scratch, feed, is->n_feeds + 1);
    if (!w.feeds)
        return rig_fail_memory(err, "feeds");
    for (int i = 0; i < is->n_feeds; i++) {
        const rig_flow_feed *f = &is->feeds[i];
        w.feeds[i] = (feed){.is = f, .n_frames = f->first, .n_taken = f->first};
        w.feeds[i].looks = RIG_NEW(scratch, look_state, is->n_slots * f->n_views);
        if (!w.feeds[i].looks)
            return rig_fail_memory(err, "frames in work");
    }
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.done, NULL);
#pragma omp parallel num_threads(is->n_workers)
    jobs_work(&w, omp_get_thread_num());
    pthread_cond_destroy(&w.done);
    pthread_mutex_destroy(&w.lock);
    *use = w.use;
    return w.status == RIG_OK ? RIG_OK : rig_fail(err, w.status, "%s", w.err.text);
}

void rig_flow_use_say(const rig_flow_use *use, const char *what) {
    if (use->all_s > 0)
        rig_detail("%s: %.1f %% of the threads' time was work, of it %.1f %% decoding", what,
                   100 * (1 - use->wait_s / use->all_s), 100 * use->decode_s / (use->all_s - use->wait_s));
}
