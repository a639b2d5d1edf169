"""The corners of bench_bundle through other solvers, a line each in its form: case, who, seconds (least, median), rms in
pixels, errors of focal lengths (%) and positions (mm). Who is not installed is passed over.
usage: peers.py FOLDER CASE..."""
import os
import sys
import time

import numpy as np

RUNS = {"rig60": 3, "rig200": 1, "rig300": 1}
FOCAL_GUESS = 1500
OPENCV_VIEWS_MAX = 200  # a camera: its time grows with the cube, half a minute here


class Case:
    def __init__(self, path):
        self.cameras, self.views = [], []
        for line in open(path, encoding="utf-8"):
            word, *values = line.split()
            if word == "board":
                self.cols, self.rows, self.square = int(values[0]), int(values[1]), float(values[2])
            elif word == "camera":
                self.cameras.append([float(v) for v in values])  # width height fx, centre
            else:
                corners = np.array(values[2:], dtype=np.float64).reshape(-1, 2)
                self.views.append((int(values[0]), int(values[1]), corners))
        self.size = (int(self.cameras[0][0]), int(self.cameras[0][1]))

    def board(self):
        grid = np.mgrid[0:self.cols, 0:self.rows].T.reshape(-1, 2) * self.square
        return np.hstack([grid, np.zeros((len(grid), 1))]).astype(np.float32)

    def errors(self, focals, centres):
        """Largest errors, positions after the rigid motion that brings all nearest to the truth."""
        focal = max(abs(f / c[2] - 1) for f, c in zip(focals, self.cameras)) * 100
        if len(centres) < 3:
            return focal, 0.0
        a, b = np.array(centres), np.array([c[3:] for c in self.cameras])
        u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
        turn = np.diag([1, 1, np.linalg.det(vt.T @ u.T)])
        moved = (a - a.mean(0)) @ (vt.T @ turn @ u.T).T + b.mean(0)
        return focal, 1000 * np.linalg.norm(moved - b, axis=1).max()


def report(name, who, seconds, rms, errors):
    seconds = sorted(seconds)
    print(f"{name:<10} {who:<12} {seconds[0]:9.4f} {seconds[len(seconds) // 2]:9.4f} {rms:10.6f} {errors[0]:9.5f} {errors[1]:9.4f}",
          flush=True)


def opencv_chain(cv2, case):
    """calibrateCamera a camera, stereoCalibrate from camera to camera."""
    board, flags = case.board(), cv2.CALIB_FIX_INTRINSIC
    seen = [{f: q.astype(np.float32) for c, f, q in case.views if c == i} for i in range(len(case.cameras))]
    lenses, squares, n = [], 0, 0
    for views in seen:
        rms, K, dist, _, _ = cv2.calibrateCamera([board] * len(views), list(views.values()), case.size, None, None)
        lenses.append((K, dist))
        squares, n = squares + rms * rms * len(views), n + len(views)
    R, t, centres = np.eye(3), np.zeros((3, 1)), [np.zeros(3)]
    for i in range(1, len(seen)):
        both = sorted(set(seen[i - 1]) & set(seen[i]))
        _, *_, R_step, t_step, _, _ = cv2.stereoCalibrate([board] * len(both), [seen[i - 1][f] for f in both],
                                                          [seen[i][f] for f in both], *lenses[i - 1], *lenses[i], case.size, flags=flags)
        R, t = R_step @ R, R_step @ t + t_step
        centres.append((-R.T @ t).ravel())
    return (squares / n) ** 0.5, [K[0, 0] for K, _ in lenses], centres


def opencv(name, case):
    try:
        import cv2
    except ImportError:
        return
    seconds = []
    for _ in range(RUNS.get(name, 1)):
        start = time.perf_counter()
        rms, focals, centres = opencv_chain(cv2, case)
        seconds.append(time.perf_counter() - start)
    report(name, "opencv", seconds, rms, case.errors(focals, centres))


def mrcal_solve(mrcal, case):
    """As mrcal-calibrate-cameras does, without its regularisation and outlier rejection: the same problem as ours."""
    order = sorted(range(len(case.views)), key=lambda v: (case.views[v][1], case.views[v][0]))
    frames = sorted({v[1] for v in case.views})
    place = {f: i for i, f in enumerate(frames)}
    index = np.array([(place[case.views[v][1]], case.views[v][0]) for v in order], dtype=np.int32)
    q = np.ones((len(order), case.rows, case.cols, 3))
    q[..., :2] = [case.views[v][2].reshape(case.rows, case.cols, 2) for v in order]
    sizes = np.array([case.size] * len(case.cameras), dtype=np.int32)
    start = time.perf_counter()
    lens, cams, boards = mrcal.seed_stereographic(imagersizes=sizes, focal_estimate=FOCAL_GUESS, indices_frame_camera=index,
                                                  observations=q, object_spacing=case.square)
    seeded = time.perf_counter() - start
    common = dict(calibration_object_spacing=case.square, do_apply_outlier_rejection=False, do_apply_regularization=False,
                  do_optimize_calobject_warp=False, imagersizes=sizes)
    index3 = np.hstack([index, index[:, 1:] - 1]).astype(np.int32)
    start = time.perf_counter()
    for core in (False, True):
        mrcal.optimize(lens, cams, boards, None, q, index3, None, None, lensmodel="LENSMODEL_STEREOGRAPHIC", do_optimize_intrinsics_core=core,
                       do_optimize_intrinsics_distortions=False, **common)
    lens = np.ascontiguousarray(np.hstack([lens, 1e-6 * np.ones((len(lens), 5))]))
    stats = mrcal.optimize(lens, cams, boards, None, q, index3, None, None, lensmodel="LENSMODEL_OPENCV5", do_optimize_intrinsics_core=True,
                           do_optimize_intrinsics_distortions=True, **common)
    seconds = time.perf_counter() - start
    centres = [np.zeros(3)]
    for rt in cams:
        R = mrcal.R_from_r(rt[:3])
        centres.append(-R.T @ rt[3:])
    x = stats["x"][:q[..., 0].size * 2]
    return seconds, seeded, np.sqrt((x * x).sum() / q[..., 0].size), lens[:, 0], centres


def mrcal_run(name, case):
    try:
        import mrcal
    except ImportError:
        return
    solver, whole = [], []
    for _ in range(RUNS.get(name, 1)):
        seconds, seeded, rms, focals, centres = mrcal_solve(mrcal, case)
        solver.append(seconds)
        whole.append(seconds + seeded)
    report(name, "mrcal", solver, rms, case.errors(focals, centres))
    report(name, "mrcal+seed", whole, rms, case.errors(focals, centres))


def main():
    for name in sys.argv[2:]:
        case = Case(os.path.join(sys.argv[1], name + ".txt"))
        if len(case.cameras) > 1:
            mrcal_run(name, case)
        if len(case.views) <= OPENCV_VIEWS_MAX * len(case.cameras):
            opencv(name, case)


main()
