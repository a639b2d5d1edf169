#include "calib/stereo.h"

#include "calib/adjustment.h"
#include "core/epipolar.h"
#include "cv/cv.h"

#include <string.h>

enum { FRAMES_MIN = 3 };

static int frames_in_common(const rig_view_corners *left, const rig_view_corners *right) {
    int n = 0;
    for (int i = 0, j = 0; i < left->n && j < right->n;) {
        int a = left->boards[i].frame, b = right->boards[j].frame;
        n += a == b;
        i += a <= b, j += b <= a;
    }
    return n;
}

// An undistorted pixel, the lens's own matrix kept.
static bool straighten(const rig_camera *camera, const double q[2], double straight[2]) {
    double n[2];
    if (!rig_camera_unproject(camera, q, n))
        return false;
    for (int k = 0; k < 2; k++)
        straight[k] = camera->K[k] * n[k] + camera->K[2 + k];
    return true;
}

// Root mean square distance from the epipolar lines over all corners used of both, in both pictures.
static double epipolar_rms(const rig_adjustment *adjustment, const double F[9]) {
    const rig_bundle *b = &adjustment->bundle;
    double Ft[9], sum = 0;
    int n = 0;
    rig_mat3_transpose(F, Ft);
    for (int m = 0; m < adjustment->observations.n_moments; m++) {
        int first = adjustment->observations.first[m];
        if (adjustment->observations.first[m + 1] - first != 2 || b->views[first].left_out ||
            b->views[first + 1].left_out)
            continue;
        for (int i = 0; i < b->n_points; i++) {
            double l[2], r[2];
            if (!b->views[first].used[i] || !b->views[first + 1].used[i] ||
                !straighten(adjustment->cameras[0], b->views[first].q[i], l) ||
                !straighten(adjustment->cameras[1], b->views[first + 1].q[i], r))
                continue;
            double in_right = rig_epipolar_distance(F, l, r), in_left = rig_epipolar_distance(Ft, r, l);
            sum += in_right * in_right + in_left * in_left;
            n += 2;
        }
    }
    return n ? sqrt(sum / n) : 0;
}

// Over the frames that both saw.
static void report(const rig_adjustment *adjustment, rig_stereo *stereo) {
    const rig_bundle *b = &adjustment->bundle;
    double sum = 0;
    int n = 0;
    for (int m = 0; m < adjustment->observations.n_moments; m++) {
        int first = adjustment->observations.first[m];
        if (adjustment->observations.first[m + 1] - first != 2)
            continue;
        for (int i = first; i < first + 2; i++) {
            sum += b->views[i].n_used * b->views[i].rms_px * b->views[i].rms_px;
            n += b->views[i].n_used;
        }
        stereo->n_frames += !b->views[first].left_out && !b->views[first + 1].left_out;
    }
    stereo->rms_px = n ? sqrt(sum / n) : 0;
    stereo->Rt_right_left = b->cameras[1].Rt_cam_world;
    stereo->baseline_m = rig_norm3(stereo->Rt_right_left.t);
    rig_essential_from_pose(&stereo->Rt_right_left, stereo->E);
    rig_fundamental_from_essential(stereo->E, adjustment->cameras[0]->K, adjustment->cameras[1]->K, stereo->F);
    stereo->epipolar_rms_px = epipolar_rms(adjustment, stereo->F);
}

// The camera of pictures scaled and cut in their middle to width x height.
static rig_camera camera_cover(const rig_camera *camera, int width, int height) {
    const double s = fmax((double)width / camera->width, (double)height / camera->height);
    rig_camera made = *camera;
    if (camera->width == width && camera->height == height)
        return made;
    made.width = width, made.height = height;
    made.K[0] *= s, made.K[1] *= s;
    made.K[2] = (camera->K[2] + 0.5) * s - 0.5 - (camera->width * s - width) / 2;
    made.K[3] = (camera->K[3] + 0.5) * s - 0.5 - (camera->height * s - height) / 2;
    return made;
}

