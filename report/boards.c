// Boards for the page: where their corners lie in the pictures, how far off they are, and where the boards stood.
#include "calib/pnp.h"
#include "checks/doctor.h"
#include "report/rig.h"

#include <math.h>
#include <string.h>

enum { BOARDS_MOST = 120, IN_SPACE_MOST = 80, PAIRS_MOST = 6, CORNERS_LEAST = 6 };
static const double RESIDUAL_UNIT_PX = 1 / 256.0, EIGHTHS = 8;

// A board of a view, posed by its own corners.
typedef struct posed {
    bool has;
    rig_pose Rt_cam_board;
    double rms_px;
} posed;

typedef struct boards {
    const rig_board *board;
    int n_points;
    double (*p)[3], (*used_p)[3], (*used_q)[2];
    rig_arena *scratch;
} boards;

static bool corner_seen(const rig_board_view *view, int i) {
    return !view->seen || view->seen[i];
}

static rig_status board_pose(const boards *b, const rig_camera *camera, const rig_board_view *view, posed *out,
                             rig_err *err) {
    int n = 0;
    for (int i = 0; i < b->n_points; i++)
        if (corner_seen(view, i)) {
            memcpy(b->used_p[n], b->p[i], sizeof *b->p);
            memcpy(b->used_q[n++], view->q[i], sizeof *view->q);
        }
    out->has = false;
    if (n < CORNERS_LEAST)
        return RIG_OK;
    rig_err open; // corners on a line, and the like: no pose
    const rig_status status = rig_pnp_solve(camera, (const double(*)[3])b->used_p, (const double(*)[2])b->used_q, n,
                                            &out->Rt_cam_board, &out->rms_px, b->scratch, &open);
    out->has = status == RIG_OK;
    return status == RIG_ERR_MEMORY ? rig_fail_memory(err, "a board's pose") : RIG_OK;
}

// A corner: u16 x, y in eighths of a pixel, i16 residual found less reprojected in 256ths.
static rig_status corners_add(const boards *b, const rig_camera *camera, const rig_board_view *view, const posed *pose,
                              rig_bytes *bytes, rig_err *err) {
    for (int i = 0; i < b->n_points; i++) {
        double p[3], q[2];
        if (!corner_seen(view, i))
            continue;
        rig_pose_apply(&pose->Rt_cam_board, b->p[i], p);
        if (!rig_camera_project(camera, p, q, NULL, NULL))
            continue;
        for (int k = 0; k < 2; k++)
            RIG_TRY(rig_bytes_u16(bytes, lrint(fmax(0, view->q[i][k]) * EIGHTHS), err));
        for (int k = 0; k < 2; k++)
            RIG_TRY(rig_bytes_i16(bytes, lrint((view->q[i][k] - q[k]) / RESIDUAL_UNIT_PX), err));
    }
    return RIG_OK;
}

static rig_status space_add(const boards *b, const rig_view_camera *camera, int frame, const posed *pose, json_t *list,
                            rig_err *err) {
    const int ends[4] = {0, b->board->cols - 1, b->n_points - 1, b->n_points - b->board->cols};
    json_t *outline = json_array();
    const rig_pose Rt_world_cam = rig_pose_invert(&camera->Rt_cam_world);
    RIG_TRY(rig_json_add(
        list, json_pack("{s:i, s:o, s:o}", "frame", frame, "view", rig_json_text(camera->view), "outline", outline),
        err));
    for (int i = 0; i < 4; i++) {
        double p_cam[3], p[3];
        rig_pose_apply(&pose->Rt_cam_board, b->p[ends[i]], p_cam);
        rig_pose_apply(&Rt_world_cam, p_cam, p);
        RIG_TRY(rig_json_add(outline, rig_json_numbers(p, 3), err));
    }
    return RIG_OK;
}

// Every so many boards of a view, such that at most `most` are left.
static int stride(int n, int most) {
    return n > most ? (n + most - 1) / most : 1;
}

static rig_status view_add(const boards *b, const rig_view_corners *seen, const rig_view_camera *camera, json_t *views,
                           json_t *space, int space_most, rig_err *err) {
    rig_bytes bytes = {0};
    const int step = stride(seen->n, BOARDS_MOST), space_step = stride(seen->n, space_most);
    int shown = 0;
    rig_status status = RIG_OK;
    for (int i = 0; i < seen->n && status == RIG_OK; i++) {
        posed pose;
        if (i % step && i % space_step)
            continue;
        status = board_pose(b, &camera->camera, &seen->boards[i], &pose, err);
        if (status == RIG_OK && pose.has && i % step == 0) {
            status = corners_add(b, &camera->camera, &seen->boards[i], &pose, &bytes, err);
            shown++;
        }
        if (status == RIG_OK && pose.has && camera->has_pose && i % space_step == 0)
            status = space_add(b, camera, seen->boards[i].frame, &pose, space, err);
        rig_arena_clear(b->scratch);
    }
    if (status == RIG_OK)
        status = rig_json_add(views,
                              json_pack("{s:o, s:i, s:i, s:i, s:o}", "view", rig_json_text(seen->view), "found",
                                        seen->n, "searched", seen->n_searched, "shown", shown, "corners",
                                        rig_json_blob(bytes.data, bytes.n)),
                              err);
    rig_bytes_free(&bytes);
    return status;
}

