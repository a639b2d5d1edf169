// stages: the table of stages, as text; those that one rig asks for, as YAML.
#include "app/commands.h"
#include "app/stages.h"

#include <string.h>

static void table_print(void) {
    for (int i = 0; i < rig_stages_n; i++) {
        printf("%-12s %-17s %s", rig_stages[i].name, rig_stages[i].makes, rig_stages[i].summary);
        const rig_stage *s = &rig_stages[i];
        for (int k = 0; s->needs[k]; k++)
            printf("%s%s", k ? ", " : " (needs ", s->needs[k]);
        for (int k = 0; s->needs_people[k]; k++)
            printf("%s%s%s", k ? " and " : "; ", s->needs_people[k],
                   s->needs_people[k + 1] ? "" : " too where poses come from people");
        if (s->spares_people)
            printf("; not %s where poses come from people", s->spares_people);
        printf("%s", s->needs[0] ? ")" : "");
        for (int k = 0; s->also[k]; k++)
            printf("%s%s", k ? ", " : "; can also make ", s->also[k]);
        if (s->loop.file)
            printf("; reads %s of an earlier `%s`, %s", s->loop.file, s->loop.made_by, s->loop.when);
        printf("\n");
    }
    printf("each records its run time in " RIG_STAGES_ALSO "\n");
}

static rig_status stage_write(rig_yaml_writer *w, rig_session *session, const rig_stage *stage, bool sizes,
                              rig_err *err) {
    const char *name;
    rig_stage_size size = {0};
    if (sizes && stage->size)
        RIG_TRY(stage->size(session, &size, err));
    rig_yaml_begin_map(w, true);
    rig_yaml_key(w, "name");
    rig_yaml_put_string(w, stage->name);
    rig_yaml_key(w, "makes");
    rig_yaml_put_string(w, stage->makes);
    rig_yaml_key(w, "needs");
    rig_yaml_begin_list(w, true);
    for (int i = 0; (name = rig_stage_need_at(stage, &session->config, i)); i++)
        if (rig_stage_find(name)->applies(&session->config))
            rig_yaml_put_string(w, name);
    rig_yaml_end(w);
    if (size.slices > 0) {
        rig_yaml_key(w, "pictures");
        rig_yaml_put_int(w, size.pictures);
        rig_yaml_key(w, "slices_most");
        rig_yaml_put_int(w, size.slices);
    }
    rig_yaml_end(w);
    return RIG_OK;
}

static rig_status session_write(rig_session *session, rig_err *err) {
    const rig_stage *order[RIG_STAGES_MOST], *crop = rig_stage_find("crop");
    const int n = rig_stages_order(&session->config, order);
    rig_result_state feeds = RIG_RESULT_ABSENT;
    char why[128];
    rig_yaml_writer *w;
    if (crop->applies(&session->config))
        RIG_TRY(rig_stage_state(session, crop, &feeds, why, err));
    const bool sizes = feeds == RIG_RESULT_CURRENT || feeds == RIG_RESULT_FOREIGN; // else it would be made for it
    RIG_TRY(rig_yaml_writer_open(stdout, &w, &session->kept, err));
    rig_yaml_begin_map(w, false);
    rig_yaml_key(w, "schema");
    rig_yaml_put_string(w, "rigpose/stages/1");
    rig_yaml_key(w, "stages");
    rig_yaml_begin_list(w, false);
    for (int i = 0; i < n; i++)
        RIG_TRY(stage_write(w, session, order[i], sizes, err));
    rig_yaml_end(w);
    rig_yaml_end(w);
    return rig_yaml_writer_close(w, err);
}

rig_status rig_command_stages(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    if (arguments->n == 0) {
        table_print();
        return RIG_OK;
    }
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = session_write(&session, err);
    rig_session_release(&session);
    return status;
}
