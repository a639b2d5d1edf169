#include "app/arguments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

void rig_usage_options_print(const rig_usage *usage) {
    int width = 0;
    for (const rig_option *o = usage->options; o && o->name; o++)
        width = option_width(o) > width ? option_width(o) : width;
    for (const rig_option *o = usage->options; o && o->name; o++) {
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

static rig_status option_take(rig_arguments *arguments, int n, char **argv, int *i, rig_err *err) {
    int o = 0;
    while (arguments->options && arguments->options[o].name && strcmp(arguments->options[o].name, argv[*i]) != 0)
        o++;
    if (!arguments->options || !arguments->options[o].name)
        return rig_fail(err, RIG_ERR_USAGE, "unknown option '%s'", argv[*i]);
    if (!arguments->options[o].argument)
        arguments->values[o] = "";
    else if (++*i < n)
        arguments->values[o] = argv[*i];
    else
        return rig_fail(err, RIG_ERR_USAGE, "option '%s' needs a value", arguments->options[o].name);
    return RIG_OK;
}

rig_status rig_arguments_take(const rig_usage *usage, int n, char **argv, rig_arguments *arguments, rig_err *err) {
    char line[160];
    int least, most;
    *arguments = (rig_arguments){.options = usage->options, .operands = argv};
    for (int i = 0; i < n; i++) {
        if (argv[i][0] == '-' && argv[i][1])
            RIG_TRY(option_take(arguments, n, argv, &i, err));
        else
            argv[arguments->n++] = argv[i];
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
