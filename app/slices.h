// A stage's work in slices: each is done by a run of its own, on any machine, and is kept below <out>/slices until the
// stage takes it up (docs/adr/0032). A slice holds the lock of its own folder, not that of the output folder.
#ifndef RIG_APP_SLICES_H
#define RIG_APP_SLICES_H

#include "app/stages.h"

enum { RIG_SLICES_MAX = 9999 };

// K/N of the command line; NULL gives n = 0. Fails with RIG_ERR_USAGE.
RIG_CHECKED rig_status rig_slice_read(const char *text, rig_slice *slice, rig_err *err);
// What of `total` things in order a slice has: *first to *end - 1.
void rig_slice_range(rig_slice slice, long total, long *first, long *end);
// <out>/slices/<stage>-<k>-of-<n>/<name>; name NULL: the folder.
RIG_CHECKED rig_status rig_slice_path(rig_session *session, const char *stage, rig_slice slice, const char *name,
                                      const char **path, rig_err *err);

// Do one slice (options->slice) of a stage that has them. There is nothing to do where the stage's result, or the slice
// itself, is current. Fails as rig_stage_run; also where a result that the stage needs is absent or stale,
// 10_feeds.yaml included, since other slices may be reading it.
RIG_CHECKED rig_status rig_stage_slice_run(rig_session *session, const rig_stage *stage,
                                           const rig_stage_options *options, rig_err *err);

// Into how many slices a stage's work was divided: numbers[0..*n-1], rising; each such n has folders of that name.
RIG_CHECKED rig_status rig_slices_find(rig_session *session, const char *stage, int **numbers, int *n, rig_err *err);
// Remove what slices of a stage left, but for those that another rigpose works in.
void rig_slices_remove(rig_session *session, const char *stage);

#endif
