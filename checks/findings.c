#include "checks/findings.h"

#include <stdio.h>

static const char *const NAMES[RIG_FAULT_COUNT] = {"resolution", "corners", "links",  "clocks", "swapped",
                                                   "order",      "focus",   "bumped", "scale"};

const char *rig_fault_name(rig_fault what) {
    return NAMES[what];
}

int rig_findings_of(const rig_findings *findings, rig_fault what) {
    int n = 0;
    for (int i = 0; i < findings->n; i++)
        n += findings->list[i].what == what;
    return n;
}

rig_status rig_finding_add(rig_findings *findings, rig_fault what, const char *recording, const char *view_a,
                           const char *view_b, double value, double limit, const char *says, const char *advice,
                           rig_err *err) {
    const char *views[2] = {view_a, view_b};
    if (!says || !advice)
        return rig_fail_memory(err, "a finding");
    rig_finding *v = &findings->list[findings->n < RIG_FINDINGS_MAX ? findings->n++ : RIG_FINDINGS_MAX - 1];
    *v = (rig_finding){.what = what, .frame = -1, .value = value, .limit = limit, .says = says, .advice = advice};
    snprintf(v->recording, sizeof v->recording, "%s", recording ? recording : "");
    for (int k = 0; k < 2; k++)
        if (views[k])
            snprintf(v->views[v->n_views++], sizeof v->views[0], "%s", views[k]);
    return RIG_OK;
}
