// Reading the rig YAML through the table of its keys.
#include "io/config_keys.h"

#include "core/text.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IN_SECTION_MAX = 32, WORDS_MAX = 32 };

const char *rig_key_name(const rig_key *key) {
    const char *dot = strrchr(key->path, '.');
    return dot ? dot + 1 : key->path;
}

const rig_key *rig_key_find(const char *path) {
    int k = 0;
    while (k < rig_keys_n - 1 && strcmp(rig_keys[k].path, path) != 0)
        k++;
    assert(strcmp(rig_keys[k].path, path) == 0);
    return &rig_keys[k];
}

bool rig_key_is_in(const rig_key *key, const char *section) {
    size_t n = strlen(section);
    if (n == 0)
        return !strchr(key->path, '.');
    return strncmp(key->path, section, n) == 0 && key->path[n] == '.' && !strchr(key->path + n + 1, '.');
}

const char *rig_key_word_at(const rig_key *key, int at) {
    return key->word ? key->word(at) : key->words[at];
}

bool rig_key_is_stated(const rig_yaml *root, const char *path) {
    const size_t n = strcspn(path, ".");
    char section[RIG_NAME_MAX];
    snprintf(section, sizeof section, "%.*s", (int)n, path);
    const rig_yaml *item = rig_yaml_find(root, section);
    return item && path[n] ? rig_key_is_stated(item, path + n + 1) : item != NULL;
}

bool rig_words_have(const char *list, const char *word) {
    size_t n = strlen(word);
    for (const char *at = list; n > 0 && (at = strstr(at, word)); at += n)
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
            return true;
    return false;
}

static bool is_path(const rig_key *key, const char *section, const char *name) {
    return rig_key_is_in(key, section) && strcmp(rig_key_name(key), name) == 0;
}

// --- keys that go with a word of another -----------------------------------------------------------------------------

static const rig_key *key_with(const rig_key *key) {
    char path[128];
    snprintf(path, sizeof path, "%.*s%s", (int)(rig_key_name(key) - key->path), key->path, key->with);
    return rig_key_find(path);
}

// Also where the map does not say which word it is.
static bool fits(const rig_yaml *map, const rig_key *key) {
    if (!key->with)
        return true;
    const rig_yaml *item = map ? rig_yaml_find(map, key->with) : NULL;
    const char *word = item ? item->text : key_with(key)->value;
    return !word || rig_words_have(key->is, word);
}

// The row of a path that fits the map's other keys, or NULL. Rows of one path stand together.
static const rig_key *key_of(const rig_yaml *map, const char *path) {
    const rig_key *key = rig_key_find(path), *end = rig_keys + rig_keys_n;
    while (key < end && strcmp(key->path, path) == 0 && !fits(map, key))
        key++;
    return key < end && strcmp(key->path, path) == 0 ? key : NULL;
}

// `butterworth or one_euro`: the words of a list behind the n bytes that are there.
static size_t words_put(const char *list, char text[128], size_t n) {
    for (const char *at = list; *at && n < 100; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        n += (size_t)snprintf(text + n, 128 - n, "%s%.*s", n ? " or " : "", (int)length, at);
        at += length;
    }
    return n;
}

static rig_status fail_misfit(const rig_yaml *map, const rig_yaml *item, const rig_key *key, rig_err *err) {
    const rig_key *with = key_with(key);
    const rig_yaml *chosen = rig_yaml_find(map, key->with);
    char words[128] = "";
    size_t n = 0;
    int at;
    for (const rig_key *k = key; k < rig_keys + rig_keys_n && strcmp(k->path, key->path) == 0; k++)
        n = words_put(k->is, words, n);
    if (chosen)
        RIG_TRY(rig_key_word_of(chosen, with->path, &at, err));
    return rig_yaml_fail(item, err, "does not apply to %s %s, expected only with %s", key->with,
                         chosen ? chosen->text : with->value, words);
}

// --- keys that nobody knows ------------------------------------------------------------------------------------------

// The key that was probably meant: one of the section that is spelt alike, or of this name in another section.
static const rig_key *meant_find(const rig_yaml *map, const char *section, const char *name) {
    const rig_key *best = NULL;
    int distance = rig_text_alike(name);
    for (int k = 0; k < rig_keys_n; k++)
        if (rig_key_is_in(&rig_keys[k], section) && fits(map, &rig_keys[k])) {
            int d = rig_text_distance(name, rig_key_name(&rig_keys[k]));
            if (d < distance || (d == distance && !best))
                best = &rig_keys[k], distance = d;
        }
    for (int k = 0; !best && k < rig_keys_n; k++)
        if (strcmp(rig_key_name(&rig_keys[k]), name) == 0)
            best = &rig_keys[k];
    return best;
}

