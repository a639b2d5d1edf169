#include "app/run_session.h"

#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>

static bool is_younger(const char *path, long long than_ns) {
    rig_file_stamp stamp;
    return rig_file_stat(path, &stamp) && stamp.modified_ns >= than_ns;
}

// Whether the report was written after every result that lies in the output folder. Each stage that runs notes its time
// in seconds.yaml, so that results in folders below need no look.
static bool report_is_current(rig_session *session, const char *path) {
    rig_file_stamp report;
    char **names;
    int n = 0;
    bool current = rig_file_stat(path, &report) && !is_younger(session->config.path, report.modified_ns);
    const rig_arena_mark mark = rig_arena_tell(&session->scratch);
    current = current && rig_folder_list(session->config.out, ".yaml", &names, &n, &session->scratch, NULL) == RIG_OK &&
              n > 0;
    for (int i = 0; current && i < n; i++) {
        const char *result = rig_arena_printf(&session->scratch, "%s/%s", session->config.out, names[i]);
        current = result && !is_younger(result, report.modified_ns);
    }
    rig_arena_rewind(&session->scratch, mark);
    return current;
}

// An earlier one would be of other results.
static void report_make(rig_session *session, bool failed) {
    rig_err unwritten, none;
    rig_report_summary summary;
    const char *path;
    if (!rig_folder_exists(session->config.out) || rig_session_path(session, "report.html", &path, &none) != RIG_OK)
        return;
    if (!failed && report_is_current(session, path) &&
        rig_report_summary_read(path, &summary, &session->scratch, &none) == RIG_OK) {
        rig_say("report: %s: up to date", path);
        rig_report_summary_event(&summary);
        return;
    }
    if (rig_session_report(session, &summary, &unwritten) == RIG_OK)
        return;
    rig_warn("no report: %s", unwritten.text);
    remove(path);
}

rig_status rig_session_run(rig_session *session, const rig_stage_options *options, rig_err *err) {
    const rig_status status = rig_stages_run(session, options, err);
    if (status == RIG_OK && !options->to)
        rig_stages_tell(session);
    if (status != RIG_OK || !options->to)
        report_make(session, status != RIG_OK);
    return status;
}
