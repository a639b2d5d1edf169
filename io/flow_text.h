// Steps through YAML as our own writer lays it out: flow lists and maps of plain numbers and words on one line. Each
// step returns what follows it, or NULL: the text is laid out otherwise, or says something that only the reader of
// nodes can judge. What is taken here is taken there too, and says the same. Text ends in '\n', and bytes behind it may
// be read (RIG_YAML_ITEM_PAD). Private to io/.
#ifndef RIG_IO_FLOW_TEXT_H
#define RIG_IO_FLOW_TEXT_H

#include "io/yaml_number.h"

#include <string.h>

static inline const char *flow_spaces(const char *s) {
    while (*s == ' ')
        s++;
    return s;
}

// A key of at most 16 characters, plain or quoted as in JSON, with what stands before its value.
#define FLOW_KEY(s, key) flow_key((s), (key ": "), sizeof(key ": ") - 1)
static inline const char *flow_key(const char *s, const char *key, size_t n) {
    if (memcmp(s, key, n) == 0)
        return flow_spaces(s + n);
    const char *end = s + 1 + n - 2;
    return *s == '"' && memcmp(s + 1, key, n - 2) == 0 && end[0] == '"' && end[1] == ':' ? flow_spaces(end + 2) : NULL;
}

// An opening bracket or brace, with what stands before the first item.
static inline const char *flow_open(const char *s, char open) {
    return s && *s == open ? flow_spaces(s + 1) : NULL;
}

// After an item: a comma and the place of the next one, or the closing bracket and what follows it.
static inline const char *flow_next(const char *s, char close, bool *more) {
    if (!s)
        return NULL;
    s = flow_spaces(s);
    *more = *s == ',';
    if (*more)
        return flow_spaces(s + 1);
    return *s == close ? s + 1 : NULL;
}

static inline const char *flow_number(const char *s, double low, double high, double *value) {
    rig_number number;
    const char *end = s ? rig_number_scan(s, &number) : NULL;
    if (!end)
        return NULL;
    *value = rig_number_value(&number, s);
    return *value >= low && *value <= high ? end : NULL;
}

static inline const char *flow_int(const char *s, int low, int high, int *value) {
    rig_number number;
    const char *end = s ? rig_number_scan(s, &number) : NULL;
    if (!end || !number.whole)
        return NULL;
    const double v = rig_number_value(&number, s);
    *value = v >= low && v <= high ? (int)v : 0;
    return v >= low && v <= high ? end : NULL;
}

static inline const char *flow_null(const char *s) {
    return s && memcmp(s, "null", 4) == 0 ? s + 4 : NULL;
}

// [a, b, ...], n numbers.
static inline const char *flow_numbers(const char *s, int n, double low, double high, double *values) {
    bool more = true;
    s = flow_open(s, '[');
    for (int i = 0; s && i < n; i++)
        s = more ? flow_next(flow_number(s, low, high, &values[i]), ']', &more) : NULL;
    return more ? NULL : s;
}

// A word of letters, digits and underscores that begins with a letter, in quotes or not null; *n: its length.
static inline const char *flow_word(const char *s, const char **word, size_t *n) {
    const bool quoted = s && *s == '"';
    const char *from = *word = s + quoted;
    if (!s || !((*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z')))
        return NULL;
    for (s = from; (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') || *s == '_';)
        s++;
    *n = (size_t)(s - from);
    if (quoted)
        return *s == '"' ? s + 1 : NULL;
    const bool is_null =
        *n == 4 && (memcmp(from, "null", 4) == 0 || memcmp(from, "Null", 4) == 0 || memcmp(from, "NULL", 4) == 0);
    return is_null ? NULL : s;
}

// The colon behind a key that may be quoted, and what stands before its value.
static inline const char *flow_colon(const char *s) {
    return s && *s == ':' && (s[1] == ' ' || s[-1] == '"') ? flow_spaces(s + 1) : NULL;
}

// A frame's people: `- {frame: 7, people: [P, P]}`, or in lines
//   - frame: 7
//     people:
//       - P
// with P a map in braces. begin: the frame's number, and where the first person stands. next: after a person, where
// another stands; *more is false after the last. NULL: laid out otherwise.
typedef struct flow_people {
    const char *end; // of the frame's text
    size_t indent;   // of the frame's dash
    size_t inner;    // of a person's dash; 0: people stand in brackets
} flow_people;

static inline const char *flow_dash(const char *s, size_t indent) {
    for (size_t i = 0; i < indent; i++)
        if (s[i] != ' ')
            return NULL;
    return s[indent] == '-' && s[indent + 1] == ' ' ? s + indent + 2 : NULL;
}

// The end of a frame: nothing but the end of its line follows.
static inline const char *flow_frame_end(const flow_people *people, const char *s) {
    return s && *s == '\n' && s + 1 == people->end ? s : NULL;
}

// In a block, at the begin of a line: the next person.
static inline const char *flow_block_next(flow_people *people, const char *s, bool *more) {
    *more = s < people->end;
    if (!*more)
        return s;
    const size_t inner = (size_t)(flow_spaces(s) - s);
    if (people->inner == 0 && inner < people->indent + 2)
        return NULL;
    if (people->inner == 0)
        people->inner = inner;
    return inner == people->inner ? flow_dash(s, inner) : NULL;
}

static inline const char *flow_people_begin(flow_people *people, const char *text, size_t n, int low, int high,
                                            int *frame, bool *more) {
    *people = (flow_people){text + n, (size_t)(flow_spaces(text) - text), 0};
    *more = false;
    const char *s = flow_dash(text, people->indent);
    if (!s)
        return NULL;
    if (*s == '{') {
        s = FLOW_KEY(s + 1, "frame");
        s = flow_next(flow_int(s, low, high, frame), '}', more);
        s = s && *more ? FLOW_KEY(s, "people") : NULL;
        s = flow_open(s, '[');
        *more = s && *s != ']';
        if (!s || *more)
            return s;
        s = flow_spaces(s + 1);
        return *s == '}' ? flow_frame_end(people, s + 1) : NULL;
    }
    s = FLOW_KEY(s, "frame");
    s = flow_int(s, low, high, frame);
    if (!s || *s != '\n' || s + 1 >= people->end || (size_t)(flow_spaces(s + 1) - s - 1) != people->indent + 2)
        return NULL;
    s += 1 + people->indent + 2;
    if (memcmp(s, "people:", 7) != 0)
        return NULL;
    s += 7;
    if (memcmp(s, " []", 3) == 0)
        return flow_frame_end(people, s + 3);
    return *s == '\n' ? flow_block_next(people, s + 1, more) : NULL;
}

static inline const char *flow_people_next(flow_people *people, const char *s, bool *more) {
    if (people->inner > 0)
        return s && *s == '\n' ? flow_block_next(people, s + 1, more) : NULL;
    s = flow_next(s, ']', more);
    if (!s || *more)
        return s;
    s = flow_spaces(s);
    return *s == '}' ? flow_frame_end(people, s + 1) : NULL;
}

#endif
