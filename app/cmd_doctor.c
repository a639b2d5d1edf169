// doctor: what is wrong with a rig, why, and what to do about it.
#include "app/commands.h"
#include "app/corners_for.h"
#include "app/doctor.h"
#include "app/inputs.h"
#include "app/talk.h"
#include "io/file.h"

#include <stdio.h>

static rig_status corners_read(rig_session *session, rig_corners_file *corners, rig_inputs *inputs, rig_err *err) {
    const char *path;
    RIG_TRY(rig_session_path(session, "20_corners.yaml", &path, err));
    if (!rig_file_exists(path))
        return rig_fail(err, RIG_ERR_DATA,
                        "doctor needs 20_corners.yaml, which is not in '%s': run `rigpose corners %s` first",
                        session->config.out, session->config.path);
    RIG_TRY(rig_corners_of_board(session, path, corners, err));
    return rig_inputs_add_file(session, inputs, "20_corners.yaml", path, err);
}

static void say(const rig_finding *f) {
    char of[3 * RIG_NAME_MAX + 32] = "";
    int n = 0;
    if (*f->recording)
        n += snprintf(of, sizeof of, ", recording '%s'", f->recording);
    for (int k = 0; k < f->n_views; k++)
        n += snprintf(of + n, sizeof of - (size_t)n, "%s'%s'", k ? " and " : ", ", f->views[k]);
    rig_say("%s%s: %s\n  advice: %s", rig_fault_name(f->what), of, f->says, f->advice);
}

static rig_status doctor_of(rig_session *session, rig_findings *findings, rig_err *err) {
    rig_inputs inputs = {0};
    rig_corners_file corners = {0};
    const char *path;
    const bool boards = session->config.has_board;
    rig_status status = RIG_OK;
    if (boards)
        RIG_TRY(corners_read(session, &corners, &inputs, err));
    RIG_TRY(rig_doctor_resolution(session, boards ? &corners : NULL, findings, err));
    if (boards) {
        RIG_TRY(rig_doctor_sizes_of_board(session, &corners, findings, err));
        if (rig_findings_of(findings, RIG_FAULT_CORNERS) == 0)
            status = rig_doctor_boards(session, &corners, findings, err); // what was found before is told all the same
    }
    if (status != RIG_OK && findings->n == 0)
        return status;
    RIG_TRY(rig_folder_make(session->config.out, err));
    RIG_TRY(rig_session_path(session, "90_doctor.yaml", &path, err));
    rig_err unwritten;
    const rig_status written = rig_findings_write(path, findings, &inputs, status == RIG_OK ? err : &unwritten);
    return status == RIG_OK ? written : status;
}

rig_status rig_command_doctor(const rig_arguments *arguments, rig_err *err) {
    rig_session session = {0};
    rig_findings findings = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = doctor_of(&session, &findings, err);
    for (int i = 0; i < findings.n; i++)
        say(&findings.list[i]);
    if (status == RIG_OK && findings.n > 0)
        status = rig_fail(err, RIG_ERR_DATA, "%s: %d finding%s", arguments->operands[0], findings.n,
                          findings.n > 1 ? "s" : "");
    else if (status == RIG_OK)
        rig_say("doctor: nothing found");
    rig_session_release(&session);
    return status;
}
