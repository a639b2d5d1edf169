#include "app/pick_server.h"

#include "app/talk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { TOKEN_BYTES = 16, CONNECTIONS = 32, SILENT_S = 30, HEAD_MAX = 32 * 1024, WAIT_MS = 200 };

struct rig_pick_server {
    struct MHD_Daemon *daemon;
    rig_pick_answer *answer;
    void *of;
    char token[2 * TOKEN_BYTES + 1], address[96];
    double heard_s; // when the last request with the token came
    bool done;
};

// One that is being received: what it asks is known at once, its body comes in pieces.
typedef struct exchange {
    rig_arena arena;
    char *body;
    size_t n;
    bool last;
} exchange;

static volatile sig_atomic_t interrupted;

static void interrupt(int signal) {
    (void)signal;
    interrupted = 1;
}

// --- who may ask -----------------------------------------------------------------------------------------------------

// Takes as long for a token that is nearly right as for one that is not.
static bool token_fits(const rig_pick_server *server, const char *path) {
    const size_t n = strlen(server->token);
    unsigned char differs = 0;
    if (strlen(path) < n + 2 || path[0] != '/' || path[n + 1] != '/')
        return false;
    for (size_t i = 0; i < n; i++)
        differs |= (unsigned char)(path[i + 1] ^ server->token[i]);
    return differs == 0;
}

// Any port: it may be another one at the other end of a tunnel.
static bool host_is_here(const char *host) {
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host && i < sizeof names / sizeof *names; i++) {
        const size_t n = strlen(names[i]);
        if (strncmp(host, names[i], n) == 0 && (host[n] == 0 || host[n] == ':'))
            return host[n] == 0 || (host[n + 1] && strspn(host + n + 1, "0123456789") == strlen(host + n + 1));
    }
    return false;
}

// 0: it is to be answered; else the code of its refusal.
static unsigned refusal(const rig_pick_server *server, struct MHD_Connection *connection, const char *url,
                        const char *method) {
    const char *length = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (!host_is_here(MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)) ||
        !token_fits(server, url))
        return MHD_HTTP_FORBIDDEN;
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_POST) != 0)
        return MHD_HTTP_METHOD_NOT_ALLOWED;
    if (length && (strlen(length) > 7 || atol(length) > RIG_PICK_BODY_MAX))
        return MHD_HTTP_CONTENT_TOO_LARGE;
    return 0;
}

// --- answers ---------------------------------------------------------------------------------------------------------

static enum MHD_Result reply_send(struct MHD_Connection *connection, const rig_pick_reply *reply) {
    static const char *const headers[][2] = {
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
         "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
    };
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->n, (void *)(uintptr_t)reply->bytes, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        MHD_add_response_header(response, headers[i][0], headers[i][1]);
    const enum MHD_Result sent = MHD_queue_response(connection, (unsigned)reply->code, response);
    MHD_destroy_response(response);
    return sent;
}

static enum MHD_Result send_text(struct MHD_Connection *connection, unsigned code, const char *text) {
    const rig_pick_reply reply = {(int)code, "text/plain; charset=utf-8", text, strlen(text), false};
    return reply_send(connection, &reply);
}

const char *rig_pick_query(const rig_pick_request *request, const char *key) {
    return MHD_lookup_connection_value((struct MHD_Connection *)(uintptr_t)request->connection, MHD_GET_ARGUMENT_KIND,
                                       key);
}

static enum MHD_Result answer(rig_pick_server *server, struct MHD_Connection *connection, const char *url,
                              const char *method, exchange *x) {
    const rig_pick_request request = {.post = strcmp(method, MHD_HTTP_METHOD_POST) == 0,
                                      .path = url + strlen(server->token) + 2,
                                      .body = x->body ? x->body : "",
                                      .n_body = x->n,
                                      .connection = connection};
    rig_pick_reply reply = {0};
    server->heard_s = rig_now_s();
    server->answer(server->of, &request, &reply, &x->arena);
    server->heard_s = rig_now_s();
    if (reply.code == 0)
        return send_text(connection, MHD_HTTP_NOT_FOUND, "there is nothing here\n");
    x->last = reply.last;
    return reply_send(connection, &reply);
}

