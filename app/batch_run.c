#define _DEFAULT_SOURCE // MAP_ANONYMOUS
#include "app/batch_run.h"

#include "app/events.h"
#include "app/journal.h"
#include "app/run_session.h"
#include "app/stopped.h"
#include "app/talk.h"
#include "app/threads.h"
#include "core/text.h"
#include "report/json.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 32768, POLL_MS = 200, PATIENCE_S = 10 }; // PATIENCE_S: for sessions that are told to end

typedef struct worker {
    int session; // -1: free
    pid_t process;
    int pipe, shown; // tenths of the count that were shown last
    double start_s;
    size_t n;
    char line[LINE_MAX_BYTES];
} worker;

typedef struct crew {
    rig_batch *batch;
    worker *workers;
    volatile int *threads; // a worker: of its session, which reads it as stages begin
    int n_begun, n_running;
    double stopped_s; // when those at work were told to end; 0: they were not
} crew;

static volatile sig_atomic_t stop_signal, stop_count;

static void stop_note(int number) {
    stop_signal = number;
    stop_count++;
}

static const int STOP_SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNALS_N = sizeof STOP_SIGNALS / sizeof *STOP_SIGNALS };

// --- a session's own process ----------------------------------------------------------------------------------------

// All that is told goes through the pipe, as events.
static void session_work(const char *path, int pipe, const volatile int *threads) {
    rig_session session = {0};
    rig_stage_options options = {0};
    rig_err err = {""};
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < STOP_SIGNALS_N; i++)
        if (signal(STOP_SIGNALS[i], SIG_DFL) == SIG_IGN)
            signal(STOP_SIGNALS[i], SIG_IGN);
    rig_stopped_guard();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (nowhere < 0 || dup2(nowhere, STDIN_FILENO) < 0 || dup2(nowhere, STDOUT_FILENO) < 0 ||
        dup2(pipe, STDERR_FILENO) < 0)
        _exit(1);
    rig_events_to(STDERR_FILENO);
    rig_talk_session(NULL);
    rig_journal_forget();
    rig_threads_follow(threads);
    rig_status status = rig_session_open(path, &session, &err);
    if (status == RIG_OK)
        status = rig_session_run(&session, &options, &err);
    rig_session_release(&session);
    if (status != RIG_OK)
        rig_tell_error("%s", err.text);
    rig_journal_end(status != RIG_OK);
    _exit(status != RIG_OK);
}

// --- what it says ---------------------------------------------------------------------------------------------------

static void progress_show(worker *w, const json_t *event) {
    const json_t *total = json_object_get(event, "total");
    const double done = json_number_value(json_object_get(event, "done")), all = json_number_value(total);
    const char *what = json_string_value(json_object_get(event, "what"));
    const int tenths = all > 0 ? (int)(10 * done / all) : 0;
    if (tenths > w->shown && what && !rig_events_alone())
        rig_say("%s: %d %% (%.0f of %.0f)", what, 10 * tenths, done, all);
    w->shown = tenths;
}

static void report_take(crew *c, rig_batch_session *s, const json_t *event) {
    const char *path = json_string_value(json_object_get(event, "path"));
    const char *worst = json_string_value(json_object_get(event, "worst"));
    s->report = (rig_report_summary){.path = path ? rig_arena_strdup(c->batch->out, path) : NULL};
    snprintf(s->report.worst, sizeof s->report.worst, "%s", worst ? worst : "");
    for (int i = 0; i < RIG_VERDICT_STATES; i++)
        s->report.n[i] = (int)json_integer_value(
            json_object_get(json_object_get(event, "verdicts"), rig_verdict_state_name((rig_verdict_state)i)));
}

static void error_take(rig_batch_session *s, const char *text) {
    rig_text_show(text, s->error, sizeof s->error);
    rig_tell_error("%s", text);
}

