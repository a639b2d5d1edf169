// completion: scripts for bash and zsh, printed from the tables of commands, stages and export formats.
#include "app/command_table.h"
#include "app/commands.h"
#include "app/export_formats.h"

#include <stdio.h>
#include <string.h>

// The i-th command, then the stages; its options or NULL.
static const char *name_at(int i, const char **summary, const rig_option **options) {
    const bool is_command = i < rig_commands_n;
    const rig_stage *stage = is_command ? NULL : &rig_stages[i - rig_commands_n];
    *summary = is_command ? rig_commands[i].summary : stage->summary;
    *options = is_command ? rig_commands[i].usage.options : stage->options;
    return is_command ? rig_commands[i].usage.name : stage->name;
}

// --- bash ------------------------------------------------------------------------------------------------------------

static void options_list(const rig_option *options) {
    for (const rig_option *o = options; o && o->name; o++)
        printf(" %s", o->name);
}

static void names_list(void) {
    for (int i = 0; i < rig_commands_n; i++)
        printf(" %s", rig_commands[i].usage.name);
    for (int i = 0; i < rig_stages_n; i++)
        printf(" %s", rig_stages[i].name);
}

static void formats_list(void) {
    rig_export_format format;
    for (int i = 0; rig_export_format_at(i, &format); i++)
        printf(" %s", format.name);
}

static void bash_print(void) {
    const char *summary;
    const rig_option *options;
    printf(
        "_rigpose() {\n"
        "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words\n"
        "    [ \"$before\" = '=' ] && before=${COMP_WORDS[COMP_CWORD-2]}\n"
        "    [ \"$word\" = '=' ] && { before=${COMP_WORDS[COMP_CWORD-1]}; word=; }\n"
        "    [ $COMP_CWORD -eq 1 ] && before=help\n"
        "    case $before in\n"
        "        --to) words='");
    formats_list();
    printf("' ;;\n        --color) words='auto always never' ;;\n        --progress) words='bar json json:' ;;\n       "
           " --kind) words='chessboard charuco aprilgrid' "
           ";;\n        --paper) words='a4 a3 a2 a1 a0 letter' ;;\n        help) words='");
    names_list();
    printf("' ;;\n        completion) words='bash zsh' ;;\n        --dir|--jobs|--people|--seed|--sessions) return ;;\n"
           "        *)\n            case $command in\n");
    for (int i = 0; i < rig_commands_n + rig_stages_n; i++) {
        const char *name = name_at(i, &summary, &options);
        if (!options)
            continue;
        printf("                %s) words='", name);
        options_list(options);
        printf("' ;;\n");
    }
    printf("            esac\n            [[ $word == -* ]] && words=\"$words ");
    options_list(rig_global_options);
    printf("\" || words= ;;\n    esac\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "}\ncomplete -o default -F _rigpose rigpose\n");
}

// --- zsh -------------------------------------------------------------------------------------------------------------

// One line of `name:what it is`, in single quotes, as _describe takes it.
static void described_put(const char *name, const char *text) {
    printf("'%s:", name);
    for (; *text && *text != '\n'; text++)
        if (*text == '\'')
            printf("'\\''");
        else
            printf(*text == ':' ? "\\:" : "%c", *text);
    printf("'");
}

static void options_describe(const rig_option *options) {
    for (const rig_option *o = options; o && o->name; o++) {
        printf(" ");
        described_put(o->name, o->help);
    }
}

// The body of a function: compinit loads the file when the command is first completed.
static void zsh_print(void) {
    const char *summary;
    const rig_option *options;
    printf("#compdef rigpose\nlocal before=$words[CURRENT-1]\nlocal -a commands options\ncommands=(");
    for (int i = 0; i < rig_commands_n + rig_stages_n; i++) {
        const char *name = name_at(i, &summary, &options);
        printf("\n    ");
        described_put(name, summary);
    }
    printf(")\nif [[ $words[CURRENT] == --*=* ]]; then\n    before=${words[CURRENT]%%%%=*}\n    compset -P '*='\nfi\n"
           "(( CURRENT == 2 )) && before=help\ncase $before in\n    --to) compadd --");
    formats_list();
    printf(" ;;\n    --color) compadd -- auto always never ;;\n    --progress) compadd -- bar json json: ;;\n    "
           "--kind) compadd -- chessboard charuco aprilgrid ;;\n   "
           " --paper) compadd -- a4 a3 a2 a1 a0 letter ;;\n    --dir) _files -/ ;;\n    "
           "--jobs|--people|--seed|--sessions) ;;\n"
           "    help) _describe command commands ;;\n    completion) compadd -- bash zsh ;;\n    *)\n"
           "        if [[ $words[CURRENT] != -* ]]; then\n            _files\n            return\n        fi\n"
           "        options=(");
    options_describe(rig_global_options);
    printf(")\n        case $words[2] in\n");
    for (int i = 0; i < rig_commands_n + rig_stages_n; i++) {
        const char *name = name_at(i, &summary, &options);
        if (!options)
            continue;
        printf("            %s) options+=(", name);
        options_describe(options);
        printf(") ;;\n");
    }
    printf("        esac\n        _describe -o option options ;;\nesac\n");
}

// ---------------------------------------------------------------------------------------------------------------------

rig_status rig_command_completion(const rig_arguments *arguments, rig_err *err) {
    const char *shell = arguments->operands[0];
    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
        return rig_fail(err, RIG_ERR_USAGE, "completion is for bash or zsh, got '%s'", shell);
    if (*shell == 'z')
        zsh_print();
    else
        bash_print();
    return RIG_OK;
}
