// The rig for the page: cameras, boards, links between cameras, scene points, the stereo pair, the volume's precision.
#ifndef RIG_REPORT_RIG_H
#define RIG_REPORT_RIG_H

#include "io/results.h"
#include "report/json.h"

// Each sets one key of the page. All fail with RIG_ERR_MEMORY.
// "cameras": every camera with its lens, pose, sigmas. "intrinsics", "extrinsics" (key): a camera's figures and how
// each board fitted.
RIG_CHECKED rig_status rig_report_cameras(const rig_calibration *rig, json_t *page, rig_err *err);
RIG_CHECKED rig_status rig_report_figures(const rig_calibration *rig, const char *key, json_t *page, rig_err *err);

// "boards": where a recording's corners lie in each view's picture, with their residuals once each board is posed by
// itself; and the boards in space, as the view that sees them best has them. At most 120 boards a view, 80 in space,
// spread evenly.
RIG_CHECKED rig_status rig_report_boards(const rig_recording_corners *seen, const rig_board *board,
                                         const rig_calibration *rig, json_t *page, rig_arena *scratch, rig_err *err);
// "links": how many frames show the board to both of two views.
RIG_CHECKED rig_status rig_report_links(const rig_recording_corners *seen, json_t *page, rig_err *err);
// "scene": scene points and where they were clicked.
RIG_CHECKED rig_status rig_report_scene(const rig_points_file *points, json_t *page, rig_err *err);
// "stereo": the pair and some boards that both saw.
RIG_CHECKED rig_status rig_report_stereo(const rig_stereo *stereo, const rig_recording_corners *seen, int n_points,
                                         json_t *page, rig_err *err);
// "uncertainty": the grid of points.
RIG_CHECKED rig_status rig_report_uncertainty(const rig_uncertainty *uncertainty, json_t *page, rig_err *err);

#endif
