"""The ChArUco pictures of bench_marked through OpenCV's aruco module, a line in its form: set, who, corners found, of how
many in the picture, milliseconds a picture (mean and worst), pixels off the truth (root mean square, farthest corner).
usage: marked.py LIST"""
import sys
import time

import numpy as np

INSIDE_PX = 12  # as bench_marked


def main():
    try:
        import cv2
        aruco = cv2.aruco
        dictionary = aruco.getPredefinedDictionary(aruco.DICT_5X5_100)
        board = aruco.CharucoBoard_create(9, 6, 1, 0.75, dictionary)
    except (ImportError, AttributeError) as missing:
        print(f"passed over: {missing}")
        return
    cv2.setNumThreads(1)
    times, off, n_inside = {}, {}, {}
    for line in open(sys.argv[1], encoding="utf-8"):
        name, path, cols, rows, truth = line.rstrip("\n").split("\t")
        if (int(cols), int(rows)) != (8, 5):
            continue
        truth = np.array(truth.split(), dtype=float).reshape(-1, 2)
        grey = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
        start = time.perf_counter()
        markers, ids, _ = aruco.detectMarkers(grey, dictionary)
        q = which = None
        if ids is not None:
            _, q, which = aruco.interpolateCornersCharuco(markers, ids, grey, board)
        times.setdefault(name, []).append(1e3 * (time.perf_counter() - start))
        height, width = grey.shape
        inside = (truth >= INSIDE_PX) & (truth <= [width - INSIDE_PX, height - INSIDE_PX])
        n_inside[name] = n_inside.get(name, 0) + int(inside.all(1).sum())
        if q is not None and len(truth):
            off.setdefault(name, []).extend(np.linalg.norm(q.reshape(-1, 2) - truth[which.ravel()], axis=1))
    for name, ms in times.items():
        errors = np.array(off.get(name, [0.0]))
        print(f"{name:<10} {'aruco':<12} {len(off.get(name, [])):4d} {n_inside[name]:4d} {np.mean(ms):8.2f} {max(ms):8.2f} "
              f"{np.sqrt((errors ** 2).mean()):8.4f} {errors.max():8.4f}")


if __name__ == "__main__":
    main()
