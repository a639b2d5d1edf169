// help and the manual page, printed from the tables of commands, stages and keys.
#include "app/command_table.h"
#include "app/commands.h"
#include "app/export_formats.h"
#include "app/paper.h"
#include "io/config_keys.h"

#include <stdio.h>
#include <string.h>

// --- help ------------------------------------------------------------------------------------------------------------

static void overview_print(void) {
    printf("rigpose: turn multi-camera recordings of people into calibrated cameras and 3D skeletons\n\nusage: rigpose "
           "COMMAND ...        `rigpose help COMMAND` says more\n\ncommands\n");
    for (int i = 0; i < rig_commands_n; i++)
        printf("  %-12s %s\n", rig_commands[i].usage.name, rig_commands[i].summary);
    printf("\nstages, each run as `rigpose STAGE RIG`\n");
    for (int i = 0; i < rig_stages_n; i++)
        printf("  %-12s %s\n", rig_stages[i].name, rig_stages[i].summary);
    printf("\noptions common to all commands\n");
    rig_options_print(rig_global_options);
}

static void command_print(const rig_command *command) {
    char line[160];
    printf("usage: %s\n\n%s\n", rig_usage_line(&command->usage, line), command->summary);
    if (command->usage.options || *command->help)
        printf("\n");
    rig_options_print(command->usage.options);
    printf("%s", command->help);
    if (command->run == rig_command_export)
        rig_export_formats_print();
}

static void stage_print(const rig_stage *stage) {
    char line[160];
    const rig_usage usage = rig_stage_usage(stage);
    printf("usage: %s\n\n%s\n\nmakes  %s\nneeds  ", rig_usage_line(&usage, line), stage->summary, stage->makes);
    for (int i = 0; stage->needs[i]; i++)
        printf("%s%s", i ? ", " : "", rig_stage_find(stage->needs[i])->makes);
    printf("%s\n", stage->needs[0] ? "" : "the rig YAML and the files it names");
    for (int i = 0; stage->also[i]; i++)
        printf("%s%s%s", i ? ", " : "can also make  ", stage->also[i], stage->also[i + 1] ? "" : "\n");
    if (stage->loop.file)
        printf("reads  %s of an earlier `%s`, %s\n", stage->loop.file, stage->loop.made_by, stage->loop.when);
    printf("%s", usage.options ? "\n" : "");
    rig_options_print(usage.options);
    printf("\nkeys of the rig YAML that this stage uses\n");
    rig_keys_of_stage_print(stage->name);
}

rig_status rig_command_help(const rig_arguments *arguments, rig_err *err) {
    const char *name = arguments->n > 0 ? arguments->operands[0] : NULL;
    const rig_stage *stage = name ? rig_stage_find(name) : NULL;
    const rig_command *command = name ? rig_command_find(name) : NULL;
    if (!name)
        overview_print();
    else if (stage)
        stage_print(stage);
    else if (command)
        command_print(command);
    else
        return rig_command_unknown(name, err);
    return RIG_OK;
}

// --- the manual page -------------------------------------------------------------------------------------------------

// Text as troff takes it: no dash that breaks, nothing at a line's start that it would obey.
static void troff_put(const char *text) {
    for (bool start = true; *text; start = *text++ == '\n') {
        if (start && (*text == '.' || *text == '\''))
            printf("\\&");
        if (*text == '-' || *text == '\\')
            printf(*text == '-' ? "\\-" : "\\e");
        else
            putchar(*text);
    }
}

static void options_put(const rig_option *options) {
    for (const rig_option *o = options; o && o->name; o++) {
        printf(".RS\n.TP\n\\fB");
        troff_put(o->name);
        printf("\\fR%s\\fI%s\\fR\n", o->argument ? " " : "", o->argument ? o->argument : "");
        troff_put(o->help);
        printf("\n.RE\n");
    }
}

static void entry_put(const rig_usage *usage, const char *summary, const char *help) {
    printf(".TP\n\\fB%s\\fR \\fI", usage->name);
    troff_put(usage->operands);
    printf("\\fR\n");
    troff_put(summary);
    printf(".\n");
    for (const char *line = help, *end; *line; line = *end ? end + 1 : end) {
        char text[256];
        end = line + strcspn(line, "\n");
        snprintf(text, sizeof text, "%.*s", (int)(end - line), line);
        troff_put(text + strspn(text, " "));
        printf("\n");
    }
    options_put(usage->options);
}

rig_status rig_command_manual(const rig_arguments *arguments, rig_err *err) {
    rig_export_format format;
    (void)arguments, (void)err;
    printf(".TH RIGPOSE 1 \"\" \"rigpose " RIG_VERSION
           "\"\n.SH NAME\nrigpose \\- turn multi-camera recordings of people into calibrated cameras and 3D "
           "skeletons\n.SH SYNOPSIS\n\\fBrigpose\\fR \\fICOMMAND\\fR ...\n.SH COMMANDS\n");
    for (int i = 0; i < rig_commands_n; i++)
        entry_put(&rig_commands[i].usage, rig_commands[i].summary, rig_commands[i].help);
    printf(".SH STAGES\nEach is run as \\fBrigpose\\fR \\fISTAGE RIG\\fR; \\fBrigpose run\\fR runs all that the rig "
           "YAML configures.\n");
    for (int i = 0; i < rig_stages_n; i++) {
        const rig_usage usage = rig_stage_usage(&rig_stages[i]);
        entry_put(&usage, rig_stages[i].summary, "");
    }
    printf(".SH OPTIONS\nCommon to all commands:\n");
    options_put(rig_global_options);
    printf(".SH EXPORT FORMATS\n");
    for (int i = 0; rig_export_format_at(i, &format); i++) {
        printf(".TP\n\\fB%s\\fR\n%s: ", format.name, format.holds);
        troff_put(format.summary);
        printf("\n");
    }
    printf(".SH EXIT STATUS\n0: success. 1: a stage failed, or a fault was found. 2: wrong usage, or an invalid rig "
           "YAML.\n.SH ENVIRONMENT\nNO_COLOR: no colours. OMP_NUM_THREADS: like \\-\\-jobs. RIGPOSE_ONNXRUNTIME: path "
           "of the ONNX Runtime library.\n.SH FILES\nThe rig YAML; \\fBrigpose keys\\fR lists its keys.\n");
    return RIG_OK;
}
