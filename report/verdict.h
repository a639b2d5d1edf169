// Verdicts: how each stage came out, at a glance, with the number that says so, its limit, and what to do.
#ifndef RIG_REPORT_VERDICT_H
#define RIG_REPORT_VERDICT_H

#include "core/arena.h"
#include "io/results.h"
#include "report/person_fit.h"

#include <jansson.h>

typedef enum rig_verdict_state {
    RIG_VERDICT_OK,      // green
    RIG_VERDICT_WEAK,    // amber: usable, with less precision than it could have
    RIG_VERDICT_FAULT,   // red
    RIG_VERDICT_UNKNOWN, // it could not be checked
    RIG_VERDICT_STATES
} rig_verdict_state;

typedef struct rig_verdict_sentence {
    const char *text, *view; // view NULL: of the rig or the take as a whole
    rig_verdict_state state;
} rig_verdict_sentence;

enum { RIG_VERDICTS_MAX = 24, RIG_VERDICT_SENTENCES = 24 };

typedef struct rig_verdict {
    const char *stage; // or command
    rig_verdict_state state;
    const char *measure, *value, *limit; // what is measured, with units; NULL: nothing is
    int n;
    rig_verdict_sentence says[RIG_VERDICT_SENTENCES];
    const char *advice;    // NULL: none
    const char *unchecked; // what could not be checked, as sentences; NULL: nothing
} rig_verdict;

typedef struct rig_verdicts {
    int n;
    rig_verdict list[RIG_VERDICTS_MAX];
    rig_arena *out; // of the texts
} rig_verdicts;

// Each adds one verdict from a result. All fail with RIG_ERR_MEMORY alone.
RIG_CHECKED rig_status rig_verdict_corners(rig_verdicts *verdicts, const rig_corners_file *corners, rig_err *err);
RIG_CHECKED rig_status rig_verdict_lenses(rig_verdicts *verdicts, const rig_calibration *lenses, rig_err *err);
RIG_CHECKED rig_status rig_verdict_places(rig_verdicts *verdicts, const rig_calibration *rig, rig_err *err);
RIG_CHECKED rig_status rig_verdict_scene(rig_verdicts *verdicts, const rig_points_file *points,
                                         const rig_calibration *rig, rig_err *err);
RIG_CHECKED rig_status rig_verdict_stereo(rig_verdicts *verdicts, const rig_stereo *stereo, rig_err *err);
RIG_CHECKED rig_status rig_verdict_doctor(rig_verdicts *verdicts, const rig_findings *findings, rig_err *err);
RIG_CHECKED rig_status rig_verdict_uncertainty(rig_verdicts *verdicts, double keypoints_m, double calibration_m,
                                               double sigma_px, rig_err *err);
// Of the take: 2D people, people in space, and whether the cameras fit them.
RIG_CHECKED rig_status rig_verdict_keypoints(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err);
RIG_CHECKED rig_status rig_verdict_triangulate(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err);
RIG_CHECKED rig_status rig_verdict_watch(rig_verdicts *verdicts, const rig_watch_report *watch,
                                         const rig_calibration *rig, rig_err *err);
RIG_CHECKED rig_status rig_verdict_views(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err);
RIG_CHECKED rig_status rig_verdict_refine(rig_verdicts *verdicts, const rig_person_fit *fit, rig_err *err);

// A result that is stale, missing, or not made: says so. state FAULT or WEAK.
RIG_CHECKED rig_status rig_verdict_plain(rig_verdicts *verdicts, const char *stage, rig_verdict_state state,
                                         const char *says, const char *advice, rig_err *err);
// A stage's result is out of date: its verdict, a new one where there is none, becomes at least WEAK, and says why.
RIG_CHECKED rig_status rig_verdict_stale(rig_verdicts *verdicts, const char *stage, const char *why, rig_err *err);

const char *rig_verdict_state_name(rig_verdict_state state); // "ok"
// Put them into the page, in their order, as "verdicts".
RIG_CHECKED rig_status rig_report_verdicts(const rig_verdicts *verdicts, json_t *page, rig_err *err);

#endif