rig_status rig_report_boards(const rig_recording_corners *seen, const rig_board *board, const rig_calibration *rig,
                             json_t *page, rig_arena *scratch, rig_err *err) {
    rig_arena points = {NULL};
    const int n = rig_board_n(board);
    boards b = {board,
                n,
                rig_arena_alloc(&points, (size_t)n, 3 * sizeof(double)),
                rig_arena_alloc(&points, (size_t)n, 3 * sizeof(double)),
                rig_arena_alloc(&points, (size_t)n, 2 * sizeof(double)),
                scratch};
    json_t *views = json_array(), *space = json_array();
    rig_status status = rig_json_set(page, "boards",
                                     json_pack("{s:o, s:f, s:o, s:o}", "recording", rig_json_text(seen->recording),
                                               "square_m", board->square_m, "views", views, "space", space),
                                     err);
    if (status == RIG_OK && (!b.p || !b.used_p || !b.used_q))
        status = rig_fail_memory(err, "a board's corners");
    for (int i = 0; i < n && status == RIG_OK; i++)
        rig_board_point(board, i, b.p[i]);
    for (int v = 0; v < seen->n_views && status == RIG_OK; v++) {
        const rig_view_camera *camera = rig_calibration_find(rig, seen->views[v].view);
        if (camera)
            status = view_add(&b, &seen->views[v], camera, views, space, IN_SPACE_MOST / seen->n_views + 1, err);
    }
    rig_arena_release(&points);
    return status;
}

rig_status rig_report_links(const rig_recording_corners *seen, json_t *page, rig_err *err) {
    json_t *links = json_array();
    RIG_TRY(rig_json_set(page, "links", links, err));
    for (int a = 0; a < seen->n_views; a++)
        for (int b = a + 1; b < seen->n_views; b++) {
            int apart;
            const int n = rig_doctor_shared_frames(&seen->views[a], &seen->views[b], &apart);
            RIG_TRY(rig_json_add(
                links,
                json_pack("[o, o, i]", rig_json_text(seen->views[a].view), rig_json_text(seen->views[b].view), n),
                err));
        }
    return RIG_OK;
}

// --- the pair -------------------------------------------------------------------------------------------------------

static const rig_view_corners *view_of(const rig_recording_corners *seen, const char *view) {
    for (int v = 0; v < seen->n_views; v++)
        if (strcmp(seen->views[v].view, view) == 0)
            return &seen->views[v];
    return NULL;
}

// Corners that both saw: [xl, yl, xr, yr].
static rig_status pair_add(const rig_board_view *left, const rig_board_view *right, int n_points, json_t *frames,
                           rig_err *err) {
    json_t *corners = json_array();
    RIG_TRY(rig_json_add(frames, json_pack("{s:i, s:o}", "frame", left->frame, "corners", corners), err));
    for (int i = 0; i < n_points; i++) {
        const double q[4] = {left->q[i][0], left->q[i][1], right->q[i][0], right->q[i][1]};
        if (corner_seen(left, i) && corner_seen(right, i))
            RIG_TRY(rig_json_add(corners, rig_json_numbers(q, 4), err));
    }
    return RIG_OK;
}

static rig_status pairs_add(const rig_view_corners *left, const rig_view_corners *right, int n_points, json_t *frames,
                            rig_err *err) {
    int apart;
    const int step = stride(rig_doctor_shared_frames(left, right, &apart), PAIRS_MOST);
    for (int i = 0, k = 0, shared = 0; i < left->n && k < right->n;) {
        const int a = left->boards[i].frame, b = right->boards[k].frame;
        if (a == b && shared++ % step == 0)
            RIG_TRY(pair_add(&left->boards[i], &right->boards[k], n_points, frames, err));
        i += a <= b;
        k += b <= a;
    }
    return RIG_OK;
}

rig_status rig_report_stereo(const rig_stereo *stereo, const rig_recording_corners *seen, int n_points, json_t *page,
                             rig_err *err) {
    const rig_view_corners *left = seen ? view_of(seen, stereo->left) : NULL;
    const rig_view_corners *right = seen ? view_of(seen, stereo->right) : NULL;
    json_t *frames = json_array();
    RIG_TRY(rig_json_set(page, "stereo",
                         json_pack("{s:[o,o], s:o, s:o, s:f, s:f, s:f, s:i, s:o}", "pair", rig_json_text(stereo->left),
                                   rig_json_text(stereo->right), "R", rig_json_numbers(stereo->Rt_right_left.R, 9), "t",
                                   rig_json_numbers(stereo->Rt_right_left.t, 3), "baseline_m", stereo->baseline_m,
                                   "rms_px", stereo->rms_px, "epipolar_rms_px", stereo->epipolar_rms_px, "n_frames",
                                   stereo->n_frames, "frames", frames),
                         err));
    return left && right ? pairs_add(left, right, n_points, frames, err) : RIG_OK;
}
