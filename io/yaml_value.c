// Typed values of YAML nodes. What is refused is refused with the node's line and path.
#include "io/yaml.h"
#include "io/yaml_number.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const *words) {
    for (; *words; words++)
        if (strcmp(text, *words) == 0)
            return true;
    return false;
}

// `views.c3.rect[2]`, from the top down; a path that does not fit loses its end.
static size_t path_put(const rig_yaml *node, char *path, size_t size, size_t n) {
    if (!node->parent)
        return 0;
    n = path_put(node->parent, path, size, n);
    int k = 0;
    if (n < size && node->parent->kind == RIG_YAML_LIST)
        k = snprintf(path + n, size - n, "[%d]", node->parent->items ? (int)(node - node->parent->items) : node->place);
    else if (n < size)
        k = snprintf(path + n, size - n, "%s%s", n ? "." : "", node->key);
    return n + (k > 0 ? (size_t)k : 0);
}

rig_status rig_yaml_fail(const rig_yaml *node, rig_err *err, const char *format, ...) {
    char path[256] = "", text[sizeof err->text];
    path_put(node, path, sizeof path, 0);
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return rig_fail(err, node->status, "%s:%d: %s%s%s", node->file, node->line, path, *path ? ": " : "", text);
}

static const rig_yaml *item_find(const rig_yaml *map, const char *key) {
    if (map->kind != RIG_YAML_MAP)
        return NULL;
    for (int i = 0; i < map->n; i++)
        if (strcmp(map->items[i].key, key) == 0)
            return &map->items[i];
    return NULL;
}

const rig_yaml *rig_yaml_find(const rig_yaml *map, const char *key) {
    const rig_yaml *item = item_find(map, key);
    return item && !rig_yaml_is_null(item) ? item : NULL;
}

bool rig_yaml_is_null(const rig_yaml *node) {
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    return node->kind == RIG_YAML_SCALAR && !node->quoted && is_one_of(node->text, nulls);
}

// Words as `a, b, c`; ends in `...` where they do not fit.
static const char *words_join(const char *const *words, char *text, size_t size) {
    size_t n = 0;
    text[0] = 0;
    for (int i = 0; words[i]; i++) {
        size_t more = strlen(words[i]) + (i ? 2 : 0);
        if (n + more + sizeof ", ..." > size) {
            snprintf(text + n, size - n, ", ...");
            break;
        }
        snprintf(text + n, size - n, "%s%s", i ? ", " : "", words[i]);
        n += more;
    }
    return text;
}

rig_status rig_yaml_fail_unknown(const rig_yaml *item, const char *const *keys, rig_err *err) {
    char known[256];
    const bool is_number = *item->key && !item->key[strspn(item->key, "0123456789")]; // 29,97 in a flow map
    return rig_yaml_fail(item, err, "unknown key, expected one of %s%s", words_join(keys, known, sizeof known),
                         is_number ? "; the decimal point is '.'" : "");
}

rig_status rig_yaml_only_keys(const rig_yaml *map, const char *const *keys, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    for (int i = 0; i < map->n; i++)
        if (!is_one_of(map->items[i].key, keys))
            return rig_yaml_fail_unknown(&map->items[i], keys, err);
    return RIG_OK;
}

rig_status rig_yaml_need(const rig_yaml *map, const char *key, const rig_yaml **item, rig_err *err) {
    RIG_TRY(rig_yaml_need_kind(map, RIG_YAML_MAP, err));
    *item = item_find(map, key);
    return *item ? RIG_OK : rig_yaml_fail(map, err, "key '%s' is missing", key);
}

// What a node is, for `expected ..., got ...`.
static const char *node_describe(const rig_yaml *node, char text[64]) {
    if (node->kind != RIG_YAML_SCALAR)
        snprintf(text, 64, "a %s of %d", node->kind == RIG_YAML_MAP ? "map" : "list", node->n);
    else if (rig_yaml_is_null(node))
        snprintf(text, 64, "null");
    else if (node->quoted)
        snprintf(text, 64, "the string \"%.40s\"", node->text);
    else
        snprintf(text, 64, "'%.40s'", node->text);
    return text;
}

