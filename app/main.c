// The command line: which commands there are, and what each is given.
#include "app/commands.h"

#include "app/overlay.h"
#include "app/stages.h"
#include "app/talk.h"
#include "core/linalg.h"
#include "cv/cv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// clang-format off
typedef struct rig_command {
    const char *name, *usage, *summary, *help;
    // argv without program and command name, n of them.
    rig_status (*run)(int n, char **argv, rig_err *err);
} rig_command;

static const rig_command COMMANDS[] = {
    {"run", "RIG [--force] [--repair]", "every stage that the rig asks for, in order; passes over what is current",
     "  --force    run stages even where their result is current\n"
     "  --repair   where watch finds that a camera moved or is out of step: write 75_repair.yaml and triangulate with it\n",
     rig_command_run},
    {"check", "RIG", "read the rig YAML and look at every file it names; runs nothing", "", rig_command_check},
    {"init", "DIR", "write DIR/rig.yaml, commented, for the feeds found in DIR", "", rig_command_init},
    {"stages", "", "list the stages, what each needs and makes", "", rig_command_stages},
    {"summary", "RIG", "the key figures of a finished session, as YAML on stdout", "", rig_command_summary},
    {"synth", "DIR [--people N] [--seed N]", "write a made-up session with its truth: feeds, rig.yaml, truth/",
     "  --people N   1 to 4 (2)\n  --seed N     another room, rig, board path and people (1)\n", rig_command_synth},
    {"demo", "[DIR]", "synth, run and eval in DIR (demo_out); ends with the figures", "", rig_command_demo},
    {"eval", "RESULT TRUTH", "a result against the truth, as YAML on stdout",
     "  RESULT and TRUTH are both a calibration, both people in 3D, both one view's people in 2D, or folders of\n"
     "  40_extrinsics.yaml (cameras.yaml) and 70_people3d.yaml (people3d.yaml). Where the truth's skeleton is shelf14,\n"
     "  PCP as published is given too; of people in 2D, AP as COCO has it: of a result's 60_people2d against the truth's\n"
     "  people as its cameras see them.\n", rig_command_eval},
    {"export", "RIG --to opencv|easymocap [--dir DIR]", "the calibration as other tools read it",
     "  --to FORMAT   opencv: FileStorage YAML, a file a camera, and of the stereo pair\n"
     "                easymocap: intri.yml and extri.yml\n  --dir DIR     where to (out/export/FORMAT)\n", rig_command_export},
    {"uncertainty", "RIG", "how well points between the cameras are known: 45_uncertainty.yaml and maps of it",
     "  Needs extrinsics made from boards. out/uncertainty/volume.png is the volume's middle level from above,\n"
     "  out/uncertainty/VIEW.png a camera's pixels.\n", rig_command_uncertainty},
    {"doctor", "RIG", "what is wrong with a rig, and what to do about it: 90_doctor.yaml; exit code 1 where anything is",
     "  Needs 20_corners.yaml. Looks for: pictures of another size than the calibration, squares counted instead of inner\n"
     "  corners, cameras that share no board, clocks that are late, views that were exchanged, a stereo pair the wrong way\n"
     "  round, a focus that changed, a camera that was bumped, known lengths (extrinsics.lengths) that do not fit.\n", rig_command_doctor},
    {"batch", "RIG...", "run many sessions; one that fails does not stop the rest; a summary YAML on stdout",
     "  Exit code 1 where any failed.\n", rig_command_batch},
    {"models", "[DESCRIPTOR...]", "runtimes and networks: what there is, and whether it works; YAML on stdout",
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
        fprintf(stream, "  %-12s %s\n", COMMANDS[i].name, COMMANDS[i].summary);
    fprintf(stream, "\nstages, each run as `rigpose STAGE RIG`\n");
    for (int i = 0; i < rig_stages_n; i++)
        fprintf(stream, "  %-12s %s\n", rig_stages[i].name, rig_stages[i].summary);
}

static void command_help(const rig_command *command) {
    printf("usage: rigpose %s %s\n\n%s\n%s%s", command->name, command->usage, command->summary,
           *command->help ? "\n" : "", command->help);
}

// What a stage takes beside its rig.
static const char *stage_usage(const rig_stage *stage) {
    if (strcmp(stage->name, "crop") == 0)
        return " [--write]";
    if (strcmp(stage->name, "watch") == 0)
        return " [--repair]";
    return strcmp(stage->name, "keypoints") == 0 ? " [--overlay] [--maps]" : "";
}

static void stage_help(const rig_stage *stage) {
    const char *usage = stage_usage(stage);
    printf("usage: rigpose %s RIG%s\n\n%s\n\nmakes  %s\nneeds  ", stage->name, usage, stage->summary, stage->makes);
    for (int i = 0; stage->needs[i]; i++)
        printf("%s%s", i ? ", " : "", rig_stage_find(stage->needs[i])->makes);
    printf("%s\n", stage->needs[0] ? "" : "the rig YAML and the files it names");
    if (strstr(usage, "--write"))
        printf("\n  --write   also write each view as a video, out/views/<recording>/<view>.mp4\n");
    if (strstr(usage, "--repair"))
        printf("\n  --repair   also write what would set it right, 75_repair.yaml, which triangulate reads\n");
    if (strstr(usage, "--overlay"))
        printf(
            "\n  --overlay   also draw the people into the views, out/overlay/<view>.mp4: a colour a person, joints by "
            "tag\n"
            "  --maps      also draw the network's maps, out/maps/<view>/<frame>.png: heat and tags of the first 20 "
            "frames\n");
}

static rig_status stage_options_take(const rig_stage *stage, int *n, char **argv, rig_stage_options *options,
                                     rig_err *err) {
    rig_option crop[] = {{"--write", &options->write, NULL}};
    rig_option keypoints[] = {{"--overlay", &options->overlay, NULL}, {"--maps", &options->maps, NULL}};
    rig_option watch[] = {{"--repair", &options->repair, NULL}};
    if (strcmp(stage->name, "crop") == 0)
        return rig_options_take(n, argv, crop, 1, err);
    if (strcmp(stage->name, "watch") == 0)
        return rig_options_take(n, argv, watch, 1, err);
    return rig_options_take(n, argv, keypoints, strcmp(stage->name, "keypoints") == 0 ? 2 : 0, err);
}

static rig_status stage_command(const rig_stage *stage, int n, char **argv, rig_err *err) {
    rig_stage_options options = {0};
    rig_session session = {0};
    RIG_TRY(stage_options_take(stage, &n, argv, &options, err));
    if (n != 1)
        return rig_fail(err, RIG_ERR_USAGE, "usage: rigpose %s RIG%s", stage->name, stage_usage(stage));
    rig_status status = rig_session_open(argv[0], &session, err);
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

rig_status rig_command_run(int n, char **argv, rig_err *err) {
    rig_stage_options options = {0};
    rig_option known[] = {{"--force", &options.force, NULL}, {"--repair", &options.repair, NULL}};
    rig_session session = {0};
    RIG_TRY(rig_options_take(&n, argv, known, 2, err));
    if (n != 1)
        return rig_fail(err, RIG_ERR_USAGE, "usage: rigpose run RIG [--force] [--repair]");
    rig_status status = rig_session_open(argv[0], &session, err);
    if (status == RIG_OK)
        status = rig_stages_run(&session, &options, err);
    if (status == RIG_OK && options.repair) { // what hangs on a repair is stale now, all else current
        options = (rig_stage_options){0};
        status = rig_stages_run(&session, &options, err);
    }
    if (status == RIG_OK)
        rig_say("results: %s", session.config.out);
    rig_session_release(&session);
    return status;
}

rig_status rig_command_stages(int n, char **argv, rig_err *err) {
    (void)argv;
    if (n != 0)
        return rig_fail(err, RIG_ERR_USAGE, "usage: rigpose stages");
    for (int i = 0; i < rig_stages_n; i++) {
        printf("%-12s %-17s %s", rig_stages[i].name, rig_stages[i].makes, rig_stages[i].summary);
        for (int k = 0; rig_stages[i].needs[k]; k++)
            printf("%s%s", k ? ", " : " (needs ", rig_stages[i].needs[k]);
        printf("%s\n", rig_stages[i].needs[0] ? ")" : "");
    }
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
    if (stage && asks_help(n, argv))
        return stage_help(stage), RIG_OK;
    if (stage)
        return stage_command(stage, n, argv, err);
    for (int i = 0; i < COMMANDS_N; i++)
        if (strcmp(COMMANDS[i].name, name) == 0) {
            if (asks_help(n, argv))
                return command_help(&COMMANDS[i]), RIG_OK;
            return COMMANDS[i].run(n, argv, err);
        }
    return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s': see `rigpose --help`", name);
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

int main(int argc, char **argv) {
    rig_err err = {""};
    if (argc < 2 || asks_help(1, argv + 1)) {
        help_print(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("rigpose %s\n", RIG_VERSION);
        return 0;
    }
    rig_linalg_one_thread();
    rig_cv_init();
    runtime_point();
    rig_status status = dispatch(argv[1], argc - 2, argv + 2, &err);
    if (status == RIG_OK && (fflush(stdout) != 0 || ferror(stdout)))
        status = rig_fail(&err, RIG_ERR_IO, "cannot write to standard output");
    if (status == RIG_OK)
        return 0;
    fprintf(stderr, "error: %s\n", err.text);
    return status == RIG_ERR_USAGE || status == RIG_ERR_CONFIG ? 2 : 1;
}
