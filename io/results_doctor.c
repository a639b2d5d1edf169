// 90_doctor.yaml
#include "io/result.h"

static void finding_put(rig_yaml_writer *w, const rig_finding *f) {
    rig_yaml_begin_map(w, false);
    rig_result_put_string(w, "what", rig_fault_name(f->what));
    if (*f->recording)
        rig_result_put_string(w, "recording", f->recording);
    if (f->n_views > 0) {
        rig_yaml_key(w, "views");
        rig_yaml_begin_list(w, true);
        for (int k = 0; k < f->n_views; k++)
            rig_yaml_put_string(w, f->views[k]);
        rig_yaml_end(w);
    }
    if (f->frame >= 0)
        rig_result_put_int(w, "frame", f->frame);
    rig_result_put_double(w, "value", f->value);
    rig_result_put_double(w, "limit", f->limit);
    rig_result_put_string(w, "says", f->says);
    rig_result_put_string(w, "advice", f->advice);
    rig_yaml_end(w);
}

rig_status rig_findings_write(const char *path, const rig_findings *findings, const rig_inputs *inputs, rig_err *err) {
    rig_result_writer result;
    RIG_TRY(rig_result_open(&result, path, "rigpose/doctor/1", inputs, err));
    rig_yaml_writer *w = result.yaml;
    rig_yaml_key(w, "checks");
    rig_yaml_begin_map(w, false);
    for (int what = 0; what < RIG_FAULT_COUNT; what++)
        rig_result_put_string(w, rig_fault_name((rig_fault)what),
                              rig_findings_count(findings, (rig_fault)what) > 0 ? "fault"
                              : findings->looked[what]                          ? "ok"
                                                                                : "unknown");
    rig_yaml_end(w);
    rig_yaml_key(w, "unchecked");
    rig_yaml_begin_map(w, false);
    for (int what = 0; what < RIG_FAULT_COUNT; what++)
        if (!rig_findings_checked(findings, (rig_fault)what))
            rig_result_put_string(w, rig_fault_name((rig_fault)what), rig_findings_why(findings, (rig_fault)what));
    rig_yaml_end(w);
    rig_yaml_key(w, "findings");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < findings->n; i++)
        finding_put(w, &findings->list[i]);
    rig_yaml_end(w);
    return rig_result_commit(&result, err);
}
