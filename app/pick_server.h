// HTTP for one person on this machine: a server on 127.0.0.1 that answers only who knows its address, and stops by
// itself. It knows nothing of rigs.
#ifndef RIG_APP_PICK_SERVER_H
#define RIG_APP_PICK_SERVER_H

#include "core/arena.h"
#include "core/status.h"

#include <stdbool.h>

enum { RIG_PICK_BODY_MAX = 1 << 20 }; // bytes of a request

typedef struct rig_pick_request {
    bool post;
    const char *path; // after the token: "", "state"
    const char *body; // of a POST, with a 0 after it
    size_t n_body;
    const void *connection; // for rig_pick_query
} rig_pick_request;

typedef struct rig_pick_reply {
    int code;         // of HTTP; 0: 404
    const char *type; // of the contents
    const void *bytes;
    size_t n;
    bool last; // the server stops when it was sent
} rig_pick_reply;

// Answer a request; what reply points to lies in out.
typedef void rig_pick_answer(void *of, const rig_pick_request *request, rig_pick_reply *reply, rig_arena *out);

// The value of `?key=value`, or NULL.
const char *rig_pick_query(const rig_pick_request *request, const char *key);

typedef struct rig_pick_server rig_pick_server;
// Listen on a free port of 127.0.0.1. *address, http://127.0.0.1:PORT/TOKEN/, is the server's. Requests whose path does
// not begin with the token, or whose Host is no name of this machine's own (a page of another site can make one that
// leads here), get 403; bodies above RIG_PICK_BODY_MAX 413; methods beside GET and POST 405. Fails with RIG_ERR_IO,
// RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_pick_server_open(rig_pick_answer *answer, void *of, rig_pick_server **server,
                                            const char **address, rig_err *err);
// Serve, one request at a time, until a reply is the last one, a SIGINT or SIGTERM comes, or no request with the token
// came for idle_s; *why it ended: "done", "stopped", "idle".
RIG_CHECKED rig_status rig_pick_server_run(rig_pick_server *server, double idle_s, const char **why, rig_err *err);
void rig_pick_server_close(rig_pick_server *server); // NULL is fine

#endif
