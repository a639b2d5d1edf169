#include "io/config_problems.h"

#include "io/config_keys.h"

#include <stdlib.h>
#include <string.h>

enum { PROBLEMS_MAX = 1000 };

// --- noting ----------------------------------------------------------------------------------------------------------

// The line that a text `file:line: ...` names; 0: none.
static int line_of(const rig_config *config, const char *text) {
    size_t n = strlen(config->path);
    return strncmp(text, config->path, n) == 0 && text[n] == ':' ? (int)strtol(text + n + 1, NULL, 10) : 0;
}

// The node that a text speaks of: the last one on its line whose place `file:line: path.to.key: ` it begins with.
static void column_find(const rig_yaml *node, const char *text, int line, int *column) {
    char place[sizeof((rig_err *)NULL)->text];
    if (node->line == line) {
        rig_err err = {""};
        (void)!rig_yaml_fail(node, &err, "%s", "");
        snprintf(place, sizeof place, "%s", err.text);
        if (strncmp(text, place, strlen(place)) == 0)
            *column = node->column;
    }
    for (int i = 0; !node->alias && i < node->n; i++)
        column_find(&node->items[i], text, line, column);
}

rig_status rig_config_note(rig_config *config, rig_status status, rig_arena *out, rig_err *err) {
    if (status != RIG_ERR_CONFIG)
        return status;
    for (int i = 0; i < config->n_problems; i++)
        if (strcmp(config->problems[i].text, err->text) == 0)
            return RIG_OK;
    if (!*err->text || config->n_problems == PROBLEMS_MAX)
        return RIG_OK;
    if (!config->problems)
        config->problems = RIG_NEW(out, rig_config_problem, PROBLEMS_MAX);
    char *text = rig_arena_strdup(out, err->text);
    if (!config->problems || !text)
        return rig_fail_memory(err, config->path);
    rig_config_problem *problem = &config->problems[config->n_problems++];
    *problem = (rig_config_problem){.text = text, .line = line_of(config, text), .column = -1};
    if (config->root)
        column_find(config->root, text, problem->line, &problem->column);
    return RIG_OK;
}

rig_status rig_config_fail_silent(rig_err *err) {
    return rig_fail(err, RIG_ERR_CONFIG, "%s", "");
}

static int by_line(const void *a, const void *b) {
    const rig_config_problem *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

rig_status rig_config_problems_tell(rig_config *config, rig_err *err) {
    const int n = config->n_problems;
    if (n == 0)
        return RIG_OK;
    qsort(config->problems, (size_t)n, sizeof *config->problems, by_line);
    if (n == 1)
        return rig_fail(err, RIG_ERR_CONFIG, "%s", config->problems[0].text);
    return rig_fail(err, RIG_ERR_CONFIG, "%s (and %d more problem%s: run `rigpose check %s` to list all)",
                    config->problems[0].text, n - 1, n > 2 ? "s" : "", config->path);
}

// --- every key -------------------------------------------------------------------------------------------------------

static rig_status map_check(rig_config *config, const rig_yaml *map, const char *section, rig_arena *out,
                            rig_err *err) {
    for (int k = 0; k < rig_keys_n; k++)
        if (rig_key_is_in(&rig_keys[k], section))
            RIG_NOTE(rig_key_check_there(map, &rig_keys[k], err));
    for (int i = 0; i < map->n; i++) {
        const rig_yaml *item = &map->items[i];
        const rig_key *key = NULL;
        RIG_NOTE(rig_key_of_item(map, item, section, &key, err));
        if (!key || rig_yaml_is_null(item))
            continue;
        RIG_NOTE(rig_key_check_value(item, key, err));
        if (key->type == RIG_KEY_MAP && item->kind == RIG_YAML_MAP)
            RIG_TRY(map_check(config, item, key->path, out, err));
    }
    return RIG_OK;
}

rig_status rig_config_check_keys(rig_config *config, rig_arena *out, rig_err *err) {
    return map_check(config, config->root, "", out, err);
}
