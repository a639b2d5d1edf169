// Our own emitter: what libyaml and PyYAML read back as the same values, laid out for people.
#include "core/text.h"
#include "io/yaml.h"
#include "io/yaml_number.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 64,
    KEY_MAX = 160, // readers take keys of up to 1024 characters, escapes counted
    BUFFER = 1 << 16
};

typedef struct level {
    bool map, flow;
    int n;      // items begun
    int indent; // of its items, in a block
} level;

struct rig_yaml_writer {
    FILE *stream;
    rig_hash *hash; // of all that is written, or NULL
    int error;      // errno of the first write that failed
    bool key_too_long, dense;
    double largest;
    bool keyed;      // a key waits for its value
    bool after_mark; // the line so far ends in `key:` or `-`
    level levels[DEPTH_MAX];
    int depth;
    size_t n_buffered;
    char buffer[BUFFER];
};

static void stream_put(rig_yaml_writer *w, const char *text, size_t n) {
    if (w->error || n == 0)
        return;
    errno = 0;
    if (fwrite(text, 1, n, w->stream) != n)
        w->error = errno ? errno : EIO;
    if (w->hash)
        rig_hash_add(w->hash, text, n);
}

static void buffer_put(rig_yaml_writer *w) {
    stream_put(w, w->buffer, w->n_buffered);
    w->n_buffered = 0;
}

static void put(rig_yaml_writer *w, const char *text, size_t n) {
    if (n > BUFFER - w->n_buffered)
        buffer_put(w);
    if (n > BUFFER) {
        stream_put(w, text, n);
        return;
    }
    memcpy(w->buffer + w->n_buffered, text, n);
    w->n_buffered += n;
}

static void put_char(rig_yaml_writer *w, char c) {
    if (w->n_buffered == BUFFER)
        buffer_put(w);
    w->buffer[w->n_buffered++] = c;
}

static level *top(rig_yaml_writer *w) {
    return w->depth ? &w->levels[w->depth - 1] : NULL;
}

static void put_indent(rig_yaml_writer *w, int n) {
    for (; n > 0; n--)
        put_char(w, ' ');
}

// Begin an item's line in a block, or its place in a flow. A block's first item stays on the line of its dash.
static void item_begin(rig_yaml_writer *w, level *in) {
    bool first = in->n++ == 0;
    if (in->flow) {
        if (!first)
            put(w, ", ", w->dense ? 1 : 2);
        return;
    }
    if (first && w->after_mark) {
        bool of_list = w->depth > 1 && !w->levels[w->depth - 2].map;
        put_char(w, of_list ? ' ' : '\n');
        if (!of_list)
            put_indent(w, in->indent);
    } else {
        put_indent(w, in->indent);
    }
    w->after_mark = false;
}

static void value_begin(rig_yaml_writer *w) {
    level *in = top(w);
    if (!in)
        return;
    if (in->map) {
        assert(w->keyed);
        w->keyed = false;
        return;
    }
    item_begin(w, in);
    if (!in->flow) {
        put_char(w, '-');
        w->after_mark = true;
    }
}

// A value that stands on the line it began on.
static void put_inline(rig_yaml_writer *w, const char *text, size_t n) {
    if (w->after_mark)
        put_char(w, ' ');
    w->after_mark = false;
    put(w, text, n);
}

static void line_end(rig_yaml_writer *w) {
    const level *in = top(w);
    if (!in || !in->flow)
        put_char(w, '\n');
}

static void put_scalar(rig_yaml_writer *w, const char *text, size_t n) {
    value_begin(w);
    put_inline(w, text, n);
    line_end(w);
}

static void begin(rig_yaml_writer *w, bool map, bool flow) {
    assert(w->depth < DEPTH_MAX);
    value_begin(w);
    const level *in = top(w);
    level next = {.map = map, .flow = flow || (in && in->flow), .indent = in ? in->indent + 2 : 0};
    if (next.flow)
        put_inline(w, map ? "{" : "[", 1);
    w->levels[w->depth++] = next;
}

