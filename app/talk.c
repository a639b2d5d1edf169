#include "app/talk.h"

#include "app/events.h"
#include "app/journal.h"
#include "core/text.h"
#include "report/json.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, TEXT_MAX = 4096 };
static const double EVENTS_APART_S = 0.5; // of one progress

static struct {
    rig_loudness loudness;
    bool color;
    const char *session; // as shown; NULL: none
} settings = {RIG_NORMAL, false, NULL};

void rig_talk_set(rig_loudness loudness, bool color) {
    settings.loudness = loudness;
    settings.color = color;
}

void rig_talk_session(const char *session) {
    static char shown[TEXT_MAX];
    if (session)
        rig_text_show(session, shown, sizeof shown);
    settings.session = session ? shown : NULL;
    rig_events_session(settings.session);
}

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"

typedef struct tone {
    rig_loudness least;
    const char *color, *prefix;
    const char *event;
} tone;

// On one line, whatever is in the names of files that it tells of. The log has what is told normally, however quiet it
// is here.
static void talk(const tone *t, const char *format, va_list args) {
    char text[TEXT_MAX], shown[TEXT_MAX];
    vsnprintf(text, sizeof text, format, args);
    rig_text_show(text, shown, sizeof shown);
    if (t->least <= RIG_NORMAL)
        rig_journal_line(t->prefix, shown);
    if (settings.loudness < t->least)
        return;
    rig_event(t->event, "s:s", "text", shown);
    if (!rig_events_alone())
        fprintf(stderr, "%s%s%s%s%s%s\n", settings.color ? t->color : "", t->prefix,
                settings.color && *t->color ? "\033[0m" : "", settings.session ? settings.session : "",
                settings.session ? ": " : "", shown);
}

#define TALK(name, ...)                                                                                                \
    void name(const char *format, ...) {                                                                               \
        static const tone t = __VA_ARGS__;                                                                             \
        va_list args;                                                                                                  \
        va_start(args, format);                                                                                        \
        talk(&t, format, args);                                                                                        \
        va_end(args);                                                                                                  \
    }
TALK(rig_detail, {RIG_VERBOSE, "", "", "message"})
TALK(rig_say, {RIG_NORMAL, "", "", "message"})
TALK(rig_warn, {RIG_QUIET, YELLOW, "warning: ", "warning"})
TALK(rig_tell_error, {RIG_QUIET, RED, "error: ", "error"})

double rig_now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

rig_progress rig_progress_begin(const char *what, long n) {
    return (rig_progress){
        .what = what, .unit = "frames", .n = n > 0 ? n : 0, .start_s = rig_now_s(), .told_s = rig_now_s(), .shown = -1};
}

static void bar_show(const rig_progress *p, int percent) {
    double left_s = (rig_now_s() - p->start_s) * (double)(p->n - p->done) / (double)p->done;
    char bar[BAR_WIDTH + 1];
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i * 100 < percent * BAR_WIDTH ? '#' : '.';
    bar[BAR_WIDTH] = 0;
    fprintf(stderr, "\r%-12s [%s] %3d %%  %ld of %ld, %.0f s left \033[K", p->what, bar, percent, p->done, p->n,
            left_s);
    fflush(stderr);
}

static double rounded(double value) {
    return round(value * 100) / 100;
}

static void progress_event(rig_progress *p) {
    const double now_s = rig_now_s(), seconds = now_s - p->start_s, rate = seconds > 0 ? (double)p->done / seconds : 0;
    const bool known = p->n > 0 && rate > 0;
    p->told_s = now_s;
    rig_event("progress", "s:o, s:I, s:o, s:s, s:f, s:f, s:o", "what", rig_json_text(p->what), "done",
              (json_int_t)p->done, "total", p->n > 0 ? json_integer(p->n) : json_null(), "unit", p->unit, "seconds",
              rounded(seconds), "rate", rounded(rate), "eta_s",
              known ? json_real(rounded((double)(p->n - p->done) / rate)) : json_null());
}

void rig_progress_add(rig_progress *p, long done) {
    p->done += done;
    if (p->n > 0 && p->done > p->n) // a container may promise fewer frames than it holds
        p->n = p->done;
    if (rig_events_wanted() && rig_now_s() - p->told_s >= EVENTS_APART_S)
        progress_event(p);
    if (p->n <= 0 || p->done <= 0 || settings.loudness < RIG_NORMAL || rig_events_alone())
        return;
    int percent = (int)(100 * p->done / p->n);
    if (isatty(STDERR_FILENO)) {
        if (percent != p->shown)
            bar_show(p, percent);
        p->shown = percent;
    } else if (percent / 10 != p->shown / 10 || p->shown < 0) {
        if (percent >= 10)
            fprintf(stderr, "%s: %d %% (%ld of %ld)\n", p->what, percent, p->done, p->n);
        p->shown = percent;
    }
}

void rig_progress_share(rig_progress *p, long done, double share) {
    p->n = share > 0 ? (long)((double)(p->done + done) / fmin(share, 1)) : 0;
    rig_progress_add(p, done);
}

void rig_progress_end(rig_progress *p) {
    if (rig_events_wanted())
        progress_event(p);
    if (p->shown >= 0 && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    p->shown = -1;
}