// The cure of what is nearly a number, or "".
static const char *number_hint(const rig_yaml *node) {
    const char *text = node->kind == RIG_YAML_SCALAR && !node->quoted ? node->text : "";
    const char *behind = text + strspn(text, "+-0123456789.");
    if (behind == text)
        return "";
    if (*behind == ',' && strspn(behind + 1, "0123456789") == strlen(behind + 1))
        return ": the decimal point is '.'";
    if (*behind == '/' || *behind == ':' || *behind == '_')
        return ": expected a plain decimal number, no fraction, time or grouped digits";
    if (*behind == ' ')
        return strchr("+-.0123456789", behind[1]) ? ": commas between numbers are missing" : ": without a unit";
    text += strspn(text, "+-");
    if (*behind == 0 && text[0] == '0' && text[1] >= '0' && text[1] <= '9')
        return ": without leading zeros";
    return "";
}

static rig_status fail_type(const rig_yaml *node, rig_err *err, const char *expected) {
    char got[64];
    return rig_yaml_fail(node, err, "wrong type, expected %s, got %s", expected, node_describe(node, got));
}

static rig_status fail_number(const rig_yaml *node, const rig_yaml *nearly, rig_err *err, const char *expected) {
    char got[64];
    return rig_yaml_fail(node, err, "wrong type, expected %s, got %s%s", expected, node_describe(node, got),
                         number_hint(nearly));
}

rig_status rig_yaml_need_kind(const rig_yaml *node, rig_yaml_kind kind, rig_err *err) {
    static const char *const names[] = {"a single value", "a list", "a map"};
    if (node->kind == kind)
        return RIG_OK;
    return fail_type(node, err, names[kind]);
}

rig_status rig_yaml_need_schema(const rig_yaml *root, const char *schema, rig_err *err) {
    const rig_yaml *item;
    const char *text = "";
    if (root->kind != RIG_YAML_MAP || !item_find(root, "schema"))
        return rig_yaml_fail(root, err, "key 'schema' is missing, expected `schema: %s`", schema);
    RIG_TRY(rig_yaml_need(root, "schema", &item, err));
    RIG_TRY(rig_yaml_string(item, &text, err));
    if (strcmp(text, schema) != 0)
        return rig_yaml_fail(item, err, "wrong schema '%s', expected %s", text, schema);
    return RIG_OK;
}

rig_status rig_yaml_string(const rig_yaml *node, const char **text, rig_err *err) {
    if (node->kind != RIG_YAML_SCALAR || rig_yaml_is_null(node))
        return fail_type(node, err, "a string");
    *text = node->text;
    return RIG_OK;
}

// Names become names of files.
static bool name_copy(const char *text, char name[RIG_NAME_MAX]) {
    size_t length = strlen(text);
    if (length < 1 || length >= RIG_NAME_MAX || strchr(text, '/') || strcmp(text, ".") == 0 || strcmp(text, "..") == 0)
        return false;
    memcpy(name, text, length + 1);
    return true;
}

rig_status rig_yaml_name(const rig_yaml *node, char name[RIG_NAME_MAX], rig_err *err) {
    const char *text = "";
    RIG_TRY(rig_yaml_string(node, &text, err));
    if (!name_copy(text, name))
        return rig_yaml_fail(node, err, "'%.80s' is not a name, expected 1 to %d bytes without '/'", text,
                             RIG_NAME_MAX - 1);
    return RIG_OK;
}

rig_status rig_yaml_key_name(const rig_yaml *item, char name[RIG_NAME_MAX], rig_err *err) {
    if (!*item->key) // shows no path
        return rig_yaml_fail(item->parent, err, "an empty name, expected 1 to %d bytes", RIG_NAME_MAX - 1);
    if (!name_copy(item->key, name))
        return rig_yaml_fail(item, err, "not a name, expected 1 to %d bytes without '/'", RIG_NAME_MAX - 1);
    return RIG_OK;
}

// What a node says as a number; false: it says none.
static bool number_scan(const rig_yaml *node, rig_number *out) {
    if (node->kind != RIG_YAML_SCALAR || node->quoted)
        return false;
    const char *end = rig_number_scan(node->text, out);
    return end && *end == 0;
}

