// keys: the table of the rig YAML's keys, as a commented rig of defaults or as tables of Markdown.
#include "app/commands.h"
#include "io/config_keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { COMMENT_COLUMN = 30, WIDTH = 118, TEXT_MAX = 1024 };

// --- what a key may be -----------------------------------------------------------------------------------------------

static bool has_range(const rig_key *key) {
    return key->high > key->low;
}

// `a, b`: the words between marks, say backquotes.
static int words_put(const rig_key *key, const char *mark, char *text, int n) {
    const char *word;
    for (int i = 0; (word = rig_key_word_at(key, i)); i++)
        n += snprintf(text + n, (size_t)(TEXT_MAX - n), "%s%s%s%s", i ? ", " : "", mark, word, mark);
    return n;
}

// `2 whole numbers, 1 to 64`, `above 0, up to 100 m`
static int range_put(const rig_key *key, char *text, int n) {
    const char *unit = key->unit ? key->unit : "", *space = key->unit ? " " : "";
    const size_t room = (size_t)(TEXT_MAX - n);
    if (key->count > 0)
        n += snprintf(text + n, room, "%d whole numbers, ", key->count);
    if (key->high >= INT_MAX - 1)
        return n + snprintf(text + n, room, "at least %.15g%s%s", key->low, space, unit);
    if (key->type == RIG_KEY_POSITIVE)
        return n + snprintf(text + n, room, "above 0, up to %.15g%s%s", key->high, space, unit);
    return n + snprintf(text + n, room, "%.15g to %.15g%s%s", key->low, key->high, space, unit);
}

// Type, range and unit; "" for a map.
static const char *expects_text(const rig_key *key, const char *mark, char text[TEXT_MAX]) {
    int n =
        snprintf(text, TEXT_MAX, "%s%s", key->expects ? key->expects : "", key->expects && has_range(key) ? ", " : "");
    if (key->type == RIG_KEY_WORD) {
        n += snprintf(text + n, (size_t)(TEXT_MAX - n), "%s", key->count ? "a list of " : "");
        words_put(key, mark, text, n);
    } else if (has_range(key)) {
        range_put(key, text, n);
    } else if (key->type == RIG_KEY_BOOL) {
        snprintf(text, TEXT_MAX, "%strue%s, %sfalse%s", mark, mark, mark, mark);
    }
    return text;
}

// `Only with source openpose, coco.`
static const char *with_text(const rig_key *key, char text[TEXT_MAX]) {
    int n = key->with ? snprintf(text, TEXT_MAX, " Only with %s ", key->with) : 0;
    for (const char *at = key->with ? key->is : ""; *at; at++)
        n += snprintf(text + n, (size_t)(TEXT_MAX - n), *at == ' ' ? ", " : "%c", *at);
    snprintf(text + n, (size_t)(TEXT_MAX - n), "%s", key->with ? "." : "");
    return text;
}

// --- as YAML ---------------------------------------------------------------------------------------------------------

static int depth_of(const rig_key *key) {
    int n = 0;
    for (const char *at = key->path; (at = strchr(at, '.')); at++)
        n++;
    return n;
}

static bool is_below(const rig_key *key, const char *path) {
    size_t n = strlen(path);
    return n == 0 || (strncmp(key->path, path, n) == 0 && (key->path[n] == 0 || key->path[n] == '.'));
}

// A comment from the column on, on as many lines as it takes.
static void comment_print(const char *text, int column) {
    for (bool first = true; *text; first = false) {
        size_t room = (size_t)(WIDTH - COMMENT_COLUMN - 2), n = strlen(text);
        if (n > room)
            for (n = room; n > 0 && text[n] != ' '; n--)
                continue;
        printf("%*s# %.*s\n", first ? (column < COMMENT_COLUMN ? COMMENT_COLUMN - column : 1) : COMMENT_COLUMN, "",
               (int)n, text);
        text += n + strspn(text + n, " ");
    }
}

