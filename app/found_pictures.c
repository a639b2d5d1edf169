#include "app/found_pictures.h"

#include "app/found_names.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 15, CAMERAS_MAX = 16 }; // pictures of one folder that are a camera each

// Where the number of a picture's name stands.
typedef struct number {
    size_t at, n; // its first digit, and how many
    long long value;
} number;

static bool digits_at(const char *name, size_t at, size_t n, number *found) {
    if (n == 0 || n > DIGITS_MAX)
        return false;
    *found = (number){at, n, strtoll(name + at, NULL, 10)};
    return true;
}

// The last number before the ending, or the first.
static bool number_find(const char *name, bool last, number *found) {
    size_t end = (size_t)(strrchr(name, '.') - name), at = last ? end : 0, n = 0;
    if (last) {
        while (at > 0 && !isdigit((unsigned char)name[at - 1]))
            at--;
        for (; at > 0 && isdigit((unsigned char)name[at - 1]); at--)
            n++;
    } else {
        at = strcspn(name, "0123456789");
        while (at + n < end && isdigit((unsigned char)name[at + n]))
            n++;
    }
    return at < end && digits_at(name, at, n, found);
}

// Names that are equal but for their numbers.
static bool is_one_sequence(const char *a, const number *in_a, const char *b, const number *in_b) {
    return in_a->at == in_b->at && memcmp(a, b, in_a->at) == 0 &&
           strcmp(a + in_a->at + in_a->n, b + in_b->at + in_b->n) == 0;
}

const char *rig_pattern_escape(const char *path, rig_arena *out) {
    char *made = RIG_NEW(out, char, 2 * strlen(path) + 1), *put = made;
    for (; made && *path; path++) {
        *put++ = *path;
        if (*path == '%')
            *put++ = '%';
    }
    return made;
}

static char *below_join(const char *below, const char *name, rig_arena *out) {
    return rig_arena_printf(out, "%s%s%s", below, *below ? "/" : "", name);
}

// A sequence's name: what is left without the number and what parts it from the rest.
static const char *stem_of(const char *below, const char *name, const number *in, rig_arena *out) {
    const char *after = name + in->at + in->n, *dot = strrchr(name, '.');
    size_t n = in->at, n_after = (size_t)(dot - after);
    while (n > 0 && strchr("_-. ", name[n - 1]))
        n--;
    const char *stem = rig_arena_printf(out, "%.*s%.*s", (int)n, name, (int)n_after, after);
    return !stem ? NULL : *stem || !*below ? below_join(below, stem, out) : below;
}

// The pattern of a sequence; NULL where the numbers are not all written in one way.
static const char *pattern_of(const char *below, char **names, const number *in, int n, rig_arena *out) {
    bool plain = true, padded = true; // 9, 10; 09, 10
    for (int i = 0; i < n; i++) {
        plain = plain && (in[i].n == 1 || names[i][in[i].at] != '0');
        padded = padded && (in[i].n == in[0].n || (in[i].n > in[0].n && names[i][in[i].at] != '0'));
    }
    if (!plain && !padded)
        return NULL;
    const char *before = rig_pattern_escape(below_join(below, rig_arena_strndup(out, names[0], in[0].at), out), out);
    const char *after = rig_pattern_escape(names[0] + in[0].at + in[0].n, out);
    char digits[8] = "%d";
    if (!plain)
        snprintf(digits, sizeof digits, "%%0%dd", (int)in[0].n);
    return rig_arena_printf(out, "%s%s%s", before, digits, after);
}

static const char **list_of(const char *below, char **names, int n, rig_arena *out) {
    const char **list = RIG_NEW(out, const char *, n);
    for (int i = 0; list && i < n; i++)
        if (!(list[i] = below_join(below, names[i], out)))
            return NULL;
    return list;
}