static rig_status fail_unknown(const rig_yaml *map, const rig_yaml *item, const char *section, rig_err *err) {
    const char *names[IN_SECTION_MAX + 1] = {NULL};
    const rig_key *meant = meant_find(map, section, item->key);
    int n = 0;
    for (int k = 0; k < rig_keys_n; k++)
        if (rig_key_is_in(&rig_keys[k], section) && fits(map, &rig_keys[k]) && n < IN_SECTION_MAX)
            if (n == 0 || strcmp(names[n - 1], rig_key_name(&rig_keys[k])) != 0)
                names[n++] = rig_key_name(&rig_keys[k]);
    rig_status status = rig_yaml_fail_unknown(item, names, err);
    size_t used = err ? strlen(err->text) : 0;
    if (err && meant)
        snprintf(err->text + used, sizeof err->text - used, "; did you mean '%s'?",
                 rig_key_is_in(meant, section) ? rig_key_name(meant) : meant->path);
    return status;
}

static bool is_name(const rig_key *key) {
    const char *name = rig_key_name(key);
    return *name >= 'A' && *name <= 'Z';
}

rig_status rig_key_of_item(const rig_yaml *map, const rig_yaml *item, const char *section, const rig_key **key,
                           rig_err *err) {
    const rig_key *known = NULL, *named = NULL;
    *key = NULL;
    for (int k = 0; k < rig_keys_n && !*key; k++) {
        if (rig_key_is_in(&rig_keys[k], section) && is_name(&rig_keys[k]))
            named = &rig_keys[k];
        if (!is_path(&rig_keys[k], section, item->key) || is_name(&rig_keys[k]))
            continue;
        known = known ? known : &rig_keys[k];
        *key = fits(map, &rig_keys[k]) ? &rig_keys[k] : NULL;
    }
    if (!*key && known)
        return rig_yaml_is_null(item) ? RIG_OK : fail_misfit(map, item, known, err);
    *key = *key ? *key : named;
    return *key ? RIG_OK : fail_unknown(map, item, section, err);
}

// --- values ----------------------------------------------------------------------------------------------------------

rig_status rig_key_check_there(const rig_yaml *map, const rig_key *key, rig_err *err) {
    char words[128] = "";
    if (!key->needed || !fits(map, key) || rig_yaml_find(map, rig_key_name(key)))
        return RIG_OK;
    if (key->with && !key_with(key)->value && !rig_yaml_find(map, key->with))
        return RIG_OK; // what it would go with is missing
    for (int i = 0; map->kind == RIG_YAML_MAP && key->type != RIG_KEY_MAP && i < map->n; i++)
        if (strcmp(map->items[i].key, rig_key_name(key)) == 0)
            return rig_yaml_fail(&map->items[i], err, "not filled in, expected a value: %s", key->meaning);
    if (!key->with || map->kind != RIG_YAML_MAP) {
        const rig_yaml *item;
        return rig_yaml_need(map, rig_key_name(key), &item, err);
    }
    words_put(key->is, words, 0);
    return rig_yaml_fail(map, err, "key '%s' is missing, expected with %s %s", rig_key_name(key), key->with, words);
}

// The row and the item of a key: without an item it has its default, without a row it does not go with the others.
static rig_status key_take(const rig_yaml *map, const char *path, const rig_key **key, const rig_yaml **item,
                           rig_err *err) {
    *key = key_of(map, path);
    *item = *key && map ? rig_yaml_find(map, rig_key_name(*key)) : NULL;
    return *key && map ? rig_key_check_there(map, *key, err) : RIG_OK;
}

static rig_status ints_read(const rig_yaml *node, const rig_key *key, int *values, rig_err *err) {
    if (key->count <= 0)
        return rig_yaml_int(node, (int)key->low, (int)key->high, values, err);
    RIG_TRY(rig_yaml_need_kind(node, RIG_YAML_LIST, err));
    if (node->n != key->count)
        return rig_yaml_fail(node, err, "a list of %d, expected %d whole numbers", node->n, key->count);
    for (int i = 0; i < key->count; i++)
        RIG_TRY(rig_yaml_int(&node->items[i], (int)key->low, (int)key->high, &values[i], err));
    return RIG_OK;
}

