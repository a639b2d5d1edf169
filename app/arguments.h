// What a command or stage is given on the command line. Usage, help and parsing all come from its list of options.
#ifndef RIG_APP_ARGUMENTS_H
#define RIG_APP_ARGUMENTS_H

#include "core/status.h"

#include <stdbool.h>

enum { RIG_OPTIONS_MAX = 4 }; // of one command

typedef struct rig_option {
    const char *name;     // "--dir"; NULL ends a list
    const char *argument; // what its value is called in usage and help, "DIR"; NULL: it takes none
    const char *help;     // a line, or some with \n between
    bool needed;
} rig_option;
#define RIG_OPTIONS(...) ((const rig_option[]){__VA_ARGS__, {NULL, NULL, NULL, false}})

typedef struct rig_usage {
    const char *name;          // "export"
    const char *operands;      // "RIG", "[DIR]", "RIG...", "RESULT TRUTH"
    const rig_option *options; // NULL: none
} rig_usage;

typedef struct rig_arguments {
    const rig_option *options;           // as in the usage
    const char *values[RIG_OPTIONS_MAX]; // of each option that was given: its value, "" where it takes none; else NULL
    int n;
    char **operands;
} rig_arguments;

// Options of every command; they may stand anywhere on the line, `-q` and `-v` for short.
typedef struct rig_globals {
    bool help, quiet, verbose, color, wait;
    int jobs;             // threads; 0: as many as there are cores
    const char *progress; // as rig_events_open takes it
} rig_globals;
extern const rig_option rig_global_options[];

// The first of n words that is no option of every command, nor the value of one: the command's name. NULL: none.
const char *rig_arguments_command(int n, char **argv);
// Take the options of every command out of the n words of argv, up to `--`; *n is how many words are left. The word
// after one of the command's own options (NULL: none) that takes a value is left to rig_arguments_take. Fails with
// RIG_ERR_USAGE, naming the option: one that is given twice, whose value is missing or wrong, or excludes another.
RIG_CHECKED rig_status rig_globals_take(const rig_option *options, int *n, char **argv, rig_globals *globals,
                                        rig_err *err);
// Fails with RIG_ERR_USAGE: a word is neither one of the options (NULL: none) nor one of every command; says which was
// probably meant.
RIG_CHECKED rig_status rig_option_unknown(const rig_option *options, const char *word, rig_err *err);

// Take n words of argv, whose order becomes: operands first. `--to=x` is `--to x`; after `--` all are operands. Fails
// with RIG_ERR_USAGE, naming the option: one that is not in the list, is given twice, or has no value (where the next
// word begins with '-' it is none); saying the usage: an option or operand that is missing, too many operands.
RIG_CHECKED rig_status rig_arguments_take(const rig_usage *usage, int n, char **argv, rig_arguments *arguments,
                                          rig_err *err);
// An option's value, "" where it takes none; NULL where it was not given, or is not in the list.
const char *rig_arguments_option(const rig_arguments *arguments, const char *name);
// The value as a whole number, low <= *value <= high; left alone where the option was not given.
RIG_CHECKED rig_status rig_arguments_int(const rig_arguments *arguments, const char *name, int low, int high,
                                         int *value, rig_err *err);
// The usage in one line, and on stdout a line (or some) for each option of a list (NULL: none).
const char *rig_usage_line(const rig_usage *usage, char line[160]);
void rig_options_print(const rig_option *options);

#endif
