"""A real stereo pair: 13 pairs tiled into side-by-side pictures, then crop, corners, intrinsics, stereo."""
import os

import cv2
import numpy as np

import session
from session import check, check_at_most

source = session.real_data("stereo")
folder = session.folder()
pairs = [i for i in range(1, 15) if i != 10 and os.path.exists(f"{source}/left{i:02d}.jpg")]
for frame, i in enumerate(pairs):
    halves = [cv2.imread(f"{source}/{side}{i:02d}.jpg") for side in ("left", "right")]
    cv2.imwrite(f"{folder}/pair_{frame:02d}.png", np.hstack(halves))
with open(f"{folder}/rig.yaml", "w", encoding="utf-8") as stream:
    stream.write("""schema: rigpose/rig/1
feeds: {pair: {grid: [2, 1], views: [left, right]}}
board: {kind: chessboard, corners: [9, 6], square_m: 1.0}
recordings: {board: {pair: pair_%02d.png}}
intrinsics: {from: board, lens: pinhole5}
stereo: {from: board, pair: [left, right]}
""")
rig = f"{folder}/rig.yaml"
session.rigpose("check", rig)
for stage in ("crop", "corners", "intrinsics", "stereo"):
    session.rigpose(stage, rig)
session.rigpose("doctor", rig)  # finds nothing
figures = session.summary(rig)
check("13 pairs", len(pairs) == 13, len(pairs))
for side in ("left", "right"):
    check(f"all boards found, {side}", figures["corners"][side] == {"frames": 13, "found": 13}, figures["corners"])
check_at_most("left rms px", figures["intrinsics"]["left"], 0.16)
check_at_most("right rms px", figures["intrinsics"]["right"], 0.16)
check_at_most("stereo rms px", figures["stereo"]["rms_px"], 0.18)
check_at_most("baseline off 3.33 squares", abs(figures["stereo"]["baseline_m"] - 3.33), 0.01)

# The lens chosen by pictures held out.
chosen = session.load(rig)
chosen["intrinsics"]["lens"] = "auto"
session.dump(f"{folder}/auto.yaml", {**chosen, "out": "auto"})
for stage in ("corners", "intrinsics"):
    session.rigpose(stage, f"{folder}/auto.yaml")
for name, c in session.load(f"{folder}/auto/30_intrinsics.yaml")["cameras"].items():
    tried = c["lens_rms_px"]
    n = {lens: int(lens.lstrip("pinholefisheye")) for lens in tried}  # coefficients, each of which must earn its place
    check(f"{name}: {c['lens']} is as good as any on pictures held out", all(
        tried[c["lens"]] <= error * 1.035 ** max(0, n[lens] - n[c["lens"]]) for lens, error in tried.items()), tried)
    check(f"{name}: some are worse", max(tried.values()) > 1.05 * min(tried.values()), tried)

# The same matrices as OpenCV's own stereoRectify gives for this pair.
pair = session.load(f"{folder}/out/50_stereo.yaml")
cameras = session.load(f"{folder}/out/30_intrinsics.yaml")["cameras"]
k = [np.array([[c["K"][0], 0, c["K"][2]], [0, c["K"][1], c["K"][3]], [0, 0, 1]]) for c in (cameras["left"], cameras["right"])]
d = [np.array(c["dist"]) for c in (cameras["left"], cameras["right"])]
R = cv2.Rodrigues(np.array(pair["Rt_right_left"]["rvec"]))[0]
t = np.array(pair["Rt_right_left"]["t_m"])
expected = cv2.stereoRectify(k[0], d[0], k[1], d[1], (640, 480), R, t, flags=cv2.CALIB_ZERO_DISPARITY, alpha=0)
for name, matrix in zip(("R1", "R2", "P1", "P2", "Q"), expected):
    check(f"{name} as OpenCV's", np.allclose(np.array(pair[name]), matrix.ravel(), rtol=1e-6, atol=1e-6))
session.finish()