// OpenCV's rectification knows pictures of one size: the smaller ones are taken as scaled to the larger. That chooses
// the rectified pictures' focal length and middle; the matrices hold for the cameras as they are. It knows pinhole
// lenses; a fisheye's turns come from the poses alone, so that it goes in as one without distortion.
static rig_status rectify(const rig_adjustment *adjustment, double alpha, rig_stereo *s, rig_err *err) {
    enum { OPENCV_MIN = 5 };
    const double none[RIG_DIST_MAX] = {0}, *dist[2];
    const rig_camera *const *of = adjustment->cameras;
    const int larger = (double)of[1]->width * of[1]->height > (double)of[0]->width * of[0]->height;
    rig_camera as[2];
    int n[2];
    s->width = of[larger]->width, s->height = of[larger]->height;
    for (int k = 0; k < 2; k++) {
        bool fisheye = of[k]->lens == RIG_LENS_FISHEYE4;
        int own = rig_lens_n_dist(of[k]->lens);
        as[k] = camera_cover(of[k], s->width, s->height);
        dist[k] = fisheye ? none : of[k]->dist;
        n[k] = fisheye || own < OPENCV_MIN ? OPENCV_MIN : own;
    }
    return rig_cv_stereo_rectify(as[0].K, dist[0], n[0], as[1].K, dist[1], n[1], s->width, s->height,
                                 s->Rt_right_left.R, s->Rt_right_left.t, alpha, s->R1, s->R2, s->P1, s->P2, s->Q, err);
}

static rig_status check_pair(const rig_view_corners *left, const rig_view_corners *right,
                             const rig_view_camera *cam_left, const rig_view_camera *cam_right, rig_err *err) {
    const rig_view_corners *seen[2] = {left, right};
    const rig_view_camera *cameras[2] = {cam_left, cam_right};
    for (int k = 0; k < 2; k++)
        if (seen[k]->width != cameras[k]->camera.width || seen[k]->height != cameras[k]->camera.height)
            return rig_fail(
                err, RIG_ERR_DATA, "camera '%s': the lens is calibrated at %d x %d pixels, the corners are of %d x %d",
                cameras[k]->view, cameras[k]->camera.width, cameras[k]->camera.height, seen[k]->width, seen[k]->height);
    int n = frames_in_common(left, right);
    if (n < FRAMES_MIN)
        return rig_fail(err, RIG_ERR_DATA, "stereo pair '%s', '%s': need >= %d frames with the board in both, got %d",
                        left->view, right->view, FRAMES_MIN, n);
    return RIG_OK;
}

rig_status rig_stereo_solve(const rig_board *board, const rig_view_corners *left, const rig_view_corners *right,
                            const rig_view_camera *cam_left, const rig_view_camera *cam_right, double alpha,
                            rig_stereo *stereo, rig_arena *scratch, rig_err *err) {
    RIG_TRY(check_pair(left, right, cam_left, cam_right, err));
    rig_arena_mark mark = rig_arena_tell(scratch);
    const rig_view_corners seen[2] = {*left, *right};
    const rig_camera *cameras[2] = {&cam_left->camera, &cam_right->camera};
    rig_adjustment adjustment = {.board = board, .n_views = 2, .seen = seen, .cameras = cameras, .fixed_lenses = true};
    *stereo = (rig_stereo){.Rt_right_left = rig_pose_identity()};
    memcpy(stereo->left, left->view, sizeof stereo->left);
    memcpy(stereo->right, right->view, sizeof stereo->right);
    rig_status status = rig_adjustment_solve(&adjustment, scratch, scratch, err);
    if (status == RIG_OK) {
        report(&adjustment, stereo);
        status = rectify(&adjustment, alpha, stereo, err);
    }
    rig_arena_rewind(scratch, mark);
    return status == RIG_OK ? status : rig_fail_in(err, status, "stereo pair '%s', '%s': ", left->view, right->view);
}
