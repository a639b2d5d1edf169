// Which corners and views a refinement uses, judged by how far off they are.
#ifndef RIG_CALIB_BUNDLE_REJECT_H
#define RIG_CALIB_BUNDLE_REJECT_H

#include "calib/bundle_work.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum rig_verdict { RIG_VIEW_USED, RIG_VIEW_ASIDE, RIG_VIEW_BEHIND, RIG_VIEW_CORNERS, RIG_VIEW_RMS } rig_verdict;

typedef struct rig_bundle_judge {
    rig_bundle_work *work;
    const rig_bundle_options *options;
    double sigma_px;       // of one coordinate, over the corners used
    double cost;           // 1/2 sum of their squares
    double limit_px;       // corners farther off are left out
    double rms_limit_px;   // views with more are left out
    double *d;             // n_views x n_points distances, px
    double *sorted;        // the same many, workspace
    rig_verdict *verdicts; // a view; ASIDE: its caller had left it out
} rig_bundle_judge;

RIG_CHECKED rig_status rig_judge_init(rig_bundle_judge *judge, rig_bundle_work *work, const rig_bundle_options *options,
                                      rig_arena *scratch, rig_err *err);
// Distances and sigma at the present state. Returns how many corners are used.
ptrdiff_t rig_judge_measure(rig_bundle_judge *judge);
// Sigma anew over the corners used, the distances being those of the last measure.
ptrdiff_t rig_judge_count(rig_bundle_judge *judge);
// Views with a point behind their camera cannot be refined, and doubtful ones wait: left out.
void rig_judge_start(rig_bundle_judge *judge);
// Choose anew, by the last measure; returns whether anything changed. readmit: what was left out may come back.
bool rig_judge_choose(rig_bundle_judge *judge, bool readmit);
// Each view's fit, with the reason in words where it is left out.
RIG_CHECKED rig_status rig_judge_report(const rig_bundle_judge *judge, rig_bundle_report *report, rig_arena *out,
                                        rig_err *err);

#ifdef __cplusplus
}
#endif
#endif
