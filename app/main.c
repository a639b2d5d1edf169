// The command line: from its words to a command or a stage, and from a failure to an exit code.
#include "app/command_table.h"
#include "app/commands.h"

#include "app/events.h"
#include "app/journal.h"
#include "app/maps.h"
#include "app/out_lock.h"
#include "app/run_session.h"
#include "app/slices.h"
#include "app/stopped.h"
#include "app/talk.h"
#include "app/threads.h"
#include "core/linalg.h"
#include "report/json.h"

#include <fcntl.h>
#include <omp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static rig_status stage_options(const rig_arguments *arguments, rig_stage_options *options, rig_err *err) {
    const char *to = rig_arguments_option(arguments, "--to");
    *options = (rig_stage_options){.write = rig_arguments_option(arguments, "--write"),
                                   .maps = rig_arguments_option(arguments, "--maps"),
                                   .repair = rig_arguments_option(arguments, "--repair"),
                                   .force = rig_arguments_option(arguments, "--force"),
                                   .to = to ? rig_stage_find(to) : NULL};
    if (to && !options->to)
        return rig_fail(err, RIG_ERR_USAGE, "option '--to': no stage '%s': see `rigpose stages`", to);
    RIG_TRY(rig_slice_read(rig_arguments_option(arguments, "--slice"), &options->slice, err));
    if (options->maps && options->slice.n > 0)
        return rig_fail(err, RIG_ERR_USAGE, "options '--maps' and '--slice' exclude each other");
    return RIG_OK;
}

static rig_status stage_command(const rig_stage *stage, const rig_arguments *arguments, rig_err *err) {
    rig_stage_options options;
    rig_session session = {0};
    RIG_TRY(stage_options(arguments, &options, err));
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && options.maps && session.config.source != RIG_SOURCE_ONNX)
        status =
            rig_fail(err, RIG_ERR_USAGE, "option '--maps': people are imported from files, only networks have maps");
    if (status == RIG_OK)
        status = rig_stage_run(&session, stage, &options, err);
    if (status == RIG_OK && options.maps)
        status = rig_maps_draw(&session, err);
    rig_session_release(&session);
    return status;
}

rig_status rig_command_run(const rig_arguments *arguments, rig_err *err) {
    rig_stage_options options;
    rig_session session = {0};
    RIG_TRY(stage_options(arguments, &options, err));
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = rig_session_run(&session, &options, err);
    rig_session_release(&session);
    return status;
}

static const rig_option *options_of(const char *name) {
    const rig_stage *stage = name ? rig_stage_find(name) : NULL;
    const rig_command *command = name ? rig_command_find(name) : NULL;
    return stage ? stage->options : command ? command->usage.options : NULL;
}

static rig_status dispatch(const char *name, bool help, int n, char **argv, rig_err *err) {
    const rig_stage *stage = rig_stage_find(name);
    const rig_command *command = rig_command_find(name);
    rig_arguments arguments = {.n = 1, .operands = (char *[]){(char *)(uintptr_t)name}};
    if (!stage && !command)
        return rig_command_unknown(name, err);
    if (help)
        return rig_command_help(&arguments, err);
    const rig_usage usage = stage ? rig_stage_usage(stage) : command->usage;
    RIG_TRY(rig_arguments_take(&usage, n, argv, &arguments, err));
    return stage ? stage_command(stage, &arguments, err) : command->run(&arguments, err);
}

// ONNX Runtime as `./run people` leaves it, unless the environment names another.
static void runtime_point(void) {
    rig_arena arena = {0};
    const char *library;
    rig_err err;
    const char *named = getenv("RIGPOSE_ONNXRUNTIME");
    if ((!named || !*named) && rig_share_path(&arena, "data/runtime/libonnxruntime.so.1", &library, &err) == RIG_OK)
        setenv("RIGPOSE_ONNXRUNTIME", library, 1);
    rig_arena_release(&arena);
}

