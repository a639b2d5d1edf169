// check: the rig YAML and every file that it names, without running anything.
#include "app/check.h"
#include "app/commands.h"
#include "app/talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void (*const subjects[])(rig_check *check) = {rig_check_yaml,  rig_check_footage, rig_check_sizes,
                                                     rig_check_uses,  rig_check_limits,  rig_check_people,
                                                     rig_check_files, rig_check_lengths, rig_check_out};

static void tell(void (*with)(const char *format, ...), int *n, const char *format, va_list args) {
    char text[sizeof((rig_err *)NULL)->text];
    vsnprintf(text, sizeof text, format, args);
    with("%s", text);
    ++*n;
}

void rig_check_problem(rig_check *check, const char *format, ...) {
    va_list args;
    va_start(args, format);
    tell(rig_tell_error, &check->n_problems, format, args);
    va_end(args);
}

void rig_check_warn(rig_check *check, const char *format, ...) {
    va_list args;
    va_start(args, format);
    tell(rig_warn, &check->n_warnings, format, args);
    va_end(args);
}

bool rig_check_try(rig_check *check, rig_status status, const rig_err *err) {
    if (status != RIG_OK)
        rig_check_problem(check, "%s", err->text);
    return status == RIG_OK;
}

const char *rig_check_views(const rig_check *check, const bool *which, char text[256]) {
    const rig_config *config = &check->session->config;
    size_t n = 0;
    for (int v = 0; v < config->n_views; v++) {
        if (!which[v])
            continue;
        const char *name = config->views[v].name;
        if (n + strlen(name) + sizeof ", '', ..." > 256) {
            snprintf(text + n, 256 - n, ", ...");
            return text;
        }
        n += (size_t)snprintf(text + n, 256 - n, "%s'%s'", n ? ", " : "", name);
    }
    return n ? text : NULL;
}

const rig_view_source *rig_check_source(const rig_check *check, int recording, int view) {
    const rig_view_source *s =
        recording < 0 ? NULL : &check->sources[recording * check->session->config.n_views + view];
    return s && s->view >= 0 ? s : NULL;
}

static rig_status sources_init(rig_check *check, rig_err *err) {
    const rig_config *config = &check->session->config;
    const int n = config->n_recordings * config->n_views;
    check->sources = RIG_NEW(&check->session->kept, rig_view_source, n + 1);
    if (!check->sources)
        return rig_fail_memory(err, "the views of all recordings");
    for (int i = 0; i < n; i++)
        check->sources[i].view = -1;
    return RIG_OK;
}

rig_status rig_command_check(const rig_arguments *arguments, rig_err *err) {
    const char *rig = arguments->operands[0];
    rig_session session = {0};
    rig_check check = {.session = &session};
    rig_status status = rig_session_open(rig, &session, err);
    if (status == RIG_OK || session.config.n_problems > 0)
        status = sources_init(&check, err);
    for (size_t i = 0; status == RIG_OK && i < sizeof subjects / sizeof *subjects; i++)
        subjects[i](&check);
    if (status == RIG_OK && check.n_problems > 0)
        status =
            rig_fail(err, RIG_ERR_CONFIG, "%s: %d problem%s", rig, check.n_problems, check.n_problems > 1 ? "s" : "");
    else if (status == RIG_OK && check.n_warnings > 0)
        printf("%s: no problems found, %d warning%s\n", rig, check.n_warnings, check.n_warnings > 1 ? "s" : "");
    else if (status == RIG_OK)
        printf("%s: no problems found\n", rig);
    rig_session_release(&session);
    return status;
}
