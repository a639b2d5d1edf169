// The command line: which commands there are, and what each is given.
#include "app/commands.h"

#include "app/export_formats.h"
#include "app/overlay.h"
#include "app/stages.h"
#include "app/talk.h"
#include "core/linalg.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct rig_command {
    rig_usage usage;
    const char *summary, *help; // help: what it says beside usage, summary and options
    rig_status (*run)(const rig_arguments *arguments, rig_err *err);
} rig_command;

// clang-format off
static const rig_command COMMANDS[] = {
    {{"run", "RIG", RIG_OPTIONS({"--force", NULL, "run stages even where their result is current", false},
      {"--repair", NULL, "where watch finds that a camera moved or is out of step: write 75_repair.yaml and triangulate with it",
       false})}, "every stage that the rig asks for, in order; passes over what is current", "", rig_command_run},
    {{"check", "RIG", NULL}, "read the rig YAML and look at every file it names; runs nothing", "", rig_command_check},
    {{"init", "DIR", NULL}, "write DIR/rig.yaml, commented, for the feeds found in DIR", "", rig_command_init},
    {{"keys", "[KEY]", RIG_OPTIONS({"--tables", NULL, "as tables of Markdown, which say where each key acts too: configs/README.md is made of them",
      false})},
     "the keys of the rig YAML: what each means, its range and default, where it acts",
     "  KEY   a section (motion) or a key (motion.fill_s); names in capitals are yours to choose (feeds.FEED.fps)\n",
     rig_command_keys},
    {{"stages", "", NULL}, "list the stages, what each needs and makes", "", rig_command_stages},
    {{"summary", "RIG", NULL}, "the key figures of a finished session, as YAML on stdout", "", rig_command_summary},
    {{"synth", "DIR", RIG_OPTIONS({"--people", "N", "1 to 4 (2)", false},
      {"--seed", "N", "another room, rig, board path and people (1)", false})},
     "write a made-up session with its truth: feeds, rig.yaml, truth/", "", rig_command_synth},
    {{"demo", "[DIR]", NULL}, "synth, run and eval in DIR (demo_out); ends with the figures", "", rig_command_demo},
    {{"eval", "RESULT TRUTH", NULL}, "a result against the truth, as YAML on stdout",
     "  RESULT and TRUTH are both a calibration, both people in 3D, both one view's people in 2D, or folders of\n"
     "  40_extrinsics.yaml (cameras.yaml) and 70_people3d.yaml (people3d.yaml). Where the truth's skeleton is shelf14,\n"
     "  PCP as published is given too; of people in 2D, AP as COCO has it: of a result's 60_people2d against the truth's\n"
     "  people as its cameras see them.\n", rig_command_eval},
    {{"export", "RIG", RIG_OPTIONS({"--to", "FORMAT", "one of those below", true},
      {"--dir", "DIR", "where to (out/export/FORMAT)", false})}, "the calibration as other tools read it", "",
     rig_command_export},
    {{"uncertainty", "RIG", NULL}, "how well points between the cameras are known: 45_uncertainty.yaml and maps of it",
     "  Needs extrinsics made from boards. out/uncertainty/volume.png is the volume's middle level from above,\n"
     "  out/uncertainty/VIEW.png a camera's pixels.\n", rig_command_uncertainty},
    {{"doctor", "RIG", NULL}, "what is wrong with a rig, and what to do about it: 90_doctor.yaml; exit code 1 where anything is",
     "  Needs 20_corners.yaml. Looks for: pictures of another size than the calibration, squares counted instead of inner\n"
     "  corners, cameras that share no board, clocks that are late, views that were exchanged, a stereo pair the wrong way\n"
     "  round, a focus that changed, a camera that was bumped, known lengths (extrinsics.lengths) that do not fit.\n", rig_command_doctor},
    {{"batch", "RIG...", NULL}, "run many sessions; one that fails does not stop the rest; a summary YAML on stdout",
     "  Exit code 1 where any failed.\n", rig_command_batch},
    {{"models", "[DESCRIPTOR...]", NULL}, "runtimes and networks: what there is, and whether it works; YAML on stdout",
     "  Without DESCRIPTOR: those in configs/models and data/models. Where the network's file is there it is loaded by each\n"
     "  runtime, its outputs are held against the descriptor and its self-check, and a picture of its nominal size is timed.\n"
     "  Exit code 1 where a network fails on the runtime that would be used.\n", rig_command_models},
};
// clang-format on
enum { COMMANDS_N = sizeof COMMANDS / sizeof *COMMANDS };

static void help_print(FILE *stream) {
    fprintf(stream, "rigpose: recordings of people by a rig of cameras into calibrated cameras and 3D skeletons\n\n"
                    "usage: rigpose COMMAND ...        `rigpose COMMAND --help` says more\n\ncommands\n");
    for (int i = 0; i < COMMANDS_N; i++)
        fprintf(stream, "  %-12s %s\n", COMMANDS[i].usage.name, COMMANDS[i].summary);
    fprintf(stream, "\nstages, each run as `rigpose STAGE RIG`\n");
    for (int i = 0; i < rig_stages_n; i++)
        fprintf(stream, "  %-12s %s\n", rig_stages[i].name, rig_stages[i].summary);
}

