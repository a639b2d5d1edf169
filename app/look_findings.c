#include "app/look_findings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// Likeness of two pictures of one fixed camera, with other people in front of it: walkers and made-up rooms have 0.54
// to 0.90, while the best of 3,800 placings of other photographs had 0.48.
static const double ALIKE = 0.55;
static const double AHEAD = 0.2;         // of the likeness at the view's own place
static const double BORDER_APART = 0.02; // of a side: borders that differ by less are of one layout
static const double SCALES[] = {2.0 / 3, 0.75, 0.8, 1.25, 4.0 / 3, 1.5};

void rig_look_find(rig_look_findings *findings, rig_arena *out, const char *format, ...) {
    char text[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *kept = findings->n < RIG_LOOK_FINDINGS_MAX ? rig_arena_strdup(out, text) : NULL;
    if (kept)
        findings->texts[findings->n++] = kept;
}

// How a view's picture was found again.
typedef struct match {
    double likeness;
    const rig_feeds_entry *in; // NULL: nowhere
    rig_placing placing;
} match;

static void match_try(const rig_feeds_entry *now, const rig_feeds_entry *before, rig_placing placing, match *best) {
    const double likeness =
        rig_thumbnail_likeness(&now->source.look.thumbnail, &before->source.look.thumbnail, placing);
    if (!best->in || likeness > best->likeness)
        *best = (match){likeness, before, placing};
}

// The same camera's picture at the same place; elsewhere in it or in another's.
static void matches_find(const rig_feeds_entry *now, const rig_feeds_entry *before, int n, match *own, match *other) {
    static const rig_placing as_is = {{0, false}, 1};
    for (int i = 0; i < n; i++) {
        const rig_feeds_entry *b = &before[i];
        const bool same = strcmp(b->view, now->view) == 0;
        if (!b->source.look.thumbnail.known)
            continue;
        match_try(now, b, as_is, same ? own : other);
        for (int turn = 1; turn < 8 && same; turn++)
            match_try(now, b, (rig_placing){{turn % 4, turn >= 4}, 1}, other);
        for (int s = 0; s < (int)(sizeof SCALES / sizeof *SCALES) && same; s++)
            match_try(now, b, (rig_placing){{0, false}, SCALES[s]}, other);
    }
}

static void match_tell(const rig_feeds_entry *now, const match *m, const char *where, rig_look_findings *findings,
                       rig_arena *out) {
    const rig_placing p = m->placing;
    char how[80] = "";
    if (strcmp(now->view, m->in->view) != 0) {
        rig_look_find(findings, out,
                      "recording '%s', view '%s' shows what view '%s' shows in recording '%s'%s: have tiles or files "
                      "been swapped?",
                      now->recording, now->view, m->in->view, m->in->recording, where);
        return;
    }
    if (p.how.turns)
        snprintf(how, sizeof how, "turned by %d degrees clockwise%s", 90 * p.how.turns,
                 p.how.mirrored ? " and mirrored" : "");
    else if (p.how.mirrored)
        snprintf(how, sizeof how, "mirrored left to right");
    else
        snprintf(how, sizeof how, "scaled by about %.2g", p.scale);
    rig_look_find(findings, out, "recording '%s', view '%s' shows what it shows in recording '%s'%s, but %s",
                  now->recording, now->view, m->in->recording, where, how);
}

// Black borders that were not there, or not so wide, in a picture that is the same otherwise.
static void borders_tell(const rig_feeds_entry *now, const rig_feeds_entry *before, const char *where,
                         rig_look_findings *findings, rig_arena *out) {
    const rig_view_source *a = &now->source, *b = &before->source;
    const rig_rect c = a->look.content, d = b->look.content;
    const double x = (double)c.w / a->width - (double)d.w / b->width,
                 y = (double)c.h / a->height - (double)d.h / b->height;
    if (x * x < BORDER_APART * BORDER_APART && y * y < BORDER_APART * BORDER_APART)
        return;
    rig_look_find(findings, out,
                  "recording '%s', view '%s': black borders leave [%d, %d, %d, %d] of %dx%d, but [%d, %d, %d, %d] of "
                  "%dx%d in recording '%s'%s: pictures that were scaled or cut otherwise",
                  now->recording, now->view, c.x, c.y, c.w, c.h, a->width, a->height, d.x, d.y, d.w, d.h, b->width,
                  b->height, before->recording, where);
}

void rig_looks_compare(const rig_feeds_entry *now, int n_now, const rig_feeds_entry *before, int n_before,
                       const char *where, rig_look_findings *findings, rig_arena *out) {
    for (int i = 0; i < n_now; i++) {
        match own = {0}, other = {0};
        if (!now[i].source.look.thumbnail.known)
            continue;
        matches_find(&now[i], before, n_before, &own, &other);
        if (other.in && other.likeness > ALIKE && (!own.in || own.likeness < other.likeness - AHEAD))
            match_tell(&now[i], &other, where, findings, out);
        else if (own.in && own.likeness > ALIKE)
            borders_tell(&now[i], own.in, where, findings, out);
    }
}
