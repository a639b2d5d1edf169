#define _GNU_SOURCE // sched_getaffinity
#include "calib/threads.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { WORKERS_MAX = 63, LOOKS = 4000 }; // looks for the next job before sleeping: some 50 us, the gap within a step

typedef struct chunk_job {
    rig_chunk_work work;
    void *self;
    int n, n_workers; // chunks; workers that may help
} chunk_job;

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

// Guarded by lock, but for the counters that are read without it.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER, done = PTHREAD_COND_INITIALIZER;
static chunk_job current;
static bool open;           // workers may still join
static int n_started;       // workers that exist
static int n_joined;        // of the current job
static atomic_int n_in;     // working on it now
static atomic_int next;     // chunk to be taken
static atomic_int round_of; // counts jobs

static void *worker(void *unused) {
    int last = 0;
    (void)unused;
    for (;;) {
        for (int i = 0; i < LOOKS && atomic_load(&round_of) == last; i++)
            ;
        pthread_mutex_lock(&lock);
        while (atomic_load(&round_of) == last)
            pthread_cond_wait(&wake, &lock);
        last = atomic_load(&round_of);
        const chunk_job mine = current;
        const bool joins = open && n_joined < mine.n_workers;
        if (joins)
            n_joined++, atomic_fetch_add(&n_in, 1);
        pthread_mutex_unlock(&lock);
        if (!joins)
            continue;
        for (int k = atomic_fetch_add(&next, 1); k < mine.n; k = atomic_fetch_add(&next, 1))
            mine.work(mine.self, k);
        pthread_mutex_lock(&lock);
        if (atomic_fetch_sub(&n_in, 1) == 1)
            pthread_cond_signal(&done);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

// As many workers as asked for, or as many as there can be.
static void start_workers(int n) {
    for (pthread_t thread; n_started < n && n_started < WORKERS_MAX; n_started++) {
        if (pthread_create(&thread, NULL, worker, NULL) != 0)
            return;
        pthread_detach(thread);
    }
}

static void job_open(const chunk_job *j) {
    pthread_mutex_lock(&lock);
    start_workers(j->n_workers);
    current = *j;
    open = true;
    n_joined = 0;
    atomic_store(&next, 0);
    atomic_fetch_add(&round_of, 1);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&lock);
}

// No chunk is left: wait for those that are still worked on.
static void job_close(void) {
    for (int i = 0; i < LOOKS && atomic_load(&n_in) > 0; i++)
        ;
    pthread_mutex_lock(&lock);
    open = false;
    while (atomic_load(&n_in) > 0)
        pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
}

static int threads_wanted(void) {
    const char *asked = getenv("OMP_NUM_THREADS");
    const long n = asked ? strtol(asked, NULL, 10) : 0;
    cpu_set_t cores;
    if (n > 0)
        return n > WORKERS_MAX ? WORKERS_MAX + 1 : (int)n;
    return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
}

void rig_threads_run(rig_chunk_work work, void *self, int n) {
    const int threads = threads_wanted();
    const chunk_job j = {work, self, n, (threads < n ? threads : n) - 1};
    if (j.n_workers > 0 && pthread_mutex_trylock(&one_at_a_time) == 0) {
        job_open(&j);
        for (int k = atomic_fetch_add(&next, 1); k < n; k = atomic_fetch_add(&next, 1))
            work(self, k);
        job_close();
        pthread_mutex_unlock(&one_at_a_time);
        return;
    }
    for (int k = 0; k < n; k++)
        work(self, k);
}
