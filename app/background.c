#include "app/background.h"

#include "core/arena.h"

#include <omp.h>
#include <pthread.h>

enum { WORKERS_MAX = 15 };

struct rig_background {
    pthread_mutex_t lock; // of what follows, and of the jobs' flags
    pthread_cond_t given, done;
    rig_background_job *first, *last; // that have not begun
    bool closing;
    int n_workers;
    pthread_t workers[WORKERS_MAX];
};

// Take the first job that has not begun and do it; the lock is held before and after.
static void job_do(rig_background *b) {
    rig_background_job *job = b->first;
    b->first = job->next;
    b->last = b->first ? b->last : NULL;
    pthread_mutex_unlock(&b->lock);
    job->status = job->run(job->self, &job->err);
    pthread_mutex_lock(&b->lock);
    job->done = true;
    pthread_cond_broadcast(&b->done);
}

static void *worker(void *self) {
    rig_background *b = self;
    pthread_mutex_lock(&b->lock);
    while (!b->closing) {
        if (b->first)
            job_do(b);
        else
            pthread_cond_wait(&b->given, &b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

rig_status rig_background_open(rig_background **background, rig_err *err) {
    const int n = omp_get_max_threads() - 1;
    rig_background *b = rig_heap_resize(NULL, 1, sizeof *b);
    *background = b;
    if (!b)
        return rig_fail_memory(err, "threads");
    *b = (rig_background){.n_workers = 0};
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->given, NULL);
    pthread_cond_init(&b->done, NULL);
    while (b->n_workers < n && b->n_workers < WORKERS_MAX &&
           pthread_create(&b->workers[b->n_workers], NULL, worker, b) == 0)
        b->n_workers++;
    return RIG_OK;
}

void rig_background_start(rig_background *b, rig_background_job *job) {
    pthread_mutex_lock(&b->lock);
    job->started = true;
    job->done = false;
    job->next = NULL;
    if (b->last)
        b->last->next = job;
    else
        b->first = job;
    b->last = job;
    pthread_cond_signal(&b->given);
    pthread_mutex_unlock(&b->lock);
}

void rig_background_wait(rig_background *b, rig_background_job *job) {
    if (!job->started)
        return;
    pthread_mutex_lock(&b->lock);
    while (!job->done) {
        if (b->first)
            job_do(b);
        else
            pthread_cond_wait(&b->done, &b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    job->started = false;
}

rig_status rig_background_finish(rig_background *b, rig_background_job *job, rig_err *err) {
    if (!job->started)
        return RIG_OK;
    rig_background_wait(b, job);
    return job->status == RIG_OK ? RIG_OK : rig_fail(err, job->status, "%s", job->err.text);
}

int rig_background_threads(const rig_background *b) {
    return b->n_workers + 1;
}

void rig_background_close(rig_background *b) {
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->closing = true;
    for (; b->first; b->first = b->first->next)
        b->first->started = false;
    pthread_cond_broadcast(&b->given);
    pthread_mutex_unlock(&b->lock);
    for (int i = 0; i < b->n_workers; i++)
        pthread_join(b->workers[i], NULL);
    pthread_cond_destroy(&b->given);
    pthread_cond_destroy(&b->done);
    pthread_mutex_destroy(&b->lock);
    rig_heap_free(b);
}