// Called once for the head of a request, then for each piece of its body, then once more.
static enum MHD_Result receive(void *of, struct MHD_Connection *connection, const char *url, const char *method,
                               const char *version, const char *piece, size_t *n_piece, void **kept) {
    rig_pick_server *server = of;
    (void)version;
    if (!*kept) {
        const unsigned code = refusal(server, connection, url, method);
        if (code != 0)
            return send_text(connection, code, "refused\n");
        exchange *x = rig_heap_resize(NULL, 1, sizeof *x);
        if (!x)
            return MHD_NO;
        *x = (exchange){.n = 0};
        *kept = x;
        return MHD_YES;
    }
    exchange *x = *kept;
    if (*n_piece == 0)
        return answer(server, connection, url, method, x);
    if (*n_piece > RIG_PICK_BODY_MAX - x->n) // no Content-Length told of it
        return MHD_NO;
    if (!x->body && !(x->body = RIG_NEW(&x->arena, char, RIG_PICK_BODY_MAX + 1)))
        return MHD_NO;
    memcpy(x->body + x->n, piece, *n_piece);
    x->n += *n_piece;
    *n_piece = 0;
    return MHD_YES;
}

static void completed(void *of, struct MHD_Connection *connection, void **kept, enum MHD_RequestTerminationCode how) {
    rig_pick_server *server = of;
    exchange *x = *kept;
    (void)connection, (void)how;
    if (!x)
        return;
    server->done = server->done || x->last;
    rig_arena_release(&x->arena);
    rig_heap_free(x);
    *kept = NULL;
}

// --- the server ------------------------------------------------------------------------------------------------------

static rig_status token_make(char token[2 * TOKEN_BYTES + 1], rig_err *err) {
    unsigned char random[TOKEN_BYTES];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return rig_fail(err, RIG_ERR_IO, "no random numbers for the page's address: %s", strerror(errno));
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(token + 2 * i, 3, "%02x", random[i]);
    return RIG_OK;
}

rig_status rig_pick_server_open(rig_pick_answer *how, void *of, rig_pick_server **server, const char **address,
                                rig_err *err) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    rig_pick_server *made = rig_heap_resize(NULL, 1, sizeof *made);
    *server = made;
    if (!made)
        return rig_fail_memory(err, "a server");
    *made = (rig_pick_server){.answer = how, .of = of};
    const struct sigaction act = {
        .sa_handler = interrupt,
        .sa_flags = (int)SA_RESETHAND}; // from before anybody knows the address; a second one ends what takes long
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    RIG_TRY(token_make(made->token, err));
    made->daemon =
        MHD_start_daemon(MHD_NO_FLAG, 0, NULL, NULL, receive, made, MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&here,
                         MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT,
                         (unsigned)SILENT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX,
                         MHD_OPTION_NOTIFY_COMPLETED, completed, made, MHD_OPTION_END);
    const union MHD_DaemonInfo *port =
        made->daemon ? MHD_get_daemon_info(made->daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!port)
        return rig_fail(err, RIG_ERR_IO, "cannot listen on 127.0.0.1: %s", strerror(errno));
    snprintf(made->address, sizeof made->address, "http://127.0.0.1:%u/%s/", (unsigned)port->port, made->token);
    *address = made->address;
    return RIG_OK;
}

rig_status rig_pick_server_run(rig_pick_server *server, double idle_s, const char **why, rig_err *err) {
    server->heard_s = rig_now_s();
    *why = NULL;
    while (!*why) {
        if (MHD_run_wait(server->daemon, WAIT_MS) != MHD_YES && errno != EINTR)
            return rig_fail(err, RIG_ERR_IO, "the server on 127.0.0.1 failed: %s", strerror(errno));
        *why = server->done ? "done" : interrupted ? "stopped" : rig_now_s() - server->heard_s > idle_s ? "idle" : NULL;
    }
    return RIG_OK;
}

void rig_pick_server_close(rig_pick_server *server) {
    if (!server)
        return;
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    rig_heap_free(server);
}