// A limit of file sizes and a reader who has gone are errors of the write that meets them, not the end of a run. And no
// file that is opened may take the place of a standard stream that was closed.
static void streams_guard(void) {
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (int handle = STDIN_FILENO; handle <= STDERR_FILENO; handle++)
        if (fcntl(handle, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != handle)
            abort(); // no system without /dev/null gets as far as this
}

// Who reads the output may stop: `rigpose summary RIG | head -3`. It then ends as other programs do, without a word.
static void reader_gone_check(void) {
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (poll(&out, 1, 0) != 1 || !(out.revents & POLLERR))
        return;
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
}

// OpenBLAS starts a thread a core before main, each with 128 MiB of address space. Where that is limited one of them
// may look for its share for ever, and the program would wait for it at its end: it is begun again, without them.
static void threads_of_blas_stop(char **argv) {
    struct rlimit limit;
    if (!getenv("OPENBLAS_NUM_THREADS") && getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        setenv("OPENBLAS_NUM_THREADS", "1", 0) == 0)
        execv("/proc/self/exe", argv); // where it fails we go on
}

static void run_event(int n, const char *command, char **words) {
    char host[256] = "", utc[32];
    const time_t now = time(NULL);
    struct tm parts;
    if (!rig_events_wanted())
        return;
    json_t *arguments = json_array();
    for (int i = 0; arguments && i < n; i++)
        json_array_append_new(arguments, rig_json_text(words[i]));
    gethostname(host, sizeof host - 1);
    strftime(utc, sizeof utc, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &parts));
    rig_event("run_begin", "s:o, s:o, s:s, s:o, s:I, s:s, s:i", "command", rig_json_text(command), "arguments",
              arguments, "version", RIG_VERSION, "host", rig_json_text(host), "process", (json_int_t)getpid(), "utc",
              utc, "threads", omp_get_max_threads());
}

static rig_status run(int argc, char **argv, rig_err *err) {
    rig_globals globals;
    int n = argc - 1;
    const rig_option *options = options_of(rig_arguments_command(n, argv + 1));
    RIG_TRY(rig_globals_take(options, &n, argv + 1, &globals, err));
    rig_talk_set(globals.quiet ? RIG_QUIET : globals.verbose ? RIG_VERBOSE : RIG_NORMAL, globals.color);
    if (globals.jobs > 0)
        rig_threads_set(globals.jobs);
    if (n == 0 && !globals.help)
        return rig_fail(err, RIG_ERR_USAGE, "no command: see `rigpose help`");
    if (n > 0 && strcmp(argv[1], "--version") == 0) {
        printf("rigpose %s\n", RIG_VERSION);
        return RIG_OK;
    }
    rig_out_lock_wait(globals.wait);
    RIG_TRY(rig_events_open(globals.progress, err));
    rig_stopped_guard();
    rig_linalg_one_thread();
    runtime_point();
    if (n == 0)
        return dispatch("help", false, 0, argv, err);
    run_event(n - 1, argv[1], argv + 2);
    return dispatch(argv[1], globals.help, n - 1, argv + 2, err);
}

int main(int argc, char **argv) {
    rig_err err = {""};
    streams_guard();
    threads_of_blas_stop(argv);
    rig_journal_command(argc, argv);
    rig_status status = run(argc, argv, &err);
    if (fflush(stdout) != 0 || ferror(stdout))
        reader_gone_check();
    if (status == RIG_OK && ferror(stdout))
        status = rig_fail(&err, RIG_ERR_IO, "cannot write to standard output");
    if (status != RIG_OK)
        rig_tell_error("%s", err.text);
    const int code = status == RIG_OK ? 0 : status == RIG_ERR_USAGE || status == RIG_ERR_CONFIG ? 2 : 1;
    rig_event("run_end", "s:b, s:i, s:s*", "ok", code == 0, "exit", code, "error", code ? err.text : NULL);
    rig_journal_end(code);
    return code;
}
