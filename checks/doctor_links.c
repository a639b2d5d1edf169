// Links and clocks: what the views have in common, and when.
#include "calib/clock.h"
#include "checks/doctor.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const double LATE = 0.15, LATE_SIGMAS = 5; // frames
static const double JUMP = 0.5;                   // frames, between the halves

// Frames that two views have in common, and how far apart their nearest frames are where there are none.
static int in_common(const rig_view_corners *a, const rig_view_corners *b, int *apart) {
    int n = 0;
    *apart = INT_MAX;
    for (int i = 0, j = 0; i < a->n && j < b->n;) {
        int x = a->boards[i].frame, y = b->boards[j].frame;
        n += x == y;
        *apart = abs(x - y) < *apart ? abs(x - y) : *apart;
        i += x <= y, j += y <= x;
    }
    return n;
}

// Views that hang together with `from`, by shared frames.
static void reach_from(const rig_doctor_recording *p, int from, bool *reached) {
    int apart;
    reached[from] = true;
    for (int v = 0; v < p->n_views; v++)
        if (!reached[v] && in_common(&p->seen[from], &p->seen[v], &apart) > 0)
            reach_from(p, v, reached);
}

static const char *list(const rig_doctor_recording *p, const bool *reached, bool which, rig_arena *out) {
    const char *text = "";
    for (int v = 0; v < p->n_views && text; v++)
        if (reached[v] == which && p->seen[v].n > 0)
            text = rig_arena_printf(out, "%s%s'%s'", text, *text ? ", " : "", p->seen[v].view);
    return text;
}

static rig_status tell_gap(const rig_doctor_recording *p, const bool *reached, rig_findings *findings, rig_arena *out,
                           rig_err *err) {
    int least = INT_MAX, near[2] = {0, 0}, apart;
    for (int a = 0; a < p->n_views; a++)
        for (int b = 0; b < p->n_views; b++)
            if (reached[a] && !reached[b] && p->seen[b].n > 0 && in_common(&p->seen[a], &p->seen[b], &apart) == 0 &&
                apart < least)
                least = apart, near[0] = a, near[1] = b;
    const char *a = p->seen[near[0]].view, *b = p->seen[near[1]].view;
    const char *here = list(p, reached, true, out), *there = list(p, reached, false, out);
    if (!here || !there)
        return rig_fail_memory(err, "a finding");
    return rig_finding_add(
        findings, RIG_FAULT_LINKS, p->recording, a, b, least, 0,
        rig_arena_printf(
            out, "no frame shows the board to one of %s and one of %s; '%s' and '%s' come nearest, %d frames apart",
            here, there, a, b, least),
        rig_arena_printf(out, "hold the board where '%s' and '%s' both see it", a, b), err);
}

rig_status rig_doctor_links(const rig_doctor_recording *p, rig_findings *findings, rig_arena *out, rig_arena *scratch,
                            rig_err *err) {
    bool *reached = RIG_NEW(scratch, bool, p->n_views);
    int first = -1;
    if (!reached)
        return rig_fail_memory(err, "views");
    findings->looked[RIG_FAULT_LINKS] = true;
    for (int v = 0; v < p->n_views; v++) {
        first = first < 0 && p->seen[v].n > 0 ? v : first;
        if (p->seen[v].n == 0)
            RIG_TRY(rig_finding_add(
                findings, RIG_FAULT_LINKS, p->recording, p->seen[v].view, NULL, 0, 1,
                rig_arena_printf(out, "no board was found in any of its %d frames", p->seen[v].n_searched),
                "show the board to it, larger and sharper; is the board's `corners` right?", err));
    }
    if (first < 0)
        return RIG_OK;
    reach_from(p, first, reached);
    for (int v = 0; v < p->n_views; v++)
        if (!reached[v] && p->seen[v].n > 0) {
            RIG_TRY(tell_gap(p, reached, findings, out, err));
            reach_from(p, v, reached);
        }
    return RIG_OK;
}

// --- clocks

// Late against the first view of its tree; the tree grows along the views that share most frames.
typedef struct lateness {
    bool placed, known;
    double frames, sigma;
    bool halves; // known in both halves of the recording
    double half[2], half_sigma;
} lateness;

static rig_view_corners part_of(const rig_view_corners *seen, int from_frame, int to_frame) {
    rig_view_corners part = *seen;
    while (part.n > 0 && part.boards[0].frame < from_frame)
        part.boards++, part.n--;
    while (part.n > 0 && part.boards[part.n - 1].frame >= to_frame)
        part.n--;
    return part;
}

static rig_status measure(const rig_doctor_recording *p, int a, int b, int reach, lateness *late, rig_arena *scratch,
                          rig_err *err) {
    rig_clock_offset whole, half[2];
    RIG_TRY(rig_clock_offset_find(p->board, &p->seen[a], &p->seen[b], p->cameras[a], p->cameras[b], reach, &whole,
                                  scratch, err));
    int first = p->seen[a].boards[0].frame, last = p->seen[a].boards[p->seen[a].n - 1].frame;
    int middle = first + (last - first) / 2;
    for (int k = 0; k < 2; k++) {
        rig_view_corners part = part_of(&p->seen[a], k ? middle : first, k ? last + 1 : middle);
        RIG_TRY(rig_clock_offset_find(p->board, &part, &p->seen[b], p->cameras[a], p->cameras[b], reach, &half[k],
                                      scratch, err));
        late->half[k] = half[k].frames;
        late->half_sigma += half[k].sigma_frames;
    }
    late->halves = half[0].known && half[1].known;
    late->known = whole.known;
    late->frames = whole.frames;
    late->sigma = whole.sigma_frames;
    return RIG_OK;
}