// Whether the key goes with the defaults of the others, as do the sections that it stands in.
static bool is_default(const rig_key *key) {
    char path[128];
    int n = (int)(rig_key_name(key) - key->path);
    if (key->with) {
        snprintf(path, sizeof path, "%.*s%s", n, key->path, key->with);
        const rig_key *with = rig_key_find(path);
        return with->value && rig_words_have(key->is, with->value);
    }
    snprintf(path, sizeof path, "%.*s", n - 1, key->path);
    return n == 0 || is_default(rig_key_find(path));
}

static void key_print(const rig_key *key) {
    char expects[TEXT_MAX], with[TEXT_MAX], comment[3 * TEXT_MAX];
    int column = printf("%*s%s%s:", 2 * depth_of(key), "", is_default(key) ? "" : "# ", rig_key_name(key));
    if (key->value)
        column += printf(" %s", key->value);
    expects_text(key, "", expects);
    snprintf(comment, sizeof comment, "%s%s%s%s%s", key->needed ? "Needed: " : "", expects, *expects ? ". " : "",
             key->meaning, with_text(key, with));
    comment_print(comment, column);
}

// The keys below a path, of a stage (NULL: of all), and the sections that they stand in.
static void keys_print(const char *path, const char *stage) {
    bool first = true;
    for (int k = 0; k < rig_keys_n; k++) {
        bool wanted = false;
        for (int m = k; m < rig_keys_n && is_below(&rig_keys[m], rig_keys[k].path); m++)
            wanted = wanted || (is_below(&rig_keys[m], path) &&
                                (!stage || (rig_keys[m].stages && rig_words_have(rig_keys[m].stages, stage))));
        if (!wanted)
            continue;
        if (!first && rig_keys[k].type == RIG_KEY_MAP && depth_of(&rig_keys[k]) == 0)
            printf("\n");
        key_print(&rig_keys[k]);
        first = false;
    }
}

void rig_keys_of_stage_print(const char *stage) {
    keys_print("", stage);
}

// --- as tables of Markdown -----------------------------------------------------------------------

// The keys that stand directly in a section, between the marks at which configs/README.md has them.
static void table_print(const char *section) {
    char expects[TEXT_MAX], with[TEXT_MAX];
    bool has = false;
    for (int k = 0; k < rig_keys_n; k++)
        has = has || (rig_key_is_in(&rig_keys[k], section) && rig_keys[k].type != RIG_KEY_MAP);
    if (!has) // only names, whose keys have tables of their own
        return;
    printf("<!-- keys of %s -->\n| key | meaning | range | default | used by |\n| --- | --- | --- | --- | --- |\n",
           *section ? section : "the top");
    for (int k = 0; k < rig_keys_n; k++) {
        const rig_key *key = &rig_keys[k];
        if (!rig_key_is_in(key, section))
            continue;
        printf("| `%s` | %s%s | %s | ", rig_key_name(key), key->meaning, with_text(key, with),
               expects_text(key, "`", expects));
        if (key->needed)
            printf("needed");
        else if (key->value)
            printf("`%s`", key->value);
        printf(" | ");
        for (const char *at = key->stages ? key->stages : "all"; *at; at++)
            printf(*at == ' ' ? ", " : "%c", *at);
        printf("; `%s` |\n", key->source);
    }
    printf("<!-- end -->\n");
}

rig_status rig_command_keys(const rig_arguments *arguments, rig_err *err) {
    const char *path = arguments->n ? arguments->operands[0] : "";
    bool known = false;
    for (int k = 0; k < rig_keys_n; k++)
        known = known || is_below(&rig_keys[k], path);
    if (!known)
        return rig_fail(err, RIG_ERR_USAGE, "no key '%.80s' in a rig YAML: see `rigpose keys`", path);
    if (!rig_arguments_option(arguments, "--tables")) {
        keys_print(path, NULL);
        return RIG_OK;
    }
    if (!*path)
        table_print("");
    for (int k = 0; k < rig_keys_n; k++)
        if (rig_keys[k].type == RIG_KEY_MAP && is_below(&rig_keys[k], path))
            table_print(rig_keys[k].path);
    return RIG_OK;
}
