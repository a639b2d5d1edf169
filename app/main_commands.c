#include "app/command_table.h"

#include "app/commands.h"
#include "core/text.h"

#include <string.h>

// clang-format off
const rig_command rig_commands[] = {
    {{"run", "RIG", RIG_OPTIONS({"--force", NULL, "run every stage, even where its result is up to date", false},
      {"--to", "STAGE", "stop after STAGE; the report is then written only if a stage failed", false},
      {"--repair", NULL, "where watch finds a camera that moved or is out of sync, correct it in 75_repair.yaml and triangulate again",
       false})}, "run every stage that the rig YAML asks for, in order; skips those that are up to date", "", rig_command_run},
    {{"check", "RIG", NULL}, "validate the rig YAML and inspect every file it names, without running anything", "", rig_command_check},
    {{"init", "DIR", NULL}, "write a commented DIR/rig.yaml for the footage found in DIR", "", rig_command_init},
    {{"board", "[FILE]", RIG_OPTIONS({"--kind", "KIND", "chessboard, charuco (default) or aprilgrid: a board with the largest round squares that fit", false},
      {"--paper", "SIZE", "a4 (default), a3, a2, a1, a0, letter, or WIDTHxHEIGHT in mm, either way round", false},
      {"--dir", "DIR", "output folder (default: board)", false})}, "make a calibration board to print, true to scale: board.pdf, board.svg, board.yaml",
     "  FILE is a rig YAML; its `board` is drawn as it is described there, and nothing else of it is read. Without FILE a\n"
     "  board is chosen that does not look the same when it is turned by half. Print board.pdf at 100 %, measure its two\n"
     "  rulers, and put the `board` of board.yaml into the rig YAML.\n", rig_command_board},
    {{"keys", "[KEY]", RIG_OPTIONS({"--tables", NULL, "print Markdown tables, with the stages that use each key (as in configs/README.md)",
      false})},
     "list the keys of the rig YAML with their meaning, range and default",
     "  KEY   a section (motion) or a key (motion.fill_s); names in capitals stand for your own names (feeds.FEED.fps)\n",
     rig_command_keys},
    {{"stages", "[RIG]", NULL}, "list the stages with what each reads and writes; of RIG: those that it asks for, as YAML",
     "  For RIG the stages stand in the order in which `run` goes through them. Once crop has run, stages that can be divided\n"
     "  (`--slice`) also say how many pictures they look at, and into how many slices that can be divided.\n", rig_command_stages},
    {{"summary", "RIG", NULL}, "print the key figures of a session as YAML", "", rig_command_summary},
    {{"synth", "DIR", RIG_OPTIONS({"--people", "N", "number of people, 1 to 4 (default: 2)", false},
      {"--seed", "N", "seed for the room, the rig, the board's path and the people (default: 1)", false})},
     "generate a synthetic session with its ground truth: footage, rig.yaml, truth/", "", rig_command_synth},
    {{"demo", "[DIR]", NULL}, "synth, run and eval in DIR (default: demo_out), and print the figures", "", rig_command_demo},
    {{"eval", "RESULT TRUTH", NULL}, "compare a result with ground truth and print the errors as YAML",
     "  RESULT and TRUTH are either two calibrations, two files of people in 3D, two files of people in 2D of one view, or\n"
     "  two folders with 40_extrinsics.yaml (or cameras.yaml) and 70_people3d.yaml (or people3d.yaml). For the skeleton\n"
     "  shelf14 the published PCP is printed as well; for people in 2D, COCO's AP.\n", rig_command_eval},
    {{"overlay", "RIG", RIG_OPTIONS({"--stage", "STAGE", "corners, intrinsics, extrinsics, stereo, keypoints, triangulate or refine (default: the last with a result)", false})},
     "draw the results of a stage on the footage, as videos that browsers play: out/overlay/STAGE/VIEW.mp4",
     "  Results are drawn as they are, with a warning if they are stale.\n"
     "  corners: the corners found, coloured row by row, with the number of the first; in out/overlay/corners/RECORDING/.\n"
     "  intrinsics: the corners found (blue), the board projected through the lens at its best fit (orange), residuals\n"
     "  magnified (red), and the frame's rms or why it was left out.\n"
     "  extrinsics: the same with the board at its best fit to all cameras; also the world axes and the floor, in metres.\n"
     "  stereo: the rectified pair side by side, with rows through corners and joints of the left view; in\n"
     "  out/overlay/stereo/RECORDING.mp4.\n"
     "  keypoints: people in 2D, joints coloured by tag; a ring marks a joint that was filled in without evidence.\n"
     "  triangulate, refine: people in 3D (thick), one colour and number per person in all views; a ring marks a joint that\n"
     "  was filled; thin lines are the 2D people.\n", rig_command_overlay},
    {{"export", "RIG", RIG_OPTIONS({"--to", "FORMAT", "one of the formats listed below", true},
      {"--dir", "DIR", "output folder (default: out/export/FORMAT)", false})}, "write the cameras or the people in another tool's format", "",
     rig_command_export},
    {{"uncertainty", "RIG", NULL}, "map how precisely points in the volume are known: 45_uncertainty.yaml and pictures",
     "  Needs extrinsics that were calibrated from boards. out/uncertainty/volume.png shows the middle height of the volume\n"
     "  from above, out/uncertainty/VIEW.png the pixels of a camera.\n", rig_command_uncertainty},
    {{"doctor", "RIG", NULL}, "diagnose a calibrated rig and advise: 90_doctor.yaml; exit code 1 if there is a fault",
     "  Needs 20_corners.yaml. It looks for pictures that differ in size from the calibration, squares counted instead of\n"
     "  inner corners, cameras without a common board, clock offsets, swapped views, mirrored pictures, a stereo pair with\n"
     "  left and right swapped, a changed focus, a bumped camera, and known lengths (extrinsics.lengths) that do not match.\n",
     rig_command_doctor},
    {{"report", "RIG", NULL}, "write one HTML file that shows the results and how far to trust them: report.html",
     "  The file opens offline in any browser: a verdict for each stage, the rig and the people in 3D with a time line, the\n"
     "  views with what was found and what was reprojected, residuals, precision, bone lengths and angles. `run` writes it, too.\n",
     rig_command_report},
    {{"pick", "RIG", NULL}, "pick scene points and tile borders in the footage, on a page in your browser",
     "  Prints the address of a page on this machine. The page writes the file that `extrinsics: {world: {points: FILE}}` names, and\n"
     "  `views: {VIEW: {rect: ...}}` of the rig YAML. The command ends with the page's Done button, with Ctrl-C, or five minutes\n"
     "  after the page was closed.\n",
     rig_command_pick},
    {{"batch", "RIG...", RIG_OPTIONS({"--sessions", "N", "sessions at a time (default: one a thread, as far as memory allows)", false})},
     "run many sessions, several at a time, and print a summary as YAML; one that fails does not stop the others",
     "  The threads of --jobs are divided among the sessions at work. What is up to date is skipped: a batch that was\n"
     "  stopped goes on when it is run again. The summary is in the order of RIG...; batch.html links the reports, and each\n"
     "  session has a log in its out/log. The exit code is 1 if any session failed.\n", rig_command_batch},
    {{"models", "[DESCRIPTOR...]", NULL}, "list the network runtimes and networks, and whether each works, as YAML",
     "  Without DESCRIPTOR, those in configs/models and data/models are listed. Each network whose file is present is loaded\n"
     "  by each runtime; its outputs are compared with the descriptor and its self-check, and one picture of its nominal size\n"
     "  is timed. The exit code is 1 if a network fails on the runtime that would be used.\n", rig_command_models},
    {{"help", "[COMMAND]", NULL}, "explain a command or stage, its options, and the keys of the rig YAML that it uses", "", rig_command_help},
    {{"completion", "bash|zsh", NULL}, "print a completion script for the shell",
     "  bash: eval \"$(rigpose completion bash)\"    zsh: rigpose completion zsh > \"${fpath[1]}/_rigpose\"\n", rig_command_completion},
    {{"manual", "", NULL}, "print the manual page: rigpose manual | man -l -", "", rig_command_manual},
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
    if (*name == '-')
        return rig_option_unknown(NULL, name, err);
    for (int i = 0; i < rig_commands_n + rig_stages_n; i++)
        rig_text_meant(name, i < rig_commands_n ? rig_commands[i].usage.name : rig_stages[i - rig_commands_n].name,
                       &meant);
    if (meant)
        return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s'; did you mean '%s'?", name, meant);
    return rig_fail(err, RIG_ERR_USAGE, "unknown command '%s': see `rigpose help`", name);
}