static rig_status number_read(const rig_yaml *node, const rig_key *key, double *value, rig_err *err) {
    double v;
    if (key->type == RIG_KEY_NUMBER)
        return rig_yaml_double(node, key->low, key->high, value, err);
    RIG_TRY(rig_yaml_double(node, -INFINITY, INFINITY, &v, err));
    if (v <= 0 || v > key->high)
        return rig_yaml_fail(node, err, "%s is out of range, expected a number above 0, up to %g", node->text,
                             key->high);
    *value = v;
    return RIG_OK;
}

static rig_status word_read(const rig_yaml *node, const rig_key *key, int *at, rig_err *err) {
    const char *words[WORDS_MAX + 1] = {NULL};
    for (int i = 0; i < WORDS_MAX && (words[i] = rig_key_word_at(key, i)); i++)
        continue;
    return rig_yaml_choice(node, words, at, err);
}

rig_status rig_key_int_of(const rig_yaml *node, const char *path, int *values, rig_err *err) {
    return ints_read(node, rig_key_find(path), values, err);
}

rig_status rig_key_number_of(const rig_yaml *node, const char *path, double *value, rig_err *err) {
    return number_read(node, rig_key_find(path), value, err);
}

rig_status rig_key_word_of(const rig_yaml *node, const char *path, int *at, rig_err *err) {
    return word_read(node, rig_key_find(path), at, err);
}

rig_status rig_key_check_value(const rig_yaml *item, const rig_key *key, rig_err *err) {
    double number;
    int ints[4], at;
    bool flag;
    if (key->count < 0)
        return RIG_OK;
    switch (key->type) {
    case RIG_KEY_MAP:
        return rig_yaml_need_kind(item, RIG_YAML_MAP, err);
    case RIG_KEY_WORD:
        return word_read(item, key, &at, err);
    case RIG_KEY_BOOL:
        return rig_yaml_bool(item, &flag, err);
    case RIG_KEY_INT:
        assert(key->count <= (int)(sizeof ints / sizeof *ints));
        return ints_read(item, key, ints, err);
    case RIG_KEY_NUMBER:
    case RIG_KEY_POSITIVE:
        return number_read(item, key, &number, err);
    default:
        return RIG_OK;
    }
}

rig_status rig_key_int(const rig_yaml *map, const char *path, int *values, rig_err *err) {
    const rig_key *key;
    const rig_yaml *item;
    RIG_TRY(key_take(map, path, &key, &item, err));
    if (item)
        return ints_read(item, key, values, err);
    const char *at = key && key->value ? key->value : ""; // "3", "[1, 1]"
    for (int i = 0; *(at += strcspn(at, "-0123456789")); i++) {
        char *end;
        values[i] = (int)strtol(at, &end, 10);
        at = end;
    }
    return RIG_OK;
}

rig_status rig_key_number(const rig_yaml *map, const char *path, double *value, rig_err *err) {
    const rig_key *key;
    const rig_yaml *item;
    RIG_TRY(key_take(map, path, &key, &item, err));
    if (item)
        return number_read(item, key, value, err);
    if (key && key->value)
        *value = strtod(key->value, NULL);
    return RIG_OK;
}

rig_status rig_key_bool(const rig_yaml *map, const char *path, bool *value, rig_err *err) {
    const rig_key *key;
    const rig_yaml *item;
    RIG_TRY(key_take(map, path, &key, &item, err));
    if (item)
        return rig_yaml_bool(item, value, err);
    if (key && key->value)
        *value = strcmp(key->value, "true") == 0;
    return RIG_OK;
}

rig_status rig_key_word(const rig_yaml *map, const char *path, int *at, rig_err *err) {
    const rig_key *key;
    const rig_yaml *item;
    RIG_TRY(key_take(map, path, &key, &item, err));
    if (item)
        return word_read(item, key, at, err);
    for (int i = 0; key && key->value && rig_key_word_at(key, i); i++)
        if (strcmp(rig_key_word_at(key, i), key->value) == 0)
            *at = i;
    return RIG_OK;
}

rig_status rig_key_text(const rig_yaml *map, const char *path, const char **text, const rig_yaml **item, rig_err *err) {
    const rig_key *key;
    RIG_TRY(key_take(map, path, &key, item, err));
    if (*item)
        return rig_yaml_string(*item, text, err);
    if (key && key->value)
        *text = key->value;
    return RIG_OK;
}