void rig_yaml_begin_map(rig_yaml_writer *w, bool flow) {
    begin(w, true, flow);
}

void rig_yaml_begin_list(rig_yaml_writer *w, bool flow) {
    begin(w, false, flow);
}

void rig_yaml_end(rig_yaml_writer *w) {
    assert(w->depth > 0 && !w->keyed);
    level ended = w->levels[--w->depth];
    if (ended.flow) {
        put_char(w, ended.map ? '}' : ']');
        line_end(w);
    } else if (ended.n == 0) {
        put_inline(w, ended.map ? "{}" : "[]", 2);
        line_end(w);
    }
}

// --- strings -------------------------------------------------------------------------------------

// Words that YAML 1.1 reads as null or a boolean, whatever their case.
static bool is_word(const char *text, size_t n) {
    static const char *const words[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
    char lower[8] = "";
    const char first = (char)(text[0] | 0x20);
    const bool may = first == 'n' || first == 't' || first == 'f' || first == 'y' || first == 'o';
    if (!may || n >= sizeof lower)
        return false;
    for (size_t i = 0; i < n; i++)
        lower[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + ('a' - 'A') : text[i]);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(lower, words[i]) == 0)
            return true;
    return false;
}

static bool begins_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/';
}

// A string that needs no quotes: begins like a word, so it is no number, date, mark or merge key. *n: its bytes.
static bool is_plain(const char *text, size_t *n) {
    if (!begins_word(text[0]))
        return false;
    size_t i = 1;
    while (begins_word(text[i]) || (text[i] >= '-' && text[i] <= '9') || text[i] == ' ' || text[i] == '+')
        i++;
    *n = i;
    return text[i] == 0 && text[i - 1] != ' ' && !is_word(text, i);
}

static void put_quoted(rig_yaml_writer *w, const char *text) {
    put_char(w, '"');
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        unsigned code;
        int n = rig_text_read(s, &code);
        char escape[16];
        if (code == '"' || code == '\\')
            put(w, escape, (size_t)snprintf(escape, sizeof escape, "\\%c", (int)code));
        else if (code == '\n' || code == '\t')
            put(w, code == '\n' ? "\\n" : "\\t", 2);
        else if (n > 0 && !rig_text_is_hidden(code))
            put(w, (const char *)s, (size_t)n);
        else // a byte that is not UTF-8 becomes the character of its value: better than no file
            put(w, escape, (size_t)snprintf(escape, sizeof escape, code < 256 ? "\\x%02X" : "\\u%04X", code));
        s += n > 0 ? n : 1;
    }
    put_char(w, '"');
}

static void put_word(rig_yaml_writer *w, const char *text) {
    size_t n;
    if (is_plain(text, &n))
        put(w, text, n);
    else
        put_quoted(w, text);
}

void rig_yaml_key(rig_yaml_writer *w, const char *key) {
    level *in = top(w);
    assert(in && in->map && !w->keyed);
    if (strlen(key) > KEY_MAX)
        w->key_too_long = true;
    item_begin(w, in);
    put_word(w, key);
    put_char(w, ':');
    w->keyed = true;
    w->after_mark = true;
}

void rig_yaml_put_string(rig_yaml_writer *w, const char *text) {
    value_begin(w);
    put_inline(w, "", 0);
    put_word(w, text);
    line_end(w);
}

// What a reader takes for the end of a line, or refuses, becomes a space.
void rig_yaml_put_comment(rig_yaml_writer *w, const char *text) {
    assert(w->depth <= 1 && !w->keyed && !w->after_mark);
    while (*text) {
        const size_t n = strcspn(text, "\n");
        if (n > 0)
            put(w, "# ", 2);
        for (size_t i = 0; i < n;) {
            unsigned code;
            int k = rig_text_read((const unsigned char *)text + i, &code);
            put(w, k > 0 && !rig_text_is_hidden(code) ? text + i : " ",
                k > 0 && !rig_text_is_hidden(code) ? (size_t)k : 1);
            i += k > 0 ? (size_t)k : 1;
        }
        put_char(w, '\n');
        text += n + (text[n] == '\n');
    }
}

