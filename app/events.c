#include "app/events.h"

#include "app/talk.h"
#include "report/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 16384 };

static struct {
    bool wanted, alone;
    int handle;
    double start_s;
    const char *stage, *session;
} sink;

void rig_events_to(int handle) {
    sink.wanted = sink.alone = true;
    sink.handle = handle;
    sink.start_s = rig_now_s();
}

rig_status rig_events_open(const char *to, rig_err *err) {
    if (strcmp(to, "bar") == 0)
        return RIG_OK;
    if (strcmp(to, "json") == 0) {
        rig_events_to(STDERR_FILENO);
        return RIG_OK;
    }
    if (strncmp(to, "json:", 5) != 0 || !to[5])
        return rig_fail(err, RIG_ERR_USAGE, "option '--progress': '%s', expected bar, json or json:FILE", to);
    const int handle = open(to + 5, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0666);
    if (handle < 0)
        return rig_fail(err, RIG_ERR_IO, "option '--progress': cannot write '%s': %s", to + 5, strerror(errno));
    rig_events_to(handle);
    sink.alone = false;
    return RIG_OK;
}

bool rig_events_alone(void) {
    return sink.alone;
}

bool rig_events_wanted(void) {
    return sink.wanted;
}

void rig_events_stage(const char *stage) {
    sink.stage = stage;
}

void rig_events_session(const char *session) {
    sink.session = session;
}

// Whole lines: others may write to the same file or pipe.
static void line_write(const char *line, size_t n) {
    while (n > 0) {
        const ssize_t done = write(sink.handle, line, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return;
        line += done, n -= (size_t)done;
    }
}

static double rounded(double s) {
    return (double)(long long)(s * 1000 + 0.5) / 1000;
}

static void event_write(const json_t *event) {
    char line[LINE_MAX_BYTES];
    const size_t n = json_dumpb(event, line, sizeof line - 1, JSON_COMPACT | JSON_REAL_PRECISION(10));
    if (n == 0 || n >= sizeof line)
        return;
    line[n] = '\n';
    line_write(line, n + 1);
}

void rig_event(const char *event, const char *members, ...) {
    char format[256];
    if (!sink.wanted)
        return;
    va_list args;
    va_start(args, members);
    snprintf(format, sizeof format, "{%s}", members);
    json_t *more = json_vpack_ex(NULL, 0, format, args);
    va_end(args);
    json_t *whole = json_pack("{s:s, s:f, s:s*, s:s*}", "event", event, "t_s", rounded(rig_now_s() - sink.start_s),
                              "session", sink.session, "stage", sink.stage);
    if (whole && more && json_object_update(whole, more) == 0)
        event_write(whole);
    json_decref(more);
    json_decref(whole);
}

void rig_event_pass(json_t *event) {
    if (sink.wanted && json_object_set_new(event, "t_s", json_real(rounded(rig_now_s() - sink.start_s))) == 0 &&
        json_object_set_new(event, "session", json_string(sink.session ? sink.session : "")) == 0)
        event_write(event);
}

void rig_events_stopped(const char signal[2]) {
    char line[] = "{\"event\":\"run_end\",\"ok\":false,\"signal\":00}\n";
    char *digits = strstr(line, "00}");
    digits[0] = signal[0], digits[1] = signal[1];
    if (sink.wanted)
        line_write(line, sizeof line - 1);
}