// `a number from 0 to 1`, `a number above 0`: infinite ends are left out.
static const char *range_describe(const char *noun, double low, double high, char text[96]) {
    if (isinf(low) && isinf(high))
        snprintf(text, 96, "%s", noun);
    else if (isinf(high))
        snprintf(text, 96, "%s >= %.15g", noun, low);
    else if (isinf(low))
        snprintf(text, 96, "%s <= %.15g", noun, high);
    else
        snprintf(text, 96, "%s from %.15g to %.15g", noun, low, high);
    return text;
}

rig_status rig_yaml_double(const rig_yaml *node, double low, double high, double *value, rig_err *err) {
    rig_number scanned;
    char range[96];
    if (!number_scan(node, &scanned))
        return fail_number(node, node, err, range_describe("a number", low, high, range));
    double v = rig_number_value(&scanned, node->text);
    if (!isfinite(v) || v < low || v > high)
        return rig_yaml_fail(node, err, "%.40s is out of range, expected %s", node->text,
                             range_describe("a number", low, high, range));
    *value = v;
    return RIG_OK;
}

rig_status rig_yaml_int(const rig_yaml *node, int low, int high, int *value, rig_err *err) {
    rig_number scanned;
    char range[96];
    range_describe("a whole number", low, high, range);
    if (!number_scan(node, &scanned) || !scanned.whole)
        return fail_number(node, node, err, range);
    double v = rig_number_value(&scanned, node->text);
    if (v < low || v > high)
        return rig_yaml_fail(node, err, "%.40s is out of range, expected %s", node->text, range);
    *value = (int)v;
    return RIG_OK;
}

rig_status rig_yaml_bool(const rig_yaml *node, bool *value, rig_err *err) {
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", NULL};
    static const char *const no[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", NULL};
    bool plain = node->kind == RIG_YAML_SCALAR && !node->quoted;
    if (!plain || (!is_one_of(node->text, yes) && !is_one_of(node->text, no)))
        return fail_type(node, err, "true or false");
    *value = is_one_of(node->text, yes);
    return RIG_OK;
}

rig_status rig_yaml_doubles(const rig_yaml *node, int n, double *values, rig_err *err) {
    char expected[64];
    snprintf(expected, sizeof expected, "a list of %d numbers", n);
    if (node->kind != RIG_YAML_LIST || node->n != n)
        return fail_number(node, node->n == 1 ? node->items : node, err, expected);
    for (int i = 0; i < n; i++)
        RIG_TRY(rig_yaml_double(&node->items[i], -INFINITY, INFINITY, &values[i], err));
    return RIG_OK;
}

rig_status rig_yaml_choice(const rig_yaml *node, const char *const *words, int *index, rig_err *err) {
    char known[256];
    const char *text = "";
    RIG_TRY(rig_yaml_string(node, &text, err));
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0) {
            *index = i;
            return RIG_OK;
        }
    return rig_yaml_fail(node, err, "'%.80s' is not known, expected one of %s", text,
                         words_join(words, known, sizeof known));
}

// --- keys that stand twice -----------------------------------------------------------------------

enum { PAIRWISE_MAX = 16 }; // keys up to which comparing all pairs is cheaper than sorting

static int by_key_then_place(const void *a, const void *b) {
    const rig_yaml *x = *(rig_yaml *const *)a, *y = *(rig_yaml *const *)b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x > y) - (x < y);
}

static const rig_yaml *find_sorted(const rig_yaml **order, const rig_yaml *items, int n) {
    for (int i = 0; i < n; i++)
        order[i] = &items[i];
    qsort(order, (size_t)n, sizeof *order, by_key_then_place);
    for (int i = 1; i < n; i++)
        if (strcmp(order[i - 1]->key, order[i]->key) == 0)
            return order[i];
    return NULL;
}

static const rig_yaml *find_pairwise(const rig_yaml *items, int n) {
    for (int i = 1; i < n; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(items[i].key, items[j].key) == 0)
                return &items[i];
    return NULL;
}

bool rig_yaml_twin_find(const rig_yaml *items, int n, const rig_yaml **twin) {
    if (n <= PAIRWISE_MAX) {
        *twin = find_pairwise(items, n);
        return true;
    }
    const rig_yaml **order = rig_heap_resize(NULL, (size_t)n, sizeof *order);
    if (!order)
        return false;
    *twin = find_sorted(order, items, n);
    rig_heap_free(order);
    return true;
}
