// The rig watches itself: what the people of a take say of the cameras that saw them. Whether a camera moved since it
// was calibrated (which, when, how much), and whether a view is out of step in time.
//
// Each view is held against the people as all other views have them. Its residuals, linear in a small motion of the
// camera and in an offset in time, are summed up moment by moment; the best motion from a moment on is then found among
// all moments. How much residuals scatter together is measured by the take itself, so that only what stands out of it
// is told. The view that stands out most is repaired, and all are asked again.
#ifndef RIG_CHECKS_WATCH_H
#define RIG_CHECKS_WATCH_H

#include "checks/watch_report.h"
#include "core/arena.h"
#include "core/people.h"
#include "core/rig.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rig_watch rig_watch;

enum { RIG_WATCH_VIEWS_LEAST = 3 }; // two views do not tell which of them moved

// rig and skeleton must outlive it. What is known already: rig_watch_know. fps > 0. From the heap. Fails with
// RIG_ERR_DATA as rig_tracker_open, with fewer than RIG_WATCH_VIEWS_LEAST cameras, and with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_open(const rig_calibration *rig, const rig_skeleton *skeleton, double fps,
                                      rig_watch **watch, rig_err *err);
// What was repaired before, of cameras by index into the rig: it is not found again.
void rig_watch_know(rig_watch *watch, const rig_repairs *repairs);
// The next frame: people as triangulated, views as given to rig_tracker_next. Frames rise; some may be left out, but
// fifth of seconds around each that counts must be there. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_next(rig_watch *watch, const rig_frame3d *people, const rig_frame2d *const *views,
                                      rig_arena *scratch, rig_err *err);
// What the take says. repairs: all that is known afterwards, with what was known before. Both from out. Cost: about as
// much as triangulating all once for each view, and once again for each finding. Fails with RIG_ERR_MEMORY.
RIG_CHECKED rig_status rig_watch_solve(rig_watch *watch, rig_watch_report *report, rig_repairs *repairs, rig_arena *out,
                                       rig_arena *scratch, rig_err *err);
void rig_watch_close(rig_watch *watch); // NULL is fine

#ifdef __cplusplus
}
#endif
#endif
