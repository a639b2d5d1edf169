// What a report says in short: read back from one that is there, and told as an event.
#include "app/events.h"
#include "app/report.h"
#include "core/text.h"
#include "io/file.h"
#include "report/json.h"

#include <stdio.h>
#include <string.h>

static const char DATA[] = "<script type=\"application/json\" id=\"data\">", DATA_END[] = "</script>";

static rig_verdict_state state_of(const json_t *verdict) {
    const char *name = json_string_value(json_object_get(verdict, "state"));
    for (int s = 0; name && s < RIG_VERDICT_STATES; s++)
        if (strcmp(name, rig_verdict_state_name((rig_verdict_state)s)) == 0)
            return (rig_verdict_state)s;
    return RIG_VERDICT_UNKNOWN;
}

static rig_report_summary summary_of(const json_t *verdicts, const char *path) {
    rig_report_summary summary = {.path = path};
    rig_verdict_state worst = RIG_VERDICT_OK;
    for (size_t i = 0; i < json_array_size(verdicts); i++) {
        const json_t *v = json_array_get(verdicts, i);
        const json_t *says = json_array_get(json_object_get(v, "says"), 0);
        const char *stage = json_string_value(json_object_get(v, "stage"));
        const char *text = json_string_value(json_object_get(says, "text"));
        const rig_verdict_state state = state_of(v);
        summary.n[state]++;
        if (!stage || !text || state == RIG_VERDICT_UNKNOWN || state <= worst)
            continue;
        worst = state;
        snprintf(summary.worst, sizeof summary.worst, "%s: %s", stage, text);
    }
    return summary;
}

rig_status rig_report_summary_read(const char *path, rig_report_summary *summary, rig_arena *scratch, rig_err *err) {
    char *text;
    size_t length;
    RIG_TRY(rig_file_read(path, &text, &length, scratch, err));
    const char *data = strstr(text, DATA);
    const char *end = data ? strstr(data, DATA_END) : NULL;
    json_t *page = end ? json_loadb(data + strlen(DATA), (size_t)(end - data) - strlen(DATA), 0, NULL) : NULL;
    const json_t *verdicts = json_object_get(page, "verdicts");
    rig_status status = RIG_OK;
    const char *version = json_string_value(json_object_get(json_object_get(page, "session"), "version"));
    if (json_is_array(verdicts) && version && strcmp(version, RIG_VERSION) == 0)
        *summary = summary_of(verdicts, path);
    else
        status = rig_fail(err, RIG_ERR_FORMAT, "'%s' is no report of this version", path);
    json_decref(page);
    return status;
}

void rig_report_summary_event(const rig_report_summary *summary) {
    json_t *counts = rig_events_wanted() ? json_object() : NULL;
    char path[4096];
    rig_text_show(summary->path, path, sizeof path);
    for (int s = 0; counts && s < RIG_VERDICT_STATES; s++)
        json_object_set_new(counts, rig_verdict_state_name((rig_verdict_state)s), json_integer(summary->n[s]));
    if (counts)
        rig_event("report", "s:s, s:o, s:o", "path", path, "worst",
                  rig_json_text(*summary->worst ? summary->worst : NULL), "verdicts", counts);
}