// From lateness against a view to that against the first of the tree.
static void follow(lateness *l, const lateness *from) {
    l->known &= from->known;
    l->frames += from->frames;
    l->sigma = hypot(l->sigma, from->sigma);
    l->halves &= from->halves;
    for (int k = 0; k < 2; k++)
        l->half[k] += from->half[k];
    l->half_sigma += from->half_sigma;
}

static rig_status grow(const rig_doctor_recording *p, int reach, lateness *late, rig_arena *scratch, rig_err *err) {
    for (;;) {
        int best = 0, from = -1, to = -1, apart;
        for (int a = 0; a < p->n_views; a++)
            for (int b = 0; b < p->n_views; b++) {
                int n = late[a].placed && !late[b].placed ? in_common(&p->seen[a], &p->seen[b], &apart) : 0;
                if (n > best)
                    best = n, from = a, to = b;
            }
        if (to < 0)
            return RIG_OK;
        late[to].placed = true;
        RIG_TRY(measure(p, from, to, reach, &late[to], scratch, err));
        follow(&late[to], &late[from]);
    }
}

static bool frames_of(const lateness *l, double *x) {
    *x = l->frames;
    return l->known;
}

static bool jump_of(const lateness *l, double *x) {
    *x = l->half[1] - l->half[0];
    return l->halves;
}

// The view that is as most are: from which the sum of all differences is least; of several the one that has most
// boards.
static int usual(const rig_doctor_recording *p, const lateness *late, bool (*of)(const lateness *, double *)) {
    double least = INFINITY, a, b;
    int best = -1;
    for (int v = 0; v < p->n_views; v++) {
        double sum = 0;
        if (!of(&late[v], &a))
            continue;
        for (int w = 0; w < p->n_views; w++)
            sum += of(&late[w], &b) ? fabs(b - a) : 0;
        if (sum < least || (sum == least && p->seen[v].n > p->seen[best].n))
            least = sum, best = v;
    }
    return best;
}

static rig_status tell_late(const rig_doctor_recording *p, const lateness *late, rig_findings *findings, rig_arena *out,
                            rig_err *err) {
    const int held = usual(p, late, frames_of);
    for (int v = 0; v < p->n_views; v++) {
        const double frames = late[v].frames - late[held].frames;
        if (!late[v].known || fabs(frames) <= LATE + LATE_SIGMAS * late[v].sigma)
            continue;
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_CLOCKS, p->recording, p->seen[v].view, NULL, frames, LATE,
            rig_arena_printf(out, "by the board's motion its frames were seen %.2f frames %s than those of most views",
                             fabs(frames), frames > 0 ? "later" : "earlier"),
            rig_arena_printf(out, "views.%s.offset_s: %+.2f / its frames a second, added to what stands there",
                             p->seen[v].view, frames),
            err));
    }
    return RIG_OK;
}

static rig_status tell_jumps(const rig_doctor_recording *p, const lateness *late, rig_findings *findings,
                             rig_arena *out, rig_err *err) {
    const int held = usual(p, late, jump_of);
    for (int v = 0; v < p->n_views; v++) {
        const double first = late[v].half[0] - late[held].half[0], second = late[v].half[1] - late[held].half[1];
        const double sigma = late[v].half_sigma + late[held].half_sigma;
        if (!late[v].halves || v == held || fabs(second - first) <= JUMP + LATE_SIGMAS * sigma)
            continue;
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_CLOCKS, p->recording, p->seen[v].view, NULL, second - first, JUMP,
            rig_arena_printf(
                out,
                "against '%s' it is %.2f frames late in the recording's first half and %.2f in its second: "
                "frames were lost, or it runs at another rate",
                p->seen[held].view, first, second),
            "record again without dropped frames, or take a part before or after them (`frames` of the recording)",
            err));
    }
    return RIG_OK;
}

rig_status rig_doctor_clocks(const rig_doctor_recording *p, int reach, rig_findings *findings, rig_arena *out,
                             rig_arena *scratch, rig_err *err) {
    lateness *late = RIG_NEW(scratch, lateness, p->n_views);
    int most = 0;
    if (!late)
        return rig_fail_memory(err, "views");
    for (int v = 0; v < p->n_views; v++)
        most = p->seen[v].n > p->seen[most].n ? v : most;
    if (p->n_views < 2 || p->seen[most].n == 0)
        return RIG_OK;
    late[most].placed = late[most].known = late[most].halves = true;
    RIG_TRY(grow(p, reach, late, scratch, err));
    for (int v = 0; v < p->n_views; v++)
        findings->looked[RIG_FAULT_CLOCKS] |= v != most && (late[v].known || late[v].halves);
    RIG_TRY(tell_jumps(p, late, findings, out, err));
    return rig_findings_of(findings, RIG_FAULT_CLOCKS) > 0 ? RIG_OK // what jumps has no one lateness
                                                           : tell_late(p, late, findings, out, err);
}
