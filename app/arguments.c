#include "app/arguments.h"

#include "core/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *rig_usage_line(const rig_usage *usage, char line[160]) {
    int n = snprintf(line, 160, "rigpose %s%s%s", usage->name, *usage->operands ? " " : "", usage->operands);
    for (const rig_option *o = usage->options; o && o->name && n < 160; o++)
        n += snprintf(line + n, (size_t)(160 - n), o->needed ? " %s%s%s" : " [%s%s%s]", o->name, o->argument ? " " : "",
                      o->argument ? o->argument : "");
    return line;
}

static int option_width(const rig_option *o) {
    return (int)strlen(o->name) + (o->argument ? 1 + (int)strlen(o->argument) : 0);
}

void rig_options_print(const rig_option *options) {
    int width = 0;
    for (const rig_option *o = options; o && o->name; o++)
        width = option_width(o) > width ? option_width(o) : width;
    for (const rig_option *o = options; o && o->name; o++) {
        printf("  %s%s%s%*s", o->name, o->argument ? " " : "", o->argument ? o->argument : "", width - option_width(o),
               "");
        for (const char *line = o->help, *end; *line; line = *end ? end + 1 : end) {
            end = line + strcspn(line, "\n");
            printf("%*s%.*s\n", line == o->help ? 3 : width + 5, "", (int)(end - line), line);
        }
    }
}

// How many operands a text like `RIG`, `[DIR]` or `RIG...` asks for, at least and at most.
static void operands_count(const char *text, int *least, int *most) {
    *least = *most = 0;
    for (; *text; text += strspn(text, " ")) {
        *least += *text != '[';
        *most += 1;
        text += strcspn(text, " ");
    }
}

// The place of an option in its list, whose name the word is up to its end or a `=`; -1: not there.
static int option_find(const rig_option *options, const char *word) {
    const size_t n = strcspn(word, "=");
    for (int o = 0; options && options[o].name; o++)
        if (strlen(options[o].name) == n && strncmp(options[o].name, word, n) == 0)
            return o;
    return -1;
}

rig_status rig_option_unknown(const rig_option *options, const char *word, rig_err *err) {
    const rig_option *const lists[] = {options, rig_global_options};
    char name[64];
    const char *meant = NULL;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (int l = 0; l < 2; l++)
        for (const rig_option *o = lists[l]; o && o->name; o++)
            rig_text_meant(name + strspn(name, "-"), o->name + 2, &meant);
    return rig_fail(err, RIG_ERR_USAGE, meant ? "unknown option '%s'; did you mean '--%s'?" : "unknown option '%s'",
                    name, meant);
}

static bool is_option(const char *word) {
    return word[0] == '-' && word[1];
}

// The value of argv[*i], in the same word or the next; "" where it takes none. *value: NULL before.
static rig_status value_take(const rig_option *option, int n, char **argv, int *i, const char **value, rig_err *err) {
    const char *equals = strchr(argv[*i], '=');
    if (*value)
        return rig_fail(err, RIG_ERR_USAGE, "option '%s' is given twice", option->name);
    if (equals && !option->argument)
        return rig_fail(err, RIG_ERR_USAGE, "option '%s' takes no value", option->name);
    if (option->argument && !equals && *i + 1 >= n)
        return rig_fail(err, RIG_ERR_USAGE, "option '%s' needs a value", option->name);
    if (option->argument && !equals && is_option(argv[*i + 1]))
        return rig_fail(err, RIG_ERR_USAGE, "option '%s' needs a value; one that begins with '-' is given as '%s=%s'",
                        option->name, option->name, argv[*i + 1]);
    *value = !option->argument ? "" : equals ? equals + 1 : argv[++*i];
    return RIG_OK;
}

// --- of every command ------------------------------------------------------------------------------------------------

enum { HELP, QUIET, VERBOSE, COLOR, JOBS, PROGRESS, WAIT, GLOBALS_N };
const rig_option rig_global_options[] = {
    [HELP] = {"--help", NULL, "-h: explain a command and its options", false},
    [QUIET] = {"--quiet", NULL, "-q: print warnings and errors only", false},
    [VERBOSE] = {"--verbose", NULL, "-v: also say why each stage runs", false},
    [COLOR] = {"--color", "auto|always|never",
               "`error:` and `warning:` in colour (auto: on a terminal, unless NO_COLOR is set)", false},
    [JOBS] = {"--jobs", "N", "number of threads (default: one per core)", false},
    [PROGRESS] =
        {"--progress", "bar|json|json:FILE",
         "how to tell what is done: to people (default), or as a JSON object a line, in their place or to FILE", false},
    [WAIT] = {"--wait", NULL, "while another run works in the output folder, wait for it to finish (default: fail)",
              false},
    [GLOBALS_N] = {NULL, NULL, NULL, false},
};

// `-qv` for `-q -v`.
static bool is_combined(const char *word) {
    return word[0] == '-' && strlen(word) > 2 && word[1 + strspn(word + 1, "hqv")] == 0;
}

