#include "app/talk.h"

#include "core/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, TEXT_MAX = 4096 };

static struct {
    rig_loudness loudness;
    bool color;
} settings = {RIG_NORMAL, false};

void rig_talk_set(rig_loudness loudness, bool color) {
    settings.loudness = loudness;
    settings.color = color;
}

#define RED    "\033[1;31m"
#define YELLOW "\033[1;33m"

// On one line, whatever is in the names of files that it tells of.
static void talk(const char *color, const char *prefix, const char *format, va_list args) {
    char text[TEXT_MAX], shown[TEXT_MAX];
    vsnprintf(text, sizeof text, format, args);
    rig_text_show(text, shown, sizeof shown);
    fprintf(stderr, "%s%s%s%s\n", settings.color ? color : "", prefix, settings.color && *color ? "\033[0m" : "",
            shown);
}

#define TALK(name, loudness_least, color, prefix)                                                                      \
    void name(const char *format, ...) {                                                                               \
        va_list args;                                                                                                  \
        if (settings.loudness < (loudness_least))                                                                      \
            return;                                                                                                    \
        va_start(args, format);                                                                                        \
        talk(color, prefix, format, args);                                                                             \
        va_end(args);                                                                                                  \
    }
TALK(rig_detail, RIG_VERBOSE, "", "")
TALK(rig_say, RIG_NORMAL, "", "")
TALK(rig_warn, RIG_QUIET, YELLOW, "warning: ")
TALK(rig_tell_error, RIG_QUIET, RED, "error: ")

double rig_now_s(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

rig_progress rig_progress_begin(const char *what, long n) {
    return (rig_progress){what, n > 0 ? n : 0, 0, rig_now_s(), -1};
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

void rig_progress_add(rig_progress *p, long done) {
    p->done += done;
    if (p->n <= 0 || p->done <= 0 || settings.loudness < RIG_NORMAL)
        return;
    if (p->done > p->n) // a container may promise fewer frames than it holds
        p->n = p->done;
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
    if (p->shown >= 0 && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    p->shown = -1;
}
