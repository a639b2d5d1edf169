// export: what was found, as other tools read it.
#include "app/commands.h"
#include "app/export_formats.h"
#include "app/talk.h"
#include "core/text.h"

#include <string.h>

static rig_status format_find(const char *name, rig_export_format *format, rig_err *err) {
    char known[512] = "";
    const char *meant = NULL;
    size_t n = 0;
    for (int i = 0; rig_export_format_at(i, format); i++) {
        if (strcmp(format->name, name) == 0)
            return RIG_OK;
        rig_text_meant(name, format->name, &meant);
        if (n < sizeof known)
            n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i ? ", " : "", format->name);
    }
    return rig_fail(err, RIG_ERR_USAGE,
                    meant ? "option '--to': '%s', expected one of %s; did you mean '%s'?"
                          : "option '--to': '%s', expected one of %s",
                    name, known, meant);
}

rig_status rig_command_export(const rig_arguments *arguments, rig_err *err) {
    const char *folder = rig_arguments_option(arguments, "--dir");
    rig_export_format format = {0};
    rig_session session = {0};
    RIG_TRY(format_find(rig_arguments_option(arguments, "--to"), &format, err));
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && !folder) {
        folder = rig_arena_printf(&session.arena, "%s/export/%s", session.config.out, format.name);
        status = folder ? RIG_OK : rig_fail_memory(err, "a path");
    }
    if (status == RIG_OK)
        status = format.write(&session, format.name, folder, err);
    if (status == RIG_OK)
        rig_say("export: %s in %s", format.name, folder);
    rig_session_release(&session);
    return status;
}