static int global_find(const char *word) {
    static const char *const letters[GLOBALS_N] = {[HELP] = "-h", [QUIET] = "-q", [VERBOSE] = "-v"};
    for (int o = 0; o < GLOBALS_N; o++)
        if (letters[o] && strcmp(letters[o], word) == 0)
            return o;
    return option_find(rig_global_options, word);
}

static rig_status color_read(const char *value, bool *color, rig_err *err) {
    if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 && strcmp(value, "never") != 0)
        return rig_fail(err, RIG_ERR_USAGE, "option '--color': '%s', expected auto, always or never", value);
    const char *no_color = getenv("NO_COLOR");
    *color = *value == 'a' && (value[1] == 'l' || (isatty(STDERR_FILENO) && !(no_color && *no_color)));
    return RIG_OK;
}

const char *rig_arguments_command(int n, char **argv) {
    for (int i = 0; i < n; i++) {
        const int o = global_find(argv[i]);
        if (o < 0)
            return argv[i];
        i += rig_global_options[o].argument && !strchr(argv[i], '=');
    }
    return NULL;
}

rig_status rig_globals_take(const rig_option *options, int *n, char **argv, rig_globals *globals, rig_err *err) {
    const char *values[GLOBALS_N] = {NULL};
    int kept = 0;
    bool ended = false;
    for (int i = 0; i < *n; i++) {
        const int own = ended ? -1 : option_find(options, argv[i]);
        ended = ended || strcmp(argv[i], "--") == 0;
        const int o = ended ? -1 : global_find(argv[i]);
        if (o >= 0) {
            RIG_TRY(value_take(&rig_global_options[o], *n, argv, &i, &values[o], err));
            continue;
        }
        if (!ended && is_combined(argv[i]))
            return rig_fail(err, RIG_ERR_USAGE, "option '%s': expected short options one by one, as in '-%c -%c'",
                            argv[i], argv[i][1], argv[i][2]);
        const bool has_next = own >= 0 && options[own].argument && !strchr(argv[i], '=') && i + 1 < *n;
        argv[kept++] = argv[i];
        if (has_next)
            argv[kept++] = argv[++i];
    }
    *n = kept;
    if (values[QUIET] && values[VERBOSE])
        return rig_fail(err, RIG_ERR_USAGE, "options '--quiet' and '--verbose' exclude each other");
    *globals = (rig_globals){.help = values[HELP],
                             .quiet = values[QUIET],
                             .verbose = values[VERBOSE],
                             .wait = values[WAIT],
                             .progress = values[PROGRESS] ? values[PROGRESS] : "bar"};
    const rig_arguments given = {.options = rig_global_options + JOBS, .values = {values[JOBS]}};
    RIG_TRY(rig_arguments_int(&given, "--jobs", 1, 1024, &globals->jobs, err));
    return color_read(values[COLOR] ? values[COLOR] : "auto", &globals->color, err);
}

// --- of one command --------------------------------------------------------------------------------------------------

rig_status rig_arguments_take(const rig_usage *usage, int n, char **argv, rig_arguments *arguments, rig_err *err) {
    char line[160];
    int least, most;
    bool ended = false;
    *arguments = (rig_arguments){.options = usage->options, .operands = argv};
    for (int i = 0; i < n; i++) {
        const bool option = !ended && is_option(argv[i]);
        const int o = option ? option_find(usage->options, argv[i]) : -1;
        if (option && strcmp(argv[i], "--") == 0)
            ended = true;
        else if (!option)
            argv[arguments->n++] = argv[i];
        else if (o < 0)
            return rig_option_unknown(usage->options, argv[i], err);
        else
            RIG_TRY(value_take(&usage->options[o], n, argv, &i, &arguments->values[o], err));
    }
    operands_count(usage->operands, &least, &most);
    bool whole = arguments->n >= least && (arguments->n <= most || strstr(usage->operands, "..."));
    for (int o = 0; usage->options && usage->options[o].name; o++)
        whole = whole && (arguments->values[o] || !usage->options[o].needed);
    return whole ? RIG_OK : rig_fail(err, RIG_ERR_USAGE, "usage: %s", rig_usage_line(usage, line));
}

const char *rig_arguments_option(const rig_arguments *arguments, const char *name) {
    for (int o = 0; arguments->options && arguments->options[o].name; o++)
        if (strcmp(arguments->options[o].name, name) == 0)
            return arguments->values[o];
    return NULL;
}

rig_status rig_arguments_int(const rig_arguments *arguments, const char *name, int low, int high, int *value,
                             rig_err *err) {
    const char *text = rig_arguments_option(arguments, name);
    char *end;
    if (!text)
        return RIG_OK;
    long number = strtol(text, &end, 10);
    if (end == text || *end || number < low || number > high)
        return rig_fail(err, RIG_ERR_USAGE, "option '%s': '%s', expected a whole number from %d to %d", name, text, low,
                        high);
    *value = (int)number;
    return RIG_OK;
}