// What a library writes to stderr is no event.
static void line_take(crew *c, worker *w) {
    rig_batch_session *s = &c->batch->sessions[w->session];
    json_t *event = json_loadb(w->line, w->n, 0, NULL);
    const char *kind = json_string_value(json_object_get(event, "event"));
    const char *text = json_string_value(json_object_get(event, "text"));
    rig_talk_session(s->path);
    rig_events_stage(json_string_value(json_object_get(event, "stage")));
    if (!kind && strncmp(w->line, "error: ", 7) == 0)
        error_take(s, w->line + 7);
    else if (!kind)
        rig_say("%s", w->line);
    else if (text && strcmp(kind, "message") == 0)
        rig_say("%s", text);
    else if (text && strcmp(kind, "warning") == 0)
        rig_warn("%s", text);
    else if (text && strcmp(kind, "error") == 0)
        error_take(s, text);
    else if (strcmp(kind, "run_end") != 0) { // its process' end says it
        if (strcmp(kind, "report") == 0)
            report_take(c, s, event);
        if (strcmp(kind, "progress") == 0)
            progress_show(w, event);
        else
            w->shown = 0;
        rig_event_pass(event);
    }
    rig_events_stage(NULL);
    rig_talk_session(NULL);
    json_decref(event);
    w->n = 0;
}

