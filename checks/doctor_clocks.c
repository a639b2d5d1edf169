// Clocks: how late each view is, by the board's motion.
#include "calib/clock.h"
#include "checks/doctor.h"
#include "checks/group_jackknife.h"

#include <string.h>

static const double LATE = 0.15, LATE_SIGMAS = 5; // frames
static const double JUMP = 0.5;                   // frames, between the halves

// How late a view is against the root of its tree.
typedef struct lateness {
    bool placed, known;
    int from; // the view that it was measured against; -1: the root
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

// How much later it is than stated. A board that jumps tells whole frames only, and says nothing of parts of one.
static double beyond(const rig_clock_offset *offset, double stated) {
    const double frames = offset->frames - stated;
    return offset->sigma_frames == 0 && fabs(frames) < 1 ? 0 : frames;
}

static rig_status lateness_measure(const rig_doctor_recording *p, int a, int b, int reach, lateness *late,
                                   rig_arena *scratch, rig_err *err) {
    rig_clock_offset whole, half[2];
    RIG_TRY(rig_clock_offset_find(p->board, &p->seen[a], &p->seen[b], p->cameras[a], p->cameras[b], reach, &whole,
                                  scratch, err));
    int first = p->seen[a].boards[0].frame, last = p->seen[a].boards[p->seen[a].n - 1].frame;
    int middle = first + (last - first) / 2;
    const double stated = p->late ? p->late[b] - p->late[a] : 0;
    for (int k = 0; k < 2; k++) {
        rig_view_corners part = part_of(&p->seen[a], k ? middle : first, k ? last + 1 : middle);
        RIG_TRY(rig_clock_offset_find(p->board, &part, &p->seen[b], p->cameras[a], p->cameras[b], reach, &half[k],
                                      scratch, err));
        late->half[k] = beyond(&half[k], stated);
        late->half_sigma += half[k].sigma_frames;
    }
    late->halves = half[0].known && half[1].known;
    late->known = whole.known;
    late->frames = beyond(&whole, stated);
    late->sigma = whole.sigma_frames;
    return RIG_OK;
}

// Add the lateness of the view that it was measured against.
static void lateness_add(lateness *l, const lateness *from) {
    l->known &= from->known;
    l->frames += from->frames;
    l->sigma = hypot(l->sigma, from->sigma);
    l->halves &= from->halves;
    for (int k = 0; k < 2; k++)
        l->half[k] += from->half[k];
    l->half_sigma += from->half_sigma;
}

// Grow the spanning tree: next is the view that shares most frames with one in the tree.
static rig_status tree_grow(const rig_doctor_recording *p, int reach, lateness *late, rig_arena *scratch,
                            rig_err *err) {
    for (;;) {
        int best = 0, from = -1, to = -1, apart;
        for (int a = 0; a < p->n_views; a++)
            for (int b = 0; b < p->n_views; b++) {
                int n =
                    late[a].placed && !late[b].placed ? rig_doctor_shared_frames(&p->seen[a], &p->seen[b], &apart) : 0;
                if (n > best)
                    best = n, from = a, to = b;
            }
        if (to < 0)
            return RIG_OK;
        late[to].placed = true, late[to].from = from;
        RIG_TRY(lateness_measure(p, from, to, reach, &late[to], scratch, err));
        lateness_add(&late[to], &late[from]);
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

// The reference: the view from which all differ least in sum; of several the one with most boards.
static int reference_view(const rig_doctor_recording *p, const lateness *late, bool (*of)(const lateness *, double *)) {
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

// How far the offset depends on parts of the recording; infinite where the rest does not tell it.
static rig_status parts_sigma(const rig_doctor_recording *p, int a, int b, int reach, double *sigma, rig_arena *scratch,
                              rig_err *err) {
    double x[RIG_JACKKNIFE_PARTS];
    const int first = p->seen[a].boards[0].frame, last = p->seen[a].boards[p->seen[a].n - 1].frame;
    *sigma = INFINITY;
    for (int part = 0; part < RIG_JACKKNIFE_PARTS; part++) {
        rig_arena_mark mark = rig_arena_tell(scratch);
        rig_view_corners rest;
        rig_clock_offset offset = {.known = false};
        rig_camera cameras[2];
        bool solved[2];
        RIG_TRY(rig_jackknife_leave_out(&p->seen[a], first, last, part, &rest, scratch, err));
        for (int k = 0; k < 2; k++)
            RIG_TRY(rig_jackknife_camera(p, k ? b : a, part, &cameras[k], &solved[k], scratch, err));
        if (solved[0] && solved[1])
            RIG_TRY(rig_clock_offset_find(p->board, &rest, &p->seen[b], &cameras[0], &cameras[1], reach, &offset,
                                          scratch, err));
        rig_arena_rewind(scratch, mark);
        if (!offset.known)
            return RIG_OK;
        x[part] = offset.frames;
    }
    *sigma = rig_jackknife_sigma(x);
    return RIG_OK;
}

// The same of a view against the root: lenses and moving boards err in ways that sigma does not know.
static rig_status path_sigma(const rig_doctor_recording *p, const lateness *late, int view, int reach, double *sigma,
                             rig_arena *scratch, rig_err *err) {
    *sigma = 0;
    for (int v = view; late[v].from >= 0; v = late[v].from) {
        double of_pair;
        RIG_TRY(parts_sigma(p, late[v].from, v, reach, &of_pair, scratch, err));
        *sigma = hypot(*sigma, of_pair);
    }
    return RIG_OK;
}

static rig_status late_report(const rig_doctor_recording *p, const lateness *late, int reach, rig_findings *findings,
                              rig_arena *out, rig_arena *scratch, rig_err *err) {
    const int reference = reference_view(p, late, frames_of);
    for (int v = 0; v < p->n_views; v++) {
        const double frames = late[v].frames - late[reference].frames;
        double parts[2];
        if (!late[v].known || fabs(frames) <= LATE + LATE_SIGMAS * hypot(late[v].sigma, late[reference].sigma))
            continue;
        RIG_TRY(path_sigma(p, late, v, reach, &parts[0], scratch, err));
        RIG_TRY(path_sigma(p, late, reference, reach, &parts[1], scratch, err));
        if (fabs(frames) <= LATE + RIG_JACKKNIFE_SIGMAS * hypot(parts[0], parts[1]))
            continue;
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_CLOCKS, p->recording, p->seen[v].view, NULL, frames, LATE,
            rig_arena_printf(
                out, "judging by the board's motion, its frames were taken %.2f frames %s than those of most views",
                fabs(frames), frames > 0 ? "later" : "earlier"),
            rig_arena_printf(out, "views.%s.offset_s: %+.2f / its frame rate, added to the present value",
                             p->seen[v].view, frames),
            err));
    }
    return RIG_OK;
}

static rig_status jumps_report(const rig_doctor_recording *p, const lateness *late, rig_findings *findings,
                               rig_arena *out, rig_err *err) {
    const int reference = reference_view(p, late, jump_of);
    for (int v = 0; v < p->n_views; v++) {
        const double first = late[v].half[0] - late[reference].half[0],
                     second = late[v].half[1] - late[reference].half[1];
        const double sigma = late[v].half_sigma + late[reference].half_sigma;
        if (!late[v].halves || v == reference || fabs(second - first) <= JUMP + LATE_SIGMAS * sigma)
            continue;
        RIG_TRY(rig_finding_add(
            findings, RIG_FAULT_CLOCKS, p->recording, p->seen[v].view, NULL, second - first, JUMP,
            rig_arena_printf(out,
                             "against '%s' it is %.2f frames late in the first half of the recording and %.2f in the "
                             "second: frames were dropped, or its frame rate differs",
                             p->seen[reference].view, first, second),
            "record again without dropped frames, or use a part before or after them (`frames` of the recording)",
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
    late[most].from = -1;
    late[most].placed = late[most].known = late[most].halves = true;
    RIG_TRY(tree_grow(p, reach, late, scratch, err));
    for (int v = 0; v < p->n_views; v++)
        findings->looked[RIG_FAULT_CLOCKS] |= v != most && (late[v].known || late[v].halves);
    RIG_TRY(jumps_report(p, late, findings, out, err));
    return rig_findings_count(findings, RIG_FAULT_CLOCKS) > 0
               ? RIG_OK // a clock that jumps has no one lateness
               : late_report(p, late, reach, findings, out, scratch, err);
}