static void command_help(const rig_command *command) {
    char line[160];
    printf("usage: %s\n\n%s\n", rig_usage_line(&command->usage, line), command->summary);
    if (command->usage.options || *command->help)
        printf("\n");
    rig_usage_options_print(&command->usage);
    printf("%s", command->help);
    if (command->run == rig_command_export)
        rig_export_formats_print();
}

static rig_usage stage_usage(const rig_stage *stage) {
    return (rig_usage){stage->name, "RIG", stage->options};
}

static void stage_help(const rig_stage *stage) {
    char line[160];
    const rig_usage usage = stage_usage(stage);
    printf("usage: %s\n\n%s\n\nmakes  %s\nneeds  ", rig_usage_line(&usage, line), stage->summary, stage->makes);
    for (int i = 0; stage->needs[i]; i++)
        printf("%s%s", i ? ", " : "", rig_stage_find(stage->needs[i])->makes);
    printf("%s\n", stage->needs[0] ? "" : "the rig YAML and the files it names");
    for (int i = 0; stage->also[i]; i++)
        printf("%s%s%s", i ? ", " : "may also make  ", stage->also[i], stage->also[i + 1] ? "" : "\n");
    if (stage->loop.file)
        printf("reads  %s of an earlier `%s`, %s\n", stage->loop.file, stage->loop.made_by, stage->loop.when);
    printf("%s", usage.options ? "\n" : "");
    rig_usage_options_print(&usage);
    printf("\nkeys of the rig YAML that act here\n");
    rig_keys_of_stage_print(stage->name);
}

static rig_stage_options stage_options(const rig_arguments *arguments) {
    return (rig_stage_options){.write = rig_arguments_option(arguments, "--write"),
                               .overlay = rig_arguments_option(arguments, "--overlay"),
                               .maps = rig_arguments_option(arguments, "--maps"),
                               .repair = rig_arguments_option(arguments, "--repair"),
                               .force = rig_arguments_option(arguments, "--force")};
}

static rig_status stage_command(const rig_stage *stage, const rig_arguments *arguments, rig_err *err) {
    const rig_stage_options options = stage_options(arguments);
    rig_session session = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK && options.maps && session.config.source != RIG_SOURCE_ONNX)
        status = rig_fail(err, RIG_ERR_USAGE, "option '--maps': people come from files, and only networks have maps");
    // People who are there already are drawn as they are.
    bool made_elsewhere = options.overlay && session.config.source == RIG_SOURCE_YAML;
    if (status == RIG_OK && !made_elsewhere)
        status = rig_stage_run(&session, stage, &options, err);
    if (status == RIG_OK && options.overlay)
        status = rig_overlay_write(&session, err);
    if (status == RIG_OK && options.maps)
        status = rig_maps_draw(&session, err);
    rig_session_release(&session);
    return status;
}

rig_status rig_command_run(const rig_arguments *arguments, rig_err *err) {
    const rig_stage_options options = stage_options(arguments);
    rig_session session = {0};
    rig_status status = rig_session_open(arguments->operands[0], &session, err);
    if (status == RIG_OK)
        status = rig_stages_run(&session, &options, err);
    if (status == RIG_OK)
        rig_say("results: %s", session.config.out);
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
        printf("%s", s->needs[0] ? ")" : "");
        for (int k = 0; s->also[k]; k++)
            printf("%s%s", k ? ", " : "; may also make ", s->also[k]);
        if (s->loop.file)
            printf("; reads %s of an earlier `%s`, %s", s->loop.file, s->loop.made_by, s->loop.when);
        printf("\n");
    }
    printf("each notes its time in " RIG_STAGES_ALSO "\n");
    return RIG_OK;
}

static bool asks_help(int n, char **argv) {
    for (int i = 0; i < n; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static rig_status dispatch(const char *name, int n, char **argv, rig_err *err) {
    const rig_stage *stage = rig_stage_find(name);
    const rig_command *command = NULL;
    rig_arguments arguments;
    for (int i = 0; i < COMMANDS_N; i++)
        if (strcmp(COMMANDS[i].usage.name, name) == 0)
            command = &COMMANDS[i];
    if (!stage && !command)
        return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s': see `rigpose --help`", name);
    if (asks_help(n, argv)) {
        if (stage)
            stage_help(stage);
        else
            command_help(command);
        return RIG_OK;
    }
    const rig_usage usage = stage ? stage_usage(stage) : command->usage;
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

int main(int argc, char **argv) {
    rig_err err = {""};
    streams_guard();
    threads_of_blas_stop(argv);
    if (argc < 2 || asks_help(1, argv + 1)) {
        help_print(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rigpose %s\n", RIG_VERSION);
        return 0;
    }
    rig_linalg_one_thread();
    runtime_point();
    rig_status status = dispatch(argv[1], argc - 2, argv + 2, &err);
    if (fflush(stdout) != 0 || ferror(stdout))
        reader_gone_check();
    if (status == RIG_OK && ferror(stdout))
        status = rig_fail(&err, RIG_ERR_IO, "cannot write to standard output");
    if (status == RIG_OK)
        return 0;
    fprintf(stderr, "error: %s\n", err.text);
    return status == RIG_ERR_USAGE || status == RIG_ERR_CONFIG ? 2 : 1;
}