// One picture, or n that a pattern makes, or a list.
static rig_status sequence_make(const char *below, char **names, const number *in, int n, rig_found_file *made,
                                rig_arena *out, rig_err *err) {
    const char **pictures = list_of(below, names, n, out);
    if (!pictures)
        return rig_fail_memory(err, "a sequence");
    *made = (rig_found_file){.first = pictures[0], .n_pictures = n, .pictures = pictures};
    if (n == 1) {
        made->name = rig_arena_strndup(out, made->first, (size_t)(strrchr(made->first, '.') - made->first));
        made->text = rig_pattern_escape(made->first, out);
        return made->name && made->text ? RIG_OK : rig_fail_memory(err, "a path");
    }
    made->name = in ? stem_of(below, names[0], in, out) : *below ? below : "pictures";
    made->text = in ? pattern_of(below, names, in, n, out) : NULL;
    return made->name ? RIG_OK : rig_fail_memory(err, "a sequence");
}

// --- grouping --------------------------------------------------------------------------------------------------------

typedef struct grouping {
    int *of, n; // the sequence of each picture, and how many there are
    number *in;
    bool *alone; // its number is a camera's
} grouping;

static bool group(char **names, int n, bool last, grouping *g, rig_arena *out) {
    int n_cameras = 0;
    *g = (grouping){RIG_NEW(out, int, n + 1), 0, RIG_NEW(out, number, n + 1), RIG_NEW(out, bool, n + 1)};
    int *first = RIG_NEW(out, int, n + 1); // picture of each sequence
    if (!g->of || !g->in || !g->alone || !first)
        return false;
    for (int i = 0; i < n; i++) {
        g->alone[i] = !number_find(names[i], last, &g->in[i]);
        n_cameras += !g->alone[i] && rig_names_camera_before(names[i], g->in[i].at);
    }
    for (int i = 0; i < n; i++) {
        if (n_cameras <= CAMERAS_MAX && !g->alone[i]) // cam_0001.png to cam_0100.png are frames
            g->alone[i] = rig_names_camera_before(names[i], g->in[i].at);
        int k = g->alone[i] ? g->n : 0;
        // names stand in natural order, so that a sequence's pictures mostly follow each other
        if (!g->alone[i] && i > 0 && !g->alone[i - 1] &&
            is_one_sequence(names[i], &g->in[i], names[i - 1], &g->in[i - 1]))
            k = g->of[i - 1];
        while (k < g->n &&
               (g->alone[first[k]] || !is_one_sequence(names[i], &g->in[i], names[first[k]], &g->in[first[k]])))
            k++;
        if (k == RIG_FOUND_FILES_MAX) { // nothing tells them apart
            g->n = n;
            return true;
        }
        if (k == g->n)
            first[g->n++] = i;
        g->of[i] = k;
    }
    return true;
}

rig_status rig_pictures_group(const char *below, char **names, int n, rig_found_file **made, int *n_made,
                              rig_arena *out, rig_err *err) {
    grouping by_last, by_first;
    char **members = RIG_NEW(out, char *, n + 1);
    number *in = RIG_NEW(out, number, n + 1);
    *n_made = 0;
    *made = NULL;
    if (n == 0)
        return RIG_OK;
    if (!members || !in || !group(names, n, true, &by_last, out) || !group(names, n, false, &by_first, out))
        return rig_fail_memory(err, "pictures");
    const grouping *g = by_first.n < by_last.n ? &by_first : &by_last;
    int cameras = 0;
    for (int i = 0; i < n; i++)
        cameras += rig_names_camera_in(names[i]);
    if (g->n == n && n > 1 && cameras < n) { // nothing tells them apart
        *made = RIG_NEW(out, rig_found_file, 1);
        *n_made = 1;
        return *made ? sequence_make(below, names, NULL, n, *made, out, err) : rig_fail_memory(err, "pictures");
    }
    if (!(*made = RIG_NEW(out, rig_found_file, g->n)))
        return rig_fail_memory(err, "pictures");
    for (int k = 0; k < g->n; k++) {
        int m = 0;
        for (int i = 0; i < n; i++)
            if (g->of[i] == k)
                members[m] = names[i], in[m++] = g->in[i];
        RIG_TRY(sequence_make(below, members, in, m, &(*made)[k], out, err));
    }
    *n_made = g->n;
    return RIG_OK;
}