// False: the process has closed its end.
static bool pipe_read(crew *c, worker *w) {
    char bytes[4096];
    const ssize_t n = read(w->pipe, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++) {
        if (bytes[i] != '\n' && w->n < sizeof w->line - 1) {
            w->line[w->n++] = bytes[i];
            continue;
        }
        w->line[w->n] = 0;
        if (bytes[i] == '\n' && w->n > 0)
            line_take(c, w);
    }
    return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

// --- beginning and ending -------------------------------------------------------------------------------------------

static int threads_free(const crew *c) {
    int n = c->batch->threads;
    for (int i = 0; i < c->batch->at_once; i++)
        n -= c->workers[i].session >= 0 ? c->threads[i] : 0;
    return n;
}

// Threads that are free go to the sessions that are about to begin, alike; where none is, to those at work.
static int threads_share(const crew *c) {
    const int left = c->batch->n - c->n_begun, room = c->batch->at_once - c->n_running;
    const int n = threads_free(c) / (left < room ? left : room);
    return n > 1 ? n : 1;
}

static void threads_spread(const crew *c) {
    for (int free = threads_free(c); c->n_running > 0 && free > 0;) {
        int least = -1;
        for (int i = 0; i < c->batch->at_once; i++)
            if (c->workers[i].session >= 0 && (least < 0 || c->threads[i] < c->threads[least]))
                least = i;
        c->threads[least]++;
        free--;
    }
}

static rig_status worker_begin(crew *c, int k, rig_err *err) {
    worker *w = &c->workers[k];
    rig_batch_session *s = &c->batch->sessions[c->n_begun];
    int ends[2];
    c->threads[k] = threads_share(c);
    if (pipe(ends) != 0)
        return rig_fail(err, RIG_ERR_IO, "cannot begin a session: %s", strerror(errno));
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    w->process = fork();
    if (w->process == 0) {
        close(ends[0]);
        session_work(s->path, ends[1], &c->threads[k]);
    }
    close(ends[1]);
    if (w->process < 0) {
        close(ends[0]);
        return rig_fail(err, RIG_ERR_IO, "cannot begin a session: %s", strerror(errno));
    }
    w->session = c->n_begun++;
    w->pipe = ends[0], w->n = 0, w->shown = 0;
    w->start_s = rig_now_s();
    c->n_running++;
    s->state = RIG_BATCH_RUNS;
    rig_talk_session(s->path);
    rig_say("session %d of %d, threads: %d", c->n_begun, c->batch->n, c->threads[k]);
    rig_event("session_begin", "s:i, s:i, s:i", "place", c->n_begun, "of", c->batch->n, "threads", (int)c->threads[k]);
    rig_talk_session(NULL);
    return RIG_OK;
}

static void worker_end(crew *c, int k, rig_err *err) {
    worker *w = &c->workers[k];
    const int i = w->session;
    rig_batch_session *s = &c->batch->sessions[i];
    int how = 0;
    while (waitpid(w->process, &how, 0) < 0 && errno == EINTR)
        ;
    close(w->pipe);
    w->session = -1;
    c->n_running--;
    const bool good = WIFEXITED(how) && WEXITSTATUS(how) == 0;
    s->state = good ? RIG_BATCH_DONE : RIG_BATCH_FAILED;
    s->seconds = rig_now_s() - w->start_s;
    if (good)
        s->error[0] = 0;
    else if (WIFSIGNALED(how))
        snprintf(s->error, sizeof s->error, c->stopped_s > 0 ? "stopped by signal %d" : "killed by signal %d",
                 WTERMSIG(how));
    else if (!*s->error)
        snprintf(s->error, sizeof s->error, "exit code %d", WEXITSTATUS(how));
    rig_talk_session(s->path);
    if (WIFSIGNALED(how) && c->stopped_s == 0)
        rig_tell_error("%s", s->error);
    rig_event("session_end", "s:b, s:f, s:s*", "ok", good, "seconds", s->seconds, "error", good ? NULL : s->error);
    rig_talk_session(NULL);
    c->batch->ended(c->batch, i, err);
}

// A second signal, or their taking long, ends them at once.
static void workers_stop(crew *c) {
    const bool now = c->stopped_s > 0 && (stop_count > 1 || rig_now_s() - c->stopped_s > PATIENCE_S);
    if (c->stopped_s > 0 && !now)
        return;
    for (int k = 0; k < c->batch->at_once; k++)
        if (c->workers[k].session >= 0)
            kill(c->workers[k].process, now ? SIGKILL : SIGTERM);
    c->stopped_s = rig_now_s();
    c->batch->stopped = stop_signal;
}

// --- all of them ----------------------------------------------------------------------------------------------------

static void workers_listen(crew *c, struct pollfd *polls, rig_err *err) {
    for (int k = 0; k < c->batch->at_once; k++)
        polls[k] = (struct pollfd){.fd = c->workers[k].session >= 0 ? c->workers[k].pipe : -1, .events = POLLIN};
    if (poll(polls, (nfds_t)c->batch->at_once, POLL_MS) <= 0)
        return;
    for (int k = 0; k < c->batch->at_once; k++)
        if (polls[k].revents && !pipe_read(c, &c->workers[k]))
            worker_end(c, k, err);
}

static rig_status crew_work(crew *c, struct pollfd *polls, rig_err *err) {
    rig_status status = RIG_OK;
    while (c->n_running > 0 || (status == RIG_OK && !stop_signal && c->n_begun < c->batch->n)) {
        rig_err failure = {""};
        for (int k = 0; k < c->batch->at_once && status == RIG_OK && !stop_signal && c->n_begun < c->batch->n; k++)
            if (c->workers[k].session < 0)
                status = worker_begin(c, k, err);
        if (c->n_begun == c->batch->n)
            threads_spread(c);
        if (stop_signal)
            workers_stop(c);
        workers_listen(c, polls, &failure);
        if (*failure.text && status == RIG_OK)
            status = rig_fail(err, RIG_ERR_IO, "%s", failure.text);
    }
    return status;
}

rig_status rig_batch_run(rig_batch *batch, rig_err *err) {
    struct sigaction act = {.sa_handler = stop_note}, before[STOP_SIGNALS_N];
    const size_t bytes = sizeof(int) * (size_t)batch->at_once;
    crew c = {.batch = batch, .workers = RIG_NEW(batch->out, worker, batch->at_once)};
    struct pollfd *polls = RIG_NEW(batch->out, struct pollfd, batch->at_once);
    void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!c.workers || !polls || shared == MAP_FAILED)
        return rig_fail_memory(err, "a batch");
    c.threads = shared;
    for (int k = 0; k < batch->at_once; k++)
        c.workers[k].session = -1;
    stop_signal = stop_count = 0;
    for (int i = 0; i < STOP_SIGNALS_N; i++) {
        sigaction(STOP_SIGNALS[i], &act, &before[i]);
        if (before[i].sa_handler == SIG_IGN) // as under nohup
            sigaction(STOP_SIGNALS[i], &before[i], NULL);
    }
    const rig_status status = crew_work(&c, polls, err);
    for (int i = 0; i < STOP_SIGNALS_N; i++)
        sigaction(STOP_SIGNALS[i], &before[i], NULL);
    munmap(shared, bytes);
    return status;
}
