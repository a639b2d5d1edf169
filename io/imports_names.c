// The frames that names of files and pictures tell.
#include "io/imports.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RUNS_MAX = 16 }; // numbers in a name; those after them do not count

// A name's numbers: where each begins and ends.
typedef struct runs {
    const char *end; // of what counts of the name
    int n;
    const char *at[RUNS_MAX];
    int length[RUNS_MAX];
} runs;

static runs runs_of(const char *name) {
    static const char TAIL[] = "_keypoints";
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    runs r = {.n = 0};
    name = slash ? slash + 1 : name;
    const bool has_type = dot && dot > name && dot[1 + strspn(dot + 1, "0123456789")] != 0; // not of "walk.0012"
    r.end = has_type ? dot : name + strlen(name);
    if (r.end - name >= (long)strlen(TAIL) && memcmp(r.end - strlen(TAIL), TAIL, strlen(TAIL)) == 0)
        r.end -= strlen(TAIL);
    for (const char *c = name; c < r.end; c++) {
        if (!isdigit((unsigned char)*c) || r.n == RUNS_MAX)
            continue;
        r.at[r.n] = c;
        while (c < r.end && isdigit((unsigned char)*c))
            c++;
        r.length[r.n] = (int)(c - r.at[r.n]), r.n++;
        c--;
    }
    return r;
}

// Whether two names are alike but for their numbers.
static bool same_series(const char *a, const char *b) {
    const runs x = runs_of(a), y = runs_of(b);
    const char *from_a = strrchr(a, '/') ? strrchr(a, '/') + 1 : a, *from_b = strrchr(b, '/') ? strrchr(b, '/') + 1 : b;
    if (x.n != y.n)
        return false;
    for (int i = 0; i <= x.n; i++) {
        const long n = (i < x.n ? x.at[i] : x.end) - from_a, m = (i < y.n ? y.at[i] : y.end) - from_b;
        if (n != m || memcmp(from_a, from_b, (size_t)n) != 0)
            return false;
        if (i < x.n)
            from_a = x.at[i] + x.length[i], from_b = y.at[i] + y.length[i];
    }
    return true;
}

// A number without its leading zeros.
static int digits_of(const runs *r, int i, const char **digits) {
    int n = r->length[i];
    for (*digits = r->at[i]; n > 1 && **digits == '0'; n--)
        ++*digits;
    return n;
}

static bool same_number(const runs *a, const runs *b, int i) {
    const char *x, *y;
    const int n = digits_of(a, i, &x), m = digits_of(b, i, &y);
    return n == m && memcmp(x, y, (size_t)n) == 0;
}

// The series that most names with a number are of; of a tie, either.
static const char *series_of(char *const *names, int n) {
    const char *series = NULL;
    int votes = 0;
    for (int i = 0; i < n; i++) {
        if (runs_of(names[i]).n == 0)
            continue;
        if (votes == 0)
            series = names[i];
        votes += votes == 0 || same_series(names[i], series) ? 1 : -1;
    }
    return series;
}

// Which of the numbers of a series is the frame's: the one that differs, the last where none does; -1: it has none.
static rig_status run_choose(const char *where, char *const *names, const int *numbers, int n, const char *series,
                             int *chosen, rig_err *err) {
    const runs first = runs_of(series);
    const char *other[RUNS_MAX] = {NULL};
    int n_varying = 0;
    *chosen = first.n - 1;
    for (int i = 0; i < n; i++) {
        const runs r = runs_of(names[i]);
        for (int k = 0; numbers[i] == 0 && k < r.n; k++)
            if (!other[k] && !same_number(&first, &r, k))
                other[k] = names[i];
    }
    for (int k = 0; k < first.n; k++)
        if (other[k])
            *chosen = k, n_varying++;
    for (int k = 0; n_varying > 1 && k < *chosen; k++)
        if (other[k])
            return rig_fail(err, RIG_ERR_FORMAT,
                            "%s: '%s' and '%s': more than one number differs in the names, expected the files of one "
                            "run, whose names differ only in the frame number",
                            where, series, other[k]);
    return RIG_OK;
}

static rig_status number_read(const char *where, const char *name, int run, int *number, rig_err *err) {
    const runs r = runs_of(name);
    const char *digits;
    const int n = digits_of(&r, run, &digits);
    *number = 0;
    for (int i = 0; i < n && *number <= RIG_FRAME_MAX; i++)
        *number = 10 * *number + (digits[i] - '0');
    if (*number > RIG_FRAME_MAX)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: '%s': %.*s is not a frame number, expected at most %d%s", where, name,
                        n < 30 ? n : 30, digits, (int)RIG_FRAME_MAX, n > 9 ? " (it may be a time stamp)" : "");
    return RIG_OK;
}

typedef struct numbered {
    int number;
    const char *name;
} numbered;

static int by_number(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    return x->number != y->number ? (x->number > y->number) - (x->number < y->number) : strcmp(x->name, y->name);
}

// No two names may tell one frame.
static rig_status twins_refuse(const char *where, char *const *names, const int *numbers, int n, rig_err *err) {
    numbered *all = rig_heap_resize(NULL, (size_t)n + 1, sizeof *all);
    rig_status status = RIG_OK;
    if (!all)
        return rig_fail_memory(err, "names");
    for (int i = 0; i < n; i++)
        all[i] = (numbered){numbers[i], names[i]};
    qsort(all, (size_t)n, sizeof *all, by_number);
    for (int i = 1; i < n && status == RIG_OK; i++)
        if (all[i].number >= 0 && all[i].number == all[i - 1].number && strcmp(all[i].name, all[i - 1].name) != 0)
            status =
                rig_fail(err, RIG_ERR_FORMAT, "%s: '%s' and '%s' are both of frame %d, expected one run on one view",
                         where, all[i - 1].name, all[i].name, all[i].number);
    rig_heap_free(all);
    return status;
}

rig_status rig_frame_numbers(const char *where, char *const *names, int n, bool may_stray, int *numbers, rig_err *err) {
    const char *series = series_of(names, n);
    int run;
    memset(numbers, 0, (size_t)n * sizeof *numbers);
    if (!series && n > 1)
        return rig_fail(err, RIG_ERR_FORMAT, "%s: '%s' and '%s' have no number, expected a frame number in each name",
                        where, names[0], names[1]);
    for (int i = 0; i < n && series; i++) {
        if (same_series(names[i], series))
            continue;
        if (!may_stray || runs_of(names[i]).n > 0)
            return rig_fail(err, RIG_ERR_FORMAT,
                            "%s: '%s' and '%s' belong to different series, expected the files of one run", where,
                            series, names[i]);
        numbers[i] = -1;
    }
    if (!series)
        return RIG_OK;
    RIG_TRY(run_choose(where, names, numbers, n, series, &run, err));
    for (int i = 0; i < n; i++)
        if (numbers[i] == 0)
            RIG_TRY(number_read(where, names[i], run, &numbers[i], err));
    return twins_refuse(where, names, numbers, n, err);
}
