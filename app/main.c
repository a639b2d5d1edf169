// The command line: from its words to a command or a stage, and from a failure to an exit code.
#include "app/command_table.h"
#include "app/commands.h"

#include "app/maps.h"
#include "app/report.h"
#include "app/talk.h"
#include "core/linalg.h"

#include <fcntl.h>
#include <omp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static rig_stage_options stage_options(const rig_arguments *arguments) {
    return (rig_stage_options){.write = rig_arguments_option(arguments, "--write"),
                               .maps = rig_arguments_option(arguments, "--maps"),
                               .repair = rig_arguments_option(arguments, "--repair"),
                               .force = rig_arguments_option(arguments, "--force")};
}

static rig_status stage_command(const rig_stage *stage, const rig_arguments *arguments, rig_err *err) {
    const rig_stage_options options = stage_options(arguments);
    rig_session session = {0};
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

// Whatever came out, the report shows it: what failed is red in it. An earlier one would be of other results.
static void report_make(rig_session *session) {
    rig_err unwritten, none;
    rig_report_summary summary;
    const char *path;
    if (!rig_folder_exists(session->config.out) || rig_session_report(session, &summary, &unwritten) == RIG_OK)
        return;
    rig_warn("no report: %s", unwritten.text);
    if (rig_session_path(session, "report.html", &path, &none) == RIG_OK)
        remove(path);
}

rig_status rig_command_run(const rig_arguments *arguments, rig_err *err) {
    const rig_stage_options options = stage_options(arguments);
    rig_session session = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK) {
        status = rig_stages_run(&session, &options, err);
        if (status == RIG_OK)
            rig_stages_tell(&session);
        report_make(&session);
    }
    rig_session_release(&session);
    return status;
}

rig_status rig_command_stages(const rig_arguments *arguments, rig_err *err) {
    (void)arguments, (void)err;
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
    return RIG_OK;
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

static void threads_set(int jobs) {
    char text[16];
    snprintf(text, sizeof text, "%d", jobs);
    setenv("OMP_NUM_THREADS", text, 1); // calib/threads.h asks it
    omp_set_num_threads(jobs);
}

static rig_status run(int argc, char **argv, rig_err *err) {
    rig_globals globals;
    int n = argc - 1;
    const rig_option *options = options_of(rig_arguments_command(n, argv + 1));
    RIG_TRY(rig_globals_take(options, &n, argv + 1, &globals, err));
    rig_talk_set(globals.quiet ? RIG_QUIET : globals.verbose ? RIG_VERBOSE : RIG_NORMAL, globals.color);
    if (globals.jobs > 0)
        threads_set(globals.jobs);
    if (n == 0 && !globals.help)
        return rig_fail(err, RIG_ERR_USAGE, "no command: see `rigpose help`");
    if (n > 0 && strcmp(argv[1], "--version") == 0) {
        printf("rigpose %s\n", RIG_VERSION);
        return RIG_OK;
    }
    rig_linalg_one_thread();
    runtime_point();
    if (n == 0)
        return dispatch("help", false, 0, argv, err);
    return dispatch(argv[1], globals.help, n - 1, argv + 2, err);
}

int main(int argc, char **argv) {
    rig_err err = {""};
    streams_guard();
    threads_of_blas_stop(argv);
    rig_status status = run(argc, argv, &err);
    if (fflush(stdout) != 0 || ferror(stdout))
        reader_gone_check();
    if (status == RIG_OK && ferror(stdout))
        status = rig_fail(&err, RIG_ERR_IO, "cannot write to standard output");
    if (status == RIG_OK)
        return 0;
    rig_tell_error("%s", err.text);
    return status == RIG_ERR_USAGE || status == RIG_ERR_CONFIG ? 2 : 1;
}
