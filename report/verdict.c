#include "report/verdict_parts.h"

#include "report/json.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *rig_verdict_state_name(rig_verdict_state state) {
    static const char *const names[RIG_VERDICT_STATES] = {"ok", "weak", "fault", "unknown"};
    return names[state];
}

// The list is longer than there are stages; what does not fit takes the last place.
rig_verdict *rig_verdict_new(rig_verdicts *verdicts, const char *stage) {
    rig_verdict *verdict = &verdicts->list[verdicts->n < RIG_VERDICTS_MAX ? verdicts->n++ : RIG_VERDICTS_MAX - 1];
    *verdict = (rig_verdict){.stage = stage};
    return verdict;
}

void rig_verdict_worsen(rig_verdict *verdict, rig_verdict_state state) {
    if (verdict->state == RIG_VERDICT_UNKNOWN || state > verdict->state)
        verdict->state = state;
}

rig_status rig_verdict_say(rig_verdicts *verdicts, rig_verdict *verdict, rig_verdict_state state, const char *view,
                           rig_err *err, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    rig_verdict_worsen(verdict, state);
    if (verdict->n == RIG_VERDICT_SENTENCES)
        return RIG_OK;
    rig_verdict_sentence *sentence = &verdict->says[verdict->n];
    *sentence = (rig_verdict_sentence){rig_arena_strdup(verdicts->out, text),
                                       view ? rig_arena_strdup(verdicts->out, view) : NULL, state};
    if (!sentence->text || (view && !sentence->view))
        return rig_fail_memory(err, "the report");
    verdict->n++;
    return RIG_OK;
}

rig_status rig_verdict_measure(rig_verdict *verdict, const char *measure, const char *value, const char *limit,
                               rig_err *err) {
    verdict->measure = measure;
    verdict->value = value;
    verdict->limit = limit;
    return value && limit ? RIG_OK : rig_fail_memory(err, "the report");
}

rig_status rig_verdict_plain(rig_verdicts *verdicts, const char *stage, rig_verdict_state state, const char *says,
                             const char *advice, rig_err *err) {
    rig_verdict *v = rig_verdict_new(verdicts, stage);
    v->state = state;
    v->advice = advice;
    return rig_verdict_say(verdicts, v, state, NULL, err, "%s", says);
}

rig_status rig_verdict_stale(rig_verdicts *verdicts, const char *stage, const char *why, rig_err *err) {
    for (int i = 0; i < verdicts->n; i++)
        if (strcmp(verdicts->list[i].stage, stage) == 0) {
            verdicts->list[i].advice = "Run `rigpose run` again.";
            return rig_verdict_say(verdicts, &verdicts->list[i], RIG_VERDICT_WEAK, NULL, err,
                                   "The result is out of date: %s.", why);
        }
    rig_verdict *v = rig_verdict_new(verdicts, stage);
    v->advice = "Run `rigpose run` again.";
    return rig_verdict_say(verdicts, v, RIG_VERDICT_WEAK, NULL, err, "The result is out of date: %s.", why);
}

// --- into the page --------------------------------------------------------------------------------------------------

// What stages say begins small and ends without a full stop; in the page it is a sentence.
static json_t *sentence_json(const char *text) {
    char sentence[640];
    const size_t n = text ? strlen(text) : 0;
    if (n == 0 || n > sizeof sentence - 2)
        return rig_json_text(text);
    snprintf(sentence, sizeof sentence, "%s%s", text, strchr(".!?", text[n - 1]) ? "" : ".");
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    return rig_json_text(sentence);
}

static json_t *verdict_json(const rig_verdict *v, json_t *says) {
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "stage", v->stage, "state",
                     rig_verdict_state_name(v->state), "measure", rig_json_text(v->measure), "value",
                     rig_json_text(v->value), "limit", rig_json_text(v->limit), "says", says, "advice",
                     sentence_json(v->advice), "unchecked", rig_json_text(v->unchecked));
}

rig_status rig_report_verdicts(const rig_verdicts *verdicts, json_t *page, rig_err *err) {
    json_t *list = json_array();
    RIG_TRY(rig_json_set(page, "verdicts", list, err));
    for (int i = 0; i < verdicts->n; i++) {
        const rig_verdict *v = &verdicts->list[i];
        json_t *says = json_array();
        RIG_TRY(rig_json_add(list, verdict_json(v, says), err));
        for (int k = 0; k < v->n; k++)
            RIG_TRY(rig_json_add(says,
                                 json_pack("{s:o, s:o, s:s}", "text", sentence_json(v->says[k].text), "view",
                                           rig_json_text(v->says[k].view), "state",
                                           rig_verdict_state_name(v->says[k].state)),
                                 err));
    }
    return RIG_OK;
}
