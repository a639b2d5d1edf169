"""The pictures of bench_corners through OpenCV's searches, a line each in its form: set, who, found, of how many,
milliseconds a picture (mean and worst), pixels off the truth (median and worst of the boards' rms), rms of the
calibrations that the corners give (the worst camera). A search that has taken a minute over a set stops there.
usage: corners.py LIST [SET...]"""
import sys
import time

import numpy as np

ENOUGH_S = 60
WINDOW = 5  # half of cornerSubPix's, what suits the stereo pair's smaller squares


def read(path):
    sets = {}
    for line in open(path, encoding="utf-8"):
        name, group, picture, cols, rows, truth = line.rstrip("\n").split("\t")
        truth = np.array(truth.split(), dtype=float).reshape(-1, 2)
        sets.setdefault(name, []).append((int(group), picture, int(cols), int(rows), truth))
    return sets


def exhaustive(cv2, grey, size):
    found, q = cv2.findChessboardCornersSB(grey, size, flags=cv2.CALIB_CB_EXHAUSTIVE)
    return q.reshape(-1, 2) if found else None


def plain(cv2, grey, size):
    found, q = cv2.findChessboardCornersSB(grey, size)
    return q.reshape(-1, 2) if found else None


def classic(cv2, grey, size):
    flags = cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_FAST_CHECK
    found, q = cv2.findChessboardCorners(grey, size, flags=flags)
    if not found:
        return None
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 40, 1e-4)
    return cv2.cornerSubPix(grey, q, (WINDOW, WINDOW), (-1, -1), until).reshape(-1, 2)


def off(q, truth):
    """Each corner to the nearest true one: from which end a board is read is another question."""
    nearest = np.linalg.norm(q[:, None] - truth[None], axis=2).min(1)
    return np.sqrt((nearest ** 2).mean())


def calibrate(cv2, seen):
    worst = 0.0
    for size, cols, rows, corners in seen.values():
        grid = np.hstack([np.mgrid[0:cols, 0:rows].T.reshape(-1, 2), np.zeros((cols * rows, 1))]).astype(np.float32)
        worst = max(worst, cv2.calibrateCamera([grid] * len(corners), corners, size, None, None)[0])
    return worst


def measure(cv2, name, pictures, who, search):
    times, errors, seen, found = [], [], {}, 0
    for group, path, cols, rows, truth in pictures:
        if sum(times) > 1e3 * ENOUGH_S:
            break
        grey = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        start = time.perf_counter()
        q = search(cv2, grey, (cols, rows))
        times.append(1e3 * (time.perf_counter() - start))
        if q is None:
            continue
        found += 1
        if len(truth):
            errors.append(off(q, truth))
        elif name != "clutter":
            corners = seen.setdefault(group, (grey.shape[::-1], cols, rows, []))[3]
            corners.append(np.ascontiguousarray(q[:, None], dtype=np.float32))
    errors = errors or [0.0]
    print(f"{name:<10} {who:<12} {found:4d} {len(times):4d} {np.mean(times):8.2f} {max(times):8.2f} "
          f"{np.median(errors):8.4f} {max(errors):8.4f} {calibrate(cv2, seen):8.4f}", flush=True)


def main():
    try:
        import cv2
    except ImportError as missing:
        print(f"passed over: {missing}")
        return
    cv2.setNumThreads(1)
    for name, pictures in read(sys.argv[1]).items():
        if len(sys.argv) > 2 and name not in sys.argv[2:]:
            continue
        for who, search in (("sb", plain), ("exhaustive", exhaustive), ("classic", classic)):
            measure(cv2, name, pictures, who, search)


if __name__ == "__main__":
    main()
