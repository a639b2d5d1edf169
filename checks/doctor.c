// The findings; and the checks of links and order.
#include "checks/doctor.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const NAMES[RIG_FAULT_COUNT] = {"resolution", "corners", "boards", "links",  "clocks", "mirrored",
                                                   "swapped",    "order",   "focus",  "bumped", "scale"};
// Why a check cannot be made, where nothing more exact is known.
static const char *const WHY[RIG_FAULT_COUNT] = {
    "no pictures or no calibration to compare sizes with",
    "no pictures to search for another board",
    "no recording of the board is set for intrinsics, extrinsics or stereo",
    "fewer than two cameras have boards and a lens",
    "the board moves too little, or two cameras share too few boards, to estimate clock offsets",
    "no board without markers that two cameras see",
    "no other recording of the board to compare with",
    "no stereo pair of two calibrated cameras",
    "too few boards of a camera to compare two parts of a recording",
    "too few boards that a camera shares with the others: 10 are needed",
    "no length of `extrinsics.lengths` between two calibrated cameras"};
static const char BLOCKED[] = "skipped: fix the findings above first";

const char *rig_fault_name(rig_fault what) {
    return NAMES[what];
}

int rig_findings_count(const rig_findings *findings, rig_fault what) {
    int n = 0;
    for (int i = 0; i < findings->n; i++)
        n += findings->list[i].what == what;
    return n;
}

bool rig_findings_checked(const rig_findings *findings, rig_fault what) {
    return findings->looked[what] || rig_findings_count(findings, what) > 0;
}

const char *rig_findings_why(const rig_findings *findings, rig_fault what) {
    return findings->why[what]                             ? findings->why[what]
           : findings->blocked && what > RIG_FAULT_CORNERS ? BLOCKED
                                                           : WHY[what];
}

rig_status rig_finding_add(rig_findings *findings, rig_fault what, const char *recording, const char *view_a,
                           const char *view_b, double value, double limit, const char *says, const char *advice,
                           rig_err *err) {
    const char *views[2] = {view_a, view_b};
    if (!says || !advice)
        return rig_fail_memory(err, "a finding");
    rig_finding *v = &findings->list[findings->n < RIG_FINDINGS_MAX ? findings->n++ : RIG_FINDINGS_MAX - 1];
    *v = (rig_finding){.what = what, .frame = -1, .value = value, .limit = limit, .says = says, .advice = advice};
    snprintf(v->recording, sizeof v->recording, "%s", recording ? recording : "");
    for (int k = 0; k < 2; k++)
        if (views[k])
            snprintf(v->views[v->n_views++], sizeof v->views[0], "%s", views[k]);
    return RIG_OK;
}

int rig_doctor_shared_frames(const rig_view_corners *a, const rig_view_corners *b, int *apart) {
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

rig_status rig_doctor_boards(const char *recording, const rig_view_corners *seen, int n_views, rig_findings *findings,
                             rig_arena *out, rig_err *err) {
    long n = 0, n_searched = 0;
    findings->looked[RIG_FAULT_BOARDS] = true;
    for (int v = 0; v < n_views; v++)
        n += seen[v].n, n_searched += seen[v].n_searched;
    if (n == 0)
        return rig_finding_add(
            findings, RIG_FAULT_BOARDS, recording, NULL, NULL, 0, 1,
            rig_arena_printf(out, "no board was found in any of the %ld pictures of its %d views", n_searched, n_views),
            "check that `board` matches the board that was used (kind, inner corners, dictionary), and that the whole "
            "board is in the pictures, sharp and lit",
            err);
    for (int v = 0; v < n_views; v++)
        if (seen[v].n == 0)
            RIG_TRY(rig_finding_add(
                findings, RIG_FAULT_BOARDS, recording, seen[v].view, NULL, 0, 1,
                rig_arena_printf(out, "no board was found in any of its %d pictures", seen[v].n_searched),
                "show it the board larger and sharper", err));
    return RIG_OK;
}

// Mark the views that are linked with `from` by shared frames.
static void mark_linked(const rig_doctor_recording *p, int from, bool *reached) {
    int apart;
    reached[from] = true;
    for (int v = 0; v < p->n_views; v++)
        if (!reached[v] && rig_doctor_shared_frames(&p->seen[from], &p->seen[v], &apart) > 0)
            mark_linked(p, v, reached);
}

// The names of the views that see boards and are reached, or are not.
static const char *views_list(const rig_doctor_recording *p, const bool *reached, bool which, rig_arena *out) {
    const char *text = "";
    for (int v = 0; v < p->n_views && text; v++)
        if (reached[v] == which && p->seen[v].n > 0)
            text = rig_arena_printf(out, "%s%s'%s'", text, *text ? ", " : "", p->seen[v].view);
    return text;
}

static rig_status gap_report(const rig_doctor_recording *p, const bool *reached, rig_findings *findings, rig_arena *out,
                             rig_err *err) {
    int least = INT_MAX, near[2] = {0, 0}, apart;
    for (int a = 0; a < p->n_views; a++)
        for (int b = 0; b < p->n_views; b++)
            if (reached[a] && !reached[b] && p->seen[b].n > 0 &&
                rig_doctor_shared_frames(&p->seen[a], &p->seen[b], &apart) == 0 && apart < least)
                least = apart, near[0] = a, near[1] = b;
    const char *a = p->seen[near[0]].view, *b = p->seen[near[1]].view;
    const char *here = views_list(p, reached, true, out), *there = views_list(p, reached, false, out);
    if (!here || !there)
        return rig_fail_memory(err, "a finding");
    return rig_finding_add(
        findings, RIG_FAULT_LINKS, p->recording, a, b, least, 0,
        rig_arena_printf(
            out,
            "no frame shows the board to both one of %s and one of %s; '%s' and '%s' come closest, %d frames apart",
            here, there, a, b, least),
        rig_arena_printf(out, "hold the board where both '%s' and '%s' see it", a, b), err);
}

rig_status rig_doctor_links(const rig_doctor_recording *p, rig_findings *findings, rig_arena *out, rig_arena *scratch,
                            rig_err *err) {
    bool *reached = RIG_NEW(scratch, bool, p->n_views);
    int first = -1;
    if (!reached)
        return rig_fail_memory(err, "views");
    findings->looked[RIG_FAULT_LINKS] = p->n_views > 1;
    for (int v = 0; v < p->n_views; v++)
        first = first < 0 && p->seen[v].n > 0 ? v : first;
    if (first < 0)
        return RIG_OK;
    mark_linked(p, first, reached);
    for (int v = 0; v < p->n_views; v++)
        if (!reached[v] && p->seen[v].n > 0) {
            RIG_TRY(gap_report(p, reached, findings, out, err));
            mark_linked(p, v, reached);
        }
    return RIG_OK;
}

rig_status rig_doctor_order(const char *left, const char *right, const rig_pose *Rt_right_left, rig_findings *findings,
                            rig_arena *out, rig_err *err) {
    double centre[3];
    findings->looked[RIG_FAULT_ORDER] = true;
    if (!rig_stereo_is_swapped(Rt_right_left))
        return RIG_OK;
    rig_pose_centre(Rt_right_left, centre);
    return rig_finding_add(findings, RIG_FAULT_ORDER, NULL, left, right, centre[0], 0,
                           rig_arena_printf(out, "'%s' is to the left of '%s', by %.4f m", right, left, -centre[0]),
                           rig_arena_printf(out, "stereo.pair: [%s, %s]", right, left), err);
}
