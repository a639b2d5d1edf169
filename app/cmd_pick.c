// pick: a page in a browser on this machine, to click scene points and the windows of views in the footage.
#include "app/commands.h"
#include "app/pick_answer.h"
#include "app/pick_session.h"
#include "app/talk.h"

#include <stdio.h>
#include <string.h>

static const double IDLE_S = 300; // without a word from a page, which speaks every 20 s: nobody has it open any more

static rig_status serve(rig_pick_session *session, rig_err *err) {
    rig_pick_server *server;
    const char *address, *why;
    rig_status status = rig_pick_server_open(rig_pick_respond, session, &server, &address, err);
    if (status == RIG_OK) {
        printf("%s\n", address);
        fflush(stdout);
        rig_say("pick: open this address in a browser on this machine, and keep it to yourself; Ctrl-C stops");
        status = rig_pick_server_run(server, IDLE_S, &why, err);
    }
    rig_pick_server_close(server);
    if (status == RIG_OK)
        rig_say("pick: %s", strcmp(why, "idle") == 0   ? "stopped: no page has been open for five minutes"
                            : strcmp(why, "done") == 0 ? "done"
                                                       : "stopped");
    return status;
}

rig_status rig_command_pick(const rig_arguments *arguments, rig_err *err) {
    rig_pick_session session;
    rig_status status = rig_pick_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = serve(&session, err);
    rig_pick_session_release(&session);
    return status;
}