// --- numbers -------------------------------------------------------------------------------------

void rig_yaml_put_int(rig_yaml_writer *w, long value) {
    char text[24], *end = text + sizeof text;
    char *start = rig_digits_before(end, value < 0 ? 0 - (unsigned long)value : (unsigned long)value);
    if (value < 0)
        *--start = '-';
    put_scalar(w, start, (size_t)(end - start));
}

void rig_yaml_put_bool(rig_yaml_writer *w, bool value) {
    put_scalar(w, value ? "true" : "false", value ? 4 : 5);
}

void rig_yaml_put_null(rig_yaml_writer *w) {
    put_scalar(w, "null", 4);
}

// YAML 1.1 takes 1e-05 for a string: an exponent needs a point before it (and a sign, which printf writes).
static size_t exponent_dot(char text[40], size_t n) {
    char *e = memchr(text, 'e', n);
    if (!e || memchr(text, '.', n))
        return n;
    memmove(e + 2, e, n - (size_t)(e - text) + 1);
    memcpy(e, ".0", 2);
    return n + 2;
}

static void largest_note(rig_yaml_writer *w, double value) {
    const double size = isfinite(value) ? fabs(value) : INFINITY;
    w->largest = size > w->largest ? size : w->largest;
}

void rig_yaml_put_double(rig_yaml_writer *w, double value) {
    largest_note(w, value);
    if (!isfinite(value)) {
        rig_yaml_put_null(w);
        return;
    }
    if (value == 0 && signbit(value)) { // -0 would be the whole number 0
        put_scalar(w, "-0.0", 4);
        return;
    }
    if (fabs(value) < 1e15 && value == (double)(long)value) {
        rig_yaml_put_int(w, (long)value);
        return;
    }
    char text[40];
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    put_scalar(w, text, exponent_dot(text, (size_t)n));
}

void rig_yaml_put_rounded(rig_yaml_writer *w, double value, int decimals) {
    char text[RIG_NUMBER_TEXT], *end = text + sizeof text;
    const char *begin;
    if (!rig_number_round(value, decimals, end, &begin)) {
        rig_yaml_put_double(w, value);
        return;
    }
    largest_note(w, value);
    put_scalar(w, begin, (size_t)(end - begin));
}

void rig_yaml_put_doubles(rig_yaml_writer *w, const double *values, int n) {
    rig_yaml_begin_list(w, true);
    for (int i = 0; i < n; i++)
        rig_yaml_put_double(w, values[i]);
    rig_yaml_end(w);
}

// --- the writer ----------------------------------------------------------------------------------

rig_status rig_yaml_writer_open(FILE *stream, rig_yaml_writer **writer, rig_arena *arena, rig_err *err) {
    rig_yaml_writer *w = RIG_NEW(arena, rig_yaml_writer, 1);
    if (!w)
        return rig_fail_memory(err, "a YAML writer");
    w->stream = stream;
    *writer = w;
    return RIG_OK;
}

void rig_yaml_writer_dense(rig_yaml_writer *w, bool dense) {
    w->dense = dense;
}

void rig_yaml_writer_hash(rig_yaml_writer *w, rig_hash *hash) {
    w->hash = hash;
}

bool rig_yaml_writer_flush(rig_yaml_writer *w) {
    buffer_put(w);
    errno = 0;
    if (!w->error && fflush(w->stream) != 0)
        w->error = errno ? errno : EIO;
    errno = w->error;
    return !w->error;
}

double rig_yaml_writer_largest(const rig_yaml_writer *w) {
    return w->largest;
}

rig_status rig_yaml_writer_close(rig_yaml_writer *w, rig_err *err) {
    assert(w->depth == 0);
    if (!rig_yaml_writer_flush(w))
        return rig_fail(err, RIG_ERR_IO, "cannot write YAML: %s", strerror(w->error));
    if (w->key_too_long)
        return rig_fail(err, RIG_ERR_IO, "cannot write YAML: a key of more than %d bytes", KEY_MAX);
    return RIG_OK;
}
