#include "app/command_table.h"

#include "app/commands.h"
#include "core/text.h"

#include <string.h>

// clang-format off
const rig_command rig_commands[] = {
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
    {{"help", "[COMMAND]", NULL}, "what a command or stage does, its options, and the keys that act in it", "", rig_command_help},
    {{"completion", "bash|zsh", NULL}, "a script that completes commands, options and names of formats in that shell",
     "  bash: eval \"$(rigpose completion bash)\"    zsh: rigpose completion zsh > \"${fpath[1]}/_rigpose\"\n", rig_command_completion},
    {{"manual", "", NULL}, "the manual page, for `man`: rigpose manual | man -l -", "", rig_command_manual},
};
// clang-format on
const int rig_commands_n = sizeof rig_commands / sizeof *rig_commands;

const rig_command *rig_command_find(const char *name) {
    for (int i = 0; i < rig_commands_n; i++)
        if (strcmp(rig_commands[i].usage.name, name) == 0)
            return &rig_commands[i];
    return NULL;
}

rig_usage rig_stage_usage(const rig_stage *stage) {
    return (rig_usage){stage->name, "RIG", stage->options};
}

rig_status rig_command_unknown(const char *name, rig_err *err) {
    const char *meant = NULL;
    int distance = rig_text_alike(name) + 1;
    for (int i = 0; i < rig_commands_n + rig_stages_n; i++) {
        const char *known = i < rig_commands_n ? rig_commands[i].usage.name : rig_stages[i - rig_commands_n].name;
        if (rig_text_distance(known, name) < distance)
            meant = known, distance = rig_text_distance(known, name);
    }
    if (meant)
        return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s'; did you mean '%s'?", name, meant);
    return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s': see `rigpose help`", name);
}
